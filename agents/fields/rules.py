"""The rules that code names: the house's own, and those of EN 16931 it answers itself. A finding's rule is one of these, one that
the official sheets name, or one of a rulebook."""

from __future__ import annotations

from enum import StrEnum


class Rule(StrEnum):
    """Ids of rules, as findings carry them."""

    # The file
    XML_BROKEN = "XML-BROKEN"
    XML_UNUSABLE = "XML-UNUSABLE"
    ACTIVE_CONTENT = "ACTIVE-CONTENT"
    READ_REPAIRED = "READ-REPAIRED"
    READ_BY_OCR = "READ-BY-OCR"
    PAGE_UNREAD = "PAGE-UNREAD"
    NO_TEXT = "NO-TEXT"
    LONG_DOCUMENT = "LONG-DOCUMENT"
    CODE_FAULT = "CODE-FAULT"
    SEVERAL_INVOICES = "SEVERAL-INVOICES"
    SPLIT_PAGES = "SPLIT-PAGES"
    # What it says beside the invoice
    PROMPT_INJECTION = "PROMPT-INJECTION"
    HIDDEN_TEXT = "HIDDEN-TEXT"
    REPLACED_TEXT = "REPLACED-TEXT"
    ANNOTATION = "ANNOTATION"
    FORM_FIELD = "FORM-FIELD"
    BANK_CHANGE = "BANK-CHANGE"
    # That nothing is to be paid by it
    DOCUMENT_KIND = "DOCUMENT-KIND"
    VOID = "VOID"
    DRAFT = "DRAFT"
    PAID = "PAID"
    DO_NOT_PAY = "DO-NOT-PAY"
    REMINDED = "REMINDED"
    DIRECT_DEBIT = "DIRECT-DEBIT"
    IN_OUR_FAVOUR = "IN-OUR-FAVOUR"
    SELF_BILLED = "SELF-BILLED"
    CORRECTING = "CORRECTING"
    # How an e-invoice is put into its PDF
    FX_AF = "FX-AF"
    FX_AFRELATIONSHIP = "FX-AFRELATIONSHIP"
    FX_CONTAINER = "FX-CONTAINER"
    FX_EMBEDDED = "FX-EMBEDDED"
    FX_MEDIA_TYPE = "FX-MEDIA-TYPE"
    FX_NAME = "FX-NAME"
    FX_NAMESPACE = "FX-NAMESPACE"
    FX_PDFA = "FX-PDFA"
    FX_XMP_INCOMPLETE = "FX-XMP-INCOMPLETE"
    FX_XMP_MISSING = "FX-XMP-MISSING"
    FX_XMP_NAME = "FX-XMP-NAME"
    FX_XMP_PROFILE = "FX-XMP-PROFILE"
    FX_XMP_TYPE = "FX-XMP-TYPE"
    XML_PAGE = "XML-PAGE"
    XML_PAGE_AGREES = "XML-PAGE-AGREES"
    # The page
    NO_AMOUNT = "NO-AMOUNT"
    DATE_AMBIGUOUS = "DATE-AMBIGUOUS"
    DATE_IMPLAUSIBLE = "DATE-IMPLAUSIBLE"
    SECOND_TOTAL = "SECOND-TOTAL"
    # What was learnt of its issuer
    ISSUER_LEARNT = "ISSUER-LEARNT"
    ISSUER_CHANGED = "ISSUER-CHANGED"
    ISSUER_DIFFERS = "ISSUER-DIFFERS"
    # Its pixels
    PICTURE_AGREES = "PICTURE-AGREES"
    PICTURE_DIFFERS = "PICTURE-DIFFERS"
    PICTURE_SAYS_MORE = "PICTURE-SAYS-MORE"
    PICTURE_UNREAD = "PICTURE-UNREAD"
    SCANNED_TEXT = "SCANNED-TEXT"
    # What a model answered
    ANSWER_UNUSABLE = "ANSWER-UNUSABLE"
    CONTEXT_EXCEEDED = "CONTEXT-EXCEEDED"
    EVIDENCE_MISSING = "EVIDENCE-MISSING"
    LINE_CUT = "LINE-CUT"
    LINES_MISSING = "LINES-MISSING"
    READINGS_DIFFER = "READINGS-DIFFER"
    # Values by themselves
    LINE_PRODUCT = "LINE-PRODUCT"
    BIC = "BIC"
    BIC_COUNTRY = "BIC-COUNTRY"
    DATE_DISTANCE = "DATE-DISTANCE"
    DATE_ORDER = "DATE-ORDER"
    IBAN = "IBAN"
    LEGAL_ID = "LEGAL-ID"
    TAX_NUMBER = "TAX-NUMBER"
    VAT_ID = "VAT-ID"
    # Whom it is addressed to, who is to be paid, what was ordered, what was claimed before
    ADDRESSEE = "ADDRESSEE"
    SELLER_IS_US = "SELLER-IS-US"
    PAYMENT_DESTINATION = "PAYMENT-DESTINATION"
    VENDOR = "VENDOR"
    VENDOR_ACCOUNT = "VENDOR-ACCOUNT"
    VENDOR_BLOCKED = "VENDOR-BLOCKED"
    VENDOR_CONFLICT = "VENDOR-CONFLICT"
    VENDOR_CURRENCY = "VENDOR-CURRENCY"
    VENDOR_NAME = "VENDOR-NAME"
    VENDOR_NEAR = "VENDOR-NEAR"
    VENDOR_UNKNOWN = "VENDOR-UNKNOWN"
    VENDOR_VAT_ID = "VENDOR-VAT-ID"
    ORDER = "ORDER"
    ORDER_MISSING = "ORDER-MISSING"
    ORDER_UNKNOWN = "ORDER-UNKNOWN"
    ORDER_VENDOR = "ORDER-VENDOR"
    ORDER_CURRENCY = "ORDER-CURRENCY"
    ORDER_CLOSED = "ORDER-CLOSED"
    ORDER_LINE = "ORDER-LINE"
    ORDER_LINES_UNREAD = "ORDER-LINES-UNREAD"
    ORDER_PRICE = "ORDER-PRICE"
    ORDER_QUANTITY = "ORDER-QUANTITY"
    ORDER_UNIT = "ORDER-UNIT"
    RECEIPT_MISSING = "RECEIPT-MISSING"
    RECEIPT_QUANTITY = "RECEIPT-QUANTITY"
    CORRECTED = "CORRECTED"
    CREDIT_NOTE = "CREDIT-NOTE"
    DUPLICATE = "DUPLICATE"
    DUPLICATE_NUMBER = "DUPLICATE-NUMBER"
    DUPLICATE_AMOUNT = "DUPLICATE-AMOUNT"
    DUPLICATE_TEXT = "DUPLICATE-TEXT"
    # EN 16931
    BR_02 = "BR-02"
    BR_03 = "BR-03"
    BR_04 = "BR-04"
    BR_05 = "BR-05"
    BR_06 = "BR-06"
    BR_07 = "BR-07"
    BR_13 = "BR-13"
    BR_14 = "BR-14"
    BR_16 = "BR-16"
    BR_24 = "BR-24"
    BR_CL_04 = "BR-CL-04"
    BR_CO_10 = "BR-CO-10"
    BR_CO_13 = "BR-CO-13"
    BR_CO_14 = "BR-CO-14"
    BR_CO_15 = "BR-CO-15"
    BR_CO_16 = "BR-CO-16"
    BR_CO_17 = "BR-CO-17"


MENDABLE = frozenset(
    {
        Rule.BR_02, Rule.BR_03, Rule.BR_06, Rule.BR_07, Rule.BR_13, Rule.BR_14, Rule.BR_16, Rule.BR_CO_10, Rule.BR_CO_13,
        Rule.BR_CO_14, Rule.BR_CO_15, Rule.BR_CO_16, Rule.EVIDENCE_MISSING, Rule.ANSWER_UNUSABLE, Rule.CONTEXT_EXCEEDED,
        Rule.LINES_MISSING,
    }
)  # fmt: skip
"""What another look may mend: a value that is missing, sums that do not close. The rest is wrong on the page itself."""


class EInvoiceRuleKind(StrEnum):
    """What a rule of EN 16931 or of a profile is about; of a rule that is about several, the first of these."""

    TAX = "tax"
    AMOUNTS = "amounts"
    PAYMENT = "payment"
    PARTIES = "parties"
    PROFILE = "profile"
    """By which rules the e-invoice says it is written: without, nobody knows which hold."""
    REFERENCES = "references"
    """Numbers, days, orders, deliveries, what was sold."""
    OTHER = "other"
    """Nothing that could be told."""
    CODES = "codes"
    """Codes and schemes of identifiers that change nothing of what is owed, by whom and to whom."""
    FORM = "form"
    """How a value is written, notes, attachments."""

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
    BANK_CHANGE = "BANK-CHANGE"
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
    SECOND_TOTAL = "SECOND-TOTAL"
    # What a model answered
    ANSWER_UNUSABLE = "ANSWER-UNUSABLE"
    CONTEXT_EXCEEDED = "CONTEXT-EXCEEDED"
    EVIDENCE_MISSING = "EVIDENCE-MISSING"
    LINE_CUT = "LINE-CUT"
    LINES_MISSING = "LINES-MISSING"
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
    # Who is to be paid, what was ordered, what was claimed before
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

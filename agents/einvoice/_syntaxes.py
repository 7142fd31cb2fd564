"""The syntaxes that e-invoices are written in, an entry each: a further one is an entry here and nothing else.

Two are bound by EN 16931: UN/CEFACT Cross Industry Invoice, which is what Factur-X, ZUGFeRD 1 and 2 and half of XRechnung
are, and OASIS UBL 2.1 Invoice and CreditNote. Where a field stands in these is in the table of fields, where a further
field is a row.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from agents.einvoice._canonical import Canonical, iban_alone
from agents.einvoice._elements import Names
from agents.einvoice._lines import LinePlaces
from agents.fields.destinations import Scheme
from agents.fields.document_types import CREDIT_NOTE
from agents.fields.table import BY_PATH, FIELDS, ROWS, Kind, TableName


@dataclass(frozen=True, kw_only=True)
class Syntax:
    """A syntax: what it is known by, and where in it the fields of an invoice stand."""

    roots: Mapping[str, str]
    """Local names of its root element, each with what the namespace begins with."""
    places: Mapping[str, str]
    """Where each field stands, by its path in the table, in the notation of `FieldSpec.cii`; what is not here it lacks."""
    rows: Mapping[TableName, str]
    """Where the rows of each table stand."""
    lines: LinePlaces | None = None
    """Where a line says that it groups others or informs; None where none does."""
    names: Names = field(default_factory=Names)
    without_currency: frozenset[TableName] = frozenset()
    """Tables whose amounts name no currency."""
    canonical: Mapping[Kind, Canonical] = field(default_factory=dict)
    """Kinds whose values are not written like in the others."""
    type_of_root: Mapping[str, str] = field(default_factory=dict)
    """The type (BT-3) of an invoice that states none, by its root element."""
    destinations: Mapping[str, Scheme] = field(default_factory=dict)
    """What elements say of where to pay, each by its name behind that of one it stands in."""

    def has_root(self, namespace: str, name: str) -> bool:
        return name in self.roots and namespace.startswith(self.roots[name])


_UBL = "urn:oasis:names:specification:ubl:schema:xsd:"

CII = Syntax(
    roots={"CrossIndustryInvoice": "", "CrossIndustryDocument": ""},
    places={spec.path: spec.cii for spec in FIELDS},
    rows={table: places["cii"] for table, places in ROWS.items()},
    lines=LinePlaces(
        amount=BY_PATH["lines[].net_amount"].cii,
        id=BY_PATH["lines[].id"].cii,
        kind="AssociatedDocumentLineDocument/LineStatusReasonCode",
        parent="AssociatedDocumentLineDocument/ParentLineID",
    ),
    names=Names(
        # Of ZUGFeRD 1.
        others={
            "ExchangedDocumentContext": ("SpecifiedExchangedDocumentContext",),
            "ExchangedDocument": ("HeaderExchangedDocument",),
            "DateTimeString": ("DateTime",),
            "SupplyChainTradeTransaction": ("SpecifiedSupplyChainTradeTransaction",),
            "ApplicableHeaderTradeAgreement": ("ApplicableSupplyChainTradeAgreement",),
            "ApplicableHeaderTradeDelivery": ("ApplicableSupplyChainTradeDelivery",),
            "ApplicableHeaderTradeSettlement": ("ApplicableSupplyChainTradeSettlement",),
            "SpecifiedTradeSettlementHeaderMonetarySummation": ("SpecifiedTradeSettlementMonetarySummation",),
            "IssuerAssignedID": ("ID",),
            "RateApplicablePercent": ("ApplicablePercent",),
            "SpecifiedLineTradeAgreement": ("SpecifiedSupplyChainTradeAgreement",),
            "SpecifiedLineTradeDelivery": ("SpecifiedSupplyChainTradeDelivery",),
            "SpecifiedLineTradeSettlement": ("SpecifiedSupplyChainTradeSettlement",),
            "SpecifiedTradeSettlementLineMonetarySummation": ("SpecifiedTradeSettlementMonetarySummation",),
        },
        once=frozenset(
            {
                "ExchangedDocument", "SupplyChainTradeTransaction", "ApplicableHeaderTradeAgreement", "SellerTradeParty",
                "BuyerTradeParty", "ApplicableHeaderTradeDelivery", "ApplicableHeaderTradeSettlement",
                "SpecifiedTradeSettlementHeaderMonetarySummation", "SpecifiedLineTradeSettlement",
            }
        ),
    ),
    without_currency=frozenset({"lines"}),
    destinations={
        "PayeePartyCreditorFinancialAccount/IBANID": Scheme.ACCOUNT,
        "PayeePartyCreditorFinancialAccount/ProprietaryID": Scheme.ACCOUNT,
        "PayeePartyCreditorFinancialAccount/AccountName": Scheme.HOLDER,
        "PayeeSpecifiedCreditorFinancialInstitution/BICID": Scheme.BIC,
        "PayerPartyDebtorFinancialAccount/IBANID": Scheme.DEBITED,
        "PayerPartyDebtorFinancialAccount/ProprietaryID": Scheme.DEBITED,
        "ApplicableTradeSettlementFinancialCard/ID": Scheme.DEBITED,
        "SpecifiedTradeSettlementPaymentMeans/TypeCode": Scheme.DEBITED,
        "PayeeTradeParty/Name": Scheme.PAYEE,
    },
)  # fmt: skip
UBL = Syntax(
    roots={"Invoice": _UBL, "CreditNote": _UBL},
    places={spec.path: spec.ubl for spec in FIELDS},
    rows={table: places["ubl"] for table, places in ROWS.items()},
    lines=LinePlaces(amount=BY_PATH["lines[].net_amount"].ubl, id=BY_PATH["lines[].id"].ubl, parts="SubInvoiceLine"),
    names=Names(
        # Of a CreditNote.
        others={
            "InvoiceTypeCode": ("CreditNoteTypeCode",),
            "InvoiceLine": ("CreditNoteLine",),
            "SubInvoiceLine": ("SubCreditNoteLine",),
            "InvoicedQuantity": ("CreditedQuantity",),
        },
        once=frozenset(
            {"AccountingSupplierParty", "AccountingCustomerParty", "Party", "CompanyID", "LegalMonetaryTotal"}
        ),
    ),
    canonical={Kind.IBAN: iban_alone},
    type_of_root={"CreditNote": CREDIT_NOTE},
    destinations={
        "PayeeFinancialAccount/ID": Scheme.ACCOUNT,
        "PayeeFinancialAccount/Name": Scheme.HOLDER,
        "FinancialInstitutionBranch/ID": Scheme.BIC,
        "FinancialInstitution/ID": Scheme.BIC,
        "PayerFinancialAccount/ID": Scheme.DEBITED,
        "CardAccount/PrimaryAccountNumberID": Scheme.DEBITED,
        "PaymentMeans/PaymentMeansCode": Scheme.DEBITED,
        "PayeeParty/Name": Scheme.PAYEE,
        "PayeeParty/RegistrationName": Scheme.PAYEE,
    },
)
SYNTAXES = (CII, UBL)

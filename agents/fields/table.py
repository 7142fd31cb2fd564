"""The fields of an invoice, a row each: all that the house knows of a field is said here, and everything else follows from it.

A field that nobody judges is one row: it is then read from CII and UBL, shown, corrected by people, exported in the public
shape and in e-invoices, and scored where the truth has it. What a field means beyond that (how it is found on a page, what is
checked of it) is code, and names its path.
"""

from __future__ import annotations

import re
from dataclasses import KW_ONLY, dataclass
from enum import StrEnum
from functools import cached_property
from typing import Literal

Part = Literal["header", "totals", "lines"]
"""What one question about a document asks for."""
PARTS: tuple[Part, ...] = ("header", "totals", "lines")
TableName = Literal["tax_breakdown", "lines"]
Syntax = Literal["cii", "ubl"]


class Kind(StrEnum):
    """What values of a field are."""

    TEXT = "text"
    """A number or name that others give, taken as it stands."""
    NAME = "name"
    PROSE = "prose"
    """Sentences, such as terms of payment; several are one text."""
    CODE = "code"
    COUNTRY = "country"
    """ISO 3166-1 alpha-2."""
    CURRENCY = "currency"
    """ISO 4217."""
    DATE = "date"
    """ISO 8601."""
    VAT_ID = "VAT id"
    IBAN = "IBAN"
    BIC = "BIC"
    AMOUNT = "amount"
    """In the invoice's currency."""
    PRICE = "price"
    """Of one unit, in the invoice's currency; not rounded to cents."""
    QUANTITY = "quantity"
    RATE = "rate"
    """Percent."""

    @property
    def is_number(self) -> bool:
        return self in (Kind.AMOUNT, Kind.PRICE, Kind.QUANTITY, Kind.RATE)


class Family(StrEnum):
    """Fields whose values, on the same grounds, are equally likely to be right: they are measured together."""

    NUMBER = "number"
    DATE = "date"
    CODE = "code"
    NAME = "name"
    ID = "id"
    TEXT = "text"
    TOTAL = "total"
    LINE = "line"
    """A number of a line."""


@dataclass(frozen=True)
class FieldSpec:
    """A row of the table."""

    path: str
    """``invoice_number``, ``seller.vat_id``; of a table's column ``lines[].net_amount``."""
    term: str | None
    """Business term of EN 16931, if it has one for it."""
    kind: Kind
    family: Family
    cii: str
    """Where it stands in a Cross Industry Invoice, by the names of D16B: steps from the root, or from the row of a table. A
    step may be bound to ``[@attribute=…]``, ``[element=…]`` or ``[element!=…]``, several values divided by commas; of two
    ways with ``|`` between them the first that holds anything counts."""
    ubl: str
    """Where it stands in a UBL Invoice, whose names stand for those of a CreditNote too."""
    _: KW_ONLY
    printed: bool = True
    """Whether pages print it as such and we read it there. What is not was concluded, or is a code of the XML's own."""
    wanted: str | None = None
    """Key in one sense: without it nothing is approved. The rule of EN 16931 that wants it."""
    sure: bool = False
    """Key in another sense: a payment rests on it, so where it is there it has to be sure, and it is what may never be wrong
    in what nobody has looked at."""
    held_to_page: bool = False
    """Key in the third sense: a page that contradicts the e-invoice here needs a person."""
    asked: str | None = None
    """What a model calls it in its answer; None: it is not asked."""
    confirmed: bool = False
    """Asked though code may have an answer: no arithmetic proves it, and a wrong payment rests on it."""
    headline: str | None = None
    """What it is called where a list shows the invoice. An invoice is posted by these, and not without any of them."""

    @cached_property
    def group(self) -> str:
        """``seller``, ``totals``, ``lines``, …; empty for a field of the invoice itself."""
        return self.path.rpartition(".")[0].removesuffix("[]")

    @cached_property
    def name(self) -> str:
        """Its name within the group; of a table, the column."""
        return self.path.rpartition(".")[2]

    @property
    def table(self) -> TableName | None:
        """The table it is a column of; None where it occurs once."""
        return next((table for table in ROWS if self.path.startswith(f"{table}[]")), None)

    @property
    def part(self) -> Part:
        """Which question it belongs to."""
        if self.group == "lines":
            return "lines"
        return "totals" if self.group in ("totals", "tax_breakdown") else "header"


_DOCUMENT = "ExchangedDocument"
_TRADE = "SupplyChainTradeTransaction"
_AGREEMENT = f"{_TRADE}/ApplicableHeaderTradeAgreement"
_DELIVERY = f"{_TRADE}/ApplicableHeaderTradeDelivery"
_SETTLEMENT = f"{_TRADE}/ApplicableHeaderTradeSettlement"
_MEANS = f"{_SETTLEMENT}/SpecifiedTradeSettlementPaymentMeans"
_TERMS = f"{_SETTLEMENT}/SpecifiedTradePaymentTerms"
_SUMS = f"{_SETTLEMENT}/SpecifiedTradeSettlementHeaderMonetarySummation"
_LINE_SETTLEMENT = "SpecifiedLineTradeSettlement"
_TOTAL = "LegalMonetaryTotal"
_ACCOUNT = "PaymentMeans/PayeeFinancialAccount"

ROWS: dict[TableName, dict[Syntax, str]] = {
    "tax_breakdown": {"cii": f"{_SETTLEMENT}/ApplicableTradeTax", "ubl": "TaxTotal/TaxSubtotal"},
    "lines": {"cii": f"{_TRADE}/IncludedSupplyChainTradeLineItem", "ubl": "InvoiceLine"},
}
"""Where the rows of a table stand."""


def _party(
    role: str, cii: str, ubl: str, *, name: tuple[str, str], asked_always: bool, **terms: str | None
) -> tuple[FieldSpec, ...]:
    """The fields of seller (BG-4) or buyer (BG-7); ``name`` is the term of its name and the rule that wants it."""
    cii, ubl = f"{_AGREEMENT}/{cii}", f"{ubl}/Party"
    registered, scheme = f"{cii}/SpecifiedTaxRegistration/ID", f"{ubl}/PartyTaxScheme"
    seller = role == "seller"
    return (
        FieldSpec(
            f"{role}.name", name[0], Kind.NAME, Family.NAME, f"{cii}/Name",
            # BT-27 and BT-44 are the registered name; the trading name stands in only where there is none.
            f"{ubl}/PartyLegalEntity/RegistrationName|{ubl}/PartyName/Name",
            wanted=name[1], sure=seller, held_to_page=True, asked=role, confirmed=asked_always,
            headline="vendor" if seller else None,
        ),
        FieldSpec(
            f"{role}.vat_id", terms["vat_id"], Kind.VAT_ID, Family.ID, f"{registered}[@schemeID=VA,VAT]",
            f"{scheme}[TaxScheme/ID=VAT,VA]/CompanyID",
        ),
        FieldSpec(
            f"{role}.tax_number", terms["tax_number"], Kind.TEXT, Family.ID, f"{registered}[@schemeID=FC]",
            f"{scheme}[TaxScheme/ID!=VAT,VA]/CompanyID",
        ),
        FieldSpec(
            f"{role}.country", terms["country"], Kind.COUNTRY, Family.ID, f"{cii}/PostalTradeAddress/CountryID",
            f"{ubl}/PostalAddress/Country/IdentificationCode", printed=False,
        ),
        FieldSpec(
            f"{role}.legal_id", terms["legal_id"], Kind.TEXT, Family.ID, f"{cii}/SpecifiedLegalOrganization/ID",
            f"{ubl}/PartyLegalEntity/CompanyID",
        ),
    )  # fmt: skip


FIELDS: tuple[FieldSpec, ...] = (
    FieldSpec(
        "invoice_number", "BT-1", Kind.TEXT, Family.NUMBER, f"{_DOCUMENT}/ID", "ID",
        wanted="BR-02", sure=True, held_to_page=True, asked="invoice_number", confirmed=True, headline="number",
    ),
    FieldSpec("type_code", "BT-3", Kind.CODE, Family.CODE, f"{_DOCUMENT}/TypeCode", "InvoiceTypeCode", printed=False),
    FieldSpec(
        "issue_date", "BT-2", Kind.DATE, Family.DATE, f"{_DOCUMENT}/IssueDateTime/DateTimeString", "IssueDate",
        wanted="BR-03", sure=True, held_to_page=True, asked="issue_date", confirmed=True,
    ),
    FieldSpec(
        "due_date", "BT-9", Kind.DATE, Family.DATE, f"{_TERMS}/DueDateDateTime/DateTimeString",
        "DueDate|PaymentMeans/PaymentDueDate", asked="due_date",
    ),
    FieldSpec(
        "currency", "BT-5", Kind.CURRENCY, Family.CODE, f"{_SETTLEMENT}/InvoiceCurrencyCode", "DocumentCurrencyCode",
        wanted="BR-05", sure=True, held_to_page=True, headline="currency",
    ),
    *_party(
        "seller", "SellerTradeParty", "AccountingSupplierParty", name=("BT-27", "BR-06"), asked_always=True,
        vat_id="BT-31", tax_number="BT-32", country="BT-40", legal_id="BT-30",
    ),
    *_party(
        "buyer", "BuyerTradeParty", "AccountingCustomerParty", name=("BT-44", "BR-07"), asked_always=False,
        vat_id="BT-48", tax_number=None, country="BT-55", legal_id="BT-47",
    ),
    FieldSpec(
        "payment.iban", "BT-84", Kind.IBAN, Family.ID, f"{_MEANS}/PayeePartyCreditorFinancialAccount/IBANID",
        f"{_ACCOUNT}/ID", sure=True, held_to_page=True,
    ),
    FieldSpec(
        "payment.bic", "BT-86", Kind.BIC, Family.ID, f"{_MEANS}/PayeeSpecifiedCreditorFinancialInstitution/BICID",
        f"{_ACCOUNT}/FinancialInstitutionBranch/ID",
    ),
    FieldSpec("payment.terms", "BT-20", Kind.PROSE, Family.TEXT, f"{_TERMS}/Description", "PaymentTerms/Note"),
    FieldSpec(
        "totals.line_total", "BT-106", Kind.AMOUNT, Family.TOTAL, f"{_SUMS}/LineTotalAmount",
        f"{_TOTAL}/LineExtensionAmount",
    ),
    FieldSpec(
        "totals.allowance_total", "BT-107", Kind.AMOUNT, Family.TOTAL, f"{_SUMS}/AllowanceTotalAmount",
        f"{_TOTAL}/AllowanceTotalAmount",
    ),
    FieldSpec(
        "totals.charge_total", "BT-108", Kind.AMOUNT, Family.TOTAL, f"{_SUMS}/ChargeTotalAmount",
        f"{_TOTAL}/ChargeTotalAmount",
    ),
    FieldSpec(
        "totals.tax_basis_total", "BT-109", Kind.AMOUNT, Family.TOTAL, f"{_SUMS}/TaxBasisTotalAmount",
        f"{_TOTAL}/TaxExclusiveAmount", wanted="BR-13", sure=True, held_to_page=True, asked="net",
    ),
    FieldSpec(
        "totals.tax_total", "BT-110", Kind.AMOUNT, Family.TOTAL, f"{_SUMS}/TaxTotalAmount", "TaxTotal/TaxAmount",
        sure=True, held_to_page=True, asked="tax",
    ),
    FieldSpec(
        "totals.grand_total", "BT-112", Kind.AMOUNT, Family.TOTAL, f"{_SUMS}/GrandTotalAmount",
        f"{_TOTAL}/TaxInclusiveAmount",
        wanted="BR-14", sure=True, held_to_page=True, asked="gross", headline="amount",
    ),
    FieldSpec(
        "totals.prepaid", "BT-113", Kind.AMOUNT, Family.TOTAL, f"{_SUMS}/TotalPrepaidAmount", f"{_TOTAL}/PrepaidAmount"
    ),
    FieldSpec(
        "totals.due_payable", "BT-115", Kind.AMOUNT, Family.TOTAL, f"{_SUMS}/DuePayableAmount",
        f"{_TOTAL}/PayableAmount", held_to_page=True,
    ),
    FieldSpec(
        "totals.rounding", "BT-114", Kind.AMOUNT, Family.TOTAL, f"{_SUMS}/RoundingAmount",
        f"{_TOTAL}/PayableRoundingAmount",
    ),
    FieldSpec(
        "tax_breakdown[].category", "BT-118", Kind.CODE, Family.TOTAL, "CategoryCode", "TaxCategory/ID", printed=False
    ),
    FieldSpec(
        "tax_breakdown[].rate", "BT-119", Kind.RATE, Family.TOTAL, "RateApplicablePercent", "TaxCategory/Percent"
    ),
    FieldSpec("tax_breakdown[].basis", "BT-116", Kind.AMOUNT, Family.TOTAL, "BasisAmount", "TaxableAmount"),
    FieldSpec("tax_breakdown[].amount", "BT-117", Kind.AMOUNT, Family.TOTAL, "CalculatedAmount", "TaxAmount"),
    FieldSpec(
        "lines[].id", "BT-126", Kind.TEXT, Family.TEXT, "AssociatedDocumentLineDocument/LineID", "ID", printed=False
    ),
    FieldSpec(
        "lines[].name", "BT-153", Kind.NAME, Family.TEXT, "SpecifiedTradeProduct/Name", "Item/Name", asked="name"
    ),
    FieldSpec(
        "lines[].quantity", "BT-129", Kind.QUANTITY, Family.LINE, "SpecifiedLineTradeDelivery/BilledQuantity",
        "InvoicedQuantity", asked="quantity",
    ),
    FieldSpec(
        "lines[].unit", "BT-130", Kind.CODE, Family.TEXT, "SpecifiedLineTradeDelivery/BilledQuantity/@unitCode",
        "InvoicedQuantity/@unitCode", printed=False,
    ),
    FieldSpec(
        "lines[].unit_price_net", "BT-146", Kind.PRICE, Family.LINE,
        "SpecifiedLineTradeAgreement/NetPriceProductTradePrice/ChargeAmount", "Price/PriceAmount", asked="price",
    ),
    FieldSpec(
        "lines[].net_amount", "BT-131", Kind.AMOUNT, Family.LINE,
        f"{_LINE_SETTLEMENT}/SpecifiedTradeSettlementLineMonetarySummation/LineTotalAmount", "LineExtensionAmount",
        held_to_page=True, asked="amount",
    ),
    FieldSpec(
        "lines[].tax_rate", "BT-152", Kind.RATE, Family.LINE,
        f"{_LINE_SETTLEMENT}/ApplicableTradeTax/RateApplicablePercent", "Item/ClassifiedTaxCategory/Percent",
        asked="rate",
    ),
    FieldSpec(
        "purchase_order_ref", "BT-13", Kind.TEXT, Family.NUMBER,
        f"{_AGREEMENT}/BuyerOrderReferencedDocument/IssuerAssignedID", "OrderReference/ID", asked="purchase_order",
    ),
    FieldSpec(
        "buyer_reference", "BT-10", Kind.TEXT, Family.NUMBER, f"{_AGREEMENT}/BuyerReference", "BuyerReference",
        printed=False,
    ),
    FieldSpec(
        "delivery_date", "BT-72", Kind.DATE, Family.DATE,
        f"{_DELIVERY}/ActualDeliverySupplyChainEvent/OccurrenceDateTime/DateTimeString", "Delivery/ActualDeliveryDate",
    ),
    FieldSpec(
        "profile", "BT-24", Kind.CODE, Family.ID,
        "ExchangedDocumentContext/GuidelineSpecifiedDocumentContextParameter/ID", "CustomizationID", printed=False,
    ),
)  # fmt: skip
"""Every field, in the order of the public shape."""

BY_PATH: dict[str, FieldSpec] = {spec.path: spec for spec in FIELDS}
SCALARS: tuple[FieldSpec, ...] = tuple(spec for spec in FIELDS if spec.table is None)
"""Fields that occur once."""
COLUMNS: dict[TableName, tuple[FieldSpec, ...]] = {
    table: tuple(spec for spec in FIELDS if spec.table == table) for table in ROWS
}
HEADLINE: dict[str, str] = {
    name: spec.path for name in ("vendor", "number", "currency", "amount") for spec in FIELDS if spec.headline == name
}
"""What an invoice is posted by, as a list calls it, to its path."""

ROW_PATH = re.compile(r"(tax_breakdown|lines)\[(\d+)\]\.(\w+)")
"""The path of a field in a row: table, row number from 0, column."""


def spec_of(path: str) -> FieldSpec | None:
    """The row of the field at ``path``, such as ``lines[3].name``; None where the path names no field."""
    if row := ROW_PATH.fullmatch(path):
        return BY_PATH.get(f"{row[1]}[].{row[3]}")
    return None if "[" in path else BY_PATH.get(path)


def is_number(path: str) -> bool:
    """Whether ``path`` is that of a field that holds a number."""
    spec = spec_of(path)
    return spec is not None and spec.kind.is_number


def part_of(path: str) -> Part:
    """Which question to ask about the field at ``path``."""
    spec = spec_of(path)
    return spec.part if spec else "header"

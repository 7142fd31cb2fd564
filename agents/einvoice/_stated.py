"""The fields of an e-invoice, read from its XML without a model.

Two syntaxes carry the same invoice (EN 16931 binds both): UN/CEFACT Cross Industry Invoice, which is what Factur-X,
ZUGFeRD 1 and 2 and half of XRechnung are, and OASIS UBL 2.1 Invoice and CreditNote. Reading is tolerant: elements are
found by their local names, so ZUGFeRD 1's other namespaces and names need no reader of their own, and whether the
document obeys the standard is for the rules to say. What is not a date or a number where one is due is left out, as if
it were not there; so is a number of more than `MAX_DIGITS` digits. Texts are cut at `MAX_TEXT`, names at `MAX_NAME`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import date
from typing import Any

from agents.documents.safe_xml import BrokenXml, UnsafeXml, parse_xml
from agents.fields.schema import MAX_DIGITS, MAX_NAME, MAX_TEXT, Evidence, Field, Fields, is_number

MAX_FIELDS = 100_000
"""An invoice of some fourteen thousand lines. More is refused: it would fill the memory of who reads it."""

_UBL = "urn:oasis:names:specification:ubl:schema:xsd:"
_NUMBER = re.compile(r"[+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)")
_IBAN = re.compile(r"[A-Z]{2}\d{2}[A-Z0-9]{8,30}")


class NotAnEInvoice(ValueError):
    """The XML is not an e-invoice that can be read; the message says what it is, for a person."""


def fields_from_xml(xml: str) -> Fields:
    """The fields of a CII or UBL e-invoice, each with the path of its element as evidence.

    Args:
        xml: the document, as `agents.documents` yields it.

    Returns:
        A flat map in canonical form. What the XML does not say is not in it.

    Raises:
        NotAnEInvoice: the XML is broken, unsafe, huge, empty, or something else, such as an Order-X purchase order.
    """
    try:
        element = parse_xml(xml)
    except (BrokenXml, UnsafeXml) as error:
        raise NotAnEInvoice(f"The XML cannot be read: {error}.") from error
    namespace, _, local = element.tag.rpartition("}")
    root = _Node(element, f"/{local}")
    reader = _Reader()
    if local in ("CrossIndustryInvoice", "CrossIndustryDocument"):
        _read_cii(root, reader)
    elif local in ("Invoice", "CreditNote") and namespace.lstrip("{").startswith(_UBL):
        _read_ubl(root, reader)
    elif local == "SCRDMCCBDACIOMessageStructure":
        raise NotAnEInvoice("This is an Order-X order, not an invoice. Hand it to purchasing.")
    else:
        raise NotAnEInvoice(
            f"This XML is not an e-invoice that can be read: its root is {local!r} of "
            f"{namespace.lstrip('{') or 'no namespace'}, not that of a Factur-X, ZUGFeRD, XRechnung or UBL invoice. "
            "Read it by eye, or ask the sender for a PDF."
        )
    if "invoice_number" not in reader.fields and "totals.grand_total" not in reader.fields:
        raise NotAnEInvoice(
            "This XML calls itself an invoice, but holds neither a number nor a total. "
            "Read it by eye, or ask the sender for the complete e-invoice."
        )
    return reader.fields


def accounts_to_pay_to(xml: str) -> list[str]:
    """Every account of the payee that an e-invoice names (BT-84), as it is written, IBAN or not; none of what cannot be read."""
    try:
        root = parse_xml(xml)
    except (BrokenXml, UnsafeXml):
        return []
    ids = {"PayeePartyCreditorFinancialAccount": ("IBANID", "ProprietaryID"), "PayeeFinancialAccount": ("ID",)}
    found = (
        " ".join((child.text or "").split())
        for element in root.iter()
        if isinstance(element.tag, str) and _local(element) in ids
        for child in element
        if isinstance(child.tag, str) and _local(child) in ids[_local(element)]
    )
    return list(dict.fromkeys(account[:64] for account in found if account))[:50]


class _Node:
    """An element and the readable path to it."""

    def __init__(self, element: Any, path: str) -> None:
        self.element = element
        self.path = path

    def children(self, names: str) -> Iterator[_Node]:
        """The children of a local name, or of any of several, as in ``"ApplicablePercent|RateApplicablePercent"``."""
        wanted = names.split("|")
        found = [child for child in self.element if _local(child) in wanted]
        for number, child in enumerate(found, 1):
            index = f"[{number}]" if len(found) > 1 else ""
            yield _Node(child, f"{self.path}/{_local(child)}{index}")

    def all(self, path: str) -> list[_Node]:
        """The descendants at a path of local names."""
        step, _, rest = path.partition("/")
        nodes = list(self.children(step))
        return [below for node in nodes for below in node.all(rest)] if rest else nodes

    def first(self, path: str) -> _Node | None:
        """The first at ``path`` that holds text or elements."""
        return next((node for node in self.all(path) if node.text or len(node.element)), None)

    @property
    def text(self) -> str:
        """Its text with runs of white space as one space."""
        return " ".join((self.element.text or "").split())

    def attribute(self, name: str) -> str:
        return str(self.element.get(name) or "").strip()


class _Reader:
    """Collects fields in canonical form."""

    def __init__(self) -> None:
        self.fields: Fields = {}

    def put(self, path: str, node: _Node | None, canonical: Callable[[str], str | None] | None = None) -> None:
        """Set ``path`` from ``node`` unless it is None or says nothing."""
        if node is None or not node.text:
            return
        convert = canonical or (_number if is_number(path) else str)
        self.set(path, convert(node.text), node.path, node.text)

    def set(self, path: str, value: str | None, locator: str, text: str) -> None:
        if len(self.fields) >= MAX_FIELDS:
            raise NotAnEInvoice(f"The XML holds more than {MAX_FIELDS:,} values, far more than an invoice has.")
        kept = (value or "")[: MAX_NAME if path.endswith("name") else MAX_TEXT].rstrip()
        if kept:
            self.fields[path] = Field(
                value=kept, evidence=Evidence(source="xml", locator=locator, text=text[:MAX_TEXT])
            )

    def put_unit(self, path: str, node: _Node | None) -> None:
        if node is not None:
            self.set(path, node.attribute("unitCode"), f"{node.path}/@unitCode", node.attribute("unitCode"))

    def put_amount(self, path: str, nodes: list[_Node], currency: str | None) -> None:
        """Set an amount that may be stated in more than one currency: the invoice's own, else the one without any.

        An amount that is only stated in another currency is none of this invoice's.
        """
        ours = [n for n in nodes if currency in (None, n.attribute("currencyID").upper())]
        plain = [n for n in nodes if not n.attribute("currencyID")]
        self.put(path, next(iter((ours or plain) if currency else (plain or ours)), None))

    def put_joined(self, path: str, nodes: list[_Node]) -> None:
        said = [node for node in nodes if node.text]
        if said:
            text = " ".join(node.text for node in said)
            self.set(path, text, said[0].path, text)


def _read_cii(root: _Node, to: _Reader) -> None:
    to.put("profile", root.first("ExchangedDocumentContext|SpecifiedExchangedDocumentContext"
                                 "/GuidelineSpecifiedDocumentContextParameter/ID"))  # fmt: skip
    header = root.first("ExchangedDocument|HeaderExchangedDocument")
    if header:
        to.put("invoice_number", header.first("ID"))
        to.put("type_code", header.first("TypeCode"))
        to.put("issue_date", header.first("IssueDateTime/DateTimeString|DateTime"), _day)
    transaction = root.first("SupplyChainTradeTransaction|SpecifiedSupplyChainTradeTransaction")
    if transaction is None:
        return
    agreement = transaction.first("ApplicableHeaderTradeAgreement|ApplicableSupplyChainTradeAgreement")
    if agreement:
        for role, party in (("seller", "SellerTradeParty"), ("buyer", "BuyerTradeParty")):
            _cii_party(agreement.first(party), role, to)
        to.put("purchase_order_ref", agreement.first("BuyerOrderReferencedDocument/IssuerAssignedID|ID"))
    delivery = transaction.first("ApplicableHeaderTradeDelivery|ApplicableSupplyChainTradeDelivery")
    if delivery:
        occurred = delivery.first("ActualDeliverySupplyChainEvent/OccurrenceDateTime/DateTimeString|DateTime")
        to.put("delivery_date", occurred, _day)
    settlement = transaction.first("ApplicableHeaderTradeSettlement|ApplicableSupplyChainTradeSettlement")
    if settlement:
        _cii_settlement(settlement, to)
    for number, line in enumerate(transaction.all("IncludedSupplyChainTradeLineItem")):
        _cii_line(line, f"lines[{number}]", to)


def _cii_party(party: _Node | None, role: str, to: _Reader) -> None:
    if party is None:
        return
    to.put(f"{role}.name", party.first("Name"))
    to.put(f"{role}.country", party.first("PostalTradeAddress/CountryID"), str.upper)
    to.put(f"{role}.legal_id", party.first("SpecifiedLegalOrganization/ID"))
    for registration in party.all("SpecifiedTaxRegistration/ID"):
        scheme = registration.attribute("schemeID")
        if scheme in ("VA", "FC"):
            field = f"{role}.vat_id" if scheme == "VA" else f"{role}.tax_number"
            if field not in to.fields:
                to.put(field, registration, _compact if scheme == "VA" else None)


def _cii_settlement(settlement: _Node, to: _Reader) -> None:
    to.put("currency", settlement.first("InvoiceCurrencyCode"), str.upper)
    currency = to.fields["currency"].value if "currency" in to.fields else None
    means = "SpecifiedTradeSettlementPaymentMeans"
    to.put("payment.iban", settlement.first(f"{means}/PayeePartyCreditorFinancialAccount/IBANID"), _compact)
    to.put("payment.bic", settlement.first(f"{means}/PayeeSpecifiedCreditorFinancialInstitution/BICID"), _compact)
    to.put_joined("payment.terms", settlement.all("SpecifiedTradePaymentTerms/Description"))
    due = settlement.first("SpecifiedTradePaymentTerms/DueDateDateTime/DateTimeString|DateTime")
    to.put("due_date", due, _day)
    for number, tax in enumerate(settlement.all("ApplicableTradeTax")):
        row = f"tax_breakdown[{number}]"
        to.put(f"{row}.category", tax.first("CategoryCode"))
        to.put(f"{row}.rate", tax.first("RateApplicablePercent|ApplicablePercent"))
        to.put_amount(f"{row}.basis", tax.all("BasisAmount"), currency)
        to.put_amount(f"{row}.amount", tax.all("CalculatedAmount"), currency)
    sums = settlement.first("SpecifiedTradeSettlementHeaderMonetarySummation|SpecifiedTradeSettlementMonetarySummation")
    if sums:
        for field, element in (
            ("line_total", "LineTotalAmount"),
            ("allowance_total", "AllowanceTotalAmount"),
            ("charge_total", "ChargeTotalAmount"),
            ("tax_basis_total", "TaxBasisTotalAmount"),
            ("tax_total", "TaxTotalAmount"),
            ("grand_total", "GrandTotalAmount"),
            ("prepaid", "TotalPrepaidAmount"),
            ("due_payable", "DuePayableAmount"),
            ("rounding", "RoundingAmount"),
        ):
            to.put_amount(f"totals.{field}", sums.all(element), currency)


def _cii_line(line: _Node, row: str, to: _Reader) -> None:
    to.put(f"{row}.id", line.first("AssociatedDocumentLineDocument/LineID"))
    to.put(f"{row}.name", line.first("SpecifiedTradeProduct/Name"))
    quantity = line.first("SpecifiedLineTradeDelivery|SpecifiedSupplyChainTradeDelivery/BilledQuantity")
    to.put(f"{row}.quantity", quantity)
    to.put_unit(f"{row}.unit", quantity)
    to.put(f"{row}.unit_price_net", line.first("SpecifiedLineTradeAgreement|SpecifiedSupplyChainTradeAgreement"
                                               "/NetPriceProductTradePrice/ChargeAmount"))  # fmt: skip
    settlement = line.first("SpecifiedLineTradeSettlement|SpecifiedSupplyChainTradeSettlement")
    if settlement:
        to.put(f"{row}.tax_rate", settlement.first("ApplicableTradeTax/RateApplicablePercent|ApplicablePercent"))
        to.put(f"{row}.net_amount", settlement.first(
            "SpecifiedTradeSettlementLineMonetarySummation|SpecifiedTradeSettlementMonetarySummation/LineTotalAmount"
        ))  # fmt: skip


def _read_ubl(root: _Node, to: _Reader) -> None:
    to.put("profile", root.first("CustomizationID"))
    to.put("invoice_number", root.first("ID"))
    to.put("type_code", root.first("InvoiceTypeCode|CreditNoteTypeCode"))
    if "type_code" not in to.fields and _local(root.element) == "CreditNote":
        to.set("type_code", "381", root.path, "CreditNote")  # UNTDID 1001: what the document itself says it is
    to.put("issue_date", root.first("IssueDate"), _day)
    to.put("due_date", root.first("DueDate") or root.first("PaymentMeans/PaymentDueDate"), _day)
    to.put("currency", root.first("DocumentCurrencyCode"), str.upper)
    currency = to.fields["currency"].value if "currency" in to.fields else None
    for role, party in (("seller", "AccountingSupplierParty/Party"), ("buyer", "AccountingCustomerParty/Party")):
        _ubl_party(root.first(party), role, to)
    to.put("purchase_order_ref", root.first("OrderReference/ID"))
    to.put("delivery_date", root.first("Delivery/ActualDeliveryDate"), _day)
    account = "PaymentMeans/PayeeFinancialAccount"
    to.put("payment.iban", root.first(f"{account}/ID"), _iban)
    to.put("payment.bic", root.first(f"{account}/FinancialInstitutionBranch/ID"), _compact)
    to.put_joined("payment.terms", root.all("PaymentTerms/Note"))
    to.put_amount("totals.tax_total", root.all("TaxTotal/TaxAmount"), currency)
    for number, tax in enumerate(root.all("TaxTotal/TaxSubtotal")):
        row = f"tax_breakdown[{number}]"
        to.put(f"{row}.category", tax.first("TaxCategory/ID"))
        to.put(f"{row}.rate", tax.first("TaxCategory/Percent"))
        to.put_amount(f"{row}.basis", tax.all("TaxableAmount"), currency)
        to.put_amount(f"{row}.amount", tax.all("TaxAmount"), currency)
    sums = root.first("LegalMonetaryTotal")
    if sums:
        for field, element in (
            ("line_total", "LineExtensionAmount"),
            ("allowance_total", "AllowanceTotalAmount"),
            ("charge_total", "ChargeTotalAmount"),
            ("tax_basis_total", "TaxExclusiveAmount"),
            ("grand_total", "TaxInclusiveAmount"),
            ("prepaid", "PrepaidAmount"),
            ("due_payable", "PayableAmount"),
            ("rounding", "PayableRoundingAmount"),
        ):
            to.put_amount(f"totals.{field}", sums.all(element), currency)
    for number, line in enumerate(root.all("InvoiceLine|CreditNoteLine")):
        row = f"lines[{number}]"
        to.put(f"{row}.id", line.first("ID"))
        to.put(f"{row}.name", line.first("Item/Name"))
        quantity = line.first("InvoicedQuantity|CreditedQuantity")
        to.put(f"{row}.quantity", quantity)
        to.put_unit(f"{row}.unit", quantity)
        to.put(f"{row}.unit_price_net", line.first("Price/PriceAmount"))
        to.put_amount(f"{row}.net_amount", line.all("LineExtensionAmount"), currency)
        to.put(f"{row}.tax_rate", line.first("Item/ClassifiedTaxCategory/Percent"))


def _ubl_party(party: _Node | None, role: str, to: _Reader) -> None:
    """BT-27 / BT-44 is the registered name; the trading name stands in only where there is none."""
    if party is None:
        return
    to.put(f"{role}.name", party.first("PartyLegalEntity/RegistrationName") or party.first("PartyName/Name"))
    to.put(f"{role}.country", party.first("PostalAddress/Country/IdentificationCode"), str.upper)
    to.put(f"{role}.legal_id", party.first("PartyLegalEntity/CompanyID"))
    for registration in party.all("PartyTaxScheme"):
        scheme = registration.first("TaxScheme/ID")
        if scheme is not None and scheme.text.upper() in ("VAT", "VA"):
            to.put(f"{role}.vat_id", registration.first("CompanyID"), _compact)
        else:
            to.put(f"{role}.tax_number", registration.first("CompanyID"))


def _local(element: Any) -> str:
    tag = element.tag
    return tag.rpartition("}")[2] if isinstance(tag, str) else ""


def _compact(text: str) -> str:
    return text.replace(" ", "")


def _iban(text: str) -> str | None:
    """UBL's account number, if it is an IBAN by its form: the same element holds national account numbers."""
    compact = _compact(text).upper()
    return compact if _IBAN.fullmatch(compact) else None


def _number(text: str) -> str | None:
    """An XML decimal with its digits as they stand."""
    if not _NUMBER.fullmatch(text) or sum(c.isdigit() for c in text) > MAX_DIGITS:
        return None
    return text.lstrip("+")


def _day(text: str) -> str | None:
    """The ISO day of ``20240131`` (format 102), ``2024-01-31`` and what follows a day in a date and time."""
    match = re.match(r"(\d{4})-?(\d{2})-?(\d{2})(?!\d)|(\d{4})(\d{2})(\d{2})\d{4,6}$", text)
    if not match:
        return None
    year, month, day = (int(part) for part in match.groups() if part)
    try:
        return date(year, month, day).isoformat()
    except ValueError:
        return None

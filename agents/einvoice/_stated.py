"""The fields of an e-invoice, read from its XML without a model.

Two syntaxes carry the same invoice (EN 16931 binds both): UN/CEFACT Cross Industry Invoice, which is what Factur-X,
ZUGFeRD 1 and 2 and half of XRechnung are, and OASIS UBL 2.1 Invoice and CreditNote. Where a field stands in either is in
the table of fields. Reading is tolerant: elements are found by their local names, so ZUGFeRD 1's other namespaces and
names need no reader of their own, and whether the document obeys the standard is for the rules to say. What is not a
date or a number where one is due is left out, as if it were not there; so is a number of more than `MAX_DIGITS` digits.
Texts are cut at `MAX_TEXT`, names at `MAX_NAME`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import date
from functools import cache
from typing import Any, NamedTuple

from agents.documents.safe_xml import BrokenXml, UnsafeXml, parse_xml
from agents.fields.document_types import CREDIT_NOTE
from agents.fields.schema import MAX_DIGITS, MAX_NAME, MAX_TEXT, Evidence, Field, Fields
from agents.fields.table import BY_PATH, COLUMNS, ROWS, SCALARS, FieldSpec, Kind, Syntax

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
        _read(root, "cii", reader)
    elif local in ("Invoice", "CreditNote") and namespace.lstrip("{").startswith(_UBL):
        _read(root, "ubl", reader)
        if "type_code" not in reader.fields and local == "CreditNote":
            reader.set(BY_PATH["type_code"], "type_code", CREDIT_NOTE, root.path, local)
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
    accounts = (
        " ".join((child.text or "").split())
        for element in root.iter()
        if isinstance(element.tag, str) and _local(element) in ids
        for child in element
        if isinstance(child.tag, str) and _local(child) in ids[_local(element)]
    )
    return list(dict.fromkeys(account[:64] for account in accounts if account))[:50]


class _Node:
    """An element, or an ``attribute`` of it, and the readable path to it."""

    def __init__(self, element: Any, path: str, attribute: str | None = None) -> None:
        self.element = element
        self.path = path
        self._attribute = attribute

    @property
    def text(self) -> str:
        """Its text with runs of white space as one space; of an attribute what it holds."""
        if self._attribute:
            return str(self.element.get(self._attribute) or "").strip()
        return " ".join((self.element.text or "").split())

    def all(self, path: str) -> list[_Node]:
        """What stands at a path, see `FieldSpec.cii`."""
        if path.startswith("("):
            every = self.all(path.removeprefix("(").removesuffix(")[last()]"))
            return [node for node in every if node.text][-1:]
        nodes = [self]
        for step in _steps(path):
            nodes = [below for node in nodes for below in node._at(step)]
        return nodes

    def first(self, ways: str) -> _Node | None:
        """The first at any of ``ways``, paths divided by ``|``, that holds text or elements."""
        return next((node for path in ways.split("|") for node in self.all(path) if node._holds_anything), None)

    def _at(self, step: _Step) -> Iterator[_Node]:
        if step.name.startswith("@"):
            if self.text:
                yield _Node(self.element, f"{self.path}/{step.name}", step.name.removeprefix("@"))
            return
        children = [child for child in self.element if _local(child) in step.names]
        for number, child in enumerate(children, 1):
            index = f"[{number}]" if len(children) > 1 else ""
            node = _Node(child, f"{self.path}/{_local(child)}{index}")
            if step.once:
                if node._holds_anything:
                    yield node
                    return
            elif step.condition is None or node._meets(step.condition):
                yield node

    @property
    def _holds_anything(self) -> bool:
        return bool(self.text or (self._attribute is None and len(self.element)))

    def _meets(self, condition: _Condition) -> bool:
        if condition.of.startswith("@"):
            return str(self.element.get(condition.of[1:]) or "").strip() in condition.values
        node = self.first(condition.of)
        return (node is not None and node.text.upper() in condition.values) is not condition.negated


class _Condition(NamedTuple):
    """Whether what stands at ``of`` is one of ``values``, or none of them."""

    of: str
    values: tuple[str, ...]
    negated: bool


class _Step(NamedTuple):
    """A step of a path: elements of any of ``names``, or an attribute ``@name``."""

    name: str
    names: frozenset[str]
    once: bool
    condition: _Condition | None


@cache
def _steps(path: str) -> tuple[_Step, ...]:
    steps = []
    for step in re.split(r"/(?![^\[]*\])", path):
        name, _, bound = step.removesuffix("]").partition("[")
        of, _, values = bound.partition("=")
        condition = _Condition(of.removesuffix("!"), tuple(values.split(",")), of.endswith("!")) if bound else None
        steps.append(_Step(name, frozenset({name, *_OTHER_NAMES.get(name, ())}), name in _ONCE, condition))
    return tuple(steps)


_OTHER_NAMES: dict[str, tuple[str, ...]] = {
    # ZUGFeRD 1
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
    # A UBL CreditNote
    "InvoiceTypeCode": ("CreditNoteTypeCode",),
    "InvoiceLine": ("CreditNoteLine",),
    "InvoicedQuantity": ("CreditedQuantity",),
}
"""Other names of the elements that the table names."""
_ONCE = frozenset(
    {
        "ExchangedDocument", "SupplyChainTradeTransaction", "ApplicableHeaderTradeAgreement", "SellerTradeParty",
        "BuyerTradeParty", "ApplicableHeaderTradeDelivery", "ApplicableHeaderTradeSettlement",
        "SpecifiedTradeSettlementHeaderMonetarySummation", "SpecifiedLineTradeSettlement", "AccountingSupplierParty",
        "AccountingCustomerParty", "Party", "CompanyID", "LegalMonetaryTotal",
    }
)  # fmt: skip
"""Elements that both syntaxes have once: of more, the first that holds anything counts."""


class _Reader:
    """Collects fields in canonical form."""

    def __init__(self) -> None:
        self.fields: Fields = {}

    def put(self, spec: FieldSpec, path: str, node: _Node | None, syntax: Syntax) -> None:
        """Set ``path`` from ``node`` unless it is None or says nothing."""
        if node is not None and node.text:
            self.set(spec, path, _canonical(spec.kind, syntax)(node.text), node.path, node.text)

    def set(self, spec: FieldSpec, path: str, value: str | None, locator: str, text: str) -> None:
        if len(self.fields) >= MAX_FIELDS:
            raise NotAnEInvoice(f"The XML holds more than {MAX_FIELDS:,} values, far more than an invoice has.")
        kept = (value or "")[: MAX_NAME if spec.kind is Kind.NAME else MAX_TEXT].rstrip()
        if kept:
            self.fields[path] = Field(
                value=kept, evidence=Evidence(source="xml", locator=locator, text=text[:MAX_TEXT])
            )


def _read(root: _Node, syntax: Syntax, to: _Reader) -> None:
    """Every field of the table from where it stands in the syntax."""
    code = root.first(BY_PATH["currency"].place(syntax))
    currency = code.text.upper() if code and code.text else None
    for spec in SCALARS:
        _read_field(spec, spec.path, root, syntax, currency, to)
    for table, columns in COLUMNS.items():
        # In CII a line's amount names no currency.
        of_row = None if table == "lines" and syntax == "cii" else currency
        for number, row in enumerate(root.all(ROWS[table][syntax])):
            for spec in columns:
                _read_field(spec, f"{table}[{number}].{spec.name}", row, syntax, of_row, to)


def _read_field(spec: FieldSpec, path: str, root: _Node, syntax: Syntax, currency: str | None, to: _Reader) -> None:
    place = spec.place(syntax)
    if spec.kind is Kind.AMOUNT:
        to.put(spec, path, _in_currency(root.all(place), currency), syntax)
    elif spec.kind is Kind.PROSE:
        said = [node for node in root.all(place) if node.text]
        if said:
            text = " ".join(node.text for node in said)
            to.set(spec, path, text, said[0].path, text)
    else:
        to.put(spec, path, root.first(place), syntax)


def _in_currency(nodes: list[_Node], currency: str | None) -> _Node | None:
    """Of an amount that may be stated in more than one currency, the one in the invoice's own, else the one without any.

    An amount that is only stated in another currency is none of this invoice's.
    """
    named = [(node, str(node.element.get("currencyID") or "").strip().upper()) for node in nodes]
    ours = [node for node, code in named if currency in (None, code)]
    plain = [node for node, code in named if not code]
    return next(iter((ours or plain) if currency else (plain or ours)), None)


def _canonical(kind: Kind, syntax: Syntax) -> Callable[[str], str | None]:
    if kind is Kind.IBAN and syntax == "ubl":
        return _iban
    return _number if kind.is_number else _CANONICAL.get(kind, str)


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


_CANONICAL: dict[Kind, Callable[[str], str | None]] = {
    Kind.DATE: _day, Kind.COUNTRY: str.upper, Kind.CURRENCY: str.upper, Kind.VAT_ID: _compact, Kind.IBAN: _compact,
    Kind.BIC: _compact,
}  # fmt: skip

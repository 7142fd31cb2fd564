"""The fields of an e-invoice, read from its XML without a model.

Which syntaxes there are, and where a field stands in each, `_syntaxes` says. Reading is tolerant: elements are found by their
local names, so ZUGFeRD 1's other namespaces and names need no reader of their own, and whether the document obeys the
standard is for the rules to say. What is not a date or a number where one is due is left out, as if it were not there; so is
a number of more than `MAX_DIGITS` digits, and a line that only groups others or informs (`_lines`). Texts are cut at
`MAX_TEXT`, names at `MAX_NAME`.
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from agents.documents.safe_xml import BrokenXml, UnsafeXml, parse_xml
from agents.einvoice._canonical import canonical
from agents.einvoice._elements import Element, local_name
from agents.einvoice._lines import amounts_of, lines_of
from agents.einvoice._registrations import register_number_of, tax_number_of, vat_id_of
from agents.einvoice._syntaxes import SYNTAXES, Syntax
from agents.fields.schema import MAX_NAME, MAX_TEXT, Evidence, Field, Fields
from agents.fields.table import BY_PATH, COLUMNS, SCALARS, FieldSpec, Kind

MAX_FIELDS = 100_000
"""An invoice of some fourteen thousand lines. More is refused: it would fill the memory of who reads it."""


class NotAnEInvoice(ValueError):
    """The XML is not an e-invoice that can be read; the message says what it is, for a person."""


def fields_from_xml(xml: str) -> Fields:
    """The fields of an e-invoice, each with the path of its element as evidence.

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
    namespace, _, name = element.tag.rpartition("}")
    namespace = namespace.lstrip("{")
    syntax = _syntax(element)
    if syntax is None and name == "SCRDMCCBDACIOMessageStructure":
        raise NotAnEInvoice("This is an Order-X order, not an invoice. Hand it to purchasing.")
    if syntax is None:
        raise NotAnEInvoice(
            f"This XML is not an e-invoice that can be read: its root is {name!r} of {namespace or 'no namespace'}, not that "
            "of a Factur-X, ZUGFeRD, XRechnung or UBL invoice. Read it by eye, or ask the sender for a PDF."
        )
    fields = _Reader(syntax).read(Element(element, f"/{name}", syntax.names))
    if "invoice_number" not in fields and "totals.grand_total" not in fields:
        raise NotAnEInvoice(
            "This XML calls itself an invoice, but holds neither a number nor a total. "
            "Read it by eye, or ask the sender for the complete e-invoice."
        )
    return fields


def amounts_aside(xml: str) -> list[Decimal]:
    """The amounts of lines that only group others or inform, which a page may print though nothing is asked for them; none of
    an XML that is no e-invoice."""
    try:
        element = parse_xml(xml)
    except (BrokenXml, UnsafeXml):
        return []
    syntax = _syntax(element)
    if syntax is None or syntax.lines is None:
        return []
    rows = Element(element, f"/{local_name(element)}", syntax.names).all(syntax.rows["lines"])
    return amounts_of(lines_of(rows, syntax.lines).aside, syntax.lines)


def _syntax(element: Any) -> Syntax | None:
    namespace, _, name = element.tag.rpartition("}")
    return next((syntax for syntax in SYNTAXES if syntax.has_root(namespace.lstrip("{"), name)), None)


class _Reader:
    """Collects the fields of an invoice in one syntax."""

    def __init__(self, syntax: Syntax) -> None:
        self._syntax = syntax
        self._fields: Fields = {}

    def read(self, root: Element) -> Fields:
        """Every field of the table from where it stands in the syntax."""
        code = root.first(self._syntax.places["currency"])
        currency = code.text.upper() if code and code.text else None
        for spec in SCALARS:
            self._read(spec, spec.path, root, currency)
        for role in ("seller", "buyer"):
            self._registered(role, root)
        for table, columns in COLUMNS.items():
            of_row = None if table in self._syntax.without_currency else currency
            rows = root.all(self._syntax.rows[table]) if table in self._syntax.rows else []
            counting: Sequence[Element] = [row for row in rows if not _in_another_currency(row, of_row)]
            if table == "lines":
                counting = lines_of(rows, self._syntax.lines).counting
            for number, row in enumerate(counting):
                for spec in columns:
                    self._read(spec, f"{table}[{number}].{spec.name}", row, of_row)
        name = local_name(root.element)
        if "type_code" not in self._fields and name in self._syntax.type_of_root:
            self._set(BY_PATH["type_code"], "type_code", self._syntax.type_of_root[name], root.path, name)
        return self._fields

    def _read(self, spec: FieldSpec, path: str, root: Element, currency: str | None) -> None:
        place = self._syntax.places.get(spec.path)
        if place is None:
            return
        if spec.kind is Kind.PROSE:
            pieces = [element for element in root.all(place) if element.text]
            if pieces:
                text = " ".join(element.text for element in pieces)
                self._set(spec, path, text, pieces[0].path, text)
            return
        if spec.kind is Kind.AMOUNT:
            element = _in_currency(root.all(place), currency)
        else:
            element = _last_due(root, place) if spec.path == "due_date" else root.first(place)
        if element is not None and element.text:
            convert = self._syntax.canonical.get(spec.kind) or canonical(spec.kind)
            self._set(spec, path, convert(element.text), element.path, element.text)

    def _registered(self, role: str, root: Element) -> None:
        """What the party is registered as, each where it belongs (`_registrations`)."""
        vat_id, tax_number, legal_id = (f"{role}.{name}" for name in ("vat_id", "tax_number", "legal_id"))
        places, country = self._syntax.places, self._fields.get(f"{role}.country")
        under_vat, under_other = (
            [element for element in root.all(places[path]) if element.text] if path in places else []
            for path in (vat_id, tax_number)
        )
        within = (under_vat, under_other, country.value if country else None)
        self._put(vat_id, vat_id_of(*within))
        self._put(tax_number, tax_number_of(*within))
        if legal_id not in self._fields:
            self._put(legal_id, register_number_of(under_other))

    def _put(self, path: str, element: Element | None) -> None:
        """The value of a field that was chosen among several elements, or of none."""
        self._fields.pop(path, None)
        if element is not None:
            self._set(BY_PATH[path], path, canonical(BY_PATH[path].kind)(element.text), element.path, element.text)

    def _set(self, spec: FieldSpec, path: str, value: str | None, locator: str, text: str) -> None:
        if len(self._fields) >= MAX_FIELDS:
            raise NotAnEInvoice(f"The XML holds more than {MAX_FIELDS:,} values, far more than an invoice has.")
        kept = (value or "")[: MAX_NAME if spec.kind is Kind.NAME else MAX_TEXT].rstrip()
        if kept:
            evidence = Evidence(source="xml", locator=locator, text=text[:MAX_TEXT])
            self._fields[path] = Field(value=kept, evidence=evidence)


def _last_due(root: Element, place: str) -> Element | None:
    """The day (BT-9) by which all is due: those with a discount end before, and of instalments the first counts."""
    days = [element for element in root.all(place) if element.text] if "|" not in place else []
    last = max(days, key=lambda element: canonical(Kind.DATE)(element.text) or "", default=None)
    instalments = (
        any(local_name(element) == "PartialPaymentAmount" for element in root.element.iter()) if days[1:] else False
    )
    return root.first(place) if last is None or instalments else last


def _in_another_currency(row: Element, currency: str | None) -> bool:
    """Whether all amounts of a row name another currency: it is of the tax in the currency that the seller accounts in (BT-6)."""
    named = {str(element.get("currencyID") or "").strip().upper() for element in row.element.iter()} - {""}
    return bool(currency and named and currency not in named)


def _in_currency(elements: list[Element], currency: str | None) -> Element | None:
    """Of an amount that may be stated in more than one currency, the one in the invoice's own, else the one without any.

    An amount that is only stated in another currency is none of this invoice's.
    """
    named = [(element, str(element.element.get("currencyID") or "").strip().upper()) for element in elements]
    ours = [element for element, code in named if currency in (None, code)]
    plain = [element for element, code in named if not code]
    return next(iter((ours or plain) if currency else (plain or ours)), None)

"""From a model's answer to fields: what is answered counts only if it stands in the document, and is parsed in code."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from agents.documents.places import Place, Places
from agents.documents.reading import Reading
from agents.invoice import values
from agents.invoice.findings import finding
from agents.invoice.questions import NONE
from agents.invoice.schema import DATES as DATE_FIELDS
from agents.invoice.schema import Evidence, Field, Fields, Source, is_number, rows
from agents.invoice.state import Part

PATHS: dict[Part, dict[str, str]] = {
    "header": {
        "invoice_number": "invoice_number",
        "issue_date": "issue_date",
        "due_date": "due_date",
        "delivery_date": "delivery_date",
        "purchase_order": "purchase_order_ref",
    },
    "parties": {
        "seller_name": "seller.name",
        "seller_vat_id": "seller.vat_id",
        "buyer_name": "buyer.name",
        "buyer_vat_id": "buyer.vat_id",
    },
    "totals": {
        "net": "totals.tax_basis_total",
        "tax": "totals.tax_total",
        "gross": "totals.grand_total",
        "due": "totals.due_payable",
    },
    "lines": {},
}
"""Answer key to field path, for answers that occur once."""
_COUNTRY = {"EL": "GR", "XI": "GB"}
"""Country of a VAT id's first two letters, where ISO 3166 has another code."""
_RATE = {"rate": "rate", "basis": "basis", "amount": "amount"}
_LINE = {"name": "name", "quantity": "quantity", "price": "unit_price_net", "amount": "net_amount", "rate": "tax_rate"}


def part_of(path: str) -> Part:
    """Which part a field belongs to, and so which question to ask again about it."""
    if path.startswith("lines"):
        return "lines"
    if path.startswith(("totals", "tax_breakdown")):
        return "totals"
    return "parties" if path.startswith(("seller", "buyer")) else "header"


def fields_of_answer(part: Part, answer: Mapping[str, Any], reading: Reading) -> tuple[Fields, list[dict[str, Any]]]:
    """The fields that ``answer`` gives for ``part``, and a finding for each value that is not in the document."""
    extractor = _Extractor(reading)
    for key, path in PATHS[part].items():
        extractor.take(path, answer.get(key))
    printed_ids = values.vat_ids(reading.text)
    if part == "parties" and len(printed_ids) == 1 and "buyer.vat_id" not in extractor.fields:
        # Who charges tax must print their own id (VAT Directive, Art. 226), so a single one is the seller's.
        extractor.take("seller.vat_id", printed_ids[0], source="rule")
    if part == "totals":
        for n, row in enumerate(answer.get("rates", ())):
            extractor.row(f"tax_breakdown[{n}]", row, _RATE)
    if part == "lines":
        for n, row in enumerate(_goods(answer.get("lines", ()))):
            extractor.row(f"lines[{n}]", row, _LINE)
            if f"lines[{n}].name" in extractor.fields:
                extractor.derive(f"lines[{n}].id", str(n + 1), "line number by order")
    return extractor.fields, extractor.findings


def _goods(lines: Sequence[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """The rows that are goods: where any row has a quantity or a price, those without both are subtotals and taxes."""
    goods = [row for row in lines if not (row["quantity"] == NONE and row["price"] == NONE)]
    return goods or list(lines)


def completed(fields: Mapping[str, Field]) -> Fields:
    """What follows from the extracted ``fields`` by arithmetic that closes to the cent, or from the only candidate.

    The tax total where only the tax of each rate is printed (BR-CO-14), or where a rate of none is; the sum of lines (BR-CO-10).
    """
    made: Fields = {}

    def derive(path: str, value: Decimal, rule: str) -> None:
        made[path] = Field(value=f"{value:f}", evidence=Evidence(source="rule", locator=rule))

    numbers = {
        k: fields[p].number for k in ("tax_basis_total", "tax_total", "grand_total") if (p := f"totals.{k}") in fields
    }
    net, tax, gross = (numbers.get(k) for k in ("tax_basis_total", "tax_total", "grand_total"))
    by_rate = [row["amount"].number for row in rows(fields, "tax_breakdown") if "amount" in row]
    open_tax = net is not None and gross is not None and (tax is None or net + tax != gross)
    if open_tax and by_rate and net is not None and net + sum(by_rate) == gross:
        derive("totals.tax_total", sum(by_rate, Decimal(0)), "sum of the tax of each rate")
    amounts = [row["net_amount"].number for row in rows(fields, "lines") if "net_amount" in row]
    if amounts and "totals.line_total" not in fields and sum(amounts) == net:
        derive("totals.line_total", sum(amounts, Decimal(0)), "sum of the lines")
    return made


def line_of(path: str) -> int:
    """The number of the invoice line that ``path`` belongs to, from 0; -1 for every other field."""
    row = re.match(r"lines\[(\d+)\]", path)
    return int(row[1]) if row else -1


def against_page(fields: Mapping[str, Field], reading: Reading) -> list[dict[str, Any]]:
    """Where the e-invoice and the page it is embedded in disagree: number and total that are not printed, and an account
    other than the printed one. What people see and what is booked must be the same invoice."""
    places, found = Places(reading), []

    def disagrees(path: str, printed: str) -> None:
        message = f"the e-invoice says {path} is {fields[path].value}, but the page {printed}"
        found.append(finding("XML-PAGE", "error", message, path))

    number, total, account = (fields.get(p) for p in ("invoice_number", "totals.grand_total", "payment.iban"))
    if number and places.find(number.value) is None:
        disagrees("invoice_number", "does not show it")
    if total and abs(total.number) not in {
        abs(n) for a in values.amounts(reading.text) if (n := values.parse_amount(a)) is not None
    }:
        disagrees("totals.grand_total", "does not show it")
    printed = [values.compact(iban) for iban in values.ibans(reading.text)]
    if account and printed and account.value not in printed:
        disagrees("payment.iban", f"shows {', '.join(printed)}")
    return found


def fields_by_rule(reading: Reading) -> Fields:
    """What code can tell from the text alone: currency, IBAN and BIC, where just one is printed."""
    extractor = _Extractor(reading)
    if currency := values.the_currency(reading.text):
        extractor.found("currency", currency.code, currency.printed, "rule")
    for path, printed_values in (
        ("payment.iban", values.ibans(reading.text)),
        ("payment.bic", values.bics(reading.text)),
    ):
        if len({values.compact(v) for v in printed_values}) == 1:
            extractor.found(path, values.compact(printed_values[0]), printed_values[0], "rule")
    return extractor.fields


class _Extractor:
    def __init__(self, reading: Reading) -> None:
        self._places = Places(reading)
        self._month_first = values.month_first(reading.text)
        self.fields: Fields = {}
        self.findings: list[dict[str, Any]] = []

    def row(self, prefix: str, row: Mapping[str, Any], columns: Mapping[str, str]) -> None:
        """One row of a table; its cells are looked for near its first one."""
        near: Place | None = None
        for key, column in columns.items():
            near = self.take(f"{prefix}.{column}", row.get(key), near) or near

    def take(self, path: str, printed: str | None, near: Place | None = None, source: Source = "model") -> Place | None:
        """Take one answered value if it is there and can be read as what the field holds."""
        if printed is None or printed.strip().casefold() == NONE or not any(c.isalnum() for c in printed):
            return None
        place = self._places.find(printed, near=near)
        if place is None and (bare := printed.rstrip(" .,;:")) != printed:
            printed, place = bare, self._places.find(bare, near=near)  # a full stop of the model's own
        if place is None:
            self.findings.append(
                finding(
                    "EVIDENCE-MISSING", "error", f"the model answered {printed!r}, which is not in the document", path
                )
            )
            return None
        value = self._canonical(path, printed)
        if value is None:
            self.findings.append(finding("VALUE-UNREADABLE", "error", f"{printed!r} cannot be read as a value", path))
            return None
        if path in DATE_FIELDS and values.is_ambiguous(printed) and not self._month_first:
            self.findings.append(
                finding("DATE-AMBIGUOUS", "error", f"{printed!r} was read as day/month; it could be month/day", path)
            )
        self._set(path, value, place, source)
        if path.endswith(".vat_id"):
            self.derive(path.replace("vat_id", "country"), _COUNTRY.get(value[:2], value[:2]), "country of the VAT id")
        return place

    def found(self, path: str, value: str, printed: str, source: Source) -> None:
        if place := self._places.find(printed) or self._places.find(printed.strip("€$£")):
            self._set(path, value, place, source)
        else:
            self.fields[path] = Field(value=value, evidence=Evidence(source=source, text=printed))

    def derive(self, path: str, value: str, rule: str) -> None:
        self.fields[path] = Field(value=value, evidence=Evidence(source="rule", locator=rule))

    def _set(self, path: str, value: str, place: Place, source: Source) -> None:
        self.fields[path] = Field(
            value=value, evidence=Evidence(source=source, page=place.page, box=place.box, text=place.text)
        )

    def _canonical(self, path: str, printed: str) -> str | None:
        if is_number(path):
            number = values.parse_amount(printed)
            return None if number is None else f"{number:f}"
        if path in DATE_FIELDS:
            day = values.parse_date(printed, month_first=self._month_first)
            return day.isoformat() if day else None
        if path.endswith(("vat_id", "iban", "bic")):
            return values.compact(printed)
        return " ".join(printed.split())

"""Facts for tests of rules: an invoice by its values, and the text it stands on."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from agents.controls.rulebook import Facts, by_code, load_rulebook
from agents.controls.rulebook.examples import reading_of_text
from agents.fields.schema import Evidence, Field, Source
from infra.ledger.keys import number_key
from infra.records import Claim, Finding, Status

TODAY = date(2026, 10, 20)
PLAIN = {
    "invoice_number": "R-1",
    "issue_date": "2026-10-14",
    "due_date": "2026-11-13",
    "currency": "EUR",
    "seller.name": "Northwind Papers Ltd",
    "seller.vat_id": "DE136695976",
    "buyer.name": "Example Buyer GmbH",
    "buyer.country": "DE",
    "totals.tax_basis_total": "800.00",
    "totals.tax_total": "152.00",
    "totals.grand_total": "952.00",
    "tax_breakdown[0].rate": "19",
    "lines[0].name": "Paper",
    "lines[0].quantity": "4",
    "lines[0].net_amount": "800.00",
}


def facts(
    text: str = "Invoice R-1", *, source: Source = "rule", known: dict[str, Any] | None = None, **values: Any
) -> Facts:
    """An invoice in order, but for ``values`` by path (``_`` for the first point; None removes one)."""
    given = dict(PLAIN)
    for path, value in values.items():
        at = path.replace("__", ".")
        if value is None:
            given.pop(at, None)
        else:
            given[at] = value
    evidence = Evidence(source=source)
    fields = {path: Field(value=value, evidence=evidence) for path, value in given.items()}
    return Facts(reading_of_text(text), fields, "invoice", TODAY, **{"approval_limit": Decimal(1000), **(known or {})})


def claim(number: str, amount: str, day: int, **more: Any) -> Claim:
    """An earlier invoice of the same vendor, of that day of October."""
    values: dict[str, Any] = {
        "execution_id": f"invoice-default-{number}",
        "run_id": "r",
        "tenant": "default",
        "kind": "invoice",
        "vendor_key": "vendor:V1",
        "vendor": "Northwind Papers Ltd",
        "number": number,
        "number_key": number_key(number),
        "currency": "EUR",
        "amount": Decimal(amount),
        "issue_date": date(2026, 10, day),
        "name": f"{number}.pdf",
        "status": Status.APPROVED,
    }
    return Claim(**(values | more))


def said(rule: str, about: Facts, rulebook: str = "payables") -> Finding | None:
    """What code says of one rule of a shipped rulebook; None where it says nothing."""
    found, _ = by_code(about, load_rulebook(rulebook)[1])
    return next((one for one in found if one.rule == rule), None)


def verdict(rule: str, about: Facts) -> tuple[str, str] | None:
    """Verdict and severity of one rule."""
    one = said(rule, about)
    return (one.verdict, one.severity) if one else None


def asked(about: Facts) -> list[str]:
    """Rules that are left for a model."""
    return by_code(about, load_rulebook("payables")[1])[1]

"""An invoice of our own, to change one thing of."""

from __future__ import annotations

from agents.fields.schema import Evidence, Field, Fields

PLAIN: dict[str, str] = {
    "invoice_number": "R-17",
    "issue_date": "2026-03-02",
    "due_date": "2026-04-01",
    "currency": "EUR",
    "seller.name": "Muster GmbH",
    "seller.vat_id": "DE136695976",
    "seller.country": "DE",
    "buyer.name": "Käufer & Söhne AG",
    "payment.iban": "DE89370400440532013000",
    "totals.tax_basis_total": "100.00",
    "totals.tax_total": "19.00",
    "totals.grand_total": "119.00",
    "tax_breakdown[0].rate": "19",
    "lines[0].name": "Papier",
    "lines[0].quantity": "4",
    "lines[0].unit": "Stk",
    "lines[0].unit_price_net": "25.00",
    "lines[0].net_amount": "100.00",
    "lines[0].tax_rate": "19",
}
"""An invoice as it is read from a page."""


def invoice(**changed: str | None) -> Fields:
    """`PLAIN` with other values; ``__`` in a name is a dot, None takes a field out."""
    values = PLAIN | {name.replace("__", "."): value for name, value in changed.items()}
    return read({path: value for path, value in values.items() if value is not None})


def read(values: dict[str, str]) -> Fields:
    return {path: Field(value=value, evidence=Evidence(source="rule", page=1)) for path, value in values.items()}

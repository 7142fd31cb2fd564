"""Fields, vendors, orders and claims, with what a test does not care about filled in."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from agents.fields.schema import Evidence, Field, Fields
from infra.ledger.keys import number_key
from infra.records import Claim, Finding, Order, OrderLine, Vendor

IBAN, OTHER_IBAN = "DE89370400440532013000", "FR7630006000011234567890189"
VAT_ID, OTHER_VAT_ID = "DE136695976", "ATU13585627"


def fields_of(**values: str) -> Fields:
    """Fields by path, ``__`` for its point: ``seller__name``."""
    return {
        path.replace("__", "."): Field(value=value, evidence=Evidence(source="rule", text=value))
        for path, value in values.items()
    }


def lines_of(*lines: dict[str, str]) -> Fields:
    """Fields of lines, of each its columns."""
    evidence = Evidence(source="rule")
    return {
        f"lines[{n}].{column}": Field(value=value, evidence=evidence)
        for n, line in enumerate(lines)
        for column, value in line.items()
    }


def a_vendor(id: str = "V1", name: str = "Muster & Söhne GmbH", **values: Any) -> Vendor:
    return Vendor(tenant="acme", id=id, name=name, **{"ibans": [IBAN], "vat_ids": [VAT_ID], **values})


def an_order(*lines: OrderLine, **values: Any) -> Order:
    given = lines or (
        OrderLine(
            line="10",
            name="Copper cable NYM 3x1.5",
            article="K-715",
            quantity=Decimal(100),
            unit="m",
            unit_price=Decimal("1.25"),
        ),
        OrderLine(line="20", name="Wall socket white", quantity=Decimal(40), unit="pcs", unit_price=Decimal("3.90")),
    )
    return Order(
        **{"tenant": "acme", "number": "4500-1", "vendor_id": "V1", "currency": "EUR", "lines": list(given), **values}
    )


def a_claim(id: str = "new", **values: Any) -> Claim:
    given: dict[str, Any] = {
        "execution_id": id, "run_id": "r", "tenant": "acme", "kind": "invoice", "vendor_key": "vendor:V1",
        "vendor": "Muster & Söhne GmbH", "number": "R-17", "currency": "EUR", "amount": Decimal("119.00"),
        "issue_date": date(2026, 9, 1), "name": f"{id}.pdf", **values,
    }  # fmt: skip
    return Claim(number_key=number_key(given["number"]) if given["number"] else None, **given)


def told(found: list[Finding]) -> list[tuple[str, str]]:
    """Rule and severity of each finding."""
    return [(one.rule, one.severity) for one in found]


def the(found: list[Finding], rule: str) -> Finding:
    """The one finding of a rule."""
    (one,) = [one for one in found if one.rule == rule]
    return one

"""Each check passes what is right and finds what is not."""

from __future__ import annotations

from typing import Any

import pytest

from agents.invoice import checks
from agents.invoice.checks import KEY_FIELDS, check
from agents.invoice.schema import Evidence, Field, Fields, Source

RIGHT: dict[str, str] = {
    "invoice_number": "R-1",
    "issue_date": "2026-10-12",
    "due_date": "2026-11-11",
    "currency": "EUR",
    "seller.name": "Northwind Papers Ltd",
    "seller.vat_id": "DE136695976",
    "buyer.name": "Example Buyer GmbH",
    "buyer.vat_id": "FR88100000009",
    "payment.iban": "DE02120300000000202051",
    "payment.bic": "BYLADEM1001",
    "totals.line_total": "110.00",
    "totals.allowance_total": "15.00",
    "totals.charge_total": "5.00",
    "totals.tax_basis_total": "100.00",
    "totals.tax_total": "19.00",
    "totals.grand_total": "119.00",
    "totals.prepaid": "9.00",
    "totals.rounding": "0.05",
    "totals.due_payable": "110.05",
    "tax_breakdown[0].rate": "19",
    "tax_breakdown[0].basis": "100.00",
    "tax_breakdown[0].amount": "19.00",
    "lines[0].name": "Paper",
    "lines[0].quantity": "3",
    "lines[0].unit_price_net": "10.00",
    "lines[0].net_amount": "30.00",
    "lines[1].name": "Ink",
    "lines[1].quantity": "2.5",
    "lines[1].unit_price_net": "32.00",
    "lines[1].net_amount": "80.00",
}


def invoice(source: Source = "model", /, **changes: str | None) -> Fields:
    """The right invoice with changes (``__`` for a dot); None takes a field out."""
    values = {**RIGHT, **{path.replace("__", "."): value for path, value in changes.items()}}
    where: dict[str, Any] = {"source": source, "page": 1, "box": (0, 0, 1, 1), "text": "x"}
    return {p: Field(value=v, evidence=Evidence(**where)) for p, v in values.items() if v is not None}


def found(fields: Fields) -> list[tuple[str, str]]:
    return [(f["rule"], f["severity"]) for f in check(fields)]


def changed(changes: dict[str, str | None]) -> Fields:
    return invoice("model", **{path.replace(".", "__"): value for path, value in changes.items()})


def test_a_right_invoice_has_no_findings() -> None:
    assert check(invoice()) == []


@pytest.mark.parametrize(("path", "rule"), KEY_FIELDS.items())
def test_a_key_field_that_is_missing_is_an_error(path: str, rule: str) -> None:
    findings = check(changed({path: None}))
    told = {"rule": rule, "severity": "error", "message": f"{path} was not found", "fields": [path], "evidence": {}}
    assert told in findings


@pytest.mark.parametrize(
    ("changes", "rule", "severity"),
    [
        ({"totals.tax_total": "20.00", "tax_breakdown[0].amount": None}, "BR-CO-15", "error"),
        ({"totals.grand_total": "119.02", "totals.due_payable": None}, "BR-CO-15", "error"),
        ({"totals.tax_basis_total": "1000.00", "totals.grand_total": "1019.00", "totals.due_payable": None},
         "BR-CO-13", "error"),
        ({"totals.due_payable": "110.00"}, "BR-CO-16", "error"),
        ({"totals.due_payable": "-110.05"}, "BR-CO-16", "error"),
        ({"lines[1].net_amount": "80.02"}, "BR-CO-10", "error"),
        ({"totals.line_total": None, "lines[1].net_amount": "80.02"}, "BR-CO-10", "error"),
        ({"lines[1].net_amount": None}, "BR-24", "error"),
        ({p: None for p in RIGHT if p.startswith("lines")}, "BR-16", "error"),
        ({"lines[0].quantity": "30"}, "LINE-PRODUCT", "error"),
        ({"tax_breakdown[0].amount": "18.90"}, "BR-CO-14", "error"),
        ({"tax_breakdown[0].rate": "7"}, "BR-CO-17", "error"),
        ({"seller.vat_id": "DE136695977"}, "VAT-ID", "error"),
        ({"buyer.vat_id": "FR88100000008"}, "VAT-ID", "error"),
        ({"payment.iban": "DE02120300000000202052"}, "IBAN", "error"),
        ({"payment.bic": "BICBANQUE"}, "BIC", "warning"),
        ({"due_date": "2026-10-11"}, "DATE-ORDER", "error"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_found_by_its_rule(changes: dict[str, str | None], rule: str, severity: str) -> None:
    assert (rule, severity) in found(changed(changes))


@pytest.mark.parametrize(
    "changes",
    [
        {"totals.grand_total": "119.01", "totals.due_payable": None},
        {"totals.line_total": None},
        {"totals.allowance_total": None, "totals.charge_total": None, "totals.line_total": "100.00",
         "lines[1].net_amount": "70.00", "lines[1].quantity": None},
        {"totals.prepaid": None, "totals.rounding": None, "totals.due_payable": "119.00"},
        {"totals.tax_total": "0", "tax_breakdown[0].rate": "0", "tax_breakdown[0].amount": "0",
         "totals.grand_total": "100.00", "totals.due_payable": "91.05"},
        {"tax_breakdown[0].basis": None},
        {"lines[0].quantity": None},
        {"lines[0].unit_price_net": "10.04"},  # 30.12: within half a per cent of 30.00
        {"seller.vat_id": "CHE123456789MWST"},
        {"due_date": "2026-10-12"},
        {"due_date": None},
        {"payment.iban": "BE68539007547034"},
    ],
)  # fmt: skip
def test_what_may_be_so_is_not_found(changes: dict[str, str | None]) -> None:
    assert found(changed(changes)) == []


def test_a_finding_points_at_the_fields_and_holds_both_numbers() -> None:
    (one,) = [f for f in check(changed({"totals.due_payable": "100.00"})) if f["rule"] == "BR-CO-16"]
    assert one["fields"] == ["totals.due_payable", "totals.grand_total"]
    assert one["evidence"] == {"expected": "110.05", "found": "100.00"}
    assert "110.05" in one["message"]
    assert "100.00" in one["message"]


def test_a_line_without_an_amount_is_named() -> None:
    (one,) = [f for f in check(changed({"lines[1].net_amount": None})) if f["rule"] == "BR-24"]
    assert one["fields"] == ["lines[1].net_amount"]


def test_errors_come_before_warnings() -> None:
    severities = [s for _, s in found(changed({"payment.bic": "BICBANQUE", "due_date": "2020-01-01"}))]
    assert severities == ["error", "warning"]


def test_a_key_value_of_a_model_without_a_place_is_an_error_and_a_persons_is_not() -> None:
    fields = invoice()
    fields["seller.name"] = Field(value="Northwind", evidence=Evidence(source="model"))
    assert found(fields) == [("EVIDENCE-MISSING", "error")]
    fields["seller.name"] = Field(value="Northwind", evidence=Evidence(source="person", text="Ada"))
    assert found(fields) == []


def test_in_an_e_invoice_the_product_of_a_line_is_no_rule() -> None:
    assert ("LINE-PRODUCT", "error") in found(changed({"lines[0].quantity": "30"}))
    assert found(invoice("xml", **{"lines[0]__quantity": "30"})) == []


def test_a_total_without_any_tax_is_not_taken_for_one_without_tax() -> None:
    alone = {"totals.tax_total": None, "totals.grand_total": "100.00", "totals.due_payable": None}
    assert ("BR-CO-14", "error") in found(
        changed({**alone, **{p: None for p in RIGHT if p.startswith("tax_breakdown")}})
    )


@pytest.mark.parametrize(("code", "kind", "simply_paid"), [
    ("380", "invoice", True), ("381", "credit_note", True), ("384", "invoice", False), ("325", "invoice", False),
    (None, "invoice", False),
])  # fmt: skip
def test_only_a_commercial_invoice_is_simply_paid(code: str | None, kind: str, simply_paid: bool) -> None:
    evidence = Evidence(source="xml", locator="TypeCode")
    fields = {"type_code": Field(value=code, evidence=evidence)} if code else {}
    assert checks.kind_of(fields) == kind
    assert (checks.type_code(fields) == []) is simply_paid

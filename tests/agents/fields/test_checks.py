"""Each check passes what is right and finds what is not."""

from __future__ import annotations

from typing import Any

import pytest

from agents.einvoice import fields_from_xml
from agents.fields import checks
from agents.fields.checks import WANTED, check
from agents.fields.schema import Evidence, Field, Fields, Source
from infra.records import finding
from tests.agents.documents.samples import CORPUS, needs_corpus

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


def judged(fields: Fields) -> list[tuple[str, str]]:
    return [(f.rule, f.severity) for f in check(fields)]


def changed(changes: dict[str, str | None]) -> Fields:
    return invoice("model", **{path.replace(".", "__"): value for path, value in changes.items()})


def test_a_right_invoice_has_no_findings() -> None:
    assert check(invoice()) == []


@pytest.mark.parametrize(("path", "rule"), WANTED.items())
def test_a_key_field_that_is_missing_is_an_error(path: str, rule: str) -> None:
    findings = check(changed({path: None}))
    assert finding(rule, "error", f"{path} was not found", path) in findings


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
        ({"payment.bic": "BNPAFRPP"}, "BIC-COUNTRY", "warning"),
        ({"currency": "ABC"}, "BR-CL-04", "error"),
        ({"lines[0].unit_price_net": "10.04"}, "LINE-PRODUCT", "error"),
        ({"lines[0].unit_price_net": "11.00"}, "LINE-PRODUCT", "error"),
        ({"lines[1].unit_price_net": "40.00"}, "LINE-PRODUCT", "warning"),  # as with 20 % off
        ({"seller.tax_number": "12/34", "seller.country": "DE"}, "TAX-NUMBER", "warning"),
        ({"buyer.legal_id": "100000008", "buyer.country": "FR"}, "LEGAL-ID", "warning"),
        ({"buyer.legal_id": "1234", "buyer.country": "NL"}, "LEGAL-ID", "warning"),
        ({"buyer.legal_id": "732829320", "buyer.country": "FR"}, "LEGAL-ID", "warning"),  # another company's
        ({"due_date": "2028-10-12"}, "DATE-DISTANCE", "warning"),
        ({"delivery_date": "2021-10-12"}, "DATE-DISTANCE", "warning"),
        ({"due_date": "2026-10-11"}, "DATE-ORDER", "error"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_found_by_its_rule(changes: dict[str, str | None], rule: str, severity: str) -> None:
    assert (rule, severity) in judged(changed(changes))


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
        {"lines[0].quantity": "1200", "lines[0].unit_price_net": "0.03"},  # 0.025, rounded: 36.00, give or take 6.00
        {"lines[0].quantity": "300", "lines[0].unit_price_net": "10.00"},  # the price of a hundred
        {"lines[0].quantity": "-3"},
        {"totals.allowance_total": "-15.00", "totals.prepaid": "-9.00"},  # as they may be printed
        {"seller.tax_number": "201/113/40209", "seller.country": "DE"},
        {"seller.tax_number": "DE136695976", "seller.country": "DE"},
        {"seller.legal_id": "HRB 1234", "seller.country": "DE"},
        {"buyer.legal_id": "100 000 009 00017", "buyer.country": "FR"},
        {"buyer.legal_id": "RCS Paris", "buyer.country": "FR"},
        {"buyer.legal_id": "12345678", "buyer.country": "NL"},
        {"buyer.legal_id": "BE 0403.170.701", "buyer.country": "BE", "buyer.vat_id": None},
        {"payment.iban": "GB29NWBK60161331926819", "payment.bic": "NWBKGGSX"},
        {"payment.bic": None, "payment.iban": "FR1420041010050500013M02606"},
        {"delivery_date": "2026-09-30"},
        {"seller.vat_id": "CHE123456789MWST"},
        {"due_date": "2026-10-12"},
        {"due_date": None},
        {"payment.iban": "BE68539007547034", "payment.bic": None},
    ],
)  # fmt: skip
def test_what_may_be_so_is_not_found(changes: dict[str, str | None]) -> None:
    assert judged(changed(changes)) == []


def test_a_finding_points_at_the_fields_and_holds_both_numbers() -> None:
    (told,) = [f for f in check(changed({"totals.due_payable": "100.00"})) if f.rule == "BR-CO-16"]
    assert told.fields == ["totals.due_payable", "totals.grand_total"]
    assert told.evidence == {"expected": "110.05", "found": "100.00"}
    assert "110.05" in told.message
    assert "100.00" in told.message


def test_a_line_without_an_amount_is_named() -> None:
    (told,) = [f for f in check(changed({"lines[1].net_amount": None})) if f.rule == "BR-24"]
    assert told.fields == ["lines[1].net_amount"]


def test_errors_come_before_warnings() -> None:
    severities = [s for _, s in judged(changed({"payment.bic": "BICBANQUE", "due_date": "2020-01-01"}))]
    assert severities == ["error", "warning"]


def test_a_key_value_of_a_model_without_a_place_is_an_error_and_a_persons_is_not() -> None:
    fields = invoice()
    fields["seller.name"] = Field(value="Northwind", evidence=Evidence(source="model"))
    assert judged(fields) == [("EVIDENCE-MISSING", "error")]
    fields["seller.name"] = Field(value="Northwind", evidence=Evidence(source="person", text="Ada"))
    assert judged(fields) == []


def test_in_an_e_invoice_the_product_of_a_line_is_no_rule() -> None:
    assert ("LINE-PRODUCT", "error") in judged(changed({"lines[0].quantity": "30"}))
    assert judged(invoice("xml", **{"lines[0]__quantity": "30"})) == []


def test_a_total_without_any_tax_is_not_taken_for_one_without_tax() -> None:
    alone = {"totals.tax_total": None, "totals.grand_total": "100.00", "totals.due_payable": None}
    assert ("BR-CO-14", "error") in judged(
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


@pytest.mark.parametrize("source", ["xml", "person", "rule"])
def test_a_vat_id_that_is_stated_is_a_warning_and_an_account_never_is(source: Source) -> None:
    stated = invoice(source, seller__vat_id="DE136695977", payment__iban="DE02120300000000202052")
    assert judged(stated) == [("IBAN", "error"), ("VAT-ID", "warning")]
    read = invoice("model", seller__vat_id="DE136695977", payment__iban="DE02120300000000202052")
    assert judged(read) == [("IBAN", "error"), ("VAT-ID", "error")]


def negative(**changes: str | None) -> Fields:
    amounts = [p for p in RIGHT if p.startswith("totals.") or p.endswith(("basis", ".amount", "net_amount"))]
    minus = {path.replace(".", "__"): f"-{RIGHT[path]}" for path in amounts}
    return invoice("model", **{**minus, **changes})


def test_a_credit_note_may_have_either_sign_and_an_invoice_may_be_negative_throughout() -> None:
    assert judged(negative()) == []
    assert judged(negative(type_code="380", lines__0__quantity=None)) == []
    assert judged(negative(type_code="381")) == []
    assert judged(invoice("model", type_code="381")) == []


def test_a_credit_note_may_print_its_total_with_a_minus_and_its_lines_without() -> None:
    mixed = {"totals__grand_total": "-119.00", "totals__due_payable": "-110.05"}
    assert judged(invoice("model", type_code="381", totals__prepaid=None, totals__rounding=None, **{
        **mixed, "totals__due_payable": "119.00"})) == []  # fmt: skip
    assert ("BR-CO-15", "error") in judged(invoice("model", type_code="380", **mixed))
    assert judged(invoice("model", type_code="381", due_date="2026-10-11")) == [("DATE-ORDER", "warning")]


def test_what_is_taxed_at_a_rate_is_what_its_lines_come_to() -> None:
    plain = {"totals.allowance_total": None, "totals.charge_total": None, "totals.line_total": "110.00",
             "totals.tax_basis_total": "110.00", "totals.tax_total": "15.30", "totals.grand_total": "125.30",
             "totals.due_payable": None, "lines[0].tax_rate": "7", "lines[1].tax_rate": "19.0"}  # fmt: skip
    rates = {"tax_breakdown[0].basis": "80.00", "tax_breakdown[0].amount": "15.20", "tax_breakdown[1].rate": "7",
             "tax_breakdown[1].basis": "30.00", "tax_breakdown[1].amount": "2.10", "totals.tax_total": "17.30",
             "totals.grand_total": "127.30"}  # fmt: skip
    assert judged(changed({**plain, **rates})) == []
    (told,) = check(changed({**plain, **rates, "lines[0].tax_rate": "19"}))[:1]
    assert (told.rule, told.severity, told.evidence) == (
        "BR-S-08", "error", {"expected": "110.00", "found": "80.00"},
    )  # fmt: skip
    exempt = {"tax_breakdown[1].category": "E", "tax_breakdown[1].rate": "0", "tax_breakdown[1].amount": "0",
              "totals.tax_total": "15.20", "totals.grand_total": "125.20"}  # fmt: skip
    assert [f.rule for f in check(changed({**plain, **rates, **exempt}))] == ["BR-E-08"]


def test_the_same_rate_in_two_rows_is_found_as_the_official_rule_finds_it() -> None:
    twice = {"tax_breakdown[0].basis": "60.00", "tax_breakdown[0].amount": "11.40", "tax_breakdown[1].rate": "19.00",
             "tax_breakdown[1].basis": "40.00", "tax_breakdown[1].amount": "7.60", "lines[0].tax_rate": "19",
             "lines[1].tax_rate": "19", "totals.allowance_total": None, "totals.charge_total": None,
             "totals.line_total": "100.00", "lines[1].net_amount": "70.00", "lines[1].quantity": None}  # fmt: skip
    assert judged(changed(twice)) == [("BR-S-08", "error"), ("BR-S-08", "error")]


def test_rows_keep_their_numbers_where_the_table_has_gaps() -> None:
    moved = {path.replace("[1]", "[7]"): field for path, field in invoice().items()}
    moved["lines[7].quantity"] = Field(value="9", evidence=moved["lines[7].quantity"].evidence)
    assert [f.fields for f in check(moved)] == [["lines[7].net_amount"]]


@pytest.mark.parametrize(
    "changes",
    [
        {"totals.tax_total": "20.00"}, {"totals.due_payable": "100.00"}, {"lines[1].net_amount": "80.02"},
        {"lines[0].quantity": "30"}, {"tax_breakdown[0].rate": "7"}, {"due_date": "2026-10-11"},
        {"payment.bic": "BNPAFRPP"}, {"delivery_date": "2021-10-12"},
    ],
)  # fmt: skip
def test_both_values_stand_in_the_evidence(changes: dict[str, str | None]) -> None:
    for told in check(changed(changes)):
        assert told.evidence.keys() == {"expected", "found"}, told
        assert all(isinstance(value, str) for value in told.evidence.values())


@needs_corpus
def test_the_defects_of_the_corpus_that_are_ours_to_find_are_found_and_no_others() -> None:
    wanted = {"CALC-001": {"BR-CO-15", "BR-CO-16"}, "CALC-003": {"BR-CO-14", "BR-CO-16"}, "CALC-005": {"BR-S-08"},
              "DATA-003": {"DATE-ORDER"}, "DATA-005": {"BR-24"}}  # fmt: skip
    for path in sorted((CORPUS / "defects").glob("*.xml")):
        if path.stem == "RBT-002":  # not well-formed
            continue
        errors = {f.rule for f in check(fields_from_xml(path.read_text())) if f.severity == "error"}
        assert errors == wanted.get(path.stem, set()), path.name

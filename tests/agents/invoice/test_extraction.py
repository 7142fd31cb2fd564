"""What a model answers becomes a field only where the document bears it out."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import ValidationError

from agents.invoice.extraction import fields_by_rule, fields_of_answer, part_of
from agents.invoice.questions import MOST_CANDIDATES, NONE, answer_shape
from agents.invoice.schema import Fields
from tests.agents.invoice.pages import page

PAGE = page(
    "Northwind Papers Ltd  VAT DE136695976",
    "Invoice R-17  dated 12. Oktober 2026",
    "Paper  3  10,00  30,00",
    "Ink  3  20,00  60,00",
    "Net  90,00",
    "19 %  90,00  17,10",
    "Total EUR  107,10",
    "IBAN DE02 1203 0000 0000 2020 51  BIC: BYLADEM1001",
)
HEADER = dict.fromkeys(("invoice_number", "issue_date", "due_date", "delivery_date", "purchase_order"), NONE)


def values(fields: Fields) -> dict[str, str]:
    return {path: field.value for path, field in fields.items()}


def test_a_value_is_taken_in_canonical_form_with_its_place() -> None:
    answer = {**HEADER, "invoice_number": "R-17", "issue_date": "12. Oktober 2026"}
    fields, findings = fields_of_answer("header", answer, PAGE)
    assert findings == []
    assert values(fields) == {"invoice_number": "R-17", "issue_date": "2026-10-12"}
    evidence = fields["issue_date"].evidence
    assert (evidence.source, evidence.page, evidence.text) == ("model", 1, "12. Oktober 2026")
    assert evidence.box
    assert evidence.box[1] == 10


@pytest.mark.parametrize("nothing", [NONE, "None", " none ", "", "-", "—", " "])
def test_an_answer_that_says_nothing_is_no_value_and_no_error(nothing: str) -> None:
    assert fields_of_answer("header", {**HEADER, "purchase_order": nothing}, PAGE) == ({}, [])


def test_a_value_that_is_not_in_the_document_is_a_finding_and_no_field() -> None:
    fields, (finding,) = fields_of_answer("header", {**HEADER, "invoice_number": "R-18"}, PAGE)
    assert fields == {}
    assert (finding["rule"], finding["severity"]) == ("EVIDENCE-MISSING", "error")
    assert finding["fields"] == ["invoice_number"]
    assert "'R-18'" in finding["message"]


def test_a_value_that_is_printed_but_unreadable_is_a_finding_and_no_field() -> None:
    fields, (finding,) = fields_of_answer("header", {**HEADER, "issue_date": "R-17"}, PAGE)
    assert fields == {}
    assert finding["rule"] == "VALUE-UNREADABLE"


def test_an_ambiguous_day_is_an_error_unless_the_document_settles_it() -> None:
    answer = {**HEADER, "issue_date": "03/04/2026"}
    fields, findings = fields_of_answer("header", answer, page("Date 03/04/2026"))
    assert values(fields) == {"issue_date": "2026-04-03"}
    assert [(f["rule"], f["severity"]) for f in findings] == [("DATE-AMBIGUOUS", "error")]
    fields, findings = fields_of_answer("header", answer, page("Date 03/04/2026  Due 04/30/2026"))
    assert values(fields) == {"issue_date": "2026-03-04"}
    assert findings == []


@pytest.mark.parametrize(("vat_id", "country"), [("DE136695976", "DE"), ("EL094259216", "GR"), ("XI980780684", "GB")])
def test_the_country_follows_from_the_vat_id(vat_id: str, country: str) -> None:
    answer = {"seller_name": "Paint", "seller_vat_id": vat_id, "buyer_name": NONE, "buyer_vat_id": NONE}
    fields, _ = fields_of_answer("parties", answer, page(f"Paint  {vat_id}"))
    assert fields["seller.country"].value == country
    assert fields["seller.country"].evidence.source == "rule"


def test_cells_of_a_row_are_looked_for_near_its_first() -> None:
    rows: list[dict[str, Any]] = [
        {"name": "Paper", "quantity": "3", "price": "10,00", "amount": "30,00", "rate": NONE},
        {"name": "Ink", "quantity": "3", "price": "20,00", "amount": "60,00", "rate": NONE},
    ]
    fields, findings = fields_of_answer("lines", {"lines": rows}, PAGE)
    assert findings == []
    for n, top in ((0, 20), (1, 30)):
        box = fields[f"lines[{n}].quantity"].evidence.box
        assert box
        assert box[1] == top
    assert (fields["lines[1].net_amount"].value, fields["lines[1].id"].value) == ("60.00", "2")


def test_totals_and_their_rates_are_taken_as_numbers() -> None:
    rates = [{"rate": "19", "basis": "90,00", "amount": "17,10"}]
    answer = {"net": "90,00", "tax": "17,10", "gross": "107,10", "due": NONE, "rates": rates}
    fields, findings = fields_of_answer("totals", answer, PAGE)
    assert findings == []
    assert values(fields) == {
        "totals.tax_basis_total": "90.00",
        "totals.tax_total": "17.10",
        "totals.grand_total": "107.10",
        "tax_breakdown[0].rate": "19",
        "tax_breakdown[0].basis": "90.00",
        "tax_breakdown[0].amount": "17.10",
    }


def test_currency_and_account_are_told_without_a_model() -> None:
    fields = fields_by_rule(PAGE)
    assert values(fields) == {
        "currency": "EUR",
        "payment.iban": "DE02120300000000202051",
        "payment.bic": "BYLADEM1001",
    }
    assert {f.evidence.source for f in fields.values()} == {"rule"}
    assert {f.evidence.page for f in fields.values()} == {1}


def test_what_could_be_either_is_not_told_without_a_model() -> None:
    two = page("EUR 5  CHF 6", "IBAN DE02120300000000202051  IBAN GB29NWBK60161331926819")
    assert fields_by_rule(two) == {}


def test_the_same_account_printed_twice_is_one() -> None:
    twice = page("IBAN DE02120300000000202051", "IBAN DE02 1203 0000 0000 2020 51")
    assert "payment.iban" in fields_by_rule(twice)


@pytest.mark.parametrize(
    ("path", "part"),
    [
        ("invoice_number", "header"),
        ("currency", "header"),
        ("seller.name", "parties"),
        ("buyer.vat_id", "parties"),
        ("totals.grand_total", "totals"),
        ("tax_breakdown[0].rate", "totals"),
        ("lines[3].name", "lines"),
    ],
)
def test_a_field_belongs_to_the_question_that_asks_for_it(path: str, part: str) -> None:
    assert part_of(path) == part


def totals(gross: str) -> dict[str, Any]:
    return {"net": NONE, "tax": NONE, "gross": gross, "due": NONE, "rates": []}


def test_an_amount_can_only_be_answered_from_those_in_the_document() -> None:
    shape = answer_shape("totals", PAGE.text)
    shape.model_validate(totals("107,10"))
    shape.model_validate(totals(NONE))
    for invented in ("107.10", "999,99", "19", "07,10"):
        with pytest.raises(ValidationError):
            shape.model_validate(totals(invented))


def test_an_amount_with_its_minus_behind_can_be_answered() -> None:
    answer_shape("totals", "Net 10,00 Discount 2,00- Total 8,00").model_validate(totals("2,00-"))


def test_the_totals_at_the_end_of_a_long_document_can_be_answered() -> None:
    text = " ".join(f"{n},50" for n in range(MOST_CANDIDATES * 2)) + " Total 99999,99"
    answer_shape("totals", text).model_validate(totals("99999,99"))


def test_an_answer_with_a_key_that_was_not_asked_for_is_refused() -> None:
    with pytest.raises(ValidationError):
        answer_shape("totals", PAGE.text).model_validate({**totals("107,10"), "decision": "approve"})

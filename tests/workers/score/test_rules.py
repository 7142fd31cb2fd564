"""A value is right or wrong as the rules of the corpus say."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from tests.workers.score.truths import INVOICE, a_truth
from workers.score import rules


@pytest.mark.parametrize(
    ("written", "number"),
    [
        ("1.234,50", "1234.50"),
        ("1,234.50 EUR", "1234.50"),
        ("1,5", "1.5"),
        ("1,234", "1234"),
        ("-7", "-7"),
        (0.1, "0.1"),
        (Decimal("2.50"), "2.5"),
    ],
)
def test_a_number_is_read_however_it_is_written(written: object, number: str) -> None:
    assert rules.number_of(written) == Decimal(number)


@pytest.mark.parametrize("written", ["", "n/a", "1.2.3", None, True, float("nan"), float("inf")])
def test_what_is_no_number_is_none(written: object) -> None:
    assert rules.number_of(written) is None


@pytest.mark.parametrize(
    ("path", "true", "read", "right"),
    [
        ("totals.grand_total", 119, "119.01", True),
        ("totals.grand_total", 119, "119.02", False),
        ("totals.grand_total", 119, "-119", False),
        ("issue_date", "2026-03-01", "2026-03-01T00:00:00", True),
        ("issue_date", "2026-03-01", "01.03.2026", False),
        ("payment.iban", "DE89370400440532013000", "de89 3704 0044 0532 0130 00", True),
        ("payment.iban", "DE89370400440532013000", "DE89370400440532013001", False),
        ("seller.name", "Muster GmbH", "MUSTER GmbH & Co. KG", True),
        ("seller.name", "Muster GmbH", "Muster GmhB", True),
        ("seller.name", "Muster GmbH", "Master AG", False),
        ("seller.name", "ACME", "ACM", True),
        ("seller.name", "ACME", "AC", False),
        ("payment.terms", "30 Tage netto", "zahlbar 30 Tage netto ohne Abzug", True),
        ("seller.name", "Muster GmbH", "", False),
        ("seller.name", "Muster GmbH", None, False),
    ],
)
def test_a_field_agrees_by_its_kind(path: str, true: object, read: object, right: bool) -> None:
    assert rules.field_agrees(path, true, read) is right


def test_a_unit_price_may_be_rounded_and_an_amount_may_not() -> None:
    assert rules.cell_agrees("unit_price_net", Decimal("20"), "20.10")
    assert not rules.cell_agrees("net_amount", Decimal("20"), "20.10")


@pytest.mark.parametrize("kind", [{"type_code": "381"}, {"totals": {"grand_total": -119}}])
def test_the_amounts_of_a_credit_note_agree_with_either_sign(kind: dict[str, Any]) -> None:
    truth = a_truth(**kind)
    total = truth["totals"]["grand_total"]
    made = rules.score(truth, {"totals": {"grand_total": -total}})
    assert [c.right for c in made.cells if c.name == "totals.grand_total"] == [True]


def test_what_is_not_on_the_page_is_not_scored_whatever_was_read() -> None:
    truth = a_truth(hidden=["payment.iban", "lines[1].quantity"], due_date=None)
    made = rules.score(truth, {**INVOICE, "due_date": "2026-04-01", "payment": {"iban": "nonsense"}})
    scored = {cell.place for cell in made.cells}
    assert not scored & {"payment.iban", "due_date", "lines[1].quantity"}
    assert "lines[0].quantity" in scored


def test_a_missing_value_is_wrong_and_costs_the_exact_header_only_if_it_is_of_the_header() -> None:
    without_iban = rules.score(a_truth(), {**INVOICE, "payment": {"terms": "30 Tage netto"}})
    assert without_iban.header_exact
    assert [cell.name for cell in without_iban.wrong_keys] == ["payment.iban"]
    without_number = rules.score(a_truth(), {**INVOICE, "invoice_number": None})
    assert not without_number.header_exact
    assert without_number.right == len(without_number.cells) - 1


def test_nothing_read_is_all_wrong_and_no_error() -> None:
    made = rules.score(a_truth(), {})
    assert (made.right, made.lines) == (0, rules.LineCount(0, 2, 0))
    assert made.lines.precision is None
    assert made.lines.f1 == 0


def test_lines_in_another_order_are_right_and_know_where_they_were_read() -> None:
    made = rules.score(a_truth(), {**INVOICE, "lines": INVOICE["lines"][::-1]})
    assert made.lines == rules.LineCount(2, 2, 2)
    assert {(c.place, c.read_at) for c in made.cells if c.name == "lines[].name"} == {
        ("lines[0].name", "lines[1].name"),
        ("lines[1].name", "lines[0].name"),
    }


def test_a_line_too_many_costs_precision_and_is_named() -> None:
    made = rules.score(a_truth(), {**INVOICE, "lines": [{"name": "Porto", "net_amount": "4.90"}, *INVOICE["lines"]]})
    assert made.lines == rules.LineCount(2, 2, 3)
    assert made.lines.f1 == pytest.approx(0.8)
    assert made.right == len(made.cells)
    assert made.surplus == ("lines[0].name", "lines[0].net_amount")


def test_a_wrong_key_cell_makes_a_line_wrong_and_another_column_does_not() -> None:
    paper, ink = INVOICE["lines"]
    dearer = rules.score(a_truth(), {**INVOICE, "lines": [{**paper, "unit_price_net": 11}, ink]})
    assert dearer.lines.right == 2
    fewer = rules.score(a_truth(), {**INVOICE, "lines": [{**paper, "quantity": 4}, ink]})
    assert fewer.lines.right == 1


def test_lines_of_a_document_whose_truth_has_none_are_left_out() -> None:
    assert rules.score(a_truth(lines=[]), INVOICE).lines == rules.LineCount()

"""The shape in which an invoice leaves the house, and what a person may put into it."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any

import pytest

from agents.fields.schema import Evidence, Field, correction_problem, known_path, public, rows
from agents.fields.table import BY_PATH, is_number
from tests.agents.documents.samples import CORPUS, needs_corpus

NOT_OURS = {"visible", "_meta", "payer_iban", "due_dates_all"}
"""Keys of a ground-truth file that say something about the file, or that an invoice to be paid does not have: the
account a direct debit is taken from, and the days of instalments."""


def field(value: str) -> Field:
    return Field(value=value, evidence=Evidence(source="person"))


FIELDS = {
    "invoice_number": field("R-1"),
    "totals.grand_total": field("119.00"),
    "seller.name": field("Paint GmbH"),
    "lines[10].name": field("last"),
    "lines[2].name": field("first"),
    "lines[2].net_amount": field("10.50"),
    "tax_breakdown[0].rate": field("19"),
}


def keys(value: Any) -> Any:
    """The shape of a nested value: its keys, without what they hold."""
    if isinstance(value, dict):
        return {key: keys(inner) for key, inner in value.items() if key not in NOT_OURS}
    return [keys(value[0])] if isinstance(value, list) and value else None


@needs_corpus
def test_the_public_shape_is_that_of_the_ground_truth() -> None:
    full = {**FIELDS, **{f"lines[2].{c}": field("1") for c in ("id", "quantity")}}
    shape = keys(public(full))
    files = sorted((CORPUS / "invoices/gt").glob("*.json"))
    assert files
    for path in files:
        truth = keys(json.loads(path.read_text()))
        for table in ("lines", "tax_breakdown"):
            truth[table] = truth[table] or shape[table]
        # What pages do not print, a truth need not have.
        assert {key: inner for key, inner in shape.items() if key in truth or BY_PATH[key].printed} == truth, path.name


def test_numbers_are_exact_and_what_is_not_known_is_none() -> None:
    made = public(FIELDS)
    assert made["totals"]["grand_total"] == Decimal("119.00")
    assert str(made["totals"]["grand_total"]) == "119.00"
    assert made["totals"]["tax_total"] is None
    seller = {"name": "Paint GmbH", "vat_id": None, "tax_number": None, "country": None, "legal_id": None}
    assert made["seller"] == seller
    assert made["due_date"] is None


def test_rows_come_in_order_of_their_number_and_gaps_close() -> None:
    assert [row["name"].value for row in rows(FIELDS, "lines")] == ["first", "last"]
    lines = public(FIELDS)["lines"]
    assert [line["name"] for line in lines] == ["first", "last"]
    assert (lines[0]["net_amount"], lines[1]["net_amount"]) == (Decimal("10.50"), None)


def test_an_empty_invoice_has_the_whole_shape() -> None:
    empty = public({})
    assert keys(empty).keys() == keys(public(FIELDS)).keys()
    assert (empty["lines"], empty["tax_breakdown"]) == ([], [])


@pytest.mark.parametrize(
    ("path", "known", "number"),
    [
        ("invoice_number", True, False),
        ("totals.grand_total", True, True),
        ("lines[0].quantity", True, True),
        ("lines[0].name", True, False),
        ("tax_breakdown[12].rate", True, True),
        ("lines[0].rate", False, False),
        ("lines[].name", False, False),
        ("lines[-1].name", False, False),
        ("totals.everything", False, False),
        ("seller", False, False),
        ("", False, False),
    ],
)
def test_only_fields_of_the_schema_are_known(path: str, known: bool, number: bool) -> None:
    assert known_path(path) is known
    assert is_number(path) is number


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("totals.grand_total", "1234.56"),
        ("totals.grand_total", "-5"),
        ("lines[3].quantity", "0.5"),
        ("issue_date", "2026-10-31"),
        ("totals.grand_total", "-" + "1" * 16 + ".50"),
        ("payment.terms", "x" * 1000),
        ("currency", "EUR"),
        ("seller.name", "Paint GmbH"),
        ("seller.name", None),
        ("totals.grand_total", None),
    ],
)
def test_a_correction_in_canonical_form_is_taken(path: str, value: str | None) -> None:
    assert correction_problem(path, value) is None


@pytest.mark.parametrize(
    ("path", "value", "says"),
    [
        ("totals.grand_total", "1.234,56", "a number such as"),
        ("totals.grand_total", "1e5", "a number such as"),
        ("totals.grand_total", "NaN", "a number such as"),
        ("totals.grand_total", "١٢", "a number such as"),
        ("totals.grand_total", "", "a number such as"),
        ("totals.grand_total", "1" * 17 + ".50", "at most 18 digits"),
        ("payment.terms", "x" * 1001, "at most 1000 characters"),
        ("issue_date", "31.10.2026", "a day such as"),
        ("issue_date", "2026-02-30", "a day such as"),
        ("issue_date", "20261031", "a day such as"),
        ("issue_date", "2026-W44-6", "a day such as"),
        ("currency", "euro", "ISO 4217"),
        ("seller.name", " ", "cannot be empty"),
        ("grand_total", "5", "no field of an invoice"),
        ("nothing", None, "no field of an invoice"),
    ],
)
def test_any_other_correction_is_refused_with_what_is_expected(path: str, value: str | None, says: str) -> None:
    problem = correction_problem(path, value)
    assert problem is not None
    assert says in problem


def test_a_refusal_does_not_repeat_all_that_was_written() -> None:
    problem = correction_problem("issue_date", "x" * 100_000)
    assert problem is not None
    assert len(problem) < 200

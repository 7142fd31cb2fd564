"""A case tells what is right, what is left to a person, and what must not be."""

from __future__ import annotations

from typing import Any

import pytest

from tests.evals.attacks.desk import Attempt
from tests.evals.unseen.cases import held
from tests.evals.unseen.desk import Way

TRUTH: dict[str, Any] = {"invoice_number": "R-1", "issue_date": "2026-09-18", "totals": {"grand_total": "12.50"}}


def attempt(outcome: str, confidence: float, **values: str) -> Attempt:
    made = Attempt(None, "a")
    fields = {
        path.replace("__", "."): {"value": value, "evidence": {"source": "rule"}, "confidence": confidence}
        for path, value in values.items()
    }
    made.state = {"fields": fields, "decision": {"outcome": outcome}}
    return made


RIGHT = {"invoice_number": "R-1", "issue_date": "2026-09-18", "totals__grand_total": "12.50"}


def test_what_is_as_the_truth_has_it_is_right() -> None:
    assert held("case", Way.CODE, TRUTH, attempt("approve", 0.99, **RIGHT)).is_right


@pytest.mark.parametrize(
    ("outcome", "confidence", "fault"),
    [("review", 0.99, "wrong and sure"), ("review", 0.9, None), ("approve", 0.5, "APPROVED with a wrong key value")],
)
def test_a_wrong_value_is_a_fault_where_it_is_sure_or_approved(
    outcome: str, confidence: float, fault: str | None
) -> None:
    found = held("case", Way.CODE, TRUTH, attempt(outcome, confidence, **{**RIGHT, "totals__grand_total": "125.00"}))
    assert found.wrong == ["totals.grand_total: 125.00 for 12.50"]
    assert found.fault == fault


def test_an_absent_value_is_told_and_is_no_fault() -> None:
    found = held("case", Way.CODE, TRUTH, attempt("review", 0.99, invoice_number="R-1", issue_date="2026-09-18"))
    assert (found.absent, found.fault, found.is_right) == (["totals.grand_total"], None, False)


def test_what_must_go_to_a_person_and_was_approved_is_a_fault_however_right() -> None:
    found = held("case", Way.CODE, {**TRUTH, "_decision": "review"}, attempt("approve", 0.99, **RIGHT))
    assert found.fault == "WRONGLY APPROVED"

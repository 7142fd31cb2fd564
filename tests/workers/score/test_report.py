"""The report of a run says how right it was, what it took, and whether what never may happen has happened."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from infra.records import CallStatus, Finding, Status, Step, TokenUsage
from tests.workers.cli.examples import MORNING, a_call, an_execution
from tests.workers.score.truths import INVOICE, a_reading, a_truth, fields_of
from workers.office.following import Followed
from workers.office.submission import Submitted
from workers.score.corpus import Corpus
from workers.score.report import Confidences, Report, make_report, prediction
from workers.score.running import Reading, Run

BEGAN = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


def _but(*keys: str) -> dict[str, Any]:
    return {k: v for k, v in INVOICE.items() if k not in keys}


def _without_none(value: Any) -> Any:
    if isinstance(value, dict):
        return {k: _without_none(v) for k, v in value.items() if v is not None}
    return [_without_none(v) for v in value] if isinstance(value, Sequence) and not isinstance(value, str) else value


def report_of(*readings: Reading, sure: float = 0.95) -> Report:
    corpus = Corpus(Path("invoices/pdf"), Path("invoices/gt"), [])
    return make_report(
        corpus,
        readings,
        Run("score-1", "b"),
        options={"max_repairs": 2},
        sure=sure,
        began=BEGAN,
        ended=BEGAN + timedelta(seconds=90),
    )


def test_what_was_read_is_scored_whatever_was_decided() -> None:
    made = report_of(
        a_reading("a"),
        a_reading("b", status=Status.REVIEW, decision="review"),
        a_reading("c", status=Status.REJECTED, decision="reject", decided_by="ada"),
    )
    assert (made.overall.micro, made.overall.header_exact, made.overall.line_f1) == (1.0, 1.0, 1.0)
    assert made.decisions.by_status == {"approved": 1, "rejected": 1, "review": 1}
    assert made.decisions.approved_without_a_person == 1
    assert made.decisions.share == pytest.approx(1 / 3)


def test_a_failed_execution_has_read_nothing_even_if_it_came_far() -> None:
    made = report_of(a_reading("a"), a_reading("b", status=Status.FAILED, decision=None, error="the model is away"))
    assert made.overall.micro == 0.5
    assert (made.documents[1].right, made.documents[1].why) == (0, "the model is away")
    assert made.never.unaccounted == []


def test_what_came_of_a_person_approving_is_not_counted_as_without_one() -> None:
    made = report_of(a_reading("a", decided_by="ada"))
    assert made.decisions.approved_without_a_person == 0


def test_the_recorded_public_shape_is_taken_before_one_made_of_the_fields() -> None:
    execution = an_execution(result={"invoice": {"invoice_number": "R-1"}, "fields": fields_of(INVOICE)})
    assert prediction(execution) == {"invoice_number": "R-1"}
    execution = an_execution(result={"fields": fields_of(INVOICE)})
    assert prediction(execution)["invoice_number"] == "R-17"


def test_an_approved_wrong_key_is_told_with_both_values_and_a_wrong_other_field_is_not() -> None:
    wrong = {
        **INVOICE,
        "payment": {"iban": "DE02120300000000202051", "terms": "nothing of the kind"},
        "totals": {**INVOICE["totals"], "tax_total": None},
    }
    made = report_of(a_reading("a", invoice=_without_none(wrong)), a_reading("b"))
    found = [(w.id, w.field, w.truth, w.read) for w in made.never.approved_wrong]
    assert found == [
        ("a", "payment.iban", "DE89370400440532013000", "DE02120300000000202051"),
        ("a", "totals.tax_total", "19", None),
    ]
    assert {w.field for w in made.documents[0].wrong} >= {"payment.terms"}


def test_the_same_mistake_in_review_is_no_approval() -> None:
    made = report_of(
        a_reading("a", invoice={**INVOICE, "invoice_number": "R-71"}, status=Status.REVIEW, decision="review")
    )
    assert made.never.approved_wrong == []


@pytest.mark.parametrize(
    ("followed", "why"),
    [
        (Followed(Submitted("a.pdf", "queued", execution_id="x")), "not ended in the time"),
        (Followed(Submitted("a.pdf", "already processed", execution_id="x")), "the ledger does not know it"),
        (
            Followed(
                Submitted("a.pdf", "queued", execution_id="x"), an_execution(), ended_unrecorded="it is terminated"
            ),
            "it is terminated",
        ),
        (Followed(Submitted("a.pdf", "queued"), an_execution(status=Status.FAILED, reasons=[])), "without a reason"),
    ],
)
def test_a_document_without_an_outcome_is_told(followed: Followed, why: str) -> None:
    made = report_of(Reading(a_reading("a").document, followed))
    assert [why in one.why for one in made.never.unaccounted] == [True]


def test_a_refused_document_is_accounted_for_and_has_read_nothing() -> None:
    refused = Followed(Submitted("a.pdf", "refused", error="it is empty"))
    made = report_of(Reading(a_reading("a").document, refused))
    assert made.never.unaccounted == []
    assert (made.documents[0].status, made.documents[0].why, made.overall.micro) == ("refused", "it is empty", 0.0)


def test_figures_are_told_by_layout_and_by_field() -> None:
    wrong = {**INVOICE, "invoice_number": "R-71"}
    made = report_of(a_reading("a"), a_reading("b", group="other", invoice=wrong))
    assert (made.groups["issuer"].header_exact, made.groups["other"].header_exact) == (1.0, 0.0)
    number = made.fields["invoice_number"]
    assert (number.right, number.scored, number.accuracy) == (1, 2, 0.5)
    assert made.fields["lines[].quantity"].scored == 4


def test_computed_tokens_are_prompt_less_cached_and_output_of_answered_calls() -> None:
    execution = an_execution("a.pdf")
    calls = [
        a_call(execution, usage=TokenUsage(prompt=900, cached=600, output=80)),
        a_call(execution, "repair", usage=TokenUsage(prompt=100, output=20), status=CallStatus.INVALID),
        a_call(execution, "lines", usage=TokenUsage(), status=CallStatus.LOST),
    ]
    made = report_of(a_reading("a", calls=calls), a_reading("b"))
    assert made.documents[0].computed_tokens == 500
    usage = made.usage
    assert (usage.computed_tokens.total, usage.computed_tokens.mean, usage.computed_tokens.max) == (500, 250, 500)
    assert (usage.model_calls.total, usage.lost_calls, usage.wall_seconds) == (2, 1, 90)
    assert [(m.tier, m.model, m.calls, m.prompt_versions) for m in made.run.models] == [("small", "a-model", 2, ["1f"])]


def test_seconds_of_one_that_waits_for_a_person_end_with_its_last_step() -> None:
    step = Step(ordinal=0, name="decide", room="workflow", started_at=MORNING, ended_at=MORNING + timedelta(seconds=4))
    made = report_of(a_reading("a"), a_reading("b", status=Status.REVIEW, ended_at=None, steps=[step]))
    assert [one.seconds for one in made.documents] == [9, 4]
    assert (made.usage.seconds.median, made.usage.seconds.max) == (6.5, 9)


def test_confidence_is_that_of_the_value_that_was_paired_with_the_truth() -> None:
    turned = {**INVOICE, "lines": [{**INVOICE["lines"][1], "name": "unlesbar"}, INVOICE["lines"][0]]}
    made = report_of(a_reading("a", fields=fields_of(turned, 0.9, **{"lines[0].name": 0.6})))
    assert [(w.field, w.read, w.confidence) for w in made.documents[0].wrong] == [("lines[1].name", "unlesbar", 0.6)]
    names = made.calibration.fields["lines[].name"]
    assert (names.n, names.right) == (2, 1)
    assert names.confidence == pytest.approx(0.75)


def test_rows_are_counted_and_their_numbers_may_have_gaps() -> None:
    field = {"value": "x", "evidence": {}, "confidence": 0.5, "grounds": ["model"]}
    found = Confidences(
        {"lines[2].name": field, "lines[7].name": {**field, "confidence": 0.7}, "currency": {"value": "EUR"}}
    )
    assert [found.of("lines[0].name"), found.of("lines[1].name"), found.of("lines[2].name")] == [0.5, 0.7, None]
    assert found.grounds("lines[0].name") == ("model",)
    assert (found.of("currency"), found.grounds("currency"), found.of(None)) == (None, (), None)


@pytest.mark.parametrize("odd", [True, "0.9", -0.1, 1.5, float("nan"), None])
def test_a_confidence_that_is_none_is_taken_for_none(odd: object) -> None:
    assert Confidences({"currency": {"confidence": odd}}).of("currency") is None


def test_values_that_cannot_be_judged_are_in_no_figure_of_calibration() -> None:
    truth = a_truth(hidden=["payment.iban"], currency=None)
    made = report_of(a_reading("a", truth=truth, fields=fields_of(INVOICE, 0.9)))
    assert {"payment.iban", "currency"}.isdisjoint(made.calibration.fields)
    assert made.calibration.n == sum(f.scored for f in made.fields.values())
    missing = report_of(a_reading("a", fields=fields_of(_but("invoice_number"), 0.9)))
    assert "invoice_number" not in missing.calibration.fields


def test_a_row_that_does_not_exist_is_counted_apart_if_it_is_called_sure() -> None:
    more = {**INVOICE, "lines": [*INVOICE["lines"], {"name": "Nicht vorhanden", "net_amount": 9999}]}
    made = report_of(a_reading("a", fields=fields_of(more, 0.99)))
    assert made.calibration.sure_in_surplus_rows == 2
    assert made.calibration.sure.share == 1.0


@pytest.mark.parametrize(
    ("changes", "confidence"),
    [
        ({}, 0.9),
        ({"fields": fields_of(INVOICE, 0.9, **{"totals.grand_total": 0.4, "payment.terms": 0.1})}, 0.4),
        ({"fields": fields_of(INVOICE, 0.9, **{"payment.iban": 0.3})}, 0.3),
        ({"fields": fields_of(_but("payment"), 0.9)}, 0.9),
        ({"fields": fields_of(_but("issue_date"), 0.9)}, None),
        ({"fields": fields_of(INVOICE)}, None),
        ({"findings": [Finding(rule="SUM", severity="error", message="no")]}, None),
        ({"findings": [Finding(rule="SUM", severity="warning", message="no")]}, 0.9),
        ({"status": Status.FAILED}, None),
    ],
)
def test_a_document_is_as_sure_as_the_least_sure_of_its_keys(changes: dict[str, Any], confidence: float | None) -> None:
    made = report_of(a_reading("a", **{"fields": fields_of(INVOICE, 0.9), **changes}))
    assert made.documents[0].key_confidence == confidence


def test_the_report_is_the_same_after_a_way_through_json() -> None:
    made = report_of(a_reading("a", fields=fields_of(INVOICE, 0.9), calls=[a_call(an_execution("a.pdf"))]))
    assert Report.model_validate_json(made.model_dump_json()) == made
    assert made.run.options == {"max_repairs": 2}
    assert made.run.corpus == "invoices/pdf"
    assert set(made.model_dump()) == {
        "run", "overall", "groups", "fields", "usage", "decisions", "never", "calibration", "documents", "guard",
        "as_baseline",
    }  # fmt: skip

"""The verdict on a chaos run: clean records pass, and each thing that must not be is seen where it is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from infra.records import CallStatus, Execution, ModelCall, Posting, Status
from tests.evals.chaos.__main__ import of_the_run
from tests.evals.chaos.run import Told
from tests.evals.chaos.schedule import Part
from tests.evals.chaos.verdict import Records, answered_twice, judged, judged_in_phoenix, lost_in_flight

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)


def a_call(id: str = "one", **fields: Any) -> ModelCall:
    values: dict[str, Any] = {
        "key": f"{id}/extract/q",
        "attempt": 1,
        "execution_id": id,
        "step": "extract",
        "tier": "small",
        "endpoint": "http://127.0.0.1:8000/v1",
        "model": "m",
        "prompt_version": "1",
        "request_digest": f"digest of {id}",
        "status": CallStatus.COMPLETED,
        "started_at": NOON,
        "ended_at": NOON + timedelta(seconds=1),
        "cost": Decimal("0.01"),
        "span_id": f"span of {id}",
    }
    return ModelCall(**values | fields)


def an_execution(id: str = "one", **fields: Any) -> Execution:
    values: dict[str, Any] = {
        "id": id,
        "definition": "invoice",
        "tenant": "chaos",
        "batch": "chaos",
        "digest": "d",
        "name": f"{id}.pdf",
        "run_id": "r",
        "status": Status.APPROVED,
        "started_at": NOON,
        "model_calls": 1,
        "cost": Decimal("0.01"),
    }
    return Execution(**values | fields)


def a_posting(id: str = "one", **fields: Any) -> Posting:
    values: dict[str, Any] = {
        "execution_id": id,
        "tenant": "chaos",
        "vendor": "Northwind",
        "number": id,
        "currency": "EUR",
        "amount": Decimal(1),
        "invoice": {},
        "posted_at": NOON,
    }
    return Posting(**values | fields)


LOST = a_call("two", status=CallStatus.LOST, cost=None, span_id=None)
CLEAN = Records(
    submitted=["one", "two"],
    calls_each=1,
    executions={"one": an_execution(), "two": an_execution("two")},
    postings=[a_posting(), a_posting("two")],
    # The second document's call was answered at the first try too, but nobody saw it.
    calls=[a_call(), LOST, a_call("two", attempt=2, started_at=NOON + timedelta(seconds=5))],
    paid={"digest of one": 1, "digest of two": 2},
    counted={Status.APPROVED: 2},
    call_spans={"span of one": 1, "span of two": 1},
    roots={"one": 1, "two": 1},
)


def failed(records: Records) -> dict[str, Sequence[str]]:
    return {check.what: check.offenders for check in [*judged(records), *judged_in_phoenix(records)] if not check.holds}


def test_clean_records_pass_and_an_answer_lost_in_flight_is_counted() -> None:
    assert failed(CLEAN) == {}
    assert lost_in_flight(CLEAN) == 1
    assert answered_twice(CLEAN) == 0


BAD: list[tuple[dict[str, Any], str, str]] = [
    (
        {"counted": {Status.APPROVED: 1}},
        "statuses that the batch counts otherwise than its executions",
        "approved: 1, not 2",
    ),
    (
        {
            "executions": {"one": an_execution()},
            "postings": [a_posting()],
            "calls": [a_call()],
            "paid": {"digest of one": 1},
        },
        "documents without an execution that ended",
        "two",
    ),
    (
        {"executions": {"one": an_execution(), "two": an_execution("two", status=Status.RUNNING)}},
        "documents without an execution that ended",
        "two",
    ),
    ({"open_in_temporal": ["two"]}, "executions that Temporal still runs", "two"),
    (
        {"executions": {"one": an_execution(), "two": an_execution("two", status=Status.FAILED, error="no disk")}},
        "executions that ended otherwise than approved",
        "two: failed: no disk",
    ),
    (
        {"executions": {**CLEAN.executions, "three": an_execution("three", model_calls=0, cost=Decimal(0))}},
        "executions of documents that nobody handed in",
        "three",
    ),
    ({"postings": [a_posting()]}, "approved executions that were not posted", "two"),
    ({"postings": [*CLEAN.postings, a_posting()]}, "postings beyond the first of an execution", "one"),
    (
        {"postings": [a_posting(), a_posting("two", number="one")]},
        "postings beyond the first of an invoice",
        "chaos Northwind one",
    ),
    ({"calls": CLEAN.calls[1:]}, "documents with a question that has no answer on record", "one"),
    (
        {
            "calls": [*CLEAN.calls, a_call(attempt=2, started_at=NOON + timedelta(seconds=1))],
            "paid": {"digest of one": 2, "digest of two": 2},
        },
        "recorded calls that were made again",
        "one/extract/q#2",
    ),
    (
        {"calls": [*CLEAN.calls, a_call(attempt=2, status=CallStatus.STARTED, ended_at=None)]},
        "calls that never came to an end",
        "one/extract/q#2",
    ),
    (
        {"paid": {**CLEAN.paid, "digest of one": 2}},
        "requests paid at the endpoint more often than the ledger has them answered or lost",
        "digest of one",
    ),
    (
        {"paid": {**CLEAN.paid, "digest of no call": 1}},
        "requests paid at the endpoint more often than the ledger has them answered or lost",
        "digest of no call",
    ),
    (
        {"paid": {"digest of two": 2}},
        "requests answered in the ledger more often than the endpoint was paid",
        "digest of one",
    ),
    (
        {"executions": {**CLEAN.executions, "one": an_execution(cost=Decimal("0.02"))}},
        "executions whose calls on record are not those they are charged for",
        "one",
    ),
    ({"call_spans": {"span of one": 1}}, "recorded calls without a span in Phoenix", "span of two"),
    (
        {"calls": [a_call(span_id=None), *CLEAN.calls[1:]]},
        "recorded calls without a span in Phoenix",
        "no span of one/extract/q#1",
    ),
    (
        {"call_spans": {"span of one": 2, "span of two": 1}},
        "spans of calls that Phoenix has twice",
        "span of one",
    ),
    (
        {"call_spans": {**CLEAN.call_spans, "another": 1}},
        "spans in Phoenix of calls that are not on record",
        "another",
    ),
    ({"roots": {"one": 1}}, "executions whose trace has not one root", "two"),
    ({"roots": {"one": 1, "two": 2}}, "executions whose trace has not one root", "two"),
]
"""What is changed in clean records, the check that must see it, and where."""


@pytest.mark.parametrize(("changes", "what", "where"), BAD)
def test_what_must_not_be_is_seen_where_it_is(changes: dict[str, Any], what: str, where: str) -> None:
    assert where in failed(replace(CLEAN, **changes)).get(what, [])


def test_there_is_no_check_that_is_not_seen_to_fail() -> None:
    assert {what for _, what, _ in BAD} == {check.what for check in [*judged(CLEAN), *judged_in_phoenix(CLEAN)]}


def test_an_answer_that_came_while_another_try_was_in_flight_is_counted_and_is_no_repetition() -> None:
    overlapping = a_call(attempt=2, started_at=NOON + timedelta(seconds=0.5))
    records = replace(
        CLEAN,
        calls=[*CLEAN.calls, overlapping],
        paid={**CLEAN.paid, "digest of one": 2},
        executions={**CLEAN.executions, "one": an_execution(model_calls=2, cost=Decimal("0.02"))},
    )
    assert answered_twice(records) == 1
    assert failed(records) == {}


def test_a_run_that_shows_nothing_does_not_pass() -> None:
    shown = Told(struck=dict.fromkeys(Part, 3), unsettled_at_last_blow=4)
    assert all(check.holds for check in of_the_run(shown, 3))
    idle = replace(shown, unsettled_at_last_blow=0)
    spared = replace(shown, struck={**shown.struck, Part.PHOENIX: 2})
    dying = replace(shown, ended_by_themselves=["process 1, exit code 1"])
    assert [[c.what for c in of_the_run(told, 3) if not c.holds] for told in (idle, spared, dying)] == [
        ["blows that fell on no work"],
        ["parts struck less often than planned"],
        ["workers that ended though nobody killed them"],
    ]

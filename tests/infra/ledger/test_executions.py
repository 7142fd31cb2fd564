"""Recording executions, and finding them again."""

from __future__ import annotations

import asyncio
from decimal import Decimal

import pytest

from infra.ledger import Ledger
from infra.records import Execution, Finding, Status, TokenUsage

from .examples import DIGEST, a_call, a_review, a_submission, an_execution, ended, minutes, some_steps


def a_full_execution() -> Execution:
    return an_execution(
        status=Status.APPROVED,
        trace_id="7f" * 16,
        decision="approve",
        decided_by="Ada",
        reasons=["above the limit", "corrected"],
        vendor="Muster GmbH",
        number="R-1",
        currency="EUR",
        amount=Decimal("1190.05"),
        model_calls=3,
        usage=TokenUsage(prompt=5_000_000_000, cached=600, output=80, reasoning=10),
        cost=Decimal("0.00012345"),
        cost_currency="USD",
        result={"z": 1, "a": {"values": [1, 2.5, None, True, "ü"]}},
        steps=some_steps(3),
        findings=[Finding(rule="sum", severity="error", message="no", fields=["totals"], evidence={"page": 1})],
        reviews=[a_review(corrections={"totals.tax": "19.00", "note": None}, reason="typing error")],
        ended_at=minutes(70),
    )


async def test_an_execution_comes_back_as_it_was_recorded(ledger: Ledger) -> None:
    await ledger.record(a_full_execution())
    found = await ledger.execution("invoice-acme-ab12cd")
    assert found == a_full_execution()
    assert list(found.result) == ["z", "a"]


async def test_an_execution_never_recorded_is_none(ledger: Ledger) -> None:
    assert await ledger.execution("nothing") is None


async def test_recording_again_replaces_all_of_it(ledger: Ledger) -> None:
    await ledger.record(a_full_execution())
    again = a_full_execution().model_copy(update={"steps": some_steps(2), "findings": [], "reasons": []})
    for _ in range(2):
        await ledger.record(again)
        assert await ledger.execution(again.id) == again


@pytest.mark.parametrize("late", [Status.RUNNING, Status.REVIEW])
@pytest.mark.parametrize("end", [Status.APPROVED, Status.REJECTED, Status.FAILED])
async def test_an_ended_run_is_not_opened_again_by_a_late_record(ledger: Ledger, end: Status, late: Status) -> None:
    stands = an_execution(status=end, steps=some_steps(2), ended_at=minutes(5))
    await ledger.record(stands)
    await ledger.record(an_execution(status=late, steps=some_steps(3)))
    assert await ledger.execution(stands.id) == stands


async def test_an_open_run_does_not_lose_steps_or_reviews_to_a_late_record(ledger: Ledger) -> None:
    stands = an_execution(status=Status.REVIEW, steps=some_steps(3), reviews=[a_review()])
    await ledger.record(stands)
    await ledger.record(an_execution(steps=some_steps(2), reviews=[a_review()]))
    await ledger.record(an_execution(steps=some_steps(3)))
    assert await ledger.execution(stands.id) == stands


async def test_a_run_goes_from_review_back_to_running_after_a_correction(ledger: Ledger) -> None:
    await ledger.record(an_execution(status=Status.REVIEW, steps=some_steps(3)))
    corrected = an_execution(steps=some_steps(3), reviews=[a_review(action="correct")])
    await ledger.record(corrected)
    assert await ledger.execution(corrected.id) == corrected


async def test_a_failure_that_lost_its_steps_is_recorded_all_the_same(ledger: Ledger) -> None:
    await ledger.record(an_execution(steps=some_steps(3)))
    await ledger.record(an_execution(status=Status.FAILED, error="it was terminated; hand it in again"))
    found = await ledger.execution("invoice-acme-ab12cd")
    assert found
    assert found.status is Status.FAILED
    assert found.error


async def test_a_new_run_starts_again_after_a_failed_one(ledger: Ledger) -> None:
    await ledger.record(an_execution(status=Status.FAILED, steps=some_steps(2), ended_at=minutes(5)))
    again = an_execution(run_id="run-2", started_at=minutes(10))
    await ledger.record(again)
    assert await ledger.execution(again.id) == again


async def test_a_late_record_of_an_earlier_run_is_dropped(ledger: Ledger) -> None:
    second = an_execution(run_id="run-2", started_at=minutes(10))
    await ledger.record(second)
    await ledger.record(an_execution(status=Status.FAILED, ended_at=minutes(5)))
    assert await ledger.execution(second.id) == second


async def test_the_start_of_a_run_is_the_first_one_recorded(ledger: Ledger) -> None:
    await ledger.record(an_execution(started_at=minutes(1)))
    await ledger.record(an_execution(started_at=minutes(2), steps=some_steps(1)))
    found = await ledger.execution("invoice-acme-ab12cd")
    assert found
    assert found.started_at == minutes(1)
    assert len(found.steps) == 1


async def test_records_of_one_execution_at_once_leave_one_of_them_whole(ledger: Ledger) -> None:
    await asyncio.gather(*(ledger.record(an_execution(model_calls=n, steps=some_steps(n))) for n in range(8)))
    found = await ledger.execution("invoice-acme-ab12cd")
    assert found
    assert found.model_calls == len(found.steps) == 7


async def test_a_record_that_cannot_be_written_changes_nothing(ledger: Ledger) -> None:
    stands = an_execution(steps=some_steps(2))
    await ledger.record(stands)
    broken = some_steps(3)
    broken[2].ended_at = broken[2].ended_at.replace(tzinfo=None)
    with pytest.raises(Exception, match="time zone"):
        await ledger.record(an_execution(status=Status.APPROVED, steps=broken))
    assert await ledger.execution(stands.id) == stands


async def test_executions_are_listed_by_tenant_status_and_definition(ledger: Ledger) -> None:
    for n, fields in enumerate(
        (
            {"tenant": "acme", "status": Status.RUNNING},
            {"tenant": "acme", "status": Status.REVIEW},
            {"tenant": "acme", "status": Status.REVIEW, "definition": "credit"},
            {"tenant": "beta", "status": Status.REVIEW},
        )
    ):
        await ledger.record(an_execution(id=str(n), started_at=minutes(n), steps=some_steps(1), **fields))

    async def ids(**filters: object) -> str:
        return "".join(e.id for e in await ledger.executions(**filters))  # type: ignore[arg-type]

    assert await ids() == "3210"
    assert await ids(newest_first=False) == "0123"
    assert await ids(limit=2) == "32"
    assert await ids(tenant="acme") == "210"
    assert await ids(statuses=[Status.REVIEW], tenant="acme") == "21"
    assert await ids(statuses=["running", "review"]) == "3210"
    assert await ids(statuses=[]) == ""
    assert await ids(definition="credit") == "2"


async def test_a_document_handed_in_again_belongs_to_both_batches(ledger: Ledger) -> None:
    await ledger.submit(a_submission())
    await ledger.record(an_execution())
    await ledger.submit(a_submission(batch="april"))
    await ledger.submit(a_submission(batch="may", tenant="beta"))
    for batch, count in (("march", 1), ("april", 1), ("may", 0), ("june", 0)):
        assert len(await ledger.executions(batch=batch)) == count
    assert await ledger.executions(batch="april", tenant="beta") == []


async def test_an_execution_is_found_by_what_a_person_has_of_it(ledger: Ledger) -> None:
    await ledger.submit(a_submission(name="copy.pdf"))
    await ledger.record(an_execution())
    await ledger.record(an_execution(id="other", digest="ff" * 32, name="100%_other.pdf", started_at=minutes(1)))
    for prefix in ("invoice-acme-ab12cd", "invoice-a", DIGEST, DIGEST[:6].upper(), "invoice.pdf", "copy.pdf"):
        assert [e.id for e in await ledger.find_execution(prefix)] == ["invoice-acme-ab12cd"], prefix
        assert await ledger.find_execution(prefix, tenant="beta") == []
    for prefix in ("", "ab12c", "invoice.pd", "INVOICE-A", "%", "_", "100%"):
        assert await ledger.find_execution(prefix) == [], prefix
    assert [e.id for e in await ledger.find_execution("100%_other.pdf", tenant="acme")] == ["other"]


async def test_an_exact_id_is_found_alone_and_a_prefix_finds_all(ledger: Ledger) -> None:
    for n, id in enumerate(("run", "run-b", "run-ü")):
        await ledger.record(an_execution(id=id, started_at=minutes(n)))
    assert [e.id for e in await ledger.find_execution("run")] == ["run"]
    assert [e.id for e in await ledger.find_execution("ru")] == ["run-ü", "run-b", "run"]


async def test_an_execution_is_recorded_with_what_its_paid_calls_come_to(ledger: Ledger) -> None:
    await ledger.end_call(ended(a_call(key="1", attempt=1, execution_id="e"), cost=Decimal("0.1"), currency="USD"))
    await ledger.end_call(ended(a_call(key="2", attempt=1, execution_id="e"), cost=Decimal("0.2"), currency="USD"))
    await ledger.begin_call(a_call(key="3", execution_id="e"))
    totals = await ledger.record_with_totals(an_execution(id="e"))
    assert (totals.model_calls, totals.cost, totals.cost_currency) == (2, Decimal("0.3"), "USD")
    assert totals.usage.prompt == 1800
    assert await ledger.execution("e") == an_execution(id="e").model_copy(update=dict(totals))

    await ledger.end_call(ended(a_call(key="4", attempt=1, execution_id="e"), cost=None, currency=None))
    totals = await ledger.record_with_totals(an_execution(id="e"))
    assert (totals.model_calls, totals.cost, totals.cost_currency) == (3, None, None)

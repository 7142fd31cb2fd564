"""What of a batch is to begin, what has begun, and how far all of it is."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from infra.ledger import Ledger
from infra.records import Begun, Execution, Refusal, Status, Submission, TokenUsage

from .examples import a_submission, an_execution, minutes

MARCH: dict[str, Any] = {"tenant": "acme", "batch": "march"}


def handed_in(id: str, **fields: Any) -> Submission:
    """A document of its own, for the execution of that id."""
    return a_submission(name=f"{id}.pdf", digest=id, execution_id=id, **fields)


def begun(*executions: Execution) -> list[Begun]:
    return [Begun(execution_id=one.id, execution=one) for one in executions]


async def test_what_is_handed_in_at_once_is_kept_once_and_the_new_is_counted(ledger: Ledger) -> None:
    given = [handed_in(f"e{n}", submitted_at=minutes(n)) for n in range(1200)]
    assert await ledger.submit_all([*given, *given[:5]]) == 1200
    assert await ledger.submit_all([*given[:7], handed_in("new", submitted_at=minutes(9999))]) == 1
    assert await ledger.submissions() == [*given, handed_in("new", submitted_at=minutes(9999))]
    assert await ledger.submit_all([]) == 0


async def test_a_file_handed_in_again_after_it_was_mended_is_refused_no_more(ledger: Ledger) -> None:
    refusals = [
        Refusal(**MARCH, name=name, reason=reason, at=minutes(n))
        for n, (name, reason) in enumerate([("a.pdf", "empty"), ("b.pdf", "empty"), ("a.pdf", "still empty")])
    ]
    await ledger.refuse(refusals)
    assert [r.reason for r in await ledger.refused(**MARCH)] == ["empty", "still empty"]
    await ledger.submit(handed_in("a"))
    assert [r.name for r in await ledger.refused(**MARCH)] == ["b.pdf"]


async def test_the_most_urgent_are_due_first_until_they_have_begun(ledger: Ledger) -> None:
    await ledger.submit_all(
        [handed_in("late", submitted_at=minutes(9)), handed_in("soon"), handed_in("urgent", priority=1)]
    )
    assert [s.execution_id for s in await ledger.due(**MARCH, limit=2)] == ["urgent", "soon"]
    await ledger.begun(**MARCH, begun=begun(an_execution(id="urgent")), at=minutes(10))
    assert [s.execution_id for s in await ledger.due(**MARCH, limit=9)] == ["soon", "late"]
    assert await ledger.in_flight(**MARCH) == ["urgent"]
    assert await ledger.withhold(**MARCH, reason="cancelled") == 2
    assert await ledger.due(**MARCH, limit=9) == []
    assert await ledger.release(**MARCH) == 2
    assert len(await ledger.due(**MARCH, limit=9)) == 2


async def test_what_has_begun_keeps_what_it_told_and_one_that_failed_begins_anew_in_its_batch(ledger: Ledger) -> None:
    settled = an_execution(id="settled", status=Status.APPROVED, vendor="Muster GmbH")
    failed = an_execution(id="failed", status=Status.FAILED, error="the model is away", batch="february")
    for one in (settled, failed):
        await ledger.record(one)
    again = [an_execution(id=id, run_id="run-2", started_at=minutes(5)) for id in ("settled", "failed", "new")]
    await ledger.begun(**MARCH, begun=begun(*again, again[-1]), at=minutes(5))
    assert await ledger.execution("settled") == settled
    assert await ledger.execution("failed") == again[1].model_copy(update={"batch": "february"})
    assert await ledger.execution("new") == again[2]
    # Of the run that failed itself nothing is taken back.
    await ledger.record(again[1].model_copy(update={"status": Status.FAILED, "error": "again"}))
    await ledger.begun(**MARCH, begun=begun(again[1]), at=minutes(6))
    assert await ledger.statuses(["settled", "failed", "new", "never"]) == {
        "settled": Status.APPROVED,
        "failed": Status.FAILED,
        "new": Status.RUNNING,
    }


async def test_statuses_of_more_executions_than_one_query_takes(ledger: Ledger) -> None:
    await ledger.record(an_execution(id="1200"))
    assert await ledger.statuses(str(n) for n in range(1201)) == {"1200": Status.RUNNING}


async def test_progress_adds_up_what_stands_on_record(ledger: Ledger) -> None:
    usage = TokenUsage(prompt=5_000_000_000, cached=600, output=80, reasoning=10)
    paid: dict[str, Any] = {"model_calls": 2, "usage": usage, "cost_currency": "USD"}
    by_policy: dict[str, Any] = {"decision": "approve", "decided_by": "policy", "status": Status.APPROVED}
    executions = [
        an_execution(id="a", **by_policy, **paid, cost=Decimal("0.1"), settled_at=minutes(8)),
        an_execution(id="b", **by_policy, **paid, cost=Decimal("0.1"), settled_at=minutes(9)),
        an_execution(id="c", status=Status.REJECTED, decision="reject", decided_by="Ada", settled_at=minutes(1)),
        an_execution(id="d", status=Status.REVIEW, decision="review", **paid, cost=Decimal("0.20000000000000000001")),
        an_execution(id="e"),
    ]
    await ledger.submit_all([handed_in(id) for id in "abcdefgh"] + [a_submission(name="twice.pdf", digest="a")])
    await ledger.submit(a_submission(name="a, again.pdf", digest="a", execution_id="a"))
    await ledger.refuse([Refusal(**MARCH, name="x.exe", reason="not taken", at=minutes(0))])
    for one in executions:
        await ledger.record(one)
    some = [Begun(execution_id=id) for id in "abcdef"]  # f is not on record yet
    await ledger.begun(**MARCH, begun=some, at=minutes(0))
    await ledger.withhold(**MARCH, reason="cancelled")
    await ledger.release(**MARCH, execution_ids=["h"])

    found = await ledger.progress(**MARCH, now=minutes(10))
    assert (found.documents, found.refused, found.to_begin, found.withheld, found.running) == (10, 1, 1, 2, 2)
    assert found.counts == {Status.APPROVED: 2, Status.REJECTED: 1, Status.REVIEW: 1}
    assert found.decisions == {"approve by policy": 2, "reject by person": 1}
    assert (found.model_calls, found.usage.prompt, found.usage.reasoning) == (6, 15_000_000_000, 30)
    assert (found.cost, found.cost_currency) == (Decimal("0.40000000000000000001"), "USD")
    assert found.documents_per_second == 2 / 300
    assert found.begun_at == minutes(0)

    unpriced = an_execution(id="e", **paid, cost=None)
    await ledger.record(unpriced)
    assert (await ledger.progress(**MARCH, now=minutes(10))).cost is None


async def test_a_batch_in_two_currencies_has_no_one_cost(ledger: Ledger) -> None:
    await ledger.submit_all([handed_in("a"), handed_in("b")])
    for id, currency in (("a", "USD"), ("b", "EUR")):
        await ledger.record(an_execution(id=id, model_calls=1, cost=Decimal(1), cost_currency=currency))
    await ledger.begun(**MARCH, begun=[Begun(execution_id=id) for id in "ab"], at=minutes(0))
    found = await ledger.progress(**MARCH)
    assert (found.cost, found.cost_currency, found.model_calls) == (None, None, 2)


async def test_a_batch_that_was_never_handed_in_has_no_progress(ledger: Ledger) -> None:
    found = await ledger.progress(**MARCH)
    assert (found.documents, found.idle, found.cost, found.begun_at) == (0, True, None, None)

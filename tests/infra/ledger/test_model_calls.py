"""A finished call is never made again, and a paid one never goes unrecorded."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

import pytest

from infra.ledger import Ledger
from infra.records import CallStatus

from .examples import a_call, ended, minutes


async def test_a_call_begins_as_attempt_one_and_comes_back_as_it_ended(ledger: Ledger) -> None:
    begun = await ledger.begin_call(a_call())
    assert (begun.status, begun.attempt) == (CallStatus.STARTED, 1)
    done = ended(begun, reasoning="because", trace_id="7f" * 16, span_id="7f" * 8)
    await ledger.end_call(done)
    assert await ledger.calls(done.execution_id) == [done]


@pytest.mark.parametrize("status", [CallStatus.COMPLETED, CallStatus.INVALID])
async def test_a_finished_call_is_handed_back_and_not_begun_again(ledger: Ledger, status: CallStatus) -> None:
    done = ended(await ledger.begin_call(a_call()), status)
    await ledger.end_call(done)
    assert await ledger.begin_call(a_call(started_at=minutes(5))) == done
    assert await ledger.calls(done.execution_id) == [done]


@pytest.mark.parametrize("status", [CallStatus.LOST, CallStatus.REFUSED])
async def test_a_call_without_an_answer_is_begun_again_as_the_next_attempt(ledger: Ledger, status: CallStatus) -> None:
    first = ended(await ledger.begin_call(a_call()), status, error="it timed out")
    await ledger.end_call(first)
    second = await ledger.begin_call(a_call(started_at=minutes(5)))
    assert (second.status, second.attempt) == (CallStatus.STARTED, 2)
    assert await ledger.calls(first.execution_id) == [first, second]


async def test_a_call_left_in_flight_counts_as_lost_when_it_is_begun_again(ledger: Ledger) -> None:
    await ledger.begin_call(a_call())
    second = await ledger.begin_call(a_call(started_at=minutes(1)))
    lost, running = await ledger.calls(second.execution_id)
    assert (lost.attempt, lost.status) == (1, CallStatus.LOST)
    assert lost.error == "no answer was seen: the worker ended while the call was in flight"
    assert lost.ended_at is not None
    assert running == second


async def test_an_answer_to_a_call_given_up_as_lost_is_still_written(ledger: Ledger) -> None:
    first = await ledger.begin_call(a_call())
    second = await ledger.begin_call(a_call(started_at=minutes(1)))
    await ledger.end_call(ended(first, answer="late"))
    await ledger.end_call(ended(second, answer="used"))
    assert await ledger.calls(first.execution_id) == [ended(first, answer="late"), ended(second, answer="used")]
    assert (await ledger.begin_call(a_call())).answer == "used"


async def test_a_usable_answer_is_handed_back_before_an_unusable_one(ledger: Ledger) -> None:
    first = await ledger.begin_call(a_call())
    second = await ledger.begin_call(a_call(started_at=minutes(1)))
    await ledger.end_call(ended(second, CallStatus.INVALID))
    await ledger.end_call(ended(first))
    assert await ledger.begin_call(a_call()) == ended(first)


@pytest.mark.parametrize("status", [CallStatus.LOST, CallStatus.REFUSED])
async def test_an_answer_on_record_is_not_replaced_by_news_of_none(ledger: Ledger, status: CallStatus) -> None:
    done = ended(await ledger.begin_call(a_call()))
    await ledger.end_call(done)
    await ledger.end_call(ended(done, status, usage=a_call().usage, answer=None))
    assert await ledger.calls(done.execution_id) == [done]


async def test_the_outcome_of_a_call_the_ledger_never_saw_begin_is_kept(ledger: Ledger) -> None:
    await ledger.end_call(ended(a_call(attempt=1)))
    assert await ledger.calls(a_call().execution_id) == [ended(a_call(attempt=1))]


async def test_a_call_cannot_end_as_started(ledger: Ledger) -> None:
    with pytest.raises(ValueError, match="no outcome"):
        await ledger.end_call(a_call(attempt=1))


async def test_calls_begun_at_once_for_one_key_are_numbered_and_only_the_last_is_in_flight(
    ledger: Ledger, new_ledger: Callable[[], Ledger]
) -> None:
    ledgers = [ledger, new_ledger(), new_ledger()]
    begun = await asyncio.gather(*(ledgers[n % 3].begin_call(a_call()) for n in range(12)))
    assert sorted(call.attempt for call in begun) == list(range(1, 13))
    calls = sorted(await ledger.calls(a_call().execution_id), key=lambda call: call.attempt)
    assert [call.status for call in calls] == [CallStatus.LOST] * 11 + [CallStatus.STARTED]


async def test_calls_are_listed_by_execution_in_order_of_their_start(ledger: Ledger) -> None:
    for key, execution, minute in (("a", "one", 3), ("b", "one", 1), ("c", "two", 2), ("d", "three", 0)):
        await ledger.begin_call(a_call(key=key, execution_id=execution, started_at=minutes(minute)))
    found = await ledger.calls_of(["one", "two", "none"])
    assert {id: [call.key for call in calls] for id, calls in found.items()} == {
        "one": ["b", "a"],
        "two": ["c"],
        "none": [],
    }
    assert [call.key for call in await ledger.calls("one")] == ["b", "a"]


async def test_calls_of_more_executions_than_one_query_takes(ledger: Ledger) -> None:
    await ledger.begin_call(a_call(key="last", execution_id="1200"))
    found = await ledger.calls_of([str(n) for n in range(1201)])
    assert len(found) == 1201
    assert [call.key for call in found["1200"]] == ["last"]


async def test_a_write_cancelled_half_way_leaves_no_lock(ledger: Ledger, new_ledger: Callable[[], Ledger]) -> None:
    await ledger.ping()
    for pause in (0, 0.001, 0.002, 0.004):
        task = asyncio.create_task(ledger.begin_call(a_call()))
        await asyncio.sleep(pause)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
    async with asyncio.timeout(5):
        await new_ledger().begin_call(a_call())
        begun = await ledger.begin_call(a_call())
    assert [c.status for c in await ledger.calls(begun.execution_id)].count(CallStatus.STARTED) == 1

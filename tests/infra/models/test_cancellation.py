"""A call whose task is cancelled ends at once, and the ledger says what became of it."""

from __future__ import annotations

import asyncio
import random
import sqlite3
import time
from pathlib import Path

import pytest

from infra.ledger import Ledger
from infra.models import Answer, ModelClient, Tier
from infra.records import CallStatus, ModelCall
from tests.scripted.endpoint import ScriptedEndpoint

from .conftest import EXECUTION, Connect, Kind, question, the_call


class SlowBook:
    """A ledger whose writes take a while, so that a test can cancel in the midst of one."""

    def __init__(self, ledger: Ledger, *, begin: float = 0, end: float = 0) -> None:
        self._ledger, self._begin, self._end = ledger, begin, end
        self.writing = asyncio.Event()

    async def begin_call(self, call: ModelCall) -> ModelCall:
        begun = await self._ledger.begin_call(call)
        if self._begin:
            self.writing.set()
            await asyncio.sleep(self._begin)
        return begun

    async def end_call(self, call: ModelCall) -> None:
        if self._end:
            self.writing.set()
            await asyncio.sleep(self._end)
        await self._ledger.end_call(call)


def client_on(book: SlowBook, url: str) -> ModelClient:
    return ModelClient({"small": Tier("small", url, "m", None, "", 5)}, book)


async def in_flight(endpoint: ScriptedEndpoint) -> None:
    async with asyncio.timeout(5):
        while not endpoint.script.in_flight:
            await asyncio.sleep(0.005)


async def cancelled(task: asyncio.Task[Answer[Kind]], *, times: int = 1) -> float:
    """Cancel it; how long it took to end, in seconds."""
    started = time.monotonic()
    for _ in range(times):
        task.cancel()
        await asyncio.sleep(0)
    with pytest.raises(asyncio.CancelledError):
        async with asyncio.timeout(10):
            await task
    return time.monotonic() - started


@pytest.mark.parametrize("times", [1, 3])
async def test_a_call_cancelled_in_flight_ends_at_once_and_is_lost(
    times: int, endpoint: ScriptedEndpoint, connect: Connect, ledger: Ledger
) -> None:
    endpoint.script.mode = "hang"
    task = asyncio.create_task(connect(endpoint.url).ask(question()))
    await in_flight(endpoint)
    assert await cancelled(task, times=times) < 2
    call = await the_call(ledger)
    assert (call.status, call.error) == (CallStatus.LOST, "cancelled while in flight")
    assert call.ended_at is not None


async def test_a_call_cancelled_while_it_waits_for_its_turn_was_not_paid(
    endpoint: ScriptedEndpoint, connect: Connect, ledger: Ledger
) -> None:
    endpoint.script.mode = "hang"
    client = connect(endpoint.url, concurrency=1)
    first = asyncio.create_task(client.ask(question()))
    await in_flight(endpoint)
    second = asyncio.create_task(client.ask(question("CREDIT NOTE")))
    while len(await ledger.calls(EXECUTION)) < 2:
        await asyncio.sleep(0.005)
    await cancelled(second)
    waiting = (await ledger.calls(EXECUTION))[1]
    assert (waiting.status, waiting.error) == (CallStatus.REFUSED, "cancelled before it was sent")
    await cancelled(first)


async def test_an_answer_that_came_is_recorded_though_the_task_is_cancelled_while_it_is_written(
    endpoint: ScriptedEndpoint, ledger: Ledger
) -> None:
    book = SlowBook(ledger, end=0.05)
    client = client_on(book, endpoint.url)
    task = asyncio.create_task(client.ask(question()))
    await book.writing.wait()
    await cancelled(task, times=2)
    assert (await the_call(ledger)).status is CallStatus.COMPLETED
    assert (await client.ask(question())).value.kind == "invoice"
    assert endpoint.script.paid.total() == 1
    await client.close()


async def test_a_call_cancelled_while_it_is_begun_is_never_sent_and_not_left_started(
    endpoint: ScriptedEndpoint, ledger: Ledger
) -> None:
    book = SlowBook(ledger, begin=0.05)
    client = client_on(book, endpoint.url)
    task = asyncio.create_task(client.ask(question()))
    await book.writing.wait()
    await cancelled(task)
    assert (await the_call(ledger)).status is CallStatus.REFUSED
    assert endpoint.script.requests.total() == 0
    await client.close()


async def test_a_book_that_does_not_answer_does_not_hold_a_cancelled_call(
    endpoint: ScriptedEndpoint, ledger: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("infra.models.client._BOOK_SECONDS", 0.1)
    book = SlowBook(ledger, end=3600)
    client = client_on(book, endpoint.url)
    task = asyncio.create_task(client.ask(question()))
    await book.writing.wait()
    assert await cancelled(task) < 2
    await client.close()


def test_a_loop_that_ends_does_not_lose_an_answer_that_came(endpoint: ScriptedEndpoint, ledger_url: str) -> None:
    async def main() -> None:
        book = SlowBook(Ledger(ledger_url), end=0.05)
        task = asyncio.create_task(client_on(book, endpoint.url).ask(question()))
        await book.writing.wait()
        assert not task.done()  # left to `asyncio.run`, which cancels it and the write of its outcome at once

    asyncio.run(main())
    statuses = asyncio.run(_statuses(ledger_url))
    assert statuses == [CallStatus.COMPLETED]


async def _statuses(url: str) -> list[CallStatus]:
    async with Ledger(url) as ledger:
        return [call.status for call in await ledger.calls(EXECUTION)]


@pytest.mark.parametrize("times", [1, 2])
async def test_cancelling_at_any_moment_never_hangs_and_leaves_no_call_started(
    times: int, endpoint: ScriptedEndpoint, ledger_url: str, tmp_path: Path
) -> None:
    chance = random.Random(7)
    endpoint.script.delay = 0.005
    ledger = Ledger(ledger_url)
    client = ModelClient({"small": Tier("small", endpoint.url, "m", None, "", 5)}, ledger)
    for n in range(25):
        tasks = [asyncio.create_task(client.ask(question(f"INVOICE {n}.{m}"))) for m in range(3)]
        await asyncio.sleep(chance.random() * 0.04)
        for _ in range(times):
            for task in tasks:
                task.cancel()
            await asyncio.sleep(chance.random() * 0.004)
        async with asyncio.timeout(10):
            await asyncio.gather(*tasks, return_exceptions=True)
    await client.close()
    await ledger.close()
    with sqlite3.connect(tmp_path / "ledger.db") as database:
        counts = dict(database.execute("SELECT status, count(*) FROM model_calls GROUP BY 1").fetchall())
    assert counts.get("started", 0) == 0, counts
    assert sum(counts.values()) > 0

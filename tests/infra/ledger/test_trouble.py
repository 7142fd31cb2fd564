"""A ledger that is locked, full, cut off or closed meanwhile: nothing is lost, and who waits is told what to do."""

from __future__ import annotations

import asyncio
import contextlib
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Coroutine, Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest
from sqlalchemy import URL, Connection, Engine, event, text
from sqlalchemy.dialects.postgresql.psycopg import PGDialect_psycopg
from sqlalchemy.exc import DataError

from infra.ledger import REFUSED_FOR_GOOD, Ledger, LedgerNotReady, _database
from infra.records import CallStatus

from .examples import a_call, a_claim, a_posting, a_submission, an_execution, ended

HOLDER = """
import sqlite3, sys, time
held = sqlite3.connect(sys.argv[1], isolation_level=None)
held.execute("BEGIN IMMEDIATE")
print("held", flush=True)
time.sleep(float(sys.argv[2]))
held.execute("COMMIT")
"""


@contextlib.contextmanager
def locked(path: Path, seconds: float) -> Iterator[None]:
    """Another process holds SQLite's write lock for so long, from now on."""
    arguments = [sys.executable, "-c", HOLDER, str(path), str(seconds)]
    with subprocess.Popen(arguments, stdout=subprocess.PIPE, text=True) as holder:
        assert holder.stdout
        assert holder.stdout.readline() == "held\n"
        yield
        holder.terminate()


@pytest.fixture
def sqlite_file(ledger_url: str, tmp_path: Path) -> Path:
    """A migrated, empty ledger on SQLite."""
    return tmp_path / "ledger.db"


async def test_writes_wait_for_another_process_that_holds_the_lock_and_reads_go_on(sqlite_file: Path) -> None:
    seconds = 1.0
    async with Ledger(f"sqlite:///{sqlite_file}") as ledger:
        await ledger.submit(a_submission())
        with locked(sqlite_file, seconds):
            since = time.monotonic()
            writes = [asyncio.create_task(ledger.begin_call(a_call(key=f"k{n}"))) for n in range(20)]
            for _ in range(5):
                assert len(await ledger.submissions()) == 1
            assert time.monotonic() - since < seconds / 2
            assert not any(write.done() for write in writes)
            await asyncio.gather(*writes)
            assert time.monotonic() - since > seconds / 2
        assert len(await ledger.calls(a_call().execution_id)) == 20


async def test_a_lock_that_is_not_let_go_is_told_and_may_be_tried_again(
    sqlite_file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(_database, "SQLITE_BUSY_SECONDS", 0.05)
    async with Ledger(f"sqlite:///{sqlite_file}") as ledger:
        with locked(sqlite_file, 30), pytest.raises(LedgerNotReady, match="locked by another process"):
            await ledger.begin_call(a_call())
        assert (await ledger.begin_call(a_call())).attempt == 1


async def test_a_full_disk_is_told_and_what_was_recorded_stays(sqlite_file: Path) -> None:
    def fill(connection: Any, _: Any) -> None:
        [pages] = connection.execute("PRAGMA page_count").fetchone()
        connection.execute(f"PRAGMA max_page_count = {pages + 4}")

    kept = 0

    async def go_on(ledger: Ledger) -> None:
        nonlocal kept
        while kept < 100:
            await ledger.record(an_execution(id=f"e{kept}", result={"text": "x" * 3000}))
            kept += 1

    event.listen(Engine, "connect", fill)
    try:
        async with Ledger(f"sqlite:///{sqlite_file}") as ledger:
            with pytest.raises(LedgerNotReady, match="no room left.*Make room"):
                await go_on(ledger)
            assert 0 < kept == len(await ledger.executions())
    finally:
        event.remove(Engine, "connect", fill)
    async with Ledger(f"sqlite:///{sqlite_file}") as ledger:
        await go_on(ledger)
        assert len(await ledger.executions()) == 100


async def test_a_connection_that_postgres_ends_is_told_and_the_next_use_has_a_new_one(
    migrated_postgres: URL,
) -> None:
    def end(connection: Connection) -> None:
        connection.execute(text("SELECT pg_terminate_backend(pg_backend_pid())"))

    async with Ledger(migrated_postgres.render_as_string(hide_password=False)) as ledger:
        with pytest.raises(LedgerNotReady, match="is stopping|was cut off"):
            await ledger._write(end)
        await ledger.ping()


@pytest.mark.parametrize("database", ["postgres"])
async def test_two_that_wait_for_each_other_are_told_apart_and_one_may_try_again(ledger: Ledger) -> None:
    meeting = threading.Barrier(2)

    def work(first: int, second: int) -> Callable[[Connection], None]:
        def lock(connection: Connection) -> None:
            connection.execute(text("SELECT pg_advisory_xact_lock(:n)"), {"n": first})
            meeting.wait(5)
            connection.execute(text("SELECT pg_advisory_xact_lock(:n)"), {"n": second})

        return lock

    ended = await asyncio.gather(ledger._write(work(1, 2)), ledger._write(work(2, 1)), return_exceptions=True)
    [error] = [one for one in ended if one is not None]
    assert isinstance(error, LedgerNotReady)
    assert "in favour of another" in str(error)


def test_trouble_is_tried_again() -> None:
    assert not {kind.__name__ for kind in LedgerNotReady.__mro__} & set(REFUSED_FOR_GOOD)


async def test_what_no_database_takes_is_not_tried_again(ledger: Ledger) -> None:
    for given in (
        a_submission(size=2**80),
        a_submission(submitted_at=a_submission().submitted_at.replace(tzinfo=None)),
    ):
        with pytest.raises(Exception) as caught:  # noqa: PT011 -- each database has an error of its own
            await ledger.submit(given)
        assert caught.type.__name__ in REFUSED_FOR_GOOD


@pytest.mark.parametrize("database", ["postgres"])
async def test_a_name_too_long_for_an_index_is_not_tried_again(ledger: Ledger) -> None:
    words = "".join(chr(0x4E00 + n * 7919 % 20000) for n in range(20_000))  # hardly to be compressed
    with pytest.raises(DataError):
        await ledger.post(a_posting(number=words))


# Cancelled and closed


async def test_a_write_that_has_begun_is_kept_though_who_waits_is_cancelled(ledger: Ledger) -> None:
    begun, go_on = threading.Event(), threading.Event()
    call = a_call()

    def work(connection: Connection) -> None:
        begun.set()
        assert go_on.wait(5)
        connection.execute(text("DELETE FROM submissions"))

    await ledger.submit(a_submission())
    task = asyncio.create_task(ledger._write(work))
    await asyncio.to_thread(begun.wait, 5)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    go_on.set()
    assert (await ledger.begin_call(call)).status is CallStatus.STARTED
    await ledger.close()
    assert await ledger.submissions() == []


@pytest.mark.parametrize("database", ["sqlite"])
async def test_a_write_still_waiting_for_its_turn_is_not_made_when_cancelled(ledger: Ledger) -> None:
    begun, go_on = threading.Event(), threading.Event()

    def work(_: Connection) -> None:
        begun.set()
        assert go_on.wait(5)

    first = asyncio.create_task(ledger._write(work))
    await asyncio.to_thread(begun.wait, 5)
    second = asyncio.create_task(ledger.end_call(ended(a_call(attempt=1))))
    await asyncio.sleep(0)
    second.cancel()
    await asyncio.sleep(0)
    go_on.set()
    await first
    assert await ledger.calls(a_call().execution_id) == []


async def test_closing_lets_what_was_handed_over_end_and_others_use_it_meanwhile(ledger: Ledger) -> None:
    async def write(n: int) -> None:
        await ledger.end_call(ended(a_call(key=f"k{n}", attempt=1)))
        if n % 5 == 0:
            await ledger.close()

    await asyncio.gather(*(write(n) for n in range(20)))
    assert len(await ledger.calls(a_call().execution_id)) == 20


def test_a_ledger_serves_several_event_loops_at_once(url: str) -> None:
    ledger = Ledger(url)

    async def use(n: int) -> None:
        for m in range(5):
            await ledger.end_call(ended(a_call(key=f"{n} {m}", attempt=1)))
        await ledger.close()

    threads = [threading.Thread(target=asyncio.run, args=(use(n),)) for n in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    async def count() -> int:
        async with ledger:
            return len(await ledger.calls(a_call().execution_id))

    assert asyncio.run(count()) == 15


@pytest.mark.parametrize("old", ["postgresql+asyncpg", "postgres", "postgresql", "postgresql+psycopg"])
async def test_urls_that_name_another_driver_go_on_working(old: str, migrated_postgres: URL) -> None:
    url = migrated_postgres.render_as_string(hide_password=False)
    async with Ledger(url.replace("postgresql+psycopg", old)) as ledger:
        await ledger.ping()


async def test_a_sqlite_url_of_before_goes_on_working(sqlite_file: Path) -> None:
    async with Ledger(f"sqlite+aiosqlite:///{sqlite_file}") as ledger:
        await ledger.ping()


# A commit that was made, of which nobody heard


@pytest.fixture
def lose_answers(monkeypatch: pytest.MonkeyPatch) -> Callable[[], None]:
    """From now on the next commit is made, and then the connection is gone before the answer."""

    def lose() -> None:
        make: Any = PGDialect_psycopg.do_commit

        def made_and_lost(self: PGDialect_psycopg, connection: Any) -> None:
            make(self, connection)
            monkeypatch.setattr(PGDialect_psycopg, "do_commit", make)
            connection.dbapi_connection.close()  # the pool has not been told
            raise psycopg.OperationalError("server closed the connection unexpectedly")

        monkeypatch.setattr(PGDialect_psycopg, "do_commit", made_and_lost)

    return lose


_WRITES: dict[str, Callable[[Ledger], Coroutine[Any, Any, Any]]] = {
    "submit": lambda ledger: ledger.submit(a_submission()),
    "record": lambda ledger: ledger.record(an_execution()),
    "record with totals": lambda ledger: ledger.record_with_totals(an_execution()),
    "post": lambda ledger: ledger.post(a_posting()),
    "claim": lambda ledger: ledger.claim(a_claim("e1")),
    "end a call": lambda ledger: ledger.end_call(ended(a_call(attempt=1))),
}


async def _everything(ledger: Ledger) -> list[Any]:
    call = a_call()
    return [
        await ledger.submissions(),
        await ledger.execution(an_execution().id),
        await ledger.posted("acme"),
        await ledger.claims("acme"),
        await ledger.calls(call.execution_id),
    ]


@pytest.mark.parametrize("database", ["postgres"])
@pytest.mark.parametrize("write", _WRITES.values(), ids=list(_WRITES))
async def test_a_write_whose_answer_was_lost_is_made_once_though_it_is_tried_again(
    ledger: Ledger, lose_answers: Callable[[], None], write: Callable[[Ledger], Coroutine[Any, Any, Any]]
) -> None:
    lose_answers()
    with pytest.raises(LedgerNotReady, match="was cut off"):
        await write(ledger)
    once = await _everything(ledger)
    assert any(once)
    await write(ledger)
    assert await _everything(ledger) == once


@pytest.mark.parametrize("database", ["postgres"])
async def test_a_call_begun_without_an_answer_is_lost_on_record_and_begun_anew(
    ledger: Ledger, lose_answers: Callable[[], None]
) -> None:
    lose_answers()
    with pytest.raises(LedgerNotReady, match="was cut off"):
        await ledger.begin_call(a_call())
    begun = await ledger.begin_call(a_call())
    await ledger.end_call(ended(begun))
    assert [(c.attempt, c.status) for c in await ledger.calls(begun.execution_id)] == [
        (1, CallStatus.LOST),
        (2, CallStatus.COMPLETED),
    ]
    assert (await ledger.begin_call(a_call())).attempt == 2  # answered, and not made again

"""How the record is reached: threads that run transactions, and the check that the database is ready.

A transaction is a plain function of a connection, run whole on a thread, so that an event loop hears of it once: when it
has ended. An asynchronous driver wakes the loop several times for each statement instead.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self, TypeAlias, TypeVar

from sqlalchemy import URL, Connection, Engine, Executable, RowMapping, Select, Table, bindparam, func, select, text
from sqlalchemy.dialects import sqlite
from sqlalchemy.exc import DBAPIError

from infra.ledger import _database
from infra.ledger._database import LedgerNotReady

if TYPE_CHECKING:
    from sqlalchemy.dialects import postgresql

T = TypeVar("T")
Insert: TypeAlias = "Callable[[Table], sqlite.Insert | postgresql.Insert]"
"""Makes an INSERT that knows ON CONFLICT, of which each database has its own."""

IDS_IN_A_QUERY = 500
"""Values that one statement names: SQLite takes a limited number of parameters."""

_WRITERS, _READERS = 8, 4
"""Threads of each kind, each with a connection. On SQLite one thread writes, as only one may: so writers come in the order
they asked, while waiting for SQLite's own lock is polling it."""

_ALONE = select(func.pg_advisory_xact_lock(func.hashtextextended(bindparam("on"), 0)))


class Access:
    """What `Ledger` stands on: opening, closing, and transactions."""

    def __init__(self, url: str) -> None:
        self._url = _database.parse_url(url)
        self._insert: Insert = _insert_for(self._url)
        self._lock = threading.Lock()
        self._opened: _Opened | None = None

    def __repr__(self) -> str:
        return f"Ledger({_database.shown(self._url)!r})"

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()

    async def close(self) -> None:
        """Close all connections, once the transactions handed over before have ended. A later use opens new ones."""
        with self._lock:
            opened, self._opened = self._opened, None
        if opened is not None:
            await asyncio.to_thread(opened.close)

    async def ping(self) -> None:
        """Ask the database for an answer."""
        await self._read(lambda connection: connection.execute(text("SELECT 1")).scalar())

    # Reading and writing

    async def _read(self, work: Callable[[Connection], T]) -> T:
        """What ``work`` returns, run in a transaction that sees one moment of the database."""
        with self._lock:
            opened = self._opened = self._opened or _Opened(self._url)
            ended = opened.readers.submit(opened.read, work)
        return await asyncio.wrap_future(ended)

    async def _write(self, work: Callable[[Connection], T], *, alone_on: str | None = None) -> T:
        """The same in a transaction that writes; of those ``alone_on`` one thing one at a time runs, in all processes."""
        with self._lock:
            opened = self._opened = self._opened or _Opened(self._url)
            ended = opened.writers.submit(opened.write, work, alone_on)
        return await asyncio.wrap_future(ended)

    def _alone(self, connection: Connection, on: str) -> None:
        """Within a transaction: go on alone on one more thing. On SQLite whoever writes is alone."""
        if not _database.is_sqlite(self._url):
            connection.execute(_ALONE, {"on": on})

    async def _all(self, query: Select[Any], values: dict[str, Any] | None = None) -> Sequence[RowMapping]:
        def work(connection: Connection) -> Sequence[RowMapping]:
            return connection.execute(query, values).mappings().all()

        return await self._read(work)


class _Opened:
    """The database as it is open: one engine, checked at its first use, and the threads that use it."""

    def __init__(self, url: URL) -> None:
        self._url = url
        self._sqlite = _database.is_sqlite(url)
        self.writers = ThreadPoolExecutor(1 if self._sqlite else _WRITERS, "ledger-write")
        self.readers = ThreadPoolExecutor(_READERS, "ledger-read")
        self._opening = threading.Lock()
        self._engines: tuple[Engine, Engine] | None = None

    def close(self) -> None:
        self.writers.shutdown()
        self.readers.shutdown()
        if self._engines:
            self._engines[0].dispose()

    def read(self, work: Callable[[Connection], T]) -> T:
        reading, _ = self._ready()
        return self._transaction(reading, work)

    def write(self, work: Callable[[Connection], T], alone_on: str | None) -> T:
        _, writing = self._ready()
        return self._transaction(writing, work, alone_on)

    def _transaction(self, engine: Engine, work: Callable[[Connection], T], alone_on: str | None = None) -> T:
        with self._connected(engine) as connection:
            try:
                with connection.begin():
                    if alone_on is not None and not self._sqlite:
                        connection.execute(_ALONE, {"on": alone_on})
                    return work(connection)
            except DBAPIError as error:
                told = _database.told(self._url, error)
                if told is error:
                    raise
                raise told from error

    def _ready(self) -> tuple[Engine, Engine]:
        """The engine as it reads and as it writes, made and checked the first time."""
        with self._opening:
            if self._engines is None:
                if self._sqlite and not _database.sqlite_path(self._url).exists():  # connecting would make an empty one
                    raise LedgerNotReady.because(self._url, "does not exist")
                engine = _database.create_engine(self._url, threads=_WRITERS + _READERS)
                try:
                    self._check(engine)
                except BaseException:
                    engine.dispose()
                    raise
                reading = engine if self._sqlite else engine.execution_options(isolation_level="REPEATABLE READ")
                self._engines = reading, engine.execution_options(begin="IMMEDIATE")
            return self._engines

    def _check(self, engine: Engine) -> None:
        with self._connected(engine) as connection:
            try:
                revision = _database.revision(connection)
            except DBAPIError as error:
                raise LedgerNotReady.because(self._url, f"cannot be reached ({error.orig})") from error
        if revision is None:
            raise LedgerNotReady.because(self._url, "has no tables yet")
        if revision < _database.head():
            reason = f"is at revision {revision}, this software needs {_database.head()}"
            raise LedgerNotReady.because(self._url, reason)

    def _connected(self, engine: Engine) -> Connection:
        try:
            return engine.connect()
        except DBAPIError as error:
            raise LedgerNotReady.because(self._url, f"cannot be reached ({error.orig})") from error


def _insert_for(url: URL) -> Insert:
    if _database.is_sqlite(url):
        return sqlite.insert
    from sqlalchemy.dialects import postgresql  # a fifth of a second, where it is not needed

    return postgresql.insert


@cache
def put_in(insert_into: Insert, table: Table) -> Executable:
    """Writes a whole row, in place of the one of its primary key."""
    statement = insert_into(table)
    keys = [column.name for column in table.primary_key]
    return statement.on_conflict_do_update(
        index_elements=keys, set_={column.name: column for column in statement.excluded if column.name not in keys}
    )

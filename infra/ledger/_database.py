"""How the ledger's database is reached: its URL, an engine for it, and the error when it is not ready."""

from __future__ import annotations

import asyncio
import sqlite3
from functools import lru_cache
from pathlib import Path
from typing import Any

import aiosqlite
from sqlalchemy import URL, Connection, event, inspect, make_url, text
from sqlalchemy.exc import ArgumentError
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

VERSIONS = Path(__file__).parent / "migrations" / "versions"
SQLITE_BUSY_SECONDS = 30
_DRIVERS = {
    "sqlite": "sqlite+aiosqlite",
    "sqlite+aiosqlite": "sqlite+aiosqlite",
    "postgres": "postgresql+asyncpg",
    "postgresql": "postgresql+asyncpg",
    "postgresql+asyncpg": "postgresql+asyncpg",
}


class LedgerNotReady(RuntimeError):
    """The ledger's database is missing, out of reach, or not at the revision this software needs."""

    @classmethod
    def because(cls, url: URL, reason: str) -> LedgerNotReady:
        """The error for the database at ``url``, which ``reason`` is said of, with what to do next."""
        return cls(
            f"The ledger at {shown(url)} {reason}. Run `counterfoil up`, or `infra.ledger.migrate` with its URL, to "
            "make it ready; if it should exist already, check `ledger_url`."
        )


def parse_url(url: str) -> URL:
    """The URL of a SQLite file or a Postgres database, with its async driver.

    Raises ValueError, without repeating the URL and the password in it, for anything else.
    """
    try:
        parsed = make_url(url)
    except (ArgumentError, ValueError):
        advice = "Write it like sqlite:///ledger.db or postgresql://user:password@host/database"
        raise ValueError(f"The ledger's URL cannot be read. {advice}") from None
    driver = _DRIVERS.get(parsed.drivername)
    if driver is None:
        raise ValueError(f"The ledger cannot be kept in {parsed.drivername}: give a URL of SQLite or Postgres")
    parsed = parsed.set(drivername=driver)
    if is_sqlite(parsed):
        if parsed.database in (None, "", ":memory:") or "uri" in parsed.query:
            raise ValueError("The ledger needs a SQLite file, as several processes share it: sqlite:///path/ledger.db")
    elif "sslmode" in parsed.query:  # libpq's name; asyncpg takes the same values as `ssl`
        parsed = parsed.difference_update_query(["sslmode"]).update_query_dict({"ssl": parsed.query["sslmode"]})
    return parsed


def is_sqlite(url: URL) -> bool:
    """Whether ``url`` names a SQLite file."""
    return url.get_backend_name() == "sqlite"


def sqlite_path(url: URL) -> Path:
    """The file that the SQLite ``url`` names."""
    return Path(url.database or "")


def shown(url: URL) -> str:
    """``url`` for people: without its password, and without its options, which may hold one too."""
    return url.set(query={}).render_as_string(hide_password=True)


@lru_cache
def head() -> str:
    """The newest revision this software knows: the number that opens the name of the newest migration."""
    return max(path.name.partition("_")[0] for path in VERSIONS.glob("[0-9]*_*.py"))


def revision(connection: Connection) -> str | None:
    """The revision the database is at, or None before its first migration."""
    if not inspect(connection).has_table("alembic_version"):
        return None
    found: str | None = connection.execute(text("SELECT version_num FROM alembic_version")).scalar()
    return found


class _Connection(aiosqlite.Connection):
    """A connection that may be stopped twice.

    SQLAlchemy stops a connection whose closing was cancelled; aiosqlite's closing then stops it again and would wait
    for ever for its thread, which has ended.
    """

    def stop(self) -> asyncio.Future[Any] | None:
        return super().stop() if self._running else None


def _connection(database: str, **options: Any) -> aiosqlite.Connection:
    made = _Connection(lambda: sqlite3.connect(database, **options), iter_chunk_size=64)
    made._thread.daemon = True  # as SQLAlchemy does: a connection left open does not keep the process
    return made


def create_engine(url: URL, *, migrating: bool = False) -> AsyncEngine:
    """An engine with a pool of its own, for one event loop.

    On SQLite a transaction of an engine with the execution option ``begin="IMMEDIATE"`` takes the write lock before
    it reads; ``migrating`` leaves foreign keys unchecked, as rebuilding a table needs.
    """
    # Values stay out of error messages: they hold what documents say.
    if not is_sqlite(url):
        return create_async_engine(url, hide_parameters=True, pool_pre_ping=True, pool_recycle=1800)
    options = {"timeout": SQLITE_BUSY_SECONDS, "isolation_level": None, "async_creator_fn": _connection}
    engine = create_async_engine(url, hide_parameters=True, connect_args=options)

    @event.listens_for(engine.sync_engine, "connect")
    def set_pragmas(connection: Any, _: Any) -> None:
        cursor = connection.cursor()
        for pragma in ("journal_mode=WAL", "synchronous=NORMAL", f"foreign_keys={'OFF' if migrating else 'ON'}"):
            cursor.execute(f"PRAGMA {pragma}")
        cursor.close()

    @event.listens_for(engine.sync_engine, "begin")
    def begin(connection: Connection) -> None:
        connection.exec_driver_sql(f"BEGIN {connection.get_execution_options().get('begin', 'DEFERRED')}")

    return engine

"""How the ledger's database is reached: its URL, an engine for it, and the errors of a database that cannot work now."""

from __future__ import annotations

import sqlite3
from functools import lru_cache
from pathlib import Path
from typing import Any

import sqlalchemy
from sqlalchemy import URL, Connection, Engine, event, inspect, make_url, text
from sqlalchemy.exc import ArgumentError, DataError, DBAPIError

from infra.ledger._types import json_text

VERSIONS = Path(__file__).parent / "migrations" / "versions"
SQLITE_BUSY_SECONDS = 30
# A server that is gone without a word is noticed in half a minute: until then a thread waits for it.
_POSTGRES_PATIENCE = {
    "connect_timeout": "10",
    "keepalives_idle": "15",
    "keepalives_interval": "5",
    "keepalives_count": "3",
    "tcp_user_timeout": "30000",
}
# The asynchronous drivers are what URLs named before; such URLs go on working.
_DRIVERS = {
    "sqlite": "sqlite",
    "sqlite+pysqlite": "sqlite",
    "sqlite+aiosqlite": "sqlite",
    "postgres": "postgresql+psycopg",
    "postgresql": "postgresql+psycopg",
    "postgresql+psycopg": "postgresql+psycopg",
    "postgresql+asyncpg": "postgresql+psycopg",
}
_PREPARE = (
    "Run `counterfoil up`, or `infra.ledger.migrate` with its URL, to make it ready; if it should exist already, "
)
_PREPARE += "check `ledger_url`."
_MAKE_ROOM = "Make room on its disk: nothing that was recorded is lost, and what could not be written is tried again."
_LATER = "Trying again may help; if it lasts, see `counterfoil doctor`."

# What SQLite says of the place rather than of the statement, by primary result code.
_SQLITE_TROUBLE = {
    sqlite3.SQLITE_FULL: ("has no room left", _MAKE_ROOM),
    sqlite3.SQLITE_BUSY: ("is locked by another process", "End what holds it, such as a database shell or a backup."),
    sqlite3.SQLITE_LOCKED: ("is locked", _LATER),
    sqlite3.SQLITE_PERM: ("may not be opened", "Check who owns the file and its folder."),
    sqlite3.SQLITE_READONLY: ("cannot be written to", "Check who owns the file and its folder, and how it is mounted."),
    sqlite3.SQLITE_IOERR: ("cannot be read or written", "Check its disk."),
    sqlite3.SQLITE_CANTOPEN: (
        "cannot be opened",
        "Check that the file and its folder are there and may be written to.",
    ),
    sqlite3.SQLITE_PROTOCOL: ("cannot be locked", _LATER),
    sqlite3.SQLITE_CORRUPT: ("is damaged", "Stop the workers and restore it from a backup."),
    sqlite3.SQLITE_NOTADB: ("is not a database", "Check `ledger_url`."),
}
# The same for Postgres, by the first characters of SQLSTATE; the longest that fits counts. Class 54, a value that is too
# long for an index, is none of them though the driver calls it operational: it is no better the next time.
_POSTGRES_TROUBLE = {
    "08": ("was cut off", _LATER),
    "25006": ("takes no writes", "Check that the URL names the primary and not a replica."),
    "40": ("undid a transaction in favour of another", _LATER),
    "53": ("is short of something it needs", "See what it says, and give it more."),
    "53100": ("has no room left", _MAKE_ROOM),
    "55": ("is locked", _LATER),
    "57": ("is stopping, starting or was told to stop this", _LATER),
    "58": ("has trouble with its machine", "See what it says."),
}


REFUSED_FOR_GOOD = ("DataError", "OverflowError", "StatementError", "TypeError", "ValidationError", "ValueError")
"""Names of the errors raised for what the ledger cannot take now or later, such as a time without zone: a retry policy
names them as not to be tried again. `LedgerNotReady`, which is, is none of them."""


class LedgerNotReady(RuntimeError):
    """The ledger's database cannot do its work now: it is missing, not at the revision this software needs, out of reach,
    locked or full. The same may succeed later, when what the message says is done."""

    @classmethod
    def because(cls, url: URL, reason: str, advice: str = _PREPARE) -> LedgerNotReady:
        """The error for the database at ``url``, which ``reason`` is said of, with what to do next."""
        return cls(f"The ledger at {shown(url)} {reason}. {advice}")


def told(url: URL, error: DBAPIError) -> Exception:
    """What to raise for an error of the database at ``url``: LedgerNotReady where the same may succeed later, a
    `sqlalchemy.exc.DataError` for a value it never takes, else ``error``."""
    cause = error.orig
    trouble: tuple[str, str] | None = None
    if is_sqlite(url):
        trouble = _SQLITE_TROUBLE.get(getattr(cause, "sqlite_errorcode", 0) & 0xFF)
    else:
        state = getattr(cause, "sqlstate", None) or ("08" if error.connection_invalidated else "")
        trouble = next((_POSTGRES_TROUBLE[state[:n]] for n in (5, 2) if state[:n] in _POSTGRES_TROUBLE), None)
        if state[:2] == "54" and cause is not None:
            return DataError(error.statement, error.params, cause, hide_parameters=True)
    if trouble is None:
        return error
    reason, advice = trouble
    return LedgerNotReady.because(url, f"{reason} ({cause})", advice)


def parse_url(url: str) -> URL:
    """The URL of a SQLite file or a Postgres database, with the driver we use, whichever it names.

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
        return parsed
    if "ssl" in parsed.query:  # asyncpg's name for libpq's `sslmode`, with the same values
        parsed = parsed.difference_update_query(["ssl"]).update_query_dict({"sslmode": parsed.query["ssl"]})
    return parsed.set(query={**_POSTGRES_PATIENCE, **parsed.query})


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
    number: str | None = connection.execute(text("SELECT version_num FROM alembic_version")).scalar()
    return number


def create_engine(url: URL, *, threads: int = 1, migrating: bool = False) -> Engine:
    """An engine with a connection for each of ``threads``.

    On SQLite a transaction of an engine with the execution option ``begin="IMMEDIATE"`` takes the write lock before
    it reads; ``migrating`` leaves foreign keys unchecked, as rebuilding a table needs.
    """
    # Values stay out of error messages: they hold what documents say.
    common: dict[str, Any] = {"hide_parameters": True, "json_serializer": json_text}
    common |= {"pool_size": threads, "max_overflow": 0}
    if not is_sqlite(url):
        return sqlalchemy.create_engine(url, pool_pre_ping=True, pool_recycle=1800, **common)
    options = {"timeout": SQLITE_BUSY_SECONDS, "isolation_level": None}
    engine = sqlalchemy.create_engine(url, connect_args=options, **common)

    @event.listens_for(engine, "connect")
    def set_pragmas(connection: Any, _: Any) -> None:
        for pragma in ("journal_mode=WAL", "synchronous=NORMAL", f"foreign_keys={'OFF' if migrating else 'ON'}"):
            connection.execute(f"PRAGMA {pragma}")

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        connection.exec_driver_sql(f"BEGIN {connection.get_execution_options().get('begin', 'DEFERRED')}")

    return engine

"""Brings a database to the newest revision."""

from __future__ import annotations

import io
import logging
import threading
from contextlib import AbstractContextManager, nullcontext
from typing import TYPE_CHECKING, Any

from filelock import FileLock
from sqlalchemy import URL, Connection, text
from sqlalchemy.exc import DBAPIError

from infra.ledger import _database
from infra.ledger._database import LedgerNotReady

if TYPE_CHECKING:
    from alembic.config import Config

_LOCK_SECONDS = 300
_ADVISORY_LOCK = 0x636F756E746572  # "counter": any fixed number that nothing else in the database locks
_alembic = threading.Lock()  # its `context` and `op` are global to the process


def migrate(url: str) -> None:
    """Bring the ledger at ``url`` to the newest revision, making the SQLite file and its folder where missing.

    All of it happens in one transaction, or nothing does. Processes that do so at once wait for each other, up to
    five minutes. A database newer than this software is left as it is. May be called while an event loop runs.

    Raises ValueError for a URL of another database, LedgerNotReady if Postgres cannot be reached.
    """
    target = _database.parse_url(url)
    one_at_a_time: AbstractContextManager[Any] = nullcontext()
    if _database.is_sqlite(target):
        path = _database.sqlite_path(target)
        path.parent.mkdir(parents=True, exist_ok=True)
        # Also guards the change of a new file to WAL, which fails at once, without waiting, when two try it.
        one_at_a_time = FileLock(f"{path}.lock", timeout=_LOCK_SECONDS)
    with _alembic, one_at_a_time:
        _upgrade(target)


def _upgrade(url: URL) -> None:
    engine = _database.create_engine(url, migrating=True)
    try:
        with engine.execution_options(begin="IMMEDIATE").begin() as connection:
            if not _database.is_sqlite(url):
                connection.execute(text("SELECT pg_advisory_xact_lock(:number)"), {"number": _ADVISORY_LOCK})
            _upgrade_connection(connection)
    except DBAPIError as error:
        raise LedgerNotReady.because(url, f"could not be migrated ({error})") from error
    finally:
        engine.dispose()


def _upgrade_connection(connection: Connection) -> None:
    from alembic import command  # a tenth of a second, which whoever reads the ledger need not wait for

    revision = _database.revision(connection)
    if revision is not None and revision >= _database.head():
        return
    logger = logging.getLogger("alembic")
    if logger.level == logging.NOTSET:
        logger.setLevel(logging.WARNING)
    command.upgrade(config(connection), "head")


def config(connection: Connection) -> Config:
    """Alembic's configuration for ``connection``, as an alembic.ini would give it."""
    from alembic.config import Config

    alembic_config = Config(stdout=io.StringIO())
    alembic_config.set_main_option("script_location", str(_database.VERSIONS.parent).replace("%", "%%"))
    alembic_config.attributes["connection"] = connection
    return alembic_config

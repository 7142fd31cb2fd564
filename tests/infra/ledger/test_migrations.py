"""The database is brought to the newest revision, by however many at once."""

from __future__ import annotations

import asyncio
import sqlite3
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, create_engine, insert, make_url, text

from infra.ledger import Ledger, _database, _migrate, migrate
from infra.ledger._batches import flat
from infra.ledger._tables import executions, findings, metadata, postings
from infra.records import AlreadyPosted, Finding

from .conftest import run_sql
from .examples import a_posting, a_submission, an_execution


async def test_an_empty_database_becomes_a_ledger(empty_url: str) -> None:
    migrate(empty_url)  # also inside a running event loop, as here
    async with Ledger(empty_url) as ledger:
        assert await ledger.submit(a_submission())


async def test_migrating_again_keeps_what_is_there(url: str) -> None:
    async with Ledger(url) as ledger:
        await ledger.submit(a_submission())
        migrate(url)
        assert await ledger.submissions() == [a_submission()]


async def test_migrating_at_once_migrates_once(empty_url: str) -> None:
    with ThreadPoolExecutor(6) as threads:
        list(threads.map(migrate, [empty_url] * 6))
    async with Ledger(empty_url) as ledger:
        await ledger.ping()


def test_tables_and_migrations_do_not_differ(url: str) -> None:
    engine = create_engine(url)
    with engine.connect() as connection:
        assert list(compare_metadata(MigrationContext.configure(connection), metadata)) == []
    engine.dispose()


def test_the_newest_migration_is_the_head_and_revisions_are_in_order() -> None:
    script = ScriptDirectory(str(_database.VERSIONS.parent))
    revisions = [revision.revision for revision in script.walk_revisions()]
    assert script.get_current_head() == _database.head()
    assert revisions == sorted(revisions, reverse=True)


def test_a_migration_says_nothing(empty_url: str, capfd: pytest.CaptureFixture[str]) -> None:
    migrate(empty_url)
    assert capfd.readouterr() == ("", "")


def test_a_database_newer_than_this_software_is_left_alone_and_can_be_used(url: str) -> None:
    run_sql(make_url(url), "UPDATE alembic_version SET version_num = '9999'")
    migrate(url)

    async def use() -> None:
        async with Ledger(url) as ledger:
            assert await ledger.submit(a_submission())

    asyncio.run(use())


def test_a_migration_that_breaks_leaves_nothing_behind(empty_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    from alembic.operations import Operations

    def fail(*_: object, **__: object) -> None:
        raise RuntimeError("the power went")

    with monkeypatch.context() as patch:
        patch.setattr(Operations, "create_index", fail)
        with pytest.raises(RuntimeError, match="the power went"):
            migrate(empty_url)
    migrate(empty_url)


async def test_a_ledger_of_before_there_were_claims_keeps_what_is_in_it_and_goes_on(empty_url: str) -> None:
    url, finding = _database.parse_url(empty_url), Finding(rule="sum", severity="error", message="no")
    old_finding = {"execution_id": "a", **finding.model_dump(exclude={"verdict", "decided_by"})}
    old_posting = a_posting(execution_id="a").model_dump(exclude={"vendor_key", "number_key", "kind"})
    if _database.is_sqlite(url):
        _database.sqlite_path(url).parent.mkdir()
    engine = _database.create_engine(url, migrating=True)
    with engine.begin() as connection:
        command.upgrade(_migrate.config(connection), "0002")
        line = flat(an_execution(id="a"), exclude={"steps", "findings", "reviews"})
        connection.execute(insert(executions), line)
        connection.execute(insert(findings), {**old_finding, "position": 0})
        connection.execute(insert(postings), old_posting)
    migrate(empty_url)
    with engine.begin() as connection:  # an older worker beside newer ones
        connection.execute(insert(findings), {**old_finding, "position": 1})
        connection.execute(insert(postings), {**old_posting, "execution_id": "b", "number": "R-2"})
    engine.dispose()

    async with Ledger(empty_url) as ledger:
        kept = await ledger.execution("a")
        assert kept == an_execution(id="a", findings=[finding, finding])
        assert await ledger.posted("acme", number="R-1") == [a_posting(execution_id="a")]
        with pytest.raises(AlreadyPosted):
            await ledger.post(a_posting(execution_id="c", number="R-2", vendor_key="vendor:V1", number_key="r2"))


async def test_sqlite_is_set_up_for_several_processes(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'a folder' / 'deep' / 'ledger.db'}"
    migrate(url)
    names = ("journal_mode", "busy_timeout", "foreign_keys", "synchronous")

    def pragmas(connection: Connection) -> dict[str, object]:
        return {name: connection.execute(text(f"PRAGMA {name}")).scalar() for name in names}

    async with Ledger(url) as ledger:
        found = await ledger._read(pragmas)
    assert found == {"journal_mode": "wal", "busy_timeout": 30_000, "foreign_keys": 1, "synchronous": 1}
    with sqlite3.connect(tmp_path / "a folder" / "deep" / "ledger.db") as file:
        assert file.execute("PRAGMA journal_mode").fetchone() == ("wal",)

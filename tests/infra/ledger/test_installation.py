"""A ledger knows whose it is: one identity, made with its tables, whoever makes them and however many at once."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from alembic import command
from sqlalchemy import insert

from infra.ledger import Ledger, _database, _migrate, migrate
from infra.ledger._batches import flat
from infra.ledger._tables import executions

from .examples import an_execution


async def test_it_is_made_once_and_stays(empty_url: str) -> None:
    with ThreadPoolExecutor(6) as threads:
        list(threads.map(migrate, [empty_url] * 6))
    async with Ledger(empty_url) as first, Ledger(empty_url) as second:
        made = await first.installation()
        migrate(empty_url)
        assert await second.installation() == made
    assert len(made.id) == 12
    assert made.task_queue == f"counterfoil-{made.id}"
    assert made.owns(made.id)
    assert not made.owns("another")
    assert not made.owns(None), "it has begun nothing that does not say so"


async def test_two_ledgers_are_two_installations(empty_url: str, tmp_path: Path) -> None:
    other = f"sqlite:///{tmp_path / 'other' / 'ledger.db'}"
    for url in (empty_url, other):
        migrate(url)
    async with Ledger(empty_url) as one, Ledger(other) as two:
        assert (await one.installation()).id != (await two.installation()).id


async def test_a_ledger_that_had_executions_before_keeps_the_names_they_run_under(empty_url: str) -> None:
    url = _database.parse_url(empty_url)
    if _database.is_sqlite(url):
        _database.sqlite_path(url).parent.mkdir()
    engine = _database.create_engine(url, migrating=True)
    with engine.begin() as connection:
        command.upgrade(_migrate.config(connection), "0003")
        line = flat(an_execution(id="a"), exclude={"steps", "findings", "reviews"})
        connection.execute(insert(executions), line)
    engine.dispose()
    migrate(empty_url)
    async with Ledger(empty_url) as ledger:
        kept = await ledger.installation()
    assert kept.unnamed
    assert kept.task_queue == "counterfoil"
    assert kept.owns(None), "what was begun before does not say whose it is"
    assert kept.owns(kept.id)
    assert not kept.owns("another")

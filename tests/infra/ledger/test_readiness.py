"""A ledger that cannot be used says so, says what to do, and keeps its password to itself."""

from __future__ import annotations

import asyncio
import traceback
from pathlib import Path

import pytest
from sqlalchemy import URL, make_url

from infra.ledger import Ledger, LedgerNotReady, migrate

from .conftest import run_sql
from .examples import a_call, a_submission


async def test_a_database_without_tables_names_the_command(empty_url: str) -> None:
    async with Ledger(empty_url) as ledger:
        for attempt in (ledger.ping(), ledger.begin_call(a_call()), ledger.executions()):
            with pytest.raises(LedgerNotReady, match="counterfoil up"):
                await attempt
        migrate(empty_url)
        await ledger.ping()  # without being opened anew


async def test_a_missing_sqlite_file_is_not_made_by_looking(tmp_path: Path) -> None:
    with pytest.raises(LedgerNotReady, match="does not exist"):
        await Ledger(f"sqlite:///{tmp_path / 'ledger.db'}").ping()
    assert not any(tmp_path.iterdir())


async def test_a_file_that_is_no_database_is_not_ready(tmp_path: Path) -> None:
    (tmp_path / "ledger.db").write_text("a letter to the bank, longer than the header of a database" * 20)
    with pytest.raises(LedgerNotReady, match="not a database"):
        await Ledger(f"sqlite:///{tmp_path / 'ledger.db'}").ping()
    with pytest.raises(LedgerNotReady, match="not a database"):
        migrate(f"sqlite:///{tmp_path / 'ledger.db'}")


def test_an_older_revision_is_named_with_the_one_needed(url: str) -> None:
    run_sql(make_url(url), "UPDATE alembic_version SET version_num = '0000'")
    with pytest.raises(LedgerNotReady, match=r"revision 0000, .* needs \d{4}.*counterfoil up"):
        asyncio.run(Ledger(url).ping())


async def test_a_postgres_database_that_does_not_exist_is_not_ready(postgres: URL) -> None:
    url = postgres.set(database="nowhere").render_as_string(hide_password=False)
    with pytest.raises(LedgerNotReady, match="does not exist"):
        await Ledger(url).ping()


@pytest.mark.parametrize("query", ["", "?password=hunter2", "?sslmode=disable"])
async def test_no_error_shows_the_password(query: str) -> None:
    url = f"postgresql://ada:hunter2@127.0.0.1:1/ledger{query}"
    ledger = Ledger(url)
    said = [repr(ledger)]
    for attempt in (ledger.ping(), asyncio.to_thread(migrate, url)):
        with pytest.raises(LedgerNotReady, match=r"ada:\*\*\*@127\.0\.0\.1:1/ledger") as caught:
            await attempt
        said += traceback.format_exception(caught.value)
    assert "hunter2" not in "".join(said)


@pytest.mark.parametrize(
    "url",
    [
        "mysql://ada:hunter2@host/ledger",
        "postgresql://ada:hunter2@host:port/ledger",
        "hunter2",
        "sqlite://",
        "sqlite:///:memory:",
        "sqlite:///file:hunter2?mode=memory&uri=true",
    ],
)
def test_a_url_that_will_not_do_is_refused_without_repeating_it(url: str) -> None:
    for use in (Ledger, migrate):
        with pytest.raises(ValueError, match="ledger") as caught:
            use(url)
        assert "hunter2" not in "".join(traceback.format_exception(caught.value)).replace(repr(url), "")


async def test_an_error_does_not_repeat_what_a_document_says(ledger: Ledger) -> None:
    submission = a_submission(submitted_by="the secret of the invoice").model_copy(update={"size": 2**80})
    with pytest.raises(Exception) as caught:  # noqa: PT011 -- each database has an error of its own
        await ledger.submit(submission)
    assert "the secret" not in str(caught.value)


def test_one_ledger_serves_several_event_loops(url: str) -> None:
    ledger = Ledger(url)

    async def use() -> int:
        await ledger.submit(a_submission())
        await asyncio.gather(*(ledger.submissions() for _ in range(8)))
        found = len(await ledger.submissions())
        await ledger.close()
        return found

    assert [asyncio.run(use()) for _ in range(3)] == [1, 1, 1]

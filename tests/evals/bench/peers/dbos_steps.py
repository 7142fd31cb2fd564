"""DBOS: a durable workflow a document whose steps are the agent's nodes, all in the process that does the work."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from dbos import DBOS, DBOSConfig, SetWorkflowID

from tests.evals.bench import by_hand
from tests.evals.bench.peers.process import Engine, PeerProcess, State


class DbosOnSqlite(PeerProcess):
    """DBOS as it comes."""

    name = "DBOS, SQLite"
    how = "a @DBOS.workflow a document, a @DBOS.step a node; system database on SQLite as DBOS opens it, 16 at once"
    durability = "per step: a recorded step is not repeated; workflows under way resume when the process starts again"
    engine = f"{__name__}:on_sqlite"


class DbosOnPostgres(PeerProcess):
    """DBOS as it is recommended for production."""

    name = "DBOS, Postgres"
    how = "the same; system database on Postgres (fsync=off), 16 at once"
    durability = DbosOnSqlite.durability
    engine = f"{__name__}:on_postgres"
    on_postgres = True


@DBOS.step()
async def step(name: str, state: State) -> State:
    """A node of the agent, recorded."""
    update: State = await by_hand.node(name)(state)
    return update


@DBOS.workflow()
async def invoice(given: State) -> State:
    """One invoice."""
    return await by_hand.process(given, step)


class _Dbos(Engine):
    async def process(self, id: str, given: State) -> State:
        with SetWorkflowID(id):
            return await invoice(given)

    async def resume(self, id: str, given: State) -> State:
        return await self.process(id, given)  # under its id it is begun once; DBOS itself resumed it at its start


@asynccontextmanager
async def on_sqlite(home: Path, postgres: str | None) -> AsyncIterator[Engine]:
    """The system database in a file."""
    async with _launched(f"sqlite:///{home / 'dbos.db'}") as engine:
        yield engine


@asynccontextmanager
async def on_postgres(home: Path, postgres: str | None) -> AsyncIterator[Engine]:
    """The system database in Postgres."""
    assert postgres
    async with _launched(postgres) as engine:
        yield engine


@asynccontextmanager
async def _launched(url: str) -> AsyncIterator[Engine]:
    config: DBOSConfig = {
        "name": "bench",
        "system_database_url": url,
        "application_version": "bench",
        "executor_id": "bench",
        "log_level": "WARNING",
    }
    DBOS(config=config)
    DBOS.launch()
    try:
        yield _Dbos()
    finally:
        DBOS.destroy()

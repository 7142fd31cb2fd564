"""Plain LangGraph: the invoice agent's own graph, with each of the checkpointers that LangGraph publishes."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import aiosqlite
from langgraph.checkpoint.memory import InMemorySaver
from langgraph.checkpoint.postgres.aio import AsyncPostgresSaver
from langgraph.checkpoint.sqlite.aio import AsyncSqliteSaver
from psycopg.rows import dict_row
from psycopg_pool import AsyncConnectionPool

from agents.invoice.graph import build_graph
from tests.evals.bench.peers.process import Engine, PeerProcess, State


class LangGraphInMemory(PeerProcess):
    """The floor: nothing survives."""

    name = "LangGraph, in memory"
    how = "InMemorySaver, 16 documents at once in one process"
    durability = "none: a document that was under way begins anew, and somebody has to begin it"
    engine = f"{__name__}:in_memory"


class LangGraphOnSqlite(PeerProcess):
    """The checkpointer of one machine."""

    name = "LangGraph, SQLite"
    how = "AsyncSqliteSaver (WAL, synchronous=NORMAL), durability='sync', 16 documents at once in one process"
    durability = (
        "per step: a recorded step is not repeated; somebody has to know and resume each thread that was under way"
    )
    engine = f"{__name__}:on_sqlite"


class LangGraphOnPostgres(PeerProcess):
    """The checkpointer LangGraph recommends for production."""

    name = "LangGraph, Postgres"
    how = (
        "AsyncPostgresSaver (pool of 16 connections, fsync=off), durability='sync', 16 documents at once in one process"
    )
    durability = LangGraphOnSqlite.durability
    engine = f"{__name__}:on_postgres"
    on_postgres = True


class _Graph(Engine):
    def __init__(self, saver: Any) -> None:
        self._app = build_graph().compile(checkpointer=saver)

    async def process(self, id: str, given: State) -> State:
        config: Any = {"configurable": {"thread_id": id}}
        # A step is on record before the next one runs, as with the other durable contenders.
        state: State = await self._app.ainvoke(given, config, durability="sync")
        return state

    async def resume(self, id: str, given: State) -> State:
        config: Any = {"configurable": {"thread_id": id}}
        begun = await self._app.aget_state(config)
        state: State = await self._app.ainvoke(None if begun.values else given, config, durability="sync")
        return state


@asynccontextmanager
async def in_memory(home: Path, postgres: str | None) -> AsyncIterator[Engine]:
    """No durability."""
    yield _Graph(InMemorySaver())


@asynccontextmanager
async def on_sqlite(home: Path, postgres: str | None) -> AsyncIterator[Engine]:
    """Checkpoints in a file."""
    async with aiosqlite.connect(home / "checkpoints.db") as connection:
        saver = AsyncSqliteSaver(connection)
        await saver.setup()
        await connection.execute("PRAGMA synchronous=NORMAL")
        yield _Graph(saver)


@asynccontextmanager
async def on_postgres(home: Path, postgres: str | None) -> AsyncIterator[Engine]:
    """Checkpoints in Postgres."""
    assert postgres
    settings = {"autocommit": True, "prepare_threshold": 0, "row_factory": dict_row}
    async with AsyncConnectionPool(postgres, min_size=4, max_size=16, kwargs=settings) as pool:
        saver = AsyncPostgresSaver(pool)  # type: ignore[arg-type]
        await saver.setup()
        yield _Graph(saver)

"""Counterfoil itself: its worker process, Temporal's server, and Phoenix or nothing to take the traces."""

from __future__ import annotations

import time
from collections.abc import Mapping
from pathlib import Path
from typing import Self

from infra.ledger import Ledger
from tests.evals.bench.contender import Contender, Run
from tests.evals.bench.job import Ask, Endpoint, environment, until_approved
from tests.stack import PhoenixServer, Stack


class Counterfoil(Contender):
    """The product as it is run: documents are handed in, executions are durable, traces go to Phoenix."""

    name = "Counterfoil"
    how = (
        "the worker process; Temporal's dev server on SQLite (WAL, synchronous=NORMAL); traces to Phoenix, flushed "
        "before each activity counts as done"
    )
    durability = "a recorded call is never made again; one in flight is; no document is lost"
    looks = False
    """Whether the pixels of key values are read before a document is approved."""

    def __init__(self, home: Path, endpoint: Endpoint, *, phoenix: PhoenixServer | None) -> None:
        super().__init__(home, endpoint)
        self._phoenix = phoenix
        self.stack = Stack(
            home,
            phoenix_port=phoenix.port if phoenix else None,
            environment=environment(home, endpoint) | {"COUNTERFOIL_LOOK": str(self.looks).lower()},
        )

    def __enter__(self) -> Self:
        self.stack.__enter__()
        return self

    def __exit__(self, *_: object) -> None:
        self.stack.__exit__()

    async def run(self, files: Mapping[str, bytes], batch: str, ask: Ask = "all") -> Run:
        started = time.perf_counter()
        await self.stack.submit(dict(files), batch=batch, tenant="bench", ask=ask)
        await until_approved(self.home / "ledger.db", batch, len(files), seconds=60 + 5 * len(files))
        seconds = time.perf_counter() - started
        async with Ledger(self.stack.settings().ledger) as ledger:
            executions = await ledger.executions(batch=batch)
        return Run(seconds, [(e.ended_at - e.started_at).total_seconds() for e in executions if e.ended_at])

    def processes(self) -> dict[str, int]:
        assert self.stack.worker
        assert self.stack.temporal
        processes = {"worker": self.stack.worker.pid, "server": self.stack.temporal.pid}
        return processes | ({"traces": self._phoenix.process.pid} if self._phoenix else {})

    def kill(self) -> None:
        self.stack.kill_worker()
        self.stack.start_worker()


class CounterfoilUntraced(Counterfoil):
    """The same, with spans made but nobody to take them."""

    name = "Counterfoil, no Phoenix"
    how = "the same, with no Phoenix to take the spans it makes"


class CounterfoilLooking(CounterfoilUntraced):
    """Without Phoenix, and pictures are read as they are by default: what that costs beside all else."""

    name = "Counterfoil, pictures read"
    how = "as the one with no Phoenix, and the pixels of key values are read before a document is approved"
    looks = True

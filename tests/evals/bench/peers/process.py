"""A peer that works within one process of its own: this side starts it and gives it orders as lines of JSON, which
`tests.evals.bench.peers.__main__` carries out in that process with the peer's `Engine`."""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
from abc import ABC, abstractmethod
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, ClassVar, Self

from agents.invoice.graph import options
from infra import connections as connected
from infra.connections import Connections
from infra.ledger import migrate
from infra.models import MemoryCallBook, ModelClient, tiers_of
from infra.settings import settings
from tests.evals.bench.contender import Contender, Run, WorkerGone
from tests.evals.bench.job import Ask, Endpoint, environment, process_environment
from tests.postgres import Postgres
from tests.stack import ROOT

State = dict[str, Any]


class Engine(ABC):
    """How a peer takes one document through the job."""

    @abstractmethod
    async def process(self, id: str, given: State) -> State:
        """The document's last state; ``id`` names it for ever."""

    @abstractmethod
    async def resume(self, id: str, given: State) -> State:
        """The same for a document that an earlier process may have begun."""


class PeerProcess(Contender):
    """The bench's side of such a peer."""

    engine: ClassVar[str]
    """``module:function`` that gives the engine as an async context manager, called with the process's home and the
    Postgres URL, if there is one."""
    on_postgres: ClassVar[bool] = False
    documents_at_once: ClassVar[int] = 16

    def __init__(self, home: Path, endpoint: Endpoint, *, forgetful: bool = False) -> None:
        """``forgetful``: without our ledger's memory of calls, so that only the peer's own keeps one from being repeated."""
        super().__init__(home, endpoint)
        self._environment = process_environment(environment(home, endpoint))
        self._forgetful = forgetful
        self._postgres = Postgres() if self.on_postgres else None
        self._process: subprocess.Popen[str] | None = None

    def __enter__(self) -> Self:
        migrate(f"sqlite:///{self.home / 'ledger.db'}")
        if self._postgres:
            self._postgres.__enter__()
        try:
            self._start()
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        if self._process:
            if self._process.stdin and self._process.poll() is None:
                self._process.stdin.close()
            try:
                self._process.wait(20)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait()
        if self._postgres:
            self._postgres.__exit__()

    def _start(self) -> None:
        arguments = [self.engine, "--postgres", self._postgres.url] if self._postgres else [self.engine]
        with (self.home / "peer.log").open("ab") as log:
            self._process = subprocess.Popen(
                [sys.executable, "-m", __package__, *arguments, *(["--forgetful"] if self._forgetful else [])],
                env=self._environment, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=log, text=True,
            )  # fmt: skip
        self._answer()

    def _answer(self) -> dict[str, Any]:
        assert self._process
        assert self._process.stdout
        line = self._process.stdout.readline()
        if not line:
            raise WorkerGone(f"{self.name} ended: {(self.home / 'peer.log').read_text()[-3000:]}")
        answer: dict[str, Any] = json.loads(line)
        return answer

    async def run(self, files: Mapping[str, bytes], batch: str, ask: Ask = "all") -> Run:
        return await self._ordered(files, batch, ask, resume=False)

    async def resume(self, files: Mapping[str, bytes], batch: str) -> None:
        await self._ordered(files, batch, "all", resume=True)

    async def _ordered(self, files: Mapping[str, bytes], batch: str, ask: Ask, *, resume: bool) -> Run:
        assert self._process
        assert self._process.stdin
        folder = self.home / "in" / batch
        folder.mkdir(parents=True, exist_ok=True)
        for name, data in files.items():
            (folder / name).write_bytes(data)
        at_once = self.documents_at_once
        order = {"folder": str(folder), "batch": batch, "ask": ask, "at_once": at_once, "resume": resume}
        self._process.stdin.write(json.dumps(order) + "\n")
        self._process.stdin.flush()
        return Run(**await asyncio.to_thread(self._answer))

    def processes(self) -> dict[str, int]:
        assert self._process
        return {"worker": self._process.pid} | ({"server": self._postgres.pid} if self._postgres else {})

    def kill(self) -> None:
        assert self._process
        self._process.kill()
        self._process.wait()
        self._start()


@asynccontextmanager
async def connections(forgetful: bool) -> AsyncIterator[Connections]:
    """This process's connections from its settings; ``forgetful`` ones keep no calls from which to answer."""
    opened = Connections.of(settings())
    if forgetful:
        models = ModelClient(tiers_of(opened.settings), MemoryCallBook(), concurrency=opened.settings.model_concurrency)
        opened = Connections(opened.settings, opened.ledger, models, opened.documents)
    connected.use(opened)
    try:
        yield opened
    finally:
        await opened.close()
        connected.use(None)


def execution(opened: Connections, id: str, name: str, batch: str, data: bytes, ask: str) -> State:
    """What an invoice's flow is given to begin with; keeps the document."""
    return {
        "execution": {
            "id": id,
            "tenant": "bench",
            "batch": batch,
            "digest": opened.documents.put(data),
            "name": name,
        },
        "options": options(opened.settings.model_copy(update={"ask": ask})),
    }

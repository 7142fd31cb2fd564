"""A run: documents are handed in, parts are struck and come back as a schedule says, and the records are read."""

from __future__ import annotations

import asyncio
import random
import sqlite3
import subprocess
import time
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from contextlib import closing, suppress
from dataclasses import dataclass, field, replace

from temporalio.client import WorkflowExecutionStatus

from infra.ledger import Ledger, LedgerNotReady
from infra.telemetry.phoenix import Phoenix, PhoenixError
from tests.evals.chaos.schedule import Blow, Part
from tests.evals.chaos.verdict import Records, judged_in_phoenix
from tests.postgres import Postgres
from tests.stack import CALLS, EndpointProcess, PhoenixServer, Stack

TENANT = BATCH = "chaos"
_WATCH_SECONDS = 0.25

Say = Callable[[str], None]


@dataclass
class Told:
    """What happened in a run, beside its records."""

    struck: dict[Part, int] = field(default_factory=lambda: dict.fromkeys(Part, 0))
    ended_by_themselves: list[str] = field(default_factory=list)
    """Worker processes that ended though nobody killed them, and with which code. They were started again."""
    unsettled_at_last_blow: int = 0
    """Documents that had not ended when the last blow fell."""
    seconds: float = 0.0
    """From the submission until the last document ended."""


class Chaos:
    """A stack with everything that can be killed. ``workers`` of its processes run at once."""

    def __init__(
        self,
        stack: Stack,
        endpoint: EndpointProcess,
        phoenix: PhoenixServer | None,
        *,
        workers: int,
        seed: int,
        say: Say,
        postgres: Postgres | None = None,
    ) -> None:
        """``postgres`` holds the ledger; where None, it is SQLite's. Without ``phoenix``, it is not asked."""
        self._stack, self._endpoint, self._phoenix, self._postgres = stack, endpoint, phoenix, postgres
        self._dice = random.Random(seed)
        self._say = say
        self._workers = [stack.worker] if stack.worker else []
        self._wanted = workers
        self._begun: list[asyncio.Task[None]] = []
        self._settled: set[str] = set()
        self.told = Told()

    async def run(
        self, files: Mapping[str, bytes], blows: Sequence[Blow], *, seconds: float, spans_seconds: float
    ) -> Records:
        """Hand ``files`` in and strike ``blows``; once all executions have ended, or ``seconds`` are over, what all
        records say. Spans then have ``spans_seconds`` to reach Phoenix: those of the last seconds before it died are sent
        again when it is back."""
        while len(self._workers) < self._wanted:
            await self._start_worker()
        since = time.monotonic()
        self._settled.clear()
        ids = await self._stack.submit(dict(files), tenant=TENANT, batch=BATCH)
        try:
            async with asyncio.timeout(seconds), asyncio.TaskGroup() as group:
                group.create_task(self._strike(blows, ids))
                group.create_task(self._until_ended(ids))
        except TimeoutError:
            self._say(f"not all had ended after {seconds:g} s")
        self.told.seconds = time.monotonic() - since
        records = await self._records(ids)
        return await self._in_phoenix(records, spans_seconds) if self._phoenix else records

    # What is struck

    async def _strike(self, blows: Sequence[Blow], ids: Sequence[str]) -> None:
        busy: dict[Part, asyncio.Task[None]] = {}
        for blow in blows:
            await asyncio.sleep(blow.after)
            # A part that is still on its way up is waited for: killed before it is there, it would do nothing.
            await asyncio.gather(*(task for part, task in busy.items() if part in blow.down))
            while self._endpoint.paid().total() < blow.paid:
                await asyncio.sleep(0.05)
            self.told.unsettled_at_last_blow = len(ids) - len(self._settled)
            for part, down in blow.down.items():
                self.told.struck[part] += 1
                busy[part] = asyncio.create_task(self._hit(part, down))
        await asyncio.gather(*busy.values())

    async def _hit(self, part: Part, down: float) -> None:
        self._say(f"struck: {part}, for {down:.1f} s; {len(self._settled)} documents have ended")
        match part:
            case Part.WORKER:
                worker = self._workers.pop(self._dice.randrange(len(self._workers)))
                await asyncio.to_thread(self._stack.kill_worker, worker)
                await asyncio.sleep(down)
                await self._start_worker()
            case Part.ENDPOINT:
                await asyncio.to_thread(self._endpoint.kill)
                await asyncio.sleep(down)
                await asyncio.to_thread(self._endpoint.start)
            case Part.PHOENIX:
                assert self._phoenix
                await asyncio.to_thread(self._phoenix.kill)
                await asyncio.sleep(down)
                await asyncio.to_thread(self._phoenix.start)
            case Part.TEMPORAL:
                await asyncio.to_thread(self._stack.kill_temporal)
                await asyncio.sleep(down)
                await asyncio.to_thread(self._stack.start_temporal)
            case Part.LEDGER if self._postgres:
                await asyncio.to_thread(self._postgres.kill, immediately=self._dice.random() < 0.5)
                await asyncio.sleep(down)
                await asyncio.to_thread(self._postgres.start)
            case Part.LEDGER:
                await asyncio.to_thread(self._lock_ledger, down)

    def _lock_ledger(self, seconds: float) -> None:
        with closing(sqlite3.connect(self._stack.home / "ledger.db", timeout=60, isolation_level=None)) as other:
            other.execute("BEGIN IMMEDIATE")
            time.sleep(seconds)

    async def _start_worker(self) -> None:
        """Start one, again and again as a supervisor does, until it takes work: it ends if Temporal does not answer it."""
        while True:
            try:
                self._workers.append(await asyncio.to_thread(self._stack.start_worker))
                return
            except AssertionError:
                self._say("a worker did not start; trying again")

    async def _watch_workers(self) -> None:
        """Start those again that ended by themselves, and say so."""
        for worker in list(self._workers):
            if worker.poll() is not None:
                self._workers.remove(worker)
                self.told.ended_by_themselves.append(_death(worker))
                self._say(f"a worker ended by itself: {_death(worker)}")
                await self._start_worker()

    async def _until_ended(self, ids: Sequence[str]) -> None:
        async with Ledger(self._stack.settings().ledger) as ledger:
            while len(self._settled) < len(ids):
                with suppress(LedgerNotReady):  # it may be down just now
                    known = await ledger.statuses(set(ids) - self._settled)
                    self._settled |= {id for id, status in known.items() if status.ended}
                await self._watch_workers()
                await asyncio.sleep(_WATCH_SECONDS)

    # What is on record

    async def _records(self, ids: Sequence[str]) -> Records:
        async with Ledger(self._stack.settings().ledger) as ledger:
            executions = {execution.id: execution for execution in await ledger.executions(tenant=TENANT)}
            postings = await ledger.posted(TENANT)
            progress = await ledger.progress(tenant=TENANT, batch=BATCH)
            calls = [call for calls in (await ledger.calls_of(list(executions))).values() for call in calls]
        return Records(
            submitted=ids,
            calls_each=CALLS,
            executions=executions,
            postings=postings,
            calls=calls,
            counted=progress.counts,
            paid=self._endpoint.paid(),
            open_in_temporal=await self._open_in_temporal(ids),
        )

    async def _open_in_temporal(self, ids: Sequence[str]) -> list[str]:
        """Those that it still runs some seconds after the ledger says that they ended."""
        client = await self._stack.client()
        still = list(ids)
        for _ in range(40):
            described = await asyncio.gather(*(client.get_workflow_handle(id).describe() for id in still))
            still = [workflow.id for workflow in described if workflow.status is WorkflowExecutionStatus.RUNNING]
            if not still:
                break
            await asyncio.sleep(0.5)
        return still

    async def _in_phoenix(self, records: Records, seconds: float) -> Records:
        """The records with what Phoenix holds, once it holds all or ``seconds`` are over."""
        until = time.monotonic() + seconds
        async with Phoenix(self._stack.settings()) as phoenix:
            while True:
                spans: Counter[str] = Counter()
                roots: dict[str, int] = {}
                try:
                    for id, execution in records.executions.items():
                        if trace := await phoenix.trace(execution.trace_id or ""):
                            spans.update(trace.call_span_ids)
                            roots[id] = trace.roots
                except PhoenixError as error:
                    self._say(str(error))
                records = replace(records, call_spans=spans, roots=roots)
                missing = sum(len(check.offenders) for check in judged_in_phoenix(records))
                if not missing or time.monotonic() > until:
                    return records
                self._say(f"waiting for Phoenix: {missing} spans or roots are not as they should be")
                await asyncio.sleep(2)


def _death(worker: subprocess.Popen[bytes]) -> str:
    return f"process {worker.pid}, exit code {worker.returncode}"

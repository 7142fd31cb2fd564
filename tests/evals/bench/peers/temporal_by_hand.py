"""Temporal without LangGraph: the flow as a workflow written by hand, with an activity for each node that reads, writes
or asks a model."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any, Self

from temporalio import activity, workflow
from temporalio.common import RetryPolicy

with workflow.unsafe.imports_passed_through():
    from infra.connections import Connections
    from tests.evals.bench import by_hand
    from tests.evals.bench.contender import Contender, Run
    from tests.evals.bench.job import Ask, Endpoint, environment
    from tests.evals.bench.peers.process import execution
    from tests.stack import Stack

State = dict[str, Any]
DOCUMENTS_AT_ONCE = 16
QUEUE = "by-hand"
QUICK = ("match", "comply", "post")
"""Nodes that only ask or write the ledger: local activities, as in Counterfoil."""
ASKING = ("extract_header", "extract_totals", "extract_lines", "repair", "choose_vendor", "ask_policies")


def node_activity(name: str) -> Callable[[State], Awaitable[State]]:
    """The agent's node of that name as an activity."""

    @activity.defn(name=name)
    async def run(state: State) -> State:
        update: State = await by_hand.node(name)(state)
        return update

    return run


@workflow.defn
class InvoiceByHand:
    """One invoice."""

    @workflow.run
    async def run(self, given: State) -> State:
        return await by_hand.process(given, self._activity)

    async def _activity(self, name: str, state: State) -> State:
        update: State
        if name in QUICK:
            update = await workflow.execute_local_activity(name, state, start_to_close_timeout=timedelta(seconds=60))
            return update
        queue = workflow.info().task_queue
        update = await workflow.execute_activity(
            name,
            state,
            task_queue=f"{queue}-models" if name in ASKING else f"{queue}-reading",
            start_to_close_timeout=timedelta(seconds=180),
            heartbeat_timeout=timedelta(seconds=15),
            retry_policy=RetryPolicy(maximum_attempts=10),
        )
        return update


class TemporalByHand(Contender):
    """What the integration with LangGraph, the records and the traces cost shows against this."""

    name = "Temporal by hand"
    how = (
        "a workflow written by hand, with the same split into workflow code, activities and local activities, the same "
        "dev server, queues and slots; no LangGraph, traces, execution record or search attributes; 16 documents at once"
    )
    durability = "per activity: a recorded step is not repeated; the server hands what was under way to the next worker"

    def __init__(self, home: Path, endpoint: Endpoint, *, forgetful: bool = False) -> None:
        super().__init__(home, endpoint)
        self._stack = Stack(home, environment=environment(home, endpoint))
        self._stack.worker_module = [f"{__package__}.temporal_worker", *(["--forgetful"] if forgetful else [])]

    def __enter__(self) -> Self:
        self._stack.__enter__()
        return self

    def __exit__(self, *_: object) -> None:
        self._stack.__exit__()

    async def run(self, files: Mapping[str, bytes], batch: str, ask: Ask = "all") -> Run:
        client = await self._stack.client()
        opened = Connections.of(self._stack.settings())
        places = asyncio.Semaphore(DOCUMENTS_AT_ONCE)
        latencies = []

        async def carry_out(name: str, data: bytes) -> None:
            id = f"{batch}-{Path(name).stem}"
            async with places:
                started = time.perf_counter()
                given = execution(opened, id, name, batch, data, ask)
                state = await client.execute_workflow(InvoiceByHand.run, given, id=id, task_queue=QUEUE)
                assert state["decision"]["outcome"] == "approve", state["decision"]
                latencies.append(time.perf_counter() - started)

        started = time.perf_counter()
        await asyncio.gather(*(carry_out(name, data) for name, data in files.items()))
        seconds = time.perf_counter() - started
        await opened.close()
        return Run(seconds, latencies)

    def processes(self) -> dict[str, int]:
        assert self._stack.worker
        assert self._stack.temporal
        return {"worker": self._stack.worker.pid, "server": self._stack.temporal.pid}

    def kill(self) -> None:
        self._stack.kill_worker()
        self._stack.start_worker()

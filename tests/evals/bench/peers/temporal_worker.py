"""The worker process of Temporal by hand."""

from __future__ import annotations

import asyncio
import logging
import os
import signal
import sys

from temporalio.worker import Worker

from infra.settings import settings
from infra.temporal.connect import connect
from infra.temporal.interceptors import ActivityCare
from tests.evals.bench.peers.process import connections
from tests.evals.bench.peers.temporal_by_hand import ASKING, QUEUE, QUICK, InvoiceByHand, node_activity
from workers.worker import workflow_runner


async def _work(forgetful: bool) -> None:
    stop = asyncio.Event()
    for signum in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(signum, stop.set)
    configured = settings()
    client = await connect(configured)
    queue, runner, care = (
        QUEUE,
        workflow_runner(sandbox=configured.workflow_sandbox),
        ActivityCare(None),
    )
    quick, asking, reading = ([node_activity(name) for name in names] for names in (QUICK, ASKING, ("read",)))
    async with (
        connections(forgetful),
        Worker(client, task_queue=queue, workflows=[InvoiceByHand], activities=quick, workflow_runner=runner),
        Worker(
            client, task_queue=f"{queue}-models", activities=asking, interceptors=[care],
            max_concurrent_activities=configured.model_concurrency,
        ),
        Worker(
            client, task_queue=f"{queue}-reading", activities=reading, interceptors=[care],
            max_concurrent_activities=os.cpu_count(),
        ),
    ):  # fmt: skip
        (configured.home / "worker.ready").write_text(str(os.getpid()))
        await stop.wait()


def main() -> None:
    """Work until asked to stop; with ``--forgetful`` without our ledger's memory of calls."""
    logging.basicConfig(level=logging.WARNING)
    asyncio.run(_work("--forgetful" in sys.argv))


if __name__ == "__main__":
    main()

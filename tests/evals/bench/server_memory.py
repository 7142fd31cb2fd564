"""Memory of Temporal's dev server as executions go through: a load of tiny workflows, each with a payload of 20 KB in
and out of one activity. What a dynamic option or a variable of Go's runtime bounds is seen by a run with it and one without.

    python -m tests.evals.bench.server_memory --counts 500 1000 2000
    python -m tests.evals.bench.server_memory --option history.hostLevelCacheMaxSize=128000 --env GOMEMLIMIT=300MiB

Without options it is told what `infra.temporal.dev_server` tells it.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import random
import subprocess
import sysconfig
import tempfile
import time
from collections.abc import Mapping, Sequence
from datetime import timedelta
from pathlib import Path

import psutil
from temporalio import activity, workflow
from temporalio.client import Client
from temporalio.worker import UnsandboxedWorkflowRunner, Worker

from infra.temporal.dev_server import DYNAMIC_CONFIG, database_options, dynamic_config_options
from tests.stack import free_ports

_PAYLOAD_BYTES = 20_000
_AT_ONCE = 40
_QUEUE = "memory"


@activity.defn
async def passed_on(text: str) -> str:
    """An activity whose input and result stand in the history."""
    return text


@workflow.defn
class Tiny:
    """One activity."""

    @workflow.run
    async def run(self, text: str) -> str:
        """``text``, through an activity."""
        return await workflow.execute_activity(passed_on, text, start_to_close_timeout=timedelta(seconds=60))


def main() -> None:
    """Print a line for each count: executions so far, resident memory, and executions a second since the line before."""
    parser = argparse.ArgumentParser("python -m tests.evals.bench.server_memory", description=__doc__)
    parser.add_argument("--counts", type=int, nargs="+", default=[500, 1000, 2000, 3000])
    parser.add_argument("--option", action="append", default=[], metavar="KEY=VALUE", help="dynamic configuration")
    parser.add_argument("--env", action="append", default=[], metavar="NAME=VALUE", help="of the server")
    given = parser.parse_args()
    options = DYNAMIC_CONFIG | dict(pair.split("=", 1) for pair in given.option)
    environment = dict(pair.split("=", 1) for pair in given.env)
    asyncio.run(_measure(given.counts, options, environment))


async def _measure(counts: Sequence[int], options: Mapping[str, str], environment: Mapping[str, str]) -> None:
    [port] = free_ports(1)
    with tempfile.TemporaryDirectory(prefix="counterfoil-memory-") as folder:
        server = subprocess.Popen(
            [
                f"{sysconfig.get_path('scripts')}/temporal", "server", "start-dev", "--headless",
                "--ip", "127.0.0.1", "--port", str(port), "--log-level", "never",
                *database_options(Path(folder) / "temporal.db"), *dynamic_config_options(options),
            ],
            env={**os.environ, **environment},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )  # fmt: skip
        try:
            await _load(await _connected(port), psutil.Process(server.pid), counts)
        finally:
            server.terminate()
            server.wait(30)


async def _connected(port: int) -> Client:
    for _ in range(100):
        try:
            return await Client.connect(f"127.0.0.1:{port}")
        except RuntimeError:
            await asyncio.sleep(0.3)
    raise TimeoutError("Temporal's dev server does not answer")


async def _load(client: Client, server: psutil.Process, counts: Sequence[int]) -> None:
    dice = random.Random(0)
    gate = asyncio.Semaphore(_AT_ONCE)

    async def one(number: int) -> None:
        text = dice.randbytes(_PAYLOAD_BYTES // 2).hex()
        async with gate:
            await client.execute_workflow(Tiny.run, text, id=f"tiny-{number}", task_queue=_QUEUE)

    worker = Worker(
        client,
        task_queue=_QUEUE,
        workflows=[Tiny],
        activities=[passed_on],
        workflow_runner=UnsandboxedWorkflowRunner(),
        max_cached_workflows=50,
    )
    _say("executions", "resident MiB", "a second")
    _say(0, _mebibytes(server), "")
    done = 0
    async with worker:
        for count in sorted(counts):
            since = time.monotonic()
            await asyncio.gather(*(one(number) for number in range(done, count)))
            _say(count, _mebibytes(server), f"{(count - done) / (time.monotonic() - since):.1f}")
            done = count


def _mebibytes(server: psutil.Process) -> int:
    return int(server.memory_info().rss / 2**20)


def _say(*cells: object) -> None:
    print("".join(f"{cell!s:>14}" for cell in cells), flush=True)


if __name__ == "__main__":
    main()

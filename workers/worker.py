"""The worker process: runs every definition found, until it is asked to stop.

Started by ``counterfoil up`` or by hand: ``python -m workers.worker``.
"""

from __future__ import annotations

import asyncio
import logging
import os
import signal
from contextlib import suppress
from datetime import timedelta
from pathlib import Path

from temporalio.contrib.opentelemetry import OpenTelemetryPlugin
from temporalio.langgraph import LangGraphPlugin
from temporalio.service import RPCError
from temporalio.worker import Worker
from temporalio.worker.workflow_sandbox import SandboxedWorkflowRunner, SandboxRestrictions

from infra import connections as connected
from infra.connections import Connections
from infra.ledger.activities import record
from infra.models import EndpointNotAllowed, ModelError
from infra.settings import Settings, settings
from infra.telemetry.phoenix import PRICE_HOLDS_AFTER_SECONDS, Phoenix, PhoenixError
from infra.telemetry.tracing import Tracing, start_tracing
from infra.temporal import search_attributes
from infra.temporal.connect import connect
from infra.temporal.interceptors import ActivityCare
from infra.temporal.search_attributes import SEARCH_ATTRIBUTES
from workflows import definitions

log = logging.getLogger("counterfoil.worker")

_PASSED_THROUGH = (
    "agents",
    "infra",
    "workflows.execution",
    "pydantic",
    "opentelemetry",
    "openinference",
    "stdnum",
    "httpx",
)
"""Modules the workflow sandbox takes as they are: deterministic where workflows use them, and slow to load anew each time."""
_PRICES_SECONDS = 15.0
"""Longest that the start waits for the first try at telling Phoenix the prices, and for them to hold."""
_PRICE_RETRY_SECONDS = 10.0


async def run_worker(made: Settings, *, ready: Path | None = None, stop: asyncio.Event | None = None) -> None:
    """Run until ``stop`` is set (or SIGTERM or SIGINT comes), then finish what runs and return.

    ``ready`` is a file that holds this process's id while it takes work.
    """
    stop = stop or asyncio.Event()
    tracing = start_tracing(made)
    made_connections = Connections.of(made)
    connected.use(made_connections)
    found = definitions()
    client = await connect(made, plugins=[OpenTelemetryPlugin()])
    await made_connections.ledger.ping()
    try:
        if made_attributes := await search_attributes.ensure(client):
            log.info("created search attributes: %s", ", ".join(made_attributes))
    except RPCError as error:
        log.warning("search attributes could not be checked: %s. Executions need: %s", error, SEARCH_ATTRIBUTES)
    tried = asyncio.Event()
    prices = asyncio.create_task(_set_prices(made_connections, tracing, tried))
    workflows = [d.workflow for d in found.values()]
    main = _worker(client, made, tracing, made.task_queue, workflows, [record], 50)
    models = _worker(client, made, tracing, f"{made.task_queue}-models", [], [], made.model_concurrency)
    loop = asyncio.get_running_loop()
    for signum in (signal.SIGTERM, signal.SIGINT):
        with suppress(NotImplementedError, RuntimeError):  # Windows has none; only the main thread may
            loop.add_signal_handler(signum, stop.set)
    with suppress(TimeoutError):
        await asyncio.wait_for(tried.wait(), _PRICES_SECONDS)
    async with main, models:
        log.info("ready: %s on task queue %s", ", ".join(found), made.task_queue)
        if ready:
            ready.write_text(str(os.getpid()))
        keeping = asyncio.create_task(_send_kept_spans(tracing))
        try:
            await stop.wait()
        finally:
            keeping.cancel()
            prices.cancel()
            if ready:
                ready.unlink(missing_ok=True)
            log.info("stopping: finishing what runs")
    await made_connections.close()
    await asyncio.to_thread(tracing.shutdown)


def workflow_runner() -> SandboxedWorkflowRunner:
    """Temporal's sandbox, as the workflows of this project need it."""
    restrictions = SandboxRestrictions.default.with_passthrough_modules(*_PASSED_THROUGH)
    return SandboxedWorkflowRunner(restrictions=restrictions)


def _worker(
    client: object,
    made: Settings,
    tracing: Tracing,
    queue: str,
    workflows: list[type],
    activities: list[object],
    slots: int,
) -> Worker:
    graphs = {d.workflow.agent: d.build_graph() for d in definitions().values()}
    return Worker(
        client,  # type: ignore[arg-type]
        task_queue=queue,
        workflows=workflows,
        activities=activities,  # type: ignore[arg-type]
        plugins=[LangGraphPlugin(graphs=graphs)],
        interceptors=[ActivityCare(tracing)],
        workflow_runner=workflow_runner(),
        max_concurrent_activities=slots,
        graceful_shutdown_timeout=timedelta(seconds=20),
    )


async def _send_kept_spans(tracing: Tracing) -> None:
    """Send what was kept while Phoenix was away, also when no new span comes along to push it."""
    while True:
        await asyncio.sleep(5)
        await asyncio.to_thread(tracing.flush)


async def _set_prices(made: Connections, tracing: Tracing, tried: asyncio.Event) -> None:
    """Tell Phoenix the price of every configured model, as soon as the model's endpoint and Phoenix both answer; set
    ``tried`` after the first round.

    Phoenix prices no span in retrospect, so spans are held until the prices hold there; but not for an endpoint that is
    away, which makes no spans to price.
    """
    pending = {name: tier.price for name, tier in made.models.tiers.items() if tier.price}
    told: set[str] = set()
    wait = 0.5
    if not pending:
        tried.set()
    async with Phoenix(made.settings) as phoenix:
        while pending:
            phoenix_away = changed = False
            for name, price in list(pending.items()):
                try:
                    model = await made.models.model_of(name)
                    tracing.hold(True)
                    changed |= await phoenix.set_price(model, price)
                except EndpointNotAllowed as error:
                    log.warning("%s", error)
                    del pending[name]
                except (ModelError, PhoenixError) as error:
                    phoenix_away |= isinstance(error, PhoenixError)
                    if name not in told:
                        log.warning("no price in Phoenix for tier %s until it can be set: %s", name, error)
                    told.add(name)
                else:
                    log.info("price of %s in Phoenix: %s", model, price)
                    del pending[name]
            if changed:
                await asyncio.sleep(PRICE_HOLDS_AFTER_SECONDS)
            tracing.hold(phoenix_away)
            tried.set()
            if pending:
                await asyncio.sleep(wait)
                wait = min(wait * 2, _PRICE_RETRY_SECONDS)


def main() -> None:
    """Entry point of the process."""
    made = settings()
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    logging.getLogger("httpx").setLevel(logging.WARNING)
    logging.getLogger("httpx2").setLevel(logging.WARNING)
    made.home.mkdir(parents=True, exist_ok=True)
    asyncio.run(run_worker(made, ready=made.home / "worker.ready"))


if __name__ == "__main__":
    main()

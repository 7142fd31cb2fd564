"""The worker process: runs every definition found, until it is asked to stop.

Started by ``counterfoil up`` or by hand: ``python -m workers.worker``. What it does is split into roles, each with a task
queue of its own; a process has all of them, or those it is given with ``--role``.

Asked to stop (SIGTERM, SIGINT), it drains: it takes no more work and is no longer ready, gives what runs
``drain_seconds`` to end, and hands the rest back to its task queue, where another worker has it within a second. Asked a
second time it quits at once; then others notice by the missing heartbeat.
"""

from __future__ import annotations

import argparse
import asyncio
import logging
import os
import signal
import sys
import time
from collections.abc import Awaitable, Callable, Iterable, Sequence
from contextlib import suppress
from datetime import timedelta
from functools import partial
from typing import Any, NoReturn, TypeVar

from temporalio.client import Client
from temporalio.contrib.opentelemetry import OpenTelemetryPlugin
from temporalio.service import RPCError
from temporalio.worker import FixedSizeSlotSupplier, UnsandboxedWorkflowRunner, Worker, WorkerTuner, WorkflowRunner
from temporalio.worker.workflow_sandbox import SandboxedWorkflowRunner, SandboxRestrictions
from temporalio.workflow import NondeterminismError

from agents.documents import TURNS
from infra import connections as connected
from infra import home, lookalikes
from infra.connections import Connections
from infra.forks import can_confine
from infra.ledger import LedgerNotReady
from infra.models import EndpointNotAllowed, ModelError
from infra.records import Installation
from infra.settings import Settings, settings
from infra.settings_file import require_trusted
from infra.telemetry import metrics
from infra.telemetry.logs import start_logging
from infra.telemetry.phoenix import PRICE_HOLDS_AFTER_SECONDS, Phoenix, PhoenixError
from infra.telemetry.tracing import Tracing, start_tracing
from infra.temporal import search_attributes
from infra.temporal.activities import record
from infra.temporal.agents import AgentsPlugin
from infra.temporal.connect import TemporalUnreachable, connect
from infra.temporal.interceptors import ActivityCare
from infra.temporal.own_work import OwnWork
from infra.temporal.payload_limit import PayloadLimit
from infra.temporal.queues import BelongsToAnother, Role, hold, hold_while_met, workflow_queue
from infra.temporal.runtime import start_runtime
from infra.temporal.search_attributes import SEARCH_ATTRIBUTES
from infra.temporal.slots import FollowingSlots, ModelCallSlots, ReadingSlots
from workers.office.errors import told
from workers.worker._health import Health, NotReady
from workers.worker.feeding import Feeding
from workers.worker.unrecorded import Unrecorded
from workflows import definitions
from workflows.batch import BatchWorkflow

log = logging.getLogger("counterfoil.worker")

T = TypeVar("T")


_WORKFLOWS: tuple[type, ...] = (BatchWorkflow,)
"""Workflows beside those of the definitions."""


def _activities(client: Client, connections: Connections) -> list[Callable[..., Any]]:
    """Activities beside the agents' steps."""
    return [record, *Feeding(client, connections).activities]


_PASSED_THROUGH = (
    "agents",
    "infra",
    "workflows",
    "pydantic",
    "opentelemetry",
    "openinference",
    "stdnum",
    "confusable_homoglyphs",
    "httpx",
)
"""Modules the workflow sandbox takes as they are: deterministic where workflows use them, and slow to load anew each time."""
_START_SECONDS = 60.0
"""Longest that the start waits for Temporal, and for the ledger. Whatever supervises the worker then starts it again; it
would soon give up a process that ends as soon as it is started."""
_TRY_SECONDS = 1.0
_PRICES_SECONDS = 15.0
"""Longest that the start waits for the first try at telling Phoenix the prices, and for them to hold."""
_PRICE_RETRY_SECONDS = 10.0
_WORKFLOW_TASKS = 20
"""Workflow tasks at once. They share one core: Temporal takes one that does not get its turn within 2 s for a deadlock."""
_CACHED_WORKFLOWS = 500
"""Workflows kept in memory, at 0.4 MB each where they wait for a person; one that is not is replayed when it goes on."""
_QUICK_ACTIVITIES = 50
_CANCEL_SECONDS = 15.0
"""Longest that cancelled activities may take to put on record what became of them, and the last spans to be sent."""


async def run_worker(
    settings: Settings, *, roles: Sequence[Role] = tuple(Role), stop: asyncio.Event | None = None
) -> None:
    """Run until ``stop`` is set, or SIGTERM or SIGINT comes; then drain and return.

    Raises:
        TemporalUnreachable, LedgerNotReady: without these no work can begin; they were waited for.
        BelongsToAnother: the task queue is another installation's. (In an `ExceptionGroup` where that is found out later.)
    """
    stop = stop or asyncio.Event()
    _stop_on_signals(stop)
    sdk = start_runtime()
    with Health(
        settings.home, settings.worker_host, settings.worker_port, roles=",".join(roles), sdk_metrics=sdk.metrics_url
    ) as health:
        log.info("health and metrics at http://%s", health.address)
        tracing = start_tracing(settings, holding=True)
        metrics.READING_CONFINED.set(can_confine())
        if not can_confine():
            log.warning("this kernel has no seccomp filters: processes that look at documents have limits, and no more")
        metrics.SPANS_WAITING.set_function(lambda: tracing.waiting)
        connections = Connections.of(settings)
        connected.use(connections)
        client = await _reached(partial(connect, settings, plugins=[OpenTelemetryPlugin()], runtime=sdk.runtime), stop)
        installation = await _reached(connections.ledger.installation, stop)
        queue = workflow_queue(settings, installation)
        await _hold(client, queue, installation)
        await _ensure_search_attributes(client)
        tried = asyncio.Event()
        prices = asyncio.create_task(_keep_priced(connections, tracing, tried))
        met_anothers = asyncio.Event()
        met = partial(asyncio.get_running_loop().call_soon_threadsafe, met_anothers.set)
        workers = [_worker(role, client, connections, tracing, OwnWork(installation, met), queue) for role in roles]
        health.checks = {
            "polling": lambda: _require_running(workers),
            "ledger": connections.ledger.ping,
            "temporal": lambda: _require_serving(client),
        }
        with suppress(TimeoutError):
            await asyncio.wait_for(tried.wait(), _PRICES_SECONDS)
        async with asyncio.TaskGroup() as running:
            for worker in workers:
                running.create_task(worker.run())
            holding = running.create_task(hold_while_met(client, queue, installation, met_anothers))
            beside = [prices, holding]
            if Role.WORKFLOWS in roles:
                unrecorded = Unrecorded(client, connections.ledger)
                beside.append(running.create_task(unrecorded.watch(queue)))
            health.not_ready = None
            log.info("taking work from %s", ", ".join(role.task_queue(queue) for role in roles))
            await stop.wait()
            health.not_ready = "draining"
            for task in beside:
                task.cancel()
            log.info("draining: what runs has %g s to end", settings.drain_seconds)
            patience = asyncio.get_running_loop().call_later(settings.drain_seconds + _CANCEL_SECONDS, _give_up)
            # All at once: a role that goes on would begin what another has stopped to do.
            await asyncio.gather(*(worker.shutdown() for worker in workers))
        await connections.close()
        await asyncio.to_thread(tracing.shutdown)
        patience.cancel()
        log.info("drained")


def workflow_runner(*, sandbox: bool = True) -> WorkflowRunner:
    """What runs workflow code: Temporal's sandbox as the workflows of this project need it, or the bare interpreter.

    The sandbox costs a tenth of a worker's processor time. It catches what a workflow must not do when the code is
    written, so the tests run in it.
    """
    lookalikes.load()  # names are compared in workflows too, whose tasks have two seconds
    if not sandbox:
        return UnsandboxedWorkflowRunner()
    restrictions = SandboxRestrictions.default.with_passthrough_modules(*_PASSED_THROUGH)
    return SandboxedWorkflowRunner(restrictions=restrictions)


async def _reached(reach: Callable[[], Awaitable[T]], stop: asyncio.Event) -> T:
    """What ``reach`` returns, once it does: what is not there may be starting again, as after a power cut.

    Raises:
        TemporalUnreachable, LedgerNotReady: not within `_START_SECONDS`, or ``stop`` was set meanwhile.
    """
    since = time.monotonic()
    told = False
    while True:
        try:
            return await reach()
        except (TemporalUnreachable, LedgerNotReady) as error:
            if stop.is_set() or time.monotonic() - since > _START_SECONDS:
                raise
            if not told:
                log.warning("waiting up to %g s: %s", _START_SECONDS, error)
            told = True
            with suppress(TimeoutError):
                await asyncio.wait_for(stop.wait(), _TRY_SECONDS)


def _worker(
    role: Role, client: Client, connections: Connections, tracing: Tracing, own_work: OwnWork, queue: str
) -> Worker:
    known = definitions().values()
    shared: dict[str, Any] = {
        "task_queue": role.task_queue(queue),
        "plugins": [AgentsPlugin(graphs={d.workflow.agent: d.build_graph() for d in known})],
        "interceptors": [own_work, ActivityCare(tracing), PayloadLimit()],
        "workflow_runner": workflow_runner(sandbox=connections.settings.workflow_sandbox),
        # Ours are few; what comes back with one, such as that the activity is cancelled, should not wait.
        "max_heartbeat_throttle_interval": timedelta(seconds=1),
        "graceful_shutdown_timeout": timedelta(seconds=connections.settings.drain_seconds),
    }
    match role:
        case Role.WORKFLOWS:
            return Worker(
                client,
                workflows=[*(d.workflow for d in known), *_WORKFLOWS],
                activities=_activities(client, connections),
                max_cached_workflows=_CACHED_WORKFLOWS,
                max_concurrent_workflow_tasks=_WORKFLOW_TASKS,
                max_concurrent_activities=_QUICK_ACTIVITIES,
                max_concurrent_local_activities=_QUICK_ACTIVITIES,
                # What a release does not replay ends, and `Unrecorded` begins it again; else it would be tried for ever.
                workflow_failure_exception_types=[NondeterminismError],
                **shared,
            )
        case Role.MODELS:
            return Worker(client, tuner=_slots_of(ModelCallSlots(connections.models.limits.values())), **shared)
        case Role.READING:
            slots = ReadingSlots(_reading_slots(connections.settings), TURNS)
            return Worker(client, tuner=_slots_of(slots), **shared)


def _slots_of(activities: FollowingSlots) -> WorkerTuner:
    """As many activities as there are slots. (The other kinds of slots are not used in these roles.)"""
    none = FixedSizeSlotSupplier(1)
    return WorkerTuner.create_composite(
        activity_supplier=activities,
        workflow_supplier=none,
        local_activity_supplier=none,
        nexus_supplier=none,
    )


def _reading_slots(settings: Settings) -> int:
    """The configured ones, else this worker's share of the cores that the process may use."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return settings.reading_slots or max(1, cores // settings.workers)


async def _require_running(workers: Iterable[Worker]) -> None:
    if stopped := [worker.task_queue for worker in workers if not worker.is_running]:
        raise NotReady(f"no work is taken from {', '.join(stopped)}")


async def _require_serving(client: Client) -> None:
    if not await client.service_client.check_health():
        raise NotReady("its frontend says that it does not serve")


async def _hold(client: Client, queue: str, installation: Installation) -> None:
    try:
        await hold(client, queue, installation)
    except RPCError as error:
        log.warning(
            "whose the task queue %s is could not be told: %s. Orders say whose they are, and only ours are taken",
            queue,
            error,
        )


async def _ensure_search_attributes(client: Client) -> None:
    try:
        if created := await search_attributes.ensure(client):
            log.info("created search attributes: %s", ", ".join(created))
    except RPCError as error:
        log.warning("search attributes could not be checked: %s. Executions need: %s", error, SEARCH_ATTRIBUTES)


def _stop_on_signals(stop: asyncio.Event) -> None:
    def asked(signum: signal.Signals) -> None:
        if stop.is_set():
            log.warning("%s again: quitting at once", signum.name)
            _quit(128 + signum)
        stop.set()

    for signum in (signal.SIGTERM, signal.SIGINT):
        with suppress(NotImplementedError, RuntimeError):  # Windows has none; only the main thread may
            asyncio.get_running_loop().add_signal_handler(signum, asked, signum)


def _give_up() -> NoReturn:
    log.error(
        "what was cancelled does not end: quitting; Temporal gives it to another worker when its heartbeat is missed"
    )
    _quit(1)


def _quit(code: int) -> NoReturn:
    """End the process as it is. The interpreter's own way out sometimes aborts in the SDK's threads (signal 6)."""
    logging.shutdown()
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code)


async def _keep_priced(connections: Connections, tracing: Tracing, tried: asyncio.Event) -> None:
    """`_set_prices`; if that breaks, it is told, and spans are sent without their prices rather than never."""
    try:
        await _set_prices(connections, tracing, tried)
    except Exception:
        log.exception("the prices could not be told to Phoenix, which will show calls without their cost")
        tracing.hold(False)
        tried.set()


async def _set_prices(connections: Connections, tracing: Tracing, tried: asyncio.Event) -> None:
    """Tell Phoenix the price of every configured model, as soon as the model's endpoint and Phoenix both answer; set
    ``tried`` after the first round.

    Phoenix prices no span in retrospect, so spans are held from the start until the prices hold there; but not for an
    endpoint that is away, which makes no spans to price.
    """
    pending = {name: tier.price for name, tier in connections.models.tiers.items() if tier.price}
    told: set[str] = set()
    wait = 0.5
    if not pending:
        tracing.hold(False)
        tried.set()
    async with Phoenix(connections.settings) as phoenix:
        while pending:
            phoenix_away = changed = False
            for name, price in list(pending.items()):
                try:
                    model = await connections.models.model_of(name)
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


def main() -> NoReturn:
    """Entry point of the process. Its exit code is 0 after a drain, and 1 after a failure."""
    parser = argparse.ArgumentParser(prog="python -m workers.worker", description="Run the definitions.")
    parser.add_argument(
        "--role",
        action="append",
        type=Role,
        choices=list(Role),
        help="do this alone; may be given again (default: all)",
    )
    roles = parser.parse_args().role or list(Role)
    try:
        require_trusted()
        configured = settings()
    except Exception as error:
        sentence = told(error)
        if sentence is None:
            raise
        start_logging(None)
        log.error("%s", sentence)
        _quit(1)
    start_logging(configured.log_format)
    home.make(configured.home)
    try:
        asyncio.run(run_worker(configured, roles=roles))
    except (TemporalUnreachable, LedgerNotReady, BelongsToAnother) as error:
        log.error("%s", error)
        _quit(1)
    except ExceptionGroup as group:  # from what runs beside each other
        anothers = group.subgroup(BelongsToAnother)
        log.error("%s", anothers.exceptions[0] if anothers else group, exc_info=None if anothers else group)
        _quit(1)
    except BaseException as error:
        log.critical("the worker failed: %s", type(error).__name__, exc_info=True)
        _quit(1)
    _quit(0)

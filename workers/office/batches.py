"""Batches: how far each is, from the ledger; whether it runs, from Temporal; and pausing, resuming and cancelling it."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from difflib import get_close_matches
from typing import TYPE_CHECKING, Literal

from workers.office._batch_workflow import batch_workflow
from workers.office.errors import CannotDo, NobodyAnswers, NotKnown, SeveralMeant, WronglyAsked
from workers.office.links import batch_link
from workers.office.wording import clean, counted

if TYPE_CHECKING:
    from infra.records import BatchProgress, Execution, Refusal
    from workers.office import Office

TOLD = 20
"""Documents that failed, of a `Report` that does not have all: these and one more."""
CONNECT_SECONDS = 3.0
QUERY_SECONDS = 3.0
"""How long Temporal, and a worker, may take to say how a batch stands."""
ANSWER_SECONDS = 10.0
"""How long the worker may take to take an order."""

State = Literal["running", "paused", "ended", "not begun", "unknown"]
Action = Literal["pause", "resume", "cancel"]


class SeveralTenants(WronglyAsked, SeveralMeant):
    """Several tenants have a batch of that name."""


@dataclass(frozen=True)
class Standing:
    """Whether a batch runs, as Temporal says.

    ``not begun`` Temporal does not know it, or no more; ``unknown`` Temporal could not be asked. ``note`` says more: who
    paused it and why, how it ended, what could not be asked.
    """

    state: State
    note: str | None = None

    @property
    def text(self) -> str:
        """The state with its note."""
        words = {
            "running": "runs",
            "not begun": "Temporal does not know it (any more)",
            "unknown": "whether it runs is not known",
        }
        state = words.get(self.state, self.state)
        return f"{state}: {clean(self.note, lines=False)}" if self.note else state


@dataclass(frozen=True)
class Report:
    """A batch at one moment. ``failed`` has one more than `TOLD` if there are more, or all of them if asked for."""

    progress: BatchProgress
    standing: Standing
    failed: Sequence[Execution]
    refused: Sequence[Refusal]
    link: str
    """Its page in Temporal's UI."""

    @property
    def next_steps(self) -> list[str]:
        """What to do next, as commands without the program's name."""
        progress, state = self.progress, self.standing.state
        batch, tenant = progress.batch, f" --tenant {progress.tenant}"
        steps = []
        if state == "paused":
            steps.append(f"batch resume {batch}{tenant}")
        elif state in ("running", "unknown") and not progress.idle:
            steps.append(f"batch show {batch}{tenant} --follow")
        if _count(progress, "review"):
            steps.append(f"review list --batch {batch}{tenant}")
        left = state in ("ended", "not begun") and progress.to_begin
        if _count(progress, "failed") or progress.withheld or left:
            steps.append(f"retry --batch {batch}{tenant}")
        return steps or [f"status --batch {batch}{tenant}"]


def _count(progress: BatchProgress, status: str) -> int:
    return sum(count for of, count in progress.counts.items() if of.value == status)


def went_wrong(progress: BatchProgress) -> bool:
    """Whether documents of a batch failed or will not begin."""
    return bool(_count(progress, "failed") or progress.withheld)


async def find(office: Office, name: str, tenant: str | None = None) -> tuple[str, str]:
    """Tenant and name of the one batch a person means.

    Raises:
        NotKnown: there is none; the message has the names nearest to it.
        SeveralTenants: several tenants have one.
    """
    known = await office.ledger.batches(tenant)
    tenants = [batch.tenant for batch in known if batch.batch == name]
    if len(tenants) == 1:
        return tenants[0], name
    if tenants:
        listed = ", ".join(sorted(tenants))
        raise SeveralTenants(f"several tenants have a batch {name}: {listed}. Say which with --tenant", tenants)
    only_refused = tenant or office.settings.tenant
    if await office.ledger.refused(tenant=only_refused, batch=name):
        return only_refused, name
    near = get_close_matches(name, {batch.batch: None for batch in known})
    meant = f" Is it {' or '.join(near)}?" if near else ""
    of = f" of tenant {tenant}" if tenant is not None else ""
    raise NotKnown(
        f"there is no batch {clean(name, lines=False)!r}{of}.{meant} `counterfoil batch list` lists them", near
    )


async def standing(office: Office, tenant: str, batch: str) -> Standing:
    """Whether a batch runs; takes at most `CONNECT_SECONDS` and twice `QUERY_SECONDS`."""
    from temporalio.client import WorkflowExecutionStatus, WorkflowQueryFailedError
    from temporalio.service import RPCError

    from infra.temporal.connect import TemporalUnreachable
    from workflows.batch import BatchWorkflow

    try:
        await office.temporal(seconds=CONNECT_SECONDS)
    except TemporalUnreachable as error:
        return Standing("unknown", str(error))
    bound = timedelta(seconds=QUERY_SECONDS)
    try:
        handle, described = await batch_workflow(office, tenant, batch, timeout=bound)
    except RPCError as error:
        return Standing("unknown", f"Temporal did not answer: {error.message or error.status.name}")
    if described is None:
        return Standing("not begun")
    status = described.status
    if status not in (WorkflowExecutionStatus.RUNNING, WorkflowExecutionStatus.CONTINUED_AS_NEW):
        well = status in (None, WorkflowExecutionStatus.COMPLETED)
        return Standing("ended", None if well or not status else status.name.lower().replace("_", " "))
    try:
        order = await handle.query(BatchWorkflow.order, rpc_timeout=bound)
    except (RPCError, WorkflowQueryFailedError):
        return Standing("running", "no worker answers. `counterfoil doctor` says whether one runs")
    return Standing("paused" if order.paused else "running", order.note)


async def report(office: Office, tenant: str, batch: str, *, whole: bool = False) -> Report:
    """A batch as it stands now; ``whole`` with all that failed. Temporal need not be there."""
    ledger = office.ledger
    stands = await standing(office, tenant, batch)
    limit = None if whole else TOLD + 1
    return Report(
        standing=stands,
        progress=await ledger.progress(tenant=tenant, batch=batch),
        failed=await ledger.executions(tenant=tenant, batch=batch, statuses=["failed"], limit=limit),
        refused=await ledger.refused(tenant=tenant, batch=batch),
        link=batch_link(office.settings, tenant, batch, (await ledger.installation()).id),
    )


async def held_up(office: Office, tenant: str, batch: str) -> str | None:
    """Why a batch that has documents to begin does not get on, and what to do; None if it does."""
    stands = await standing(office, tenant, batch)
    if stands.state == "running" and stands.note is None:
        return None
    steps = {"paused": f"batch resume {batch} --tenant {tenant}"}
    steps |= dict.fromkeys(("ended", "not begun"), f"retry --batch {batch} --tenant {tenant}")
    step = f". To go on: counterfoil {steps[stands.state]}" if stands.state in steps else ""
    return f"batch {batch} of tenant {tenant}: {stands.text}{step}"


@dataclass(frozen=True)
class Ordered:
    """What an order to a batch came to."""

    done: str
    """As the batch's workflow answers: ``paused``, ``resumed`` …"""
    before: BatchProgress
    now: BatchProgress


async def order(office: Office, action: Action, tenant: str, batch: str, note: str | None = None) -> Ordered:
    """Pause, resume or cancel a batch. ``note``, who does it and why, is shown with it.

    Raises:
        NobodyAnswers: no worker took the order in time.
        CannotDo: it has ended, or does not run.
    """
    from temporalio.client import WorkflowUpdateFailedError, WorkflowUpdateRPCTimeoutOrCancelledError
    from temporalio.service import RPCError, RPCStatusCode

    before = await office.ledger.progress(tenant=tenant, batch=batch)
    await office.temporal()
    given = [] if action == "resume" else [note]
    named = f"{batch} --tenant {tenant}"
    try:
        async with asyncio.timeout(ANSWER_SECONDS):
            handle, _ = await batch_workflow(office, tenant, batch)
            done: str = await handle.execute_update(action, args=given, result_type=str)
    except (TimeoutError, WorkflowUpdateRPCTimeoutOrCancelledError) as error:
        raise NobodyAnswers(
            f"no worker took the order to {action} batch {batch} within {ANSWER_SECONDS:.0f} s, so it may be lost. "
            f"`counterfoil doctor` says whether the worker runs; then look with `counterfoil batch show {named}` and "
            "give it again"
        ) from error
    except (RPCError, WorkflowUpdateFailedError) as error:
        if isinstance(error, RPCError) and error.status is not RPCStatusCode.NOT_FOUND:
            raise
        if before.to_begin:
            left = f"it does not run, and {counted(before.to_begin, 'document')} of it are still to begin"
            raise CannotDo(
                f"batch {batch} cannot {action}: {left}. `counterfoil retry --batch {named}` begins them"
            ) from error
        raise CannotDo(
            f"batch {batch} has ended, there is nothing to {action}. `counterfoil batch show {named}` says how"
        ) from error
    return Ordered(done, before, await office.ledger.progress(tenant=tenant, batch=batch))

"""How far a batch is, from the ledger, and whether it runs, from Temporal: told once, or followed live."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Literal, Protocol

from rich.console import Group, RenderableType
from rich.live import Live
from rich.progress_bar import ProgressBar
from rich.table import Table
from rich.text import Text
from temporalio.client import Client, WorkflowExecutionStatus, WorkflowQueryFailedError
from temporalio.service import RPCError, RPCStatusCode

from infra.ledger import Ledger
from infra.records import BatchProgress, Execution, Refusal, Status
from infra.settings import Settings
from infra.temporal.connect import TemporalUnreachable, connect
from workers.cli._console import cell, err, moment, out, statuses_text, summary, temporal_link
from workers.office.wording import clean, counted, money
from workflows.batch import BatchWorkflow, batch_id

LISTED = 100
"""Of more documents than this, counts are shown and not a row for each."""
TOLD = 20
"""Documents that failed or were refused named at most; `--json` has all."""
SHORTEST_POLL_SECONDS = 1.0
POLL_SHARE = 20
"""Counting takes time in proportion to the documents: it is done at most this part of the time."""
LOOK_AT_TEMPORAL_SECONDS = 5.0
LINE_SECONDS = 5.0
"""Between two lines where there is no terminal."""
CONNECT_SECONDS = 3.0
QUERY_SECONDS = 3.0
"""How long Temporal, and a worker, may take to say how a batch stands."""
_BAR_WIDTH = 40

State = Literal["running", "paused", "ended", "not begun", "unknown"]


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
        said = words.get(self.state, self.state)
        return f"{said}: {clean(self.note, lines=False)}" if self.note else said


@dataclass(frozen=True)
class Report:
    """A batch at one moment. ``failed`` has one more than is told if there are more, or all of them if asked for."""

    progress: BatchProgress
    standing: Standing
    failed: Sequence[Execution]
    refused: Sequence[Refusal]

    def as_json(self, made: Settings) -> dict[str, Any]:
        """For programs."""
        return {
            **self.progress.model_dump(),
            "settled": self.progress.settled,
            "state": self.standing.state,
            "note": self.standing.note,
            "refusals": [one.model_dump(include={"name", "reason", "at"}) for one in self.refused],
            "failures": [summary(execution) for execution in self.failed],
            "temporal": batch_link(made, self.progress.tenant, self.progress.batch),
        }


async def standing(client: Client, tenant: str, batch: str) -> Standing:
    """Whether a batch runs; takes at most twice `QUERY_SECONDS`."""
    handle = client.get_workflow_handle_for(BatchWorkflow.run, batch_id(tenant, batch))
    bound = timedelta(seconds=QUERY_SECONDS)
    try:
        found = await handle.describe(rpc_timeout=bound)
    except RPCError as error:
        if error.status is RPCStatusCode.NOT_FOUND:
            return Standing("not begun")
        return Standing("unknown", f"Temporal did not answer: {error.message or error.status.name}")
    if found.status not in (WorkflowExecutionStatus.RUNNING, WorkflowExecutionStatus.CONTINUED_AS_NEW):
        well = found.status in (None, WorkflowExecutionStatus.COMPLETED)
        return Standing("ended", None if well or not found.status else found.status.name.lower().replace("_", " "))
    try:
        order = await handle.query(BatchWorkflow.order, rpc_timeout=bound)
    except (RPCError, WorkflowQueryFailedError):
        return Standing("running", "no worker answers. `counterfoil doctor` says whether one runs")
    return Standing("paused" if order.paused else "running", order.note)


async def standing_if_reachable(made: Settings, tenant: str, batch: str) -> Standing:
    """As `standing`, also where Temporal is away."""
    try:
        client = await connect(made, seconds=CONNECT_SECONDS)
    except TemporalUnreachable as error:
        return Standing("unknown", str(error))
    return await standing(client, tenant, batch)


async def report(
    ledger: Ledger, made: Settings, tenant: str, batch: str, *, client: Client | None = None, whole: bool = False
) -> Report:
    """A batch as it stands now; ``whole`` with all that failed. Without ``client``, Temporal need not be there."""
    stands = standing(client, tenant, batch) if client else standing_if_reachable(made, tenant, batch)
    limit = None if whole else TOLD + 1
    return Report(
        standing=await stands,
        progress=await ledger.progress(tenant=tenant, batch=batch),
        failed=await ledger.executions(tenant=tenant, batch=batch, statuses=[Status.FAILED], limit=limit),
        refused=await ledger.refused(tenant=tenant, batch=batch),
    )


def print_report(found: Report, made: Settings, *, with_refused: bool = True) -> None:
    """A batch for a person: how far it is, what went wrong, where to look and what to do next."""
    console, progress, stands = out(), found.progress, found.standing
    of = f"{progress.batch} of tenant {progress.tenant}"
    console.print(cell(f"batch {of}", "bold").append(cell(f": {stands.text}", "not bold")), soft_wrap=True)
    if console.is_terminal:
        console.print(_bar(progress))
    for line in progress_lines(progress, moving=stands.state in ("running", "unknown")):
        console.print(line, soft_wrap=True)
    if progress.submitted_at:
        begun = f", first begun {moment(progress.begun_at)}" if progress.begun_at else ""
        console.print(f"handed in {moment(progress.submitted_at)}{begun}", soft_wrap=True)
    if with_refused:
        print_refused([(one.name, one.reason) for one in found.refused])
    failed = progress.counts.get(Status.FAILED, 0)
    for execution in found.failed[:TOLD]:
        console.print(cell(f"failed: {execution.name}: {execution.error or ''}", "red"), soft_wrap=True)
    named = f"--batch {progress.batch} --tenant {progress.tenant}"
    if failed > TOLD:
        more = counted(failed - TOLD, "more failed document")
        console.print(f"{more}: counterfoil status --status failed {named} --limit {failed}", soft_wrap=True)
    console.print(f"Temporal  {batch_link(made, progress.tenant, progress.batch)}", soft_wrap=True)
    for command in _next_steps(found):
        console.print(f"next: counterfoil {command}", soft_wrap=True)


def _next_steps(found: Report) -> list[str]:
    progress, stands = found.progress, found.standing
    batch, tenant = progress.batch, f" --tenant {progress.tenant}"
    steps = []
    if stands.state == "paused":
        steps.append(f"batch resume {batch}{tenant}")
    elif stands.state in ("running", "unknown") and not progress.idle:
        steps.append(f"batch show {batch}{tenant} --follow")
    if progress.counts.get(Status.REVIEW):
        steps.append(f"review list --batch {batch}{tenant}")
    left = stands.state in ("ended", "not begun") and progress.to_begin
    if progress.counts.get(Status.FAILED) or progress.withheld or left:
        steps.append(f"retry --batch {batch}{tenant}")
    return steps or [f"status --batch {batch}{tenant}"]


def print_refused(refused: Sequence[tuple[str, str]], *, more: str = "--json has all") -> None:
    """Files that were not taken, by name with why, the first of them; on standard error."""
    console = err()
    for name, reason in refused[:TOLD]:
        console.print(cell(f"not taken: {name}: {reason}", "red"), soft_wrap=True)
    if len(refused) > TOLD:
        console.print(cell(f"{counted(len(refused) - TOLD, 'more file')} not taken: {more}", "red"), soft_wrap=True)


def batch_link(made: Settings, tenant: str, batch: str) -> str:
    """Address of a batch in Temporal's UI."""
    return temporal_link(made, batch_id(tenant, batch))


def progress_lines(made: BatchProgress, *, moving: bool = True) -> list[str]:
    """How far a batch is, in a few lines; with how fast, if it is ``moving``."""
    counts = {status.value: count for status, count in made.counts.items()} | {"refused": made.refused}
    settled = f"{made.settled:,} of {counted(made.documents, 'document')} settled"
    lines = [settled + (f": {statuses_text(counts)}" if made.settled else "")]
    left = {"running": made.running, "to begin": made.to_begin, "withheld": made.withheld}
    if open_ones := ", ".join(f"{count:,} {name}" for name, count in left.items() if count):
        lines.append(open_ones)
    if made.decisions:
        lines.append(", ".join(f"{count:,} {by}" for by, count in sorted(made.decisions.items())))
    if made.model_calls:
        cost = money(made.cost, made.cost_currency)
        lines.append(f"{counted(made.model_calls, 'model call')}, {counted(made.usage.total, 'token')}, {cost}")
    if made.documents_per_second and not made.idle and moving:
        rate = f"{made.documents_per_second:.1f} documents a second"
        if made.documents_per_second < 1:
            rate = f"{made.documents_per_second * 60:.1f} documents a minute"
        left_text = (
            f", about {timedelta(seconds=round(made.seconds_left))} left" if made.seconds_left is not None else ""
        )
        lines.append(rate + left_text)
    return lines


def _bar(made: BatchProgress) -> Table:
    grid = Table.grid(padding=(0, 1))
    done = made.settled + made.withheld
    share = 100 * done // made.documents if made.documents else 100
    grid.add_row(ProgressBar(total=max(made.documents, 1), completed=done, width=_BAR_WIDTH), f"{share} %")
    return grid


async def follow_batches(
    ledger: Ledger, client: Client, batches: Sequence[tuple[str, str]], *, quiet: bool = False
) -> list[BatchProgress]:
    """Show how far batches are until nothing of them runs or is to begin; return how they stand.

    Args:
        batches: tenant and name of each.
        quiet: say nothing where there is no terminal.
    """
    looked = float("-inf")
    notes: list[str] = []
    with _board(quiet) as board:
        while True:
            began = time.monotonic()
            made = [await ledger.progress(tenant=tenant, batch=batch) for tenant, batch in batches]
            took = time.monotonic() - began
            if all(one.idle for one in made):
                board.show(made, [])
                return made
            if began - looked > LOOK_AT_TEMPORAL_SECONDS:
                looked = began
                notes = [
                    note for one in made if not one.idle and (note := await held_up(client, one.tenant, one.batch))
                ]
            board.show(made, notes)
            await asyncio.sleep(max(SHORTEST_POLL_SECONDS, POLL_SHARE * took))


async def held_up(client: Client, tenant: str, batch: str) -> str | None:
    """Why a batch that has documents to begin does not get on, and what to do; None if it does."""
    stands = await standing(client, tenant, batch)
    if stands.state == "running" and stands.note is None:
        return None
    steps = {"paused": f"batch resume {batch} --tenant {tenant}"}
    steps |= dict.fromkeys(("ended", "not begun"), f"retry --batch {batch} --tenant {tenant}")
    step = f". To go on: counterfoil {steps[stands.state]}" if stands.state in steps else ""
    return f"batch {batch} of tenant {tenant}: {stands.text}{step}"


class _Board(Protocol):
    def show(self, made: Sequence[BatchProgress], notes: Sequence[str]) -> None: ...


class _Silence:
    def show(self, made: Sequence[BatchProgress], notes: Sequence[str]) -> None:
        pass


class _Lines:
    """A line every few seconds, if there is news, for logs and pipes."""

    def __init__(self) -> None:
        self._at = float("-inf")
        self._said: list[str] = []
        self._noted: set[str] = set()

    def show(self, made: Sequence[BatchProgress], notes: Sequence[str]) -> None:
        console = err()
        for note in notes:
            if note not in self._noted:
                console.print(note, soft_wrap=True)
        self._noted = set(notes)
        lines = [f"{one.batch} of {one.tenant}: {'; '.join(progress_lines(one))}" for one in made]
        ended = all(one.idle for one in made)
        if lines != self._said and (ended or time.monotonic() - self._at >= LINE_SECONDS):
            self._said, self._at = lines, time.monotonic()
            for line in lines:
                console.print(line, soft_wrap=True)


class _Live:
    """A bar for each batch, with what it comes to."""

    def __init__(self, live: Live) -> None:
        self._live = live

    def show(self, made: Sequence[BatchProgress], notes: Sequence[str]) -> None:
        parts: list[RenderableType] = []
        for one in made:
            parts += [Text(f"batch {one.batch} of tenant {one.tenant}", "bold"), _bar(one)]
            parts += [Text(line) for line in progress_lines(one)]
        self._live.update(Group(*parts, *(Text(note, "yellow") for note in notes)))


@contextmanager
def _board(quiet: bool) -> Iterator[_Board]:
    console = err()
    if quiet and not console.is_terminal:
        yield _Silence()
    elif not console.is_terminal:
        yield _Lines()
    else:
        with Live(console=console, refresh_per_second=4, transient=True) as live:
            yield _Live(live)

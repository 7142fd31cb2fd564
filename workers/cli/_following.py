"""Following executions live, from the ledger: a table that changes on a terminal, a line for each change elsewhere."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Protocol

from rich.console import Group, RenderableType
from rich.live import Live
from rich.spinner import Spinner
from rich.table import Table
from rich.text import Text
from temporalio.client import Client, WorkflowExecutionStatus
from temporalio.service import RPCError

from infra.ledger import Ledger
from infra.records import PART_OF, CallStatus, Execution, ModelCall, Status
from workers.cli._console import add_row, amount_text, cell, decision_text, err, named, shortened, status_text, table
from workers.cli._progress import POLL_SHARE, held_up
from workers.office.costs import Tally
from workers.office.submission import Submitted
from workers.office.wording import clean, counted

POLL_SECONDS = 0.7
LOOK_AT_TEMPORAL_SECONDS = 5.0
"""How often Temporal is asked about executions the ledger thinks are running: an operator may have ended one."""
LOOKED_AT_ONCE = 20
NOBODY_WORKS_SECONDS = 20.0
"""After this long without any execution taken up, the worker is suspected to be down."""


@dataclass
class Followed:
    """One document and how far it is."""

    submitted: Submitted
    execution: Execution | None = None
    calls: list[ModelCall] = field(default_factory=list)
    ended_unrecorded: str | None = None
    """How Temporal says it ended, where the ledger was never told."""
    withheld: str | None = None
    """Why it is not begun: its batch was cancelled."""
    parts_known: bool = False
    """Whether, where it was split, its parts are followed."""
    final: bool = False
    """Whether all there is to know has been read."""

    @property
    def settled(self) -> bool:
        """Whether there is nothing more to wait for: it has ended, or a person is asked."""
        if self.submitted.outcome in ("refused", "already processed") or self.ended_unrecorded or self.withheld:
            return True
        return self.execution is not None and (self.execution.status.ended or self.execution.status is Status.REVIEW)

    @property
    def failed(self) -> bool:
        """Whether it went wrong: it was not taken, not begun, or failed."""
        if self.submitted.outcome == "refused" or self.ended_unrecorded or self.withheld:
            return True
        return self.execution is not None and self.execution.status is Status.FAILED

    @property
    def status(self) -> str:
        """In a word; while it runs, with the step of its latest model call."""
        if self.submitted.outcome == "refused":
            return "refused"
        if self.withheld:
            return "withheld"
        if self.ended_unrecorded:
            return "failed"
        if self.execution is None:
            return "unknown" if self.submitted.outcome == "already processed" else "queued"
        if self.execution.status is not Status.RUNNING:
            return self.execution.status.value
        return f"running, {self._open_step}" if self.calls else "running"

    @property
    def _open_step(self) -> str:
        """What is being asked; between questions, what was asked last. With the try, if it is not the first."""
        asked = [call for call in self.calls if call.status is CallStatus.STARTED] or self.calls
        last = max(asked, key=lambda call: call.started_at)
        tried = f", try {last.attempt}" if last.attempt > 1 else ""
        return last.step + tried + (" lost" if last.status is CallStatus.LOST else "")

    @property
    def decision(self) -> str | None:
        """What was decided, once it is settled."""
        return self.execution.decision if self.execution and self.settled else None

    @property
    def why(self) -> str:
        """The reasons for the decision, or what went wrong."""
        if told := self.submitted.error or self.ended_unrecorded or self.withheld:
            return told
        if self.execution is None:
            return "it ended, but this ledger has no record of it" if self.settled else ""
        return self.execution.error or "; ".join(self.execution.reasons)

    @property
    def tally(self) -> Tally:
        """Its model calls so far; none for a second file of the same bytes."""
        return Tally.of(self.calls if self.submitted.outcome != "same document" else ())


async def follow(
    ledger: Ledger,
    client: Client,
    submitted: Sequence[Submitted],
    *,
    batch: str,
    seconds: float | None = None,
    quiet: bool = False,
) -> list[Followed]:
    """Show how documents of a batch get on until all are settled or ``seconds`` have passed; return how they stand.

    The parts of a file that held several documents are followed too, behind the others.
    """
    rows = [Followed(one) for one in submitted]
    began, looked, took = time.monotonic(), time.monotonic(), 0.0
    notes: list[str] = []
    with _board(quiet) as board:
        while True:
            await _refresh(ledger, rows)
            rows += await _parts_of(ledger, rows)
            passed = time.monotonic() - began
            board.show(rows, passed, notes)
            if all(row.settled for row in rows) or (seconds is not None and passed > seconds):
                return rows
            if time.monotonic() - looked > max(LOOK_AT_TEMPORAL_SECONDS, POLL_SHARE * took):
                looked = time.monotonic()
                await _look_at_temporal(ledger, client, rows)
                notes = await _look_at_batch(ledger, client, rows, batch)
                took = time.monotonic() - looked
            await asyncio.sleep(POLL_SECONDS)


def _earlier(rows: Sequence[Followed]) -> dict[str | None, str]:
    """The run before this one, of each execution that is begun again."""
    known = ((row.submitted.execution_id, row.submitted.earlier_run_id) for row in rows)
    return {id: run_id for id, run_id in known if run_id is not None}


async def _refresh(ledger: Ledger, rows: Sequence[Followed]) -> None:
    waiting = [row for row in rows if row.submitted.execution_id and not row.final]
    ids = list({row.submitted.execution_id or "" for row in waiting})
    known = {e.id: e for e in await ledger.executions_of(ids)}
    calls = await ledger.calls_of(ids)
    earlier = _earlier(rows)
    for row in waiting:
        id = row.submitted.execution_id or ""
        execution = known.get(id)
        if execution and execution.run_id != earlier.get(id):
            row.execution = execution
        row.calls = calls[id]
        row.final = row.settled


async def _parts_of(ledger: Ledger, rows: Sequence[Followed]) -> list[Followed]:
    """Rows for the documents that one of ``rows`` held, where they have none yet."""
    followed = {row.submitted.execution_id for row in rows}
    parts: list[Followed] = []
    for row in rows:
        split = row.execution if row.execution and row.execution.status is Status.SPLIT else None
        if split is None or row.parts_known or row.submitted.outcome == "already processed":
            continue
        row.parts_known = True
        for one in await ledger.submissions(tenant=split.tenant, batch=split.batch):
            if one.details.get(PART_OF) == split.id and one.execution_id not in followed:
                followed.add(one.execution_id)
                parts.append(Followed(Submitted(one.name, "queued", digest=one.digest, execution_id=one.execution_id)))
    return parts


async def _look_at_temporal(ledger: Ledger, client: Client, rows: Sequence[Followed]) -> None:
    """Find the executions that were ended from outside, such as by an operator's terminate: they told nobody."""
    open_ids = list({row.submitted.execution_id for row in rows if row.submitted.execution_id and not row.settled})
    earlier = _earlier(rows)
    ended: dict[str, str] = {}
    for id in open_ids[:LOOKED_AT_ONCE]:
        try:
            found = await client.get_workflow_handle(id).describe()
        except RPCError:
            continue
        if found.run_id == earlier.get(id):
            continue  # it is still to begin again
        if found.status not in (WorkflowExecutionStatus.RUNNING, WorkflowExecutionStatus.CONTINUED_AS_NEW, None):
            ended[id] = found.status.name.lower().replace("_", " ")
    if ended:
        await _refresh(ledger, rows)  # one that ended just now may have been recorded meanwhile
    for row in rows:
        if not row.settled and row.submitted.execution_id in ended:
            how = ended[row.submitted.execution_id]
            row.ended_unrecorded = (
                f"Temporal says it is {how}, without a record of why. `counterfoil retry` begins it again"
            )


async def _look_at_batch(ledger: Ledger, client: Client, rows: Sequence[Followed], batch: str) -> list[str]:
    """Find what will not begin, since its batch was cancelled; say why the rest does not begin, if it is held up."""
    to_begin = {row.submitted.execution_id: row for row in rows if row.execution is None and not row.settled}
    if not to_begin:
        return []
    tenants: set[str] = set()
    for one in await ledger.submissions(batch=batch):
        if one.execution_id in to_begin and one.withheld:
            to_begin[one.execution_id].withheld = one.withheld
        elif one.execution_id in to_begin:
            tenants.add(one.tenant)
    return [note for tenant in sorted(tenants) if (note := await held_up(client, tenant, batch))]


def followed_table(rows: Sequence[Followed]) -> Table:
    """How documents get on."""
    numbers = ("calls", "tokens", "cost")
    made = table("document", "status", "decision", *numbers, right=numbers, whole=("status",))
    for row in rows:
        tally = row.tally
        cost = tally.cost_text if tally.calls else ""
        same = row.submitted.same_as
        add_row(
            made,
            cell(row.submitted.name if not same else f"{row.submitted.name} = {same}"),
            status_text(row.status) if "," not in row.status else cell(row.status, "cyan"),
            decision_text(row.decision),
            f"{tally.calls}, {tally.lost} lost" if tally.lost else tally.calls or "",
            f"{tally.tokens:,}" if tally.calls else "",
            cost,
        )
    return made


def settled_table(rows: Sequence[Followed], width: int) -> Table:
    """What became of documents: with the reasons, and with ids to go on with."""
    wide = width >= 160
    columns = ("document", "status", "amount", "why", "cost", "id") if wide else ("document", "status", "amount", "why")
    made = table(*columns, right=("amount", "cost"), whole=("document", "status", "id"))
    for row in rows:
        one, execution, tally = row.submitted, row.execution, row.tally
        why = shortened(row.why)
        if one.same_as:
            why = f"the same document as {one.same_as}"
        elif execution and (
            one.outcome == "already processed" or (one.outcome, row.status) == ("waits for review", "review")
        ):
            why = f"{one.outcome}, batch {execution.batch}" + (f": {why}" if why else "")
        values = {
            "document": one.name if wide else named(one.name, one.execution_id or ""),
            "status": status_text(row.status),
            "amount": amount_text(execution.amount, execution.currency) if execution else "",
            "why": why,
            "cost": tally.cost_text if tally.calls else "",
            "id": one.execution_id,
        }
        add_row(made, *(values[column] for column in columns))
    return made


def progress_text(rows: Sequence[Followed]) -> str:
    """How many documents are where."""
    review = sum(row.execution is not None and row.execution.status is Status.REVIEW for row in rows)
    failed = sum(row.failed for row in rows)
    settled = sum(row.settled for row in rows)
    parts = [f"{settled} of {len(rows)} settled"]
    parts += [f"{review} of them {'waits' if review == 1 else 'wait'} for review"] if review else []
    parts += [f"{failed} failed"] if failed else []
    return ", ".join(parts)


class _Board(Protocol):
    def show(self, rows: Sequence[Followed], passed: float, notes: Sequence[str]) -> None: ...


class _Silence:
    def show(self, rows: Sequence[Followed], passed: float, notes: Sequence[str]) -> None:
        pass


class _Lines:
    """A line for each change, for logs and pipes."""

    def __init__(self) -> None:
        self._said: dict[int, str] = {}
        self._noted: set[str] = set()

    def show(self, rows: Sequence[Followed], passed: float, notes: Sequence[str]) -> None:
        console = err()
        for number, row in enumerate(rows):
            status = row.status
            if self._said.get(number) != status and status != "queued":
                self._said[number] = status
                tally = row.tally
                counts = [counted(tally.calls, "model call")] if tally.calls else []
                counts += [f"{tally.lost} lost"] if tally.lost else []
                calls = f" ({', '.join(counts)})" if counts else ""
                console.print(f"{passed:6.1f} s  {clean(row.submitted.name, lines=False)}: {clean(status)}{calls}")
        for note in _notes(rows, passed, notes):
            if note not in self._noted:
                self._noted.add(note)
                console.print(note, soft_wrap=True)


class _Live:
    """A table that changes. Of more documents than the screen has lines, the open ones are shown."""

    def __init__(self, live: Live) -> None:
        self._live = live
        self._spinner = Spinner("dots")

    def show(self, rows: Sequence[Followed], passed: float, notes: Sequence[str]) -> None:
        room = max(self._live.console.height - 8, 4)
        shown = list(rows)
        if len(shown) > room:
            running = [row for row in rows if not row.settled]
            shown = (running + [row for row in rows if row.settled])[:room]
        caption = f"{progress_text(rows)}, {passed:.0f} s"
        if len(shown) < len(rows):
            caption += f"; {counted(len(rows) - len(shown), 'more document')}"
        self._spinner.update(text=Text(caption))
        parts: list[RenderableType] = [followed_table(shown), self._spinner]
        parts += [Text(note, "yellow") for note in _notes(rows, passed, notes)]
        self._live.update(Group(*parts))


_SUSPICION = "nothing has been taken up yet: `counterfoil doctor` says whether the worker runs"


def _notes(rows: Sequence[Followed], passed: float, notes: Sequence[str]) -> Sequence[str]:
    """What holds the batch up; the suspicion that nobody works, where nothing else is known."""
    taken = any(row.execution is not None or row.settled for row in rows)
    return notes or ([_SUSPICION] if passed > NOBODY_WORKS_SECONDS and not taken else [])


@contextmanager
def _board(quiet: bool) -> Iterator[_Board]:
    console = err()
    if quiet and not console.is_terminal:
        yield _Silence()
    elif not console.is_terminal:
        yield _Lines()
    else:
        with Live(console=console, refresh_per_second=6, transient=True) as live:
            yield _Live(live)

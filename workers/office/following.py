"""Following documents until nothing more is to be waited for: a few by name, many by the counts of their batches.

What is followed comes as one `Stand` after another, for whoever draws them: a terminal, a log, a page.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from temporalio.client import WorkflowExecutionStatus
from temporalio.service import RPCError

from infra.records import PART_OF, BatchProgress, CallStatus, Execution, ModelCall, Status
from workers.office import Office, batches
from workers.office.submission import Submitted
from workers.office.tally import Tally

LISTED = 100
"""Of more documents than this, counts are told and not each."""
POLL_SECONDS = 0.7
SHORTEST_POLL_SECONDS = 1.0
POLL_SHARE = 20
"""Counting a batch takes time in proportion to its documents: it is done at most this part of the time."""
LOOK_AT_TEMPORAL_SECONDS = 5.0
"""How often Temporal is asked about executions the ledger thinks are running: an operator may have ended one."""
LOOKED_AT_ONCE = 20
NOBODY_WORKS_SECONDS = 20.0
"""After this long without any execution taken up, the worker is suspected to be down."""
_SUSPICION = "nothing has been taken up yet: `counterfoil doctor` says whether the worker runs"


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
        if reason := self.submitted.error or self.ended_unrecorded or self.withheld:
            return reason
        if self.execution is None:
            return "it ended, but this ledger has no record of it" if self.settled else ""
        return self.execution.error or "; ".join(self.execution.reasons)

    @property
    def tally(self) -> Tally:
        """Its model calls so far; none for a second file of the same bytes."""
        return Tally.of(self.calls if self.submitted.outcome != "same document" else ())


@dataclass(frozen=True)
class Stand:
    """How what is followed stands at one moment: each of its ``documents``, or the counts of its ``batches``."""

    seconds: float
    """Since following began."""
    settled: bool
    """Whether there is nothing more to wait for: the last one, unless time was up before."""
    documents: Sequence[Followed] = ()
    batches: Sequence[BatchProgress] = ()
    notes: Sequence[str] = ()
    """What holds it up."""


@dataclass(frozen=True)
class Outcome:
    """How what was followed ended: each document of few, a report of each batch of many."""

    documents: Sequence[Followed] = ()
    reports: Sequence[batches.Report] = ()

    @property
    def failed(self) -> bool:
        """Whether a document was not taken, or did not go through."""
        return any(document.failed for document in self.documents) or any(
            batches.went_wrong(report.progress) for report in self.reports
        )


def follow(office: Office, submitted: Sequence[Submitted]) -> AsyncIterator[Stand]:
    """How documents get on until all are settled: each of a few, of more than `LISTED` their batches."""
    if len(submitted) <= LISTED:
        return follow_documents(office, submitted)
    taken = [document for document in submitted if document.outcome != "refused"]
    return follow_batches(office, list(dict.fromkeys((document.tenant, document.batch) for document in taken)))


def follow_documents(
    office: Office, submitted: Sequence[Submitted], *, seconds: float | None = None, parts: bool = True
) -> AsyncIterator[Stand]:
    """How documents get on until all are settled or ``seconds`` have passed.

    With ``parts``, those of a file that held several documents are followed too, behind the others.
    """
    return _follow(_Documents(office, submitted, parts=parts), seconds)


def follow_batches(office: Office, of: Sequence[tuple[str, str]]) -> AsyncIterator[Stand]:
    """How far batches, by tenant and name, are until nothing of them runs or is to begin."""
    return _follow(_Batches(office, of), None)


async def outcome(office: Office, last: Stand, *, whole: bool = False) -> Outcome:
    """How what was followed ended, by its last `Stand`; of batches, ``whole`` with all that failed."""
    reports = [await batches.report(office, batch.tenant, batch.batch, whole=whole) for batch in last.batches]
    return Outcome(last.documents, reports)


class _Watched(Protocol):
    """What is followed."""

    first_look: float
    """Seconds before Temporal is first asked."""

    async def read(self) -> None:
        """How it stands by the ledger."""

    async def look_at_temporal(self) -> None:
        """What only Temporal knows."""

    def stand(self, seconds: float) -> Stand: ...

    def pause(self, took: float) -> float:
        """Seconds until it is read again, where reading ``took`` so long."""


async def _follow(watched: _Watched, seconds: float | None) -> AsyncIterator[Stand]:
    began = time.monotonic()
    look_at = began + watched.first_look
    while True:
        before = time.monotonic()
        await watched.read()
        took = time.monotonic() - before
        stand = watched.stand(time.monotonic() - began)
        if not stand.settled and (now := time.monotonic()) >= look_at:
            await watched.look_at_temporal()
            look_at = time.monotonic() + max(LOOK_AT_TEMPORAL_SECONDS, POLL_SHARE * (time.monotonic() - now))
            stand = watched.stand(time.monotonic() - began)
        yield stand
        if stand.settled or (seconds is not None and stand.seconds > seconds):
            return
        await asyncio.sleep(watched.pause(took))


class _Batches:
    """Batches, by their counts."""

    first_look = 0.0

    def __init__(self, office: Office, of: Sequence[tuple[str, str]]) -> None:
        self._office = office
        self._of = of
        self._progress: list[BatchProgress] = []
        self._notes: list[str] = []

    async def read(self) -> None:
        self._progress = [await self._office.ledger.progress(tenant=tenant, batch=batch) for tenant, batch in self._of]

    async def look_at_temporal(self) -> None:
        moving = [batch for batch in self._progress if not batch.idle]
        notes = [await batches.held_up(self._office, batch.tenant, batch.batch) for batch in moving]
        self._notes = [note for note in notes if note]

    def stand(self, seconds: float) -> Stand:
        settled = all(batch.idle for batch in self._progress)
        return Stand(seconds, settled, batches=self._progress, notes=[] if settled else self._notes)

    def pause(self, took: float) -> float:
        return max(SHORTEST_POLL_SECONDS, POLL_SHARE * took)


class _Documents:
    """Documents, each by itself."""

    def __init__(self, office: Office, submitted: Sequence[Submitted], *, parts: bool) -> None:
        self.first_look = LOOK_AT_TEMPORAL_SECONDS
        self._office = office
        self._rows = [Followed(document) for document in submitted]
        self._with_parts = parts
        self._notes: list[str] = []

    async def read(self) -> None:
        await self._refresh()
        if self._with_parts:
            self._rows += await self._parts()

    async def look_at_temporal(self) -> None:
        await self._find_ended()
        await self._find_held_up()

    def stand(self, seconds: float) -> Stand:
        settled = all(row.settled for row in self._rows)
        taken = any(row.execution is not None or row.settled for row in self._rows)
        suspicion = [_SUSPICION] if seconds > NOBODY_WORKS_SECONDS and not taken else []
        return Stand(seconds, settled, documents=self._rows, notes=self._notes or suspicion)

    def pause(self, took: float) -> float:
        return POLL_SECONDS

    @property
    def _earlier(self) -> dict[str | None, str]:
        """The run before this one, of each execution that is begun again."""
        known = ((row.submitted.execution_id, row.submitted.earlier_run_id) for row in self._rows)
        return {id: run_id for id, run_id in known if run_id is not None}

    async def _refresh(self) -> None:
        waiting = [row for row in self._rows if row.submitted.execution_id and not row.final]
        ids = list({row.submitted.execution_id or "" for row in waiting})
        known = {execution.id: execution for execution in await self._office.ledger.executions_of(ids)}
        calls = await self._office.ledger.calls_of(ids)
        earlier = self._earlier
        for row in waiting:
            id = row.submitted.execution_id or ""
            execution = known.get(id)
            if execution and execution.run_id != earlier.get(id):
                row.execution = execution
            row.calls = calls[id]
            row.final = row.settled

    async def _parts(self) -> list[Followed]:
        """Rows for the documents that one of ours held, where they have none yet."""
        followed = {row.submitted.execution_id for row in self._rows}
        parts: list[Followed] = []
        for row in self._rows:
            split = row.execution if row.execution and row.execution.status is Status.SPLIT else None
            if split is None or row.parts_known or row.submitted.outcome == "already processed":
                continue
            row.parts_known = True
            for part in await self._office.ledger.submissions(tenant=split.tenant, batch=split.batch):
                if part.details.get(PART_OF) == split.id and part.execution_id not in followed:
                    followed.add(part.execution_id)
                    parts.append(Followed(Submitted.noted(part)))
        return parts

    async def _find_ended(self) -> None:
        """Find the executions that were ended from outside, such as by an operator's terminate: they told nobody."""
        rows = [row for row in self._rows if row.submitted.execution_id and not row.settled]
        open_ids = list({row.submitted.execution_id or "" for row in rows})
        earlier = self._earlier
        client = await self._office.temporal()
        ended: dict[str, str] = {}
        for id in open_ids[:LOOKED_AT_ONCE]:
            try:
                described = await client.get_workflow_handle(id).describe()
            except RPCError:
                continue
            if described.run_id == earlier.get(id):
                continue  # it is still to begin again
            status = described.status
            if status not in (WorkflowExecutionStatus.RUNNING, WorkflowExecutionStatus.CONTINUED_AS_NEW, None):
                ended[id] = status.name.lower().replace("_", " ")
        if ended:
            await self._refresh()  # one that ended just now may have been recorded meanwhile
        for row in rows:
            if not row.settled and row.submitted.execution_id in ended:
                how = ended[row.submitted.execution_id]
                row.ended_unrecorded = (
                    f"Temporal says it is {how}, without a record of why. `counterfoil retry` begins it again"
                )

    async def _find_held_up(self) -> None:
        """Find what will not begin, since its batch was cancelled, and why the rest does not begin, if it is held up."""
        unbegun = [row for row in self._rows if row.execution is None and not row.settled]
        to_begin = {row.submitted.execution_id: row for row in unbegun}
        held_up: list[str] = []
        for tenant, batch in sorted({(row.submitted.tenant, row.submitted.batch) for row in unbegun}):
            due = False
            for submission in await self._office.ledger.submissions(tenant=tenant, batch=batch):
                if row := to_begin.get(submission.execution_id):
                    row.withheld = submission.withheld or row.withheld
                    due |= not submission.withheld
            if due and (note := await batches.held_up(self._office, tenant, batch)):
                held_up.append(note)
        self._notes = held_up

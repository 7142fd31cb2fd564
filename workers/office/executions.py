"""Executions: those there are, newest first, and all that is known of one. Read from the ledger alone."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from workers.office.errors import NotKnown, SeveralMeant
from workers.office.links import phoenix_link, temporal_link
from workers.office.tally import Tally
from workers.office.wording import clean

if TYPE_CHECKING:
    from infra.records import Execution, ModelCall, Submission
    from workers.office import Office

_LONGEST_ENDING = timedelta(minutes=1)
"""What posted longer ago, and still does not say that it is approved, will not say so itself: it was terminated."""
MOST_NAMED = 20
"""Of more executions that may be meant, the first are named."""


async def find(office: Office, meant: str, tenant: str | None = None) -> Execution:
    """The execution a person means by its id, the beginning of that or of the document's digest, or a file's name; with its
    steps, findings and reviews.

    Raises:
        NotKnown: there is none.
        SeveralMeant: there are several; the message names them.
    """
    candidates = await office.ledger.find_execution(meant, tenant)
    if not candidates:
        raise NotKnown(f"no execution is known under {meant!r}. `counterfoil status` lists them")
    if len(candidates) > 1:
        shown = "\n".join(f"  {e.id}  {e.status.value:<8}  {clean(e.name)}" for e in candidates[:MOST_NAMED])
        left = len(candidates) - MOST_NAMED
        more = f"\n  and {left} more" if left > 0 else ""
        raise SeveralMeant(
            f"{meant!r} may mean any of {len(candidates)} executions; give one's id:\n{shown}{more}",
            [execution.id for execution in candidates],
        )
    whole = await office.ledger.execution(candidates[0].id)
    assert whole
    return whole


async def by_id(office: Office, ids: Iterable[str | None]) -> dict[str, Execution]:
    """Those of these executions that are on record, without steps, findings and reviews."""
    return {execution.id: execution for execution in await office.ledger.executions_of({id for id in ids if id})}


@dataclass(frozen=True)
class Listed:
    """Executions with their model calls, and what of the batch that was asked for is not begun."""

    executions: Sequence[Execution]
    calls: dict[str, list[ModelCall]]
    """By execution."""
    to_begin: Sequence[Submission]
    withheld: Sequence[Submission]
    more: bool
    """Whether there are more than were asked for."""

    @property
    def by_status(self) -> Counter[str]:
        return Counter(execution.status.value for execution in self.executions)

    @property
    def total(self) -> Tally:
        return Tally.of(call for calls in self.calls.values() for call in calls)


async def listed(
    office: Office,
    *,
    meant: str | None = None,
    tenant: str | None = None,
    batch: str | None = None,
    status: str | None = None,
    limit: int = 50,
) -> Listed:
    """The newest executions, or the one that is ``meant``; without steps, findings and reviews. What was posted is told as
    approved, also where its workflow was terminated before it said so.

    Raises:
        NotKnown, SeveralMeant: as `find`.
    """
    ledger = office.ledger
    await ledger.settle_posted(before=datetime.now(UTC) - _LONGEST_ENDING)
    if meant is not None:
        executions = [await find(office, meant, tenant)]
    else:
        statuses = [status] if status else None
        executions = await ledger.executions(tenant=tenant, batch=batch, statuses=statuses, limit=limit + 1)
    shown = executions[:limit]
    unbegun: dict[str, Submission] = {}
    if batch is not None and meant is None and not status:
        submissions = await ledger.submissions(tenant=tenant, batch=batch)
        unbegun = {submission.execution_id: submission for submission in submissions if submission.begun_at is None}
    return Listed(
        executions=shown,
        calls=await ledger.calls_of([execution.id for execution in shown]),
        to_begin=[submission for submission in unbegun.values() if not submission.withheld],
        withheld=[submission for submission in unbegun.values() if submission.withheld],
        more=len(executions) > limit,
    )


@dataclass(frozen=True)
class Stub:
    """All that is known of one execution: fields with evidence in its result, steps, findings, reviews, and what is beside it."""

    execution: Execution
    calls: Sequence[ModelCall]
    submissions: Sequence[Submission]
    """Every file of these bytes that was handed in."""
    links: dict[str, str | None]
    """Where ``temporal`` and ``phoenix`` show it."""

    @property
    def total(self) -> Tally:
        return Tally.of(self.calls)


async def stub(office: Office, meant: str, tenant: str | None = None) -> Stub:
    """All that is known of the execution that is meant.

    Raises:
        NotKnown, SeveralMeant: as `find`.
    """
    execution = await find(office, meant, tenant)
    submissions = await office.ledger.submissions(tenant=execution.tenant)
    settings = office.settings
    return Stub(
        execution,
        await office.ledger.calls(execution.id),
        [submission for submission in submissions if submission.execution_id == execution.id],
        {"temporal": temporal_link(settings, execution.id), "phoenix": phoenix_link(settings, execution)},
    )


def no_execution(batch: str | None, tenant: str | None, status: str | None = None) -> str:
    """Why a list is empty, where filters were given."""
    of = f" with status {status}" if status else ""
    of += f" of tenant {tenant}" if tenant is not None else ""
    of += f" in batch {batch}" if batch is not None else ""
    return f"no execution{of}; `counterfoil status` lists all"


def seconds_taken(execution: Execution | None) -> float | None:
    """From the start of an execution to its end or, while a person is waited for, to the end of its last step."""
    if execution is None:
        return None
    end = execution.ended_at or max((step.ended_at for step in execution.steps), default=None)
    return (end - execution.started_at).total_seconds() if end else None

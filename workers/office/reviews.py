"""Reviews: what waits for a person, and the person's answers."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from infra.records import Status
from workers.office import executions, policies
from workers.office.errors import NobodyAnswers, NotTaken, WronglyAsked
from workers.office.people import person_named, this_person
from workers.office.policies import Waits

if TYPE_CHECKING:
    from agents.controls.approval import Policy
    from infra.records import Execution
    from workers.office import Office
    from workflows.messages import ReviewAnswer

ANSWER_SECONDS = 30.0
"""How long an answer may take to be taken, and then to show in the ledger."""
_LOOK_SECONDS = 0.3

_ENDED_UNTOLD = (
    "Temporal does not run it. Within a minute it waits again, if the software has changed since it began to wait, or is recorded "
    "as failed"
)

Action = Literal["approve", "reject", "correct"]


@dataclass(frozen=True)
class Waiting:
    """What waits, longest first, each with for whom; and what else there is of what was asked for."""

    executions: Sequence[tuple[Execution, Waits]]
    failed: int
    """Executions that failed, which wait for nobody."""
    any_known: bool
    """Whether there are executions of this tenant and batch at all."""


@dataclass(frozen=True)
class Answered:
    """An execution after an answer."""

    execution: Execution
    settled: bool
    """Whether it has ended or waits again; if not, the answer was taken, and its outcome is not recorded yet."""
    corrections: dict[str, str | None]
    """The corrections as they were taken."""
    waits: Waits
    second: bool
    """Whether the approval was taken, and another person's is needed."""


async def waiting(
    office: Office, *, tenant: str | None = None, batch: str | None = None, person: str | None = None
) -> Waiting:
    """What waits for a person; for ``person``, only what they may approve. From the ledger alone."""
    chosen = await office.ledger.executions(
        tenant=tenant, batch=batch, statuses=[Status.REVIEW, Status.FAILED], newest_first=False
    )
    listed = []
    kept: dict[str, Policy | None] = {}
    for execution in chosen:
        if execution.status is Status.REVIEW:
            policy = await policies.kept(office, execution, kept)
            if person is None or policies.may(execution, policy, person):
                listed.append((execution, policies.waits_of(execution, policy)))
    known = chosen or await office.ledger.executions(tenant=tenant, batch=batch, limit=1)
    return Waiting(listed, sum(execution.status is Status.FAILED for execution in chosen), bool(known))


async def answer(
    office: Office,
    meant: str,
    action: Action,
    *,
    reviewer: str | None = None,
    reason: str | None = None,
    corrections: Mapping[str, str | None] | None = None,
    seen: int | None = None,
    tenant: str | None = None,
) -> Answered:
    """Answer an execution that waits, and wait until that shows.

    Args:
        reviewer: who answers; else `this_person`.
        corrections: with ``correct``, field paths to values as people type them; None removes a field.
        seen: how many reviews the execution had when the reviewer looked at it: an answer to what has changed since is not
            taken. As many as it has now, where nothing is said.

    Raises:
        NotKnown, SeveralMeant: as `executions.find`.
        WronglyAsked: a correction can be read in two ways, or nobody says who answers.
        NotTaken: the workflow refuses the answer, or does not wait for one.
        NobodyAnswers: no worker took it in time.
    """
    from workflows.messages import ReviewAnswer

    before = await executions.find(office, meant, tenant)
    taken = canonical(before.definition, corrections or {})
    if seen is None and before.status is Status.REVIEW:
        seen = len(before.reviews)
    given = ReviewAnswer(
        action=action,
        reviewer=_answering(reviewer),
        reason=reason or None,
        corrections=taken,
        seen=seen,
    )
    await _send(office, before, given)
    after, settled = await _outcome(office, before)
    waits = policies.waits_of(after, await policies.kept(office, after))
    second = settled and action == "approve" and after.status is Status.REVIEW and bool(waits.approved)
    return Answered(after, settled, taken, waits, second)


def canonical(definition: str, corrections: Mapping[str, str | None]) -> dict[str, str | None]:
    """``corrections`` in the form the definition's agent takes; what it cannot tell as it is.

    Raises:
        WronglyAsked: a value can be read in two ways; the message has both.
    """
    from agents.fields.corrections import Ambiguous
    from workflows import definition_of

    known = definition_of(definition)
    taken = dict(corrections)
    for path, value in corrections.items():
        try:
            taken[path] = known.canonical(path, value) if known and value is not None else value
        except Ambiguous as error:
            raise WronglyAsked(f"{path}: {error}") from error
    return taken


def _answering(reviewer: str | None) -> str:
    """Who answers: ``reviewer``, else `this_person`.

    Raises:
        WronglyAsked: nobody says, or nobody can be called so.
    """
    if reviewer and reviewer.strip():
        return person_named(reviewer)
    if name := this_person():
        return name
    raise WronglyAsked("who answers? Give --reviewer NAME or set COUNTERFOIL_REVIEWER")


async def _send(office: Office, execution: Execution, given: ReviewAnswer) -> None:
    """Give the answer to the workflow, which checks it."""
    from temporalio.client import WorkflowUpdateFailedError, WorkflowUpdateRPCTimeoutOrCancelledError
    from temporalio.exceptions import ApplicationError
    from temporalio.service import RPCError, RPCStatusCode

    client = await office.temporal()
    try:
        async with asyncio.timeout(ANSWER_SECONDS):
            await client.get_workflow_handle(execution.id).execute_update("review", given, result_type=str)
    except WorkflowUpdateFailedError as error:
        cause: Any = error.cause
        why = cause.message if isinstance(cause, ApplicationError) else str(cause or error)
        raise NotTaken(f"the answer was not taken: {why}") from error
    except (TimeoutError, WorkflowUpdateRPCTimeoutOrCancelledError) as error:
        raise NobodyAnswers(
            f"no worker took the answer within {ANSWER_SECONDS:.0f} s, so it may be lost. `counterfoil doctor` says "
            "whether the worker runs; then look with `counterfoil show` and answer again"
        ) from error
    except RPCError as error:
        if error.status is not RPCStatusCode.NOT_FOUND:
            raise
        now = await office.ledger.execution(execution.id) or execution
        ended = f"it is {now.status.value}" if now.status.ended else _ENDED_UNTOLD
        raise NotTaken(f"{now.name} does not wait for a review: {ended}. See `counterfoil show {now.id}`") from error


async def _outcome(office: Office, before: Execution) -> tuple[Execution, bool]:
    """The execution after the answer, and whether it has ended or waits again; else as it stood when time was up."""
    deadline = time.monotonic() + ANSWER_SECONDS
    while True:
        now = await office.ledger.execution(before.id) or before
        answered = len(now.reviews) > len(before.reviews) or now.run_id != before.run_id
        if now.status.ended or (answered and now.status is Status.REVIEW):
            return now, True
        if time.monotonic() > deadline:
            return now, False
        await asyncio.sleep(_LOOK_SECONDS)

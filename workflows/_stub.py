"""The stub of an execution: how it begins, what it takes from the agent's state, how it ends and is recorded."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from temporalio import workflow
from temporalio.common import RetryPolicy
from temporalio.exceptions import ActivityError, ApplicationError, FailureError, is_cancelled_exception

with workflow.unsafe.imports_passed_through():
    from agents.steps import AgentState, Channels, Headline
    from infra.ledger import REFUSED_FOR_GOOD
    from infra.records import Execution, Review, Status, Step, Totals
    from infra.telemetry.tracing import trace_id_of
    from infra.temporal.activities import record
    from workflows.messages import ExecutionOrder, Part, Reminder, Waiting

_CANCELLED = "cancelled by an operator. Submit the document again to start over"
_ENDS = {"approve": Status.APPROVED, "reject": Status.REJECTED}


def begun(order: ExecutionOrder, definition: str) -> Execution:
    """The stub of an execution that begins now, or that an earlier run of it has left waiting."""
    info = workflow.info()
    if order.waiting:
        return _carried(order.waiting)
    return Execution(
        id=info.workflow_id,
        definition=definition,
        tenant=order.tenant,
        batch=order.batch,
        digest=order.digest,
        name=order.name,
        run_id=info.run_id,
        trace_id=f"{trace_id_of(info.workflow_id):032x}",
        status=Status.RUNNING,
        started_at=info.start_time,
    )


def _carried(waiting: Waiting) -> Execution:
    info, stub = workflow.info(), waiting.stub.model_copy()
    if info.continued_run_id is None:  # begun again where it waits
        stub.run_id = info.run_id
    take(stub, waiting.channels, waiting.reminders)
    return stub


def head(stub: Execution) -> Execution:
    """The stub without what `take` takes from the channels of the graph, which may be large."""
    return stub.model_copy(update={"result": {}, "steps": [], "findings": [], "reviews": []})


def take(stub: Execution, channels: Channels, reminders: Sequence[Reminder]) -> None:
    """Bring the stub up to date with the channels of the graph, as far as it came."""
    state = AgentState(channels)
    if "decision" in channels:
        stub.decision, stub.decided_by = state.decision.outcome, state.decision.by
        stub.reasons = state.decision.reasons
        stub.status = _ENDS.get(state.decision.outcome, Status.REVIEW)
    head = state.headline if "headline" in channels else Headline()
    stub.vendor, stub.number, stub.currency = head.vendor, head.number, head.currency
    stub.amount = Decimal(head.amount) if head.amount else None
    stub.steps = [Step(ordinal=n, **step) for n, step in enumerate(channels.get("steps", []))]
    stub.findings = [finding for of_step in state.findings.values() for finding in of_step]
    stub.reviews = [Review(**review) for review in channels.get("reviews", [])]
    read = {"fields": channels.get("fields", {}), "document": channels.get("document")}
    stub.result = {**(channels.get("result") or {}), **read}
    if reminders:
        stub.result["reminders"] = _plain(reminders)


def wait(stub: Execution, since: datetime | None, reminders: Sequence[Reminder]) -> None:
    """It waits for a person: since when, and what was done about it."""
    stub.result = {**stub.result, "waits_since": since and since.isoformat(), "reminders": _plain(reminders)}


def _plain(reminders: Sequence[Reminder]) -> list[dict[str, Any]]:
    return [reminder.model_dump(mode="json") for reminder in reminders]


def split(stub: Execution, parts: Sequence[Part]) -> None:
    """Its document was several: each has become an execution of its own."""
    stub.status, stub.decision = Status.SPLIT, None
    stub.reasons = [f"it holds {len(parts)} documents: {', '.join(part.name for part in parts)}"]


def end(stub: Execution, failure: str | None) -> None:
    """It ends now, failed where ``failure`` says why."""
    stub.ended_at = workflow.now()
    stub.settled_at = stub.settled_at or stub.ended_at
    if failure:
        stub.status, stub.error, stub.decision = Status.FAILED, failure, None


async def keep(stub: Execution, *, news: bool) -> None:
    """Write the stub to the ledger, and into it what its model calls come to; ``news`` if it stands otherwise than before.
    One that has posted is approved, however it ended.

    Raises:
        ApplicationError: the ledger cannot take it. What it cannot take is left out; that the execution stands, and why it
            failed, is recorded.
    """
    summary = stub.status.value
    try:
        totals = await _recorded(stub, news, summary)
    except ActivityError as error:
        unrecorded = f"its result cannot be recorded: {_told(error)}"
        stub.status, stub.error, stub.decision = Status.FAILED, stub.error or unrecorded, None
        stub.ended_at = workflow.now()
        stub.amount, stub.result, stub.steps, stub.findings = None, {}, [], []
        totals = await _recorded(stub, news, summary)
        if stub.error != _CANCELLED and not totals.posted:
            raise ApplicationError(stub.error, type="ExecutionFailed", non_retryable=True) from error
    if totals.posted:
        stub.status, stub.decision, stub.error = Status.APPROVED, "approve", None
    stub.model_calls, stub.usage = totals.model_calls, totals.usage
    stub.cost, stub.cost_currency = totals.cost, totals.cost_currency


async def _recorded(stub: Execution, news: bool, summary: str) -> Totals:
    return await workflow.execute_local_activity(  # local: what it is given, the whole stub, is not written to the history
        record,
        args=[stub, news],
        summary=summary,
        start_to_close_timeout=timedelta(seconds=40),
        # A ledger that is down is no reason to lose an execution: its record is tried until it is up again. What it cannot
        # take will not be taken later.
        retry_policy=RetryPolicy(maximum_interval=timedelta(seconds=60), non_retryable_error_types=REFUSED_FOR_GOOD),
    )


def reason_of(error: BaseException) -> str:
    """What a person should read of what ended an execution: the innermost message, and that submitting again is safe."""
    if is_cancelled_exception(error):  # by itself, or as the end of the activity that was under way
        return _CANCELLED
    return _told(error)


def _told(error: BaseException) -> str:
    while isinstance(error, ActivityError) and error.cause:
        error = error.cause
    if not isinstance(error, FailureError):
        return f"a fault of the software, {type(error).__name__}: {error}. Please report it"
    message = error.message.rstrip(".")
    mendable = not (isinstance(error, ApplicationError) and error.type == "Unreadable")
    again = " After mending it, submit the document again: answers already paid for are kept." if mendable else ""
    return f"{message}.{again}"

"""Executions that Temporal has ended and of which our record does not know: an operator terminated them, or a release changed
what they would have to replay. The first are recorded as failed, the others begin again where they were begun, and pay nothing
a second time: what a model answered is in the ledger."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import NoReturn

from temporalio.client import (
    Client,
    WorkflowExecutionDescription,
    WorkflowExecutionStatus,
    WorkflowHistoryEventFilterType,
)
from temporalio.common import (
    Priority,
    RawValue,
    TypedSearchAttributes,
    WorkflowIDConflictPolicy,
    WorkflowIDReusePolicy,
)
from temporalio.exceptions import WorkflowAlreadyStartedError
from temporalio.service import RPCError, RPCStatusCode
from temporalio.workflow import NondeterminismError

from infra.ledger import Ledger
from infra.records import Execution, Status
from infra.temporal import search_attributes as sa
from workflows.messages import ExecutionOrder

log = logging.getLogger(__name__)

LOOK_SECONDS = 10.0
"""How often a worker looks for them."""
_AGAIN = timedelta(minutes=10)
"""How far back it looks after the first time: visibility may be behind by some seconds, and a ledger away for longer."""
MOST_TRIES = 5
"""How often an execution begins again by itself: a graph that never replays would do so without end."""
_TRIES = "begun again"
"""The memo that counts them."""
_NONDETERMINISM = "[TMPRL1100]"
"""Temporal's rule, with which its SDKs begin such an error's message where their core found it and gives it no type."""
_GONE = "Temporal says it is {how}, without a record of why. `counterfoil retry` begins it again"
_NOT_REPLAYED = (
    "the software has changed since this began, and what it had done could not be followed, {tries} times now. "
    "`counterfoil retry` begins it again: answers already paid for are kept"
)
_ENDED_UNTOLD = (
    "ExecutionStatus IN ('Failed', 'Terminated', 'TimedOut', 'Canceled') AND "
    f"{sa.STATUS.name} IN ('{Status.RUNNING}', '{Status.REVIEW}') AND TaskQueue = '{{queue}}'"
)


class Unrecorded:
    """Finds them, and sees to it that each is recorded or begun again. Idempotent: every worker may do it."""

    def __init__(self, client: Client, ledger: Ledger) -> None:
        self._client = client
        self._ledger = ledger

    async def watch(self, task_queue: str) -> NoReturn:
        """Look for those of a task queue, now and then for ever; what cannot be looked at is looked at later."""
        since: datetime | None = None
        while True:
            begun = datetime.now(UTC)
            try:
                await self.look(task_queue, since)
                since = begun - _AGAIN
            except Exception as error:
                log.warning("executions that ended without a record were not looked for: %s", error)
            await asyncio.sleep(LOOK_SECONDS)

    async def look(self, task_queue: str, since: datetime | None = None) -> None:
        """Settle those of a task queue that ended ``since`` then; all that Temporal still has, where nothing is said."""
        query = _ENDED_UNTOLD.format(queue=task_queue.replace("'", "''"))
        if since:
            query += f" AND CloseTime > '{since.isoformat()}'"
        await self.settle({run.id async for run in self._client.list_workflows(query)})

    async def settle(self, ids: Iterable[str]) -> None:
        """Of these executions, record those as failed or begin them again that have ended and of which the ledger says
        otherwise."""
        for execution in await self._ledger.executions_of(ids):
            if not execution.status.ended:
                await self._settle(execution)

    async def _settle(self, execution: Execution) -> None:
        try:
            described = await self._client.get_workflow_handle(execution.id).describe()
        except RPCError as error:
            if error.status is not RPCStatusCode.NOT_FOUND:
                raise
            return await self._fail(execution, _GONE.format(how="not known there"))
        match described.status:
            case WorkflowExecutionStatus.RUNNING | WorkflowExecutionStatus.CONTINUED_AS_NEW:
                return None
            case WorkflowExecutionStatus.FAILED if await self._was_not_replayed(described):
                tries = int((await described.memo()).get(_TRIES, 0)) + 1
                if tries <= MOST_TRIES:
                    return await self._begin_again(execution, described, tries)
                return await self._fail(execution, _NOT_REPLAYED.format(tries=tries))
            case how:
                return await self._fail(
                    execution, _GONE.format(how=how.name.lower().replace("_", " ") if how else "gone")
                )

    async def _was_not_replayed(self, ended: WorkflowExecutionDescription) -> bool:
        """Whether it failed since this version of the software would have done otherwise than is in its history."""
        handle = self._client.get_workflow_handle(ended.id, run_id=ended.run_id)
        closing = WorkflowHistoryEventFilterType.CLOSE_EVENT
        async for event in handle.fetch_history_events(event_filter_type=closing):
            failure = event.workflow_execution_failed_event_attributes.failure
            kind = failure.application_failure_info.type
            return kind == NondeterminismError.__name__ or failure.message.startswith(_NONDETERMINISM)
        return False

    async def _begin_again(self, execution: Execution, ended: WorkflowExecutionDescription, tries: int) -> None:
        """Begin it as it was begun, or left waiting: a new run that is given the same."""
        handle = self._client.get_workflow_handle(ended.id, run_id=ended.run_id)
        first = await anext(handle.fetch_history_events(page_size=1))
        [order] = first.workflow_execution_started_event_attributes.input.payloads
        [decoded] = await self._client.data_converter.decode([order], [ExecutionOrder])
        kept = {pair.key.name: pair for pair in ended.typed_search_attributes.search_attributes}
        priority = ended.raw_description.workflow_execution_info.priority
        try:
            begun = await self._client.start_workflow(
                ended.workflow_type,
                RawValue(order),
                id=ended.id,
                task_queue=ended.task_queue,
                id_reuse_policy=WorkflowIDReusePolicy.ALLOW_DUPLICATE_FAILED_ONLY,
                id_conflict_policy=WorkflowIDConflictPolicy.USE_EXISTING,
                static_summary=execution.name[:200],
                search_attributes=TypedSearchAttributes([kept[name] for name in sa.SEARCH_ATTRIBUTES if name in kept]),
                memo={_TRIES: tries},
                priority=Priority(
                    priority_key=priority.priority_key or None,
                    fairness_key=priority.fairness_key or None,
                    fairness_weight=priority.fairness_weight or None,
                ),
            )
        except WorkflowAlreadyStartedError:  # and has ended well: another worker was first
            return
        log.info("%s begins again: this version of the software does not replay what it had done", execution.id)
        run: dict[str, object] = {"run_id": begun.result_run_id}
        if not decoded.waiting:
            run |= {"status": Status.RUNNING, "started_at": datetime.now(UTC)}
        # Of one that is left waiting too: it says that it began when it did, which a clock beside may have later on record, and a
        # run that the ledger does not know and that seems to be older is not heard.
        whole = (
            await self._ledger.execution(execution.id) or execution
        )  # with its steps and findings, which are recorded, too
        await self._ledger.record(whole.model_copy(update=run))

    async def _fail(self, execution: Execution, error: str) -> None:
        now_known = await self._ledger.execution(execution.id)
        if now_known and not now_known.status.ended and now_known.run_id == execution.run_id:
            await self._ledger.record(failed(now_known, error))


def failed(execution: Execution, error: str) -> Execution:
    """The execution as it stands once it has failed, with what a person should read of it."""
    now = datetime.now(UTC)
    ended = {"status": Status.FAILED, "error": error, "ended_at": now, "decision": None}
    return execution.model_copy(update={**ended, "settled_at": execution.settled_at or now})

"""The activities of a batch: begin its executions as the window has room, cancel them, hand in the parts of a split document."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

from temporalio import activity
from temporalio.client import Client
from temporalio.common import (
    Priority,
    SearchAttributePair,
    TypedSearchAttributes,
    WorkflowIDConflictPolicy,
    WorkflowIDReusePolicy,
)
from temporalio.exceptions import WorkflowAlreadyStartedError
from temporalio.service import RPCError, RPCStatusCode

from infra.connections import Connections
from infra.records import PART_OF, BatchProgress, Begun, Execution, Status, Submission
from infra.settings import Settings
from infra.telemetry.phoenix import trace_link
from infra.telemetry.tracing import trace_id_of
from infra.temporal import search_attributes as sa
from infra.temporal.queues import workflow_queue
from workers.office import Office
from workers.office.submission import begin_batch, execution_ids
from workers.worker.unrecorded import Unrecorded, failed
from workflows import definition_of
from workflows.batch import CANCEL, FEED, BatchOrder
from workflows.messages import HAND_IN_PARTS, ExecutionOrder, PartsOrder

FEED_SECONDS = 20.0
"""How long one `feed` keeps the window full before it tells the workflow how far the batch is."""
POLL_SECONDS = 0.25
AT_ONCE = 16
"""Executions being started at the same time."""
SILENT_SECONDS = 60.0
"""An execution that says nothing for so long is looked up in Temporal: it may have been terminated there."""
CANCEL_SECONDS = 60.0
"""How long a cancelled batch waits for the executions it cancelled to be on record."""
_CANCELLED = "the batch was cancelled before it was begun{why}. `counterfoil retry` begins it"


class Feeding:
    """The activities, with the connections they work on. Give `activities` to the worker."""

    def __init__(self, client: Client, to: Connections) -> None:
        self._client = client
        self._ledger = to.ledger
        self._documents = to.documents
        self._settings = to.settings

    @property
    def activities(self) -> list[Any]:
        return [self.feed, self.cancel, self.hand_in_parts]

    @activity.defn(name=FEED)
    async def feed(self, order: BatchOrder) -> BatchProgress:
        """Keep the batch's window full for `FEED_SECONDS`, or until nothing is left to begin and nothing runs, or the worker
        drains.

        May be cut off anywhere and run again: what it began is known by id to Temporal, and the rest is still due.
        """
        of: Any = {"tenant": order.tenant, "batch": order.batch}
        running = set(await self._ledger.in_flight(**of))
        await self._find_the_silent(running)
        await self._ledger.settle_posted(before=datetime.now(UTC) - timedelta(seconds=SILENT_SECONDS))
        until = time.monotonic() + FEED_SECONDS
        while True:
            if running:
                known = await self._ledger.statuses(running)
                running -= {id for id, status in known.items() if status is not Status.RUNNING}
            room = self._settings.batch_window - len(running)
            # Filled in handfuls and not one by one, as each handful is one transaction.
            due = await self._ledger.due(**of, limit=room) if room >= min(AT_ONCE, self._settings.batch_window) else []
            if due:
                # Read each time: documents that join a running batch may come with other options.
                running |= await self._begin(due, order, await self._ledger.batch_options(**of))
            elif not running or time.monotonic() > until or activity.is_worker_shutdown():
                return await self._ledger.progress(**of)
            else:
                await asyncio.sleep(POLL_SECONDS)

    @activity.defn(name=CANCEL)
    async def cancel(self, order: BatchOrder) -> BatchProgress:
        """Withhold what is not begun and cancel what runs, except where another batch began it."""
        of: Any = {"tenant": order.tenant, "batch": order.batch}
        why = f" ({order.note})" if order.note else ""
        await self._ledger.withhold(**of, reason=_CANCELLED.format(why=why))
        running = [e for e in await self._ledger.executions(**of, statuses=[Status.RUNNING]) if e.batch == order.batch]
        for execution in running:
            try:
                await self._client.get_workflow_handle(execution.id, first_execution_run_id=execution.run_id).cancel()
            except RPCError as error:
                if error.status is not RPCStatusCode.NOT_FOUND:
                    raise
        until = time.monotonic() + CANCEL_SECONDS
        ours = {e.id for e in running}
        while time.monotonic() < until:
            known = await self._ledger.statuses(ours)
            if all(status is not Status.RUNNING for status in known.values()):
                break
            await asyncio.sleep(POLL_SECONDS)
        return await self._ledger.progress(**of)

    @activity.defn(name=HAND_IN_PARTS)
    async def hand_in_parts(self, order: PartsOrder) -> list[str]:
        """Note the parts of a split document as submissions of the same batch, and have the batch begin them."""
        now = datetime.now(UTC)
        ids = await execution_ids(self._ledger, order.definition, [(order.tenant, part.digest) for part in order.parts])
        by = next(iter(await self._ledger.submitters(order.of)), None)
        parts = [
            Submission(
                tenant=order.tenant,
                batch=order.batch,
                name=part.name,
                digest=part.digest,
                size=len(await asyncio.to_thread(self._documents.get, part.digest)),
                media_type="application/pdf",
                execution_id=ids[order.tenant, part.digest],
                submitted_at=now,
                submitted_by=by,
                details=order.details | part.details | {PART_OF: order.of},
            )
            for part in order.parts
        ]
        await self._ledger.submit_all(parts)
        await begin_batch(Office(self._settings, self._ledger, self._client), order.tenant, order.batch)
        return [part.execution_id for part in parts]

    async def _begin(self, due: Sequence[Submission], order: BatchOrder, options: dict[str, Any]) -> set[str]:
        """Start these executions and note it; those that run now."""
        places = asyncio.Semaphore(AT_ONCE)
        one_each = {submission.execution_id: submission for submission in due}

        async def start(submission: Submission) -> Begun:
            async with places:
                return await self._start(submission, order.batch, options.get(submission.definition, {}))

        # What was started is noted also when another could not be.
        outcomes = await asyncio.gather(
            *(start(submission) for submission in one_each.values()), return_exceptions=True
        )
        begun = [outcome for outcome in outcomes if isinstance(outcome, Begun)]
        await self._ledger.begun(tenant=order.tenant, batch=order.batch, begun=begun, at=datetime.now(UTC))
        for outcome in outcomes:
            if isinstance(outcome, BaseException):
                raise outcome
        return {each.execution_id for each in begun if each.execution}

    async def _start(self, submission: Submission, batch: str, options: dict[str, Any]) -> Begun:
        id, installation = submission.execution_id, await self._ledger.installation()
        definition = definition_of(submission.definition)
        line = Execution(
            id=id,
            definition=submission.definition,
            tenant=submission.tenant,
            batch=batch,
            digest=submission.digest,
            name=submission.name,
            run_id=f"not started {uuid4()}",
            trace_id=f"{trace_id_of(id):032x}",
            status=Status.RUNNING,
            started_at=datetime.now(UTC),
        )
        if definition is None:
            return Begun(
                execution_id=id, execution=failed(line, f"this worker has no definition {submission.definition!r}")
            )
        try:
            handle = await self._client.start_workflow(
                definition.workflow.run,
                ExecutionOrder(
                    tenant=submission.tenant,
                    batch=batch,
                    digest=submission.digest,
                    name=submission.name,
                    options=options,
                    details=submission.details,
                    submitted_by=submission.submitted_by,
                    trace_link=trace_link(self._settings, f"{trace_id_of(id):032x}"),
                    installation=installation.id,
                ),
                id=id,
                task_queue=workflow_queue(self._settings, installation),
                id_reuse_policy=WorkflowIDReusePolicy.ALLOW_DUPLICATE_FAILED_ONLY,
                id_conflict_policy=WorkflowIDConflictPolicy.USE_EXISTING,
                static_summary=submission.name[:200],
                search_attributes=_attributes(submission, batch),
                priority=priority(self._settings, submission.tenant, submission.priority),
            )
        except WorkflowAlreadyStartedError:  # it has ended well
            return Begun(execution_id=id)
        except RPCError as error:
            if error.status is RPCStatusCode.INVALID_ARGUMENT:
                return Begun(execution_id=id, execution=failed(line, f"Temporal did not take it: {error.message}"))
            raise
        return Begun(execution_id=id, execution=line.model_copy(update={"run_id": handle.result_run_id or ""}))

    async def _find_the_silent(self, running: set[str]) -> None:
        """Settle what Temporal ended and told nobody, or no longer knows."""
        now = datetime.now(UTC)
        known = await self._ledger.executions_of(running)
        silent = [each.id for each in known if (now - each.started_at).total_seconds() >= SILENT_SECONDS]
        await Unrecorded(self._client, self._ledger).settle(silent)


def priority(settings: Settings, tenant: str, urgency: int) -> Priority:
    """Temporal's priority for an execution and all its activities: ``urgency`` 1 to 5 first, then tenants in turn."""
    weight = settings.tenant_weights.get(tenant)
    return Priority(priority_key=urgency, fairness_key=tenant, fairness_weight=weight)


def _attributes(submission: Submission, batch: str) -> TypedSearchAttributes:
    return TypedSearchAttributes(
        [
            SearchAttributePair(sa.TENANT, submission.tenant),
            SearchAttributePair(sa.BATCH, batch),
            SearchAttributePair(sa.DOCUMENT, submission.name[:200]),
            SearchAttributePair(sa.STATUS, Status.RUNNING.value),
        ]
    )

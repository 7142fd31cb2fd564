"""Batches: a sliding window over the documents that were handed in together.

What is to begin stands in the ledger, not in the workflow, and an activity (`feed`) keeps the window full for some
seconds at a time. So the history grows with the time a batch takes and not with its documents, and a batch of 100,000
is no larger in memory than one of ten.
"""

from __future__ import annotations

import asyncio
from datetime import timedelta

from pydantic import BaseModel
from temporalio import workflow
from temporalio.common import RetryPolicy
from temporalio.exceptions import ActivityError, is_cancelled_exception

with workflow.unsafe.imports_passed_through():
    from infra.records import BatchProgress
    from workflows import _shown

FEED = "feed batch"
CANCEL = "cancel batch"
_EVENTS_A_RUN = 2_000
"""The history at which a batch goes on as a new run, well below what Temporal allows."""
_ENDLESS = RetryPolicy(initial_interval=timedelta(seconds=1), maximum_interval=timedelta(seconds=30))
"""A ledger or a server that is away is no reason to give a batch up: it is tried until it is back."""


class BatchOrder(BaseModel):
    """The input of a batch. ``paused`` and ``note`` are carried from run to run."""

    tenant: str
    batch: str
    paused: bool = False
    note: str | None = None
    """Who paused it, and why, as they said."""
    installation: str | None = None
    """The id of the installation whose batch it is; None where it began before they had any."""


@workflow.defn
class BatchWorkflow:
    """Begins the executions of a batch, so many at a time as the window has room for, until none is left to begin or
    running. Documents that wait for a person do not hold it up, and those that fail stop no other.

    An execution has its id from tenant and digest, so that a document in two batches is one execution. Documents that are
    handed in while the batch runs join it; afterwards they begin it anew.
    """

    @workflow.init
    def __init__(self, order: BatchOrder) -> None:
        self._order = order
        self._more = False
        self._cancelled = False
        self._feeding: workflow.ActivityHandle[BatchProgress] | None = None
        self._progress = BatchProgress(tenant=order.tenant, batch=order.batch)

    @workflow.run
    async def run(self, order: BatchOrder) -> BatchProgress:
        try:
            while not self._cancelled:
                self._show()
                await workflow.wait_condition(lambda: not self._order.paused or self._cancelled)
                self._more = False
                await self._feed()
                self._show()
                if self._progress.idle and not self._more and not self._order.paused:
                    break
                if workflow.info().get_current_history_length() > _EVENTS_A_RUN:
                    await workflow.wait_condition(workflow.all_handlers_finished)
                    workflow.continue_as_new(self._order)
        except asyncio.CancelledError:  # by an operator, from Temporal's own page or command line
            self._cancelled = True
        if self._cancelled:
            self._more = False
            self._progress = await asyncio.shield(self._cancel())
        await workflow.wait_condition(workflow.all_handlers_finished)
        if self._cancelled and self._more:  # handed in, or tried again, while it was being cancelled
            workflow.continue_as_new(
                BatchOrder(tenant=order.tenant, batch=order.batch, installation=order.installation)
            )
        self._show()
        return self._progress

    async def _feed(self) -> None:
        """Keep the window full for a while; cut short when the batch is paused or cancelled."""
        if self._order.paused or self._cancelled:
            return
        self._feeding = workflow.start_activity(
            FEED,
            self._order,
            result_type=BatchProgress,
            start_to_close_timeout=timedelta(minutes=10),
            heartbeat_timeout=timedelta(seconds=5),  # a pause reaches it with the next one
            cancellation_type=workflow.ActivityCancellationType.WAIT_CANCELLATION_COMPLETED,
            retry_policy=_ENDLESS,
        )
        try:
            self._progress = await self._feeding
        except ActivityError as error:
            if not is_cancelled_exception(error):
                raise
            self._cancelled |= workflow.cancellation_reason() is not None
        finally:
            self._feeding = None

    async def _cancel(self) -> BatchProgress:
        progress: BatchProgress = await workflow.execute_activity(
            CANCEL,
            self._order,
            result_type=BatchProgress,
            start_to_close_timeout=timedelta(minutes=10),
            heartbeat_timeout=timedelta(seconds=30),
            retry_policy=_ENDLESS,
        )
        return progress

    @workflow.signal
    def more(self) -> None:
        """Documents were added."""
        self._more = True

    @workflow.update
    def pause(self, note: str | None = None) -> str:
        """Begin no more documents; those that run go on to their end."""
        self._order = self._order.model_copy(update={"paused": True, "note": note})
        if self._feeding:
            self._feeding.cancel()
        self._show()
        return "paused"

    @workflow.update
    def resume(self) -> str:
        """Go on after a pause."""
        self._order = self._order.model_copy(update={"paused": False, "note": None})
        self._show()
        return "resumed"

    @workflow.update
    def cancel(self, note: str | None = None) -> str:
        """Begin no more documents, and cancel those that run. What waits for a person stays as it is."""
        self._order = self._order.model_copy(update={"note": note})
        self._cancelled = True
        if self._feeding:
            self._feeding.cancel()
        return "cancelled"

    @workflow.query
    def order(self) -> BatchOrder:
        """What this run was given, with whether it is paused."""
        return self._order

    @workflow.query
    def progress(self) -> BatchProgress:
        """How far it was when the window was last looked at; the ledger tells how far it is."""
        return self._progress

    def _show(self) -> None:
        order = self._order
        lines = _shown.batch_lines(self._progress, paused=order.paused, cancelled=self._cancelled, note=order.note)
        _shown.show(lines)

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

_HEARD_AFTER_FEEDING = "a cancellation is heard where the feeding ended well"
"""The patch (Temporal's word) that runs of before it do without: they hear of it with the next feeding."""


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
        self._to_cancel = False
        """Whether a cancellation is still to be carried out."""
        self._feeding: workflow.ActivityHandle[BatchProgress] | None = None
        self._progress = BatchProgress(tenant=order.tenant, batch=order.batch)

    @workflow.run
    async def run(self, order: BatchOrder) -> BatchProgress:
        # A run ends in three ways, and what arrives as it is about to must be heard by it: the next run is told of no
        # cancellation, and a run that has ended hears of no documents. So each end is weighed once more after everything
        # that arrived has been handled, with nothing awaited in between. (What a run did last is not replayed to go on from,
        # so that these checks need no patch.)
        try:
            while not self._cancelled:
                self._show()
                await workflow.wait_condition(lambda: not self._order.paused or self._cancelled)
                self._more = False
                fed = await self._feed()
                self._show()
                full = workflow.info().get_current_history_length() > _EVENTS_A_RUN
                if full or (fed and self._settled):
                    await workflow.wait_condition(workflow.all_handlers_finished)
                    self._hear_of_cancellation()
                    if fed and self._settled:
                        break
                    if full and not self._cancelled:
                        workflow.continue_as_new(self._order)
        except asyncio.CancelledError:  # by an operator, from Temporal's own page or command line
            self._cancelled = self._to_cancel = True
        while self._to_cancel:
            self._to_cancel = self._more = False
            self._progress = await self._cancel_whatever_comes()
            await workflow.wait_condition(workflow.all_handlers_finished)
        if self._cancelled and self._more:  # handed in, or tried again, while it was being cancelled
            order = self._order
            workflow.continue_as_new(order.model_copy(update={"note": order.note if order.paused else None}))
        self._show()
        return self._progress

    @property
    def _settled(self) -> bool:
        """Whether nothing is left to do, as far as is known."""
        return self._progress.idle and not self._more and not self._order.paused

    def _hear_of_cancellation(self) -> None:
        """Of one by Temporal's own means, which comes as an exception only where something is awaited."""
        if workflow.cancellation_reason() is not None and not self._cancelled:
            self._cancelled = self._to_cancel = True

    async def _feed(self) -> bool:
        """Keep the window full for a while; False where it was cut short, as the batch is paused or cancelled: then what is known
        of its progress is from before."""
        if self._order.paused or self._cancelled:
            return False
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
            self._hear_of_cancellation()
            return False
        finally:
            self._feeding = None
        if workflow.cancellation_reason() is not None and workflow.patched(_HEARD_AFTER_FEEDING):
            self._hear_of_cancellation()
        return True

    async def _cancel_whatever_comes(self) -> BatchProgress:
        """Cancel it, also where an operator cancels its workflow meanwhile."""
        cancelled_before = workflow.cancellation_reason() is not None
        cancelling = asyncio.ensure_future(self._cancel())
        try:
            return await asyncio.shield(cancelling)
        except asyncio.CancelledError:
            if cancelled_before or workflow.cancellation_reason() is None:  # the worker forgets it for now
                raise
            return await asyncio.shield(cancelling)

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
        self._order = self._order.model_copy(update={"paused": False, "note": note})
        self._cancelled = self._to_cancel = True
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

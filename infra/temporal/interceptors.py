"""What every activity gets: a heartbeat, so that a dead worker is noticed in seconds; its spans stored before it counts
as done, so that no recorded call lacks its span; failures told to Temporal as what they are; and what a worker that
stops has not finished handed back to its task queue at once."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Any

from temporalio import activity
from temporalio.exceptions import ApplicationError, ApplicationErrorCategory
from temporalio.worker import ActivityInboundInterceptor, ExecuteActivityInput, Interceptor

from infra.failures import Failure
from infra.telemetry import metrics
from infra.telemetry.tracing import Tracing

_HANDED_BACK = timedelta(milliseconds=10)
"""When another worker may take over what was handed back, in place of the growing wait between retries."""


class ActivityCare(Interceptor):
    """The interceptor; give it to the worker."""

    def __init__(self, tracing: Tracing | None) -> None:
        self._tracing = tracing

    def intercept_activity(self, next: ActivityInboundInterceptor) -> ActivityInboundInterceptor:
        return _Care(next, self._tracing)


class _Care(ActivityInboundInterceptor):
    def __init__(self, next: ActivityInboundInterceptor, tracing: Tracing | None) -> None:
        super().__init__(next)
        self._tracing = tracing

    async def execute_activity(self, input: ExecuteActivityInput) -> Any:
        beat = asyncio.create_task(_beat(activity.info().heartbeat_timeout))
        try:
            return await super().execute_activity(input)
        except asyncio.CancelledError:
            if handed_back := _handed_back():
                raise handed_back from None
            raise
        except Failure as error:
            raise ApplicationError(
                str(error),
                type=type(error).__name__,
                non_retryable=not error.retryable,
                next_retry_delay=timedelta(seconds=error.retry_after) if error.retry_after else None,
            ) from error
        finally:
            if self._tracing:
                await self._tracing.stored()
            beat.cancel()


def _handed_back() -> ApplicationError | None:
    """What a cancelled activity ends with if it was cancelled because its worker stops: as a failure to be tried again.

    A local activity is begun again with the workflow task it is part of, which needs nothing to be said.
    """
    info, details = activity.info(), activity.cancellation_details()
    if info.is_local or details is None or not details.worker_shutdown:
        return None
    metrics.HANDED_BACK.labels(info.task_queue).inc()
    return ApplicationError(
        "handed back: the worker was asked to stop before this ended",
        type="WorkerStopped",
        next_retry_delay=_HANDED_BACK,
        category=ApplicationErrorCategory.BENIGN,
    )


async def _beat(timeout: timedelta | None) -> None:
    while timeout:
        # Not at once: most activities have ended before the first is due, and each is a request to the server.
        await asyncio.sleep(timeout.total_seconds() / 3)
        activity.heartbeat()

"""What every activity gets: a heartbeat, so that a dead worker is noticed in seconds; its spans sent before it counts as
done, so that no recorded call lacks its span; and failures told to Temporal as what they are."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Any

from temporalio import activity
from temporalio.exceptions import ApplicationError
from temporalio.worker import ActivityInboundInterceptor, ExecuteActivityInput, Interceptor

from infra.failures import Failure
from infra.telemetry.tracing import Tracing


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
        except Failure as error:
            raise ApplicationError(
                str(error),
                type=type(error).__name__,
                non_retryable=not error.retryable,
                next_retry_delay=timedelta(seconds=error.retry_after) if error.retry_after else None,
            ) from error
        finally:
            if self._tracing:
                await asyncio.shield(asyncio.to_thread(self._tracing.flush))
            beat.cancel()


async def _beat(timeout: timedelta | None) -> None:
    while timeout:
        activity.heartbeat()
        await asyncio.sleep(timeout.total_seconds() / 3)

"""What is too large for Temporal is refused where it arises, once and with a reason.

Temporal takes no payload above 2 MiB. Left to it, a step with a larger result is run again until its retries end, and a
workflow that hands a larger input to a step, or gets a larger result from a local one, hangs: its task fails for ever.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from temporalio import activity, workflow
from temporalio.api.common.v1 import Payload
from temporalio.common import RawValue
from temporalio.exceptions import ApplicationError
from temporalio.worker import (
    ActivityInboundInterceptor,
    ExecuteActivityInput,
    Interceptor,
    StartActivityInput,
    WorkflowInboundInterceptor,
    WorkflowInterceptorClassInput,
    WorkflowOutboundInterceptor,
)

LARGEST_BYTES = 2 * 2**20 - 16 * 2**10
"""Temporal's limit (``limit.blobSize.error``, 2 MiB) without what it adds to a payload: a marker's own fields, say."""


class PayloadLimit(Interceptor):
    """The interceptor; give it to the worker. Values are encoded here, once, and handed on as they are.

    What a local activity is given stays in the worker and may be of any size. A workflow's own result is not looked at.
    """

    def intercept_activity(self, next: ActivityInboundInterceptor) -> ActivityInboundInterceptor:
        return _Results(next)

    def workflow_interceptor_class(self, input: WorkflowInterceptorClassInput) -> type[WorkflowInboundInterceptor]:
        return _Workflow


class _Results(ActivityInboundInterceptor):
    async def execute_activity(self, input: ExecuteActivityInput) -> Any:
        result = await super().execute_activity(input)
        (encoded,) = _within_limit(
            activity.payload_converter().to_payloads([result]), f"what the step {activity.info().activity_type!r} made"
        )
        return RawValue(encoded)


class _Workflow(WorkflowInboundInterceptor):
    def init(self, outbound: WorkflowOutboundInterceptor) -> None:
        super().init(_Inputs(outbound))


class _Inputs(WorkflowOutboundInterceptor):
    def start_activity(self, input: StartActivityInput) -> workflow.ActivityHandle[Any]:
        encoded = _within_limit(
            workflow.payload_converter().to_payloads(input.args), f"what the step {input.activity!r} is to be given"
        )
        return super().start_activity(replace(input, args=[RawValue(payload) for payload in encoded]))


def _within_limit(payloads: Sequence[Payload], what: str) -> Sequence[Payload]:
    size = sum(payload.ByteSize() for payload in payloads)
    if size > LARGEST_BYTES:
        raise ApplicationError(
            f"{what} comes to {size / 1e6:.1f} MB, more than the {LARGEST_BYTES / 1e6:.1f} MB that Temporal carries: the "
            "document is too large for its agent. Hand it in as several smaller ones, or have the agent keep what is large "
            "in the document store and carry its digest",
            type="TooLarge",
            non_retryable=True,
        )
    return payloads

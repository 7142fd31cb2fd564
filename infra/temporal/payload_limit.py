"""What is too large for Temporal is refused where it arises, once and with a reason.

Temporal takes no payload above 2 MiB and no message above 4 MiB. Left to it, a step with a larger result is run again until
its retries end; a workflow that hands a larger input to a step, or gets a larger result from a local one, hangs, since
its task fails for ever; and one whose steps begin together with more than a message holds is terminated.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any, NoReturn

from temporalio import activity, workflow
from temporalio.api.common.v1 import Payload
from temporalio.common import RawValue
from temporalio.exceptions import ApplicationError
from temporalio.worker import (
    ActivityInboundInterceptor,
    ContinueAsNewInput,
    ExecuteActivityInput,
    Interceptor,
    StartActivityInput,
    WorkflowInboundInterceptor,
    WorkflowInterceptorClassInput,
    WorkflowOutboundInterceptor,
)

TOO_LARGE = "TooLarge"
"""The type of the failure."""

LARGEST_BYTES = 2 * 2**20 - 16 * 2**10
"""Temporal's limit (``limit.blobSize.error``, 2 MiB) without what it adds to a payload: a marker's own fields, say."""

LARGEST_MESSAGE_BYTES = 4 * 2**20 - 128 * 2**10
"""The same of a message, in which a workflow task says all that it began, without what is said beside."""


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
    def __init__(self, next: WorkflowOutboundInterceptor) -> None:
        super().__init__(next)
        self._task = self._bytes = 0
        """The workflow task at hand, by the length of the history before it, and what it has given to steps so far."""

    def start_activity(self, input: StartActivityInput) -> workflow.ActivityHandle[Any]:
        task = workflow.info().get_current_history_length()
        before = self._bytes if task == self._task else 0
        encoded = _within_limit(
            workflow.payload_converter().to_payloads(input.args),
            f"what the step {input.activity!r} is to be given",
            with_others=before,
        )
        self._task, self._bytes = task, before + _size(encoded)
        return super().start_activity(replace(input, args=[RawValue(payload) for payload in encoded]))

    def continue_as_new(self, input: ContinueAsNewInput) -> NoReturn:
        encoded = _within_limit(workflow.payload_converter().to_payloads(input.args), "what a new run is to be given")
        super().continue_as_new(replace(input, args=[RawValue(payload) for payload in encoded]))


def _size(payloads: Sequence[Payload]) -> int:
    return sum(payload.ByteSize() for payload in payloads)


def _within_limit(payloads: Sequence[Payload], what: str, *, with_others: int = 0) -> Sequence[Payload]:
    size, most = _size(payloads), LARGEST_BYTES
    if size <= most:
        what, size, most = f"{what} with those that begin beside it", size + with_others, LARGEST_MESSAGE_BYTES
    if size > most:
        raise ApplicationError(
            f"{what} comes to {size / 1e6:.1f} MB, more than the {most / 1e6:.1f} MB that Temporal carries: the "
            "document is too large for its agent. Hand it in as several smaller ones, or have the agent keep what is large "
            "in the document store and carry its digest",
            type=TOO_LARGE,
            non_retryable=True,
        )
    return payloads

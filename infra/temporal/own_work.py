"""A worker works for its own installation alone: what belongs to another is handed back unseen, and fails nothing.

Queues and ids keep installations apart; this is for the day on which they do not, such as when two ledgers are pointed at one
queue. An order says whose it is; so do the activities that its workflow begins. A workflow's task is handed back as one that
failed, with its updates and queries, and Temporal offers it again until the right worker takes it.

An activity that is handed back has used up one of its attempts, so a worker must not go on doing it: one that meets another's
work says so, and whoever runs it asks again whose the queue is and ends the worker where it is another's. Where the queue is
its own and the other's worker is gone, what that left there is offered ever more seldom: its attempts last for hours.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any, ClassVar

from temporalio import activity, workflow
from temporalio.api.common.v1 import Payload
from temporalio.exceptions import ApplicationError, ApplicationErrorCategory
from temporalio.worker import (
    ActivityInboundInterceptor,
    ExecuteActivityInput,
    ExecuteWorkflowInput,
    Interceptor,
    StartActivityInput,
    WorkflowInboundInterceptor,
    WorkflowInterceptorClassInput,
    WorkflowOutboundInterceptor,
)

from infra.records import Installation

log = logging.getLogger("counterfoil.worker")

_HEADER = "counterfoil-installation"
_OFFERED_AGAIN = timedelta(seconds=1)
_OFFERED_AT_LEAST_EACH = timedelta(hours=1)


def offered_again(attempt: int) -> timedelta:
    """How long after its attempt number ``attempt``, from 1, an activity of another's is offered again: 1 s, 4 s, 16 s … 1 h."""
    return min(_OFFERED_AGAIN * (1 << 2 * min(attempt - 1, 10)), _OFFERED_AT_LEAST_EACH)


class NotOurs(Exception):
    """A workflow of another installation was offered. No failure of the workflow: its task alone fails."""


class OwnWork(Interceptor):
    """The interceptor; give it to the worker, with the installation that its ledger says it is.

    A workflow's first argument says in ``installation`` whose it is; one without that is nobody's, and is taken by all.
    """

    def __init__(self, installation: Installation, met: Callable[[], object] = lambda: None) -> None:
        """``met`` is called, from any thread, when work of another installation has been met."""
        self._installation = installation
        self.met = met

    def workflow_interceptor_class(self, input: WorkflowInterceptorClassInput) -> type[WorkflowInboundInterceptor]:
        class OfThisInstallation(_Workflow):
            ours = self._installation
            own = self

        return OfThisInstallation

    def intercept_activity(self, next: ActivityInboundInterceptor) -> ActivityInboundInterceptor:
        return _Activity(next, self._installation, self.met)


class _Workflow(WorkflowInboundInterceptor):
    ours: ClassVar[Installation]
    own: ClassVar[OwnWork]

    def init(self, outbound: WorkflowOutboundInterceptor) -> None:
        super().init(_Marked(outbound, self.ours))

    async def execute_workflow(self, input: ExecuteWorkflowInput) -> Any:
        order: Any = input.args[0] if input.args else None
        whose = getattr(order, "installation", self.ours.id)
        if not self.ours.owns(whose):
            self.own.met()
            raise NotOurs(
                f"the workflow {workflow.info().workflow_id} was begun by {whose or 'an installation without a name'}, and "
                f"this worker is of {self.ours.id}: it is left to a worker of its own"
            )
        return await super().execute_workflow(input)


class _Marked(WorkflowOutboundInterceptor):
    def __init__(self, next: WorkflowOutboundInterceptor, ours: Installation) -> None:
        super().__init__(next)
        self._ours = ours

    def start_activity(self, input: StartActivityInput) -> workflow.ActivityHandle[Any]:
        said: Payload = workflow.payload_converter().to_payload(self._ours.id)
        headers: Mapping[str, Payload] = {**input.headers, _HEADER: said}
        return super().start_activity(replace(input, headers=headers))


class _Activity(ActivityInboundInterceptor):
    def __init__(self, next: ActivityInboundInterceptor, ours: Installation, met: Callable[[], object]) -> None:
        super().__init__(next)
        self._ours = ours
        self._met = met

    async def execute_activity(self, input: ExecuteActivityInput) -> Any:
        said = input.headers.get(_HEADER)
        whose = activity.payload_converter().from_payload(said, str) if said else None
        if whose is not None and whose != self._ours.id:
            info = activity.info()
            self._met()
            log.error("%s of %s is of the installation %s: handed back", info.activity_type, info.workflow_id, whose)
            raise ApplicationError(
                f"handed back: it is of the installation {whose}, and this worker of {self._ours.id}",
                type="NotOurs",
                next_retry_delay=offered_again(info.attempt),
                category=ApplicationErrorCategory.BENIGN,
            )
        return await super().execute_activity(input)

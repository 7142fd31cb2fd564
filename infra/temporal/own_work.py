"""A worker works for its own installation alone: what belongs to another is handed back unseen, and fails nothing.

Queues and ids keep installations apart; this is for the day on which they do not, such as when two ledgers are pointed at one
queue. An order says whose it is; so do the activities that its workflow begins. A workflow's task is handed back as one that
failed, with its updates and queries, and Temporal offers it again until the right worker takes it.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
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


class NotOurs(Exception):
    """A workflow of another installation was offered. No failure of the workflow: its task alone fails."""


class OwnWork(Interceptor):
    """The interceptor; give it to the worker, with the installation that its ledger says it is.

    A workflow's first argument says in ``installation`` whose it is; one without that is nobody's, and is taken by all.
    """

    def __init__(self, installation: Installation) -> None:
        self._installation = installation

    def workflow_interceptor_class(self, input: WorkflowInterceptorClassInput) -> type[WorkflowInboundInterceptor]:
        class OfThisInstallation(_Workflow):
            ours = self._installation

        return OfThisInstallation

    def intercept_activity(self, next: ActivityInboundInterceptor) -> ActivityInboundInterceptor:
        return _Activity(next, self._installation)


class _Workflow(WorkflowInboundInterceptor):
    ours: ClassVar[Installation]

    def init(self, outbound: WorkflowOutboundInterceptor) -> None:
        super().init(_Marked(outbound, self.ours))

    async def execute_workflow(self, input: ExecuteWorkflowInput) -> Any:
        order: Any = input.args[0] if input.args else None
        whose = getattr(order, "installation", self.ours.id)
        if not self.ours.owns(whose):
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
    def __init__(self, next: ActivityInboundInterceptor, ours: Installation) -> None:
        super().__init__(next)
        self._ours = ours

    async def execute_activity(self, input: ExecuteActivityInput) -> Any:
        said = input.headers.get(_HEADER)
        whose = activity.payload_converter().from_payload(said, str) if said else None
        if whose is not None and whose != self._ours.id:
            info = activity.info()
            log.error("%s of %s is of the installation %s: handed back", info.activity_type, info.workflow_id, whose)
            raise ApplicationError(
                f"handed back: it is of the installation {whose}, and this worker of {self._ours.id}",
                type="NotOurs",
                next_retry_delay=_OFFERED_AGAIN,
                category=ApplicationErrorCategory.BENIGN,
            )
        return await super().execute_activity(input)

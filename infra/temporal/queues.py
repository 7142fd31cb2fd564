"""Task queues: one for each role of a worker, and whose they are.

An installation has queues of its own by name. What the settings name instead, and what two ledgers might so come to share,
is held by whoever came first: a paused schedule in the namespace, which never runs, keeps the installation's id. Temporal
makes at most one of a name, keeps it for as long as the namespace, and shows its note to operators.
"""

from __future__ import annotations

import asyncio
import logging
from enum import StrEnum
from typing import NoReturn

from temporalio.client import (
    Client,
    Schedule,
    ScheduleActionStartWorkflow,
    ScheduleAlreadyRunningError,
    ScheduleSpec,
    ScheduleState,
)
from temporalio.service import RPCError, RPCStatusCode

from infra.failures import Failure
from infra.records import Installation
from infra.settings import Settings

log = logging.getLogger("counterfoil.worker")

_HELD = "counterfoil holds "
_INSTALLATION = "installation"
"""The memo of the schedule that has the installation's id."""


class Role(StrEnum):
    """A part of a worker's work, by what bounds it."""

    WORKFLOWS = "workflows"
    """Workflows, with their local activities and quick I/O: bound by the process's one core."""
    MODELS = "models"
    """Model calls: bound by the endpoint."""
    READING = "reading"
    """Reading documents, in processes of their own: bound by the machine's cores."""

    def task_queue(self, workflows: str) -> str:
        """The task queue of the role beside the one of ``workflows``."""
        return workflows if self is Role.WORKFLOWS else f"{workflows}-{self.value}"


class BelongsToAnother(Failure):
    """A task queue is another installation's: what is begun there would be worked on with another ledger."""


def workflow_queue(settings: Settings, installation: Installation) -> str:
    """The task queue of an installation's workflows: the one that is set, else its own."""
    return settings.task_queue or installation.task_queue


async def hold(client: Client, queue: str, installation: Installation) -> None:
    """Make sure that the workflows' ``queue`` is the installation's, before it takes or gives work there.

    Raises:
        BelongsToAnother: another installation holds it.
        RPCError: Temporal did not say.
    """
    note = (
        f"The task queue {queue} belongs to the counterfoil installation {installation.id}. Never runs. Delete this schedule "
        "only when that installation is gone for good."
    )
    marker = Schedule(
        # Neither spec nor worker: nothing is ever begun by it.
        action=ScheduleActionStartWorkflow("never", id=f"never {queue}", task_queue=f"{queue}-never"),
        spec=ScheduleSpec(),
        state=ScheduleState(note=note, paused=True),
    )
    holder = await holder_of(client, queue)
    if holder is None:
        try:
            await client.create_schedule(_HELD + queue, marker, memo={_INSTALLATION: installation.id})
        except ScheduleAlreadyRunningError:  # another came first, or this one in another process
            holder = await holder_of(client, queue)
        else:
            return
    if holder != installation.id:
        raise BelongsToAnother(
            f"the task queue {queue} in namespace {client.namespace} belongs to the installation {holder}, and this one, by "
            f"its ledger, is {installation.id}: nothing is begun or taken there. Unset COUNTERFOIL_TASK_QUEUE, or set it "
            f"to a queue of this installation's own, or check COUNTERFOIL_LEDGER_URL. If {holder} is gone for good, delete "
            f"the schedule {_HELD + queue!r} in Temporal"
        )


async def hold_while_met(
    client: Client, queue: str, installation: Installation, met: asyncio.Event, *, pause: float = 10
) -> NoReturn:
    """Each time work of another installation was ``met`` in the queue, make sure again whose it is; every ``pause`` seconds at
    most.

    Raises:
        BelongsToAnother: it is another's, so that this worker must take nothing from it.
    """
    while True:
        await met.wait()
        met.clear()
        try:
            await hold(client, queue, installation)
        except RPCError as error:
            log.warning("whose the task queue %s is could not be told: %s", queue, error)
        await asyncio.sleep(pause)


async def holder_of(client: Client, queue: str) -> str | None:
    """The id of the installation that holds a task queue; None where nobody does.

    Raises:
        RPCError: Temporal did not say.
    """
    try:
        described = await client.get_schedule_handle(_HELD + queue).describe()
    except RPCError as error:
        if error.status is RPCStatusCode.NOT_FOUND:
            return None
        raise
    memo = await described.memo()
    return str(memo[_INSTALLATION])


async def holders(client: Client) -> set[str]:
    """Ids of the installations that hold a task queue in the namespace. One that came a moment ago may be missing."""
    found: set[str] = set()
    async for listed in await client.list_schedules():
        if listed.id.startswith(_HELD):
            memo = await listed.memo()
            found.add(str(memo.get(_INSTALLATION)))
    return found

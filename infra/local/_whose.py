"""Whose a server is that already answers: this installation's, another's, or one that no stack of ours runs."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import TypeVar

import psutil
from temporalio.client import Client
from temporalio.service import RPCError, RPCStatusCode

from infra.ledger import Ledger, LedgerNotReady
from infra.local._supervisor import STACK_VARIABLE
from infra.records import Installation, Status
from infra.settings import LOOPBACK, Settings
from infra.temporal.connect import TemporalUnreachable, connect
from infra.temporal.queues import hold, holders, workflow_queue

T = TypeVar("T")

_AT_LOOPBACK = (LOOPBACK, "0.0.0.0", "::", "::1")
_LOOKED_UP = 3
"""Open executions of this ledger that a Temporal server is asked about."""


class Owner(StrEnum):
    """Whom a server belongs to."""

    OURS = "this installation"
    ANOTHERS = "another installation"
    NOBODYS = "no installation"


@dataclass(frozen=True)
class Whose:
    """An owner, and how that is known, in words that follow the server's name: ``of the stack in ~/.counterfoil``."""

    owner: Owner
    text: str


def by_process(port: int, home: Path) -> Whose:
    """Whose server listens at a port of the loopback address, as a variable tells that every process of a stack has."""
    try:
        pids = [
            connection.pid
            for connection in psutil.net_connections("tcp")
            if connection.status == psutil.CONN_LISTEN and connection.laddr and connection.laddr.port == port
            if connection.laddr.ip in _AT_LOOPBACK
        ]
        stack = next((psutil.Process(pid).environ().get(STACK_VARIABLE) for pid in pids if pid), None)
    except (psutil.Error, OSError):
        return Whose(Owner.NOBODYS, "whose process does not say whose it is")
    if stack:
        ours = Path(stack) == home
        return Whose(Owner.OURS if ours else Owner.ANOTHERS, "of this stack" if ours else f"of the stack in {stack}")
    if pids and not any(pids):
        return Whose(Owner.ANOTHERS, "of another user of this machine")
    return Whose(Owner.NOBODYS, "of no stack of ours")


def of_temporal(settings: Settings) -> Whose:
    """Whose the Temporal is that answers at the settings' address: by what stands in its namespace, else by its process."""

    async def ask() -> Whose | None:
        client = await connect(settings, seconds=3)
        installation = await _installation(settings)
        holding = await holders(client)
        if installation and (installation.id in holding or await _knows(client, settings)):
            others = len(holding - {installation.id})
            beside = f", beside {others} other{'s' * (others > 1)}" if others else ""
            return Whose(Owner.OURS, f"in use by this installation{beside}")
        if holding:
            return Whose(
                Owner.ANOTHERS, f"in use by {'installation' + 's' * (len(holding) > 1)} {', '.join(sorted(holding))}"
            )
        return None

    try:
        found = _run(ask)
    except (TemporalUnreachable, RPCError, OSError):
        found = None
    by = by_process(settings.temporal_port, settings.home)
    if found and by.owner is not Owner.NOBODYS:
        return Whose(found.owner, f"{by.text}, {found.text}")
    return found or by


def installation_of(settings: Settings) -> Installation | None:
    """The installation whose ledger the settings name; None while there is none."""
    return _run(lambda: _installation(settings))


def hold_queue(settings: Settings) -> None:
    """Make sure that the task queue is this installation's, before a worker is started that would not take it.

    Raises:
        BelongsToAnother: it is another's.
        TemporalUnreachable: Temporal did not say.
    """

    async def ask() -> None:
        client = await connect(settings)
        async with Ledger(settings.ledger) as ledger:
            installation = await ledger.installation()
        await hold(client, workflow_queue(settings, installation), installation)

    with suppress(RPCError):  # the worker asks again, and says so in its log
        _run(ask)


async def _installation(settings: Settings) -> Installation | None:
    try:
        async with Ledger(settings.ledger) as ledger:
            return await ledger.installation()
    except (LedgerNotReady, ValueError):
        return None


async def _knows(client: Client, settings: Settings) -> bool:
    """Whether the server has one of our open executions, of before installations held their queues."""
    async with Ledger(settings.ledger) as ledger:
        for execution in await ledger.executions(statuses=[Status.REVIEW, Status.RUNNING], limit=_LOOKED_UP):
            try:
                await client.get_workflow_handle(execution.id, run_id=execution.run_id).describe()
            except RPCError as error:
                if error.status not in (RPCStatusCode.NOT_FOUND, RPCStatusCode.INVALID_ARGUMENT):
                    raise
            else:
                return True
    return False


def _run(ask: Callable[[], Awaitable[T]]) -> T:
    """Also where an event loop runs."""

    async def asked() -> T:
        return await ask()

    with ThreadPoolExecutor(1) as alone:
        return alone.submit(lambda: asyncio.run(asked())).result()

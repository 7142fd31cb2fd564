"""`Office`: what the use cases work with."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from workers.office.errors import CannotDo

if TYPE_CHECKING:
    from temporalio.client import Client

    from infra.document_store import DocumentStore
    from infra.ledger import Ledger
    from infra.settings import Settings


@dataclass
class Office:
    """The ledger, the documents and Temporal as the settings name them: for one command, or for the life of a server."""

    settings: Settings
    ledger: Ledger
    client: Client | None = None
    """Of Temporal, once it was asked for."""
    _queue: str | None = None

    @property
    def documents(self) -> DocumentStore:
        from infra.document_store import DocumentStore

        return DocumentStore(self.settings.documents)

    async def temporal(self, *, seconds: float = 10) -> Client:
        """Temporal, connected when it is first asked for: what only reads goes on while it is away.

        Raises:
            TemporalUnreachable: nothing answered within ``seconds``.
        """
        from infra.temporal import connect

        if self.client is None:
            self.client = await connect.connect(self.settings, seconds=seconds)
        return self.client

    async def task_queue(self) -> str:
        """The task queue of this installation's workflows, made sure of that it is.

        Raises:
            BelongsToAnother: it is not.
            TemporalUnreachable, RPCError: Temporal did not say.
        """
        from infra.temporal.queues import hold, workflow_queue

        if self._queue is None:
            installation = await self.ledger.installation()
            queue = workflow_queue(self.settings, installation)
            await hold(await self.temporal(), queue, installation)
            self._queue = queue
        return self._queue


@asynccontextmanager
async def opened(settings: Settings) -> AsyncIterator[Office]:
    """An office by these settings. Nothing is connected to before it is needed.

    Raises:
        CannotDo: the ledger's address is none.
    """
    from infra.ledger import Ledger

    try:
        ledger = Ledger(settings.ledger)
    except ValueError as error:
        raise CannotDo(f"{error} (COUNTERFOIL_LEDGER_URL)") from error
    async with ledger:
        yield Office(settings, ledger)

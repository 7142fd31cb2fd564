"""Handing documents in as a tenant would, a few at a time, and following each until it is decided."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass

from temporalio.client import Client, WorkflowExecutionStatus
from temporalio.service import RPCError

from infra.failures import Failure
from infra.ledger import Ledger
from infra.settings import Settings
from workers.cli._following import Followed
from workers.intake import HandedIn
from workers.office.submission import Submitted, submit
from workers.score.corpus import Document

POLL_SECONDS = 0.5
LOOK_AT_TEMPORAL_SECONDS = 10.0
"""How often Temporal is asked about an execution the ledger thinks is running: an operator may have ended it."""
NOBODY_WORKS_SECONDS = 120.0
"""After this long without an execution having taken its first step, there is no worker."""
LONGEST_SECONDS = 30 * 60.0
"""Waited for one document; then it counts as unaccounted for."""

_OPEN = (WorkflowExecutionStatus.RUNNING, WorkflowExecutionStatus.CONTINUED_AS_NEW, None)


class NobodyWorks(Failure):
    """Documents are handed in, and nobody takes them up."""


@dataclass(frozen=True)
class Run:
    """How documents are run: for whom, as which batch, by which definition, and how many at a time."""

    tenant: str
    batch: str
    definition: str = "invoice"
    at_once: int = 4
    longest_seconds: float = LONGEST_SECONDS


@dataclass(frozen=True)
class Reading:
    """A document and what became of it."""

    document: Document
    followed: Followed


async def read_all(
    documents: Sequence[Document],
    how: Run,
    *,
    client: Client,
    ledger: Ledger,
    settings: Settings,
    said: Callable[[Reading], None] = lambda _: None,
) -> list[Reading]:
    """Run ``documents`` through the stack; what became of each, in their order. ``said`` is told of each as it settles.

    The next document is handed in when one has settled, so that the seconds of a document are of ``at_once`` sharing the
    model, not of all of them waiting for it.

    Raises:
        NobodyWorks: an execution was not taken up for two minutes. What was handed in is done once a worker runs.
    """
    places = asyncio.Semaphore(how.at_once)

    async def read(document: Document) -> Reading:
        async with places:
            (submitted,) = await submit(
                [HandedIn(document.pdf.name, document.pdf)],
                client=client,
                ledger=ledger,
                settings=settings,
                tenant=how.tenant,
                batch=how.batch,
                definition=how.definition,
            )
            reading = Reading(document, await _settled(submitted, how, client, ledger))
        said(reading)
        return reading

    return await asyncio.gather(*(read(document) for document in documents))


async def _settled(submitted: Submitted, how: Run, client: Client, ledger: Ledger) -> Followed:
    """The document once there is nothing more to wait for, or the time is up."""
    followed = Followed(submitted)
    began = looked = time.monotonic()
    while True:
        await _refresh(followed, ledger)
        now = time.monotonic()
        if followed.settled or now - began > how.longest_seconds:
            followed.calls = await ledger.calls(submitted.execution_id) if submitted.execution_id else []
            return followed
        if followed.execution is None and now - began > NOBODY_WORKS_SECONDS:
            raise NobodyWorks(
                f"{submitted.name} was handed in {NOBODY_WORKS_SECONDS:.0f} s ago and nobody takes it up: "
                "`counterfoil doctor` says whether the worker runs"
            )
        if now - looked > LOOK_AT_TEMPORAL_SECONDS:
            looked = now
            await _look_at_temporal(followed, client, ledger)
        await asyncio.sleep(POLL_SECONDS)


async def _refresh(followed: Followed, ledger: Ledger) -> None:
    id = followed.submitted.execution_id
    if id is None:
        return
    execution = await ledger.execution(id)
    if execution and execution.run_id != followed.submitted.earlier_run_id:
        followed.execution = execution


async def _look_at_temporal(followed: Followed, client: Client, ledger: Ledger) -> None:
    """Find out whether the execution was ended from outside, such as by an operator's terminate: that tells nobody."""
    id = followed.submitted.execution_id or ""
    with suppress(RPCError):
        described = await client.get_workflow_handle(id).describe()
        if described.status in _OPEN or described.run_id == followed.submitted.earlier_run_id:
            return
        await _refresh(followed, ledger)  # one that ended just now may have been recorded meanwhile
        if not followed.settled and described.status is not None:
            how = described.status.name.lower().replace("_", " ")
            followed.ended_unrecorded = f"Temporal says it is {how}, without a record of why"

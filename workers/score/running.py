"""Handing documents in as a tenant would, a few at a time, and following each until it is decided."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from infra.failures import Failure
from workers.intake import HandedIn
from workers.office import Office
from workers.office.following import Followed, follow_documents
from workers.office.submission import Submitted, Terms, submit
from workers.score.corpus import Document

NOBODY_WORKS_SECONDS = 120.0
"""After this long without an execution having taken its first step, there is no worker."""
LONGEST_SECONDS = 30 * 60.0
"""Waited for one document; then it counts as unaccounted for."""


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
    office: Office, documents: Sequence[Document], run: Run, *, settled: Callable[[Reading], None] = lambda _: None
) -> list[Reading]:
    """Run ``documents`` through the stack; what became of each, in their order. ``settled`` is told of each as it settles.

    The next document is handed in when one has settled, so that the seconds of a document are of ``at_once`` sharing the
    model, not of all of them waiting for it.

    Raises:
        NobodyWorks: an execution was not taken up for two minutes. What was handed in is done once a worker runs.
    """
    places = asyncio.Semaphore(run.at_once)
    terms = Terms(run.tenant, run.batch, run.definition)

    async def read(document: Document) -> Reading:
        async with places:
            (submitted,) = await submit(office, [HandedIn(document.pdf.name, document.pdf)], terms)
            reading = Reading(document, await _settled(office, submitted, run))
        settled(reading)
        return reading

    return await asyncio.gather(*(read(document) for document in documents))


async def _settled(office: Office, submitted: Submitted, run: Run) -> Followed:
    """The document once there is nothing more to wait for, or the time is up; with its steps, findings and reviews."""
    async for stand in follow_documents(office, [submitted], seconds=run.longest_seconds, parts=False):
        (followed,) = stand.documents
        if followed.execution is None and not stand.settled and stand.seconds > NOBODY_WORKS_SECONDS:
            raise NobodyWorks(
                f"{submitted.name} was handed in {NOBODY_WORKS_SECONDS:.0f} s ago and nobody takes it up: "
                "`counterfoil doctor` says whether the worker runs"
            )
    if followed.execution:
        followed.execution = await office.ledger.execution(followed.execution.id) or followed.execution
    return followed

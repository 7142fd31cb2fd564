"""Handing documents in: bytes to the document store, a line in the ledger, and their batch told to begin them.

The one way in for the command line, the watched folder and whatever else takes documents.
"""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal

from temporalio.client import WorkflowExecutionStatus
from temporalio.common import Priority, SearchAttributePair, TypedSearchAttributes, WorkflowIDConflictPolicy
from temporalio.service import RPCError, RPCStatusCode

from agents.documents.kind import IN_WORDS, MAX_BYTES, kind_of  # the door and the reader go by the same rule
from infra.failures import Failure
from infra.ids import batch_id, execution_id, former_execution_id
from infra.ledger import Ledger
from infra.records import Execution, Refusal, Status, Submission
from infra.settings import Settings
from infra.temporal import search_attributes as sa
from workers.intake import BadSubmission, Found, HandedIn, Refused, checked_name, checked_priority
from workers.office import Office
from workers.office._batch_workflow import batch_workflow
from workers.office.people import person_named, this_person
from workflows import definition_of, definitions
from workflows.batch import BatchOrder, BatchWorkflow
from workflows.definition import Definition
from workflows.messages import Options

LARGEST_DOCUMENT = MAX_BYTES
"""Bytes of the largest document taken."""
AT_ONCE = 16
"""Documents being read and stored at the same time."""
NOTED_AT_ONCE = 100
"""Documents noted in one transaction; the first are begun while the last are still being read."""
NORMAL = 3
"""The priority of a document of which nothing else is said: from 1, the most urgent, to 5."""


@dataclass(frozen=True)
class Terms:
    """How documents are handed in: for whom, together with which, to what workflow, how urgent they are, and by whom."""

    tenant: str
    batch: str
    definition: str = "invoice"
    priority: int = NORMAL
    by: str | None = None
    """Where nothing is said, `this_person`."""


def checked_terms(
    settings: Settings,
    *,
    tenant: str | None = None,
    batch: str | None = None,
    definition: str = "invoice",
    priority: str = "normal",
) -> Terms:
    """The terms that a person gives; where nothing is said, the tenant of the settings and a batch of its own.

    Raises:
        BadSubmission: there is no such definition or priority, or tenant or batch cannot be called so.
    """
    for_tenant = checked_name("tenant", settings.tenant if tenant is None else tenant)
    checked_definition(definition)
    in_batch = checked_name("batch", new_batch() if batch is None else batch)
    try:
        return Terms(for_tenant, in_batch, definition, checked_priority(priority))
    except ValueError as error:
        raise BadSubmission(str(error)) from error


Outcome = Literal["queued", "running", "waits for review", "already processed", "same document", "refused"]


@dataclass(frozen=True)
class Submitted:
    """What became of one file.

    ``queued`` its execution is begun as its batch has room; ``running`` it had begun before; ``waits for review`` it had,
    and a person is asked; ``already processed`` it has ended; of these two ``execution`` says more; ``same document`` its
    bytes are those of ``same_as``, handed in with it; ``refused`` it was not taken, as ``error`` says.
    """

    name: str
    outcome: Outcome
    path: Path | None = None
    digest: str | None = None
    execution_id: str | None = None
    earlier_run_id: str | None = None
    """The run that failed before this one, which the ledger shows until this one is recorded."""
    execution: Execution | None = None
    same_as: str | None = None
    error: str | None = None
    tenant: str = ""
    batch: str = ""

    @classmethod
    def noted(cls, submission: Submission, earlier_run_id: str | None = None) -> Submitted:
        """A document that was noted, and is to begin."""
        return cls(
            submission.name,
            "queued",
            digest=submission.digest,
            execution_id=submission.execution_id,
            earlier_run_id=earlier_run_id,
            tenant=submission.tenant,
            batch=submission.batch,
        )


def new_batch() -> str:
    """A name for a batch that was given none: the time, and enough chance to tell two of the same second apart."""
    return f"{datetime.now():%Y%m%d-%H%M%S}-{secrets.token_hex(2)}"


def checked_definition(name: str) -> Definition:
    """The definition called ``name``.

    Raises:
        BadSubmission: there is none; the message says which there are.
    """
    if known := definition_of(name):
        return known
    raise BadSubmission(f"there is no definition {name!r}; there are: {', '.join(sorted(definitions()))}")


async def execution_ids(
    ledger: Ledger, definition: str, documents: Iterable[tuple[str, str]], variant: str = ""
) -> dict[tuple[str, str], str]:
    """The id of the execution of each document, which is told by tenant and digest: the former one where it was handed in before
    installations had an identity, else one that is no other installation's."""
    installation, wanted = await ledger.installation(), list(documents)
    former = {of: former_execution_id(definition, *of, variant) for of in wanted if installation.unnamed}
    known = await ledger.known(former.values())
    return {
        of: former[of]
        if of in former and former[of] in known
        else execution_id(definition, *of, variant, installation=installation.id)
        for of in wanted
    }


async def hand_in(
    office: Office, found: Found, terms: Terms, *, progress: Callable[[int], None] = lambda _: None
) -> list[Submitted]:
    """Hand in what was found; what became of each file, in their order, and behind them of what could not be taken.

    As `submit` else.
    """
    submitted = await submit(office, found.files, terms, refused=found.refused, progress=progress)
    return submitted + [_not_taken(refused.name, refused.path, refused.reason, terms) for refused in found.refused]


async def submit(
    office: Office,
    files: Sequence[HandedIn],
    terms: Terms,
    *,
    refused: Sequence[Refused] = (),
    progress: Callable[[int], None] = lambda _: None,
) -> list[Submitted]:
    """Hand in ``files`` and return what became of each, in their order. One that cannot be taken stops no other.

    The same bytes for the same tenant are one execution, whoever hands them in and how often; only one that failed is
    begun again. A file's own tenant and priority, where it has them, come before those of ``terms``.

    Args:
        refused: files that could not even be found; they are noted with the batch, and not in what is returned.
        progress: called with the number of files done so far.

    Raises:
        BadSubmission: the definition is not known, or tenant or batch cannot be called so.
        LedgerNotReady: there is no ledger to write to.
        TemporalUnreachable, BelongsToAnother: nothing was handed in.
        Failure: the documents are kept and noted, but Temporal does not begin their batch.
    """
    checked_name("tenant", terms.tenant)
    checked_name("batch", terms.batch)
    definition = checked_definition(terms.definition)
    await office.temporal()
    await office.ledger.ping()
    await office.task_queue()
    desk = _Desk(office, terms, definition)
    submitted: list[Submitted] = []
    now = datetime.now(UTC)
    await office.ledger.refuse(
        [Refusal(tenant=terms.tenant, batch=terms.batch, name=r.name, reason=r.reason, at=now) for r in refused]
    )
    for first in range(0, len(files), NOTED_AT_ONCE):
        submitted += await desk.take(files[first : first + NOTED_AT_ONCE])
        progress(len(submitted))
    return submitted


async def begin_batch(office: Office, tenant: str, batch: str) -> None:
    """Have the batch begin what is due in the ledger: start its workflow, or tell it that there is more.

    Raises:
        Failure: Temporal does not do so, or the task queue is another installation's; what is due stays so.
    """
    client, installation = await office.temporal(), await office.ledger.installation()
    try:
        if await _told_former(office, tenant, batch):
            return
        await client.start_workflow(
            BatchWorkflow.run,
            BatchOrder(tenant=tenant, batch=batch, installation=installation.id),
            id=batch_id(tenant, batch, installation.id),
            task_queue=await office.task_queue(),
            id_conflict_policy=WorkflowIDConflictPolicy.USE_EXISTING,
            start_signal="more",
            static_summary=f"batch {batch} of {tenant}",
            search_attributes=TypedSearchAttributes(
                [SearchAttributePair(sa.TENANT, tenant), SearchAttributePair(sa.BATCH, batch)]
            ),
            priority=Priority(priority_key=1),  # a few tasks that all others wait for
        )
    except RPCError as error:
        raise Failure(
            f"the documents are kept, but Temporal did not begin batch {batch}: {error.message or error.status.name}. "
            f"`counterfoil retry --batch {batch}` begins it when Temporal is back"
        ) from error


async def _told_former(office: Office, tenant: str, batch: str) -> bool:
    """Whether the batch runs under the id of an earlier version, and was told that there is more: a second one beside it
    would not know that it is paused."""
    if not (installation := await office.ledger.installation()).unnamed:
        return False
    handle, described = await batch_workflow(office, tenant, batch)
    former = handle.id != batch_id(tenant, batch, installation.id)
    if not (former and described and described.status is WorkflowExecutionStatus.RUNNING):
        return False
    try:
        await handle.signal(BatchWorkflow.more)
    except RPCError as error:
        if error.status is RPCStatusCode.NOT_FOUND:  # it has ended meanwhile
            return False
        raise
    return True


@dataclass(frozen=True)
class _Kept:
    tenant: str
    digest: str
    size: int
    media_type: str


class _Desk:
    """Where one call of `submit` hands its files in."""

    def __init__(self, office: Office, terms: Terms, definition: Definition) -> None:
        self._office = office
        self._ledger = office.ledger
        self._documents = office.documents
        self._terms = terms
        self._definition = definition
        self._options: Options = definition.options(office.settings)
        self._variant = definition.variant(self._options)
        self._by = this_person() if terms.by is None else person_named(terms.by)
        self._places = asyncio.Semaphore(AT_ONCE)
        self._first: dict[tuple[str, str], HandedIn] = {}
        """Tenant and digest to the first file of these bytes: it gives the execution its name."""
        self._ids: dict[tuple[str, str], str] = {}
        """The same to its execution."""

    async def take(self, files: Sequence[HandedIn]) -> list[Submitted]:
        """Keep, note and begin some of the files.

        Raises:
            Failure: the store cannot keep one, or Temporal does not begin the batch. What could be kept is noted.
        """
        outcomes = await asyncio.gather(*(self._keep(file) for file in files), return_exceptions=True)
        broken = next((outcome for outcome in outcomes if isinstance(outcome, BaseException)), None)
        files = [file for file, outcome in zip(files, outcomes, strict=True) if not isinstance(outcome, BaseException)]
        kept = [outcome for outcome in outcomes if not isinstance(outcome, BaseException)]
        taken = [(file, outcome) for file, outcome in zip(files, kept, strict=True) if isinstance(outcome, _Kept)]
        for file, outcome in taken:
            self._first.setdefault((outcome.tenant, outcome.digest), file)
        documents = {(outcome.tenant, outcome.digest) for _, outcome in taken}
        self._ids |= await execution_ids(self._ledger, self._definition.name, documents, self._variant)
        ids = {self._id(outcome) for _, outcome in taken}
        before = {execution.id: execution for execution in await self._ledger.executions_of(ids)}
        await self._note(files, kept, before)
        for tenant in dict.fromkeys(outcome.tenant for _, outcome in taken):
            await begin_batch(self._office, tenant, self._terms.batch)
        if broken:
            raise broken
        return [self._told(file, outcome, before) for file, outcome in zip(files, kept, strict=True)]

    async def _keep(self, file: HandedIn) -> _Kept | Submitted:
        """Store the bytes; or say why they are not taken."""
        async with self._places:
            try:
                tenant = checked_name("tenant", file.tenant) if file.tenant is not None else self._terms.tenant
                return await asyncio.to_thread(self._store, file, tenant)
            except OSError as error:
                return _not_taken(file.name, file.origin, f"it cannot be read: {error.strerror or error}", self._terms)
            except (ValueError, BadSubmission) as error:
                return _not_taken(file.name, file.origin, str(error), self._terms)

    def _store(self, file: HandedIn, tenant: str) -> _Kept:
        content = file.read(LARGEST_DOCUMENT + 1)
        if not content:
            raise ValueError("it is empty")
        if len(content) > LARGEST_DOCUMENT:
            raise ValueError(f"it is larger than the {LARGEST_DOCUMENT / 1e6:.0f} MB a document may have")
        kind, called = kind_of(content)
        media_type = f"application/{kind or 'octet-stream'}"
        if self._definition.takes and kind not in self._definition.takes:
            raise ValueError(
                f"it is {called}; hand in {' or '.join(IN_WORDS[kind] for kind in self._definition.takes)}"
            )
        try:
            digest = self._documents.put(content)
        except OSError as error:  # no fault of this file, and the next will fare no better
            raise Failure(
                f"the document store {self._office.settings.documents} cannot keep {file.name}: {error.strerror or error}. "
                "Mend that and hand the same files in again: what is done is not repeated"
            ) from error
        return _Kept(tenant, digest, len(content), media_type)

    async def _note(
        self, files: Sequence[HandedIn], kept: Sequence[_Kept | Submitted], before: dict[str, Execution]
    ) -> None:
        """Write down what was handed in and what was not taken; let begin again what did not end well."""
        noted: list[Submission] = []
        refused: list[Refusal] = []
        for file, document in zip(files, kept, strict=True):
            now = datetime.now(UTC)
            if isinstance(document, Submitted):
                said = Refusal(
                    tenant=self._terms.tenant,
                    batch=self._terms.batch,
                    name=file.name,
                    reason=document.error or "",
                    at=now,
                )
                refused.append(said)
                continue
            noted.append(
                Submission(
                    tenant=document.tenant,
                    batch=self._terms.batch,
                    name=file.name,
                    digest=document.digest,
                    size=document.size,
                    media_type=document.media_type,
                    execution_id=self._id(document),
                    submitted_at=now,
                    submitted_by=self._by,
                    priority=file.priority or self._terms.priority,
                    details=dict(file.details),
                    begun_at=now if _ended_well(before.get(self._id(document))) else None,
                )
            )
        if refused:
            await self._ledger.refuse(refused)
        now = datetime.now(UTC)
        for tenant in dict.fromkeys(s.tenant for s in noted):
            await self._ledger.open_batch(tenant, self._terms.batch, {self._definition.name: self._options}, now)
        if await self._ledger.submit_all(noted) == len(noted):
            return
        for tenant in dict.fromkeys(s.tenant for s in noted):
            again = [s.execution_id for s in noted if s.tenant == tenant and s.begun_at is None]
            await self._ledger.release(tenant=tenant, batch=self._terms.batch, execution_ids=again)

    def _told(self, file: HandedIn, kept: _Kept | Submitted, before: dict[str, Execution]) -> Submitted:
        if isinstance(kept, Submitted):
            return kept
        first, was = self._first[kept.tenant, kept.digest], before.get(self._id(kept))
        said = Submitted(
            file.name,
            "queued",
            file.origin,
            kept.digest,
            self._id(kept),
            tenant=kept.tenant,
            batch=self._terms.batch,
        )
        if first is not file:
            return replace(said, outcome="same document", same_as=first.name)
        if was is None:
            return said
        if _ended_well(was):
            return replace(said, outcome="already processed", execution=was)
        if was.status is Status.REVIEW:
            return replace(said, outcome="waits for review", execution=was)
        if was.status is Status.RUNNING:
            return replace(said, outcome="running")
        return replace(said, earlier_run_id=was.run_id)

    def _id(self, kept: _Kept) -> str:
        return self._ids[kept.tenant, kept.digest]


def _ended_well(execution: Execution | None) -> bool:
    return execution is not None and execution.status.ended and execution.status is not Status.FAILED


def _not_taken(name: str, path: Path | None, why: str, terms: Terms) -> Submitted:
    return Submitted(name, "refused", path, error=why, tenant=terms.tenant, batch=terms.batch)

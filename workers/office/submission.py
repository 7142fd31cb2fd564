"""Handing documents in: bytes to the document store, a line in the ledger, and their batch told to begin them.

The one way in for the command line, the watched folder and whatever else takes documents. It prints nothing.
"""

from __future__ import annotations

import asyncio
import getpass
import secrets
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal

from temporalio.client import Client
from temporalio.common import Priority, SearchAttributePair, TypedSearchAttributes, WorkflowIDConflictPolicy
from temporalio.service import RPCError

from agents.documents.kind import IN_WORDS, MAX_BYTES, kind_of  # the door and the reader go by the same rule
from infra.document_store import DocumentStore
from infra.failures import Failure
from infra.ledger import Ledger
from infra.records import Execution, Refusal, Status, Submission
from infra.settings import Settings
from infra.temporal import search_attributes as sa
from workers.intake import BadSubmission, HandedIn, Refused, checked_name
from workflows import definition_of, definitions
from workflows.batch import BatchOrder, BatchWorkflow, batch_id
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


def execution_id(definition: str, tenant: str, digest: str, variant: str = "") -> str:
    """The id of the one execution of these bytes for this tenant; of the one of each ``variant``, where there are several."""
    return f"{definition}-{tenant}-{digest[:24]}" + (f"-{variant}" if variant else "")


async def submit(
    files: Sequence[HandedIn],
    *,
    client: Client,
    ledger: Ledger,
    settings: Settings,
    tenant: str,
    batch: str,
    definition: str = "invoice",
    refused: Sequence[Refused] = (),
    priority: int = NORMAL,
    told: Callable[[int], None] = lambda _: None,
) -> list[Submitted]:
    """Hand in ``files`` and return what became of each, in their order. One that cannot be taken stops no other.

    The same bytes for the same tenant are one execution, whoever hands them in and how often; only one that failed is
    begun again. A file's own tenant and priority, where it has them, come before ``tenant`` and ``priority``.

    Args:
        refused: files that could not even be found; they are noted with the batch, and not in what is returned.
        told: called with the number of files done so far.

    Raises:
        BadSubmission: the definition is not known, or tenant or batch cannot be called so.
        LedgerNotReady: there is no ledger to write to.
        Failure: the documents are kept and noted, but Temporal does not begin their batch.
    """
    checked_name("tenant", tenant)
    checked_name("batch", batch)
    taken_by = checked_definition(definition)
    await ledger.ping()
    desk = _Desk(client, ledger, settings, tenant, batch, taken_by, priority)
    made: list[Submitted] = []
    now = datetime.now(UTC)
    await ledger.refuse([Refusal(tenant=tenant, batch=batch, name=r.name, reason=r.reason, at=now) for r in refused])
    for first in range(0, len(files), NOTED_AT_ONCE):
        made += await desk.take(files[first : first + NOTED_AT_ONCE])
        told(len(made))
    return made


async def begin_batch(client: Client, settings: Settings, tenant: str, batch: str) -> None:
    """Have the batch begin what is due in the ledger: start its workflow, or tell it that there is more.

    Raises:
        Failure: Temporal does not do so; what is due stays so.
    """
    try:
        await client.start_workflow(
            BatchWorkflow.run,
            BatchOrder(tenant=tenant, batch=batch),
            id=batch_id(tenant, batch),
            task_queue=settings.task_queue,
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


@dataclass(frozen=True)
class _Kept:
    tenant: str
    digest: str
    size: int
    media_type: str


class _Desk:
    """Where one call of `submit` hands its files in."""

    def __init__(
        self,
        client: Client,
        ledger: Ledger,
        settings: Settings,
        tenant: str,
        batch: str,
        definition: Definition,
        priority: int,
    ) -> None:
        self._client = client
        self._ledger = ledger
        self._settings = settings
        self._documents = DocumentStore(settings.documents)
        self._tenant = tenant
        self._batch = batch
        self._definition = definition
        self._priority = priority
        self._options: Options = definition.options(settings)
        self._variant = definition.variant(self._options)
        self._by = _user()
        self._places = asyncio.Semaphore(AT_ONCE)
        self._first: dict[tuple[str, str], HandedIn] = {}
        """Tenant and digest to the first file of these bytes: it gives the execution its name."""

    async def take(self, files: Sequence[HandedIn]) -> list[Submitted]:
        """Keep, note and begin some of the files.

        Raises:
            Failure: the store cannot keep one, or Temporal does not begin the batch. What could be kept is noted.
        """
        outcomes = await asyncio.gather(*(self._keep(file) for file in files), return_exceptions=True)
        broken = next((one for one in outcomes if isinstance(one, BaseException)), None)
        files = [file for file, one in zip(files, outcomes, strict=True) if not isinstance(one, BaseException)]
        kept = [one for one in outcomes if not isinstance(one, BaseException)]
        taken = [(file, one) for file, one in zip(files, kept, strict=True) if isinstance(one, _Kept)]
        for file, one in taken:
            self._first.setdefault((one.tenant, one.digest), file)
        ids = {self._id(one) for _, one in taken}
        before = {execution.id: execution for execution in await self._ledger.executions_of(ids)}
        await self._note(files, kept, before)
        for tenant in dict.fromkeys(one.tenant for _, one in taken):
            await begin_batch(self._client, self._settings, tenant, self._batch)
        if broken:
            raise broken
        return [self._told(file, one, before) for file, one in zip(files, kept, strict=True)]

    async def _keep(self, file: HandedIn) -> _Kept | Submitted:
        """Store the bytes; or say why they are not taken."""
        async with self._places:
            try:
                tenant = checked_name("tenant", file.tenant) if file.tenant is not None else self._tenant
                return await asyncio.to_thread(self._store, file, tenant)
            except OSError as error:
                return _refused(file, f"it cannot be read: {error.strerror or error}")
            except (ValueError, BadSubmission) as error:
                return _refused(file, str(error))

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
                f"the document store {self._settings.documents} cannot keep {file.name}: {error.strerror or error}. "
                "Mend that and hand the same files in again: what is done is not repeated"
            ) from error
        return _Kept(tenant, digest, len(content), media_type)

    async def _note(
        self, files: Sequence[HandedIn], kept: Sequence[_Kept | Submitted], before: dict[str, Execution]
    ) -> None:
        """Write down what was handed in and what was not taken; let begin again what did not end well."""
        noted: list[Submission] = []
        refused: list[Refusal] = []
        for file, one in zip(files, kept, strict=True):
            now = datetime.now(UTC)
            if isinstance(one, Submitted):
                said = Refusal(tenant=self._tenant, batch=self._batch, name=file.name, reason=one.error or "", at=now)
                refused.append(said)
                continue
            noted.append(
                Submission(
                    tenant=one.tenant,
                    batch=self._batch,
                    name=file.name,
                    digest=one.digest,
                    size=one.size,
                    media_type=one.media_type,
                    execution_id=self._id(one),
                    submitted_at=now,
                    submitted_by=self._by,
                    priority=file.priority or self._priority,
                    details=dict(file.details),
                    begun_at=now if _ended_well(before.get(self._id(one))) else None,
                )
            )
        if refused:
            await self._ledger.refuse(refused)
        now = datetime.now(UTC)
        for tenant in dict.fromkeys(s.tenant for s in noted):
            await self._ledger.open_batch(tenant, self._batch, {self._definition.name: self._options}, now)
        if await self._ledger.submit_all(noted) == len(noted):
            return
        for tenant in dict.fromkeys(s.tenant for s in noted):
            again = [s.execution_id for s in noted if s.tenant == tenant and s.begun_at is None]
            await self._ledger.release(tenant=tenant, batch=self._batch, execution_ids=again)

    def _told(self, file: HandedIn, one: _Kept | Submitted, before: dict[str, Execution]) -> Submitted:
        if isinstance(one, Submitted):
            return one
        id = self._id(one)
        path, was = file.origin, before.get(id)
        first = self._first[one.tenant, one.digest]
        if first is not file:
            return Submitted(file.name, "same document", path, one.digest, id, same_as=first.name)
        if was and _ended_well(was):
            return Submitted(file.name, "already processed", path, one.digest, id, execution=was)
        if was and was.status is Status.REVIEW:
            return Submitted(file.name, "waits for review", path, one.digest, id, execution=was)
        if was and was.status is Status.RUNNING:
            return Submitted(file.name, "running", path, one.digest, id)
        return Submitted(file.name, "queued", path, one.digest, id, earlier_run_id=was.run_id if was else None)

    def _id(self, one: _Kept) -> str:
        return execution_id(self._definition.name, one.tenant, one.digest, self._variant)


def _ended_well(execution: Execution | None) -> bool:
    return execution is not None and execution.status.ended and execution.status is not Status.FAILED


def _refused(file: HandedIn, why: str) -> Submitted:
    return Submitted(file.name, "refused", file.origin, error=why)


def _user() -> str | None:
    with suppress(KeyError, OSError, ImportError):
        return getpass.getuser()
    return None

"""Handing documents in: bytes to the document store, a line in the ledger, an execution in Temporal.

The one way in for the command line and whatever else takes documents. It prints nothing.
"""

from __future__ import annotations

import asyncio
import getpass
import os
import re
import secrets
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Literal

from temporalio.client import Client
from temporalio.common import (
    SearchAttributePair,
    TypedSearchAttributes,
    WorkflowIDConflictPolicy,
    WorkflowIDReusePolicy,
)
from temporalio.exceptions import WorkflowAlreadyStartedError
from temporalio.service import RPCError

from agents.documents._kind import kind_of  # the door and the reader go by the same rule
from agents.documents._process import MAX_BYTES
from infra.document_store import DocumentStore
from infra.failures import Failure
from infra.ledger import Execution, Ledger, Status, Submission
from infra.settings import Settings
from infra.telemetry.phoenix import trace_link
from infra.telemetry.tracing import trace_id_of
from infra.temporal import search_attributes as sa
from workflows import Definition, definitions
from workflows.execution import ExecutionOrder

ENDINGS = (".pdf", ".xml")
"""Files taken from a folder. One named by itself is taken whatever its name."""
LARGEST_DOCUMENT = MAX_BYTES
"""Bytes of the largest document taken."""
AT_ONCE = 16
"""Documents in the making at the same time."""
NAME = re.compile(r"[a-z0-9][a-z0-9._-]{0,62}")
"""What tenants and batches may be called: their names stand in ids, addresses and file names."""

TAKEN: dict[str, tuple[str, ...]] = {"invoice": ("application/pdf", "application/xml")}
"""Media types, by content, that a definition takes; one that is not listed takes every file."""
Outcome = Literal["started", "running", "waits for review", "already processed", "same document", "refused"]


class BadSubmission(Failure):
    """Nothing was handed in: what was asked for cannot be done as a whole."""


@dataclass(frozen=True)
class HandedIn:
    """One file: its name, and its bytes or where they are."""

    name: str
    content: bytes | Path


@dataclass(frozen=True)
class Submitted:
    """What became of one file.

    ``started`` its execution began; ``running`` it had begun before; ``waits for review`` it had, and a person is asked;
    ``already processed`` it has ended; of these two ``execution`` says more; ``same document`` its bytes are those of
    ``same_as``, handed in with it; ``refused`` it was not taken, as ``error`` says.
    """

    name: str
    outcome: Outcome
    path: Path | None = None
    digest: str | None = None
    execution_id: str | None = None
    run_id: str | None = None
    earlier_run_id: str | None = None
    """The run that failed before this one, which the ledger shows until this one is recorded."""
    execution: Execution | None = None
    same_as: str | None = None
    error: str | None = None


@dataclass
class Found:
    """The files under some paths, and what stands there but cannot be read."""

    files: list[HandedIn] = field(default_factory=list)
    refused: list[Submitted] = field(default_factory=list)


def find_files(paths: Sequence[Path]) -> Found:
    """The files at ``paths``: of a folder the PDF and XML files in it and below it, sorted, without hidden ones.

    Raises:
        BadSubmission: a path does not exist, or a folder holds no such file.
    """
    if missing := [path for path in paths if not os.path.lexists(path)]:
        raise BadSubmission(f"there is no file or folder {missing[0]}. Nothing was handed in")
    found, seen = Found(), set[Path]()
    for path in paths:
        before = len(found.files) + len(found.refused)
        for file in _below(path, found.refused) if path.is_dir() else [path]:
            if file.resolve() not in seen:
                seen.add(file.resolve())
                found.files.append(HandedIn(_readable_name(file), file))
        if path.is_dir() and len(found.files) + len(found.refused) == before and not any(_below(path, [])):
            raise BadSubmission(f"the folder {path} holds no .pdf or .xml file. Nothing was handed in")
    return found


def new_batch() -> str:
    """A name for a batch that was given none: the time, and enough chance to tell two of the same second apart."""
    return f"{datetime.now():%Y%m%d-%H%M%S}-{secrets.token_hex(2)}"


def checked_name(kind: str, name: str) -> str:
    """``name`` if a tenant or batch may be called so.

    Raises:
        BadSubmission: it may not; the message says what may.
    """
    if NAME.fullmatch(name):
        return name
    raise BadSubmission(
        f"{name!r} cannot name a {kind}: 1 to 63 characters of a-z, 0-9, '.', '_' and '-', a letter or digit first"
    )


def checked_definition(name: str) -> Definition:
    """The definition called ``name``.

    Raises:
        BadSubmission: there is none; the message says which there are.
    """
    known = definitions()
    if name not in known:
        raise BadSubmission(f"there is no definition {name!r}; there are: {', '.join(sorted(known))}")
    return known[name]


def execution_id(definition: str, tenant: str, digest: str) -> str:
    """The id of the one execution of these bytes for this tenant."""
    return f"{definition}-{tenant}-{digest[:24]}"


async def submit(
    files: Sequence[HandedIn],
    *,
    client: Client,
    ledger: Ledger,
    settings: Settings,
    tenant: str,
    batch: str,
    definition: str = "invoice",
) -> list[Submitted]:
    """Hand in ``files`` and return what became of each, in their order. One that cannot be taken stops no other.

    The same bytes for the same tenant are one execution, whoever hands them in and how often; only one that failed is
    begun again.

    Raises:
        BadSubmission: the definition is not known, or tenant or batch cannot be called so.
        LedgerNotReady: there is no ledger to write to.
    """
    checked_name("tenant", tenant)
    checked_name("batch", batch)
    taken_by = checked_definition(definition)
    await ledger.ping()
    desk = _Desk(client, ledger, settings, tenant, batch, taken_by)
    return await desk.take(files)


@dataclass(frozen=True)
class _Kept:
    digest: str
    size: int
    media_type: str


class _Desk:
    """Where one call of `submit` hands its files in."""

    def __init__(
        self, client: Client, ledger: Ledger, settings: Settings, tenant: str, batch: str, definition: Definition
    ) -> None:
        self._client = client
        self._ledger = ledger
        self._settings = settings
        self._documents = DocumentStore(settings.documents)
        self._tenant = tenant
        self._batch = batch
        self._definition = definition
        self._options: dict[str, Any] = definition.options(settings)
        self._by = _user()
        self._places = asyncio.Semaphore(AT_ONCE)

    async def take(self, files: Sequence[HandedIn]) -> list[Submitted]:
        kept = await asyncio.gather(*(self._keep(file) for file in files))
        # All are kept before the first is started, so that of the same bytes the first file gives the name.
        first: dict[str, HandedIn] = {}
        for file, document in zip(files, kept, strict=True):
            if isinstance(document, _Kept):
                first.setdefault(document.digest, file)
        made = (self._begin(file, document, first) for file, document in zip(files, kept, strict=True))
        return list(await asyncio.gather(*made))

    async def _keep(self, file: HandedIn) -> _Kept | Submitted:
        """Store the bytes; or say why they are not taken."""
        async with self._places:
            try:
                return await asyncio.to_thread(self._store, file.content)
            except OSError as error:
                return _refused(file, f"it cannot be read or kept: {error.strerror or error}")
            except ValueError as error:
                return _refused(file, str(error))

    def _store(self, content: bytes | Path) -> _Kept:
        if isinstance(content, Path):
            if not content.is_file():
                raise ValueError("it is no file" if content.exists() else "it points to nothing")
            with content.open("rb") as opened:
                content = opened.read(LARGEST_DOCUMENT + 1)
        if not content:
            raise ValueError("it is empty")
        if len(content) > LARGEST_DOCUMENT:
            raise ValueError(f"it is larger than the {LARGEST_DOCUMENT / 1e6:.0f} MB a document may have")
        kind, called = kind_of(content)
        media_type = f"application/{kind or 'octet-stream'}"
        taken = TAKEN.get(self._definition.name)
        if taken and media_type not in taken:
            raise ValueError(f"it is {called}; hand in a PDF or an XML file")
        return _Kept(self._documents.put(content), len(content), media_type)

    async def _begin(self, file: HandedIn, kept: _Kept | Submitted, first: dict[str, HandedIn]) -> Submitted:
        """Note the submission and start its execution, if none of these bytes has begun."""
        if isinstance(kept, Submitted):
            return kept
        id = execution_id(self._definition.name, self._tenant, kept.digest)
        path = file.content if isinstance(file.content, Path) else None
        noted = Submission(
            tenant=self._tenant,
            batch=self._batch,
            name=file.name,
            digest=kept.digest,
            size=kept.size,
            media_type=kept.media_type,
            execution_id=id,
            submitted_at=datetime.now(UTC),
            submitted_by=self._by,
        )
        async with self._places:
            await self._ledger.submit(noted)
            if first[kept.digest] is not file:
                name = first[kept.digest].name
                return Submitted(file.name, "same document", path, kept.digest, id, same_as=name)
            before = await self._ledger.execution(id)
            try:
                begun, run_id = await self._start(id, file.name, kept.digest)
            except WorkflowAlreadyStartedError as error:
                ended = await self._ledger.execution(id)
                return Submitted(file.name, "already processed", path, kept.digest, id, error.run_id, execution=ended)
            except RPCError as error:
                return _refused(file, f"Temporal did not take it: {error.message or error.status.name}")
            if not begun:
                now = await self._ledger.execution(id)
                if now and now.run_id == run_id and now.status is Status.REVIEW:
                    return Submitted(file.name, "waits for review", path, kept.digest, id, run_id, execution=now)
            earlier = before.run_id if before and before.run_id != run_id else None
            return Submitted(file.name, "started" if begun else "running", path, kept.digest, id, run_id, earlier)

    async def _start(self, id: str, name: str, digest: str) -> tuple[bool, str | None]:
        """Start the execution; whether it was this call that did, and the run."""
        order = ExecutionOrder(
            tenant=self._tenant,
            batch=self._batch,
            digest=digest,
            name=name,
            options=self._options,
            trace_link=trace_link(self._settings, f"{trace_id_of(id):032x}"),
        )
        handle = await self._client.start_workflow(
            self._definition.workflow.run,  # type: ignore[attr-defined]
            order,
            id=id,
            task_queue=self._settings.task_queue,
            id_reuse_policy=WorkflowIDReusePolicy.ALLOW_DUPLICATE_FAILED_ONLY,
            id_conflict_policy=WorkflowIDConflictPolicy.USE_EXISTING,
            static_summary=name[:200],
            search_attributes=TypedSearchAttributes(
                [
                    SearchAttributePair(sa.TENANT, self._tenant),
                    SearchAttributePair(sa.BATCH, self._batch),
                    SearchAttributePair(sa.DOCUMENT, name),
                    SearchAttributePair(sa.STATUS, Status.RUNNING.value),
                ]
            ),
        )
        # The server says whether it started the run or found it; the SDK keeps that answer but has no name for it yet.
        response = getattr(handle, "_start_workflow_response", None)
        return getattr(response, "started", True), handle.result_run_id


def _below(folder: Path, refused: list[Submitted]) -> Iterator[Path]:
    """The documents in a folder and below it; folders that cannot be read are added to ``refused``."""

    def cannot_read(error: OSError) -> None:
        unreadable = Path(error.filename)
        it = HandedIn(_readable_name(unreadable), unreadable)
        refused.append(_refused(it, f"it cannot be read: {error.strerror}"))

    found = []
    for place, folders, names in os.walk(folder, onerror=cannot_read):
        folders[:] = [name for name in folders if not name.startswith(".")]
        found += [Path(place, n) for n in names if n.lower().endswith(ENDINGS) and not n.startswith(".")]
    yield from sorted(found)


def _refused(file: HandedIn, why: str) -> Submitted:
    path = file.content if isinstance(file.content, Path) else None
    return Submitted(file.name, "refused", path, error=why)


def _readable_name(path: Path) -> str:
    """The file's name, with a mark in place of what is no text in it."""
    return os.fsencode(path.name).decode("utf-8", "replace")


def _user() -> str | None:
    with suppress(KeyError, OSError, ImportError):
        return getpass.getuser()
    return None

"""`Ledger`: every read and write of the record."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterable, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager, nullcontext
from dataclasses import dataclass
from datetime import UTC, datetime
from types import TracebackType
from typing import Any, Self
from weakref import WeakKeyDictionary

from pydantic import BaseModel
from sqlalchemy import ColumnElement, RowMapping, Select, Table, delete, func, insert, or_, select, text, union, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from infra.ledger import _database
from infra.ledger._database import LedgerNotReady
from infra.ledger._tables import (
    documents,
    executions,
    findings,
    model_calls,
    postings,
    reviews,
    steps,
    submissions,
)
from infra.ledger.records import (
    AlreadyPosted,
    BatchSummary,
    Execution,
    Finding,
    Posting,
    Review,
    Status,
    Step,
    Submission,
)
from infra.models.calls import CallStatus, ModelCall, TokenUsage

_ANSWERED = (CallStatus.COMPLETED, CallStatus.INVALID)
_LOST = "no answer was seen: the worker ended while the call was in flight"
_IDS_IN_A_QUERY = 500
_SHORTEST_DIGEST = 6


@dataclass(frozen=True)
class _Engines:
    """The two ways into one pool. ``turn`` lets the writers of one loop queue up instead of polling SQLite's lock."""

    reading: AsyncEngine
    writing: AsyncEngine
    turn: AbstractAsyncContextManager[Any]


class Ledger:
    """The record in the database at a URL. Nothing is opened before the first use.

    May be used from several event loops and processes: each loop has connections of its own, and closes them with
    `close`. Every method raises `LedgerNotReady` when the database is missing, out of reach or not migrated.
    """

    def __init__(self, url: str) -> None:
        self._url = _database.parse_url(url)
        self._engines: WeakKeyDictionary[asyncio.AbstractEventLoop, _Engines] = WeakKeyDictionary()

    def __repr__(self) -> str:
        return f"Ledger({_database.shown(self._url)!r})"

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()

    async def close(self) -> None:
        """Close the connections of the running loop."""
        engines = self._engines.pop(asyncio.get_running_loop(), None)
        if engines is not None:
            await engines.writing.dispose()

    async def ping(self) -> None:
        """Ask the database for an answer."""
        async with self._reading() as connection:
            await connection.execute(text("SELECT 1"))

    # Documents and executions

    async def submit(self, submission: Submission) -> bool:
        """Keep a submission and its document; True if its tenant, batch, name and digest were not there together."""
        document = submission.model_dump(include={"tenant", "digest", "size", "media_type"})
        async with self._writing() as connection:
            await connection.execute(
                self._insert(documents)
                .values(**document, first_submitted_at=submission.submitted_at)
                .on_conflict_do_update(
                    index_elements=["tenant", "digest"],
                    set_={"size": submission.size, "media_type": submission.media_type},
                )
            )
            return await self._insert_new(
                connection, submissions, submission.model_dump(exclude={"size", "media_type"})
            )

    async def record(self, execution: Execution) -> None:
        """Replace what is kept of an execution by how it now stands, unless what is kept is newer.

        Newer is a run that started later; in the same run an ended state, and among open states one with more steps
        or reviews. Within a run the first ``started_at`` stays.
        """
        async with self._writing(f"execution {execution.id}") as connection:
            kept = await self._standing(connection, execution.id)
            if kept is not None and kept.newer_than(execution):
                return
            values = _flat(execution, exclude={"steps", "findings", "reviews"})
            if kept is None:
                await connection.execute(insert(executions).values(values))
            else:
                if kept.run_id == execution.run_id:
                    values["started_at"] = kept.started_at
                await connection.execute(update(executions).where(executions.c.id == execution.id).values(values))
            children: list[tuple[Table, Sequence[BaseModel]]] = [
                (steps, execution.steps),
                (findings, execution.findings),
                (reviews, execution.reviews),
            ]
            for table, records in children:
                await connection.execute(delete(table).where(table.c.execution_id == execution.id))
                if records:
                    rows = [
                        {"execution_id": execution.id, "position": position, **record.model_dump()}
                        for position, record in enumerate(records)
                    ]
                    await connection.execute(insert(table), rows)

    async def execution(self, id: str) -> Execution | None:
        """The execution with its steps, findings and reviews, as they stood at one moment."""
        async with self._reading() as connection:
            row = (await connection.execute(select(executions).where(executions.c.id == id))).mappings().one_or_none()
            if row is None:
                return None
            found = _execution(row)
            found.steps = [Step.model_validate(dict(r)) for r in await self._children(connection, steps, id)]
            found.findings = [Finding.model_validate(dict(r)) for r in await self._children(connection, findings, id)]
            found.reviews = [Review.model_validate(dict(r)) for r in await self._children(connection, reviews, id)]
            return found

    async def executions(
        self,
        *,
        tenant: str | None = None,
        batch: str | None = None,
        statuses: Iterable[Status | str] | None = None,
        definition: str | None = None,
        limit: int | None = None,
        newest_first: bool = True,
    ) -> list[Execution]:
        """Executions by start, without their steps, findings and reviews.

        A document handed in again in a later batch belongs to both batches.
        """
        query = select(executions)
        if tenant is not None:
            query = query.where(executions.c.tenant == tenant)
        if batch is not None:
            handed_in = select(submissions.c.execution_id).where(
                submissions.c.batch == batch, submissions.c.tenant == executions.c.tenant
            )
            query = query.where(or_(executions.c.batch == batch, executions.c.id.in_(handed_in)))
        if statuses is not None:
            query = query.where(executions.c.status.in_([str(status) for status in statuses]))
        if definition is not None:
            query = query.where(executions.c.definition == definition)
        start = executions.c.started_at
        query = query.order_by(start.desc() if newest_first else start.asc(), executions.c.id).limit(limit)
        return [_execution(row) for row in await self._all(query)]

    async def find_execution(self, prefix: str, tenant: str | None = None) -> list[Execution]:
        """Executions a person may mean by ``prefix``, newest first, without steps, findings and reviews.

        One whose id is exactly ``prefix`` is the only answer; else those whose id begins with it, whose digest
        does (six characters or more), or whose document was handed in under exactly that file name.
        """
        if not prefix:
            return []
        query = select(executions).order_by(executions.c.started_at.desc(), executions.c.id)
        handed_in = select(submissions.c.execution_id).where(submissions.c.name == prefix)
        if tenant is not None:
            query = query.where(executions.c.tenant == tenant)
            handed_in = handed_in.where(submissions.c.tenant == tenant)
        exact = await self._all(query.where(executions.c.id == prefix))
        if exact:
            return [_execution(row) for row in exact]
        meant = [_begins(executions.c.id, prefix), executions.c.name == prefix, executions.c.id.in_(handed_in)]
        if len(prefix) >= _SHORTEST_DIGEST:
            meant.append(_begins(executions.c.digest, prefix.lower()))
        return [_execution(row) for row in await self._all(query.where(or_(*meant)))]

    async def submissions(self, *, tenant: str | None = None, batch: str | None = None) -> list[Submission]:
        """Submissions, oldest first."""
        query = select(submissions, documents.c.size, documents.c.media_type).join(documents)
        if tenant is not None:
            query = query.where(submissions.c.tenant == tenant)
        if batch is not None:
            query = query.where(submissions.c.batch == batch)
        query = query.order_by(submissions.c.submitted_at, submissions.c.batch, submissions.c.name)
        return [Submission.model_validate(dict(row)) for row in await self._all(query)]

    async def batches(self, tenant: str | None = None) -> list[BatchSummary]:
        """Batches, newest first."""
        columns = ("tenant", "batch", "digest")
        handed_in = select(
            *(submissions.c[name] for name in columns), submissions.c.execution_id, submissions.c.submitted_at
        )
        recorded = select(
            *(executions.c[name] for name in columns),
            executions.c.id.label("execution_id"),
            executions.c.started_at.label("submitted_at"),
        )
        if tenant is not None:
            handed_in = handed_in.where(submissions.c.tenant == tenant)
            recorded = recorded.where(executions.c.tenant == tenant)
        member = union(handed_in, recorded).subquery()
        group = (member.c.tenant, member.c.batch)
        sizes = select(
            *group,
            func.count(member.c.digest.distinct()).label("documents"),
            func.min(member.c.submitted_at).label("submitted_at"),
        ).group_by(*group)
        counts = (
            select(*group, executions.c.status, func.count(executions.c.id.distinct()).label("executions"))
            .join(executions, executions.c.id == member.c.execution_id)
            .group_by(*group, executions.c.status)
        )
        async with self._reading() as connection:
            found = {
                (row.tenant, row.batch): BatchSummary.model_validate(dict(row._mapping))
                for row in await connection.execute(sizes)
            }
            for row in await connection.execute(counts):
                found[row.tenant, row.batch].counts[Status(row.status)] = row.executions
        return sorted(found.values(), key=lambda batch: batch.submitted_at, reverse=True)

    # Postings

    async def post(self, posting: Posting, *, in_spite_of: Sequence[str] = ()) -> bool:
        """Write a posting; True the first time, False ever after for the same execution.

        Raises:
            AlreadyPosted: another execution, not named in ``in_spite_of``, has posted the tenant's invoice of that vendor
                and number. Two that come at once are told apart: one is written, the other refused.
        """
        same = select(postings.c.execution_id).where(
            postings.c.tenant == posting.tenant,
            postings.c.vendor == posting.vendor,
            postings.c.number == posting.number,
            postings.c.execution_id.not_in([posting.execution_id, *in_spite_of]),
        )
        async with self._writing(alone_on=f"posting {posting.tenant} {posting.vendor} {posting.number}") as connection:
            if posting.vendor and posting.number and (other := (await connection.execute(same)).scalar()):
                raise AlreadyPosted(other)
            return await self._insert_new(connection, postings, posting.model_dump())

    async def posted(self, tenant: str, *, vendor: str | None = None, number: str | None = None) -> list[Posting]:
        """What a tenant posted, oldest first; of one vendor, or under one invoice number, where given."""
        query = select(postings).where(postings.c.tenant == tenant)
        if vendor is not None:
            query = query.where(postings.c.vendor == vendor)
        if number is not None:
            query = query.where(postings.c.number == number)
        query = query.order_by(postings.c.posted_at, postings.c.execution_id)
        return [Posting.model_validate(dict(row)) for row in await self._all(query)]

    # Model calls

    async def begin_call(self, call: ModelCall) -> ModelCall:
        """The call to make, started and numbered; or the answered one with this key, which must not be made again.

        What is left started under the key becomes lost: its process ended, or another has taken over.
        """
        of_key = model_calls.c.key == call.key
        async with self._writing(f"call {call.key}") as connection:
            rows = await connection.execute(select(model_calls).where(of_key).order_by(model_calls.c.attempt.desc()))
            tried = [_call(row) for row in rows.mappings()]
            # Of several answers the latest attempt's is the one that was used: the earlier came after it was given up.
            for status in _ANSWERED:
                for earlier in tried:
                    if earlier.status is status:
                        return earlier
            await connection.execute(
                update(model_calls)
                .where(of_key, model_calls.c.status == CallStatus.STARTED)
                .values(status=CallStatus.LOST, error=_LOST, ended_at=datetime.now(UTC))
            )
            started = call.model_copy(
                update={
                    "status": CallStatus.STARTED,
                    "attempt": tried[0].attempt + 1 if tried else 1,
                    "ended_at": None,
                    "error": None,
                }
            )
            await connection.execute(insert(model_calls).values(_flat(started)))
            return started

    async def end_call(self, call: ModelCall) -> None:
        """Write the outcome of a call that `begin_call` started.

        Written too when the call was given up as lost meanwhile, since an answer is paid however late it comes.
        An answer on record is not replaced by the news that none was seen.

        Raises ValueError for a call that is still started.
        """
        if call.status is CallStatus.STARTED:
            raise ValueError(f"Model call {call.key} attempt {call.attempt} has no outcome yet: it is still started")
        row = _flat(call)
        outcome = {name: value for name, value in row.items() if name not in ("key", "attempt")}
        overwritable = None if call.status in _ANSWERED else model_calls.c.status.not_in(_ANSWERED)
        async with self._writing(f"call {call.key}") as connection:
            await connection.execute(
                self._insert(model_calls)
                .values(row)
                .on_conflict_do_update(index_elements=["key", "attempt"], set_=outcome, where=overwritable)
            )

    async def calls(self, execution_id: str) -> list[ModelCall]:
        """The model calls of an execution, by start."""
        return (await self.calls_of([execution_id]))[execution_id]

    async def calls_of(self, execution_ids: Sequence[str]) -> dict[str, list[ModelCall]]:
        """The model calls of each of these executions, by start; an empty list where there are none."""
        found: dict[str, list[ModelCall]] = {id: [] for id in execution_ids}
        ids = list(found)
        for first in range(0, len(ids), _IDS_IN_A_QUERY):
            query = (
                select(model_calls)
                .where(model_calls.c.execution_id.in_(ids[first : first + _IDS_IN_A_QUERY]))
                .order_by(model_calls.c.started_at, model_calls.c.key, model_calls.c.attempt)
            )
            for row in await self._all(query):
                found[row["execution_id"]].append(_call(row))
        return found

    # Reading and writing

    @asynccontextmanager
    async def _reading(self) -> AsyncIterator[AsyncConnection]:
        """A transaction that sees one moment of the database."""
        engines = await self._ready()
        async with self._reached(engines.reading) as connection:
            yield connection

    @asynccontextmanager
    async def _writing(self, alone_on: str | None = None) -> AsyncIterator[AsyncConnection]:
        """A transaction that writes; of those ``alone_on`` the same thing, one at a time runs, in all processes."""
        engines = await self._ready()
        async with engines.turn, self._reached(engines.writing) as connection:
            if alone_on is not None and not _database.is_sqlite(self._url):
                await connection.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(alone_on, 0))))
            yield connection

    @asynccontextmanager
    async def _reached(self, engine: AsyncEngine) -> AsyncIterator[AsyncConnection]:
        connection = engine.connect()
        try:
            await connection.start()
        except (OSError, DBAPIError) as error:
            raise LedgerNotReady.because(self._url, f"cannot be reached ({error})") from error
        try:
            async with connection.begin():
                yield connection
        finally:
            await connection.close()

    async def _ready(self) -> _Engines:
        """The running loop's engines, made and checked the first time."""
        loop = asyncio.get_running_loop()
        if loop in self._engines:
            return self._engines[loop]
        sqlite_file = _database.is_sqlite(self._url)
        if sqlite_file and not _database.sqlite_path(self._url).exists():  # connecting would make an empty one
            raise LedgerNotReady.because(self._url, "does not exist")
        engine = _database.create_engine(self._url)
        try:
            async with engine.connect() as connection:
                found = await connection.run_sync(_database.revision)
            if found is None:
                raise LedgerNotReady.because(self._url, "has no tables yet")
            if found < _database.head():
                reason = f"is at revision {found}, this software needs {_database.head()}"
                raise LedgerNotReady.because(self._url, reason)
        except (OSError, DBAPIError) as error:
            await engine.dispose()
            raise LedgerNotReady.because(self._url, f"cannot be reached ({error})") from error
        except BaseException:
            await engine.dispose()
            raise
        if loop in self._engines:  # another task was first
            await engine.dispose()
            return self._engines[loop]
        self._engines[loop] = engines = _Engines(
            reading=engine if sqlite_file else engine.execution_options(isolation_level="REPEATABLE READ"),
            writing=engine.execution_options(begin="IMMEDIATE"),
            turn=asyncio.Lock() if sqlite_file else nullcontext(),
        )
        return engines

    async def _all(self, query: Select[Any]) -> Sequence[RowMapping]:
        async with self._reading() as connection:
            rows: Sequence[RowMapping] = (await connection.execute(query)).mappings().all()
            return rows

    async def _children(self, connection: AsyncConnection, table: Table, id: str) -> Sequence[RowMapping]:
        query = select(table).where(table.c.execution_id == id).order_by(table.c.position)
        return (await connection.execute(query)).mappings().all()

    async def _standing(self, connection: AsyncConnection, id: str) -> _Standing | None:
        def count(table: Table) -> ColumnElement[int]:
            return select(func.count()).select_from(table).where(table.c.execution_id == id).scalar_subquery()

        kept = executions.c
        query = select(kept.run_id, kept.status, kept.started_at, count(steps), count(reviews)).where(kept.id == id)
        row = (await connection.execute(query)).one_or_none()
        if row is None:
            return None
        run_id, status, started_at, step_count, review_count = row
        return _Standing(run_id, Status(status), started_at, step_count, review_count)

    def _insert(self, table: Table) -> sqlite.Insert | postgresql.Insert:
        """An INSERT that knows ON CONFLICT."""
        return sqlite.insert(table) if _database.is_sqlite(self._url) else postgresql.insert(table)

    async def _insert_new(self, connection: AsyncConnection, table: Table, values: dict[str, Any]) -> bool:
        """Insert a row unless its primary key is there; True if it was not."""
        statement = self._insert(table).values(values).on_conflict_do_nothing()
        inserted = await connection.execute(statement.returning(*table.primary_key.columns))
        return inserted.one_or_none() is not None


@dataclass(frozen=True)
class _Standing:
    """How far the execution on record is."""

    run_id: str
    status: Status
    started_at: datetime
    steps: int
    reviews: int

    def newer_than(self, execution: Execution) -> bool:
        """Whether ``execution`` is of an older state than this."""
        if execution.run_id != self.run_id:
            return execution.started_at < self.started_at
        if execution.status.ended:
            return False
        return self.status.ended or len(execution.steps) < self.steps or len(execution.reviews) < self.reviews


def _begins(column: ColumnElement[str], prefix: str) -> ColumnElement[bool]:
    # A range and not LIKE, which on SQLite ignores case and so could not use the index.
    return (column >= prefix) & (column < prefix + "\U0010ffff")


def _flat(record: Execution | ModelCall, exclude: set[str] | None = None) -> dict[str, Any]:
    """The columns of a record that has token usage."""
    values = record.model_dump(exclude={"usage", *(exclude or ())})
    return values | {f"{kind}_tokens": tokens for kind, tokens in record.usage.model_dump().items()}


def _with_usage(row: RowMapping) -> dict[str, Any]:
    return {**row, "usage": {kind: row[f"{kind}_tokens"] for kind in TokenUsage.model_fields}}


def _execution(row: RowMapping) -> Execution:
    return Execution.model_validate(_with_usage(row))


def _call(row: RowMapping) -> ModelCall:
    return ModelCall.model_validate(_with_usage(row))

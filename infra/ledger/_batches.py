"""Batches in the record: what was handed in, what of it is still to begin, and how far all of it is."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from functools import cache
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Executable,
    Select,
    bindparam,
    delete,
    func,
    insert,
    select,
    union,
    update,
)

from infra.ledger._access import IDS_IN_A_QUERY, Access, Insert
from infra.ledger._tables import batches, documents, executions, refusals, submissions
from infra.records import (
    BatchProgress,
    BatchSummary,
    Begun,
    Execution,
    ModelCall,
    Refusal,
    Status,
    Submission,
    TokenUsage,
)

_RECENT_SECONDS = 300.0
"""The rate of a batch is that of its last five minutes."""


class Batches(Access):
    """The part of the ledger that keeps what was handed in."""

    async def submit(self, submission: Submission) -> bool:
        """Keep a submission and its document; True if its tenant, batch, name and digest were not there together."""
        return bool(await self.submit_all([submission]))

    async def submit_all(self, given: Sequence[Submission]) -> int:
        """Keep submissions and their documents in one transaction; how many were not there before."""
        if not given:
            return 0
        # In one order whoever hands them in, so that two who hand in the same at once do not wait for each other.
        described = [
            s.model_dump(include={"tenant", "digest", "size", "media_type"}) | {"first_submitted_at": s.submitted_at}
            for _, s in sorted({(s.tenant, s.digest): s for s in given}.items())
        ]
        noted = [
            s.model_dump(exclude={"size", "media_type"})
            for _, s in sorted({(s.tenant, s.batch, s.name, s.digest): s for s in given}.items())
        ]
        mended = [{"of_tenant": s.tenant, "of_batch": s.batch, "named": s.name} for s in given]

        def work(connection: Connection) -> int:
            connection.execute(_keep_document(self._insert), described)
            new = connection.execute(_note_submission(self._insert), noted).all()
            connection.execute(_FORGET_REFUSAL, mended)
            return len(new)

        return await self._write(work)

    async def refuse(self, given: Sequence[Refusal]) -> None:
        """Keep why files were not taken. The same file refused again replaces what was said before."""
        if given:
            rows = [refusal.model_dump() for refusal in given]
            await self._write(lambda connection: connection.execute(_keep_refusal(self._insert), rows))

    async def refused(self, *, tenant: str, batch: str) -> list[Refusal]:
        """The files of a batch that were not taken, oldest first."""
        query = select(refusals).where(refusals.c.tenant == tenant, refusals.c.batch == batch)
        return [Refusal.model_validate(dict(row)) for row in await self._all(query.order_by(refusals.c.at))]

    async def submissions(self, *, tenant: str | None = None, batch: str | None = None) -> list[Submission]:
        """Submissions, oldest first."""
        query = _with_documents()
        if tenant is not None:
            query = query.where(submissions.c.tenant == tenant)
        if batch is not None:
            query = query.where(submissions.c.batch == batch)
        query = query.order_by(submissions.c.submitted_at, submissions.c.batch, submissions.c.name)
        return [Submission.model_validate(dict(row)) for row in await self._all(query)]

    async def open_batch(self, tenant: str, batch: str, options: Mapping[str, Any], at: datetime) -> None:
        """Keep the options that the executions of a batch are begun with, by definition; later ones replace earlier."""
        where = (batches.c.tenant == tenant, batches.c.batch == batch)

        def work(connection: Connection) -> None:
            kept = connection.execute(select(batches.c.options).where(*where)).scalar_one_or_none()
            if kept is None:
                new = {"tenant": tenant, "batch": batch, "options": dict(options), "opened_at": at}
                connection.execute(insert(batches).values(new))
            elif {**kept, **options} != kept:
                connection.execute(update(batches).where(*where).values(options={**kept, **options}))

        await self._write(work, alone_on=f"batch {tenant} {batch}")

    async def batch_options(self, tenant: str, batch: str) -> dict[str, Any]:
        """The options a batch was opened with, by definition; empty where it was not."""
        query = select(batches.c.options).where(batches.c.tenant == tenant, batches.c.batch == batch)
        rows = await self._all(query)
        return dict(rows[0]["options"]) if rows else {}

    # What is to begin, and what has begun

    async def due(self, *, tenant: str, batch: str, limit: int) -> list[Submission]:
        """Submissions of a batch that are to begin: the most urgent first, then as they were handed in."""
        rows = await self._all(_NEXT, {"of_tenant": tenant, "of_batch": batch, "most": limit})
        return [Submission.model_validate(dict(row)) for row in rows]

    async def begun(self, *, tenant: str, batch: str, begun: Sequence[Begun], at: datetime) -> None:
        """Note that these executions have begun, with the first line of each; one that failed before runs again.

        An execution that has told more of itself meanwhile keeps what it told.
        """
        if not begun:
            return
        lines = [
            _line(execution)
            for _, execution in sorted({b.execution.id: b.execution for b in begun if b.execution}.items())
        ]
        ids = [each.execution_id for each in begun]

        def work(connection: Connection) -> None:
            if lines:
                connection.execute(_begin_line(self._insert), lines)
            for first in range(0, len(ids), IDS_IN_A_QUERY):
                some = ids[first : first + IDS_IN_A_QUERY]
                connection.execute(_NOTE_BEGUN, {"of_tenant": tenant, "of_batch": batch, "ids": some, "at": at})

        await self._write(work)

    async def in_flight(self, *, tenant: str, batch: str) -> list[str]:
        """Ids of the executions of a batch that have begun and neither ended nor wait for a person."""
        query = (
            select(submissions.c.execution_id)
            .outerjoin(executions, executions.c.id == submissions.c.execution_id)
            .where(submissions.c.tenant == tenant, submissions.c.batch == batch, submissions.c.begun_at.is_not(None))
            .where(executions.c.id.is_(None) | (executions.c.status == Status.RUNNING))
            .distinct()
        )
        return [row["execution_id"] for row in await self._all(query)]

    async def statuses(self, ids: Iterable[str]) -> dict[str, Status]:
        """The status of each of these executions that is recorded."""
        wanted = list(ids)

        def work(connection: Connection) -> dict[str, Status]:
            known: dict[str, Status] = {}
            for first in range(0, len(wanted), IDS_IN_A_QUERY):
                rows = connection.execute(_STATUSES, {"ids": wanted[first : first + IDS_IN_A_QUERY]}).all()
                known |= {id: Status(status) for id, status in rows}
            return known

        return await self._read(work) if wanted else {}

    async def known(self, ids: Iterable[str]) -> set[str]:
        """Those of these executions that were handed in or are recorded."""
        wanted = list(ids)

        def work(connection: Connection) -> set[str]:
            found: set[str] = set()
            for first in range(0, len(wanted), IDS_IN_A_QUERY):
                some = {"ids": wanted[first : first + IDS_IN_A_QUERY]}
                found.update(connection.execute(_KNOWN, some).scalars())
            return found

        return await self._read(work) if wanted else set()

    async def release(self, *, tenant: str, batch: str, execution_ids: Sequence[str] | None = None) -> int:
        """Let submissions of a batch begin (again), those of these executions or all that are withheld; how many."""
        groups: list[Sequence[str] | None] = [None]
        if execution_ids is not None:
            firsts = range(0, len(execution_ids), IDS_IN_A_QUERY)
            groups = [execution_ids[first : first + IDS_IN_A_QUERY] for first in firsts]

        def work(connection: Connection) -> int:
            again = 0
            for ids in groups:
                which = submissions.c.withheld.is_not(None) if ids is None else submissions.c.execution_id.in_(ids)
                released = connection.execute(
                    update(submissions)
                    .where(submissions.c.tenant == tenant, submissions.c.batch == batch, which)
                    .values(begun_at=None, withheld=None)
                )
                again += released.rowcount
            return again

        return await self._write(work)

    async def withhold(self, *, tenant: str, batch: str, reason: str) -> int:
        """Begin nothing more of a batch, for ``reason``; how many submissions that concerns."""
        held = update(submissions).where(*_DUE).values(withheld=reason)
        of_batch = {"of_tenant": tenant, "of_batch": batch}
        return await self._write(lambda connection: connection.execute(held, of_batch).rowcount)

    # How far it is

    async def progress(self, *, tenant: str, batch: str, now: datetime | None = None) -> BatchProgress:
        """How far a batch is, counted from the record as it stands. Takes time in proportion to its documents."""
        now = now or datetime.now(UTC)
        values = {"of_tenant": tenant, "of_batch": batch, "recent": now - timedelta(seconds=_RECENT_SECONDS)}

        def work(connection: Connection) -> tuple[Any, int, Sequence[Any], Sequence[Any]]:
            return (
                connection.execute(_FIRST, values).one(),
                connection.execute(_REFUSED, values).scalar_one(),
                connection.execute(_STANDINGS, values).all(),
                connection.execute(_COSTS, values).all(),
            )

        (first_begun, first_in), refused, standings, amounts = await self._read(work)
        progress = BatchProgress(
            tenant=tenant, batch=batch, refused=refused, submitted_at=first_in, begun_at=first_begun
        )
        progress.documents = refused
        tokens, recently = Counter[str](), 0
        for row in standings:
            progress.documents += row.documents
            if not row.begun:
                progress.withheld += row.documents * row.withheld
                progress.to_begin += row.documents * (not row.withheld)
                continue
            if row.status is None or row.status == Status.RUNNING:
                progress.running += row.documents
            else:
                progress.counts[Status(row.status)] = progress.counts.get(Status(row.status), 0) + row.documents
                recently += row.documents * bool(row.recent)
            if row.status is None:
                continue
            if row.decision and Status(row.status).ended:
                decision = f"{row.decision} by {'policy' if row.by_policy else 'person'}"
                progress.decisions[decision] = progress.decisions.get(decision, 0) + row.documents
            progress.model_calls += int(row.model_calls)
            for kind in TokenUsage.model_fields:
                tokens[kind] += int(getattr(row, f"{kind}_tokens"))
        progress.usage = TokenUsage(**tokens)
        if len({row.cost_currency for row in amounts}) == 1 and all(row.cost is not None for row in amounts):
            progress.cost = sum((row.cost * row.executions for row in amounts), Decimal(0))
            progress.cost_currency = amounts[0].cost_currency
        if first_begun is not None and recently:
            seconds = min(_RECENT_SECONDS, max((now - first_begun).total_seconds(), 0.001))
            progress.documents_per_second = recently / seconds
            progress.seconds_left = (progress.to_begin + progress.running) / progress.documents_per_second
        return progress

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

        def work(connection: Connection) -> list[BatchSummary]:
            summaries = {
                (row.tenant, row.batch): BatchSummary.model_validate(dict(row._mapping))
                for row in connection.execute(sizes)
            }
            for row in connection.execute(counts):
                summaries[row.tenant, row.batch].counts[Status(row.status)] = row.executions
            return sorted(summaries.values(), key=lambda batch: batch.submitted_at, reverse=True)

        return await self._read(work)


def _with_documents() -> Select[Any]:
    return select(submissions, documents.c.size, documents.c.media_type).join(documents)


# Statements that are run often are built once: building one takes longer than running it.

_OF_BATCH = (submissions.c.tenant == bindparam("of_tenant"), submissions.c.batch == bindparam("of_batch"))
# What is to begin. The same words as the partial index on `submissions` has, so that it serves.
_DUE: tuple[ColumnElement[bool], ...] = (
    *_OF_BATCH,
    submissions.c.begun_at.is_(None),
    submissions.c.withheld.is_(None),
)
_NEXT = (
    _with_documents()
    .where(*_DUE)
    .order_by(submissions.c.priority, submissions.c.submitted_at, submissions.c.name)
    .limit(bindparam("most"))
)
_NOTE_BEGUN = (
    update(submissions)
    .where(*_OF_BATCH, submissions.c.execution_id.in_(bindparam("ids", expanding=True)))
    .values(begun_at=bindparam("at"))
)
_FORGET_REFUSAL = delete(refusals).where(
    refusals.c.tenant == bindparam("of_tenant"),
    refusals.c.batch == bindparam("of_batch"),
    refusals.c.name == bindparam("named"),
)
_KNOWN = union(
    select(submissions.c.execution_id).where(submissions.c.execution_id.in_(bindparam("ids", expanding=True))),
    select(executions.c.id).where(executions.c.id.in_(bindparam("ids", expanding=True))),
)
_STATUSES = select(executions.c.id, executions.c.status).where(executions.c.id.in_(bindparam("ids", expanding=True)))

_FIRST = select(func.min(submissions.c.begun_at), func.min(submissions.c.submitted_at)).where(*_OF_BATCH)
_REFUSED = (
    select(func.count())
    .select_from(refusals)
    .where(refusals.c.tenant == bindparam("of_tenant"), refusals.c.batch == bindparam("of_batch"))
)
_MEMBER = (
    select(
        submissions.c.execution_id,
        func.max(submissions.c.begun_at).label("begun_at"),
        func.max(submissions.c.withheld).label("withheld"),
    )
    .where(*_OF_BATCH)
    .group_by(submissions.c.execution_id)
    .subquery()
)
_SUMMED = ("model_calls", *(f"{kind}_tokens" for kind in TokenUsage.model_fields))
_STANDING = (
    select(
        _MEMBER.c.begun_at.is_not(None).label("begun"),
        _MEMBER.c.withheld.is_not(None).label("withheld"),
        executions.c.status,
        executions.c.decision,
        (executions.c.decided_by == "policy").label("by_policy"),
        (executions.c.settled_at >= bindparam("recent")).label("recent"),
        *(executions.c[name] for name in _SUMMED),
    )
    .select_from(_MEMBER.outerjoin(executions, executions.c.id == _MEMBER.c.execution_id))
    .subquery()
)
_ALIKE = [column for column in _STANDING.c if column.name not in _SUMMED]
_STANDINGS = select(
    *_ALIKE, func.count().label("documents"), *(func.sum(_STANDING.c[name]).label(name) for name in _SUMMED)
).group_by(*_ALIKE)
# Equal amounts are counted, and added up in Python: SQLite would add them up as floats.
_COSTS = (
    select(executions.c.cost_currency, executions.c.cost, func.count().label("executions"))
    .join(_MEMBER, executions.c.id == _MEMBER.c.execution_id)
    .where(_MEMBER.c.begun_at.is_not(None), executions.c.model_calls > 0)
    .group_by(executions.c.cost_currency, executions.c.cost)
)


@cache
def _keep_document(insert_into: Insert) -> Executable:
    statement = insert_into(documents)
    newest = {"size": statement.excluded.size, "media_type": statement.excluded.media_type}
    return statement.on_conflict_do_update(index_elements=["tenant", "digest"], set_=newest)


@cache
def _note_submission(insert_into: Insert) -> Executable:
    return insert_into(submissions).on_conflict_do_nothing().returning(submissions.c.name)


@cache
def _keep_refusal(insert_into: Insert) -> Executable:
    statement = insert_into(refusals)
    newest = {"reason": statement.excluded.reason, "at": statement.excluded.at}
    return statement.on_conflict_do_update(index_elements=["tenant", "batch", "name"], set_=newest)


@cache
def _begin_line(insert_into: Insert) -> Executable:
    """Writes the first line of an execution; in place of that of an earlier run which failed, within the same batch."""
    statement = insert_into(executions)
    return statement.on_conflict_do_update(
        index_elements=["id"],
        set_={column.name: column for column in statement.excluded if column.name not in ("id", "batch")},
        where=(executions.c.status == Status.FAILED) & (executions.c.run_id != statement.excluded.run_id),
    )


def _line(execution: Execution) -> dict[str, Any]:
    """The row of an execution that has just begun."""
    return flat(execution, exclude={"steps", "findings", "reviews"})


def flat(record: Execution | ModelCall, exclude: set[str] | None = None) -> dict[str, Any]:
    """The columns of a record that has token usage."""
    values = record.model_dump(exclude={"usage", *(exclude or ())})
    return values | {f"{kind}_tokens": tokens for kind, tokens in record.usage.model_dump().items()}

"""`Ledger`: every read and write of the record."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from functools import cache
from typing import Any

from pydantic import BaseModel
from sqlalchemy import (
    ColumnElement,
    Connection,
    Executable,
    RowMapping,
    Select,
    Table,
    bindparam,
    delete,
    func,
    insert,
    or_,
    select,
    union_all,
    update,
)

from infra.ledger._access import IDS_IN_A_QUERY, Insert, put_in
from infra.ledger._batches import Batches, flat
from infra.ledger._billings import Billings
from infra.ledger._claims import Claims
from infra.ledger._identity import Identity
from infra.ledger._issuers import Issuers
from infra.ledger._master import Master
from infra.ledger._tables import executions, findings, model_calls, postings, reviews, steps, submissions
from infra.ledger._types import Words
from infra.ledger.keys import band, bands_near, look_key, paid_twice, shared_look
from infra.records import (
    PAID,
    AlreadyPosted,
    CallStatus,
    EndedBefore,
    Execution,
    Finding,
    ModelCall,
    PostedOtherwise,
    Posting,
    Review,
    Status,
    Step,
    TokenUsage,
    Totals,
    differing,
)

_ANSWERED = (CallStatus.COMPLETED, CallStatus.INVALID)
_LOST = "no answer was seen: the worker ended while the call was in flight"
_SHORTEST_DIGEST = 6


class Ledger(Batches, Master, Claims, Billings, Issuers, Identity):
    """The record in the database at a URL. Nothing is opened before the first use.

    May be used from several event loops, threads and processes. Every method raises `LedgerNotReady` when the database
    is missing, not migrated, out of reach, locked or full: the same may succeed later.

    A method whose task is cancelled before its transaction has begun does nothing. A transaction that has begun runs to
    its end all the same, and what it wrote is kept: it is never cut off half way.
    """

    # Executions

    async def record(self, execution: Execution) -> None:
        """Replace what is kept of an execution by how it now stands, unless what is kept is newer.

        Newer is a run that started later; in the same run an ended state, and among open states one with more steps
        or reviews. Within a run the first ``started_at`` stays.

        What has posted is approved: where ``execution`` has ended otherwise, as one that was cancelled while it was posted,
        it is recorded as approved, with why it ended among its reasons.
        """
        await self._write(lambda c: self._replace(c, execution), alone_on=f"execution {execution.id}")

    async def record_with_totals(self, execution: Execution) -> Totals:
        """`record` the execution with what its calls on record come to; returns the latter."""

        def work(connection: Connection) -> Totals:
            totals = _totals(connection.execute(_PAID_FOR, {"of": execution.id}).mappings().all())
            spent = {name: getattr(totals, name) for name in ("model_calls", "usage", "cost", "cost_currency")}
            posted = self._replace(connection, execution.model_copy(update=spent))
            return totals.model_copy(update={"posted": posted})

        return await self._write(work, alone_on=f"execution {execution.id}")

    def _replace(self, connection: Connection, execution: Execution) -> bool:
        """Record it; whether it is approved only since it has posted."""
        posted = _posted_by(connection, execution)
        if posted:
            execution = _approved(execution, posted)
        row = connection.execute(_STANDING, {"of": execution.id}).one_or_none()
        kept = _Standing(row[0], Status(row[1]), *row[2:]) if row else None
        if kept is not None and kept.newer_than(execution):
            return posted is not None
        values = flat(execution, exclude={"steps", "findings", "reviews"})
        if kept is not None and kept.run_id == execution.run_id:
            values["started_at"] = kept.started_at
        connection.execute(put_in(self._insert, executions), values)
        children: list[tuple[Table, int, Sequence[BaseModel]]] = [
            (steps, kept.steps if kept else 0, execution.steps),
            (findings, kept.findings if kept else 0, execution.findings),
            (reviews, kept.reviews if kept else 0, execution.reviews),
        ]
        for table, before, records in children:
            if before:
                connection.execute(_FORGET[table], {"of": execution.id})
            if records:
                rows = [
                    {"execution_id": execution.id, "position": position, **record.model_dump()}
                    for position, record in enumerate(records)
                ]
                connection.execute(_ADD[table], rows)
        return posted is not None

    async def execution(self, id: str) -> Execution | None:
        """The execution with its steps, findings and reviews, as they stood at one moment."""

        def work(connection: Connection) -> Execution | None:
            row = connection.execute(select(executions).where(executions.c.id == id)).mappings().one_or_none()
            if row is None:
                return None
            execution = _execution(row)
            execution.steps = [Step.model_validate(dict(r)) for r in _children(connection, steps, id)]
            execution.findings = [Finding.model_validate(dict(r)) for r in _children(connection, findings, id)]
            execution.reviews = [Review.model_validate(dict(r)) for r in _children(connection, reviews, id)]
            return execution

        return await self._read(work)

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

    async def executions_of(self, ids: Iterable[str]) -> list[Execution]:
        """Those of these executions that are on record, without their steps, findings and reviews."""
        wanted, recorded = list(ids), []
        for first in range(0, len(wanted), IDS_IN_A_QUERY):
            query = select(executions).where(executions.c.id.in_(wanted[first : first + IDS_IN_A_QUERY]))
            recorded += [_execution(row) for row in await self._all(query)]
        return recorded

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

    # Postings

    async def post(
        self,
        posting: Posting,
        *,
        in_spite_of: Sequence[str] = (),
        run_id: str | None = None,
        amounts_too: bool = True,
    ) -> bool:
        """Write a posting; True the first time, False ever after for the same execution.

        Args:
            amounts_too: whether one of the vendor with nearly the same amount is taken for the same where one of the two numbers
                extends the other, as ``R-100A`` does. One that looks like the other always is.
            run_id: of the run that posts. One that has ended otherwise posts nothing any more.

        Raises:
            PostedOtherwise: the execution has posted before, another amount, or to another; what stands is left as it is.
            EndedBefore: the run has ended on record, as one that was cancelled and still was under way.
            AlreadyPosted: another execution, not named in ``in_spite_of``, has posted the tenant's invoice of that vendor
                and number, or of that ``vendor_key`` and ``number_key``, or one that may be the same (see `keys`). Two that
                come at once are told apart: one is written, the other refused. A credit note and an invoice are never the
                same; what is of no known kind may be either.
        """
        values = posting.model_dump()
        values |= {"look_key": look_key(posting.number or "") or None, "band": band(posting.amount), "run_id": run_id}
        # Empty is as good as none, and equal to nothing.
        same = {name: values[name] or None for name in ("vendor", "number", "vendor_key", "number_key")}
        but = [posting.execution_id, *in_spite_of]
        same_but = {"of_tenant": posting.tenant, **same, "of_kind": posting.kind, "but": but}

        def work(connection: Connection) -> bool:
            # What records the execution waits meanwhile, so that the one sees what the other did.
            self._alone(connection, f"execution {posting.execution_id}")
            if kept := connection.execute(_KEPT_POSTING, {"of": posting.execution_id}).mappings().one_or_none():
                standing = Posting.model_validate(dict(kept))
                if otherwise := differing(posting, standing):
                    raise PostedOtherwise(standing, otherwise)
                return False
            line = connection.execute(_STATUS, {"of": posting.execution_id}).one_or_none()
            if line and line.run_id == run_id and line.status in _ENDED_OTHERWISE:
                raise EndedBefore(Status(line.status))
            connection.execute(_POST, values)
            if other := connection.execute(_POSTED_AS, same_but).scalar():
                raise AlreadyPosted(other)  # which undoes the posting
            if posting.vendor_key and (alike := _posted_alike(connection, values, but, amounts_too)):
                raise AlreadyPosted(alike)
            return True

        # On the tenant and not on one number: two postings may be the same by their keys and differ in what is written.
        return await self._write(work, alone_on=f"posting {posting.tenant}")

    async def have_posted(self, ids: Sequence[str]) -> set[str]:
        """Those of these executions that have posted."""
        posted: set[str] = set()
        for first in range(0, len(ids), IDS_IN_A_QUERY):
            some = postings.c.execution_id.in_(ids[first : first + IDS_IN_A_QUERY])
            posted |= {row["execution_id"] for row in await self._all(select(postings.c.execution_id).where(some))}
        return posted

    async def settle_posted(self, *, before: datetime) -> int:
        """Record as approved what posted ``before`` and is on record as if the run that posted still ran or waited: its
        workflow was ended from outside between its posting and its end, and told nobody. A later run of the same execution
        says itself how it ends. Returns how many."""

        def work(connection: Connection) -> int:
            settled = 0
            for row in connection.execute(_POSTED_AND_OPEN, {"before": before}).mappings().all():
                settled += connection.execute(
                    update(executions)
                    .where(
                        executions.c.id == row["id"],
                        executions.c.run_id == row["run_id"],
                        executions.c.status.not_in([s for s in Status if s.ended]),
                    )
                    .values(
                        status=Status.APPROVED,
                        decision="approve",
                        ended_at=row["posted_at"],
                        settled_at=func.coalesce(executions.c.settled_at, row["posted_at"]),
                        **{name: row[name] for name in ("vendor", "number", "currency", "amount")},
                    )
                ).rowcount
            return settled

        return await self._write(work)

    async def posted(self, tenant: str, *, vendor: str | None = None, number: str | None = None) -> list[Posting]:
        """What a tenant posted, oldest first; of one vendor, or under one invoice number, where given."""
        given = {"tenant": tenant, "vendor": vendor, "number": number}
        wanted = {name: value for name, value in given.items() if value is not None}
        return [Posting.model_validate(dict(row)) for row in await self._all(_posted(tuple(wanted)), wanted)]

    # Model calls

    async def begin_call(self, call: ModelCall) -> ModelCall:
        """The call to make, started and numbered; or the answered one with this key, which must not be made again.

        What is left started under the key becomes lost: its process ended, or another has taken over.
        """

        def work(connection: Connection) -> ModelCall:
            tried = [_call(row) for row in connection.execute(_TRIED, {"asked": call.key}).mappings()]
            # Of several answers the latest attempt's is the one that was used: the earlier came after it was given up.
            for status in _ANSWERED:
                for earlier in tried:
                    if earlier.status is status:
                        return earlier
            if any(earlier.status is CallStatus.STARTED for earlier in tried):
                connection.execute(_GIVE_UP, {"asked": call.key, "at": datetime.now(UTC)})
            started = call.model_copy(
                update={
                    "status": CallStatus.STARTED,
                    "attempt": tried[0].attempt + 1 if tried else 1,
                    "ended_at": None,
                    "error": None,
                }
            )
            connection.execute(_BEGIN, flat(started))
            return started

        return await self._write(work, alone_on=f"call {call.key}")

    async def end_call(self, call: ModelCall) -> None:
        """Write the outcome of a call that `begin_call` started.

        Written too when the call was given up as lost meanwhile, since an answer is paid however late it comes.
        An answer on record is not replaced by the news that none was seen.

        Raises ValueError for a call that is still started.
        """
        if call.status is CallStatus.STARTED:
            raise ValueError(f"Model call {call.key} attempt {call.attempt} has no outcome yet: it is still started")
        row, statement = flat(call), _end(self._insert, call.status in _ANSWERED)
        await self._write(lambda connection: connection.execute(statement, row), alone_on=f"call {call.key}")

    async def calls(self, execution_id: str) -> list[ModelCall]:
        """The model calls of an execution, by start."""
        return (await self.calls_of([execution_id]))[execution_id]

    async def calls_of(self, execution_ids: Sequence[str]) -> dict[str, list[ModelCall]]:
        """The model calls of each of these executions, by start; an empty list where there are none."""
        calls: dict[str, list[ModelCall]] = {id: [] for id in execution_ids}
        ids = list(calls)
        for first in range(0, len(ids), IDS_IN_A_QUERY):
            for row in await self._all(_CALLS_OF, {"ids": ids[first : first + IDS_IN_A_QUERY]}):
                calls[row["execution_id"]].append(_call(row))
        return calls


@dataclass(frozen=True)
class _Standing:
    """How far the execution on record is."""

    run_id: str
    status: Status
    started_at: datetime
    steps: int
    findings: int
    reviews: int

    def newer_than(self, execution: Execution) -> bool:
        """Whether ``execution`` is of an older state than this."""
        if execution.run_id != self.run_id:
            return execution.started_at < self.started_at
        if execution.status.ended:
            return False
        return self.status.ended or len(execution.steps) < self.steps or len(execution.reviews) < self.reviews


def _count(table: Table) -> ColumnElement[int]:
    return select(func.count()).select_from(table).where(table.c.execution_id == bindparam("of")).scalar_subquery()


# Statements that are run often are built once: building one takes longer than running it.

_CHILDREN = (steps, findings, reviews)
_STANDING = select(
    executions.c.run_id, executions.c.status, executions.c.started_at, *(_count(table) for table in _CHILDREN)
).where(executions.c.id == bindparam("of"))
_FORGET = {table: delete(table).where(table.c.execution_id == bindparam("of")) for table in _CHILDREN}
_ADD = {table: insert(table) for table in _CHILDREN}

_USAGE = [model_calls.c[f"{kind}_tokens"] for kind in TokenUsage.model_fields]
_PAID_FOR = select(model_calls.c.cost, model_calls.c.currency, *_USAGE).where(
    model_calls.c.execution_id == bindparam("of"), model_calls.c.status.in_(sorted(PAID))
)
_TRIED = select(model_calls).where(model_calls.c.key == bindparam("asked")).order_by(model_calls.c.attempt.desc())
_GIVE_UP = (
    update(model_calls)
    .where(model_calls.c.key == bindparam("asked"), model_calls.c.status == CallStatus.STARTED)
    .values(status=CallStatus.LOST, error=_LOST, ended_at=bindparam("at"))
)
_BEGIN = insert(model_calls)
_CALLS_OF = (
    select(model_calls)
    .where(model_calls.c.execution_id.in_(bindparam("ids", expanding=True)))
    .order_by(model_calls.c.started_at, model_calls.c.key, model_calls.c.attempt)
)
_POST = insert(postings)
_KEPT_POSTING = select(postings).where(postings.c.execution_id == bindparam("of"))
_STATUS = select(executions.c.run_id, executions.c.status).where(executions.c.id == bindparam("of"))
_ENDED_OTHERWISE = [status for status in Status if status.ended and status is not Status.APPROVED]
_OF_KIND = or_(
    postings.c.kind == bindparam("of_kind"), postings.c.kind.is_(None), bindparam("of_kind", type_=Words).is_(None)
)
_OF_VENDOR = select(postings.c.execution_id, postings.c.number, postings.c.currency, postings.c.amount).where(
    postings.c.tenant == bindparam("of_tenant"),
    postings.c.vendor_key == bindparam("of_vendor"),
    postings.c.execution_id.not_in(bindparam("but", expanding=True)),
    _OF_KIND,
)
_OF_LOOKS = _OF_VENDOR.where(postings.c.look_key == bindparam("key"))
# Most of a band have other numbers, and may be very many where a vendor bills one sum: these do not leave the database.
_OF_BAND = _OF_VENDOR.where(
    postings.c.band.in_(bindparam("bands", expanding=True)),
    or_(
        func.coalesce(postings.c.look_key, "").contains(bindparam("key", type_=Words)),
        bindparam("key", type_=Words).contains(func.coalesce(postings.c.look_key, "")),
        postings.c.look_key.startswith(bindparam("begins", type_=Words)),
    ),
)
_POSTED_AND_OPEN = (
    select(executions.c.id, executions.c.run_id, *(c for c in postings.c if c.name != "run_id"))
    .join(postings, postings.c.execution_id == executions.c.id)
    .where(
        or_(postings.c.run_id == executions.c.run_id, postings.c.run_id.is_(None)),
        executions.c.status.in_([status for status in Status if not status.ended]),
        postings.c.posted_at < bindparam("before"),
    )
)
_POSTED = select(postings.c.execution_id).where(
    postings.c.tenant == bindparam("of_tenant"),
    postings.c.execution_id.not_in(bindparam("but", expanding=True)),
    _OF_KIND,
)
# A union and not OR: for that SQLite goes through all postings of the tenant.
_POSTED_AS = union_all(
    *(
        _POSTED.where(postings.c[of] == bindparam(of), postings.c[numbered] == bindparam(numbered))
        for of, numbered in (("vendor", "number"), ("vendor_key", "number_key"))
    )
)


@cache
def _posted(columns: tuple[str, ...]) -> Select[Any]:
    alike = (postings.c[name] == bindparam(name) for name in columns)
    return select(postings).where(*alike).order_by(postings.c.posted_at, postings.c.execution_id)


@cache
def _end(insert_into: Insert, answered: bool) -> Executable:
    statement = insert_into(model_calls)
    return statement.on_conflict_do_update(
        index_elements=["key", "attempt"],
        set_={column.name: column for column in statement.excluded if column.name not in ("key", "attempt")},
        where=None if answered else model_calls.c.status.not_in(_ANSWERED),
    )


def _posted_alike(
    connection: Connection, posted: Mapping[str, Any], but: Sequence[str], amounts_too: bool
) -> str | None:
    """The execution that has posted what may be the same invoice under another number."""
    number, key = posted["number"] or "", posted["look_key"] or ""
    common = {
        "of_tenant": posted["tenant"], "of_vendor": posted["vendor_key"], "of_kind": posted["kind"], "but": but, "key": key
    }  # fmt: skip
    queries = [(_OF_LOOKS, common)]
    if amounts_too:
        near = {"bands": bands_near(posted["amount"]), "begins": shared_look(number)}
        queries.append((_OF_BAND, common | near))
    for query, asked in queries:
        for row in connection.execute(query, asked):
            money = row.amount if row.currency == posted["currency"] else None
            if paid_twice(number, posted["amount"], row.number, money, extended=amounts_too):
                return str(row.execution_id)
    return None


def _posted_by(connection: Connection, execution: Execution) -> Posting | None:
    """What it has posted, where it has ended otherwise than approved."""
    if execution.status not in _ENDED_OTHERWISE:
        return None
    kept = connection.execute(_KEPT_POSTING, {"of": execution.id}).mappings().one_or_none()
    posted = Posting.model_validate(dict(kept)) if kept else None
    # One that ends since it would have posted something else has failed.
    return posted if posted and not differing(posted, execution) else None


def _approved(execution: Execution, posted: Posting) -> Execution:
    """The execution as its posting has it, with why it ended otherwise."""
    ended = f"it was posted before it ended as {execution.status}: {execution.error or 'without a reason'}"
    return execution.model_copy(
        update={
            "status": Status.APPROVED,
            "decision": "approve",
            "error": None,
            "reasons": [*execution.reasons, ended],
            "vendor": posted.vendor,
            "number": posted.number,
            "currency": posted.currency,
            "amount": posted.amount,
        }
    )


def _children(connection: Connection, table: Table, id: str) -> Sequence[RowMapping]:
    query = select(table).where(table.c.execution_id == id).order_by(table.c.position)
    return connection.execute(query).mappings().all()


def _totals(paid: Sequence[RowMapping]) -> Totals:
    """What paid calls come to, of rows with their cost, currency and tokens."""
    priced = [row["cost"] for row in paid if row["cost"] is not None]
    currencies = {row["currency"] for row in paid if row["cost"] is not None}
    summed = len(priced) == len(paid) and len(currencies) <= 1
    return Totals(
        model_calls=len(paid),
        usage=TokenUsage(**{kind: sum(row[f"{kind}_tokens"] for row in paid) for kind in TokenUsage.model_fields}),
        cost=sum(priced, Decimal(0)) if summed else None,
        cost_currency=next(iter(currencies), None) if summed else None,
    )


def _begins(column: ColumnElement[str], prefix: str) -> ColumnElement[bool]:
    # A range and not LIKE, which on SQLite ignores case and so could not use the index.
    return (column >= prefix) & (column < prefix + "\U0010ffff")


def _with_usage(row: RowMapping) -> dict[str, Any]:
    return {**row, "usage": {kind: row[f"{kind}_tokens"] for kind in TokenUsage.model_fields}}


def _execution(row: RowMapping) -> Execution:
    return Execution.model_validate(_with_usage(row))


def _call(row: RowMapping) -> ModelCall:
    return ModelCall.model_validate(_with_usage(row))

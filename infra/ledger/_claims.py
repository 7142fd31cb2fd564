"""Claims in the record: what each execution says its document is an invoice of, in the order in which they said so, and what
it bills against orders. Two that say the same at once are told apart here."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from functools import cache
from typing import Any, TypeVar

from sqlalchemy import Connection, Executable, RowMapping, bindparam, delete, func, insert, or_, select

from infra.ledger._access import Access, Insert
from infra.ledger._master import meant, order_of
from infra.ledger._tables import billings, claims, executions, receipts, submissions
from infra.ledger.records import Billing, Claim, OrderOnRecord, Receipt, Status

T = TypeVar("T")
MOST_ALIKE = 200
"""Earlier claims that one is told of, the newest first."""
_SAME = ("run_id", "kind", "vendor_key", "number_key", "currency", "amount", "issue_date")
"""What must not have changed for a claim to keep its place."""


class Claims(Access):
    """The part of the ledger that keeps claims and billings."""

    async def claim(self, claim: Claim) -> list[Claim]:
        """Note what an execution claims, and return the claims before it of other executions of the tenant that may be of
        the same invoice: those with its number key, or with its currency and amount, of either sign.

        Claims of a tenant are in one order. Of two that come at once, one is first and does not see the other. The same
        claim of the same run again keeps its place; one that has changed, or of another run, goes to the end. Executions
        that were rejected, failed or were split claim nothing.
        """

        def work(connection: Connection) -> list[Claim]:
            kept = connection.execute(_KEPT, {"of": claim.execution_id}).mappings().one_or_none()
            if kept is not None and all(kept[name] == getattr(claim, name) for name in _SAME):
                place = kept["sequence"]
            else:
                place = connection.execute(_LAST, {"of_tenant": claim.tenant}).scalar_one() + 1
            row = claim.model_dump(exclude={"status", "sequence"}) | {"sequence": place}
            connection.execute(_put_claim(self._insert), row)
            wanted = {
                "of_tenant": claim.tenant,
                "but": claim.execution_id,
                "before": place,
                "key": claim.number_key,
                "in_currency": claim.currency,
                "amount": claim.amount,
                "negative": None if claim.amount is None else -claim.amount,
            }
            return [_claim(found) for found in connection.execute(_ALIKE, wanted).mappings()]

        return await self._write(work, alone_on=f"claims {claim.tenant}")

    async def claims(self, tenant: str, *, vendor_key: str | None = None, since: date | None = None) -> list[Claim]:
        """The tenant's claims in their order; of one vendor, and issued on ``since`` or later, where given. Without those
        of executions that were rejected, failed or were split."""
        query = _LIVE.where(claims.c.tenant == tenant).order_by(claims.c.sequence)
        if vendor_key is not None:
            query = query.where(claims.c.vendor_key == vendor_key)
        if since is not None:
            query = query.where(claims.c.issue_date >= since)
        return [_claim(row) for row in await self._all(query)]

    async def match_order(
        self,
        tenant: str,
        number: str,
        execution_id: str,
        work: Callable[[OrderOnRecord | None], tuple[list[Billing], T]],
    ) -> T:
        """Hold an invoice against an order, alone: of two invoices of one order one sees what the other bills.

        Args:
            number: of the order, as written; where none has it, the only one whose number has the same key is meant.
            work: given the order with its receipts and what claims before this execution's bill (None: there is no such
                order, or several), says what this one bills, which replaces what it billed before, and what to return.
                It must be pure: it may be called again.
        """

        def whole(connection: Connection) -> T:
            found = connection.execute(meant(number), {"of_tenant": tenant}).mappings().all()
            exact = [row for row in found if row["number"] == number]
            certain = exact or (found if len(found) == 1 else [])
            on_record = _on_record(connection, certain[0], execution_id) if certain else None
            billed, answer = work(on_record)
            connection.execute(_FORGET_BILLINGS, {"of": execution_id})
            if billed:
                connection.execute(insert(billings), [one.model_dump() for one in _summed(billed)])
            return answer

        # On the tenant and not on the order: which order is meant is known only within.
        return await self._write(whole, alone_on=f"orders {tenant}")

    async def submitters(self, execution_id: str) -> list[str]:
        """Who handed the execution's document in, in whatever batches; those that are not known are left out."""
        rows = await self._all(_SUBMITTERS, {"of": execution_id})
        return [row["submitted_by"] for row in rows]


_NOT_LIVE = [Status.REJECTED, Status.FAILED, Status.SPLIT]
_OF_EXECUTION = claims.outerjoin(executions, executions.c.id == claims.c.execution_id)
_IS_LIVE = or_(executions.c.status.is_(None), executions.c.status.not_in(_NOT_LIVE))
_LIVE = select(claims, executions.c.status).select_from(_OF_EXECUTION).where(_IS_LIVE)
_KEPT = select(claims).where(claims.c.execution_id == bindparam("of"))
_LAST = select(func.coalesce(func.max(claims.c.sequence), 0)).where(claims.c.tenant == bindparam("of_tenant"))
_ALIKE = (
    _LIVE.where(
        claims.c.tenant == bindparam("of_tenant"),
        claims.c.execution_id != bindparam("but"),
        claims.c.sequence < bindparam("before"),
        or_(
            claims.c.number_key == bindparam("key"),
            (claims.c.currency == bindparam("in_currency"))
            & or_(claims.c.amount == bindparam("amount"), claims.c.amount == bindparam("negative")),
        ),
    )
    .order_by(claims.c.sequence.desc())
    .limit(MOST_ALIKE)
)
_RECEIPTS = (
    select(receipts)
    .where(receipts.c.tenant == bindparam("of_tenant"), receipts.c.order == bindparam("of_order"))
    .order_by(receipts.c.number, receipts.c.line)
)
_OWN_PLACE = select(claims.c.sequence).where(claims.c.execution_id == bindparam("but"))
_BILLED = (
    select(billings, claims.c.sequence)
    .select_from(
        billings.outerjoin(claims, claims.c.execution_id == billings.c.execution_id).outerjoin(
            executions, executions.c.id == billings.c.execution_id
        )
    )
    .where(
        billings.c.tenant == bindparam("of_tenant"),
        billings.c.order == bindparam("of_order"),
        billings.c.execution_id != bindparam("but"),
        _IS_LIVE,
    )
    .order_by(billings.c.execution_id, billings.c.line)
)
_FORGET_BILLINGS = delete(billings).where(billings.c.execution_id == bindparam("of"))
_SUBMITTERS = (
    select(submissions.c.submitted_by)
    .where(submissions.c.execution_id == bindparam("of"), submissions.c.submitted_by.is_not(None))
    .distinct()
    .order_by(submissions.c.submitted_by)
)


def _on_record(connection: Connection, row: RowMapping, execution_id: str) -> OrderOnRecord:
    order = order_of(dict(row))
    of: dict[str, Any] = {"of_tenant": order.tenant, "of_order": order.number}
    received = connection.execute(_RECEIPTS, of).mappings()
    place = connection.execute(_OWN_PLACE, {"but": execution_id}).scalar()
    billed = connection.execute(_BILLED, of | {"but": execution_id}).mappings().all()
    before = [one for one in billed if place is None or one["sequence"] is None or one["sequence"] < place]
    return OrderOnRecord(
        order=order,
        receipts=[Receipt.model_validate(dict(one)) for one in received],
        billed=[Billing.model_validate({k: v for k, v in one.items() if k != "sequence"}) for one in before],
    )


def _summed(billed: Sequence[Billing]) -> list[Billing]:
    """One billing for each line of the order: an invoice may bill a line of it twice."""
    sums: dict[tuple[str, str], Billing] = {}
    for one in billed:
        at = (one.order, one.line)
        before = sums.get(at)
        sums[at] = (
            one.model_copy(update={"quantity": before.quantity + one.quantity, "amount": before.amount + one.amount})
            if before
            else one
        )
    return list(sums.values())


def _claim(row: RowMapping) -> Claim:
    return Claim.model_validate({**row, "status": row["status"] or Status.RUNNING})


@cache
def _put_claim(insert_into: Insert) -> Executable:
    made = insert_into(claims)
    return made.on_conflict_do_update(
        index_elements=["execution_id"],
        set_={column.name: column for column in made.excluded if column.name != "execution_id"},
    )

"""Claims in the record: what each execution says its document is an invoice of, in the order in which they said so. Two that
say the same at once are told apart here."""

from __future__ import annotations

from datetime import date
from functools import cache
from typing import Any

from sqlalchemy import Connection, RowMapping, Select, bindparam, func, or_, select

from infra.ledger._access import Access, put_in
from infra.ledger._tables import claims, executions, submissions
from infra.ledger.keys import band, bands_near, look_key
from infra.records import Claim, Status
from infra.text import storable

MOST_ALIKE = 200
"""Earlier claims that one is told of."""
_SAME = ("run_id", "kind", "vendor_key", "number_key", "currency", "amount", "net", "issue_date")
"""What must not have changed for a claim to keep its place."""


class Claims(Access):
    """The part of the ledger that keeps claims."""

    async def claim(self, claim: Claim) -> list[Claim]:
        """Note what an execution claims, and return the claims before it of other executions of the tenant that may be of
        the same invoice: those with its number key or that of the invoice it corrects or credits, with a number that may look
        like its own, or with its currency and amount, of either sign; of its vendor also those with nearly its amount, or
        with its net amount.

        Claims of a tenant are in one order. Of two that come at once, one is first and does not see the other. The same
        claim of the same run again keeps its place; one that has changed, or of another run, goes to the end. Executions
        that were rejected, failed or were split claim nothing.

        Returns:
            The newest first, at most `MOST_ALIKE`; where there are more, those with its number, or of
            its vendor and amount, before others with its amount.
        """
        row = claim.model_dump(exclude={"status", "sequence"})
        row |= {"look_key": claim.number and look_key(claim.number), "band": band(claim.amount)}
        same = {name: storable(row[name]) if isinstance(row[name], str) else row[name] for name in _SAME}

        def work(connection: Connection) -> list[Claim]:
            kept = connection.execute(_KEPT, {"of": claim.execution_id}).mappings().one_or_none()
            if kept is not None and all(kept[name] == same[name] for name in _SAME):
                place: int = kept["sequence"]
            else:
                place = connection.execute(_LAST, {"of_tenant": claim.tenant}).scalar_one() + 1
            connection.execute(put_in(self._insert, claims), row | {"sequence": place})
            return _alike(connection, claim, place)

        return await self._write(work, alone_on=f"claims {claim.tenant}")

    async def claims(self, tenant: str, *, vendor_key: str | None = None, since: date | None = None) -> list[Claim]:
        """The tenant's claims in their order; of one vendor, and issued on ``since`` or later, where given. Without those
        of executions that were rejected, failed or were split."""
        given = {"of_tenant": tenant, "of_vendor": vendor_key, "since": since}
        wanted = {name: value for name, value in given.items() if value is not None}
        return [_claim(row) for row in await self._all(_claims_by(tuple(wanted)), wanted)]

    async def submitters(self, execution_id: str) -> list[str]:
        """Who handed the execution's document in, in whatever batches; those that are not known are left out."""
        rows = await self._all(_SUBMITTERS, {"of": execution_id})
        return [row["submitted_by"] for row in rows]


def _alike(connection: Connection, claim: Claim, place: int) -> list[Claim]:
    """The claims before ``place`` that may be of the same invoice, the newest first."""
    before = {"of_tenant": claim.tenant, "but": claim.execution_id, "before": place}
    numbered: list[RowMapping] = []
    for key in {claim.number_key, claim.preceding} - {None, ""}:
        numbered += connection.execute(_OF_NUMBER, {**before, "key": key}).mappings()
    if claim.number_key:
        numbered += connection.execute(_OF_PRECEDING, {**before, "key": claim.number_key}).mappings()
    if claim.number and (looks := look_key(claim.number)):
        numbered += connection.execute(_OF_LOOKS, {**before, "key": looks}).mappings()
    if claim.vendor_key and claim.currency:
        of_vendor = {**before, "of_vendor": claim.vendor_key, "in_currency": claim.currency}
        if claim.amount is not None:
            numbered += connection.execute(_OF_BAND, of_vendor | {"bands": bands_near(claim.amount)}).mappings()
        if claim.net is not None:
            numbered += connection.execute(_OF_NET, of_vendor | {"net": claim.net}).mappings()
    of_amount: list[RowMapping] = []
    if claim.currency and claim.amount is not None:
        for amount in {claim.amount, -claim.amount}:
            money = {"in_currency": claim.currency, "amount": amount}
            if claim.vendor_key:  # these first: others may have many of a round amount
                numbered += connection.execute(
                    _OF_AMOUNT_OF_VENDOR, {**before, **money, "of_vendor": claim.vendor_key}
                ).mappings()
            of_amount += connection.execute(_OF_AMOUNT, before | money).mappings()
    alike = {row["sequence"]: row for row in numbered}
    for row in sorted(of_amount, key=_sequence, reverse=True):
        if len(alike) < MOST_ALIKE:
            alike[row["sequence"]] = row
    return [_claim(alike[sequence]) for sequence in sorted(alike, reverse=True)]


def _sequence(row: RowMapping) -> int:
    sequence: int = row["sequence"]
    return sequence


# Statements that are run often are built once: building one takes longer than running it.

is_live = or_(executions.c.status.is_(None), executions.c.status.not_in([Status.REJECTED, Status.FAILED, Status.SPLIT]))
"""Whether an execution, joined from outside, still claims and bills what it did; one without a line does."""
_LIVE = (
    select(claims, executions.c.status)
    .select_from(claims.outerjoin(executions, executions.c.id == claims.c.execution_id))
    .where(is_live)
)
_KEPT = select(claims.c.sequence, *(claims.c[name] for name in _SAME)).where(claims.c.execution_id == bindparam("of"))
_LAST = select(func.coalesce(func.max(claims.c.sequence), 0)).where(claims.c.tenant == bindparam("of_tenant"))
_BEFORE = (
    _LIVE.where(
        claims.c.tenant == bindparam("of_tenant"),
        claims.c.execution_id != bindparam("but"),
        claims.c.sequence < bindparam("before"),
    )
    .order_by(claims.c.sequence.desc())
    .limit(MOST_ALIKE)
)
# A statement for each and not one with OR, for which SQLite would go through all claims of the tenant.
_OF_NUMBER = _BEFORE.where(claims.c.number_key == bindparam("key"))
_OF_AMOUNT = _BEFORE.where(claims.c.currency == bindparam("in_currency"), claims.c.amount == bindparam("amount"))
_OF_AMOUNT_OF_VENDOR = _OF_AMOUNT.where(claims.c.vendor_key == bindparam("of_vendor"))
_OF_PRECEDING = _BEFORE.where(claims.c.preceding == bindparam("key"))
_OF_LOOKS = _BEFORE.where(claims.c.look_key == bindparam("key"))
_OF_VENDOR = _BEFORE.where(claims.c.vendor_key == bindparam("of_vendor"), claims.c.currency == bindparam("in_currency"))
_OF_BAND = _OF_VENDOR.where(claims.c.band.in_(bindparam("bands", expanding=True)))
_OF_NET = _OF_VENDOR.where(claims.c.net == bindparam("net"))
_SUBMITTERS = (
    select(submissions.c.submitted_by)
    .where(submissions.c.execution_id == bindparam("of"), submissions.c.submitted_by.is_not(None))
    .distinct()
    .order_by(submissions.c.submitted_by)
)


@cache
def _claims_by(given: tuple[str, ...]) -> Select[Any]:
    query = _LIVE.where(claims.c.tenant == bindparam("of_tenant")).order_by(claims.c.sequence)
    if "of_vendor" in given:
        query = query.where(claims.c.vendor_key == bindparam("of_vendor"))
    if "since" in given:
        query = query.where(claims.c.issue_date >= bindparam("since"))
    return query


def _claim(row: RowMapping) -> Claim:
    return Claim.model_validate({**row, "status": row["status"] or Status.RUNNING})

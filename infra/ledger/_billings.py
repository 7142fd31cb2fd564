"""Billings in the record: what each invoice bills against an order, in the order in which they were held against it. Two that
bill the same at once are told apart here."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from sqlalchemy import Connection, RowMapping, bindparam, delete, func, insert, select

from infra.ledger._access import Access
from infra.ledger._claims import is_live
from infra.ledger._master import order_of
from infra.ledger._tables import billings, claims, executions, orders, receipts
from infra.ledger.keys import number_key
from infra.records import Billing, Order, OrderOnRecord, Receipt, Status
from infra.text import storable

T = TypeVar("T")


class Billings(Access):
    """The part of the ledger that keeps what invoices bill against orders."""

    async def bill_nothing(self, execution_id: str) -> None:
        """Take back what an invoice billed, since it refers to no order any more."""
        await self._write(lambda connection: connection.execute(_FORGET, {"of": execution_id}))

    async def match_order(
        self,
        tenant: str,
        number: str,
        execution_id: str,
        work: Callable[[OrderOnRecord | None], tuple[list[Billing], T]],
    ) -> T:
        """Hold an invoice against an order, alone: of two invoices of one order exactly one sees what the other bills.

        The invoices of an order stand in the order in which they first billed. One that is held against it again keeps its
        place and sees what it saw, as long as it bills the same and its claim stands where it stood; else it goes to the end.
        None sees what was rejected, failed or was split, nor what a credit gives back before it is approved, nor what a later
        claim of its own vendor and number bills: that one was told of this one, and goes to a person as its duplicate, which
        must not make this one wait too.

        Args:
            number: of the order, as written; where none has it, the only one whose number has the same key is meant.
            work: given the order with its receipts and what was billed before, says what this one bills, which replaces all
                that it billed before, and what to return. Given None, where there is no such order or several may be
                meant, it bills nothing. It must be pure: it may be called again.
        """
        number = storable(number)

        def whole(connection: Connection) -> T:
            own = connection.execute(_OWN, {"of": execution_id}).mappings().all()
            kept = [dict(row) for row in own]
            rows: list[dict[str, Any]] = []
            order = _meant(connection, tenant, number)
            if order is None:
                _, answer = work(None)
            else:
                history = _history(connection, order, execution_id)
                for place in history.places(kept):
                    billed, answer = work(history.before(place))
                    rows = _rows(billed, place, history.claimed)
                    if rows == kept:
                        return answer
            if kept:
                connection.execute(_FORGET, {"of": execution_id})
            if rows:
                connection.execute(_ADD, rows)
            return answer

        # Whatever numbers may mean one order, they have its key: so it is alone before it is known which one that is.
        return await self._write(whole, alone_on=f"order {tenant} {number_key(number) or number}")


@dataclass(frozen=True)
class _History:
    """An order as one invoice finds it."""

    order: Order
    receipts: list[Receipt]
    claim: RowMapping | None
    """Of the invoice itself."""
    others: Sequence[RowMapping]
    """What other invoices bill, with their claims."""
    last: int
    """Place of the last invoice, live or not."""

    @property
    def claimed(self) -> int | None:
        return self.claim["sequence"] if self.claim else None

    def places(self, kept: Sequence[Mapping[str, Any]]) -> list[int]:
        """Where the invoice may stand: where it did, if it has not claimed anew since; else at the end."""
        stands = self.claim is not None and all(
            row["order"] == self.order.number and row["claim"] == self.claimed for row in kept
        )
        return [kept[0]["sequence"], self.last + 1] if kept and stands else [self.last + 1]

    def before(self, place: int) -> OrderOnRecord:
        seen = (
            row
            for row in self.others
            if row["sequence"] < place and not self._duplicate(row) and not self._given_back_in_vain(row)
        )
        return OrderOnRecord(
            order=self.order, receipts=self.receipts, billed=[Billing.model_validate(dict(row)) for row in seen]
        )

    def _given_back_in_vain(self, other: RowMapping) -> bool:
        """Whether it gives back what nobody has agreed to take back: until then no more can be billed for it."""
        return bool(other["quantity"] < 0 and other["status"] != Status.APPROVED)

    def _duplicate(self, other: RowMapping) -> bool:
        mine = self.claim
        if mine is None or other["claimed"] is None or other["claimed"] < mine["sequence"]:
            return False
        return all(mine[name] and mine[name] == other[name] for name in _OF_AN_INVOICE)


def _meant(connection: Connection, tenant: str, number: str) -> Order | None:
    rows = connection.execute(_ORDER, {"of_tenant": tenant, "numbered": number}).mappings().all()
    if not rows and (key := number_key(number)):
        rows = connection.execute(_ORDERS_OF_KEY, {"of_tenant": tenant, "key": key}).mappings().all()
    return order_of(rows[0]) if len(rows) == 1 else None


def _history(connection: Connection, order: Order, execution_id: str) -> _History:
    of = {"of_tenant": order.tenant, "of_order": order.number}
    return _History(
        order=order,
        receipts=[Receipt.model_validate(dict(row)) for row in connection.execute(_RECEIPTS, of).mappings()],
        claim=connection.execute(_CLAIM, {"of": execution_id}).mappings().one_or_none(),
        others=connection.execute(_OTHERS, {**of, "but": execution_id}).mappings().all(),
        last=connection.execute(_LAST, of).scalar_one(),
    )


def _rows(billed: Iterable[Billing], place: int, claimed: int | None) -> list[dict[str, Any]]:
    """The rows of what an invoice bills, by line: one for each line of the order, though it may bill a line in two."""
    rows: dict[tuple[str, str], dict[str, Any]] = {}
    for billing in billed:
        row = rows.setdefault(
            (billing.order, billing.line),
            {**billing.model_dump(), "quantity": 0, "amount": 0, "sequence": place, "claim": claimed},
        )
        row["quantity"] += billing.quantity
        row["amount"] += billing.amount
    return [rows[at] for at in sorted(rows)]


_OF_AN_INVOICE = ("kind", "vendor_key", "number_key")
"""What a claim has in common with that of its duplicate."""
_ORDER = select(orders).where(orders.c.tenant == bindparam("of_tenant"), orders.c.number == bindparam("numbered"))
_ORDERS_OF_KEY = (
    select(orders).where(orders.c.tenant == bindparam("of_tenant"), orders.c.number_key == bindparam("key")).limit(2)
)
_RECEIPTS = (
    select(receipts)
    .where(receipts.c.tenant == bindparam("of_tenant"), receipts.c.order == bindparam("of_order"))
    .order_by(receipts.c.number, receipts.c.line)
)
_CLAIM = select(claims.c.sequence, *(claims.c[name] for name in _OF_AN_INVOICE)).where(
    claims.c.execution_id == bindparam("of")
)
_OWN = select(billings).where(billings.c.execution_id == bindparam("of")).order_by(billings.c.order, billings.c.line)
_OTHERS = (
    select(
        billings, executions.c.status, claims.c.sequence.label("claimed"), *(claims.c[name] for name in _OF_AN_INVOICE)
    )
    .select_from(
        billings.outerjoin(claims, claims.c.execution_id == billings.c.execution_id).outerjoin(
            executions, executions.c.id == billings.c.execution_id
        )
    )
    .where(
        billings.c.tenant == bindparam("of_tenant"),
        billings.c.order == bindparam("of_order"),
        billings.c.execution_id != bindparam("but"),
        is_live,
    )
    .order_by(billings.c.sequence, billings.c.line)
)
_LAST = select(func.coalesce(func.max(billings.c.sequence), 0)).where(
    billings.c.tenant == bindparam("of_tenant"), billings.c.order == bindparam("of_order")
)
_FORGET = delete(billings).where(billings.c.execution_id == bindparam("of"))
_ADD = insert(billings)

"""The master data in the record: vendors, purchase orders and what was received against them."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import Any

from sqlalchemy import Connection, Executable, Table, and_, bindparam, delete, or_, select

from infra.ledger._access import Access, Insert
from infra.ledger._tables import orders, receipts, vendors
from infra.ledger.keys import number_key
from infra.ledger.records import Order, Receipt, Vendor


class Master(Access):
    """The part of the ledger that keeps what invoices are held against."""

    async def vendors(self, tenant: str) -> list[Vendor]:
        """The tenant's vendors, by id."""
        found = await self._all(_VENDORS, {"of_tenant": tenant})
        return [Vendor.model_validate(dict(row)) for row in found]

    async def put_vendors(self, given: Sequence[Vendor]) -> int:
        """Keep vendors, in place of those with the same id; returns how many were new."""
        return await self._put(vendors, [one.model_dump() for one in given])

    async def remove_vendor(self, tenant: str, id: str) -> bool:
        """Forget a vendor; False if there was none. What was posted to it stays."""

        def work(connection: Connection) -> bool:
            gone = delete(vendors).where(vendors.c.tenant == tenant, vendors.c.id == id)
            return connection.execute(gone.returning(vendors.c.id)).one_or_none() is not None

        return await self._write(work)

    async def orders(self, tenant: str, *, open_only: bool = False) -> list[Order]:
        """The tenant's purchase orders, by number."""
        query = select(orders).where(orders.c.tenant == tenant).order_by(orders.c.number)
        if open_only:
            query = query.where(orders.c.closed.is_(False))
        return [order_of(dict(row)) for row in await self._all(query)]

    async def put_orders(self, given: Sequence[Order]) -> int:
        """Keep orders, each in place of the one with its number; returns how many were new."""
        rows = [
            {**one.model_dump(exclude={"lines"}), "number_key": number_key(one.number), "lines": _lines(one)}
            for one in given
        ]
        return await self._put(orders, rows)

    async def receipts(self, tenant: str, *, order: str | None = None) -> list[Receipt]:
        """What was received, of all orders or of one, by receipt, order and line."""
        query = select(receipts).where(receipts.c.tenant == tenant)
        if order is not None:
            query = query.where(receipts.c.order == order)
        query = query.order_by(receipts.c.number, receipts.c.order, receipts.c.line)
        return [Receipt.model_validate(dict(row)) for row in await self._all(query)]

    async def put_receipts(self, given: Sequence[Receipt]) -> int:
        """Keep receipts; the same line of the same receipt again replaces what it said. Returns how many were new."""
        return await self._put(receipts, [one.model_dump() for one in given])

    async def _put(self, table: Table, rows: list[dict[str, Any]]) -> int:
        if not rows:
            return 0
        keys = [column.name for column in table.primary_key]
        # In one order whoever writes, so that two who write the same at once do not wait for each other.
        one_each = {tuple(row[key] for key in keys): row for row in rows}
        ordered = [one_each[key] for key in sorted(one_each)]

        def work(connection: Connection) -> int:
            known = sum(_is_known(connection, table, keys, row) for row in ordered)
            connection.execute(_put_in(self._insert, table), ordered)
            return len(ordered) - known

        return await self._write(work)


def order_of(row: dict[str, Any]) -> Order:
    """The order of a row of its table."""
    return Order.model_validate({name: value for name, value in row.items() if name != "number_key"})


def meant(number: str) -> Executable:
    """The orders of ``of_tenant`` that ``number`` may mean: the one of that number first, else those whose number has the
    same key."""
    by_key = and_(orders.c.number_key == number_key(number), orders.c.number_key != "")
    exact = orders.c.number == number
    return (
        select(orders)
        .where(orders.c.tenant == bindparam("of_tenant"), or_(exact, by_key))
        .order_by(exact.desc(), orders.c.number)
    )


_VENDORS = select(vendors).where(vendors.c.tenant == bindparam("of_tenant")).order_by(vendors.c.id)


def _lines(order: Order) -> list[dict[str, Any]]:
    """Its lines as JSON: quantities and prices as text, exactly."""
    return [line.model_dump(mode="json") for line in order.lines]


def _is_known(connection: Connection, table: Table, keys: list[str], row: dict[str, Any]) -> bool:
    same = (table.c[key] == row[key] for key in keys)
    return connection.execute(select(table.c[keys[0]]).where(*same)).first() is not None


@cache
def _put_in(insert_into: Insert, table: Table) -> Executable:
    made = insert_into(table)
    keys = [column.name for column in table.primary_key]
    return made.on_conflict_do_update(
        index_elements=keys, set_={column.name: column for column in made.excluded if column.name not in keys}
    )

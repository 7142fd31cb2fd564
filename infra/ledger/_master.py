"""The master data in the record: vendors, purchase orders and what was received against them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from functools import cache
from typing import Any

from sqlalchemy import Connection, Executable, RowMapping, Table, bindparam, delete, select

from infra.ledger._access import Access, Insert, put_in
from infra.ledger._tables import orders, receipts, vendors
from infra.ledger.keys import number_key
from infra.records import Order, Receipt, Vendor
from infra.text import storable


class Master(Access):
    """The part of the ledger that keeps what invoices are held against."""

    async def vendors(self, tenant: str) -> list[Vendor]:
        """The tenant's vendors, by id."""
        rows = await self._all(_VENDORS, {"of_tenant": tenant})
        return [Vendor.model_validate(dict(row)) for row in rows]

    async def put_vendors(self, given: Sequence[Vendor]) -> int:
        """Keep vendors, in place of those with the same id; returns how many were new."""
        now = datetime.now(UTC)
        return await self._put(vendors, [{**vendor.model_dump(), "updated_at": now} for vendor in given])

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
        return [order_of(row) for row in await self._all(query)]

    async def has_orders(self, tenant: str) -> bool:
        """Whether the tenant keeps purchase orders here at all."""
        return bool(await self._all(_AN_ORDER, {"of_tenant": tenant}))

    async def put_orders(self, given: Sequence[Order]) -> int:
        """Keep orders, each in place of the one with its number; returns how many were new."""
        rows = [
            {**order.model_dump(exclude={"lines"}), "number_key": number_key(order.number), "lines": _lines(order)}
            for order in given
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
        return await self._put(receipts, [receipt.model_dump() for receipt in given])

    async def _put(self, table: Table, rows: list[dict[str, Any]]) -> int:
        if not rows:
            return 0
        keys = [column.name for column in table.primary_key]
        # In one order whoever writes, so that two who write the same at once do not wait for each other; and of two rows of
        # one key the last counts.
        one_each = {tuple(storable(row[key]) for key in keys): row for row in rows}
        ordered = [one_each[key] for key in sorted(one_each)]

        def work(connection: Connection) -> int:
            new = len(connection.execute(_add_to(self._insert, table), ordered).all())
            if new < len(ordered):
                connection.execute(put_in(self._insert, table), ordered)
            return new

        return await self._write(work)


def order_of(row: RowMapping) -> Order:
    """The order of a row of its table."""
    return Order.model_validate(dict(row))


_VENDORS = select(vendors).where(vendors.c.tenant == bindparam("of_tenant")).order_by(vendors.c.id)
_AN_ORDER = select(orders.c.number).where(orders.c.tenant == bindparam("of_tenant")).limit(1)


def _lines(order: Order) -> list[dict[str, Any]]:
    """Its lines as JSON: quantities and prices as text, exactly."""
    return [line.model_dump(mode="json") for line in order.lines]


@cache
def _add_to(insert_into: Insert, table: Table) -> Executable:
    return insert_into(table).on_conflict_do_nothing().returning(*table.primary_key)

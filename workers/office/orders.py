"""Purchase orders and what was received against them: from files, on record, and how far each line is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

from infra.records import Order, OrderLine, OrderOnRecord, Receipt
from workers.master import read_orders, read_receipts
from workers.office import Office
from workers.office.importing import Imported, imported, not_known


@dataclass(frozen=True)
class LineStanding:
    """How far a line of an order is; ``open`` is what may still be billed of what was ordered."""

    line: OrderLine
    received: Decimal
    billed: Decimal
    amount: Decimal
    """Billed, net."""

    @property
    def open(self) -> Decimal:
        return self.line.quantity - self.billed


@dataclass(frozen=True)
class OrderStanding:
    """An order, how far each of its lines is, and the executions of the invoices that bill it."""

    order: Order
    lines: Sequence[LineStanding]
    receipts: Sequence[Receipt]
    billed_by: Sequence[str]


async def import_orders(office: Office, file: Path, tenant: str, *, skip_bad: bool = False) -> Imported[Order]:
    """Import purchase orders, each in place of the one with its number. Where rows are bad nothing is, unless these are to be
    skipped.

    Raises:
        BadFile: it cannot be read as a whole.
    """
    known = {order.number: order for order in await office.ledger.orders(tenant)}
    vendors = {vendor.id for vendor in await office.ledger.vendors(tenant)}
    read = read_orders(file, tenant, known, vendors)
    return await imported(read, office.ledger.put_orders, lambda order: known.get(order.number), skip_bad=skip_bad)


async def import_receipts(office: Office, file: Path, tenant: str, *, skip_bad: bool = False) -> Imported[Receipt]:
    """Import what was received against orders; the same line of the same delivery note again replaces what it said.

    Raises:
        BadFile: it cannot be read as a whole.
    """
    known = {order.number: order for order in await office.ledger.orders(tenant)}
    read = read_receipts(file, tenant, known)
    return await imported(read, office.ledger.put_receipts, lambda _: None, skip_bad=skip_bad)


async def orders(office: Office, tenant: str, *, open_only: bool = False) -> list[Order]:
    """The tenant's purchase orders, by number."""
    return await office.ledger.orders(tenant, open_only=open_only)


async def receipts(office: Office, tenant: str) -> list[Receipt]:
    """What the tenant received."""
    return await office.ledger.receipts(tenant)


async def order(office: Office, tenant: str, number: str) -> OrderStanding:
    """An order with how far each line is. Invoices that are still being processed or wait for a person count as billed.

    Raises:
        NotKnown: there is none; the message has the numbers nearest to it.
    """
    # Nothing is billed by this: no execution has this id.
    recorded = await office.ledger.match_order(tenant, number, "", lambda on_record: ([], on_record))
    if recorded is None:
        known = [order.number for order in await office.ledger.orders(tenant)]
        raise not_known(tenant, "order", number, known, "`counterfoil orders list` has the numbers")
    billed_by = sorted({billing.execution_id for billing in recorded.billed})
    return OrderStanding(recorded.order, _standing(recorded), recorded.receipts, billed_by)


def _standing(on_record: OrderOnRecord) -> list[LineStanding]:
    def total(given: list[tuple[str, Decimal]], line: str) -> Decimal:
        return sum((quantity for of, quantity in given if of == line), Decimal(0))

    received = [(receipt.line, receipt.quantity) for receipt in on_record.receipts]
    billed = [(billing.line, billing.quantity) for billing in on_record.billed]
    amounts = [(billing.line, billing.amount) for billing in on_record.billed]
    return [
        LineStanding(line, total(received, line.line), total(billed, line.line), total(amounts, line.line))
        for line in on_record.order.lines
    ]

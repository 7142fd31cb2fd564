"""Orders with what was received and billed of them: as ordered, in parts, within the tolerance and beyond it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import timedelta
from decimal import ROUND_HALF_UP, Decimal

from infra.records import Order
from tests.evals.corpus.kit import Line
from tests.evals.month.days import LIMIT
from tests.evals.month.making import Bill, Making
from tests.evals.month.truth import Kind
from tests.evals.month.vendors import Firm

PRICES, QUANTITIES, TOLERATED, TWICE, PARTLY, TWO_NOTES, OVER, BESIDE = 8, 8, 4, 10, 6, 5, 6, 10
"""Of a month: prices and quantities that differ, prices that are tolerated, orders billed in two invoices, partly delivered,
delivered in two and billed at once, above the limit; and orders that are named beside the document."""
_LEAST, _MOST = Decimal(120), Decimal(760)

Planted = tuple[Kind, str, str | None, list[Bill]]
Part = Callable[[int], int]


def plant_orders(making: Making, part: Part) -> list[Planted]:
    """Make all orders, their receipts and the invoices of them; returns what should not pass."""
    planted = [
        *(_price(making) for _ in range(part(PRICES))),
        *(_quantity(making, n) for n in range(part(QUANTITIES))),
        *(_over_the_limit(making) for _ in range(part(OVER))),
    ]
    for plant in (_tolerated, _billed_twice, _partly, _in_two_notes):
        for _ in range(
            part({_tolerated: TOLERATED, _billed_twice: TWICE, _partly: PARTLY, _in_two_notes: TWO_NOTES}[plant])
        ):
            plant(making)
    ordinary = list(_as_ordered(making))
    for bill in making.dice.sample(ordinary, min(part(BESIDE), len(ordinary))):
        bill.order_beside, bill.look_alike = True, "its order is named beside it"
    return planted


def _as_ordered(making: Making) -> Iterator[Bill]:
    while len(making.orders) < making.orders_wanted:
        firm, lines = _wanted(making)
        order = making.order(firm, lines, receipt_required=len(making.orders) % 3 == 0)
        if order.receipt_required:
            making.receive(order, [line.qty for line in lines], making.days[0] - timedelta(2))
        yield _billed(making, firm, lines, order)


def _price(making: Making) -> Planted:
    """One line dearer than ordered, by 4 to 15 %."""
    firm, lines = _wanted(making, dear=True)
    order = making.order(firm, lines)
    at = _dearest(lines)
    more = lines[at].price * (104 + making.dice.randint(0, 11)) / 100
    bill = _billed(making, firm, _with(lines, at, price=_cents(more)), order, covered=False)
    return "price", f"{bill.lines[at].price} for {lines[at].price}", "ORDER-PRICE", [bill]


def _tolerated(making: Making) -> None:
    """One line dearer than ordered, by less than 2 %."""
    firm, lines = _wanted(making, dear=True)
    order = making.order(firm, lines)
    at = _dearest(lines)
    more = lines[at].price * (1005 + making.dice.randint(0, 13)) / 1000
    bill = _billed(making, firm, _with(lines, at, price=_cents(more)), order)
    bill.look_alike = "price within the tolerance"


def _quantity(making: Making, n: int) -> Planted:
    """More than was ordered; more than was received; more than was ordered in two invoices together."""
    firm, lines = _wanted(making, many=True)
    at = max(range(len(lines)), key=lambda n: lines[n].qty)
    quantity = lines[at].qty
    if n % 8 in (3, 7):
        order = making.order(firm, lines)
        first, second = making.parted(lines)
        by_name = {line.name: line for line in second}
        more = lines[at].name
        rest = by_name.get(more) or replace(lines[at], qty=Decimal(0))
        by_name[more] = replace(rest, qty=rest.qty + max(Decimal(1), (quantity / 3).to_integral_value()))
        both = [_billed(making, firm, some, order, covered=False) for some in (first, list(by_name.values()))]
        return "quantity", "ordered, by two invoices together", "ORDER-QUANTITY", both
    if n % 2:
        order = making.order(firm, lines, receipt_required=True)
        came = [line.qty for line in lines]
        came[at] -= max(Decimal(1), (quantity / 4).to_integral_value())
        making.receive(order, came, making.days[0] - timedelta(1))
        return (
            "quantity",
            "more than received",
            "RECEIPT-QUANTITY",
            [_billed(making, firm, lines, order, covered=False)],
        )
    order = making.order(firm, lines)
    more_lines = _with(lines, at, qty=quantity + max(Decimal(1), (quantity / 5).to_integral_value()))
    return "quantity", "more than ordered", "ORDER-QUANTITY", [_billed(making, firm, more_lines, order, covered=False)]


def _over_the_limit(making: Making) -> Planted:
    firm = making.ordering()
    lines = making.just_below(firm, LIMIT * 11 / 10, LIMIT * 3)
    return "over the limit", "as ordered", None, [_billed(making, firm, lines, making.order(firm, lines))]


def _billed_twice(making: Making) -> None:
    """Delivered in two, with a delivery note each, and billed in two."""
    firm, lines = _wanted(making, many=True)
    order = making.order(firm, lines, receipt_required=True)
    first, second = making.parted(lines)
    days = making.days[2], making.days[9]
    for some, day in zip((first, second), days, strict=True):
        making.receive(order, _quantities(lines, some), day)
        _billed(making, firm, some, order).look_alike = "one of two deliveries"


def _partly(making: Making) -> None:
    """The rest of the order is still to come."""
    firm, lines = _wanted(making, many=True)
    order = making.order(firm, lines, receipt_required=True)
    came, _ = making.parted(lines)
    making.receive(order, _quantities(lines, came), making.days[1])
    _billed(making, firm, came, order).look_alike = "part of the order"


def _in_two_notes(making: Making) -> None:
    firm, lines = _wanted(making, many=True)
    order = making.order(firm, lines, receipt_required=True)
    for some, day in zip(making.parted(lines), (making.days[0], making.days[3]), strict=True):
        making.receive(order, _quantities(lines, some), day)
    _billed(making, firm, lines, order).look_alike = "delivered in two notes"


def _wanted(making: Making, *, dear: bool = False, many: bool = False) -> tuple[Firm, list[Line]]:
    """A vendor, and lines to order of it: one of them dear enough for a percent to show, or several pieces of each."""
    firm = making.ordering()
    for _ in range(400):
        lines = making.lines(firm, _LEAST, _MOST, count=making.dice.randint(1, 5))
        if dear and max(line.price for line in lines) < 10:
            continue
        if many and (lines[-1].qty < 2 or max(line.qty for line in lines) < 4):
            continue
        return firm, lines
    raise ValueError(f"{firm.name} sells nothing that suits")


def _billed(making: Making, firm: Firm, lines: list[Line], order: Order, *, covered: bool = True) -> Bill:
    """An invoice of the order; not ``covered`` where it goes beyond it."""
    bill = Bill(firm, making.dice.choice(making.days), lines, order=order.number)
    making.is_new(bill)
    if not covered:
        bill.day = making.quiet_day(firm, bill.amount)
        making.calendar.add_beside(firm.id, bill.day, bill.amount)
    return making.add(bill)


def _quantities(lines: Sequence[Line], some: Sequence[Line]) -> list[Decimal]:
    of = {line.name: line.qty for line in some}
    return [of.get(line.name, Decimal(0)) for line in lines]


def _dearest(lines: Sequence[Line]) -> int:
    return max(range(len(lines)), key=lambda n: lines[n].price)


def _with(lines: Sequence[Line], at: int, **changes: Decimal) -> list[Line]:
    return [replace(line, **changes) if n == at else line for n, line in enumerate(lines)]  # type: ignore[arg-type]


def _cents(amount: Decimal) -> Decimal:
    return amount.quantize(Decimal("0.01"), ROUND_HALF_UP)

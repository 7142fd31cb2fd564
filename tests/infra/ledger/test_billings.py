"""Of those who bill the same line of an order at once, exactly one sees what the other bills."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from decimal import Decimal
from typing import TypeAlias

import pytest

from infra.ledger import Ledger
from infra.records import Billing, Claim, Order, OrderLine, OrderOnRecord, Receipt, Status

from .examples import a_claim, an_execution, minutes

Work: TypeAlias = Callable[[OrderOnRecord | None], tuple[list[Billing], Decimal]]
ORDER = Order(
    tenant="acme",
    number="PO-007",
    currency="EUR",
    lines=[OrderLine(line="1", name="Paper", quantity=Decimal("10"), unit_price=Decimal("4.50"))],
)


@pytest.fixture(autouse=True)
async def ordered(ledger: Ledger) -> None:
    await ledger.put_orders([ORDER])


def bills(id: str, quantity: int = 7) -> Work:
    """Bills so many of line 1, in two halves; how many were billed before comes back."""

    def work(on_record: OrderOnRecord | None) -> tuple[list[Billing], Decimal]:
        assert on_record
        assert on_record.order == ORDER
        half = Billing(
            execution_id=id,
            tenant="acme",
            order="PO-007",
            line="1",
            quantity=Decimal(quantity) / 2,
            amount=Decimal("2.25") * quantity,
        )
        return [half, half], sum((one.quantity for one in on_record.billed), Decimal(0))

    return work


def looks(on_record: OrderOnRecord | None) -> tuple[list[Billing], OrderOnRecord | None]:
    return [], on_record


def a_delivery(id: str) -> Claim:
    """Claims an invoice like no other."""
    return a_claim(id, f"RE-{id}", amount=None)


async def match(ledger: Ledger, id: str, quantity: int = 7) -> Decimal:
    return await ledger.match_order("acme", "PO-007", id, bills(id, quantity))


async def test_of_invoices_of_one_order_at_once_each_sees_those_before_it(
    ledger: Ledger, new_ledger: Callable[[], Ledger]
) -> None:
    ledgers, written = [ledger, new_ledger()], ["PO-007", "po 7"]
    names = [f"e{n}" for n in range(10)]
    for name in names[::-1]:  # whatever the order in which they claimed
        await ledger.claim(a_delivery(name))

    async def all_at_once() -> list[Decimal]:
        return await asyncio.gather(
            *(ledgers[n % 2].match_order("acme", written[n // 5], name, bills(name)) for n, name in enumerate(names))
        )

    billed = await all_at_once()
    assert sorted(billed) == [7 * n for n in range(10)]
    assert await all_at_once() == billed, "what is asked again is answered as before"


async def test_two_invoices_cannot_both_miss_what_the_other_bills_however_they_interleave(ledger: Ledger) -> None:
    await ledger.claim(a_delivery("first"))
    await ledger.claim(a_delivery("second"))
    assert await match(ledger, "second") == 0
    assert await match(ledger, "first") == 7
    assert [await match(ledger, "second"), await match(ledger, "first")] == [0, 7]


async def test_a_duplicate_that_bills_first_does_not_make_the_invoice_wait(ledger: Ledger) -> None:
    await ledger.claim(a_claim("first"))
    assert len(await ledger.claim(a_claim("duplicate"))) == 1
    assert await match(ledger, "duplicate") == 0
    assert await match(ledger, "first") == 0
    await ledger.claim(a_delivery("other"))
    assert await match(ledger, "other") == 14, "to anyone else both are there"


async def test_one_that_bills_something_else_or_claims_anew_goes_to_the_end(ledger: Ledger) -> None:
    for id in "ab":
        await ledger.claim(a_delivery(id))
        await match(ledger, id, 3)
    assert await match(ledger, "a", 3) == 0
    assert await match(ledger, "a", 7) == 3, "it bills more than when b looked"
    assert await match(ledger, "a", 7) == 3
    assert await match(ledger, "b", 3) == 0

    await ledger.record(an_execution(id="b", status=Status.FAILED))
    assert await match(ledger, "a", 6) == 0
    await ledger.record(an_execution(id="b", run_id="run-2", started_at=minutes(5)))
    await ledger.claim(a_delivery("b").model_copy(update={"run_id": "run-2"}))
    assert await match(ledger, "b", 3) == 6, "a was held against the order while it had failed"


@pytest.mark.parametrize("status", [Status.REJECTED, Status.FAILED, Status.SPLIT])
async def test_what_was_rejected_failed_or_split_bills_nothing(ledger: Ledger, status: Status) -> None:
    for id in "abc":
        await ledger.claim(a_delivery(id))
        await match(ledger, id)
    await ledger.record(an_execution(id="b", status=Status.APPROVED))
    await ledger.record(an_execution(id="a", status=status))
    assert await match(ledger, "c") == 7


async def test_without_claims_what_is_there_is_seen(ledger: Ledger) -> None:
    assert [await match(ledger, "a"), await match(ledger, "b"), await match(ledger, "a")] == [0, 7, 7]


async def test_an_invoice_of_another_order_bills_the_first_no_more(ledger: Ledger) -> None:
    await match(ledger, "a")
    await ledger.match_order("acme", "PO-99", "a", looks)
    assert await match(ledger, "b") == 0


async def test_two_lines_of_an_invoice_for_one_line_of_the_order_are_one_billing(ledger: Ledger) -> None:
    await match(ledger, "a", 7)
    seen = await ledger.match_order("acme", "PO-007", "b", looks)
    assert seen
    assert [(one.quantity, one.amount) for one in seen.billed] == [(Decimal(7), Decimal("15.75") * 2)]


async def test_an_order_that_is_not_there_or_may_be_one_of_two_is_none(ledger: Ledger) -> None:
    assert await ledger.match_order("acme", "po 0007", "a", looks)
    assert await ledger.match_order("other", "PO-007", "a", looks) is None
    await ledger.put_orders([ORDER.model_copy(update={"number": "PO 7"}), ORDER.model_copy(update={"number": "--"})])
    for number in ("PO-7", "PO-99", "", "-", "\0"):
        assert await ledger.match_order("acme", number, "a", looks) is None, number
    for number in ("PO-007", "PO 7", "--"):
        found = await ledger.match_order("acme", number, "a", looks)
        assert found
        assert found.order.number == number


async def test_an_order_comes_with_what_was_received(ledger: Ledger) -> None:
    given = Receipt(tenant="acme", number="LS-1", order="PO-007", line="1", quantity=Decimal("2.5"))
    elsewhere = given.model_copy(update={"order": "PO-008"})
    await ledger.put_receipts([given, elsewhere, given.model_copy(update={"tenant": "other"})])
    found = await ledger.match_order("acme", "PO-007", "a", looks)
    assert found
    assert found.receipts == [given]


async def test_work_that_fails_leaves_what_was_billed(ledger: Ledger) -> None:
    await match(ledger, "a")

    def fails(_: OrderOnRecord | None) -> tuple[list[Billing], Decimal]:
        raise LookupError("no such line")

    with pytest.raises(LookupError):
        await ledger.match_order("acme", "PO-007", "a", fails)
    assert await match(ledger, "b") == 7

"""Of those who claim the same, bill the same or post the same at once, exactly one is first."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from infra.ledger import (
    AlreadyPosted,
    Billing,
    Claim,
    Ledger,
    Order,
    OrderLine,
    OrderOnRecord,
    Posting,
    Receipt,
    Status,
)
from infra.ledger.keys import number_key

from .examples import an_execution


def a_claim(id: str, number: str | None = "RE-1", amount: str = "119.00", **other: object) -> Claim:
    given = {
        "execution_id": id,
        "run_id": "run-1",
        "tenant": "acme",
        "kind": "invoice",
        "vendor_key": "vendor:V1",
        "vendor": "Muster GmbH",
        "number": number,
        "number_key": number_key(number) if number else None,
        "currency": "EUR",
        "amount": Decimal(amount),
        "issue_date": date(2026, 10, 12),
        "name": f"{id}.pdf",
        "tokens": [1, 2**60],
    }
    return Claim.model_validate({**given, **other})


def ids(claims: list[Claim]) -> list[str]:
    return [one.execution_id for one in claims]


async def test_a_claim_sees_those_before_it_with_its_number_or_its_amount_whatever_the_sign(ledger: Ledger) -> None:
    assert await ledger.claim(a_claim("a")) == []
    await ledger.claim(a_claim("b", "re 0001", "5.00"))
    await ledger.claim(a_claim("c", "RE-9", "-119.00", kind="credit_note"))
    await ledger.claim(a_claim("d", "RE-8", "7.00"))
    await ledger.claim(a_claim("e", tenant="other"))
    seen = await ledger.claim(a_claim("f"))
    assert ids(seen) == ["c", "b", "a"]
    assert seen[2] == a_claim("a", sequence=1)


async def test_the_same_claim_again_keeps_its_place_and_a_changed_one_goes_to_the_end(ledger: Ledger) -> None:
    await ledger.claim(a_claim("a"))
    await ledger.claim(a_claim("b"))
    assert await ledger.claim(a_claim("a", name="other.pdf")) == []
    assert ids(await ledger.claim(a_claim("a", amount="120.00"))) == ["b"]
    assert ids(await ledger.claim(a_claim("b", run_id="run-2"))) == ["a"]


@pytest.mark.parametrize("status", [Status.REJECTED, Status.FAILED, Status.SPLIT])
async def test_what_was_rejected_failed_or_split_claims_nothing(ledger: Ledger, status: Status) -> None:
    await ledger.claim(a_claim("a"))
    await ledger.record(an_execution(id="a", tenant="acme", status=status))
    assert await ledger.claim(a_claim("b")) == []
    await ledger.record(an_execution(id="b", tenant="acme", status=Status.APPROVED))
    (seen,) = await ledger.claim(a_claim("c"))
    assert (seen.execution_id, seen.status) == ("b", Status.APPROVED)
    assert ids(await ledger.claims("acme", vendor_key="vendor:V1", since=date(2026, 10, 12))) == ["b", "c"]
    assert await ledger.claims("acme", since=date(2026, 10, 13)) == []


async def test_of_fifty_that_claim_the_same_at_once_from_several_processes_one_sees_nobody(
    ledger: Ledger, new_ledger: Callable[[], Ledger]
) -> None:
    ledgers = [ledger, *(new_ledger() for _ in range(3))]
    seen = await asyncio.gather(*(ledgers[n % 4].claim(a_claim(f"e{n}")) for n in range(50)))
    assert sorted(len(others) for others in seen) == list(range(50))


ORDER = Order(
    tenant="acme",
    number="PO-007",
    currency="EUR",
    lines=[OrderLine(line="1", name="Paper", quantity=Decimal("10"), unit_price=Decimal("4.50"))],
)


def billing(id: str) -> Callable[[OrderOnRecord | None], tuple[list[Billing], Decimal]]:
    """Bills seven of line 1; what was billed before comes back."""

    def work(on_record: OrderOnRecord | None) -> tuple[list[Billing], Decimal]:
        assert on_record
        assert on_record.order == ORDER
        mine = Billing(
            execution_id=id, tenant="acme", order="PO-007", line="1", quantity=Decimal(7), amount=Decimal("31.50")
        )
        return [mine], sum((one.quantity for one in on_record.billed), Decimal(0))

    return work


async def test_of_two_invoices_of_one_order_at_once_one_sees_what_the_other_bills(
    ledger: Ledger, new_ledger: Callable[[], Ledger]
) -> None:
    assert await ledger.put_orders([ORDER]) == 1
    assert await ledger.put_orders([ORDER]) == 0
    other = new_ledger()
    for id in "abc":
        await ledger.claim(a_claim(id, f"RE-{id}"))
    billed = await asyncio.gather(
        ledger.match_order("acme", "PO-007", "a", billing("a")), other.match_order("acme", "po 7", "b", billing("b"))
    )
    assert sorted(billed) in ([0, 7], [0, 0]), "the first to claim does not count what the second bills"
    assert await ledger.match_order("acme", "PO-007", "b", billing("b")) == 7
    assert await ledger.match_order("acme", "PO-007", "a", billing("a")) == 0, "again: it comes before, and once"
    assert await ledger.match_order("acme", "PO-007", "c", billing("c")) == 14
    await ledger.record(an_execution(id="a", tenant="acme", status=Status.REJECTED))
    assert await ledger.match_order("acme", "PO-007", "c", billing("c")) == 7


async def test_an_order_that_is_not_there_or_may_be_one_of_two_is_none(ledger: Ledger) -> None:
    await ledger.put_orders([ORDER, ORDER.model_copy(update={"number": "PO 7"})])
    await ledger.put_receipts(
        [Receipt(tenant="acme", number="LS-1", order="PO-007", line="1", quantity=Decimal("2.5"))]
    )
    found: list[OrderOnRecord | None] = []

    def look(on_record: OrderOnRecord | None) -> tuple[list[Billing], None]:
        found.append(on_record)
        return [], None

    for number in ("PO-7", "PO-99", "PO-007"):
        await ledger.match_order("acme", number, "a", look)
    assert found[:2] == [None, None]
    assert found[2]
    assert [one.quantity for one in found[2].receipts] == [Decimal("2.5")]


async def test_the_same_vendor_and_number_in_other_writing_are_posted_once(ledger: Ledger) -> None:
    def posting(id: str, number: str, vendor: str) -> Posting:
        return Posting(
            execution_id=id,
            tenant="acme",
            vendor=vendor,
            number=number,
            currency="EUR",
            amount=Decimal("1"),
            invoice={},
            posted_at=datetime.now(UTC),
            vendor_key="vendor:V1",
            number_key=number_key(number),
        )

    assert await ledger.post(posting("a", "RE-01", "Muster GmbH"))
    with pytest.raises(AlreadyPosted) as refused:
        await ledger.post(posting("b", "re 1", "Muster"))
    assert refused.value.execution_id == "a"
    assert await ledger.post(posting("b", "re 1", "Muster"), in_spite_of=["a"])

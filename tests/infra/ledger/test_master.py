"""Vendors, orders and receipts come back as they were kept."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import date
from decimal import Decimal

from infra.ledger import Ledger
from infra.records import Finding, Order, OrderLine, Receipt, Vendor

from .examples import an_execution

MUSTER = Vendor(
    tenant="acme",
    id="V1",
    name="Muster & Söhne GmbH",
    aliases=["Muster"],
    vat_ids=["DE136695976"],
    ibans=["DE89370400440532013000"],
    country="DE",
    currency="EUR",
    terms_days=14,
    limit=Decimal("2500.50"),
    order_required=True,
)


async def test_vendors_are_kept_replaced_and_forgotten_by_tenant(ledger: Ledger) -> None:
    other = MUSTER.model_copy(update={"tenant": "other"})
    assert await ledger.put_vendors([MUSTER, other]) == 2
    renamed = MUSTER.model_copy(update={"name": "Muster AG", "blocked": "in court"})
    assert await ledger.put_vendors([renamed]) == 0
    assert await ledger.vendors("acme") == [renamed]
    assert await ledger.remove_vendor("acme", "V1")
    assert not await ledger.remove_vendor("acme", "V1")
    assert (await ledger.vendors("acme"), await ledger.vendors("other")) == ([], [other])


async def test_orders_and_receipts_keep_every_digit(ledger: Ledger) -> None:
    line = OrderLine(
        line="10", name="Cable", article="K-7", quantity=Decimal("2.125"), unit="m", unit_price=Decimal("0.0035")
    )
    order = Order(tenant="acme", number="4500-1", currency="EUR", ordered_on=date(2026, 9, 1), lines=[line])
    closed = order.model_copy(update={"number": "4500-2", "closed": True})
    await ledger.put_orders([order, closed])
    assert await ledger.orders("acme") == [order, closed]
    assert await ledger.orders("acme", open_only=True) == [order]
    receipt = Receipt(tenant="acme", number="LS-1", order="4500-1", line="10", quantity=Decimal("2"))
    assert await ledger.put_receipts([receipt]) == 1
    more = receipt.model_copy(update={"quantity": Decimal("2.125"), "received_on": date(2026, 9, 9)})
    assert await ledger.put_receipts([more]) == 0
    assert await ledger.receipts("acme", order="4500-1") == [more]


async def test_lines_of_a_receipt_are_kept_apart_and_listed_by_receipt_order_and_line(ledger: Ledger) -> None:
    keys = [("LS-1", "4500-1", "1"), ("LS-1", "4500-1", "2"), ("LS-1", "4500-2", "1"), ("LS-2", "4500-1", "1")]
    given = [Receipt(tenant="acme", number=n, order=o, line=line, quantity=Decimal(1)) for n, o, line in keys]
    assert await ledger.put_receipts(given[::-1]) == 4
    assert await ledger.receipts("acme") == given
    assert await ledger.receipts("acme", order="4500-2") == [given[2]]
    assert await ledger.receipts("other") == []


async def test_of_two_that_are_kept_together_under_one_id_the_last_counts(ledger: Ledger) -> None:
    later = MUSTER.model_copy(update={"name": "Muster AG"})
    assert await ledger.put_vendors([MUSTER, later]) == 1
    assert await ledger.vendors("acme") == [later]
    assert (await ledger.put_vendors([]), await ledger.put_orders([]), await ledger.put_receipts([])) == (0, 0, 0)


async def test_of_imports_at_once_each_vendor_is_new_to_one(ledger: Ledger, new_ledger: Callable[[], Ledger]) -> None:
    many = [MUSTER.model_copy(update={"id": f"V{n:04}"}) for n in range(600)]
    other = new_ledger()
    new = await asyncio.gather(*(each.put_vendors(given) for each in (ledger, other) for given in (many, many[::-1])))
    assert sum(new) == 600
    assert await ledger.vendors("acme") == many


async def test_a_tenant_has_orders_once_one_is_kept(ledger: Ledger) -> None:
    assert not await ledger.has_orders("acme")
    await ledger.put_orders([Order(tenant="acme", number="1", currency="EUR")])
    assert (await ledger.has_orders("acme"), await ledger.has_orders("other")) == (True, False)


async def test_a_finding_comes_back_with_its_verdict_and_who_decided(ledger: Ledger) -> None:
    by = {"by": "model", "tier": "small", "model": "m", "prompt_version": "p@1"}
    found = Finding(rule="R", severity="info", message="in order", verdict="pass", decided_by=by)
    await ledger.record(an_execution(id="a", findings=[found]))
    kept = await ledger.execution("a")
    assert kept
    assert kept.findings == [found]

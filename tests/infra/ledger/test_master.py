"""Vendors, orders and receipts come back as they were kept."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from infra.ledger import Finding, Ledger, Order, OrderLine, Receipt, Vendor

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


async def test_a_finding_comes_back_with_its_verdict_and_who_decided(ledger: Ledger) -> None:
    by = {"by": "model", "tier": "small", "model": "m", "prompt_version": "p@1"}
    found = Finding(rule="R", severity="info", message="in order", verdict="pass", decided_by=by)
    await ledger.record(an_execution(id="a", findings=[found]))
    kept = await ledger.execution("a")
    assert kept
    assert kept.findings == [found]

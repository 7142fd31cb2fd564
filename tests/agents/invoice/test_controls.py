"""An invoice held against masters, orders and other invoices, in the agent's graph."""

from __future__ import annotations

import asyncio
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest

from agents.controls import matching
from infra.connections import Connections
from infra.records import PART_OF, Order, OrderLine, Posting, Submission, Vendor
from tests.agents.conftest import MEASURED, Execution
from tests.agents.invoice.test_graph import UBL
from tests.scripted.endpoint import ScriptedEndpoint
from tests.scripted.invoices import invoice_pdf

IBAN = "DE89370400440532013000"
NORTHWIND = Vendor(tenant="default", id="V1", name="Northwind Papers Ltd", vat_ids=["DE136695976"], ibans=[IBAN])
ORDER = Order(
    tenant="default",
    number="PO-7",
    vendor_id="V1",
    currency="EUR",
    ordered_on=date(2026, 10, 1),
    lines=[
        OrderLine(line="1", name="Paper", quantity=Decimal(3), unit_price=Decimal("10.00")),
        OrderLine(line="2", name="Ink", quantity=Decimal(2), unit_price=Decimal("35.00")),
    ],
)


def told(execution: Execution, rule: str) -> dict[str, object]:
    """The finding of a rule."""
    (found,) = (f for found in execution.state["findings"].values() for f in found if f["rule"] == rule)
    return dict(found)


async def test_without_masters_nothing_is_claimed_to_be_in_order(execution: Execution) -> None:
    state = await execution.submit(invoice_pdf("R-1", extra="Purchase order: PO-7"))
    assert state["decision"]["outcome"] == "approve", state["decision"]
    assert told(execution, "VENDOR")["verdict"] == "not assessable"
    assert told(execution, "SANCTIONS")["verdict"] == "not assessable"


async def test_an_invoice_of_a_known_vendor_as_ordered_is_approved_and_says_why(
    execution: Execution, connected: Connections
) -> None:
    await connected.ledger.put_vendors([NORTHWIND])
    await connected.ledger.put_orders([ORDER])
    state = await execution.submit(invoice_pdf("R-1", extra=f"Purchase order: PO-7\nIBAN: {IBAN}"))
    assert state["decision"]["outcome"] == "approve", state["decision"]
    for rule in ("VENDOR", "VENDOR-ACCOUNT", "ORDER", "DUPLICATE"):
        assert (told(execution, rule)["verdict"], told(execution, rule)["decided_by"]) == ("pass", {"by": "rule"}), rule
    assert (state["matched"]["vendor"], state["matched"]["order"]) == ("V1", "PO-7")


async def test_another_account_than_the_masters_is_a_persons_decision_who_is_on_record_with_it(
    execution: Execution, connected: Connections
) -> None:
    await connected.ledger.put_vendors([NORTHWIND])
    await execution.submit(invoice_pdf("R-1", extra="IBAN: GB33BUKB20201555555555"))
    assert execution.waits
    evidence = told(execution, "VENDOR-ACCOUNT")["evidence"]
    assert {
        "expected": [IBAN],
        "found": "GB33BUKB20201555555555",
        "where": "page",
        "page": 1,
    }.items() <= evidence.items()  # type: ignore[attr-defined]
    await execution.answer("approve", reason="called them")
    assert told(execution, "VENDOR-ACCOUNT")["decided_by"] == {"by": "rule", "accepted_by": "Ada"}


async def test_what_was_ordered_once_is_not_billed_twice(
    execution: Execution, connected: Connections, endpoint: ScriptedEndpoint
) -> None:
    await connected.ledger.put_orders([ORDER])
    await execution.submit(invoice_pdf("R-1", extra="Purchase order: PO-7"))
    assert execution.state["decision"]["outcome"] == "approve", execution.state["decision"]
    again = Execution(connected, endpoint)
    await again.submit(invoice_pdf("R-2", extra="Purchase order: PO-7"))
    assert again.waits
    quantities = [f for f in again.state["findings"]["match"] if f["rule"] == "ORDER-QUANTITY"]
    assert [(f["evidence"]["expected"], f["evidence"]["found"]) for f in quantities] == [("0", "3"), ("0", "2")]


async def test_a_name_that_is_not_sure_is_proved_by_the_master_where_an_identifier_finds_the_vendor(
    execution: Execution, connected: Connections, monkeypatch: pytest.MonkeyPatch
) -> None:
    for grounds in ("name: agreed+label", "name: label+only"):
        monkeypatch.setitem(MEASURED, grounds, (7, 8))
    await execution.submit(invoice_pdf("R-1"))
    assert [reason for reason in execution.asked_for if "seller.name" in reason], "nobody but the page says so"
    await connected.ledger.put_vendors([NORTHWIND])
    await execution.submit(invoice_pdf("R-2"))
    assert execution.state["decision"]["outcome"] == "approve", execution.state["decision"]


async def test_which_vendor_a_near_name_is_a_model_says_with_its_reason_and_a_person_decides(
    execution: Execution, connected: Connections
) -> None:
    near = NORTHWIND.model_copy(update={"name": "Northwynd Papers", "vat_ids": []})
    await connected.ledger.put_vendors([near])
    execution.script.overrides["Vendor"] = {"vendor": "1", "reason": "a slip of the pen"}
    await execution.submit(invoice_pdf("R-1"))
    assert execution.waits
    found = told(execution, "VENDOR-NEAR")
    said = {"reason": "a slip of the pen", "expected": "Northwynd Papers", "found": "Northwind Papers Ltd"}
    assert found["evidence"] == said
    assert found["decided_by"]["by"] == "model"  # type: ignore[index]
    assert ("choose vendor", "small") in execution.calls


async def test_what_a_credit_gives_back_is_billed_again_only_once_it_is_approved(
    execution: Execution, connected: Connections, endpoint: ScriptedEndpoint
) -> None:
    await connected.ledger.put_orders([ORDER])
    await execution.submit(invoice_pdf("R-1", extra="Purchase order: PO-7"))
    await Execution(connected, endpoint).submit(
        invoice_pdf("G-1", title="CREDIT NOTE", date="2026-10-13", extra="Purchase order: PO-7\nCredit for invoice R-1")
    )
    again = Execution(connected, endpoint)
    await again.submit(invoice_pdf("R-2", date="2026-11-20", extra="Purchase order: PO-7"))
    assert [f["verdict"] for f in again.state["findings"]["match"] if f["rule"] == "ORDER-QUANTITY"] == ["fail"] * 2


@pytest.mark.parametrize("first", [True, False], ids=["correction first", "original first"])
async def test_a_correction_and_what_it_corrects_go_to_a_person_whichever_comes_first(
    execution: Execution, connected: Connections, endpoint: ScriptedEndpoint, first: bool
) -> None:
    original = invoice_pdf("R-17")
    correction = invoice_pdf("R-18", items=(("Paper", 2, "10.00"),), extra="This invoice replaces invoice R-17")
    await execution.submit(correction if first else original)
    other = Execution(connected, endpoint)
    await other.submit(original if first else correction)
    assert told(other, "CORRECTED")["severity"] == "error"
    assert execution.waits is first, "a correction of what is not on record waits, too"


def ubl(*accounts: str) -> bytes:
    means = "".join(
        f"<a:PaymentMeans><b:PaymentMeansCode>30</b:PaymentMeansCode><a:PayeeFinancialAccount><b:ID>{account}</b:ID>"
        "</a:PayeeFinancialAccount></a:PaymentMeans>"
        for account in accounts
    )
    return UBL.replace("<a:TaxTotal>", f"{means}<a:TaxTotal>", 1).encode()


@pytest.mark.parametrize("accounts", [(IBAN, "GB33BUKB20201555555555"), ("12345678",)], ids=["a second", "no IBAN"])
async def test_every_account_that_an_e_invoice_names_is_held_against_the_master(
    execution: Execution, connected: Connections, accounts: tuple[str, ...]
) -> None:
    await connected.ledger.put_vendors([NORTHWIND])
    await execution.submit(ubl(*accounts), "a.xml")
    said = [f for f in execution.state["findings"]["match"] if f["rule"] == "VENDOR-ACCOUNT" and f["verdict"] == "fail"]
    assert [f["evidence"]["found"] for f in said] == [accounts[-1]]


async def test_what_a_model_said_of_a_name_gives_way_to_the_master(
    execution: Execution, connected: Connections
) -> None:
    await connected.ledger.put_vendors([NORTHWIND.model_copy(update={"name": "Northwynd Papers", "vat_ids": []})])
    execution.script.overrides["Vendor"] = {"vendor": "none", "reason": "another firm"}
    await execution.submit(invoice_pdf("R-1"))
    assert told(execution, "VENDOR-UNKNOWN")
    await connected.ledger.put_vendors([NORTHWIND.model_copy(update={"blocked": "fraud"})])
    await execution.answer("correct", corrections={"payment.terms": "30 days"})
    assert told(execution, "VENDOR-BLOCKED")["severity"] == "error"


async def test_of_two_at_once_from_a_vendor_that_a_model_has_to_tell_one_is_posted(
    execution: Execution, connected: Connections, endpoint: ScriptedEndpoint, monkeypatch: pytest.MonkeyPatch
) -> None:
    near = NORTHWIND.model_copy(update={"name": "Northwynd Papers", "vat_ids": []})
    await connected.ledger.put_vendors([near])
    execution.script.overrides["Vendor"] = {"vendor": "1", "reason": "a slip of the pen"}
    both, ask = asyncio.Barrier(2), matching.ask_which

    async def at_once(*arguments: Any, **options: Any) -> Any:
        said = await ask(*arguments, **options)
        await both.wait()
        return said

    monkeypatch.setattr(matching, "ask_which", at_once)
    other = Execution(connected, endpoint)
    await asyncio.gather(
        execution.submit(invoice_pdf("R-1", extra=f"IBAN: {IBAN}")),
        other.submit(invoice_pdf("R-1", extra=f"IBAN: {IBAN}\nsecond copy")),
    )
    assert sorted([execution.waits, other.waits]) == [False, True]
    assert len(await connected.ledger.posted("default")) == 1


async def test_each_that_was_posted_meanwhile_is_told_once_and_then_it_is_posted_in_spite_of_all(
    execution: Execution, connected: Connections
) -> None:
    await execution.submit(invoice_pdf("R-1"), approval_limits={"EUR": "1"})
    of_vendor = execution.state["matched"]["vendor_key"]
    meanwhile = Posting(
        execution_id="first", tenant="default", vendor="Northwind Papers Ltd", number="R-1", currency="EUR",
        amount=Decimal(120), invoice={}, posted_at=datetime.now(UTC), vendor_key=of_vendor, number_key="r1", kind="invoice",
    )  # fmt: skip
    second = meanwhile.model_copy(update={"execution_id": "second"})
    assert await connected.ledger.post(meanwhile)
    assert await connected.ledger.post(second, in_spite_of=["first"])
    for told_of in (1, 2):
        await execution.answer("approve")
        assert execution.waits
        found = [one["evidence"]["execution_id"] for one in execution.state["findings"]["post"]]
        assert len(set(found)) == len(found) == told_of
    await execution.answer("approve")
    assert not execution.waits
    assert len(await connected.ledger.posted("default")) == 3


async def test_an_invoice_that_a_correction_takes_off_its_order_bills_it_no_more(
    execution: Execution, connected: Connections, endpoint: ScriptedEndpoint
) -> None:
    await connected.ledger.put_orders([ORDER])
    await execution.submit(invoice_pdf("R-1", gross="121.00", extra="Purchase order: PO-7"))
    await execution.answer("correct", corrections={"purchase_order_ref": ""})
    other = Execution(connected, endpoint)
    await other.submit(invoice_pdf("R-2", extra="Purchase order: PO-7"))
    assert told(other, "ORDER")["verdict"] == "pass"


async def test_a_policy_that_code_cannot_answer_goes_to_a_person_where_no_model_is_asked(execution: Execution) -> None:
    await execution.submit(invoice_pdf("R-1", rate=0), ask="nothing")
    assert told(execution, "TAX-EXEMPTION-NOTE")["verdict"] == "not assessable"
    assert execution.waits


async def test_whoever_handed_in_the_file_handed_in_its_parts(execution: Execution, connected: Connections) -> None:
    whole, now = b"two invoices", datetime.now(UTC)
    digest = connected.documents.put(whole)
    await connected.ledger.submit_all(
        [
            Submission(
                tenant="default", batch=by, name="two.pdf", digest=digest, size=1, media_type="application/pdf",
                execution_id="whole", submitted_at=now, submitted_by=by,
            )
            for by in ("anna", "ben")
        ]
    )  # fmt: skip
    await execution.submit(invoice_pdf("R-1"), details={PART_OF: "whole"})
    assert execution.state["submitters"] == ["anna", "ben"]

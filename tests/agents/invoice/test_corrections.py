"""A correction is no way around the approval: in the whole graph, what a clerk may not approve is not approved by changing it."""

from __future__ import annotations

import json
from typing import Any

import pytest

from agents.controls.approval import corrections_of
from infra.connections import Connections
from infra.records import SPLIT_BY, Vendor
from tests.agents.conftest import Execution
from tests.agents.controls.approval.policies import a_policy
from tests.agents.invoice.test_controls import IBAN, NORTHWIND
from tests.scripted.endpoint import ScriptedEndpoint
from tests.scripted.invoices import invoice_pdf

OTHER_IBAN = "GB33BUKB20201555555555"
TOTALS = {"totals.grand_total": "120.00", "totals.tax_basis_total": "100.00", "totals.tax_total": "20.00"}
"""What closes of an invoice whose printed total is another."""
QUIET = {"duplicate_days": 0, "split_days": 0}


def clerks(limit: int = 0, **parts: Any) -> dict[str, Any]:
    """A clerk who may approve up to ``limit``, and heads who may approve all; much passes without a person."""
    given = {
        "auto_approval": {"enabled": True, "limits": {"EUR": 1000}, "sure": 0.9},
        "approvers": [
            {"id": "clerks", "people": ["clara"], "up_to": {"EUR": limit}},
            {"id": "heads", "people": ["hugo", "ines"]},
        ],
        "four_eyes": {},
        "own_submission": "allowed",
        "matching": QUIET,
    }
    return a_policy(**{**given, **parts}).as_json()


async def stays_open(execution: Execution, by: str, removed: str) -> None:
    """It waits, says what ``by`` removed, is not ``by``'s to approve, and is approved in spite of that by somebody who may."""
    assert execution.waits
    assert await execution.ledger.posted("default") == []
    asked_for = execution.asked_for
    told = [reason for reason in asked_for if reason.startswith(f"stood before the correction by {by}: ")]
    assert any(removed in reason for reason in told), asked_for
    assert execution.state["__interrupt__"][0].value["approval"]["people"] == ["hugo", "ines"]
    await execution.answer("approve", reviewer=by)
    assert execution.waits, "the graph holds an answer against the policy, too"
    state = await execution.answer("approve", reviewer="hugo", reason="looked at it")
    assert state["decision"]["by"] == "hugo"
    reasons = state["decision"]["reasons"]
    assert [f"in spite of: {reason}" for reason in told] == [r for r in reasons if "stood before" in r]
    assert not any("all key values found" in reason for reason in reasons)
    assert any(f"by {by}" in reason for reason in reasons if not reason.startswith("in spite of"))
    kept = [f for f in state["findings"]["review"] if removed in f["message"]]
    assert {f["decided_by"]["accepted_by"] for f in kept} == {"hugo"}
    assert len(await execution.ledger.posted("default")) == 1


@pytest.mark.parametrize("corrections", [{"payment.iban": None}, {"payment.iban": IBAN}], ids=["removed", "replaced"])
async def test_an_unknown_account_that_a_clerk_takes_off_stays_open(
    execution: Execution, connected: Connections, corrections: dict[str, str | None]
) -> None:
    await connected.ledger.put_vendors([NORTHWIND])
    await execution.submit(invoice_pdf("R-1", extra=f"IBAN: {OTHER_IBAN}"), policy=clerks())
    assert execution.waits
    await execution.answer("correct", reviewer="clara", corrections=corrections)
    assert execution.waits
    assert any(OTHER_IBAN in reason for reason in execution.asked_for), "the page still names it"
    await execution.answer("approve", reviewer="clara")
    assert execution.waits
    state = await execution.answer("approve", reviewer="hugo")
    assert any(r.startswith("in spite of:") and OTHER_IBAN in r for r in state["decision"]["reasons"])


async def test_a_duplicate_that_a_clerk_gives_another_number_stays_open(
    execution: Execution, connected: Connections, endpoint: ScriptedEndpoint
) -> None:
    await execution.submit(invoice_pdf("R-1"), policy=clerks(1000))
    assert execution.state["decision"]["outcome"] == "approve", execution.state["decision"]
    again = Execution(connected, endpoint)
    await again.submit(invoice_pdf("R-1", extra="sent by mail"), policy=clerks())
    assert again.waits
    await again.answer("correct", reviewer="clara", corrections={"invoice_number": "R-1-B"})
    assert again.waits
    assert any("stood before the correction by clara" in reason for reason in again.asked_for)
    state = await again.answer("approve", reviewer="hugo")
    assert any("in spite of: stood before the correction by clara" in reason for reason in state["decision"]["reasons"])


async def test_a_total_that_a_clerk_lowers_below_every_limit_stays_open(execution: Execution) -> None:
    await execution.submit(
        invoice_pdf("R-1"), policy=clerks(100, auto_approval={"enabled": True, "limits": {"EUR": 110}})
    )
    assert execution.waits
    lower = {
        "totals.grand_total": "12.00", "totals.tax_basis_total": "10.00", "totals.tax_total": "2.00", "totals.due_payable": "12.00",
        "totals.line_total": "10.00", "lines[0].net_amount": "5.00", "lines[0].unit_price_net": None,
        "lines[0].quantity": None, "lines[1].net_amount": "5.00", "lines[1].unit_price_net": None,
        "lines[1].quantity": None, "tax_breakdown[0].amount": "2.00", "tax_breakdown[0].basis": "10.00",
    }  # fmt: skip
    known = {path: value for path, value in lower.items() if path in execution.state["fields"]}
    await execution.answer("correct", reviewer="clara", corrections=known)
    await stays_open(execution, "clara", "the total of 120.00 EUR is above the limit")


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("seller.name", "Northwind Papers Ltd"),
        ("currency", "EUR"),
        ("issue_date", "2026-11-01"),
        ("payment.terms", "30 days"),
    ],
)
async def test_nothing_that_waited_passes_by_itself_once_a_clerk_who_may_not_approve_it_changed_anything(
    execution: Execution, path: str, value: str
) -> None:
    await execution.submit(invoice_pdf("R-1"), policy=clerks(auto_approval={"enabled": True, "limits": {"EUR": 100}}))
    waited_for = execution.asked_for
    await execution.answer("correct", reviewer="clara", corrections={path: value})
    assert execution.waits
    assert any("clara" in reason for reason in execution.asked_for) or set(waited_for) <= set(execution.asked_for)


async def test_another_vendors_name_does_not_make_it_that_vendors(execution: Execution, connected: Connections) -> None:
    mine = Vendor(tenant="default", id="V9", name="Gute Ware GmbH", vat_ids=[], ibans=[])
    await connected.ledger.put_vendors([mine])
    policy = clerks(1000)
    policy["approvers"][0]["vendors"] = ["V9"]
    await execution.submit(invoice_pdf("R-1"), policy={**policy, "digest": ""})
    assert execution.waits, "the vendor is not in the master"
    await execution.answer(
        "correct", reviewer="clara", corrections={"seller.name": "Gute Ware GmbH", "seller.vat_id": None}
    )
    assert execution.waits
    assert execution.state["matched"]["vendor"] == "V9"
    assert any("clara may not approve" in reason for reason in execution.asked_for), execution.asked_for


async def test_what_several_correct_in_turn_stays_open_from_the_first_on(execution: Execution) -> None:
    await execution.submit(invoice_pdf("R-1", gross="131.00"), policy=clerks())
    await execution.answer("correct", reviewer="clara", corrections=dict(TOTALS))
    await execution.answer("correct", reviewer="clara", corrections={"payment.terms": "30 days"})
    await execution.answer("correct", reviewer="hugo", corrections={"payment.terms": "14 days"})
    assert not any("stood before the correction by hugo: stood" in reason for reason in execution.asked_for)
    evidence = execution.state["fields"]["payment.terms"]["evidence"]
    assert (evidence["source"], evidence["text"]) == ("person", "hugo")
    await stays_open(execution, "clara", "131.00")


async def test_who_may_approve_it_all_corrects_and_it_passes_with_what_stood_before_on_record(
    execution: Execution,
) -> None:
    await execution.submit(invoice_pdf("R-1", gross="131.00"), policy=clerks(1000))
    state = await execution.answer("correct", reviewer="clara", corrections=dict(TOTALS))
    assert state["decision"]["outcome"] == "approve", state["decision"]
    reasons = state["decision"]["reasons"]
    assert reasons[0].startswith("all key values found in the document or given by a person")
    assert reasons[1] == "corrected by clara, who may approve it as it stood and as it stands"
    assert "totals.grand_total 120.00 given by clara in place of 131.00" in reasons
    assert any(reason.startswith("in spite of: stood before the correction by clara: ") for reason in reasons)
    assert {f["decided_by"]["accepted_by"] for f in state["findings"]["review"]} == {"clara"}
    assert {f["severity"] for f in state["findings"]["review"]} == {"warning"}


async def test_the_record_has_what_the_machine_read_however_often_a_value_is_corrected(execution: Execution) -> None:
    await execution.submit(invoice_pdf("R-2", gross="131.00"))
    await execution.answer("correct", corrections={"totals.grand_total": "125.00"})
    totals = {"totals.grand_total": "120.00", "totals.tax_basis_total": "100.00", "totals.tax_total": "20.00"}
    state = await execution.answer("correct", corrections=totals)
    assert state["decision"]["outcome"] == "approve", state["decision"]
    assert "totals.grand_total 120.00 given by Ada in place of 131.00" in state["decision"]["reasons"]
    assert state["fields"]["totals.grand_total"]["evidence"] == {"source": "person", "text": "Ada", "was": "131.00"}


async def test_where_nobody_knows_who_handed_it_in_two_whom_the_policy_names_approve_it(execution: Execution) -> None:
    low = {"enabled": True, "limits": {"EUR": 100}}
    await execution.submit(invoice_pdf("R-1"), policy=clerks(own_submission="forbidden", auto_approval=low))
    await execution.answer("approve", reviewer="hugo")
    assert execution.waits
    assert "a second person has to approve (where nobody knows who handed it in)" in execution.asked_for[0]
    for again in ("hugo", "HUGO", "hu\u200bgo", "hugо", "mallory", "policy"):
        await execution.answer("approve", reviewer=again)
        assert execution.waits, again
    state = await execution.answer("approve", reviewer="ines")
    assert state["decision"]["by"] == "hugo and ines"


async def test_a_claimed_cost_centre_lets_nothing_pass(execution: Execution, connected: Connections) -> None:
    lab = {"id": "lab", "when": {"cost_centre": "LAB"}, "limits": {"EUR": 5000}}
    policy = clerks(auto_approval={"enabled": True, "limits": {"EUR": 100}, "sure": 0.9, "rules": [lab]})
    await execution.submit(invoice_pdf("R-1"), policy=policy, details={"cost_centre": "LAB"})
    assert execution.waits
    assert any("above the limit of 100 EUR" in reason for reason in execution.asked_for)
    await connected.ledger.put_vendors([NORTHWIND.model_copy(update={"cost_centre": "LAB"})])
    await execution.submit(invoice_pdf("R-2"), policy=policy, details={"cost_centre": "OPS"})
    assert execution.waits, "nor does it let pass what the vendor's own would"
    await execution.submit(invoice_pdf("R-3"), policy=policy)
    assert execution.state["decision"]["outcome"] == "approve", execution.state["decision"]


async def test_a_part_is_judged_with_who_cut_it_out_as_its_corrector(execution: Execution) -> None:
    await execution.submit(invoice_pdf("R-1"), policy=clerks())
    assert execution.state["decision"]["outcome"] == "approve"
    cut = json.dumps([{"by": "clara", "on": "2026-11-02", "amount": None, "currency": None, "kind": None}])
    assert corrections_of(cut)
    await execution.submit(invoice_pdf("R-2"), policy=clerks(), details={SPLIT_BY: cut})
    assert execution.waits
    assert any(reason.startswith("clara corrected it, and may not answer") for reason in execution.asked_for)
    await execution.submit(invoice_pdf("R-3"), policy=clerks(1000), details={SPLIT_BY: cut})
    assert execution.state["decision"]["outcome"] == "approve", execution.state["decision"]

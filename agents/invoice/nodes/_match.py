"""Matching: who is to be paid, what was ordered and received, whether it was claimed before. It finds, and decides nothing."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import date

from agents.controls import matching
from agents.controls.approval import Policy
from agents.controls.matching import VendorLimit, VendorMatch
from agents.fields.rules import Rule
from agents.fields.schema import Fields, number_of
from agents.invoice.state import InvoiceState, InvoiceUpdate, Matched, Step, VendorChoice
from agents.steps import ExecutionRef, step, way
from infra.connections import connections
from infra.ledger import Ledger
from infra.ledger.keys import number_key
from infra.records import PART_OF, Billing, Claim, Finding, OrderOnRecord, Severity, Vendor, Verdict, finding


@step(Step.MATCH, InvoiceState, kind="RETRIEVER")
async def match(state: InvoiceState) -> InvoiceUpdate:
    """Hold the invoice against the vendor master, its purchase order with what was received and billed, and all that the
    tenant was sent before, also what is still being processed.

    May be run again: the claim of the same run keeps its place, and what it bills replaces what it billed.
    """
    ledger, execution, fields = connections().ledger, state.execution, state.fields
    vendors, named = await ledger.vendors(execution.tenant), state.document.destinations
    found = await asyncio.to_thread(matching.match_vendor, fields, vendors, named)
    choice = state.vendor_choice
    if found.how == "near" and choice is None and state.options.asks:
        # Nothing is claimed before it is known of whom: of two that come at once each would see the other.
        near = Matched(vendor=None, how="near", near=_near(found))
        return {"matched": near, "findings": {Step.MATCH: found.findings}}
    if found.how == "near" and choice:
        chosen = choice.vendor if choice.vendor in {vendor.id for vendor, _ in found.near} else None
        found = matching.settle_near(found, chosen, choice.reason, choice.decided_by)
    ours = matching.Companies(state.options.companies, execution.tenant)
    claim = _claim(state, fields, found)
    others = await ledger.claim(claim)
    wanted = _order_number(state)
    ordered, of_order = await _ordered(state, fields, found.vendor, claim, wanted)
    alike = matching.duplicates(claim, others, days=state.policy.matching.duplicate_days)
    limit = VendorLimit.of(found.vendor, claim.currency)
    fits = any(one.rule == Rule.ORDER and one.verdict is Verdict.PASS for one in ordered)
    return {
        "matched": Matched(
            vendor=found.vendor.id if found.vendor else None,
            how=found.how,
            named=matching.is_named(found, fields),
            near=_near(found),
            vendor_key=claim.vendor_key,
            cost_centre=(of_order if fits else None) or (found.vendor.cost_centre if found.vendor else None),
            claimed_cost_centre=execution.details.get("cost_centre") or None,
            limit=str(limit) if limit else None,
            order=wanted if fits else None,
        ),
        "submitters": sorted(await _submitters(ledger, execution)),
        "findings": {Step.MATCH: [*found.findings, *matching.addressee_findings(fields, ours), *ordered, *alike]},
    }


@way(InvoiceState)
async def after_match(state: InvoiceState) -> str:
    """Where only near names were found in the vendor master, a model is asked which of them it is; once for a name."""
    near = state.matched is not None and state.matched.how == "near" and state.vendor_choice is None
    return Step.CHOOSE_VENDOR.node if near and state.options.asks else Step.COMPLY.node


@step(Step.CHOOSE_VENDOR, InvoiceState)
async def choose_vendor(state: InvoiceState) -> InvoiceUpdate:
    """Ask which vendor of the master the seller is, of those with near names; the reason is kept."""
    fields, execution = state.fields, state.execution
    known = {vendor.id: vendor for vendor in await connections().ledger.vendors(execution.tenant)}
    near = [(known[id], score) for id, _, score in (state.matched.near if state.matched else ()) if id in known]
    said = await matching.ask_which(execution.id, fields, near, tier=state.options.tiers[0])
    choice = VendorChoice(
        seller=fields["seller.name"].value, vendor=said.vendor, reason=said.reason, decided_by=said.decided_by
    )
    return {"vendor_choice": choice, "calls": said.calls}


async def _ordered(
    state: InvoiceState, fields: Fields, vendor: Vendor | None, claim: Claim, wanted: str | None
) -> tuple[Sequence[Finding], str | None]:
    """What is found of the order, ``wanted`` or of the vendor, and its cost centre; it is billed against it."""
    ledger, execution = connections().ledger, state.execution
    if vendor and vendor.order_required or wanted and await ledger.has_orders(execution.tenant):
        allowed, cost_centre = _tolerances(state.policy), None

        def held(on_record: OrderOnRecord | None) -> tuple[list[Billing], list[Finding]]:
            nonlocal cost_centre
            cost_centre = on_record.order.cost_centre if on_record else None
            return matching.match_order(
                fields, claim.kind, on_record, vendor, execution.id, execution.tenant, wanted, allowed
            )

        return await ledger.match_order(execution.tenant, wanted or "", execution.id, held), cost_centre
    if state.matched:  # it may have billed an order before a person corrected it
        await ledger.bill_nothing(execution.id)
    if not wanted:
        return [], None
    message = (
        f"it refers to order {wanted}, and no purchase orders are kept here: `counterfoil orders import` takes them"
    )
    unknown = Verdict.NOT_ASSESSABLE
    return [finding(Rule.ORDER, Severity.INFO, message, "purchase_order_ref", verdict=unknown, found=wanted)], None


def _near(found: VendorMatch) -> list[tuple[str, str, float]]:
    return [(vendor.id, vendor.name, round(score, 1)) for vendor, score in found.near]


def _claim(state: InvoiceState, fields: Fields, found: VendorMatch) -> Claim:
    execution, document = state.execution, state.document
    number, issued = fields.get("invoice_number"), fields.get("issue_date")
    return Claim(
        execution_id=execution.id,
        run_id=execution.run_id,
        tenant=execution.tenant,
        kind="credit_note" if state.kind == "credit_note" else "invoice",
        vendor_key=matching.vendor_key(found, fields),
        vendor=state.value("seller.name"),
        vat_id=state.value("seller.vat_id"),
        number=number.value if number else None,
        number_key=number_key(number.value) or None if number else None,
        currency=state.value("currency"),
        amount=number_of(fields, "totals.grand_total"),
        net=number_of(fields, "totals.tax_basis_total"),
        issue_date=date.fromisoformat(issued.value) if issued else None,
        preceding=number_key(document.preceding) if document.preceding else None,
        order=_order_number(state),
        name=execution.name,
        tokens=document.sketch,
    )


def _order_number(state: InvoiceState) -> str | None:
    """The order it refers to: what a person or the document says, else what whoever handed it in says."""
    return state.value("purchase_order_ref") or state.execution.details.get("purchase_order") or None


async def _submitters(ledger: Ledger, execution: ExecutionRef) -> set[str]:
    """Who handed the document in, or the file that it was a part of."""
    names = {execution.submitted_by} if execution.submitted_by else set()
    for id in (execution.id, execution.details.get(PART_OF)):
        names |= set(await ledger.submitters(id)) if id else set()
    return names


def _tolerances(policy: Policy) -> matching.Tolerances:
    allowed = policy.matching
    return matching.Tolerances(
        price_percent=allowed.price_percent,
        price_amount=allowed.price_amount,
        quantity_percent=allowed.quantity_percent,
    )

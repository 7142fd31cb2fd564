"""Complying: what the rules of e-invoicing and of the house say of the invoice. It finds, and decides nothing."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

from agents.controls.approval import auto, weighed
from agents.controls.rulebook import Facts, ask_rules, by_code, kept_rulebook, kept_sanctions, unasked
from agents.documents.reading import Reading
from agents.einvoice import en16931
from agents.invoice.case import case_of
from agents.invoice.nodes._decide import look_is_due
from agents.invoice.state import POLICIES, InvoiceState, InvoiceUpdate, Step
from agents.steps import reading_of, step, way
from infra.connections import connections


@step(Step.COMPLY, InvoiceState, kind="GUARDRAIL")
async def comply(state: InvoiceState) -> InvoiceUpdate:
    """The rules of EN 16931, of the e-invoice as it was sent or of what was read from the page; and the house policies, as
    far as code can answer them. What is left of these is for a model."""
    kind = state.kind or "invoice"
    reading = await asyncio.to_thread(reading_of, state.execution.digest)
    if reading.xml and state.document.xml:
        broken = await en16931.findings(reading.xml.text, french=state.options.french_rules)
        official = [weighed(state.policy, finding) for finding in broken]
    else:
        official = await en16931.assess_extracted(state.fields, kind)
    said = {finding.rule for finding in state.found_by(Step.CHECK) if finding.is_error}
    facts = await _facts(state, kind, reading)
    rulebook = await asyncio.to_thread(kept_rulebook, connections().documents, state.options.rulebook)
    house, open_rules = by_code(facts, rulebook)
    asks = state.options.asks
    return {
        "findings": {
            Step.COMPLY: [*(finding for finding in official if finding.rule not in said), *house],
            POLICIES: None if asks else unasked(open_rules),
        },
        "open_rules": open_rules if asks else [],
    }


@way(InvoiceState)
async def after_comply(state: InvoiceState) -> str:
    """Policies that code could not answer are asked of a model; what nothing stands against is looked at."""
    if state.open_rules:
        return Step.ASK_POLICIES.node
    return Step.LOOK.node if look_is_due(state) else Step.DECIDE.node


@way(InvoiceState)
async def after_policies(state: InvoiceState) -> str:
    """What nothing stands against is looked at."""
    return Step.LOOK.node if look_is_due(state) else Step.DECIDE.node


@step(Step.ASK_POLICIES, InvoiceState)
async def ask_policies(state: InvoiceState) -> InvoiceUpdate:
    """Ask about the house policies that are open, one call each, all at once."""
    execution, options = state.execution, state.options
    rulebook = await asyncio.to_thread(kept_rulebook, connections().documents, options.rulebook)
    findings, calls = await ask_rules(execution.id, execution.digest, state.open_rules, rulebook, tier=options.tiers[0])
    return {"findings": {POLICIES: findings}, "calls": calls}


async def _facts(state: InvoiceState, kind: str, reading: Reading) -> Facts:
    """What the house policies may know."""
    to, execution, matched, policy = connections(), state.execution, state.matched, state.policy
    assert matched, "what complies was matched before"
    known = {vendor.id: vendor for vendor in await to.ledger.vendors(execution.tenant)} if matched.vendor else {}
    issued, key = state.value("issue_date"), matched.vendor_key
    days = policy.matching.split_days
    since = date.fromisoformat(issued) - timedelta(days=days) if issued and days else None
    claims = await to.ledger.claims(execution.tenant, vendor_key=key, since=since) if key and since else []
    return Facts(
        reading=reading,
        fields=state.fields,
        kind=kind,
        today=datetime.now(UTC).date(),
        execution_id=execution.id,
        vendor=known.get(matched.vendor) if matched.vendor else None,
        claims=[claim for claim in claims if claim.execution_id != execution.id],
        order_matched=matched.order is not None,
        approval_limit=auto(policy, replace(case_of(state), kind=kind)).limit,
        split_days=days,
        sanctions=await asyncio.to_thread(kept_sanctions, to.documents, state.options.rulebook),
        details=execution.details,
    )

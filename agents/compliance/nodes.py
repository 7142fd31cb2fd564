"""The steps by which a document is held against a rulebook: read, answered by code, asked of a model, decided, reviewed."""

from __future__ import annotations

import asyncio
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

from langgraph.types import Send, interrupt

from agents.compliance.state import EN16931, UNASKED, ComplianceResult, ComplianceState, ComplianceUpdate, Step
from agents.controls.matching import match_vendor, vendor_key
from agents.controls.rulebook import Facts, ask_rules, by_code, kept_rulebook, kept_sanctions, unasked
from agents.documents.reading import Reading
from agents.einvoice import en16931
from agents.fields import checks
from agents.fields.table import HEADLINE
from agents.pages import judged
from agents.steps import Answer, Decision, Headline, accepted, reading_of, step, way
from agents.steps import read as read_document
from infra.connections import connections
from infra.records import Claim, Vendor, Verdict

_CLAIMS_BEFORE = timedelta(days=366)
"""What rules may look back."""
_NEEDED = {"invoice_number", "totals.grand_total"}
"""What a page has that is taken for an invoice though it does not call itself one."""


@step(Step.READ, ComplianceState)
async def read(state: ComplianceState) -> ComplianceUpdate:
    """Read the document, and what it states as an invoice if it is one: of its XML, else what code finds on its pages.

    Raises:
        Unreadable: it cannot be read.
    """
    document = await read_document(state.execution, hand_in="a PDF, or an invoice as UBL or CII XML")
    update: ComplianceUpdate = {"document": document.facts, "kind": "other"}
    findings, fields = list(document.findings), document.stated
    if fields is not None:
        update["kind"] = checks.kind_of(fields)
    elif (draft := document.draft) and not document.too_long:
        update["kind"] = draft.kind or ("invoice" if draft.fields.keys() >= _NEEDED else "other")
        if update["kind"] != "other":
            findings += draft.findings
            fields = draft.fields
    return {**update, "fields": {**judged(fields or {})}, "findings": {Step.READ: findings}}


@step(Step.RULES, ComplianceState, kind="GUARDRAIL")
async def rules(state: ComplianceState) -> ComplianceUpdate:
    """Answer the rules that code can, and find those that a model has to be asked about."""
    rulebook_kept, asks = state.options.rulebook, state.options.asks
    reading = await asyncio.to_thread(reading_of, state.execution.digest)
    rulebook = await asyncio.to_thread(kept_rulebook, connections().documents, rulebook_kept)
    facts = await facts_of(state, reading)
    found, open_rules = await asyncio.to_thread(by_code, facts, rulebook)
    official = await en16931.findings(reading.xml.text) if reading.xml and state.document.xml else []
    return {
        "findings": {
            Step.RULES: found,
            EN16931: list(official),
            UNASKED: [] if asks else unasked(open_rules),
        },
        "open_rules": open_rules if asks else [],
        "result": ComplianceResult(rulebook=rulebook_kept, kind=state.kind),
    }


@way(ComplianceState)
async def after_rules(state: ComplianceState) -> list[Send] | str:
    """Each rule that is open is asked about by itself, all at once."""
    return [Send(Step.ASK_RULE.node, state.asking(rule)) for rule in state.open_rules] or Step.DECIDE.node


@step(Step.ASK_RULE, ComplianceState)
async def ask_rule(state: ComplianceState) -> ComplianceUpdate:
    """Ask a model about one rule."""
    execution, options, id = state.execution, state.options, state.rule
    rulebook = await asyncio.to_thread(kept_rulebook, connections().documents, options.rulebook)
    found, calls = await ask_rules(execution.id, execution.digest, [id], rulebook, tier=options.tiers[0])
    return {"findings": {f"rule {id}": found}, "calls": calls, "note": id}


@step(Step.DECIDE, ComplianceState, kind="EVALUATOR")
async def decide(state: ComplianceState) -> ComplianceUpdate:
    """It complies if nothing was found that a person has to look at."""
    reasons = list(dict.fromkeys(finding.message for finding in state.errors))
    kept = sum(finding.verdict is Verdict.PASS for found in state.findings.values() for finding in found)
    complies = f"it complies with {state.options.rulebook['name']}: {kept} rules kept, none needs a person"
    return {
        "decision": Decision(outcome="review" if reasons else "approve", by="policy", reasons=reasons or [complies]),
        "headline": Headline(**{name: state.value(path) for name, path in HEADLINE.items()}),
    }


@way(ComplianceState)
async def after_decide(state: ComplianceState) -> str:
    """What complies is the end; all else waits for a person."""
    return "end" if state.decision.outcome == "approve" else Step.REVIEW.node


@step(Step.REVIEW, ComplianceState)
async def review(state: ComplianceState) -> ComplianceUpdate:
    """Wait for a person, who says whether it is accepted all the same."""
    answer = Answer.model_validate(interrupt({"reasons": state.decision.reasons, "approval": None}))
    if answer.action != "approve":
        reasons = [f"rejected by {answer.reviewer}{answer.told}"]
        return {"reviews": [answer], "decision": Decision(outcome="reject", by=answer.reviewer, reasons=reasons)}
    spite = [f"in spite of: {reason}" for reason in state.decision.reasons]
    reasons = [f"accepted by {answer.reviewer}{answer.told}", *spite]
    return {
        "reviews": [answer],
        "decision": Decision(outcome="approve", by=answer.reviewer, reasons=reasons),
        "findings": accepted(state.findings, answer.reviewer),
    }


async def facts_of(state: ComplianceState, reading: Reading) -> Facts:
    """What the rules are asked about: with what the ledger knows of the vendor."""
    to, execution, options = connections(), state.execution, state.options
    vendor, claims = await _known(state)
    limit = options.approval_limits.get(state.value("currency") or "")
    return Facts(
        reading=reading,
        fields=state.fields,
        kind=state.kind or "other",
        today=datetime.now(UTC).date(),
        execution_id=execution.id,
        vendor=vendor,
        claims=claims,
        approval_limit=Decimal(limit) if limit is not None else None,
        sanctions=await asyncio.to_thread(kept_sanctions, to.documents, options.rulebook),
        details=execution.details,
    )


async def _known(state: ComplianceState) -> tuple[Vendor | None, list[Claim]]:
    """The vendor of the master that the seller is, and what was claimed of it around the day this was issued."""
    ledger, tenant, fields = connections().ledger, state.execution.tenant, state.fields
    match = match_vendor(fields, await ledger.vendors(tenant))
    key, issued = vendor_key(match, fields), fields.get("issue_date")
    if key is None or issued is None:
        return match.vendor, []
    since = date.fromisoformat(issued.value) - _CLAIMS_BEFORE
    return match.vendor, await ledger.claims(tenant, vendor_key=key, since=since)

"""Posting: an approved invoice is written to the ledger, once."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal

from agents.controls import approval
from agents.controls.approval import Case
from agents.fields.rules import Rule
from agents.invoice.nodes._learn import teacher
from agents.invoice.state import InvoiceState, InvoiceUpdate, Step
from agents.steps import Decision, decided_since, now, step, way
from infra.connections import connections
from infra.failures import Failure
from infra.ledger.keys import number_key
from infra.records import AlreadyPosted, EndedBefore, PostedOtherwise, Posting, Severity, finding


@step(Step.POST, InvoiceState, kind="TOOL")
async def post(state: InvoiceState) -> InvoiceUpdate:
    """Write the approved invoice to the ledger, once. If the same invoice was posted meanwhile as another document, a
    person decides."""
    head, execution, result = state.headline, state.execution, state.result
    if missing := [name for name, value in head if value is None]:
        raise Failure(f"it cannot be posted without {', '.join(missing)}: correct it first")
    assert result
    assert head.number
    assert head.currency
    assert head.amount
    before = state.found_by(Step.POST)
    others = [one.evidence.get("execution_id") for one in (*state.found_by(Step.MATCH), *before)]
    try:
        first = await connections().ledger.post(
            Posting(
                execution_id=execution.id,
                tenant=execution.tenant,
                vendor=head.vendor,
                number=head.number,
                currency=head.currency,
                amount=Decimal(head.amount),
                invoice=result.invoice,
                posted_at=datetime.now(UTC),
                vendor_key=state.matched.vendor_key if state.matched else None,
                number_key=number_key(head.number) or None,
                kind="credit_note" if result.kind == "credit_note" else "invoice",
            ),
            in_spite_of=[] if state.decision.by == "policy" else [id for id in others if id],
            run_id=execution.run_id,
            amounts_too=bool(state.policy.matching.duplicate_days),
        )
    except PostedOtherwise as conflict:
        raise Failure(
            f"it has posted before, and something else: {', '.join(conflict.differing)}. The posting stands, and nothing was "
            "written. Settle the difference with the vendor, as by a credit note"
        ) from conflict
    except EndedBefore as conflict:
        raise Failure(f"nothing was posted: {conflict}") from conflict
    except AlreadyPosted as conflict:
        message = f"invoice {head.number} of {head.vendor} was posted already, as {conflict.execution_id}"
        case = Case.from_json(result.approval.case)
        needed = approval.requirement(state.policy, case, now().date()).as_json()
        # Whoever approved did not know of the other: they are asked anew.
        anew = result.approval.model_copy(update={"approvals": [], "requirement": needed})
        twice = finding(Rule.DUPLICATE, Severity.ERROR, message, "invoice_number", execution_id=conflict.execution_id)
        # With each that is known: one forgotten would be found again, for ever.
        return {
            "decision": Decision(outcome="review", by="policy", reasons=[message]),
            "findings": {Step.POST: [*before, twice]},
            "result": result.model_copy(update={"approval": anew}),
            "note": "posted meanwhile as another document",
        }
    return {"note": "posted" if first else "was posted before"}


@way(InvoiceState)
async def after_post(state: InvoiceState) -> str:
    """Posted is the end, but for what a person's look at it teaches of its issuer; a duplicate found at the last moment goes to a
    person."""
    if state.decision.outcome == "review":
        return Step.REVIEW.node
    return Step.LEARN.node if teacher(state) and decided_since("an issuer is learnt") else "end"

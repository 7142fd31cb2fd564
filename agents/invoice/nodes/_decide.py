"""Deciding: what becomes of an invoice.

The decision is pure: it rests on what the checks found, on how sure the values are, and on the approval policy that came
with the execution, so that the same state gives the same decision when an auditor asks again.
"""

from __future__ import annotations

from agents.controls import approval
from agents.controls.approval import Case
from agents.fields.schema import number_of, plain_json, public
from agents.fields.table import HEADLINE
from agents.invoice.reasons import review_reasons
from agents.invoice.state import ApprovalRecord, InvoiceResult, InvoiceState, InvoiceUpdate, Step
from agents.steps import Decision, Headline, now, step, way


@step(Step.DECIDE, InvoiceState, kind="EVALUATOR")
async def decide(state: InvoiceState) -> InvoiceUpdate:
    """Approve only what is an invoice, without an open error, grounded, and what the policy lets pass; the rest goes to a
    person, and the policy says to whom."""
    fields, policy = state.fields, state.policy
    case = _case(state)
    passes = approval.auto(policy, case)
    reasons = [reason.message for reason in review_reasons(state, passes)]
    needed = approval.requirement(policy, case, now().date()).as_json() if reasons else None
    sound = f"all key values found in the document, all sums agree, {passes.reason}"
    corrections = [f"after correction by {review.reviewer}" for review in state.reviews]
    return {
        "decision": Decision(
            outcome="review" if reasons else "approve", by="policy", reasons=reasons or [sound, *corrections]
        ),
        "headline": Headline(**{name: state.value(path) for name, path in HEADLINE.items()}),
        "result": InvoiceResult(
            kind=state.kind,
            invoice=plain_json(public(fields)),
            matched=state.matched,
            approval=ApprovalRecord(
                policy={"name": policy.name, "digest": policy.digest},
                rule=passes.rule,
                case=case.as_json(),
                requirement=needed,
                approvals=[],
            ),
        ),
    }


@way(InvoiceState)
async def after_decide(state: InvoiceState) -> str:
    """Approved goes to posting; what is in doubt waits for a person."""
    return Step.POST.node if state.decision.outcome == "approve" else Step.REVIEW.node


def _case(state: InvoiceState) -> Case:
    """What the approval policy is asked about."""
    matched = state.matched
    return Case(
        amount=number_of(state.fields, "totals.grand_total"),
        currency=state.value("currency"),
        kind=state.kind or "other",
        tenant=state.execution.tenant,
        vendor=matched.vendor if matched else None,
        cost_centre=matched.cost_centre if matched else None,
        submitters=list(state.submitters),
        correctors=[review.reviewer for review in state.reviews if review.action == "correct"],
    )

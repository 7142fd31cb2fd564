"""Deciding: what becomes of an invoice.

The decision is pure: it rests on what the checks found, on how sure the values are, and on the approval policy that came
with the execution, so that the same state gives the same decision when an auditor asks again.
"""

from __future__ import annotations

from dataclasses import replace

from agents.controls import approval
from agents.fields.schema import plain_json, public
from agents.fields.table import HEADLINE
from agents.invoice.case import case_of
from agents.invoice.reasons import given_by_people, review_reasons, told_before
from agents.invoice.state import ApprovalRecord, InvoiceResult, InvoiceState, InvoiceUpdate, Step
from agents.steps import Decision, Headline, decided_since, now, step, way
from infra.records import Finding, Severity


@step(Step.DECIDE, InvoiceState, kind="EVALUATOR")
async def decide(state: InvoiceState) -> InvoiceUpdate:
    """Approve only what is an invoice, without an open error, grounded, and what the policy lets pass; the rest goes to a
    person, and the policy says to whom.

    A correction settles what it removed only where whoever made it could have approved it all the same; else what stood before
    stands until somebody who may approves in spite of it.
    """
    policy, case = state.policy, case_of(state)
    passes = approval.auto(policy, case)
    reasons = [reason.message for reason in review_reasons(state, passes)]
    before = told_before(state.corrections, reasons)
    open_ = bool(reasons)
    if open_ and case.corrections and not decided_since(f"corrections {len(state.reviews)}"):
        passes = approval.auto(policy, replace(case, corrections=(), claimed_cost_centre=None))
        reasons = [reason.message for reason in review_reasons(state, passes)]
        open_ = bool(reasons)
    if open_:
        reasons += [finding.message for _, finding in before]
    return {
        "decision": Decision(
            outcome="review" if open_ else "approve",
            by="policy",
            reasons=reasons or _sound(state, passes.reason, [finding for _, finding in before]),
        ),
        "headline": Headline(**{name: state.value(path) for name, path in HEADLINE.items()}),
        "result": InvoiceResult(
            kind=state.kind,
            invoice=plain_json(public(state.fields)),
            matched=state.matched,
            approval=ApprovalRecord(
                policy={"name": policy.name, "digest": policy.digest},
                rule=passes.rule,
                case=case.as_json(),
                requirement=approval.requirement(policy, case, now().date()).as_json() if open_ else None,
                approvals=[],
            ),
        ),
        "findings": {Step.REVIEW: [_standing(finding, None if open_ else by) for by, finding in before] or None},
    }


def _standing(finding: Finding, accepted_by: str | None) -> Finding:
    """What stood before a correction, as it stands now: for a person, or answered by who corrected it."""
    return finding.model_copy(update={"severity": Severity.WARNING}).accepted(accepted_by) if accepted_by else finding


def _sound(state: InvoiceState, passes: str, before: list[Finding]) -> list[str]:
    """Why it is approved without a person; what of it people gave, and in spite of what."""
    if not state.corrections:
        corrected = [review.reviewer for review in state.reviews if review.action == "correct"]
        if not corrected:
            return [f"all key values found in the document, all sums agree, {passes}"]
        return [
            f"all key values found in the document or corrected by {' and '.join(corrected)}, all sums agree, {passes}"
        ]
    sound = f"all key values found in the document or given by a person, all sums agree, {passes}"
    by = " and ".join(dict.fromkeys(one.by for one in state.corrections))
    answered = f"corrected by {by}, who may approve it as it stood and as it stands"
    return [
        sound,
        answered,
        *given_by_people(state.corrections),
        *(f"in spite of: {finding.message}" for finding in before),
    ]


@way(InvoiceState)
async def after_decide(state: InvoiceState) -> str:
    """Approved goes to posting; what is in doubt waits for a person."""
    return Step.POST.node if state.decision.outcome == "approve" else Step.REVIEW.node


def look_is_due(state: InvoiceState) -> bool:
    """Whether nothing but a look at its pixels is left to be done before it is approved without a person: what a person has to
    decide anyway is not looked at."""
    if not state.document.look or Step.LOOK in state.findings:
        return False
    return not review_reasons(state, approval.auto(state.policy, case_of(state)), but_look=True)

"""Reviewing: a person is waited for, and what they say is taken."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from langgraph.types import interrupt

from agents.controls import approval
from agents.controls.approval import Case
from agents.fields.rules import Rule
from agents.fields.schema import SPLIT_PAGES, Evidence, Field
from agents.invoice.case import case_of
from agents.invoice.reasons import given_by_people, review_reasons
from agents.invoice.state import EXTRACT, Approval, Correction, FilePart, InvoiceState, InvoiceUpdate, Step
from agents.pages import parse_pages
from agents.steps import Answer, Decision, accepted, decided_since, now, step, way
from infra.records import SPLIT_BY, Finding, Severity, finding
from infra.text import caseless


@step(Step.REVIEW, InvoiceState)
async def review(state: InvoiceState) -> InvoiceUpdate:
    """Wait for a person. Their corrections become fields whose evidence is the person; then all is checked again. An
    approval may need a second person's, as the policy says."""
    requirement = state.result.approval.requirement if state.result else None
    answer = Answer.model_validate(interrupt({"reasons": state.decision.reasons, "approval": requirement}))
    if answer.action == "correct":
        update = _corrected(state, answer)
    elif answer.action == "reject":
        reasons = [f"rejected by {answer.reviewer}{answer.told}"]
        update = {"decision": Decision(outcome="reject", by=answer.reviewer, reasons=reasons)}
    else:
        update = _approved(state, answer)
    return {"reviews": [answer], **update}


@way(InvoiceState)
async def after_review(state: InvoiceState) -> str:
    """Corrected is checked again; approved is posted; rejected ends; a file of several invoices is split; and where another
    person has to approve, they are waited for."""
    if state.parts:
        return Step.SPLIT.node
    if state.reviews[-1].action == "correct":
        return Step.CHECK.node
    return {"approve": Step.POST.node, "review": Step.REVIEW.node}.get(state.decision.outcome, "end")


def _approved(state: InvoiceState, answer: Answer) -> InvoiceUpdate:
    """One more approval; with enough of them the invoice is approved, in spite of what was found."""
    assert state.result, "what is approved was decided before"
    policy, known, today, escalated = state.policy, state.result.approval, now().date(), answer.escalated
    case = Case.from_json(known.case)
    notes = approval.approval_notes(policy, case, answer.reviewer, today, escalated=escalated)
    earlier = [one.by for one in known.approvals]
    reasons = state.decision.reasons
    before = reasons[1:] if known.approvals else reasons  # the first says who has approved so far
    refused = approval.may_approve(policy, case, answer.reviewer, today, earlier, escalated=escalated)
    if refused and decided_since(f"approval {len(state.reviews)}"):  # whoever took the answer did not ask the policy
        return {"note": f"not counted: {refused}"}
    approvals = [*known.approvals, Approval(by=answer.reviewer, at=answer.at or now().isoformat(), notes=notes)]
    names = [one.by for one in approvals]
    record = known.model_copy(update={"approvals": approvals})
    waiting = approval.after_approval(policy, case, names, today, escalated=escalated)
    if waiting and _enough_before(state, names) and not decided_since(f"approved {len(state.reviews)}"):
        waiting = None
    if waiting:
        needed = approval.requirement(policy, case, today, already=names, escalated=escalated)
        record = record.model_copy(update={"requirement": needed.as_json()})
    result = state.result.model_copy(update={"approval": record})
    if waiting:
        return {"result": result, "decision": Decision(outcome="review", by="policy", reasons=[waiting, *before])}
    by = " and ".join(dict.fromkeys(names))
    noted = [note for one in approvals for note in one.notes]
    in_spite = [f"in spite of: {reason}" for reason in before]
    return {
        "result": result,
        "decision": Decision(
            outcome="approve",
            by=by,
            reasons=[f"approved by {by}{answer.told}", *noted, *given_by_people(state.corrections), *in_spite],
        ),
        "findings": accepted(state.findings, by),
    }


def _enough_before(state: InvoiceState, names: Sequence[str]) -> bool:
    """Whether these approvals were enough to versions that compared names by their letters and counted no corrector."""
    policy, result = state.policy, state.result
    assert result, "what is approved was decided before"
    case = replace(Case.from_json(result.approval.case), correctors=(), corrections=())
    barred = {caseless(name) for name in case.submitters} if policy.own_submission == "forbidden" else set()
    sums = replace(case, submitters=case.submitters or ["somebody"])
    return len({caseless(name) for name in names} - barred) >= approval.needed(policy, sums)


def _corrected(state: InvoiceState, answer: Answer) -> InvoiceUpdate:
    corrections, reviewer = answer.corrections, answer.reviewer
    if pages := corrections.get(SPLIT_PAGES):
        return _split_by(state, answer, pages)
    fields = {
        path: None if value is None else Field(value=value, evidence=_said(state, path, reviewer))
        for path, value in corrections.items()
    }
    findings: dict[str, list[Finding] | None] = {
        step: [one for one in state.findings[step] if not one.fields or not set(one.fields) <= set(corrections)]
        for step in EXTRACT.values()
        if step in state.findings
    }
    return {
        "fields": fields,
        # What is now held for true has not been looked at; what the look said of before stands in the correction.
        "findings": findings | {Step.SPLIT: None, Step.LOOK: None},
        "corrections": [_correction(state, answer)],
        "kind": "invoice" if state.kind in (None, "other") else state.kind,
        "note": f"corrected by {reviewer}",
    }


def _said(state: InvoiceState, path: str, reviewer: str) -> Evidence:
    """That ``reviewer`` said it, in place of what stood there when the document came."""
    earlier = [one.was[path] for one in state.corrections if path in one.was]
    return Evidence(source="person", text=reviewer, was=earlier[0] if earlier else state.value(path))


def _correction(state: InvoiceState, answer: Answer) -> Correction:
    """What is corrected, with all that stood before: nothing of it may go unseen with the correction."""
    case = case_of(state)
    known = {finding.message for one in state.corrections for finding in one.stood}
    reasons = review_reasons(state, approval.auto(state.policy, replace(case, corrections=())))
    return Correction(
        by=answer.reviewer,
        at=answer.at or now().isoformat(),
        escalated=answer.escalated,
        case=replace(case, correctors=(), corrections=()).as_json(),
        was={path: state.value(path) for path in answer.corrections},
        now=dict(answer.corrections),
        stood=[reason.as_finding() for reason in reasons if reason.message not in known],
    )


def _split_by(state: InvoiceState, answer: Answer, said: str) -> InvoiceUpdate:
    """A person's word on which pages of a file are an invoice each."""
    ranges = (
        parse_pages(said, state.document.pages)
        if state.document.media_type == "application/pdf"
        else "split.pages: only a PDF has pages to be split"
    )
    if isinstance(ranges, str):
        return {"findings": {Step.SPLIT: [finding(Rule.SPLIT_PAGES, Severity.ERROR, ranges)]}, "note": "not split"}
    why = f"said by {answer.reviewer}"
    case = case_of(state)
    day = datetime.fromisoformat(answer.at).date() if answer.at else now().date()
    cut = approval.Correction.of(case, answer.reviewer, day, escalated=answer.escalated)
    # What kind the whole is says nothing of its parts; what it comes to does.
    details = {SPLIT_BY: approval.corrections_as_json([*case.corrections, replace(cut, kind=None)])}
    parts = [FilePart(pages=(first, last), number="", reason=why, details=details) for first, last in ranges]
    return {"parts": parts, "findings": {Step.SPLIT: None}, "note": f"to be split: {why}"}

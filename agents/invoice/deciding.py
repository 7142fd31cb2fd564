"""What becomes of an invoice: approved, left to a person, rejected, posted.

The decision is pure: it rests on what the checks found, on how sure the values are, and on the approval policy that came
with the execution, so that the same state gives the same decision when an auditor asks again.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from langgraph.types import interrupt

from agents.controls import approval
from agents.controls.approval import Case
from agents.fields.schema import SPLIT_PAGES, Evidence, Field, Fields, loaded, number_of, plain_json, public, value_of
from agents.fields.table import HEADLINE
from agents.invoice.reasons import review_reasons
from agents.invoice.state import Decision
from agents.pages import parse_pages
from infra.connections import connections
from infra.failures import Failure
from infra.ledger.keys import number_key
from infra.records import AlreadyPosted, Posting, finding
from infra.telemetry.steps import now, step

State = dict[str, Any]


@step("decide", kind="EVALUATOR")
async def decide(state: State) -> State:
    """Approve only what is an invoice, without an open error, grounded, and what the policy lets pass; the rest goes to a
    person, and the policy says to whom."""
    fields = loaded(state.get("fields", {}))
    policy = approval.policy_of(state["options"])
    case = _case(state, fields)
    passes = approval.auto(policy, case)
    reasons = [reason.message for reason in review_reasons(state, fields, policy, passes)]
    corrections = [f"after correction by {review['reviewer']}" for review in state.get("reviews", [])]
    decision: Decision = (
        {"outcome": "review", "by": "policy", "reasons": reasons}
        if reasons
        else {
            "outcome": "approve",
            "by": "policy",
            "reasons": [f"all key values found in the document, all sums agree, {passes.reason}", *corrections],
        }
    )
    return {
        "decision": decision,
        "headline": {name: value_of(fields, path) for name, path in HEADLINE.items()},
        "result": {
            "kind": state.get("kind"),
            "invoice": plain_json(public(fields)),
            "matched": state.get("matched"),
            "approval": {
                "policy": {"name": policy.name, "digest": policy.digest},
                "rule": passes.rule,
                "case": case.as_json(),
                "requirement": approval.requirement(policy, case, now().date()).as_json() if reasons else None,
                "approvals": [],
            },
        },
    }


async def after_decide(state: State) -> str:
    """Approved goes to posting; what is in doubt waits for a person."""
    return "post" if state["decision"]["outcome"] == "approve" else "review"


@step("review", kind="CHAIN")
async def review(state: State) -> State:
    """Wait for a person. Their corrections become fields whose evidence is the person; then all is checked again. An
    approval may need a second person's, as the policy says."""
    answer = interrupt(
        {
            "reasons": state["decision"]["reasons"],
            "approval": state["result"]["approval"]["requirement"] if state.get("result") else None,
        }
    )
    reviewer = answer["reviewer"]
    update: State = {"reviews": [answer]}
    if answer["action"] == "correct":
        return {**update, **_corrected(state, answer)}
    said = f": {answer['reason']}" if answer.get("reason") else ""
    if answer["action"] == "reject":
        return {
            **update,
            "decision": {"outcome": "reject", "by": reviewer, "reasons": [f"rejected by {reviewer}{said}"]},
        }
    return {**update, **_approved(state, answer, said)}


def _approved(state: State, answer: Mapping[str, Any], said: str) -> State:
    """One more approval; with enough of them the invoice is approved, in spite of what was found."""
    reviewer, escalated = answer["reviewer"], bool(answer.get("escalated"))
    policy, known = approval.policy_of(state["options"]), state["result"]["approval"]
    case, today = Case.from_json(known["case"]), now().date()
    notes = approval.approval_notes(policy, case, reviewer, today, escalated=escalated)
    approvals = [*known["approvals"], {"by": reviewer, "at": answer.get("at") or now().isoformat(), "notes": notes}]
    names = [one["by"] for one in approvals]
    update: State = {"result": {**state["result"], "approval": {**known, "approvals": approvals}}}
    reasons = state["decision"]["reasons"]
    before = reasons[1:] if known["approvals"] else reasons  # the first says who has approved so far
    if waiting := approval.after_approval(policy, case, names, today, escalated=escalated):
        asked = approval.requirement(policy, case, today, already=names, escalated=escalated).as_json()
        update["result"]["approval"]["requirement"] = asked
        return {**update, "decision": {"outcome": "review", "by": "policy", "reasons": [waiting, *before]}}
    by = " and ".join(dict.fromkeys(names))
    noted = [note for one in approvals for note in one.get("notes", ())]
    return {
        **update,
        "decision": {
            "outcome": "approve",
            "by": by,
            "reasons": [f"approved by {by}{said}", *noted, *(f"in spite of: {reason}" for reason in before)],
        },
        "findings": _accepted(state["findings"], by),
    }


def _accepted(findings: Mapping[str, list[dict[str, Any]]], by: str) -> dict[str, list[dict[str, Any]]]:
    """The findings that stood against an approval, with who approved in spite of them."""
    return {
        node: [
            {**one, "decided_by": {**one["decided_by"], "accepted_by": by}} if one["severity"] == "error" else one
            for one in found
        ]
        for node, found in findings.items()
        if any(one["severity"] == "error" for one in found)
    }


def _corrected(state: State, answer: Mapping[str, Any]) -> State:
    reviewer = answer["reviewer"]
    if SPLIT_PAGES in answer["corrections"]:
        return _split_by(reviewer, answer["corrections"][SPLIT_PAGES], state["document"])
    fields = {
        path: None
        if value is None
        else Field(value=value, evidence=Evidence(source="person", text=reviewer)).model_dump(mode="json")
        for path, value in answer["corrections"].items()
    }
    findings = {
        node: [f for f in found if not f["fields"] or not set(f["fields"]) <= set(answer["corrections"])]
        for node, found in state["findings"].items()
        if node.startswith("extract ")
    } | {"split": None}
    kind = "invoice" if state.get("kind") in (None, "other") else state["kind"]
    return {"fields": fields, "findings": findings, "kind": kind, "note": f"corrected by {reviewer}"}


async def after_review(state: State) -> str:
    """Corrected is checked again; approved is posted; rejected ends; a file of several invoices is split; and where another
    person has to approve, they are waited for."""
    if state.get("parts"):
        return "split"
    if state["reviews"][-1]["action"] == "correct":
        return "check"
    return {"approve": "post", "review": "review"}.get(state["decision"]["outcome"], "end")


@step("post", kind="TOOL")
async def post(state: State) -> State:
    """Write the approved invoice to the ledger, once. If the same invoice was posted meanwhile as another document, a
    person decides."""
    head, execution, matched = state["headline"], state["execution"], state.get("matched") or {}
    if missing := [name for name, value in head.items() if value is None]:
        raise Failure(f"it cannot be posted without {', '.join(missing)}: correct it first")
    known = [f["evidence"].get("execution_id") for f in state["findings"].get("match", [])]
    known += [f["evidence"].get("execution_id") for f in state["findings"].get("post", [])]
    try:
        first = await connections().ledger.post(
            Posting(
                execution_id=execution["id"],
                tenant=execution["tenant"],
                vendor=head["vendor"],
                number=head["number"],
                currency=head["currency"],
                amount=Decimal(head["amount"]),
                invoice=state["result"]["invoice"],
                posted_at=datetime.now(UTC),
                vendor_key=matched.get("vendor_key"),
                number_key=number_key(head["number"]) or None,
            ),
            in_spite_of=[] if state["decision"]["by"] == "policy" else [id for id in known if id],
        )
    except AlreadyPosted as conflict:
        message = f"invoice {head['number']} of {head['vendor']} was posted already, as {conflict.execution_id}"
        found = finding("DUPLICATE", "error", message, "invoice_number", execution_id=conflict.execution_id)
        doubt: Decision = {"outcome": "review", "by": "policy", "reasons": [message]}
        policy, approved = approval.policy_of(state["options"]), state["result"]["approval"]
        asked = approval.requirement(policy, Case.from_json(approved["case"]), now().date()).as_json()
        # Whoever approved did not know of the other: they are asked anew.
        anew = {**approved, "approvals": [], "requirement": asked}
        return {
            "decision": doubt,
            "findings": {"post": [found]},
            "result": {**state["result"], "approval": anew},
            "note": "posted meanwhile as another document",
        }
    return {"note": "posted" if first else "was posted before"}


async def after_post(state: State) -> str:
    """Posted is the end; a duplicate found at the last moment goes to a person."""
    return "review" if state["decision"]["outcome"] == "review" else "end"


def _split_by(reviewer: str, said: str, document: Mapping[str, Any]) -> State:
    """A person's word on which pages of a file are an invoice each."""
    ranges = (
        parse_pages(said, document["pages"])
        if document["media_type"] == "application/pdf"
        else "split.pages: only a PDF has pages to be split"
    )
    if isinstance(ranges, str):
        return {"findings": {"split": [finding("SPLIT-PAGES", "error", ranges)]}, "note": "not split"}
    why = f"said by {reviewer}"
    parts = [{"pages": [first, last], "number": "", "reason": why} for first, last in ranges]
    return {"parts": parts, "findings": {"split": None}, "note": f"to be split: {why}"}


def _case(state: State, fields: Fields) -> Case:
    """What the approval policy is asked about."""
    matched = state.get("matched") or {}
    return Case(
        amount=number_of(fields, "totals.grand_total"),
        currency=value_of(fields, "currency"),
        kind=state.get("kind") or "other",
        tenant=state["execution"]["tenant"],
        vendor=matched.get("vendor"),
        cost_centre=matched.get("cost_centre"),
        submitters=list(state.get("submitters") or []),
        correctors=[one["reviewer"] for one in state.get("reviews", []) if one["action"] == "correct"],
    )

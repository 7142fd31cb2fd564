"""Learning: what a person's look at an invoice teaches of its issuer. It comes after the posting, and changes nothing of it."""

from __future__ import annotations

import logging

from agents.fields.rules import Rule
from agents.invoice.state import InvoiceState, InvoiceUpdate, Step
from agents.steps import Lesson, learn_issuer, step

_log = logging.getLogger(__name__)
_TEACHES_ALL_THE_SAME = frozenset(
    {Rule.DATE_AMBIGUOUS, Rule.SECOND_TOTAL, Rule.READ_BY_OCR, Rule.ISSUER_DIFFERS, Rule.PAGE_UNREAD}
)
"""What may be found wrong with reading a document that a person then reads rightly. Of one that gives orders, hides text or
announces another account nothing is learnt, whoever approves it."""
_NOT_ITS_OWN = frozenset(
    {
        Rule.PAYMENT_DESTINATION, Rule.VENDOR_ACCOUNT, Rule.VENDOR_BLOCKED, Rule.VENDOR_CONFLICT, Rule.VENDOR_VAT_ID,
    }
)  # fmt: skip
"""Where it may not be from whom it says: what it shows then is not how they print invoices."""


@step(Step.LEARN, InvoiceState)
async def learn(state: InvoiceState) -> InvoiceUpdate:
    """Keep how its issuer prints invoices. What it takes may be missing: then nothing is learnt, and all else stands."""
    by = teacher(state)
    if by is None:
        return {"note": "nothing to learn"}
    lesson = Lesson(by, state.fields, _in_spite_of(state), state.matched.vendor if state.matched else None)
    try:
        issuer = await learn_issuer(state.execution, lesson)
    except Exception:  # it is posted: nothing that goes wrong here may undo or hold that up
        _log.exception("nothing was learnt of the issuer of %s", state.execution.id)
        return {"note": "nothing was learnt of its issuer: see the worker's log"}
    if issuer is None:
        return {"note": "nothing was learnt of its issuer: nothing says who it is"}
    return {"note": f"learnt of {issuer.id}, version {issuer.version}"}


def teacher(state: InvoiceState) -> str | None:
    """Who taught: who approved it last, or corrected it so that the policy approved it, each allowed to approve; None where nobody
    looked, or it is a document to learn nothing from."""
    if state.decision.outcome != "approve" or state.document.xml or state.kind != "invoice":
        return None
    approvals = state.result.approval.approvals if state.result else []
    by = [one.by for one in approvals] if state.decision.by != "policy" else [one.by for one in state.corrections]
    return by[-1] if by and _may_be_learnt_from(state) else None


def _may_be_learnt_from(state: InvoiceState) -> bool:
    stood = {step: [one for one in found if one.is_error] for step, found in state.findings.items()}
    if any(one.rule not in _TEACHES_ALL_THE_SAME for one in stood.get(Step.READ, ())) or stood.get(Step.LOOK):
        return False
    if any(one.rule in _NOT_ITS_OWN for one in stood.get(Step.MATCH, ())):
        return False
    return all(one.fields for one in stood.get(Step.CHECK, ()))


def _in_spite_of(state: InvoiceState) -> list[str]:
    """Paths of what did not hold together though it was approved."""
    return list(dict.fromkeys(path for one in state.found_by(Step.CHECK) if one.is_error for path in one.fields))

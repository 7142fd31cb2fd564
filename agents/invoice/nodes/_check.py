"""Checking: what was extracted is held against itself."""

from __future__ import annotations

from agents.fields import checks
from agents.invoice.agreement import unsupported
from agents.invoice.extraction import completed
from agents.invoice.state import InvoiceState, InvoiceUpdate, Step
from agents.pages import judged
from agents.steps import step


@step(Step.CHECK, InvoiceState)
async def check(state: InvoiceState) -> InvoiceUpdate:
    """Check what was extracted, complete what follows from it, and say how sure each value is."""
    fields = state.fields
    derived = {} if state.document.xml else completed(fields)
    derived = {p: f for p, f in derived.items() if p not in fields or fields[p].evidence.source != "person"}
    known = judged({**fields, **derived})
    findings = checks.check(known)
    known = judged(unsupported(known, findings))
    changed = {path: field for path, field in known.items() if field != fields.get(path)}
    return {"fields": {**changed}, "findings": {Step.CHECK: findings}}

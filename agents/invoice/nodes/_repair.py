"""Repairing: what failed a check is asked about again, another way, and a bounded number of times."""

from __future__ import annotations

import asyncio

from agents.fields.rules import MENDABLE, Rule
from agents.fields.table import PARTS, Part, part_of
from agents.invoice.asking import extract, way_asked
from agents.invoice.state import EXTRACT, InvoiceState, InvoiceUpdate, Step
from agents.steps import step, way
from infra.records import Finding


@way(InvoiceState)
async def after_check(state: InvoiceState) -> str:
    """Repair while something can be repaired and another way of asking is left; else go on."""
    return Step.REPAIR.node if repairable(state) else Step.MATCH.node


@step(Step.REPAIR, InvoiceState)
async def repair(state: InvoiceState) -> InvoiceUpdate:
    """Ask about the parts that failed, with the reason: the model where only code has looked, else the next tier."""
    due = repairable(state)
    before, round = state.asked, state.repairs + 1  # whoever was not asked before gave no wrong answer
    asking = (
        extract(state, part, tier=tier, reasons=reasons if part in before else (), round=round)
        for part, (tier, reasons) in due.items()
    )
    # All are waited for before a failure is told: what is answered meanwhile is on record, and not paid again.
    outcomes = await asyncio.gather(*asking, return_exceptions=True)
    update: InvoiceUpdate = {"repairs": round, "fields": {}, "calls": [], "findings": {}, "asked": {}}
    for outcome in outcomes:
        if isinstance(outcome, BaseException):
            raise outcome
        update["fields"] |= outcome["fields"]
        update["findings"] |= outcome["findings"]
        update["asked"] |= outcome["asked"]
        update["calls"] += outcome["calls"]
        if "runs" in outcome:
            update["runs"] = outcome["runs"]
    why = "; ".join(f"{part} at tier {tier}: {', '.join(reasons)}" for part, (tier, reasons) in due.items())
    return {**update, "note": f"asked: {why}"}


def repairable(state: InvoiceState) -> dict[Part, tuple[str, list[str]]]:
    """Parts to ask about (again), each with the tier and the reasons; empty when the limit is reached or no new way of
    asking is left: the model where only code has looked, then the tiers above; the same tier once more only if its answer
    could not be used. The same question is never asked twice."""
    if not _may_be_asked(state):
        return {}
    due: dict[Part, tuple[str, list[str]]] = {}
    for part, reasons in _failed(state).items():
        if tier := _next_tier(state, part, reasons):
            due[part] = (tier, reasons)
    totals = due.get("totals")
    if totals and totals[0] in state.options.whole:  # who reads the whole document reads the totals with the header
        del due["totals"]
        _, of_header = due.get("header", ("", []))
        due["header"] = (totals[0], [*of_header, *totals[1]])
    return due


def _may_be_asked(state: InvoiceState) -> bool:
    document = state.document
    if state.repairs >= state.options.max_repairs or document.xml or not document.characters:
        return False
    if state.reviews or not state.options.asks:
        return False  # a person is on it, and their word is not overruled by asking again; or nobody is to be asked
    if state.kind == "other":
        return False  # whatever else were found, it is not paid
    # A question is made from what code finds.
    return not any(finding.rule == Rule.CODE_FAULT for finding in state.found_by(Step.READ))


def _failed(state: InvoiceState) -> dict[Part, list[str]]:
    """Parts of which something is wrong that another look may mend, with the reasons a model is given."""
    reasons: dict[Part, list[str]] = {}
    extracting: dict[str, Part | None] = {step: part for part, step in EXTRACT.items()}
    for step_name, findings in state.findings.items():
        if step_name != Step.CHECK and step_name not in extracting:
            continue
        for finding in findings:
            if not finding.is_error or finding.rule not in MENDABLE:
                continue
            # A finding about no field is about the whole part that was asked for.
            about: set[Part | None] = {part_of(path) for path in finding.fields} or {extracting.get(step_name)}
            for part in PARTS:
                if part in about:
                    reasons.setdefault(part, []).append(_why(finding))
    return {part: sorted(dict.fromkeys(texts)) for part, texts in reasons.items()}


def _next_tier(state: InvoiceState, part: Part, reasons: list[str]) -> str | None:
    """The cheapest tier that was not asked about this part, or may be asked once more."""
    asked = state.asked.get(part, [])
    before = [one.partition(":")[0] for one in asked]
    unusable = any(finding.rule == Rule.ANSWER_UNUSABLE for finding in state.found_by(EXTRACT[part]))
    for tier in state.options.tiers:
        again = unusable and before.count(tier) == 1 and tier == before[-1]
        if (tier not in before or again) and way_asked(tier, reasons if asked else ()) not in asked:
            return tier
    return None


def _why(finding: Finding) -> str:
    """A finding as a model is told of it: in our own words and numbers. What the document says stays between its marks."""
    match finding.rule:
        case Rule.EVIDENCE_MISSING:
            return f"the value for {', '.join(finding.fields)} does not stand in the document"
        case Rule.CONTEXT_EXCEEDED:
            return "the question was too long"
        case Rule.ANSWER_UNUSABLE:
            return "the answer could not be used"
        case _:
            return finding.message

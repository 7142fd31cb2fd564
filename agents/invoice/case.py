"""The case of an invoice: what the approval policy is asked about."""

from __future__ import annotations

from datetime import datetime

from agents.controls.approval import Case, Correction, corrections_of
from agents.fields.schema import number_of
from agents.invoice.state import InvoiceState
from infra.records import SPLIT_BY


def case_of(state: InvoiceState) -> Case:
    """The case as it stands, with how it stood before each correction. Who cut a part out of a file corrected it."""
    matched = state.matched
    split = corrections_of(state.execution.details.get(SPLIT_BY, "[]"))
    corrected = [
        Correction.of(Case.from_json(one.case), one.by, datetime.fromisoformat(one.at).date(), escalated=one.escalated)
        for one in state.corrections
    ]
    return Case(
        amount=number_of(state.fields, "totals.grand_total"),
        currency=state.value("currency"),
        kind=state.kind or "other",
        tenant=state.execution.tenant,
        vendor=matched.vendor if matched else None,
        cost_centre=matched.cost_centre if matched else None,
        claimed_cost_centre=matched.claimed_cost_centre if matched else None,
        submitters=list(state.submitters),
        correctors=[
            *(one.by for one in split),
            *(review.reviewer for review in state.reviews if review.action == "correct"),
        ],
        corrections=[*split, *corrected],
    )

"""Why a person has to look at an invoice: each reason by the rule it follows from."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum

from agents.controls.approval import Verdict
from agents.controls.matching import VendorLimit
from agents.fields.schema import Fields
from agents.fields.table import FIELDS
from agents.invoice.state import Correction, InvoiceState, Step
from infra.records import Finding, JsonObject, Severity

TOTAL = "totals.grand_total"


class ReviewRule(StrEnum):
    """Rules of the decision itself; a reason may also follow from the rule of a finding, or of the approval policy."""

    NOT_AN_INVOICE = "NOT-AN-INVOICE"
    CREDIT_NOTE = "SETTLE-CREDIT-NOTE"
    UNSURE = "UNSURE"
    NOT_POSITIVE = "NOT-POSITIVE"
    VENDOR_LIMIT = "VENDOR-LIMIT"
    INCOMPLETE = "INCOMPLETE"


@dataclass(frozen=True)
class Reason:
    """What stands against an approval without a person."""

    rule: str
    """A `ReviewRule`, the rule of a finding, or the id of a rule of the approval policy."""
    message: str
    """For people: it is what they read."""
    fields: Sequence[str] = ()
    """Paths of the fields it speaks of."""
    evidence: JsonObject = field(default_factory=dict)
    """That of the finding."""

    def as_finding(self) -> Finding:
        """Itself, as a finding that needs a person."""
        return Finding(
            rule=self.rule,
            severity=Severity.ERROR,
            message=self.message,
            fields=list(self.fields),
            evidence=self.evidence,
        )


def review_reasons(state: InvoiceState, passes: Verdict, *, but_look: bool = False) -> list[Reason]:
    """Why a person has to look. Empty only if everything that approval rests on is there and holds; ``but_look`` leaves aside that
    its pixels have not been looked at yet."""
    reasons = [
        Reason(finding.rule, finding.message, finding.fields, finding.evidence)
        for step, of_step in state.findings.items()
        for finding in of_step
        if finding.is_error and step != Step.REVIEW  # which are of before
    ]
    fields, kind, matched = state.fields, state.kind, state.matched
    by_policy = Reason(passes.rule, passes.reason, [TOTAL])
    if kind == "credit_note":
        said = "it is a credit note: a person settles it against its invoice"
        reasons.append(Reason(ReviewRule.CREDIT_NOTE, said))
    elif kind == "other":
        reasons.insert(0, Reason(ReviewRule.NOT_AN_INVOICE, "it does not look like an invoice"))
    # Two ways that know nothing of each other agree on the name: the page's, and the vendor master's by the identifier.
    proved = {"seller.name"} if matched and matched.named else set()
    reasons += _doubts(fields, state.policy.auto_approval.sure, proved)
    gross, currency = fields.get("totals.grand_total"), fields.get("currency")
    if gross and gross.number <= 0:
        reasons.append(Reason(ReviewRule.NOT_POSITIVE, f"the total of {gross.value} is not positive", [TOTAL]))
    elif gross and currency and not passes.allowed:
        reasons.append(by_policy)
    limit = VendorLimit(Decimal(matched.limit)) if matched and matched.limit is not None else None
    if gross and limit and gross.number > limit.amount:
        total = f"{gross.value} {currency.value if currency else None}"
        said = f"the total of {total} is above the limit of {limit} that the vendor master has"
        reasons.append(Reason(ReviewRule.VENDOR_LIMIT, said, [TOTAL]))
    rests_on = {Step.CHECK, Step.MATCH, Step.COMPLY}
    if not reasons and not but_look and state.document.look:
        rests_on.add(Step.LOOK)
    if not reasons and (kind != "invoice" or not rests_on <= state.findings.keys()):
        reasons.append(Reason(ReviewRule.INCOMPLETE, "what approval rests on is not there: kind or checks"))
    if not reasons and not passes.allowed:
        reasons.append(by_policy)
    told: dict[str, Reason] = {}
    for reason in reasons:
        told.setdefault(reason.message, reason)
    return list(told.values())


_SURE = sorted((spec.path for spec in FIELDS if spec.sure), key=lambda path: path.startswith("payment."))
"""What is owed, and where it is paid to: approved only if each of them that is there is sure."""


def _doubts(fields: Fields, sure: float, proved: Collection[str]) -> list[Reason]:
    """A reason for each key value that is not sure enough, but for those ``proved`` otherwise."""
    return [
        Reason(
            ReviewRule.UNSURE,
            f"{path} {known.value} is not sure ({known.confidence or 0:.0%}, by {', '.join(known.grounds) or 'nothing'})",
            [path],
        )
        for path in _SURE
        if path not in proved and (known := fields.get(path)) and (known.confidence or 0) < sure
    ]


def told_before(corrections: Sequence[Correction], now: Collection[str]) -> list[tuple[str, Finding]]:
    """What stood against an approval before a correction, and does ``now`` no more: who made the correction, and the finding, which
    says so."""
    gone: dict[str, tuple[str, Finding]] = {}
    for correction in corrections:
        for finding in correction.stood:
            if finding.message not in now:
                said = f"stood before the correction by {correction.by}: {finding.message}"
                gone.setdefault(finding.message, (correction.by, finding.model_copy(update={"message": said})))
    return list(gone.values())


def given_by_people(corrections: Sequence[Correction]) -> list[str]:
    """Each value that is a person's, with whose, and what stood there when the document came."""
    first: dict[str, str | None] = {}
    last: dict[str, tuple[str, str | None]] = {}
    for correction in corrections:
        for path, value in correction.now.items():
            first.setdefault(path, correction.was.get(path))
            last[path] = correction.by, value
    said = []
    for path, (by, value) in last.items():
        stood = "where nothing was found" if first[path] is None else f"in place of {first[path]}"
        said.append(
            f"{path} {value} given by {by} {stood}" if value is not None else f"{path} removed by {by}, {stood}"
        )
    return said

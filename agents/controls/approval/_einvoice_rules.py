"""What the policy makes of the rules that an e-invoice breaks: as grave as it says of what the rule is about."""

from __future__ import annotations

from agents.controls.approval._policy import BreachAction, Policy
from agents.fields.rules import EInvoiceRuleKind
from infra.records import Finding, Severity

KIND = "kind"
"""Of a finding's evidence: what the rule that is not kept is about, an `EInvoiceRuleKind`."""
_SEVERITY = {BreachAction.REVIEW: Severity.ERROR, BreachAction.WARN: Severity.WARNING, BreachAction.NOTE: Severity.INFO}


def weighed(policy: Policy, finding: Finding) -> Finding:
    """``finding`` as grave as the policy wants it, and what the policy said; unchanged where it is no error, or of no kind."""
    said = finding.evidence.get(KIND)
    if not finding.is_error or said not in list(EInvoiceRuleKind):
        return finding
    action = policy.breach(EInvoiceRuleKind(said))
    return finding.with_evidence(policy=f"{said}: {action}").model_copy(update={"severity": _SEVERITY[action]})

"""Findings: what a check says, in the one shape that states, the ledger and people see, whichever agent checks."""

from __future__ import annotations

from typing import Any, Literal

Severity = Literal["error", "warning", "info"]
"""``error`` needs a person before the invoice may be approved; ``warning`` and ``info`` do not."""
Verdict = Literal["pass", "fail", "not assessable"]
"""What the rule came to. What cannot be assessed has not passed: where it matters its severity is ``error``."""

BY_RULE: dict[str, str] = {"by": "rule"}
"""Decided by code: the same document gives the same verdict."""


def finding(
    rule: str,
    severity: Severity,
    message: str,
    *fields: str,
    verdict: Verdict = "fail",
    decided_by: dict[str, str] | None = None,
    **evidence: Any,
) -> dict[str, Any]:
    """A finding of ``rule`` about the fields at ``fields``.

    Args:
        rule: its id; of EN 16931 (``BR-CO-15``) where it is one of that, else the house's.
        verdict: a finding with ``pass`` or ``not assessable`` says what was looked at and found in order, or could not be.
        decided_by: ``by`` is ``rule``, ``model`` (with ``tier``, ``model`` and ``prompt_version``) or ``person`` (with
            ``name``).
        evidence: both numbers where numbers disagree (``expected``, ``found``); of what stands in the document the
            ``quote``, ``page`` and ``box``; of another document its ``execution_id``.
    """
    return {
        "rule": rule,
        "severity": severity,
        "message": message,
        "fields": list(fields),
        "evidence": evidence,
        "verdict": verdict,
        "decided_by": decided_by or dict(BY_RULE),
    }


def by_model(tier: str, model: str, prompt_version: str) -> dict[str, str]:
    """``decided_by`` of what a model said."""
    return {"by": "model", "tier": tier, "model": model, "prompt_version": prompt_version}


def by_person(name: str) -> dict[str, str]:
    """``decided_by`` of what a person said."""
    return {"by": "person", "name": name}

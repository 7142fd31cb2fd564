"""Findings: what a check says, in the one shape that states, the ledger and people see."""

from __future__ import annotations

from typing import Any, Literal

Severity = Literal["error", "warning", "info"]
"""``error`` needs a person before the invoice may be approved; ``warning`` and ``info`` do not."""


def finding(rule: str, severity: Severity, message: str, *fields: str, **evidence: Any) -> dict[str, Any]:
    """A finding of ``rule`` about the fields at ``fields``; ``evidence`` holds both numbers where numbers disagree."""
    return {"rule": rule, "severity": severity, "message": message, "fields": list(fields), "evidence": evidence}

"""How what code finds on a page becomes a field: as it is printed, or as it follows from other fields."""

from __future__ import annotations

from agents.fields.schema import Evidence, Field
from agents.pages._candidates import Candidate

CLEAR = 0.7
"""A label at least this clear (`Candidate.announced`) is ground enough to propose a value."""


def printed(candidate: Candidate, value: str, *grounds: str) -> Field:
    """A field whose ``value`` stands where ``candidate`` does."""
    return Field(
        value=value,
        evidence=Evidence(source="rule", page=candidate.page, box=candidate.box, text=candidate.text),
        grounds=list(grounds),
    )


def follows(value: str, rule: str, *grounds: str) -> Field:
    """A field that is printed nowhere: it follows by ``rule``."""
    return Field(value=value, evidence=Evidence(source="rule", locator=rule), grounds=list(grounds))

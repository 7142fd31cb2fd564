"""Findings: what a check says, in the one shape that states, the ledger and people see, whichever agent checks."""

from __future__ import annotations

from enum import StrEnum
from typing import Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_serializer

JsonObject = dict[str, Any]
"""JSON whose keys are its maker's, and that nobody else looks into: the evidence of a finding, of which each rule has its own."""


class Severity(StrEnum):
    """What a finding asks for, the gravest first."""

    ERROR = "error"
    """A person has to look before the document may be approved."""
    WARNING = "warning"
    INFO = "info"


class Verdict(StrEnum):
    """What the rule came to. What cannot be assessed has not passed: where it matters its severity is ``error``."""

    PASS = "pass"
    FAIL = "fail"
    NOT_ASSESSABLE = "not assessable"


class DecidedBy(BaseModel):
    """Who said so: a ``rule`` (the same document gives the same verdict), a ``model``, or a ``person``."""

    model_config = ConfigDict(frozen=True)

    by: Literal["rule", "model", "person"] = "rule"
    tier: str | None = None
    """Of a model."""
    model: str | None = None
    prompt_version: str | None = None
    name: str | None = None
    """Of a person."""
    accepted_by: str | None = None
    """The person who approved in spite of it."""

    @model_serializer
    def _without_gaps(self) -> dict[str, str]:
        return {key: value for key, value in self.__dict__.items() if value is not None}


BY_RULE = DecidedBy()


class Finding(BaseModel):
    """What a check says: which rule, how grave, and the evidence."""

    model_config = ConfigDict(frozen=True)

    rule: str
    """Its id: of EN 16931 (``BR-CO-15``) where it is one of that, of a rulebook, else the house's."""
    severity: Severity
    message: str
    fields: list[str] = Field(default_factory=list)
    """Paths of the fields it speaks of, such as ``totals.grand_total``."""
    evidence: JsonObject = Field(default_factory=dict)
    """Both numbers where numbers disagree (``expected``, ``found``); of what stands in the document the ``quote``, ``page``
    and ``box``; of another document its ``execution_id``. Plain JSON, as each rule has its own."""
    verdict: Verdict = Verdict.FAIL
    """With ``pass`` or ``not assessable`` it says what was looked at and is in order, or could not be."""
    decided_by: DecidedBy = BY_RULE

    @property
    def is_error(self) -> bool:
        return self.severity is Severity.ERROR

    def with_evidence(self, **evidence: Any) -> Self:
        """The same finding with more evidence."""
        return self.model_copy(update={"evidence": {**self.evidence, **evidence}})

    def accepted(self, by: str) -> Self:
        """The same finding, which ``by`` approved in spite of."""
        return self.model_copy(update={"decided_by": self.decided_by.model_copy(update={"accepted_by": by})})


def finding(
    rule: str,
    severity: Severity | Literal["error", "warning", "info"],
    message: str,
    *fields: str,
    verdict: Verdict | Literal["pass", "fail", "not assessable"] = Verdict.FAIL,
    decided_by: DecidedBy = BY_RULE,
    **evidence: Any,
) -> Finding:
    """A finding of ``rule`` about the fields at ``fields``; all else is its evidence."""
    return Finding(
        rule=rule,
        severity=Severity(severity),
        message=message,
        fields=list(fields),
        evidence=evidence,
        verdict=Verdict(verdict),
        decided_by=decided_by,
    )

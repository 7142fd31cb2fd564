"""What a check says, and how one is known to rulebooks."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from pydantic import BaseModel, ConfigDict, ValidationError

from infra.records import Severity, Verdict

if TYPE_CHECKING:
    from agents.controls.rulebook._facts import Facts


@dataclass(frozen=True)
class Said:
    """What a rule comes to by a check. ``severity`` stands in place of the rule's where it is set."""

    verdict: Verdict
    message: str
    fields: tuple[str, ...] = ()
    evidence: Mapping[str, Any] = field(default_factory=dict)
    severity: Severity | None = None


class Parameters(BaseModel):
    """What a rule may set of its check under ``with``."""

    model_config = ConfigDict(extra="forbid", frozen=True)


@dataclass(frozen=True)
class CodeCheck:
    """A check: ``run`` says one thing or several, or None where code cannot tell and the rule's phrases and a model are next."""

    run: Callable[[Facts, Any], list[Said] | None]
    about: str
    """What it does, in a sentence, for whoever reads or writes a rulebook."""
    parameters: type[Parameters] = Parameters
    may_leave_open: bool = False
    """Whether it may come to None."""

    def parameter_problem(self, given: Mapping[str, Any]) -> str | None:
        """What is wrong with parameters, and what can be set; None if nothing is."""
        try:
            self.parameters.model_validate(given)
        except ValidationError as error:
            first = error.errors(include_url=False)[0]
            key = ".".join(str(part) for part in first["loc"])
            known = ", ".join(self.parameters.model_fields) or "nothing"
            said = "there is no such parameter" if first["type"] == "extra_forbidden" else first["msg"]
            return f"with.{key}: {said}; it takes {known}"
        return None

    def __call__(self, facts: Facts, given: Mapping[str, Any]) -> list[Said] | None:
        return self.run(facts, self.parameters.model_validate(given))


def passed(message: str, *fields: str, **evidence: Any) -> list[Said]:
    """That a rule is kept."""
    return [Said(Verdict.PASS, message, fields, evidence)]


def failed(message: str, *fields: str, severity: Severity | None = None, **evidence: Any) -> list[Said]:
    """That a rule is not kept."""
    return [Said(Verdict.FAIL, message, fields, evidence, severity)]


def not_assessable(message: str, *fields: str, severity: Severity = Severity.INFO) -> list[Said]:
    """That nobody can tell by what is known."""
    return [Said(Verdict.NOT_ASSESSABLE, message, fields, {}, severity)]

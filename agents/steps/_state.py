"""The state of every agent's graph: its channels, the view that nodes have of them, and the updates they return.

Channels are plain JSON, small, and never hold the document's text (that stays in the document store): Temporal keeps them in
histories, and an auditor reads them. Nodes see types: a view (`AgentState`) whose values are validated when they are first
looked at, and updates of `Field`, `Finding` and the records here, which `step` turns into JSON in one place.
"""

from __future__ import annotations

import operator
from collections.abc import Iterable, Mapping
from functools import cached_property
from typing import Annotated, Any, Literal, TypedDict, TypeVar

import pydantic
from pydantic import BaseModel, ConfigDict

from agents.fields.destinations import Destination
from agents.fields.schema import Field, Fields, loaded
from infra.records import Finding, ModelCall

Value = TypeVar("Value")


def merged(old: dict[str, Value | None], new: dict[str, Value | None]) -> dict[str, Value]:
    """Reducer: keys of ``new`` over those of ``old``; a key set to None is removed."""
    return {key: value for key, value in {**old, **new}.items() if value is not None}


class Plain(BaseModel):
    """A record that a channel carries as JSON. What was not set is not there."""

    model_config = ConfigDict(frozen=True)


class ExecutionRef(Plain):
    """Which execution this is; the same for every agent."""

    id: str
    tenant: str
    batch: str
    run_id: str = ""
    digest: str
    """SHA-256 of the document's bytes, hex."""
    name: str
    submitted_by: str | None = None
    details: dict[str, str] = {}
    """What whoever handed it in says of it, such as a purchase order."""


class Options(Plain):
    """What an execution was given of the settings when it was submitted, and keeps."""

    ask: Literal["open", "all", "nothing"] = "open"
    """What a model is asked: what code leaves open, everything, or nothing."""
    tiers: list[str] = []
    """Names, the cheapest first."""
    rulebook: dict[str, str | None] = {}
    """``name``, ``version`` and ``digest``, and the digest of the list of ``sanctions``."""

    @property
    def asks(self) -> bool:
        return self.ask != "nothing"


class DocumentFacts(Plain):
    """What a state carries of its document."""

    media_type: str
    pages: int
    characters: int
    xml: str | None
    """Name of the e-invoice in it that can be used."""
    sketch: list[int] = []
    """Of its text, by which it is known again."""
    preceding: str | None = None
    """Number of the invoice it corrects or credits."""
    destinations: list[Destination] = pydantic.Field(
        default=[], validation_alias=pydantic.AliasChoices("destinations", "accounts")
    )
    """That its pages and its XML name to be paid to. (Once ``accounts``, of the XML alone.)"""
    look: bool = False
    """Whether the pixels of its key values are to be read before it is approved without a person. The step that reads says so:
    what was read before there was such a look goes on without."""


class Decision(Plain):
    """``by`` is ``policy``, or the names of those who decided."""

    outcome: Literal["approve", "review", "reject"]
    by: str
    reasons: list[str]


class Headline(Plain):
    """What a list of executions shows."""

    vendor: str | None = None
    number: str | None = None
    currency: str | None = None
    amount: str | None = None


class Answer(Plain):
    """What a person answered, with all that came with it."""

    model_config = ConfigDict(extra="allow")

    action: Literal["approve", "reject", "correct"]
    reviewer: str
    reason: str | None = None
    corrections: dict[str, str | None] = {}
    """Field path to the value the person gave; None removes it."""
    at: str | None = None
    escalated: bool = False

    @property
    def told(self) -> str:
        """The reason, for the end of a sentence."""
        return f": {self.reason}" if self.reason else ""


class AgentChannels(TypedDict, total=False):
    """Channels that every agent's graph has. ``execution`` and ``options`` are given."""

    execution: ExecutionRef
    options: Options
    document: DocumentFacts
    kind: Literal["invoice", "credit_note", "other"]
    fields: Annotated[dict[str, Field | None], merged]
    findings: Annotated[dict[str, list[Finding] | None], merged]
    """By the step that found them; those of its last run."""
    calls: Annotated[list[ModelCall], operator.add]
    steps: Annotated[list[Mapping[str, object]], operator.add]
    open_rules: list[str]
    """Ids of rules that code could not answer."""
    decision: Decision
    reviews: Annotated[list[Answer], operator.add]
    headline: Headline


class Noted(TypedDict, total=False):
    """What an update holds beside channels."""

    note: str
    """Why the step ran or what came of it, for its record."""


class AgentUpdate(AgentChannels, Noted, total=False):
    """What a node returns."""


class AgentState:
    """A view of the channels. Each value is validated when it is first looked at, and once."""

    def __init__(self, channels: Mapping[str, Any]) -> None:
        self._channels = channels

    @cached_property
    def execution(self) -> ExecutionRef:
        return ExecutionRef.model_validate(self._channels["execution"])

    @cached_property
    def options(self) -> Options:
        return Options.model_validate(self._channels["options"])

    @cached_property
    def document(self) -> DocumentFacts:
        return DocumentFacts.model_validate(self._channels["document"])

    @property
    def kind(self) -> Literal["invoice", "credit_note", "other"] | None:
        return self._channels.get("kind")

    @cached_property
    def fields(self) -> Fields:
        return loaded(self._channels.get("fields", {}))

    def value(self, path: str) -> str | None:
        """The value of one field; the others are not looked at."""
        field: Mapping[str, Any] | None = self._channels.get("fields", {}).get(path)
        return field["value"] if field else None

    @cached_property
    def findings(self) -> Mapping[str, list[Finding]]:
        found: Mapping[str, list[Any]] = self._channels.get("findings", {})
        return {step: [Finding.model_validate(one) for one in of_step] for step, of_step in found.items()}

    def found_by(self, *steps: str) -> list[Finding]:
        """What these steps found in their last run."""
        found: Mapping[str, list[Any]] = self._channels.get("findings", {})
        return [Finding.model_validate(one) for step in steps for one in found.get(step, ())]

    @property
    def errors(self) -> list[Finding]:
        """All findings that need a person."""
        return [finding for of_step in self.findings.values() for finding in of_step if finding.is_error]

    @property
    def open_rules(self) -> list[str]:
        return self._channels.get("open_rules") or []

    @cached_property
    def decision(self) -> Decision:
        return Decision.model_validate(self._channels["decision"])

    @cached_property
    def reviews(self) -> list[Answer]:
        return [Answer.model_validate(review) for review in self._channels.get("reviews", [])]

    @cached_property
    def headline(self) -> Headline:
        return Headline.model_validate(self._channels["headline"])


def accepted(findings: Mapping[str, Iterable[Finding]], by: str) -> dict[str, list[Finding] | None]:
    """The findings that stood against an approval, with who approved in spite of them."""
    return {
        step: [finding.accepted(by) if finding.is_error else finding for finding in of_step]
        for step, of_step in findings.items()
        if any(finding.is_error for finding in of_step)
    }

"""The state of an invoice's graph: what it has beside that of every agent."""

from __future__ import annotations

import operator
from collections.abc import Sequence
from enum import StrEnum
from functools import cached_property
from typing import Annotated

import pydantic

from agents.controls.approval import Policy, policy_of
from agents.controls.matching import How
from agents.fields.table import Part
from agents.steps import AgentChannels, AgentState, Noted, Options, Plain
from infra.records import DecidedBy, Finding, OwnCompany


class Step(StrEnum):
    """The graph's steps, as the stub and traces name them, and as findings are kept by."""

    READ = "read"
    SPLIT = "split"
    EXTRACT_HEADER = "extract header"
    EXTRACT_TOTALS = "extract totals"
    EXTRACT_LINES = "extract lines"
    CHECK = "check"
    REPAIR = "repair"
    MATCH = "match"
    CHOOSE_VENDOR = "choose vendor"
    COMPLY = "comply"
    ASK_POLICIES = "ask policies"
    LOOK = "look"
    DECIDE = "decide"
    REVIEW = "review"
    POST = "post"
    LEARN = "learn"

    @property
    def node(self) -> str:
        """Its name in the graph."""
        return self.value.replace(" ", "_")


EXTRACT: dict[Part, Step] = {
    "header": Step.EXTRACT_HEADER,
    "totals": Step.EXTRACT_TOTALS,
    "lines": Step.EXTRACT_LINES,
}
"""The step that asks about a part."""
POLICIES = "policies"
"""By which findings of house policies are kept that a model answers, or that nobody was asked about."""


class InvoiceOptions(Options):
    """What an invoice's execution keeps of the settings, beside its approval policy."""

    french_rules: bool = False
    max_repairs: int = 0
    companies: list[OwnCompany] = []
    """Of all tenants."""
    whole: list[str] = []
    """Tiers whose model reads the whole document by itself; the others choose where code leaves something open."""


class Correction(Plain):
    """What a person corrected, and how all stood before."""

    by: str
    at: str
    """ISO 8601, UTC."""
    escalated: bool = False
    case: dict[str, object]
    """What the approval policy was asked about before, as JSON."""
    was: dict[str, str | None]
    """By path what stood there; None: nothing."""
    now: dict[str, str | None]
    """By path what the person gave; None: it was removed."""
    stood: list[Finding] = []
    """What stood against an approval, beside what is told of an earlier correction already."""


class FilePart(Plain):
    """One of several invoices in a file."""

    pages: tuple[int, int]
    """First and last, from 1."""
    number: str
    reason: str
    digest: str | None = None
    """Once it is a file of its own."""
    name: str | None = None
    details: dict[str, str] = {}
    """What its own execution has to know of how it came to be."""


class TableRun(Plain):
    """A stretch of a table that a model was asked about by itself."""

    lines: tuple[int, int]
    """Numbers of its first and last line in the document."""
    rows: tuple[int, int]
    """Numbers of its first invoice line and of the one behind its last."""
    failed: bool


class Matched(Plain):
    """What the invoice was held against."""

    vendor: str | None = None
    """Id in the master."""
    how: How
    named: bool = False
    """Whether the seller's name is beyond doubt."""
    near: list[tuple[str, str, float]] = []
    """Id, name and score of vendors with names near the seller's."""
    vendor_key: str | None = None
    """Of its claim."""
    cost_centre: str | None = None
    """Of the order it fits, else of the vendor."""
    claimed_cost_centre: str | None = None
    """Said by whoever handed it in."""
    limit: str | None = None
    """Largest total of the vendor that passes without a person, in the invoice's currency."""
    order: str | None = None
    """The purchase order it fits."""


class VendorChoice(Plain):
    """What a model said which vendor a seller is."""

    model_config = pydantic.ConfigDict(frozen=True, validate_by_name=True, validate_by_alias=True)

    seller: str = pydantic.Field(alias="for")
    vendor: str | None
    reason: str
    decided_by: DecidedBy


class Approval(Plain):
    """One person's."""

    by: str
    at: str
    notes: list[str] = []


class ApprovalRecord(Plain):
    """How the approval policy was asked, and who has approved. Case and requirement are JSON, as the stub and an interrupt carry
    them; `agents.controls.approval` says what is in them."""

    policy: dict[str, str]
    """``name`` and ``digest``."""
    rule: str
    case: dict[str, object]
    requirement: dict[str, object] | None
    approvals: list[Approval]


class InvoiceResult(Plain):
    """What the execution made."""

    kind: str | None
    invoice: dict[str, object]
    """In the public shape, as JSON."""
    matched: Matched | None
    approval: ApprovalRecord


def merged_lists(old: dict[str, list[str]], new: dict[str, list[str]]) -> dict[str, list[str]]:
    """Reducer: the lists of ``new`` behind those of ``old``."""
    return {key: [*old.get(key, []), *new.get(key, [])] for key in {**old, **new}}


class InvoiceChannels(AgentChannels, total=False):
    """Channels of the graph."""

    ask: list[Part]
    """The parts a model is asked about first: what code could not decide, and what it must confirm."""
    asked: Annotated[dict[str, list[str]], merged_lists]
    """Part to the ways it was asked so far: the tier, and the reasons if it was asked again. None is taken twice."""
    runs: list[TableRun]
    """Of a table that a model read, in order."""
    parts: list[FilePart]
    """Of a file that holds several invoices; empty for all other documents."""
    repairs: int
    matched: Matched
    vendor_choice: VendorChoice
    submitters: list[str]
    """Who handed the document in."""
    corrections: Annotated[list[Correction], operator.add]
    """In their order."""
    result: InvoiceResult


class InvoiceUpdate(InvoiceChannels, Noted, total=False):
    """What a node returns."""


class InvoiceState(AgentState):
    """A view of the channels."""

    @cached_property
    def options(self) -> InvoiceOptions:
        return InvoiceOptions.model_validate(self._channels["options"])

    @cached_property
    def policy(self) -> Policy:
        """The approval policy the execution began with."""
        return policy_of(self._channels["options"])

    @property
    def ask(self) -> Sequence[Part]:
        parts: Sequence[Part] = self._channels["ask"]
        return parts

    @property
    def asked(self) -> dict[str, list[str]]:
        return self._channels.get("asked") or {}

    @cached_property
    def runs(self) -> list[TableRun]:
        return [TableRun.model_validate(run) for run in self._channels.get("runs", [])]

    @cached_property
    def parts(self) -> list[FilePart]:
        return [FilePart.model_validate(part) for part in self._channels.get("parts") or []]

    @property
    def repairs(self) -> int:
        done: int = self._channels.get("repairs", 0)
        return done

    @cached_property
    def matched(self) -> Matched | None:
        matched = self._channels.get("matched")
        return Matched.model_validate(matched) if matched else None

    @cached_property
    def vendor_choice(self) -> VendorChoice | None:
        """What a model said of the seller's name, if it was asked about the name that now stands."""
        said = self._channels.get("vendor_choice")
        return VendorChoice.model_validate(said) if said and said["for"] == self.value("seller.name") else None

    @property
    def submitters(self) -> list[str]:
        return self._channels.get("submitters") or []

    @cached_property
    def corrections(self) -> list[Correction]:
        return [Correction.model_validate(one) for one in self._channels.get("corrections") or []]

    @cached_property
    def result(self) -> InvoiceResult | None:
        result = self._channels.get("result")
        return InvoiceResult.model_validate(result) if result else None

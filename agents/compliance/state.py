"""The state of the compliance agent's graph: what it has beside that of every agent."""

from __future__ import annotations

from enum import StrEnum
from functools import cached_property

from agents.steps import AgentChannels, AgentState, Channels, Noted, Options, Plain


class Step(StrEnum):
    """The graph's steps, as the stub and traces name them, and as findings are kept by."""

    READ = "read"
    RULES = "rules"
    ASK_RULE = "ask rule"
    DECIDE = "decide"
    REVIEW = "review"

    @property
    def node(self) -> str:
        """Its name in the graph."""
        return self.value.replace(" ", "_")


EN16931 = "en16931"
"""By which the findings of the official rules are kept."""
UNASKED = "unasked"
"""By which those are kept of rules that nobody was asked about."""


class ComplianceOptions(Options):
    """What an execution keeps of the settings."""

    approval_limits: dict[str, str] = {}
    """By currency."""


class ComplianceResult(Plain):
    """What the execution made."""

    rulebook: dict[str, str | None]
    """``name``, ``version``, ``digest``, and that of the list of ``sanctions``."""
    kind: str | None


class ComplianceChannels(AgentChannels, total=False):
    """Channels of the graph."""

    result: ComplianceResult


class ComplianceUpdate(ComplianceChannels, Noted, total=False):
    """What a node returns."""


class ComplianceState(AgentState):
    """A view of the channels."""

    @cached_property
    def options(self) -> ComplianceOptions:
        return ComplianceOptions.model_validate(self._channels["options"])

    def asking(self, rule: str) -> Channels:
        """The channels that a run of `ask_rule` is sent."""
        return {"execution": self._channels["execution"], "options": self._channels["options"], "rule": rule}

    @property
    def rule(self) -> str:
        """The rule that this run of `ask_rule` is sent for."""
        rule: str = self._channels["rule"]
        return rule

"""Agents run on their own: plain LangGraph in memory, a scripted model endpoint, a ledger and a document store."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from langgraph.checkpoint.memory import InMemorySaver
from langgraph.types import Command

from agents.invoice.graph import build_graph, options
from agents.pages import _confidence
from infra.connections import Connections, use
from infra.ledger import Ledger
from infra.settings import Settings, TierSettings, TokenPrice
from tests.scripted.endpoint import ScriptedEndpoint


class Execution:
    """One document on its way through the invoice agent's graph; `state` is how far it got."""

    def __init__(self, connections: Connections, endpoint: ScriptedEndpoint) -> None:
        self._connections = connections
        self._app = build_graph().compile(checkpointer=InMemorySaver())
        self._config: Any = {}
        self.script = endpoint.script
        self.ledger: Ledger = connections.ledger
        self.id = ""
        self.state: dict[str, Any] = {}

    async def submit(
        self, document: bytes, name: str = "a.pdf", details: Mapping[str, str] | None = None, **other_options: Any
    ) -> dict[str, Any]:
        """Run until the end or until a person is asked. ``other_options`` stand over those of the settings; of them
        ``approval_limits``, ``sure`` and ``matching`` over those of the approval policy."""
        digest = self._connections.documents.put(document)
        self.go_back_to(f"default/{digest[:16]}")
        ref: dict[str, Any] = {"id": self.id, "tenant": "default", "batch": "monday", "digest": digest, "name": name}
        ref |= {"details": dict(details)} if details else {}
        given_options: dict[str, Any] = options(self._connections.settings)
        given_options["policy"] = _policy(given_options["policy"], other_options)
        given: Any = {"execution": ref, "options": given_options | other_options}
        self.state = await self._app.ainvoke(given, self._config)
        return self.state

    def go_back_to(self, id: str) -> None:
        """Speak of the execution with that id from here on."""
        self.id = id
        self._config = {"configurable": {"thread_id": id}, "recursion_limit": 100}

    async def answer(self, action: str, **more: Any) -> dict[str, Any]:
        """What a person answers to a review."""
        given = {"action": action, "reviewer": "Ada", "reason": None, "corrections": {}, **more}
        self.state = await self._app.ainvoke(Command(resume=given), self._config)
        return self.state

    @property
    def waits(self) -> bool:
        """Whether a person is asked."""
        return "__interrupt__" in self.state

    @property
    def asked_for(self) -> list[str]:
        """Why a person is asked."""
        reasons: list[str] = self.state["__interrupt__"][0].value["reasons"]
        return reasons

    @property
    def steps(self) -> list[str]:
        return [step["name"] for step in self.state["steps"]]

    @property
    def calls(self) -> list[tuple[str, str]]:
        """Step and tier of each model call, in order."""
        return [(call["step"], call["tier"]) for call in self.state.get("calls", [])]

    def value(self, path: str) -> str | None:
        """The value of a field, if there is one."""
        field = self.state["fields"].get(path)
        return field["value"] if field else None

    def grounds(self, path: str) -> list[str]:
        """What a field's value rests on."""
        grounds: list[str] = self.state["fields"][path]["grounds"]
        return grounds

    @property
    def rules(self) -> list[str]:
        """Rules of all findings."""
        return [finding["rule"] for findings in self.state["findings"].values() for finding in findings]


def _policy(policy: dict[str, Any], other: dict[str, Any]) -> dict[str, Any]:
    auto = dict(policy["auto_approval"])
    if "approval_limits" in other:
        auto["limits"] = other.pop("approval_limits")
    if "sure" in other:
        auto["sure"] = other.pop("sure")
    # Invoices of these tests are alike but for their number: that is looked at where a test says so.
    alike = {"duplicate_days": 0, "split_days": 0}
    matching = {**policy["matching"], **alike, **other.pop("matching", {})}
    return {**policy, "auto_approval": auto, "matching": matching, "digest": ""}


MEASURED = dict.fromkeys(
    (
        "code: only", "date: agreed+label", "date: label+only", "id: check digits+only", "name: agreed+label",
        "number: agreed+label", "number: label+only", "total: arithmetic+model", "total: proved", "total: agreed+proved",
    ),
    (999, 999),
)  # fmt: skip
"""What is sure in these tests, whatever was measured last: what is proved, what code and a model say
alike, and what is labelled and has no rival."""


@pytest.fixture(autouse=True)
def _measured(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_confidence, "_measured", lambda: MEASURED)


@pytest.fixture
def looks() -> bool:
    """Whether pixels are read before an approval; off but where a test's file says so."""
    return False


@pytest.fixture
async def connected(
    endpoint: ScriptedEndpoint, ledger_url: str, tmp_path: Path, looks: bool
) -> AsyncIterator[Connections]:
    """This process's connections, of this test alone: a small and a large tier on the scripted endpoint."""
    price = TokenPrice(input=Decimal(1), output=Decimal(2), source="a list")
    connections = Connections.of(
        Settings(
            home=tmp_path,
            ledger_url=ledger_url,
            tiers={
                "small": TierSettings(url=endpoint.url, model="small-model", price=price, timeout_seconds=10),
                "large": TierSettings(url=endpoint.url, model="large-model", price=price, timeout_seconds=10),
            },
            max_repairs=2,
            look=looks,
        )
    )
    use(connections)
    yield connections
    use(None)
    await connections.close()


@pytest.fixture
def execution(connected: Connections, endpoint: ScriptedEndpoint) -> Execution:
    """An execution to submit a document to."""
    return Execution(connected, endpoint)

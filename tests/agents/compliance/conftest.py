"""The compliance agent on its own: plain LangGraph in memory, a scripted model that answers rules as it is told."""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from langgraph.checkpoint.memory import InMemorySaver
from langgraph.types import Command
from reportlab.pdfgen.canvas import Canvas  # type: ignore[import-untyped]

from agents.compliance.graph import build_graph, options
from infra.connections import Connections
from tests.scripted.endpoint import ScriptedEndpoint


def text_pdf(text: str) -> bytes:
    """A page that holds ``text``."""
    file = io.BytesIO()
    canvas = Canvas(file, invariant=1)
    canvas.setFont("Courier", 9)
    for n, line in enumerate(text.splitlines()):
        canvas.drawString(40, 800 - 14 * n, line)
    canvas.showPage()
    canvas.save()
    return file.getvalue()


class Checked:
    """One document on its way through the compliance agent's graph; `state` is how far it got."""

    def __init__(self, made: Connections) -> None:
        self._made = made
        self._app = build_graph().compile(checkpointer=InMemorySaver())
        self._config: Any = {}
        self.state: dict[str, Any] = {}

    async def submit(self, document: bytes, rulebook: str | Path = "payables", **settings: Any) -> dict[str, Any]:
        """Run until the end or until a person is asked."""
        digest = self._made.documents.put(document)
        made = self._made.settings.model_copy(update={"rulebook": str(rulebook), **settings})
        ref = {"id": f"compliance-default-{digest[:24]}", "tenant": "default", "batch": "monday", "digest": digest}
        self._config = {"configurable": {"thread_id": ref["id"]}, "recursion_limit": 50}
        given: Any = {"execution": {**ref, "name": "a.pdf"}, "options": options(made)}
        self.state = await self._app.ainvoke(given, self._config)
        return self.state

    async def answer(self, action: str, reason: str | None = "seen") -> dict[str, Any]:
        """What a person answers to a review."""
        given: dict[str, Any] = {"action": action, "reviewer": "Ada", "reason": reason, "corrections": {}}
        self.state = await self._app.ainvoke(Command(resume=given), self._config)
        return self.state

    @property
    def waits(self) -> bool:
        """Whether a person is asked."""
        return "__interrupt__" in self.state

    def said_of(self, rule: str) -> dict[str, Any]:
        """The only finding of a rule."""
        (found,) = [one for of in self.state["findings"].values() for one in of if one["rule"] == rule]
        return dict(found)

    @property
    def rules(self) -> set[str]:
        """Rules of which something was found."""
        return {one["rule"] for of in self.state["findings"].values() for one in of}


@pytest.fixture
def checked(connected: Connections) -> Checked:
    """A document to be checked."""
    return Checked(connected)


@pytest.fixture
def model_says(endpoint: ScriptedEndpoint, monkeypatch: pytest.MonkeyPatch) -> Callable[..., list[dict[str, Any]]]:
    """Tells the endpoint what to answer a question that holds some words: ``answer`` and what its quote begins with. Returns
    the requests that come. Whatever it is not told of is not stated."""

    def tell(answers: dict[str, tuple[str, str]], *, anyhow: bool = False) -> list[dict[str, Any]]:
        asked: list[dict[str, Any]] = []

        def read(body: dict[str, Any], shape: str) -> dict[str, Any]:
            assert shape == "RuleAnswer"
            asked.append(body)
            question = body["messages"][-1]["content"].split("</document>")[1]
            choices = body["response_format"]["json_schema"]["schema"]["properties"]["quote"].get("enum", [""])
            for words, (answer, begins) in answers.items():
                if words in question:
                    quote = next((c for c in choices if c.startswith(begins)), choices[0])
                    return {"quote": begins if anyhow else quote, "answer": answer}
            return {"quote": choices[0] or "none", "answer": "not_stated"}

        monkeypatch.setattr(endpoint, "read", read)
        return asked

    return tell

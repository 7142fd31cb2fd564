"""The expense report's graph: read, check, decide, and where the sum is wrong, review.

Plain LangGraph; the metadata of each node says where Temporal runs it.
"""

from __future__ import annotations

import operator
from typing import Annotated, Any, TypedDict

from agents.expense_report.report import SINGLE, fields_of, sum_of
from langgraph.graph import END, START, StateGraph
from langgraph.types import interrupt

from agents.documents import read_document
from agents.fields.schema import Evidence, Field, dumped, loaded
from agents.steps.placing import PURE, reads
from infra.connections import connections
from infra.failures import Unreadable
from infra.records import finding
from infra.settings import settings
from infra.telemetry.steps import step


class ReportState(TypedDict, total=False):
    """Channels of the graph: plain JSON, and never the document's text. ``execution`` and ``options`` are given."""

    execution: dict[str, Any]
    options: dict[str, Any]
    document: dict[str, Any]
    fields: dict[str, Any]
    findings: dict[str, list[Any]]
    steps: Annotated[list[dict[str, Any]], operator.add]
    decision: dict[str, Any]
    reviews: Annotated[list[dict[str, Any]], operator.add]
    headline: dict[str, Any]


@step("read")
async def read(state: ReportState) -> ReportState:
    """Read the pages, in a process that may be killed, and find the fields on them."""
    to, execution = connections(), state["execution"]
    data = to.documents.get(execution["digest"])
    seconds, memory_mb = to.settings.read_seconds, to.settings.read_memory_mb
    reading = await read_document(data, execution["name"], seconds=seconds, memory_mb=memory_mb)
    if reading.problem:
        raise Unreadable(reading.problem.message)
    document = {"media_type": reading.media_type, "pages": len(reading.pages)}
    return {"document": document, "fields": dumped(fields_of(reading))}


@step("check")
async def check(state: ReportState) -> ReportState:
    """All single fields are there, and the lines come to the total."""
    fields = loaded(state["fields"])
    missing = [path for path in SINGLE if path not in fields]
    found = [finding("EXPENSE-MISSING", "error", f"there is no {path}", path) for path in missing]
    if "total" in fields and (lines := sum_of(fields)) != (total := fields["total"].number):
        message = f"the lines come to {lines}, the total is {total}"
        found.append(finding("EXPENSE-SUM", "error", message, "total", expected=str(lines), found=str(total)))
    return {"findings": {"check": found}}


@step("decide")
async def decide(state: ReportState) -> ReportState:
    """What was found goes to a person; the rest is approved."""
    reasons = [found["message"] for found in state["findings"]["check"]]
    values = {path: field.value for path, field in loaded(state["fields"]).items()}
    approved = {"outcome": "approve", "by": "policy", "reasons": ["the lines come to the total"]}
    return {
        "decision": {"outcome": "review", "by": "policy", "reasons": reasons} if reasons else approved,
        "headline": {
            "vendor": values.get("employee"),
            "number": None,
            "currency": values.get("currency"),
            "amount": values.get("total"),
        },
    }


async def after_decide(state: ReportState) -> str:
    return "review" if state["decision"]["outcome"] == "review" else END


@step("review")
async def review(state: ReportState) -> ReportState:
    """Wait for a person. What they correct are fields whose evidence is the person; then all is checked again."""
    answer = interrupt({"reasons": state["decision"]["reasons"]})
    by, action = answer["reviewer"], answer["action"]
    if action != "correct":
        told = f"{action}: {answer['reason']}" if answer["reason"] else action
        return {"reviews": [answer], "decision": {"outcome": action, "by": by, "reasons": [told]}}
    fields = loaded(state["fields"])
    for path, value in answer["corrections"].items():
        fields.pop(path, None)
        if value is not None:
            fields[path] = Field(value=value, evidence=Evidence(source="person", text=by))
    return {"reviews": [answer], "fields": dumped(fields)}


async def after_review(state: ReportState) -> str:
    return "check" if state["reviews"][-1]["action"] == "correct" else END


def build_graph() -> StateGraph[Any, Any, Any, Any]:
    """A fresh, uncompiled graph."""
    graph: StateGraph[Any, Any, Any, Any] = StateGraph(ReportState)
    graph.add_node("read", read, metadata=reads(settings()))
    graph.add_node("check", check, metadata=PURE)
    graph.add_node("decide", decide, metadata=PURE)
    graph.add_node("review", review, metadata=PURE)
    graph.add_edge(START, "read")
    graph.add_edge("read", "check")
    graph.add_edge("check", "decide")
    graph.add_conditional_edges("decide", after_decide, ["review", END])
    graph.add_conditional_edges("review", after_review, ["check", END])
    return graph

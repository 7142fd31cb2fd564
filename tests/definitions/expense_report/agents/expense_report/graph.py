"""The expense report's graph: read, check, decide, and where the sum is wrong, review.

Plain LangGraph; the metadata of each node says where Temporal runs it.
"""

from __future__ import annotations

from typing import Any

from agents.expense_report.report import SINGLE, fields_of, sum_of
from langgraph.graph import END, START, StateGraph
from langgraph.types import interrupt

from agents.documents import read_document
from agents.fields.schema import Evidence, Field
from agents.steps import AgentChannels, AgentState, AgentUpdate, Answer, Decision, DocumentFacts, Headline, step, way
from agents.steps.placing import PURE, reads
from infra.connections import connections
from infra.failures import Unreadable
from infra.records import finding
from infra.settings import settings


@step("read", AgentState)
async def read(state: AgentState) -> AgentUpdate:
    """Read the pages, in a process that may be killed, and find the fields on them."""
    to, execution = connections(), state.execution
    data = to.documents.get(execution.digest)
    seconds, memory_mb = to.settings.read_seconds, to.settings.read_memory_mb
    reading = await read_document(data, execution.name, seconds=seconds, memory_mb=memory_mb)
    if reading.problem:
        raise Unreadable(reading.problem.message)
    document = DocumentFacts(
        media_type=reading.media_type, pages=len(reading.pages), characters=len(reading.text), xml=None
    )
    return {"document": document, "fields": {**fields_of(reading)}}


@step("check", AgentState)
async def check(state: AgentState) -> AgentUpdate:
    """All single fields are there, and the lines come to the total."""
    fields = state.fields
    missing = [path for path in SINGLE if path not in fields]
    findings = [finding("EXPENSE-MISSING", "error", f"there is no {path}", path) for path in missing]
    if "total" in fields and (lines := sum_of(fields)) != (total := fields["total"].number):
        message = f"the lines come to {lines}, the total is {total}"
        findings.append(finding("EXPENSE-SUM", "error", message, "total", expected=str(lines), found=str(total)))
    return {"findings": {"check": findings}}


@step("decide", AgentState)
async def decide(state: AgentState) -> AgentUpdate:
    """What was found goes to a person; the rest is approved."""
    reasons = [finding.message for finding in state.errors]
    sound = ["the lines come to the total"]
    decision = Decision(outcome="review" if reasons else "approve", by="policy", reasons=reasons or sound)
    employee, currency, total = (state.value(path) for path in ("employee", "currency", "total"))
    return {
        "decision": decision,
        "headline": Headline(vendor=employee, number=None, currency=currency, amount=total),
    }


@way(AgentState)
async def after_decide(state: AgentState) -> str:
    return "review" if state.decision.outcome == "review" else END


@step("review", AgentState)
async def review(state: AgentState) -> AgentUpdate:
    """Wait for a person. What they correct are fields whose evidence is the person; then all is checked again."""
    answer = Answer.model_validate(interrupt({"reasons": state.decision.reasons}))
    by, action = answer.reviewer, answer.action
    if action != "correct":
        return {"reviews": [answer], "decision": Decision(outcome=action, by=by, reasons=[f"{action}{answer.told}"])}
    corrected = {
        path: None if value is None else Field(value=value, evidence=Evidence(source="person", text=by))
        for path, value in answer.corrections.items()
    }
    return {"reviews": [answer], "fields": corrected}


@way(AgentState)
async def after_review(state: AgentState) -> str:
    return "check" if state.reviews[-1].action == "correct" else END


def build_graph() -> StateGraph[Any, Any, Any, Any]:
    """A fresh, uncompiled graph."""
    graph: StateGraph[Any, Any, Any, Any] = StateGraph(AgentChannels)
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

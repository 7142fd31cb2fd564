"""The compliance agent's graph: read, answer by code, ask a model about each rule that is left, decide, review.

Plain LangGraph: compile it with a checkpointer and invoke it without Temporal, as the tests do. Nothing is posted.
"""

from __future__ import annotations

from collections.abc import Mapping
from hashlib import sha256
from typing import Any

from langgraph.graph import END, START, StateGraph
from pydantic import JsonValue

from agents.compliance import nodes
from agents.compliance.state import ComplianceChannels, ComplianceOptions
from agents.controls.rulebook import keep_rulebook
from agents.steps.placing import JUDGES, PURE, asks_a_model, reads
from infra.models.tiers import tiers_of
from infra.settings import Settings, settings


def build_graph() -> StateGraph[Any, Any, Any, Any]:
    """A fresh, uncompiled graph. (Temporal's plugin changes the graph it is given.)"""
    graph: StateGraph[Any, Any, Any, Any] = StateGraph(ComplianceChannels)
    made = settings()
    graph.add_node("read", nodes.read, metadata=reads(made))
    graph.add_node("rules", nodes.rules, metadata={**JUDGES, "summary": "rules that code answers"})
    graph.add_node("ask_rule", nodes.ask_rule, metadata={**asks_a_model(made), "summary_fn": _rule_summary})
    graph.add_node("decide", nodes.decide, metadata=PURE)
    graph.add_node("review", nodes.review, metadata=PURE)

    graph.add_edge(START, "read")
    graph.add_edge("read", "rules")
    graph.add_conditional_edges("rules", nodes.after_rules, ["ask_rule", "decide"])
    graph.add_edge("ask_rule", "decide")
    graph.add_conditional_edges("decide", nodes.after_decide, {"review": "review", "end": END})
    graph.add_edge("review", END)
    return graph


def options(made: Settings) -> dict[str, JsonValue]:
    """What an execution is given of the settings when it is submitted, and keeps. The rulebook is put into the document store.

    Raises:
        BadRulebook, BadSanctionsList: they cannot be used.
    """
    return {
        "rulebook": keep_rulebook(made),
        "approval_limits": {currency: str(limit) for currency, limit in made.approval_limits.items()},
        "ask": made.ask,
        "tiers": list(tiers_of(made)),
    }


def variant(options: dict[str, JsonValue]) -> str:
    """What tells executions of the same bytes apart: the rulebook they are held against, with the sanctions list."""
    kept = ComplianceOptions.model_validate(options).rulebook
    return sha256(f"{kept['digest']} {kept.get('sanctions')}".encode()).hexdigest()[:6]


def _rule_summary(args: tuple[Any, ...], kwargs: Mapping[str, object]) -> str:
    return str(args[0].get("rule", ""))

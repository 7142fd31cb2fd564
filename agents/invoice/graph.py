"""The invoice agent's graph: read, split or extract, check, repair, match, comply, look, decide, review, post, learn.

Plain LangGraph: compile it with a checkpointer and invoke it without Temporal, as the tests do. The metadata of each node
says where Temporal runs it and with which limits.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from langgraph.graph import END, START, StateGraph
from pydantic import JsonValue

from agents.controls.approval import load_policy
from agents.controls.rulebook import keep_rulebook
from agents.fields.table import PARTS
from agents.invoice import nodes
from agents.invoice.state import InvoiceChannels, InvoiceState
from agents.steps.placing import JUDGES, PURE, QUICK, asks_a_model, reads
from infra.document_store import DocumentStore
from infra.models.tiers import tiers_of
from infra.settings import Settings, settings


def build_graph() -> StateGraph[Any, Any, Any, Any]:
    """A fresh, uncompiled graph. (Temporal's plugin changes the graph it is given.)"""
    graph: StateGraph[Any, Any, Any, Any] = StateGraph(InvoiceChannels)
    made = settings()
    asks = asks_a_model(made)
    graph.add_node("read", nodes.read, metadata=reads(made))
    for part in PARTS:
        node = getattr(nodes, f"extract_{part}")
        graph.add_node(f"extract_{part}", node, metadata={**asks, "summary": f"{part} (small)"})
    graph.add_node("check", nodes.check, metadata=PURE)
    graph.add_node("repair", nodes.repair, metadata={**asks, "summary_fn": _repair_summary})
    graph.add_node("match", nodes.match, metadata={**QUICK, "summary": "vendor, order, claimed before?"})
    graph.add_node("choose_vendor", nodes.choose_vendor, metadata={**asks, "summary": "which vendor? (small)"})
    graph.add_node("comply", nodes.comply, metadata={**JUDGES, "summary": "EN 16931, house policies"})
    graph.add_node("ask_policies", nodes.ask_policies, metadata={**asks, "summary_fn": _policies_summary})
    graph.add_node("look", nodes.look, metadata={**reads(made), "summary": "what the pixels of key values say"})
    graph.add_node("decide", nodes.decide, metadata=PURE)
    graph.add_node("review", nodes.review, metadata=PURE)
    graph.add_node("post", nodes.post, metadata={**QUICK, "summary": "write once to the ledger"})
    graph.add_node("learn", nodes.learn, metadata={**reads(made), "summary": "how its issuer prints invoices"})

    graph.add_node("split", nodes.split, metadata={**reads(made), "summary": "each invoice a file of its own"})

    graph.add_edge(START, "read")
    _branch(graph, "read", nodes.after_read, "split", "check", "decide", *(f"extract_{part}" for part in PARTS))
    for part in PARTS:  # those that run, run at once; the checks follow when all of them have ended
        graph.add_edge(f"extract_{part}", "check")
    _branch(graph, "check", nodes.after_check, "repair", "match")
    graph.add_edge("repair", "check")
    _branch(graph, "match", nodes.after_match, "choose_vendor", "comply")
    graph.add_edge("choose_vendor", "match")
    _branch(graph, "comply", nodes.after_comply, "ask_policies", "look", "decide")
    _branch(graph, "ask_policies", nodes.after_policies, "look", "decide")
    graph.add_edge("look", "decide")
    _branch(graph, "decide", nodes.after_decide, "post", "review")
    graph.add_conditional_edges(
        "review",
        nodes.after_review,
        {"check": "check", "post": "post", "split": "split", "review": "review", "end": END},
    )
    graph.add_conditional_edges("split", nodes.after_split, {"decide": "decide", "end": END})
    graph.add_conditional_edges("post", nodes.after_post, {"review": "review", "learn": "learn", "end": END})
    graph.add_edge("learn", END)
    return graph


def options(made: Settings) -> dict[str, JsonValue]:
    """What an execution is given of the settings when it is submitted, and keeps. Policy and rulebook are put into the document
    store too, by their digests: whoever asks years later which they were finds them there."""
    policy = load_policy(made.approval_policy, limits=made.approval_limits, sure=made.sure)
    DocumentStore(made.documents).put(policy.canonical)
    tiers = tiers_of(made)
    return {
        "policy": policy.as_json(),
        "rulebook": keep_rulebook(made),
        "french_rules": made.french_rules,
        "max_repairs": made.max_repairs,
        "companies": [company.model_dump() for company in made.companies],
        "ask": made.ask,
        "tiers": list(tiers),
        "whole": [name for name, tier in tiers.items() if tier.reads == "whole"],
    }


def _repair_summary(args: tuple[Any, ...], kwargs: Mapping[str, object]) -> str:
    due = nodes.repairable(InvoiceState(args[0]))
    return "; ".join(f"{part} ({tier}): {', '.join(reasons)}" for part, (tier, reasons) in due.items())[:200]


def _policies_summary(args: tuple[Any, ...], kwargs: Mapping[str, object]) -> str:
    return ", ".join(args[0].get("open_rules") or [])[:200]


def _branch(graph: StateGraph[Any, Any, Any, Any], source: str, choose: Callable[..., Any], *targets: str) -> None:
    graph.add_conditional_edges(source, choose, list(targets))

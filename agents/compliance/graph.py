"""The compliance agent's graph: read, answer by code, ask a model about each rule that is left, decide, review.

Plain LangGraph: compile it with a checkpointer and invoke it without Temporal, as the tests do. Nothing is posted.
"""

from __future__ import annotations

import operator
from datetime import timedelta
from hashlib import sha256
from typing import Annotated, Any, TypedDict

from langgraph.graph import END, START, StateGraph
from temporalio.common import RetryPolicy
from temporalio.workflow import ActivityCancellationType

from agents.compliance import keep_rulebook, nodes
from agents.invoice.state import Decision, ExecutionRef, merged
from infra.ledger import REFUSED_FOR_GOOD
from infra.models.tiers import tiers_of
from infra.settings import Settings, settings


class ComplianceState(TypedDict, total=False):
    """Channels of the graph: plain JSON, and never the document's text. ``execution`` and ``options`` are given."""

    execution: ExecutionRef
    options: dict[str, Any]
    document: dict[str, Any]
    kind: str
    fields: Annotated[dict[str, Any], merged]
    findings: Annotated[dict[str, list[dict[str, Any]]], merged]
    calls: Annotated[list[dict[str, Any]], operator.add]
    steps: Annotated[list[dict[str, Any]], operator.add]
    open_rules: list[str]
    """Ids of rules that a model is asked about."""
    decision: Decision
    reviews: Annotated[list[dict[str, Any]], operator.add]
    headline: dict[str, Any]
    result: dict[str, Any]
    """``rulebook``: name, version, digest; ``kind`` of document."""


def build_graph() -> StateGraph[Any, Any, Any, Any]:
    """A fresh, uncompiled graph. (Temporal's plugin changes the graph it is given.)"""
    graph: StateGraph[Any, Any, Any, Any] = StateGraph(ComplianceState)
    made = settings()
    graph.add_node("read", nodes.read, metadata=_reads(made))
    graph.add_node("rules", nodes.rules, metadata={**_QUICK, "summary": "rules that code answers"})
    graph.add_node("ask_rule", nodes.ask_rule, metadata={**_asks_a_model(made), "summary_fn": _rule_summary})
    graph.add_node("decide", nodes.decide, metadata=_PURE)
    graph.add_node("review", nodes.review, metadata=_PURE)

    graph.add_edge(START, "read")
    graph.add_edge("read", "rules")
    graph.add_conditional_edges("rules", nodes.after_rules, ["ask_rule", "decide"])
    graph.add_edge("ask_rule", "decide")
    graph.add_conditional_edges("decide", nodes.after_decide, {"review": "review", "end": END})
    graph.add_edge("review", END)
    return graph


def options(made: Settings) -> dict[str, Any]:
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


def variant(options: dict[str, Any]) -> str:
    """What tells executions of the same bytes apart: the rulebook they are held against, with the sanctions list."""
    kept = options["rulebook"]
    return sha256(f"{kept['digest']} {kept.get('sanctions')}".encode()).hexdigest()[:6]


_PURE: dict[str, Any] = {"execute_in": "workflow"}
_QUICK: dict[str, Any] = {
    "execute_in": "local_activity",
    "start_to_close_timeout": timedelta(seconds=60),
    "retry_policy": RetryPolicy(maximum_interval=timedelta(seconds=30), non_retryable_error_types=REFUSED_FOR_GOOD),
}


def _reads(made: Settings) -> dict[str, Any]:
    """Reading has a task queue of its own, as for invoices."""
    recognising = made.ocr_pages * made.ocr_seconds if made.ocr else 0.0
    return {
        "execute_in": "activity",
        "task_queue": f"{made.task_queue}-reading",
        "start_to_close_timeout": timedelta(seconds=made.read_seconds + recognising + 120),
        "heartbeat_timeout": timedelta(seconds=15),
        "retry_policy": RetryPolicy(maximum_attempts=8, maximum_interval=timedelta(seconds=30)),
    }


def _asks_a_model(made: Settings) -> dict[str, Any]:
    """One rule, one call: what is answered is on record, and a rule that fails is tried again alone. As for invoices."""
    return {
        "execute_in": "activity",
        "task_queue": f"{made.task_queue}-models",
        "start_to_close_timeout": timedelta(
            minutes=made.model_outage_minutes, seconds=made.model_timeout_seconds * 2 + 60
        ),
        "heartbeat_timeout": timedelta(seconds=15),
        "cancellation_type": ActivityCancellationType.WAIT_CANCELLATION_COMPLETED,
        "retry_policy": RetryPolicy(
            initial_interval=timedelta(seconds=made.model_retry_seconds),
            maximum_interval=timedelta(seconds=45),
            maximum_attempts=made.model_attempts,
        ),
    }


def _rule_summary(args: tuple[Any, ...], kwargs: dict[str, Any]) -> str:
    return str(args[0].get("rule", ""))

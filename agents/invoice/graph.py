"""The invoice agent's graph: read, split or extract, check, repair, match, comply, decide, review, post.

Plain LangGraph: compile it with a checkpointer and invoke it without Temporal, as the tests do. The metadata of each node
says where Temporal runs it and with which limits.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from langgraph.graph import END, START, StateGraph
from temporalio.common import RetryPolicy
from temporalio.workflow import ActivityCancellationType

from agents.approval import load_policy
from agents.compliance import keep_rulebook
from agents.invoice import controls, deciding, nodes
from agents.invoice.state import PARTS, InvoiceState
from infra.ledger import REFUSED_FOR_GOOD
from infra.models.tiers import tiers_of
from infra.settings import Settings, settings


def build_graph() -> StateGraph[Any, Any, Any, Any]:
    """A fresh, uncompiled graph. (Temporal's plugin changes the graph it is given.)"""
    graph: StateGraph[Any, Any, Any, Any] = StateGraph(InvoiceState)
    made = settings()
    asks = _asks_a_model(made)
    graph.add_node("read", nodes.read, metadata=_reads(made))
    for part in PARTS:
        node = getattr(nodes, f"extract_{part}")
        graph.add_node(f"extract_{part}", node, metadata={**asks, "summary": f"{part} (small)"})
    graph.add_node("check", nodes.check, metadata=_PURE)
    graph.add_node("repair", nodes.repair, metadata={**asks, "summary_fn": _repair_summary})
    graph.add_node("match", controls.match, metadata={**_QUICK, "summary": "vendor, order, claimed before?"})
    graph.add_node("choose_vendor", controls.choose_vendor, metadata={**asks, "summary": "which vendor? (small)"})
    graph.add_node("comply", controls.comply, metadata={**_QUICK, "summary": "EN 16931, house policies"})
    graph.add_node("ask_policies", controls.ask_policies, metadata={**asks, "summary_fn": _policies_summary})
    graph.add_node("decide", deciding.decide, metadata=_PURE)
    graph.add_node("review", deciding.review, metadata=_PURE)
    graph.add_node("post", deciding.post, metadata={**_QUICK, "summary": "write once to the ledger"})

    graph.add_node("split", nodes.split, metadata={**_reads(made), "summary": "each invoice a file of its own"})

    graph.add_edge(START, "read")
    _branch(graph, "read", nodes.after_read, "split", "check", "decide", *(f"extract_{part}" for part in PARTS))
    for part in PARTS:  # those that run, run at once; the checks follow when all of them have ended
        graph.add_edge(f"extract_{part}", "check")
    _branch(graph, "check", nodes.after_check, "repair", "match")
    graph.add_edge("repair", "check")
    _branch(graph, "match", controls.after_match, "choose_vendor", "comply")
    graph.add_edge("choose_vendor", "match")
    _branch(graph, "comply", controls.after_comply, "ask_policies", "decide")
    graph.add_edge("ask_policies", "decide")
    _branch(graph, "decide", deciding.after_decide, "post", "review")
    graph.add_conditional_edges(
        "review",
        deciding.after_review,
        {"check": "check", "post": "post", "split": "split", "review": "review", "end": END},
    )
    graph.add_conditional_edges("split", nodes.after_split, {"decide": "decide", "end": END})
    graph.add_conditional_edges("post", deciding.after_post, {"review": "review", "end": END})
    return graph


def options(made: Settings) -> dict[str, Any]:
    """What an execution is given of the settings when it is submitted, and keeps."""
    return {
        "policy": load_policy(made.approval_policy, limits=made.approval_limits, sure=made.sure).as_json(),
        "rulebook": keep_rulebook(made),
        "max_repairs": made.max_repairs,
        "ask": made.ask,
        "tiers": list(tiers_of(made)),
    }


_PURE: dict[str, Any] = {"execute_in": "workflow"}
_QUICK: dict[str, Any] = {
    "execute_in": "local_activity",
    "start_to_close_timeout": timedelta(seconds=60),
    # A ledger that is away is waited for; what it refuses for good is told as a failure and not tried again.
    "retry_policy": RetryPolicy(maximum_interval=timedelta(seconds=30), non_retryable_error_types=REFUSED_FOR_GOOD),
}


def _reads(made: Settings) -> dict[str, Any]:
    """Reading takes a core for a while, so it has a task queue of its own."""
    recognising = made.ocr_pages * made.ocr_seconds if made.ocr else 0.0
    return {
        "execute_in": "activity",
        "task_queue": f"{made.task_queue}-reading",
        "start_to_close_timeout": timedelta(seconds=made.read_seconds + recognising + 120),
        "heartbeat_timeout": timedelta(seconds=15),
        "retry_policy": RetryPolicy(maximum_attempts=8, maximum_interval=timedelta(seconds=30)),
    }


def _asks_a_model(made: Settings) -> dict[str, Any]:
    """Retries end (by default after ten tries, some four minutes of waiting): then a person is told, and the document can
    be submitted again without paying for what is already answered."""
    return {
        "execute_in": "activity",
        "task_queue": f"{made.task_queue}-models",
        # An endpoint that cannot be reached is waited for within the try: an outage costs one of the tries and no more.
        "start_to_close_timeout": timedelta(
            minutes=made.model_outage_minutes, seconds=made.model_timeout_seconds * 2 + 60
        ),
        "heartbeat_timeout": timedelta(seconds=15),
        # When a sibling fails, this call's outcome is waited for, so that it is on record when the execution ends.
        "cancellation_type": ActivityCancellationType.WAIT_CANCELLATION_COMPLETED,
        "retry_policy": RetryPolicy(
            initial_interval=timedelta(seconds=made.model_retry_seconds),
            maximum_interval=timedelta(seconds=45),
            maximum_attempts=made.model_attempts,
        ),
    }


def _repair_summary(args: tuple[Any, ...], kwargs: dict[str, Any]) -> str:
    due = nodes.repairable(args[0])
    return "; ".join(f"{part} ({tier}): {', '.join(reasons)}" for part, (tier, reasons) in due.items())[:200]


def _policies_summary(args: tuple[Any, ...], kwargs: dict[str, Any]) -> str:
    return ", ".join(args[0].get("open_rules") or [])[:200]


def _branch(graph: StateGraph[Any, Any, Any, Any], source: str, choose: Callable[..., Any], *targets: str) -> None:
    graph.add_conditional_edges(source, choose, list(targets))

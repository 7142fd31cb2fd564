"""`step`: what turns a function into a node of an agent's graph that is traced and timed wherever it runs."""

from __future__ import annotations

import functools
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from langgraph.errors import GraphInterrupt
from temporalio import activity, workflow

from infra.records import Finding
from infra.telemetry.tracing import current_subject, execution_context, set_output, span

Node = Any
"""``async (state) -> update``. LangGraph types its nodes by their state's class; ours serve every state."""


def step(name: str, kind: str = "CHAIN") -> Callable[[Node], Node]:
    """Trace a node and note its run in the state's ``steps``.

    The node takes the state, which holds ``execution`` (id, tenant, batch), and returns its update of it. A ``note`` in
    that update is moved to the step's record: the reason for a repair, say. The span is a child of the execution's and
    has the update as its output, without the ``steps`` themselves. A node that interrupts has not failed: it waits.
    """

    def decorate(node: Node) -> Node:
        @functools.wraps(node)
        async def traced(state: dict[str, Any]) -> dict[str, Any]:
            execution = state["execution"]
            started = now()
            interrupted: GraphInterrupt | None = None
            update: dict[str, Any] = {}
            with (
                execution_context(execution["id"], execution["tenant"], execution["batch"]),
                span(name, kind, subject=current_subject(name)) as current,
            ):
                try:
                    update = await node(state)
                except GraphInterrupt as waits:
                    interrupted = waits
                update = _plain(update)
                note = "waits for a person" if interrupted else update.pop("note", None)
                set_output(current, {k: v for k, v in update.items() if k != "calls"})
                if note:
                    current.set_attribute("counterfoil.note", note)
            if interrupted:
                raise interrupted
            record = {
                "name": name,
                "room": "workflow" if workflow.in_workflow() else "activity",
                "attempt": activity.info().attempt if activity.in_activity() else 1,
                "started_at": started.isoformat(),
                "ended_at": now().isoformat(),
                "note": note,
            }
            return {**update, "steps": [record]}

        return traced

    return decorate


def _plain(update: dict[str, Any]) -> dict[str, Any]:
    """The update as JSON; of calls all that is metered, without what was said."""
    plain = dict(update)
    if "findings" in update:
        plain["findings"] = {
            node: said and [f.model_dump(mode="json") if isinstance(f, Finding) else f for f in said]
            for node, said in update["findings"].items()
        }
    if "calls" in update:
        plain["calls"] = [call.model_dump(mode="json", exclude={"answer", "reasoning"}) for call in update["calls"]]
    return plain


def now() -> datetime:
    """The time, of the workflow where this runs in one."""
    return workflow.now() if workflow.in_workflow() else datetime.now(UTC)

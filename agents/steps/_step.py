"""`step` and `way`: what turns functions over typed states into a graph's nodes and conditional edges."""

from __future__ import annotations

import functools
from collections.abc import Awaitable, Callable, Mapping
from datetime import UTC, datetime
from typing import Any, Protocol, TypeVar

from langgraph.errors import GraphInterrupt
from pydantic import BaseModel
from temporalio import activity, workflow

from agents.fields.bounds import bounded
from agents.fields.schema import Field
from agents.steps._state import AgentState, AgentUpdate
from infra.records import Finding, ModelCall
from infra.telemetry.tracing import current_subject, execution_context, set_output, span

State = TypeVar("State", bound=AgentState)
Target = TypeVar("Target")
Channels = dict[str, Any]
"""A state or an update as LangGraph has it: plain JSON by channel."""

_BOUNDED = "a step finds no more than a state can carry"
"""The change that executions do without which had more before it."""


class Node(Protocol):
    """LangGraph types a node by its graph's class of state; these take the channels of any graph."""

    def __call__(self, state: Any) -> Awaitable[Channels]: ...


def step(
    name: str, of: type[State], kind: str = "CHAIN"
) -> Callable[[Callable[[State], Awaitable[AgentUpdate]]], Node]:
    """A node that sees the channels as ``of`` and returns a typed update; it is traced, and its run noted in ``steps``.

    A ``note`` in the update is moved to the step's record: the reason for a repair, say. The span is a child of the
    execution's and has the update as its output, without calls and ``steps``. A node that interrupts has not failed: it
    waits.
    """

    def decorate(node: Callable[[State], Awaitable[AgentUpdate]]) -> Node:
        @functools.wraps(node)
        async def traced(state: Channels) -> Channels:
            seen = of(state)
            execution = seen.execution
            started = now()
            interrupted: GraphInterrupt | None = None
            update: Channels = {}
            with (
                execution_context(execution.id, execution.tenant, execution.batch),
                span(name, kind, subject=current_subject(name)) as current,
            ):
                try:
                    update = plain(_that_fits(await node(seen)))
                except GraphInterrupt as waits:
                    interrupted = waits
                note = "waits for a person" if interrupted else update.pop("note", None)
                set_output(current, {channel: value for channel, value in update.items() if channel != "calls"})
                if note:
                    current.set_attribute("counterfoil.note", note)
            if interrupted:
                raise interrupted
            record = {
                "name": str(name),
                "room": "workflow" if workflow.in_workflow() else "activity",
                "attempt": activity.info().attempt if activity.in_activity() else 1,
                "started_at": started.isoformat(),
                "ended_at": now().isoformat(),
                "note": note,
            }
            return {**update, "steps": [record]}

        # LangGraph would take the node's annotation for the shape of its state, and make it so.
        traced.__annotations__ = {}
        return traced

    return decorate


def _that_fits(update: AgentUpdate) -> AgentUpdate:
    """The update with no more findings than a state can carry, whatever the step found."""
    found = update.get("findings")
    if not found:
        return update
    fit = {of: None if each is None else bounded(each) for of, each in found.items()}
    if fit == found or not decided_since(_BOUNDED):
        return update
    return {**update, "findings": fit}


def way(
    of: type[State],
) -> Callable[[Callable[[State], Awaitable[Target]]], Callable[[Channels], Awaitable[Target]]]:
    """A conditional edge that sees the channels as ``of``. It stays a coroutine: LangGraph runs others in a thread, which a
    workflow must not."""

    def decorate(choose: Callable[[State], Awaitable[Target]]) -> Callable[[Channels], Awaitable[Target]]:
        @functools.wraps(choose)
        async def chosen(channels: Channels) -> Target:
            return await choose(of(channels))

        chosen.__annotations__ = {}
        return chosen

    return decorate


def plain(update: Mapping[str, object]) -> Channels:
    """An update as the channels carry it: plain JSON."""
    return {channel: _json(value) for channel, value in update.items()}


def _json(value: object) -> Any:
    match value:
        case Field():
            return value.model_dump(mode="json", exclude_none=True)
        case ModelCall():  # all that is metered, without what was said
            return value.model_dump(mode="json", exclude={"answer", "reasoning"})
        case Finding():
            return value.model_dump(mode="json")
        case BaseModel():
            return value.model_dump(mode="json", exclude_unset=True, by_alias=True)
        case dict():
            return {key: _json(inner) for key, inner in value.items()}
        case list():
            return [_json(inner) for inner in value]
        case _:
            return value


def decided_since(change: str) -> bool:
    """Whether what is decided here is decided by software that has ``change``; not where a workflow goes once more through what an
    earlier version decided. Asked only where the two differ, since each question is kept in the history."""
    return not workflow.in_workflow() or workflow.patched(change)


def now() -> datetime:
    """The time, of the workflow where this runs in one."""
    return workflow.now() if workflow.in_workflow() else datetime.now(UTC)

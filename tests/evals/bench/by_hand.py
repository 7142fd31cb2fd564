"""The invoice's flow written out by hand, without LangGraph: what the peers that bring no graph run.

The nodes are the agent's own. ``run`` makes a node that reads, writes or asks a model durable, in whatever way the peer
has; the pure ones are called where they stand, as Counterfoil runs them in the workflow.
"""

from __future__ import annotations

import asyncio
import operator
from collections.abc import Awaitable, Callable
from typing import Any

from agents.invoice import nodes
from agents.invoice.state import merged_lists
from agents.steps import merged

State = dict[str, Any]
_REDUCERS: dict[str, Callable[[Any, Any], Any]] = {
    "fields": merged,
    "findings": merged,
    "asked": merged_lists,
    "calls": operator.add,
    "steps": operator.add,
    "reviews": operator.add,
}


def node(name: str) -> Callable[[State], Awaitable[State]]:
    """The agent's node of that name."""
    node: Callable[[State], Awaitable[State]] = getattr(nodes, name)
    return node


async def process(given: State, run: Callable[[str, State], Awaitable[State]]) -> State:
    """One invoice from its reading to its posting; returns its last state. A review is not waited for: it is returned."""
    state = _with(given, await run("read", given))
    due = await nodes.after_read(state)
    asked = [name for name in due if name.startswith("extract_")]
    for update in await asyncio.gather(*(run(name, state) for name in asked)):
        state = _with(state, update)
    if due != ["decide"]:
        state = _with(state, await nodes.check(state))
        while await nodes.after_check(state) == "repair":
            state = _with(state, await run("repair", state))
            state = _with(state, await nodes.check(state))
        state = _with(state, await run("match", state))
        if await nodes.after_match(state) == "choose_vendor":
            state = _with(state, await run("choose_vendor", state))
            state = _with(state, await run("match", state))
        state = _with(state, await run("comply", state))
        if await nodes.after_comply(state) == "ask_policies":
            state = _with(state, await run("ask_policies", state))
    state = _with(state, await nodes.decide(state))
    if await nodes.after_decide(state) == "post":
        state = _with(state, await run("post", state))
    return state


def _with(state: State, update: State) -> State:
    """The state after a node's update, by the reducers that the graph has."""
    merged_state = dict(state)
    for name, value in update.items():
        reduce = _REDUCERS.get(name)
        merged_state[name] = reduce(state[name], value) if reduce and name in state else value
    return merged_state

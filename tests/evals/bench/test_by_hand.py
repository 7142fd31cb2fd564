"""The flow written out for the peers is the graph's: the same questions, the same decision, the same posting."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from langgraph.checkpoint.memory import InMemorySaver

from agents.invoice.graph import build_graph
from infra import connections as connected_to
from infra.connections import Connections
from infra.settings import Settings
from tests.evals.bench import by_hand
from tests.evals.bench.job import CALLS, Ask
from tests.evals.bench.peers.process import State, execution
from tests.scripted.endpoint import ScriptedEndpoint
from tests.scripted.invoices import invoice_pdf


@pytest.fixture
async def opened(endpoint: ScriptedEndpoint, ledger_url: str, tmp_path: Path) -> AsyncIterator[Connections]:
    opened = Connections.of(Settings(home=tmp_path, ledger_url=ledger_url, model_url=endpoint.url, sure=0))
    connected_to.use(opened)
    yield opened
    await opened.close()
    connected_to.use(None)


async def by_graph(id: str, given: State) -> State:
    app = build_graph().compile(checkpointer=InMemorySaver())
    config: Any = {"configurable": {"thread_id": id}}
    state: State = await app.ainvoke(given, config)
    return state


async def by_the_hand(id: str, given: State) -> State:
    async def run(name: str, state: State) -> State:
        update: State = await by_hand.node(name)(state)
        return update

    return await by_hand.process(given, run)


@pytest.mark.parametrize("ask", ["all", "open"])
async def test_the_flow_written_by_hand_comes_to_what_the_graph_comes_to(
    opened: Connections, endpoint: ScriptedEndpoint, ask: Ask
) -> None:
    data = invoice_pdf("HAND-1")
    results = {}
    for tenant, flow in (("graph", by_graph), ("hand", by_the_hand)):
        given = execution(opened, f"{tenant}-1", "hand.pdf", "batch", data, ask)
        given["execution"]["tenant"] = tenant
        state = await flow(f"{tenant}-1", given)
        asked = sorted(endpoint.script.shapes)
        endpoint.script.shapes.clear()
        assert len(asked) == len(state["calls"]) == CALLS[ask]
        steps = sorted(step["name"] for step in state["steps"])
        state["result"]["approval"]["case"].pop("tenant")
        results[tenant] = {"asked": asked, "steps": steps, **{k: state[k] for k in ("decision", "fields", "result")}}
    assert results["graph"]["decision"]["outcome"] == "approve"
    assert results["hand"] == results["graph"]

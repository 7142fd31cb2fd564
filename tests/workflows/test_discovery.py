"""A definition is one file in ``workflows/`` and one folder in ``agents/``: here one is added, run, and taken away again."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from infra.records import Status
from tests.stack import ROOT, Stack
from workflows import definitions

WORKFLOW = """
from temporalio import workflow

with workflow.unsafe.imports_passed_through():
    from agents.memo.graph import build_graph
    from infra.ledger import Execution
    from workflows.definition import Definition
    from workflows.execution import AgentWorkflow
    from workflows.messages import ExecutionOrder


@workflow.defn
class MemoWorkflow(AgentWorkflow):
    agent = "memo"

    @workflow.run
    async def run(self, order: ExecutionOrder) -> Execution:
        return await self.execute(order)


DEFINITION = Definition(workflow=MemoWorkflow, build_graph=build_graph)
"""

AGENT = """
import operator
from datetime import timedelta
from typing import Annotated, Any, TypedDict

from langgraph.graph import END, START, StateGraph

from infra.connections import connections
from infra.telemetry.steps import step


class Memo(TypedDict, total=False):
    execution: dict[str, Any]
    options: dict[str, Any]
    steps: Annotated[list[dict[str, Any]], operator.add]
    headline: dict[str, Any]
    decision: dict[str, Any]
    result: dict[str, Any]


@step("count")
async def count(state):
    data = connections().documents.get(state["execution"]["digest"])
    return {"result": {"words": len(data.split())}}


@step("decide")
async def decide(state):
    reasons = [f"{state['result']['words']} words"]
    return {"decision": {"outcome": "approve", "by": "policy", "reasons": reasons}}


def build_graph():
    graph = StateGraph(Memo)
    within = {"execute_in": "activity", "start_to_close_timeout": timedelta(seconds=10)}
    graph.add_node("count", count, metadata=within)
    graph.add_node("decide", decide, metadata={"execute_in": "workflow"})
    graph.add_edge(START, "count")
    graph.add_edge("count", "decide")
    graph.add_edge("decide", END)
    return graph
"""


def test_the_definitions_of_the_project_are_found() -> None:
    assert "invoice" in definitions()


@pytest.fixture
def house(tmp_path: Path) -> Path:
    """A copy of the house with a second definition in it, and nothing else changed."""
    for room in ("agents", "infra", "workers", "workflows"):
        subprocess.run(["cp", "-r", str(ROOT / room), str(tmp_path / room)], check=True)
    (tmp_path / "workflows" / "memo.py").write_text(WORKFLOW)
    (tmp_path / "agents" / "memo").mkdir()
    (tmp_path / "agents" / "memo" / "__init__.py").touch()
    (tmp_path / "agents" / "memo" / "graph.py").write_text(AGENT)
    return tmp_path


@pytest.mark.exhaustive
async def test_a_second_definition_is_picked_up_by_being_there(
    house: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    home = tmp_path_factory.mktemp("home")
    (home / "memo.txt").write_text("four words of text")
    with Stack(home, code=house) as stack:
        command = [sys.executable, "-m", "workers.cli", "submit", "--definition", "memo", str(home / "memo.txt")]
        done = subprocess.run(
            [*command, "--batch", "memos"],
            env=stack.process_environment,
            cwd=house,
            capture_output=True,
            text=True,
            timeout=60,
        )
        assert done.returncode == 0, done.stderr
        (execution,) = await stack.executions(batch="memos")
        ended = await stack.until(execution)
    assert ended.status is Status.APPROVED
    assert ended.definition == "memo"
    assert ended.reasons == ["4 words"]
    assert [s.name for s in ended.steps] == ["count", "decide"]

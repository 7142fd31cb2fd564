"""What began on an earlier version goes on on this one: histories recorded then are replayed."""

from __future__ import annotations

import gzip
import json
from pathlib import Path

import pytest
from temporalio.client import WorkflowHistory
from temporalio.contrib.opentelemetry import OpenTelemetryPlugin
from temporalio.contrib.pydantic import pydantic_data_converter
from temporalio.worker import Replayer

from infra.temporal.agents import AgentsPlugin
from workers.worker import workflow_runner
from workflows import definitions
from workflows.batch import BatchWorkflow

FOLDER = Path(__file__).parent / "histories"
HISTORIES = sorted(FOLDER.rglob("*.json.gz"))


@pytest.mark.usefixtures("spans")
@pytest.mark.parametrize("path", HISTORIES, ids=lambda path: str(path.relative_to(FOLDER)).removesuffix(".json.gz"))
async def test_what_an_earlier_version_began_is_replayed_by_this_one(path: Path) -> None:
    recorded = json.loads(gzip.decompress(path.read_bytes()))
    known = definitions().values()
    replayer = Replayer(
        workflows=[BatchWorkflow, *(definition.workflow for definition in known)],
        plugins=[
            AgentsPlugin(graphs={definition.workflow.agent: definition.build_graph() for definition in known}),
            OpenTelemetryPlugin(),
        ],
        workflow_runner=workflow_runner(),
        data_converter=pydantic_data_converter,
    )
    await replayer.replay_workflow(WorkflowHistory.from_json(recorded["id"], recorded["history"]))


def test_there_are_histories() -> None:
    assert len(HISTORIES) >= 10

"""Recorded executions replay without a difference: what runs in the workflow is deterministic."""

from __future__ import annotations

import pytest
from temporalio.contrib.opentelemetry import OpenTelemetryPlugin
from temporalio.contrib.pydantic import pydantic_data_converter
from temporalio.worker import Replayer

from infra.records import Status
from infra.temporal.agents import AgentsPlugin
from tests.conftest import Spans
from tests.scripted.invoices import CORRECTED, invoice_pdf
from tests.stack import Stack
from workers.worker import workflow_runner
from workflows import definitions
from workflows.messages import ReviewAnswer


@pytest.mark.parametrize("path", ["approved", "corrected", "failed"])
async def test_an_execution_replays_as_it_ran(stack: Stack, spans: Spans, path: str) -> None:
    data = b"%PDF-1.7 and no more" if path == "failed" else invoice_pdf(f"REPLAY-{path}-1", gross=GROSS[path])
    (id,) = await stack.submit({f"{path}.pdf": data}, tenant="replay")
    if path == "corrected":
        await stack.until(id, Status.REVIEW)
        answer = ReviewAnswer(action="correct", reviewer="ada", corrections=CORRECTED)
        await (await stack.handle(id)).execute_update("review", answer)
    await stack.until(id)
    history = await (await stack.handle(id)).fetch_history()

    found = definitions().values()
    before = len(spans.ended())
    replayer = Replayer(
        workflows=[d.workflow for d in found],
        plugins=[AgentsPlugin(graphs={d.workflow.agent: d.build_graph() for d in found}), OpenTelemetryPlugin()],
        workflow_runner=workflow_runner(),
        data_converter=pydantic_data_converter,
    )
    await replayer.replay_workflow(history)
    assert len(spans.ended()) == before, "a replay sends no span twice"


GROSS = {"approved": None, "corrected": "131.00"}

"""Ledger, workflow result and trace are compared to the token, and where they differ it is said in words."""

from __future__ import annotations

from typing import Any, cast

from temporalio.client import Client, WorkflowQueryFailedError

from infra.records import CallStatus, Execution, ModelCall, Status, TokenUsage
from infra.telemetry.phoenix import TraceCost
from tests.workers.cli.examples import a_call, an_execution
from workers.office import verification
from workers.office.tally import Tally
from workers.office.verification import Figures, Verdict


async def test_an_execution_that_cannot_be_asked_is_told_without_the_errors_of_our_code() -> None:
    class Handle:
        async def query(self, *_: Any, **__: Any) -> None:
            raise WorkflowQueryFailedError("'list' object has no attribute 'get'")

    class Server:
        def get_workflow_handle(self, *_: Any, **__: Any) -> Handle:
            return Handle()

    said = await verification._stub(cast("Client", Server()), an_execution(status=Status.REVIEW))
    assert said == "this execution was begun by an older version of the software and cannot be asked"


def verdict_of(execution: Execution, *calls: ModelCall) -> Verdict:
    return Verdict(execution, Figures.of(Tally.of(calls)))


def a_trace(*calls: ModelCall, cost: float | None, roots: int = 1) -> TraceCost:
    return TraceCost(
        trace_id="t",
        roots=roots,
        call_span_ids=tuple(call.span_id or "" for call in calls),
        prompt_tokens=sum(call.usage.prompt for call in calls),
        cached_tokens=sum(call.usage.cached for call in calls),
        output_tokens=sum(call.usage.output for call in calls),
        cost=cost,
        span_names=(),
    )


def test_a_trace_agrees_when_spans_tokens_cost_and_root_do() -> None:
    made = an_execution()
    call, other = a_call(made), a_call(made, "extract header")
    lost = a_call(made, "repair", status=CallStatus.LOST, usage=TokenUsage(), cost=None)

    def differences(trace: TraceCost | None, *calls: ModelCall) -> list[str]:
        return verification._trace_differences(verdict_of(made, *calls), calls, trace)

    assert differences(a_trace(call, other, cost=0.0002469), call, other) == []
    assert differences(a_trace(call, lost, cost=0.00012345), call, lost) == []
    assert differences(a_trace(call, cost=0.00012346), call) == ["Phoenix: cost 0.00012346, the ledger 0.00012345"]
    assert "Phoenix: 1 call without a span" in differences(a_trace(call, cost=0.0002469), call, other)
    assert differences(a_trace(call, cost=0.00012345, roots=2), call) == []  # failed, and handed in again
    assert differences(a_trace(call, cost=0.00012345, roots=0), call) == ["Phoenix: the trace has no root span"]
    assert differences(None, call) == ["Phoenix: it has no trace of this execution"]
    unpriced = a_call(made, cost=None, currency=None)
    assert differences(a_trace(unpriced, cost=None), unpriced) == []
    assert differences(a_trace(unpriced, cost=0.1), unpriced) == ["Phoenix: cost 0.1, the ledger unpriced"]

"""Processes that die: nothing is lost, nothing is paid twice, and every recorded call has its span."""

from __future__ import annotations

import asyncio
from collections import Counter

from infra.ledger import Status
from infra.models import CallStatus
from infra.telemetry.phoenix import Phoenix
from tests.scripted.invoices import CORRECTED, invoice_pdf
from tests.stack import CALLS, Stack, eventually
from workflows.execution import ReviewAnswer


async def test_a_worker_killed_amid_model_calls_repeats_no_recorded_call_and_loses_no_span(own_stack: Stack) -> None:
    stack, script = own_stack, own_stack.endpoint.script
    script.delay = 0.4
    ids = await stack.submit({f"crash-{n}.pdf": invoice_pdf(f"CRASH-{n}") for n in range(12)})
    for _ in range(2):
        paid = script.paid.total()

        async def going(since: int = paid) -> bool:
            return script.in_flight >= 4 and script.paid.total() >= since + 6

        await eventually(going)
        stack.kill_worker()
        await asyncio.sleep(0.6)  # what was in flight is answered, to nobody
        stack.start_worker()
    script.delay = 0.05
    for id in ids:
        assert (await stack.until(id, seconds=90)).status is Status.APPROVED

    calls = [call for id in ids for call in await stack.calls(id)]
    outcomes = Counter(call.status for call in calls)
    recorded = [c for c in calls if c.status is CallStatus.COMPLETED]
    assert len(recorded) == len({c.key for c in recorded}) == 12 * CALLS
    assert outcomes[CallStatus.LOST] > 0, "the kills hit no call in flight: the test shows nothing"
    assert outcomes[CallStatus.STARTED] == 0
    # Every answer the endpoint was paid for is on record: kept, or counted as lost.
    assert len(recorded) <= script.paid.total() <= len(recorded) + outcomes[CallStatus.LOST]
    # Every request is on record; one that was begun there but not yet sent when its worker died counts as lost too.
    assert len(recorded) <= script.requests.total() <= len(calls)

    async with Phoenix(stack.settings()) as phoenix:
        for id in ids:
            execution = await stack.until(id)
            kept = [c for c in recorded if c.execution_id == id]

            async def complete(id: str = execution.trace_id or "") -> object:
                trace = await phoenix.trace(id)
                return trace if trace and trace.roots == 1 else None

            trace = await eventually(complete)
            assert sorted(trace.call_span_ids) == sorted(c.span_id or "" for c in kept)  # type: ignore[attr-defined]
            assert trace.output_tokens == execution.usage.output == sum(c.usage.output for c in kept)  # type: ignore[attr-defined]


async def test_an_execution_in_review_outlives_the_temporal_server_and_the_worker(own_stack: Stack) -> None:
    stack = own_stack
    (id,) = await stack.submit({"patient.pdf": invoice_pdf("PATIENT-1", gross="131.00")})
    before = await stack.until(id, Status.REVIEW)
    stack.kill_temporal()
    stack.kill_worker()
    stack.start_temporal()
    stack.start_worker()
    handle = await stack.handle(id)
    answer = ReviewAnswer(action="correct", reviewer="ada", corrections=CORRECTED)
    await asyncio.wait_for(handle.execute_update("review", answer), 60)
    after = await stack.until(id)
    assert after.status is Status.APPROVED
    assert after.model_calls == before.model_calls
    assert after.cost == before.cost
    assert max(stack.endpoint.script.paid.values()) == 1

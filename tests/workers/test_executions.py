"""An invoice's way through the whole stack, and what an operator sees of it."""

from __future__ import annotations

import asyncio
from decimal import Decimal

import pytest
from temporalio.client import WorkflowExecutionStatus, WorkflowUpdateFailedError

from infra.ledger import Ledger
from infra.records import Execution, Status
from infra.telemetry.phoenix import Phoenix
from infra.temporal import search_attributes
from tests.scripted.invoices import CORRECTED, invoice_pdf
from tests.stack import CALLS, PhoenixServer, Stack, eventually
from workers.office import verification
from workflows.messages import ReviewAnswer


@pytest.fixture(scope="module")
def phoenix_port(phoenix: PhoenixServer) -> int | None:
    return phoenix.port


async def test_a_sound_invoice_is_approved_and_posted_once(stack: Stack) -> None:
    (id,) = await stack.submit({"sound.pdf": invoice_pdf("SOUND-1")})
    execution = await stack.until(id)
    assert execution.status is Status.APPROVED
    assert (execution.vendor, execution.number, execution.amount) == (
        "Northwind Papers Ltd",
        "SOUND-1",
        Decimal("120.00"),
    )
    async with Ledger(stack.settings().ledger) as ledger:
        postings = await ledger.posted("tests", number="SOUND-1")
    assert [p.execution_id for p in postings] == [id]
    evidence = {path: field["evidence"] for path, field in execution.result["fields"].items()}
    printed = [found for found in evidence.values() if found.get("locator") in (None, "table")]
    assert len(printed) > 10
    assert all(found.get("page") == 1 and found.get("box") for found in printed)
    assert {found["source"] for found in evidence.values()} == {"rule"}


async def test_state_ledger_and_phoenix_agree_on_calls_tokens_and_cost(stack: Stack) -> None:
    ids = await stack.submit({f"agree-{n}.pdf": invoice_pdf(f"AGREE-{n}") for n in range(4)})
    for id in ids:
        recorded = await stack.until(id)
        result: Execution = await (await stack.client()).get_workflow_handle(id, result_type=Execution).result()
        calls = await stack.calls(id)
        assert len(calls) == CALLS == recorded.model_calls == result.model_calls
        assert sum(c.usage.total for c in calls) == recorded.usage.total == result.usage.total > 0
        assert sum((c.cost or Decimal(0)) for c in calls) == recorded.cost == result.cost
        async with Phoenix(stack.settings()) as phoenix:
            trace = await eventually(lambda p=phoenix, r=recorded: _ended_trace(p, r.trace_id or ""))  # type: ignore[misc]
        assert trace.roots == 1
        assert sorted(trace.call_span_ids) == sorted(c.span_id or "" for c in calls)
        assert (trace.prompt_tokens, trace.cached_tokens, trace.output_tokens) == (
            recorded.usage.prompt,
            recorded.usage.cached,
            recorded.usage.output,
        )
        assert trace.cost == pytest.approx(float(recorded.cost or 0), abs=1e-12)


async def _ended_trace(phoenix: Phoenix, trace_id: str):  # type: ignore[no-untyped-def]
    trace = await phoenix.trace(trace_id)
    return trace if trace and trace.roots else None


async def test_an_operator_can_filter_executions_and_read_what_goes_on(stack: Stack) -> None:
    (id,) = await stack.submit({"shown.pdf": invoice_pdf("SHOWN-1", gross="131.00")}, batch="shown")
    await stack.until(id, Status.REVIEW)
    client = await stack.client()
    query = "Batch = 'shown' AND DocumentStatus = 'review' AND Decision = 'review' AND Amount > 130 AND Tokens > 0 AND Cost > 0"

    async def listed() -> list[str]:
        return [w.id async for w in client.list_workflows(query)]

    assert await eventually(listed) == [id]
    described = await client.get_workflow_handle(id).describe()
    assert described.typed_search_attributes[search_attributes.DOCUMENT] == "shown.pdf"
    metadata = await client.get_workflow_handle(id).query("__temporal_workflow_metadata")
    details = str(metadata)
    assert "review" in details
    assert "Trace in Phoenix" in details
    assert "100.00" in details
    assert "131.00" in details


async def test_a_person_corrects_approves_and_rejects_and_nonsense_is_refused(stack: Stack) -> None:
    files = {f"review-{n}.pdf": invoice_pdf(f"REVIEW-{n}", gross="131.00") for n in range(3)}
    corrected, approved, rejected = await stack.submit(files)
    for id in (corrected, approved, rejected):
        waiting = await stack.until(id, Status.REVIEW)
        assert waiting.model_calls == CALLS  # there is one tier, and none is asked again what it has answered
        said = await verification._stub(await stack.client(), waiting)
        assert isinstance(said, Execution), said
        assert (said.model_calls, said.usage, said.cost) == (waiting.model_calls, waiting.usage, waiting.cost)
    answers = {
        corrected: ReviewAnswer(action="correct", reviewer="ada", corrections=CORRECTED),
        approved: ReviewAnswer(action="approve", reviewer="ada", reason="the vendor confirmed it"),
        rejected: ReviewAnswer(action="reject", reviewer="ada", reason="never ordered"),
    }
    for nonsense in (
        ReviewAnswer(action="correct", reviewer="ada", corrections={"totals.grand_totl": "1"}),
        ReviewAnswer(action="correct", reviewer="ada", corrections={"totals.grand_total": "120,00"}),
        ReviewAnswer(action="correct", reviewer="ada"),
        ReviewAnswer(action="reject", reviewer="ada"),
    ):
        with pytest.raises(WorkflowUpdateFailedError):
            await (await stack.handle(corrected)).execute_update("review", nonsense)
    for id, answer in answers.items():
        await (await stack.handle(id)).execute_update("review", answer)
    assert (await stack.until(corrected)).status is Status.APPROVED
    execution = await stack.until(approved)
    assert (execution.status, execution.decided_by) == (Status.APPROVED, "ada")
    execution = await stack.until(rejected)
    assert (execution.status, execution.reasons) == (Status.REJECTED, ["rejected by ada: never ordered"])
    with pytest.raises(Exception, match="completed"):
        await (await stack.handle(rejected)).execute_update("review", answers[approved])


async def test_no_payload_in_the_history_holds_the_text_of_the_document(stack: Stack) -> None:
    secret = "The quick brown fox pays no invoice"
    (id,) = await stack.submit({"small.pdf": invoice_pdf("SMALL-1", extra=secret)})
    await stack.until(id)
    history = await (await stack.handle(id)).fetch_history()
    assert secret not in history.to_json()
    assert max(len(e.SerializeToString()) for e in history.events) < 64_000


async def test_the_same_bytes_are_one_execution_whoever_hands_them_in(stack: Stack) -> None:
    files = {f"same-{n}.pdf": invoice_pdf(f"SAME-{n}") for n in range(3)}
    first, second = await asyncio.gather(stack.submit(files, batch="one"), stack.submit(files, batch="two"))
    assert first == second
    for id in first:
        await stack.until(id)
    again = await stack.submit(files, batch="three")
    assert again == first
    assert len(stack.endpoint.script.shapes) == 3 * CALLS
    elsewhere = await stack.submit(files, tenant="another")
    assert not set(elsewhere) & set(first)


async def test_a_document_that_cannot_be_read_fails_with_words_a_person_can_act_on(stack: Stack) -> None:
    (id,) = await stack.submit({"broken.pdf": b"%PDF-1.7 and no more"})
    execution = await stack.until(id)
    assert execution.status is Status.FAILED
    assert execution.error
    assert "Traceback" not in execution.error
    handle = await stack.handle(id)

    async def failed() -> bool:
        return (await handle.describe()).status is WorkflowExecutionStatus.FAILED

    assert await eventually(failed)

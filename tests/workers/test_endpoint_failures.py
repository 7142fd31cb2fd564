"""What a user sees, and what is paid, when the model endpoint fails: each way it can."""

from __future__ import annotations

from collections import Counter

import pytest

from infra.records import CallStatus, Status
from tests.scripted.endpoint import Script
from tests.scripted.invoices import invoice_pdf
from tests.stack import CALLS, Stack, free_ports


@pytest.mark.parametrize(
    ("mode", "status", "words", "outcomes", "paid"),
    [
        ("refuse", 400, "refused the request (400", {CallStatus.REFUSED: 1}, 0),
        ("refuse", 401, "refused the request (401", {CallStatus.REFUSED: 1}, 0),
        ("busy", 429, "is busy or failing (429", {CallStatus.REFUSED: 3}, 0),
        ("busy", 503, "is busy or failing (503", {CallStatus.REFUSED: 3}, 0),
        ("hang", None, "gave no answer within 3 s", {CallStatus.LOST: 3}, 0),
        ("cut", None, "cut the connection", {CallStatus.LOST: 3}, 3),
        ("garbage", None, "no chat completion: <html>", {CallStatus.LOST: 3}, 3),
    ],
)
async def test_an_endpoint_that_stays_broken_ends_in_a_failed_execution_that_says_so(
    stack: Stack, mode: str, status: int | None, words: str, outcomes: dict[CallStatus, int], paid: int
) -> None:
    stack.endpoint.script = Script(mode=mode, status=status)
    files = {"failing.pdf": invoice_pdf(f"FAIL-{mode}-{status}-1")}
    (id,) = await stack.submit(files, ask="open")  # one call
    execution = await stack.until(id)
    assert execution.status is Status.FAILED
    assert words in (execution.error or "")
    assert Counter(c.status for c in await stack.calls(id)) == outcomes
    assert stack.endpoint.script.paid.total() == paid

    stack.endpoint.script = Script()
    assert await stack.submit(files, ask="open") == [id]
    execution = await stack.until(id, Status.APPROVED)
    assert execution.error is None


async def test_an_endpoint_that_is_busy_for_a_while_is_asked_again_and_paid_once(stack: Stack) -> None:
    stack.endpoint.script = Script(mode="busy", status=503, times=2)
    (id,) = await stack.submit({"busy.pdf": invoice_pdf("BUSY-1")})
    assert (await stack.until(id)).status is Status.APPROVED
    assert stack.endpoint.script.paid.total() == CALLS
    assert max(stack.endpoint.script.paid.values()) == 1


async def test_an_unusable_answer_is_paid_once_asked_for_differently_and_left_to_a_person(stack: Stack) -> None:
    stack.endpoint.script = Script(mode="prose", only="Totals")
    (id,) = await stack.submit({"nonsense.pdf": invoice_pdf("NONSENSE-1")})
    execution = await stack.until(id, Status.REVIEW)
    assert any("totals" in reason for reason in execution.reasons)
    calls = Counter(c.status for c in await stack.calls(id))
    assert calls[CallStatus.INVALID] == stack.endpoint.script.shapes.count("Totals") == 2
    assert max(stack.endpoint.script.paid.values()) == 1


async def test_what_was_answered_before_a_failure_is_not_paid_for_again(stack: Stack) -> None:
    stack.endpoint.script = Script(mode="refuse", only="Lines")
    files = {"again.pdf": invoice_pdf("AGAIN-1")}
    (id,) = await stack.submit(files)
    assert (await stack.until(id)).status is Status.FAILED
    stack.endpoint.script.mode = "answer"
    await stack.submit(files)
    execution = await stack.until(id, Status.APPROVED)
    assert max(stack.endpoint.script.paid.values()) == 1
    completed = [c for c in await stack.calls(id) if c.status is CallStatus.COMPLETED]
    assert sum(c.usage.total for c in completed) == execution.usage.total


@pytest.mark.exhaustive
async def test_an_endpoint_that_is_down_is_named_with_the_next_step(stack: Stack) -> None:
    (closed,) = free_ports(1)
    original = stack.environment["COUNTERFOIL_MODEL_URL"]
    stack.kill_worker()
    stack.process_environment["COUNTERFOIL_MODEL_URL"] = f"http://127.0.0.1:{closed}/v1"
    try:
        stack.start_worker()
        (id,) = await stack.submit({"down.pdf": invoice_pdf("DOWN-1")})
        execution = await stack.until(id)
        assert execution.status is Status.FAILED
        assert "cannot be reached" in (execution.error or "")
        assert "counterfoil doctor" in (execution.error or "")
        assert stack.endpoint.script.paid.total() == 0
    finally:
        stack.process_environment["COUNTERFOIL_MODEL_URL"] = original
        stack.kill_worker()
        stack.start_worker()

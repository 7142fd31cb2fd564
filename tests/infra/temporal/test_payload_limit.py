"""What Temporal does not carry ends in one failure that says so: no retries, and no workflow that hangs."""

from __future__ import annotations

import asyncio
from collections import Counter
from datetime import timedelta

import pytest
from temporalio import activity, workflow
from temporalio.client import Client, WorkflowFailureError
from temporalio.contrib.pydantic import pydantic_data_converter
from temporalio.worker import Worker

from infra.temporal.payload_limit import LARGEST_BYTES, PayloadLimit

TOO_LARGE = 3_000_000
QUEUE = "sizes"
ran: Counter[str] = Counter()


@activity.defn
async def make(size: int) -> str:
    ran["make"] += 1
    return "x" * size


@activity.defn
async def take(text: str) -> int:
    ran["take"] += 1
    return len(text)


@workflow.defn(sandboxed=False)
class Sizes:
    @workflow.run
    async def run(self, how: str, size: int) -> int:
        limit = timedelta(seconds=20)
        if how == "result":
            return len(await workflow.execute_activity(make, size, start_to_close_timeout=limit))
        if how == "local result":
            return len(await workflow.execute_local_activity(make, size, start_to_close_timeout=limit))
        if how == "local input":
            return await workflow.execute_local_activity(take, "x" * size, start_to_close_timeout=limit)
        if how == "inputs at once":
            steps = (workflow.execute_activity(take, "x" * size, start_to_close_timeout=limit) for _ in range(3))
            return sum(await asyncio.gather(*steps))
        return await workflow.execute_activity(take, "x" * size, start_to_close_timeout=limit)


async def outcome(client: Client, how: str, size: int) -> int:
    """What the workflow returns, in a worker with the limit."""
    ran.clear()
    made = Client(client.service_client, namespace=client.namespace, data_converter=pydantic_data_converter)
    async with Worker(
        made, task_queue=QUEUE, workflows=[Sizes], activities=[make, take], interceptors=[PayloadLimit()]
    ):
        started = await made.start_workflow(Sizes.run, args=[how, size], id=f"{how} {size}", task_queue=QUEUE)
        return await asyncio.wait_for(started.result(), 20)


@pytest.mark.parametrize(("how", "times"), [("result", {"make": 1}), ("local result", {"make": 1}), ("input", {})])
async def test_what_is_too_large_fails_at_once_and_says_what_to_do(
    client: Client, how: str, times: dict[str, int]
) -> None:
    with pytest.raises(WorkflowFailureError) as raised:
        await outcome(client, how, TOO_LARGE)
    told: BaseException = raised.value
    while told.__cause__:
        told = told.__cause__
    assert "3.0 MB, more than the 2.1 MB that Temporal carries" in str(told)
    assert "Hand it in as several smaller ones" in str(told)
    assert ran == times


@pytest.mark.parametrize("how", ["result", "local result", "input"])
async def test_what_just_fits_is_carried(client: Client, how: str) -> None:
    size = LARGEST_BYTES - 100
    assert await outcome(client, how, size) == size


async def test_steps_that_begin_together_share_what_a_message_holds(client: Client) -> None:
    assert await outcome(client, "inputs at once", 1_300_000) == 3 * 1_300_000
    with pytest.raises(WorkflowFailureError) as raised:
        await outcome(client, "inputs at once", 1_500_000)
    assert "with those that begin beside it comes to 4.5 MB, more than the 4.1 MB" in str(raised.value.__cause__)


async def test_what_a_local_activity_is_given_may_be_of_any_size(client: Client) -> None:
    assert await outcome(client, "local input", TOO_LARGE) == TOO_LARGE

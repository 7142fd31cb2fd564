"""Of the activities that wait for a model call, the urgent go first, and tenants take turns by their weight."""

from __future__ import annotations

import asyncio
from typing import Any

from temporalio import activity
from temporalio.client import Client, WorkflowHandle
from temporalio.common import Priority
from temporalio.worker import Worker

from .conftest import MODELS, Document


async def order_of(client: Client, *batches: tuple[str, int, Priority]) -> str:
    """The order in which documents get their model call, one at a time, as the letters of the ``batches`` handed in."""
    order: list[str] = []

    @activity.defn(name="call")
    async def call(name: str) -> None:
        order.append(name)

    async with Worker(client, task_queue="documents", workflows=[Document]):
        running = []
        for name, count, priority in batches:
            started = (
                client.start_workflow(
                    Document.run, args=[name, 1], id=f"{name}{n}", task_queue="documents", priority=priority
                )
                for n in range(count)
            )
            begun = await asyncio.gather(*started)
            await asyncio.gather(*(until_it_waits(each) for each in begun))
            running += begun
        await asyncio.sleep(0.2)  # from the history into the task queue
        async with Worker(
            client,
            task_queue=MODELS,
            activities=[call],
            max_concurrent_activities=1,
            max_concurrent_activity_task_polls=1,
        ):
            await asyncio.gather(*(each.result() for each in running))
    return "".join(order)


async def until_it_waits(document: WorkflowHandle[Any, Any]) -> None:
    async with asyncio.timeout(10):
        while not (await document.describe()).raw_description.pending_activities:
            await asyncio.sleep(0.02)


async def test_the_urgent_go_first_and_a_small_tenant_does_not_wait_for_a_large_one(client: Client) -> None:
    order = await order_of(
        client,
        ("A", 30, Priority(priority_key=3, fairness_key="large")),
        ("B", 6, Priority(priority_key=3, fairness_key="small")),
        ("U", 1, Priority(priority_key=1, fairness_key="large")),
    )
    assert len(order) == 37
    assert order.index("U") <= 1  # one may have been handed out before
    assert order.rindex("B") <= 15, order


async def test_a_tenant_of_three_times_the_weight_gets_three_calls_for_one(client: Client) -> None:
    order = await order_of(
        client,
        ("A", 16, Priority(fairness_key="one")),
        ("B", 12, Priority(fairness_key="three", fairness_weight=3)),
    )
    assert 7 <= order[:12].count("B") <= 10, order

"""What belongs to another installation is handed back, and a task queue belongs to one: whatever two are pointed at it."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from pydantic import BaseModel
from temporalio import activity, workflow
from temporalio.client import Client, WorkflowHandle, WorkflowQueryFailedError
from temporalio.common import RetryPolicy
from temporalio.contrib.pydantic import pydantic_data_converter
from temporalio.service import RPCError
from temporalio.worker import UnsandboxedWorkflowRunner, Worker

from infra.records import Installation
from infra.temporal.own_work import OwnWork, offered_again
from infra.temporal.queues import BelongsToAnother, hold, hold_while_met, holder_of, holders

QUEUE = "one-for-both"
OURS, THEIRS = (Installation(id=name * 4, since=datetime.now(UTC)) for name in ("abc", "def"))
UNNAMED = Installation(id="012" * 4, unnamed=True, since=datetime.now(UTC))


class Order(BaseModel):
    installation: str | None


@workflow.defn
class Paid:
    """Waits until it is told, then has its activity say which ledger it was written to."""

    def __init__(self) -> None:
        self._told = ""

    @workflow.run
    async def run(self, order: Order) -> str:
        await workflow.wait_condition(lambda: bool(self._told))
        written: str = await workflow.execute_activity(
            "write",
            start_to_close_timeout=timedelta(seconds=10),
            retry_policy=RetryPolicy(initial_interval=timedelta(milliseconds=10), maximum_attempts=1_000),
        )
        return f"{self._told} {written}"

    @workflow.update
    def tell(self, word: str) -> str:
        self._told = word
        return word

    @workflow.signal
    def say(self, word: str) -> None:
        self._told = word

    @workflow.query
    def told(self) -> str:
        return self._told


@workflow.defn
class EightAttempts:
    """Has its activity run, as an agent's step is: eight times at most."""

    @workflow.run
    async def run(self, order: Order) -> str:
        written: str = await workflow.execute_activity(
            "write", start_to_close_timeout=timedelta(seconds=10), retry_policy=RetryPolicy(maximum_attempts=8)
        )
        return written


@pytest.fixture
async def client(client: Client) -> Client:  # with the converter that orders travel by
    return await another(client)


async def another(client: Client) -> Client:
    """A connection of its own, as another process has."""
    return await Client.connect(client.service_client.config.target_host, data_converter=pydantic_data_converter)


async def worker(client: Client, of: Installation, *, met: asyncio.Event | None = None, writes: bool = True) -> Worker:
    """Of an installation; ``met`` is set when it meets another's work."""

    @activity.defn
    async def write() -> str:
        return of.id

    loop, heard = asyncio.get_running_loop(), met or asyncio.Event()
    return Worker(
        await another(client),
        task_queue=QUEUE,
        workflows=[Paid, EightAttempts],
        activities=[write] if writes else [],
        interceptors=[OwnWork(of, lambda: loop.call_soon_threadsafe(heard.set))],
        workflow_runner=UnsandboxedWorkflowRunner(),
    )


async def test_two_installations_at_one_queue_end_each_its_own(client: Client) -> None:
    async with await worker(client, OURS), await worker(client, THEIRS):
        begun = {
            (of.id, n): await client.start_workflow(
                Paid.run,
                Order(installation=of.id),
                id=f"{of.id} {n}",
                task_queue=QUEUE,
                start_signal="say",
                start_signal_args=["go"],
            )
            for n in range(2)
            for of in (OURS, THEIRS)
        }
        ended = {of: await handle.result() for of, handle in begun.items()}
    assert ended == {(of, n): f"go {of}" for of, n in begun}


async def test_anothers_workflow_fails_nothing_and_waits_for_its_own(client: Client) -> None:
    waiting = await client.start_workflow(Paid.run, Order(installation=OURS.id), id="waiting", task_queue=QUEUE)
    async with await worker(client, OURS):
        assert await waiting.query(Paid.told) == ""
    async with await worker(client, THEIRS):
        with pytest.raises(WorkflowQueryFailedError, match="left to a worker of its own"):
            await waiting.query(Paid.told)
        telling = asyncio.create_task(_tell(waiting, "late"))
        async with await worker(client, OURS):
            assert await telling == "late"
            assert await waiting.result() == f"late {OURS.id}"


async def test_a_worker_at_anothers_queue_ends_before_the_attempts_of_what_it_handed_back_do(client: Client) -> None:
    await hold(client, QUEUE, OURS)
    met = asyncio.Event()
    stranger = await worker(client, THEIRS, met=met)
    begun = await client.start_workflow(EightAttempts.run, Order(installation=OURS.id), id="eight", task_queue=QUEUE)
    async with await worker(client, OURS, writes=False):
        async with stranger:
            with pytest.raises(BelongsToAnother, match=OURS.id):
                await asyncio.wait_for(hold_while_met(client, QUEUE, THEIRS, met, pause=0), 30)
        async with await worker(client, OURS):
            assert await asyncio.wait_for(begun.result(), 60) == OURS.id


def test_what_anothers_worker_left_is_offered_for_hours_within_eight_attempts() -> None:
    waits = [offered_again(attempt) for attempt in range(1, 9)]
    assert waits[0] == timedelta(seconds=1)
    assert waits == sorted(waits)
    assert timedelta(hours=1) < sum(waits[:7], timedelta()) < timedelta(hours=8)
    assert offered_again(10_000) == timedelta(hours=1)


async def _tell(waiting: WorkflowHandle[Any, str], word: str) -> str:
    while True:
        try:
            return await waiting.execute_update(Paid.tell, word)
        except (
            RPCError
        ) as error:  # after some tries Temporal says that the task has failed, and asks to try again later
            if "in failed state" not in error.message:
                raise
            await asyncio.sleep(0.5)


@pytest.mark.parametrize(
    ("of", "order", "taken"),
    [
        (OURS, OURS.id, True),
        (OURS, None, False),
        (UNNAMED, None, True),
        (UNNAMED, UNNAMED.id, True),
        (UNNAMED, OURS.id, False),
    ],
)
def test_what_does_not_say_whose_it_is_belongs_to_who_began_before(
    of: Installation, order: str | None, taken: bool
) -> None:
    assert of.owns(order) is taken


async def test_a_queue_is_held_by_whoever_came_first_and_by_one_of_many_at_once(client: Client) -> None:
    assert await holder_of(client, "first") is None
    came = await asyncio.gather(*(hold(client, "first", of) for of in (OURS, THEIRS) * 4), return_exceptions=True)
    first = await holder_of(client, "first")
    assert [error is None for error in came] == [of.id == first for of in (OURS, THEIRS) * 4]
    told = next(str(error) for error in came if isinstance(error, BelongsToAnother))
    for word in ("first", OURS.id, THEIRS.id, "COUNTERFOIL_TASK_QUEUE", "delete the schedule"):
        assert word in told
    await hold(client, "second", OURS)
    while len(await holders(client)) < 2 and first != OURS.id:
        await asyncio.sleep(0.1)
    assert await holders(client) == {OURS.id, first}

"""What reaches a batch as one of its runs ends: nothing is lost between two runs, nor behind the last. The activities are played,
and no worker takes workflow tasks while the test brings about what one task is then to find all at once."""

from __future__ import annotations

import asyncio
import sysconfig
import uuid
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial
from typing import Any

import pytest
import pytest_asyncio
from temporalio import activity
from temporalio.client import Client, WorkflowExecutionStatus, WorkflowHandle
from temporalio.contrib.pydantic import pydantic_data_converter
from temporalio.testing import WorkflowEnvironment
from temporalio.worker import UnsandboxedWorkflowRunner, Worker

from infra.records import BatchProgress
from tests.stack import eventually
from workflows import batch
from workflows.batch import CANCEL, FEED, BatchOrder, BatchWorkflow

pytestmark = pytest.mark.asyncio(loop_scope="module")
ON, OFF = BatchProgress(tenant="acme", batch="b", documents=9, to_begin=9), BatchProgress(tenant="acme", batch="b")


class PlayedBatch:
    """A batch whose feedings end when and as the test says."""

    def __init__(self, client: Client) -> None:
        self._client = client
        self._queue = f"batches {uuid.uuid4().hex[:6]}"
        self.fed: list[BatchOrder] = []
        self.cancelled: list[BatchOrder] = []
        self.ends: asyncio.Queue[BatchProgress] = asyncio.Queue()
        self.may_cancel = asyncio.Event()
        self.may_cancel.set()

    @activity.defn(name=FEED)
    async def feed(self, order: BatchOrder) -> BatchProgress:
        self.fed.append(order)
        while self.ends.empty():
            activity.heartbeat()
            await asyncio.sleep(0.05)
        return self.ends.get_nowait()

    @activity.defn(name=CANCEL)
    async def cancel(self, order: BatchOrder) -> BatchProgress:
        self.cancelled.append(order)
        await self.may_cancel.wait()
        return OFF

    async def begin(self) -> WorkflowHandle[Any, Any]:
        order = BatchOrder(tenant="acme", batch="b")
        begun = await self._client.start_workflow(BatchWorkflow.run, order, id=self._queue, task_queue=self._queue)
        return self._client.get_workflow_handle(begun.id)

    @asynccontextmanager
    async def activities(self) -> AsyncIterator[None]:
        async with Worker(self._client, task_queue=self._queue, activities=[self.feed, self.cancel]):
            yield

    @asynccontextmanager
    async def workflows(self) -> AsyncIterator[None]:
        async with Worker(
            self._client,
            task_queue=self._queue,
            workflows=[BatchWorkflow],
            workflow_runner=UnsandboxedWorkflowRunner(),
            max_cached_workflows=0,
        ):
            yield

    async def times_fed(self, times: int) -> None:
        async def looked() -> bool:
            return len(self.fed) >= times

        await eventually(looked, 20)

    async def feeding_ends(self, as_: BatchProgress) -> None:
        """Returns once that stands in the history, which no worker has seen yet."""
        self.ends.put_nowait(as_)
        await eventually(partial(self._last_event, "EVENT_TYPE_ACTIVITY_TASK_COMPLETED"), 20)

    async def _last_event(self, kind: str) -> bool:
        from temporalio.api.enums.v1 import EventType

        events = (await self._client.get_workflow_handle(self._queue).fetch_history()).events
        return any(EventType.Name(event.event_type) == kind for event in events[-2:])


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def client() -> AsyncIterator[Client]:
    async with await WorkflowEnvironment.start_local(
        dev_server_existing_path=sysconfig.get_path("scripts") + "/temporal", data_converter=pydantic_data_converter
    ) as environment:
        yield environment.client


@pytest_asyncio.fixture(loop_scope="module")
async def played(client: Client) -> AsyncIterator[PlayedBatch]:
    played = PlayedBatch(client)
    async with played.activities():
        yield played


async def ended(handle: WorkflowHandle[Any, Any]) -> WorkflowExecutionStatus | None:
    """How its last run ended."""
    await asyncio.wait_for(handle.result(), 20)
    return (await handle.describe()).status


async def given(handle: WorkflowHandle[Any, Any], update: str) -> asyncio.Task[Any]:
    """An update that the server has and no worker yet."""
    sent = asyncio.create_task(handle.execute_update(update))
    await asyncio.sleep(1)
    return sent


@pytest.mark.parametrize("events", [0, 2_000], ids=["as it goes on as new", "in a run that goes on"])
@pytest.mark.parametrize("progress", [ON, OFF], ids=["with more to do", "with nothing left to do"])
@pytest.mark.parametrize("by", ["update", "temporal"])
async def test_a_cancellation_that_comes_as_the_feeding_ends_is_carried_out(
    played: PlayedBatch, monkeypatch: pytest.MonkeyPatch, by: str, progress: BatchProgress, events: int
) -> None:
    monkeypatch.setattr(batch, "_EVENTS_A_RUN", events)
    async with played.workflows():
        handle = await played.begin()
        await played.times_fed(1)
    await played.feeding_ends(progress)
    if by == "update":
        sent = await given(handle, "cancel")
    else:
        await handle.cancel()
    async with played.workflows():
        assert await ended(handle) is WorkflowExecutionStatus.COMPLETED
        if by == "update":
            assert await sent == "cancelled"
    assert (len(played.fed), len(played.cancelled)) == (1, 1)


@pytest.mark.parametrize("events", [0, 2_000], ids=["as it goes on as new", "in a run that goes on"])
async def test_documents_that_come_as_the_last_feeding_ends_are_begun(
    played: PlayedBatch, monkeypatch: pytest.MonkeyPatch, events: int
) -> None:
    monkeypatch.setattr(batch, "_EVENTS_A_RUN", events)
    async with played.workflows():
        handle = await played.begin()
        await played.times_fed(1)
    await played.feeding_ends(OFF)
    await handle.signal("more")
    async with played.workflows():
        await played.times_fed(2)
        played.ends.put_nowait(OFF)
        assert await ended(handle) is WorkflowExecutionStatus.COMPLETED
    assert len(played.fed) == 2


@pytest.mark.parametrize("events", [0, 2_000], ids=["as it goes on as new", "in a run that goes on"])
@pytest.mark.parametrize("progress", [ON, OFF], ids=["with more to do", "with nothing left to do"])
async def test_a_pause_that_comes_as_the_feeding_ends_holds_the_next_run_until_it_is_resumed(
    played: PlayedBatch, monkeypatch: pytest.MonkeyPatch, progress: BatchProgress, events: int
) -> None:
    monkeypatch.setattr(batch, "_EVENTS_A_RUN", events)
    async with played.workflows():
        handle = await played.begin()
        await played.times_fed(1)
    await played.feeding_ends(progress)
    sent = await given(handle, "pause")
    async with played.workflows():
        assert await sent == "paused"
        assert (await handle.query("order"))["paused"]
        assert len(played.fed) == 1
        await handle.execute_update("resume")
        await played.times_fed(2)
        played.ends.put_nowait(OFF)
        assert await ended(handle) is WorkflowExecutionStatus.COMPLETED


async def test_a_feeding_cut_short_by_a_pause_that_was_soon_over_does_not_end_the_batch(played: PlayedBatch) -> None:
    async with played.workflows():
        handle = await played.begin()
        await played.times_fed(1)
        await handle.execute_update("pause")
        await handle.execute_update("resume")
        await played.times_fed(2)
        played.ends.put_nowait(OFF)
        assert await ended(handle) is WorkflowExecutionStatus.COMPLETED


async def _more_during_a_cancellation(played: PlayedBatch) -> WorkflowHandle[Any, Any]:
    """A batch that is being cancelled, and has been told meanwhile that there are more documents."""

    async def cancelling() -> bool:
        return bool(played.cancelled)

    handle = await played.begin()
    await played.times_fed(1)
    await handle.execute_update("cancel", "wrong folder")
    await eventually(cancelling, 20)
    await handle.signal("more")
    return handle


async def test_a_second_cancellation_takes_what_came_during_the_first(played: PlayedBatch) -> None:
    played.may_cancel.clear()
    async with played.workflows():
        handle = await _more_during_a_cancellation(played)
        await handle.execute_update("cancel", "wrong again")
        await handle.cancel()  # and an operator, who sees that it still runs
        await asyncio.sleep(0.5)
        played.may_cancel.set()
        assert await ended(handle) is WorkflowExecutionStatus.COMPLETED
    assert [order.note for order in played.cancelled] == ["wrong folder", "wrong again"]
    assert len(played.fed) == 1


async def test_what_is_handed_in_during_a_cancellation_and_paused_waits_in_the_next_run(played: PlayedBatch) -> None:
    played.may_cancel.clear()
    async with played.workflows():
        handle = await _more_during_a_cancellation(played)
        await handle.execute_update("pause", "look first")
        played.may_cancel.set()

        async def waits() -> bool:
            return (await handle.describe()).run_id != first and (await handle.query("order"))["paused"]

        first = (await handle.describe()).run_id
        await eventually(waits, 20)
        assert len(played.fed) == 1
        await handle.execute_update("resume")
        await played.times_fed(2)
        assert played.fed[1].note is None
        played.ends.put_nowait(OFF)
        await ended(handle)

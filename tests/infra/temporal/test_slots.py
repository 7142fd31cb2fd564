"""A worker takes as many activities as there is room for model calls, and a few to stand ready."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any, cast

import pytest
from temporalio import activity
from temporalio.client import Client
from temporalio.worker import (
    FixedSizeSlotSupplier,
    SlotPermit,
    SlotReleaseContext,
    SlotReserveContext,
    Worker,
    WorkerTuner,
)

from agents.documents import TURNS
from infra.temporal.slots import MOST_WAITING, ModelCallSlots, ReadingSlots

from .conftest import MODELS, Document

ANY = cast(SlotReserveContext, None)


class Room:
    """A limit that is set by hand."""

    def __init__(self, size: int) -> None:
        self._size = size
        self._changed: list[Callable[[], None]] = []

    @property
    def size(self) -> int:
        return self._size

    def watch(self, changed: Callable[[], None]) -> None:
        self._changed.append(changed)

    def becomes(self, size: int) -> None:
        self._size = size
        for changed in self._changed:
            changed()


class Calls:
    """Activities that run until they are told to end."""

    def __init__(self) -> None:
        self.running = self.done = 0
        self._ending = asyncio.Semaphore(0)

    def end(self, count: int) -> None:
        for _ in range(count):
            self._ending.release()

    @activity.defn(name="call")
    async def call(self, name: str) -> None:
        self.running += 1
        try:
            await self._ending.acquire()
            self.done += 1
        finally:
            self.running -= 1


def worker(client: Client, calls: Calls, slots: ModelCallSlots) -> Worker:
    fixed = FixedSizeSlotSupplier(10)
    tuner = WorkerTuner.create_composite(
        workflow_supplier=fixed, activity_supplier=slots, local_activity_supplier=fixed, nexus_supplier=fixed
    )
    return Worker(client, task_queue=MODELS, workflows=[Document], activities=[calls.call], tuner=tuner)


async def until(true: Callable[[], bool]) -> None:
    async with asyncio.timeout(10):
        while not true():
            await asyncio.sleep(0.01)


async def test_a_worker_takes_as_many_activities_as_the_limit_and_some_to_stand_ready_as_it_rises_and_falls(
    client: Client,
) -> None:
    room, calls = Room(4), Calls()
    slots = ModelCallSlots([room])
    async with worker(client, calls, slots):
        # On the workflow's own task queue, where activities could be handed out past the queue.
        document = await client.start_workflow(Document.run, args=["A", 30], id="A", task_queue=MODELS)
        await until(lambda: calls.running == 4 + 2)
        await asyncio.sleep(0.2)
        assert (calls.running, slots.held) == (6, 6)

        room.becomes(12)
        await until(lambda: calls.running == 12 + 6)

        room.becomes(1)
        calls.end(15)
        await until(lambda: calls.running == 1 + 2)
        await asyncio.sleep(0.2)
        assert calls.running == 3

        calls.end(100)
        await document.result()
    assert calls.done == 30
    await until(lambda: slots.held == 0)


async def test_a_worker_that_stops_gives_back_the_slots_of_its_polls_and_of_what_it_cancels(client: Client) -> None:
    calls = Calls()
    slots = ModelCallSlots([Room(4)])
    async with worker(client, calls, slots):
        await client.start_workflow(Document.run, args=["A", 8], id="A", task_queue=MODELS)
        await until(lambda: calls.running == 6)
    assert calls.running == 0
    await until(lambda: slots.held == 0)


async def test_a_reservation_that_is_cancelled_or_dropped_unseen_takes_no_slot() -> None:
    slots = ModelCallSlots([Room(1)])
    permits = [await slots.reserve_slot(ANY) for _ in range(3)]
    waiting = asyncio.create_task(slots.reserve_slot(ANY))
    late = asyncio.create_task(slots.reserve_slot(ANY))
    await asyncio.sleep(0)
    waiting.cancel()
    release(slots, permits.pop())
    await asyncio.sleep(0)
    late.cancel()  # its turn has come, and it has not noticed yet
    with pytest.raises(asyncio.CancelledError):
        await waiting
    await asyncio.wait([late])
    del late
    await until(lambda: slots.held == 2)
    permits.clear()
    await until(lambda: slots.held == 0)


async def test_a_slot_that_is_released_twice_is_given_back_once() -> None:
    slots = ModelCallSlots([Room(4)])
    permits = [await slots.reserve_slot(ANY) for _ in range(3)]
    release(slots, permits[0])
    release(slots, permits[0])
    await asyncio.sleep(0.01)
    assert slots.held == 2


def release(slots: ModelCallSlots, permit: SlotPermit) -> None:
    slots.release_slot(SlotReleaseContext(slot_info=cast(Any, None), permit=permit))


async def test_a_document_that_waits_for_its_turn_at_recognising_keeps_no_other_from_being_read() -> None:
    slots = ReadingSlots(2, TURNS)
    held = [await slots.reserve_slot(ANY) for _ in range(2)]
    third = asyncio.ensure_future(slots.reserve_slot(ANY))
    await asyncio.sleep(0)
    assert not third.done(), "both slots are at work"
    async with TURNS.turn():
        waits = asyncio.ensure_future(_have_a_turn())
        permit = await asyncio.wait_for(third, 10)
        assert (slots.size, slots.held) == (3, 3)
    await waits
    assert (slots.size, slots.held) == (2, 3), "what was begun goes on; no other begins until there is room again"
    del held, permit


async def test_only_so_many_documents_wait_in_a_worker() -> None:
    slots = ReadingSlots(2, TURNS)
    async with TURNS.turn():
        crowd = [asyncio.ensure_future(_have_a_turn()) for _ in range(MOST_WAITING + 10)]
        await asyncio.sleep(0)
        assert slots.size == 2 + MOST_WAITING
        for waits in crowd:
            waits.cancel()
        await asyncio.gather(*crowd, return_exceptions=True)
    assert (TURNS.waiting, slots.size) == (0, 2)


async def _have_a_turn() -> None:
    async with TURNS.turn():
        pass

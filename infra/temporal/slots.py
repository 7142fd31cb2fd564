"""Slots for activities that make model calls: as many as the endpoints take calls, and a few more that stand ready.

A task that a worker has taken waits in that worker, in the order it came. A task it has not taken waits in Temporal's task
queue, where the urgent go first and tenants take turns. So a worker takes one only when an endpoint is about to have room.
"""

from __future__ import annotations

import asyncio
import math
import weakref
from collections import deque
from collections.abc import Callable, Iterable
from contextlib import suppress
from typing import Protocol

from temporalio.worker import (
    CustomSlotSupplier,
    SlotMarkUsedContext,
    SlotPermit,
    SlotReleaseContext,
    SlotReserveContext,
)

READY_SHARE = 0.5
"""Activities that stand ready, as a share of the calls in flight, so that no place waits for a task to come from the
server. More of them would be out of reach of what is more urgent."""
READY_LEAST = 2
MOST_WAITING = 64
"""Documents that a worker holds, each in its memory, while they wait for their turn."""


class Limit(Protocol):
    """What slots follow, as `infra.models.CallLimit`."""

    @property
    def size(self) -> int:
        """Calls that may be in flight at present."""

    def watch(self, changed: Callable[[], None]) -> None:
        """Call ``changed``, on the worker's event loop, whenever `size` has become another."""


class Waiting(Protocol):
    """Who waits for something else than a core, as `agents.documents.TURNS`."""

    waiting: int

    def watch(self, changed: Callable[[], None]) -> None:
        """Call ``changed``, on the worker's event loop, whenever `waiting` has become another."""


class FollowingSlots(CustomSlotSupplier):
    """As many slots as there are at present. For one worker.

    A number that falls ends nothing: slots are not handed out again until fewer are held than it allows.
    """

    def __init__(self) -> None:
        self._held = 0
        self._turns: deque[asyncio.Future[None]] = deque()
        self._loop: asyncio.AbstractEventLoop | None = None

    @property
    def size(self) -> int:
        """Slots there are at present."""
        raise NotImplementedError

    @property
    def held(self) -> int:
        """Slots that are handed out: of activities that run, and of polls for the next ones."""
        return self._held

    async def reserve_slot(self, ctx: SlotReserveContext) -> SlotPermit:
        """Wait for a slot, first come, first served. The SDK calls this on the worker's event loop."""
        self._loop = asyncio.get_running_loop()
        if not self._turns and self._held < self.size:
            self._held += 1
        else:
            turn: asyncio.Future[None] = self._loop.create_future()
            self._turns.append(turn)
            try:
                await turn  # whoever ends it has counted this slot as held
            except asyncio.CancelledError:
                if turn.done() and not turn.cancelled():
                    self._take_back()
                else:
                    with suppress(ValueError):
                        self._turns.remove(turn)
                raise
        return _Permit(self)

    def try_reserve_slot(self, ctx: SlotReserveContext) -> SlotPermit | None:
        """None: a task that is handed out with the workflow task that made it goes by the queue and its order."""
        return None

    def mark_slot_used(self, ctx: SlotMarkUsedContext) -> None:
        """Held is held, by a poll or by an activity."""

    def release_slot(self, ctx: SlotReleaseContext) -> None:
        """Take a slot back. The SDK calls this on a thread of its own."""
        assert isinstance(ctx.permit, _Permit)
        ctx.permit.give_back()

    def _given_back(self) -> None:
        if self._loop:
            with suppress(RuntimeError):  # the loop has ended, and with it the worker
                self._loop.call_soon_threadsafe(self._take_back)

    def _take_back(self) -> None:
        self._held -= 1
        self._hand_out()

    def _hand_out(self) -> None:
        while self._turns and self._held < self.size:
            turn = self._turns.popleft()
            if not turn.done():
                self._held += 1
                turn.set_result(None)


class ModelCallSlots(FollowingSlots):
    """As many slots as ``limits`` together allow calls in flight, and `READY_SHARE` more."""

    def __init__(self, limits: Iterable[Limit]) -> None:
        super().__init__()
        self._limits = tuple(limits)
        for limit in self._limits:
            limit.watch(self._hand_out)

    @property
    def size(self) -> int:
        calls = sum(limit.size for limit in self._limits)
        return calls + max(READY_LEAST, math.ceil(calls * READY_SHARE))


class ReadingSlots(FollowingSlots):
    """A slot for each document that may be read at once, and one more for each that only ``waits`` for its turn at recognising
    pages: scans that queue there keep no other document from being read."""

    def __init__(self, at_once: int, waits: Waiting) -> None:
        super().__init__()
        self._at_once = at_once
        self._waits = waits
        waits.watch(self._hand_out)

    @property
    def size(self) -> int:
        return self._at_once + min(self._waits.waiting, MOST_WAITING)


class _Permit(SlotPermit):
    """Gives its slot back once: when released, or when the SDK drops it unseen, as it may where a poll is cancelled."""

    def __init__(self, slots: FollowingSlots) -> None:
        self.give_back = weakref.finalize(self, slots._given_back)
        self.give_back.atexit = False

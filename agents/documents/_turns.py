"""Whose turn it is to recognise: it takes a gigabyte and all processors, so two documents at once are slower than two in turn."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from weakref import WeakKeyDictionary


class Turns:
    """One at a time of each event loop, first come, first served. How many wait is told: they use neither a core nor memory
    of note, so whoever counts who is at work does not count them."""

    def __init__(self) -> None:
        self._turns: WeakKeyDictionary[asyncio.AbstractEventLoop, asyncio.Semaphore] = WeakKeyDictionary()
        self._watching: list[Callable[[], None]] = []
        self.waiting = 0

    def watch(self, changed: Callable[[], None]) -> None:
        """Call ``changed``, on the event loop of whoever waits, whenever `waiting` has become another."""
        self._watching.append(changed)

    @asynccontextmanager
    async def turn(self) -> AsyncIterator[None]:
        """Wait for the turn, and have it."""
        semaphore = self._turns.setdefault(asyncio.get_running_loop(), asyncio.Semaphore(1))
        self._count(1)
        try:
            await semaphore.acquire()
        finally:
            self._count(-1)
        try:
            yield
        finally:
            semaphore.release()

    def _count(self, more: int) -> None:
        self.waiting += more
        for changed in self._watching:
            changed()


TURNS = Turns()
"""Of this process."""

"""An endpoint modelled on one that batches, workers that have no end of work for it, and a clock that does not wait."""

from __future__ import annotations

import asyncio
import random
import selectors
from collections import deque
from collections.abc import Coroutine, Iterable
from typing import Any, TypeVar

from infra.models import CallLimit

T = TypeVar("T")


class VirtualLoop(asyncio.SelectorEventLoop):
    """An event loop on which sleeping takes no time."""

    def __init__(self) -> None:
        self._now = 0.0
        selector = selectors.DefaultSelector()
        select = selector.select

        def skip(timeout: float | None = None) -> Any:
            self._now += max(timeout or 0.0, 0.0)
            return select(0)

        selector.select = skip  # type: ignore[method-assign]
        super().__init__(selector)

    def time(self) -> float:
        return self._now


def virtually(main: Coroutine[Any, Any, T]) -> T:
    """What ``main`` returns, run on a `VirtualLoop`."""
    with asyncio.Runner(loop_factory=VirtualLoop) as runner:
        return runner.run(main)


class ModelledEndpoint:
    """Runs ``slots`` calls at once and queues the rest, or rejects what is over ``queue``. A call takes ``seconds`` on
    average, spread widely, and up to ``batching`` of that longer the fuller the batch is."""

    def __init__(self, slots: int, *, seconds: float = 2.0, batching: float = 0.3, queue: int | None = None) -> None:
        self.slots = self.full = slots
        self.running = self.rejected = self.most = 0
        self._seconds, self._batching, self._queue = seconds, batching, queue
        self._waiting: deque[asyncio.Future[None]] = deque()
        self._chance = random.Random(1)
        self._looked: list[tuple[float, int, int, int]] = []

    @property
    def waiting(self) -> int:
        return len(self._waiting)

    async def call(self) -> bool:
        """Whether it took the call; returns when it has answered."""
        if self.running < self.slots:
            self.running += 1
        elif self._queue is not None and self.waiting >= self._queue:
            self.rejected += 1
            return False
        else:
            turn = asyncio.get_running_loop().create_future()
            self._waiting.append(turn)
            self._look()
            await turn
        self._look()
        spread = self._chance.gammavariate(6, 1 / 6)  # a standard deviation of 0.4 of the mean
        await asyncio.sleep(spread * self._seconds * (1 + self._batching * self.running / self.full))
        self.running -= 1
        while self._waiting and self.running < self.slots:
            self.running += 1
            self._waiting.popleft().set_result(None)
        self._look()
        return True

    def becomes(self, slots: int) -> None:
        """More or fewer slots from now on: a replica came, or went."""
        self.slots = self.full = slots

    def _look(self) -> None:
        self.most = max(self.most, self.running + self.waiting)
        self._looked.append((asyncio.get_running_loop().time(), self.running, self.waiting, self.slots))

    def between(self, begin: float, end: float) -> tuple[float, float]:
        """Share of the slots that were busy, and calls in flight as a multiple of the slots, on average over that time."""
        looks = [look for look in self._looked if begin <= look[0] < end]
        busy = flying = 0.0
        for (at, running, waiting, slots), (until, *_) in zip(looks, looks[1:], strict=False):
            busy += (until - at) * running / slots
            flying += (until - at) * (running + waiting) / slots
        return busy / (looks[-1][0] - looks[0][0]), flying / (looks[-1][0] - looks[0][0])


async def true() -> bool:
    return True


def limits(count: int, *, start: int = 8, most: int = 256) -> list[CallLimit]:
    """One for each worker; their clock is the loop's."""
    clock = asyncio.get_running_loop().time
    return [CallLimit(start, most=most, probe=true, chance=random.Random(n), clock=clock) for n in range(count)]


async def working(limits: Iterable[CallLimit], endpoint: ModelledEndpoint, *, told: bool) -> None:
    """Workers that always have more to ask, until this is cancelled; ``told``: they read the endpoint's queue."""
    chance = random.Random(0)

    async def ask(limit: CallLimit) -> None:
        async with limit.place() as place:
            if await endpoint.call():
                place.answered()
            else:
                place.rejected()

    async def work(limit: CallLimit) -> None:
        asked: set[asyncio.Task[None]] = set()
        while True:
            while len(asked) < limit.size * 1.25 + 2:
                asked.add(asyncio.create_task(ask(limit)))
            _, asked = await asyncio.wait(asked, return_when=asyncio.FIRST_COMPLETED)

    async def read(limit: CallLimit) -> None:
        while True:
            await asyncio.sleep(chance.uniform(0.8, 1.2))
            limit.told(running=endpoint.running, waiting=endpoint.waiting)

    async with asyncio.TaskGroup() as group:
        for limit in limits:
            group.create_task(work(limit))
            if told:
                group.create_task(read(limit))


async def over(
    seconds: float, limits: Iterable[CallLimit], endpoint: ModelledEndpoint, *, told: bool, slots: Iterable[int] = ()
) -> None:
    """Work for ``seconds``, and then as long again with each of these numbers of ``slots``."""
    work = asyncio.create_task(working(limits, endpoint, told=told))
    await asyncio.sleep(seconds)
    for number in slots:
        endpoint.becomes(number)
        await asyncio.sleep(seconds)
    work.cancel()
    await asyncio.wait([work])

"""How many calls may be in flight at an endpoint: as many as keep it busy, with a short queue, and no more.

One law and three things that feed it. The law is the one of TCP Vegas (Brakmo and Peterson, 1995) in the form of FAST
TCP (Jin, Wei and Low, 2004): of the calls in flight, some run and some wait at the endpoint; a caller keeps as many as
run, and a tenth more, so that the endpoint never runs dry and never has much to queue. Because every caller of the
endpoint sees the same share wait, and each also keeps a quarter of a call of its own waiting, their limits draw level.

What share waits is told by the endpoint's own queue where it can be read (vLLM's ``/metrics``: `CallLimit.told`).
Elsewhere it is estimated from how long answers take (`infra.models._latency`). An endpoint that rejects calls halves the
limit, as in TCP (RFC 5681), and all of its calls wait; one that cannot be reached is asked by a probe that costs nothing,
not by the calls that wait for it.
"""

from __future__ import annotations

import asyncio
import logging
import math
import random
import time
from collections import deque
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass

from infra.models._latency import QueueFromLatency
from infra.models.errors import EndpointUnreachable

log = logging.getLogger(__name__)

QUEUED_SHARE = 0.1
"""The share of calls in flight that is to wait at the endpoint, so that a place that comes free there is filled at once."""
_QUEUED_EACH = 0.25
"""Calls that each caller keeps waiting beyond that share. It is what makes the limits of several callers draw level."""
_TOLD_SECONDS = 10.0
"""How long what the endpoint told of its queue goes before what latency says."""
_FULL_CACHE = 0.97
"""Share of the KV cache in use from which more calls would push out running ones."""
_LEARNING_GROWTH = 1.25
"""Growth at each look, until something has been seen to wait."""
_CEILING_SECONDS = 60.0
"""How long a limit stays below what was rejected."""
_PAUSE_SECONDS = (0.5, 30.0)
"""First and longest pause after a rejection that names none; doubled with each rejection until a call is answered."""
_PROBE_SECONDS = (0.5, 5.0)
"""First and longest wait between two probes of an endpoint that cannot be reached."""


class CallLimit:
    """The limit of one endpoint in this process. Used from one event loop.

    Args:
        start: Places at first.
        least, most: Bounds of the places. Where all three are equal, the limit is fixed.
        probe: Whether the endpoint can be reached: asks something that costs nothing, and does not raise.
        outage_seconds: How long calls wait for an endpoint that cannot be reached, from when that was noticed.
        chance: Source of the jitter that keeps several processes from moving in step.
        clock: The time of day in seconds, on which the processes that share the endpoint agree.
    """

    def __init__(
        self,
        start: int,
        *,
        least: int = 1,
        most: int = 256,
        probe: Callable[[], Awaitable[bool]],
        outage_seconds: float = 0.0,
        chance: random.Random | None = None,
        clock: Callable[[], float] = time.time,
    ) -> None:
        if not 1 <= least <= start <= most:
            raise ValueError(
                f"a limit of calls starts between its bounds, of which the least is 1: {least=} {start=} {most=}"
            )
        self._size = float(start)
        self._least, self._most = least, most
        self._clock = clock
        self._probe, self._outage_seconds = probe, outage_seconds
        self._chance = chance or random.Random()
        self._in_flight = 0
        self._waiters: deque[asyncio.Future[None]] = deque()
        self._watchers: list[Callable[[], None]] = []
        self._pressed = False
        """Whether a call has had to wait for a place since the limit was last looked at."""
        self._learning = True
        """Until something has been seen to queue, the limit grows quickly."""
        self._latency = QueueFromLatency()
        self._told_at = -math.inf
        self._resumes_at = -math.inf
        self._rejections = 0
        """In a row, without an answer between them."""
        self._trial = False
        """Whether a call is in flight that goes ahead of the others."""
        self._cut_at = -math.inf
        self._ceiling, self._ceiling_until = math.inf, -math.inf
        self._away: _Away | None = None
        self._probing: asyncio.Task[None] | None = None

    @property
    def size(self) -> int:
        """Calls that may be in flight at present."""
        return max(int(self._size) // 2, 1) if self._latency.dips(self._clock()) else int(self._size)

    @property
    def in_flight(self) -> int:
        """Calls that hold a place."""
        return self._in_flight

    @property
    def waiting(self) -> int:
        """Calls that wait for a place."""
        return len(self._waiters)

    @property
    def fixed(self) -> bool:
        """Whether the limit never changes."""
        return self._least == self._most

    @property
    def reachable(self) -> bool:
        """False from when the endpoint could not be reached until it was."""
        return self._away is None

    def watch(self, changed: Callable[[], None]) -> None:
        """Call ``changed``, on this event loop, whenever `size` has become another."""
        self._watchers.append(changed)

    @asynccontextmanager
    async def place(self) -> AsyncIterator[Place]:
        """A place for one call, first come, first served; held until the block ends. Tell it what became of the call.

        Raises:
            EndpointUnreachable: the endpoint could not be reached for ``outage_seconds``. Nothing was sent.
        """
        await self._enter()
        sent_at = _now()
        try:
            yield Place(self, sent_at)
        finally:
            self._leave(sent_at)

    async def until_reachable(self) -> None:
        """Wait while the endpoint cannot be reached.

        Raises:
            EndpointUnreachable: as `place` does.
        """
        if self._away:
            async with self.place():
                pass

    def told(self, *, running: float, waiting: float, cache: float = 0.0) -> None:
        """Take in what the endpoint says of itself: requests of all its callers that run and that wait, and the share
        of its KV cache in use (0 to 1)."""
        self._told_at = _now()
        if running + waiting > 0:
            self._follow(waiting / (running + waiting), grow=cache < _FULL_CACHE)
        self._pressed = bool(self._waiters)

    def unreachable(self, error: EndpointUnreachable) -> None:
        """No connection can be made: let nobody try until the probe says that one can."""
        if self._away:
            return
        self._away = _Away(_now(), error)
        log.warning("calls wait for the endpoint, up to %g minutes: %s", self._outage_seconds / 60, error)
        self._probing = asyncio.get_running_loop().create_task(self._until_probed())

    async def close(self) -> None:
        """Stop probing."""
        if self._probing:
            self._probing.cancel()
            await asyncio.gather(self._probing, return_exceptions=True)

    # What a place tells

    def _answered(self, sent_at: float) -> None:
        now = _now()
        self._reached()
        if sent_at >= self._resumes_at:
            self._rejections = 0
            if now < self._ceiling_until and self._size < self._ceiling:  # back to what was taken, one for each answer
                self._resize(min(self._size + 1, self._ceiling))
        if self.fixed or now - self._told_at < _TOLD_SECONDS:
            return
        before = self.size
        share = self._latency.answered(
            now - sent_at, now=now, clock=self._clock(), size=int(self._size), pressed=self._pressed
        )
        self._announce(before)
        if share is not None:
            # What may wait is in the estimate's tolerance already: not a tenth more, which several callers would add up.
            self._follow(1 - (1 - share) * (1 - QUEUED_SHARE), grow=True)
            self._pressed = bool(self._waiters)

    def _rejected(self, sent_at: float, retry_after: float | None) -> None:
        now = _now()
        self._trial = False
        if sent_at > self._cut_at:
            self._rejections += 1
            self._cut_at = now
            self._ceiling, self._ceiling_until = max(self._in_flight - 1.0, 1.0), now + _CEILING_SECONDS
            self._learning = False
            self._resize(self._in_flight / 2)
        else:  # one more of those sent before the limit was halved
            self._ceiling = max(self._ceiling - 1, 1.0)
        first, longest = _PAUSE_SECONDS
        pause = min(first * 2.0 ** (self._rejections - 1), longest) if retry_after is None else retry_after
        # A Retry-After is the least; callers that come back together would be rejected together.
        self._resumes_at = max(self._resumes_at, now + pause * self._chance.uniform(1, 1.25))
        asyncio.get_running_loop().call_at(self._resumes_at + 0.01, self._admit)

    # The law

    def _follow(self, share: float, *, grow: bool) -> None:
        """Draw near the size at which the wanted number waits, if now ``share`` of the calls in flight does."""
        if self._in_flight > self.size:
            return  # the last cut has not taken effect: what is seen is still what was before it
        wanted = (self._size * (1 - share) + _QUEUED_EACH) / (1 - QUEUED_SHARE)
        if share > QUEUED_SHARE / 2:
            self._learning = False
        if wanted <= self._size:
            self._resize((self._size + wanted) / 2)
        elif grow and self._pressed:
            bound = self._ceiling if _now() < self._ceiling_until else math.inf
            next_size = _LEARNING_GROWTH * self._size if self._learning else (self._size + wanted) / 2
            self._resize(max(self._size, min(next_size, bound)))

    def _resize(self, size: float) -> None:
        before = self.size
        self._size = min(max(size, self._least), self._most)
        if self.size != before:
            self._latency.resized(_now())
        self._announce(before)

    def _announce(self, before: int) -> None:
        if self.size != before:
            for changed in self._watchers:
                changed()
            self._admit()

    # Places

    async def _enter(self) -> None:
        if not self._waiters and self._room():
            self._go()
            return
        self._require_hope()
        self._pressed = True
        turn: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiters.append(turn)
        try:
            await turn  # whoever ends it has counted this call as in flight
        except asyncio.CancelledError:
            if turn.done() and not turn.cancelled() and not turn.exception():
                self._leave(_now())
            else:
                with suppress(ValueError):
                    self._waiters.remove(turn)
            raise

    def _admit(self) -> None:
        """Give the places there are to those who wait."""
        while self._waiters and self._room():
            turn = self._waiters.popleft()
            if not turn.done():
                self._go()
                turn.set_result(None)

    def _leave(self, sent_at: float) -> None:
        self._in_flight -= 1
        if sent_at >= self._resumes_at:
            self._trial = False
        self._admit()

    def _go(self) -> None:
        self._in_flight += 1
        self._trial = self._rejections > 1

    def _room(self) -> bool:
        if self._away or _now() < self._resumes_at:
            return False
        if self._rejections > 1:  # in a row: one call goes ahead, and the others when it has been answered
            return not self._trial
        return self._in_flight < self.size

    # An endpoint that is away

    def _require_hope(self) -> None:
        if self._away and self._given_up(self._away):
            raise self._still(self._away)

    def _given_up(self, away: _Away) -> bool:
        return _now() - away.since >= self._outage_seconds

    def _still(self, away: _Away) -> EndpointUnreachable:
        if not self._outage_seconds:
            return EndpointUnreachable(str(away.error))
        return EndpointUnreachable(
            f"{away.error}. Calls waited {self._outage_seconds / 60:g} minutes for it to come back"
        )

    async def _until_probed(self) -> None:
        wait, longest = _PROBE_SECONDS
        await asyncio.sleep(wait * self._chance.uniform(0.75, 1.25))
        while not await self._probe():
            while self._waiters and self._away and self._given_up(self._away):
                turn = self._waiters.popleft()
                if not turn.done():
                    turn.set_exception(self._still(self._away))
            wait = min(wait * 2, longest)
            await asyncio.sleep(wait * self._chance.uniform(0.75, 1.25))
        self._reached()

    def _reached(self) -> None:
        if not self._away:
            return
        log.warning("the endpoint can be reached again, after %.0f s", _now() - self._away.since)
        self._away = None
        if self._probing and self._probing is not asyncio.current_task():
            self._probing.cancel()
        self._admit()


class Place:
    """What a call in flight holds. Its methods say what became of the call; not saying so is no harm (the answer came to
    nothing that tells about the endpoint's load: it was refused, or cancelled)."""

    def __init__(self, limit: CallLimit, sent_at: float) -> None:
        self._limit = limit
        self._sent_at = sent_at

    def answered(self) -> None:
        """The endpoint answered the call."""
        self._limit._answered(self._sent_at)

    def rejected(self, retry_after: float | None = None) -> None:
        """The endpoint had no room for the call, and asks to wait ``retry_after`` seconds."""
        self._limit._rejected(self._sent_at, retry_after)


@dataclass(frozen=True)
class _Away:
    """An endpoint that cannot be reached: since when, and what the first call was told."""

    since: float
    error: EndpointUnreachable


def _now() -> float:
    return asyncio.get_running_loop().time()

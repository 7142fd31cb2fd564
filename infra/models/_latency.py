"""What share of calls in flight waits at the endpoint, judged from how long answers take: for endpoints that do not say.

An endpoint that batches takes longer for each call the more of them it runs, and still gets more done; so longer answers
alone say nothing. What tells is throughput, which by Little's law is calls in flight divided by the time they take. So
every five minutes the limit dips to half for a moment: answers that take as long at half the calls had no queue before
them; answers that take half as long then had nothing but. The time taken in the dip is the yardstick until the next, and
answers may take a fifth longer than it: up to there, doubling the calls raised throughput by two thirds or more. (The
comparison is the gradient of Netflix's concurrency-limits, the dip that of TCP BBR, Cardwell and others, 2016.)

All processes dip at the same times of the clock, so that they see the endpoint with half of all its calls without having to
talk to one another. The limits of this: clocks have to agree within seconds; answers that get longer for another reason
look like a queue until the next dip; where answers take ten seconds and more a dip sees few of them; and an endpoint on
which a full batch takes much more than a fifth longer than half a batch is kept at less than it could do (where it takes a third
longer, at nine tenths). Where
``/metrics`` can be read, none of this is used.
"""

from __future__ import annotations

import math
from statistics import fmean

_TOLERANCE = 1.2
"""Seconds an answer may take, of what it takes at half the calls, before the rest counts as waiting."""
_PERIOD_SECONDS = 300.0
_DIP_SECONDS = 30.0
_DIP_ANSWERS = 40
"""A dip ends when this many calls sent in it have been answered, or after `_DIP_SECONDS`."""
_LOOK_ANSWERS = 40
"""Answers for one look between dips. If their times spread by half of their mean, the mean of forty is good to a twelfth."""

_LOOK_SECONDS = 30.0
"""After which `_DIP_ANSWERS` have to do, so that a process with few calls in flight is not slower than the others."""


class QueueFromLatency:
    """The estimate; fed with every answer. Times are seconds."""

    def __init__(self) -> None:
        self._seconds: list[float] = []
        self._since = self._began = -math.inf
        self._yardstick: float | None = None
        self._dipped = -math.inf
        """The last period, counted from the epoch, in which a dip was begun."""
        self._dip_until: float | None = None

    def dips(self, clock: float) -> bool:
        """Whether the limit is to be halved at that time of day."""
        return self._dip_until is not None and clock < self._dip_until

    def resized(self, now: float) -> None:
        """The number of calls in flight changes: those sent until now do not show what that does."""
        self._seconds, self._since, self._began = [], now, now

    def answered(self, seconds: float, *, now: float, clock: float, size: int, pressed: bool) -> float | None:
        """Take in one answer; at the end of each look, the share of calls in flight that waits beyond what the tolerance lets
        wait (below 0 where answers are quicker than they may be).

        Args:
            seconds: From sending to answer.
            now: The time, as in `resized`.
            clock: The time of day, on which other processes agree.
            size: Calls that may be in flight.
            pressed: Whether that many are.
        """
        if now - seconds >= self._since:
            self._seconds.append(seconds)
        if self._dip_until is not None:
            if len(self._seconds) >= _DIP_ANSWERS or clock >= self._dip_until:
                self._end_dip(now)
            return None
        period = clock // _PERIOD_SECONDS
        if (
            self._yardstick
            and pressed
            and size > 1
            and period > self._dipped
            and clock % _PERIOD_SECONDS < _DIP_SECONDS
        ):
            self._dipped, self._dip_until = period, clock + _DIP_SECONDS
            self.resized(now)
            return None
        if len(self._seconds) < (_DIP_ANSWERS if now - self._began > _LOOK_SECONDS else max(size, _LOOK_ANSWERS)):
            return None
        self._began = now
        mean = fmean(self._seconds)
        self._seconds = []
        if self._yardstick is None:
            self._yardstick = mean
        return 1 - _TOLERANCE * self._yardstick / mean if pressed else None

    def _end_dip(self, now: float) -> None:
        if len(self._seconds) >= _DIP_ANSWERS / 2:
            mean, before = fmean(self._seconds), self._yardstick or math.inf
            near = 0.75 < mean / before < 1.33  # then the difference is mostly chance
            self._yardstick = (2 * before + mean) / 3 if near else mean
        self._dip_until = None
        self.resized(now)

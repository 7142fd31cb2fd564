"""The days and sums of the month: where there is room for one more invoice, so that only what is planted looks split."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from decimal import Decimal

MONTH = (2026, 10)
LIMIT = Decimal(1000)
"""Largest total that passes without a person, in EUR."""
SPLIT_DAYS = 3


def working_days() -> list[date]:
    first = date(*MONTH, 1)
    days = (first + timedelta(n) for n in range(31))
    return [day for day in days if day.month == first.month and day.weekday() < 5]


def apart(day: date, other: date) -> int:
    return abs((day - other).days)


class Calendar:
    """What each vendor has billed on which day without an order."""

    def __init__(self) -> None:
        self._billed: dict[str, list[tuple[date, Decimal]]] = defaultdict(list)
        self._closed: dict[str, list[date]] = defaultdict(list)
        self._beside: dict[str, list[tuple[date, Decimal]]] = defaultdict(list)

    def near(self, firm: str, day: date) -> Decimal:
        """What the vendor bills without an order in the days around ``day``."""
        return sum((sum_ for when, sum_ in self._billed[firm] if apart(when, day) <= SPLIT_DAYS), Decimal(0))

    def has_room(self, firm: str, day: date, amount: Decimal, most: Decimal) -> bool:
        """Whether no invoice of the vendor comes to more than ``most`` with those around it, if this one is added."""
        if any(apart(day, other) <= SPLIT_DAYS for other in self._closed[firm]):
            return False
        near = ((when, sum_) for when, sum_ in self._beside[firm] if apart(when, day) <= SPLIT_DAYS)
        if any(self.near(firm, when) + sum_ + amount > LIMIT for when, sum_ in near):
            return False
        around = {when for when, _ in self._billed[firm] if apart(when, day) <= SPLIT_DAYS} | {day}
        return all(self.near(firm, when) + amount <= most for when in around)

    def add(self, firm: str, day: date, amount: Decimal) -> None:
        self._billed[firm].append((day, amount))

    def add_beside(self, firm: str, day: date, amount: Decimal) -> None:
        """Note one whose order does not cover it: with what is billed without an order around it, it stays within the limit."""
        self._beside[firm].append((day, amount))

    def close(self, firm: str, days: Iterable[date]) -> None:
        """Let nothing else be billed without an order around these days."""
        self._closed[firm] += days

    def is_free(self, firm: str, days: Sequence[date]) -> bool:
        """Whether nothing is billed without an order around these days."""
        return all(self.near(firm, day) == 0 and self.has_room(firm, day, Decimal(0), LIMIT) for day in days)

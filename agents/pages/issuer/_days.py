"""In which order an issuer writes day and month."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from itertools import islice
from typing import Literal

from agents.documents.reading import Reading
from agents.fields import days
from agents.fields.days import Calendar, Order
from agents.pages._candidates import Candidates

DayOrder = Literal["DMY", "MDY"]
_ORDERS: tuple[DayOrder, ...] = ("DMY", "MDY")
_MOST = 2_000
"""Days of a document that may contradict an order."""


def as_written(calendar: Calendar, text: str, order: DayOrder | None) -> Calendar:
    """The ``calendar`` of ``text``, in the order its issuer writes days in; as it was where one of the days cannot be read so."""
    if order is None:
        return calendar
    in_it, either = Order[order], {Order.DMY, Order.MDY}
    every = [
        read for m in islice(days.DAY.finditer(text), _MOST) if (read := days.readings(m[0])) and either & set(read)
    ]
    if not all(in_it in read for read in every):
        return calendar
    return replace(calendar, dotted=(in_it,), divided=(in_it,), short=(in_it,))


def confirmed_in(reading: Reading, confirmed: Collection[str]) -> tuple[Candidates, DayOrder | None]:
    """The candidates of ``reading`` in the order in which more of the ``confirmed`` days are found, and that order; as they are,
    and none, where the order makes no difference."""
    own = Candidates(reading)
    found: dict[DayOrder, tuple[int, Candidates]] = {}
    for order in _ORDERS:
        read = Candidates(reading)
        read.calendar = as_written(own.calendar, reading.text, order)
        found[order] = len(set(confirmed) & {c.value for c in read.dates}), read
    if found["DMY"][0] == found["MDY"][0]:
        return own, None
    best = max(_ORDERS, key=lambda order: found[order][0])
    return found[best][1], best

"""The totals read as they are printed, one after the other: from a sum over what is taken off, added and taxed to the total.

That is how a net total is found that is printed nowhere, a tax that is the sum of several, and a discount behind the tax.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from agents.fields.values import CENT
from agents.pages._candidates import Candidate

_FARTHEST = 16
"""Amounts of money behind a sum among which its total is looked for."""
_MOST_STARTS = 24
_MOST_READINGS = 16
"""Readings of one stretch that are followed at a time; so time grows with the amounts alone."""
_SAID = 0.5
"""A label at least this clear gives an amount its part."""

Rate = Callable[[Candidate], Candidate | None]
"""The rate that is printed beside an amount."""


@dataclass(frozen=True)
class Statement:
    """``start`` less what is ``taken_off``, plus what is ``added``, is ``net``; with ``taxes`` it is what ``gross`` prints."""

    start: Candidate
    net: Decimal
    taxes: tuple[Candidate, ...] = ()
    tax: Decimal = Decimal(0)
    taken_off: tuple[Candidate, ...] = ()
    added: tuple[Candidate, ...] = ()
    printed_net: Candidate | None = None
    gross: Candidate | None = None
    guessed: int = 0
    """How many of its amounts no label gives their part, or have another."""

    @property
    def sum(self) -> Decimal:
        return self.net + self.tax


def statements(
    money: Sequence[Candidate], labels: Mapping[int, Mapping[str, float]], rate_of: Rate
) -> Iterator[Statement]:
    """Every way to read ``money``, in reading order, from a sum to a total that labels call so."""
    starts = [n for n, c in enumerate(money) if _parts(c, labels) & {"net", "line_total"} and Decimal(c.value)]
    for n in starts[-_MOST_STARTS:]:
        readings = [Statement(money[n], Decimal(money[n].value), printed_net=money[n])]
        for candidate in money[n + 1 : n + 1 + _FARTHEST]:
            parts = _parts(candidate, labels)
            followed: dict[tuple[Decimal, Decimal], Statement] = {}
            for reading in readings:
                for further in _further(reading, candidate, parts, rate_of):
                    if further.gross is not None:
                        yield further
                        continue
                    key = (further.net, further.tax)
                    if key not in followed or further.guessed < followed[key].guessed:
                        followed[key] = further
            readings = sorted(followed.values(), key=lambda r: r.guessed)[:_MOST_READINGS]


def _parts(candidate: Candidate, labels: Mapping[int, Mapping[str, float]]) -> set[str]:
    """What the clearest labels of an amount say that it is."""
    own = labels[id(candidate)]
    most = max(own.values(), default=0.0)
    return {term for term, weight in own.items() if weight >= max(_SAID, most - 0.06)}


def _further(reading: Statement, candidate: Candidate, parts: set[str], rate_of: Rate) -> Iterator[Statement]:
    """``reading`` with one amount more: as the total, a subtotal, a tax, as taken off or added, or as no part of it."""
    value = Decimal(candidate.value)
    changed = len(reading.taxes) > 1 or bool(reading.taken_off or reading.added)  # else three amounts close
    if value == reading.sum and changed and parts & {"gross", "due"}:
        yield replace(reading, gross=candidate)
    if value == reading.sum and not reading.taxes:
        yield replace(reading, printed_net=candidate)
        return
    if "rounding" in parts:
        yield replace(reading, guessed=reading.guessed + 1)
        return
    rate = rate_of(candidate)
    by_rate = rate is not None and value and abs(reading.net * Decimal(rate.value) / 100 - value) <= CENT
    if "tax" in parts or (by_rate and not parts & {"allowance_total", "charge_total"}):
        tax = -value if (value > 0) != (reading.net > 0) else value
        yield replace(
            reading, taxes=(*reading.taxes, candidate), tax=reading.tax + tax, guessed=reading.guessed + (not by_rate)
        )
        yield replace(reading, guessed=reading.guessed + 1)
        return
    unknown = not parts
    if "allowance_total" in parts or (value < 0 < reading.net and not parts & {"prepaid", "charge_total"}):
        yield replace(
            reading,
            net=reading.net - abs(value),
            taken_off=(*reading.taken_off, candidate),
            printed_net=None,
            guessed=reading.guessed + unknown,
        )
    elif value and ("charge_total" in parts or unknown):
        yield replace(
            reading,
            net=reading.net + value,
            added=(*reading.added, candidate),
            printed_net=None,
            guessed=reading.guessed + 2 * unknown,
        )
    yield replace(reading, guessed=reading.guessed + bool(parts & {"allowance_total", "charge_total"}))

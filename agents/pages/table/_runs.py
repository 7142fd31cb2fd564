"""A long table is asked about in runs: stretches of the document's lines that fit what the endpoint takes at once.

Every line of the document belongs to at most one run, and every line with an amount to exactly one. A few lines around
a run are shown with it, so that no row is cut in two; a row counts for the run in which its amount stands, so that none
is taken twice (`extraction.rows_of_run`).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal

from agents.documents.layout import Layout, Line
from agents.fields import values
from agents.fields.values import CENT
from agents.pages.table._labels import CARRIED
from agents.words import fold

MOST_ROWS = 40
"""Rows in one run: a small model loses its place in longer copies, and an answer of that length takes it minutes."""
ROW_TOKENS = 70
"""Most output tokens a row of the answer takes, on average."""
_AROUND = 4
"""Lines before and behind a run that are shown with it."""
_LONGEST_LINE = 1200
"""Characters of a line that are shown. No table is printed so small; what is cut is told of."""
_FIXED_TOKENS = 500
"""Instructions, question, reasons why it is asked again, and the frame of the messages."""


def tokens(text: str) -> int:
    """About how many tokens ``text`` has, rather too many than too few: a token a digit, as Qwen counts, and one for
    every three other characters."""
    digits = sum(c.isdigit() for c in text)
    return digits + (len(text) - digits + 2) // 3


@dataclass(frozen=True)
class Run:
    """Lines of the document that one question is about: those numbered ``first`` to ``last``, which are ``own``, among
    those that are ``shown``."""

    first: int
    last: int
    own: tuple[Line, ...]
    shown: tuple[Line, ...]

    @property
    def text(self) -> str:
        """What is shown, numbers printed with spaces without them (a small model stops copying there)."""
        return "\n".join(_shown(line) for line in self.shown)

    @property
    def rows(self) -> int:
        """The lines shown that hold an amount of money: at most so many rows stand there."""
        return sum(_has_money(line) for line in self.shown)

    @property
    def pages(self) -> str:
        """Where it stands, for a person: ``page 3`` or ``pages 3-4``."""
        first, last = self.own[0].page, self.own[-1].page
        return f"page {first}" if first == last else f"pages {first}-{last}"

    @property
    def cut(self) -> bool:
        """Whether a line of it is longer than is shown."""
        return any(len(line.text) > _LONGEST_LINE for line in self.own)


def runs_of(layout: Layout, context: int) -> list[Run]:
    """The runs of a document, in order. A stretch without an amount of money, where others have some, holds no row and
    is left out.

    Args:
        context: tokens the endpoint takes at once, prompt and answer together.
    """
    most = int((context - _FIXED_TOKENS) * 0.8)  # the rest is for the lines around
    around = (context - _FIXED_TOKENS) // 10
    lines = layout.lines
    made = []
    for begin, end in _stretches(lines, most):
        own = lines[begin:end]
        before = _near(lines[max(begin - _AROUND, 0) : begin][::-1], around)
        behind = _near(lines[end : end + _AROUND], around)
        made.append(Run(own[0].number, own[-1].number, tuple(own), (*before[::-1], *own, *behind)))
    return [run for run in made if any(_has_money(line) for line in run.own)] or made


def missing(run: Run, taken: Sequence[int]) -> list[Line]:
    """The run's own lines on which a quantity, a price and their product stand, but no row: ``taken`` are the numbers of
    the lines on which the amounts of the rows stand."""
    return [line for line in run.own if line.number not in taken and _multiplies(line)]


def carried(layout: Layout) -> list[tuple[int, Decimal]]:
    """What is printed as carried forward: the number of its line, and the amount."""
    found = []
    for line in layout.lines:
        if CARRIED.search(fold(line.text[:200])):
            amounts = [n for n in values.amounts(line.text[:_LONGEST_LINE]) if values.is_money(n)]
            number = values.parse_amount(amounts[-1]) if amounts else None
            if number is not None:
                found.append((line.number, number))
    return found


def _stretches(lines: Sequence[Line], most: int) -> Iterator[tuple[int, int]]:
    """Where to cut: as much as fits, up to where a page begins if that gives away less than half, else behind a line
    with an amount."""
    begin = 0
    while begin < len(lines):
        size = rows = 0
        end = begin
        while end < len(lines):
            cost, money = _cost(lines[end]), _has_money(lines[end])
            if end > begin and (size + cost > most or rows + money > MOST_ROWS):
                break
            size, rows, end = size + cost, rows + money, end + 1
        if end < len(lines):
            half = range(end, begin + (end - begin) // 2, -1)
            page = next((n for n in half if lines[n].page != lines[n - 1].page), None)
            end = page or next((n for n in half if _has_money(lines[n - 1])), end)
        yield begin, end
        begin = end


def _near(lines: Sequence[Line], most: int) -> list[Line]:
    kept: list[Line] = []
    for line in lines:
        most -= _cost(line)
        if most < 0:
            break
        kept.append(line)
    return kept


def _cost(line: Line) -> int:
    """Tokens that a line adds to a question: shown, its numbers among the choices (some endpoints count those), and its
    row of the answer."""
    shown = _shown(line)
    numbers = values.amounts(shown)
    row = ROW_TOKENS if any(values.is_money(n) for n in numbers) else 0
    return tokens(shown) + 1 + sum(tokens(n) + 1 for n in numbers) + row


def _has_money(line: Line) -> bool:
    return any(values.is_money(n) for n in values.amounts(line.text[:_LONGEST_LINE]))


def _shown(line: Line) -> str:
    return values.without_spaces(line.text[:_LONGEST_LINE])


def _multiplies(line: Line) -> bool:
    printed = [match[0] for match in values.AMOUNT.finditer(line.text[:_LONGEST_LINE])][-8:]
    numbers = [n for n in map(values.parse_amount, printed) if n]
    money = {n for text in printed if values.is_money(text.strip()) and (n := values.parse_amount(text))}
    return any(
        c in money and abs(a * b - c) <= CENT
        for i, a in enumerate(numbers)
        for j, b in enumerate(numbers[i + 1 :], i + 1)
        for c in numbers[j + 1 :]
    )

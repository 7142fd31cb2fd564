"""The amounts that a sum of lines may be compared with: those that are given, and those printed as totals."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal

from agents.documents.layout import Cell, Layout, Line
from agents.fields.values import parse_amount
from agents.pages.table._headings import MOST_LINES, TAX_WORD
from agents.pages.table._labels import CARRIED, is_label_of_total
from agents.words import fold, phrases

_MOST_STATED = 300
_MOST_TEXT = 400
_ABOVE = 5.0
"""A total may stand so many line heights under the word for it."""
_LINES_ABOVE = 8
_MONEY = re.compile(
    r"(?<![\w.,])[-−]?\s?\d(?:[\d.,'’\u00a0\u202f\u2009]|(?<=\d) (?=\d{3}(?!\d)))*[.,]\d\d(?![\d]|[.,]\d)[-−]?"
)
_SUMMED = phrases("lines.summed")
_DUE = phrases("lines.due")
"""What is left to pay after a payment may be what is left of the lines after a missed one."""
_WITHIN = phrases("lines.within")


@dataclass(frozen=True)
class Amount:
    """A printed amount: ``label`` are its line's words, folded; ``total`` whether a word beside or over it says that
    it is a sum, which an amount in a table of tax rates is not."""

    line: int
    value: Decimal
    label: str
    total: bool


class Stated:
    """What a document states as amounts."""

    def __init__(self, layout: Layout, given: Collection[Decimal]) -> None:
        self.given = frozenset(sorted(given)[:_MOST_STATED])
        self.printed: list[Amount] = []
        self.taxed_within: list[int] = []
        """Lines that say a tax is part of an amount, not added to it."""
        lines = layout.lines[: 2 * MOST_LINES]
        for n, line in enumerate(lines):
            text = line.text[:_MOST_TEXT]
            if _WITHIN.search(folded := fold(text)) and TAX_WORD.search(folded):
                self.taxed_within.append(line.number)
            if _MONEY.search(text) and not CARRIED.search(folded):
                self.printed.extend(_amounts(line, lines[max(n - _LINES_ABOVE, 0) : n]))

    def behind(self, line: int) -> list[Amount]:
        """What is printed behind line number ``line``."""
        return [p for p in self.printed if p.line > line][:_MOST_STATED]

    @property
    def totals(self) -> set[Decimal]:
        """Every amount printed as a total."""
        return {p.value for p in self.printed if p.total}


def _amounts(line: Line, above: Sequence[Line]) -> Iterator[Amount]:
    text = line.text[:_MOST_TEXT]
    label = fold(text)
    bare = not any(c.isalpha() for c in text)
    for n, cell in enumerate(line.cells):
        values = [parse_amount(m[0].replace(" ", "")) for m in _MONEY.finditer(cell.text[:_MOST_TEXT])]
        if not values:
            continue
        total = "%" not in text and not _DUE.search(label) and (bare or _is_total(cell, line.cells[:n], above))
        yield from (Amount(line.number, value, label, total) for value in values if value is not None)


def _is_total(cell: Cell, before: Sequence[Cell], above: Sequence[Line]) -> bool:
    """Whether the words in the cell, before it or, where it has none, over it name a total."""
    own = _words(cell)
    beside = next((words for other in reversed(before) if (words := _words(other))), "")
    if any(is_label_of_total(words) or _SUMMED.search(words) for words in (own, beside) if words):
        return True
    over = "" if own else next((words for other in _over(cell, above) if (words := _words(other))), "")
    return bool(over and (is_label_of_total(over) or _SUMMED.search(over)))


def _over(cell: Cell, above: Sequence[Line]) -> Iterator[Cell]:
    """The cells over ``cell``, nearest first."""
    for line in reversed(above):
        for other in line.cells:
            near = 0 <= cell.box[1] - other.box[3] <= _ABOVE * cell.height
            if line.page == cell.page and near and cell.overlaps(other) > 0.2:
                yield other


def _words(cell: Cell) -> str:
    """A cell's words without its numbers, folded."""
    return fold(" ".join(w.text for w in cell.words[:12] if not any(c.isdigit() for c in w.text)))

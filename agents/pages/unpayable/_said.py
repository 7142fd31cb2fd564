"""What a document says against being paid, and where."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from agents.documents.layout import Cell, around
from agents.documents.upright import UprightBox, UprightWord
from agents.fields.rules import Rule

_LONGEST = 120
"""Characters that are quoted."""
How = Literal["is titled", "bears", "says"]


@dataclass(frozen=True)
class Said:
    """``page`` and ``box`` are None where XML says it."""

    rule: Rule
    quote: str
    how: How = "says"
    page: int | None = None
    box: UprightBox | None = None

    def is_within(self, other: Said) -> bool:
        """Whether words of ``other`` say it."""
        if self.box is None or other.box is None or self.page != other.page:
            return False
        (left, top, right, bottom), (x0, y0, x1, y1) = self.box, other.box
        return x0 <= left and y0 <= top and right <= x1 and bottom <= y1


def by_cells(rule: Rule, how: How, *cells: Cell) -> Said:
    """Said by ``cells`` of one page together."""
    return by_words(rule, how, *(word for cell in cells for word in cell.words))


def by_words(rule: Rule, how: How, *words: UprightWord) -> Said:
    """Said by ``words`` of one page, as they follow each other."""
    quote = " ".join(word.text for word in words)[:_LONGEST]
    return Said(rule, quote, how, words[0].page, around([word.box for word in words]))

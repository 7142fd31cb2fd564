"""How a page is laid out: lines, the cells that gaps divide them into, and which cell stands beside or below which.

Derived from the words of a `Reading` alone, so it can be made anywhere a reading is, and costs milliseconds.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import groupby, islice
from statistics import median

from agents.documents.reading import Reading
from agents.documents.upright import UprightBox, UprightReading, UprightWord

COLUMN_GAP = 0.75
"""A gap wider than this, in line heights, separates cells. A space between words is a quarter to a half."""
_ADVANCE = 0.7
"""Small letters that stand further from one another than this on most of a page, in line heights, are spaced apart: text set
solid comes to 0.5, that of the widest faces and of typewriters to 0.7."""
_FEWEST_SPACED = 8
"""Words of a page that tell how far its letters stand apart."""
_BELOW = 3.0
"""A cell further below than this, in line heights, does not belong to the one above it."""

_MOST_WORDS = 60
"""Of a cell: a longer one is prose, and is divided so that no search in it takes long."""
_MOST_CELLS = 60
"""Of a line: no table has as many columns."""
_LONGEST_WORD = 200
"""Characters: what is longer is no word but an attempt on the patient reader."""
_NEIGHBOURS = 40
"""Lines before and after a cell's own among which its neighbours are: more than stand within any reach of it."""


@dataclass(frozen=True)
class Cell:
    """Words of one line that no wide gap divides, at most sixty."""

    words: tuple[UprightWord, ...]

    @cached_property
    def text(self) -> str:
        """Its words, one space between them."""
        return " ".join(word.text for word in self.words)

    @cached_property
    def box(self) -> UprightBox:
        return union(self.words)

    @cached_property
    def has_letters(self) -> bool:
        return any(c.isalpha() for c in self.text)

    @cached_property
    def has_digits(self) -> bool:
        return any(c.isdigit() for c in self.text)

    @property
    def page(self) -> int:
        return self.words[0].page

    @property
    def line(self) -> int:
        """Number of its line within the whole reading, from 0."""
        return self.words[0].line

    @cached_property
    def height(self) -> float:
        """Points; of the tallest word, at least one."""
        return max(self.box[3] - self.box[1], 1.0)

    def overlaps(self, other: Cell) -> float:
        """How much of the narrower one's width the two share, from 0 to 1."""
        shared = min(self.box[2], other.box[2]) - max(self.box[0], other.box[0])
        return max(shared, 0.0) / max(min(self.box[2] - self.box[0], other.box[2] - other.box[0]), 1.0)


@dataclass(frozen=True)
class Line:
    """Cells on one baseline, from left to right."""

    number: int
    cells: tuple[Cell, ...]

    @property
    def page(self) -> int:
        return self.cells[0].page

    @property
    def text(self) -> str:
        """Its cells, two spaces between them."""
        return "  ".join(cell.text for cell in self.cells)


class Layout:
    """The lines of a reading from top to bottom, page after page; all places are those on upright pages."""

    def __init__(self, reading: Reading) -> None:
        self.reading = UprightReading(reading)
        self.pages = self.reading.pages
        able = [w for w in self.reading.words if w.text.strip() and len(w.text) <= _LONGEST_WORD]
        spacing = _spacing(able)
        self.lines: list[Line] = [
            Line(number, tuple(islice(_cells(some, COLUMN_GAP + spacing.get(some[0].page, 0.0)), _MOST_CELLS)))
            for number, words in groupby(able, key=lambda w: w.line)
            if (some := list(words))
        ]
        kept = {id(word) for line in self.lines for cell in line.cells for word in cell.words}
        self.left_out = sum(id(w) not in kept and any(c.isalnum() for c in w.text) for w in self.reading.words)
        """Words beyond these bounds, which nobody looks at who looks at the layout."""
        self._position = {id(cell): (n, m) for n, line in enumerate(self.lines) for m, cell in enumerate(line.cells)}

    def cells(self) -> Iterator[Cell]:
        """All cells in reading order."""
        for line in self.lines:
            yield from line.cells

    def right_of(self, cell: Cell) -> Cell | None:
        """The next cell on its line."""
        n, m = self._position[id(cell)]
        cells = self.lines[n].cells
        return cells[m + 1] if m + 1 < len(cells) else None

    def left_of(self, cell: Cell) -> Cell | None:
        """The cell before it on its line."""
        n, m = self._position[id(cell)]
        return self.lines[n].cells[m - 1] if m else None

    def below(self, cell: Cell, reach: float = _BELOW) -> Cell | None:
        """The nearest cell under it that shares some of its width, at most ``reach`` line heights away."""
        n, _ = self._position[id(cell)]
        return self._nearest(cell, reach, self.lines[n + 1 :][:_NEIGHBOURS], 1)

    def above(self, cell: Cell, reach: float = _BELOW) -> Cell | None:
        """The nearest cell over it that shares some of its width, at most ``reach`` line heights away."""
        n, _ = self._position[id(cell)]
        return self._nearest(cell, reach, self.lines[max(n - _NEIGHBOURS, 0) : n][::-1], -1)

    def _nearest(self, cell: Cell, reach: float, lines: Sequence[Line], way: int) -> Cell | None:
        best: Cell | None = None
        for line in lines:
            if line.page != cell.page:
                break
            for other in line.cells:
                gap = other.box[1] - cell.box[3] if way > 0 else cell.box[1] - other.box[3]
                near = -0.5 * cell.height <= gap <= reach * cell.height and way * (other.box[1] - cell.box[1]) > 0
                if near and cell.overlaps(other) > 0.2 and (best is None or way * (best.box[1] - other.box[1]) > 1):
                    best = other
            if best is not None and way * (line.cells[0].box[1] - best.box[1]) > cell.height:
                break
        return best


def union(words: Sequence[UprightWord]) -> UprightBox:
    """The box around ``words``."""
    return around([word.box for word in words])


def around(boxes: Sequence[UprightBox]) -> UprightBox:
    """The box around ``boxes``."""
    return UprightBox(
        (min(b[0] for b in boxes), min(b[1] for b in boxes), max(b[2] for b in boxes), max(b[3] for b in boxes))
    )


def _cells(words: list[UprightWord], widest: float) -> Iterator[Cell]:
    begun = [words[0]]
    for before, word in zip(words, words[1:], strict=False):
        height = max(min(word.box[3] - word.box[1], before.box[3] - before.box[1]), 1.0)
        if word.box[0] - before.box[2] > widest * height or len(begun) >= _MOST_WORDS:
            yield Cell(tuple(begun))
            begun = []
        begun.append(word)
    yield Cell(tuple(begun))


def _spacing(words: Sequence[UprightWord]) -> dict[int, float]:
    """By how much a space between words has grown on each page whose letters are spaced apart, in line heights: by what two
    letters have."""
    advances: dict[int, list[float]] = defaultdict(list)
    for w in words:
        if len(w.text) >= 3 and w.text[1:].isalpha() and w.text[1:].islower():
            advances[w.page].append((w.box[2] - w.box[0]) / len(w.text) / max(w.box[3] - w.box[1], 1.0))
    typical = {page: median(some) for page, some in advances.items() if len(some) >= _FEWEST_SPACED}
    return {page: min(2 * (each - 0.5), COLUMN_GAP) for page, each in typical.items() if each > _ADVANCE}

"""What on a page could be a value, and what stands beside it: the ground on which code decides and a model chooses.

A `Candidate` is a printed value in canonical form with its place and its labels: the texts before it, to its left and
above it. Which label announces which term says `lexicon`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property

from agents.documents.layout import Cell, Layout, union
from agents.documents.reading import Box, Reading
from agents.invoice import values
from agents.invoice.lexicon import is_label, normalised

INLINE, LEFT, NEAR, ABOVE = 1.0, 0.95, 0.8, 0.75
"""How much a label counts by where it stands: before the value in its cell, in the cell to the left, in a cell to the
left that is a little higher or lower, above."""
_PARTIAL = 0.6
"""A label that is only the end of a longer text (``preceding invoice date``) counts that much of a whole one."""
_SEPARATORS = re.compile(r"\s[|•·●–—]\s|[;|•·●]|(?<=[\w)]),\s|\s-\s")
_FAR = 5.0
"""Line heights above a value in which its heading is looked for."""
_REACH = 12
"""Words before a value in which its label is looked for."""


@dataclass(frozen=True)
class Label:
    """A text that may announce a value, and its ``weight``, from 0 to 1."""

    text: str
    weight: float


@dataclass(frozen=True, eq=False)
class Candidate:
    """A printed value: ``value`` in canonical form, ``text`` as printed, on ``page`` within ``box``."""

    value: str
    text: str
    page: int
    box: Box
    cell: Cell
    labels: tuple[Label, ...]

    def announced(self, term: str) -> float:
        """How strongly a label announces it as ``term``: 0 if none does, 1 for a whole label right before it."""
        return max((label.weight for label in self.labels if is_label(label.text, term)), default=0.0)

    @property
    def told(self) -> str:
        """Its nearest label as printed, for a person or a model."""
        return self.labels[0].text if self.labels else ""


class Candidates:
    """All candidates of a reading, by kind."""

    def __init__(self, reading: Reading) -> None:
        self.reading = reading
        self.layout = Layout(reading)
        self.date_order = values.date_order(reading.text)

    @cached_property
    def dates(self) -> list[Candidate]:
        """Printed days, as ISO 8601."""

        def day(text: str) -> Iterator[tuple[int, int, str]]:
            for match in values.DATE.finditer(text):
                found = values.parse_date(match[0], month_first=self.date_order == "MDY")
                if found:
                    yield match.start(), match.end(), found.isoformat()

        return self._all(day)

    @cached_property
    def amounts(self) -> list[Candidate]:
        """Printed numbers, as plain decimals."""

        def numbers(text: str) -> Iterator[tuple[int, int, str]]:
            days = [(m.start(), m.end()) for m in values.DATE.finditer(text)]
            for match in values.AMOUNT.finditer(text):
                number = values.parse_amount(match[0])
                if number is not None and not any(a <= match.start() < b for a, b in days):
                    yield match.start(), match.end(), f"{number:f}"

        return self._all(numbers)

    @cached_property
    def references(self) -> list[Candidate]:
        """What could be the number of a document or an order: words with a digit that are no day, amount, account or
        address, and short cells of several such words."""

        def references(text: str) -> Iterator[tuple[int, int, str]]:
            taken = [(m.start(), m.end()) for m in values.DATE.finditer(text) if values.parse_date(m[0])]
            taken += [(m.start(), m.end()) for m in _NO_REFERENCE.finditer(text)]
            for match in _REFERENCE.finditer(text):
                printed = match[0].rstrip(".,;:)/-")
                if any(a < match.end() and match.start() < b for a, b in taken):
                    continue
                if values.is_money(printed) and values.parse_amount(printed) is not None:
                    continue
                yield match.start(), match.start() + len(printed), printed
            several = _REFERENCE_WORDS.search(text)
            if several and not taken and len(several["all"]) <= 30:
                yield several.start("all"), several.end("all"), several["all"]

        return self._all(references)

    def matching(self, pattern: re.Pattern[str], canonical: Callable[[str], str | None]) -> list[Candidate]:
        """Everything within a cell that ``pattern`` finds and ``canonical`` accepts."""

        def found(text: str) -> Iterator[tuple[int, int, str]]:
            for match in pattern.finditer(text):
                value = canonical(match[0])
                if value:
                    yield match.start(), match.end(), value

        return self._all(found)

    def whole(self, cell: Cell, text: str | None = None) -> Candidate:
        """The cell, or the part ``text`` of it, as a candidate for a name."""
        printed = text if text is not None else cell.text
        start = max(cell.text.find(printed), 0)
        return self._candidate(cell, start, start + len(printed), printed)

    def _all(self, find: Callable[[str], Iterable[tuple[int, int, str]]]) -> list[Candidate]:
        return [
            self._candidate(cell, start, end, value)
            for cell in self.layout.cells()
            for start, end, value in find(cell.text)
        ]

    def _candidate(self, cell: Cell, start: int, end: int, value: str) -> Candidate:
        words, at = [], 0
        for word in cell.words:
            if at < end and at + len(word.text) > start:
                words.append(word)
            at += len(word.text) + 1
        box = union(words or cell.words)
        return Candidate(value, cell.text[start:end], cell.page, box, cell, tuple(self._labels(cell, start, box)))

    def _labels(self, cell: Cell, start: int, box: Box) -> Iterator[Label]:
        before = cell.text[:start].rstrip(" ")
        if before.strip(" :#.-(€$£"):
            yield from _inline(before)
        left = self.layout.left_of(cell)
        hops = 0
        while left is not None and hops < 4:
            weight = LEFT if hops == 0 else LEFT - 0.1 * hops
            if any(c.isalpha() for c in left.text):
                yield from _whole(left.text, weight)
                if before == "" and hops == 0 and ":" in left.text:
                    yield from _inline(left.text, weight)
            left = self.layout.left_of(left)
            hops += 1
        for near in self._near_left(cell):
            yield from _whole(near.text, NEAR)
        above, climbed = self.layout.above(cell, _FAR), 0
        while above is not None and climbed < 8:
            if any(c.isalpha() for c in above.text):
                yield from _whole(above.text, ABOVE - 0.05 * climbed)
                if climbed == 0 and (higher := self.layout.above(above, 0.6)) and higher.overlaps(above) > 0.5:
                    yield from _whole(f"{higher.text} {above.text}", ABOVE)
                if not any(c.isdigit() for c in above.text):
                    break
            above, climbed = self.layout.above(above), climbed + 1

    def _near_left(self, cell: Cell) -> Iterator[Cell]:
        """Cells to the left that are less than a line higher or lower: labels set apart from their values."""
        for other in self._by_page.get(cell.page, ()):
            if other.line != cell.line and other.box[2] <= cell.box[0] + 2:
                middle = (other.box[1] + other.box[3]) / 2
                apart = (cell.box[1] + cell.box[3]) / 2 - middle
                if -0.6 * cell.height < apart < 1.4 * cell.height:
                    yield other

    @cached_property
    def _by_page(self) -> dict[int, list[Cell]]:
        pages: dict[int, list[Cell]] = {}
        for cell in self.layout.cells():
            pages.setdefault(cell.page, []).append(cell)
        return pages


_REFERENCE = re.compile(r"(?<![\w@.])(?=[\w./#-]*\d)[A-Za-zÀ-ÿ0-9][\w./\-]{0,39}(?![\w@])")
_REFERENCE_WORDS = re.compile(
    r"(?:^|[:#°º]\s*)(?P<all>(?:[A-Z]{1,5}|[A-Z0-9./\-]*\d[A-Z0-9./\-]*)(?: (?:[A-Z]{1,5}|/|-|[A-Z0-9./\-]*\d[A-Z0-9./\-]*)){1,4})$"
)
_NO_REFERENCE = re.compile(
    r"\S+@\S+|(?:https?://|www\.)\S+|\+\d[\d ()/-]{6,}|\b[A-Z]{2}\d{2}(?: ?[0-9A-Z]{4}){3,7}(?: ?[0-9A-Z]{1,4})?\b|\d[\d.,]*\s?(?:%|€|\$|£)|[€$£]\s?\d[\d.,]*"
)


def _inline(before: str, weight: float = INLINE) -> Iterator[Label]:
    """Ends of the text before a value, the longest first: those that begin where a text, a clause or a value ends
    before them in full, others in part."""
    segment = _SEPARATORS.split(before)[-1]
    words = segment.split()[-_REACH:]
    for n in range(len(words)):
        text = " ".join(words[n:])
        whole = n == 0 or words[n - 1][-1] in ":." or any(c.isdigit() for c in words[n - 1])
        yield Label(text, weight if whole else weight * _PARTIAL)


def _whole(text: str, weight: float) -> Iterator[Label]:
    yield Label(text, weight)
    for part in _SEPARATORS.split(text)[1:]:
        if part.strip():
            yield Label(part, weight * _PARTIAL)
    stripped = re.sub(r"\([^()]*\)", " ", text)
    if stripped.strip() and stripped != text:
        yield Label(stripped, weight)
    if ":" in text.rstrip(": "):
        yield Label(text.rstrip(": ").rsplit(":", 1)[-1], weight * _PARTIAL)


def plain(label: str) -> str:
    """A label as it is compared."""
    return normalised(label)

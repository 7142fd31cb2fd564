"""What on a page could be a value, and what stands beside it: the ground on which code decides and a model chooses.

A `Candidate` is a printed value in canonical form with its place and its labels: the texts before it, to its left and
above it. Which label announces which term says `agents.words`.
"""

from __future__ import annotations

import bisect
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property, partial

from agents.documents.layout import Cell, Layout, union
from agents.documents.reading import Reading
from agents.documents.upright import UprightBox, UprightReading
from agents.fields import days, numerals, values
from agents.fields.identifiers import VAT_ID_SHAPE, iban_shape
from agents.words import is_label
from agents.words import printed as words

INLINE, LEFT, HEADING, NEAR, ABOVE, RIGHT, BELOW = 1.0, 0.95, 0.9, 0.8, 0.75, 0.7, 0.55
"""How much a label counts by where it stands: before the value in its cell, in the cell to the left, right above it, in
a cell to the left that is a little higher or lower, further above, and, where nothing stands to the left, to the right
or below."""
_PARTIAL = 0.6
"""A label that is only the end of a longer text (``preceding invoice date``) counts that much of a whole one."""
_SEPARATORS = re.compile(r"\s[|•·●–—]\s|[;|•·●]|(?<=[\w)]),\s|\s-\s")
MOST = 6_000
"""Candidates of a kind that are looked at, half of them from the end: an invoice of as many lines as an execution carries
(`bounds`) has some 5,500 numbers."""
_SENTENCE = 4
"""Words before a value, from which on it stands in a sentence: what is above that is no label of it."""
_FAR = 5.0
"""Line heights above a value in which its heading is looked for."""
_REACH = 12
"""Words before a value in which its label is looked for."""


@dataclass(frozen=True)
class Label:
    """A text that may announce a value, and its ``weight``, from 0 to 1."""

    text: str
    weight: float


class Candidate:
    """A printed value: ``value`` in canonical form, ``text`` as printed, on ``page`` within ``box``."""

    def __init__(
        self,
        value: str,
        text: str,
        cell: Cell,
        box: UprightBox,
        reading: UprightReading,
        labels: Callable[[], Iterator[Label]],
    ) -> None:
        self.value = value
        self.text = text
        self.cell = cell
        self.box = box
        self.reading = reading
        self._labels = labels
        self._announced: dict[str, float] = {}

    @property
    def page(self) -> int:
        """Page number, from 1."""
        return self.cell.page

    @cached_property
    def labels(self) -> tuple[Label, ...]:
        """The texts that may announce it, the nearest first; looked for when first asked."""
        return tuple(self._labels())

    def as_value(self, value: str) -> Candidate:
        """The same place with another canonical value."""
        return Candidate(value, self.text, self.cell, self.box, self.reading, self._labels)

    def with_line(self, below: Cell) -> Candidate:
        """This text and the line below, as one text."""
        text, box = f"{self.text} {below.text}", union((*self.cell.words, *below.words))
        return Candidate(text, text, self.cell, box, self.reading, self._labels)

    def announced(self, term: str) -> float:
        """How strongly a label announces it as ``term``: 0 if none does, 1 for a whole label right before it."""
        if term not in self._announced:
            self._announced[term] = max(
                (label.weight for label in self.labels if is_label(label.text, term)), default=0.0
            )
        return self._announced[term]

    @property
    def told(self) -> str:
        """Its nearest label as printed, for a person or a model."""
        return self.labels[0].text if self.labels else ""


class Candidates:
    """All candidates of a reading, by kind."""

    def __init__(self, reading: Reading) -> None:
        self.reading = reading
        self.layout = Layout(reading)
        self.left_out = 0
        """Candidates beyond `MOST`, of the kind that has most."""
        self.decimal_mark = values.decimal_mark(reading.text)
        self.calendar = days.calendar(reading.text)

    @cached_property
    def dates(self) -> list[Candidate]:
        """Printed days, as ISO 8601."""

        def day(text: str) -> Iterator[tuple[int, int, str]]:
            for match in days.DAY.finditer(text):
                if found := self.calendar.read(match[0]):
                    yield match.start(), match.end(), found.isoformat()

        return self._all(day)

    @cached_property
    def amounts(self) -> list[Candidate]:
        """Printed numbers, as plain decimals."""

        def numbers(text: str) -> Iterator[tuple[int, int, str]]:
            dated = self._days(text)
            text = numerals.plain(text)
            for match in values.AMOUNT.finditer(text):
                number = values.parse_amount(match[0], self.decimal_mark)
                if number is not None and not any(a <= match.start() < b for a, b in dated):
                    start, end, taken_off = numerals.extent(text, *match.span())
                    yield start, end, f"{-abs(number) if taken_off else number:f}"

        return [self._signed(candidate) for candidate in self._all(numbers)]

    def _signed(self, candidate: Candidate) -> Candidate:
        """``candidate``, taken off where the end of its line says that it is in the payer's favour (``60.00 CR``)."""
        cell = candidate.cell
        if not values.is_money(candidate.text) or candidate.value.startswith("-"):
            return candidate
        behind = cell.text[cell.text.rfind(candidate.text) + len(candidate.text) :]
        beside = self.layout.right_of(cell)
        if not behind and beside is not None and not beside.has_digits:
            behind, beside = beside.text, self.layout.right_of(beside)
        return candidate.as_value(f"-{candidate.value}") if beside is None and numerals.is_credit(behind) else candidate

    @cached_property
    def references(self) -> list[Candidate]:
        """What could be the number of a document or an order: words with a digit that are no day, amount, account or
        address, and short cells of several such words."""

        def references(text: str) -> Iterator[tuple[int, int, str]]:
            dated = [(a, b) for a, b in self._days(text) if not text[a:b].isdigit()]  # 20260918 may be a number, too
            taken = [m.span() for m in _NO_REFERENCE.finditer(text)]
            taken += [m.span() for m in _VAT_SHAPE.finditer(text) if is_label(text[: m.start()], "vat_id")]
            taken += [m.span() for m in values.AMOUNT.finditer(text) if values.is_money(m[0])]
            for match in _REFERENCE.finditer(text):
                start, printed = _beside(dated, *match.span(), text)
                end = start + len(printed)
                if not printed or any(a < end and start < b for a, b in taken):
                    continue
                if values.is_money(printed) and values.parse_amount(printed) is not None:
                    continue
                if values.is_vat_id(printed):
                    continue
                yield start, end, _plain(printed)
            several = _several(text) if not taken and not dated else None
            if several and several[1] - several[0] <= 30:
                yield *several, _plain(text[several[0] : several[1]])

        return self._all(references)

    def _days(self, text: str) -> list[tuple[int, int]]:
        return [m.span() for m in days.DAY.finditer(text) if self.calendar.read(m[0])]

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
        found = [
            self._candidate(cell, start, end, value)
            for cell in self.layout.cells()
            for start, end, value in find(cell.text)
        ]
        self.left_out = max(self.left_out, len(found) - MOST)
        return found if len(found) <= MOST else [*found[: MOST // 2], *found[-MOST // 2 :]]

    def _candidate(self, cell: Cell, start: int, end: int, value: str) -> Candidate:
        words, at = [], 0
        for word in cell.words:
            if at < end and at + len(word.text) > start:
                words.append(word)
            at += len(word.text) + 1
        box = union(words or cell.words)
        labels = partial(self._labels, cell, start)
        return Candidate(value, cell.text[start:end], cell, box, self.layout.reading, labels)

    def _labels(self, cell: Cell, start: int) -> Iterator[Label]:
        before = cell.text[:start].rstrip(" ")
        if before.strip(" :#.-(€$£"):
            yield from _inline(before)
        left = self.layout.left_of(cell)
        hops = 0
        while left is not None and hops < 4:
            weight = LEFT if hops == 0 else LEFT - 0.1 * hops
            if left.has_letters and not self._is_heading(left):
                yield from _whole(left.text, weight)
                if before == "" and hops == 0 and ":" in left.text:
                    yield from _inline(left.text, weight)
            left = self.layout.left_of(left)
            hops += 1
        if not _stands_alone(self.layout.above(cell, 1.3)):
            for near in self._near_left(cell):
                yield from _whole(near.text, NEAR)
        above, climbed = self.layout.above(cell, _FAR), 0
        while above is not None and climbed < 8:
            if above.has_letters:
                heading = climbed == 0 and _stands_alone(above) and cell.box[1] - above.box[3] < 1.5 * cell.height
                weight = HEADING if heading else ABOVE - 0.05 * climbed
                yield from _whole(above.text, weight * _PARTIAL if len(before.split()) >= _SENTENCE else weight)
                if climbed == 0 and (higher := self.layout.above(above, 0.6)) and higher.overlaps(above) > 0.5:
                    yield from _whole(f"{higher.text} {above.text}", ABOVE)
                if not above.has_digits:
                    break
            above, climbed = self.layout.above(above), climbed + 1
        if not before and self.layout.left_of(cell) is None and (right := self.layout.right_of(cell)):
            yield from _whole(right.text, RIGHT)
        below = self.layout.below(cell, 1.0)
        if below is not None and _stands_alone(below):
            yield from _whole(below.text, BELOW)

    def _is_heading(self, cell: Cell) -> bool:
        """Whether it is of a row of labels with their values below: then what is right of it is of another column."""
        beside = self.layout.left_of(cell)
        if beside is None or not (_stands_alone(cell) and _stands_alone(beside)):
            return False
        value, its = self.layout.below(cell, 1.5), self.layout.below(beside, 1.5)
        return bool(value and its and value is not its and value.has_digits and its.has_digits)

    def _near_left(self, cell: Cell) -> Iterator[Cell]:
        """Cells to the left that are less than a line higher or lower: labels set apart from their values."""
        tops, cells = self._by_page.get(cell.page, ([], []))
        first = bisect.bisect_left(tops, cell.box[1] - 3 * cell.height)
        last = bisect.bisect_right(tops, cell.box[1] + cell.height)
        for other in cells[first:last]:
            if other.line != cell.line and other.box[2] <= cell.box[0] + 2:
                middle = (other.box[1] + other.box[3]) / 2
                apart = (cell.box[1] + cell.box[3]) / 2 - middle
                if -0.6 * cell.height < apart < 1.4 * cell.height:
                    yield other

    @cached_property
    def _by_page(self) -> dict[int, tuple[list[float], list[Cell]]]:
        """By page: the tops of its cells in order, and the cells in that order."""
        pages: dict[int, list[Cell]] = {}
        for cell in self.layout.cells():
            pages.setdefault(cell.page, []).append(cell)
        ordered = {page: sorted(cells, key=lambda c: c.box[1]) for page, cells in pages.items()}
        return {page: ([c.box[1] for c in cells], cells) for page, cells in ordered.items()}


_DASHES = "\u2010\u2011\u2012\u2013\u2014\u2212-"  # the plain one last: it stands in brackets
_REFERENCE = re.compile(
    rf"(?<![\w@.])(?=[\w./#+:,{_DASHES}]*\d)[A-Za-zÀ-ÿ0-9]"
    rf"(?:[\w./+{_DASHES}]|(?<=\d):(?=\w)|(?<=\w),(?=\w)|(?<=\d)\s?/\s?(?=\d{{1,4}}(?!\w))){{0,39}}(?![\w@])"
)
_DASH = re.compile(f"[{_DASHES}]")
_VAT_SHAPE = re.compile(rf"(?<![A-Za-z0-9])(?:{VAT_ID_SHAPE})(?![A-Za-z0-9])")
_TAXES = frozenset(words("words.vat"))
"""Before a number they tell whose it is: no letters of a series."""
_MOST_GROUPS = 5
_SERIES = re.compile(r"[A-Z][A-Z-]{0,4}")
_SUFFIX = re.compile(r"[A-Z]{1,3}")


def _plain(number: str) -> str:
    """A number with plain dashes: which one is printed tells nothing."""
    return _DASH.sub("-", number)


def _beside(dated: Sequence[tuple[int, int]], start: int, end: int, text: str) -> tuple[int, str]:
    """Where what is no day begins between ``start`` and ``end``, and how it is printed: the longer part, before a day that is
    glued to it or behind; nothing of a day alone."""
    day = next(((a, b) for a, b in dated if a < end and start < b), None)
    if day:
        before, behind = (start, max(day[0], start)), (min(day[1], end), end)
        start, end = before if before[1] - before[0] >= behind[1] - behind[0] else behind
    printed = text[start:end]
    start += len(printed) - len(printed.lstrip(_ENDS))
    printed = printed.strip(_ENDS)
    return start, printed if any(c.isdigit() for c in printed) else ""


_ENDS = f" .,;:)/+{_DASHES}"


def _several(text: str) -> tuple[int, int] | None:
    """Where a number in groups, or behind the letters of its series, ends a text or a part of it: ``24 0317``,
    ``FT A25/318``. Word by word, as hostile text would keep a pattern busy."""
    for part in re.finditer(r"[^|•·]+", text):
        words = [(m.start() + part.start(), m[0]) for m in re.finditer(r"\S+", part[0])][-_MOST_GROUPS - 1 :]
        first = len(words)
        if first > 1 and _SUFFIX.fullmatch(words[-1][1]):
            first -= 1
        while first > 0 and len(words) - first < _MOST_GROUPS and any(c.isdigit() for c in words[first - 1][1]):
            first -= 1
        if 0 < first < len(words) and _SERIES.fullmatch(series := words[first - 1][1]) and series not in _TAXES:
            first -= 1
        if len(words) - first > 1 and any(c.isdigit() for _, word in words[first:] for c in word):
            return words[first][0], words[-1][0] + len(words[-1][1])
    return None


_NO_REFERENCE = re.compile(
    r"\S+@\S+|(?:https?://|www\.)\S+|\+\d[\d ()/-]{6,}"
    r"|\(\d{3}\) ?\d{3}[-. ]\d{4}(?!\d)"
    r"|\bHR[AB] ?\d[\d ]{2,7}\d\b|\bFN ?\d{5,6} ?[a-z]\b"
    rf"|\b{iban_shape(fewest=3)}\b"
    r"|\d[\d.,]*\s?(?:%|€|\$|£)"
    r"|[€$£]\s?\d[\d.,]*"
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
        if n == 0 and "/" in text:
            yield from (Label(part, weight - 0.05) for part in re.split(r"\s*/\s*", text) if len(part) > 2)


def _stands_alone(above: Cell | None) -> bool:
    """Whether the text above a value is a heading of its column, without a value of its own."""
    return above is not None and above.has_letters and not above.has_digits


def _whole(text: str, weight: float) -> Iterator[Label]:
    yield Label(text, weight)
    if "/" in text:  # the same in two languages
        for part in re.split(r"\s*/\s*", text):
            if len(part) > 2:
                yield Label(part, weight - 0.05)
    for part in _SEPARATORS.split(text)[1:]:
        if part.strip():
            yield Label(part, weight * _PARTIAL)
    stripped = re.sub(r"\([^()]*\)", " ", text)
    if stripped.strip() and stripped != text:
        yield Label(stripped, weight)
    if ":" in text.rstrip(": "):
        yield Label(text.rstrip(": ").rsplit(":", 1)[-1], weight * _PARTIAL)

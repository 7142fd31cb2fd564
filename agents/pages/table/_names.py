"""What the rows of a table are called: which of the lines in the column of descriptions are a row's name.

A description often goes on under the name with periods, serial numbers and notes, and numbers may be set at the middle of
it. A name is its first line, and what was wrapped from it.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from agents.fields.schema import MAX_NAME
from agents.pages.table._columns import Token
from agents.pages.table._headings import NOTE, is_note
from agents.words import in_text

if TYPE_CHECKING:
    from agents.pages.table._rows import Row, RowFinder

_PITCH = 1.6
"""Lines of one description are no further apart than this, top to top, in heights of a word."""
_MOST_NAME_LINES = 4
_OPEN_END = re.compile(rf"(?:[-‐,(/&+]|{in_text('text.open_end')})$", re.IGNORECASE)

_WORD = re.compile(r"(?<!\S)[^\W\d_]{3,}")
_WITHOUT_DIGITS = re.compile(r"\d+")
_POSITION = re.compile(r"(\d{1,3})[.)]\s+(?=\S)")
_COUNTED = tuple(
    re.compile(shape)
    for shape in (
        r"(?P<name>.+?)\s*\((?P<count>\d[\d.,]{0,9})\)",
        r"(?P<count>\d[\d.,]{0,9})\s?[x×]\s+(?P<name>\D.*)",
        r"(?P<name>(?:.*\D)??[^\d\s])\s+[x×]\s?(?P<count>\d[\d.,]{0,9})",
    )
)
"""How many of it there are, said with a name: ``Pro plan (5)``, ``3 x Chair``."""


@dataclass(frozen=True)
class Spoken:
    """A name as printed, and what it says beside it: the row's number before it, and how many there are."""

    name: str
    number: str
    count: str


def spoken(names: Sequence[str]) -> list[Spoken]:
    """The names of a table's rows taken apart, where all of them are made alike: numbered from one, or counted."""
    numbers = [_POSITION.match(name) for name in names]
    numbered = len(names) > 1 and [int(m[1]) if m else 0 for m in numbers] == list(range(1, len(names) + 1))
    if numbered:
        names = [name[m.end() :] if m else name for name, m in zip(names, numbers, strict=True)]
    found = next((made for shape in _COUNTED if all(made := [shape.fullmatch(name) for name in names])), [])
    counts = [m["count"] for m in found if m]
    if not counts or all(re.fullmatch(r"(?:19|20)\d\d", count) for count in counts):
        found = [None] * len(names)
    return [
        Spoken(m["name"] if m else name, str(n) if numbered else "", m["count"] if m else "")
        for n, (name, m) in enumerate(zip(names, found, strict=True), 1)
    ]


class Names:
    """Gives rows their names and line numbers, out of the columns that hold words."""

    def __init__(self, finder: RowFinder, rows: Sequence[Row]) -> None:
        self.finder = finder
        self.rows = rows
        self.height = finder.body.height
        self.texts = [t for line in finder.body.lines for t in self._first(line.number)]
        """The column's first token of every line that has one, from top to bottom."""
        self.lines = [t.line for t in self.texts]
        self.at = {line: n for n, line in enumerate(self.lines)}
        self.own = {n for row in rows for n in (row.at, *(t.line for t in row.tokens.values()))}
        self.numbers = {line.number: n for n, line in enumerate(finder.body.lines)}

    def _first(self, line: int) -> list[Token]:
        worded = (t for t in self.finder.body.tokens(line, self.finder.name) if any(c.isalpha() for c in t.text))
        found = sorted(worded, key=lambda t: (bool(t.values), not t.worded, t.box[0]))
        return found[:1]

    def named(self) -> list[Row]:
        """The rows, each with its name and its number if they are printed."""
        own = [self._on(row) for row in self.rows]
        centred = self._centred(own)
        self.last_line_up = self._at_the_bottom(own)
        starts = [
            self._start(row, at, centred or self.last_line_up, n)
            for n, (row, at) in enumerate(zip(self.rows, own, strict=True))
        ]
        blocks = [self._block(n, at, starts) for n, at in enumerate(starts)]
        wraps = self._wraps(blocks)
        edge = max((t.box[2] for b in blocks for t in b), default=0.0)
        named = []
        for n, (row, block) in enumerate(zip(self.rows, blocks, strict=True)):
            name = self._name(block, wraps, edge)
            if name and (begun := self._on_the_page_before(n, name[0], blocks[n - 1] if n else ())):
                name = [begun, *name]
            tokens = dict(row.tokens)
            if number := self._number(n, row, block):
                tokens["id"] = number
            first = min([row.line, *(t.line for t in name)])
            last = max([row.last, *(t.line for t in block)])
            others = (t for t in block if t not in name and not is_note(t.text))
            rivalled = self.finder.rivalled or any(others) or name[:1] != block[:1]
            named.append(replace(row, tokens=tokens, name=tuple(name), line=first, last=last, rivalled=rivalled))
        return named

    def _on(self, row: Row) -> int | None:
        """Where the row's own lines have a description, its place among the texts."""
        lines = [row.at, *(row.tokens[role].line for role in ("quantity", "price") if role in row.tokens)]
        return min((self.at[n] for n in lines if n in self.at), default=None)

    def _centred(self, own: Sequence[int | None]) -> bool:
        """Whether numbers stand beside the middle of descriptions: on some row there is text above but none beside."""
        without = [row for row, at in zip(self.rows, own, strict=True) if at is None and row.kind == "item"]
        return any(self._above(row) is not None and not self._nearer_below(row) for row in without)

    def _nearer_below(self, row: Row) -> bool:
        """Whether the text under a row, not beside it, is closer to it than the one above: it is the row's own."""
        page, top = self._top(row)
        after = bisect_right(self.lines, row.at)
        if after == len(self.texts) or self.texts[after].page != page:
            return False
        under, over = self.texts[after].top - top, top - self.texts[bisect_left(self.lines, row.at) - 1].top
        return under >= 0.9 * self.height and 1.15 * under < over

    def _at_the_bottom(self, own: Sequence[int | None]) -> bool:
        """Whether numbers stand beside the last line of descriptions: text above the first row's, none below the last
        one's, and more than one row that has it."""
        places = [at for row, at in zip(self.rows, own, strict=True) if at is not None and row.kind == "item"]
        if len(places) < 2 or self._lines_below(places[-1]):
            return False
        return all(at > 0 and self._joined(at - 1) for at in (places[0], places[-1])) and all(
            a + 1 < b for a, b in zip(places, places[1:], strict=False)
        )

    def _above(self, row: Row) -> int | None:
        """The text right above a row that has none beside it."""
        anchor = self._top(row)
        at = bisect_left(self.lines, row.at) - 1
        if at >= 0 and self.texts[at].page == anchor[0] and anchor[1] - self.texts[at].top <= _PITCH * self.height:
            return at
        return None

    def _top(self, row: Row) -> tuple[int, float]:
        """Page and top of the line the row's amount stands on."""
        t = next((t for t in row.tokens.values() if t.line == row.at), next(iter(row.tokens.values())))
        return t.page, t.top

    def _start(self, row: Row, own: int | None, centred: bool, n: int) -> int | None:
        """The place of the first line of the row's description."""
        at = own
        if at is None and centred:
            at = self._above(row)
        if at is None:
            page, top = self._top(row)
            after = bisect_right(self.lines, row.at)
            near = after < len(self.texts) and self.texts[after].page == page
            if near and self.texts[after].top - top <= _PITCH * self.height:
                return after if self.lines[after] not in self.own else None
            return self._above(row) if not centred else None
        previous = self.rows[n - 1].at if n else -1
        while centred and at > 0 and self._joined(at - 1) and self.texts[at - 1].line > previous:
            if self.finder.is_total(self.texts[at - 1]):
                break
            if own is not None and not self.last_line_up and self._lines_below(own) < own - at + 1:
                break
            at -= 1
        return at

    def _lines_below(self, at: int) -> int:
        n = at
        while n + 1 < len(self.texts) and self._joined(n) and self._belongs(at, n + 1):
            n += 1
        return n - at

    def _joined(self, at: int) -> bool:
        """Whether a text and the next one are lines of one paragraph."""
        if at + 1 >= len(self.texts):
            return False
        a, b = self.texts[at], self.texts[at + 1]
        return a.page == b.page and 0 < b.top - a.top <= _PITCH * max(self.height, min(a.height, b.height))

    def _belongs(self, start: int, at: int) -> bool:
        """Whether a text begins where its row's description does, or a little indented, and names no total."""
        text = self.texts[at]
        indent = text.box[0] - self.texts[start].box[0]
        return -1.5 * self.height < indent < 4 * self.height and not self.finder.is_total(text)

    def _block(self, n: int, start: int | None, starts: Sequence[int | None]) -> list[Token]:
        """The lines of the row's description that stand together."""
        if start is None:
            return []
        following = next((s for s in starts[n + 1 :] if s is not None), len(self.texts))
        stop = self.rows[n + 1].line if n + 1 < len(self.rows) else None
        block = [self.texts[start]]
        at = start
        while at + 1 < following and self._joined(at) and self._belongs(start, at + 1):
            at += 1
            if stop is not None and self.texts[at].line >= stop and following == len(self.texts):
                break
            block.append(self.texts[at])
        return block

    def _wraps(self, blocks: Sequence[Sequence[Token]]) -> bool:
        """Whether lines break because they are full, on the evidence of all: no next word would have fitted,
        and they take up most of the column."""
        edge = max((t.box[2] for block in blocks for t in block), default=0.0)
        pairs = [(a, b) for block in blocks for a, b in zip(block, block[1:], strict=False)]
        left = min((t.box[0] for block in blocks for t in block), default=0.0)
        wide = edge - left >= 0.5 * (self._next_column(left) - left)
        return bool(pairs) and wide and not any(_fits(a, b, edge) for a, b in pairs)

    def _next_column(self, left: float) -> float:
        """Where the column behind the descriptions begins."""
        return min((h.box[0] for h in self.finder.body.columns.headings if h.box[0] > left + self.height), default=left)

    def _name(self, block: Sequence[Token], wraps: bool, edge: float) -> list[Token]:
        at = next((n for n, line in enumerate(block) if not _is_beside_the_name(line)), 0)
        if at and (_OPEN_END.search(block[at - 1].text) or not _WORD.search(block[at].text)):
            at = 0
        name = list(block[at : at + 1])
        for line in block[at + 1 : at + _MOST_NAME_LINES]:
            before = name[-1]
            if abs(line.box[0] - before.box[0]) > 0.4 * self.height or not self._goes_on(before, line, wraps, edge):
                break
            if sum(len(t.text) + 1 for t in name) + len(line.text) > MAX_NAME:
                break
            name.append(line)
        return name

    def _goes_on(self, before: Token, line: Token, wraps: bool, edge: float) -> bool:
        if _OPEN_END.search(before.text):
            return True
        if NOTE.match(line.text):
            return False
        full = before.box[2] - before.box[0] >= 0.6 * (edge - before.box[0])
        if full and line.text[:1].islower() and not _fits(before, line, edge + self.height):
            return True
        return wraps and not _fits(before, line, edge)

    def _on_the_page_before(self, n: int, name: Token, before: Sequence[Token]) -> Token | None:
        """Where a page breaks in the middle of a name, its first line: below the row before, set as the name is, and no foot of
        every page."""
        if not n or not name.text[:1].islower() or self._top(self.rows[n - 1])[0] != name.page - 1:
            return None
        last = max([self.rows[n - 1].last, *(t.line for t in before)])
        at = bisect_right(self.lines, last)
        if at >= len(self.texts) or self.texts[at].page != name.page - 1:
            return None
        begun = self.texts[at]
        feet = {_WITHOUT_DIGITS.sub("", t.text) for t in self.texts if t.page == name.page}
        able = begun.worded and not is_note(begun.text) and not self.finder.is_total(begun) and not begun.values
        fits = abs(begun.box[0] - name.box[0]) < 0.4 * self.height and _WITHOUT_DIGITS.sub("", begun.text) not in feet
        return begun if able and fits else None

    def _number(self, n: int, row: Row, block: Sequence[Token]) -> Token | None:
        """The line's own number, which may stand further down in its description."""
        body = self.finder.body
        begin = self.numbers[min([row.line, *(t.line for t in block)])]
        end = self.numbers[self.rows[n + 1].line] if n + 1 < len(self.rows) else begin + 12
        for line in body.lines[begin : max(end, begin + 1)]:
            if line.page != self._top(row)[0]:
                break
            for column in self.finder.ids:
                for t in body.tokens(line.number, column):
                    if re.fullmatch(r"[A-Za-z]?\d{1,5}(?:\.\d{1,4}){0,3}\.?", t.text):
                        return t
        return None


def _is_beside_the_name(line: Token) -> bool:
    """Whether a line of a description is not its name: a code, or a note."""
    return not line.worded or is_note(line.text)


def _fits(before: Token, line: Token, edge: float) -> bool:
    """Whether the first word of ``line`` would have stood behind ``before``."""
    word = line.words[0].box
    space = 0.25 * before.height
    return before.box[2] + space + (word[2] - word[0]) <= edge

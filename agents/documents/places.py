"""Where in a document a printed text stands: the lookup that evidence rests on."""

from __future__ import annotations

import bisect
import re
from collections.abc import Container
from dataclasses import dataclass

from agents.documents.layout import union
from agents.documents.reading import Reading
from agents.documents.upright import UprightBox, UprightReading, UprightWord
from infra.text import caseless, squeezed

_COLUMN_GAP = 0.75
"""A gap wider than this, in line heights, separates columns."""


@dataclass(frozen=True)
class Place:
    """``text`` as printed, on ``page`` (from 1), within ``box`` of the upright page; ``line`` is the number of the line it
    begins on."""

    page: int
    box: UprightBox
    text: str
    line: int = -1


class Places:
    """An index over the words of a reading.

    Texts are compared without white space, letter case aside, and only from the start of a word to the end of one
    (punctuation at the ends aside): ``12`` is not found in ``1.234,12``. Digits of two words make one number
    where they are asked for with the space, or where they are printed as thousands: ``1234,56`` is found in ``1 234,56``,
    but ``250,00`` is not found in a column of ``2`` beside one of ``50,00``.
    """

    def __init__(self, reading: Reading, lines: Container[int] | None = None) -> None:
        """An index of all words of ``reading``, or of those on ``lines`` alone."""
        self.reading = UprightReading(reading)
        self._words = [w for w in self.reading.words if w.text.strip() and (lines is None or w.line in lines)]
        self._starts: list[int] = []
        parts: list[str] = []
        length = 0
        for word in self._words:
            folded = squeezed(word.text)
            self._starts.append(length)
            parts.append(folded)
            length += len(folded)
        self._text = "".join(parts)

    def find(self, printed: str, *, near: Place | None = None) -> Place | None:
        """The place where ``printed`` stands: the first one, or the one nearest below or above ``near``; else None."""
        places = self.every(printed)
        if not places:
            return None
        if near is None:
            return places[0]
        return min(places, key=lambda p: (p.page != near.page, abs(p.box[1] - near.box[1])))

    def every(self, printed: str) -> list[Place]:
        """The places where ``printed`` stands, in reading order."""
        wanted = squeezed(printed)
        if not any(c.isalnum() for c in wanted):
            return []
        gaps = _gaps(printed)
        return [p for start in self._occurrences(wanted) if (p := self._place(start, start + len(wanted), gaps))]

    def _occurrences(self, wanted: str) -> list[int]:
        starts, start = [], self._text.find(wanted)
        while start >= 0:
            starts.append(start)
            start = self._text.find(wanted, start + 1)
        return starts

    def _place(self, start: int, end: int, gaps: frozenset[int]) -> Place | None:
        first = bisect.bisect_right(self._starts, start) - 1
        last = bisect.bisect_left(self._starts, end) - 1
        words = self._words[first : last + 1]
        before = squeezed(words[0].text)[: start - self._starts[first]]
        after = squeezed(words[-1].text)[end - self._starts[last] :]
        if any(c.isalnum() for c in before[-1:] + after[:1]) or _glued(before, after):
            return None
        if any(w.page != words[0].page for w in words):
            return None
        for n in range(first + 1, last + 1):
            at = self._starts[n]
            digits = self._text[at - 1].isdigit() and self._text[at].isdigit()
            if digits and at - start not in gaps and not _one_number(self._words[n - 1], self._words[n]):
                return None
        return Place(words[0].page, union(words), " ".join(w.text for w in words), words[0].line)


def _glued(before: str, after: str) -> bool:
    """Whether the match is a part of a number: ``34,12`` within ``1.234,12``."""
    return (before[-1:] in ".,'’" and before[-2:-1].isdigit()) or (after[:1] in ".,'’" and after[1:2].isdigit())


def _one_number(left: UprightWord, right: UprightWord) -> bool:
    """Whether two words that meet in digits are the thousands and the rest of one number, a space apart."""
    near = left.line == right.line and right.box[0] - left.box[2] < _COLUMN_GAP * (right.box[3] - right.box[1])
    return near and bool(
        re.search(r"(?<!\d)\d{1,3}$", squeezed(left.text)) and re.match(r"\d{3}(?!\d)", squeezed(right.text))
    )


def _gaps(printed: str) -> frozenset[int]:
    """Where in the folded text white space was."""
    lengths = [len(part) for part in caseless(printed).split()]
    return frozenset(sum(lengths[:n]) for n in range(1, len(lengths)))

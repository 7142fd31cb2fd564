"""Every payment destination that the pages of a document name, each with its place, and those in the PDF's metadata.

Text that no reader sees is left aside: that it holds an account is an error by itself (`safety`).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from agents.documents.layout import Cell, Layout
from agents.documents.reading import Box, Reading
from agents.documents.upright import UprightWord
from agents.fields import destinations
from agents.fields.destinations import Destination, kept

_LONGEST = 120
"""Characters that are kept of one as it is printed."""
_DOWN = 4
"""Cells of a column that are read together: under its label a value stands, and an account may go on over lines."""


def payment_destinations(reading: Reading) -> list[Destination]:
    """What ``reading`` names to be paid to, each once, those on pages first and in reading order."""
    return kept([*_on_pages(Layout(reading)), *_in_metadata(reading)])


def _on_pages(layout: Layout) -> Iterator[Destination]:
    for text in _texts(layout):
        for one in destinations.find(text.plain):
            words = text.between(one.start, one.end)
            page = words[0].page if words else None
            boxes = [layout.reading.displayed(word.page, word.box) for word in words if word.page == page]
            printed = text.plain[one.start : one.end][:_LONGEST]
            box = _union(boxes) if boxes else None
            yield Destination(scheme=one.scheme, value=one.value, printed=printed, page=page, box=box)


def _in_metadata(reading: Reading) -> Iterator[Destination]:
    for said in reading.metadata.values():
        for one in destinations.find(said):
            printed = said[one.start : one.end][:_LONGEST]
            yield Destination(scheme=one.scheme, value=one.value, printed=printed, where="metadata")


class _Text(NamedTuple):
    """Words as one text, and where each begins in it."""

    plain: str
    starts: list[int]
    words: list[UprightWord]

    def between(self, start: int, end: int) -> list[UprightWord]:
        return [w for at, w in zip(self.starts, self.words, strict=True) if at < end and at + len(w.text) > start]


def _texts(layout: Layout) -> Iterator[_Text]:
    """All lines; and each column from where something is announced, since what stands beside it divides it in the lines."""
    yield _joined([list(line.cells) for line in layout.lines])
    for line in layout.lines:
        for cell in line.cells:
            if destinations.announces(cell.text):
                column = [cell]
                while len(column) < _DOWN and (below := layout.below(column[-1])):
                    column.append(below)
                if len(column) > 1:
                    yield _joined([[one] for one in column])


def _joined(lines: Sequence[Sequence[Cell]]) -> _Text:
    parts: list[str] = []
    starts: list[int] = []
    words: list[UprightWord] = []
    at = 0
    for n, line in enumerate(lines):
        for m, cell in enumerate(line):
            for k, word in enumerate(cell.words):
                between = " " if k else "  " if m else "\n" if n else ""
                parts += [between, word.text]
                at += len(between)
                starts.append(at)
                words.append(word)
                at += len(word.text)
    return _Text("".join(parts), starts, words)


def _union(boxes: Sequence[Box]) -> Box:
    left, top, right, bottom = zip(*boxes, strict=True)
    return Box((min(left), min(top), max(right), max(bottom)))

"""A reading with its pages turned upright: columns are columns only on these, so layout and lookup work here.

What people are shown and states keep has its place on the page as it is displayed (`Box`). The places here are of another
type (`UprightBox`), so that the two are never mixed: `displayed` leads to the page as it is displayed, `upright` back.
"""

from __future__ import annotations

from typing import NamedTuple, NewType

from agents.documents import turning
from agents.documents.reading import Box, Page, Reading

UprightBox = NewType("UprightBox", tuple[float, float, float, float])
"""``(x0, top, x1, bottom)`` in PDF points, origin at the top left of the page once it stands upright."""


class UprightWord(NamedTuple):
    """A word of a reading, with its place on the upright page."""

    text: str
    page: int
    box: UprightBox
    line: int
    confidence: float | None


class UprightPage(NamedTuple):
    """``height`` is that of the page once it stands upright, in points."""

    number: int
    height: float
    recognised: bool
    """As in `reading.Page`: its text was laid over the picture by who scanned it."""
    ocr: bool
    """Whether its words were recognised in its picture, by us."""


class UprightReading:
    """The words of a reading; where no page was scanned askew or on its side, at the places that they have in it."""

    def __init__(self, reading: Reading) -> None:
        self._turned = {page.number: page for page in reading.pages if _degrees(page)}
        self.text = reading.text
        self.pages = [UprightPage(p.number, _height(p), p.recognised, p.ocr is not None) for p in reading.pages]
        self.words = [
            UprightWord(w.text, w.page, self.upright(w.page, w.box), w.line, w.confidence) for w in reading.words
        ]

    def displayed(self, page: int, box: UprightBox) -> Box:
        """Where a place stands on the page as it is displayed."""
        at = self._turned.get(page)
        return Box(turning.displayed(box, at.width, at.height, _degrees(at)) if at else box)

    def upright(self, page: int, box: Box) -> UprightBox:
        """Where a place of the page as it is displayed stands here; on a page that was turned to 0.01 points."""
        at = self._turned.get(page)
        if at is None:
            return UprightBox(box)
        x0, top, x1, bottom = turning.upright(box, at.width, at.height, _degrees(at))
        return UprightBox((round(x0, 2), round(top, 2), round(x1, 2), round(bottom, 2)))


def _degrees(page: Page) -> float:
    return page.ocr.turned if page.ocr else 0.0


def _height(page: Page) -> float:
    return turning.upright_size(page.width, page.height, _degrees(page))[1]

"""A document's text as rules look at it: lines to choose a quote from, and phrases with their places.

Where a document has pages, its text is what is printed on them; a bare XML's are its values, one a line, with no page.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property, lru_cache
from textwrap import wrap

from agents.documents.layout import Layout, Line, union
from agents.documents.places import Place, Places
from agents.documents.reading import Box, Reading
from agents.documents.safe_xml import BrokenXml, UnsafeXml, parse_xml
from agents.words import in_text
from infra.records import JsonObject
from infra.text import squeezed, unaccented

LONGEST_LINE = 300
"""Characters that are shown and quoted as one; a longer line is several."""
_HEADING_LINES = 25
"""A heading stands among so many first lines."""
_HEADING_WORDS = 8
_WORDS_BEFORE = 10
"""Words of the same sentence before a phrase of which one may turn its sense."""

_TURNED = re.compile(in_text("text.turns", unaccented))
"""Words that deny a phrase behind them, or make it a condition. Letters without accents."""


@dataclass(frozen=True)
class Passage:
    """A text of the document as it is printed; ``page`` and ``box`` are None where it stands in XML alone."""

    text: str
    page: int | None = None
    box: Box | None = None

    @property
    def evidence(self) -> JsonObject:
        """As a finding has it."""
        where = {"page": self.page, "box": self.box} if self.page else {}
        return {"quote": self.text, **where}


class Passages:
    """The text of a reading."""

    def __init__(self, reading: Reading) -> None:
        self._shown = reading
        self._reading = reading

    @cached_property
    def lines(self) -> list[Passage]:
        """Line by line. Places are those on the page as it is displayed."""
        if self._layout.lines:
            return [passage for line in self._layout.lines for passage in self._line(line)]
        return [Passage(part) for text in self._values for part in _parts(text)]

    @cached_property
    def text(self) -> str:
        """All lines."""
        return "\n".join(line.text for line in self.lines)

    def quoted(self, quote: str) -> Passage | None:
        """Where ``quote`` stands in the document, white space and letter case aside; None if it does not."""
        if place := self._places.find(quote):
            return Passage(place.text, place.page, self._layout.reading.displayed(place.page, place.box))
        wanted = squeezed(quote)
        if not any(c.isalnum() for c in wanted) or self._layout.lines:
            return None
        return next((Passage(text) for text in self._values if wanted in squeezed(text)), None)

    def phrase(self, phrases: Iterable[str]) -> Passage | None:
        """The first of ``phrases`` that stands in the document and that no word before it denies or makes a condition."""
        return next((passage for phrase in phrases for passage in self._standing(phrase)), None)

    def heading(self, phrases: Iterable[str]) -> Passage | None:
        """The first of ``phrases`` with which a short piece of text at the top of the document begins: what it is called."""
        begins = _beginning(tuple(phrases))
        for cell in (cell for line in self._layout.lines[:_HEADING_LINES] if line.page == 1 for cell in line.cells):
            said = plain(cell.text)
            if len(said.split()) <= _HEADING_WORDS and begins.match(said):
                return Passage(cell.text, cell.page, self._layout.reading.displayed(cell.page, cell.box))
        return None

    def _standing(self, phrase: str) -> Iterator[Passage]:
        for place in self._places.every(phrase):
            if not _turned(self._before(place)):
                yield Passage(place.text, place.page, self._layout.reading.displayed(place.page, place.box))
                return
        wanted = squeezed(phrase)
        for text in self._values:
            at = squeezed(text).find(wanted)
            if at >= 0 and not _turned(text[:at]):
                yield Passage(next((part for part in _parts(text) if wanted in squeezed(part)), phrase))
                return

    def _before(self, place: Place) -> str:
        """The words before a place, as they are printed one behind the other."""
        count = len(place.text.split(" "))
        for n in range(self._begins.get(place.line, 0), len(self._words)):
            if " ".join(self._words[n : n + count]) == place.text:
                return " ".join(self._words[max(n - _WORDS_BEFORE, 0) : n])
        return ""

    def _line(self, line: Line) -> list[Passage]:
        box = self._layout.reading.displayed(line.page, union([word for cell in line.cells for word in cell.words]))
        return [Passage(part, line.page, box) for part in _parts(line.text)]

    @cached_property
    def _layout(self) -> Layout:
        return Layout(self._reading)

    @cached_property
    def _places(self) -> Places:
        return Places(self._reading)

    @cached_property
    def _words(self) -> list[str]:
        return [word.text for word in self._reading.words if word.text.strip()]

    @cached_property
    def _begins(self) -> dict[int, int]:
        """Number of a line to that of its first word."""
        printed = [word for word in self._reading.words if word.text.strip()]
        return {word.line: n for n, word in reversed(list(enumerate(printed)))}

    @cached_property
    def _values(self) -> list[str]:
        """What the elements of its XML say that hold a text, without their names."""
        if self._shown.xml is None:
            return []
        try:
            root = parse_xml(self._shown.xml.text.encode())
        except (BrokenXml, UnsafeXml):
            return []
        texts = (" ".join(element.text.split()) for element in root.iter() if element.text and not len(element))
        return [text for text in texts if any(c.isalpha() for c in text)]


def _parts(text: str) -> list[str]:
    """A text in parts that can be shown and quoted; nothing of it is left out."""
    return wrap(text, LONGEST_LINE, break_on_hyphens=False) if len(text) > LONGEST_LINE else [text]


@lru_cache(64)
def _beginning(phrases: tuple[str, ...]) -> re.Pattern[str]:
    known = "|".join(re.escape(plain(phrase)) for phrase in phrases)
    return re.compile(rf"(?:{known})(?!\w)" if known else r"(?!)")


def plain(text: str) -> str:
    """Lower case, without accents, one space between words."""
    return " ".join(unaccented(text).split())


def _turned(before: str) -> bool:
    """Whether a word of the same sentence turns the sense of what follows."""
    return bool(_TURNED.search(plain(re.split(r"[.;:!?]\s", before)[-1])))

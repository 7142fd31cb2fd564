"""Stamps and watermarks: words that stand out from the text of a page, by their size, their angle or their place, and that are
a stamp as a whole. An ordinary sentence with the same word is none."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from statistics import median

from agents.documents.layout import Cell, Layout
from agents.documents.upright import UprightWord
from agents.fields import days, values
from agents.fields.rules import Rule
from agents.pages.unpayable._said import Said, by_words
from agents.words import normalised, phrases

_STAMPS = {
    Rule.VOID: phrases("stamps.void"),
    Rule.PAID: phrases("stamps.paid"),
    Rule.DRAFT: phrases("stamps.draft"),
    Rule.DO_NOT_PAY: phrases("stamps.held"),
    Rule.REMINDED: phrases("stamps.reminder"),
    Rule.DOCUMENT_KIND: phrases("stamps.no_invoice"),
}
_ONLY_LARGE = {Rule.REMINDED, Rule.DOCUMENT_KIND}
"""Stamped only where it stands out by size: capitals of the text's own size are a heading or a label."""
_DATED = {Rule.PAID, Rule.VOID}
"""Beside which a day may stand, and by whom or how."""
_LARGE = 1.6
"""Times the text's height: what is higher stands out. So does what is turned: its box is as high as it is long."""
_MOST_WORDS = 6
"""Of a stamp, a day beside it included."""
_MOST_LARGE = 60
"""Words of a page that stand out: more are no stamp."""
_ALIKE = 1.35
"""Times: so much may the letters of one spaced word differ in their height."""
_CAPITALS = 0.5
"""Of the words of a page: where more are in capitals, these make nothing stand out."""


def said(layout: Layout) -> Iterator[Said]:
    """What is stamped on the pages."""
    pages: dict[int, list[Cell]] = defaultdict(list)
    for cell in layout.cells():
        pages[cell.page].append(cell)
    for cells in pages.values():
        yield from _on_page(layout, cells)


def rule_of(text: str) -> Rule | None:
    """What a text says that is a stamp as a whole, a day or a name of a few words beside it; None if it is none."""
    words = normalised(text).split()
    if not words or len(words) > _MOST_WORDS or any(values.is_money(amount) for amount in values.amounts(text)):
        return None
    plain = " ".join(words)
    for rule, stamp in _STAMPS.items():
        if not stamp.search(plain):
            continue
        for length in range(len(words), 0, -1):
            for start in range(len(words) - length + 1):
                beside = [*words[:start], *words[start + length :]]
                dated = any(c.isdigit() for word in beside for c in word)
                alone = not beside or dated and rule in _DATED
                if alone and stamp.fullmatch(" ".join(words[start : start + length])):
                    return rule
    return None


def _on_page(layout: Layout, cells: Sequence[Cell]) -> Iterator[Said]:
    words = [word for cell in cells for word in cell.words if any(c.isalpha() for c in word.text)]
    if not words:
        return
    usual = median(_height(word) for word in words)
    shouted = sum(word.text.isupper() for word in words) > _CAPITALS * len(words)
    for cell in cells:
        large = cell.height > _LARGE * usual
        capital = cell.text.isupper() and not shouted and sum(c.isalpha() for c in cell.text) >= 4
        if not (large or capital) or _is_label(layout, cell, large):
            continue
        if (rule := rule_of(cell.text)) and (large or rule not in _ONLY_LARGE):
            yield by_words(rule, "bears", *cell.words)
    high = [w for cell in cells for w in cell.words if _height(w) > _LARGE * usual and w.text.strip()]
    if 1 < len(high) <= _MOST_LARGE:
        yield from _together(high)


def _is_label(layout: Layout, cell: Cell, large: bool) -> bool:
    """Whether something stands beside or under it that it may be the label or the heading of."""
    right = layout.right_of(cell)
    if cell.text.rstrip().endswith(":") or right is not None and not _is_day(right.text):
        return True
    if (below := layout.below(cell, 1.5)) is None or _is_day(below.text):
        return False
    amount = any(values.is_money(text) for text in values.amounts(below.text))
    return amount if large else cell.overlaps(below) > 0.5


def _is_day(text: str) -> bool:
    return bool(days.printed_days(text))


def _together(high: Sequence[UprightWord]) -> Iterator[Said]:
    """Large words in a row, in whichever direction: a stamp of several words, or of letters set apart."""
    for way in (lambda w: w.box[0], lambda w: -w.box[1], lambda w: w.box[1]):
        row = sorted(high, key=way)
        for start in range(len(row)):
            letters = [row[start]]
            for word in row[start + 1 : start + 16]:
                if len(word.text) == len(letters[0].text) == 1 and _alike(word, letters[0]):
                    letters.append(word)
                    if len(letters) > 3 and (rule := rule_of("".join(w.text for w in letters))):
                        yield by_words(rule, "bears", *letters)
            for length in range(2, _MOST_WORDS + 1):
                group = row[start : start + length]
                if len(group) == length and (rule := rule_of(" ".join(w.text for w in group))):
                    yield by_words(rule, "bears", *group)


def _alike(one: UprightWord, other: UprightWord) -> bool:
    low, high = sorted((_height(one), _height(other)))
    return high <= _ALIKE * low


def _height(word: UprightWord) -> float:
    return max(word.box[3] - word.box[1], 1.0)

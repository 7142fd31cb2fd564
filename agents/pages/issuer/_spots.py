"""Where a value stands: on which page, under which label, about where; and what of another document stands there."""

from __future__ import annotations

import re
from collections.abc import Iterable

from agents.documents.layout import Layout
from agents.pages._candidates import Candidate
from agents.words import normalised
from infra.records.issuers import Side, Spot

_ASIDE = 6.0
"""Points by which an edge, or the middle, of a value may have moved to the side."""
_UP_OR_DOWN = 4.0
"""Points by which a value without a label may have moved up or down."""
_FAR = 5.0
"""Line heights above a value in which its label is looked for."""
_MOST_CLIMBED = 12
_LONGEST = 60
_WORDS = 6


def spot_of(candidate: Candidate, layout: Layout, *, shaped: bool = False) -> Spot:
    """Where ``candidate`` stands; with the shape of its value, where numbers of its kind keep one."""
    side, label = anchor_of(candidate, layout)
    x0, top, x1, _ = candidate.box
    return Spot(
        page=_page(candidate, layout),
        side=side,
        label=label,
        x0=round(x0, 1),
        x1=round(x1, 1),
        top=round(top, 1),
        shape=shape_of(candidate.text) if shaped else "",
    )


def anchor_of(candidate: Candidate, layout: Layout) -> tuple[Side, str]:
    """The label a value stands under: the words before it in its cell, else those in the cells beside it, else above it."""
    cell = candidate.cell
    before = label_text(cell.text[: max(cell.text.find(candidate.text), 0)])
    if before:
        return Side.BEFORE, before
    left, hops = layout.left_of(cell), 0
    while left is not None and hops < 4:
        if label := label_text(left.text):
            return Side.BESIDE, label
        left, hops = layout.left_of(left), hops + 1
    above, climbed = layout.above(cell, _FAR), 0
    while above is not None and climbed < _MOST_CLIMBED:
        if not above.has_digits and (label := label_text(above.text)):
            return Side.ABOVE, label
        above, climbed = layout.above(above), climbed + 1
    return Side.NONE, ""


def label_text(text: str) -> str:
    """``text`` as a label is kept: its last words that have no digits, normalised. Empty where no letter is among them."""
    words: list[str] = []
    for word in reversed(normalised(text[-200:]).split()[-4 * _WORDS :]):
        if any(c.isdigit() for c in word):
            if words:
                break
            continue
        words.append(word)
    label = " ".join(reversed(words[:_WORDS]))[:_LONGEST]
    return label if any(c.isalpha() for c in label) else ""


def shape_of(printed: str) -> str:
    """Digits as ``0`` and letters as ``a``, runs as one: ``RE-2026/17`` is ``a-0/0``. Empty for one of so many runs that the next
    number need not have them."""
    shape = re.sub(r"[^\W\d_]+", "a", re.sub(r"\d+", "0", printed[:60]))
    return shape if sum(c in "0a" for c in shape) <= 4 else ""


def standing(spot: Spot, candidates: Iterable[Candidate], layout: Layout) -> Candidate | None:
    """The one value that stands at ``spot``; None where none does, or several that differ."""
    there = [c for c in candidates if _aligned(spot, c) and _on_page(spot, c, layout) and _named(spot, c, layout)]
    if len({c.value for c in there}) > 1:
        there = [c for c in there if abs(c.box[1] - spot.top) <= _UP_OR_DOWN]
    if len({c.value for c in there}) != 1:
        return None
    found = there[0]
    return found if not spot.shape or shape_of(found.text) in ("", spot.shape) else None


def _named(spot: Spot, candidate: Candidate, layout: Layout) -> bool:
    if spot.side is Side.NONE and abs(candidate.box[1] - spot.top) > _UP_OR_DOWN:
        return False
    return anchor_of(candidate, layout) == (spot.side, spot.label)


def _aligned(spot: Spot, candidate: Candidate) -> bool:
    x0, _, x1, _ = candidate.box
    return min(abs(x0 - spot.x0), abs(x1 - spot.x1), abs(x0 + x1 - spot.x0 - spot.x1) / 2) <= _ASIDE


def _page(candidate: Candidate, layout: Layout) -> str:
    if candidate.page == layout.pages[0].number:
        return "first"
    return "last" if candidate.page == layout.pages[-1].number else "any"


def _on_page(spot: Spot, candidate: Candidate, layout: Layout) -> bool:
    """Totals of a longer invoice move on to its last page: what is printed once may stand on the first or the last."""
    number = candidate.page
    return spot.page == "any" or number in (layout.pages[0].number, layout.pages[-1].number)

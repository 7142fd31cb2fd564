"""What comes of holding one value of the e-invoice against the page."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from agents.documents.places import Place
from agents.pages.against._page import PrintedPage

Outcome = Literal["agrees", "contradicted", "not shown"]


@dataclass(frozen=True)
class Comparison:
    """One value of the e-invoice and what the page says of it."""

    path: str
    stated: str
    outcome: Outcome
    printed: str | None = None
    """What stands on the page instead, where it contradicts."""
    place: Place | None = None


def shown_or_not(path: str, stated: str, shown: bool) -> Comparison:
    """Of a value that the page cannot contradict, or does not."""
    return Comparison(path, stated, "agrees" if shown else "not shown")


def contradicted(path: str, stated: str, printed: str, place: Place | None) -> Comparison:
    """Of a value instead of which something else is ``printed``."""
    return Comparison(path, stated, "contradicted", printed, place)


def identified(path: str, stated: str, others: Iterable[str], page: PrintedPage) -> Comparison:
    """Of an identifier, which the first of ``others`` on the page contradicts where it is not shown itself."""
    if page.shows(stated):
        return shown_or_not(path, stated, True)
    if other := next(iter(others), None):
        return contradicted(path, stated, other, page.places.find(other))
    return shown_or_not(path, stated, False)

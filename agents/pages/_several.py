"""Several invoices in one file: where one ends and the next begins, if the pages leave no doubt of it.

A cut is certain only if each invoice begins on a page that announces a number of its own, has a total of its own, and
nothing speaks against it: no page counter that goes on, no sum carried over it. Everything else is left to a person.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import combinations

from agents.documents.layout import Layout
from agents.pages._candidates import Candidate
from agents.pages.table import CARRIED
from agents.words import fold, in_text

_COUNTER = re.compile(
    rf"(?:^|{in_text('text.page')}\.?:?\s*)(\d{{1,3}})\s*(?:/|{in_text('text.page_of')})\s*(\d{{1,3}})$", re.IGNORECASE
)
"""``Page 1 of 2``, ``Seite 1/2``, or ``1/2`` alone in its cell."""


@dataclass(frozen=True)
class PagePart:
    """Pages of a file, ``first`` to ``last`` from 1, that are an invoice: its ``number``, and why it is taken for one."""

    first: int
    last: int
    number: str
    reason: str


@dataclass(frozen=True)
class Several:
    """The invoices of a file that holds more than one, and what makes their cuts doubtful; empty if they are certain."""

    parts: tuple[PagePart, ...]
    doubts: tuple[str, ...]


def may_hold_several(numbers: Mapping[int, Candidate], ids: Sequence[Candidate]) -> bool:
    """Whether pages announce different invoice numbers, or bear the VAT ids and accounts of different firms."""
    return len({c.value for c in numbers.values()}) > 1 or bool(_strangers(ids))


def several(
    layout: Layout, numbers: Mapping[int, Candidate], ids: Sequence[Candidate], totals: Sequence[Candidate]
) -> Several | None:
    """The invoices of a file, None if it holds one.

    Args:
        numbers: the number each page announces as its invoice's; pages that announce none are left out.
        ids: the VAT ids and accounts on all pages.
        totals: the amounts that labels clearly call a grand total or what is due.
    """
    found = _by_number(layout, numbers, totals)
    if found is None and any(_apart([c for c in totals if c.page in pair]) for pair in _strangers(ids)):
        return Several((), ("pages have totals of their own and belong to different firms",))
    return found


def _by_number(layout: Layout, numbers: Mapping[int, Candidate], totals: Sequence[Candidate]) -> Several | None:
    starts: list[Candidate] = []
    for page in sorted(numbers):
        if not starts or numbers[page].value != starts[-1].value:
            starts.append(numbers[page])
    if len(starts) < 2:
        return None
    last_page = layout.pages[-1].number
    begins = [1, *(start.page for start in starts[1:])]
    spans = [(a, b - 1) for a, b in zip(begins, [*begins[1:], last_page + 1], strict=True)]
    own = [[c for c in totals if first <= c.page <= last] for first, last in spans]
    if sum(map(bool, own)) < 2:
        return None  # one invoice, and pages that speak of another
    doubts = [] if starts[0].page == 1 else ["page 1 has no invoice number"]
    if len({start.value for start in starts}) < len(starts):
        doubts.append("a number comes again after another")
    counters = _counters(layout)
    carried = [line for line in layout.lines if CARRIED.search(fold(line.text[:200]))]
    parts = []
    for start, (first, last), amounts in zip(starts, spans, own, strict=True):
        if not amounts:
            doubts.append(f"{start.value} on page {start.page} has no total")
            continue
        doubts += _doubts_of_counters(first, last, counters)
        if _apart(amounts):
            doubts.append(f"pages {first}-{last} have totals that differ")
        end = max(c.cell.line for c in amounts)
        if any(line.page == first or line.number > end for line in carried if first <= line.page <= last):
            doubts.append(f"a sum is carried over to or from pages {first}-{last}")
        total = max((Decimal(c.value) for c in amounts), key=abs)
        anew = ", and its pages are counted from 1" if counters.get(first, (0, 0))[0] == 1 else ""
        reason = f"page {first} announces invoice {start.value}; it has a total of its own, {total}{anew}"
        parts.append(PagePart(first, last, start.value, reason))
    doubts += _alike(layout, parts, own)
    return Several(tuple(parts), tuple(dict.fromkeys(doubts)))


def parse_pages(said: str, pages: int) -> list[tuple[int, int]] | str:
    """The ranges of pages that a person gives, ``1-2,3-4``; or what is wrong with them: every one of the document's
    ``pages`` must be in exactly one range, and there must be two or more."""
    ranges = []
    for text in said.split(","):
        match = re.fullmatch(r"\s*(\d{1,4})\s*(?:-\s*(\d{1,4})\s*)?", text)
        if match is None:
            return f"split.pages takes ranges of pages such as 1-2,3-4, not {text.strip()[:40]!r}"
        ranges.append((int(match[1]), int(match[2] or match[1])))
    covered = [page for first, last in ranges for page in range(first, min(last, pages + 1) + 1)]
    if len(ranges) < 2 or covered != list(range(1, pages + 1)):
        return (
            f"split.pages {said.strip()[:80]}: each of the {pages} pages must be in one of two or more ranges, in order"
        )
    return ranges


def _strangers(ids: Sequence[Candidate]) -> list[tuple[int, int]]:
    """Pairs of pages that both bear ids, and none in common."""
    by_page: dict[int, set[str]] = {}
    for c in ids:
        by_page.setdefault(c.page, set()).add(c.value)
    return [(a, b) for a, b in combinations(sorted(by_page), 2) if not by_page[a] & by_page[b]]


def _apart(totals: Sequence[Candidate]) -> bool:
    """Whether two pages have totals none of which is the other's: an invoice may repeat its total, but has one."""
    by_page: dict[int, set[str]] = {}
    for c in totals:
        by_page.setdefault(c.page, set()).add(c.value)
    return any(not a & b for a, b in combinations(by_page.values(), 2))


def _counters(layout: Layout) -> dict[int, tuple[int, int]]:
    """By page, which page of how many it says it is; where it says so more than once, the last time."""
    found = {}
    for cell in layout.cells():
        if len(cell.words) <= 6 and (match := _COUNTER.search(cell.text)) and 1 <= int(match[1]) <= int(match[2]):
            found[cell.page] = (int(match[1]), int(match[2]))
    return found


def _doubts_of_counters(first: int, last: int, counters: Mapping[int, tuple[int, int]]) -> list[str]:
    """What counters say against pages ``first`` to ``last`` being a document of their own."""
    counted = [(page, *counters[page]) for page in range(first, last + 1) if page in counters]
    if not counted:
        return []
    told = f"the page counters of pages {first}-{last} do not count them as a document of their own"
    straight = all(n == page - first + 1 for page, n, _ in counted)
    return [] if straight and all(of <= last - first + 1 for _, _, of in counted) else [told]


def _alike(layout: Layout, parts: Sequence[PagePart], totals: Sequence[Sequence[Candidate]]) -> list[str]:
    """Recognised text is misread now and then: there, two numbers with the same total may be one."""
    if not any(page.recognised or page.ocr for page in layout.pages):
        return []
    said = [{c.value for c in amounts} for amounts in totals]
    return [
        f"{part.number} is recognised in a picture, with the same total as the invoice before it"
        for part, before, amounts in zip(parts[1:], said, said[1:], strict=False)
        if before & amounts
    ]

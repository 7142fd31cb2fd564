"""What a document says of itself in sentences, and beside labels: paid, collected, no invoice, written by the buyer.

A sentence that denies it, makes it a condition or a rule, or offers it as one of several ways says nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import cache
from typing import NamedTuple

from agents.documents.layout import Cell, Layout
from agents.fields.rules import Rule
from agents.pages.unpayable._said import Said, by_cells
from agents.pages.unpayable._stamps import rule_of
from agents.words import in_text, normalised, phrases

_CLAIMS = {
    Rule.DOCUMENT_KIND: phrases("claims.no_invoice"),
    Rule.PAID: phrases("claims.settled"),
    Rule.DIRECT_DEBIT: phrases("claims.collected"),
    Rule.SELF_BILLED: phrases("claims.self_billed"),
    Rule.CORRECTING: phrases("claims.correcting"),
}
_STATUS, _METHOD, _BY_DEBIT = phrases("claims.status"), phrases("claims.method"), phrases("claims.by_debit")
_MANDATE = phrases("claims.mandate")
_SENTENCE = re.compile(r"(?<=[^\W\d_]{3}[.!?;])\s+")
"""Where one ends; not behind an abbreviation or the number of a day."""
_LONGEST = 400
"""Characters of a sentence that are looked at."""
_MOST_LINES = 30
"""Of a paragraph."""
_PROSE = 4
"""Words of a line that may go on in the next."""
_MOST_BEHIND = 6
"""Words behind a way of paying: more make a sentence of it."""
_TAG = re.compile(r"<[^<>]*>")


def said(layout: Layout) -> Iterator[Said]:
    """What the sentences of the pages claim, and what stands beside labels."""
    for paragraph in _paragraphs(layout):
        for sentence in _sentences(paragraph):
            if rule := _claimed(sentence.text):
                yield by_cells(rule, "says", *sentence.cells)
    for cell in layout.cells():
        yield from _beside(layout, cell)


def said_in_xml(xml: str) -> Iterator[Said]:
    """What the texts of an e-invoice claim."""
    for text in dict.fromkeys(_TAG.split(xml)):
        for sentence in _SENTENCE.split(text.strip()):
            if rule := _claimed(sentence):
                yield Said(rule, " ".join(sentence.split())[:_LONGEST])


class _Sentence(NamedTuple):
    text: str
    cells: list[Cell]


def _claimed(sentence: str) -> Rule | None:
    """What a sentence claims."""
    text = normalised(sentence[:_LONGEST])
    if len(text) < 4:
        return None
    for rule, claim in _CLAIMS.items():
        for match in claim.finditer(text):
            if not _unless().search(text, 0, match.start()):
                return rule
    for match in _MANDATE.finditer(text):
        number = text[match.end() :].split()[:2]
        if any(c.isdigit() for word in number for c in word) and not _unless().search(text, 0, match.start()):
            return Rule.DIRECT_DEBIT
    return None


@cache
def _unless() -> re.Pattern[str]:
    """Words that deny what follows, or make it a condition, a rule or a choice."""
    return re.compile(rf"{in_text('text.turns', normalised)}|{in_text('claims.unless', normalised)}")


def _beside(layout: Layout, cell: Cell) -> Iterator[Said]:
    """The state of the invoice, how it is paid, or the number of a mandate, in the same cell, right of it or below."""
    label, colon, rest = cell.text.partition(":")
    plain = normalised(label)
    if len(plain) > 60:
        return
    terms = [term for term in (_STATUS, _METHOD, _MANDATE) if term.fullmatch(plain)]
    for term in terms:
        near = [(rest, [cell])] if colon and rest.strip() else []
        near += [(c.text, [cell, c]) for c in (layout.right_of(cell), layout.below(cell)) if c and not near]
        for value, cells in near:
            if rule := _valued(term, value):
                yield by_cells(rule, "says", *cells)


def _valued(term: re.Pattern[str], value: str) -> Rule | None:
    if term is _STATUS:
        return rule_of(value)
    plain = normalised(value)
    if term is _MANDATE:
        return Rule.DIRECT_DEBIT if re.match(r"(?=\S*\d)\S{4}", plain) else None
    match = _BY_DEBIT.match(plain)
    alone = match and len(plain[match.end() :].split()) <= _MOST_BEHIND and not _unless().search(plain, match.end())
    return Rule.DIRECT_DEBIT if alone else None


def _paragraphs(layout: Layout) -> Iterator[list[Cell]]:
    """Cells that follow each other down a column as lines of prose do; every cell once."""
    taken: set[int] = set()
    for cell in layout.cells():
        if id(cell) in taken:
            continue
        lines = [cell]
        while len(lines) < _MOST_LINES and len(lines[-1].words) >= _PROSE:
            last = lines[-1]
            below = layout.below(last, 1.0)
            if below is None or id(below) in taken or abs(below.box[0] - last.box[0]) > last.height:
                break
            if not 0.8 < below.height / last.height < 1.25:
                break
            lines.append(below)
        taken.update(map(id, lines))
        yield lines


def _sentences(paragraph: Sequence[Cell]) -> Iterator[_Sentence]:
    text = " ".join(cell.text for cell in paragraph)
    ends, at = [], 0
    for cell in paragraph:
        at += len(cell.text) + 1
        ends.append(at)
    start = 0
    for part in [*_SENTENCE.finditer(text), None]:
        end = part.start() if part else len(text)
        cells = [c for c, until in zip(paragraph, ends, strict=True) if until > start and until - len(c.text) - 1 < end]
        yield _Sentence(text[start:end], cells)
        start = part.end() if part else end

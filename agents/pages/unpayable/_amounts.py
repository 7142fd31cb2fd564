"""Amounts that say that nothing is to be paid: nothing is left due, all was paid before, or the seller owes."""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal

from agents.documents.layout import Cell, Layout
from agents.fields import values
from agents.fields.rules import Rule
from agents.pages.unpayable._said import Said, by_cells
from agents.words import is_label, normalised, phrases

_FAVOUR = phrases("claims.favour")
_CREDIT = re.compile(r"\d\s?(?:CR|Cr)\b\.?")
_SIDES = re.compile(r"\d\s?([A-Z])(?!\w)")
"""A letter behind an amount: in German ledgers H for credit (Haben) and S for debit (Soll), else likely a rate of tax."""


def said(layout: Layout) -> Iterator[Said]:
    """What the labelled sums of the pages say."""
    letters = {letter for cell in layout.cells() if _money(cell.text) for letter in _SIDES.findall(cell.text)}
    ledger = bool(letters) and letters <= {"H", "S"}
    nothing_due: Said | None = None
    owed: Said | None = None
    totals: list[Decimal] = []
    dues: list[Decimal] = []
    paid: list[tuple[Decimal, Said]] = []
    for label, text, cells in _labelled(layout):
        amounts = _money(text)
        if not amounts:
            continue
        is_due, is_gross = is_label(label, "due"), is_label(label, "gross")
        amount = amounts[-1]
        if (is_due or is_gross) and amount and (_CREDIT.search(text) or (ledger and re.search(r"\d\s?H(?!\w)", text))):
            yield by_cells(Rule.IN_OUR_FAVOUR, "says", *cells)
        if is_due:
            dues.append(amount)
            if amount == 0 and nothing_due is None:
                nothing_due = by_cells(Rule.PAID, "says", *cells)
        elif is_gross:
            totals.append(amount)
        elif is_label(label, "prepaid"):
            paid.append((abs(amount), by_cells(Rule.PAID, "says", *cells)))
        elif amount and owed is None and _FAVOUR.fullmatch(normalised(label)):
            owed = by_cells(Rule.IN_OUR_FAVOUR, "says", *cells)
    left = any(due > 0 for due in dues)
    if nothing_due and not left and any(totals):
        yield nothing_due
    if owed and not left:
        yield owed
    for amount, said_so in paid:
        if amount and amount in totals and not left:
            yield said_so


def _labelled(layout: Layout) -> Iterator[tuple[str, str, tuple[Cell, ...]]]:
    """Labels with the text of what stands behind them in their cell, or right of it."""
    for cell in layout.cells():
        if not cell.has_letters or len(cell.text) > 80:
            continue
        first = next((n for n, word in enumerate(cell.words) if n and any(c.isdigit() for c in word.text)), None)
        if first is not None and _money(cell.text):
            label = " ".join(word.text for word in cell.words[:first])
            yield label, " ".join(word.text for word in cell.words[first:]), (cell,)
        elif right := layout.right_of(cell):
            further = layout.right_of(right)
            beside = (right, further) if further and not _money(right.text) else (right,)
            yield cell.text, " ".join(c.text for c in beside), (cell, *beside)


def _money(text: str) -> list[Decimal]:
    """The amounts of money in ``text``, as they are printed."""
    found = (values.parse_amount(amount) for amount in values.amounts(text) if values.is_money(amount))
    return [amount for amount in found if amount is not None]

"""The words beside an amount that say it is no line of an invoice: totals, carried sums, allowances and charges.

All patterns are for labels as `fold` makes them. A pattern alone decides nothing where a line has a quantity
and a price that multiply: "Total station hire" is a line.
"""

from __future__ import annotations

from agents.words import phrases

CARRIED = phrases("lines.carried")
TOTAL_FIRST = phrases("lines.total_first")
SUM = phrases("lines.sum")
TOTAL_ANYWHERE = phrases("lines.total_anywhere")
_REDUCTION = phrases("lines.reduction")
_CHARGE = phrases("lines.charge")


def is_adjustment(label: str) -> bool:
    """Whether a folded label names an allowance or a charge."""
    return bool(_REDUCTION.search(label) or _CHARGE.search(label))


def is_label_of_total(label: str) -> bool:
    """Whether a folded label is one of totals, payments or carried sums, not of a line."""
    return bool(TOTAL_FIRST.match(label) or TOTAL_ANYWHERE.search(label) or CARRIED.search(label))


def is_reduction(label: str) -> bool:
    """Whether a folded label names an allowance, not a charge."""
    return bool(_REDUCTION.search(label))

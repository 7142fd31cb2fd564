"""Words and figures as every way in tells them: on a terminal, on a page, in an error."""

from __future__ import annotations

import unicodedata
from decimal import Decimal


def clean(text: str, *, lines: bool = True) -> str:
    """Text without what could steer a terminal or turn its reading order; without line ends too, unless ``lines``."""
    kept = []
    for character in text:
        category = unicodedata.category(character)
        if character == "\n" and lines:
            kept.append(character)
        elif character in "\t\n\r" or category in ("Zl", "Zp"):
            kept.append(" ")
        elif category not in ("Cc", "Cf", "Cs"):
            kept.append(character)
    return "".join(kept)


def money(amount: Decimal | None, currency: str | None, *, places: int = 6) -> str:
    """A cost with its currency; one that is not known is unpriced, never 0."""
    return "unpriced" if amount is None else f"{amount:,.{places}f} {currency or ''}".rstrip()


def counted(number: int, one: str, many: str | None = None) -> str:
    """A number with its word: ``1 document``, ``2 documents``."""
    return f"{number:,} {one if number == 1 else many or one + 's'}"

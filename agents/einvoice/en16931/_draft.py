"""An e-invoice in the making: factur-x's dictionary, keyed by business term, and what of it was concluded."""

from __future__ import annotations

import datetime
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

NO_TEXT = "\ue000"
NO_NUMBER = "NaN"
NO_DATE = datetime.date(9999, 12, 31)
NO_CURRENCY = "XTS"
"""What stands for a value that is not known; the writer takes its element out again. XTS is ISO 4217's code for tests."""


@dataclass(frozen=True)
class Note:
    """A conclusion: which business term, and what it rests on."""

    term: str
    text: str
    assumed: bool = False
    """Whether it may be otherwise: a convention, not arithmetic."""


@dataclass
class EInvoiceDraft:
    """An e-invoice in the making."""

    data: dict[str, Any]
    notes: list[Note] = field(default_factory=list)
    currency: str | None = None
    """A currency that factur-x does not know, as it was read."""

    def note(self, term: str, text: str, *, assumed: bool = False) -> None:
        if not any(note.term == term and note.text == text for note in self.notes):
            self.notes.append(Note(term, text, assumed))

    @property
    def concluded(self) -> frozenset[str]:
        """The terms that do not stand in the invoice."""
        return frozenset(note.term for note in self.notes)

    @property
    def assumed(self) -> frozenset[str]:
        """Those of them that may be otherwise."""
        return frozenset(note.term for note in self.notes if note.assumed)


def number(value: str) -> Decimal | None:
    return None if value == NO_NUMBER else Decimal(value)


def written(value: Decimal) -> str:
    """Digits without an exponent; zeros behind the second place of the fraction are dropped."""
    text = format(value, "f")
    if "." in text:
        whole, fraction = text.split(".")
        fraction = fraction[:2] + fraction[2:].rstrip("0")
        text = f"{whole}.{fraction}" if fraction else whole
    return "0" if text in ("-0", "-0.0", "-0.00") else text

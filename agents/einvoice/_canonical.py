"""Values as XML writes them, in canonical form; None for what is none of its kind."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date

from agents.fields.schema import MAX_DIGITS
from agents.fields.table import Kind

Canonical = Callable[[str], str | None]

_NUMBER = re.compile(r"[+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)")
_IBAN = re.compile(r"[A-Z]{2}\d{2}[A-Z0-9]{8,30}")


def canonical(kind: Kind) -> Canonical:
    """What makes a value of a kind canonical."""
    return _number if kind.is_number else _OF_KIND.get(kind, str)


def _compact(text: str) -> str:
    return text.replace(" ", "")


def iban_alone(text: str) -> str | None:
    """An account number, if it is an IBAN by its form: where the same element holds national ones."""
    compact = _compact(text).upper()
    return compact if _IBAN.fullmatch(compact) else None


def _number(text: str) -> str | None:
    """An XML decimal with its digits as they stand."""
    if not _NUMBER.fullmatch(text) or sum(c.isdigit() for c in text) > MAX_DIGITS:
        return None
    return text.lstrip("+")


def _day(text: str) -> str | None:
    """The ISO day of ``20240131`` (format 102), ``2024-01-31`` and what follows a day in a date and time."""
    match = re.match(r"(\d{4})-?(\d{2})-?(\d{2})(?!\d)|(\d{4})(\d{2})(\d{2})\d{4,6}$", text)
    if not match:
        return None
    year, month, day = (int(part) for part in match.groups() if part)
    try:
        return date(year, month, day).isoformat()
    except ValueError:
        return None


_OF_KIND: dict[Kind, Canonical] = {
    Kind.DATE: _day, Kind.COUNTRY: str.upper, Kind.CURRENCY: str.upper, Kind.VAT_ID: _compact, Kind.IBAN: _compact,
    Kind.BIC: _compact,
}  # fmt: skip

"""Words and figures as every way in tells them: on a terminal, on a page, in an error."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from decimal import Decimal
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from infra.records import DecidedBy, Finding


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


def counted(number: int, singular: str, many: str | None = None) -> str:
    """A number with its word: ``1 document``, ``2 documents``."""
    return f"{number:,} {singular if number == 1 else many or singular + 's'}"


def decided_by_text(decided_by: DecidedBy) -> str:
    """Who said what a finding says: ``rule``, ``model small: qwen2.5 (vat-note@3f2a)``, ``person anna``."""
    by = decided_by
    if by.by == "model":
        said = f"model {by.tier or '?'}: {by.model or '?'} ({by.prompt_version or '?'})"
    else:
        said = f"{by.by} {by.name}" if by.name else by.by
    return f"{said}; accepted by {by.accepted_by}" if by.accepted_by else said


def evidence_text(finding: Finding) -> str:
    """What a finding rests on, shortly: the quote and its page, both numbers, the places it speaks of."""
    given = finding.evidence
    parts = []
    if quote := given.get("quote"):
        page = f" (page {given['page']})" if given.get("page") else ""
        parts.append(f"“{shortened(str(quote))}”{page}")
    numbers = [f"{name} {given[name]}" for name in ("expected", "found") if given.get(name) is not None]
    parts += [", ".join(numbers)] if numbers else []
    terms = given.get("terms")
    if isinstance(terms, Mapping):
        parts += [", ".join(f"{term} {value}" for term, value in list(terms.items())[:6])]
    parts += [str(given[name]) for name in ("location", "execution_id") if given.get(name)]
    parts += [] if parts else finding.fields[:4]
    return "; ".join(part for part in parts if part)


def amount_text(amount: Decimal | None, currency: str | None) -> str:
    """A document's amount, with all its digits and at least two behind the point."""
    if amount is None:
        return ""
    exponent = amount.as_tuple().exponent
    digits = max(2, -exponent) if isinstance(exponent, int) else 2
    return f"{amount:,.{digits}f} {currency or ''}".rstrip()


def shortened(text: str, longest: int = 120) -> str:
    """Text of at most so many characters."""
    return text if len(text) <= longest else f"{text[: longest - 1].rstrip()}…"

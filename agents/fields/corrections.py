"""What a person types for a field of an invoice, in the form its agent takes."""

from __future__ import annotations

import re

from agents.fields import days
from agents.fields.table import Kind, spec_of
from agents.fields.values import parse_amount

_GROUPINGS = ((r"\.", ","), (",", r"\."), (r"['’ \u00a0\u202f\u2009]", "[.,]"))
"""What stands between thousands, and before the decimals then."""


class Ambiguous(ValueError):
    """A value can be read in two ways; the message has both, without the field it is of."""


def canonical(path: str, typed: str) -> str:
    """Numbers and days as people print them, ``1.234,56`` or ``31.12.2026``, in canonical form; what is neither as it is.

    Raises:
        Ambiguous: it can be read in two ways.
    """
    spec = spec_of(path)
    if spec is None:
        return typed
    return canonical_number(typed) if spec.kind.is_number else canonical_day(typed) if spec.kind is Kind.DATE else typed


def canonical_number(typed: str) -> str:
    """A number with a plain decimal point; what is none as it is.

    Raises:
        Ambiguous: its point or comma may stand before thousands or before decimals.
    """
    value = re.sub(r"^[€£$]\s*|\s*[€£$]$", "", typed.strip()).replace("−", "-")
    if two := re.fullmatch(r"(-?[1-9]\d{0,2})[.,](\d{3})", value):
        whole, rest = two.groups()
        raise Ambiguous(
            f"{typed} may be {whole}{rest} or {whole} and {rest} thousandths; write {whole}{rest}.00 or {whole}.{rest}0"
        )
    if re.fullmatch(r"-?\d+([.,]\d+)?", value):
        return value.replace(",", ".")
    grouped = any(re.fullmatch(rf"-?\d{{1,3}}({g}\d{{3}})+({p}\d+)?", value) for g, p in _GROUPINGS)
    amount = parse_amount(value) if grouped else None
    return typed if amount is None else format(amount, "f")


def canonical_day(typed: str) -> str:
    """A day as ISO 8601 has it; what is none as it is.

    Raises:
        Ambiguous: either of its first two numbers may be the month.
    """
    value = typed.strip()
    if re.fullmatch(r"\d{4}-\d\d-\d\d", value):
        return value
    if two := re.fullmatch(r"(\d{1,2})([/-])(\d{1,2})\2(\d{4})", value):
        first, second = int(two[1]), int(two[3])
        if first <= 12 and second <= 12 and first != second:
            raise Ambiguous(
                f"{typed} may be {two[4]}-{second:02}-{first:02} or {two[4]}-{first:02}-{second:02}; write the one that "
                "is meant"
            )
    elif not re.fullmatch(
        r"\d{1,2}\.\s?\d{1,2}\.\s?(\d{4}|\d\d)|\d{4}[./]\d{1,2}[./]\d{1,2}|.*[^\W\d_]{3}.*\d{4}", value
    ):
        return typed
    day = days.read(value, days.Order.MDY if two and int(two[3]) > 12 else days.Order.DMY)
    return typed if day is None else day.isoformat()

"""Keys by which records of different writing are found: numbers as people and machines write them, and sums that are nearly one.

Two writings of one invoice's number may be the sender's carelessness or somebody's hope to be paid twice. What finds them has
three strengths: `same_number` knows signs, blanks and leading zeros; `Likeness.LOOKS` also what an eye takes for the same;
`Likeness.RESEMBLES` and `Likeness.EXTENDS` a letter that a machine may take for a digit, and what is added before or behind:
honest senders write both, and by itself neither says anything.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from decimal import Decimal
from enum import StrEnum
from functools import lru_cache
from typing import Final
from unicodedata import category, decimal, normalize

from infra.lookalikes import skeletons
from infra.text import caseless

_GROUPS: Final = re.compile(r"[^\W\d_]+|[0-9]+")
_DRAWN_AS_A_DIGIT: Final = str.maketrans("oil|", "0111")
"""Letters that are drawn as digits are: O and 0, I, l and 1."""
_READ_AS_A_DIGIT: Final = str.maketrans("oil|zsgbq", "011125689")
"""With those that a machine reads as digits: Z and 2, S and 5, G and 6, B and 8, q and 9. A person who looks tells them apart."""
_DIGIT_LIKE: Final = re.compile(r"[a-z0-9|]*[0-9][a-z0-9|]*")
_CENT: Final = Decimal("0.01")
NEAR: Final = Decimal("0.01")
"""Share of a sum within which another is nearly the same."""
_BANDS: Final = 1 / math.log1p(float(NEAR))


def number_key(number: str) -> str:
    """An invoice's or order's number without case, blanks, signs and leading zeros: ``RE-0012`` and ``re 12`` are one.

    Different numbers may share a key (``1-11`` and ``11-1``): it finds candidates, and proves nothing. Empty for a number
    of signs alone.
    """
    groups = re.findall(r"[^\W\d_]+|\d+", caseless(number))
    return "".join(group.lstrip("0") or "0" if group.isdigit() else group for group in groups)


def same_number(one: str | None, other: str | None) -> bool:
    """Whether two numbers are one in other writing: by their keys, or since one is the other without signs, which may keep the
    zeros that stood behind a sign (``RE-2026-17`` and ``RE20260017``)."""
    if not one or not other:
        return False
    keys = (number_key(one), number_key(other))
    return bool(keys[0]) and (keys[0] == keys[1] or _unsigned(one, other) or _unsigned(other, one))


def _unsigned(one: str, other: str) -> bool:
    groups = [group.lstrip("0") or "0" for group in _GROUPS.findall(one.casefold())]
    pattern = "".join(f"0*{group}" if group.isdigit() else re.escape(group) for group in groups)
    return len(groups) > 1 and re.fullmatch(pattern, "".join(_GROUPS.findall(other.casefold()))) is not None


class Likeness(StrEnum):
    """How alike two numbers are that are not the same."""

    LOOKS = "looks like"
    """A reader takes the one for the other: ``R-1OO`` and ``R-100``."""
    RESEMBLES = "resembles"
    """A machine may take the one for the other: ``R-S1`` and ``R-51``."""
    EXTENDS = "extends"
    """One is the other with something before or behind: ``R-100A``, ``R-100/1``, ``100`` and ``R-100``. Two parts of one
    number, ``R-100/1`` and ``R-100/2``, are not, nor are two months, ``JAN-2026`` and ``FEB-2026``."""


def likeness(one: str | None, other: str | None) -> Likeness | None:
    """How alike two numbers look, where they are not the same."""
    if not one or not other:
        return None
    if look_key(one) == look_key(other):
        if same_number(_drawn_alike(one), _drawn_alike(other)):
            return Likeness.LOOKS
        if same_number(_read_alike(one), _read_alike(other)):
            return Likeness.RESEMBLES
    if any(_extends(mine, theirs) for mine in _readings(one) for theirs in _readings(other)):
        return Likeness.EXTENDS
    return None


@lru_cache(4096)
def look_key(number: str) -> str:
    """What numbers have in common that look alike; others may too, for all zeros are dropped. Empty for one of zeros alone."""
    return _key(_plain(number))


def shared_look(number: str) -> str:
    """How the `look_key` of each number begins that `Likeness.EXTENDS` this one and neither holds its look key nor is held in it:
    ``r1`` for ``R-1A``, as that of ``R-1/2`` does."""
    firsts = [groups[:-1] for groups in _readings(number)]
    keys = [_key("".join(first)) for first in firsts if any(group.isdigit() for group in first)]
    return min(keys, key=len, default=look_key(number))


def _key(plain: str) -> str:
    return "".join(c for c in _read_alike(plain) if c.isalnum() and c != "0")


@lru_cache(4096)
def _drawn_alike(number: str) -> str:
    """The number with one character for all that are drawn alike."""
    return _plain(number).translate(_DRAWN_AS_A_DIGIT)


@lru_cache(4096)
def _read_alike(number: str) -> str:
    """The number with one character for all that a machine reads alike."""
    return _plain(number).translate(_READ_AS_A_DIGIT)


@lru_cache(4096)
def _plain(number: str) -> str:
    """In small Latin letters and digits where it looks as if it were, and with a hyphen for each sign; what is not seen dropped."""
    return "".join(_drawn(c) for c in normalize("NFKD", number))


def _drawn(c: str) -> str:
    if c.isascii() and c.isalnum() or c == "|":
        return c.lower()
    digit = decimal(c, None)
    if digit is not None:
        return str(digit)
    if category(c) in ("Mn", "Me", "Cf", "Cc"):
        return ""
    if not c.isalnum():
        return "-"
    return next((shape for shape in skeletons(c) if shape.isascii() and shape.isalnum()), c.casefold())


def _readings(number: str) -> Iterator[list[str]]:
    """The number in its groups: with letters as letters; and with those as digits that stand among digits, for ``1OO``."""
    plain = _plain(number)
    yield _grouped(plain)
    among = _DIGIT_LIKE.sub(lambda run: re.sub(r"(?<=\d)[oil|]+|[oil|]+(?=\d)", _as_digits, run[0]), plain)
    if among != plain:
        yield _grouped(among)


def _as_digits(letters: re.Match[str]) -> str:
    return letters[0].translate(_DRAWN_AS_A_DIGIT)


def _grouped(plain: str) -> list[str]:
    return [group.lstrip("0") or "0" if group.isdigit() else group for group in _GROUPS.findall(plain)]


def _extends(one: list[str], other: list[str]) -> bool:
    short, long = sorted((one, other), key=len)
    if not any(group.isdigit() for group in short):
        return False
    if len(short) < len(long):
        return any(long[at : at + len(short)] == short for at in range(len(long) - len(short) + 1))
    # Parts of one number are counted in one way, and an ``A`` beside a ``/1`` is not.
    same = short[:-1] == long[:-1] and any(group.isdigit() for group in short[:-1])
    return same and short[-1].isdigit() != long[-1].isdigit()


def near_amount(one: Decimal | None, other: Decimal | None, share: Decimal = NEAR) -> bool:
    """Whether two sums, whatever their signs, differ by a cent at most, or by that share of the larger."""
    if one is None or other is None:
        return False
    mine, theirs = abs(one), abs(other)
    return abs(mine - theirs) <= max(_CENT, share * max(mine, theirs))


def band(amount: Decimal | None) -> int | None:
    """The band of a sum, whatever its sign; those that are nearly the same have the same band or one beside it."""
    return None if amount is None else int(math.log(max(1.0, float(abs(amount)))) * _BANDS)


def bands_near(amount: Decimal) -> list[int]:
    """The bands in which a sum may be that is nearly ``amount``."""
    size = abs(amount)
    off = max(_CENT, 2 * NEAR * size)
    low, high = band(max(Decimal(0), size - off)) or 0, band(size + off) or 0
    return list(range(low, high + 1))


def paid_twice(
    number: str | None,
    amount: Decimal | None,
    other: str | None,
    other_amount: Decimal | None,
    *,
    extended: bool = True,
) -> bool:
    """Whether invoices of one vendor under these numbers may be one that is to be paid twice: their numbers look alike; or they
    resemble each other, or one extends the other, and their sums are nearly the same.

    Args:
        other_amount: in the currency of ``amount``; None where it is in another.
        extended: whether numbers of which one extends the other are told at all.
    """
    match likeness(number, other):
        case Likeness.LOOKS:
            return True
        case Likeness.RESEMBLES:
            return near_amount(amount, other_amount)
        case Likeness.EXTENDS:
            return extended and near_amount(amount, other_amount)
    return False

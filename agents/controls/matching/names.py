"""Names of firms, compared: without letter case, accents, signs and legal forms."""

from __future__ import annotations

from functools import lru_cache

from agents.controls.rulebook.sanctions import alike, normalised

NEAR = 72.0
"""From 0 to 100: a name at least so alike may be the same firm, and is worth a question."""


def name_key(name: str) -> str:
    """The name as it is compared; two firms of one key may still differ in their legal form."""
    return " ".join(normalised(name)) or " ".join(name.casefold().split())


def likeness(one: str, other: str) -> float:
    """How alike two names are, from 0 to 100, the order of their words free. 100: the same but for its writing.

    Measured on `tests/agents/controls/matching/names_alike.py`.
    """
    a, b = normalised(one), normalised(other)
    if not a or not b:
        return 100.0 if name_key(one) == name_key(other) else 0.0
    if a != b and (_written_out(one) in (b, _written_out(other)) or _written_out(other) == a):
        return 100.0
    return max(alike(a, b), _contained(a, b))


@lru_cache(65_536)
def _written_out(name: str) -> tuple[str, ...]:
    """The words of a name, its umlauts as many write them: ``Söhne`` is ``Soehne``, and ``Bauer`` is not ``Baur``."""
    return normalised(name.casefold().translate(_UMLAUTS))


_UMLAUTS = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ø": "oe", "å": "aa"})


def _contained(a: tuple[str, ...], b: tuple[str, ...]) -> float:
    """A name that is the beginning of the other is near, though never certain: a brand, a branch."""
    short, long = sorted((a, b), key=len)
    return 80.0 if len("".join(short)) >= 5 and long[: len(short)] == short else 0.0

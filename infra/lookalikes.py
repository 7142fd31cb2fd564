"""What looks alike made one: for names that stand for a right, where two writings must not be two people."""

from __future__ import annotations

from functools import cache, lru_cache
from typing import Final
from unicodedata import category, name, normalize

_BLANK_LETTERS: Final = dict.fromkeys(map(ord, "\u115f\u1160\u3164\uffa0"))
"""Fillers of Hangul: letters by their category that print nothing."""
_UNSEEN: Final = frozenset({"Cf", "Cc", "Mn", "Me"})
"""Categories of what is not seen, or is an accent."""
_SHOWN: Final = frozenset({"Mc"})
"""Kept beside letters and digits: vowels that are drawn in a place of their own."""


def alike(one: str, other: str) -> bool:
    """Whether a reader may take one for the other: they are one but for letter case, accents, spaces, punctuation, characters
    that print nothing, and letters that look alike (Unicode TS 39, confusables), as they stand, in small letters or in
    capitals. ``i``, ``l`` and ``1`` are one letter, and so are ``o`` and ``0``. What has nothing to read is like nothing.

    >>> alike("Carla", "c\\u200bаr1á")
    True
    """
    return any(mine == theirs != "" for mine, theirs in zip(skeletons(one), skeletons(other), strict=True))


def told_apart(one: str, other: str) -> bool:
    """Whether who reads the two side by side sees two: both are of the letters of one alphabet, and these differ by more than
    letter case, accents, and capital I, l and 1, or O and 0, which are drawn alike. `alike` ones may be: ``Ilse`` and ``Lise``.

    >>> told_apart("Ilse", "Lise"), told_apart("carla", "carIa"), told_apart("Ada", "\u0410da")
    (True, False, False)
    """
    differ = all(_drawn(mine) != _drawn(theirs) for mine, theirs in ((one, other), (one.casefold(), other.casefold())))
    return differ and len(_alphabets(one) | _alphabets(other)) == 1


def _drawn(text: str) -> str:
    plain = _bare(text).translate(_ONE_SHAPE).casefold()
    return "".join(c for c in plain if category(c)[0] in "LN" or category(c) in _SHOWN)


_ONE_SHAPE: Final = str.maketrans("Il1|0", "\u01c0\u01c0\u01c0\u01c0O")


def _alphabets(text: str) -> set[str]:
    return {name(c, "").partition(" ")[0] for c in _bare(text) if c.isalpha()}


@lru_cache(4096)
def skeletons(text: str) -> tuple[str, str, str]:
    """What is left of ``text`` as it stands, written small, and in capitals, with one of all letters that look alike. Of each,
    since a letter's double is often another one's in the other case: Greek ``Ν`` is like ``N``, and ``ν`` like ``v``."""
    plain = _bare(text)
    return _skeleton(plain), _skeleton(plain.casefold()), _skeleton(plain.upper())


def _skeleton(text: str) -> str:
    plain = _bare(_bare(text).translate(_prototypes())).casefold().replace("i", "l")
    return "".join(c for c in plain if category(c)[0] in "LN" or category(c) in _SHOWN)


def _bare(text: str) -> str:
    return "".join(c for c in normalize("NFKD", text) if category(c) not in _UNSEEN).translate(_BLANK_LETTERS)


def load() -> None:
    """Have the list ready: some tenths of a second, once a process, that the first who compares would wait for."""
    _prototypes()


@cache
def _prototypes() -> dict[int, str]:
    """Of each character that others look like, the one that stands for all of them. The list has pairs, in both directions."""
    from confusable_homoglyphs.confusables import confusables_data  # a megabyte, for few who need it

    alike: dict[str, set[str]] = {}
    for one, others in confusables_data.items():
        first = alike.setdefault(_bare(one), {_bare(one)})
        for other in others:
            second = alike.setdefault(_bare(other["c"]), {_bare(other["c"])})
            if first is not second:
                first |= second
                alike.update(dict.fromkeys(second, first))
    alike.pop("", None)
    # Of several that are plain the longest: ``m`` is written as ``rn`` is, as the standard has it.
    standing = {text: min(group - {""}, key=lambda t: (not t.isascii(), -len(t), t)) for text, group in alike.items()}
    return {ord(text): prototype for text, prototype in standing.items() if len(text) == 1}

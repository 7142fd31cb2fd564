"""How texts are compared: three folds, each with what it is for; and text as a database can keep it.

The lowest fold that serves is the one to use: a rarer fold finds more alike, and so proves less.
"""

from __future__ import annotations

import re
from typing import Final
from unicodedata import combining, normalize

_UNSTORABLE: Final = re.compile("[\x00\ud800-\udfff]")
"""Postgres refuses NUL, and neither database can encode half a surrogate pair; documents and models give both."""
_WITHOUT_ACCENT: Final = str.maketrans(
    {"ø": "o", "ł": "l", "đ": "d", "ß": "ss", "æ": "ae", "œ": "oe", "ı": "i"},
)
"""Letters that no decomposition makes plain ones."""
LOOKALIKES: Final = str.maketrans("авеіјкмнорсѕтухһԁқԛԝαβεζηικμνορτυχ’", "abeijkmhopcstyxhdkqwabezhikmvoptyx'")
"""Small letters of other alphabets that print, small or as capitals, as Latin ones (Unicode TS 39, confusables), and the
typographer's apostrophe."""


def caseless(text: str) -> str:
    """What people do not tell apart made one: letter case, forms of one character (NFKC), blanks around and doubled.
    For names, keys, and whether a text stands in a document.

    >>> caseless("  Anna  MÜLLER ")
    'anna müller'
    """
    return " ".join(normalize("NFKC", text).casefold().split())


def squeezed(text: str) -> str:
    """`caseless`, without any white space: where lines break and words are spaced as it happens."""
    return "".join(normalize("NFKC", text).casefold().split())


def unaccented(text: str) -> str:
    """Without letter case, accents and compatible forms (NFKD); all else as it stands. For words in sentences."""
    if text.isascii():
        return text.casefold()
    return "".join(c for c in normalize("NFKD", text) if not combining(c)).casefold()


def latin(text: str) -> str:
    """`unaccented`, and letters that have no accent to lose as those they are typed with: ``ø`` is ``o``, ``ß`` is ``ss``.
    For labels and names of firms, which are written both ways."""
    return unaccented(text).translate(_WITHOUT_ACCENT)


def storable(text: str) -> str:
    """``text`` with each character no database takes replaced by U+FFFD."""
    return _UNSTORABLE.sub("\N{REPLACEMENT CHARACTER}", text)

"""Names of firms, compared: without letter case, accents, signs and legal forms."""

from __future__ import annotations

import re
from functools import lru_cache

from rapidfuzz import fuzz
from rapidfuzz.distance import DamerauLevenshtein
from rapidfuzz.process import cdist

from agents.words import LEGAL_FORM, printed
from infra import lookalikes
from infra.text import latin

NEAR = 72.0
"""From 0 to 100: a name at least so alike may be the same firm, and is worth a question."""
_WORD = 70.0
"""How alike a word has to be to count as a misspelling of another; words of up to four letters have to be the same."""

_FORMS = frozenset(printed("firms.left_out"))
"""Legal forms and small words, which no name is known by."""


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


def same_firm(one: str, other: str) -> bool:
    """Whether two names are one firm's: the same but for how they are written (`likeness` of 100, or letters that look alike), and
    not of two different legal forms. ``Muster``, ``MUSTER GmbH`` and ``Muster G.m.b.H.`` are one, ``Muster AG`` is another.

    How alike names are beyond that says nothing here: a near name is for a person.
    """
    if likeness(one, other) < 100.0 and not lookalikes.alike(name_key(one), name_key(other)):
        return False
    mine, theirs = legal_forms(one), legal_forms(other)
    return not mine or not theirs or any(_abbreviates(a, b) or _abbreviates(b, a) for a in mine for b in theirs)


def legal_forms(name: str) -> frozenset[str]:
    """The legal forms a name is written with, in small letters without signs."""
    return frozenset(re.sub(r"\W", "", form.casefold()) for form in LEGAL_FORM.findall(name))


def _abbreviates(short: str, long: str) -> bool:
    """Whether ``short`` is ``long``, or ``Ltd`` to ``Limited``: its letters in their order, from the first on."""
    if short == long:
        return True
    letters = iter(long)
    return 3 <= len(short) < len(long) - 2 and short[0] == long[0] and all(c in letters for c in short)


@lru_cache(65_536)
def normalised(name: str) -> tuple[str, ...]:
    """The words of a name: lower case, without accents and signs, legal forms left out."""
    letters = latin(name).translate(_SIGNS)
    letters = re.sub(r"(?<=\b\w)\.(?=\w\b)", "", letters)  # S.A.R.L. is one word
    words = re.findall(r"\w+", letters)
    return tuple(word for word in words if word not in _FORMS) or tuple(words)


def alike(one: tuple[str, ...], listed: tuple[str, ...]) -> float:
    """How alike two names of normalised words are, from 0 to 100: how alike the words are that fit best, by their length.
    Words that fit none count as 0, so more words in one of the two make it less alike; words run together are tried too."""
    if one == listed:
        return 100.0
    together = fuzz.ratio("".join(sorted(one)), "".join(sorted(listed)))
    if together < 60:
        return 0.0
    scores = cdist(one, listed, scorer=_word_alike)
    taken: set[int] = set()
    fitting = 0.0
    pairs = sorted(((float(scores[i][j]), i, j) for i in range(len(one)) for j in range(len(listed))), reverse=True)
    left: set[int] = set()
    for score, i, j in pairs:
        if i not in left and j not in taken and score >= _WORD:
            left.add(i)
            taken.add(j)
            fitting += score * (len(one[i]) + len(listed[j]))
    by_word = fitting / (sum(map(len, one)) + sum(map(len, listed)))
    joined = 100.0 * DamerauLevenshtein.normalized_similarity("".join(one), "".join(listed))
    return max(by_word, joined if joined >= 95 and len(one) != len(listed) else 0.0)


@lru_cache(65_536)
def _written_out(name: str) -> tuple[str, ...]:
    """The words of a name, its umlauts as many write them: ``Söhne`` is ``Soehne``, and ``Bauer`` is not ``Baur``."""
    return normalised(name.casefold().translate(_UMLAUTS))


_UMLAUTS = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ø": "oe", "å": "aa"})


def _contained(a: tuple[str, ...], b: tuple[str, ...]) -> float:
    """A name that is the beginning of the other is near, though never certain: a brand, a branch."""
    short, long = sorted((a, b), key=len)
    return 80.0 if len("".join(short)) >= 5 and long[: len(short)] == short else 0.0


def _word_alike(one: str, other: str, *, score_cutoff: float | None = None) -> float:
    if one == other:
        return 100.0
    if min(len(one), len(other)) <= 4 or any(c.isdigit() for c in one + other):
        return 0.0
    return 100.0 * DamerauLevenshtein.normalized_similarity(one, other)


_SIGNS = str.maketrans({"&": " ", "'": "", "’": ""})

"""Screening names against a list of whom nothing may be paid to.

A list is a CSV file with the columns ``id, name, aliases, type, country`` (``name`` alone is needed; aliases are separated by
``;`` or ``|``), or a text file with one name a line. Names are compared without letter case, accents, signs and legal forms,
the order of their words free, and each word as it is spelt or nearly so.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property, lru_cache
from hashlib import sha256
from pathlib import Path

from rapidfuzz import fuzz
from rapidfuzz.distance import DamerauLevenshtein
from rapidfuzz.process import cdist

from infra.failures import Failure
from infra.text import latin

THRESHOLD = 88.0
"""From 0 to 100: names at least so alike are told to a person. Measured on `tests/agents/controls/rulebook/near_names.py`."""
_WORD = 70.0
"""How alike a word has to be to count as a misspelling of another; words of up to four letters have to be the same."""
_LEAST_LETTERS = 8
"""Of a name of one word, or of one looked for within a longer text: shorter ones are found only where they stand alone."""
LONGEST_FILE = 50_000_000
"""Bytes."""

_FORMS = frozenset(
    {
        "ab", "ag", "and", "as", "asa", "bv", "bvba", "co", "company", "corp", "corporation", "cv", "das", "der",
        "die", "dmcc", "eg", "ek", "et", "eurl", "ev", "fze", "gbr", "gesellschaft", "gmbh", "gmbhco", "inc",
        "incorporated", "jsc", "kft", "kg", "kgaa", "limited", "llc", "llp", "lp", "ltd", "ltda", "mbh", "nv", "oao",
        "of", "ohg", "oo", "ooo", "oy", "oyj", "pao", "pjsc", "plc", "pte", "pty", "sa", "sarl", "sas", "sasu", "se",
        "sl", "slu", "snc", "sp", "spa", "srl", "srls", "sro", "the", "ug", "und", "z", "zao", "zoo",
    }
)  # fmt: skip
"""Legal forms and small words, which no name is known by."""


class BadSanctionsList(Failure):
    """A list cannot be used."""


@dataclass(frozen=True)
class Entry:
    """Who is on the list; ``names`` are the name and its aliases."""

    id: str
    names: tuple[str, ...]
    type: str = ""
    country: str = ""


@dataclass(frozen=True)
class Match:
    """A name of a document that is like one of the list; ``score`` is from 0 to 100."""

    entry: Entry
    listed: str
    score: float


@dataclass(frozen=True)
class SanctionsList:
    """A list, by the ``digest`` of its file (SHA-256, hex)."""

    name: str
    digest: str
    entries: tuple[Entry, ...]

    def match(self, name: str) -> Match | None:
        """The entry most like ``name``, a party's whole name, if it is alike enough."""
        words = tuple(normalised(name))
        if not words:
            return None
        return self._best((alike(words, listed), n) for n, (listed, _, _) in enumerate(self._names))

    def within(self, line: str) -> Match | None:
        """The entry whose name stands within ``line``, a longer text: its words one behind the other."""
        words = tuple(normalised(line)[:60])
        known = set(words)
        found = []
        for n, (listed, _, _) in enumerate(self._names):
            # A word has to stand there as it is listed: it is what makes a long list quick to look for.
            if len(listed) < 2 or sum(map(len, listed)) < _LEAST_LETTERS or known.isdisjoint(listed):
                continue
            windows = (words[at : at + len(listed)] for at in range(len(words) - len(listed) + 1))
            found.append((max((alike(window, listed) for window in windows), default=0.0), n))
        return self._best(found)

    def _best(self, scored: Iterator[tuple[float, int]] | list[tuple[float, int]]) -> Match | None:
        score, n = max(scored, default=(0.0, 0))
        if score < THRESHOLD:
            return None
        _, listed, entry = self._names[n]
        return Match(entry, listed, round(score, 1))

    @cached_property
    def _names(self) -> list[tuple[tuple[str, ...], str, Entry]]:
        return [(words, name, entry) for entry in self.entries for name in entry.names if (words := normalised(name))]


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


def _word_alike(one: str, other: str, *, score_cutoff: float | None = None) -> float:
    if one == other:
        return 100.0
    if min(len(one), len(other)) <= 4 or any(c.isdigit() for c in one + other):
        return 0.0
    return 100.0 * DamerauLevenshtein.normalized_similarity(one, other)


@lru_cache(65_536)
def normalised(name: str) -> tuple[str, ...]:
    """The words of a name: lower case, without accents and signs, legal forms left out."""
    letters = latin(name).translate(_SIGNS)
    letters = re.sub(r"(?<=\b\w)\.(?=\w\b)", "", letters)  # S.A.R.L. is one word
    words = re.findall(r"\w+", letters)
    return tuple(word for word in words if word not in _FORMS) or tuple(words)


_SIGNS = str.maketrans({"&": " ", "'": "", "’": ""})


def load_sanctions(path: Path) -> tuple[bytes, SanctionsList]:
    """The bytes of the file at ``path``, and the list in it.

    Raises:
        BadSanctionsList: it is not there, or holds no names.
    """
    try:
        with path.open("rb") as file:
            data = file.read(LONGEST_FILE + 1)
    except OSError as error:
        said = f"the sanctions list {path} cannot be read: {error.strerror or error}; mend COUNTERFOIL_SANCTIONS_LIST"
        raise BadSanctionsList(said) from error
    if len(data) > LONGEST_FILE:
        raise BadSanctionsList(f"the sanctions list {path} is longer than {LONGEST_FILE:,} bytes")
    return data, read_sanctions(data, path.name)


def read_sanctions(data: bytes, name: str) -> SanctionsList:
    """The list in ``data``; ``name`` is what messages call it.

    Raises:
        BadSanctionsList: it is no text, or holds no names.
    """
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise BadSanctionsList(f"the sanctions list {name} is not in UTF-8: save it so") from error
    first = text.lstrip().partition("\n")[0].lower()
    entries = tuple(_of_csv(text) if _NAMED.search(first) else _of_lines(text))
    if not entries:
        raise BadSanctionsList(f"the sanctions list {name} holds no names: give one a line, or CSV with a column name")
    return SanctionsList(name, sha256(data).hexdigest(), entries)


_NAMED = re.compile(r'(^|[,;\t"])\s*name\s*($|[,;\t"])')
"""A first line that names columns, one of them ``name``."""


def _of_csv(text: str) -> Iterator[Entry]:
    first = text.lstrip().partition("\n")[0]
    delimiter = max(",;\t", key=first.count)
    for n, row in enumerate(csv.DictReader(io.StringIO(text.lstrip()), delimiter=delimiter, skipinitialspace=True), 1):
        cells = {key.strip().lower(): (value or "").strip() for key, value in row.items() if isinstance(key, str)}
        aliases = [alias.strip() for alias in re.split(r"[;|]", cells.get("aliases", ""))]
        names = tuple(dict.fromkeys(name for name in (cells.get("name", ""), *aliases) if name))
        if names:
            yield Entry(cells.get("id") or str(n), names, cells.get("type", ""), cells.get("country", ""))


def _of_lines(text: str) -> Iterator[Entry]:
    for n, line in enumerate(text.splitlines(), 1):
        if (name := line.strip()) and not name.startswith("#"):
            yield Entry(str(n), (name,))

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
from functools import cached_property
from hashlib import sha256
from pathlib import Path

from agents.controls.firm_names import alike, normalised
from infra.failures import Failure

THRESHOLD = 88.0
"""From 0 to 100: names at least so alike are told to a person. Measured on `tests/agents/controls/rulebook/near_names.py`."""
_LEAST_LETTERS = 8
"""Of a name of one word, or of one looked for within a longer text: shorter ones are found only where they stand alone."""
LONGEST_FILE = 50_000_000
"""Bytes."""


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
        scored = []
        for n, (listed, _, _) in enumerate(self._names):
            # A word has to stand there as it is listed: it is what makes a long list quick to look for.
            if len(listed) < 2 or sum(map(len, listed)) < _LEAST_LETTERS or known.isdisjoint(listed):
                continue
            windows = (words[at : at + len(listed)] for at in range(len(words) - len(listed) + 1))
            scored.append((max((alike(window, listed) for window in windows), default=0.0), n))
        return self._best(scored)

    def _best(self, scored: Iterator[tuple[float, int]] | list[tuple[float, int]]) -> Match | None:
        score, n = max(scored, default=(0.0, 0))
        if score < THRESHOLD:
            return None
        _, listed, entry = self._names[n]
        return Match(entry, listed, round(score, 1))

    @cached_property
    def _names(self) -> list[tuple[tuple[str, ...], str, Entry]]:
        return [(words, name, entry) for entry in self.entries for name in entry.names if (words := normalised(name))]


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

"""The words of each language, from its file in `languages`: read once, and merged term by term."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Final

_SHARED: Final = "common"
"""The file of the words that belong to no language, which names all terms there are."""
_OPEN: Final = frozenset({"countries"})
"""Tables whose terms are codes of a standard: any may be added."""


class PhraseError(ValueError):
    """A language's file cannot be read; says which, where and why."""


@dataclass(frozen=True)
class Language:
    """``name`` is that of its file; ``dates`` dateparser's for it, where its months are read; ``terms`` its phrases, by
    table and term: ``labels.net``."""

    name: str
    dates: str | None
    terms: Mapping[str, tuple[str, ...]]


@cache
def languages() -> tuple[Language, ...]:
    """All languages, in the order of their names; nothing may depend on it.

    Raises:
        PhraseError: a file has a term that `common.toml` does not know.
    """
    folder = files(__package__) / "languages"
    named = sorted((file for file in folder.iterdir() if file.name.endswith(".toml")), key=lambda file: file.name)
    return _checked([_read(file.name.removesuffix(".toml"), tomllib.loads(file.read_text("utf-8"))) for file in named])


def _checked(read: Sequence[Language]) -> tuple[Language, ...]:
    known = next(language for language in read if language.name == _SHARED).terms
    for language in read:
        for term in language.terms:
            table, _, name = term.partition(".")
            if term not in known and table not in _OPEN:
                raise PhraseError(f"{language.name}.toml: [{table}] has {name!r}, which is no term of {_SHARED}.toml")
    return tuple(read)


def _read(name: str, tables: dict[str, object]) -> Language:
    dates = tables.pop("dates", None)
    terms = {}
    for table, lists in tables.items():
        if not isinstance(lists, dict):
            raise PhraseError(f"{name}.toml: {table!r} is neither a table nor dates")
        for term, phrases in lists.items():
            if not isinstance(phrases, list) or not all(isinstance(phrase, str) for phrase in phrases):
                raise PhraseError(f"{name}.toml: [{table}] {term} is no list of phrases")
            terms[f"{table}.{term}"] = tuple(phrases)
    return Language(name, str(dates) if dates else None, terms)


def by_language(term: str) -> dict[str, tuple[str, ...]]:
    """What each language says for ``term``, such as ``labels.net``.

    Raises:
        KeyError: there is no such term.
    """
    if not any(term in language.terms for language in languages()):
        raise KeyError(term)
    return {language.name: language.terms[term] for language in languages() if language.terms.get(term)}


def printed(term: str) -> tuple[str, ...]:
    """The words of ``term`` in all languages as the files have them, each once.

    Raises:
        KeyError: there is no such term.
    """
    return tuple(dict.fromkeys(word for words in by_language(term).values() for word in words))


def terms_of(table: str) -> Iterator[str]:
    """The terms of a table, without its name: those that any language has."""
    whole = (term.partition(".") for language in languages() for term in language.terms)
    return iter(dict.fromkeys(name for of, _, name in whole if of == table))

"""The words invoices label their values with, in the languages of the European Union's larger trading partners.

The words are data: `lexicon.toml`, one table a term, in it the phrases of each language. Here they become one regular
expression a term over normalised text (`normalised`: no accents, no case, no punctuation), matched against a whole label.
A label that is not there costs a question to the model, never a wrong value, so a word that could announce two different
things is left out.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.resources import files
from itertools import islice, product
from typing import Any, Final

from infra.text import latin

LANGUAGES: Final = ("en", "de", "fr", "nl", "it", "es", "pt", "pl", "nordic", "other")
"""The lists a term may have in the file."""
_LONGEST = 80
"""Characters of a text that are looked at: no label is longer."""
_KEPT = 200
"""Characters of a text whose normal form is kept: a page's texts are compared with the labels of many terms."""
_NOT_TERMS = frozenset({"words", "countries"})
_RAISED = str.maketrans({"№": "n", "°": "", "º": "", "ª": ""})
_SPACED = re.compile(r"\b(?:[a-z] ){4,}[a-z]\b")
"""A heading in spaced letters: ``r e c h n u n g``."""


def normalised(text: str) -> str:
    """``text`` as labels are compared: letters without accents in lower case, digits, ``#`` and ``%``, single spaces.

    >>> normalised("Rechnungs-Nr.:")
    'rechnungs nr'
    """
    kept = "".join(c if c.isalnum() or c in "#%" else " " for c in latin(text.translate(_RAISED)))
    return _SPACED.sub(lambda spaced: spaced[0].replace(" ", ""), " ".join(kept.split()))


def is_label(text: str, term: str) -> bool:
    """Whether ``text`` as a whole is a label of ``term``, a possessive before it and a currency behind it aside.

    Raises:
        KeyError: the lexicon has no such term.
    """
    return _is_label(_label(text) if len(text) <= _KEPT else normalised(text)[:_LONGEST], term)


@lru_cache(maxsize=8192)
def _label(text: str) -> str:
    return normalised(text)[:_LONGEST]


def terms_of(text: str, among: tuple[str, ...]) -> list[str]:
    """The terms of ``among`` that ``text`` is a label of."""
    return [term for term in among if is_label(text, term)]


def pattern(term: str) -> str:
    """A regular expression over normalised text for the phrases of ``term``, each with the space or the end behind it.

    Raises:
        KeyError: the lexicon has no such term.
        PhraseError: a phrase of ``term`` is not well-formed.
    """
    return _either(_regex(phrase) for phrases in _phrases(term).values() for phrase in phrases.values())


def labels(term: str) -> Iterator[tuple[str, str, str]]:
    """The labels of ``term`` written out: language, phrase, and one label that it stands for, a few hundred a phrase."""
    for language, phrases in _phrases(term).items():
        for text, phrase in phrases.items():
            for words in islice(_written(phrase), 400):
                label = " ".join(words.split())
                if normalised(label) == label:  # five single letters in a row read as a heading in spaced letters
                    yield language, text, label


def terms() -> tuple[str, ...]:
    """All terms of the lexicon."""
    return tuple(term for term in _file() if term not in _NOT_TERMS)


class PhraseError(ValueError):
    """A phrase of the lexicon cannot be read; says which, where and why."""


@cache
def _file() -> dict[str, Any]:
    return tomllib.loads((files(__package__) / "lexicon.toml").read_text("utf-8"))


@lru_cache(maxsize=100_000)
def _is_label(text: str, term: str) -> bool:
    possessive, currency = _around()
    forms = {text, possessive.sub("", text)}
    forms |= {currency.sub("", form) for form in forms}
    return any(form and _compiled(term).fullmatch(form) for form in forms)


@cache
def _compiled(term: str) -> re.Pattern[str]:
    return re.compile(pattern(term))


@cache
def _around() -> tuple[re.Pattern[str], re.Pattern[str]]:
    """What may stand before and behind any label: a possessive; a currency."""
    words = {name: _either(normalised(word) for word in _file()["words"][name]) for name in ("possessive", "currency")}
    return re.compile(rf"^{words['possessive']} "), re.compile(rf"(?: in)? {words['currency']}$")


# The pattern language of the file: a phrase is words with spaces between them, a word is pieces without any. It allows no
# repetition but `*`, which takes whole words or letters within one, three a phrase: no text can make it backtrack for long.


@dataclass(frozen=True)
class _Text:
    normal: str


@dataclass(frozen=True)
class _Gap:
    """``-``: together or apart."""


@dataclass(frozen=True)
class _Any:
    """``*``: any words; within a word any letters."""


@dataclass(frozen=True)
class _Named:
    """``<nr>``: one of a list of [words], or a number."""

    name: str


@dataclass(frozen=True)
class _Group:
    """``(a|b)`` or, ``optional``, ``[a|b]``."""

    phrases: tuple[_Phrase, ...]
    optional: bool


_Piece = _Text | _Gap | _Any | _Named | _Group
_Word = tuple[_Piece, ...]
_Phrase = tuple[_Word, ...]

_TOKEN = re.compile(r"<\w+>|[\[\]()|*\- ]|[^\[\]()|*\- <>]+")
_MOST_ANY = 3
_END = r"(?: |\Z)"
_NUMBERS = {"rate": (r"\d{1,3}(?: \d{1,3})? ?%", "19 %"), "count": (r"\d{1,9}", "30")}


@cache
def _phrases(term: str) -> dict[str, dict[str, _Phrase]]:
    """The phrases of ``term`` by language, each with its text."""
    if term in _NOT_TERMS:
        raise KeyError(term)
    table = _file()[term]
    if unknown := set(table) - set(LANGUAGES):
        raise PhraseError(
            f"lexicon.toml: [{term}] has the list {min(unknown)!r}, which is none of {', '.join(LANGUAGES)}"
        )
    return {lang: {text: _read(text, f"[{term}] {lang}") for text in texts} for lang, texts in table.items()}


def _read(text: str, where: str) -> _Phrase:
    """``text`` of the file as a phrase."""

    def wrong(why: str) -> PhraseError:
        return PhraseError(f"lexicon.toml: {where}: {text!r}: {why}")

    tokens = _TOKEN.findall(text)
    if "".join(tokens) != text:
        raise wrong("a < or > is alone; the names are <nr>, <vat>, <rate> and <count>")
    if tokens.count("*") > _MOST_ANY:
        raise wrong(f"more than {_MOST_ANY} *")

    def phrases(closing: str) -> tuple[_Phrase, ...]:
        found, words, word = [], list[_Word](), list[_Piece]()
        while True:
            token = tokens.pop(0) if tokens else ""
            if token in ("", "]", ")", "|", " "):
                if word:
                    words.append(tuple(word))
                    word = []
                if token == " ":
                    continue
                found.append(tuple(words))
                words = []
                if token == "|" and closing:
                    continue
                if token != closing:
                    raise wrong(f"{token or 'its end'!r} where {closing or 'its end'!r} is due")
                return tuple(found)
            word.append(piece(token))

    def piece(token: str) -> _Piece:
        if token in "[(":
            return _Group(phrases("]" if token == "[" else ")"), token == "[")
        if token == "-":
            return _Gap()
        if token == "*":
            return _Any()
        if token.startswith("<"):
            if token[1:-1] not in _NUMBERS and token[1:-1] not in _file()["words"]:
                raise wrong(f"{token} is neither a list of [words] nor <rate> nor <count>")
            return _Named(token[1:-1])
        if normal := normalised(token):
            return _Text(normal)
        raise wrong(f"{token!r} has neither letter nor digit")

    (phrase,) = phrases("")
    if _may_be_absent(phrase):
        raise wrong("all of it may be absent")
    return phrase


def _may_be_absent(phrase: _Phrase) -> bool:
    for piece in (piece for word in phrase for piece in word):
        match piece:
            case _Text() | _Named():
                return False
            case _Group(phrases, optional) if not optional and not any(map(_may_be_absent, phrases)):
                return False
    return True


def _regex(phrase: _Phrase, end: str = _END) -> str:
    """A regular expression for ``phrase``; each of its words takes the space behind it along, the last one ``end``."""
    return "".join(_word(word, _END if n < len(phrase) - 1 else end) for n, word in enumerate(phrase))


def _word(word: _Word, end: str) -> str:
    match word:
        case (_Any(),):
            return rf"(?:[^ ]+{_END})*"
        case (_Group(phrases, optional),):
            return _either(_regex(phrase, end) for phrase in phrases) + "?" * optional
        case _:
            return "".join(_piece(piece) for piece in word) + end


def _piece(piece: _Piece) -> str:
    match piece:
        case _Text(normal):
            return re.escape(normal)
        case _Gap():
            return " ?"
        case _Any():
            return "[^ ]*"
        case _Named(name):
            return _named(name)
        case _Group(phrases, optional):
            return _either(_regex(phrase, "") for phrase in phrases) + "?" * optional


@cache
def _named(name: str) -> str:
    if name in _NUMBERS:
        return _NUMBERS[name][0]
    one = _either(_regex(_read(text, f"[words] {name}"), "") for text in _file()["words"][name])
    return rf"(?: ?{one}){{1,3}}" if name == "nr" else one


def _either(alternatives: Iterator[str]) -> str:
    return f"(?:{'|'.join(alternatives)})"


def _written(phrase: _Phrase) -> Iterator[str]:
    """The labels ``phrase`` stands for, ``*`` for nothing."""
    return (" ".join(words) for words in product(*(list(_written_word(word)) for word in phrase)))


def _written_word(word: _Word) -> Iterator[str]:
    return ("".join(pieces) for pieces in product(*(list(_written_piece(piece)) for piece in word)))


def _written_piece(piece: _Piece) -> Iterator[str]:
    match piece:
        case _Text(normal):
            yield normal
        case _Gap():
            yield from ("", " ")
        case _Any():
            yield ""
        case _Named(name):
            yield _NUMBERS[name][1] if name in _NUMBERS else normalised(_file()["words"][name][0])
        case _Group(phrases, optional):
            if optional:
                yield ""
            for phrase in phrases:
                yield from _written(phrase)


LEGAL_FORM = re.compile(
    r"(?<!\w)(?:g?GmbH(?: ?& ?Co\.? ?KG(?:aA)?)?|GMBH|AG(?: & Co\.? KG)?|KGaA|KG|OHG|GbR|UG(?: \(haftungsbeschränkt\))?"
    r"|e\.? ?K\.?|e\.? ?V\.?|eG|EG|mbH|AöR|PartG(?: ?mbB)?"
    r"|Ltd\.?|LTD\.?|Limited|LIMITED|LLC|L\.L\.C\.|LLP|PLC|plc|Inc\.?|INC\.?|Corp\.?|Corporation|Co\.|Pty"
    r"|S\.?A\.?R\.?L\.?|Sarl|S\.?A\.?S\.?(?!\w)|SASU|EURL|SCI|SNC|SCEA|SA|S\.A\.|SE|ASBL|VZW"
    r"|B\.?V\.?(?!\w)|N\.?V\.?(?!\w)|V\.?O\.?F\.?(?!\w)|BVBA|SPRL"
    r"|S\.?[Rr]\.?[Ll]\.?[Ss]?\.?|S\.?[Pp]\.?A\.?|S\.?[Nn]\.?[Cc]\.?|S\.?L\.?U?\.?(?!\w)|S\.C\.|L[Dd][Aa]\.?|Unipessoal"
    r"|Sp\. ?z ?o\.? ?o\.?|s\.? ?r\.? ?o\.?|a\.? ?s\.?(?!\w)|Kft\.?|Zrt\.?|d\.?o\.?o\.?"
    r"|AB|HB|A/S|ApS|AS|ASA|Oy|Oyj|OÜ|UAB|SIA)(?![\w-])"
)
"""A legal form at the end of a company's name: what tells a firm from a person, a street or a slogan."""

COUNTRIES: dict[str, tuple[str, ...]] = {
    code: tuple(normalised(name) for name in names) for code, names in _file()["countries"].items()
}
"""ISO 3166 code to the names of a country, normalised."""

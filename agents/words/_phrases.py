"""Phrases as files have them, as regular expressions over texts that are compared as labels are.

A phrase is words with spaces between them, a word is pieces without any (`common.toml` says how they are written). There is no
repetition but `*`, which takes whole words or letters within one, three a phrase: no text can make it backtrack for long.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import cache, lru_cache
from itertools import islice, product

from agents.words._languages import PhraseError, by_language, printed, terms_of
from infra.text import latin

_LONGEST = 80
"""Characters of a text that are looked at: no label is longer."""
_KEPT = 200
"""Characters of a text whose normal form is kept: a page's texts are compared with the labels of many terms."""
_RAISED = str.maketrans({"№": "n", "°": "", "º": "", "ª": ""})
_SPACED = re.compile(r"\b(?:[a-z] ){4,}[a-z]\b")
"""A heading in spaced letters: ``r e c h n u n g``."""
_NO_WORD = re.compile(r"[^0-9a-z]+")
_GROUPS = {"(": "(?:", ")": ")", "[": "(?:", "]": ")?", "|": "|"}
_BRACKETS = re.compile(r"\\([()\[\]|])")


def normalised(text: str) -> str:
    """``text`` as labels are compared: `latin` letters, digits, ``#`` and ``%``, single spaces.

    >>> normalised("Rechnungs-Nr.:")
    'rechnungs nr'
    """
    kept = "".join(c if c.isalnum() or c in "#%" else " " for c in latin(text.translate(_RAISED)))
    return _SPACED.sub(lambda spaced: spaced[0].replace(" ", ""), " ".join(kept.split()))


@lru_cache(maxsize=4096)
def fold(text: str) -> str:
    """``text`` as the words of a table are compared: `latin` letters and digits alone, single spaces. Other than in a label,
    ``%`` and ``#`` stand in cells of their own, and single letters in a row are headings of columns."""
    return _NO_WORD.sub(" ", latin(text)).strip()


def is_label(text: str, term: str) -> bool:
    """Whether ``text`` as a whole is a label of ``term``, a possessive before it and a currency behind it aside.

    Raises:
        KeyError: no language has such a label.
    """
    return _is_label(_label(text) if len(text) <= _KEPT else normalised(text)[:_LONGEST], term)


@lru_cache(maxsize=8192)
def _label(text: str) -> str:
    return normalised(text)[:_LONGEST]


@lru_cache(maxsize=100_000)
def _is_label(text: str, term: str) -> bool:
    possessive, currency = _around()
    forms = {text, possessive.sub("", text)}
    forms |= {currency.sub("", form) for form in forms}
    return any(form and phrases(f"labels.{term}").fullmatch(form) for form in forms)


@cache
def _around() -> tuple[re.Pattern[str], re.Pattern[str]]:
    """What may stand before and behind any label: a possessive; a currency."""
    possessive, currency = (_either(map(normalised, printed(f"words.{name}"))) for name in ("possessive", "currency"))
    return re.compile(rf"^{possessive} "), re.compile(rf"(?: in)? {currency}$")


@cache
def phrases(term: str) -> re.Pattern[str]:
    """The phrases of ``term``, such as ``labels.net``, for normalised or folded text: whole words, wherever they stand
    (``search``), at the beginning (``match``) or as all of it (``fullmatch``).

    Raises:
        KeyError: there is no such term.
        PhraseError: a phrase of it is not well-formed.
    """
    return re.compile(rf"(?<![^ ]){pattern(term)}")


def pattern(term: str) -> str:
    """A regular expression for the phrases of ``term``, each with the space or the end behind it; raises as `phrases`."""
    return _either(_regex(phrase) for parsed in _parsed(term).values() for phrase in parsed.values())


def in_text(term: str, fold: Callable[[str], str] = str) -> str:
    """A regular expression for the words of ``term`` in running text, which ``fold`` was applied to.

    Raises:
        KeyError: there is no such term.
    """
    return _either(_bounded(fold(word)) for word in printed(term))


def _bounded(word: str) -> str:
    before, after = ("" if word.startswith("*") else r"\b"), ("" if word.endswith("*") else r"\b")
    return f"{before}{written(word.strip('*'))}{after}"


def written(text: str) -> str:
    """A regular expression for a text as it stands, but for ``(a|b)`` and ``[a]``."""
    return _BRACKETS.sub(lambda match: _GROUPS[match[1]], re.escape(text))


def labels(term: str) -> Iterator[tuple[str, str, str]]:
    """The labels of ``term`` written out: language, phrase, and one label that it stands for, a few hundred a phrase."""
    for language, parsed in _parsed(f"labels.{term}").items():
        for text, phrase in parsed.items():
            for words in islice(_written(phrase), 400):
                label = " ".join(words.split())
                if normalised(label) == label:  # five single letters in a row read as a heading in spaced letters
                    yield language, text, label


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
class _Edge:
    """``^`` or ``$``: where the text begins or ends."""

    regex: str


@dataclass(frozen=True)
class _Named:
    """``<nr>``: one of a list of [words], or a number."""

    name: str


@dataclass(frozen=True)
class _Group:
    """``(a|b)`` or, ``optional``, ``[a|b]``."""

    phrases: tuple[_Phrase, ...]
    optional: bool


_Piece = _Text | _Gap | _Any | _Edge | _Named | _Group
_Word = tuple[_Piece, ...]
_Phrase = tuple[_Word, ...]

_TOKEN = re.compile(r"<\w+>|[\[\]()|*\- ]|[^\[\]()|*\- <>]+")
_MOST_ANY = 3
_END = r"(?: |\Z)"
_NUMBERS = {"rate": (r"\d{1,3}(?: \d{1,3})? ?%", "19 %"), "count": (r"\d{1,9}", "30")}


@cache
def _parsed(term: str) -> dict[str, dict[str, _Phrase]]:
    """The phrases of ``term`` by language, each with its text."""
    table, _, name = term.partition(".")
    return {
        language: {text: _read(text, f"{language}.toml: [{table}] {name}") for text in texts}
        for language, texts in by_language(term).items()
    }


def _read(text: str, where: str) -> _Phrase:
    """``text`` of the file as a phrase."""

    def wrong(why: str) -> PhraseError:
        return PhraseError(f"{where}: {text!r}: {why}")

    tokens = _TOKEN.findall(text)
    if "".join(tokens) != text:
        raise wrong("a < or > is alone; the names are <nr>, <vat>, <rate> and <count>")
    if tokens.count("*") > _MOST_ANY:
        raise wrong(f"more than {_MOST_ANY} *")

    def phrases(closing: str) -> tuple[_Phrase, ...]:
        alternatives, words, word = [], list[_Word](), list[_Piece]()
        while True:
            token = tokens.pop(0) if tokens else ""
            if token in ("", "]", ")", "|", " "):
                if word:
                    words.append(tuple(word))
                    word = []
                if token == " ":
                    continue
                alternatives.append(tuple(words))
                words = []
                if token == "|" and closing:
                    continue
                if token != closing:
                    raise wrong(f"{token or 'its end'!r} where {closing or 'its end'!r} is due")
                return tuple(alternatives)
            word.append(piece(token))

    def piece(token: str) -> _Piece:
        if token in "[(":
            return _Group(phrases("]" if token == "[" else ")"), token == "[")
        if token == "-":
            return _Gap()
        if token == "*":
            return _Any()
        if token in "^$":
            return _Edge(r"\A" if token == "^" else r"\Z")
        if token.startswith("<"):
            if token[1:-1] not in _NUMBERS and token[1:-1] not in terms_of("words"):
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
        case (_Edge(regex),):
            return regex
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
        case _Edge(regex):
            return regex
        case _Named(name):
            return _named(name)
        case _Group(phrases, optional):
            return _either(_regex(phrase, "") for phrase in phrases) + "?" * optional


@cache
def _named(name: str) -> str:
    if name in _NUMBERS:
        return _NUMBERS[name][0]
    word = _either(_regex(phrase, "") for parsed in _parsed(f"words.{name}").values() for phrase in parsed.values())
    return rf"(?: ?{word}){{1,3}}" if name == "nr" else word


def _either(alternatives: Iterable[str]) -> str:
    """One of ``alternatives``; of none, nothing."""
    return f"(?:{'|'.join(alternatives) or '(?!)'})"


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
        case _Any() | _Edge():
            yield ""
        case _Named(name):
            yield _NUMBERS[name][1] if name in _NUMBERS else normalised(printed(f"words.{name}")[0])
        case _Group(phrases, optional):
            if optional:
                yield ""
            for phrase in phrases:
                yield from _written(phrase)

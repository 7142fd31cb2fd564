"""What a document says to do instead of what it charges: instructions to whoever reads it by machine, and new bank details.

Doubt goes to a person; nothing here is ever followed. Looked at are the page, the text that no reader sees, the PDF's
metadata and the e-invoice's XML. The rules are the house's own: ``PROMPT-INJECTION`` and ``BANK-CHANGE`` (errors), and
``HIDDEN-TEXT`` (a warning; an error where it holds instructions, amounts or identifiers). The shapes are those of OWASP's
LLM01:2025 (prompt injection) and of payment redirection, as Europol's and UK Finance's advice on it describes them. No
I/O, no model, no clock.
"""

from __future__ import annotations

import base64
import bisect
import re
from collections.abc import Iterable, Iterator
from functools import cache
from typing import Literal, NamedTuple

from agents.documents.reading import Box, Reading
from agents.fields import values
from agents.fields.rules import Rule
from agents.pages.safety._shapes import MARKS, SAYINGS
from agents.words import by_language, in_text, printed
from infra.records import Finding, JsonObject, Severity, finding
from infra.text import LOOKALIKES, unaccented

LONGEST_QUOTE = 200
"""Characters of the document that a finding repeats."""

_GAP = r"[^.!?]{0,40}?"
"""Bounded, so that each search takes time linear in the text, whatever stands in it."""
_CAUTION = re.compile(in_text("text.caution", unaccented))
"""Words that turn "our bank details have changed" into the warning against such letters that honest invoices carry."""
_CAUTION_BEFORE = 70
_MOST_MATCHES = 20

_INVISIBLE = "\u200b-\u200f\u2060-\u2064\ufeff"
_TURNING = "\u202a-\u202e\u2066-\u2069"
_UNPRINTED = re.compile(f"[\u00ad\u180e{_INVISIBLE}{_TURNING}\U000e0000-\U000e007f]")
"""Soft hyphens, joiners and other characters of no width, those that turn the direction, and tags."""
_IN_A_NUMBER = re.compile(rf"[0-9][.,]?[{_INVISIBLE}]{{1,40}}[.,]?[0-9]|[\u202d\u202e][^\n]{{0,40}}?[0-9]")
_TAGS = re.compile("[\U000e0020-\U000e007e]{2,}")
_CYRILLIC = "\u0400-\u04ff\u0500-\u052f"
_MIXED = re.compile(rf"[A-Za-z][{_CYRILLIC}]|[{_CYRILLIC}][A-Za-z]")
_MOST_MIXED = 2
"""Words of two alphabets that an honest invoice may have, such as a brand."""
_BASE64 = re.compile(r"(?<![A-Za-z0-9+/])[A-Za-z0-9+/]{32,8000}={0,2}")
_MOST_ENCODED = 50

_Where = Literal["page", "hidden", "annotation", "replaced", "metadata", "xml"]
_CALLED: dict[_Where, str] = {
    "page": "the page",
    "hidden": "text that no reader sees",
    "annotation": "a comment or the value of a form field",
    "replaced": "text that is to be read in place of what is drawn",
    "metadata": "the PDF's metadata",
    "xml": "the e-invoice's XML",
}


def findings(reading: Reading) -> list[Finding]:
    """What a person has to know before anything is paid: at most one finding of a rule from each place it was found in.

    Args:
        reading: of the document; of an e-invoice without a page, its XML is looked at.

    Returns:
        Findings whose evidence is a ``quote`` (at most `LONGEST_QUOTE` characters), ``where`` it was found (``page``,
        ``hidden``, ``annotation``, ``replaced``, ``metadata`` or ``xml``) and, on a page, ``page`` and ``box``. Which accounts
        it names is for `payment_destinations` to find, and for the vendor master to know.
    """
    sources = [s for s in _sources(reading) if s.text]
    found = [one for source in sources for one in (*_said(source), *_encoded(source))]
    return [*found, *_hidden(reading, found), *_unprinted(reading)]


def speaks(text: str) -> bool:
    """Whether ``text`` says what no invoice says: something to whoever reads it by machine, or of a change of bank details."""
    plain = plain_text(text)
    return any(shape.first(plain) for shape in _shapes())


class _Piece(NamedTuple):
    """A stretch of text as it stands, and where."""

    text: str
    page: int | None = None
    box: Box | None = None


class _Source:
    """Text from one place as one string, without case and accents, whose matches lead back to what is printed."""

    def __init__(self, where: _Where, pieces: Iterable[_Piece]) -> None:
        self.where = where
        self.pieces: list[_Piece] = []
        self._starts: list[int] = []
        parts: list[str] = []
        known: dict[str, str] = {}
        at = 0
        for piece in pieces:
            plain = known.get(piece.text)
            if plain is None:
                plain = known[piece.text] = plain_text(piece.text)
            if plain:
                self.pieces.append(piece)
                self._starts.append(at)
                parts.append(plain)
                at += len(plain) + 1
        self.text = " ".join(parts)

    def evidence(self, start: int, end: int) -> JsonObject:
        """Page, box and quote of what stands from ``start`` to ``end``; the quote runs on up to its bound."""
        first = max(bisect.bisect_right(self._starts, start) - 1, 0)
        last = max(bisect.bisect_left(self._starts, end) - 1, first)
        begun = self.pieces[first]
        told: JsonObject = {"where": self.where}
        if begun.page is not None:
            told["page"] = begun.page
        boxes = [p.box for p in self.pieces[first : last + 1] if p.box and p.page == begun.page]
        if boxes:
            left, top, right, bottom = zip(*boxes, strict=True)
            told["box"] = [min(left), min(top), max(right), max(bottom)]
        offset = max(min(start - self._starts[first], len(begun.text) - LONGEST_QUOTE), 0)
        following = " ".join(p.text for p in self.pieces[first + 1 : first + LONGEST_QUOTE])
        return {"quote": quoted(f"{begun.text[offset:]} {following}"), **told}


def plain_text(text: str) -> str:
    """``text`` as it is looked through: `unaccented`, without characters that do not print, letters of other alphabets as
    the Latin ones they print as, and single spaces."""
    if not text.isascii():
        text = _TAGS.sub(lambda m: _untagged(m[0]), text)
        text = _UNPRINTED.sub("", text)
    return " ".join(unaccented(text).translate(LOOKALIKES).split())


def quoted(text: str) -> str:
    """``text`` on one line, without what does not print, and cut to `LONGEST_QUOTE`."""
    text = " ".join(_UNPRINTED.sub("", text).split())
    return text if len(text) <= LONGEST_QUOTE else text[: LONGEST_QUOTE - 1] + "…"


def _sources(reading: Reading) -> Iterator[_Source]:
    yield _Source("page", (_Piece(w.text, w.page, w.box) for w in reading.words))
    yield _Source("hidden", (_Piece(h.text, h.page, h.box) for h in reading.hidden))
    yield _Source("annotation", (_Piece(a.says, a.page, a.box) for a in reading.annotations if a.says != a.text))
    yield _Source("replaced", (_Piece(r.text, r.page, r.box) for r in reading.replaced))
    yield _Source("metadata", (_Piece(text) for text in dict.fromkeys(reading.metadata.values())))
    if reading.xml:
        yield _Source("xml", (_Piece(t) for t in re.split(r"<[^<>]*>", reading.xml.text) if t.strip()))


class _Shape(NamedTuple):
    rule: Rule
    says: str
    stems: tuple[tuple[str, ...], ...]
    """Of each word that must stand there, the ways it may begin: a search for them is faster than the pattern's."""
    pattern: re.Pattern[str]

    def first(self, text: str) -> tuple[int, int] | None:
        """Where the text says so first, a warning against those who say so aside."""
        if not all(any(stem in text for stem in stems) for stems in self.stems):
            return None
        for _, match in zip(range(_MOST_MATCHES), self.pattern.finditer(text), strict=False):
            if self.rule == Rule.BANK_CHANGE:
                before = re.split(r"[.!?]", text[max(match.start() - _CAUTION_BEFORE, 0) : match.start()])[-1]
                if _CAUTION.search(before) or (self.says.startswith("that") and _CAUTION.search(match[0])):
                    continue
            return match.span()
        return None


@cache
def _shapes() -> tuple[_Shape, ...]:
    shapes = []
    for rule, sayings in SAYINGS.items():
        for term, says in sayings.items():
            for language, phrases in by_language(f"instructions.{term}").items():
                for phrase in phrases:
                    stems, pattern = _compiled(phrase, language)
                    shapes.append(_Shape(rule, says, stems, re.compile(pattern)))
    marks = ((says, pattern) for says, patterns in MARKS.items() for pattern in patterns)
    return (*shapes, *(_Shape(Rule.PROMPT_INJECTION, says, (), re.compile(pattern)) for says, pattern in marks))


def _compiled(phrase: str, language: str) -> tuple[tuple[tuple[str, ...], ...], str]:
    """The stems and the regular expression of a phrase in the notation of ``instructions``."""
    stems, pattern, begun = [], "", False
    lists = {
        "ACCOUNT": by_language("instructions.account").get(language, ()),
        "MACHINE": printed("instructions.machine"),
    }
    for token in phrase.split():
        if token == "...":
            pattern, begun = pattern + _GAP, False
            continue
        optional = token.endswith(")?")
        words = [word for name in token.strip("()?").split("|") for word in lists.get(name, (name,))]
        either = "|".join(re.escape(word).replace("_", "[ -]").replace(r"\*", r"\w{0,12}") for word in words)
        between = "[ -]?[:,]?[ ']?" if begun else ""
        if optional:
            pattern += rf"(?:{between}\b(?:{either})\b)?"
        else:
            pattern += rf"{between}\b(?:{either})\b"
            stems.append(tuple(re.split(r"[_*]", word)[0] for word in words))
        begun = True
    return tuple(stems), pattern


def _said(source: _Source) -> Iterator[Finding]:
    met: dict[Rule, list[tuple[int, int, str]]] = {}
    for shape in _shapes():
        if at := shape.first(source.text):
            met.setdefault(shape.rule, []).append((*at, shape.says))
    for rule, matches in met.items():
        start, end, _ = min(matches)
        says = list(dict.fromkeys(says for _, _, says in matches))
        about = ("payment.iban",) if rule == "BANK-CHANGE" else ()
        message = f"{_CALLED[source.where]} says {', '.join(says)}; it was not followed"
        yield finding(rule, Severity.ERROR, message, *about, says=says, **source.evidence(start, end))


def _encoded(source: _Source) -> Iterator[Finding]:
    """Instructions in Base64. (An honest receipt may carry some: the signature of a till.)"""
    seen = 0
    for piece in source.pieces:
        if len(piece.text) < 32:
            continue
        for match in _BASE64.finditer(piece.text):
            seen += 1
            if seen > _MOST_ENCODED:
                return
            encoded = match[0].rstrip("=")
            encoded = encoded[:-1] if len(encoded) % 4 == 1 else encoded + "=" * (-len(encoded) % 4)
            decoded = base64.b64decode(encoded).decode("utf-8", "replace")
            plain = plain_text(decoded)
            if says := next((shape.says for shape in _shapes() if shape.first(plain)), None):
                message = f"{_CALLED[source.where]} says {says}, encoded; it was not followed"
                evidence = {**_Source(source.where, [piece]).evidence(0, 1), "quote": quoted(decoded)}
                yield finding(Rule.PROMPT_INJECTION, Severity.ERROR, message, says=[says], **evidence)
                return


def _hidden(reading: Reading, found: Iterable[Finding]) -> list[Finding]:
    """That there is text which no reader sees. Beside the page it is no trick (printers' marks), unless it says something."""
    tricks = [h for h in reading.hidden if h.why != "outside" and any(c.isalpha() for c in h.text)]
    told = [h for h in reading.hidden if any(c.isalnum() for c in h.text) and tells(h.text)]
    instructs = any(f.evidence.get("where") == "hidden" for f in found)
    if not (tricks or told or instructs):
        counted = reading.hidden_text and not reading.hidden
        message = f"{reading.hidden_text} characters of hidden text were left out"
        return [finding(Rule.HIDDEN_TEXT, Severity.WARNING, message)] if counted else []
    first = (told or tricks or reading.hidden)[0]
    ways = ", ".join(dict.fromkeys(h.why for h in (told or tricks or reading.hidden)))
    count = sum(len(h.text) for h in reading.hidden)
    holds = "instructions" if instructs else "amounts or identifiers" if told else "text"
    message = f"{count} characters that no reader sees ({ways}) hold {holds}: {quoted(first.text)[:80]}"
    quote, box = quoted(first.text), list(first.box)
    return [
        finding(
            Rule.HIDDEN_TEXT,
            Severity.ERROR if told or instructs else Severity.WARNING,
            message,
            quote=quote,
            where="hidden",
            page=first.page,
            box=box,
        )
    ]


def tells(text: str) -> bool:
    """Whether it holds what an invoice is booked by: an amount of money, an account, a VAT id."""
    text = text[:5_000]
    return any(values.is_money(n) for n in values.amounts(text)) or bool(values.ibans(text) or values.vat_ids(text))


def _unprinted(reading: Reading) -> Iterator[Finding]:
    """Characters on the page that make a machine read other than a person: between digits, or as letters of another
    alphabet within a word."""
    for pattern, severity, says in (
        (_IN_A_NUMBER, Severity.ERROR, "characters that do not print, or that turn the direction, within a number"),
        (_TAGS, Severity.ERROR, "a text in characters that do not print (tags)"),
    ):
        word = next((w for w in reading.words if not w.text.isascii() and pattern.search(w.text)), None)
        if word:
            evidence = _Source("page", [_Piece(word.text, word.page, word.box)]).evidence(0, 1)
            yield finding(Rule.HIDDEN_TEXT, severity, f"the page holds {says}", **evidence)
    mixed = [w for w in reading.words if not w.text.isascii() and _MIXED.search(w.text)]
    if len(mixed) > _MOST_MIXED:
        message = (
            f"{len(mixed)} words mix Latin and Cyrillic letters, which look alike: read names and accounts with care"
        )
        evidence = _Source("page", [_Piece(w.text, w.page, w.box) for w in mixed[:10]]).evidence(0, 1)
        yield finding(Rule.HIDDEN_TEXT, Severity.WARNING, message, **evidence)


def _untagged(tags: str) -> str:
    """What is written in tags (Unicode block Tags: ASCII moved to U+E0000)."""
    return "".join(chr(ord(c) - 0xE0000) for c in tags)

"""What was seen held against what the text says: digits must be the same, names alike, and the picture must say no more."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from agents.documents.alike import digits, resemblance, same, shape
from agents.documents.looking import Look, Piece, SeenLine, SeenPlace
from agents.documents.reading import Reading
from agents.fields import destinations, values
from agents.fields.rules import Rule
from agents.fields.schema import Field
from agents.fields.table import BY_PATH, Kind
from agents.pages import safety
from agents.pages._terms import kind_named
from agents.pages.picture._places import KeyPlace
from agents.words import normalised, phrases, terms_of
from infra.records import Finding, Severity, Verdict, finding

_ALIKE = 0.8
"""Of the letters of a name, and of a title: what a recogniser misses of it at most."""
_LEGIBLE = 0.5
"""Confidence below which what was read is no better than a guess."""
_STAMPS = [phrases(f"stamps.{term}") for term in terms_of("stamps")]
_LONGEST_STAMP = 40
_MOST_TOLD = 10


def findings(reading: Reading, fields: Mapping[str, Field], places: Sequence[KeyPlace], look: Look) -> list[Finding]:
    """What is wrong by the picture, each an error: a key value that it shows otherwise or does not show so that it can be
    read, and what it says that the text does not. Where there is nothing of that, how much agrees."""
    if look.unrecognised:
        return [_not_looked(look.unrecognised)]
    found: list[Finding] = []
    pieces = list(look.besides)
    agreeing: dict[str, bool] = {}
    for place, seen in zip(places, look.places, strict=True):
        if not place.path:
            pieces += _in_place_of(place, seen)
            continue
        told = _told(place, seen)
        agreeing[place.path] = agreeing.get(place.path, True) and told is None
        found += [told] if told else []
    found += _besides(reading, fields, pieces)
    if look.unseen:
        numbers = ", ".join(map(str, look.unseen))
        found.append(_not_looked(f"pages {numbers} are beyond what is looked at"))
    held = f"{sum(agreeing.values())} of {len(agreeing)} key values were read in the picture as the text has them"
    by = f"{held}, by {look.engine}"
    verdict = Verdict.FAIL if found else Verdict.PASS
    return [*found[:_MOST_TOLD], finding(Rule.PICTURE_AGREES, Severity.INFO, by, verdict=verdict)]


def _not_looked(why: str) -> Finding:
    message = f"the key values could not be read in the picture of the page: {why.rstrip('.')}. A person compares them"
    return finding(Rule.PICTURE_UNREAD, Severity.ERROR, message, verdict=Verdict.NOT_ASSESSABLE)


def _told(place: KeyPlace, seen: SeenPlace) -> Finding | None:
    """What is to be said of a place; None where its picture says the same."""
    lines = [line for line in seen.lines if not _agrees(place.path, line)]
    if seen.lines and not lines:
        return None
    if not lines or not any(_legible(line) for line in lines):
        message = f"the picture of {place.path} {place.printed} cannot be read: compare it with the page"
        return finding(
            Rule.PICTURE_UNREAD, Severity.ERROR, message, place.path, verdict=Verdict.NOT_ASSESSABLE,
            expected=place.printed, page=place.page, box=list(place.box),
        )  # fmt: skip
    shown = " ".join(_best(line) for line in lines)[:200]
    message = f"the picture shows {shown} where the text of the file says {place.printed} ({place.path})"
    return finding(
        Rule.PICTURE_DIFFERS, Severity.ERROR, message, place.path,
        expected=place.printed, found=shown, page=place.page, box=list(lines[0].box),
    )  # fmt: skip


def _agrees(path: str, line: SeenLine) -> bool:
    """Whether it was read as it should be: at once, where it was read once, else in more ways than one."""
    agreeing = sum(_says_the_same(path, seen.text, line) for seen in line.read)
    return agreeing >= min(len(line.read), 2) > 0


def _says_the_same(path: str, read: str, line: SeenLine) -> bool:
    if path == "type_code":
        return kind_named(read) == kind_named(line.value) or resemblance(read, line.value) >= _ALIKE
    kind = BY_PATH[path].kind
    if kind is Kind.NAME:
        return resemblance(read, line.value) >= _ALIKE
    if kind is Kind.CURRENCY:
        return _currencies(read) == _currencies(line.printed)
    if not shape(line.value):
        return False
    return same(read, line.printed) or (
        shape(line.value) in shape(read)
        and digits(read) == digits(line.printed)
        and _currencies(read) in (frozenset(), _currencies(line.printed))
    )


def _currencies(text: str) -> frozenset[str]:
    return frozenset(currency.code for currency in values.currencies(text))


def _is_stamp(text: str) -> bool:
    """Whether it speaks against paying. That it is a copy does so here: the text of the file does not say it."""
    return any(stamp.search(normalised(text)) for stamp in _STAMPS)


def _legible(line: SeenLine) -> bool:
    return any(seen.confidence >= _LEGIBLE and shape(seen.text) for seen in line.read)


def _best(line: SeenLine) -> str:
    return max(line.read, key=lambda seen: seen.confidence).text if line.read else ""


def _in_place_of(place: KeyPlace, seen: SeenPlace) -> Iterator[Piece]:
    """What stands where something else does by the text, of what is no key value."""
    for line in seen.lines:
        if line.read and all(resemblance(r.text, line.value) < _ALIKE for r in line.read):
            for one in line.read:
                yield Piece(page=place.page, box=line.box, text=one.text, confidence=one.confidence)


def _is_new(destination: str, known: str, reading: Reading) -> bool:
    """Whether the text of the file does not have it, too."""
    number = digits(destination)
    return number not in digits(reading.text) if number else shape(destination) not in known


def _besides(reading: Reading, fields: Mapping[str, Field], pieces: Sequence[Piece]) -> Iterator[Finding]:
    """What the picture says beside the text that a payment may hang on."""
    known = shape(reading.text)
    amounts = {values.parse_amount(text) for text in values.amounts(reading.text)}
    layers = {page.number for page in reading.pages if page.recognised}
    total = fields["totals.grand_total"].number if "totals.grand_total" in fields else None
    for piece in pieces:
        if piece.confidence < _LEGIBLE or not shape(piece.text) or shape(piece.text) in known:
            continue
        what = None
        if (kind := kind_named(piece.text)) and kind != "invoice":
            what = "names another kind of document"
        elif len(piece.text) <= _LONGEST_STAMP and _is_stamp(piece.text):
            what = "is a stamp that speaks against paying"
        elif any(_is_new(one.value, known, reading) for one in destinations.find(piece.text)):
            what = "names where to pay"
        elif safety.speaks(piece.text):
            what = "speaks to its reader, or of new bank details,"
        else:
            other = [
                n for text in values.amounts(piece.text) if values.is_money(text) and (n := values.parse_amount(text))
            ]
            # A scanner's recognition and ours differ on some number of most pages: there only larger sums count.
            other = [n for n in other if n not in amounts and (piece.page not in layers or total is None or n > total)]
            what = "is an amount" if other else None
        if what:
            message = f"the picture says {piece.text[:100]!r}, which {what} and is not in the text of the file"
            yield finding(
                Rule.PICTURE_SAYS_MORE,
                Severity.ERROR,
                message,
                found=piece.text[:200],
                page=piece.page,
                box=list(piece.box),
            )

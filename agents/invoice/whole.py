"""What a strong model is asked about a whole document, and what its answer points at.

It is shown the pages line by line, each with its number, and nothing of what code read: only so are two readings two. It answers
with places, a line's number and the text as it is printed there, and what is not printed at that place is no answer. How the text
is to be understood it may say of days and currencies alone, and only as one of the ways in which that text can be understood.

Both questions about a document show the same lines, behind the same instructions, so that the second finds the first's in the
endpoint's cache. A document that does not fit is asked about in runs (`agents.pages.table`), its header by its beginning and end.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Mapping, Sequence
from functools import cache
from itertools import accumulate
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, create_model
from pydantic import Field as Bounds

from agents.documents.layout import Layout, Line, union
from agents.documents.places import Place, Places
from agents.fields import days, values
from agents.fields.grounds import Ground
from agents.fields.schema import Fields
from agents.fields.table import COLUMNS, SCALARS, FieldSpec, Kind
from agents.invoice.questions import LINE, NONE
from agents.pages import placed
from agents.pages.table import ROW_TOKENS, Run, tokens
from infra.text import squeezed

ASKED: dict[str, FieldSpec] = {spec.path.replace(".", "_"): spec for spec in SCALARS if spec.printed}
"""Key of an answer to the field it points at."""
TAX = tuple(spec for spec in COLUMNS["tax_breakdown"] if spec.printed)
MOST_RATES = 8
_OFF = 1
"""Lines by which a pointer may be off: two rows of print are now and then one line to whoever counts them."""
_APART = 4
"""Lines around a row's amount within which its other cells stand."""
_LONGEST_LINE = 1200
_POINT_TOKENS = 30
_FIXED_TOKENS = 900
"""Instructions, question, and the frame of the messages."""


def numbered(lines: Sequence[Line]) -> str:
    """``lines`` as they are shown: each with its number; ``…`` where some are left out."""
    shown: list[str] = []
    before = None
    for line in lines:
        if before is not None and line.number != before + 1:
            shown.append("…")
        shown.append(f"{line.number}|{line.text[:_LONGEST_LINE]}")
        before = line.number
    return "\n".join(shown)


def shown(layout: Layout, runs: Sequence[Run], context: int) -> str:
    """What a question about header and totals shows: all lines, or as many from either end as the endpoint takes.

    Args:
        context: tokens the endpoint takes at once, prompt and answer together.
    """
    if len(runs) == 1 and len(runs[0].shown) == len(layout.lines):
        return numbered(runs[0].shown)
    room = context - _FIXED_TOKENS - header_tokens()
    first = _that_fit(layout.lines, room * 3 // 5)
    rest = layout.lines[len(first) :]
    return numbered([*first, *_that_fit(rest[::-1], room * 2 // 5)[::-1]])


def _that_fit(lines: Sequence[Line], room: int) -> list[Line]:
    kept = []
    for line in lines:
        room -= tokens(line.text[:_LONGEST_LINE]) + 5
        if room < 0:
            break
        kept.append(line)
    return kept


@cache
def header_shape() -> type[BaseModel]:
    """The answer about header and totals: the same for every document."""
    row = _model("Tax", {spec.name: _point(spec) for spec in TAX})
    rates: Any = Annotated[list[row], Bounds(max_length=MOST_RATES)]  # type: ignore[valid-type]
    kind: Any = Literal["invoice", "credit_note", "other"]
    return _model("Document", {"kind": kind, **{key: _point(spec) for key, spec in ASKED.items()}, "taxes": rates})


def header_tokens() -> int:
    """Most output tokens of that answer."""
    return _POINT_TOKENS * (len(ASKED) + 3 * 2) + 100


def rows_shape(rows: int) -> type[BaseModel]:
    """The answer about a table that has at most ``rows`` rows."""
    cells: dict[str, Any] = {key: _text(90 if key == "name" else 24) for key in LINE}
    row = _model("Row", {"line": Annotated[int, Bounds(ge=0, le=99_999)], **cells})
    lines: Any = Annotated[list[row], Bounds(max_length=rows + 2)]  # type: ignore[valid-type]
    return _model("Rows", {"lines": lines})


def rows_tokens(rows: int) -> int:
    """Most output tokens of that answer."""
    return (ROW_TOKENS + 10) * (rows + 2)


def _model(name: str, columns: Mapping[str, Any]) -> type[BaseModel]:
    fields: dict[str, Any] = {key: (shape, ...) for key, shape in columns.items()}
    made: type[BaseModel] = create_model(name, __config__=ConfigDict(extra="forbid"), **fields)
    return made


def _text(longest: int) -> Any:
    """A printed text, bounded in its pattern (xgrammar takes no other bound beside one)."""
    return Annotated[str, Bounds(pattern=rf'^[^\s"\\][^"\\\n]{{0,{longest - 1}}}$')]


def _point(spec: FieldSpec) -> Any:
    """A place, or ``none``."""
    longest = 160 if spec.kind is Kind.PROSE else 90 if spec.kind is Kind.NAME else 40
    meant = {Kind.DATE: r"\|\d{4}-\d{2}-\d{2}", Kind.CURRENCY: r"\|[A-Z]{3}"}.get(spec.kind, "")
    return Annotated[str, Bounds(pattern=rf'^({NONE}|\d{{1,5}}\|[^\s"\\|][^"\\|\n]{{0,{longest - 1}}}{meant})$')]


class Shown:
    """A document that is pointed into."""

    def __init__(self, layout: Layout, places: Places) -> None:
        self.reading = places.reading
        self._layout, self._places = layout, places
        self._at = {line.number: n for n, line in enumerate(layout.lines)}

    def place(self, text: str, line: int) -> Place | None:
        """Where ``text`` stands on ``line`` or next to it, as words that follow each other there, or that go on in the line below
        in their own column."""
        return near(self._places.every(text), line) or self._over_two_lines(squeezed(text), line)

    def sign(self, text: str, line: int) -> Place | None:
        """Where a currency's code or symbol stands, by itself or with an amount."""
        words = (word for word in self.reading.words if text in word.text)
        return near([Place(word.page, word.box, word.text, word.line) for word in words], line)

    def _over_two_lines(self, wanted: str, line: int) -> Place | None:
        at = self._at.get(line)
        cells = () if at is None or not any(c.isalnum() for c in wanted) else self._layout.lines[at].cells
        for cell in cells:
            below = self._layout.below(cell)
            if below is None:
                continue
            words = [*cell.words, *below.words]
            starts = [0, *accumulate(len(squeezed(word.text)) for word in words)]
            text = "".join(squeezed(word.text) for word in words)
            begin = text.find(wanted)
            end = begin + len(wanted)
            whole_words = (begin in starts or not text[begin - 1].isalnum()) and (
                end in starts or not text[end : end + 1].isalnum()
            )
            if 0 <= begin < starts[len(cell.words)] < end and whole_words:
                first, last = bisect_right(starts, begin) - 1, bisect_left(starts, end)
                said = words[first:last]
                return Place(cell.page, union(said), " ".join(word.text for word in said), cell.line)
        return None


def pointed_at(answer: Mapping[str, Any], document: Shown, known: Mapping[str, Any]) -> Fields:
    """The fields that an answer of `header_shape` points at: of each that is printed where it says.

    Args:
        known: what code read. It gives nothing, but may know a way to understand a printed day that the answer names.
    """
    made: Fields = {}
    for key, spec in ASKED.items():
        _point_at(made, spec, spec.path, str(answer.get(key, NONE)), document, known)
    for n, row in enumerate(answer.get("taxes", ())[:MOST_RATES]):
        for spec in TAX:
            path = f"tax_breakdown[{n}].{spec.name}"
            _point_at(made, spec, path, str(row.get(spec.name, NONE)), document, known)
    return made


def _point_at(made: Fields, spec: FieldSpec, path: str, point: str, document: Shown, known: Mapping[str, Any]) -> None:
    number, _, rest = point.partition("|")
    text, _, meant = rest.partition("|")
    if not text or not number.isdecimal():
        return
    find = document.sign if spec.kind is Kind.CURRENCY else document.place
    place = find(text, int(number))
    value = place and _understood(spec, text, meant, known.get(path))
    if place and value:
        made[path] = placed(document.reading, place.page, place.box, place.text, value, Ground.READER, source="model")


def near(found: Sequence[Place], line: int, off: int = _OFF) -> Place | None:
    """Of the places where a text stands the one nearest to ``line``; None where none is on it or next to it."""
    best = min(found, key=lambda place: abs(place.line - line), default=None)
    return best if best is not None and abs(best.line - line) <= off else None


def _understood(spec: FieldSpec, text: str, meant: str, mine: Any) -> str | None:
    """The value that ``text`` is printed for; None where it cannot be, or not be what it is said to mean."""
    match spec.kind:
        case Kind.DATE:
            meanings = {day.isoformat() for day in days.readings(text).values()}
            if mine is not None and mine.evidence.text and squeezed(mine.evidence.text) in squeezed(text):
                meanings.add(mine.value)
            return meant if meant in meanings else None
        case Kind.CURRENCY:
            return meant if meant in values.currencies_of(text) else None
        case kind if kind.is_number:
            return number(text)
        case Kind.IBAN:
            return _compact(text) if values.is_iban(text) else None
        case Kind.VAT_ID:
            return _compact(text) if any(c.isdigit() for c in text) else None
        case Kind.BIC:
            return _compact(text)
        case _:
            return " ".join(text.split())


def number(text: str) -> str | None:
    """The one number in ``text``; None where there are several, or none."""
    parsed = values.parse_amount(text) if len(values.amounts(text)) == 1 else None
    return None if parsed is None else f"{parsed:f}"


def holds(path: str, value: str) -> bool:
    """Whether check digits say that nobody misread ``value``."""
    return (path == "payment.iban" and values.is_iban(value)) or (path.endswith(".vat_id") and values.is_vat_id(value))


def _compact(text: str) -> str:
    return re.sub(r"\s", "", values.compact(text)).upper()

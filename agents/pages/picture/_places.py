"""Where a payment's key values are printed, and what stands out on the pages: the places whose pixels are read."""

from __future__ import annotations

import re
import statistics
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from agents.documents.layout import Cell, Layout
from agents.documents.places import Place, Places
from agents.documents.reading import Box, Reading
from agents.fields import days, values
from agents.fields.schema import Field
from agents.fields.table import SCALARS, FieldSpec, Kind
from agents.pages._terms import title_of

_DECIDING = {"due_date", "seller.vat_id", "totals.due_payable"}
"""Beside what has to be sure and what pays: when, and by whom the vendor is known."""
_MOST_PLACES = 3
"""Of one value; more of an amount stand in lines than in totals."""
_MOST_ACCOUNTS = 8
_PROMINENT = 1.5
"""Letters this many times as high as most are what a person reads first."""
_MOST_PROMINENT = 4


@dataclass(frozen=True)
class KeyPlace:
    """A place, and the value that was found there."""

    path: str
    """Of the field; ``type_code`` for the title; empty for what only stands out."""
    printed: str
    page: int
    box: Box


def key_places(reading: Reading, fields: Mapping[str, Field]) -> list[KeyPlace]:
    """The places of all values that a payment rests on, each where its evidence is or, of an e-invoice, wherever the page has
    it; every account; the title; and what stands out. A value that a person gave has none: they saw the page."""
    layout, places = Layout(reading), Places(reading)
    found = [place for spec in SCALARS if _is_key(spec) for place in _of(spec, fields, layout, places)]
    for account in values.ibans(reading.text)[:_MOST_ACCOUNTS]:
        found += [_key(layout, "payment.iban", place) for place in places.every(account)[:_MOST_PLACES]]
    if title := title_of(layout):
        found.append(_of_cell(layout, "type_code", title[0]))
    found += [_of_cell(layout, "", cell) for cell in _prominent(layout)]
    once: dict[tuple[int, Box], KeyPlace] = {}
    for place in found:
        once.setdefault((place.page, place.box), place)
    return list(once.values())


def _is_key(spec: FieldSpec) -> bool:
    pays = spec.group == "payment" and spec.kind is not Kind.PROSE
    return spec.printed and (spec.sure or spec.held_to_page or pays or spec.path in _DECIDING)


def _of(spec: FieldSpec, fields: Mapping[str, Field], layout: Layout, places: Places) -> Iterator[KeyPlace]:
    field = fields.get(spec.path)
    if field is None or field.evidence.source == "person":
        return
    evidence = field.evidence
    if evidence.page is not None and evidence.box is not None:
        yield KeyPlace(spec.path, evidence.text or field.value, evidence.page, evidence.box)
    elif evidence.source == "xml":
        for place in _shown(spec.kind, field, layout, places):
            yield _key(layout, spec.path, place)


def _shown(kind: Kind, field: Field, layout: Layout, places: Places) -> list[Place]:
    """Where the page shows a value of the e-invoice, of an amount the last places: totals stand below the lines."""
    match kind:
        case Kind.AMOUNT:
            return list(_amounts(abs(field.number), layout))[-_MOST_PLACES:] if field.number else []
        case Kind.DATE:
            day = date.fromisoformat(field.value)
            printed: Iterable[str] = [p for p in days.printed_days(layout.reading.text) if days.read(p) == day]
        case Kind.CURRENCY:
            printed = [c.printed for c in values.currencies(layout.reading.text) if c.code == field.value]
        case Kind.IBAN | Kind.BIC | Kind.VAT_ID:
            letters = r"[ \u00a0\u202f.\-]{0,2}".join(map(re.escape, values.compact(field.value)))
            printed = [
                match[0] for match in re.finditer(rf"(?<!\w){letters}(?!\w)", layout.reading.text, re.IGNORECASE)
            ]
        case _:
            printed = [field.value]
    return [place for text in dict.fromkeys(printed) for place in places.every(text)[:1]][:_MOST_PLACES]


def _amounts(number: Decimal, layout: Layout) -> Iterator[Place]:
    for cell in layout.cells():
        for text in values.amounts(cell.text):
            value = values.parse_amount(text)
            if value is not None and abs(value) == number:
                yield Place(cell.page, cell.box, text)


def _prominent(layout: Layout) -> list[Cell]:
    cells = list(layout.cells())
    if not cells:
        return []
    usual = statistics.median(cell.height for cell in cells)
    large = [cell for cell in cells if cell.height > _PROMINENT * usual and any(c.isalnum() for c in cell.text)]
    return sorted(large, key=lambda cell: -cell.height)[:_MOST_PROMINENT]


def _key(layout: Layout, path: str, place: Place) -> KeyPlace:
    return KeyPlace(path, place.text, place.page, layout.reading.displayed(place.page, place.box))


def _of_cell(layout: Layout, path: str, cell: Cell) -> KeyPlace:
    return KeyPlace(path, cell.text, cell.page, layout.reading.displayed(cell.page, cell.box))

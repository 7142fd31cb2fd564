"""Which lines of an e-invoice count: the parts of a group once, what groups or informs not at all.

In a Cross Industry Invoice of the profile EXTENDED a line says of itself what it is (BT-X-8, `LineStatusReasonCode`: DETAIL, GROUP
or INFORMATION) and to which line it belongs (BT-X-304, `ParentLineID`); sums are of those that are DETAIL or say nothing
(BR-FXEXT-CO-10). In UBL the parts stand within their line (`SubInvoiceLine`), whose amount is their sum (XRechnung's extension,
BR-DEX-02).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from agents.einvoice._canonical import canonical
from agents.einvoice._elements import Element
from agents.fields.table import Kind

_COUNTS = "DETAIL"
_MOST_DEEP = 20
"""Levels of parts within parts. What is deeper counts as its line says."""


@dataclass(frozen=True, kw_only=True)
class LinePlaces:
    """Where a line says what it is, in the notation of `FieldSpec.cii`; None where the syntax cannot say it."""

    amount: str
    id: str
    kind: str | None = None
    parent: str | None = None
    parts: str | None = None
    """The lines within a line."""


@dataclass(frozen=True)
class Lines:
    """The lines of an e-invoice."""

    counting: Sequence[Element]
    aside: Sequence[Element]
    """Those that only group others or inform."""


def lines_of(rows: Sequence[Element], places: LinePlaces | None) -> Lines:
    """``rows`` parted into what counts and what does not, each in their order; all count where ``places`` is None.

    A line that does not say what it is groups those that name it as their parent, or stand within it, if its amount is theirs
    together.
    """
    if places is None:
        return Lines(rows, ())
    counting: list[Element] = []
    aside: list[Element] = []
    if places.parts:
        for row in rows:
            _parted(row, places, counting, aside, _MOST_DEEP)
        return Lines(counting, aside)
    groups = _groups(rows, places)
    for row in rows:
        said = _text(row, places.kind)
        counts = said == _COUNTS or (not said and _text(row, places.id) not in groups)
        (counting if counts else aside).append(row)
    return Lines(counting, aside)


def amounts_of(rows: Sequence[Element], places: LinePlaces) -> list[Decimal]:
    """The amounts of those that state one."""
    return [amount for row in rows if (amount := _amount(row, places)) is not None]


def _parted(row: Element, places: LinePlaces, counting: list[Element], aside: list[Element], deep: int) -> None:
    parts = row.all(places.parts) if places.parts and deep else []
    amounts = amounts_of(parts, places)
    if parts and len(amounts) == len(parts) and sum(amounts) == _amount(row, places):
        aside.append(row)
        for part in parts:
            _parted(part, places, counting, aside, deep - 1)
    else:
        counting.append(row)
        aside += parts


def _groups(rows: Sequence[Element], places: LinePlaces) -> set[str]:
    """The ids of lines whose amount is that of the counting lines that belong to them."""
    of_parts: dict[str, Decimal] = {}
    for row in rows:
        parent, amount = _text(row, places.parent), _amount(row, places)
        if (
            parent
            and parent != _text(row, places.id)
            and _text(row, places.kind) in ("", _COUNTS)
            and amount is not None
        ):
            of_parts[parent] = of_parts.get(parent, Decimal(0)) + amount
    return {id for row in rows if (id := _text(row, places.id)) in of_parts and of_parts[id] == _amount(row, places)}


def _text(row: Element, place: str | None) -> str:
    found = row.first(place) if place else None
    return found.text.upper() if found else ""


def _amount(row: Element, places: LinePlaces) -> Decimal | None:
    found = row.first(places.amount)
    number = canonical(Kind.AMOUNT)(found.text) if found and found.text else None
    return None if number is None else Decimal(number)

"""What an invoice that a person confirmed teaches of its issuer."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from decimal import Decimal
from typing import Literal

from agents.documents.layout import Layout
from agents.documents.reading import Reading
from agents.fields import values
from agents.fields.schema import Field, value_of
from agents.fields.table import is_number
from agents.pages._candidates import Candidate, Candidates
from agents.pages.issuer._days import confirmed_in
from agents.pages.issuer._keys import names_in
from agents.pages.issuer._pools import IDENTIFIERS, LEARNABLE, NUMBERS, pool
from agents.pages.issuer._spots import spot_of, standing
from agents.words import fold
from infra.records.issuers import MOST_KEYS, MOST_SPOTS, IssuerProfile, Side, Spot

_MOST_NEW = 3
_ANNOUNCES: Mapping[str, tuple[str, ...]] = {
    "totals.tax_basis_total": ("net",),
    "totals.tax_total": ("tax",),
    "totals.grand_total": ("gross", "due"),
    "totals.due_payable": ("due", "gross"),
    "buyer.name": (),
}
"""By what labels are looked up in the words, where it is not the field's own name."""
_RANK = {Side.BEFORE: 0, Side.BESIDE: 0, Side.ABOVE: 1, Side.NONE: 2}


def learn(
    reading: Reading,
    fields: Mapping[str, Field],
    *,
    but: Collection[str] = (),
    before: IssuerProfile | None = None,
    names: Sequence[str] = (),
) -> IssuerProfile:
    """How the issuer prints its invoices, by one whose ``fields`` a person confirmed.

    Args:
        but: paths that were approved in spite of what was found: nothing is learnt of them.
        before: what was known already; a place that this invoice proves wrong is forgotten.
        names: that the vendor master has for it.
    """
    known = before or IssuerProfile()
    candidates, order = confirmed_in(reading, {f.value for path, f in fields.items() if path.endswith("_date")})
    layout = candidates.layout
    spots = {path: list(places) for path, places in known.spots.items() if path not in but}
    for path in LEARNABLE:
        if path in fields and path not in but:
            spots[path] = _spots(path, fields, candidates, spots.get(path, []))
    shown = {fold(printed): printed for printed, _ in names_in(layout)}
    seller = value_of(fields, "seller.name")
    mine = (
        [shown[key] for name in (seller, *names) if name and (key := fold(name)) in shown]
        if "seller.name" not in but
        else []
    )
    was = fields["seller.name"].evidence.was if "seller.name" in fields else None
    others = [was] if was and fold(was) not in {fold(name) for name in (*mine, *names)} else []
    return IssuerProfile(
        names=_once([*mine, *known.names]),
        others=_once([*others, *known.others]),
        identifiers={
            **known.identifiers,
            **{
                path: value
                for path in IDENTIFIERS
                if path not in but and (value := value_of(fields, path)) and _is_printed(value, reading.text)
            },
        },
        spots={path: places[:MOST_SPOTS] for path, places in spots.items() if places},
        day_order=order or known.day_order,
        decimal_mark=decimal_mark(reading.text) or known.decimal_mark,
    )


def decimal_mark(text: str) -> Literal[",", "."] | None:
    """The decimal mark of most numbers with two decimals; None where there is none, or as many of each."""
    marks = re.findall(r"\d([.,])\d\d(?![\d.,])", text)
    commas = marks.count(",")
    return None if 2 * commas == len(marks) else "," if 2 * commas > len(marks) else "."


def _spots(path: str, fields: Mapping[str, Field], candidates: Candidates, known: Sequence[Spot]) -> list[Spot]:
    """Where the confirmed value stands: by its evidence, else wherever it is printed and is no other field's."""
    field, among = fields[path], pool(path, candidates)
    layout = candidates.layout
    there = [c for c in among if _same(path, c.value, field.value)]
    right = {id(c) for c in there}
    # A place that points at another value here was no place of this field.
    kept = [spot for spot in known if (c := standing(spot, among, layout)) is None or id(c) in right]
    own = [c for c in there if _is_at(c, field, layout)]
    taken = [other for at, other in fields.items() if at != path and other.evidence.box is not None]
    free = [c for c in there if not any(_is_at(c, other, layout) for other in taken)]
    terms = _ANNOUNCES.get(path, (path.rpartition(".")[2],))

    def how_sure(c: Candidate) -> tuple[float, int, float]:
        announced = max((c.announced(term) for term in terms), default=0.0)
        return -announced, _RANK[spot_of(c, layout).side], -c.box[1] * is_number(path)

    ranked = sorted(own or free, key=how_sure)
    new = [spot_of(c, layout, shaped=path in NUMBERS) for c in ranked[:_MOST_NEW]]
    # One that would not find its own value again is none.
    new = [spot for spot in new if (c := standing(spot, among, layout)) is not None and id(c) in right]
    return [*new, *(spot for spot in kept if not any(_alike(spot, other) for other in new))]


def _same(path: str, found: str, value: str) -> bool:
    if is_number(path):
        return Decimal(found) == Decimal(value)
    return found == value or fold(found) == fold(value)


def _is_at(candidate: Candidate, field: Field, layout: Layout) -> bool:
    """Whether the field's evidence is where ``candidate`` stands."""
    evidence = field.evidence
    if evidence.page != candidate.page or evidence.box is None:
        return False
    box = layout.reading.displayed(candidate.page, candidate.box)
    return all(abs(a - b) < 1 for a, b in zip(box, evidence.box, strict=True))


def _alike(one: Spot, other: Spot) -> bool:
    return (one.side, one.label, one.page) == (other.side, other.label, other.page) and abs(one.x1 - other.x1) < 3


def _is_printed(value: str, text: str) -> bool:
    return values.compact(value) in re.sub(r"[\s.]", "", text)


def _once(names: Sequence[str]) -> list[str]:
    return list({fold(name): name[:120] for name in reversed(names)}.values())[::-1][:MOST_KEYS]

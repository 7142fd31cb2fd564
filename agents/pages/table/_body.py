"""The lines under a header with their words placed in its columns, and which of the columns holds what.

The quantity, the price and the amount are the columns whose numbers multiply on most lines; headings decide where none do.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from itertools import product

from agents.documents.layout import Layout, Line
from agents.fields.values import CENT, RATE, is_money
from agents.pages.table._columns import Columns, Token, readings, typical_height
from agents.pages.table._headings import MOST_LINES, Header
from agents.words import fold, phrases

_MOST_LEGEND = 400
_LEGEND = re.compile(r"(?:^|(?<=\s)|(?<=[(,;]))([A-Z]{1,2}\d?)\s{0,2}[=:@(]\s{0,2}(\d{1,2}(?:[.,]\d{1,2})?)\s?%")
_GLUED = re.compile(r"(?P<digits>\d{1,5}(?:[.,]\d{1,3})?)(?P<unit>[^\W\d]{1,6}\.?|×)")
_SAMPLE = 40
"""So many lines decide which column is which."""


@dataclass
class Body:
    """The lines under a header, their tokens placed in its columns."""

    columns: Columns
    height: float
    lines: list[Line] = field(default_factory=list)
    placed: dict[int, dict[int, list[Token]]] = field(default_factory=dict)
    """By line number, then column."""
    rates: Mapping[str, Decimal] = field(default_factory=dict)
    """What the document says a letter for a rate of tax stands for, in percent."""
    percents: frozenset[Decimal] = frozenset()
    """Every percentage printed in the document."""

    def add(self, line: Line) -> None:
        by_column: dict[int, list[Token]] = defaultdict(list)
        for column, made in self.columns.place(line):
            by_column[column].append(self._counted(column, made))
        self.lines.append(line)
        self.placed[line.number] = by_column

    def _counted(self, column: int, made: Token) -> Token:
        """A quantity with its unit behind it and no space between: ``10Stk``, ``3×``."""
        found = _GLUED.fullmatch(made.text) if not made.values else None
        if found is None or column < 0 or self.columns.headings[column].roles[:1] != ("quantity",):
            return made
        unit = "" if found["unit"] in "x×" else found["unit"]
        return replace(made, values=readings(found["digits"], self.columns.mark), unit=unit, number=found["digits"])

    def tokens(self, number: int, column: int | None) -> list[Token]:
        return self.placed[number].get(column, []) if column is not None else []


@dataclass(frozen=True)
class Meaning:
    """Which column holds what; None where no column does."""

    quantity: int | None
    price: int | None
    amount: int | None


def body_of(
    layout: Layout, columns: Columns, after: int, barriers: Mapping[int, Header], header: Header | None
) -> Body:
    """The lines behind line ``after`` up to the next header of another table, that table's own repeated ones left out."""
    lines: list[Line] = []
    skipped: set[int] = set()
    own = {h.page: h.lines[0] for h in barriers.values() if header is not None and repeats(h, header)}
    for line in layout.lines[:MOST_LINES]:
        if line.number <= after or line.number in skipped:
            continue
        if other := barriers.get(line.number):
            if header is None or not repeats(other, header):
                if line.number < own.get(line.page, -1):
                    continue  # in the letterhead: the table's own header stands below it
                break
            skipped.update(other.lines)
            while lines and lines[-1].page == line.page:  # above a repeated header there is a letterhead, no line
                lines.pop()
            continue
        lines.append(line)
    body = Body(
        columns.widened(lines), typical_height(layout), rates=_rates_of_codes(layout), percents=_percents(layout)
    )
    for line in lines:
        body.add(line)
    return body


def _rates_of_codes(layout: Layout) -> dict[str, Decimal]:
    """The rates of tax that letters stand for, as in ``A = 19 %``; a letter with two rates says nothing."""
    said: dict[str, set[Decimal]] = defaultdict(set)
    for line in layout.lines[:MOST_LINES]:
        text = line.text[:_MOST_LEGEND]
        if "%" in text:
            for code, rate in _LEGEND.findall(text):
                said[code].add(Decimal(rate.replace(",", ".")))
    return {code: rates.pop() for code, rates in said.items() if len(rates) == 1}


def _percents(layout: Layout) -> frozenset[Decimal]:
    texts = (line.text[:_MOST_LEGEND] for line in layout.lines[:MOST_LINES])
    return frozenset(Decimal(said.replace(",", ".")) for text in texts if "%" in text for said in RATE.findall(text))


def repeats(header: Header, first: Header) -> bool:
    """Whether ``header`` is ``first`` printed again on a later page."""
    return header.page > first.page and [fold(h.text) for h in header.headings] == [
        fold(h.text) for h in first.headings
    ]


def meanings(body: Body) -> Meaning:
    """Which columns hold quantity, price and amount: those whose numbers multiply on most lines, else by heading."""
    columns = body.columns
    lines = _sampled(body)
    unknown = [
        n
        for n, h in enumerate(columns.headings)
        if not h.roles and any(t.values for line in lines for t in body.tokens(line, n))
    ]
    said = any(h.roles[:1] == ("quantity",) for h in columns.headings)
    numbered = [] if said else columns.indices("id")
    options = {
        "quantity": [*columns.indices("quantity"), *unknown, *numbered],
        "price": [*(columns.indices("price") or columns.indices("unit")), *unknown, *columns.indices("amount")],
        "amount": [*columns.indices("amount"), *unknown],
    }
    quantities: list[int | None] = [*options["quantity"][:7], None]
    prices: list[int | None] = [*options["price"][:8], None]
    amounts: list[int | None] = [*options["amount"][:7], None]
    best: tuple[float, Meaning] | None = None
    for q, p, a in product(quantities, prices, amounts):
        taken = [n for n in (q, p, a) if n is not None]
        if len(set(taken)) < len(taken) or (a is None and p is None) or (q in numbered and len(taken) < 3):
            continue
        if a is None and q is None and p is not None and "amount" in columns.headings[p].roles:
            continue  # what nothing is counted for is no price of one
        if q is None and p is not None and columns.headings[p].roles[:1] != ("price",):
            continue
        counts = q is None or "quantity" in columns.headings[q].roles
        if not counts and p is None:
            continue  # a number before each row is its place in the table
        score = _fit(columns, q, p, a)
        if q is not None and p is not None and a is not None:
            fitting = sum(_line_multiplies(body, n, q, p, a) for n in lines)
            if q in numbered and 2 * fitting <= len(lines):
                continue  # "No." may be how many; but the first of them is 1
            if not counts and (not fitting or 2 * fitting <= len(lines) and _runs_on(body, lines, q)):
                continue
            score += 4.0 * fitting
            score += 0.1 * sum(_in_money(body, n, p) - _in_money(body, n, q) for n in lines)
        score += (
            0.5 * sum(bool(body.tokens(n, a) and body.tokens(n, a)[0].values) for n in lines) if a is not None else 0
        )
        if best is None or score > best[0]:
            best = (score, Meaning(q, p, a))
    return best[1] if best else Meaning(None, None, None)


def _runs_on(body: Body, lines: Sequence[int], column: int) -> bool:
    """Whether a column counts the rows: 1, 2, 3."""
    numbers = [t.values[0] for line in lines for t in body.tokens(line, column)[:1] if t.values]
    return numbers == list(range(1, len(numbers) + 1))


def _in_money(body: Body, line: int, column: int) -> bool:
    """Whether a column's number is printed as money, as a price is sooner than a quantity."""
    return any(is_money(re.sub(r"[^\d.,]", "", t.number)) for t in body.tokens(line, column)[:1])


def _fit(columns: Columns, q: int | None, p: int | None, a: int | None) -> float:
    """How well the headings agree with a choice of columns."""
    score = 0.0
    for column, role in ((q, "quantity"), (p, "price"), (a, "amount")):
        if column is None:
            continue
        heading = columns.headings[column]
        score += 3.0 if heading.roles[:1] == (role,) else 1.5 if role in heading.roles else 0.2
        if role == "amount":
            score += 0.1 * column - (0.5 if heading.gross else 0.0)
    return score


def _sampled(body: Body) -> list[int]:
    """Lines that hold at least two numbers."""
    found = []
    for line in body.lines:
        if sum(1 for tokens in body.placed[line.number].values() for t in tokens if t.values) >= 2:
            found.append(line.number)
            if len(found) == _SAMPLE:
                break
    return found


def _line_multiplies(body: Body, line: int, q: int, p: int, a: int) -> bool:
    many, each, whole = (body.tokens(line, n)[:2] for n in (q, p, a))
    scale = scale_of(body.columns.headings[p].text)
    return any(multiply(m, e, w, scale) for m in many for e in each for w in whole)


def scale_of(heading: str) -> Decimal:
    """How many units a price under ``heading`` is for, or how many of its coins make one of the currency."""
    if found := re.search(r"\b(?:100|1000)\b", heading):
        return Decimal(found[0])
    return Decimal(100 if phrases("headings.coins").search(fold(heading)) else 1)


def multiply(many: Token, each: Token, whole: Token, scale: Decimal) -> bool:
    """Whether some reading of quantity and price makes the amount, the price being for ``scale``."""
    return any(makes(m, e / scale, w) for m in many.values for e in each.values for w in whole.values)


def makes(quantity: Decimal, price: Decimal, amount: Decimal) -> bool:
    """Whether quantity times price is the amount, within a cent or half a percent (prices are printed rounded)."""
    return abs(quantity * price - amount) <= max(CENT, abs(amount) * Decimal("0.005"))

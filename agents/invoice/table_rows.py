"""The rows under a table's headings: which numbers make one line of the invoice, what they mean, and what it is called.

Which column is the quantity, the price and the amount is decided by what multiplies; a line that no arithmetic fixes is
kept only where its place and words leave no doubt that it is one.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from itertools import product
from typing import Literal

from agents.documents.layout import Layout, Line
from agents.invoice.table_columns import Columns, Token, typical_height
from agents.invoice.table_headings import MOST_LINES, TAX_WORD, Header, Heading, fold
from agents.invoice.table_labels import ADJUSTED, CARRIED, SUM, TOTAL_ANYWHERE, TOTAL_FIRST, is_label_of_total
from agents.invoice.values import is_money

CENT = Decimal("0.01")
_SAMPLE = 40
"""So many lines decide which column is which."""
_REACH = 2.3
"""A row's numbers stand no further apart than this, in heights of a word."""

Kind = Literal["item", "adjustment", "total", "carried", "tax", "none"]


@dataclass(frozen=True)
class Row:
    """What stands between two anchors: the numbers chosen for each column, and whether they multiply."""

    at: int
    """Number of the line its amount stands on; ``line`` and ``last`` are those of the first and last it covers."""
    line: int
    last: int
    tokens: Mapping[str, Token]
    values: Mapping[str, Decimal]
    name: tuple[Token, ...]
    kind: Kind
    proved: bool
    label: str = ""
    """Its words, folded."""

    @property
    def amount(self) -> Decimal:
        return self.values["amount"]


@dataclass
class Body:
    """The lines under a header, their tokens placed in its columns."""

    columns: Columns
    height: float
    lines: list[Line] = field(default_factory=list)
    placed: dict[int, dict[int, list[Token]]] = field(default_factory=dict)
    """By line number, then column."""

    def add(self, line: Line) -> None:
        by_column: dict[int, list[Token]] = defaultdict(list)
        for column, made in self.columns.place(line):
            by_column[column].append(made)
        self.lines.append(line)
        self.placed[line.number] = by_column

    def drop(self, page: int) -> None:
        """Take out what stands on ``page`` so far: above a repeated header there is a letterhead, no line."""
        while self.lines and self.lines[-1].page == page:
            del self.placed[self.lines.pop().number]

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
    body = Body(columns, typical_height(layout))
    skipped: set[int] = set()
    for line in layout.lines[:MOST_LINES]:
        if line.number <= after or line.number in skipped:
            continue
        if other := barriers.get(line.number):
            if header is None or not repeats(other, header):
                break
            skipped.update(other.lines)
            body.drop(line.page)
            continue
        body.add(line)
    return body


def repeats(header: Header, first: Header) -> bool:
    """Whether ``header`` is ``first`` printed again on a later page."""
    return header.page > first.page and [fold(h.text) for h in header.headings] == [
        fold(h.text) for h in first.headings
    ]


def meanings(body: Body) -> Meaning:
    """Which columns hold quantity, price and amount: those whose numbers multiply on most lines, else by heading."""
    columns = body.columns
    unknown = [n for n, h in enumerate(columns.headings) if not h.roles]
    options = {
        role: [*columns.indices(role), *unknown][:6]  # type: ignore[arg-type]
        for role in ("quantity", "price", "amount")
    }
    quantities: list[int | None] = [*options["quantity"], None]
    prices: list[int | None] = [*options["price"], None]
    amounts: list[int | None] = [*options["amount"], None]
    lines = _sampled(body)
    best: tuple[float, Meaning] | None = None
    for q, p, a in product(quantities, prices, amounts):
        taken = [n for n in (q, p, a) if n is not None]
        if len(set(taken)) < len(taken) or (a is None and p is None):
            continue
        score = _fit(columns, q, p, a)
        if q is not None and p is not None and a is not None:
            score += 4.0 * sum(_line_multiplies(body, n, q, p, a) for n in lines)
        score += (
            0.5 * sum(bool(body.tokens(n, a) and body.tokens(n, a)[0].values) for n in lines) if a is not None else 0
        )
        if best is None or score > best[0]:
            best = (score, Meaning(q, p, a))
    return best[1] if best else Meaning(None, None, None)


def _fit(columns: Columns, q: int | None, p: int | None, a: int | None) -> float:
    """How well the headings agree with a choice of columns."""
    score = 0.0
    for column, role in ((q, "quantity"), (p, "price"), (a, "amount")):
        if column is None:
            continue
        heading = columns.headings[column]
        score += 3.0 if heading.roles[:1] == (role,) else 1.5 if heading.roles else 0.2
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
    return any(multiply(m, e, w) for m in many for e in each for w in whole)


def multiply(many: Token, each: Token, whole: Token) -> bool:
    """Whether some reading of quantity and price makes the amount."""
    return any(makes(m, e, w) for m in many.values for e in each.values for w in whole.values)


def makes(quantity: Decimal, price: Decimal, amount: Decimal) -> bool:
    """Whether quantity times price is the amount, within a cent or half a percent (prices are printed rounded)."""
    return abs(quantity * price - amount) <= max(CENT, abs(amount) * Decimal("0.005"))


class RowFinder:
    """Cuts a table's body into rows, one for every amount in the column of amounts."""

    def __init__(self, body: Body) -> None:
        self.body = body
        self.meaning = meanings(body)
        columns = body.columns
        self.names = columns.indices("name") or [n for n, h in enumerate(columns.headings) if not h.roles][:1]
        self.name = (
            self.names[-1]
            if len(self.names) > 1 and "id" in columns.headings[self.names[0]].roles
            else (self.names[0] if self.names else None)
        )
        self.rates = columns.indices("tax_rate")
        self.discounts = columns.indices("discount")
        self.pers = columns.indices("per")
        self.units = columns.indices("unit")
        self.ids = [n for n in columns.indices("id") if n != self.name]
        self.totals = list(self._lines_of_totals())
        self.sure: list[Token] | None = None
        """Amounts of rows that multiply, once they are known."""
        self.span = (0.0, 0.0)
        self.in_money = False

    @property
    def anchor_column(self) -> int | None:
        m = self.meaning
        return m.amount if m.amount is not None else m.price if m.price is not None else m.quantity

    def rows(self) -> list[Row]:
        """All rows down to the totals; what stands under those is one only if it multiplies."""
        anchors = list(self._anchors())
        lent = self._lent(anchors)
        found: list[Row] = []
        stopped = False
        for n, (line, anchor) in enumerate(anchors):
            row = self._row(line, anchor, lent.get(line.number, []))
            if row.kind in ("total", "tax"):
                stopped = stopped or bool(found)
                continue
            if stopped and not row.proved and row.kind != "adjustment":
                continue
            stopped = stopped and row.kind != "item"
            found.append(row)
            if not stopped and self._totals_follow(
                line.number, anchors[n + 1][0].number if n + 1 < len(anchors) else None
            ):
                stopped = True
        return [row for row in found if self._plausible(row, found)]

    def _plausible(self, row: Row, rows: Sequence[Row]) -> bool:
        """Whether a row that no arithmetic fixes has its amount in the column and printed as the amounts of others."""
        amount = row.tokens.get("amount")
        column = self.meaning.amount
        if row.proved or amount is None or column is None:
            return True
        if self.sure is None:
            self.sure = [r.tokens["amount"] for r in rows if r.proved and "amount" in r.tokens]
            heading = self.body.columns.headings[column].box
            self.span = (
                min([heading[0], *(t.box[0] for t in self.sure)]),
                max([heading[2], *(t.box[2] for t in self.sure)]),
            )
            self.in_money = any(is_money(t.number.strip("€$£ ")) for t in self.sure)
        reach = 3 * self.body.height
        in_column = amount.box[0] <= self.span[1] + reach and amount.box[2] >= self.span[0] - reach
        return in_column and (not self.in_money or is_money(amount.number.strip("€$£ ")) or not amount.values[0])

    def _anchors(self) -> Iterator[tuple[Line, Token]]:
        for line in self.body.lines:
            for made in self.body.tokens(line.number, self.anchor_column):
                if made.values and not made.percent and self._is_anchor(made):
                    yield line, made
                    break

    def _is_anchor(self, made: Token) -> bool:
        """An amount is money or a plain number; a number with many digits is a code."""
        digits = re.sub(r"\D", "", made.text)
        return is_money(made.number.rstrip("€$£ ")) or len(digits) <= 7

    def _totals_follow(self, line: int, until: int | None) -> bool:
        """Whether a line of totals, printed outside of the columns, stands behind ``line`` and before ``until``."""
        at = bisect_right(self.totals, line)
        return at < len(self.totals) and (until is None or self.totals[at] < until)

    def _lines_of_totals(self) -> Iterator[int]:
        for line in self.body.lines:
            text = fold(line.cells[0].text[:60])
            if TOTAL_FIRST.match(text) and re.search(r"\d[.,]\d\d(?!\d)", line.text) and not CARRIED.search(text):
                yield line.number

    def _lent(self, anchors: Sequence[tuple[Line, Token]]) -> dict[int, list[int]]:
        """Lines without an amount near each anchor, by its line: a row's other numbers may stand on them."""
        own = {line.number for line, _ in anchors}
        lent: dict[int, list[int]] = defaultdict(list)
        position = 0
        for line in self.body.lines:
            if line.number in own:
                continue
            while position < len(anchors) and anchors[position][0].number < line.number:
                position += 1
            near = [
                (abs(_middle(line) - _middle(other)), -at, other.number)
                for at, (other, _) in enumerate(anchors[max(position - 1, 0) : position + 1])
                if other.page == line.page and abs(_middle(line) - _middle(other)) <= _REACH * self.body.height
            ]
            if near:
                lent[min(near)[2]].append(line.number)
        return lent

    def _candidates(self, column: int | None, line: int, lent: Sequence[int]) -> list[Token]:
        own = [t for t in self.body.tokens(line, column) if t.values]
        return [*own, *(t for n in lent for t in self.body.tokens(n, column) if t.values)][:6]

    def _quantities(self, line: int, lent: Sequence[int]) -> list[Token]:
        """What may be the quantity: a number in its column, or with its unit in the column of units."""
        for column in (self.meaning.quantity, *self.units):
            if found := [t for t in self._candidates(column, line, lent) if not t.percent]:
                return found
        return []

    def _prices(self, line: int, lent: Sequence[int]) -> list[Token]:
        """What may be the price, likeliest first: one that is called net, and not one of nought."""
        found = [t for t in self._candidates(self.meaning.price, line, lent) if not t.percent]
        return sorted(found, key=lambda t: (not t.values[0], not re.match(r"\(?net", t.text.casefold())))

    def _row(self, line: Line, anchor: Token, lent: Sequence[int]) -> Row:
        m = self.meaning
        tokens: dict[str, Token] = {}
        values: dict[str, Decimal] = {}
        quantities = self._quantities(line.number, lent)
        prices = self._prices(line.number, lent) if m.price != self.anchor_column else [anchor]
        proved = self._prove(line.number, lent, quantities, prices, anchor, tokens, values)
        for role, found in (("quantity", quantities), ("price", prices)):
            if found and role not in tokens:
                tokens[role], values[role] = found[0], found[0].values[0]
        if self.anchor_column == m.amount and "taxed" not in values:
            tokens["amount"] = anchor
            values.setdefault("amount", anchor.values[0])
        self._others(line.number, lent, tokens, values)
        label = self._label(line, lent)
        kind = self._kind(line, label, proved, tokens)
        if kind != "item":
            tokens.pop("unit", None)
        last = max([line.number, *(t.line for t in tokens.values())])
        first = min([line.number, *(t.line for t in tokens.values())])
        return Row(line.number, first, last, tokens, values, (), kind, proved, label)

    def _prove(
        self, line: int, lent: Sequence[int], quantities: Sequence[Token], prices: Sequence[Token], anchor: Token,
        tokens: dict[str, Token], values: dict[str, Decimal],
    ) -> bool:  # fmt: skip
        """Fill in quantity, price and amount as they multiply; with a discount or a price per hundred if one is
        printed."""
        if self.anchor_column != self.meaning.amount:
            return False
        for many, each in product(quantities, prices):
            for q, p, a in product(many.values, each.values, anchor.values):
                if any(makes(q, p * factor, a + less) for factor, less in self._terms(line, lent, q)):
                    tokens.update(quantity=many, price=each)
                    values.update(quantity=q, price=p, amount=a)
                    return True
                rate = self._rate(line, lent)
                if rate and rate.values[0] and makes(q, p * (1 + rate.values[0] / 100), a):
                    tokens.update(quantity=many, price=each)
                    values.update(quantity=q, price=p, taxed=a)
                    return True
        return False

    def _terms(self, line: int, lent: Sequence[int], quantity: Decimal) -> Iterator[tuple[Decimal, Decimal]]:
        """What a price may be multiplied by, and what may be taken off the product."""
        factors = [Decimal(1), *(1 / per for per in self._per(line, lent) if per)]
        yield from ((factor, Decimal(0)) for factor in factors)
        for column in self.discounts:
            for made in self._candidates(column, line, lent)[:2]:
                off = abs(made.values[0])
                for factor in factors:
                    if off < 100:
                        yield factor * (1 - off / 100), Decimal(0)
                    yield factor, off
                    yield factor, off * quantity * factor

    def _per(self, line: int, lent: Sequence[int]) -> Iterator[Decimal]:
        """How many units a price is for, where that is printed: in a column, as ``3 PCE`` by the unit, or above."""
        for column in (*self.pers, *(self.units if self.meaning.quantity is not None else ())):
            for made in self._candidates(column, line, lent)[:2]:
                if made.values[0] > 1:
                    yield made.values[0]
        for made in self._candidates(self.meaning.price, line, lent)[:2]:
            yield from (Decimal(said) for said in re.findall(r"/\s?(\d{1,5})\b", made.text))
        if self.meaning.price is not None:
            for said in re.findall(r"\b(?:100|1000)\b", self.body.columns.headings[self.meaning.price].text):
                yield Decimal(said)

    def _others(self, line: int, lent: Sequence[int], tokens: dict[str, Token], values: dict[str, Decimal]) -> None:
        """The rate of tax, the unit and the number of the line."""
        if rate := self._rate(line, lent):
            tokens["tax_rate"], values["tax_rate"] = rate, rate.values[0]
        for column in self.units:
            texts = [t for n in (line, *lent) for t in self.body.tokens(n, column) if not t.values]
            if texts and len(texts[0].text) <= 20:
                tokens["unit"] = texts[0]

    def _rate(self, line: int, lent: Sequence[int]) -> Token | None:
        """The rate of tax: of several columns of tax the one with percents, as another may hold its amount."""
        found = [made for column in self.rates for made in self._candidates(column, line, lent)[:1]]
        found = [
            t for t in found if 0 <= t.values[0] <= 50 and (t.percent or len(self.rates) == 1 or not is_money(t.number))
        ]
        return max(found, key=lambda t: t.percent, default=None)

    def _label(self, line: Line, lent: Sequence[int]) -> str:
        """The words of the row, folded; where it has none of its own, those of the description beside it."""
        texts = [w.text for cell in line.cells for w in cell.words if not any(c.isdigit() for c in w.text)]
        if not fold(" ".join(texts)) and self.name is not None:
            texts = [t.text for n in lent for t in self.body.tokens(n, self.name)]
        return fold(" ".join(texts))

    def _kind(self, line: Line, label: str, proved: bool, tokens: Mapping[str, Token]) -> Kind:
        counted = "quantity" in tokens
        if CARRIED.search(label) and not (proved or (counted and "price" in tokens)):
            return "carried"
        if TOTAL_ANYWHERE.search(label) and not (counted and "price" in tokens):
            return "total"
        adjusts = ADJUSTED.search(label) and (self.meaning.price is not None or not counted)
        if proved or (counted and not SUM.match(label) and not adjusts):
            return "item"
        if not label:
            return "none"
        if TAX_WORD.search(label) and "%" in line.text:
            return "tax"
        if SUM.match(label):
            return "total"
        if adjusts:
            return "adjustment"
        return "total" if TOTAL_FIRST.match(label) else "item"

    def is_total(self, text: Token) -> bool:
        """Whether a text is the label of a total, with its amount on the same line."""
        placed = self.body.placed[text.line]
        return is_label_of_total(fold(text.text)) and any(t.values for tokens in placed.values() for t in tokens)


def _middle(line: Line) -> float:
    cell = line.cells[0]
    return (cell.box[1] + cell.box[3]) / 2


def headings_for(columns: Mapping[str, tuple[float, float]]) -> list[Heading]:
    """Headings that nobody printed, over columns found by arithmetic: from role to left and right edge."""
    return [Heading("", (x0, 0.0, x1, 1.0), (role,)) for role, (x0, x1) in columns.items()]  # type: ignore[arg-type]

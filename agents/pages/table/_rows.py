"""The rows under a table's headings: which numbers make one line of the invoice, what they mean, and what it is called.

Which column is the quantity, the price and the amount is decided by what multiplies; a line that no arithmetic fixes is
kept only where its place and words leave no doubt that it is one.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import ROUND_HALF_UP, Decimal
from itertools import product
from typing import Literal

from agents.documents.layout import Line
from agents.documents.upright import UprightBox
from agents.fields.values import CENT, RATE, is_money
from agents.pages.table._body import Body, makes, meanings, scale_of
from agents.pages.table._columns import Token, readings
from agents.pages.table._headings import TAX_WORD, Heading, is_description, is_note, is_untaxed
from agents.pages.table._labels import CARRIED, SUM, TOTAL_ANYWHERE, TOTAL_FIRST, is_adjustment, is_label_of_total
from agents.words import fold

_REACH = 2.3
"""A row's numbers stand no further apart than this, in heights of a word."""

_PER = re.compile(r"(?<![\d.,])(100|1000)(?![\d.,])")
"""What a price may be for, said on a line under its row."""
_MOST_NOTE = 120
_SAMPLE = 40
"""So many lines decide which column holds the names."""

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
    rivalled: bool = False
    """Whether other words, in another column or on another line, could be its name."""
    label: str = ""
    """Its words, folded."""

    @property
    def amount(self) -> Decimal:
        return self.values["amount"]


class RowFinder:
    """Cuts a table's body into rows, one for every amount in the column of amounts."""

    def __init__(self, body: Body) -> None:
        self.body = body
        self.meaning = meanings(body)
        columns = body.columns
        self.rivalled = False
        """Whether another column has words that may be the names, too."""
        self.name = self._name_column()
        """The column of descriptions."""
        m = self.meaning
        self.rates = [n for n in columns.indices("tax_rate") if n not in (m.quantity, m.price, m.amount)]
        self.taxes = [*columns.indices("tax_amount"), *(n for n in self.rates if self._has_amounts_of_tax(n))]
        self.rates = [n for n in self.rates if n not in self.taxes]
        self.discounts = columns.indices("discount")
        self.pers = columns.indices("per")
        self.units = columns.indices("unit")
        self.ids = [n for n in columns.indices("id") if n != self.name]
        self.totals = list(self._lines_of_totals())
        self.sure: list[Token] | None = None
        """Amounts of rows that multiply, once they are known."""
        self.span = (0.0, 0.0)
        self.in_money = False

    def _has_amounts_of_tax(self, column: int) -> bool:
        """Whether a column of tax has amounts of it and no rates: printed as money, and none that is said to be a rate."""
        if "%" in self.body.columns.headings[column].text:
            return False
        printed = [t for line in self.body.lines[:_SAMPLE] for t in self.body.tokens(line.number, column) if t.values]
        if not printed or any(t.percent for t in printed):
            return False
        rates = all(not t.values[0] or t.values[0] in self.body.percents for t in printed)
        return not rates and all(is_money(re.sub(r"[^\d.,]", "", t.number)) for t in printed)

    def _name_column(self) -> int | None:
        """The column that is called a description, or else the one with most letters. One that is called the item, and has
        words on more rows, is the name, and the other one says more about it."""
        headings = self.body.columns.headings
        taken = {self.meaning.quantity, self.meaning.price, self.meaning.amount}
        able = [n for n, h in enumerate(headings) if n not in taken and (not h.roles or "name" in h.roles)]
        texts: dict[int, list[str]] = {n: [] for n in able}
        for line in self.body.lines[:_SAMPLE]:
            if sum(any(t.values for t in tokens) for tokens in self.body.placed[line.number].values()) > 1:
                for n in able:
                    texts[n].extend(t.text for t in self.body.tokens(line.number, n) if t.worded)
        letters = {n: sum(c.isalpha() for text in texts[n] for c in text) for n in able}
        best = max(
            able,
            key=lambda n: (is_description(headings[n].text), letters[n] * (1 + ("name" in headings[n].roles))),
            default=None,
        )
        if best is None:
            return None
        rivals = [n for n in able if n != best and 2 * len(texts[n]) > len(texts[best])]
        self.rivalled = bool(rivals)
        called = [n for n in rivals if "name" in headings[n].roles]
        return max([best, *called], key=lambda n: (len(texts[n]), len(set(texts[n])), -n))

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
        sums = [Decimal(0)]
        for n, (line, anchor) in enumerate(anchors):
            row = self._row(line, anchor, lent.get(line.number, []))
            if row.kind in ("total", "tax") or self._sums_up(row, line, sums):
                stopped = stopped or bool(found)
                continue
            if stopped and not row.proved and row.kind != "adjustment":
                continue
            stopped = stopped and row.kind != "item"
            found.append(row)
            if row.kind == "item":
                sums.append(sums[-1] + row.values.get("amount", Decimal(0)))
            until = anchors[n + 1][0].number if n + 1 < len(anchors) else None
            stopped = stopped or self._totals_follow(line.number, until)
        return [row for row in found if self._plausible(row, found)]

    def _sums_up(self, row: Row, line: Line, sums: Sequence[Decimal]) -> bool:
        """Whether a row, whatever it is called, is the sum of those before it or the tax on them."""
        amount = row.values.get("amount")
        if row.proved or row.kind != "item" or amount is None or len(sums) < 2 or not sums[-1]:
            return False
        many, each = row.values.get("quantity"), row.values.get("price")
        if many is not None and each and many + each == amount:  # net, tax and gross beside each other
            return True
        rates = [Decimal(said.replace(",", ".")) for said in RATE.findall(line.text)]
        if any(rate and abs(sums[-1] * rate / 100 - amount) <= 2 * CENT for rate in rates):
            return True
        alone = "quantity" not in row.tokens and (self.meaning.quantity is not None or self.meaning.price is not None)
        return alone and amount == sums[-1]

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
        if not self.sure:
            return True
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
            named = TOTAL_FIRST.match(text) and not CARRIED.search(text) and not is_note(line.cells[0].text)
            if named and re.search(r"\d[.,]\d\d(?!\d)", line.text):
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
        prices = [t for t in prices if t not in quantities[:1]]
        proved = self._prove(line.number, lent, quantities, prices, anchor, tokens, values)
        for role, found in (("quantity", quantities), ("price", prices)):
            if found and role not in tokens:
                tokens[role], values[role] = found[0], found[0].values[0]
        if self.anchor_column == m.amount:
            tokens["amount"] = anchor
            values.setdefault("amount", anchor.values[0])
        self._others(line.number, lent, tokens, values)
        label = self._label(line, lent)
        kind = self._kind(line, label, proved, tokens)
        if kind != "item":
            tokens.pop("unit", None)
        last = max([line.number, *(t.line for t in tokens.values())])
        first = min([line.number, *(t.line for t in tokens.values())])
        return Row(line.number, first, last, tokens, values, (), kind, proved, label=label)

    def _prove(
        self, line: int, lent: Sequence[int], quantities: Sequence[Token], prices: Sequence[Token], anchor: Token,
        tokens: dict[str, Token], values: dict[str, Decimal],
    ) -> bool:  # fmt: skip
        """Fill in quantity, price and amount as they multiply; with a discount or a price per hundred if one is
        printed."""
        if self.anchor_column != self.meaning.amount:
            return False
        for many, each in product(quantities, prices):
            for q, p, a in _alike(many, each, anchor):
                if any(makes(q, p * factor, a + less) for factor, less in self._terms(line, lent, q, many)):
                    tokens.update(quantity=many, price=each)
                    values.update(quantity=q, price=p, amount=a)
                    return True
                if a < 0 < q * p and makes(q, p, -a):  # credited: what is given back is counted in the negative
                    tokens.update(quantity=many, price=each)
                    values.update(quantity=-q, price=p, amount=a)
                    return True
                if tax := self._tax_within(line, lent, q * p, a):
                    tokens.update(quantity=many, price=each)
                    values.update(quantity=q, price=p, taxed=a, amount=a - tax.values[0])
                    return True
                rate = self._rate(line, lent)
                if rate and rate.values[0] and makes(q, p * (1 + rate.values[0] / 100), a):
                    tokens.update(quantity=many, price=each)
                    values.update(quantity=q, price=p, taxed=a, amount=(q * p).quantize(CENT, ROUND_HALF_UP))
                    return True
        return False

    def _tax_within(self, line: int, lent: Sequence[int], net: Decimal, gross: Decimal) -> Token | None:
        """The amount of tax that makes ``gross`` of ``net``, in a column of its own."""
        for column in self.taxes:
            for made in self._candidates(column, line, lent)[:1]:
                if made.values[0] > 0 and abs(net + made.values[0] - gross) <= CENT:
                    return made
        return None

    def _terms(
        self, line: int, lent: Sequence[int], quantity: Decimal, many: Token
    ) -> Iterator[tuple[Decimal, Decimal]]:
        """What a price may be multiplied by, and what may be taken off the product."""
        factors = [Decimal(1), *(1 / per for per in self._per(line, lent, many) if per)]
        yield from ((factor, Decimal(0)) for factor in factors)
        for column in self.discounts:
            for made in self._candidates(column, line, lent)[:2]:
                off = abs(made.values[0])
                for factor in factors:
                    if off < 100:
                        yield factor * (1 - off / 100), Decimal(0)
                    yield factor, off
                    yield factor, off * quantity * factor

    def _per(self, line: int, lent: Sequence[int], many: Token) -> Iterator[Decimal]:
        """How many units a price is for, where that is printed: in a column, as ``3 PCE`` by the unit, or above."""
        for column in (*self.pers, *(self.units if self.meaning.quantity is not None else ())):
            for made in self._candidates(column, line, lent)[:2]:
                if made.values[0] > 1 and made is not many:
                    yield made.values[0]
        for made in self._candidates(self.meaning.price, line, lent)[:2]:
            yield from (Decimal(said) for said in re.findall(r"/\s?(\d{1,5})\b", made.text))
        under = (t.text for n in lent for tokens in self.body.placed[n].values() for t in tokens)
        yield from (Decimal(said) for text in under for said in _PER.findall(text[:_MOST_NOTE]))
        if self.meaning.price is not None:
            yield scale_of(self.body.columns.headings[self.meaning.price].text)

    def _others(self, line: int, lent: Sequence[int], tokens: dict[str, Token], values: dict[str, Decimal]) -> None:
        """The rate of tax, the unit and the number of the line."""
        if rate := self._rate(line, lent):
            tokens["tax_rate"], values["tax_rate"] = rate, rate.values[0]
        elif implied := self._implied_rate(line, lent, values.get("amount")):
            tokens["tax_rate"], values["tax_rate"] = implied, implied.values[0]
        for column in self.units:
            texts = [t for n in (line, *lent) for t in self.body.tokens(n, column) if not t.values]
            if texts and len(texts[0].text) <= 20:
                tokens["unit"] = texts[0]

    def _rate(self, line: int, lent: Sequence[int]) -> Token | None:
        """The rate of tax: of several columns of tax the one with percents, as another may hold its amount."""
        found = [made for column in self.rates for made in self._candidates(column, line, lent)[:1]]
        found = found or [t for column in self.rates for t in self._in_words(line, column)]
        found = found or [t for column in self.rates for t in self._by_code(line, column)]
        found = [
            t for t in found if 0 <= t.values[0] <= 50 and (t.percent or len(self.rates) == 1 or not is_money(t.number))
        ]
        return max(found, key=lambda t: t.percent, default=None)

    def _implied_rate(self, line: int, lent: Sequence[int], net: Decimal | None) -> Token | None:
        """The rate that makes the printed amount of tax, where it is a whole one."""
        for made in (t for column in self.taxes for t in self._candidates(column, line, lent)[:1]):
            rate = (100 * made.values[0] / net).quantize(Decimal("0.1")) if net else Decimal(0)
            exact = net is not None and abs(net * rate / 100 - made.values[0]) <= CENT / 2
            if exact and 0 < rate <= 30 and (rate % 1 == 0 or rate in self.body.percents):
                return replace(made, values=(Decimal(f"{rate.normalize():f}"),), derived=True)
        return None

    def _in_words(self, line: int, column: int) -> Iterator[Token]:
        """Percents among words, such as ``VAT 20%``."""
        for made in self.body.tokens(line, column):
            if said := RATE.search(made.text):
                yield replace(made, values=readings(said[1], self.body.columns.mark), percent=True)

    def _by_code(self, line: int, column: int) -> Iterator[Token]:
        """Letters that stand for a rate the document names elsewhere."""
        for made in self.body.tokens(line, column):
            rate = self.body.rates.get(made.text.rstrip("*"))
            if rate is not None:
                yield replace(made, values=(rate,), percent=True)

    def net_price(self, row: Row) -> Token | None:
        """The price without tax where amounts are with it and both prices have a column."""
        headings = self.body.columns.headings
        for column in self.body.columns.indices("price"):
            if column != self.meaning.price and is_untaxed(headings[column].text) and not headings[column].gross:
                return next(iter(self._candidates(column, row.at, ())), None)
        return None

    def _label(self, line: Line, lent: Sequence[int]) -> str:
        """The words of the row, folded; where it has none of its own, those of the description beside it."""
        texts = [w.text for cell in line.cells for w in cell.words if not any(c.isdigit() for c in w.text)]
        if not fold(" ".join(texts)) and self.name is not None:
            texts = [t.text for n in lent for t in self.body.tokens(n, self.name)] or [
                t.text for n in lent for tokens in self.body.placed[n].values() for t in tokens if not t.values
            ]
        return fold(" ".join(texts))

    def _kind(self, line: Line, label: str, proved: bool, tokens: Mapping[str, Token]) -> Kind:
        counted = "quantity" in tokens
        priced = "price" in tokens and tokens["price"].line == line.number and self.meaning.amount is not None
        if CARRIED.search(label) and not (proved or priced or (counted and "price" in tokens)):
            return "carried"
        if TOTAL_ANYWHERE.search(label) and not (counted and "price" in tokens):
            return "total"
        begun = " ".join(label.split()[:3])
        taxed = TAX_WORD.fullmatch(label) or (TAX_WORD.search(begun) and "%" in line.text)
        if taxed and not proved and "price" not in tokens:
            return "tax"
        adjusts = (
            is_adjustment(label)
            and not (counted and "price" in tokens)
            and (self.meaning.price is not None or not counted)
        )
        if proved or (counted and not SUM.match(label) and not adjusts):
            return "item"
        if not label:  # nothing but a sum that is taken off belongs to the row above it
            taken_off = "amount" in tokens and tokens["amount"].values[0] < 0 and not counted
            return "adjustment" if taken_off else "none"
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


def _alike(*tokens: Token) -> list[tuple[Decimal, ...]]:
    """The numbers that tokens may be read as together, those first in which the same sign divides decimals."""

    def differs(numbers: tuple[Decimal, ...]) -> bool:
        open_to_doubt = [(t, n) for t, n in zip(tokens, numbers, strict=True) if len(t.values) > 1]
        return len({t.values.index(n) for t, n in open_to_doubt}) > 1

    return sorted(product(*(t.values for t in tokens)), key=differs)


def _middle(line: Line) -> float:
    cell = line.cells[0]
    return (cell.box[1] + cell.box[3]) / 2


def headings_for(columns: Mapping[str, tuple[float, float]]) -> list[Heading]:
    """Headings that nobody printed, over columns found by arithmetic: from role to left and right edge."""
    return [Heading("", UprightBox((x0, 0.0, x1, 1.0)), (role,)) for role, (x0, x1) in columns.items()]  # type: ignore[arg-type]

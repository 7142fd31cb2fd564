"""An invoice's lines, found by code alone: from where words stand on the page, and from what multiplies and adds up.

`find_table` reads every table that may be the one of the lines, by its headings or, where it has none that are known, by
its arithmetic, and returns the one that explains most. A language model is bad at tables and need not look at them.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from itertools import combinations

from agents.documents.layout import Layout, around
from agents.documents.upright import UprightBox
from agents.fields.schema import MAX_NAME
from agents.pages.table._arithmetic import Sum, adding, multiplying, single, spelled_out
from agents.pages.table._body import body_of, repeats
from agents.pages.table._columns import Columns, Token, decimal_mark, readings
from agents.pages.table._headings import TAX_WORD, Header, find_headers, is_untaxed, with_names
from agents.pages.table._labels import is_reduction
from agents.pages.table._names import Names, spoken
from agents.pages.table._rows import Row as _Found
from agents.pages.table._rows import RowFinder
from agents.pages.table._totals import Stated
from agents.words import phrases

_MOST_ADJUSTMENTS = 10
_MOST_TABLES = 12


@dataclass(frozen=True)
class TableCell:
    """One value of a row: ``text`` as printed, ``value`` in canonical form, and its place."""

    text: str
    value: str
    page: int
    box: UprightBox
    derived: bool = False
    """Whether the value is not the printed one but follows from it."""


@dataclass(frozen=True)
class Row:
    """One line of the invoice. ``cells`` has some of the columns `schema.LINE`; amounts that include tax are left out.

    ``proved``: its quantity times its price is its amount, or it has not both and the sum of all rows fixes it.
    ``contradicted``: its quantity times its price is not its amount. ``rivalled``: other words could be its name.
    ``first_line`` and ``last_line`` are the numbers of the lines of the reading it covers.
    """

    cells: Mapping[str, TableCell]
    proved: bool
    first_line: int
    last_line: int
    contradicted: bool = False
    rivalled: bool = False


@dataclass(frozen=True)
class Adjustment:
    """An allowance (negative) or charge on the whole document (EN 16931, BG-20 and BG-21), printed among the lines."""

    text: str
    amount: Decimal
    page: int
    box: UprightBox


@dataclass(frozen=True)
class Table:
    """The invoice's lines from top to bottom, over all pages.

    ``total`` is the sum of the net amounts, None where a row has none. ``closed``: that sum, or it with the adjustments,
    is a total of the document. ``proved``: closed, and every row proved.
    """

    rows: tuple[Row, ...]
    total: Decimal | None
    header_lines: tuple[int, ...]
    adjustments: tuple[Adjustment, ...]
    closed: bool
    proved: bool
    gross: bool
    first_line: int
    last_line: int


def find_table(layout: Layout, *, totals: Collection[Decimal] = ()) -> Table | None:
    """The table of the invoice's lines in ``layout``; None where none can be told from other text.

    ``totals`` are amounts that could be the sum of the lines or the net total, as far as known. Of several readings of
    the page the one whose sum is among them, or among the amounts printed below it, is preferred.
    """
    mark = decimal_mark(layout)
    headers = find_headers(layout)
    barriers = {h.lines[0]: h for h in headers}
    stated = Stated(layout, totals)
    readings: list[tuple[tuple[float, ...], Table]] = []
    of_lines = [h for h in headers if h.is_of_lines]
    firsts = [h for n, h in enumerate(of_lines) if not any(repeats(h, other) for other in of_lines[:n])]
    for header in firsts[:_MOST_TABLES]:
        columns = Columns(with_names(header, layout), mark)
        finder = RowFinder(body_of(layout, columns, header.lines[-1], barriers, header))
        readings.extend(_read(finder, header, stated))
    if not any(table.proved or 2 * sum(r.proved for r in table.rows) > len(table.rows) > 1 for _, table in readings):
        readings.extend(_without_header(layout, mark, barriers, stated))
    return max(readings, key=lambda r: r[0], default=(None, None))[1]


# --- reading one table ---------------------------------------------------------------------------------------------


def _read(finder: RowFinder, header: Header | None, stated: Stated) -> Iterator[tuple[tuple[float, ...], Table]]:
    """The readings of one table that make sense, each with how much speaks for it."""
    found = Names(finder, finder.rows()).named()
    items = [r for r in found if r.kind == "item" and (r.proved or r.name)]
    if not items:
        return
    loose = [r for r in items if not r.proved and "quantity" not in r.tokens]
    variants = [items]
    if 0 < len(loose) < len(items):
        variants.append([r for r in items if r not in loose])
    adjustments = [r for r in found if r.kind == "adjustment" and "amount" in r.values]
    for rows in variants:
        yield _judged(finder, header, stated, rows, adjustments)


def _judged(
    finder: RowFinder, header: Header | None, stated: Stated, rows: Sequence[_Found], adjustments: Sequence[_Found]
) -> tuple[tuple[float, ...], Table]:
    last = max(t.line for r in rows for t in r.tokens.values())
    inner = [a for a in adjustments if rows[0].at < a.at and (a.at < rows[-1].at or not a.label)]
    outer = [a for a in adjustments if a.at > rows[-1].at and a.label][:_MOST_ADJUSTMENTS]
    summed = [r for r in rows if "amount" in r.values]
    complete = len(summed) == len(rows) and finder.meaning.amount is not None
    total = sum((r.amount for r in summed), Decimal(0)) if complete else None
    apart = {a.at for a in adjustments}
    printed = (
        {a.value for a in stated.behind(last) if a.total and a.line not in apart}
        if len(rows) > 1 or not stated.given
        else set()
    )
    targets = stated.given | printed
    less: dict[int, list[_Found]] = {}
    closed = False
    chosen: list[tuple[_Found, Decimal]] | None = None
    kept: Sequence[_Found] = [*inner, *outer]
    if total is not None:
        reduced = total + sum((a.amount for a in inner), Decimal(0))
        below = {a.value for a in stated.behind(last) if a.total}
        unnamed = bool(inner) and not any(a.label for a in inner)
        if inner and (
            reduced in stated.given
            or (reduced in targets and total not in targets)
            or (unnamed and reduced in below and total not in below)
        ):
            total, kept = reduced, outer
            for a in inner:
                less.setdefault(max(n for n, r in enumerate(rows) if r.at < a.at), []).append(a)
        chosen = _closing(total, kept, targets, stated.given)
        closed = total in targets or chosen is not None
    if chosen is None:  # what is taken off only if something happens is no allowance
        chosen = [(a, _as_meant(a)) for a in kept if not _CONDITIONAL.search(a.label)]
    derived = any("taxed" in r.values for r in rows)
    """Whether amounts are printed with tax, and what they are without it follows from their prices and rates."""
    gross = False if derived and closed else derived or _is_gross(finder, total, stated, last)
    made = tuple(_row(finder, row, gross, closed and len(rows) > 1, less.get(n, ())) for n, row in enumerate(rows))
    made = _as_spoken(made, finder.body.columns.mark)
    table = Table(
        rows=made,
        total=None if gross else total,
        header_lines=header.lines if header else (),
        adjustments=() if gross else tuple(_adjustment(row, amount) for row, amount in chosen),
        closed=closed,
        proved=closed and not gross and all(r.proved for r in made),
        gross=gross,
        first_line=min([r.first_line for r in made] + list(header.lines if header else ())),
        last_line=max(r.last_line for r in made),
    )
    sure = sum(1 for r in rows if r.proved)
    named = sum(1 for r in made if "name" in r.cells)
    given = total is not None and total in stated.given
    return (2.0 * given + closed, float(sure), float(named), 1.0 if header else 0.0, float(len(rows))), table


_CONDITIONAL = phrases("lines.early")


def _closing(
    total: Decimal, adjustments: Sequence[_Found], targets: Collection[Decimal], given: Collection[Decimal]
) -> list[tuple[_Found, Decimal]] | None:
    """The adjustments that lead from the sum of the lines to a total, with the amounts they do it with: as printed, or
    allowances negative and charges positive."""
    some = list(adjustments)[:_MOST_ADJUSTMENTS]
    for size in range(len(some), 0, -1):
        for chosen in combinations(some, size):
            for signed in (_as_printed, _as_meant):
                amounts = [signed(a) for a in chosen]
                if total + sum(amounts, Decimal(0)) in (targets if size == len(some) else given):
                    return list(zip(chosen, amounts, strict=True))
    return None


def _as_printed(row: _Found) -> Decimal:
    return row.amount


def _as_meant(row: _Found) -> Decimal:
    return -abs(row.amount) if is_reduction(row.label) else row.amount


def _adjustment(row: _Found, amount: Decimal) -> Adjustment:
    made = row.tokens["amount"]
    text = " ".join(t.text for t in row.name) or row.label
    return Adjustment(text, amount, made.page, made.box)


def _is_gross(finder: RowFinder, total: Decimal | None, stated: Stated, last: int) -> bool:
    """Whether the amounts include tax: their heading says so, or their sum less a tax that is printed is a net total."""
    amount = finder.meaning.amount
    heading = finder.body.columns.headings[amount] if amount is not None else None
    if heading is not None and heading.gross:
        return True
    if (heading is not None and is_untaxed(heading.text)) or total is None or total <= 0 or total in stated.given:
        return False
    behind = stated.behind(last)
    taxes = {a.value for a in behind if TAX_WORD.search(a.label)}
    values = {a.value for a in behind} | stated.given
    nets = {a.value for a in behind if a.total} | stated.given
    if any(line > last for line in stated.taxed_within) and total in {a.value for a in behind if a.total}:
        return not any(_is_tax(value, total) and total + value in values for value in values)
    net = any(_is_tax(tax, total - tax) and total - tax in nets for tax in taxes)
    return net and not any(_is_tax(value, total) and total + value in values for value in values)


def _is_tax(tax: Decimal, basis: Decimal) -> bool:
    return basis > 0 and Decimal("0.02") <= tax / basis <= Decimal("0.28")


def _row(finder: RowFinder, row: _Found, gross: bool, closed: bool, less: Iterable[_Found]) -> Row:
    cells: dict[str, TableCell] = {}
    for role, column in (("id", "id"), ("quantity", "quantity"), ("price", "unit_price_net"), ("amount", "net_amount"),
                         ("tax_rate", "tax_rate"), ("unit", "unit")):  # fmt: skip
        made = row.tokens.get(role)
        if made is None or (gross and role in ("price", "amount")):
            continue
        cells[column] = TableCell(
            made.text, _plain(row.values[role]) if role in row.values else made.text, made.page, made.box
        )
    if gross and (price := finder.net_price(row)):
        cells["unit_price_net"] = TableCell(price.text, _plain(price.values[0]), price.page, price.box)
    if "id" in cells:
        cells["id"] = replace(cells["id"], value=cells["id"].value.rstrip("."))
    many = row.tokens.get("quantity")
    if "unit" not in cells and many is not None and many.unit and many.unit not in "x×*@à":
        cells["unit"] = TableCell(many.text, many.unit, many.page, many.box)
    if row.name:
        boxes = [t.box for t in row.name if t.page == row.name[0].page]
        text = " ".join(t.text for t in row.name)
        cells["name"] = TableCell(text, text[:MAX_NAME], row.name[0].page, around(boxes))
    allowances = list(less)
    if allowances and "net_amount" in cells:
        printed = [
            cells["net_amount"],
            *(TableCell(t.text, "", t.page, t.box) for a in allowances for t in [a.tokens["amount"]]),
        ]
        value = row.amount + sum((a.amount for a in allowances), Decimal(0))
        cells["net_amount"] = TableCell(
            " ".join(p.text for p in printed), _plain(value), printed[0].page, around([p.box for p in printed])
        )
    last = max([row.last, *(a.last for a in allowances)])
    contradicted = "quantity" in row.values and "price" in row.values
    proved = not gross and (row.proved or (closed and "net_amount" in cells and not contradicted))
    for column, role in (("net_amount", "amount"), ("tax_rate", "tax_rate")):
        made = row.tokens.get(role)
        if column not in cells or made is None or allowances:
            continue
        if made.derived or row.values[role] not in made.values:
            cells[column] = replace(cells[column], derived=True)
    against = contradicted and "amount" in row.values and not row.proved
    return Row(cells, proved, row.line, last, against, row.rivalled)


def _as_spoken(rows: tuple[Row, ...], mark: str) -> tuple[Row, ...]:
    """The rows with what their names say of them: their number, and how many there are where no column does."""
    names = [row.cells["name"].value if "name" in row.cells else "" for row in rows]
    counted = any("quantity" in row.cells for row in rows)
    made = []
    for row, said in zip(rows, spoken(names), strict=True):
        cells = dict(row.cells)
        many = readings(said.count.rstrip(".,"), mark) if said.count and not counted else ()
        if cells.get("name"):
            name = said.name if many or not said.count else f"{cells['name'].value}"
            cells["name"] = replace(cells["name"], value=name)
            if said.number:
                cells.setdefault("id", replace(cells["name"], value=said.number))
            if many:
                cells["quantity"] = replace(cells["name"], value=_plain(many[0]), derived=True)
        made.append(replace(row, cells=cells))
    return tuple(made)


def _cell(token: Token, value: str) -> TableCell:
    return TableCell(token.text, value, token.page, token.box)


def _plain(value: Decimal) -> str:
    return f"{value:f}"


# --- tables without headings ---------------------------------------------------------------------------------------


def _without_header(
    layout: Layout, mark: str, barriers: Mapping[int, Header], stated: Stated
) -> Iterator[tuple[tuple[float, ...], Table]]:
    named = stated.totals
    finder = multiplying(layout, mark, barriers, stated.given | named)
    if finder is not None:
        yield from _read(finder, None, stated)
    found = adding(layout, mark, stated.given or named) or single(layout, mark, stated.given)
    if found is None and stated.given:
        found = adding(layout, mark, named)  # charges may stand between the sum of the lines and the net total
    if found is not None:
        yield _added(layout, mark, found, stated)


def _added(layout: Layout, mark: str, found: Sum, stated: Stated) -> tuple[tuple[float, ...], Table]:
    """A table of names and amounts that nothing but their sum proves; for that the sum must have been given."""
    sure = found.total in stated.given and len(found.lines) > 1
    rows = []
    printed = list(zip(found.lines, found.names, found.amounts, strict=True))
    products = [spelled_out(layout, mark, line, name, amount) for line, name, amount in printed]
    counted = any(products)
    for (line, name, amount), product in zip(printed, products, strict=True):
        name = product.name if product else name
        cells = {"name": _cell(name, name.text[:MAX_NAME]), "net_amount": _cell(amount, _plain(amount.values[0]))}
        if product:
            cells["quantity"] = _cell(product.place, _plain(product.quantity))
            cells["unit_price_net"] = _cell(product.place, _plain(product.price))
            if product.unit:
                cells["unit"] = _cell(product.place, product.unit)
        elif counted and (one := re.fullmatch(r"1 ([^\W\d].*)", name.text)):  # as the others say how many
            cells["name"] = _cell(name, one[1][:MAX_NAME])
            cells["quantity"] = _cell(name, "1")
        rows.append(Row(cells, sure or product is not None, min(line.number, name.line), line.number))
    first, last = found.lines[0].number, found.lines[-1].number
    table = Table(
        tuple(rows),
        found.total,
        (),
        (),
        closed=found.total in stated.given or not stated.given,
        proved=sure and len(rows) > 1,
        gross=False,
        first_line=first,
        last_line=last,
    )
    return (float(table.closed) + sure, 0.0, float(len(rows)), 0.0, float(len(rows))), table

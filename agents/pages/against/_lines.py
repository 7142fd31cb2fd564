"""The lines of the invoice: each where its name stands, its amount in the column of amounts."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from decimal import Decimal
from itertools import islice, takewhile

from agents.fields.schema import Field, numbered_rows
from agents.fields.table import is_number
from agents.fields.values import CENT
from agents.pages.against._comparison import Comparison, contradicted, shown_or_not
from agents.pages.against._page import ROUNDING, PrintedNumber, PrintedPage

MOST_LINES = 2500
"""Lines of the e-invoice that are looked for, more than an execution carries (`bounds`)."""


def lines(fields: Mapping[str, Field], page: PrintedPage, aside: Collection[Decimal] = ()) -> Iterator[Comparison]:
    numbered = dict(islice(numbered_rows(fields, "lines").items(), MOST_LINES))
    stated = list(numbered.values())
    where = [_row(line, page) for line in stated]
    taken = {at for at in where if at is not None}
    edges = [p.cell.box[2] for line, at in zip(stated, where, strict=True) if (p := _amount_in(line, page.row(at)))]
    for n, line, at in zip(numbered, stated, where, strict=True):
        path = f"lines[{n}]"
        if name := line.get("name"):
            yield shown_or_not(f"{path}.name", name.value, page.names(name.value))
        for column in ("quantity", "unit_price_net", "tax_rate"):
            field = line.get(column)
            if field and (page.has(field.number) or field.number):
                yield shown_or_not(f"{path}.{column}", field.value, page.has(field.number))
        if amount := line.get("net_amount"):
            instead = _other_amount(line, at, edges, taken, page)
            if instead:
                yield contradicted(f"{path}.net_amount", amount.value, instead.text, instead.place)
            elif page.has(amount.number) or amount.number:
                yield shown_or_not(f"{path}.net_amount", amount.value, page.has(amount.number))
    yield from _number_of_lines(stated, fields, page, aside)


def _row(line: Mapping[str, Field], page: PrintedPage) -> int | None:
    """The number of the line on the page where a line's name stands, if it stands there just once."""
    name = line.get("name")
    at = page.rows_of(name.value) if name else []
    return at[0] if len(at) == 1 else None


def _amount_in(line: Mapping[str, Field], row: Sequence[PrintedNumber]) -> PrintedNumber | None:
    amount = line.get("net_amount")
    return next((p for p in reversed(row) if amount and p.money and p.value == abs(amount.number)), None)


def _other_amount(
    line: Mapping[str, Field], at: int | None, edges: Sequence[float], taken: set[int], page: PrintedPage
) -> PrintedNumber | None:
    """What stands beside a line's name where its amount should: in the column of other lines' amounts, or as the product
    of a quantity and a price that stand there, too. Not what the line's own amount follows from, such as that amount
    with tax, or before an allowance or charge that stands just below or is the difference."""
    row = page.row(at)
    if "net_amount" not in line or not row or _amount_in(line, row):
        return None
    amount = abs(line["net_amount"].number)
    last = next((p for p in reversed(row) if p.money), None)
    if last is None:
        return None
    numbers = [p.value for p in row if p is not last][:12]
    quantity, price = (abs(line[c].number) if c in line else None for c in ("quantity", "unit_price_net"))
    product = quantity is not None and price is not None and last.value == quantity * price
    product = product or any(
        a and b and abs(a * b - last.value) <= CENT and {a, b} != {last.value, Decimal(1)}
        for i, a in enumerate(numbers)
        for b in numbers[i + 1 :]
    )
    if not product and (last.value == price or not any(abs(last.cell.box[2] - edge) < 2 for edge in edges)):
        return None
    rate = line["tax_rate"].number if "tax_rate" in line else Decimal(0)
    own = takewhile(lambda m: at is not None and at + m not in taken, range(1, 5))
    below = {p.value for m in own for p in page.row(at, m)[-8:] if p.money}
    explained = {amount * (1 + rate / 100), *(amount + b for b in below), *(amount - b for b in below)}
    stands_below = amount in below and product  # before an allowance of the line, and after it
    return None if stands_below or any(abs(e - last.value) <= ROUNDING for e in explained) else last


def _number_of_lines(
    lines: Sequence[Mapping[str, Field]], fields: Mapping[str, Field], page: PrintedPage, aside: Collection[Decimal]
) -> Iterator[Comparison]:
    """Rows of the page with a quantity, a price and their product that no line of the e-invoice accounts for."""
    if not lines or len(lines) >= MOST_LINES:
        return
    known = {abs(f.number) for path, f in fields.items() if is_number(path)} | {abs(amount) for amount in aside}
    for printed in page.by_line:
        money = [p for p in printed if p.money]
        if len(printed) < 3 or not money or money[-1].value in known or not money[-1].value:
            continue
        others = [p.value for p in printed if p is not money[-1]][:12]
        if any(
            a > 1 and b > 1 and abs(a * b - money[-1].value) <= CENT and b not in page.rates and a not in page.rates
            for i, a in enumerate(others)
            for b in others[i + 1 :]
        ):
            text = f"a line of {money[-1].text}"
            yield contradicted("lines", f"{len(lines)} lines without it", text, money[-1].place)
            return
    yield shown_or_not("lines", f"{len(lines)} lines", True)

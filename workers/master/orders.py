"""Purchase orders from a file: CSV with a row for each line of an order, or JSON with orders and their ``lines``.

An order in a file replaces the lines of the one on record. Of what stands once for an order, a column that the file does not
have leaves what is on record; in CSV it may stand in the first of the order's rows alone.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

from infra.ledger import Order, OrderLine
from workers.master import _values
from workers.master._rows import Row, Wrong, quoted, read_rows
from workers.master.reading import Columns, Read, values_of

HEAD: Columns = {
    "number": _values.required,
    "vendor_id": _values.text,
    "currency": _values.the_currency,
    "ordered_on": _values.day,
    "ordered_by": _values.text,
    "cost_centre": _values.text,
    "receipt_required": _values.truth,
    "closed": _values.truth,
}
LINE: Columns = {
    "line": _values.required,
    "name": _values.required,
    "article": _values.text,
    "quantity": _values.quantity,
    "unit": _values.text,
    "unit_price": _values.price,
}
COLUMNS: Columns = {**HEAD, **LINE}
_NEEDED = ("line", "name", "quantity", "unit_price")


@dataclass
class _Gathered:
    """An order as it comes together."""

    row: str
    head: dict[str, Any] = field(default_factory=dict)
    lines: dict[str, OrderLine] = field(default_factory=dict)
    wrong: bool = False


def read_orders(path: Path, tenant: str, known: Mapping[str, Order], vendors: Collection[str]) -> Read[Order]:
    """The orders in a file.

    Args:
        known: those on record, by number.
        vendors: the ids of the vendors on record; an order of another is wrong. Where there are none, any id is taken.

    Raises:
        BadFile: it cannot be read as a whole.
    """
    read: Read[Order] = Read()
    gathered: dict[str, _Gathered] = {}
    is_json = path.suffix.lower() == ".json"
    rows = read_rows(path, list(HEAD), needed=["number", *_NEEDED], listed_as="orders", of_lines=list(LINE))
    for row in rows:
        (_take_entry if is_json else _take_row)(row, gathered, known, path.name, read.wrong)
    if not is_json and (unread := [row for row in rows if row.wrong]):
        # Of which order it is a line nobody knows: none may come without it.
        what = "it may be a line of any order, so none of this file can be taken; mend it"
        read.wrong.append(Wrong(path.name, unread[0].number, None, what))
        return read
    for number, one in gathered.items():
        if one.wrong:
            continue
        vendor = one.head.get("vendor_id")
        if vendor and vendors and vendor not in vendors:
            what = f"there is no vendor {quoted(vendor)}; `counterfoil vendors import` it first"
            read.wrong.append(Wrong(path.name, one.row, "vendor_id", what))
            continue
        before = known[number].model_dump(exclude={"lines"}) if number in known else {"tenant": tenant}
        read.records.append(Order.model_validate({**before, **one.head, "lines": list(one.lines.values())}))
    return read


def order_json(order: Order) -> dict[str, Any]:
    """An order as JSON that `read_orders` reads back to the same."""
    plain = order.model_dump(exclude={"tenant"})
    return {**_plain(plain), "lines": [_plain(line) for line in plain["lines"]]}


def _plain(values: Mapping[str, Any]) -> dict[str, Any]:
    def one(value: Any) -> Any:
        if isinstance(value, Decimal):
            return _values.plain_number(value)
        return value.isoformat() if isinstance(value, date) else value

    return {name: one(value) for name, value in values.items()}


def _take_entry(
    row: Row, gathered: dict[str, _Gathered], known: Mapping[str, Order], file: str, wrong: list[Wrong]
) -> None:
    """An order of JSON."""
    head, found = _head_of(row, known, file)
    if not found and head["number"] in gathered:
        found = [
            Wrong(file, row.number, "number", f"{quoted(head['number'])} stands there already; delete one of the two")
        ]
    if not found and not row.lines:
        found = [Wrong(file, row.number, "lines", "the order has none; give it one")]
    made = _Gathered(row.number, head)
    for line in row.lines:
        found += _add_line(made, line, file)
    made.wrong = bool(found)
    wrong += found
    gathered.setdefault(head.get("number") or f"\0{row.number}", made).wrong |= made.wrong


def _take_row(
    row: Row, gathered: dict[str, _Gathered], known: Mapping[str, Order], file: str, wrong: list[Wrong]
) -> None:
    """A row of CSV: a line of an order, the order's own columns as in its first row, or empty."""
    number = str(row.values.get("number", ""))
    before = gathered.get(" ".join(number.split()))
    if before is None:
        head, found = _head_of(row, known, file)
        made = gathered.setdefault(head.get("number") or f"\0{row.number}", _Gathered(row.number, head))
    else:
        made = before
        repeated = Row(row.number, {n: v for n, v in row.values.items() if n in HEAD and v != ""})
        again, found = values_of(repeated, HEAD, file, ())
        found += [
            Wrong(
                file, row.number, name, f"the order has {quoted(made.head.get(name))} in row {made.row}; write it alike"
            )
            for name, value in again.items()
            if name != "number" and value != made.head.get(name, value)
        ]
    found += _add_line(made, row, file) if not row.wrong else []
    made.wrong |= bool(found)
    wrong += found


def _head_of(row: Row, known: Mapping[str, Order], file: str) -> tuple[dict[str, Any], list[Wrong]]:
    needed = ("number",) if str(row.values.get("number", "")) in known else ("number", "currency")
    return values_of(row, HEAD, file, needed)


def _add_line(made: _Gathered, row: Row, file: str) -> list[Wrong]:
    values, found = values_of(row, LINE, file, _NEEDED)
    if not found and values["line"] in made.lines:
        found = [Wrong(file, row.number, "line", f"the order has a line {quoted(values['line'])} already")]
    if not found:
        made.lines[values["line"]] = OrderLine.model_validate(values)
    return found

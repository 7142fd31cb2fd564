"""Purchase orders from a file: CSV with a row for each line of an order, or JSON with orders and their ``lines``.

An order in a file replaces the lines of the one on record. Of what stands once for an order, a column that the file does not
have leaves what is on record; in CSV it may stand in the first of the order's rows alone.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from infra.records import Order, OrderLine
from workers.master import _values
from workers.master._rows import Row, Wrong, quoted, read_rows
from workers.master._writing import as_csv, as_json
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
ALIASES = {
    "order": "number",
    "order_number": "number",
    "po_number": "number",
    "vendor": "vendor_id",
    "cost_center": "cost_centre",
    "line_number": "line",
    "price": "unit_price",
}
"""Other names that columns may have."""
_NEEDED = ("line", "name", "quantity", "unit_price")


_NOWHERE = "\0"
"""Begins the place of a row of which the order's number cannot be read; no number has it."""


@dataclass
class _Gathered:
    """An order as it comes together."""

    row: str
    head: dict[str, Any] = field(default_factory=dict)
    lines: dict[str, OrderLine] = field(default_factory=dict)
    wrong: bool = False


def read_orders(
    path: Path, tenant: str, known: Mapping[str, Order] | None = None, vendors: Collection[str] = ()
) -> Read[Order]:
    """The orders in a file.

    Args:
        known: those on record, by number.
        vendors: the ids of the vendors on record; an order of another is wrong. Where there are none, any id is taken.

    Raises:
        BadFile: it cannot be read as a whole.
    """
    known = known or {}
    read: Read[Order] = Read()
    gathered: dict[str, _Gathered] = {}
    is_json = path.suffix.lower() == ".json"
    needed = ["number", *_NEEDED]
    rows = read_rows(path, list(HEAD), needed=needed, listed_as="orders", of_lines=list(LINE), aliases=ALIASES)
    for row in rows:
        (_take_entry if is_json else _take_row)(row, gathered, known, path.name, read.problems)
    if not is_json and (unread := [order for number, order in gathered.items() if number.startswith(_NOWHERE)]):
        # Of which order it is a line nobody knows: none may come without it.
        what = "it may be a line of any order, so none of this file can be taken; mend it"
        read.problems.append(Wrong(path.name, unread[0].row, None, what))
        return read
    for number, order in gathered.items():
        if order.wrong:
            continue
        vendor = order.head.get("vendor_id")
        if vendor and vendors and vendor not in vendors:
            what = f"there is no vendor {quoted(vendor)}; `counterfoil vendors import` it first"
            read.problems.append(Wrong(path.name, order.row, "vendor_id", what))
            continue
        before = known[number].model_dump(exclude={"lines"}) if number in known else {"tenant": tenant}
        read.records.append(Order.model_validate({**before, **order.head, "lines": list(order.lines.values())}))
    return read


def write_orders(orders: Sequence[Order]) -> str:
    """Orders as CSV that `read_orders` reads back to the same: a row a line, the order's own columns repeated. An order that
    has no lines is a row without one, which reading refuses."""
    rows = (
        {**order.model_dump(include=set(HEAD)), **line}
        for order in orders
        for line in [order_line.model_dump() for order_line in order.lines] or [{}]
    )
    return as_csv(COLUMNS, rows)


def order_json(order: Order) -> dict[str, Any]:
    """An order as JSON that `read_orders` reads back to the same."""
    return {
        **as_json(order.model_dump(exclude={"tenant", "lines"})),
        "lines": [as_json(line.model_dump()) for line in order.lines],
    }


def _take_entry(
    row: Row, gathered: dict[str, _Gathered], known: Mapping[str, Order], file: str, wrong: list[Wrong]
) -> None:
    """An order of JSON."""
    head, problems = _head_of(row, known, file)
    if not problems and head["number"] in gathered:
        problems = [
            Wrong(file, row.number, "number", f"{quoted(head['number'])} stands there already; delete one of the two")
        ]
    if not problems and not row.lines:
        problems = [Wrong(file, row.number, "lines", "the order has none; give it one")]
    order = _Gathered(row.number, head)
    for line in row.lines:
        problems += _add_line(order, line, file)
    order.wrong = bool(problems)
    wrong += problems
    gathered.setdefault(head.get("number") or f"{_NOWHERE}{row.number}", order).wrong |= order.wrong


def _take_row(
    row: Row, gathered: dict[str, _Gathered], known: Mapping[str, Order], file: str, wrong: list[Wrong]
) -> None:
    """A row of CSV: a line of an order, the order's own columns as in its first row, or empty."""
    number = str(row.values.get("number", ""))
    before = gathered.get(" ".join(number.split()))
    if before is None:
        head, problems = _head_of(row, known, file)
        order = gathered.setdefault(head.get("number") or f"{_NOWHERE}{row.number}", _Gathered(row.number, head))
    else:
        order = before
        repeated = Row(row.number, {n: v for n, v in row.values.items() if n in HEAD and v != ""})
        again, problems = values_of(repeated, HEAD, file, ())
        problems += [
            Wrong(
                file,
                row.number,
                name,
                f"the order has {quoted(order.head.get(name))} in row {order.row}; write it alike",
            )
            for name, value in again.items()
            if name != "number" and value != order.head.get(name, value)
        ]
    problems += _add_line(order, row, file) if not row.wrong else []
    order.wrong |= bool(problems)
    wrong += problems


def _head_of(row: Row, known: Mapping[str, Order], file: str) -> tuple[dict[str, Any], list[Wrong]]:
    needed = ("number",) if str(row.values.get("number", "")) in known else ("number", "currency")
    return values_of(row, HEAD, file, needed)


def _add_line(order: _Gathered, row: Row, file: str) -> list[Wrong]:
    values, problems = values_of(row, LINE, file, _NEEDED)
    if not problems and values["line"] in order.lines:
        problems = [Wrong(file, row.number, "line", f"the order has a line {quoted(values['line'])} already")]
    if not problems:
        order.lines[values["line"]] = OrderLine.model_validate(values)
    return problems

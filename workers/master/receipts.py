"""Receipts from a file: what was received against the lines of orders, a row for each line of a delivery note."""

from __future__ import annotations

from collections.abc import Mapping
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from infra.ledger import Order, Receipt
from workers.master import _values
from workers.master._rows import Row, Wrong, quoted, read_rows
from workers.master.reading import Columns, Read, values_of

COLUMNS: Columns = {
    "number": _values.required,
    "order": _values.required,
    "line": _values.required,
    "quantity": _values.received,
    "received_on": _values.day,
}
_NEEDED = ("number", "order", "line", "quantity")


def read_receipts(path: Path, tenant: str, orders: Mapping[str, Order]) -> Read[Receipt]:
    """The receipts in a file.

    Args:
        orders: those on record, by number; a receipt of another order, or of a line that it does not have, is wrong.

    Raises:
        BadFile: it cannot be read as a whole.
    """
    read: Read[Receipt] = Read()
    first: dict[tuple[str, str, str], str] = {}
    for row in read_rows(path, list(COLUMNS), needed=_NEEDED, listed_as="receipts"):
        values, wrong = values_of(row, COLUMNS, path.name, _NEEDED)
        if not wrong:
            wrong = _unknown(row, values, orders, path.name)
        if not wrong:
            key = (values["number"], values["order"], values["line"])
            if key in first:
                what = f"this line of this receipt stands in row {first[key]} already; add the quantities up in one row"
                wrong = [Wrong(path.name, row.number, "line", what)]
            first.setdefault(key, row.number)
        if wrong:
            read.wrong += wrong
        else:
            read.records.append(Receipt(tenant=tenant, **values))
    return read


def _unknown(row: Row, values: Mapping[str, Any], orders: Mapping[str, Order], file: str) -> list[Wrong]:
    order = orders.get(values["order"])
    if order is None:
        near = get_close_matches(values["order"], orders, n=1)
        meant = f"is it {near[0]}?" if near else "`counterfoil orders import` it first"
        return [Wrong(file, row.number, "order", f"there is no order {quoted(values['order'])}; {meant}")]
    lines = [line.line for line in order.lines]
    if values["line"] not in lines:
        what = f"order {order.number} has no line {quoted(values['line'])}; it has {', '.join(lines[:20])}"
        return [Wrong(file, row.number, "line", what)]
    return []

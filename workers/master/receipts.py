"""Receipts from a file: what was received against the lines of orders, a row for each line of a delivery note."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from infra.records import Order, Receipt
from workers.master import _values
from workers.master._rows import Row, Wrong, quoted, read_rows
from workers.master._writing import as_csv, as_json
from workers.master.reading import Columns, Read, values_of

COLUMNS: Columns = {
    "number": _values.required,
    "order": _values.required,
    "line": _values.required,
    "quantity": _values.received,
    "received_on": _values.day,
}
ALIASES = {"receipt": "number", "receipt_number": "number", "order_number": "order", "po_number": "order"}
"""Other names that columns may have."""
_NEEDED = ("number", "order", "line", "quantity")


def read_receipts(path: Path, tenant: str, orders: Mapping[str, Order] | None = None) -> Read[Receipt]:
    """The receipts in a file.

    Args:
        orders: those on record, by number; a receipt of another order, or of a line that it does not have, is wrong. None:
            any order is taken.

    Raises:
        BadFile: it cannot be read as a whole.
    """
    read: Read[Receipt] = Read()
    first: dict[tuple[str, str, str], str] = {}
    for row in read_rows(path, list(COLUMNS), needed=_NEEDED, listed_as="receipts", aliases=ALIASES):
        values, wrong = values_of(row, COLUMNS, path.name, _NEEDED)
        if not wrong and orders is not None:
            wrong = _unknown(row, values, orders, path.name)
        if not wrong:
            key = (values["number"], values["order"], values["line"])
            if key in first:
                what = f"this line of this receipt stands in row {first[key]} already; add the quantities up in one row"
                wrong = [Wrong(path.name, row.number, "line", what)]
            first.setdefault(key, row.number)
        if wrong:
            read.problems += wrong
        else:
            read.records.append(Receipt(tenant=tenant, **values))
    return read


def write_receipts(receipts: Sequence[Receipt]) -> str:
    """Receipts as CSV that `read_receipts` reads back to the same."""
    return as_csv(COLUMNS, (receipt.model_dump() for receipt in receipts))


def receipt_json(receipt: Receipt) -> dict[str, Any]:
    """A receipt as JSON that `read_receipts` reads back to the same."""
    return as_json(receipt.model_dump(exclude={"tenant"}))


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

"""Records as files that are read back to the same: CSV for spreadsheets, and values as JSON has them."""

from __future__ import annotations

import io
from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from workers.master._rows import joined
from workers.master._values import plain_number
from workers.master.cells import write_csv


def as_csv(columns: Iterable[str], rows: Iterable[Mapping[str, Any]]) -> str:
    """Rows as CSV under a header. Cells that a spreadsheet would run as a formula begin with an apostrophe, which reading
    takes back. Lines end as CSV's do, with CR and LF: write it with ``newline=""``."""
    names = list(columns)
    written = io.StringIO(newline="")
    write_csv(written, names, ([_cell(row.get(name)) for name in names] for row in rows))
    return written.getvalue()


def as_json(values: Mapping[str, Any]) -> dict[str, Any]:
    """Values as JSON has them: numbers as text, exactly; days in ISO 8601."""
    return {name: _plain(value) for name, value in values.items()}


def _plain(value: Any) -> Any:
    if isinstance(value, Decimal):
        return plain_number(value)
    return value.isoformat() if isinstance(value, date) else value


def _cell(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    return joined(value) if isinstance(value, list) else str(_plain(value))

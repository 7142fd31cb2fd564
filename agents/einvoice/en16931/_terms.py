"""The business terms of EN 16931 and the fields of an invoice here: which is which, and which a page prints."""

from __future__ import annotations

import re
from collections.abc import Mapping

from agents.fields.schema import Field, numbered_rows
from agents.fields.table import COLUMNS, FIELDS, SCALARS

FIELD_OF: dict[str, str] = {spec.term: spec.path for spec in SCALARS if spec.term}
"""Terms that an invoice has once."""
TAX_COLUMN: dict[str, str] = {spec.term: spec.name for spec in COLUMNS["tax_breakdown"] if spec.term}
LINE_COLUMN: dict[str, str] = {spec.term: spec.name for spec in COLUMNS["lines"] if spec.term}
"""Terms of a row, and the column of our tables they stand in."""
_PRINTED = frozenset(spec.term for spec in FIELDS if spec.term and spec.printed)
DOCUMENT_ALLOWANCE = frozenset({"BT-92", "BT-99"})
"""Allowances and charges of the document: of these a page has the sums alone."""

_ROW = re.compile(r"(?:InvoiceLine|CreditNoteLine|IncludedSupplyChainTradeLineItem)(?:\[(\d+)\])?")
_TAX_ROW = re.compile(r"(?:TaxSubtotal|ApplicableHeaderTradeSettlement(?:\[1\])?/ApplicableTradeTax)(?:\[(\d+)\])?")


LinesAt = Mapping[int, int]
"""The number that each line of an XML has here, by where it stands there: those that only group or inform are left out."""


def lines_at(fields: Mapping[str, Field]) -> LinesAt:
    """Where the lines of ``fields`` stand in the XML that they are of."""
    stood: dict[int, int] = {}
    for n, line in numbered_rows(fields, "lines").items():
        place = next((field.evidence.locator for field in line.values() if field.evidence.source == "xml"), None)
        if place:
            stood.setdefault(_number(_ROW, place), n)
    return stood


def paths_of(term: str, location: str = "", lines: LinesAt | None = None) -> list[str]:
    """The fields a term is, in the row at ``location`` where it is one of a row; without a row, the first."""
    if term in FIELD_OF:
        return [FIELD_OF[term]]
    if term in TAX_COLUMN:
        return [f"tax_breakdown[{_number(_TAX_ROW, location)}].{TAX_COLUMN[term]}"]
    if term in LINE_COLUMN:
        stands = _number(_ROW, location)
        number = lines.get(stands) if lines and _ROW.search(location) else stands
        return [] if number is None else [f"lines[{number}].{LINE_COLUMN[term]}"]
    return []


def values_of(term: str, fields: Mapping[str, Field], location: str = "", lines: LinesAt | None = None) -> str | None:
    """The value of a term in ``fields``; of a term of many rows, where the place names none, those of the first few."""
    paths = paths_of(term, location, lines)
    if not paths:
        return None
    pattern = _TAX_ROW if term in TAX_COLUMN else _ROW
    if term in FIELD_OF or pattern.search(location):
        field = fields.get(paths[0])
        return field.value if field else None
    table, column = paths[0].split("[0].")
    values = [f.value for path, f in fields.items() if path.startswith(f"{table}[") and path.endswith(f"].{column}")]
    more = f" and {len(values) - 8} more" if len(values) > 8 else ""
    return ", ".join(values[:8]) + more if values else None


def readable(term: str) -> bool:
    """Whether pages print the term, and we read it there."""
    return term in _PRINTED


def is_read(term: str, fields: Mapping[str, Field]) -> bool:
    """Whether ``fields`` have the term; of one of a row, whether every row has it, and there is one."""
    if term in FIELD_OF:
        return FIELD_OF[term] in fields
    table, column = ("tax_breakdown", TAX_COLUMN[term]) if term in TAX_COLUMN else ("lines", LINE_COLUMN.get(term, ""))
    numbers = {path.partition(".")[0] for path in fields if path.startswith(f"{table}[")}
    return bool(numbers) and all(f"{row}.{column}" in fields for row in numbers)


def _number(pattern: re.Pattern[str], location: str) -> int:
    match = pattern.search(location)
    return int(match[1]) - 1 if match and match[1] else 0

"""Expense reports: the fields they have, how code finds them on the pages, and the shape in which programs take them.

Fields are a flat map: ``employee``, ``date``, ``currency``, ``total``, and of each line ``lines[0].text`` and
``lines[0].amount``.
"""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Any

from agents.documents.places import Places
from agents.documents.reading import Reading
from agents.fields import days
from agents.fields.corrections import canonical_day, canonical_number
from agents.fields.schema import Evidence, Field, Fields
from agents.fields.values import parse_amount

SINGLE = ("employee", "date", "currency", "total")
_LABELLED = re.compile(r"(Employee|Date|Total):\s+(.+)")
_LINE = re.compile(r"(.+?)\s{2,}(-?[\d.,]+)")
_ROW = re.compile(r"lines\[(\d+)\]\.(text|amount)")


def fields_of(reading: Reading) -> Fields:
    """What stands on the pages, each value with its place."""
    places, fields = Places(reading), Fields()

    def put(path: str, printed: str, value: object) -> None:
        if value is not None and (place := places.find(printed)):
            box = places.reading.displayed(place.page, place.box)
            evidence = Evidence(source="rule", page=place.page, box=box, text=place.text)
            fields[path] = Field(value=str(value), evidence=evidence)

    rows = 0
    for line in reading.text.splitlines():
        if labelled := _LABELLED.fullmatch(line.strip()):
            label, printed = labelled[1].lower(), labelled[2]
            if label == "total":
                amount, _, currency = printed.partition(" ")
                put("total", amount, parse_amount(amount))
                put("currency", currency, currency or None)
            else:
                put(label, printed, days.read(printed) if label == "date" else printed)
        elif row := _LINE.fullmatch(line.strip()):
            put(f"lines[{rows}].text", row[1], row[1])
            put(f"lines[{rows}].amount", row[2], parse_amount(row[2]))
            rows += 1
    return fields


def lines_of(fields: Fields) -> list[dict[str, Field]]:
    """The lines in order, each a map from column to field."""
    rows: dict[int, dict[str, Field]] = {}
    for path, field in fields.items():
        if row := _ROW.fullmatch(path):
            rows.setdefault(int(row[1]), {})[row[2]] = field
    return [rows[number] for number in sorted(rows)]


def sum_of(fields: Fields) -> Decimal:
    """What the lines come to."""
    return sum((row["amount"].number for row in lines_of(fields) if "amount" in row), Decimal(0))


def public(fields: Fields) -> dict[str, Any]:
    """The public shape: nested, numbers as `Decimal`, what is not known as None."""
    single = {path: fields[path].value if path in fields else None for path in SINGLE}
    lines = [{"text": row["text"].value, "amount": row["amount"].number} for row in lines_of(fields)]
    return {**single, "total": fields["total"].number if "total" in fields else None, "lines": lines}


def canonical(path: str, typed: str) -> str:
    """A person's value as it is kept: a day as ISO 8601 has it, a number with a plain decimal point."""
    if path == "date":
        return canonical_day(typed)
    return canonical_number(typed) if _is_number(path) else typed


def correction_problem(path: str, value: str | None) -> str | None:
    """Why a person's value cannot be taken, or None."""
    if path not in SINGLE and not _ROW.fullmatch(path):
        return f"{path!r} is no field of an expense report; fields are {', '.join(SINGLE)} and such as lines[0].amount"
    if value is not None and _is_number(path) and not re.fullmatch(r"-?\d+(\.\d+)?", value):
        return f"{path} takes a number such as 1234.56, not {value!r}"
    return None


def _is_number(path: str) -> bool:
    return path == "total" or path.endswith(".amount")

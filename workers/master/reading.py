"""What reading a file yields: the good records, and what is wrong with the rest."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar

from workers.master._rows import Row, Wrong
from workers.master._values import BadValue

T = TypeVar("T")
Columns = Mapping[str, Callable[[Any], Any]]
"""Of each column what makes a value of its cell, or raises `BadValue`."""


@dataclass
class Read(Generic[T]):
    """The good ``records`` of a file, in its order, and the ``problems`` of its other rows. A record is good as a whole or
    not there: an order with a bad line is bad."""

    records: list[T] = field(default_factory=list)
    problems: list[Wrong] = field(default_factory=list)
    told: list[Wrong] = field(default_factory=list)
    """What is right by its form, and worth a look."""


def values_of(row: Row, columns: Columns, file: str, needed: tuple[str, ...]) -> tuple[dict[str, Any], list[Wrong]]:
    """The values of the columns that the row has, and what is wrong with the others.

    Args:
        needed: columns that must be there; their absence is wrong like an empty cell.
    """
    if row.wrong:
        return {}, [Wrong(file, row.number, None, row.wrong)]
    values: dict[str, Any] = {}
    wrong: list[Wrong] = []
    for name, parse in columns.items():
        if name not in row.values and name not in needed:
            continue
        try:
            values[name] = parse(row.values.get(name, ""))
        except BadValue as error:
            wrong.append(Wrong(file, row.number, name, str(error)))
    return values, wrong

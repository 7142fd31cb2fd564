"""Cells of the CSV we write, all of it: none is one that a spreadsheet runs as a formula.

Text of documents, names of files and reasons of people end up in tables that somebody opens in a spreadsheet program, which runs
what begins with ``=``, ``+``, ``-`` or ``@``; in some languages their full-width forms too, and after blanks that it trims.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import Final, TextIO

_SIGNS: Final = (
    r"=\uFF1D\uFE66\u207C\u208C\uA78A\u30A0\u1400\u2E40"  # equal signs, and what is drawn as one
    r"+\uFF0B\uFE62\u207A\u208A\u2795\uFB29"
    r"\-\u2010-\u2015\u2043\u207B\u208B\u2212\u02D7\u2796\u2E3A\u2E3B\uFE31\uFE32\uFE58\uFE63\uFF0D"
    r"@\uFE6B\uFF20"
)
"""What spreadsheet programs take for ``= + - @``: those with a compatible or a look-alike form."""
_UNSEEN: Final = (
    r"\s\x00-\x1F\x7F-\x9F\u00AD\u0300-\u036F\u0600-\u0605\u061C\u06DD\u070F\u08E2\u115F\u1160\u17B4\u17B5\u180B-\u180F"
    r"\u200B-\u200F\u202A-\u202E\u2060-\u206F\u20D0-\u20F0\u2800\u3164\uFE00-\uFE0F\uFE20-\uFE2F\uFEFF\uFFA0\uFFF9-\uFFFB"
    r"\U0001D173-\U0001D17A\U000E0000-\U000E0FFF"
)
"""What is drawn as nothing, and may be trimmed: white space, controls, marks and formats, fillers (Unicode's
Default_Ignorable_Code_Point and White_Space)."""
_BEGINS_CELL: Final = r"\A|[;\t\r\n]"
"""Where a cell begins: the text itself, and behind what other programs take to part cells."""
_RUN: Final = rf"(?=['{_UNSEEN}]*[{_SIGNS}])"
_TO_GUARD: Final = re.compile(rf"({_BEGINS_CELL}){_RUN}|\A(?='*[\t\r\n])")
_GUARDED: Final = re.compile(rf"({_BEGINS_CELL})'{_RUN}|\A'(?='*[\t\r\n])")
_NUMBER: Final = re.compile(r"[+-]?[0-9]+([.,][0-9]+)*")


def write_csv(file: TextIO, columns: Sequence[str], rows: Iterable[Iterable[object]]) -> None:
    """Write a header and rows. Lines end with CR and LF: open ``file`` with ``newline=""``."""
    writer = csv.writer(file)
    writer.writerow([guarded(column) for column in columns])
    writer.writerows([guarded(value) for value in row] for row in rows)


def guarded(value: object) -> str:
    """A cell's text, with an apostrophe before what a spreadsheet would run as a formula; `unguarded` takes it back exactly.
    Numbers stay numbers, None is empty.

    >>> guarded("=1+1"), guarded("\uff1d1"), guarded("\u00a0@x"), guarded("-1.5"), guarded("a;=1")
    ("'=1+1", "'\uff1d1", "'\xa0@x", '-1.5', "a;'=1")
    """
    if value is None:
        return ""
    if isinstance(value, Decimal):
        return format(value, "f")
    text = str(value)
    return text if _NUMBER.fullmatch(text) else _TO_GUARD.sub(r"\g<0>'", text)


def unguarded(cell: str) -> str:
    """A cell's text without the apostrophes that `guarded` put into it."""
    return _GUARDED.sub(lambda found: found[1] or "", cell)

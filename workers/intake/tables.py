"""Tables as spreadsheet programs write them: CSV with what these add of their own, which says nothing.

A line ``sep=;`` before the header, a mark of the encoding, rows and columns that are empty, and ``="004500"`` for a text that looks
like a number are all Excel's. What it destroys is refused by those who read the values: numbers as ``5,12E+12``.
"""

from __future__ import annotations

import codecs
import csv
import io
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

DELIMITERS = ",;\t"
_MAX_HEADER_CHARS = 20_000
_SEPARATOR = re.compile(r'"?sep=(?P<sign>[^"\r\n])"?[,;\t ]*(\r\n|\r|\n)', re.IGNORECASE)
_BLANK = re.compile(r"(?:[,;\t ]*(?:\r\n|\r|\n))*")
_AS_TEXT = re.compile(r'="([^"]*)"')
_SCIENTIFIC = re.compile(r"[+-]?\d+([.,]\d+)?[eE]\+\d{1,3}")


@dataclass(frozen=True)
class Unread:
    """A row that cannot be read, or not be given to its columns, with the reason and what to do."""

    why: str


@dataclass(frozen=True)
class Table:
    """A table of CSV.

    Attributes:
        header: names of its columns, as the reader calls them; empty where a column has none.
        first_line: what the header was taken from, for a message.
        rows: each with its number as a spreadsheet counts, empty ones left out; cells without blanks around them, one a column.
    """

    header: Sequence[str]
    delimiter: str
    first_line: str
    rows: Iterator[tuple[int, list[str] | Unread]]


def decoded(data: bytes) -> str | None:
    """The text of a file that says how it is encoded, by a mark, or is UTF-8; None where it is neither, or no text."""
    marked = data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    try:
        text = data.decode("utf-16" if marked else "utf-8-sig")
    except UnicodeDecodeError:
        return None
    return None if "\0" in text else text


def table_of(text: str, column: Callable[[str], str], known: Callable[[Sequence[str]], int]) -> Table:
    """The table in ``text``.

    Args:
        column: makes the name of a column of its cell in the header.
        known: of how many columns of a header the reader knows the names: which delimiter it is.
    """
    said = _SEPARATOR.match(text)
    body = text[said.end() :] if said else text
    blank = _BLANK.match(body)
    head = blank.end() if blank else 0
    before = len(body[:head].splitlines())
    body = body[head:]
    first = body[:_MAX_HEADER_CHARS]
    headers = {each: _header(first, each, column) for each in ([said["sign"]] if said else DELIMITERS)}
    delimiter = max(headers, key=lambda each: (known(headers[each]), len(headers[each])))
    header = headers[delimiter]
    while header and not header[-1]:
        header = header[:-1]
    return Table(header, delimiter, first.splitlines()[0] if first else "", _rows(body, header, delimiter, before + 1))


def is_destroyed(text: str) -> bool:
    """Whether a spreadsheet wrote a long number as ``5,12E+12``: its last digits are lost."""
    return _SCIENTIFIC.fullmatch(text.strip()) is not None


def _header(text: str, delimiter: str, column: Callable[[str], str]) -> list[str]:
    try:
        return [column(name) for name in next(_read(text, delimiter), [])]
    except (csv.Error, TypeError, ValueError):
        return []


def _rows(text: str, header: Sequence[str], delimiter: str, number: int) -> Iterator[tuple[int, list[str] | Unread]]:
    rows = _read(text, delimiter)
    next(rows, None)
    while True:
        number += 1
        try:
            cells = next(rows)
        except StopIteration:
            return
        except csv.Error as error:
            # An open quotation mark takes in every row below it: what these say is lost, and the row says so.
            yield number, Unread(f"it cannot be read ({error}); close the quotation mark")
            continue
        if any(cell.strip() for cell in cells):
            yield number, _fitted(cells, header, delimiter)


def _fitted(cells: Sequence[str], header: Sequence[str], delimiter: str) -> list[str] | Unread:
    """The cells of the columns that have a name; what stands elsewhere is of no column, and nobody knows of which."""
    row = [_AS_TEXT.sub(r"\1", cell.strip(" ")) if _AS_TEXT.fullmatch(cell.strip(" ")) else cell for cell in cells]
    while len(row) > len(header) and not row[-1].strip():
        row.pop()
    if len(row) != len(header):
        what = f"it has {len(row)} values for {len(header)} columns"
        return Unread(f"{what}; put values that hold {delimiter!r} into quotation marks")
    if lost := [cell for name, cell in zip(header, row, strict=True) if not name and cell.strip()]:
        return Unread(
            f"it has a value in a column without a name, {lost[0].strip()[:60]!r}; name the column, or empty it"
        )
    return row


def _read(text: str, delimiter: str) -> Iterator[list[str]]:
    return csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)

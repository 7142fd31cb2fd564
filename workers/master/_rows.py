"""Files as rows: CSV and JSON, each row a map from column to its text, with what is wrong where it cannot be read."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from infra.failures import Failure
from workers.intake._names import readable
from workers.intake.tables import Unread, decoded, table_of
from workers.master.cells import unguarded

MAX_BYTES = 50_000_000


class BadFile(Failure):
    """A file that cannot be read as a whole, in words a person can act on."""


@dataclass(frozen=True)
class Wrong:
    """What is wrong with a row, and how to mend it.

    Attributes:
        row: as a spreadsheet counts, the header being 1; in JSON the entry, from 1, with the line of an order: ``2, line 3``.
        column: None where the row as a whole is wrong.
    """

    file: str
    row: str
    column: str | None
    what: str

    def __str__(self) -> str:
        where = f", column {self.column}" if self.column else ""
        return f"{self.file}, row {self.row}{where}: {self.what}"


@dataclass
class Row:
    """A row: what it says by column, empty cells included, so that what is not in the file differs from what is left empty.

    In JSON a value may be a number, which is read as it is written, a truth value or a list of texts.
    """

    number: str
    values: dict[str, Any]
    wrong: str | None = None
    """Why it cannot be read at all."""
    lines: list[Row] = field(default_factory=list)
    """In JSON, the lines of an order."""


class Number(str):
    """A number of JSON as it is written: its point is a decimal point."""


def read_rows(
    path: Path,
    columns: Sequence[str],
    *,
    needed: Sequence[str],
    listed_as: str,
    of_lines: Sequence[str] = (),
    aliases: Mapping[str, str] | None = None,
) -> list[Row]:
    """The rows of a file; as JSON where its name ends in ``.json``, else as CSV.

    Args:
        columns: those it may have.
        needed: those that CSV must have.
        listed_as: in JSON, the list may stand alone or in an object under this name.
        of_lines: the columns of which, in JSON, the objects under ``lines`` are made.
        aliases: other names of columns, such as ``iban``, and the columns they mean.

    Raises:
        BadFile: it cannot be read, has columns nobody knows, or no rows.
    """
    text = _text(path)
    aliases = aliases or {}
    if path.suffix.lower() == ".json":
        rows = _of_json(text, path, columns, listed_as, of_lines, aliases)
    else:
        rows = list(_of_csv(text, path, (*columns, *of_lines), needed, aliases))
    if not rows:
        raise BadFile(f"{path} has no rows; nothing was imported")
    return rows


def joined(parts: Sequence[str]) -> str:
    """A list as a cell: ``|`` between the parts, and ``\\|`` for one within a part."""
    return "|".join(part.replace("\\", "\\\\").replace("|", "\\|") for part in parts)


def parted(cell: str) -> list[str]:
    """A cell's list, empty parts left out."""
    parts = re.findall(r"(?:\\[\\|]|[^|])+", cell)
    return [plain for part in parts if (plain := re.sub(r"\\([\\|])", r"\1", part).strip())]


def quoted(text: object) -> str:
    """Text for a message: printable, and not too long."""
    shown = readable(str(text))
    return repr(shown if len(shown) <= 60 else f"{shown[:59]}…")


def _text(path: Path) -> str:
    try:
        with path.open("rb") as opened:
            data = opened.read(MAX_BYTES + 1)
    except OSError as error:
        raise BadFile(f"{path} cannot be read: {error.strerror or error}") from error
    if len(data) > MAX_BYTES:
        raise BadFile(f"{path} has more than {MAX_BYTES / 1e6:.0f} MB; split it")
    if (text := decoded(data)) is not None:
        return text
    try:
        data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        raise BadFile(f"{path} is not in UTF-8 (line {line}); save it as CSV UTF-8. Nothing was imported") from error
    raise BadFile(f"{path} is no text; save it as CSV UTF-8. Nothing was imported")


def _of_csv(
    text: str, path: Path, columns: Sequence[str], needed: Sequence[str], aliases: Mapping[str, str]
) -> Iterator[Row]:
    table = table_of(text, lambda name: _column(name, aliases), lambda header: len(set(columns) & set(header)))
    _check_columns([name for name in table.header if name], path, columns, needed)
    for number, cells in table.rows:
        if isinstance(cells, Unread):
            yield Row(str(number), {}, cells.why)
        else:
            pairs = zip(table.header, cells, strict=True)
            yield Row(str(number), {name: unguarded(cell.strip(" ")).strip() for name, cell in pairs if name})


def _column(name: str, aliases: Mapping[str, str]) -> str:
    """The column that a name means: ``Unit Price`` is ``unit_price``, and so is ``Price``."""
    plain = re.sub(r"[\s-]+", "_", readable(name.strip()).lower())
    return aliases.get(plain, plain)


def _check_columns(given: Sequence[str], path: Path, columns: Sequence[str], needed: Sequence[str]) -> None:
    if twice := [name for name in given if given.count(name) > 1]:
        raise BadFile(f"{path} has two columns {quoted(twice[0])}; nothing was imported")
    known = f"columns are {', '.join(columns)}, with commas, semicolons or tabs between. Nothing was imported"
    if not set(given) & set(columns):
        raise BadFile(f"{path} does not name its columns in its first line; {known}")
    if unknown := [name for name in given if name not in columns]:
        near = get_close_matches(unknown[0], columns, n=1)
        meant = f"is it {near[0]}?" if near else "delete it."
        raise BadFile(
            f"{path} has a column {quoted(unknown[0])} that means nothing here: {meant} {known[0].upper()}{known[1:]}"
        )
    if missing := [name for name in needed if name not in given]:
        raise BadFile(f"{path} has no column {missing[0]}; {known}")


def _of_json(
    text: str,
    path: Path,
    columns: Sequence[str],
    listed_as: str,
    of_lines: Sequence[str],
    aliases: Mapping[str, str],
) -> list[Row]:
    try:
        read = json.loads(text, parse_int=Number, parse_float=Number, parse_constant=str, object_pairs_hook=_Pairs)
    except (ValueError, RecursionError) as error:
        raise BadFile(f"{path} is no JSON ({error}); nothing was imported") from error
    entries = dict(read).get(listed_as) if isinstance(read, _Pairs) else read
    if isinstance(entries, _Pairs) or not isinstance(entries, list):
        raise BadFile(f'{path} is no list of {listed_as}; write [{{…}}] or {{"{listed_as}": [{{…}}]}}')
    lines = ("lines",) if of_lines else ()
    return [
        _entry(str(number), entry, (*columns, *lines), of_lines, aliases) for number, entry in enumerate(entries, 1)
    ]


class _Pairs(list[tuple[str, Any]]):
    """An object of JSON, in which a name may have come twice."""


def _entry(number: str, given: Any, columns: Sequence[str], of_lines: Sequence[str], aliases: Mapping[str, str]) -> Row:
    if not isinstance(given, _Pairs):
        return Row(number, {}, "it is no object; write {…}")
    given = _Pairs((_column(name, aliases), value) for name, value in given)
    names = [name for name, _ in given]
    if len(set(names)) < len(names):
        return Row(number, {}, f"it has {quoted(next(name for name in names if names.count(name) > 1))} twice")
    if unknown := [name for name in names if name not in columns]:
        return Row(number, {}, f"it has {quoted(unknown[0])}, which means nothing here; names are {', '.join(columns)}")
    values = {name: "" if value is None else value for name, value in given if not (of_lines and name == "lines")}
    if nested := [name for name, value in values.items() if isinstance(value, _Pairs)]:
        return Row(number, {}, f"{quoted(nested[0])} cannot be an object")
    row = Row(number, {name: value.strip() if type(value) is str else value for name, value in values.items()})
    if of_lines:
        listed = dict(given).get("lines")
        if isinstance(listed, _Pairs) or not isinstance(listed, list):
            return Row(number, row.values, "it has no list `lines`")
        row.lines = [_entry(f"{number}, line {n}", line, of_lines, (), aliases) for n, line in enumerate(listed, 1)]
    return row

"""Manifests: what a sender says of each file, a row a file, as CSV or JSONL.

A row that cannot be used keeps its file back: handed in without what the row says, it might go to the wrong tenant.
"""

from __future__ import annotations

import codecs
import io
import json
import os
import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, ValidationError

from workers.intake._files import Found, HandedIn, Refused
from workers.intake._names import LONGEST, name_of, readable, tidy
from workers.intake._opening import Root, open_file, real
from workers.intake._problems import BadSubmission, CannotTake, checked_name
from workers.intake.tables import Unread, decoded, is_destroyed, table_of

MAX_MANIFEST_BYTES = 50_000_000
MAX_COLUMNS = 100
PRIORITIES = {"urgent": 1, "normal": 3, "bulk": 5}
"""Words for priorities, which go from 1, the most urgent, to 5."""

_ISO_DATE = re.compile(r"(\d{4}-\d\d-\d\d)(?:[T ]00:00(?::00(?:\.0+)?)?)?")
"""A day; spreadsheets write the midnight it begins with behind it."""


def checked_priority(text: str) -> int:
    """The priority that ``text`` means: 1 (most urgent) to 5 (least), or one of `PRIORITIES`.

    Raises:
        ValueError: it means none.
    """
    word = text.strip().lower()
    if word in PRIORITIES:
        return PRIORITIES[word]
    if re.fullmatch("[1-5]", word):
        return int(word)
    raise ValueError(
        f"{_quoted(text)} is no priority; give 1 (most urgent) to 5 (least), or {', '.join(PRIORITIES)} for "
        f"{', '.join(map(str, PRIORITIES.values()))}"
    )


def files_named_in(manifest: Path, root: Root | None = None) -> set[Path]:
    """The files on disk that a manifest's rows are about, those in archives by their archive, whether they are there or not.

    Raises:
        BadSubmission: the manifest cannot be read as a whole.
    """
    return {row.place for row in read_manifest(manifest, root).rows if row.place}


def read_manifest(path: Path, root: Root | None = None) -> Manifest:
    """Read a manifest, which may not lead out of ``root``. What is wrong with a single row is noted in it.

    Raises:
        BadSubmission: it cannot be read as a whole, or says nothing.
    """
    text = _text(path, root)
    read = _read_jsonl(text) if path.suffix.lower() == ".jsonl" else _read_csv(text, path)
    rows = [_row(number, columns, path.parent) for number, columns in read]
    if not rows:
        raise BadSubmission(f"the manifest {path} names no file. Nothing was handed in")
    return Manifest(path, rows)


@dataclass(frozen=True)
class Manifest:
    """What a manifest says."""

    path: Path
    rows: Sequence[Row]

    def places(self) -> list[Path]:
        """The files on disk that its good rows are about and that are there."""
        return list(dict.fromkeys(row.place for row in self.rows if row.place and not row.wrong))

    def applied(self, given: Found, listed: Found) -> Found:
        """All of ``given`` and, of ``listed``, what a row is about, each with what its row says; and what is wrong with rows.

        A row about an archive is about all in it that have no row of their own.
        """
        described = Found()
        resolved = lru_cache(maxsize=None)(real)
        about: dict[_Key, Row] = {}
        for row in self.rows:
            if row.place is None or row.inner is None:
                described.refused.append(self._refused(row, row.wrong))
            elif (first := about.setdefault((resolved(row.place), row.inner), row)) is not row:
                described.refused.append(
                    self._refused(row, f"it has row {first.number} already; delete one of the two")
                )
        met: set[_Key] = set()
        unopened: set[Path] = set()
        for source in (given, listed):
            for file in source.files:
                key, whole = _keys(file, resolved)
                met |= {key, whole}
                row_about = about.get(key) or about.get(whole)
                if row_about and row_about.said:
                    described.files.append(row_about.said.told_of(file))
                elif row_about:
                    path = file.content if isinstance(file.content, Path) else None
                    described.refused.append(self._refused(row_about, row_about.wrong, file.name, path, file.origin))
                elif source is given:
                    described.files.append(file)
            for refused in source.refused:
                key, whole = _keys(refused, resolved)
                met |= {key, whole}
                if key == whole:
                    unopened.add(key[0])
                if source is given or key == whole or key in about or whole in about:
                    described.refused.append(refused)
        for key, row in about.items():
            if key not in met and key[0] not in unopened:
                path = None if row.inner else row.place
                described.refused.append(
                    self._refused(row, row.wrong or "it holds no such file", path=path, origin=row.place)
                )
        return described

    def _refused(
        self, row: Row, why: str | None, name: str | None = None, path: Path | None = None, origin: Path | None = None
    ) -> Refused:
        reason = f"row {row.number} of {name_of(self.path)}: {why}"
        return Refused(name or readable(row.file) or name_of(self.path), path, reason, origin or self.path)


_Key = tuple[Path, str]
"""The file on disk, and the path in it if it is an archive."""


@dataclass(frozen=True)
class Row:
    """A row of a manifest.

    Attributes:
        number: as a spreadsheet counts, the header being 1; of JSONL the line.
        file: what it names.
        said: what it says; None if something is wrong with it.
        wrong: what is wrong, and how to mend it.
        place: the file on disk.
        inner: the path in it, if it is an archive; None if the file on disk is not there.
    """

    number: int
    file: str
    said: _Columns | None = None
    wrong: str | None = None
    place: Path | None = None
    inner: str | None = None


def _tenant(name: str) -> str:
    try:
        return checked_name("tenant", name)
    except BadSubmission as error:
        raise ValueError(str(error)) from None


def _iso_date(text: object) -> date:
    try:
        if isinstance(text, str) and (day := _ISO_DATE.fullmatch(text)):
            return date.fromisoformat(day[1])
    except ValueError:
        pass
    raise ValueError(f"due_date {_quoted(str(text))} is no date; write year-month-day, as 2026-12-31")


class _Columns(BaseModel):
    """What a row says. Values are text; empty ones are left out."""

    model_config = ConfigDict(extra="allow", frozen=True)

    file: str
    tenant: Annotated[str, AfterValidator(_tenant)] | None = None
    purchase_order: str | None = None
    due_date: Annotated[date, BeforeValidator(_iso_date)] | None = None
    priority: Annotated[int, BeforeValidator(checked_priority)] | None = None

    def told_of(self, file: HandedIn) -> HandedIn:
        """``file`` with what the row says of it."""
        details = self.model_dump(mode="json", exclude={"file", "tenant", "priority"}, exclude_none=True)
        return replace(file, details=details, priority=self.priority, tenant=self.tenant)


class _Wrong(Exception):
    """A row that cannot be read."""


def _row(number: int, columns: dict[str, str] | _Wrong, folder: Path) -> Row:
    if isinstance(columns, _Wrong):
        return Row(number, "", wrong=str(columns))
    values = {
        name: " ".join(value.split()) for name, value in columns.items() if name not in ("", "file") and value.strip()
    }
    file = columns.get("file", "").strip()
    if not file:
        return Row(number, "", wrong="it names no file; fill the column `file`")
    place = None
    try:
        place, inner = _located(folder, file)
    except _Wrong as error:
        return Row(number, file, wrong=str(error), place=_not_there(folder, file))
    if unfit := [
        name for name in values if name in _Columns.model_fields and len(columns[name].strip().splitlines()) > 1
    ]:
        return Row(
            number, file, wrong=f"{_quoted(unfit[0])} has more than one line; write one", place=place, inner=inner
        )
    if destroyed := [name for name, value in values.items() if is_destroyed(value)]:
        what = f"{values[destroyed[0]]}, what a spreadsheet makes of a long number"
        return Row(number, file, wrong=f"{_quoted(destroyed[0])} is {what}; write it as text", place=place, inner=inner)
    if too_long := [name for name, value in values.items() if len(value) > LONGEST]:
        wrong = f"{_quoted(too_long[0])} has more than {LONGEST} characters; shorten it"
        return Row(number, file, wrong=wrong, place=place, inner=inner)
    try:
        said = _Columns.model_validate({"file": file} | {name: readable(value) for name, value in values.items()})
    except ValidationError as error:
        told = (str(e.get("ctx", {}).get("error", e["msg"])) for e in error.errors(include_url=False))
        return Row(number, file, wrong="; ".join(told), place=place, inner=inner)
    return Row(number, file, said, place=place, inner=inner)


def _located(folder: Path, file: str) -> tuple[Path, str]:
    """The file on disk that ``file`` names, and the rest, which is its path in an archive.

    Raises:
        _Wrong: there is none, it is a folder, or it is not below ``folder``.
    """
    for form in _forms(file):
        parts = _parts_below(form)
        for split in range(1, len(parts) + 1):
            named = os.path.join(folder, *parts[:split])
            if os.path.isfile(named):
                place = Path(named)
                return place, _inner(place, "/".join(parts[split:]))
            if not os.path.isdir(named):
                break
        else:
            raise _Wrong("it is a folder; give each file in it a row, or pack it as a ZIP")
    raise _Wrong(f"there is no such file in {folder if folder.name else 'this folder'}; add it, or delete the row")


def _not_there(folder: Path, file: str) -> Path | None:
    """Where a file that is not there would be."""
    try:
        return folder.joinpath(*_parts_below(file))
    except _Wrong:
        return None


def _forms(file: str) -> Iterable[str]:
    """Spellings of one path: separators of Windows; accents composed, as most write them, or not, as macOS does."""
    paths = (file, file.replace("\\", "/"))
    normalize = unicodedata.normalize
    return dict.fromkeys(form for path in paths for form in (path, normalize("NFC", path), normalize("NFD", path)))


def _parts_below(file: str) -> Sequence[str]:
    path = os.path.normpath(file)
    if os.path.isabs(path) or path.split("/")[0] in ("..", "."):
        raise _Wrong("it is not in the manifest's folder; name files from there")
    return path.split("/")


def _inner(archive: Path, path: str) -> str:
    """A path in an archive as `HandedIn` has it behind the archive's name."""
    return readable(f"{name_of(archive)}/{tidy(path)}").partition("/")[2] if path else ""


def _keys(thing: HandedIn | Refused, resolved: Callable[[Path], Path]) -> tuple[_Key, _Key]:
    """What a row about the thing has as its key, and a row about the whole file on disk that it is in."""
    assert thing.origin
    origin = resolved(thing.origin)
    return (origin, thing.name.partition("/")[2]), (origin, "")


def _text(path: Path, root: Root | None) -> str:
    """A manifest's text: UTF-8 or UTF-16 if it says so, UTF-8 or else Windows' 1252 if not."""
    try:
        with open_file(path, root) as opened:
            data = opened.read(MAX_MANIFEST_BYTES + 1)
    except CannotTake as error:
        raise BadSubmission(f"the manifest {path}: {error}. Nothing was handed in") from error
    except OSError as error:
        raise BadSubmission(f"the manifest {path} cannot be read: {error.strerror}. Nothing was handed in") from error
    if len(data) > MAX_MANIFEST_BYTES:
        raise BadSubmission(
            f"the manifest {path} has more than {MAX_MANIFEST_BYTES / 1e6:.0f} MB; split it. Nothing was handed in"
        )
    text = decoded(data)
    if text is None and not data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        try:
            text = data.decode("cp1252")
        except UnicodeDecodeError:
            text = None
    if text is None or "\0" in text:
        raise BadSubmission(f"the manifest {path} is no text; save it as CSV or JSONL in UTF-8. Nothing was handed in")
    return text


def _read_csv(text: str, path: Path) -> Iterator[tuple[int, dict[str, str] | _Wrong]]:
    table = table_of(text, _column, lambda header: "file" in header)
    header = table.header
    if "file" not in header:
        raise BadSubmission(
            f"the manifest {path} has no column `file` in its first line, {_quoted(table.first_line)}. The first line names the "
            "columns, with commas, semicolons or tabs between. Nothing was handed in"
        )
    if twice := [name for name in header if name and header.count(name) > 1]:
        raise BadSubmission(f"the manifest {path} has two columns {_quoted(twice[0])}. Nothing was handed in")
    if len(header) > MAX_COLUMNS:
        raise BadSubmission(f"the manifest {path} has more than {MAX_COLUMNS} columns. Nothing was handed in")
    for number, cells in table.rows:
        if isinstance(cells, Unread):
            yield number, _Wrong(cells.why)
        else:
            yield number, {name: value for name, value in zip(header, cells, strict=True) if name}


def _column(name: str) -> str:
    """A column's name as it is compared and kept: ``Purchase Order`` is ``purchase_order``."""
    return re.sub(r"[\s-]+", "_", readable(name.strip()).lower())


def _read_jsonl(text: str) -> Iterator[tuple[int, dict[str, str] | _Wrong]]:
    for number, line in enumerate(io.StringIO(text), start=1):
        if not line.strip():
            continue
        try:
            # Numbers stay as they are written: 12.50 is no 12.5.
            read = json.loads(line, parse_int=str, parse_float=str)
        except (ValueError, RecursionError) as error:
            yield number, _Wrong(f"it is no JSON ({error})")
            continue
        if not isinstance(read, dict):
            yield number, _Wrong('it is no JSON object; write {"file": "…"}')
            continue
        columns = {_column(name): _as_text(value) for name, value in read.items()}
        if len(columns) < len(read):
            yield number, _Wrong("it names a column twice")
        elif len(columns) > MAX_COLUMNS:
            yield number, _Wrong(f"it has more than {MAX_COLUMNS} columns")
        else:
            yield number, columns


def _as_text(value: Any) -> str:
    if value is None:
        return ""
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _quoted(text: str) -> str:
    shown = readable(text)
    return repr(shown if len(shown) <= 80 else f"{shown[:79]}…")

"""Results as files in a folder, under names that are safe in any, with an index of them."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any

from workers.master import cells
from workers.office.einvoices import EInvoice
from workers.office.errors import CannotDo
from workers.office.exports import Document, Tables, index_entry
from workers.office.wording import clean

INDEX = "_index"
"""Name, without its ending, of the file that lists the others."""

_LONGEST_STEM = 200


@dataclass
class Written:
    """The entries of the index, in order, and documents that have a file under another name than their own."""

    entries: list[dict[str, Any]] = field(default_factory=list)
    renamed: list[tuple[str, str]] = field(default_factory=list)
    """Of each the name that was handed in, and that of the file."""

    @property
    def files(self) -> int:
        return sum(entry["file"] is not None for entry in self.entries)


def write_json(folder: Path, documents: Sequence[Document]) -> Written:
    """One file a document of which something was read, in its public shape with its findings; and an index.

    Raises:
        CannotDo: the folder cannot be written to.
    """
    with _writing_to(folder):
        written, names = Written(), _Names()
        for document in documents:
            entry = index_entry(document, None)
            written.entries.append(entry)
            if document.public is not None:
                entry["file"] = file = names.free(document.name, ".json", written)
                _write(folder / file, {**document.public, "findings": entry["findings"]})
        _write(folder / f"{INDEX}.json", {"documents": written.entries})
        return written


def write_csv(folder: Path, tables: Tables) -> None:
    """``invoices.csv``, ``lines.csv`` and ``findings.csv``, in UTF-8 with the mark spreadsheets look for.

    Raises:
        CannotDo: the folder cannot be written to.
    """
    with _writing_to(folder):
        _write_table(folder / "invoices.csv", tables.invoices, "id")
        _write_table(folder / "lines.csv", tables.lines, "document_id", "file", "line")
        _write_table(folder / "findings.csv", tables.findings, "document_id", "file", "rule")


def write_einvoices(folder: Path, einvoices: Sequence[EInvoice], *, invalid_too: bool) -> Written:
    """The e-invoices that are valid, and all of them where ``invalid_too``; and an index.

    Raises:
        CannotDo: the folder cannot be written to.
    """
    with _writing_to(folder):
        written, names = Written(), _Names()
        for einvoice in einvoices:
            file = None
            if einvoice.content and (einvoice.valid or invalid_too):
                file = names.free(einvoice.document.name, einvoice.ending, written)
                (folder / file).write_bytes(einvoice.content)
            written.entries.append(einvoice.index_entry(file))
        _write(folder / f"{INDEX}.json", {"documents": written.entries})
        return written


def exact_json(value: Any, indent: str = "") -> str:
    """JSON with every `Decimal` as a number of exactly its digits, which the standard library cannot write."""
    inner = indent + "  "
    if isinstance(value, Decimal):
        # JSON knows no NaN; and a number beyond all reason is not written out in zeros.
        return "null" if not value.is_finite() else format(value, "f") if abs(value.adjusted()) < 60 else str(value)
    if isinstance(value, Mapping) and value:
        items = (f"{inner}{json.dumps(str(k), ensure_ascii=False)}: {exact_json(v, inner)}" for k, v in value.items())
        return "{\n" + ",\n".join(items) + f"\n{indent}}}"
    if isinstance(value, list) and value:
        return "[\n" + ",\n".join(inner + exact_json(v, inner) for v in value) + f"\n{indent}]"
    return json.dumps(value, ensure_ascii=False)


def file_stem(name: str) -> str:
    """A document's name without its ending, as a name that is safe in any folder."""
    last = re.split(r"[/\\]", clean(name, lines=False))[-1]
    stem = re.sub(r'[<>:"|?*]', "_", Path(last).stem).strip().lstrip(".")
    while len(stem.encode()) > _LONGEST_STEM:
        stem = stem[:-1]
    return stem or "document"


@contextmanager
def _writing_to(folder: Path) -> Iterator[None]:
    """The folder, made if missing; what the system will not let be written is one sentence."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        yield
    except OSError as error:
        raise CannotDo(f"cannot write to {folder}: {error.strerror or error}. Give another --out") from error


class _Names:
    """Names of files in one folder, of which none is given twice."""

    def __init__(self) -> None:
        self._taken = {INDEX.casefold()}

    def free(self, document: str, ending: str, written: Written) -> str:
        """A name for a document's file; of several with the same stem the later ones get a number, which is noted."""
        stem = file_stem(document)
        name, number = stem, 1
        while name.casefold() in self._taken:
            number += 1
            name = f"{stem}-{number}"
        self._taken.add(name.casefold())
        if name != stem:
            written.renamed.append((document, f"{name}{ending}"))
        return f"{name}{ending}"


def _write(file: Path, shape: Mapping[str, Any]) -> None:
    file.write_text(exact_json(shape) + "\n", encoding="utf-8")


def _write_table(path: Path, rows: Sequence[Mapping[str, Any]], *first: str) -> None:
    columns = list(dict.fromkeys([*first, *(column for row in rows for column in row)]))
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        cells.write_csv(file, columns, ([row.get(column) for column in columns] for row in rows))

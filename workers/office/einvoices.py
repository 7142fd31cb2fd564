"""Approved invoices as e-invoices in files, each judged by the official rules before it is written."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from agents.einvoice.en16931 import Assessment
    from infra.records import Execution, Finding

Format = Literal["ubl", "cii", "facturx"]
_MOST_TOLD = 4
"""Failed rules told of a document on the terminal; the index has all."""


@dataclass
class Made:
    """An invoice on its way into a file."""

    name: str
    execution: Execution
    content: bytes = b""
    ending: str = ".xml"
    valid: bool = False
    failed: list[dict[str, Any]] = field(default_factory=list)
    """Of each failed rule: ``rule``, ``message``, ``fields``."""
    notes: list[dict[str, Any]] = field(default_factory=list)
    """What was concluded: ``term``, ``text``, ``assumed``."""
    remark: str | None = None
    """What is other than was asked for."""

    @property
    def told(self) -> str:
        """The rules that fail, with the fields to correct."""
        rules = [
            f"{one['rule']}{' (' + ', '.join(one['fields'][:3]) + ')' if one['fields'] else ''}: {one['message']}"
            for one in self.failed[:_MOST_TOLD]
        ]
        more = len(self.failed) - _MOST_TOLD
        return "; ".join(rules) + (f"; and {more} more" if more > 0 else "")


async def make(documents: Sequence[tuple[str, Execution]], format: Format) -> list[Made]:
    """An e-invoice for each document (its name and execution), with what the rules say of it."""
    return [await _make(name, execution, format) for name, execution in documents]


async def _make(name: str, execution: Execution, format: Format) -> Made:
    from agents.einvoice.en16931 import NotWritten, findings_of, to_cii, to_facturx_pdf, to_ubl, validate
    from agents.fields.schema import loaded

    made = Made(name, execution)
    fields = loaded(execution.result.get("fields") or {})
    kind = str(execution.result.get("kind") or "invoice")
    try:
        written = (to_ubl if format == "ubl" else to_cii)(fields, kind)
        made.content, made.notes = written.xml, [asdict(note) for note in written.notes]
        assessment = await validate(written.text)
        made.valid, made.failed = assessment.valid, _failed(assessment, findings_of(assessment))
        if format == "facturx":
            source = await asyncio.to_thread(_source, execution.digest)
            if source.startswith(b"%PDF-"):
                made.content = await asyncio.to_thread(to_facturx_pdf, source, written.xml)
                made.ending = ".pdf"
            else:
                made.remark = "written as CII in XML: the document is no PDF that could hold it"
    except (NotWritten, OSError, ValueError) as error:  # also a document that the store does not have, or has changed
        made.content, made.valid = b"", False
        made.failed = [{"rule": "EN 16931", "message": str(error), "fields": []}]
    return made


def _failed(assessment: Assessment, found: Sequence[Finding]) -> list[dict[str, Any]]:
    if assessment.valid:
        return []
    errors = [one for one in found if one.is_error]
    return [{"rule": one.rule, "message": one.message, "fields": one.fields} for one in errors]


def _source(digest: str) -> bytes:
    from infra.document_store import DocumentStore
    from infra.settings import settings

    return DocumentStore(settings().documents).get(digest)


def index_entry(made: Made, file: str | None) -> dict[str, Any]:
    """An e-invoice in the index; ``file`` is None where it was not written."""
    return {
        "document": made.name,
        "file": file,
        "execution_id": made.execution.id,
        "valid": made.valid,
        "failed": made.failed,
        "notes": made.notes,
        "remark": made.remark,
    }


def write(
    folder: Path,
    made: Sequence[Made],
    *,
    invalid_too: bool,
    say: Callable[[str], None],
    free: Callable[[str, str], str],
) -> list[dict[str, Any]]:
    """Write what is valid, and all of it where ``invalid_too``; the entries of the index.

    Args:
        say: what a person should know of a document.
        free: for a document's name and an ending, the name of a file that is not taken yet.

    Raises:
        OSError: the folder cannot be written to.
    """
    entries = []
    for one in made:
        file = None
        if one.content and (one.valid or invalid_too):
            file = free(one.name, one.ending)
            (folder / file).write_bytes(one.content)
        if not one.valid:
            say(f"{'not valid' if file else 'not written'}: {one.name} ({one.execution.id}): {one.told}")
        elif one.remark:
            say(f"{one.name} is {one.remark}")
        entries.append(index_entry(one, file))
    return entries

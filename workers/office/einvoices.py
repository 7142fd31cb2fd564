"""Approved invoices as e-invoices, each judged by the official rules."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Any, Literal

from workers.office.exports import Document

if TYPE_CHECKING:
    from agents.einvoice.en16931 import Assessment
    from infra.records import Finding
    from workers.office import Office

Format = Literal["ubl", "cii", "facturx"]
_MOST_TOLD = 4
"""Failed rules told of a document to a person; the index has all."""


@dataclass
class EInvoice:
    """An invoice on its way into a file."""

    document: Document
    content: bytes = b""
    """Nothing where none could be made."""
    ending: str = ".xml"
    valid: bool = False
    failed: list[dict[str, Any]] = field(default_factory=list)
    """Of each failed rule: ``rule``, ``message``, ``fields``."""
    notes: list[dict[str, Any]] = field(default_factory=list)
    """What was concluded: ``term``, ``text``, ``assumed``."""
    remark: str | None = None
    """What is other than was asked for."""

    @property
    def problems(self) -> str:
        """The rules that fail, with the fields to correct."""
        rules = [
            f"{rule['rule']}{' (' + ', '.join(rule['fields'][:3]) + ')' if rule['fields'] else ''}: {rule['message']}"
            for rule in self.failed[:_MOST_TOLD]
        ]
        more = len(self.failed) - _MOST_TOLD
        return "; ".join(rules) + (f"; and {more} more" if more > 0 else "")

    def index_entry(self, file: str | None) -> dict[str, Any]:
        """It in the index of an export; ``file`` is None where it was not written."""
        return {
            "document": self.document.name,
            "file": file,
            "execution_id": self.document.execution.id,
            "valid": self.valid,
            "failed": self.failed,
            "notes": self.notes,
            "remark": self.remark,
        }


async def einvoices(office: Office, documents: Sequence[Document], format: Format) -> list[EInvoice]:
    """An e-invoice for each document, with what the rules say of it."""
    return [await einvoice(office, document, format) for document in documents]


async def einvoice(office: Office, document: Document, format: Format) -> EInvoice:
    """A document as an e-invoice; of one that cannot be made, why."""
    from agents.einvoice.en16931 import NotWritten, findings_of, to_cii, to_facturx_pdf, to_ubl, validate
    from agents.fields.schema import loaded

    result = document.execution.result
    einvoice = EInvoice(document)
    try:
        write = to_ubl if format == "ubl" else to_cii
        written = write(loaded(result.get("fields") or {}), str(result.get("kind") or "invoice"))
        einvoice.content, einvoice.notes = written.xml, [asdict(note) for note in written.notes]
        assessment = await validate(written.text)
        einvoice.valid, einvoice.failed = assessment.valid, _failed(assessment, findings_of(assessment))
        if format == "facturx":
            source = await asyncio.to_thread(office.documents.get, document.execution.digest)
            if source.startswith(b"%PDF-"):
                einvoice.content = await asyncio.to_thread(to_facturx_pdf, source, written.xml)
                einvoice.ending = ".pdf"
            else:
                einvoice.remark = "written as CII in XML: the document is no PDF that could hold it"
    except (NotWritten, OSError, ValueError) as error:  # also a document that the store does not have, or has changed
        einvoice.content, einvoice.valid = b"", False
        einvoice.failed = [{"rule": "EN 16931", "message": str(error), "fields": []}]
    return einvoice


def _failed(assessment: Assessment, findings: Sequence[Finding]) -> list[dict[str, Any]]:
    if assessment.valid:
        return []
    errors = [finding for finding in findings if finding.is_error]
    return [{"rule": error.rule, "message": error.message, "fields": error.fields} for error in errors]

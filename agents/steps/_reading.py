"""Reading, as every agent does it: the file, what is found of it and of the e-invoice in it, and what code makes of its pages."""

from __future__ import annotations

import asyncio
import logging
import threading
from dataclasses import dataclass

from cachetools import LRUCache, cached

from agents.documents import OcrLimits, read_document
from agents.documents.layout import Layout
from agents.documents.reading import Reading
from agents.einvoice import NotAnEInvoice, container_findings, fields_from_xml
from agents.fields import checks
from agents.fields.grounds import Ground
from agents.fields.rules import Rule
from agents.fields.schema import Fields
from agents.pages import Draft, compare, draft, safety, scan_findings
from agents.steps._bounds import LONGEST_TEXT
from agents.steps._state import DocumentFacts, ExecutionRef
from infra.connections import connections
from infra.failures import Unreadable
from infra.records import Finding, Severity, finding

_log = logging.getLogger(__name__)
_KEPT_CHARACTERS = 500_000
"""Of documents whose draft a process keeps: some two hundred invoices. All steps of a document use the same one, and those
of a batch's window are in the works at once."""


@dataclass(frozen=True)
class DraftedDocument:
    """A document as it was read, its pages upright, and what code made of it."""

    reading: Reading
    layout: Layout
    draft: Draft


@dataclass(frozen=True)
class ReadDocument:
    """A document, and what was found of its file and of the e-invoice in it. Its pages have not been looked at yet."""

    reading: Reading
    data: bytes
    """The reading as JSON."""
    findings: list[Finding]
    stated: Fields | None
    """What the e-invoice in it states; None where there is none that can be used."""

    @property
    def facts(self) -> DocumentFacts:
        return DocumentFacts(
            media_type=self.reading.media_type,
            pages=len(self.reading.pages),
            characters=len(self.reading.text),
            xml=self.reading.xml.name if self.reading.xml and self.stated is not None else None,
        )

    @property
    def too_long(self) -> bool:
        """Whether its pages are more than an invoice has."""
        return len(self.reading.text) > LONGEST_TEXT


async def read(execution: ExecutionRef, *, hand_in: str) -> ReadDocument:
    """Read the document of an execution, and keep its reading beside it.

    Args:
        hand_in: what is to be handed in where it is XML but no e-invoice, for a sentence.

    Raises:
        Unreadable: it cannot be read, or it is XML but no e-invoice.
    """
    to = connections()
    settings = to.settings
    data = await asyncio.to_thread(to.documents.get, execution.digest)
    limits = OcrLimits(settings.ocr_pages, settings.ocr_seconds, settings.ocr_memory_mb, settings.ocr_engine)
    reading = await read_document(
        data,
        execution.name,
        seconds=settings.read_seconds,
        memory_mb=settings.read_memory_mb,
        ocr=limits if settings.ocr else None,
    )
    if reading.problem and reading.problem.code != "no_text":
        raise Unreadable(reading.problem.message)
    plain = reading.model_dump_json().encode()
    await asyncio.to_thread(to.documents.put_derived, execution.digest, "reading.json", plain)
    return await asyncio.to_thread(_looked_at, reading, plain, hand_in)


def reading_of(digest: str) -> Reading:
    """The reading that was kept of the document with this digest."""
    return Reading.model_validate_json(connections().documents.get_derived(digest, "reading.json"))


def document_of(reading: bytes) -> DraftedDocument:
    """What code makes of a ``reading`` in JSON; of the last few it is kept. Safe to call from any thread.

    Code finds the same in the same reading, so a kept one is as good as a new one. Nobody may change it.
    """
    with _drafting:  # one at a time: several at once would share one core, and might do the same work
        return _document_of(reading)


async def drafted(document: ReadDocument, digest: str) -> DraftedDocument | Finding:
    """What code makes of the pages; or, where our own code stumbles over them, the finding that says so: that is no reason to
    lose the document. A person reads it, and we hear of it."""
    try:
        return await asyncio.to_thread(document_of, document.data)
    except Exception as error:
        _log.exception("the code that reads pages failed on document %s", digest)
        message = f"our code cannot read this page ({type(error).__name__}): read it by eye, and please report it"
        return finding(Rule.CODE_FAULT, Severity.ERROR, message)


_drafting = threading.Lock()


@cached(LRUCache(_KEPT_CHARACTERS, getsizeof=lambda document: len(document.reading.text) + 1000))
def _document_of(data: bytes) -> DraftedDocument:
    reading = Reading.model_validate_json(data)
    return DraftedDocument(reading, Layout(reading), draft(reading))


def _looked_at(reading: Reading, plain: bytes, hand_in: str) -> ReadDocument:
    findings = _of_the_file(reading)
    stated = _stated(reading, findings, hand_in)
    return ReadDocument(reading, plain, findings, stated)


def _of_the_file(reading: Reading) -> list[Finding]:
    findings = list(safety.findings(reading))
    if reading.xml_problem:
        findings.append(finding(Rule.XML_BROKEN, Severity.ERROR, reading.xml_problem))
    findings += container_findings(reading)
    findings += [finding(Rule.ACTIVE_CONTENT, Severity.ERROR, f"the PDF {what}") for what in reading.active]
    mended = "the file had to be mended to be read"
    findings += [finding(Rule.READ_REPAIRED, Severity.ERROR, f"{mended}: {what}") for what in reading.repairs]
    if reading.problem:
        return [*findings, finding(Rule.NO_TEXT, Severity.ERROR, reading.problem.message)]
    return [*findings, *scan_findings(reading)]


def _stated(reading: Reading, findings: list[Finding], hand_in: str) -> Fields | None:
    """The fields of the e-invoice in the document, if there is one that can be used; to ``findings`` what is found of it."""
    if reading.xml is None:
        return None
    try:
        fields = fields_from_xml(reading.xml.text)
    except NotAnEInvoice as error:
        if not reading.words:
            raise Unreadable(f"{error}. Hand in {hand_in}") from error
        message = f"{reading.xml.name}: {error}; the page was read instead"
        findings.append(finding(Rule.XML_UNUSABLE, Severity.WARNING, message))
        return None
    findings += checks.type_code(fields)
    if reading.words:
        findings += compare(fields, reading)
    return {path: field.model_copy(update={"grounds": [Ground.STATED]}) for path, field in fields.items()}

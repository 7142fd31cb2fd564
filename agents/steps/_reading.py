"""Reading, as every agent does it: the file, what is found of it and of the e-invoice in it, and what code makes of its pages.

What walks over a document is done in processes of its own that may be killed (`agents.documents`, `agents.examination`): here
come the results, of bounded size. So one document never keeps the others of a worker waiting.
"""

from __future__ import annotations

import asyncio
import logging
from dataclasses import dataclass
from hashlib import sha256

from cachetools import LRUCache

from agents import examination
from agents.documents import Answer, ReaderFailed, read_unchecked
from agents.documents.layout import Layout
from agents.documents.reading import Problem, Reading
from agents.examination import Examination, Order
from agents.fields import bounds
from agents.fields.bounds import LONGEST_TEXT
from agents.fields.rules import Rule
from agents.fields.schema import Fields
from agents.pages import Draft
from agents.steps._issuers import by_issuer
from agents.steps._looking import ocr_limits
from agents.steps._state import DocumentFacts, ExecutionRef
from infra.connections import connections
from infra.failures import Failure, Unreadable
from infra.forks import CodeFault, ForksFailed, Outcome, call
from infra.records import Finding, Severity, finding
from infra.settings import Settings

_log = logging.getLogger(__name__)
_KEPT_CHARACTERS = 500_000
"""Of documents that a process keeps drafted: some two hundred invoices. All steps of a document use the same one, and those
of a batch's window are in the works at once."""
_KEPT_DRAFT_BYTES = 8_000_000
_PAST_THE_CODE = "read it by eye, and enter by hand what is missing"


class CodeStopped(Failure):
    """The pages keep our code busier than any may; a person was told so when they were read."""


@dataclass(frozen=True)
class DraftedDocument:
    """A document as it was read, its pages upright, and what code made of it."""

    reading: Reading
    layout: Layout
    draft: Draft


@dataclass(frozen=True)
class ReadDocument:
    """A document, what was found of its file and of the e-invoice in it, and what code made of its pages."""

    facts: DocumentFacts
    findings: list[Finding]
    stated: Fields | None
    """What the e-invoice in it states; None where there is none that can be used."""
    draft: Draft | None
    """Of its pages; None where its e-invoice says it all, where there are none, or where code could not make one, which then
    is among the findings."""
    has_money: bool
    """Whether any amount of money stands in its text."""
    too_long: bool
    """Whether its pages are more than an invoice has."""
    stopped: bool
    """Whether our code did not get through it, which then is among the findings."""


async def read(execution: ExecutionRef, *, hand_in: str) -> ReadDocument:
    """Read the document of an execution, and keep its reading beside it.

    Args:
        hand_in: what is to be handed in where it is XML but no e-invoice, for a sentence.

    Raises:
        Unreadable: it cannot be read, or it is XML but no e-invoice.
        ReaderFailed: a process for it could not be had, which says nothing about the document.
    """
    to = connections()
    settings = to.settings
    data = await asyncio.to_thread(to.documents.get, execution.digest)
    answer = await read_unchecked(
        data,
        execution.name,
        seconds=settings.read_seconds,
        memory_mb=settings.read_memory_mb,
        ocr=ocr_limits(settings) if settings.ocr else None,
    )
    if (problem := answer.head.problem) and problem.code != "no_text":
        raise Unreadable(problem.message)
    order = Order(longest=LONGEST_TEXT, most_bytes=bounds.MOST_BYTES, looks=settings.look)
    outcome = await _apart(settings, examination.pack(order, answer))
    found = await asyncio.to_thread(examination.unpack, outcome.parts)
    if outcome.fault and outcome.fault.kind == ReaderFailed.__name__:
        raise ReaderFailed("The reading process gave an answer that is no reading.")
    reading = found.reading or _not_examined(answer)
    found = await by_issuer(execution.tenant, order, found, settings)
    await asyncio.to_thread(to.documents.put_derived, execution.digest, "reading.json", reading)
    if found.draft:
        _drafts[sha256(reading).digest()] = outcome.parts[2]
    if found.of_the_file and found.of_the_file.no_einvoice:
        raise Unreadable(f"{found.of_the_file.no_einvoice}. Hand in {hand_in}")
    return _read(answer, found, _past_the_code(outcome, execution.digest, settings), settings.look)


def reading_of(digest: str) -> Reading:
    """The reading that was kept of the document with this digest."""
    return Reading.model_validate_json(connections().documents.get_derived(digest, "reading.json"))


async def document_of(reading: bytes) -> DraftedDocument:
    """What code makes of a ``reading`` in JSON; of the last few it is kept, and it is made once whoever asks at the same time.

    Code finds the same in the same reading, so a kept one is as good as a new one. Nobody may change it.

    Raises:
        CodeStopped: the pages are more than our code gets through.
        ReaderFailed: a process for it could not be had.
    """
    key = sha256(reading).digest()
    if (known := _documents.get(key)) is not None:
        return known
    loop = asyncio.get_running_loop()
    making = _being_made.get((loop, key))
    if making is None:
        making = _being_made[loop, key] = asyncio.create_task(_made(key, reading))
        making.add_done_callback(lambda _: _being_made.pop((loop, key), None))
    return await asyncio.shield(making)


_drafts: LRUCache[bytes, bytes] = LRUCache(_KEPT_DRAFT_BYTES, getsizeof=len)
"""Drafts as JSON, by the digest of their reading."""
_documents: LRUCache[bytes, DraftedDocument] = LRUCache(
    _KEPT_CHARACTERS, getsizeof=lambda document: len(document.reading.text) + 1000
)
_being_made: dict[tuple[asyncio.AbstractEventLoop, bytes], asyncio.Task[DraftedDocument]] = {}


async def _made(key: bytes, reading: bytes) -> DraftedDocument:
    drafted = _drafts.get(key)
    if drafted is None:
        outcome = await _again(reading)
        if outcome.answer is None:
            raise CodeStopped(f"The pages are more than our code gets through: {_PAST_THE_CODE}.")
        drafted = outcome.answer
    document = await asyncio.to_thread(_assembled, reading, drafted)
    if len(document.reading.text) <= LONGEST_TEXT:
        _documents[key] = document
    return document


async def _apart(settings: Settings, packed: bytes) -> Outcome:
    try:
        return await call(examination.examine, packed, seconds=settings.read_seconds, memory_mb=settings.read_memory_mb)
    except ForksFailed as error:
        raise ReaderFailed(
            f"There is no process that examines documents: {error}. Reading again may succeed."
        ) from error


async def _again(reading: bytes) -> Outcome:
    settings = connections().settings
    try:
        return await call(
            examination.draft_again, reading, seconds=settings.read_seconds, memory_mb=settings.read_memory_mb
        )
    except ForksFailed as error:
        raise ReaderFailed(
            f"There is no process that examines documents: {error}. Reading again may succeed."
        ) from error


def _assembled(data: bytes, drafted: bytes) -> DraftedDocument:
    reading = Reading.model_validate_json(data)
    return DraftedDocument(reading, Layout(reading), examination.unpack_draft(drafted) or Draft())


def _read(answer: Answer, found: Examination, past: Finding | None, looks: bool) -> ReadDocument:
    of_the_file, known_by = found.of_the_file, found.known_by
    stopped = past is not None and past.rule == Rule.LONG_DOCUMENT
    if of_the_file is None:
        facts = DocumentFacts(media_type=answer.media_type, pages=0, characters=0, xml=None)
        return ReadDocument(facts, [past] if past else [], None, None, True, False, stopped)
    facts = DocumentFacts(
        media_type=of_the_file.media_type,
        pages=of_the_file.pages,
        characters=of_the_file.characters,
        xml=of_the_file.xml,
        look=looks and of_the_file.pages > 0,
        **(dict(known_by) if known_by else {}),
    )
    findings = [*of_the_file.findings, *([past] if past else [])]
    return ReadDocument(
        facts, findings, of_the_file.stated, found.draft, of_the_file.has_money, of_the_file.too_long, stopped
    )


def _past_the_code(outcome: Outcome, digest: str, settings: Settings) -> Finding | None:
    """That our own code stumbled over the document or did not get through it: that is no reason to lose it, and none to hold up
    others. A person reads it, and we hear of a fault."""
    if outcome.fault:
        return _fault(outcome.fault, digest)
    if outcome.answer is not None:
        return None
    took = f"{settings.read_seconds:g} seconds" if outcome.too_slow else "the memory that a document may take"
    message = f"it is more than our code gets through with {took}, and was stopped: {_PAST_THE_CODE}"
    return finding(Rule.LONG_DOCUMENT, Severity.ERROR, message)


def _fault(fault: CodeFault, digest: str) -> Finding:
    _log.error("the code that reads pages failed on document %s\n%s", digest, fault.told)
    message = f"our code cannot read this page ({fault.kind}): read it by eye, and please report it"
    return finding(Rule.CODE_FAULT, Severity.ERROR, message)


def _not_examined(answer: Answer) -> bytes:
    """What is kept of a document whose reading nobody got through: that there is none."""
    problem = Problem(code="too_slow", message=f"It is more than our code gets through: {_PAST_THE_CODE}.")
    reading = Reading(digest=answer.digest, media_type=answer.media_type, problem=problem)
    return reading.model_dump_json().encode()

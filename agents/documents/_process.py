"""The parent's side of reading: start the reader, feed it, wait no longer than allowed, make sure that it is gone."""

from __future__ import annotations

import asyncio
import hashlib
import json
import signal
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

from pydantic import BaseModel

from agents.documents import _child, _looks
from agents.documents._turns import TURNS as TURNS
from agents.documents.kind import MAX_BYTES, kind_of
from agents.documents.looking import Look
from agents.documents.ocr import DEFAULT_ENGINE
from agents.documents.reading import Box, Problem, Reading
from infra.forks import ForksFailed, Outcome, run

MAX_OUTLINES = 200
"""Of a picture of a page; further ones are not drawn."""

_MAX_SCALE = 8.0
"""Pixels a point."""
_MEDIA_TYPES = {"pdf": "application/pdf", "xml": "application/xml", None: "application/octet-stream"}


class OcrLimits(NamedTuple):
    """What recognising the text of pages without any may take, and who does it."""

    pages: int
    """At most so many of a document; the others are listed as not recognised."""
    seconds: float
    """Wall-clock time a page, as a mean over the pages recognised."""
    memory_mb: int
    """Address space in MiB; a page of A4 takes less than 1,024."""
    engine: str = DEFAULT_ENGINE
    """See `agents.documents.ocr.load_engine`."""


class PageNotDrawn(ValueError):
    """There is no such page, or no picture of it can be made: the message says which, and what to do."""


class PagesNotTaken(ValueError):
    """No document can be made of these pages: the message says why."""


class ReaderFailed(RuntimeError):
    """The reading process did not start or broke down. Reading again may succeed; the document is not at fault."""


class _Head(BaseModel):
    """Of a `Reading` what decides what is done with it."""

    pictures: list[int] = []
    unrecognised: str | None = None
    problem: Problem | None = None


@dataclass(frozen=True)
class Answer:
    """What the reading process answered: a reading that nobody has looked at yet. A long one takes seconds to be checked, in
    which its process does nothing else: whoever has others to serve hands it to another (`packed`)."""

    digest: str
    media_type: str
    head: _Head
    """Stands over what ``body`` has of it."""
    body: bytes = b"{}"
    """A `Reading` as JSON, as far as the process knows it."""

    def reading(self) -> Reading:
        """Checked like any other input: whoever gave it has handled hostile bytes.

        Raises:
            ReaderFailed: it is no reading.
        """
        try:
            known = {"digest": self.digest, "media_type": self.media_type}
            reading = Reading.model_validate({**json.loads(self.body), **known})
        except ValueError as error:
            raise ReaderFailed("The reading process gave an answer that is no reading.") from error
        return reading.model_copy(update=dict(self.head))

    def packed(self) -> bytes:
        """As bytes, for `unpacked`."""
        known = {"digest": self.digest, "media_type": self.media_type, "head": self.head.model_dump(mode="json")}
        return json.dumps(known).encode() + b"\n" + self.body

    @classmethod
    def of(cls, reading: Reading) -> Answer:
        """The answer that would have been ``reading``."""
        head = _Head(pictures=reading.pictures, unrecognised=reading.unrecognised, problem=reading.problem)
        return cls(reading.digest, reading.media_type, head, reading.model_dump_json().encode())

    @classmethod
    def unpacked(cls, data: bytes) -> Answer:
        known, _, body = data.partition(b"\n")
        head = json.loads(known)
        return cls(head["digest"], head["media_type"], _Head.model_validate(head["head"]), body)


async def read_document(
    data: bytes, name: str, *, seconds: float, memory_mb: int, ocr: OcrLimits | None = None
) -> Reading:
    """Read a PDF or a bare XML in a subprocess.

    Args:
        data: the document. What it is is decided by these bytes.
        name: its file name, kept as the name of a bare XML.
        seconds: wall-clock time after which the reader and all it started are killed; its CPU time is limited alike.
        memory_mb: address space of the reader in MiB beyond which it is stopped. A small invoice needs less than 64.
        ocr: what recognising pages without text may take, beyond ``seconds`` and in place of ``memory_mb``. Without it no
            page is recognised. One document at a time is; others wait for their turn, which no limit counts.

    Returns:
        What was read. A document that cannot be read comes back as a `Reading` with a `Problem`, not as an exception.

    Raises:
        ReaderFailed: the reader itself did not start or broke down, which says nothing about the document.
    """
    answer = await read_unchecked(data, name, seconds=seconds, memory_mb=memory_mb, ocr=ocr)
    return await asyncio.to_thread(answer.reading)


async def read_unchecked(
    data: bytes, name: str, *, seconds: float, memory_mb: int, ocr: OcrLimits | None = None
) -> Answer:
    """`read_document`, without a look at the answer but for its head."""
    kind, words = kind_of(data)
    answer = Answer(hashlib.sha256(data).hexdigest(), _MEDIA_TYPES[kind], _Head())
    if not data.strip(b"\0 \t\r\n"):
        return _with(answer, "empty", "The file is empty. Ask the sender for it again.")
    if len(data) > MAX_BYTES:
        return _with(
            answer, "too_large",
            f"The file has {len(data) / 1e6:.0f} MB; at most {MAX_BYTES / 1e6:.0f} MB are read. Ask for a smaller one.",
        )  # fmt: skip
    if kind is None:
        return _with(answer, "not_a_document", f"This is {words}. Hand in the invoice as a PDF or an XML e-invoice.")
    outcome = await _perform(kind, _argument(name), data, seconds, memory_mb)
    if outcome.answer is None:
        return replace(answer, head=_Head(problem=_broke_down(outcome, seconds)))
    answer = _answered(answer, outcome)
    problem = answer.head.problem
    if not answer.head.pictures or (problem and problem.code != "no_text"):
        return answer
    if ocr is None or not ocr.pages:
        return _unrecognised(answer, "Recognising pictures (OCR) is turned off.")
    return await _recognised(data, answer, seconds, ocr)


def _answered(answer: Answer, outcome: Outcome) -> Answer:
    try:
        head, body = outcome.parts
        return replace(answer, head=_Head.model_validate_json(head), body=body)
    except ValueError as error:
        raise ReaderFailed("The reading process gave an answer that is no reading.") from error


async def _recognised(data: bytes, answer: Answer, seconds: float, ocr: OcrLimits) -> Answer:
    """The answer with its pictures recognised; ``answer``, saying why, where that cannot be done."""
    pages = answer.head.pictures[: ocr.pages]
    allowed = len(pages) * ocr.seconds
    order = json.dumps({"pages": pages, "seconds": allowed, "engine": ocr.engine})
    async with TURNS.turn():
        outcome = await _perform("ocr", order, data, seconds + allowed, ocr.memory_mb)
    if outcome.answer is None:
        why = _broke_down(outcome, seconds + allowed).message
        return _unrecognised(answer, f"Recognising them failed. {why}")
    recognised = _answered(answer, outcome)
    head = recognised.head
    if head.unrecognised:  # there is no such engine
        return _unrecognised(answer, head.unrecognised)
    if head.problem and head.problem.code != "no_text":  # as text it could be read: that much stays
        return _unrecognised(answer, f"Recognising them failed. {head.problem.message}")
    if late := [number for number in head.pictures if number in pages]:
        return _unrecognised(recognised, f"The time for it was up before page {late[0]} ({allowed:g} seconds in all).")
    if head.pictures:
        return _unrecognised(recognised, f"At most {ocr.pages} pages of a document are recognised.")
    return recognised


def _unrecognised(answer: Answer, why: str) -> Answer:
    """``answer`` with ``why`` its pictures were not recognised; said in its problem too, where it has no text at all."""
    problem = answer.head.problem
    if problem is not None:
        problem = problem.model_copy(update={"message": f"{problem.message} {why}"})
    return replace(answer, head=answer.head.model_copy(update={"unrecognised": why, "problem": problem}))


async def page_image(
    data: bytes, page: int, *, seconds: float, memory_mb: int, scale: float = 2.0, boxes: Sequence[Box] = ()
) -> bytes:
    """Draw a page of a PDF, as a person sees it, in a subprocess.

    Args:
        data: the PDF.
        page: its number, from 1.
        seconds: as in `read_document`.
        memory_mb: as in `read_document`; a picture of A4 needs some 100 MiB.
        scale: pixels a point, at most 8. A page that would have more than 16 million pixels is drawn smaller.
        boxes: places to outline, in points from the top left as in `Reading`; the first 200 of them.

    Returns:
        A PNG.

    Raises:
        PageNotDrawn: there is no such page, the document cannot be read, or drawing it takes too much time or memory.
        ReaderFailed: the process itself did not start or broke down, which says nothing about the document.
        ValueError: ``scale`` is out of its range.
    """
    if not 0 < scale <= _MAX_SCALE:
        raise ValueError(f"A scale of {scale:g} pixels a point: give more than 0 and at most {_MAX_SCALE:g}.")
    if len(data) > MAX_BYTES or kind_of(data)[0] != "pdf":
        raise PageNotDrawn("Only the pages of a PDF that can be read have a picture.")
    order = json.dumps({"page": page, "scale": scale, "boxes": [list(box) for box in boxes[:MAX_OUTLINES]]})
    outcome = await _perform("image", order, data, seconds, memory_mb)
    answer = outcome.answer
    if answer is None:
        raise PageNotDrawn(_broke_down(outcome, seconds).message)
    if answer.startswith(b"\x89PNG"):
        return answer
    raise PageNotDrawn(_message(answer))


async def look_at(
    data: bytes,
    reading: Reading,
    places: Sequence[tuple[int, Box]],
    *,
    pages: Sequence[int],
    seconds: float,
    ocr: OcrLimits,
) -> Look:
    """Read the pixels of some places of a PDF, and what stands on its pages that its text does not have, in a subprocess.

    Args:
        data: the PDF.
        reading: what `read_document` made of it.
        places: page, from 1, and box of each.
        pages: the numbers of those that are looked at for what their text does not have, too. Where their text is a
            scanner's, that is all of the page.
        seconds: as in `read_document`, beyond those of ``ocr``.
        ocr: the engine, and what recognising may take.

    Returns:
        What was seen; where nothing could be, why, in ``Look.unrecognised``.

    Raises:
        ReaderFailed: the process itself did not start or broke down, which says nothing about the document.
    """
    wanted = {*pages, *(page for page, _ in places)}
    due = sorted(wanted)[: ocr.pages]
    scanned = {page.number for page in reading.pages if page.recognised}
    words: dict[int, list[tuple[str, Box, int]]] = {number: [] for number in due}
    for word in reading.words:
        if word.page in words:
            words[word.page].append((word.text, word.box, word.line))
    allowed = len(due) * ocr.seconds
    asked = {
        "seconds": allowed,
        "pages": [{"number": n, "words": words[n], "whole": n in scanned} for n in due],
        "places": [{"page": page, "box": box} for page, box in places],
    }
    order = {"engine": ocr.engine, "seconds": seconds + allowed, "memory_mb": ocr.memory_mb}
    outcome = await _run(_looks.__name__, order, json.dumps(asked).encode() + b"\n" + data, seconds + allowed)
    if outcome.answer is None:
        return Look(unrecognised=_broke_down(outcome, seconds + allowed).message)
    try:
        seen = Look.model_validate_json(outcome.answer)
    except ValueError as error:
        raise ReaderFailed("The reading process gave an answer that is no look.") from error
    if not seen.unrecognised and len(seen.places) != len(places):
        raise ReaderFailed("The reading process answered for other places than it was asked about.")
    return seen.model_copy(update={"unseen": sorted({*seen.unseen} | wanted - {*due})})


def _message(answer: bytes) -> str:
    """What the reading process says is wrong, in place of a picture or pages."""
    try:
        return str(json.loads(answer)["problem"]["message"])
    except (ValueError, KeyError, TypeError) as error:
        raise ReaderFailed("The reading process gave an answer that is neither a file nor a reason.") from error


async def pages_of(data: bytes, first: int, last: int, *, seconds: float, memory_mb: int) -> bytes:
    """Make a PDF of some pages of another, in a subprocess. The same pages make the same bytes.

    Args:
        data: the PDF.
        first: the number of its first page to take, from 1.
        last: the number of its last one.
        seconds: as in `read_document`.
        memory_mb: as in `read_document`.

    Returns:
        A PDF of these pages, without what belongs to the whole document: outline, attached files, actions on opening.

    Raises:
        PagesNotTaken: there are no such pages, or the document is too broken, too large or too slow to be taken apart.
        ReaderFailed: the process itself did not start or broke down, which says nothing about the document.
    """
    outcome = await _perform("pages", json.dumps({"first": first, "last": last}), data, seconds, memory_mb)
    answer = outcome.answer
    if answer is None:
        raise PagesNotTaken(_broke_down(outcome, seconds).message)
    if answer.startswith(b"%PDF-"):
        return answer
    raise PagesNotTaken(_message(answer))


async def _perform(task: str, argument: str, data: bytes, seconds: float, memory_mb: int) -> Outcome:
    order = {"task": task, "name": argument, "seconds": seconds, "memory_mb": memory_mb}
    return await _run(_child.__name__, order, data, seconds)


async def _run(module: str, order: Mapping[str, object], data: bytes, seconds: float) -> Outcome:
    try:
        return await run(module, order, data, seconds=seconds)
    except ForksFailed as error:
        raise ReaderFailed(f"There is no reading process: {error}. Reading again may succeed.") from error


def _broke_down(outcome: Outcome, seconds: float) -> Problem:
    """What an exit without an answer says: a signal is the document's doing, any other status the reader's own."""
    status = outcome.status
    if status is None or outcome.too_slow:
        return Problem(
            code="too_slow",
            message=f"Reading the document took longer than {seconds:g} seconds and was stopped. "
            "Look at it by hand; ask the sender for a simpler file.",
        )
    if status in (0, -signal.SIGABRT, -signal.SIGKILL):
        return Problem(
            code="too_large",
            message="The document unfolds to more than a document may take and reading it was stopped. "
            "Do not open it on a desk; ask the sender what it is.",
        )
    if status < 0:
        return Problem(
            code="damaged",
            message=f"The document brings its reader down ({signal.Signals(-status).name}): it is damaged, or made to "
            "do harm. Do not open it on a desk; ask the sender for it again.",
        )
    raise ReaderFailed(f"The reading process ended with status {status}. Reading again may succeed.")


def _with(answer: Answer, code: Any, message: str) -> Answer:
    return replace(answer, head=_Head(problem=Problem(code=code, message=message)))


def _argument(name: str) -> str:
    """``name`` as a command line can carry it."""
    return name.replace("\0", "").encode("utf-8", "replace")[:500].decode("utf-8", "ignore")

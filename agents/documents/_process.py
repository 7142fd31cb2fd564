"""The parent's side of reading: start the reader, feed it, wait no longer than allowed, make sure that it is gone."""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import json
import os
import signal
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple
from weakref import WeakKeyDictionary

from agents.documents._forks import Fork, NurseryDied, fork
from agents.documents._messages import Order
from agents.documents.kind import MAX_BYTES, kind_of
from agents.documents.ocr import DEFAULT_ENGINE
from agents.documents.reading import Box, Problem, Reading

MAX_OUTLINES = 200
"""Of a picture of a page; further ones are not drawn."""

_MAX_SCALE = 8.0
"""Pixels a point."""
_MAX_ANSWER_BYTES = 256_000_000
_PACKAGES = Path(__file__).resolve().parents[2]
_MEDIA_TYPES = {"pdf": "application/pdf", "xml": "application/xml", None: "application/octet-stream"}
_KEPT_ENVIRONMENT = ("LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH", "SYSTEMROOT")
"""What an interpreter may need to start. All else stays here: keys and tokens are none of a document's business."""
_THREADS = {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}
"""For numpy, which would set aside memory for a thread on every processor. Recognising counts its threads itself."""

_turns: WeakKeyDictionary[asyncio.AbstractEventLoop, asyncio.Semaphore] = WeakKeyDictionary()
"""Whose turn it is to recognise: it takes a gigabyte and all processors, so two at once are slower than two in turn."""


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
    kind, words = kind_of(data)
    reading = Reading(digest=hashlib.sha256(data).hexdigest(), media_type=_MEDIA_TYPES[kind])
    if not data.strip(b"\0 \t\r\n"):
        return _with(reading, "empty", "The file is empty. Ask the sender for it again.")
    if len(data) > MAX_BYTES:
        return _with(
            reading, "too_large",
            f"The file has {len(data) / 1e6:.0f} MB; at most {MAX_BYTES / 1e6:.0f} MB are read. Ask for a smaller one.",
        )  # fmt: skip
    if kind is None:
        return _with(reading, "not_a_document", f"This is {words}. Hand in the invoice as a PDF or an XML e-invoice.")
    status, answer = await _perform(kind, _argument(name), data, seconds, memory_mb)
    if answer is None:
        return reading.model_copy(update={"problem": _broke_down(status, seconds)})
    reading = await asyncio.to_thread(_interpret, reading, answer)
    if not reading.pictures or (reading.problem and reading.problem.code != "no_text"):
        return reading
    if ocr is None or not ocr.pages:
        return _unrecognised(reading, "Recognising pictures (OCR) is turned off.")
    return await _recognised(data, reading, seconds, ocr)


async def _recognised(data: bytes, reading: Reading, seconds: float, ocr: OcrLimits) -> Reading:
    """The reading with its pictures recognised; ``reading``, saying why, where that cannot be done."""
    pages = reading.pictures[: ocr.pages]
    allowed = len(pages) * ocr.seconds
    order = json.dumps({"pages": pages, "seconds": allowed, "engine": ocr.engine})
    async with _turns.setdefault(asyncio.get_running_loop(), asyncio.Semaphore(1)):
        status, answer = await _perform("ocr", order, data, seconds + allowed, ocr.memory_mb)
    if answer is None:
        return _unrecognised(reading, f"Recognising them failed. {_broke_down(status, seconds + allowed).message}")
    recognised = await asyncio.to_thread(_interpret, reading, answer)
    if recognised.unrecognised:  # there is no such engine
        return _unrecognised(reading, recognised.unrecognised)
    if recognised.problem and recognised.problem.code != "no_text":  # as text it could be read: that much stays
        return _unrecognised(reading, f"Recognising them failed. {recognised.problem.message}")
    if late := [number for number in recognised.pictures if number in pages]:
        return _unrecognised(recognised, f"The time for it was up before page {late[0]} ({allowed:g} seconds in all).")
    if recognised.pictures:
        return _unrecognised(recognised, f"At most {ocr.pages} pages of a document are recognised.")
    return recognised


def _unrecognised(reading: Reading, why: str) -> Reading:
    """``reading`` with ``why`` its pictures were not recognised; said in its problem too, where it has no text at all."""
    problem = reading.problem
    if problem is not None:
        problem = problem.model_copy(update={"message": f"{problem.message} {why}"})
    return reading.model_copy(update={"unrecognised": why, "problem": problem})


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
    status, answer = await _perform("image", order, data, seconds, memory_mb)
    if answer is None:
        raise PageNotDrawn(_broke_down(status, seconds).message)
    if answer.startswith(b"\x89PNG"):
        return answer
    raise PageNotDrawn(_message(answer))


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
    status, answer = await _perform("pages", json.dumps({"first": first, "last": last}), data, seconds, memory_mb)
    if answer is None:
        raise PagesNotTaken(_broke_down(status, seconds).message)
    if answer.startswith(b"%PDF-"):
        return answer
    raise PagesNotTaken(_message(answer))


async def _perform(
    task: str, argument: str, data: bytes, seconds: float, memory_mb: int
) -> tuple[int | None, bytes | None]:
    """The child's exit status, None if it took too long and was killed; and its answer, None if it gave none."""
    order: Order = {"task": task, "name": argument, "seconds": seconds, "memory_mb": memory_mb}
    try:
        process = await fork(order, cwd=str(_PACKAGES), environment=_environment())
    except (NurseryDied, OSError) as error:
        raise ReaderFailed("The reading process did not start. Reading again may succeed.") from error
    try:
        async with asyncio.timeout(seconds):
            answer, _ = await asyncio.gather(_receive(process), _send(process, data))
            status = await process.wait()
    except TimeoutError:
        return None, None
    except NurseryDied as error:
        raise ReaderFailed("The reading process is gone. Reading again may succeed.") from error
    finally:
        await _end(process)
    return status, answer if status == 0 else None


def _interpret(reading: Reading, answer: bytes) -> Reading:
    """The reader has handled hostile bytes: its answer is checked like any other input."""
    try:
        return Reading.model_validate(
            {**json.loads(answer), "digest": reading.digest, "media_type": reading.media_type}
        )
    except ValueError as error:
        raise ReaderFailed("The reading process gave an answer that is no reading.") from error


def _broke_down(status: int | None, seconds: float) -> Problem:
    """What an exit without an answer says: a signal is the document's doing, any other status the reader's own."""
    if status is None or status == -signal.SIGXCPU:
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
    raise ReaderFailed(
        f"The reading process ended with status {status}. Try `{sys.executable} -m agents.documents._child` by hand."
    )


def _with(reading: Reading, code: Any, message: str) -> Reading:
    return reading.model_copy(update={"problem": Problem(code=code, message=message)})


def _argument(name: str) -> str:
    """``name`` as a command line can carry it."""
    return name.replace("\0", "").encode("utf-8", "replace")[:500].decode("utf-8", "ignore")


def _environment() -> dict[str, str]:
    kept = {key: os.environ[key] for key in _KEPT_ENVIRONMENT if key in os.environ}
    return {**kept, **_THREADS, "PYTHONPATH": str(_PACKAGES), "LC_ALL": "C.UTF-8"}


async def _send(process: Fork, data: bytes) -> None:
    with contextlib.suppress(BrokenPipeError, ConnectionResetError):
        process.stdin.write(data)
        await process.stdin.drain()
    process.stdin.close()


async def _receive(process: Fork) -> bytes | None:
    """The whole answer, or None if it is longer than any answer should be (the reader is then stopped)."""
    answer = bytearray()
    while part := await process.stdout.read(1 << 20):
        answer += part
        if len(answer) > _MAX_ANSWER_BYTES:
            _kill(process)
            return None
    return bytes(answer)


async def _end(process: Fork) -> None:
    """Kill whatever still runs, also when the waiting for it was cancelled, and reap it."""
    _kill(process)
    with contextlib.suppress(NurseryDied):
        await process.wait()


def _kill(process: Fork) -> None:
    if process.returncode is None:
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(process.pid, signal.SIGKILL)

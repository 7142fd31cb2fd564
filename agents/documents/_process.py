"""The parent's side of reading: start the reader, feed it, wait no longer than allowed, make sure that it is gone."""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import json
import os
import signal
import sys
from asyncio.subprocess import DEVNULL, PIPE, Process
from pathlib import Path
from typing import Any

from agents.documents._kind import kind_of
from agents.documents.reading import Problem, Reading

MAX_BYTES = 50_000_000
"""Larger files are refused unread."""

_MAX_ANSWER_BYTES = 256_000_000
_PACKAGES = Path(__file__).resolve().parents[2]
_MEDIA_TYPES = {"pdf": "application/pdf", "xml": "application/xml", None: "application/octet-stream"}
_KEPT_ENVIRONMENT = ("LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH", "SYSTEMROOT")
"""What an interpreter may need to start. All else stays here: keys and tokens are none of a document's business."""


class ReaderFailed(RuntimeError):
    """The reading process did not start or broke down. Reading again may succeed; the document is not at fault."""


async def read_in_subprocess(data: bytes, name: str, *, seconds: float, memory_mb: int) -> Reading:
    """See `agents.documents.read_document`."""
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
    process = await asyncio.create_subprocess_exec(
        sys.executable, *(["-B"] if sys.dont_write_bytecode else []), "-P", "-m", "agents.documents._child",
        kind, _argument(name), f"{seconds:.3f}", str(memory_mb),
        stdin=PIPE, stdout=PIPE, stderr=DEVNULL, start_new_session=True, cwd=_PACKAGES, env=_environment(),
    )  # fmt: skip
    try:
        async with asyncio.timeout(seconds):
            answer, _ = await asyncio.gather(_receive(process), _send(process, data))
            status = await process.wait()
    except TimeoutError:
        return _with(
            reading, "too_slow",
            f"Reading the document took longer than {seconds:g} seconds and was stopped. "
            "Look at it by hand; ask the sender for a simpler file.",
        )  # fmt: skip
    finally:
        await _end(process)
    if status == 0 and answer is not None:
        return await asyncio.to_thread(_interpret, reading, answer)
    return _broke_down(reading, status, seconds)


def _interpret(reading: Reading, answer: bytes) -> Reading:
    """The reader has handled hostile bytes: its answer is checked like any other input."""
    try:
        found: dict[str, Any] = json.loads(answer)
        return Reading.model_validate({**found, "digest": reading.digest, "media_type": reading.media_type})
    except ValueError as error:
        raise ReaderFailed("The reading process gave an answer that is no reading.") from error


def _broke_down(reading: Reading, status: int, seconds: float) -> Reading:
    """What an exit without an answer says: a signal is the document's doing, any other status the reader's own."""
    if status == -signal.SIGXCPU:
        return _with(reading, "too_slow", f"Reading the document took more than {seconds:g} seconds and was stopped.")
    if status in (0, -signal.SIGABRT, -signal.SIGKILL):
        return _with(
            reading, "too_large",
            "The document unfolds to more than a document may take and reading it was stopped. "
            "Do not open it on a desk; ask the sender what it is.",
        )  # fmt: skip
    if status < 0:
        return _with(
            reading, "damaged",
            f"The document brings its reader down ({signal.Signals(-status).name}): it is damaged, or made to do harm. "
            "Do not open it on a desk; ask the sender for it again.",
        )  # fmt: skip
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
    return {**kept, "PYTHONPATH": str(_PACKAGES), "LC_ALL": "C.UTF-8"}


async def _send(process: Process, data: bytes) -> None:
    assert process.stdin is not None
    with contextlib.suppress(BrokenPipeError, ConnectionResetError):
        process.stdin.write(data)
        await process.stdin.drain()
    process.stdin.close()


async def _receive(process: Process) -> bytes | None:
    """The whole answer, or None if it is longer than any answer should be (the reader is then stopped)."""
    assert process.stdout is not None
    answer = bytearray()
    while part := await process.stdout.read(1 << 20):
        answer += part
        if len(answer) > _MAX_ANSWER_BYTES:
            _kill(process)
            return None
    return bytes(answer)


async def _end(process: Process) -> None:
    """Kill whatever still runs, also when the waiting for it was cancelled, and reap it."""
    _kill(process)
    await process.wait()


def _kill(process: Process) -> None:
    if process.returncode is None:
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(process.pid, signal.SIGKILL)

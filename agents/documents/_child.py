"""The reading process: bytes on standard input, the arguments after ``-m``, the answer on standard output.

Arguments: task (``pdf``, ``ocr``, ``xml``, ``image`` or ``pages``), name, seconds of CPU, MiB of memory. ``ocr`` is ``pdf``
with the pictures of pages recognised; its name is which, as JSON, as that of an ``image`` is what is to be drawn. The
answer is a `Reading` as JSON, of an ``image`` a PNG. What a stranger wrote is looked at only after the limits are set. A
problem of the document is an answer (JSON with a ``problem``); any other exit status says that this process broke down.
"""

from __future__ import annotations

import functools
import json
import math
import os
import resource
import signal
import sys
import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from agents.documents._messages import Answer, ContainerAnswer
    from agents.documents._pdf import PageText, Recogniser
    from agents.documents.ocr import OcrEngine

_CONTAINER_SECONDS = 5.0
"""To look how an e-invoice is attached, which takes some milliseconds; and as long again where a library is to be loaded."""


def perform(task: str, name: str, seconds: float, memory_mb: int) -> None:
    """Read the document from standard input and write the answer to standard output, within the limits."""
    answer_to = os.dup(1)
    os.dup2(2, 1)  # what a library prints must not end up in the answer
    with os.fdopen(0, "rb", closefd=False) as document:
        data = document.read()
    tasks: dict[str, Callable[[bytes, str], bytes | Answer]] = {
        "pdf": _read_pdf, "xml": _read_xml, "image": _draw, "pages": _take_pages,
    }  # fmt: skip
    import_for(task)
    processors = 1
    if task == "ocr":
        from agents.documents.ocr import NoSuchEngine, load_engine

        try:
            engine = load_engine(json.loads(name)["engine"])
        except NoSuchEngine as error:
            return _give({"unrecognised": f"{error}."}, answer_to)
        processors = engine.threads
        tasks["ocr"] = functools.partial(_recognise, engine=engine)
    _limit(math.ceil(seconds * processors) + 1, memory_mb * 1024 * 1024)
    answer: bytes | Answer
    try:
        answer = tasks[task](data, name)
    except MemoryError:
        answer = {"problem": {"code": "too_large", "message": TOO_MUCH_MEMORY}}
    except Exception as error:  # a library that stumbles over a broken document raises what it likes
        answer = {"problem": {"code": "damaged", "message": _stumbled(error)}}
    return _give(answer, answer_to)


def _give(answer: bytes | Answer, answer_to: int) -> None:
    if not isinstance(answer, bytes):
        answer = json.dumps(answer, ensure_ascii=True, separators=(",", ":")).encode("ascii")
    with os.fdopen(answer_to, "wb") as out:
        out.write(answer)


TOO_MUCH_MEMORY = (
    "The document unfolds to more memory than a document may take. Do not open it on a desk; ask the sender what it is."
)


def import_for(task: str) -> None:
    """Load the libraries while memory is not yet limited: a fault of theirs is not the document's."""
    if task == "image":
        from agents.documents import _image  # noqa: F401
    elif task == "pages":
        from agents.documents import _pages  # noqa: F401
    elif task == "xml":
        from agents.documents import safe_xml  # noqa: F401
    else:
        from agents.documents import _attachments, _pdf, safe_xml  # noqa: F401


def import_the_rest() -> None:
    """Load what only some documents need, and what takes longer to load than all else: a PDF with an e-invoice inside."""
    import pypdf  # noqa: F401


def _recognise(data: bytes, order: str, *, engine: OcrEngine) -> Answer:
    """``order`` is JSON: the numbers of the ``pages`` to recognise, the ``seconds`` after which none is begun, and the name
    of the ``engine``."""
    from agents.documents._pdf import from_picture

    asked = json.loads(order)
    begun, longest = time.monotonic(), 0.0

    def recognise(number: int, page: Any) -> PageText | None:
        nonlocal longest
        start = time.monotonic()
        if number not in asked["pages"] or start + longest > begun + asked["seconds"]:
            return None
        seen = from_picture(page, engine)
        longest = max(longest, time.monotonic() - start)
        return seen

    return _read_pdf(data, "", recognise)


def _read_pdf(data: bytes, _name: str, recognise: Recogniser | None = None) -> Answer:
    from agents.documents._attachments import embedded_invoice
    from agents.documents._page import Unreadable
    from agents.documents._pdf import read_pdf

    try:
        answer = read_pdf(data, recognise)
    except Unreadable as error:
        return {"problem": {"code": error.code, "message": error.message}}
    xml, answer["xml_problem"] = embedded_invoice(data)
    answer["xml"] = xml
    answer["container"] = _container(data, xml["name"]) if xml else None
    answer["attachments"] = [name for name in answer["attachments"] if xml is None or name != xml["name"]]
    return answer


class _TooLong(BaseException):
    """Not an `Exception`: a library that catches all of those must not keep on."""


def _container(data: bytes, name: str) -> ContainerAnswer | None:
    """How the e-invoice is attached; None, too, where that takes too long to see. The rest is read by then: it stands."""
    from agents.documents._container import container_of

    def stop(*_: Any) -> None:
        raise _TooLong

    before = signal.signal(signal.SIGALRM, stop)
    try:
        signal.setitimer(signal.ITIMER_REAL, _CONTAINER_SECONDS)
        return container_of(data, name)
    except _TooLong:
        return None
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


def _draw(data: bytes, order: str) -> bytes | Answer:
    from agents.documents._image import draw_page
    from agents.documents._page import Unreadable

    try:
        return draw_page(data, **json.loads(order))
    except Unreadable as error:
        return {"problem": {"code": error.code, "message": error.message}}


def _take_pages(data: bytes, order: str) -> bytes | Answer:
    from agents.documents._page import Unreadable
    from agents.documents._pages import take_pages

    try:
        return take_pages(data, **json.loads(order))
    except Unreadable as error:
        return {"problem": {"code": error.code, "message": error.message}}


def _read_xml(data: bytes, name: str) -> Answer:
    from agents.documents.safe_xml import BrokenXml, TooLargeXml, UnsafeXml, decode_xml, parse_xml

    try:
        text = decode_xml(data)
        parse_xml(text)
    except (BrokenXml, UnsafeXml) as error:
        code = "too_large" if isinstance(error, TooLargeXml) else "damaged"
        message = f"The XML cannot be used: {error}. Ask the sender for a correct file."
        return {"problem": {"code": code, "message": message}}
    return {"xml": {"name": name, "text": text}}


def _stumbled(error: Exception) -> str:
    return (
        f"The document is damaged: reading it failed with {type(error).__name__}. "
        "Ask the sender for the file again; it may have been cut off on its way."
    )


def _limit(cpu_seconds: int, memory: int) -> None:
    """Bound processor time, address space and core dumps, and forbid writing to files."""
    for what, soft, hard in (
        (resource.RLIMIT_CPU, cpu_seconds, cpu_seconds + 1),
        (resource.RLIMIT_AS, memory, memory),
        (resource.RLIMIT_CORE, 0, 0),
        (resource.RLIMIT_FSIZE, 0, 0),
    ):
        try:
            resource.setrlimit(what, (soft, hard))
        except (ValueError, OSError):  # a stricter limit is in force, or the system does not know this one
            continue


if __name__ == "__main__":
    perform(sys.argv[1], sys.argv[2], float(sys.argv[3]), int(sys.argv[4]))

"""The reading process (`infra.forks`): the document on standard input, the answer on standard output.

Arguments: task (``pdf``, ``ocr``, ``xml``, ``image`` or ``pages``), name, seconds of CPU, MiB of memory. ``ocr`` is ``pdf``
with the pictures of pages recognised; its name is which, as JSON, as that of an ``image`` is what is to be drawn. The
answer is a `Reading` as JSON, with its head (`_messages.Head`) before it as a part of its own, of an ``image`` a PNG. What a
stranger wrote is looked at only after the limits are set and the process is confined. A problem of the document is an answer
(JSON with a ``problem``); any other exit status says that this process broke down.
"""

from __future__ import annotations

import functools
import json
import math
import signal
import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from infra.forks import confine, give, limit, take

if TYPE_CHECKING:
    from agents.documents._messages import Answer, ContainerAnswer, Head
    from agents.documents._pdf import PageText, Recogniser
    from agents.documents.ocr import OcrEngine

_CONTAINER_SECONDS = 5.0
"""To look how an e-invoice is attached, which takes some milliseconds; and as long again where a library is to be loaded."""


def perform(task: str, name: str, seconds: float, memory_mb: int) -> None:
    """Read the document from standard input and write the answer to standard output, within the limits."""
    data, answer_to = take()
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
    limit(math.ceil(seconds * processors) + 1, memory_mb * 1024 * 1024)
    confine()
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
        head: Head = {
            "pictures": answer.get("pictures", []),
            "unrecognised": answer.get("unrecognised"),
            "problem": answer.get("problem"),
        }
        give(_as_json(head), answer_to)
        answer = _as_json(answer)
    give(answer, answer_to)


def _as_json(answer: Answer | Head) -> bytes:
    return json.dumps(answer, ensure_ascii=True, separators=(",", ":")).encode("ascii")


TOO_MUCH_MEMORY = (
    "The document unfolds to more memory than a document may take. Do not open it on a desk; ask the sender what it is."
)


def prepare() -> None:
    """Load what most documents need, in the process that is forked."""
    import_for("pdf")


def prepare_the_rest() -> None:
    """Load what only some documents need, and what takes longer to load than all else: a PDF with an e-invoice inside."""
    import pypdf  # noqa: F401


def expect(**_: object) -> bool:
    """Nothing: what an order needs beyond that is loaded in its fork."""
    return False


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

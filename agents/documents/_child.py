"""The reading process: bytes on standard input, the arguments after ``-m``, the answer on standard output.

Arguments: task (``pdf``, ``xml`` or ``image``), name, seconds of CPU, MiB of memory; the name of an ``image`` is what is
to be drawn, as JSON. The answer is a `Reading` as JSON, of an ``image`` a PNG. What a stranger wrote is looked at only
after the limits are set. A problem of the document is an answer (JSON with a ``problem``); any other exit status says
that this process broke down.
"""

from __future__ import annotations

import json
import math
import os
import resource
import sys
from typing import Any


def main() -> None:
    task, name, seconds, memory_mb = sys.argv[1], sys.argv[2], float(sys.argv[3]), int(sys.argv[4])
    answer_to = os.dup(1)
    os.dup2(2, 1)  # what a library prints must not end up in the answer
    data = sys.stdin.buffer.read()
    perform = {"pdf": _read_pdf, "xml": _read_xml, "image": _draw}[task]
    import_for(task)
    _limit(math.ceil(seconds) + 1, memory_mb * 1024 * 1024)
    try:
        answer = perform(data, name)
    except MemoryError:
        answer = {"problem": {"code": "too_large", "message": TOO_MUCH_MEMORY}}
    except Exception as error:  # a library that stumbles over a broken document raises what it likes
        answer = {"problem": {"code": "damaged", "message": _stumbled(error)}}
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

        return
    from agents.documents import safe_xml  # noqa: F401

    if task == "pdf":
        from agents.documents import _attachments, _pdf  # noqa: F401


def _read_pdf(data: bytes, _name: str) -> dict[str, Any]:
    from agents.documents._attachments import embedded_invoice
    from agents.documents._page import Unreadable
    from agents.documents._pdf import read_pdf

    try:
        answer = read_pdf(data)
    except Unreadable as error:
        return {"problem": {"code": error.code, "message": error.message}}
    xml, answer["xml_problem"] = embedded_invoice(data)
    answer["xml"] = xml
    answer["attachments"] = [name for name in answer["attachments"] if xml is None or name != xml["name"]]
    return answer


def _draw(data: bytes, order: str) -> bytes | dict[str, Any]:
    from agents.documents._image import draw_page
    from agents.documents._page import Unreadable

    try:
        return draw_page(data, **json.loads(order))
    except Unreadable as error:
        return {"problem": {"code": error.code, "message": error.message}}


def _read_xml(data: bytes, name: str) -> dict[str, Any]:
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
    main()

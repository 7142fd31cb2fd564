"""The reading process: bytes on standard input, the arguments after ``-m``, a `Reading` as JSON on standard output.

Arguments: kind (``pdf`` or ``xml``), name, seconds of CPU, MiB of memory. What a stranger wrote is looked at only after
the limits are set. A problem of the document is an answer; any other exit status says that this process broke down.
"""

from __future__ import annotations

import json
import math
import os
import resource
import sys
from typing import Any


def main() -> None:
    kind, name, seconds, memory_mb = sys.argv[1], sys.argv[2], float(sys.argv[3]), int(sys.argv[4])
    answer_to = os.dup(1)
    os.dup2(2, 1)  # what a library prints must not end up in the answer
    data = sys.stdin.buffer.read()
    read = _read_pdf if kind == "pdf" else _read_xml
    import_for(kind)
    _limit(math.ceil(seconds) + 1, memory_mb * 1024 * 1024)
    try:
        answer = read(data, name)
    except MemoryError:
        answer = {"problem": {"code": "too_large", "message": TOO_MUCH_MEMORY}}
    except Exception as error:  # a library that stumbles over a broken document raises what it likes
        answer = {"problem": {"code": "damaged", "message": _stumbled(error)}}
    with os.fdopen(answer_to, "w", encoding="utf-8", errors="replace") as out:
        json.dump(answer, out, ensure_ascii=True, separators=(",", ":"))


TOO_MUCH_MEMORY = (
    "The document unfolds to more memory than a document may take. Do not open it on a desk; ask the sender what it is."
)


def import_for(kind: str) -> None:
    """Load the libraries while memory is not yet limited: a fault of theirs is not the document's."""
    from agents.documents import safe_xml  # noqa: F401

    if kind == "pdf":
        from agents.documents import _attachments, _pdf  # noqa: F401


def _read_pdf(data: bytes, _name: str) -> dict[str, Any]:
    from agents.documents._attachments import embedded_invoice
    from agents.documents._pdf import Unreadable, read_pdf

    try:
        answer = read_pdf(data)
    except Unreadable as error:
        return {"problem": {"code": error.code, "message": error.message}}
    answer["xml"], answer["xml_problem"] = embedded_invoice(data)
    return answer


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

"""Reading documents: a PDF or an XML invoice in, a `Reading` out, whatever a stranger put into the file.

`read_document` does it in a process of its own that may be killed; `reading` holds what it yields; `safe_xml` is how
XML is parsed everywhere. A scan yields its pages without words: there is no OCR here.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from agents.documents.reading import Reading

__all__ = ["read_document"]


async def read_document(data: bytes, name: str, *, seconds: float, memory_mb: int) -> Reading:
    """Read a PDF or a bare XML in a subprocess.

    Args:
        data: the document. What it is is decided by these bytes.
        name: its file name, kept as the name of a bare XML.
        seconds: wall-clock time after which the reader and all it started are killed; its CPU time is limited alike.
        memory_mb: address space of the reader in MiB beyond which it is stopped. A small invoice needs less than 64.

    Returns:
        What was read. A document that cannot be read comes back as a `Reading` with a `Problem`, not as an exception.

    Raises:
        ReaderFailed: the reader itself did not start or broke down, which says nothing about the document.
    """
    # The reading process imports this package too: what only its parent needs would cost it a tenth of a second.
    from agents.documents._process import read_in_subprocess

    return await read_in_subprocess(data, name, seconds=seconds, memory_mb=memory_mb)

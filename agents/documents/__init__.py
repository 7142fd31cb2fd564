"""Reading documents: a PDF or an XML invoice in, a `Reading` out, whatever a stranger put into the file.

`read_document` does it in a process of its own that may be killed, and so does `page_image`, which draws a page for a
person; `reading` holds what reading yields; `safe_xml` is how XML is parsed everywhere. A scan yields its pages without
words: there is no OCR here.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from agents.documents.reading import Box, Reading

__all__ = ["PageNotDrawn", "page_image", "read_document"]


class PageNotDrawn(ValueError):
    """There is no such page, or no picture of it can be made: the message says which, and what to do."""


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
    from agents.documents._process import page_image_in_subprocess

    return await page_image_in_subprocess(data, page, seconds=seconds, memory_mb=memory_mb, scale=scale, boxes=boxes)

"""Reading documents: a PDF or an XML invoice in, a `Reading` out, whatever a stranger put into the file.

`read_document` does it in a process of its own that may be killed, and so does `page_image`, which draws a page for a
person; `reading` holds what reading yields; `safe_xml` is how XML is parsed everywhere. Pages without text are recognised
(OCR) where the caller gives limits for it, in a second process.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Sequence

    from agents.documents.reading import Box, Reading

__all__ = ["OcrLimits", "PageNotDrawn", "PagesNotTaken", "page_image", "pages_of", "read_document"]


class OcrLimits(NamedTuple):
    """What recognising the text of pages without any may take."""

    pages: int
    """At most so many of a document; the others are listed as not recognised."""
    seconds: float
    """Wall-clock time a page, as a mean over the pages recognised."""
    memory_mb: int
    """Address space in MiB; a page of A4 takes less than 1,024."""


class PageNotDrawn(ValueError):
    """There is no such page, or no picture of it can be made: the message says which, and what to do."""


class PagesNotTaken(ValueError):
    """No document can be made of these pages: the message says why."""


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
    # The reading process imports this package too: what only its parent needs would cost it a tenth of a second.
    from agents.documents._process import read_in_subprocess

    return await read_in_subprocess(data, name, seconds=seconds, memory_mb=memory_mb, ocr=ocr)


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
    from agents.documents._process import pages_in_subprocess

    return await pages_in_subprocess(data, first, last, seconds=seconds, memory_mb=memory_mb)

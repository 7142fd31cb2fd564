"""A PDF and its pages as pdfium opens them, mended where a little is missing; and where on a page a point stands."""

from __future__ import annotations

import contextlib
import ctypes
import functools
import unicodedata
from typing import Any, NamedTuple

import pypdfium2 as pdfium  # type: ignore[import-untyped]
import pypdfium2.raw as raw  # type: ignore[import-untyped]

from agents.documents.kind import JUNK_BEFORE_PDF

Box = tuple[float, float, float, float]
"""As in `reading`, which the reading process does without: pydantic takes longer to load than a page to read."""

_LOST_END = b"\nendstream\nendobj\nstartxref\n0\n%%EOF\n"
"""Closes what was cut off, so that pdfium looks for the objects themselves. It has no call to make it do so."""
_MIN_SIDE = 3.0
"""Points. The least a page may measure (PDF 32000-1, annex C); a smaller one is a mistake in the file."""
_A4 = (0, 0, 595.28, 841.89)


class Unreadable(Exception):
    """The document cannot be read: ``code`` and ``message`` of a `Problem`."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message


def damaged(what: str) -> Unreadable:
    return Unreadable(
        "damaged",
        f"The PDF is damaged: {what}. Ask the sender for the file again; it may have been cut off on its way.",
    )


def open_pdf(data: bytes) -> tuple[Any, list[str]]:
    """The document, and what was mended to open it. Raises `Unreadable`."""
    start = max(data.find(b"%PDF-", 0, JUNK_BEFORE_PDF), 0)
    data = data[start:] if start else data
    try:
        return pdfium.PdfDocument(data), []
    except pdfium.PdfiumError as error:
        if error.err_code == raw.FPDF_ERR_PASSWORD:
            raise Unreadable(
                "encrypted", "The PDF is protected by a password. Ask the sender for an unprotected copy."
            ) from error
        if error.err_code == raw.FPDF_ERR_SECURITY:
            raise Unreadable(
                "encrypted", "The PDF is protected in a way not supported here. Ask the sender for an unprotected copy."
            ) from error
        if b"%%EOF" not in data[-1024:]:
            with contextlib.suppress(pdfium.PdfiumError):
                return pdfium.PdfDocument(data + _LOST_END), [
                    "The end of the file is missing. What is left of it was read; text or pages may be lacking."
                ]
        raise damaged("its structure is broken or part of it is missing") from error


def open_page(document: Any, number: int) -> tuple[Any, list[str]]:
    """The page ``number``, from 1, and what was mended to open it. Raises `Unreadable`."""
    try:
        page = document[number - 1]
        width, height = page.get_size()
        if width >= _MIN_SIDE and height >= _MIN_SIDE:
            return page, []
        page.set_mediabox(*_A4)
        page.set_cropbox(*_A4)
        page.close()
        page = document[number - 1]
    except pdfium.PdfiumError as error:
        raise damaged(f"its page {number} cannot be opened") from error
    return page, [f"Page {number} says that it measures {width:.1f} by {height:.1f} points. It was read as A4."]


class ToPage(NamedTuple):
    """The affine map from PDF user space to points from the top left of the page as displayed."""

    a: float
    b: float
    c: float
    d: float
    e: float
    f: float

    def point(self, x: float, y: float) -> tuple[float, float]:
        return self.a * x + self.c * y + self.e, self.b * x + self.d * y + self.f

    def box(self, left: float, bottom: float, right: float, top: float) -> Box:
        a, b, c, d, e, f = self
        x0, y0, x1, y1 = (
            a * left + c * bottom + e,
            b * left + d * bottom + f,
            a * right + c * top + e,
            b * right + d * top + f,
        )
        return x0 if x0 < x1 else x1, y0 if y0 < y1 else y1, x1 if x0 < x1 else x0, y1 if y0 < y1 else y0


def map_to_page(page: Any, width: float, height: float) -> ToPage:
    """Asked of pdfium at three points, so that rotation and crop box are its concern."""
    fine = 1000
    size = max(round(width * fine), 1), max(round(height * fine), 1)
    span = 1000.0

    def at(x: float, y: float) -> tuple[float, float]:
        across, down = ctypes.c_int(), ctypes.c_int()
        raw.FPDF_PageToDevice(page.raw, 0, 0, *size, 0, x, y, across, down)
        return across.value / fine, down.value / fine

    (e, f), (x1, y1), (x2, y2) = at(0, 0), at(span, 0), at(0, span)
    return ToPage((x1 - e) / span, (y1 - f) / span, (x2 - e) / span, (y2 - f) / span, e, f)


@functools.lru_cache(maxsize=4096)
def character(code: int) -> str | None:
    """The character as it is read; a space for all that separates; None for what stands for no character at all."""
    if code in (0x02, 0xAD, 0xFFFE):  # pdfium's mark for a hyphen at the end of a line; soft hyphen
        return "-"
    if code in (0x09, 0x0A, 0x0D, 0x20, 0xA0) or 0x2000 <= code <= 0x200B or code in (0x202F, 0x205F, 0x3000):
        return " "
    if code > 0x10FFFF or unicodedata.category(chr(code)) in {"Cc", "Cn", "Co", "Cs"} or code == 0xFFFD:
        return None
    return chr(code)

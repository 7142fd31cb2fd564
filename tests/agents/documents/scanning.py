"""Scans made for the tests: a page of a PDF as a picture, as a scanner or a fax makes one of paper."""

from __future__ import annotations

import io
from typing import Literal

import pypdfium2 as pdfium  # type: ignore[import-untyped]
from PIL import Image
from pypdf import PdfReader, PdfWriter
from reportlab.pdfgen import canvas  # type: ignore[import-untyped]

SIZE = (320.0, 190.0)
"""Points. Small, so that recognising it is quick."""

INVOICE = [
    (20, 165, "Müller & Söhne GmbH"),
    (20, 145, "Rechnung R-2026-17"),
    (20, 110, "Blaue Farbe"),
    (160, 110, "2 Eimer"),
    (250, 110, "100,00 €"),
    (20, 94, "Umsatzsteuer 19 %"),
    (250, 94, "19,00 €"),
    (20, 70, "Gesamtbetrag"),
    (250, 70, "119,00 €"),
]


def small_invoice() -> bytes:
    """A PDF of one page of `SIZE` with the texts of `INVOICE`, at (x, y from the bottom)."""
    out = io.BytesIO()
    sheet = canvas.Canvas(out, pagesize=SIZE)
    sheet.setFont("Helvetica", 11)
    for x, y, text in INVOICE:
        sheet.drawString(x, y, text)
    sheet.save()
    return out.getvalue()


def scanned(document: bytes, *, turned: float = 0, dpi: int = 200, how: Literal["grey", "fax"] = "grey") -> bytes:
    """The first page of ``document`` as a picture alone in a PDF, put into the scanner ``turned`` clockwise by degrees.

    ``fax`` makes it black and white, compressed as a fax machine does it (CCITT group 4).
    """
    picture = pdfium.PdfDocument(document)[0].render(scale=dpi / 72, grayscale=True).to_pil().convert("L")
    picture = picture.rotate(-turned, resample=Image.Resampling.BICUBIC, expand=True, fillcolor=255)
    out = io.BytesIO()
    (picture.convert("1") if how == "fax" else picture).save(out, "PDF", resolution=dpi)
    return out.getvalue()


def joined(*documents: bytes) -> bytes:
    """One PDF of the pages of all."""
    writer = PdfWriter()
    for document in documents:
        writer.append(PdfReader(io.BytesIO(document)))
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()

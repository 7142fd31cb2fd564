"""What no reader of the page sees is no part of the document; what is seen stays, however it is drawn."""

from __future__ import annotations

import asyncio
import io
from collections.abc import Callable
from typing import Any

import pytest
from PIL import Image
from pypdf import PdfReader, PdfWriter
from pypdf.generic import RectangleObject
from reportlab.lib.utils import ImageReader  # type: ignore[import-untyped]
from reportlab.pdfgen import canvas  # type: ignore[import-untyped]

from agents.documents import read_document
from agents.documents.reading import Reading
from tests.agents.documents.samples import CORPUS, needs_corpus, pdf


def read(data: bytes) -> Reading:
    return asyncio.run(read_document(data, "invoice.pdf", seconds=30, memory_mb=512))


def drawn(draw: Callable[[Any], None]) -> bytes:
    """A page of 600 x 800 points that says ``Total 119.00``, and what ``draw`` puts on it."""
    out = io.BytesIO()
    sheet = canvas.Canvas(out, pagesize=(600, 800))
    sheet.setFont("Helvetica", 10)
    sheet.drawString(50, 700, "Total 119.00")
    draw(sheet)
    sheet.save()
    return out.getvalue()


def invisible(sheet: Any) -> None:
    sheet.drawString(50, 600, "secret", mode=3)


def transparent(sheet: Any) -> None:
    sheet.setFillAlpha(0)
    sheet.drawString(50, 600, "secret")


def white(sheet: Any) -> None:
    sheet.setFillColorRGB(1, 1, 1)
    sheet.drawString(50, 600, "secret")


def nearly_white(sheet: Any) -> None:
    sheet.setFillColorRGB(0.97, 0.97, 0.97)
    sheet.drawString(50, 600, "secret")


def white_outline(sheet: Any) -> None:
    sheet.setStrokeColorRGB(1, 1, 1)
    sheet.drawString(50, 600, "secret", mode=1)


def white_on_a_bar_painted_over(sheet: Any) -> None:
    sheet.rect(40, 590, 200, 30, fill=1, stroke=0)
    sheet.setFillColorRGB(1, 1, 1)
    sheet.rect(40, 590, 200, 30, fill=1, stroke=0)
    sheet.drawString(50, 600, "secret")


def tiny(sheet: Any) -> None:
    sheet.setFont("Helvetica", 1)
    sheet.drawString(50, 600, "secret")


def tiny_by_scale(sheet: Any) -> None:
    sheet.scale(0.1, 0.1)
    sheet.drawString(500, 6000, "secret")


@pytest.mark.parametrize(
    "draw",
    [
        invisible, transparent, white, nearly_white, white_outline, white_on_a_bar_painted_over, tiny, tiny_by_scale,
    ],
)  # fmt: skip
def test_text_that_cannot_be_seen_is_dropped_and_counted(draw: Callable[[Any], None]) -> None:
    reading = read(drawn(draw))
    assert [word.text for word in reading.words] == ["Total", "119.00"]
    assert "secret" not in reading.text
    assert reading.hidden_text == 6


def heading(sheet: Any) -> None:
    sheet.setFillColorRGB(0.2, 0.2, 0.5)
    sheet.rect(40, 590, 200, 30, fill=1, stroke=0)
    sheet.setFillColorRGB(1, 1, 1)
    sheet.drawString(50, 600, "I. seen")


def heading_on_a_thick_line(sheet: Any) -> None:
    sheet.setLineWidth(30)
    sheet.line(40, 603, 240, 603)
    sheet.setFillColorRGB(1, 1, 1)
    sheet.drawString(50, 600, "I. seen")


def heading_on_an_image(sheet: Any) -> None:
    sheet.drawImage(ImageReader(Image.new("RGB", (10, 10), "navy")), 40, 590, 200, 30)
    sheet.setFillColorRGB(1, 1, 1)
    sheet.drawString(50, 600, "I. seen")


def outlined(sheet: Any) -> None:
    sheet.setFillColorRGB(1, 1, 1)
    sheet.drawString(50, 600, "I. seen", mode=2)


def grey(sheet: Any) -> None:
    sheet.setFillColorRGB(0.8, 0.8, 0.8)
    sheet.drawString(50, 600, "I. seen")


def small_print(sheet: Any) -> None:
    sheet.setFont("Helvetica", 4)
    sheet.drawString(50, 600, "I. seen")


def large_by_scale(sheet: Any) -> None:
    sheet.scale(10, 10)
    sheet.setFont("Helvetica", 1)
    sheet.drawString(5, 60, "I. seen")


@pytest.mark.parametrize(
    "draw", [heading, heading_on_a_thick_line, heading_on_an_image, outlined, grey, small_print, large_by_scale]
)
def test_text_that_is_seen_is_kept(draw: Callable[[Any], None]) -> None:
    reading = read(drawn(draw))
    assert [word.text for word in reading.words] == ["Total", "119.00", "I.", "seen"]
    assert reading.hidden_text == 0


def scan(visible: str) -> bytes:
    out = io.BytesIO()
    sheet = canvas.Canvas(out, pagesize=(600, 800))
    sheet.drawImage(ImageReader(Image.new("RGB", (60, 80), "white")), 0, 0, 600, 800)
    sheet.drawString(50, 700, "Invoice R-17 over all that was recognised", mode=3)
    sheet.drawString(50, 20, visible)
    sheet.save()
    return out.getvalue()


def test_the_recognised_text_of_a_scan_is_kept_though_it_is_invisible() -> None:
    assert "Invoice R-17" in read(scan("page 1")).text


def test_invisible_text_on_a_page_that_has_text_of_its_own_is_dropped_though_an_image_lies_behind() -> None:
    reading = read(scan("Invoice R-18 and what else it says"))
    assert "R-17" not in reading.text
    assert "R-18" in reading.text


def test_words_beside_the_page_are_dropped_without_being_counted_as_hidden() -> None:
    writer = PdfWriter(PdfReader(io.BytesIO(pdf([(50, 700, "beside"), (250, 500, "inside"), (250, 20, "below")]))))
    writer.pages[0].cropbox = RectangleObject((200, 400, 500, 600))
    out = io.BytesIO()
    writer.write(out)
    reading = read(out.getvalue())
    assert [word.text for word in reading.words] == ["inside"]
    assert reading.hidden_text == 0


def test_a_page_of_hidden_text_alone_has_no_text() -> None:
    out = io.BytesIO()
    sheet = canvas.Canvas(out, pagesize=(600, 800))
    sheet.drawString(50, 700, "Total 119.00", mode=3)
    sheet.save()
    reading = read(out.getvalue())
    assert reading.problem is not None
    assert (reading.problem.code, reading.hidden_text) == ("no_text", 11)


@needs_corpus
def test_an_instruction_in_tiny_letters_is_not_read() -> None:
    reading = read((CORPUS / "injection/pdf/inj-05-tiny-font.pdf").read_bytes())
    assert reading.hidden_text > 100
    assert min(word.box[3] - word.box[1] for word in reading.words) > 3


@needs_corpus
def test_real_invoices_lose_only_what_nobody_sees() -> None:
    """A printing house's marks in white (021); a generator's advertisement of one point (028)."""
    hidden = {
        path.stem: read(path.read_bytes()).hidden_text for path in sorted((CORPUS / "invoices/pdf").glob("*.pdf"))
    }
    assert {name: count for name, count in hidden.items() if count} == {"dev-021": 145, "dev-028": 29}

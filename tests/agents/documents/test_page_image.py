"""A person is shown a page as it is printed, with what matters outlined, whatever the document tries."""

from __future__ import annotations

import asyncio
import io
from typing import Any

import pytest
from PIL import Image
from pypdf import PdfReader, PdfWriter
from pypdf.generic import RectangleObject

from agents.documents import PageNotDrawn, page_image, read_document
from tests.agents.documents.samples import CII, CORPUS, bomb, encrypted, invoice_page, needs_corpus, pdf, rotated


def image(data: bytes, page: int = 1, memory_mb: int = 512, **options: Any) -> Image.Image:
    drawn = asyncio.run(page_image(data, page, seconds=30, memory_mb=memory_mb, **options))
    assert drawn.startswith(b"\x89PNG")
    return Image.open(io.BytesIO(drawn)).convert("RGB")


def ink(picture: Image.Image, box: tuple[float, float, float, float], scale: float) -> int:
    """How many pixels of the place are not white."""
    part = picture.crop(tuple(round(value * scale) for value in box))  # type: ignore[arg-type]
    return sum(part.convert("L").histogram()[:200])


def test_a_page_is_drawn_in_the_size_asked_for() -> None:
    data = pdf(invoice_page(), [(50, 700, "second")])
    assert image(data).size == (1200, 1600)
    assert image(data, 2, scale=0.5).size == (300, 400)


@pytest.mark.parametrize("rotation", [0, 90, 180, 270])
def test_words_stand_in_the_picture_where_the_reading_says(rotation: int) -> None:
    data = rotated(pdf(invoice_page()), rotation)
    picture = image(data, scale=2)
    words = asyncio.run(read_document(data, "a.pdf", seconds=30, memory_mb=512)).words
    assert len(words) == 7
    assert all(ink(picture, word.box, 2) > 20 for word in words)
    everywhere = sum(picture.convert("L").histogram()[:200])
    assert sum(ink(picture, word.box, 2) for word in words) == pytest.approx(everywhere, rel=0.01)


def test_places_are_outlined_around_and_not_over_what_stands_there() -> None:
    data = pdf(invoice_page())
    word = asyncio.run(read_document(data, "a.pdf", seconds=30, memory_mb=512)).words[0]
    plain, outlined = image(data), image(data, boxes=[word.box])
    x0, top, x1, bottom = (round(value * 2) for value in word.box)
    assert plain.crop((x0, top, x1, bottom)).tobytes() == outlined.crop((x0, top, x1, bottom)).tobytes()
    assert outlined.getpixel((x0 - 4, (top + bottom) // 2)) == (214, 0, 110)
    assert plain.getpixel((x0 - 4, (top + bottom) // 2)) == (255, 255, 255)


def test_places_beside_the_page_do_no_harm() -> None:
    assert image(pdf([]), boxes=[(-50, -50, 9000, 9000), (700, 900, 710, 910), (50, 50, 20, 20)]).size == (1200, 1600)


def test_a_page_as_large_as_a_wall_is_drawn_smaller() -> None:
    writer = PdfWriter(PdfReader(io.BytesIO(pdf(invoice_page()))))
    writer.pages[0].mediabox = RectangleObject((0, 0, 14_400, 14_400))
    out = io.BytesIO()
    writer.write(out)
    width, height = image(out.getvalue(), scale=8).size
    assert width == height
    assert 15_000_000 < width * height <= 16_050_000


def test_a_page_of_a_cut_off_file_is_drawn_as_it_was_read() -> None:
    writer = PdfWriter(PdfReader(io.BytesIO(pdf(invoice_page()))))
    writer.pages[0].mediabox = RectangleObject((0, 0, 0.2, 800))
    out = io.BytesIO()
    writer.write(out)
    assert image(out.getvalue(), scale=1).size == (596, 842)


@pytest.mark.parametrize(
    ("data", "page", "says"),
    [
        (pdf([], []), 3, "There is no page 3: the document has 2."),
        (pdf([]), 0, "There is no page 0: the document has 1."),
        (encrypted(pdf([]), "secret"), 1, "protected by a password"),
        (b"%PDF-1.7\nnothing more", 1, "damaged"),
        (CII.format(number="R-17").encode(), 1, "Only the pages of a PDF"),
        (b"", 1, "Only the pages of a PDF"),
    ],
)
def test_what_cannot_be_drawn_is_said_in_words(data: bytes, page: int, says: str) -> None:
    with pytest.raises(PageNotDrawn, match=says):
        image(data, page)


def test_drawing_ends_at_its_limits() -> None:
    with pytest.raises(PageNotDrawn, match="unfolds to more"):
        image(bomb(), memory_mb=192)
    with pytest.raises(PageNotDrawn, match=r"longer than 0\.01 seconds"):
        asyncio.run(page_image(pdf([]), 1, seconds=0.01, memory_mb=512))


@pytest.mark.parametrize("scale", [0, -1, 9, float("nan"), float("inf")])
def test_a_scale_out_of_range_is_a_mistake_of_the_caller(scale: float) -> None:
    with pytest.raises(ValueError, match="pixels a point"):
        image(pdf([]), scale=scale)


@needs_corpus
def test_real_invoices_are_drawn() -> None:
    for path in sorted((CORPUS / "invoices/pdf").glob("*.pdf"))[::5]:
        assert min(image(path.read_bytes(), scale=1).size) > 400

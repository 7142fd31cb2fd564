"""Pages without text are recognised in their picture: what they say, where it stands, how sure it is, and at which price."""

from __future__ import annotations

import asyncio
import io
from typing import Any

import pypdfium2 as pdfium  # type: ignore[import-untyped]
import pytest
from PIL import Image

from agents.documents import OcrLimits, page_image, read_document
from agents.documents._pdf import from_picture
from agents.documents.layout import Layout
from agents.documents.ocr import load_engine
from agents.documents.places import Places
from agents.documents.reading import Reading, Word
from tests.agents.documents.samples import invoice_page, pdf
from tests.agents.documents.scanning import INVOICE, joined, scanned, small_invoice

LIMITS = OcrLimits(pages=2, seconds=60, memory_mb=2048)
WORDS = [word for _, _, text in INVOICE for word in text.split()]


def read(data: bytes, ocr: OcrLimits | None = LIMITS) -> Reading:
    return asyncio.run(read_document(data, "scan.pdf", seconds=60, memory_mb=512, ocr=ocr))


@pytest.fixture(scope="module")
def mixed() -> bytes:
    """A page with text, a page scanned on its side and askew, one that was faxed, and one more scan."""
    invoice = small_invoice()
    return joined(pdf(invoice_page()), scanned(invoice, turned=92), scanned(invoice, how="fax"), scanned(invoice))


@pytest.fixture(scope="module")
def reading(mixed: bytes) -> Reading:
    return read(mixed)


def on(page: int, reading: Reading) -> list[Word]:
    return [word for word in reading.words if word.page == page]


def test_a_page_with_text_keeps_it(reading: Reading, mixed: bytes) -> None:
    assert on(1, reading) == on(1, read(mixed, ocr=None))
    assert reading.pages[0].ocr is None
    assert {word.confidence for word in on(1, reading)} == {None}


@pytest.mark.parametrize("page", [2, 3])
def test_every_word_of_a_page_without_text_is_recognised(reading: Reading, page: int) -> None:
    assert sorted(word.text for word in on(page, reading)) == sorted(WORDS)
    assert all(word.confidence is not None and 0.5 < word.confidence <= 1 for word in on(page, reading))
    told = reading.pages[page - 1].ocr
    assert told is not None
    assert told.engine.startswith("RapidOCR 3.")
    assert told.confidence > 0.9


def test_how_far_a_page_was_turned_is_told(reading: Reading) -> None:
    turned = [page.ocr.turned if page.ocr else None for page in reading.pages]
    assert turned == [None, pytest.approx(-92, abs=0.5), 0, None]


@pytest.mark.parametrize("page", [2, 3])
def test_recognised_words_stand_in_the_picture_where_the_reading_says(
    mixed: bytes, reading: Reading, page: int
) -> None:
    drawn = asyncio.run(page_image(mixed, page, seconds=30, memory_mb=512, scale=2))
    picture = Image.open(io.BytesIO(drawn)).convert("L")
    everywhere = sum(picture.histogram()[:128])
    inside = 0
    for word in on(page, reading):
        place: Any = tuple(round(value * 2) for value in word.box)
        ink = sum(picture.crop(place).histogram()[:128])
        assert ink > 5, word
        inside += ink
    assert inside == pytest.approx(everywhere, rel=0.1)


@pytest.mark.parametrize("page", [2, 3])
def test_rows_are_rows_and_columns_columns_however_the_page_was_scanned(reading: Reading, page: int) -> None:
    rows = [[cell.text for cell in line.cells] for line in Layout(reading).lines if line.page == page]
    assert rows[2:4] == [["Blaue Farbe", "2 Eimer", "100,00 €"], ["Umsatzsteuer 19 %", "19,00 €"]]
    assert rows[-1] == ["Gesamtbetrag", "119,00 €"]
    assert "Gesamtbetrag  " in reading.text.split(f"--- page {page} ---")[1]


def test_a_place_found_on_the_upright_page_leads_back_to_the_page_as_displayed(reading: Reading) -> None:
    word = next(word for word in on(2, reading) if word.text == "Gesamtbetrag")
    places = Places(reading)
    place = places.find("Gesamtbetrag")
    assert place is not None
    assert place.box[2] - place.box[0] > 4 * (place.box[3] - place.box[1])  # level, where the scan has it upright
    assert places.reading.displayed(2, place.box) == pytest.approx(word.box, abs=0.05)
    assert places.reading.upright(2, places.reading.displayed(2, place.box)) == place.box


def test_pages_beyond_the_limit_are_named_and_not_silently_left_out(reading: Reading) -> None:
    assert reading.pictures == [4]
    assert reading.unrecognised == "At most 2 pages of a document are recognised."
    assert on(4, reading) == []


def test_a_page_is_read_that_was_put_into_the_scanner_upside_down_and_askew() -> None:
    page = pdfium.PdfDocument(scanned(small_invoice(), turned=183))[0]
    found = from_picture(page, load_engine("rapidocr"))
    assert found.ocr
    assert sorted(word.text for word in found.words) == sorted(WORDS)
    assert (found.ocr["turned"] + 183 + 180) % 360 - 180 == pytest.approx(0, abs=0.5)
    assert {word.turn for word in found.words} == {0}
    left = {word.text: word.left for word in found.words}
    assert left["119,00"] - left["Gesamtbetrag"] == pytest.approx(230, abs=2)


def test_turned_off_it_says_so_and_what_to_do() -> None:
    reading = read(scanned(small_invoice()), ocr=None)
    assert reading.pictures == [1]
    assert reading.problem is not None
    assert reading.problem.code == "no_text"
    assert reading.problem.message.endswith(
        "Read it by eye, or ask the sender for the original PDF. Recognising pictures (OCR) is turned off."
    )


def test_a_picture_that_takes_too_much_memory_costs_its_own_process_and_what_has_text_stays() -> None:
    document = joined(pdf(invoice_page()), scanned(small_invoice()))
    reading = read(document, OcrLimits(pages=1, seconds=60, memory_mb=64))
    assert [word.text for word in on(1, reading)] == [w.text for w in read(document, ocr=None).words]
    assert reading.problem is None
    assert reading.pictures == [2]
    assert reading.unrecognised is not None
    assert reading.unrecognised.startswith("Recognising them failed.")

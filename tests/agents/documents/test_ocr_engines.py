"""Another OCR engine is named in the settings and reads; one that is not there says what to do."""

from __future__ import annotations

import asyncio
import io
import json
import subprocess
import sys

import pytest

from agents.documents import OcrLimits, read_document
from agents.documents.ocr import NoSuchEngine, load_engine
from agents.documents.reading import Reading
from infra.forks import _running
from infra.settings import Settings
from tests.agents.documents import toy_engine
from tests.agents.documents.scanning import scanned, small_invoice

NAME = "tests.agents.documents.toy_engine:BarEngine"


def bars(*words: str) -> bytes:
    out = io.BytesIO()
    toy_engine.drawn(*words).save(out, "PDF", resolution=200)
    return out.getvalue()


def read(data: bytes, engine: str) -> Reading:
    limits = OcrLimits(pages=2, seconds=30, memory_mb=2048, engine=engine)
    return asyncio.run(read_document(data, "scan.pdf", seconds=30, memory_mb=512, ocr=limits))


def test_an_engine_of_ones_own_is_named_and_reads() -> None:
    reading = read(bars("Total", "119.00"), NAME)
    assert [word.text for word in reading.words] == ["Total", "119.00"]
    assert {word.confidence for word in reading.words} == {0.875}
    assert reading.text == "Total\n119.00"
    (page,) = reading.pages
    assert page.ocr is not None
    assert (page.ocr.engine, page.ocr.turned, page.ocr.illegible) == ("Bars 1.0", 0, 0)
    left, top, right, bottom = reading.words[0].box
    assert (left, top) == pytest.approx((60 * 72 / 200, 60 * 72 / 200), abs=0.5)
    assert (right - left, bottom - top) == pytest.approx((42 * 6 * 72 / 200, 40 * 72 / 200), abs=0.5)
    assert reading.pictures == []
    assert reading.unrecognised is None


def test_the_engine_is_a_setting() -> None:
    assert Settings().ocr_engine == "rapidocr"
    assert Settings(ocr_engine=NAME).ocr_engine == NAME


@pytest.mark.parametrize("name", ["tesseract", "nowhere.to_be_found:Engine", "agents.documents.ocr:Nothing", ""])
def test_a_name_that_nothing_has_leaves_the_picture_to_a_person_and_says_what_may_be_named(name: str) -> None:
    with pytest.raises(NoSuchEngine, match="COUNTERFOIL_OCR_ENGINE is rapidocr or names one as module:factory"):
        load_engine(name)
    reading = read(scanned(small_invoice()), name)
    assert reading.pictures == [1]
    assert reading.unrecognised is not None
    assert reading.unrecognised.startswith(f"There is no OCR engine {name!r}")
    assert reading.problem is not None
    assert reading.problem.code == "no_text"
    assert reading.unrecognised in reading.problem.message


def test_without_the_library_of_the_engine_the_answer_is_how_to_get_it() -> None:
    order = json.dumps({"pages": [1], "seconds": 30, "engine": "rapidocr"})
    script = (
        "import sys; sys.modules['rapidocr'] = None\n"
        f"from agents.documents import _child\n_child.perform('ocr', {order!r}, 30, 2048)"
    )
    ran = subprocess.run(
        [sys.executable, "-c", script], input=scanned(small_invoice()), capture_output=True, check=True
    )
    head, _ = _running._parts(bytearray(ran.stdout))
    told = json.loads(head)["unrecognised"]
    assert told == "The OCR engine rapidocr is not installed (rapidocr is missing): pip install 'counterfoil[ocr]'."

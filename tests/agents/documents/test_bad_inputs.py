"""Every broken, hostile or odd file of the corpus comes to the end its manifest expects, at the default limits."""

from __future__ import annotations

import asyncio
import json
import time

import pytest

from agents.documents import OcrLimits, read_document
from agents.documents.reading import Reading
from agents.pages import draft
from infra.settings import Settings
from tests.agents.documents.samples import CORPUS, needs_corpus

READABLE = "readable"
FLAGS = ("xml", "xml_problem", "active", "attachments", "repairs")

EXPECTED = {
    "01-encrypted-r6-aes256-password": ("encrypted", ()),
    "01b-encrypted-aes256": ("encrypted", ()),
    "03-encrypted-owner-only-readable": (READABLE, ()),
    "04-encrypted-empty-password": (READABLE, ()),
    "06-password-invoice-tool": (READABLE, ()),
    "07-way-too-small": ("damaged", ()),
    "10-image-only-scan": ("no_text", ()),  # to those who read text only; see below for OCR
    "11-image-only-skewed-scan": ("no_text", ()),
    "13-image-only-ccitt-fax": ("no_text", ()),
    "14-unreadable-metadata": ("damaged", ()),  # the root of its page tree is not in the file: no viewer shows a page
    "16-encrypted-doc-no-id": ("no_text", ("active",)),
    "17-corrupted-zugferd-v2": (READABLE, ("xml", "repairs")),  # its XML is whole; its page is a hair's breadth wide
    "19-attachment-not-invoice": (READABLE, ("attachments",)),
    "20-purchase-order-not-invoice": (READABLE, ("xml",)),  # the order: that it is none is for who reads it to say
    "31-truncated-half": ("damaged", ()),
    "32-truncated-last-200-bytes": (READABLE, ("xml", "repairs")),
    "34-zip-renamed": ("not_a_document", ()),
    "35-png-renamed": ("not_a_document", ()),
    "41-page-tree-loop": ("damaged", ()),
    "42-page-tree-depth-3000": ("damaged", ()),
    "44-huge-page-count-20000": ("too_large", ()),
    "45-lying-page-count": (READABLE, ()),
    "47-double-flate-bomb-400MB": ("too_large", ()),
    "48-form-xobject-self-reference": ("no_text", ()),
    "50-launch-action": (READABLE, ("active",)),
    "51-xml-entity-bomb-attachment": (READABLE, ("xml_problem", "attachments")),
    "53-gibberish-text-layer": ("no_text", ()),
    "54-garbage-before-header": (READABLE, ()),
    "56-eight-megabyte-text": ("too_large", ()),
    "57-two-invoices-in-one-file": (READABLE, ()),  # both, page by page: that they are two is for who reads it to say
}
"""How each ends, and which of `FLAGS` its reading raises."""


def read(name: str, ocr: OcrLimits | None = None) -> Reading:
    settings = Settings.model_fields
    data = (CORPUS / "badinputs" / f"{name}.pdf").read_bytes()
    return asyncio.run(
        read_document(
            data,
            f"{name}.pdf",
            seconds=settings["read_seconds"].default,
            memory_mb=settings["read_memory_mb"].default,
            ocr=ocr,
        )
    )


@needs_corpus
@pytest.mark.parametrize("name", EXPECTED)
@pytest.mark.exhaustive
def test_a_bad_input_ends_as_expected_long_before_its_limits(name: str) -> None:
    begun = time.monotonic()
    reading = read(name)
    seconds = time.monotonic() - begun
    raised = tuple(flag for flag in FLAGS if getattr(reading, flag))
    assert (reading.problem.code if reading.problem else READABLE, raised) == EXPECTED[name]
    assert bool(reading.words) is (reading.problem is None)
    if reading.problem:
        assert reading.problem.message.count(". ") >= 1, "it says what is wrong but not what to do"
    assert seconds < 20


@needs_corpus
def test_no_bad_input_is_left_out() -> None:
    items = json.loads((CORPUS / "badinputs/manifest.json").read_text())["items"]
    assert {item["file"].removesuffix(".pdf") for item in items} == set(EXPECTED)


@needs_corpus
def test_a_file_that_lost_its_end_is_read_like_the_whole_one() -> None:
    cut, whole = read("32-truncated-last-200-bytes"), (CORPUS / "invoices/pdf/dev-001.pdf").read_bytes()
    complete = asyncio.run(read_document(whole, "dev-001.pdf", seconds=60, memory_mb=1024))
    assert (cut.words, cut.text, cut.xml) == (complete.words, complete.text, complete.xml)
    assert "end of the file is missing" in cut.repairs[0]


@pytest.mark.exhaustive
@needs_corpus
def test_an_invoice_scanned_askew_is_read_by_ocr_as_far_as_its_totals() -> None:
    settings = Settings.model_fields
    limits = OcrLimits(*(settings[name].default for name in ("ocr_pages", "ocr_seconds", "ocr_memory_mb")))
    reading = read("11-image-only-skewed-scan", limits)
    assert reading.problem is None
    assert (reading.pictures, reading.unrecognised) == ([], None)
    found = draft(reading).fields
    truth = json.loads((CORPUS / "invoices/gt/dev-002.json").read_text())
    assert found["invoice_number"].value == truth["invoice_number"]
    assert found["payment.iban"].value == truth["payment"]["iban"].replace(" ", "")
    assert float(found["totals.grand_total"].value) == float(truth["totals"]["grand_total"])
    assert sum(path.endswith("net_amount") for path in found) == len(truth["lines"])


@needs_corpus
def test_a_fax_of_a_drawing_has_no_text_for_ocr_either() -> None:
    reading = read("13-image-only-ccitt-fax", OcrLimits(pages=1, seconds=60, memory_mb=2048))
    assert reading.problem is not None
    assert reading.problem.code == "no_text"
    assert "none could be recognised in its pictures" in reading.problem.message


@needs_corpus
def test_a_page_without_width_is_read_as_a_sheet_of_paper() -> None:
    reading = read("17-corrupted-zugferd-v2")
    assert [(round(page.width), round(page.height)) for page in reading.pages] == [(595, 842)]
    assert reading.hidden == []
    assert "measures 0.2 by 841.8 points" in reading.repairs[0]


@needs_corpus
def test_a_launch_action_is_named_with_what_it_would_start() -> None:
    assert read("50-launch-action").active == ["starts a program or opens a file: cmd.exe, by itself"]


@needs_corpus
def test_two_invoices_in_one_file_are_both_in_the_reading() -> None:
    first, second = read("57-two-invoices-in-one-file").text.split("--- page 2 ---")
    assert "RE-20190610/507" in first
    assert "471102" in second

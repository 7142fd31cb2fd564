"""Values of recognised pages: marked as such, no surer than the picture was legible, and shown where the page has them."""

from __future__ import annotations

import pytest

from agents.documents.layout import union
from agents.documents.reading import Ocr, Page, Reading, Word
from agents.documents.upright import UprightReading
from agents.fields.grounds import Ground
from agents.fields.schema import Evidence, Field, Fields
from agents.pages import _scans, compare, judged, placed
from agents.pages._confidence import OCR, SURE
from agents.pages._proposed import follows


def page(number: int, turned: float | None = None, confidence: float = 0.996, illegible: int = 0) -> Page:
    ocr = None
    if turned is not None:
        ocr = Ocr(engine="RapidOCR 3.10.0", turned=turned, confidence=confidence, illegible=illegible)
    return Page(number=number, width=600, height=800, ocr=ocr)


def word(text: str, page: int, box: tuple[float, float, float, float], confidence: float | None) -> Word:
    return Word(text=text, page=page, box=box, line=0, confidence=confidence)


READING = Reading(
    digest="0" * 64,
    media_type="application/pdf",
    pages=[page(1), page(2, turned=92)],
    words=[
        word("R-17", 1, (50, 50, 80, 60), None),
        word("119,00", 2, (300, 100, 312, 140), 0.97),
        word("EUR", 2, (300, 70, 312, 95), 0.62),
    ],
)


UPRIGHT = UprightReading(READING)


def fields() -> Fields:
    """A number from the text of page 1, a total and a currency from the picture of page 2, a sum that follows."""

    def of(value: str, words: list[int], *grounds: Ground) -> Field:
        some = [UPRIGHT.words[n] for n in words]
        return placed(UPRIGHT, some[0].page, union(some), value, value, *grounds)

    return {
        "invoice_number": of("R-17", [0], Ground.LABEL),
        "totals.grand_total": of("119.00", [1], Ground.PROVED),
        "currency": of("EUR", [1, 2], Ground.ONLY),
        "totals.line_total": follows("100", "sum of the lines", Ground.PROVED),
    }


def test_what_was_recognised_is_marked_and_what_was_text_is_not() -> None:
    found = fields()
    assert (found["invoice_number"].grounds, found["invoice_number"].evidence.ocr) == (["label"], None)
    assert found["totals.grand_total"].grounds == ["proved", "ocr"]
    assert found["totals.grand_total"].evidence.ocr == 0.97
    assert found["currency"].evidence.ocr == 0.62  # of its least legible word


def test_places_lead_to_the_page_as_displayed_and_back() -> None:
    box = fields()["totals.grand_total"].evidence.box
    assert box is not None
    assert box == pytest.approx(READING.words[1].box, abs=0.05)
    assert UPRIGHT.upright(2, box) == UPRIGHT.words[1].box
    assert tuple(UPRIGHT.words[1].box) != tuple(READING.words[1].box)
    assert fields()["invoice_number"].evidence.box == READING.words[0].box


def test_nothing_recognised_or_following_from_it_is_sure() -> None:
    found = fields()
    on_text = judged(
        {path: f.model_copy(update={"grounds": [g for g in f.grounds if g != OCR]}) for path, f in found.items()}
    )
    known = judged(found)
    assert (on_text["totals.grand_total"].confidence or 0) > SURE
    assert known["totals.grand_total"].confidence == 0.9
    assert known["currency"].confidence == 0.62
    assert known["totals.line_total"].confidence == 0.9
    assert known["invoice_number"].confidence == on_text["invoice_number"].confidence


def test_once_measured_it_is_as_sure_as_measured_and_never_surer_than_it_was_legible(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("agents.pages._confidence._measured", lambda: {"total: ocr+proved": (999, 1000)})
    assert judged(fields())["totals.grand_total"].confidence == 0.97


def test_a_recognised_page_goes_to_a_person_who_is_told_why() -> None:
    told = _scans.findings(READING)
    assert [(one.rule, one.severity) for one in told] == [("READ-BY-OCR", "error")]
    assert told[0].message == (
        "page 2 was read by OCR (mean confidence 99 %): values read from a picture are confirmed by a person"
    )
    pages = [page(1, 0, 0.93, 2), page(2, 0, 0.95), page(3, 0)]
    (several,) = _scans.findings(READING.model_copy(update={"pages": pages}))
    assert several.message.startswith(
        "pages 1, 2 and 3 were read by OCR (mean confidence 93 % or more, 2 places illegible and left out)"
    )


def test_a_picture_nobody_recognised_is_named() -> None:
    reading = READING.model_copy(
        update={
            "pages": [page(1), page(2)],
            "pictures": [2],
            "unrecognised": "Recognising pictures (OCR) is turned off.",
        }
    )
    (told,) = _scans.findings(reading)
    assert (told.rule, told.severity) == ("PAGE-UNREAD", "error")
    assert told.message == (
        "page 2 was not read, having no text but what may stand in pictures. "
        "Recognising pictures (OCR) is turned off. Look at it"
    )
    assert _scans.findings(READING.model_copy(update={"pages": [page(1)]})) == []


def test_a_finding_about_a_page_scanned_on_its_side_points_at_the_page_as_displayed() -> None:
    stated = {"totals.grand_total": Field(value="120.00", evidence=Evidence(source="xml"))}
    shown = READING.model_copy(update={"words": [word("Gesamtbetrag:", 2, (300, 210, 312, 280), 0.99), *READING.words]})
    (told,) = [f for f in compare(stated, shown) if f.evidence.get("box")]
    assert told.evidence["page"] == 2
    assert told.evidence["box"] == list(UPRIGHT.displayed(2, union(UPRIGHT.words[1:])))
    assert told.evidence["box"] == pytest.approx([300, 70, 312, 140], abs=2)  # the currency and the amount, as scanned

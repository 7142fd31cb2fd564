"""Values of recognised pages: marked as such, no surer than the picture was legible, and shown where the page has them."""

from __future__ import annotations

import pytest

from agents.documents.reading import Ocr, Page, Reading, Word
from agents.fields.schema import Evidence, Field, Fields
from agents.pages import _scans
from agents.pages._confidence import SURE, judged
from infra.records import finding


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


def fields(reading: Reading) -> Fields:
    """A number from the text of page 1, a total and a currency from the picture of page 2, a sum that follows."""

    def of(value: str, words: list[int], *grounds: str) -> Field:
        boxes = [reading.words[n].box for n in words]
        box = tuple(pick(box[k] for box in boxes) for k, pick in enumerate((min, min, max, max)))
        evidence = Evidence(source="rule", page=reading.words[words[0]].page, box=box)
        return Field(value=value, evidence=evidence, grounds=list(grounds))

    return {
        "invoice_number": of("R-17", [0], "label"),
        "totals.grand_total": of("119.00", [1], "proved"),
        "currency": of("EUR", [1, 2], "only"),
        "totals.line_total": Field(value="100", evidence=Evidence(source="rule"), grounds=["proved"]),
    }


def test_what_was_recognised_is_marked_and_what_was_text_is_not() -> None:
    upright = READING.upright()
    made = _scans.for_state(fields(upright), upright)
    assert made["invoice_number"] == fields(upright)["invoice_number"]
    assert made["totals.grand_total"].grounds == ["proved", "ocr"]
    assert made["totals.grand_total"].evidence.ocr == 0.97
    assert made["currency"].evidence.ocr == 0.62  # of its least legible word


def test_places_lead_to_the_page_as_displayed_and_back() -> None:
    upright = READING.upright()
    found = fields(upright)
    made = _scans.for_state(found, upright)
    assert made["totals.grand_total"].evidence.box == pytest.approx(READING.words[1].box, abs=0.05)
    back = _scans.for_geometry(made, upright)
    assert {path: field.evidence.box for path, field in back.items()} == {
        path: field.evidence.box for path, field in found.items()
    }
    assert _scans.for_state(back, upright) == made


def test_nothing_recognised_or_following_from_it_is_sure() -> None:
    upright = READING.upright()
    found = fields(upright)
    on_text = judged(found)
    known = judged(_scans.for_state(found, upright))
    assert (on_text["totals.grand_total"].confidence or 0) > SURE
    assert known["totals.grand_total"].confidence == 0.9
    assert known["currency"].confidence == 0.62
    assert known["totals.line_total"].confidence == 0.9
    assert known["invoice_number"].confidence == on_text["invoice_number"].confidence


def test_once_measured_it_is_as_sure_as_measured_and_never_surer_than_it_was_legible(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("agents.pages._confidence._measured", lambda: {"total: ocr+proved": (999, 1000)})
    upright = READING.upright()
    assert judged(_scans.for_state(fields(upright), upright))["totals.grand_total"].confidence == 0.97


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


def test_a_finding_about_a_straightened_page_points_at_the_page_as_displayed() -> None:
    upright = READING.upright()
    found = finding("XML-PAGE", "error", "it differs", page=2, box=list(upright.words[1].box))
    assert _scans.on_display(found, upright).evidence["box"] == pytest.approx(list(READING.words[1].box), abs=0.05)
    elsewhere = finding("XML-PAGE", "error", "it differs")
    assert _scans.on_display(elsewhere, upright) is elsewhere

"""How what code finds on a page becomes a field: as it is printed, or as it follows from other fields."""

from __future__ import annotations

from dataclasses import dataclass

from agents.documents.upright import UprightBox, UprightReading
from agents.fields.grounds import Ground
from agents.fields.schema import Evidence, Field, Source
from agents.pages._candidates import Candidate
from agents.pages._confidence import OCR

MOST_OFFERED = 60
"""Offers for one field: more than a question ever shows."""
CLEAR = 0.7
"""A label at least this clear (`Candidate.announced`) is ground enough to propose a value."""


@dataclass(frozen=True)
class Offer:
    """A printed value that could be a field's, for a model to choose: ``value`` in canonical form, ``text`` as printed, the number
    of its ``line`` within the whole reading, and the evidence it would be."""

    value: str
    text: str
    line: int
    evidence: Evidence
    score: float | None = None
    """Of a name, how much speaks for it (`Name`)."""


def offered(candidate: Candidate, score: float | None = None) -> Offer:
    """``candidate``, by itself: without the page it stands on."""
    evidence = printed(candidate, candidate.value).evidence
    return Offer(candidate.value, candidate.text, candidate.cell.line, evidence, score)


def pointed(offer: Offer, *grounds: Ground) -> Field:
    """The field that ``offer`` is to a model that chooses it."""
    chosen = proposed(offer, *grounds)
    return chosen.model_copy(update={"evidence": offer.evidence.model_copy(update={"source": "model"})})


def proposed(offer: Offer, *grounds: Ground) -> Field:
    """The field that ``offer`` is where code takes it, on ``grounds`` that the page alone does not give."""
    read = [OCR] if offer.evidence.ocr is not None else []
    return Field(value=offer.value, evidence=offer.evidence, grounds=[*grounds, *read])


def printed(candidate: Candidate, value: str, *grounds: Ground, source: Source = "rule") -> Field:
    """A field whose ``value`` stands where ``candidate`` does."""
    return placed(candidate.reading, candidate.page, candidate.box, candidate.text, value, *grounds, source=source)


def placed(
    reading: UprightReading,
    page: int,
    box: UprightBox,
    text: str,
    value: str,
    *grounds: Ground,
    source: Source = "rule",
) -> Field:
    """A field whose ``value`` is printed as ``text`` in ``box`` of an upright page: its evidence is the place on the page as
    it is displayed. One recognised in a picture is marked as such, with how sure the engine was."""
    ocr = _legibility(reading, page, box)
    evidence = Evidence(source=source, page=page, box=reading.displayed(page, box), text=text, ocr=ocr)
    return Field(value=value, evidence=evidence, grounds=[*grounds, *([OCR] if ocr is not None else [])])


def follows(value: str, rule: str, *grounds: Ground) -> Field:
    """A field that is printed nowhere: it follows by ``rule``."""
    return Field(value=value, evidence=Evidence(source="rule", locator=rule), grounds=list(grounds))


def _legibility(reading: UprightReading, page: int, box: UprightBox) -> float | None:
    """How sure the engine was of the least sure word within ``box``; None where nothing was recognised by us."""
    if not any(at.ocr and at.number == page for at in reading.pages):
        return None
    x0, top, x1, bottom = box
    within = [
        word.confidence
        for word in reading.words
        if word.page == page
        and word.confidence is not None
        and x0 <= (word.box[0] + word.box[2]) / 2 <= x1
        and top <= (word.box[1] + word.box[3]) / 2 <= bottom
    ]
    return min(within, default=0.0)

"""Values of pages that have no text and were recognised in their picture: what a person is told of them, how sure they can
be at most, and where they stand on the page.

Code and model work on the reading turned upright (`Reading.upright`); the state and people have places on the page as it
is displayed. `for_state` leads from the one to the other, `for_geometry` back.
"""

from __future__ import annotations

from collections.abc import Mapping

from agents.documents.reading import Page, Reading
from agents.fields.schema import Field, Fields
from agents.pages._confidence import OCR
from infra.records import Finding, finding


def findings(reading: Reading) -> list[Finding]:
    """That pages were recognised, which a person has to confirm; and which were not, though something is on them."""
    found = []
    if pages := [page for page in reading.pages if page.ocr]:
        message = (
            f"{_numbered([page.number for page in pages])} read by OCR ({_how_sure(pages)}): "
            "values read from a picture are confirmed by a person"
        )
        found.append(finding("READ-BY-OCR", "error", message))
    if reading.pictures and reading.words:
        why = f" {reading.unrecognised}" if reading.unrecognised else ""
        message = (
            f"{_numbered(reading.pictures)} not read, having no text but what may stand in pictures.{why} Look at it"
        )
        found.append(finding("PAGE-UNREAD", "error", message))
    return found


def for_state(fields: Fields, reading: Reading) -> Fields:
    """``fields`` found in ``reading``, an upright one, with their places on the page as it is displayed; those recognised
    in a picture marked as such, with how sure the engine was."""
    made = dict(fields)
    pictured = {page.number for page in reading.pages if page.ocr}
    for path, field in fields.items():
        place = field.evidence
        if place.page not in pictured or place.box is None:
            continue
        x0, top, x1, bottom = place.box
        within = [
            word.confidence
            for word in reading.words
            if word.page == place.page
            and word.confidence is not None
            and x0 <= (word.box[0] + word.box[2]) / 2 <= x1
            and top <= (word.box[1] + word.box[3]) / 2 <= bottom
        ]
        box = reading.as_displayed(place.page, place.box)
        grounds = field.grounds if OCR in field.grounds else [*field.grounds, OCR]
        evidence = place.model_copy(update={"box": box, "ocr": min(within, default=0.0)})
        made[path] = field.model_copy(update={"evidence": evidence, "grounds": grounds})
    return made


def for_geometry(fields: Mapping[str, Field], reading: Reading) -> Fields:
    """``fields`` of the state with their places in ``reading``, an upright one: undoes what `for_state` does to places."""
    made = dict(fields)
    straightened = {page.number for page in reading.pages if page.straightened}
    for path, field in fields.items():
        place = field.evidence
        if place.page in straightened and place.box is not None:
            box = reading.as_upright(place.page, place.box)
            made[path] = field.model_copy(update={"evidence": place.model_copy(update={"box": box})})
    return made


def on_display(found: Finding, reading: Reading) -> Finding:
    """A finding about ``reading``, an upright one, whose evidence may name a place, with that place as it is displayed."""
    evidence = found.evidence
    if not evidence.get("box") or not evidence.get("page"):
        return found
    box = reading.as_displayed(evidence["page"], tuple(evidence["box"]))
    return found.with_evidence(box=list(box))


def _numbered(pages: list[int]) -> str:
    """``page 1 was``, ``pages 1, 2 and 5 were``."""
    if len(pages) == 1:
        return f"page {pages[0]} was"
    return f"pages {', '.join(map(str, pages[:-1]))} and {pages[-1]} were"


def _how_sure(pages: list[Page]) -> str:
    sure = min(page.ocr.confidence for page in pages if page.ocr)
    illegible = sum(page.ocr.illegible for page in pages if page.ocr)
    left_out = f", {illegible} places illegible and left out" if illegible else ""
    return f"mean confidence {int(sure * 100)} %{' or more' if len(pages) > 1 else ''}{left_out}"

"""What a person is told of pages whose words were recognised in their picture, by us or by who scanned them."""

from __future__ import annotations

from agents.documents.reading import Page, Reading
from agents.fields.rules import Rule
from infra.records import Finding, Severity, finding


def findings(reading: Reading, *, looks: bool = True) -> list[Finding]:
    """That pages were recognised, which a person has to confirm; and which were not, though something is on them.

    Args:
        looks: whether our own recognition reads the key values of a scanner's text too before anything is approved.
    """
    found = []
    if layers := [page.number for page in reading.pages if page.recognised]:
        message = f"the text of {_numbered(layers).rsplit(' ', 1)[0]} is what a scanner recognised in the picture"
        then = "our own recognition has to agree" if looks else "nobody has compared the two, so a person does"
        severity = Severity.INFO if looks else Severity.ERROR
        found.append(finding(Rule.SCANNED_TEXT, severity, f"{message}: {then}"))
    if pages := [page for page in reading.pages if page.ocr]:
        message = (
            f"{_numbered([page.number for page in pages])} read by OCR ({_how_sure(pages)}): "
            "values read from a picture are confirmed by a person"
        )
        found.append(finding(Rule.READ_BY_OCR, Severity.ERROR, message))
    if reading.pictures and reading.words:
        why = f" {reading.unrecognised}" if reading.unrecognised else ""
        message = (
            f"{_numbered(reading.pictures)} not read, having no text but what may stand in pictures.{why} Look at it"
        )
        found.append(finding(Rule.PAGE_UNREAD, Severity.ERROR, message))
    return found


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

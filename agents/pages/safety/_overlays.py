"""What stands on the pages by other means than their own text: notes, stamps and form fields over them, and letters that the file
wants read as others. Whoever has the file can put and change them, and viewers differ in what they show.

The rules are the house's own. ``ANNOTATION`` and ``FORM-FIELD`` are errors, unless what they say is courtesy alone or a mark that
says nothing (told as information); ``REPLACED-TEXT`` is an error where letters are drawn.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from agents.documents.reading import Annotation, Reading
from agents.fields.rules import Rule
from agents.pages.safety._injection import plain_text, quoted, tells
from agents.words import in_text
from infra.records import Finding, JsonObject, Severity, finding
from infra.text import unaccented

_COURTESY = re.compile(in_text("text.courtesy", unaccented))
_MARKS = {
    "Highlight",
    "Underline",
    "Squiggly",
    "Link",
    "Square",
    "Circle",
    "Line",
    "Polygon",
    "Polyline",
    "Caret",
    "Text",
}
"""Say nothing by themselves. Others without letters (a stamp that is a picture, ink, a line through text) have to be looked at."""
_READABLE = 8.0
"""Points: a picture that is lower or narrower says nothing. (Some writers leave an empty stamp in a corner.)"""
_NAMED = 3
"""Of several, so many are quoted."""


def findings(reading: Reading) -> Iterator[Finding]:
    """One finding of a rule and severity at most, whose evidence is the first such place and a ``quote`` of it."""
    fields = [one for one in reading.annotations if one.field is not None]
    notes = [one for one in reading.annotations if one.field is None]
    yield from _told(Rule.FORM_FIELD, [one for one in fields if _says_something(one)], "form fields hold what is read")
    yield from _disagreeing(fields)
    yield from _told(
        Rule.ANNOTATION, [one for one in notes if _says_something(one)], "notes or stamps lie over the page"
    )
    if silent := [one for one in reading.annotations if not _says_something(one) and (one.field is None or _all(one))]:
        message = f"{len(silent)} annotations or form fields say nothing of the invoice: {_quoted(silent)}"
        rule = Rule.ANNOTATION if any(one.field is None for one in silent) else Rule.FORM_FIELD
        yield finding(rule, Severity.INFO, message, **_place(silent[0]))
    if reading.overlaid:
        pages = ", ".join(map(str, reading.overlaid))
        message = f"what lies over page {pages} (annotations, form fields) could not be read. Look at it"
        yield finding(Rule.ANNOTATION, Severity.ERROR, message, where="annotation", page=reading.overlaid[0])
    yield from _replaced(reading)


def _told(rule: Rule, those: Sequence[Annotation], what: str) -> Iterator[Finding]:
    if those:
        message = f"{len(those)} {what}, which whoever has the file can change: {_quoted(those)}"
        yield finding(rule, Severity.ERROR, message, **_place(those[0]))


def _disagreeing(fields: Sequence[Annotation]) -> Iterator[Finding]:
    for one in fields:
        if one.text and one.says and _letters(one.text) != _letters(one.says):
            message = f"the form field {one.field!r} shows {quoted(one.text)!r}, its value in the file is {quoted(one.says)!r}"
            yield finding(Rule.FORM_FIELD, Severity.ERROR, message, **_place(one))
            return


def _replaced(reading: Reading) -> Iterator[Finding]:
    for severity in (Severity.ERROR, Severity.WARNING):
        those = [one for one in reading.replaced if bool(_letters(one.drawn)) is (severity == Severity.ERROR)]
        if those:
            first = those[0]
            message = (
                f"in {len(those)} places the file wants other letters read than it draws: {quoted(first.text)!r} instead of "
                f"{quoted(first.drawn)!r}. What is drawn was read"
            )
            place: JsonObject = {
                "quote": quoted(first.text),
                "where": "replaced",
                "page": first.page,
                "box": list(first.box),
            }
            yield finding(Rule.REPLACED_TEXT, severity, message, **place)


def _says_something(one: Annotation) -> bool:
    """Whether a person has to know of it before anything is paid."""
    said = _all(one)
    if one.signature:
        return tells(said)
    if not said:
        left, top, right, bottom = one.box
        return one.field is None and one.kind not in _MARKS and min(right - left, bottom - top) >= _READABLE
    return bool(_letters(_COURTESY.sub(" ", plain_text(said))))


def _all(one: Annotation) -> str:
    """What it shows and what the file says it says."""
    return " ".join(dict.fromkeys(text for text in (one.text, one.says) if text))


def _letters(text: str) -> str:
    return "".join(c for c in plain_text(text) if c.isalnum())


def _quoted(those: Sequence[Annotation]) -> str:
    named = [f"{one.field or one.kind}: {quoted(_all(one)) or 'without letters'}" for one in those[:_NAMED]]
    return "; ".join(named)[:400] + (f" and {len(those) - _NAMED} more" if len(those) > _NAMED else "")


def _place(one: Annotation) -> JsonObject:
    where = "annotation" if one.field is None else "form"
    return {"quote": quoted(_all(one)), "where": where, "page": one.page, "box": list(one.box)}

"""Where a PDF says that its letters are to be read as others (``/ActualText``, PDF 32000-1, 14.9.4).

pdfium's text follows such a claim, a person reads the letters: the claims are taken out before the text is read, and held
against what is drawn.
"""

from __future__ import annotations

import ctypes
from dataclasses import dataclass, field
from typing import Any

import pypdfium2.raw as raw  # type: ignore[import-untyped]

from agents.documents._sight import things

_KEY = b"ActualText"
_MAX_TEXT = 2_000
"""Characters of a claim."""


@dataclass(slots=True)
class Claim:
    """Marked content that is to be read as ``text``, and the addresses of the text objects in it."""

    text: str
    text_objects: set[int] = field(default_factory=set)


def take_out_claims(page: Any) -> list[Claim]:
    """Every claim of the page, none of which its text will follow if it is read from now on."""
    claims: dict[int, Claim] = {}
    marks: list[tuple[Any, Any]] = []
    for thing, kind, _ in things(page):
        if kind != raw.FPDF_PAGEOBJ_TEXT:
            continue
        for number in range(raw.FPDFPageObj_CountMarks(thing)):
            mark = raw.FPDFPageObj_GetMark(thing, number)
            text = _stated(mark)
            if text is not None:
                # Objects of one sequence share its mark.
                claim = claims.setdefault(ctypes.addressof(mark.contents), Claim(text))
                claim.text_objects.add(ctypes.addressof(thing.contents))
                marks.append((thing, mark))
    for thing, mark in marks:
        raw.FPDFPageObjMark_RemoveParam(thing, mark, _KEY)
    return list(claims.values())


def _stated(mark: Any) -> str | None:
    # As bytes: what pdfium gives as text is taken for UTF-8, which a PDF's strings are not.
    length = ctypes.c_ulong()
    if not raw.FPDFPageObjMark_GetParamBlobValue(mark, _KEY, None, 0, length):
        return None
    buffer = (ctypes.c_ubyte * max(length.value, 1))()
    if not raw.FPDFPageObjMark_GetParamBlobValue(mark, _KEY, buffer, ctypes.sizeof(buffer), length):
        return None
    said = bytes(buffer)[: length.value]
    for mark_of_order, encoding in ((b"\xfe\xff", "utf-16-be"), (b"\xff\xfe", "utf-16-le"), (b"\xef\xbb\xbf", "utf-8")):
        if said.startswith(mark_of_order):
            return said.removeprefix(mark_of_order).decode(encoding, "replace")[:_MAX_TEXT]
    return said.decode("latin-1")[:_MAX_TEXT]

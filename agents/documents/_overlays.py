"""What lies over a page as it is displayed, annotations and form fields, made part of the page; and what the file says besides.

pdfium flattens a copy of the document: appearances become objects of the page, so that their words are read and what they paint
over is judged like everything else. Fields without an appearance get one from pdfium's form filling; no script is run, for this
pdfium has no engine.
"""

from __future__ import annotations

import ctypes
from dataclasses import dataclass, field
from typing import Any

import pypdfium2 as pdfium  # type: ignore[import-untyped]
import pypdfium2.raw as raw  # type: ignore[import-untyped]

from agents.documents._page import Box, ToPage, map_to_page, open_page, open_pdf
from agents.documents._sight import within

MAX_ANNOTATIONS = 500
"""Of a page. More are not looked at one by one: the page is said to have some that nobody read."""
_MAX_TEXT = 2_000
"""Characters of what a file says of one."""
_KINDS = {
    getattr(raw, f"FPDF_ANNOT_{name.upper()}"): name
    for name in (
        "Text", "Link", "FreeText", "Line", "Square", "Circle", "Polygon", "Polyline", "Highlight", "Underline", "Squiggly",
        "Strikeout", "Stamp", "Caret", "Ink", "Popup", "FileAttachment", "Sound", "Movie", "Widget", "Screen", "Watermark",
        "Redact",
    )
}  # fmt: skip
_UNSEEN = raw.FPDF_ANNOT_FLAG_HIDDEN | raw.FPDF_ANNOT_FLAG_NOVIEW


@dataclass(slots=True)
class Overlay:
    """An annotation or form field that a person sees, or sees when pointing at it."""

    kind: str
    box: Box
    says: str = ""
    """Its comment, or the value of the field, as the file states it."""
    name: str | None = None
    """Of a form field."""
    signature: bool = False


@dataclass(slots=True)
class Overlaid:
    """A page with what lies over it among its objects."""

    page: Any
    overlays: list[Overlay] = field(default_factory=list)
    texts: set[int] = field(default_factory=set)
    """The addresses of the objects that are not the page's own."""
    unread: bool = False
    """Whether something lies over the page that could not be made part of it."""


class Overlays:
    """The pages of a document with what lies over them."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._copy: Any = None

    def over(self, page: Any, number: int) -> Overlaid:
        """The page ``number``, from 1, with what lies over it: ``page`` itself where nothing does."""
        count = raw.FPDFPage_GetAnnotCount(page.raw)
        if count <= 0 or (count <= MAX_ANNOTATIONS and not any(self._is_seen(page, index) for index in range(count))):
            return Overlaid(page)
        if count > MAX_ANNOTATIONS:
            return Overlaid(page, unread=True)
        try:
            return self._flattened(number)
        except pdfium.PdfiumError:
            return Overlaid(page, unread=True)

    def _flattened(self, number: int) -> Overlaid:
        if self._copy is None:
            self._copy, _ = open_pdf(self._data)
            self._copy.init_forms()
        page, _ = open_page(self._copy, number)
        width, height = page.get_size()
        to_page = map_to_page(page, width, height)
        own = raw.FPDFPage_CountObjects(page.raw)
        overlays: list[Overlay] = []
        for index in reversed(range(raw.FPDFPage_GetAnnotCount(page.raw))):
            if self._is_seen(page, index):
                overlays.append(self._overlay(page, index, to_page))
            else:
                raw.FPDFPage_RemoveAnnot(page.raw, index)
        overlays.reverse()
        done = raw.FPDFPage_Flatten(page.raw, raw.FLAT_NORMALDISPLAY)
        page.close()
        page, _ = open_page(self._copy, number)
        added = range(own, raw.FPDFPage_CountObjects(page.raw))
        texts = {
            ctypes.addressof(thing.contents)
            for position in added
            for thing, _, _ in within(raw.FPDFPage_GetObject(page.raw, position))
        }
        return Overlaid(page, overlays, texts, unread=done == raw.FLATTEN_FAIL or len(added) > 1)

    def _is_seen(self, page: Any, index: int) -> bool:
        """Whether the annotation is displayed, or its text is when one points at it. Of a link nothing is but its place."""
        annotation = raw.FPDFPage_GetAnnot(page.raw, index)
        if not annotation:
            return False
        try:
            kind = raw.FPDFAnnot_GetSubtype(annotation)
            if kind == raw.FPDF_ANNOT_POPUP or raw.FPDFAnnot_GetFlags(annotation) & _UNSEEN:
                return False
            return kind != raw.FPDF_ANNOT_LINK or bool(raw.FPDFAnnot_HasKey(annotation, b"AP"))
        finally:
            raw.FPDFPage_CloseAnnot(annotation)

    def _overlay(self, page: Any, index: int, to_page: ToPage) -> Overlay:
        annotation = raw.FPDFPage_GetAnnot(page.raw, index)
        try:
            rectangle = raw.FS_RECTF()
            raw.FPDFAnnot_GetRect(annotation, rectangle)
            box = to_page.box(rectangle.left, rectangle.bottom, rectangle.right, rectangle.top)
            kind = _KINDS.get(raw.FPDFAnnot_GetSubtype(annotation), "unknown")
            if kind != "Widget":
                return Overlay(kind, box, _string(raw.FPDFAnnot_GetStringValue, annotation, b"Contents"))
            forms = self._copy.formenv
            if forms is None:
                return Overlay(kind, box, _string(raw.FPDFAnnot_GetStringValue, annotation, b"V"), "")
            says = _string(raw.FPDFAnnot_GetFormFieldValue, forms, annotation)
            name = _string(raw.FPDFAnnot_GetFormFieldName, forms, annotation)
            of = raw.FPDFAnnot_GetFormFieldType(forms, annotation)
            if of in (raw.FPDF_FORMFIELD_PUSHBUTTON, raw.FPDF_FORMFIELD_CHECKBOX, raw.FPDF_FORMFIELD_RADIOBUTTON):
                says = ""  # the name of a state, which nobody is shown
            return Overlay(kind, box, says, name, of == raw.FPDF_FORMFIELD_SIGNATURE)
        finally:
            raw.FPDFPage_CloseAnnot(annotation)


def _string(ask: Any, *of: Any) -> str:
    """What pdfium answers in UTF-16, cut to `_MAX_TEXT` characters."""
    buffer = (ctypes.c_ushort * (2 * _MAX_TEXT))()
    length = ask(*of, buffer, ctypes.sizeof(buffer))
    if length > ctypes.sizeof(buffer):
        buffer = (ctypes.c_ushort * (length // 2 + 1))()
        length = ask(*of, buffer, ctypes.sizeof(buffer))
    text = bytes(buffer)[: max(length - 2, 0)].decode("utf-16-le", "replace")
    return " ".join(text.split())[:_MAX_TEXT]

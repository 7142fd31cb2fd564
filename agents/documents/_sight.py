"""What of a page's text a person sees, and why the rest is not seen.

In doubt it is seen: a normal invoice must not lose a word. Letters are judged by how they are drawn; the page is drawn
only where white letters, or something painted over letters, make that necessary.
"""

from __future__ import annotations

import ctypes
import functools
import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Literal, NamedTuple

import pypdfium2 as pdfium  # type: ignore[import-untyped]
import pypdfium2.raw as raw  # type: ignore[import-untyped]

from agents.documents._page import Box, ToPage, character

Why = Literal["invisible", "transparent", "white", "tiny", "outside", "covered"]

_MIN_SIZE = 2.0
"""Points. Smaller letters are not printed for people; the small print of terms has 4 to 6."""
_NEARLY_WHITE = 235
"""Of 255: letters this light on paper this light cannot be read."""
_NEARLY_TRANSPARENT = 12
"""Of 255."""
_MAX_PIXELS = 4_000_000
"""Of a page that is drawn to see what is behind or before letters; A4 at two pixels a point has two million."""
_MAX_DEPTH = 8
"""Of forms within forms."""
_CELL = 2.0
"""Points. How finely it is noted where something is painted over something else."""
_MAX_CELLS = 512
"""Along a side."""


@dataclass(slots=True)
class _Style:
    """How the letters of a text object are drawn."""

    invisible: bool = False
    """By its text rendering mode, as the text layer of a scan is."""
    transparent: bool = False
    white: bool = False
    size: float = math.inf
    """Points on the page."""


class _Drawing(NamedTuple):
    """A page in grey, ``stride`` bytes a row."""

    pixels: bytes
    stride: int
    columns: int
    rows: int
    scale: float
    """Pixels a point."""

    def strips(self, box: Box) -> Iterator[bytes]:
        """The pixels in ``box`` row by row, and one more all around: a full stop would hide what it stands on."""
        x0, y0, x1, y1 = (value * self.scale for value in box)
        first, last = max(math.floor(x0) - 1, 0), min(math.ceil(x1) + 1, self.columns)
        for row in range(max(math.floor(y0) - 1, 0), min(math.ceil(y1) + 1, self.rows)):
            yield self.pixels[row * self.stride + first : row * self.stride + last]


class _Under(NamedTuple):
    """A letter that something was painted over."""

    at: int
    text_object: int


class Sight:
    """The sight of one page. Ask `hides` for its characters first, then `covered` and `recognised`."""

    def __init__(self, page: Any, text_page: Any, to_page: ToPage, width: float, height: float) -> None:
        self._page, self._text_page, self._to_page = page, text_page, to_page
        self._width, self._height = width, height
        self._styles: dict[int, _Style] = {}
        self._under: list[_Under] = []
        self._seen = 0
        self._layer_taken = False

    def hides(self, index: int, box: Box) -> Why | None:
        """Why the character at ``index``, which takes up ``box``, cannot be seen; None if it can."""
        left, top, right, bottom = box
        x, y = (left + right) / 2, (top + bottom) / 2
        if not (0 <= x <= self._width and 0 <= y <= self._height):
            return "outside"
        key = self._text_object(index)
        style = self._style(key, index)
        if style.transparent:
            return "transparent"
        if style.invisible:
            if not self._is_scan:
                return "invisible"
            self._layer_taken = True
        # The box as well as the size: a font of drawings (Type 3) may have a size of one point and letters of ten.
        across, down = right - left, bottom - top
        if style.size < _MIN_SIZE and max(across, down) < 2 * _MIN_SIZE and min(across, down) < _MIN_SIZE:
            return "tiny"
        if style.white and not self._has_contrast(index):
            return "white"
        self._seen += 1
        if key is not None and not style.invisible and self._painted.over(key, x, y):
            self._under.append(_Under(index, key))
        return None

    def covered(self) -> list[int]:
        """The characters that `hides` let pass but that something opaque is painted over: nothing changes without them.

        The text objects with something over them are left out of a second drawing; what looks the same is covered.
        """
        if not self._under or self._is_behind_image or self._drawn is None:
            return []
        handles = [ctypes.cast(key, raw.FPDF_PAGEOBJECT) for key in {letter.text_object for letter in self._under}]
        for handle in handles:
            raw.FPDFPageObj_SetIsActive(handle, False)
        try:
            without = self._draw()
        finally:
            for handle in handles:
                raw.FPDFPageObj_SetIsActive(handle, True)
        if without is None:
            return []
        return [letter.at for letter in self._under if self._looks_alike(letter.at, self._drawn, without)]

    def recognised(self) -> bool:
        """Whether the text is what a scanner recognised, laid invisibly over or under the picture of the page."""
        return self._layer_taken or self._is_behind_image

    def is_picture(self) -> bool:
        """Whether images take up at least half of the page, as that of a scan does."""
        return self._share_of_images() >= 0.5

    def _text_object(self, index: int) -> int | None:
        """The address of the text object that draws the character; None where pdfium made the character up."""
        drawn = raw.FPDFText_GetTextObject(self._text_page.raw, index)
        return ctypes.addressof(drawn.contents) if drawn else None

    def _style(self, key: int | None, index: int) -> _Style:
        if key is None:
            return _Style()
        style = self._styles.get(key)
        if style is None:
            style = self._styles[key] = self._look_at(ctypes.cast(key, raw.FPDF_PAGEOBJECT), index)
        return style

    def _look_at(self, drawn: Any, index: int) -> _Style:
        mode = raw.FPDFTextObj_GetTextRenderMode(drawn)
        handle = self._text_page.raw
        if mode == raw.FPDF_TEXTRENDERMODE_INVISIBLE:
            return _Style(invisible=True)
        colours = []
        if mode in _FILLED:
            colours.append(_colour(raw.FPDFText_GetFillColor, handle, index))
        if mode in _STROKED:
            colours.append(_colour(raw.FPDFText_GetStrokeColor, handle, index))
        matrix = raw.FS_MATRIX()
        size = math.inf
        if raw.FPDFText_GetMatrix(handle, index, matrix):
            size = raw.FPDFText_GetFontSize(handle, index) * math.hypot(matrix.c, matrix.d)
        return _Style(
            transparent=bool(colours) and all(c is not None and c[3] <= _NEARLY_TRANSPARENT for c in colours),
            white=bool(colours) and all(c is not None and min(c[:3]) >= _NEARLY_WHITE for c in colours),
            size=size if math.isfinite(size) and size > 0 else math.inf,
        )

    @functools.cached_property
    def _is_scan(self) -> bool:
        """Whether the page is an image with its recognised text laid invisibly over it: that text is what is printed."""
        invisible = visible = 0
        for index in range(self._text_page.count_chars()):
            if character(raw.FPDFText_GetUnicode(self._text_page.raw, index)) not in (None, " "):
                if self._style(self._text_object(index), index).invisible:
                    invisible += 1
                else:
                    visible += 1
        return visible * 4 <= invisible and self.is_picture()

    @functools.cached_property
    def _is_behind_image(self) -> bool:
        """Whether the page is an image painted over its recognised text, as older scanners' software does it."""
        return 0 < self._seen <= len(self._under) * 1.25 and self.is_picture()

    def _share_of_images(self) -> float:
        area = 0.0
        for thing in self._page.get_objects(max_depth=1):
            if thing.type == raw.FPDF_PAGEOBJ_IMAGE or (
                thing.type == raw.FPDF_PAGEOBJ_FORM and _holds_image(thing.raw)
            ):
                bounds = _bounds(thing.raw)
                if bounds:
                    x0, y0, x1, y1 = self._to_page.box(*bounds)
                    across, down = min(x1, self._width) - max(x0, 0), min(y1, self._height) - max(y0, 0)
                    area += max(across, 0) * max(down, 0)
        return area / max(self._width * self._height, 1)

    def _has_contrast(self, index: int) -> bool:
        """Whether a white letter stands on anything darker, in the page as it is drawn."""
        box = self._tight_box(index)
        if self._drawn is None or box is None:
            return True
        return any(strip and min(strip) < _NEARLY_WHITE for strip in self._drawn.strips(box))

    def _looks_alike(self, index: int, one: _Drawing, other: _Drawing) -> bool:
        box = self._tight_box(index)
        return box is not None and all(a == b for a, b in zip(one.strips(box), other.strips(box), strict=True))

    def _tight_box(self, index: int) -> Box | None:
        edges = [ctypes.c_double() for _ in range(4)]
        if not raw.FPDFText_GetCharBox(self._text_page.raw, index, *edges):
            return None
        left, right, bottom, top = (edge.value for edge in edges)
        return self._to_page.box(left, bottom, right, top)

    @functools.cached_property
    def _painted(self) -> _Painted:
        return _Painted(self._page, self._to_page, self._width, self._height)

    @functools.cached_property
    def _drawn(self) -> _Drawing | None:
        return self._draw()

    def _draw(self) -> _Drawing | None:
        """The page as it looks; None if it cannot be drawn."""
        scale = min(2.0, math.sqrt(_MAX_PIXELS / max(self._width * self._height, 1)))
        try:
            bitmap = self._page.render(scale=scale, grayscale=True, may_draw_forms=False, draw_annots=False)
            return _Drawing(bytes(bitmap.buffer), bitmap.stride, bitmap.width, bitmap.height, scale)
        except (pdfium.PdfiumError, ValueError, MemoryError):
            return None


class _Painted:
    """Which thing was painted last where on the page, in cells of `_CELL` points, texts and unfilled outlines aside."""

    def __init__(self, page: Any, to_page: ToPage, width: float, height: float) -> None:
        self._cell = max(_CELL, max(width, height) / _MAX_CELLS)
        columns, rows = int(width / self._cell) + 1, int(height / self._cell) + 1
        self._last = [[0] * columns for _ in range(rows)]
        self._turn: dict[int, int] = {}
        for turn, (thing, kind, outermost) in enumerate(_things(page), 1):
            if kind == raw.FPDF_PAGEOBJ_TEXT:
                self._turn[ctypes.addressof(thing.contents)] = turn
            elif (kind != raw.FPDF_PAGEOBJ_PATH or _is_broad(thing)) and (bounds := _bounds(outermost)):
                x0, y0, x1, y1 = (value / self._cell for value in to_page.box(*bounds))
                if math.isfinite(x0 + y0 + x1 + y1):
                    first, last = max(int(x0), 0), min(int(x1) + 1, columns)
                    for row in self._last[max(int(y0), 0) : max(int(y1) + 1, 0)]:
                        row[first:last] = [turn] * max(last - first, 0)

    def over(self, text_object: int, x: float, y: float) -> bool:
        """Whether something was painted at this place of the page after the text object."""
        return self._last[int(y / self._cell)][int(x / self._cell)] > self._turn.get(text_object, math.inf)


def _things(page: Any) -> Iterator[tuple[Any, int, Any]]:
    """What is drawn on the page, in that order, with its kind and the outermost form it is in (else itself).

    The outermost form, because the bounds of what is inside are in the form's own coordinates.
    """
    for number in range(raw.FPDFPage_CountObjects(page.raw)):
        thing = raw.FPDFPage_GetObject(page.raw, number)
        yield from _within(thing, thing, 0)


def _within(thing: Any, outermost: Any, depth: int) -> Iterator[tuple[Any, int, Any]]:
    kind = raw.FPDFPageObj_GetType(thing)
    if kind == raw.FPDF_PAGEOBJ_FORM and depth < _MAX_DEPTH:
        for number in range(raw.FPDFFormObj_CountObjects(thing)):
            yield from _within(raw.FPDFFormObj_GetObject(thing, number), outermost, depth + 1)
    else:
        yield thing, kind, outermost


def _is_broad(path: Any) -> bool:
    """Whether a path can cover letters: it is filled, or its stroke is as thick as a letter."""
    fill, stroke, width = ctypes.c_int(), ctypes.c_int(), ctypes.c_float()
    if not raw.FPDFPath_GetDrawMode(path, fill, stroke):
        return True
    if fill.value:
        return True
    return bool(stroke.value and raw.FPDFPageObj_GetStrokeWidth(path, width) and width.value > _MIN_SIZE)


def _bounds(thing: Any) -> Box | None:
    """Left, bottom, right and top in PDF user space."""
    edges = [ctypes.c_float() for _ in range(4)]
    if not raw.FPDFPageObj_GetBounds(thing, *edges):
        return None
    left, bottom, right, top = (edge.value for edge in edges)
    return left, bottom, right, top


def _holds_image(form: Any, depth: int = 0) -> bool:
    for number in range(min(raw.FPDFFormObj_CountObjects(form), 100)):
        inner = raw.FPDFFormObj_GetObject(form, number)
        kind = raw.FPDFPageObj_GetType(inner)
        if kind == raw.FPDF_PAGEOBJ_IMAGE or (
            kind == raw.FPDF_PAGEOBJ_FORM and depth < 5 and _holds_image(inner, depth + 1)
        ):
            return True
    return False


_FILLED = {
    raw.FPDF_TEXTRENDERMODE_FILL, raw.FPDF_TEXTRENDERMODE_FILL_CLIP,
    raw.FPDF_TEXTRENDERMODE_FILL_STROKE, raw.FPDF_TEXTRENDERMODE_FILL_STROKE_CLIP,
}  # fmt: skip
_STROKED = {
    raw.FPDF_TEXTRENDERMODE_STROKE, raw.FPDF_TEXTRENDERMODE_STROKE_CLIP,
    raw.FPDF_TEXTRENDERMODE_FILL_STROKE, raw.FPDF_TEXTRENDERMODE_FILL_STROKE_CLIP,
}  # fmt: skip


def _colour(ask: Any, handle: Any, index: int) -> tuple[int, int, int, int] | None:
    """Red, green, blue and opacity, each of 255."""
    parts = [ctypes.c_uint() for _ in range(4)]
    if not ask(handle, index, *parts):
        return None
    red, green, blue, opacity = (part.value for part in parts)
    return red, green, blue, opacity

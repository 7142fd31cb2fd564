"""What of a page's text a person sees, and why the rest is not seen.

A letter is seen where it leaves ink: the page is drawn as it is displayed, and drawn with its text left out; a letter at whose
place that changes nothing is hidden, by whatever trick. Letters that lie on each other are left out apart from one another, so
that none is taken for seen by the other's ink. How a letter is drawn only tells why it is not seen.

In doubt it is seen: a normal invoice must not lose a word.
"""

from __future__ import annotations

import bisect
import ctypes
import functools
import itertools
import math
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Literal, NamedTuple

import pypdfium2.raw as raw  # type: ignore[import-untyped]
from PIL import Image, ImageChops

from agents.documents._page import Box, ToPage

Why = Literal["invisible", "transparent", "background", "tiny", "outside", "covered", "undrawn"]

_MIN_SIZE = 2.0
"""Points. Smaller letters are not printed for people; the small print of terms has 4 to 6."""
_MIN_SIDE = 0.3
"""Points. A letter is as wide and as high as this, or squeezed to nothing; an ``i`` of small print is wider."""
_NO_SIDE = 0.05
"""Points. The shape of a letter as thin as that is a mistake in its font."""
_NEARLY_TRANSPARENT = 12
"""Of 255."""
_VISIBLE = 20
"""Of 255, in red, green or blue: what differs by less from what is behind it cannot be read (white paper and 92 % grey)."""
_SPAN = 0.4
"""Of a letter's height and width: ink that reaches less far is a rest of it, or its neighbour's."""
_COVERAGE = 0.02
"""Of a letter's box. The thinnest fonts cover 0.05."""
_SCALE = 2.0
"""Pixels a point at which pages are drawn: the strokes of the smallest print are wider than half a pixel."""
_CLOSER = 8.0
"""Pixels a point at which a letter is drawn that left some ink, yet too little to tell."""
_MAX_NEAR = 60.0
"""Points of it that are drawn so."""
_MAX_LOOKS = 3
"""At letters drawn alike."""
_MAX_STYLES = 100
"""Of a page whose letters are looked at so."""
_MAX_PIXELS = 4_000_000
"""Of a page that is drawn; A4 at two pixels a point has two million."""
_OVERLAP = 0.15
"""Of a letter's box: one that shares this much with another lies on it."""
_SAME = 0.5
"""As `_OVERLAP`, of the same letter printed twice, to be bold or to throw a shadow."""
_MAX_STROKE = 40.0
"""Points of a line around letters that are reckoned with."""
_MOST = 0.4
"""Of the shape of a letter that lies on another: if less of it is to be seen, it is not."""
_MAX_APART = 8
"""Groups of text objects that are left out apart. An honest page needs two, for a stamp over its text."""
_PLACE = 6.0
"""Points: how coarsely it is noted what lies where."""
_MAX_STEPS = 2_000_000
"""In search of letters that lie on others. A full page takes some ten thousand."""
_MAX_DEPTH = 40
"""Of forms within forms: pdfium's own limit."""
_MAX_THINGS = 200_000
"""Looked at on a page."""
_CELL = 2.0
"""Points. How finely it is noted where something is painted over something else."""
_MAX_CELLS = 512
"""Along a side."""


class Letter(NamedTuple):
    """A character of a page's text, ``at`` an index of it, and the room it takes up in its line."""

    at: int
    character: str
    box: Box
    text_object: int | None
    """The address of what draws it; None where pdfium made the character up."""


@dataclass(frozen=True)
class Seen:
    """What a person sees of a page's letters."""

    hidden: dict[int, Why]
    """Where each hidden letter is in the page's text, and why it is."""
    recognised: bool
    """Whether the text is what a scanner recognised, laid invisibly over or under the picture of the page. It is not among
    the hidden."""
    is_picture: bool
    """Whether images take up at least half of the page, as that of a scan does."""


def look(page: Any, text_page: Any, to_page: ToPage, width: float, height: float, letters: Sequence[Letter]) -> Seen:
    """Judge ``letters``. ``page`` must have what is drawn over it (annotations, form fields) among its objects."""
    return _Sight(page, text_page, to_page, width, height).look(letters)


def text_object(text_page: Any, index: int) -> int | None:
    """The address of the object that draws the character at ``index``."""
    drawn = raw.FPDFText_GetTextObject(text_page.raw, index)
    return ctypes.addressof(drawn.contents) if drawn else None


def things(page: Any) -> Iterator[tuple[Any, int, Any]]:
    """What is drawn on the page, in that order, with its kind and the outermost form it is in (else itself).

    The outermost form, because the bounds of what is inside are in the form's own coordinates.
    """
    every = (
        thing
        for number in range(raw.FPDFPage_CountObjects(page.raw))
        for thing in within(raw.FPDFPage_GetObject(page.raw, number))
    )
    return itertools.islice(every, _MAX_THINGS)


def within(outermost: Any) -> Iterator[tuple[Any, int, Any]]:
    """What is drawn by an object of the page, as `things` has it: itself, or what is in it."""
    return _within(outermost, outermost, 0)


class _Style(NamedTuple):
    """How the letters of a text object are drawn."""

    mode: int = raw.FPDF_TEXTRENDERMODE_FILL
    """Of text rendering: what a scanner recognised is drawn in one that leaves no ink."""
    transparent: bool = False
    colour: tuple[int, ...] | None = None
    size: float = math.inf
    """Points on the page."""
    stroke: float = 0.0
    """Points: how thick the line around the letters is."""


class _Sight:
    def __init__(self, page: Any, text_page: Any, to_page: ToPage, width: float, height: float) -> None:
        self._page, self._text_page, self._to_page = page, text_page, to_page
        self._width, self._height = width, height
        self._scale = min(_SCALE, math.sqrt(_MAX_PIXELS / max(width * height, 1)))
        self._styles: dict[int, _Style] = {}
        self._boxes: dict[int, Box] = {}
        self._edges = tuple(ctypes.c_double() for _ in range(4))
        self._texts = {ctypes.addressof(t.contents): t for t, kind, _ in things(page) if kind == raw.FPDF_PAGEOBJ_TEXT}

    def look(self, letters: Sequence[Letter]) -> Seen:
        hidden: dict[int, Why] = {}
        drawn: list[Letter] = []
        for letter in letters:
            if why := self._by_itself(letter):
                hidden[letter.at] = why
            elif letter.text_object is not None:
                drawn.append(letter)
        without = self._without_ink(drawn) if drawn else []
        layer = self._layer(without, len(drawn) - len(without))
        hidden |= {letter.at: self._why(letter) for letter in without if letter.at not in layer}
        return Seen(hidden, bool(layer), self._is_picture)

    def _by_itself(self, letter: Letter) -> Why | None:
        """Why the letter cannot be seen wherever it stands; None if it may be."""
        left, top, right, bottom = letter.box
        x, y = (left + right) / 2, (top + bottom) / 2
        if not (0 <= x <= self._width and 0 <= y <= self._height):
            return "outside"
        # The box as well as the size: a font of drawings (Type 3) may have a size of one point and letters of ten.
        across, down = right - left, bottom - top
        small = self._style(letter).size < _MIN_SIZE and max(across, down) < 2 * _MIN_SIZE
        if (small and min(across, down) < _MIN_SIZE) or (min(across, down) < _MIN_SIDE and letter.character.isalnum()):
            return "tiny"
        return None

    def _without_ink(self, letters: Sequence[Letter]) -> list[Letter]:
        ink = _Ink(self._drawn, self._drawn_without_text, self._scale)
        with_ink: list[Letter] = []
        without: list[Letter] = []
        for letter in letters:
            (with_ink if ink.shows(self._tight(letter)) else without).append(letter)
        if without:
            red = set(self._in_colour(without))
            with_ink += red
            without = [letter for letter in without if letter not in red]
        return without + self._under_letters(with_ink)

    def _in_colour(self, letters: Sequence[Letter]) -> Iterator[Letter]:
        """Those that a person sees after all: by a colour as bright as what is behind it, or by a thin pale stroke that was
        lost between pixels. As to the strokes, a few letters stand for all that are drawn alike."""
        before = self._draw(colour=True)
        ink = _Ink(before, self._in_colour_without_text, self._scale)
        from_near: dict[_Style, list[bool]] = defaultdict(list)
        for letter in letters:
            box = self._tight(letter)
            shown = ink.shows(box)
            if not shown and ink.is_faint(box):
                looks = from_near[self._style(letter)]
                if len(looks) < _MAX_LOOKS and len(from_near) <= _MAX_STYLES and not any(looks):
                    looks.append(self._shows_from_near(box))
                shown = any(looks)
            if shown:
                yield letter

    def _shows_from_near(self, box: Box) -> bool:
        x0, y0, x1, y1 = box
        part = (
            max(x0 - 1, 0), max(y0 - 1, 0), min(x1 + 1, x0 + _MAX_NEAR, self._width), min(y1 + 1, y0 + _MAX_NEAR, self._height),
        )  # fmt: skip
        if part[0] >= part[2] or part[1] >= part[3]:
            return False
        before = self._draw(_CLOSER, part, colour=True)
        with _left_out(self._texts.values()):
            return _Ink(before, self._draw(_CLOSER, part, colour=True), _CLOSER, part[:2]).shows(box)

    def _under_letters(self, letters: Sequence[Letter]) -> list[Letter]:
        """Those of ``letters`` whose ink is only that of others lying on them or under them."""
        shared, groups = _apart([(letter, self._reach(letter)) for letter in letters])
        if not shared:
            return []
        # What pdfium left out of the text says what another object says at the same place: a bold made of two prints.
        telling = {letter.text_object for letter in letters}
        inks: dict[int, tuple[_Ink, Image.Image]] = {}
        with _left_out(text for key, text in self._texts.items() if key not in telling):
            before = self._draw()
            for group in {group for group in groups.values() if group < _MAX_APART}:
                keys = {key for key in groups if groups[key] == group}
                with _left_out(text for key, text in self._texts.items() if key in keys):
                    after = self._draw()
                with _left_out(self._all_but(keys)):
                    shapes = _shapes(self._draw(paper=255), self._draw(paper=0))
                inks[group] = _Ink(before, after, self._scale), shapes
        without = []
        for letter in shared:
            told = inks.get(groups[letter.text_object])
            if told is None or not told[0].shows_most_of(told[1], before, self._tight(letter)):
                without.append(letter)
        return without

    def _all_but(self, keys: Collection[int | None]) -> Iterator[Any]:
        return (thing for thing, _, _ in things(self._page) if ctypes.addressof(thing.contents) not in keys)

    def _layer(self, inkless: Sequence[Letter], seen: int) -> set[int]:
        """Those of the letters without ink that are a scanner's layer: the page is a picture, they are most of its text, and
        they lie unseen over it by their rendering mode, or under it: with the images left out there is ink."""
        if not inkless or not self._is_picture:
            return set()
        over = {letter.at for letter in inkless if self._style(letter).mode == raw.FPDF_TEXTRENDERMODE_INVISIBLE}
        under = [letter for letter in inkless if letter.at not in over and self._painted_over(letter)]
        if under and (len(over) + len(under)) >= 4 * seen:
            with _left_out(thing for thing, kind, _ in things(self._page) if kind == raw.FPDF_PAGEOBJ_IMAGE):
                before = self._draw()
                with _left_out(self._texts.values()):
                    ink = _Ink(before, self._draw(), self._scale)
            under = [letter for letter in under if ink.shows(self._tight(letter))]
        layer = over | {letter.at for letter in under}
        return layer if len(layer) >= 4 * seen else set()

    def _why(self, letter: Letter) -> Why:
        style = self._style(letter)
        if style.mode in (raw.FPDF_TEXTRENDERMODE_INVISIBLE, raw.FPDF_TEXTRENDERMODE_CLIP):
            return "invisible"
        if style.transparent:
            return "transparent"
        if self._painted_over(letter):
            return "covered"
        if style.colour:
            behind: Any = self._in_colour_without_text.crop(_pixels(self._tight(letter), self._scale)).getextrema()
            if all(low - _VISIBLE < c < high + _VISIBLE for c, (low, high) in zip(style.colour, behind, strict=True)):
                return "background"
        return "undrawn"

    def _painted_over(self, letter: Letter) -> bool:
        left, top, right, bottom = letter.box
        return self._painted.over(letter.text_object, (left + right) / 2, (top + bottom) / 2)

    def _style(self, letter: Letter) -> _Style:
        key = letter.text_object
        if key is None:
            return _Style()
        style = self._styles.get(key)
        if style is None:
            style = self._styles[key] = _style(self._text_page.raw, ctypes.cast(key, raw.FPDF_PAGEOBJECT), letter.at)
        return style

    def _tight(self, letter: Letter) -> Box:
        """The box of the letter's shape; the room it takes up where pdfium knows none."""
        box = self._boxes.get(letter.at)
        if box is None:
            left, right, bottom, top = self._edges
            left.value = right.value = bottom.value = top.value = 0.0
            raw.FPDFText_GetCharBox(self._text_page.raw, letter.at, left, right, bottom, top)
            box = self._to_page.box(left.value, bottom.value, right.value, top.value)
            if not (math.isfinite(sum(box)) and min(box[2] - box[0], box[3] - box[1]) > _NO_SIDE):
                box = letter.box
            self._boxes[letter.at] = box
        return box

    def _reach(self, letter: Letter) -> Box:
        """The box of what a letter covers: its shape, and half of the line around it."""
        half = self._style(letter).stroke / 2
        left, top, right, bottom = self._tight(letter)
        return left - half, top - half, right + half, bottom + half

    @functools.cached_property
    def _is_picture(self) -> bool:
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
        return area / max(self._width * self._height, 1) >= 0.5

    @functools.cached_property
    def _painted(self) -> _Painted:
        return _Painted(self._page, self._to_page, self._width, self._height)

    @functools.cached_property
    def _drawn(self) -> Image.Image:
        return self._draw()

    @functools.cached_property
    def _in_colour_without_text(self) -> Image.Image:
        with _left_out(self._texts.values()):
            return self._draw(colour=True)

    @functools.cached_property
    def _drawn_without_text(self) -> Image.Image:
        with _left_out(self._texts.values()):
            return self._draw()

    def _draw(
        self, scale: float | None = None, part: Box | None = None, *, colour: bool = False, paper: int = 255
    ) -> Image.Image:
        """The page, or ``part`` of it, as it looks on grey paper."""
        x0, y0, x1, y1 = part or (0.0, 0.0, self._width, self._height)
        bitmap = self._page.render(
            scale=scale or self._scale,
            crop=(x0, self._height - y1, self._width - x1, y0),
            fill_color=(paper, paper, paper, 255),
            may_draw_forms=False,
            grayscale=not colour,
            prefer_bgrx=True,
            rev_byteorder=colour,
        )
        mode, stored = ("RGB", "RGBX") if colour else ("L", "L")
        return Image.frombytes(mode, (bitmap.width, bitmap.height), bitmap.buffer, "raw", stored, bitmap.stride)


class _Ink:
    """Where two drawings of a page differ."""

    def __init__(
        self, one: Image.Image, other: Image.Image, scale: float, corner: tuple[float, float] = (0.0, 0.0)
    ) -> None:
        """``corner`` is the top left one of the drawings on the page, in points."""
        bands = ImageChops.difference(one, other).split()
        self._difference = functools.reduce(ImageChops.lighter, bands)
        self._ink = self._difference.point(_INK)
        self._pixels = self._ink.tobytes()
        self._turned = self._ink.transpose(Image.Transpose.TRANSPOSE).tobytes()
        """Column by column."""
        self._scale, self._corner = scale, corner

    def shows(self, box: Box) -> bool:
        """Whether there is ink all over the box of a letter, in a colour that a person tells from what is behind it."""
        left, top, right, bottom = self._within(box)
        return self._is_inked(left, top, right, bottom) or any(
            self._is_inked(left + x, top + y, right + x, bottom + y) for x, y in _SHIFTS
        )

    def _is_inked(self, left: int, top: int, right: int, bottom: int) -> bool:
        columns, rows = self._ink.size
        left, right, top, bottom = max(left, 0), min(right, columns), max(top, 0), min(bottom, rows)
        across, down = right - left, bottom - top
        if across <= 0 or down <= 0:
            return False
        # From the edges inward: of a letter that is seen, few rows and columns have to be looked at.
        above, below = _first_and_last(self._pixels, columns, range(top, bottom), left, right)
        if above > below or (down > _STROKE and below - above + 1 < _SPAN * down):
            return False
        wanted = _COVERAGE * across * down
        for row in range(above, below + 1):
            wanted -= self._pixels.count(_INKED, row * columns + left, row * columns + right)
            if wanted <= 0:
                break
        else:
            return False
        first, last = _first_and_last(self._turned, rows, range(left, right), above, below + 1)
        return across <= _STROKE or last - first + 1 >= _SPAN * across

    def is_faint(self, box: Box) -> bool:
        """Whether there is some ink, and all of it too pale."""
        part = self._within(box)
        return self._difference.crop(part).getbbox() is not None and self._ink.crop(part).getbbox() is None

    def shows_most_of(self, shapes: Image.Image, page: Image.Image, box: Box) -> bool:
        """Whether there is ink at most of the places where ``shapes`` (white on black, of the size of ``page``) have some, and
        the page looks otherwise there than around them: white letters that cut into black ones are not read."""
        left, top, right, bottom = self._within(box)
        part = left - 2, top - 2, right + 2, bottom + 2
        shape, looks = shapes.crop(part), page.crop(part)
        drawn = ImageChops.multiply(shape, self._ink.crop(part))
        if drawn.tobytes().count(255) < max(_MOST * shape.tobytes().count(255), 1):
            return False
        return abs(_median(looks, shape) - _median(looks, ImageChops.invert(shape))) >= _VISIBLE

    def _within(self, box: Box) -> tuple[int, int, int, int]:
        x, y = self._corner
        return _pixels((box[0] - x, box[1] - y, box[2] - x, box[3] - y), self._scale)


def _first_and_last(pixels: bytes, length: int, lines: range, start: int, end: int) -> tuple[int, int]:
    """The first and the last of ``lines``, each ``length`` pixels, that have ink from ``start`` to ``end``; the last is less
    than the first if none has."""
    first, last = lines.start, lines.stop - 1
    while first <= last and pixels.find(_INKED, first * length + start, first * length + end) < 0:
        first += 1
    while last > first and pixels.find(_INKED, last * length + start, last * length + end) < 0:
        last -= 1
    return first, last


_INKED = b"\xff"
_SHIFTS = [shift for shift in itertools.product((-1, 0, 1), repeat=2) if shift != (0, 0)]
"""Pixels that pdfium may put a letter aside, which it draws at whole ones."""
_STROKE = 3
"""Pixels: a full stop and a dash are no higher."""
_INK = [255 if value >= _VISIBLE else 0 for value in range(256)]
_SHAPE = [255 if value <= 255 - _VISIBLE else 0 for value in range(256)]


def _pixels(box: Box, scale: float) -> tuple[int, int, int, int]:
    """The pixels that ``box`` is over, from left and top up to right and bottom."""
    left, top, right, bottom = (value * scale for value in box)
    (left, right), (top, bottom) = _between(left, right), _between(top, bottom)
    return left, top, right, bottom


def _between(first: float, last: float) -> tuple[int, int]:
    """Without the pixels at the ends that are not half in it, as those are rather a neighbour's; of a stroke's width, all."""
    if last - first < _STROKE:
        return math.floor(first), max(math.ceil(last), math.floor(first) + 1)
    return round(first), round(last)


def _median(image: Image.Image, mask: Image.Image) -> int:
    counts = list(itertools.accumulate(image.histogram(mask)))
    return bisect.bisect_left(counts, counts[-1] / 2)


def _shapes(on_white: Image.Image, on_black: Image.Image) -> Image.Image:
    """What is drawn, in white on black, whatever its colour: where paper of another colour makes no difference."""
    return ImageChops.difference(on_white, on_black).convert("L").point(_SHAPE)


def _apart(letters: Sequence[tuple[Letter, Box]]) -> tuple[list[Letter], dict[int | None, int]]:
    """The letters that share a place with one of another text object, and these objects, each in a group with none that it
    shares a place with. Groups from `_MAX_APART` on are of what is too much to be told apart."""
    cells: dict[tuple[int, int], list[tuple[Letter, Box]]] = defaultdict(list)
    sharing: dict[int | None, set[int | None]] = defaultdict(set)
    shared: dict[int, Letter] = {}
    steps = _MAX_STEPS
    beyond: set[int | None] = set()
    for letter, box in letters:
        mine = letter.text_object
        if steps < 0:
            shared[letter.at] = letter
            beyond.add(mine)
            continue
        x0, y0, x1, y1 = box
        for column in range(int(x0 / _PLACE), int(x1 / _PLACE) + 1):
            for row in range(int(y0 / _PLACE), int(y1 / _PLACE) + 1):
                there = cells[column, row]
                steps -= 1 + len(there)
                for other, place in there:
                    if other.text_object != mine and _share(letter, box, other, place):
                        sharing[mine].add(other.text_object)
                        sharing[other.text_object].add(mine)
                        shared[letter.at], shared[other.at] = letter, other
                there.append((letter, box))
                if steps < 0:
                    break
    groups: dict[int | None, int] = {}
    for text, others in sharing.items():
        taken = {groups[other] for other in others if other in groups}
        groups[text] = next(group for group in range(len(taken) + 1) if group not in taken)
    return list(shared.values()), groups | dict.fromkeys(beyond, _MAX_APART)


def _share(one: Letter, here: Box, other: Letter, there: Box) -> bool:
    """Whether two letters lie on each other; the same letter at the same place is one that is printed twice."""
    across = min(here[2], there[2]) - max(here[0], there[0])
    down = min(here[3], there[3]) - max(here[1], there[1])
    if across <= 0 or down <= 0:
        return False
    least = min((box[2] - box[0]) * (box[3] - box[1]) for box in (here, there))
    return across * down > _OVERLAP * least and not (one.character == other.character and across * down > _SAME * least)


@contextmanager
def _left_out(objects: Iterable[Any]) -> Iterator[None]:
    """The objects, also those in forms, are not drawn meanwhile."""
    out = [one for one in objects if _is_active(one)]
    for one in out:
        raw.FPDFPageObj_SetIsActive(one, False)
    try:
        yield
    finally:
        for one in out:
            raw.FPDFPageObj_SetIsActive(one, True)


def _is_active(thing: Any) -> bool:
    active = ctypes.c_int()
    return bool(raw.FPDFPageObj_GetIsActive(thing, active) and active.value)


def _style(text_page: Any, drawn: Any, index: int) -> _Style:
    mode = raw.FPDFTextObj_GetTextRenderMode(drawn)
    colours = []
    if mode in _FILLED:
        colours.append(_colour(raw.FPDFText_GetFillColor, text_page, index))
    if mode in _STROKED:
        colours.append(_colour(raw.FPDFText_GetStrokeColor, text_page, index))
    thickness = ctypes.c_float()
    if mode in _STROKED:
        raw.FPDFPageObj_GetStrokeWidth(drawn, thickness)
    matrix = raw.FS_MATRIX()
    size = math.inf
    if raw.FPDFText_GetMatrix(text_page, index, matrix):
        size = raw.FPDFText_GetFontSize(text_page, index) * math.hypot(matrix.c, matrix.d)
    return _Style(
        mode=mode,
        transparent=bool(colours) and all(c is not None and c[3] <= _NEARLY_TRANSPARENT for c in colours),
        colour=colours[0][:3] if colours and colours[0] else None,
        size=size if math.isfinite(size) and size > 0 else math.inf,
        stroke=min(max(thickness.value, 0.0), _MAX_STROKE),
    )


class _Painted:
    """Which thing was painted last where on the page, in cells of `_CELL` points, texts and unfilled outlines aside."""

    def __init__(self, page: Any, to_page: ToPage, width: float, height: float) -> None:
        self._cell = max(_CELL, max(width, height) / _MAX_CELLS)
        columns, rows = int(width / self._cell) + 1, int(height / self._cell) + 1
        self._last = [[0] * columns for _ in range(rows)]
        self._turn: dict[int, int] = {}
        for turn, (thing, kind, outermost) in enumerate(things(page), 1):
            if kind == raw.FPDF_PAGEOBJ_TEXT:
                self._turn[ctypes.addressof(thing.contents)] = turn
            elif (kind != raw.FPDF_PAGEOBJ_PATH or _is_broad(thing)) and (bounds := _bounds(outermost)):
                x0, y0, x1, y1 = (value / self._cell for value in to_page.box(*bounds))
                if math.isfinite(x0 + y0 + x1 + y1):
                    first, last = max(int(x0), 0), min(int(x1) + 1, columns)
                    for row in self._last[max(int(y0), 0) : max(int(y1) + 1, 0)]:
                        row[first:last] = [turn] * max(last - first, 0)

    def over(self, text_object: int | None, x: float, y: float) -> bool:
        """Whether something was painted at this place of the page after the text object."""
        return self._last[int(y / self._cell)][int(x / self._cell)] > self._turn.get(text_object or 0, math.inf)


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

"""The pixels of a page: what they say at places whose text is known, and what they say where the file has no text.

The page is drawn as a person sees it, annotations included. A place is read as far as its ink goes on without a gap, so
that a digit drawn before a number belongs to it, whatever boxes the file claims for its letters. Runs in the reading process.
"""

from __future__ import annotations

import math
import time
from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from agents.documents._page import Box, Unreadable, open_page, open_pdf
from agents.documents.alike import same
from infra.extras import needs

if TYPE_CHECKING:
    from PIL.Image import Image

    from agents.documents._messages import (
        LookAnswer,
        LookOrder,
        PieceAnswer,
        SeenLineAnswer,
        SeenPlaceAnswer,
        SeenTextAnswer,
    )
    from agents.documents.ocr import OcrEngine

with needs("ocr", "Reading the pixels of key values"):
    import cv2
    import numpy as np
    from numpy.typing import NDArray

Pixels = NDArray[np.uint8]
"""A page or a part of it in grey, row by row."""

_RESOLUTION = 200 / 72
"""Pixels a point at which a page is drawn."""
_MAX_PIXELS = 6_000_000
_LINE = 48
"""Pixels in height that a line is drawn with to be read, its margin included: what the models we bring are made for."""
_MOST_PIXELS_OF_A_LINE = 1_500_000

_GAP = 0.5
"""Blank wider than this, in heights of the line, ends what is read with a place. A space is a quarter."""
_CONTRAST = 48
"""Of 255: what differs less from its background is no ink."""
_WAYS = ((0.2, 1.0), (0.1, 1.5), (0.35, 2.0))
"""How a line is read, one way after the other: margin above and below in heights of the line, and how much it is made broader.
A recogniser loses letters that repeat, unless they stand apart."""
_BEYOND_DOUBT = 0.98
"""Confidence with which the first reading needs no second, where it says what it should."""

_TURNED = 2
"""A line that is so many times as high as long, and has more letters, runs up or down."""

_COARSE = 2
"""Pixels of a page that are one where it is searched for what has no text."""
_AROUND_WORDS = 0.15
"""Margin around words, in their heights, that is theirs: accents, slants, what is underlined."""
_RULE = 40
"""Coarse pixels: what runs straight for so long is a rule or a frame, no letter."""
_LETTERS_APART = (9, 21)
"""Coarse pixels, down and along, within which ink is of one place."""
_MIN_INK = 40
_MIN_SIZE = (6, 10)
"""Coarse pixels, down and along: what is smaller says nothing."""
_MOST_REGIONS = 16
_WHOLE = 0.5
"""Share of the page from which on it is read as a whole, not in places."""


class _Word(NamedTuple):
    text: str
    box: Box
    line: int


class _Line(NamedTuple):
    """A line of a place: the words that stand in it and the box around them."""

    words: list[_Word]
    box: Box


def look(data: bytes, order: LookOrder, engine: OcrEngine) -> LookAnswer:
    """What the picture says at each place of ``order``, and beside the words of its pages. Raises `Unreadable`."""
    begun = time.monotonic()
    document, _ = open_pdf(data)
    places: list[SeenPlaceAnswer] = [{"lines": []} for _ in order["places"]]
    besides: list[PieceAnswer] = []
    unseen: list[int] = []
    for asked in order["pages"]:
        number = asked["number"]
        if time.monotonic() - begun > order["seconds"]:
            unseen.append(number)
            continue
        page, _ = open_page(document, number)
        sheet = _Sheet(page, [_Word(text, _box(box), line) for text, box, line in asked["words"]])
        for seen, place in zip(places, order["places"], strict=True):
            if place["page"] == number:
                seen["lines"] = [sheet.read(line, engine) for line in sheet.lines_at(_box(place["box"]))]
        for box, text, sure in sheet.besides(engine, whole=asked["whole"]):
            besides.append({"page": number, "box": [round(v, 2) for v in box], "text": text, "confidence": sure})
    return {"engine": engine.name, "places": places, "besides": besides, "unseen": unseen}


class _Sheet:
    """A page, drawn, with the words that the file says stand on it."""

    def __init__(self, page: Any, words: Sequence[_Word]) -> None:
        self._page = page
        self._words = words
        self._width, self._height = page.get_size()
        self._scale = min(_RESOLUTION, math.sqrt(_MAX_PIXELS / (self._width * self._height)))
        self._pixels = self._drawn(self._scale)
        self._read: dict[Box, list[tuple[str, float]]] = {}
        """What was read already: several values may stand on one line."""

    def lines_at(self, place: Box) -> list[_Line]:
        """The lines of the words whose middle is in ``place``; the place itself where there are none."""
        lines: dict[int, list[_Word]] = {}
        for word in self._words:
            x, y = _middle(word.box)
            if place[0] - 1 <= x <= place[2] + 1 and place[1] - 1 <= y <= place[3] + 1:
                lines.setdefault(word.line, []).append(word)
        return [_Line(words, _around(w.box for w in words)) for words in lines.values()] or [_Line([], place)]

    def read(self, line: _Line, engine: OcrEngine) -> SeenLineAnswer:
        """What stands in a line and, without a gap, beside it: by the file, and as its picture is read."""
        value = " ".join(word.text for word in line.words)
        if _is_turned(line.box, value):
            run, printed = line.box, value
        else:
            run = self._run(line.box)
            words = sorted((w for w in self._words if _within(_middle(w.box), run)), key=lambda w: w.box[0])
            printed = " ".join(word.text for word in words)
        if run not in self._read:
            self._read[run] = list(self._ways(run, printed, engine))
        read: list[SeenTextAnswer] = [{"text": text, "confidence": round(sure, 3)} for text, sure in self._read[run]]
        return {"printed": printed, "value": value, "box": [round(v, 2) for v in run], "read": read}

    def _ways(self, run: Box, printed: str, engine: OcrEngine) -> Iterator[tuple[str, float]]:
        """The picture of a line as it is read: once where that is beyond doubt what is printed, else in every way."""
        if min(run[2] - run[0], run[3] - run[1]) < 1:
            return
        for way, (margin, broader) in enumerate(_WAYS):
            picture = self._cut(run, margin)
            turns = (90, 270) if _is_turned(run, printed) else (0,)
            pictures = [picture.rotate(degrees, expand=True) for degrees in turns]
            pictures = [each.resize((round(each.width * broader), each.height)) for each in pictures]
            text, sure = max(_read_lines(engine, pictures), key=lambda read: read[1])
            yield text, sure
            if way == 0 and same(text, printed) and sure >= _BEYOND_DOUBT:
                return

    def besides(self, engine: OcrEngine, *, whole: bool) -> Iterator[tuple[Box, str, float]]:
        """What is read on the page where it has no words; on the ``whole`` page, whatever words it has."""
        height, width = self._pixels.shape
        regions = [(0, 0, width, height)] if whole else _regions(self._without_words())
        for left, top, right, bottom in regions:
            picture = self._pixels[top:bottom, left:right]
            recognised = engine.recognise(_image(picture))
            box = left / self._scale, top / self._scale, right / self._scale, bottom / self._scale
            lines: dict[tuple[float, float, int], list[Any]] = {}
            for word in recognised.words:
                side = word.box[0::2] if word.turn % 2 else word.box[1::2]
                lines.setdefault((*side, word.turn), []).append(word)
            for of_line in lines.values():
                place = box
                if not recognised.turned:
                    at = _around(word.box for word in of_line)
                    place = _box([(value + (left, top)[n % 2]) / self._scale for n, value in enumerate(at)])
                yield place, " ".join(word.text for word in of_line), min(word.confidence for word in of_line)

    def _run(self, box: Box) -> Box:
        """``box``, made longer to both sides up to where nothing is drawn for a while, or a rule across the line."""
        scale, (height, width) = self._scale, self._pixels.shape
        top, bottom = max(math.floor(box[1] * scale), 0), min(math.ceil(box[3] * scale), height)
        left, right = max(math.floor(box[0] * scale), 0), min(math.ceil(box[2] * scale), width)
        if bottom - top < 1 or right - left < 1:
            return box
        blank = _blank(self._pixels[top:bottom], left, right)
        gap = max(round(_GAP * (bottom - top)), 2)
        left, right = width - _reach(blank[::-1], width - left, gap), _reach(blank, right, gap)
        return left / scale, box[1], right / scale, box[3]

    def _cut(self, run: Box, margin: float) -> Image:
        """The picture of a line, drawn anew as large as it is best read."""
        down = min(run[3] - run[1], run[2] - run[0])
        around = margin * down
        left, top = max(run[0] - 0.25 * down, 0.0), max(run[1] - around, 0.0)
        right, bottom = min(run[2] + 0.25 * down, self._width), min(run[3] + around, self._height)
        area, height = (right - left) * (bottom - top), min(bottom - top, right - left)
        scale = min(_LINE / height, math.sqrt(_MOST_PIXELS_OF_A_LINE / area))
        return _image(self._drawn(scale, (left, self._height - bottom, self._width - right, top)))

    def _drawn(self, scale: float, crop: Box = (0, 0, 0, 0)) -> Pixels:
        try:
            bitmap = self._page.render(scale=scale, grayscale=True, may_draw_forms=False, crop=crop)
            pixels = np.asarray(bitmap.to_numpy(), np.uint8)
        except Exception as error:
            raise Unreadable("damaged", "A page cannot be drawn. Ask the sender for the file again.") from error
        return pixels.reshape(pixels.shape[:2]).copy()

    def _without_words(self) -> NDArray[np.bool_]:
        """Where on the page, in coarse pixels, something begins or ends that is no word of the file."""
        scale = self._scale / _COARSE
        small = cv2.resize(self._pixels, None, fx=1 / _COARSE, fy=1 / _COARSE, interpolation=cv2.INTER_AREA)
        edges = cv2.morphologyEx(small, cv2.MORPH_GRADIENT, np.ones((3, 3), np.uint8)) > _CONTRAST
        for word in self._words:
            x0, y0, x1, y1 = word.box
            around = _AROUND_WORDS * min(y1 - y0, x1 - x0) + 1
            top, left = max(int((y0 - around) * scale), 0), max(int((x0 - around) * scale), 0)
            edges[top : math.ceil((y1 + around) * scale), left : math.ceil((x1 + around) * scale)] = False
        return np.asarray(edges, bool)


def _regions(edges: NDArray[np.bool_]) -> list[tuple[int, int, int, int]]:
    """Left, top, right and bottom, in pixels of the page, of the places where letters may be among ``edges``."""
    ink = edges.astype(np.uint8)
    along, down = (cv2.morphologyEx(ink, cv2.MORPH_OPEN, np.ones(run, np.uint8)) for run in ((1, _RULE), (_RULE, 1)))
    rules = cv2.dilate(cv2.max(along, down), np.ones((3, 3), np.uint8))
    ink = np.asarray(np.where(rules > 0, 0, ink), np.uint8)
    height, width = ink.shape
    grown = cv2.dilate(ink, np.ones(_LETTERS_APART, np.uint8))
    _, labels, found, _ = cv2.connectedComponentsWithStats(grown)
    amounts = np.bincount(labels.ravel(), weights=ink.ravel(), minlength=len(found))
    regions = []
    for (left, top, across, down, _), amount in list(zip(found, amounts, strict=True))[1:]:
        pad_down, pad_along = _LETTERS_APART[0] // 2, _LETTERS_APART[1] // 2
        if amount < _MIN_INK or down - 2 * pad_down < _MIN_SIZE[0] or across - 2 * pad_along < _MIN_SIZE[1]:
            continue
        regions.append((left * _COARSE, top * _COARSE, (left + across) * _COARSE, (top + down) * _COARSE))
    covered = sum((right - left) * (bottom - top) for left, top, right, bottom in regions)
    if len(regions) > _MOST_REGIONS or covered > _WHOLE * height * width * _COARSE**2:
        return [(0, 0, width * _COARSE, height * _COARSE)]
    return [(int(left), int(top), int(right), int(bottom)) for left, top, right, bottom in regions]


def _blank(band: Pixels, left: int, right: int) -> NDArray[np.bool_]:
    """Which columns of a line have no ink, or a rule across all of it. The background is what most of ``left`` to
    ``right`` is; rules along the line are not counted."""
    background = int(np.median(band[:, left:right]))
    ink = np.abs(band.astype(np.int16) - background) > _CONTRAST
    ink &= ink.mean(axis=1, keepdims=True) < 0.8
    inked = ink.mean(axis=0)
    return np.asarray((inked == 0) | (inked > 0.95))


def _reach(blank: NDArray[np.bool_], start: int, gap: int) -> int:
    """How far to the right of ``start`` ink goes on with no blank as wide as ``gap``."""
    end, empty = start, 0
    for column in range(start, len(blank)):
        empty = empty + 1 if blank[column] else 0
        if empty >= gap:
            break
        if not blank[column]:
            end = column + 1
    return end


def _read_lines(engine: OcrEngine, pictures: Sequence[Image]) -> list[tuple[str, float]]:
    """The text of each picture of a line and how sure its least sure letter is. An engine that reads whole pages only is
    given each as a page."""
    if read_lines := getattr(engine, "read_lines", None):
        return list(read_lines(pictures))
    lines = []
    for picture in pictures:
        words = sorted(engine.recognise(picture).words, key=lambda word: word.box[0])
        lines.append((" ".join(w.text for w in words), min((w.confidence for w in words), default=0.0)))
    return lines


def _image(pixels: Pixels) -> Image:
    from PIL import Image

    return Image.fromarray(np.ascontiguousarray(pixels))


def _box(values: Sequence[float]) -> Box:
    left, top, right, bottom = values
    return left, top, right, bottom


def _is_turned(box: Box, text: str) -> bool:
    return box[3] - box[1] > _TURNED * (box[2] - box[0]) and len(text) > _TURNED


def _middle(box: Box) -> tuple[float, float]:
    return (box[0] + box[2]) / 2, (box[1] + box[3]) / 2


def _within(point: tuple[float, float], box: Box) -> bool:
    return box[0] <= point[0] <= box[2] and box[1] <= point[1] <= box[3]


def _around(boxes: Iterable[Box]) -> Box:
    boxes = list(boxes)
    return min(b[0] for b in boxes), min(b[1] for b in boxes), max(b[2] for b in boxes), max(b[3] for b in boxes)

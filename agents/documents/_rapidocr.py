"""The words in a picture recognised by RapidOCR, whose models come inside its package.

Making an engine loads the models (1.3 s), so one is made only where a page is to be recognised. Nothing is fetched. What was
measured, and against what it was chosen, is in the README of this folder.

Lines of text are found in the picture; from their direction follows how it has to be turned to stand upright; each line is
cut out straightened and recognised; its letters' positions divide it into words.
"""

from __future__ import annotations

import math
import os
from collections.abc import Iterator, Sequence
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from agents.documents.ocr import Recognised, RecognisedWord
from agents.documents.turning import Box
from infra.extras import needs

with needs("ocr", "The OCR engine rapidocr"):
    import cv2
    import numpy as np
    import rapidocr
    from numpy.typing import NDArray

if TYPE_CHECKING:
    import PIL.Image

_COARSE = 1664
"""Pixels along the longer side at which lines are looked for: measured, finer finds no more of them. They are read in the
picture as it is."""
_NARROW = 160
"""Pixels of 48 in height to which a shorter line is filled up. Half of what is usual: measured, quicker and no worse."""
_MAX_LINES = 2000
"""Pieces of text on a page; a closely printed one has 300."""
_MAX_THREADS = 4

_LONG = 4.0
"""A line this many times as long as high has a direction that can be measured."""
_TURNED = 2.0
"""A place this many times as high as broad may be a line of text that runs down or up."""
_SKEWED = 0.15
"""Degrees. A page that is turned less is taken as it is."""
_MOST_SKEWED = 30.0
"""Degrees. What lies between this and the quarter turns is no page that went through a scanner."""
_SURELY_UPRIGHT = 0.9
"""Mean confidence of the longest lines from which on nobody asks whether they stand on their heads."""
_SAMPLE = 6
"""Of lines, to see which way up they are."""

_LEGIBLE = 0.5
"""Mean confidence of a line, below which it is no text but a drawing, or no better than a guess."""
_HEIGHT = 0.84
"""The height of a word as text of a file would have it, of the height at which its line is found: measured."""
_APART = 0.6
"""Blank between letters wider than this, in line heights, divides words even where no space was recognised."""

Image = NDArray[np.uint8]
Quads = NDArray[np.float64]
"""Shape (n, 4, 2): the corners of n places in pixels, clockwise from the one at the start of the line."""


class _LineText(NamedTuple):
    """What is read in the picture of a line: its letters without spaces, and of each its middle (pixels along the
    line), its confidence, and whether a space is before it."""

    letters: str
    at: list[float]
    sure: list[float]
    spaced: list[bool]

    @property
    def confidence(self) -> float:
        return sum(self.sure) / len(self.sure) if self.sure else 0.0


class RapidOcr:
    """See `agents.documents.ocr.OcrEngine`."""

    name = f"RapidOCR {version('rapidocr')}, PP-OCRv6 small"

    def __init__(self, threads: int | None = None) -> None:
        # As many as this process may use processors, up to four.
        usable = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else 2
        self.threads = threads or min(usable, _MAX_THREADS)
        models = Path(rapidocr.__file__).parent / "models"
        # What a call returns follows from its arguments, which its types do not tell.
        self._models: Any = rapidocr.RapidOCR(
            params={
                "Global.log_level": "error",
                "Global.text_score": 0.0,
                "Global.use_preprocess_img": False,
                "Global.use_cls": False,
                # Named by path, for a model that is sought by its name and not found would be fetched.
                "Det.model_path": str(models / "PP-OCRv6_det_small.onnx"),
                "Rec.model_path": str(models / "PP-OCRv6_rec_small.onnx"),
                "Det.limit_type": "max",
                "Det.limit_side_len": _COARSE,
                "Det.max_candidates": _MAX_LINES,
                "Rec.rec_img_shape": [3, 48, _NARROW],
                "EngineConfig.onnxruntime.intra_op_num_threads": self.threads,
                "EngineConfig.onnxruntime.inter_op_num_threads": 1,
            }
        )
        cv2.setNumThreads(1)
        blank = np.full((64, 64, 3), 255, np.uint8)
        self._models(blank, use_det=True, use_rec=False)  # the models are loaded at their first use
        self._models(blank, use_det=False, use_rec=True)

    @classmethod
    def before_fork(cls) -> RapidOcr:
        """One that works in forks of the process that makes it: with one thread ONNX Runtime starts none of its own."""
        return cls(threads=1)

    def read_lines(self, pictures: Sequence[PIL.Image.Image]) -> list[tuple[str, float]]:
        read = []
        for picture in pictures:
            image = cv2.cvtColor(np.asarray(picture), cv2.COLOR_GRAY2BGR)
            answer = self._models(image, use_det=False, use_cls=False, use_rec=True)
            read.append((str(answer.txts[0]), float(answer.scores[0])))
        return read

    def recognise(self, picture: PIL.Image.Image) -> Recognised:
        image = np.asarray(cv2.cvtColor(np.asarray(picture), cv2.COLOR_GRAY2BGR), np.uint8)
        places = self._places(image)
        quarters = 0
        if _on_their_side(places):
            quarters = 1
            image = np.ascontiguousarray(np.rot90(image, -1))
            places = self._places(image)
        skew = _skew(places)
        if self._upside_down(image, places, skew):
            quarters = (quarters + 2) % 4
            image = np.ascontiguousarray(np.rot90(image, 2))
            places = np.roll(np.array(image.shape[1::-1]) - places, 2, axis=1)
        words: list[RecognisedWord] = []
        sure: list[float] = []
        illegible = 0
        for place in _straightened(places, skew, image.shape):
            line, text, turn = self._read(image, place, skew)
            if text.confidence < _LEGIBLE:
                illegible += 1
                continue
            sure += text.sure
            for word, box, confidence in _words(line, text):
                words.append(RecognisedWord(word, _unturned(box, turn, line.shape, place), confidence, turn))
        turned = (quarters * 90.0 - skew + 180) % 360 - 180
        return Recognised(words, sum(sure) / len(sure) if sure else 0.0, turned, illegible)

    def _places(self, image: Image) -> Quads:
        """Where lines of text are."""
        boxes = self._models(image, use_det=True, use_cls=False, use_rec=False).boxes
        return np.zeros((0, 4, 2)) if boxes is None else np.asarray(boxes, np.float64).reshape(-1, 4, 2)

    def _upside_down(self, image: Image, places: Quads, skew: float) -> bool:
        """Whether the longest lines are read better the other way round."""
        length, _ = _sides(places)
        longest = places[np.argsort(-length)[:_SAMPLE]]
        lines = [_cut(image, place, skew) for place in _straightened(longest, skew, image.shape)]
        as_is = [self._text(line).confidence for line in lines]
        if not lines or sum(as_is) / len(lines) >= _SURELY_UPRIGHT:
            return False
        return sum(self._text(np.rot90(line, 2)).confidence for line in lines) > sum(as_is)

    def _read(self, image: Image, place: Box, skew: float) -> tuple[Image, _LineText, int]:
        """The picture of a line as it is read best, what it says, and by how many quarter turns its text is turned."""
        line = _cut(image, place, skew)
        ways = [(line, 0)]
        if line.shape[0] > _TURNED * line.shape[1]:
            ways += [(np.ascontiguousarray(np.rot90(line)), 1), (np.ascontiguousarray(np.rot90(line, -1)), 3)]
        read = [(way, self._text(way), turn) for way, turn in ways]
        return max(read, key=lambda way: way[1].confidence)

    def _text(self, line: Image) -> _LineText:
        """What the picture of a line says."""
        answer = self._models(
            np.ascontiguousarray(line), use_det=False, use_cls=False, use_rec=True, return_word_box=True
        )
        text, info = answer.txts[0], answer.word_results[0]
        columns = iter([column for word in info.word_cols for column in word])
        read = _LineText("".join(text.split()), [], [], [])
        spaced = False
        for letter, sure in zip(text, info.confs, strict=False):
            if letter.isspace():
                spaced = True
                continue
            read.at.append((next(columns) + 0.5) * line.shape[1] / info.line_txt_len)
            read.sure.append(float(sure))
            read.spaced.append(spaced)
            spaced = False
        return read


def _sides(places: Quads) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """How long and how high each place is."""
    return (
        np.linalg.norm(places[:, 1] - places[:, 0], axis=1),
        np.linalg.norm(places[:, 3] - places[:, 0], axis=1),
    )


def _on_their_side(places: Quads) -> bool:
    """Whether most of the text runs up or down."""
    length, height = _sides(places)
    return bool(height[height > _TURNED * length].sum() > length[length > _TURNED * height].sum())


def _skew(places: Quads) -> float:
    """By how many degrees, clockwise, the lines run down to the right: the median, each counting by its length."""
    length, height = _sides(places)
    straight = length > _LONG * height
    if not straight.any():
        return 0.0
    along = (places[:, 1] - places[:, 0])[straight]
    angles = np.degrees(np.arctan2(along[:, 1], along[:, 0]))
    order = np.argsort(angles)
    weight = np.cumsum(length[straight][order])
    angle = float(angles[order][np.searchsorted(weight, weight[-1] / 2)])
    return round(angle, 2) if _SKEWED <= abs(angle) <= _MOST_SKEWED else 0.0


def _straightened(places: Quads, skew: float, shape: tuple[int, ...]) -> Iterator[Box]:
    """The boxes, in pixels, of the places once the picture is turned back by ``skew`` about its middle."""
    matrix = _turning(shape, -skew)
    for place in places:
        yield _around(place @ matrix[:, :2].T + matrix[:, 2])


def _turning(shape: tuple[int, ...], degrees: float) -> NDArray[np.float64]:
    """The affine map that turns a picture clockwise about its middle."""
    height, width = shape[:2]
    return np.asarray(cv2.getRotationMatrix2D((width / 2, height / 2), -degrees, 1.0), np.float64)


def _around(place: NDArray[np.float64]) -> Box:
    (left, top), (right, bottom) = np.floor(place.min(axis=0)), np.ceil(place.max(axis=0))
    return float(left), float(top), float(right), float(bottom)


def _cut(image: Image, box: Box, skew: float) -> Image:
    """What is in ``box`` of the picture turned back by ``skew``; what lies beside the picture is white."""
    left, top, right, bottom = box
    matrix = _turning(image.shape, -skew)
    matrix[:, 2] -= (left, top)
    size = max(int(right - left), 1), max(int(bottom - top), 1)
    cut = cv2.warpAffine(image, matrix, size, flags=cv2.INTER_LINEAR, borderValue=(255, 255, 255))
    return np.asarray(cut, np.uint8)


def _words(line: Image, text: _LineText) -> Iterator[tuple[str, Box, float]]:
    """The words of a line with their boxes within its picture: as broad as their ink, as high as the line."""
    blank = _blank_columns(line)
    height, width = line.shape[:2]
    edges = [0]
    starts = [0]
    for n in range(1, len(text.letters)):
        begin, end = _widest(blank, int(text.at[n - 1]), math.ceil(text.at[n]))
        if text.spaced[n] or end - begin > _APART * height:
            starts.append(n)
            edges.append((begin + end) // 2)
    for n, start in enumerate(starts):
        stop = starts[n + 1] if n + 1 < len(starts) else len(text.letters)
        left, right = edges[n], edges[n + 1] if n + 1 < len(edges) else width
        inked = np.flatnonzero(~blank[left:right])
        if len(inked):
            left, right = left + int(inked[0]), left + int(inked[-1]) + 1
        margin = (1 - _HEIGHT) / 2 * height
        box = (float(left), margin, float(right), height - margin)
        yield text.letters[start:stop], box, min(text.sure[start:stop])


def _blank_columns(line: Image) -> NDArray[np.bool_]:
    """Which columns of the picture of a line have no ink, rules along and across it aside."""
    grey = line[:, :, 0]
    _, dark = cv2.threshold(grey, 0, 1, cv2.THRESH_BINARY_INV | cv2.THRESH_OTSU)
    ink = np.asarray(dark, bool)
    if ink.mean() > 0.5:  # light letters on a dark ground
        ink = ~ink
    ink = ink & (ink.mean(axis=1, keepdims=True) < 0.8)
    inked = ink.mean(axis=0)
    return np.asarray((inked == 0) | (inked > 0.95))


def _widest(blank: NDArray[np.bool_], begin: int, end: int) -> tuple[int, int]:
    """The widest run of blank columns from ``begin`` to ``end``; the middle where there is none."""
    best = ((begin + end) // 2,) * 2
    at = None
    for n in range(begin, end + 1):
        if n < min(end, len(blank)) and blank[n]:
            at = n if at is None else at
        elif at is not None:
            best = (at, n) if n - at > best[1] - best[0] else best
            at = None
    return best


def _unturned(box: Box, turn: int, shape: tuple[int, ...], place: Box) -> Box:
    """Where on the page a ``box`` in the picture of a line is, which was turned by ``turn`` quarters to be read."""
    left, top, right, bottom = box
    height, width = shape[:2]
    if turn == 1:  # it runs down: the start of the line is at the top, its foot on the left
        left, top, right, bottom = height - bottom, left, height - top, right
    elif turn == 3:
        left, top, right, bottom = top, width - right, bottom, width - left
    return left + place[0], top + place[1], right + place[0], bottom + place[1]

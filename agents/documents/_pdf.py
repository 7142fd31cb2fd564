"""A PDF's pages, words and text, by pdfium.

pdfium was chosen by measuring, over 35 invoices of 17 issuers with 1096 values known to be printed: it finds 1093 in
0.14 s, pypdf 1093 in 1.5 s, pdfplumber 1093 in 5.6 s (all in the order drawn; the other three are dates in forms the
comparison does not know). Sorted into rows, which puts the lines of a cell apart, pdfplumber and this module find 1080.
pypdf reads the structure instead (see `_attachments`, `_structure`): it reaches what pdfium has no call for.

pdfium says what stands where; order is ours: words with the same baseline are a line, lines go from top to bottom.
"""

from __future__ import annotations

import ctypes
import math
import statistics
import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, NamedTuple

import pypdfium2 as pdfium  # type: ignore[import-untyped]
import pypdfium2.raw as raw  # type: ignore[import-untyped]

from agents.documents._messages import (
    AnnotationAnswer,
    Answer,
    HiddenTextAnswer,
    OcrAnswer,
    PageAnswer,
    ProblemAnswer,
    ReplacedTextAnswer,
    WordAnswer,
)
from agents.documents._overlays import Overlaid, Overlays
from agents.documents._page import Box, ToPage, Unreadable, character, damaged, map_to_page, open_page, open_pdf
from agents.documents._replacements import Claim, take_out_claims
from agents.documents._sight import Letter, Seen, Why, look, text_object
from agents.documents._structure import active_content, attachment_names, metadata, unfolds_too_far
from agents.documents.turning import displayed, upright_size

if TYPE_CHECKING:
    from PIL.Image import Image

    from agents.documents.ocr import OcrEngine

MAX_PAGES = 500
MAX_CHARACTERS = 1_000_000
"""Some 400 closely printed pages. More is not an invoice, and would be paid for by the token."""

_COLUMN_GAP = 0.75
"""A gap wider than this, in line heights, separates columns. A space between words is a quarter to a half."""
_SAME_LINE = 0.4
"""Baselines nearer than this, in line heights, are one line."""
_MAX_COLUMNS = 200

_FEW_LETTERS = 60
"""A picture of a page that carries no more than these, such as a stamp of when it came in, has no text of its own."""

_POINTS_PER_INCH = 72.0
_RESOLUTION = 200.0
"""Pixels an inch at which a page is drawn to be recognised: measured, finer costs twice the time and reads no more."""
_MAX_PIXELS = 6_000_000
"""Of such a drawing; A4 at 200 pixels an inch has 3.9 million. A larger page is drawn coarser."""

_MAX_HIDDEN = 20_000
"""Characters of hidden text that are kept, of a whole document: some 3,000 words. More are counted only."""
_MAX_HIDDEN_AT_ONCE = 2_000
"""Characters of one piece of it."""
_NEXT = 3
"""Characters this many apart are next to each other: a space and a line end may be between."""


@dataclass(slots=True)
class _Word:
    text: str
    left: float
    top: float
    right: float
    bottom: float
    origin: tuple[float, float]
    """Where its first letter starts on the baseline."""
    turn: int
    """Quarter turns, clockwise, from the direction of the page: 0 runs from left to right, 1 downwards."""
    confidence: float | None = None
    """Of a word recognised in a picture: how sure its least sure letter is, from 0 to 1."""
    overlay: int | None = None
    """Which of what lies over the page it is on; None where it is the page's own."""
    aside: bool = False
    """Whether it is of a note, which is no part of the lines that it lies on. (What a form field holds is.)"""

    @property
    def height(self) -> float:
        return max(self.right - self.left if self.turn % 2 else self.bottom - self.top, 1.0)

    @property
    def start(self) -> tuple[float, float]:
        """How far down and how far along it starts, to a reader who turns the head to it."""
        x, y = self.origin
        return ((y, x), (-x, y), (-y, -x), (x, -y))[self.turn]

    def reaches(self, left: float, top: float, right: float, bottom: float) -> bool:
        """Whether a letter in this box stands on the same line."""
        if self.turn % 2:
            return self.left <= (left + right) / 2 <= self.right
        return self.top <= (top + bottom) / 2 <= self.bottom


class _Hidden(NamedTuple):
    """A character that is hidden, ``at`` an index of its page's text."""

    at: int
    character: str
    box: Box
    why: Why


@dataclass(slots=True)
class PageText:
    """On a page: words in the order they were drawn, and what is not, or may not be, for people to see."""

    words: list[_Word] = field(default_factory=list)
    undecodable: int = 0
    unseen: int = 0
    """Characters on the page that are hidden and therefore left out."""
    hidden: list[_Hidden] = field(default_factory=list)
    replaced: list[tuple[str, str, Box]] = field(default_factory=list)
    """What the file wants read, what is drawn, and where."""
    recognised: bool = False
    picture: bool = False
    """Whether something is drawn on the page but no text that can be read."""
    ocr: OcrAnswer | None = None
    """Where the words come from OCR, how: in the shape of `reading.Ocr`. They stand on the page turned upright."""


Recogniser = Callable[[int, Any], PageText | None]
"""Given the number of a page without text and the page, what it says; None where it is not to be recognised."""


def read_pdf(data: bytes, recognise: Recogniser | None = None) -> Answer:
    """All of a PDF but its e-invoice, in the shape of `Reading`; besides it the numbers of the ``pictures``: pages that
    have no text that can be read, and that nobody has recognised.

    Raises `Unreadable`.
    """
    document, repairs = open_pdf(data)
    count = len(document)
    if count > MAX_PAGES:
        raise Unreadable(
            "too_large",
            f"The PDF has {count} pages; at most {MAX_PAGES} are read. Hand in the invoice alone, without its annexes.",
        )
    if not count:
        raise damaged("it has no pages")
    pages: list[PageAnswer] = []
    words: list[WordAnswer] = []
    hidden: list[HiddenTextAnswer] = []
    annotations: list[AnnotationAnswer] = []
    overlaid: list[int] = []
    replaced: list[ReplacedTextAnswer] = []
    pictures: list[int] = []
    overlays = Overlays(data)
    text: list[str] = []
    characters = undecodable = unseen = kept = line_number = 0
    for number in range(1, count + 1):
        page, mended = open_page(document, number)
        repairs += mended
        over = overlays.over(page, number)
        page = over.page
        try:
            claims = take_out_claims(page)
            text_page = page.get_textpage()
        except pdfium.PdfiumError as error:
            raise damaged(f"its page {number} cannot be opened") from error
        characters += text_page.count_chars()
        if characters > MAX_CHARACTERS:
            raise Unreadable(
                "too_large",
                f"The PDF holds more than {MAX_CHARACTERS:,} characters of text, far more than an invoice has. "
                "Look at it by hand, or hand in the invoice alone.",
            )
        width, height = page.get_size()
        on_page = _look(over, claims, text_page, width, height, _MAX_HIDDEN - kept)
        annotations += _annotations(over, on_page, number)
        overlaid += [number] if over.unread else []
        replaced += [
            {"text": stated, "page": number, "box": _rounded(box), "drawn": drawn}
            for stated, drawn, box in on_page.replaced
        ]
        if on_page.picture:
            seen = recognise(number, page) if recognise else None
            if seen is None:
                pictures.append(number)
            else:
                on_page = PageText(seen.words, 0, on_page.unseen, on_page.hidden, ocr=seen.ocr)
        pages.append(
            {
                "number": number,
                "width": round(width, 2),
                "height": round(height, 2),
                "recognised": on_page.recognised,
                "ocr": on_page.ocr,
            }
        )
        undecodable += on_page.undecodable
        unseen += on_page.unseen
        kept += len(on_page.hidden)
        hidden += _pieces(on_page.hidden, number)
        if number > 1:
            text.append(f"--- page {number} ---")
        rows = _lines(on_page.words)
        text += _typeset(rows)
        for row in rows:
            for word in row:
                box = word.left, word.top, word.right, word.bottom
                if on_page.ocr:
                    box = displayed(box, width, height, on_page.ocr["turned"])
                answer: WordAnswer = {"text": word.text, "page": number, "box": _rounded(box), "line": line_number}
                if word.confidence is not None:
                    answer["confidence"] = round(word.confidence, 3)
                if word.overlay is not None:
                    answer["origin"] = "form" if over.overlays[word.overlay].kind == "Widget" else "annotation"
                words.append(answer)
            line_number += 1
        text_page.close()
        page.close()
    read: Answer = {
        "pages": pages,
        "hidden_text": unseen,
        "hidden": hidden,
        "annotations": annotations,
        "overlaid": overlaid,
        "replaced": replaced,
        "metadata": metadata(document),
        "active": active_content(document),
        "attachments": attachment_names(document),
        "repairs": repairs,
        "pictures": pictures,
    }
    if undecodable > sum(len(word["text"]) for word in words):
        return {**read, "problem": _no_text("The text in the PDF cannot be decoded: its font has no letters.")}
    if not words:
        if unfolds_too_far(data):
            raise Unreadable(
                "too_large",
                "A page of the PDF unfolds to more than a page may take. "
                "Do not open it on a desk; ask the sender what it is.",
            )
        recognised = any(page["ocr"] for page in pages)
        why = "and none could be recognised in its pictures" if recognised else "as a scan has none"
        return {**read, "problem": _no_text(f"The PDF has no text that can be read, {why}.")}
    return {**read, "words": words, "text": "\n".join(text)}


def _rounded(box: Sequence[float]) -> list[float]:
    return [round(value, 2) for value in box]


def _no_text(what: str) -> ProblemAnswer:
    return {"code": "no_text", "message": f"{what} Read it by eye, or ask the sender for the original PDF."}


def _look(over: Overlaid, claims: list[Claim], text_page: Any, width: float, height: float, keep: int) -> PageText:
    """What stands on a page, of hidden characters at most ``keep``.

    What stands beside the page as it is displayed (its crop box) is left out and not counted: printers' marks do.
    """
    page = over.page
    to_page = map_to_page(page, width, height)
    letters, begins, undecodable = _letters(text_page, to_page)
    seen = look(page, text_page, to_page, width, height, letters)
    on_page = _gather(text_page, to_page, letters, begins, seen, over, keep)
    on_page.undecodable = undecodable
    on_page.recognised = seen.recognised
    on_page.replaced = [differing for claim in claims if (differing := _differing(claim, letters))]
    count = sum(len(word.text) for word in on_page.words if word.overlay is None)
    on_page.picture = raw.FPDFPage_CountObjects(page.raw) > 0 and (
        count <= undecodable or (count <= _FEW_LETTERS and not seen.recognised and seen.is_picture)
    )
    return on_page


def _differing(claim: Claim, letters: Sequence[Letter]) -> tuple[str, str, Box] | None:
    """What the claim says, what is drawn and where; None where the letters and digits are the same. (Hyphens and ligatures
    are what the claims are meant for.)"""
    drawn = [letter for letter in letters if letter.text_object in claim.text_objects]
    shown = "".join(letter.character for letter in drawn)
    if _said(shown) == _said(claim.text):
        return None
    edges = list(zip(*(letter.box for letter in drawn), strict=True)) or [(0.0,)] * 4
    return claim.text, shown, (min(edges[0]), min(edges[1]), max(edges[2]), max(edges[3]))


def _said(text: str) -> str:
    return "".join(c for c in unicodedata.normalize("NFKC", text).casefold() if c.isalnum())


def _annotations(over: Overlaid, on_page: PageText, number: int) -> list[AnnotationAnswer]:
    """What lies over the page, in the shape of `reading.Annotation`."""
    return [
        {
            "kind": overlay.kind,
            "page": number,
            "box": _rounded(overlay.box),
            "text": " ".join(word.text for word in on_page.words if word.overlay == index),
            "says": overlay.says,
            "field": overlay.name,
            "signature": overlay.signature,
        }
        for index, overlay in enumerate(over.overlays)
    ]


def _overlay_at(letter: Letter, over: Overlaid) -> int | None:
    """Which of what lies over the page the letter is of: the topmost in whose box it stands; None where it is the page's own."""
    if letter.text_object not in over.texts or not over.overlays:
        return None
    x, y = (letter.box[0] + letter.box[2]) / 2, (letter.box[1] + letter.box[3]) / 2
    at = [index for index, o in enumerate(over.overlays) if o.box[0] <= x <= o.box[2] and o.box[1] <= y <= o.box[3]]
    return at[-1] if at else len(over.overlays) - 1


def from_picture(page: Any, engine: OcrEngine) -> PageText:
    """The words of a page that has none, recognised by OCR. Raises `Unreadable`."""
    picture = _drawn(page)
    recognised = engine.recognise(picture)
    displayed_width, displayed_height = page.get_size()
    width, height = upright_size(displayed_width, displayed_height, recognised.turned)
    pixels_across, pixels_down = upright_size(*picture.size, recognised.turned)
    across, down = width / pixels_across, height / pixels_down
    words = []
    for text, box, sure, turn in recognised.words:
        left, top, right, bottom = box[0] * across, box[1] * down, box[2] * across, box[3] * down
        middle = (left + right) / 2, (top + bottom) / 2
        origin = ((left, middle[1]), (middle[0], top), (right, middle[1]), (middle[0], bottom))[turn]
        words.append(_Word(text, left, top, right, bottom, origin, turn, sure))
    ocr: OcrAnswer = {
        "engine": engine.name,
        "turned": round(recognised.turned, 2),
        "confidence": round(recognised.confidence, 3),
        "illegible": recognised.illegible,
    }
    return PageText(words, ocr=ocr)


def _drawn(page: Any) -> Image:
    """The page in grey, as an engine is shown it."""
    width, height = page.get_size()
    scale = min(_RESOLUTION / _POINTS_PER_INCH, math.sqrt(_MAX_PIXELS / (width * height)))
    try:
        picture: Image = page.render(scale=scale, grayscale=True, may_draw_forms=False).to_pil()
    except Exception as error:
        raise Unreadable("damaged", "A page cannot be drawn. Ask the sender for the file again.") from error
    return picture


def _letters(text_page: Any, to_page: ToPage) -> tuple[list[Letter], set[int], int]:
    """The letters of a page's text, at which of them a word begins, and how many characters cannot be decoded."""
    handle = text_page.raw
    around = raw.FS_RECTF()
    letters: list[Letter] = []
    begins: set[int] = set()
    undecodable, ended = 0, True
    for index in range(text_page.count_chars()):
        letter = character(raw.FPDFText_GetUnicode(handle, index))
        if letter is None:
            undecodable += 1
            continue
        if letter == " " or not raw.FPDFText_GetLooseCharBox(handle, index, around):
            ended = True
            continue
        box = to_page.box(around.left, around.bottom, around.right, around.top)
        if not math.isfinite(sum(box)):
            ended = True
            continue
        if ended:
            begins.add(index)
            ended = False
        letters.append(Letter(index, letter, box, text_object(text_page, index)))
    return letters, begins, undecodable


def _gather(
    text_page: Any, to_page: ToPage, letters: Sequence[Letter], begins: set[int], seen: Seen, over: Overlaid, keep: int
) -> PageText:
    """The words that ``letters`` make and what is hidden of them; at ``begins`` a word begins in any case."""
    matrix = raw.FS_MATRIX()
    x, y = ctypes.c_double(), ctypes.c_double()
    on_page = PageText()
    current: _Word | None = None
    for letter in letters:
        index, text, (left, top, right, bottom), _ = letter
        if why := seen.hidden.get(index):
            if len(on_page.hidden) < keep:
                on_page.hidden.append(_Hidden(index, text, letter.box, why))
            on_page.unseen += why != "outside"
            current = None
            continue
        overlay = _overlay_at(letter, over)
        if (
            current is not None
            and index not in begins
            and current.overlay == overlay
            and current.reaches(left, top, right, bottom)
        ):
            current.text += text
            current.left, current.right = min(current.left, left), max(current.right, right)
            current.top, current.bottom = min(current.top, top), max(current.bottom, bottom)
            continue
        raw.FPDFText_GetCharOrigin(text_page.raw, index, x, y)
        raw.FPDFText_GetMatrix(text_page.raw, index, matrix)
        across = to_page.a * matrix.a + to_page.c * matrix.b
        down = to_page.b * matrix.a + to_page.d * matrix.b
        turn = round(math.atan2(down, across) / (math.pi / 2)) % 4
        current = _Word(text, left, top, right, bottom, to_page.point(x.value, y.value), turn)
        current.overlay = overlay
        current.aside = overlay is not None and over.overlays[overlay].kind != "Widget"
        on_page.words.append(current)
    return on_page


def _pieces(hidden: list[_Hidden], page: int) -> list[HiddenTextAnswer]:
    """Hidden characters that follow each other, as pieces of text in the shape of `HiddenText`."""
    pieces: list[HiddenTextAnswer] = []
    last: _Hidden | None = None
    for letter in sorted(hidden):
        piece = pieces[-1] if pieces else None
        if (
            piece is None
            or last is None
            or letter.why != last.why
            or letter.at - last.at > _NEXT
            or len(piece["text"]) >= _MAX_HIDDEN_AT_ONCE
        ):
            pieces.append({"text": letter.character, "page": page, "box": letter.box, "why": letter.why})
        else:
            piece["text"] += (" " if letter.at - last.at > 1 else "") + letter.character
            (x0, y0, x1, y1), box = piece["box"], letter.box
            piece["box"] = (min(x0, box[0]), min(y0, box[1]), max(x1, box[2]), max(y1, box[3]))
        last = letter
    return [{**piece, "box": _rounded(piece["box"])} for piece in pieces]


def _lines(words: list[_Word]) -> list[list[_Word]]:
    """Words with the same baseline, from top to bottom and from left to right; turned words after the level ones, and those of
    notes over the page after all."""
    lines: list[list[_Word]] = []
    for word in sorted(words, key=lambda w: (w.aside, w.turn, w.start)):
        first = lines[-1][0] if lines else None
        if (
            first is not None
            and (first.aside, first.turn) == (word.aside, word.turn)
            and word.start[0] - first.start[0] <= _SAME_LINE * min(word.height, first.height)
        ):
            lines[-1].append(word)
        else:
            lines.append([word])
    for line in lines:
        line.sort(key=lambda w: w.start[1])
    return lines


def _typeset(lines: list[list[_Word]]) -> list[str]:
    """Each line as text, its columns roughly under each other as on the page, two spaces or more between them."""
    level = [word for line in lines for word in line if word.turn == 0]
    if not level:
        return [" ".join(word.text for word in line) for line in lines]
    margin = min(word.left for word in level)
    extent = max(word.right for word in level) - margin
    unit = max(statistics.median((w.right - w.left) / len(w.text) for w in level), extent / _MAX_COLUMNS, 0.1)
    typeset: list[str] = []
    for line in lines:
        text, end = "", margin
        for word in line:
            if word.turn:
                text += f" {word.text}" if text else word.text
                continue
            column = round((word.left - margin) / unit)
            if not text:
                text = " " * column
            elif word.left - end > _COLUMN_GAP * min(word.height, 3 * unit):
                text += " " * max(2, column - len(text))
            else:
                text += " "
            text += word.text
            end = word.right
        typeset.append(text)
    return typeset

"""Invoices that show a person something else than they give a program, of every kind we know; and honest ones drawn alike."""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import pypdfium2  # type: ignore[import-untyped]
import reportlab  # type: ignore[import-untyped]
from PIL import Image, ImageDraw, ImageFont
from pypdf import PdfWriter
from pypdf.generic import (
    ArrayObject,
    DecodedStreamObject,
    DictionaryObject,
    FloatObject,
    NameObject,
    NumberObject,
)
from reportlab.lib.pagesizes import A4  # type: ignore[import-untyped]
from reportlab.lib.utils import ImageReader  # type: ignore[import-untyped]
from reportlab.pdfgen.canvas import Canvas  # type: ignore[import-untyped]

IBAN = "DE89 3704 0044 0532 0130 00"
LINES = (
    "INVOICE",
    "Number: R-100",
    "Date: 2026-10-12",
    "Seller: Northwind Papers Ltd",
    "Seller VAT: DE136695976",
    "Buyer: Example Buyer GmbH",
    f"{'Description':24}{'Quantity':>10}{'Price':>12}{'Amount':>12}",
    f"{'Paper':24}{3:>10}{'10.37':>12}{'31.11':>12}",
    f"{'Ink':24}{2:>10}{'35.11':>12}{'70.22':>12}",
    "Net: 101.33",
    "Rate: 20",
    "Tax: 20.27",
    "Gross: 121.60",
    "Currency: EUR",
    f"IBAN: {IBAN}",
)
"""A sound invoice, as its text reads."""
_LEFT, _TOP, _STEP, _SIZE = 50, 780, 20, 11
_NAMES = {
    " ": "space", ",": "comma", ".": "period", ":": "colon", "-": "hyphen", "0": "zero", "1": "one", "2": "two", "3": "three",
    "4": "four", "5": "five", "6": "six", "7": "seven", "8": "eight", "9": "nine",
}  # fmt: skip
Way = Literal["tounicode", "type 3", "actual text"]


@dataclass(frozen=True)
class Drawn:
    """A line whose text is ``text``, drawn as ``drawn``."""

    text: str
    drawn: str
    way: Way = "tounicode"


def page(lines: Sequence[str | Drawn] = LINES, more: str = "") -> bytes:
    """A PDF of one page of ``lines``; ``more`` is drawn behind them, as a content stream."""
    writer = PdfWriter()
    sheet = writer.add_blank_page(*A4)
    fonts = DictionaryObject({NameObject("/F0"): _courier()})
    stream = []
    for n, line in enumerate(lines):
        at = f"{_LEFT} {_TOP - _STEP * n} Td"
        if isinstance(line, str):
            stream.append(f"BT /F0 {_SIZE} Tf {at} ({_escaped(line)}) Tj ET")
        elif line.way == "actual text":
            said = line.text.encode("utf-16-be").hex().upper()
            shown = f"BT /F0 {_SIZE} Tf {at} ({_escaped(line.drawn)}) Tj ET"
            stream.append(f"/Span <</ActualText <FEFF{said}>>> BDC {shown} EMC")
        else:
            fonts[NameObject(f"/L{n}")] = writer._add_object(_lying(writer, line))
            codes = bytes(range(1, len(line.drawn) + 1)).hex().upper()
            stream.append(f"BT /L{n} {_SIZE} Tf {at} <{codes}> Tj ET")
    content = DecodedStreamObject()
    content.set_data("\n".join([*stream, more]).encode("latin-1"))
    sheet[NameObject("/Contents")] = writer._add_object(content)
    sheet[NameObject("/Resources")] = DictionaryObject({NameObject("/Font"): fonts})
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def instead(old: str, new: str | Drawn) -> list[str | Drawn]:
    """`LINES` with one of them replaced."""
    assert old in LINES
    return [new if line == old else line for line in LINES]


def with_picture(document: bytes, text: str, *, at: tuple[float, float], size: int, turned: float = 0) -> bytes:
    """The document with a picture of ``text`` on it, as a stamp: ``at`` points from the lower left, ``size`` points high."""
    words = _picture_of(text, 4 * size).rotate(turned, expand=True, fillcolor=255)
    words = Image.merge(
        "RGBA", [words.point(lambda v: 200), *[words.point(lambda v: 20)] * 2, words.point(lambda v: 255 - v)]
    )
    out = io.BytesIO()
    canvas = Canvas(out, pagesize=A4)
    canvas.drawImage(ImageReader(words), *at, width=words.width / 4, height=words.height / 4, mask="auto")
    canvas.save()
    return _over(document, out.getvalue())


def outlines(text: str, *, at: tuple[float, float], size: float, ground: bool = True) -> str:
    """A content stream that draws ``text`` without any letters, as filled shapes, on a white ground."""
    picture = _picture_of(text, 60)
    scale = size / picture.height
    rows = [f"1 g {at[0]} {at[1]} {picture.width * scale:.2f} {size} re f"] if ground else []
    rows.append("0 g")
    for y in range(picture.height):
        row = [picture.getpixel((x, y)) < 128 for x in range(picture.width)]  # type: ignore[operator]
        starts = [x for x in range(len(row)) if row[x] and not (x and row[x - 1])]
        for x in starts:
            end = next((e for e in range(x, len(row)) if not row[e]), len(row))
            down = at[1] + (picture.height - y - 1) * scale
            rows.append(f"{at[0] + x * scale:.2f} {down:.2f} {(end - x) * scale:.2f} {scale:.3f} re f")
    return "\n".join(rows)


def baseline(line: str) -> float:
    """How far above the foot of the page a line of `LINES` stands, in points."""
    return _TOP - _STEP * LINES.index(line)


def scanned(document: bytes, layer: Sequence[str] = LINES, *, dpi: int = 200) -> bytes:
    """The document as a scanner leaves it: its picture, and unseen over it what was recognised, here ``layer``."""
    picture = pypdfium2.PdfDocument(document)[0].render(scale=dpi / 72, grayscale=True).to_pil()
    out = io.BytesIO()
    canvas = Canvas(out, pagesize=A4)
    canvas.drawImage(ImageReader(picture), 0, 0, *A4)
    for n, line in enumerate(layer):
        text = canvas.beginText(_LEFT, _TOP - _STEP * n)
        text.setFont("Courier", _SIZE)
        text.setTextRenderMode(3)
        text.textOut(line)
        canvas.drawText(text)
    canvas.save()
    return out.getvalue()


def _over(document: bytes, other: bytes) -> bytes:
    writer = PdfWriter(clone_from=io.BytesIO(document))
    writer.pages[0].merge_page(PdfWriter(clone_from=io.BytesIO(other)).pages[0])
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def _picture_of(text: str, size: int) -> Image.Image:
    font = ImageFont.truetype(str(Path(reportlab.__file__).parent / "fonts" / "VeraBd.ttf"), size)
    picture = Image.new("L", (int(font.getlength(text)) + size // 2, int(size * 1.4)), 255)
    ImageDraw.Draw(picture).text((size // 4, size // 8), text, 0, font)
    return picture


def _courier() -> DictionaryObject:
    named = {"/Type": "/Font", "/Subtype": "/Type1", "/BaseFont": "/Courier", "/Encoding": "/WinAnsiEncoding"}
    return DictionaryObject({NameObject(k): NameObject(v) for k, v in named.items()})


def _lying(writer: PdfWriter, line: Drawn) -> DictionaryObject:
    """A font that draws the letters of ``drawn`` by the codes 1, 2, 3 …, and says that they are those of ``text``."""
    said = [*line.text[: len(line.drawn)], *"\u200b" * (len(line.drawn) - len(line.text))]
    said[-1] += line.text[len(line.drawn) :]
    mapped = "\n".join(f"<{n:02X}> <{text.encode('utf-16-be').hex().upper()}>" for n, text in enumerate(said, 1))
    cmap = DecodedStreamObject()
    cmap.set_data(
        (
            "/CIDInit /ProcSet findresource begin 12 dict begin begincmap /CMapName /Lie def /CMapType 2 def "
            f"1 begincodespacerange <00> <FF> endcodespacerange {len(said)} beginbfchar\n{mapped}\nendbfchar "
            "endcmap end end"
        ).encode()
    )
    names = [NameObject("/" + _NAMES.get(c, c)) for c in line.drawn]
    font = _courier()
    font[NameObject("/ToUnicode")] = writer._add_object(cmap)
    font[NameObject("/FirstChar")], font[NameObject("/LastChar")] = NumberObject(1), NumberObject(len(names))
    font[NameObject("/Widths")] = ArrayObject([NumberObject(600)] * len(names))
    if line.way == "type 3":
        glyphs = DictionaryObject()
        for n, letter in enumerate(line.drawn):
            glyph = DecodedStreamObject()
            glyph.set_data(f"600 0 d0 BT /F0 1000 Tf ({_escaped(letter)}) Tj ET".encode("latin-1"))
            glyphs[NameObject(f"/g{n}")] = writer._add_object(glyph)
        names = [NameObject(f"/g{n}") for n in range(len(line.drawn))]
        inner = DictionaryObject({NameObject("/Font"): DictionaryObject({NameObject("/F0"): _courier()})})
        font[NameObject("/Subtype")], font[NameObject("/CharProcs")] = NameObject("/Type3"), glyphs
        font[NameObject("/Resources")] = inner
        font[NameObject("/FontMatrix")] = ArrayObject([FloatObject(v) for v in (0.001, 0, 0, 0.001, 0, 0)])
        font[NameObject("/FontBBox")] = ArrayObject([NumberObject(v) for v in (0, -300, 600, 1000)])
    differences = ArrayObject([NumberObject(1), *names])
    encoding = {NameObject("/Type"): NameObject("/Encoding"), NameObject("/Differences"): differences}
    font[NameObject("/Encoding")] = DictionaryObject(encoding)
    return font


def _escaped(text: str) -> str:
    return text.replace("\\", r"\\").replace("(", r"\(").replace(")", r"\)")

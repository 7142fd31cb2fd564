"""A second OCR engine, as a user would bring one: it reads words that are drawn as bars, and is known by its name alone."""

from __future__ import annotations

from PIL import Image, ImageDraw

from agents.documents.ocr import Recognised, RecognisedWord

_BAR = 6
"""Pixels a bar is broad, in a picture of 200 an inch."""
_HEIGHT = 40


def drawn(*words: str, size: tuple[int, int] = (1000, 600)) -> Image.Image:
    """A picture with each word as a strip of bars below the last: eight a letter, black for 1, between two black ones."""
    picture = Image.new("L", size, 255)
    pen = ImageDraw.Draw(picture)
    for row, word in enumerate(words):
        left, top = 60, 60 + row * 2 * _HEIGHT
        for place, bar in enumerate("1" + "".join(f"{ord(letter):08b}" for letter in word) + "1"):
            if bar == "1":
                at = left + place * _BAR
                pen.rectangle((at, top, at + _BAR - 1, top + _HEIGHT - 1), fill=0)
    return picture


class BarEngine:
    name = "Bars 1.0"
    threads = 1

    def recognise(self, picture: Image.Image) -> Recognised:
        dark = picture.point(lambda level: 255 if level < 128 else 0)
        words = []
        for top, bottom in _strips(dark):
            strip = dark.crop((0, top, dark.width, bottom))
            left, _, right, _ = strip.getbbox() or (0, 0, 0, 0)
            middle = (bottom - top) // 2
            bars = round((right - left) / _BAR)
            bits = "".join("1" if strip.getpixel((left + int((n + 0.5) * _BAR), middle)) else "0" for n in range(bars))
            text = "".join(chr(int(bits[n : n + 8], 2)) for n in range(1, bars - 1, 8))
            words.append(RecognisedWord(text, (left, top, right, bottom), 0.875))
        return Recognised(words, confidence=0.875)


def _strips(dark: Image.Image) -> list[tuple[int, int]]:
    """From which row of pixels to which there are bars."""
    rows = [dark.crop((0, y, dark.width, y + 1)).getbbox() is not None for y in range(dark.height)]
    edges = [y for y in range(1, len(rows)) if rows[y] != rows[y - 1]]
    return list(zip(edges[::2], edges[1::2], strict=True))

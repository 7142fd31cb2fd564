"""A picture of a page as a person sees it, with outlines around the places that matter."""

from __future__ import annotations

import io
import math
from typing import Any

from PIL import ImageDraw

from agents.documents._page import Unreadable, open_page, open_pdf

MAX_PIXELS = 16_000_000
"""Of a picture: A4 at five and a half pixels a point. A larger page is drawn smaller."""

_OUTLINE = (214, 0, 110)
_AROUND = 2.0
"""Points between a place and its outline."""


def draw_page(data: bytes, page: int, scale: float, boxes: list[list[float]]) -> bytes:
    """The page, from 1, as PNG with ``scale`` pixels a point, ``boxes`` (as in `reading.Box`) outlined.

    Raises `Unreadable` where there is no such page or it cannot be drawn.
    """
    document, _ = open_pdf(data)
    count = len(document)
    if not 1 <= page <= count:
        raise Unreadable("no_such_page", f"There is no page {page}: the document has {count}. Ask for one of those.")
    document.init_forms()
    sheet, _ = open_page(document, page)
    width, height = sheet.get_size()
    scale = min(scale, math.sqrt(MAX_PIXELS / (width * height)))
    image: Any = sheet.render(scale=scale).to_pil().convert("RGB")
    pen = ImageDraw.Draw(image)
    for box in boxes:
        (x0, x1), (top, bottom) = sorted(box[::2]), sorted(box[1::2])
        outline = [value * scale for value in (x0 - _AROUND, top - _AROUND, x1 + _AROUND, bottom + _AROUND)]
        pen.rectangle(outline, outline=_OUTLINE, width=max(round(scale), 1))
    out = io.BytesIO()
    image.save(out, "PNG")
    return out.getvalue()

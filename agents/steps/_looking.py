"""A look at the pixels of a document, as every agent takes it."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

from agents.documents import OcrLimits, look_at
from agents.documents.looking import Look
from agents.documents.reading import Box, Reading
from agents.steps._state import ExecutionRef
from infra.connections import connections
from infra.settings import Settings


def ocr_limits(settings: Settings) -> OcrLimits:
    """What recognising may take, and who does it."""
    return OcrLimits(settings.ocr_pages, settings.ocr_seconds, settings.ocr_memory_mb, settings.ocr_engine)


async def look(execution: ExecutionRef, reading: Reading, places: Sequence[tuple[int, Box]]) -> Look:
    """What the pixels at these places (page and box) of an execution's document say, and what stands on its pages that its
    text does not have."""
    to = connections()
    data = await asyncio.to_thread(to.documents.get, execution.digest)
    pages = [page.number for page in reading.pages]
    return await look_at(
        data, reading, places, pages=pages, seconds=to.settings.read_seconds, ocr=ocr_limits(to.settings)
    )

"""What the pixels of a document say, for values that its text has: a look at single places, read anew in their picture."""

from __future__ import annotations

from pydantic import BaseModel, Field

from agents.documents.reading import Box


class SeenText(BaseModel):
    """``confidence`` is by the engine's own account, from 0 to 1."""

    text: str
    confidence: float


class SeenLine(BaseModel):
    """A line of a place, made longer to both sides as far as ink goes on without a gap."""

    printed: str
    """By the text of the file."""
    value: str
    """What of that stands in the place itself; empty where the text has nothing there."""
    box: Box
    read: list[SeenText]
    """What its picture says: once where that is beyond doubt what is printed, else each time it was read."""


class SeenPlace(BaseModel):
    lines: list[SeenLine]


class Piece(BaseModel):
    """A line that is read in the picture of a page where its text has no words: in a stamp, in a logo, in outlines."""

    page: int
    box: Box
    text: str
    confidence: float


class Look(BaseModel):
    """What was seen. ``places`` are those that were asked for, in their order."""

    engine: str = ""
    """With its version: ``RapidOCR 3.10.0, PP-OCRv6 small``."""
    places: list[SeenPlace] = Field(default_factory=list)
    besides: list[Piece] = Field(default_factory=list)
    unseen: list[int] = Field(default_factory=list)
    """The numbers of pages that could not be looked at."""
    unrecognised: str | None = None
    """Why nothing was seen, in words a person can act on; None where something was."""

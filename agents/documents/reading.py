"""What reading a document yields: pages, words with their boxes, the text a model is shown, and any embedded XML."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, Field

Box = tuple[float, float, float, float]
"""``(x0, top, x1, bottom)`` in PDF points, origin at the top left of the page as it is displayed."""


class Page(BaseModel):
    """``number`` counts from 1; ``width`` and ``height`` are in points, after rotation."""

    number: int
    width: float
    height: float
    recognised: bool = False
    """Whether its text is what a scanner recognised, laid unseen over or under the picture of the page. Nobody has
    compared the two: a person sees the picture, a model is shown this text."""


class Word(BaseModel):
    """A printed word. ``line`` numbers the line it stands on within the whole reading, from 0, in reading order."""

    text: str
    page: int
    box: Box
    line: int


class HiddenText(BaseModel):
    """Characters that follow each other in the file and that a person does not see, at most some 2,000 of them.

    ``why``: drawn in an invisible mode, transparent, white on white, smaller than 2 points (tiny), beside the page as it
    is displayed (outside), or painted over (covered). ``page`` and ``box`` say where.
    """

    text: str
    page: int
    box: Box
    why: Literal["invisible", "transparent", "white", "tiny", "outside", "covered"]


class Problem(BaseModel):
    """Why a document could not be read, in words a person can act on."""

    code: Literal["encrypted", "damaged", "not_a_document", "too_large", "too_slow", "no_text", "empty"]
    message: str


class EmbeddedXml(BaseModel):
    """An XML e-invoice found in (or being) the document."""

    name: str
    text: str


class Reading(BaseModel):
    """All that was read. ``text`` holds the words line by line, gaps wide enough to be columns kept as two or more
    spaces, with a line ``--- page 2 ---`` before each page but the first; it is what models are shown and what evidence
    is looked up in."""

    digest: str
    """SHA-256 of the document's bytes, hex."""
    media_type: str
    pages: list[Page] = Field(default_factory=list)
    words: list[Word] = Field(default_factory=list)
    text: str = ""
    hidden_text: int = 0
    """Characters on the pages that no reader sees (invisible, transparent, white on white, smaller than 2 points,
    painted over). They are neither in ``words`` nor in ``text``: a person and a model must read the same document."""
    hidden: list[HiddenText] = Field(default_factory=list)
    """What they say, of the whole document at most 20,000 characters, for checks to look at; never shown to a model.
    Besides them what stands ``outside`` the page (left out too, but no trick: printers' marks do)."""
    metadata: dict[str, str] = Field(default_factory=dict)
    """Title, subject, author and keywords of a PDF, where stated, 2,000 characters of each at most. Any writer's claim,
    seen by no reader: for checks to look at; never shown to a model."""
    active: list[str] = Field(default_factory=list)
    """What the PDF would do in a viewer that lets it, in words: ``starts a program or opens a file: cmd.exe, by
    itself``. Nothing of it was done. Invoices do nothing."""
    attachments: list[str] = Field(default_factory=list)
    """The names of files attached to the PDF other than the e-invoice in ``xml``, the first 50. They were not opened
    but to see whether they are an e-invoice."""
    repairs: list[str] = Field(default_factory=list)
    """What had to be mended to read the document, in words. A person should compare what was read with the original."""
    xml: EmbeddedXml | None = None
    xml_problem: str | None = None
    """Set where an e-invoice is attached that cannot be used (broken, unsafe, or several that differ), in words a
    person can act on. The rest of the reading stands."""
    problem: Problem | None = None

"""What reading a document yields: pages, words with their boxes, the text a model is shown, and any embedded XML."""

from __future__ import annotations

from typing import Literal, NewType

from pydantic import BaseModel, Field

Box = NewType("Box", tuple[float, float, float, float])
"""``(x0, top, x1, bottom)`` in PDF points, origin at the top left of the page as it is displayed. Places on pages turned upright
are of another type (`upright.UprightBox`)."""


class Ocr(BaseModel):
    """How the text of a page came about that was recognised in its picture, by us."""

    engine: str
    """With its version: ``RapidOCR 3.10.0, PP-OCRv6 small``."""
    turned: float
    """How far, in degrees clockwise, the page as displayed has to be turned for its text to be upright and level."""
    confidence: float
    """Mean over all letters, from 0 to 1, by the engine's own account."""
    illegible: int = 0
    """Places that look like lines of text and could not be read."""


class Page(BaseModel):
    """``number`` counts from 1; ``width`` and ``height`` are in points, after rotation."""

    number: int
    width: float
    height: float
    recognised: bool = False
    """Whether its text is what a scanner recognised, laid unseen over or under the picture of the page. Nobody has
    compared the two: a person sees the picture, a model is shown this text."""
    ocr: Ocr | None = None
    """Set where the page has no text of its own and its words were recognised in its picture."""


class Word(BaseModel):
    """A printed word. ``line`` numbers the line it stands on within the whole reading, from 0, in reading order."""

    text: str
    page: int
    box: Box
    line: int
    confidence: float | None = None
    """Of a word recognised in a picture, how sure its least sure letter is, from 0 to 1; None for text of the file."""
    origin: Literal["page", "annotation", "form"] = "page"
    """Whether it is the page's own, or of an annotation or a form field over it, which whoever has the file can change."""


class HiddenText(BaseModel):
    """Characters that follow each other in the file and that a person does not see, at most some 2,000 of them.

    ``why``: drawn in an invisible mode, transparent, in the colour of what is behind it (background), smaller than 2 points or
    squeezed to nothing (tiny), beside the page as it is displayed (outside), painted over (covered), or otherwise without
    ink: clipped away, switched off, masked, empty (undrawn). ``page`` and ``box`` say where.
    """

    text: str
    page: int
    box: Box
    why: Literal["invisible", "transparent", "background", "tiny", "outside", "covered", "undrawn", "white"]
    """``white`` is what ``background`` was called, in readings kept from before."""


class Annotation(BaseModel):
    """A note, stamp, mark or form field over a page that a person sees."""

    kind: str
    """``Subtype``, as ``FreeText``, ``Stamp`` or ``Highlight``; ``Widget`` is a form field."""
    page: int
    box: Box
    text: str = ""
    """What it shows of letters: they are among the `Word`s, too. Empty where it draws none, or only a picture."""
    says: str = ""
    """What the file says it says, 2,000 characters at most: its comment, which is shown to who points at it, or the value of
    the form field."""
    field: str | None = None
    """The name of the form field, which may be empty; None where it is none."""
    signature: bool = False
    """Whether it is a field for a signature."""


class ReplacedText(BaseModel):
    """Letters that are drawn as ``drawn`` and that the file wants read as ``text`` (``/ActualText``). They were read as they
    are drawn."""

    text: str
    page: int
    box: Box
    drawn: str


class Problem(BaseModel):
    """Why a document could not be read, in words a person can act on."""

    code: Literal["encrypted", "damaged", "not_a_document", "too_large", "too_slow", "no_text", "empty"]
    message: str


class EmbeddedXml(BaseModel):
    """An XML e-invoice found in (or being) the document."""

    name: str
    text: str


class Xmp(BaseModel):
    """What a PDF's metadata (XMP) say of the e-invoice in it and of PDF/A; any writer's claim, 200 characters of each."""

    namespace: str | None = None
    """Of the extension schema of Factur-X or ZUGFeRD that the next four are of; None where there is none."""
    level: str | None = None
    """``ConformanceLevel``: the profile, as ``EN 16931``."""
    file_name: str | None = None
    document_type: str | None = None
    version: str | None = None
    schema_declared: bool = False
    """Whether the extension schema is described, as PDF/A up to part 3 demands of what is not predefined."""
    pdfa_part: str | None = None
    pdfa_conformance: str | None = None


class Container(BaseModel):
    """How the e-invoice in ``Reading.xml`` is attached to its PDF."""

    relationship: str | None = None
    """``AFRelationship``, such as ``Data`` or ``Alternative``."""
    associated: bool
    """Whether it is listed in the catalogue's ``/AF``."""
    embedded: bool
    """Whether it is listed in ``/Names/EmbeddedFiles``."""
    media_type: str | None = None
    """As stated: ``text/xml``."""
    xmp: Xmp | None = None
    xmp_problem: str | None = None
    """Why there is no ``xmp``."""


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
    """Characters on the pages that no reader sees, those ``outside`` a page aside. They are neither in ``words`` nor in
    ``text``: a person and a model must read the same document."""
    hidden: list[HiddenText] = Field(default_factory=list)
    """What they say, of the whole document at most 20,000 characters, for checks to look at; never shown to a model.
    Besides them what stands ``outside`` the page (left out too, but no trick: printers' marks do)."""
    annotations: list[Annotation] = Field(default_factory=list)
    """What lies over the pages, links and what is switched off aside."""
    overlaid: list[int] = Field(default_factory=list)
    """The numbers of pages with something over them that could not be read."""
    replaced: list[ReplacedText] = Field(default_factory=list)
    """Where the file wants other letters or digits read than it draws."""
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
    pictures: list[int] = Field(default_factory=list)
    """The numbers of the pages on which something is drawn but no text that can be read, and in which nobody has
    recognised any. What they say is not in this reading."""
    unrecognised: str | None = None
    """Why the ``pictures`` were not recognised, in words a person can act on; None where nobody tried."""
    xml: EmbeddedXml | None = None
    container: Container | None = None
    """How ``xml`` is attached; None where it is not attached to anything, or where the PDF is too broken to say."""
    xml_problem: str | None = None
    """Set where an e-invoice is attached that cannot be used (broken, unsafe, or several that differ), in words a
    person can act on. The rest of the reading stands."""
    problem: Problem | None = None

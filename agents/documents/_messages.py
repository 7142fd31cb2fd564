"""What the reading process is asked and what it answers, as JSON. An answer has the shapes of `reading`, which the process
does without: pydantic takes longer to load than most invoices to read."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NotRequired, TypedDict


class ProblemAnswer(TypedDict):
    code: str
    message: str


class OcrAnswer(TypedDict):
    engine: str
    turned: float
    confidence: float
    illegible: int


class PageAnswer(TypedDict):
    number: int
    width: float
    height: float
    recognised: bool
    ocr: OcrAnswer | None


class WordAnswer(TypedDict):
    text: str
    page: int
    box: Sequence[float]
    line: int
    confidence: NotRequired[float]
    origin: NotRequired[str]


class HiddenTextAnswer(TypedDict):
    text: str
    page: int
    box: Sequence[float]
    why: str


class AnnotationAnswer(TypedDict):
    kind: str
    page: int
    box: Sequence[float]
    text: str
    says: str
    field: str | None
    signature: bool


class ReplacedTextAnswer(TypedDict):
    text: str
    page: int
    box: Sequence[float]
    drawn: str


class EmbeddedXmlAnswer(TypedDict):
    name: str
    text: str


class XmpAnswer(TypedDict):
    namespace: str | None
    level: str | None
    file_name: str | None
    document_type: str | None
    version: str | None
    schema_declared: bool
    pdfa_part: str | None
    pdfa_conformance: str | None


class ContainerAnswer(TypedDict):
    relationship: str | None
    associated: bool
    embedded: bool
    media_type: str | None
    xmp: XmpAnswer | None
    xmp_problem: str | None


class PageOrder(TypedDict):
    """A page to look at, the words that its text has (text, box, number of the line), and whether all of it is read."""

    number: int
    words: Sequence[tuple[str, Sequence[float], int]]
    whole: bool


class PlaceOrder(TypedDict):
    page: int
    box: Sequence[float]


class LookOrder(TypedDict):
    """What `_eye.look` is asked; on the reading process's standard input, a line before the document."""

    seconds: float
    pages: list[PageOrder]
    places: list[PlaceOrder]


class SeenTextAnswer(TypedDict):
    text: str
    confidence: float


class SeenLineAnswer(TypedDict):
    printed: str
    value: str
    box: Sequence[float]
    read: list[SeenTextAnswer]


class SeenPlaceAnswer(TypedDict):
    lines: list[SeenLineAnswer]


class PieceAnswer(TypedDict):
    page: int
    box: Sequence[float]
    text: str
    confidence: float


class LookAnswer(TypedDict, total=False):
    """A `looking.Look` as far as the process knows it."""

    engine: str
    places: list[SeenPlaceAnswer]
    besides: list[PieceAnswer]
    unseen: list[int]
    unrecognised: str


class Answer(TypedDict, total=False):
    """A `Reading` as far as the process knows it."""

    pages: list[PageAnswer]
    words: list[WordAnswer]
    text: str
    hidden_text: int
    hidden: list[HiddenTextAnswer]
    annotations: list[AnnotationAnswer]
    overlaid: list[int]
    replaced: list[ReplacedTextAnswer]
    metadata: dict[str, str]
    active: list[str]
    attachments: list[str]
    repairs: list[str]
    pictures: list[int]
    unrecognised: str
    xml: EmbeddedXmlAnswer | None
    xml_problem: str | None
    container: ContainerAnswer | None
    problem: ProblemAnswer


class Head(TypedDict):
    """Of an `Answer` what its parent looks at, apart, as it does not look at the rest."""

    pictures: list[int]
    unrecognised: str | None
    problem: ProblemAnswer | None

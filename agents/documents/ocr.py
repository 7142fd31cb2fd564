"""Engines that recognise the words in the picture of a page (OCR): what one is, and how it is had by its name.

An engine of your own is a class anywhere on the path that has what `OcrEngine` says. Name it as ``module:factory`` in the
settings; nothing here has to be touched. It runs in the reading process, under that process's limits, with no way to write a
file and with none of the worker's environment.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from importlib import import_module
from typing import TYPE_CHECKING, NamedTuple, Protocol

from infra.extras import NotInstalled

if TYPE_CHECKING:
    from PIL.Image import Image

    from agents.documents.turning import Box

DEFAULT_ENGINE = "rapidocr"
_ENGINES = {DEFAULT_ENGINE: "agents.documents._rapidocr:RapidOcr"}
"""Those that we bring, and where they are."""


class RecognisedWord(NamedTuple):
    """A word as it is read in a picture."""

    text: str
    box: Box
    """In pixels, from the top left, of the picture once it is turned upright."""
    confidence: float
    """How sure its least sure letter is, from 0 to 1."""
    turn: int = 0
    """Quarter turns, clockwise, from the direction of the page: 1 is text that runs downwards."""


@dataclass(frozen=True, slots=True)
class Recognised:
    """What a picture says."""

    words: Sequence[RecognisedWord]
    confidence: float
    """Mean of all letters, from 0 to 1."""
    turned: float = 0.0
    """How far, in degrees clockwise, the picture had to be turned for its text to be upright and level; see `turning`."""
    illegible: int = 0
    """Places that look like lines of text and could not be read."""


class OcrEngine(Protocol):
    """Recognises words in pictures of pages."""

    @property
    def name(self) -> str:
        """What people and records are told, with its version: ``RapidOCR 3.10.0, PP-OCRv6 small``."""

    @property
    def threads(self) -> int:
        """How many processors it uses at once: the limit of processor time is counted by them."""

    def recognise(self, picture: Image) -> Recognised:
        """The words in a picture of a page: grey (mode ``L``), 200 pixels an inch or, of a large page, fewer."""


class LineReader(Protocol):
    """What an engine may have besides, and is quicker with: key values are read in pictures of single lines. Without it each
    is given to `OcrEngine.recognise` as a page of its own."""

    def read_lines(self, pictures: Sequence[Image]) -> Sequence[tuple[str, float]]:
        """What stands in each picture of one line, some 48 pixels high and grey (mode ``L``), and how sure, from 0 to 1."""


class NoSuchEngine(Exception):
    """There is no engine of that name, or what it needs is not installed: the message says which, and what to do."""


def load_engine(name: str, *, before_fork: bool = False) -> OcrEngine:
    """The engine of a name, with all loaded that it needs.

    Args:
        name: ``rapidocr``, or ``module:factory`` of one that is called without arguments.
        before_fork: whether forks of this process are to use it. A factory has a ``before_fork`` for that, or cannot be.

    Raises:
        NoSuchEngine: there is none, or none that forks can use.
    """
    module, _, factory = _ENGINES.get(name, name).partition(":")
    try:
        make = getattr(import_module(module), factory)
        engine: OcrEngine = make.before_fork() if before_fork else make()
    except NotInstalled as error:
        raise NoSuchEngine(str(error)) from error
    except (ModuleNotFoundError, AttributeError, ValueError) as error:  # the last of a name without a module
        known = ", ".join(_ENGINES)
        raise NoSuchEngine(
            f"There is no OCR engine {name!r} ({error}): COUNTERFOIL_OCR_ENGINE is {known} or names one as module:factory"
        ) from error
    return engine

"""The optional parts of the installation, the extras in ``pyproject.toml``: what is said where one is needed and not there."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Literal

Extra = Literal["local", "ocr"]


class NotInstalled(ImportError):
    """A part that is optional is not there; the message says what it is and how it is installed."""


@contextmanager
def needs(extra: Extra, what: str) -> Iterator[None]:
    """The block imports what ``extra`` brings, for the sake of ``what``.

    Raises:
        NotInstalled: a module that the block imports is missing.
    """
    try:
        yield
    except ModuleNotFoundError as error:
        install = f"pip install 'counterfoil[{extra}]'"
        raise NotInstalled(f"{what} is not installed ({error.name} is missing): {install}") from error

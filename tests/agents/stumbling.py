"""Code that reads pages, as a fault or a hostile document would have it: functions that are done in a fork in place of ours."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice

from agents import examination


def over_the_pages(data: bytes) -> Iterator[bytes]:
    """As `examination.examine` up to the draft."""
    yield from islice(examination.examine(data), 2)
    raise ZeroDivisionError


def over_the_file(data: bytes) -> Iterator[bytes]:
    """As `examination.examine` up to what is found of the file."""
    yield from islice(examination.examine(data), 1)
    raise ZeroDivisionError


def endlessly(data: bytes) -> Iterator[bytes]:
    """As `examination.examine` up to the draft, which never comes."""
    yield from islice(examination.examine(data), 2)
    while True:
        pass


def endlessly_from_the_start(data: bytes) -> Iterator[bytes]:
    while data:
        pass
    yield data

"""Code that reads pages, as a fault or a hostile document would have it: functions that are done in a fork in place of ours."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from unittest.mock import patch

from agents import examination
from agents.pages._totals import Sums


def over_the_pages(data: bytes) -> Iterator[bytes]:
    """As `examination.examine` up to the draft."""
    yield from islice(examination.examine(data), 2)
    raise ZeroDivisionError


def over_the_file(data: bytes) -> Iterator[bytes]:
    """As `examination.examine` up to what is found of the file."""
    yield from islice(examination.examine(data), 1)
    raise ZeroDivisionError


def finding_no_totals(data: bytes) -> Iterator[bytes]:
    """As `examination.examine`, of pages whose sums no code finds."""
    with patch.object(Sums, "best", return_value=None), patch.object(Sums, "labelled", return_value=[]):
        yield from examination.examine(data)


def endlessly(data: bytes) -> Iterator[bytes]:
    """As `examination.examine` up to the draft, which never comes."""
    yield from islice(examination.examine(data), 2)
    while True:
        pass


def endlessly_from_the_start(data: bytes) -> Iterator[bytes]:
    while data:
        pass
    yield data

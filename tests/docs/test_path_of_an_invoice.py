"""The page about an invoice's path names each file once, in an order that never steps back up."""

from __future__ import annotations

import re
from collections import Counter
from itertools import pairwise

import grimp
import pytest

from tests.stack import ROOT

ROOMS = ("workers", "workflows", "agents", "infra")
TEXT = (ROOT / "docs" / "path-of-an-invoice.md").read_text(encoding="utf-8")
STATIONS = [re.findall(r"^\d+\. `([\w/]+)\.py`", part, re.MULTILINE) for part in TEXT.split("\n## ")[1:]]
FILES = [file for station in STATIONS for file in station]


@pytest.fixture(scope="module")
def graph() -> grimp.ImportGraph:
    return grimp.build_graph(*ROOMS, cache_dir=None)


def test_every_file_exists_and_is_named_once() -> None:
    assert [file for file in FILES if not (ROOT / f"{file}.py").exists()] == []
    assert [file for file, times in Counter(re.findall(r"`([\w/]+)\.py`", TEXT)).items() if times > 1] == []


def test_the_numbers_count_the_files() -> None:
    assert [int(number) for number in re.findall(r"^(\d+)\. ", TEXT, re.MULTILINE)] == [*range(1, len(FILES) + 1)]


def test_each_station_begins_in_the_room_of_the_one_before_or_below() -> None:
    rooms = [ROOMS.index(station[0].partition("/")[0]) for station in STATIONS]
    assert rooms == sorted(rooms)


def test_within_a_station_no_file_knows_one_before_it(graph: grimp.ImportGraph) -> None:
    for station in STATIONS:
        for earlier, later in pairwise(station):
            assert ROOMS.index(earlier.partition("/")[0]) <= ROOMS.index(later.partition("/")[0])
        for n, later in enumerate(station):
            for earlier in station[:n]:
                back = graph.find_shortest_chain(_module(later), _module(earlier))
                assert back is None, back


def test_the_first_file_of_a_station_stands_on_all_the_others(graph: grimp.ImportGraph) -> None:
    for first, *others in STATIONS:
        assert [file for file in others if not graph.chain_exists(_module(first), _module(file))] == []


def _module(file: str) -> str:
    return file.replace("/", ".")

"""A copy of the house with one definition more in it."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.stack import ROOT

ADDED = Path(__file__).with_name("expense_report")
"""The files a developer writes, as they lie in the house."""


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Path:
    house = tmp_path_factory.mktemp("house")
    for room in ("agents", "infra", "workers", "workflows"):
        shutil.copytree(ROOT / room, house / room, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copytree(ADDED, house, dirs_exist_ok=True, ignore=shutil.ignore_patterns("__pycache__"))
    return house

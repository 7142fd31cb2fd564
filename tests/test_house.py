"""The order of the tests themselves: folders mirror the rooms, and no file lies idle."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

from tests.stack import ROOT

TESTS = ROOT / "tests"
OF_THE_TESTS = {"definitions", "docs", "evals", "scripted"}
"""Folders of the tests that are no room's."""
LAID_INTO_A_COPY = TESTS / "definitions" / "expense_report"
"""Files of a definition that a test adds to a copy of the house."""
STARTED_BY_NAME = {"tests.evals.bench.peers.temporal_worker"}
"""Run as a process of its own, under a name that is put together."""


def test_every_folder_of_tests_is_one_of_the_product() -> None:
    folders = {path.parent.relative_to(TESTS) for path in TESTS.rglob("test_*.py")}
    rooms = {folder for folder in folders if folder.parts and folder.parts[0] not in OF_THE_TESTS}
    assert {folder for folder in rooms if not (ROOT / folder).is_dir()} == set()


def test_every_file_serves_a_test_or_an_evaluation() -> None:
    files = {_module(path): path for path in TESTS.rglob("*.py") if LAID_INTO_A_COPY not in path.parents}
    waiting = [name for name, path in files.items() if _is_a_beginning(path)] + sorted(STARTED_BY_NAME)
    reached: set[str] = set()
    while waiting:
        name = waiting.pop()
        if name in files and name not in reached:
            reached.add(name)
            waiting += _named(name, files[name])
    assert sorted(set(files) - reached) == []


def _is_a_beginning(path: Path) -> bool:
    return path.name.startswith("test_") or path.name in ("conftest.py", "__main__.py")


def _module(path: Path) -> str:
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def _named(name: str, path: Path) -> Iterator[str]:
    """Modules that a file imports or names in a string, with the packages they lie in."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        match node:
            case ast.Import():
                named = [alias.name for alias in node.names]
            case ast.ImportFrom():
                package = ".".join(name.split(".")[: -node.level]) if node.level else ""
                origin = ".".join(part for part in (package, node.module) if part)
                named = [origin, *(f"{origin}.{alias.name}" for alias in node.names)]
            case ast.Constant(value=str() as text) if text.startswith("tests."):
                named = [text]
            case _:
                continue
        yield from named
    yield from (str(parent).replace("/", ".") for parent in path.relative_to(ROOT).parents)

"""Commands on the pages are commands there are; those of a day's work are carried out against a real stack, as they stand."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import pytest
import typer
from typer.core import TyperGroup
from typer.testing import CliRunner, Result

from infra.settings import settings
from tests.docs.pages import Command, commands
from tests.scripted.endpoint import Script
from tests.scripted.invoices import invoice_pdf
from tests.stack import ROOT, Stack
from workers.cli import app

OURS = [command for command in commands() if command.words[0].endswith("counterfoil")]
MAKE = [command for command in commands() if command.words[0] == "make"]
MODULES = [command for command in commands() if re.search(r"python3?$", command.words[0])]
OTHERS = ("export", "pip", "pre-commit")
"""Programs that are not ours: that pages may name them is all that is held here."""


def test_every_line_of_a_shell_block_is_looked_at() -> None:
    known = {*OURS, *MAKE, *MODULES}
    assert [str(command) for command in commands() if command not in known and command.words[0] not in OTHERS] == []


@pytest.mark.parametrize("command", OURS, ids=str)
def test_a_command_parses(command: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    lay_out(tmp_path)
    _parse(typer.main.get_group(app), list(command.words[1:]), command.whole)


@pytest.mark.parametrize("wrong", ["sumbit", "status --colour", "review frown", "status --limit many", "show"])
def test_a_command_that_is_none_does_not_parse(wrong: str) -> None:
    with pytest.raises(Exception, match=r"(?i)no such|missing|should be a valid"):
        _parse(typer.main.get_group(app), wrong.split(), whole=True)


@pytest.mark.parametrize("command", MAKE, ids=str)
def test_a_target_of_make_exists(command: Command) -> None:
    targets, variables = _makefile()
    for word in command.words[1:]:
        assert (word.partition("=")[0] in variables) if "=" in word else word in targets, word


@pytest.mark.parametrize("command", MODULES, ids=str)
def test_python_has_what_it_is_told_to_run(command: Command, tmp_path: Path) -> None:
    _, option, name, *arguments = command.words
    if option == "-c":
        here = os.environ | {"PYTHONPATH": str(ROOT)}
        ran = subprocess.run([sys.executable, "-c", name], cwd=tmp_path, env=here, capture_output=True, text=True)
        assert ran.returncode == 0, ran.stderr
        return
    assert find_spec(name), name
    files = [ROOT / f"{name.replace('.', '/')}{end}.py" for end in ("", "/__init__", "/__main__")]
    said = "".join(file.read_text(encoding="utf-8") for file in files if file.exists())
    assert {option for option in arguments if option.startswith("-") and option not in said} == set()


@pytest.fixture(scope="module")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    with Stack(tmp_path_factory.mktemp("home")) as started:
        yield started


@pytest.fixture
def say(stack: Stack, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., Result]]:
    """Carries out a command in a folder with the files that the pages name, with the stack's settings."""
    monkeypatch.chdir(tmp_path)
    lay_out(tmp_path)
    for name, value in stack.environment.items():
        monkeypatch.setenv(name, value)
    settings.cache_clear()
    yield lambda *words: CliRunner().invoke(app, words, input="y\n")
    settings.cache_clear()


@pytest.mark.exhaustive
def test_a_day_goes_by_as_the_readme_says(say: Callable[..., Result]) -> None:
    assert _carried_out("README.md", say) == []


@pytest.mark.exhaustive
def test_operating_goes_as_the_page_says(stack: Stack, say: Callable[..., Result]) -> None:
    stack.endpoint.script = Script(delay=1.0)  # so that the batch is still in the works
    assert say("submit", "march.zip", "one.pdf", "--batch", "march").exit_code == 0
    assert _carried_out("docs/operate.md", say) == []


def _carried_out(page: str, say: Callable[..., Result]) -> list[str]:
    """What went wrong with the commands in the blocks of a page, in their order."""
    failed = []
    for command in OURS:
        words = command.words[1:]
        if command.page == page and command.whole and not {*words} & NOT_CARRIED_OUT:
            ran = say(*(IDS.get(words[1], "sound.pdf") if word == "ID" else word for word in words))
            if ran.exit_code not in ((0, 1) if words[0] == "doctor" else (0,)):  # Phoenix does not run here
                failed.append(f"{command}: {ran.exit_code} {ran.output[-2000:]}")
    return failed


NOT_CARRIED_OUT = {"up", "down", "demo", "watch", "logs", "check", "--verify"}
"""What starts or stops servers, goes on until it is stopped, needs a real model or a Phoenix. Of these it is only held that
they parse."""
IDS = {"correct": "wrong.pdf", "approve": "large.pdf"}
"""Executions are named by their files: for an answer by one that waits for such an answer, else by `sound.pdf`."""


def lay_out(folder: Path) -> None:
    """The files that the commands of the pages name."""
    (folder / "invoices").mkdir()
    (folder / "invoices" / "sound.pdf").write_bytes(invoice_pdf("R-1"))
    (folder / "invoices" / "wrong.pdf").write_bytes(invoice_pdf("R-2", items=(("Chair", 1, "416.64"),), gross="599.97"))
    (folder / "invoices" / "large.pdf").write_bytes(invoice_pdf("R-4", items=(("Table", 2, "4500.00"),)))
    for name in ("contract.pdf", "one.pdf"):
        (folder / name).write_bytes(invoice_pdf(f"R-{name}"))
    with ZipFile(folder / "march.zip", "w") as archive:
        archive.writestr("third.pdf", invoice_pdf("R-3"))
    (folder / "march.csv").write_text("file,purchase_order\nmarch.zip/third.pdf,PO-1\n")
    (folder / "vendors.csv").write_text("id,name\nV-1,Northwind Papers Ltd\n")
    (folder / "orders.csv").write_text(
        "number,currency,vendor_id,line,name,quantity,unit_price\nPO-1,EUR,V-1,1,Paper,3,10.00\n"
    )
    (folder / "receipts.csv").write_text("number,order,line,quantity\nD-1,PO-1,1,3\n")
    (folder / "reports").mkdir()


def _parse(group: TyperGroup, words: list[str], whole: bool) -> None:
    """Raises what the command line ends with where there is no such command, option, argument or value; of a command of which
    a page names only a part, command and options are looked at."""
    command: Any = group
    context = typer.Context(group, info_name="counterfoil")
    while isinstance(command, TyperGroup):
        if words and words[0].startswith("-") or not words and not whole:
            command.make_parser(context).parse_args(args=words)
            return
        name, command, words = command.resolve_command(context, words)
        context = typer.Context(command, parent=context, info_name=name)
    if whole:
        command.make_context(context.info_name, words, parent=context.parent).close()
    else:
        command.make_parser(context).parse_args(args=words)


@cache
def _makefile() -> tuple[set[str], set[str]]:
    text = (ROOT / "Makefile").read_text(encoding="utf-8")
    return set(re.findall(r"^([a-z]+):", text, re.MULTILINE)), set(re.findall(r"^([A-Z]+) \?=", text, re.MULTILINE)) | {
        "SCORE"
    }

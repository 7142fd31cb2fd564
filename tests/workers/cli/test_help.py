"""Help is there at once, and says how each command is used."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable

import pytest
import typer

from tests.workers.cli.conftest import Ran
from workers.cli import STACK_COMMANDS, stack

Cli = Callable[..., Ran]
HEAVY = ("temporalio", "sqlalchemy", "langgraph", "openai", "pydantic", "httpx")


def test_the_list_of_commands_loads_nothing_heavy() -> None:
    code = (
        "import sys\nfrom workers.cli import app\n"
        "try: app(['--help'])\nexcept SystemExit: pass\n"
        f"print('loaded', [name for name in {HEAVY!r} if name in sys.modules])"
    )
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert "loaded []" in ran.stdout
    assert "review" in ran.stdout


@pytest.mark.parametrize(
    "word", ["submit", "watch", "status", "show", "export", "cost", "score", "demo", *STACK_COMMANDS]
)
def test_the_help_of_a_command_has_examples(cli: Cli, word: str) -> None:
    ran = cli(word, "--help")
    assert ran.code == 0
    assert f"counterfoil {word}" in ran.out
    assert "Example" in ran.out


@pytest.mark.parametrize(
    ("group", "word"),
    [
        *(("review", word) for word in ("list", "approve", "reject", "correct")),
        *(("batch", word) for word in ("list", "show", "pause", "resume", "cancel")),
    ],
)
def test_the_help_of_a_command_in_a_group_has_examples(cli: Cli, group: str, word: str) -> None:
    assert f"counterfoil {group} {word}" in cli(group, word, "--help").out


def test_the_list_of_commands_names_those_of_the_stack_as_they_are(cli: Cli) -> None:
    loaded = typer.Typer()
    stack.register(loaded)
    documented = {c.name: (c.callback.__doc__ or "") for c in loaded.registered_commands if c.callback}
    assert list(documented) == list(STACK_COMMANDS)
    for name, said in STACK_COMMANDS.items():
        assert (documented[name] or "").split(".")[0].replace("`", "") == said.rstrip(".")


def test_a_command_nobody_knows_is_wrong_usage(cli: Cli) -> None:
    assert cli("sumbit").code == 2

"""Help is there at once, and says how each command is used."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from infra import local
from tests.workers.cli.conftest import Ran
from workers.cli import MODULES, stack

Cli = Callable[..., Ran]


@pytest.mark.parametrize(
    "word", ["submit", "watch", "status", "show", "export", "cost", "score", "demo", "up", "down", "doctor", "logs"]
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


def test_help_names_the_parts_of_the_stack_without_loading_it() -> None:
    assert stack.PARTS.split(", ") == list(local.PARTS)


def test_every_command_is_listed_and_in_the_module_that_is_said_to_have_it(cli: Cli) -> None:
    listed = cli("--help").out
    for name, module in MODULES.items():
        assert f"│ {name} " in listed
        assert cli(name, "--help").code == 0, module


def test_a_command_nobody_knows_is_wrong_usage(cli: Cli) -> None:
    assert cli("sumbit").code == 2

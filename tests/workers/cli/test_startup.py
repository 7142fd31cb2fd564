"""A command loads what it needs and no more: what is heavy and of no use to it would keep the person waiting."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

from infra.settings import Settings
from workers import office

READING = (
    "temporalio",
    "langgraph",
    "httpx",
    "openai",
    "alembic",
    "lxml",
    "opentelemetry",
    "sqlalchemy.dialects.postgresql",
)
"""What a command that reads the ledger alone has no use for."""


def loaded_by(*words: str) -> set[str]:
    """The modules that a command has loaded when it ends."""
    code = (
        "import json, sys\nfrom workers.cli import app\n"
        f"try: app({list(words)!r})\nexcept SystemExit: pass\n"
        "print(json.dumps(list(sys.modules)))"
    )
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    return set(json.loads(ran.stdout.splitlines()[-1]))


def test_the_list_of_commands_loads_no_settings_records_or_ledger() -> None:
    heavy = {"pydantic", "sqlalchemy", "infra.settings", "infra.records", "infra.ledger", "infra.local", *READING}
    assert not sorted(heavy & loaded_by("--help"))


@pytest.mark.parametrize(
    "words", [("status",), ("review", "list"), ("batch", "list"), ("cost",), ("vendors", "list"), ("orders", "list")]
)
def test_what_reads_the_ledger_loads_nothing_else(home: Settings, words: tuple[str, ...]) -> None:
    loaded = loaded_by(*words)
    assert "sqlalchemy" in loaded
    assert not [name for name in READING if name in loaded]


def test_a_command_loads_no_other_command(home: Settings) -> None:
    commands = {name for name in loaded_by("status") if name.startswith("workers.cli.") and "._" not in name}
    assert commands == {"workers.cli.status"}


def test_the_use_cases_import_nothing_that_draws_on_a_terminal() -> None:
    files = sorted(Path(office.__file__).parent.glob("*.py"))
    assert len(files) > 15
    assert not [file.name for file in files if re.search(r"^\s*(from|import) (typer|rich)\b", file.read_text(), re.M)]

"""What the pages show of a file stands in that file, and the hooks for commits are commands there are."""

from __future__ import annotations

import re

import pytest
import yaml

from tests.stack import ROOT

SHOWN = {
    "add-a-field.md": "agents/fields/table.py",
    "add-a-language.md": "agents/words/languages/sv.toml",
}


@pytest.mark.parametrize("page", SHOWN)
def test_what_a_page_shows_of_a_file_stands_there(page: str) -> None:
    blocks = re.findall(r"```(?:python|toml)\n(.*?)```", (ROOT / "docs" / page).read_text(encoding="utf-8"), re.DOTALL)
    file = (ROOT / SHOWN[page]).read_text(encoding="utf-8")
    assert blocks
    assert [part for block in blocks for part in block.split("\n\n") if not _stands_in(part, file)] == []


def _stands_in(part: str, file: str) -> bool:
    """A table's heading may stand further up than what is shown of the table."""
    heading, _, rest = part.partition("\n") if part.startswith("[") else ("", "", part)
    return heading in file and rest.strip("\n") in file


def test_hooks_for_commits_are_programs_of_the_environment_and_fetch_nothing() -> None:
    repositories = yaml.safe_load((ROOT / ".pre-commit-config.yaml").read_text(encoding="utf-8"))["repos"]
    assert {repository["repo"] for repository in repositories} == {"local"}
    hooks = [hook for repository in repositories for hook in repository["hooks"]]
    assert {hook["language"] for hook in hooks} == {"system"}
    assert [hook["entry"] for hook in hooks if not (ROOT / hook["entry"].split()[0]).exists()] == []

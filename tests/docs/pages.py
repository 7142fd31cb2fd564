"""What the pages of the repository name: commands, links, files."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from tests.stack import ROOT

_ROOMS = ("agents", "docs", "infra", "tests", "workers", "workflows")
_FENCE = re.compile(r"^```(\w*)")
_SPAN = re.compile(r"(?<!`)`([^`\n]+)`(?!`)")
_LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")


@dataclass(frozen=True)
class Command:
    """A command as a page gives it. One in a block is whole, as somebody would copy it; others may name only a part."""

    page: str
    words: tuple[str, ...]
    whole: bool

    def __str__(self) -> str:
        return f"{self.page}: {' '.join(self.words)}"


@cache
def pages() -> list[Path]:
    """All pages of the repository."""
    return sorted([*ROOT.glob("*.md"), *(page for room in _ROOMS for page in (ROOT / room).rglob("*.md"))])


@cache
def commands() -> list[Command]:
    """What shell blocks say line by line, and what stands between backticks and begins with a program of ours."""
    return [command for page in pages() for command in _commands(page)]


def _commands(page: Path) -> Iterator[Command]:
    name, language = str(page.relative_to(ROOT)), ""
    for line in page.read_text(encoding="utf-8").splitlines():
        if fence := _FENCE.match(line):
            language = "" if language else fence[1] or "text"
        elif language == "sh":
            whole = [line.partition(" #")[0]]
            yield from (Command(name, words, True) for text in whole for words in _alternatives(text) if words)
        if not language or language == "sh":
            spans = [span for span in _SPAN.findall(line) if span.startswith(("counterfoil ", "make ", "python -m "))]
            yield from (Command(name, words, False) for span in spans for words in _alternatives(span))


def _alternatives(text: str) -> Iterator[tuple[str, ...]]:
    """The words of a command; of ``rules list|explain``, those of either."""
    words = tuple(word for word in shlex.split(text) if word not in ("…", "...", "[--json]"))
    for n, word in enumerate(words):
        if "|" in word:
            for choice in word.split("|"):
                yield (*words[:n], choice, *words[n + 1 :])
            return
    yield words


@cache
def prose(page: Path) -> list[str]:
    """The lines of a page outside its blocks."""
    lines, inside = [], False
    for line in page.read_text(encoding="utf-8").splitlines():
        if line.startswith("```"):
            inside = not inside
        elif not inside:
            lines.append(line)
    return lines


def links(page: Path) -> Iterator[str]:
    """Targets of a page's links that lie in the repository."""
    for line in prose(page):
        yield from (target for target in _LINK.findall(line) if "://" not in target)


def paths(page: Path) -> Iterator[str]:
    """Files and folders of the repository that a page names between backticks."""
    for line in prose(page):
        yield from re.findall(rf"`((?:{'|'.join(_ROOMS)})/[\w./-]*)`", line)

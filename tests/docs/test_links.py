"""What the pages point at is there."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.docs.pages import links, pages, paths, prose
from tests.stack import ROOT

EXAMPLE = ROOT / "tests" / "definitions" / "expense_report"
"""What the page about definitions adds to the house."""
READMES = [pytest.param(page, id=str(page.relative_to(ROOT))) for page in pages() if page.name == "README.md"]
PAGES = [pytest.param(page, id=str(page.relative_to(ROOT))) for page in pages()]


@pytest.mark.parametrize("page", PAGES)
def test_every_link_leads_somewhere(page: Path) -> None:
    assert [target for target in links(page) if not _leads(page, target)] == []


@pytest.mark.parametrize("page", PAGES)
def test_every_file_that_is_named_exists(page: Path) -> None:
    roots = (ROOT, EXAMPLE) if page.name == "add-a-definition.md" else (ROOT,)
    assert [path for path in paths(page) if not any((root / path).exists() for root in roots)] == []


@pytest.mark.parametrize("page", PAGES)
def test_what_stands_between_backticks_stands_on_one_line(page: Path) -> None:
    """Otherwise no test would find the command or file that it names."""
    assert [line for line in prose(page) if line.count("`") % 2] == []


@pytest.mark.parametrize("page", READMES)
def test_a_folder_s_readme_names_its_own_files(page: Path) -> None:
    named = re.findall(r"(?<![\w./])\w+\.py\b", page.read_text(encoding="utf-8"))
    assert sorted({name for name in named if not any(page.parent.rglob(name))}) == []


def test_every_page_of_the_docs_is_reached_from_the_readme() -> None:
    reached, waiting = set(), [ROOT / "README.md"]
    while waiting:
        page = waiting.pop()
        if page.suffix == ".md" and page not in reached:
            reached.add(page)
            waiting += [(page.parent / target.partition("#")[0]).resolve() for target in links(page)]
    assert {str(page.relative_to(ROOT)) for page in pages() if page.is_relative_to(ROOT / "docs")} <= {
        str(page.relative_to(ROOT)) for page in reached
    }


def test_the_readme_stays_short() -> None:
    assert len((ROOT / "README.md").read_text(encoding="utf-8").splitlines()) < 120


def _leads(page: Path, target: str) -> bool:
    name, _, heading = target.partition("#")
    file = page.parent / name if name else page
    return file.exists() and (not heading or heading in _headings(file))


def _headings(page: Path) -> set[str]:
    """Headings as links name them."""
    found = re.findall(r"^#+ (.*)$", page.read_text(encoding="utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in found}

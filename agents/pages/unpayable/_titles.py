"""What the title calls the document."""

from __future__ import annotations

from collections.abc import Iterator

from agents.documents.layout import Layout
from agents.fields.rules import Rule
from agents.pages._terms import title_of
from agents.pages.unpayable._said import Said, by_cells


def said(layout: Layout) -> Iterator[Said]:
    """That its title is none of an invoice or a credit note."""
    title = title_of(layout)
    if title and title[1] == "other":
        yield by_cells(Rule.DOCUMENT_KIND, "is titled", title[0])

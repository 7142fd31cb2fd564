"""Readings made of words, for tests of what is looked up in them."""

from __future__ import annotations

from agents.documents.reading import Page, Reading, Word


def page(*lines: str, number: int = 1, after: Reading | None = None) -> Reading:
    """A page of ``lines``, ten points each; two spaces or more keep columns apart. ``after`` puts it behind another."""
    words = list(after.words) if after else []
    first = max((w.line for w in words), default=-1) + 1
    for n, line in enumerate(lines):
        at = 0
        for text in line.split(" "):
            if text:
                box = (4.0 * at, 10.0 * n, 4.0 * (at + len(text)), 10.0 * n + 8)
                words.append(Word(text=text, page=number, box=box, line=first + n))
            at += len(text) + 1
    text = "\n".join(lines)
    pages = [*(after.pages if after else []), Page(number=number, width=600, height=800)]
    whole = f"{after.text}\n--- page {number} ---\n{text}" if after else text
    return Reading(digest="0" * 64, media_type="application/pdf", pages=pages, words=words, text=whole)

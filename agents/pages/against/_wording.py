"""Texts as they are compared: letter case, accents and punctuation aside."""

from __future__ import annotations

import re

from infra.text import unaccented


def folded(text: str) -> str:
    """Without letter case and accents, German umlauts as either of their two spellings."""
    return unaccented(text).replace("ae", "a").replace("oe", "o").replace("ue", "u")


def letters_of(text: str) -> str:
    return "".join(c for c in folded(text) if c.isalnum())


def words_of(text: str) -> list[str]:
    return [w for w in re.split(r"[\W_]+", folded(text)) if w]

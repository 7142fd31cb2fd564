"""Keys by which records of different writing are found: numbers as people and machines write them."""

from __future__ import annotations

import re

from infra.text import caseless


def number_key(number: str) -> str:
    """An invoice's or order's number without case, blanks, signs and leading zeros: ``RE-0012`` and ``re 12`` are one.

    Different numbers may share a key (``1-11`` and ``11-1``): it finds candidates, and proves nothing. Empty for a number
    of signs alone.
    """
    groups = re.findall(r"[^\W\d_]+|\d+", caseless(number))
    return "".join(group.lstrip("0") or "0" if group.isdigit() else group for group in groups)

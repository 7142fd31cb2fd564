"""Text as a database can keep it."""

from __future__ import annotations

import re

# Postgres refuses NUL, and neither database can encode half a surrogate pair; documents and models give both.
_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")


def storable(text: str) -> str:
    """``text`` with each character no database takes replaced by U+FFFD."""
    return _UNSTORABLE.sub("\N{REPLACEMENT CHARACTER}", text)

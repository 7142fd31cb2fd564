"""Units of quantity as invoices print them, and their codes in UN/ECE Recommendation 20, which e-invoices want."""

from __future__ import annotations

import re

from agents.words import printed, terms_of

PIECE = "C62"
"""One: what is counted."""

_CODE = re.compile(r"[A-Z0-9]{2,3}$")
_BY_NAME = {name: code for code in terms_of("units") for name in printed(f"units.{code}")}
_ALSO_NAMES = frozenset({"EA", "PR", "SET", "MON", "DAY", "MIN", "ANN", "LTR"})
"""Codes that read as one of the names, too: as they stand they are meant."""


def code_of(unit: str | None) -> tuple[str, bool]:
    """The code of a printed unit, and whether it is certain: what nobody knows is counted as pieces (``C62``).

    A unit that has the form of a code and is no word here is taken for one, as e-invoices state it.
    """
    stated = (unit or "").strip()
    plain = stated.rstrip(".").casefold()
    if stated in _ALSO_NAMES:
        return stated, True
    if plain in _BY_NAME:
        return _BY_NAME[plain], True
    return (stated, True) if _CODE.match(stated) else (PIECE, False)

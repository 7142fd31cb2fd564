"""Identifiers as they are compared, whoever wrote them."""

from __future__ import annotations

import re

from agents.fields.destinations import compact
from agents.fields.identifiers import without_tax_name


def plain_id(identifier: str) -> str:
    """A VAT id, or another identifier, as it is compared: Greece is EL, and a Swiss one is the same with and without MWST."""
    plain = compact(identifier)
    if plain.startswith("CHE"):
        return without_tax_name(plain)
    return f"EL{plain[2:]}" if re.fullmatch(r"GR\d{9}", plain) else plain

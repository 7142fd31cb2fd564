"""Checks that code makes: pure functions over `Facts`, by the name under which a rulebook asks for them."""

from __future__ import annotations

from agents.controls.rulebook._checks import amounts, notes, particulars, screening, terms
from agents.controls.rulebook._checks.said import CodeCheck

CHECKS: dict[str, CodeCheck] = {
    **particulars.CHECKS,
    **terms.CHECKS,
    **amounts.CHECKS,
    **screening.CHECKS,
    **notes.CHECKS,
}
"""Every check a rule can name."""

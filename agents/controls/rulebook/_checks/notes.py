"""Why no tax is charged, as far as an e-invoice says so in its codes; what the page says of it is for the rule's phrases."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pydantic import Field, field_validator

from agents.controls.rulebook._checks.said import CodeCheck, Parameters, Said, passed
from agents.fields.schema import rows

if TYPE_CHECKING:
    from agents.controls.rulebook._facts import Facts

_CATEGORIES = {
    "AE": "reverse charge", "E": "exempt from tax", "G": "export outside the EU", "K": "supply within the EU",
    "O": "outside the scope of tax", "Z": "zero rated", "L": "Canary Islands", "M": "Ceuta and Melilla",
}  # fmt: skip
"""UNCL 5305, as EN 16931 uses it."""


class Categories(Parameters):
    """``categories``: codes of UNCL 5305 that answer the rule."""

    categories: list[str] = Field(min_length=1)

    @field_validator("categories")
    @classmethod
    def _are_known(cls, codes: list[str]) -> list[str]:
        if unknown := [code for code in codes if code not in _CATEGORIES]:
            raise ValueError(f"{unknown[0]!r} is no category without tax; there are: {', '.join(_CATEGORIES)}")
        return codes


def tax_category(facts: Facts, given: Categories) -> list[Said] | None:
    """Whether the tax breakdown of an e-invoice names one of the categories."""
    for n, row in enumerate(rows(facts.fields, "tax_breakdown")):
        category = row.get("category")
        if category and category.value in given.categories and category.evidence.source == "xml":
            told = _CATEGORIES[category.value]
            return passed(
                f"tax category {category.value}: {told}", f"tax_breakdown[{n}].category", found=category.value
            )
    return None


CHECKS = {
    "tax_category": CodeCheck(
        tax_category, "The e-invoice names a tax category that explains it.", Categories, may_leave_open=True
    )
}

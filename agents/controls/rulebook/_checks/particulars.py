"""What an invoice has to state: the particulars of Article 226 of the VAT Directive (2006/112/EC), as far as they are fields."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pydantic import Field, field_validator

from agents.controls.rulebook._checks.said import CodeCheck, Parameters, Said, failed, passed
from agents.fields.schema import known_path, rows
from agents.fields.table import COLUMNS

if TYPE_CHECKING:
    from agents.controls.rulebook._facts import Facts


class Stated(Parameters):
    """``fields``: paths that all have to be there; alternatives are divided by ``|``."""

    fields: list[str] = Field(min_length=1)

    @field_validator("fields")
    @classmethod
    def _are_known(cls, paths: list[str]) -> list[str]:
        for path in (alternative for alternatives in paths for alternative in alternatives.split("|")):
            if not known_path(path):
                raise ValueError(f"{path!r} is no field of an invoice")
        return paths


class OfLines(Parameters):
    """``columns``: what every line has to have."""

    columns: list[str] = Field(default=["name", "quantity", "net_amount"], min_length=1)

    @field_validator("columns")
    @classmethod
    def _are_known(cls, columns: list[str]) -> list[str]:
        known = [spec.name for spec in COLUMNS["lines"]]
        if unknown := [column for column in columns if column not in known]:
            raise ValueError(f"{unknown[0]!r} is no column of a line; there are: {', '.join(known)}")
        return columns


def stated(facts: Facts, given: Stated) -> list[Said]:
    """Whether all fields are there."""
    missing = [path for path in given.fields if not any(alternative in facts.fields for alternative in path.split("|"))]
    if missing:
        told = ", ".join(" or ".join(path.split("|")) for path in missing)
        return failed(f"not stated: {told}", *(alternative for path in missing for alternative in path.split("|")))
    present = [alternative for path in given.fields for alternative in path.split("|") if alternative in facts.fields]
    return passed("all of them are stated", *present)


def lines_stated(facts: Facts, given: OfLines) -> list[Said]:
    """Whether every line has what it needs."""
    lines = rows(facts.fields, "lines")
    if not lines:
        return failed("no line says what was delivered", "lines[0].name")
    missing = {column: [n for n, line in enumerate(lines, 1) if column not in line] for column in given.columns}
    if told := [f"{column} of line {', '.join(map(str, of[:5]))}" for column, of in missing.items() if of]:
        paths = [f"lines[{n - 1}].{column}" for column, of in missing.items() for n in of[:5]]
        return failed(f"not stated: {'; '.join(told)}", *paths)
    return passed(f"each of the {len(lines)} lines states {', '.join(given.columns)}")


def rate_stated(facts: Facts, _: Parameters) -> list[Said]:
    """Whether the rate of the tax it charges is there."""
    if not facts.rates:
        return failed("tax is charged, but no rate of it is stated", "tax_breakdown[0].rate", "totals.tax_total")
    told = ", ".join(f"{rate.normalize():f} %" for rate in dict.fromkeys(facts.rates))
    return passed(f"rates stated: {told}", "tax_breakdown[0].rate")


def delivery_stated(facts: Facts, _: Parameters) -> list[Said] | None:
    """Whether a field says when it was delivered; what else may say so is for the rule's phrases."""
    day = facts.value("delivery_date")
    return passed(f"delivered on {day}", "delivery_date") if day else None


CHECKS = {
    "stated": CodeCheck(stated, "Every field named under `fields` is there.", Stated),
    "lines_stated": CodeCheck(lines_stated, "Every invoice line has what is named under `columns`.", OfLines),
    "rate_stated": CodeCheck(rate_stated, "The rate of the tax is stated."),
    "delivery_stated": CodeCheck(delivery_stated, "A day of delivery is stated.", may_leave_open=True),
}

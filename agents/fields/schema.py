"""The invoice: its fields (`table`) with their evidence, and the public JSON shape they are exported in.

While an execution runs, an invoice is a flat map from field path to `Field`: ``invoice_number``, ``seller.vat_id``,
``totals.grand_total``, ``tax_breakdown[0].rate``, ``lines[3].net_amount``. A flat map merges, corrects and points at
evidence without walking a tree. `public` turns it into the nested shape that programs read.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any, Literal

from pydantic import BaseModel, JsonValue

from agents.documents.reading import Box
from agents.fields.grounds import Ground
from agents.fields.table import COLUMNS, FIELDS, ROW_PATH, FieldSpec, Kind, TableName, spec_of

Source = Literal["xml", "model", "rule", "person"]

MAX_DIGITS = 18
"""Of a number, before and behind its point: more than any amount has, and exact wherever it is stored or summed."""
MAX_TEXT = 1000
"""Characters of a text, such as payment terms; a longer one is not a value but a document."""
MAX_NAME = 255
"""Characters of a name."""

SPLIT_PAGES = "split.pages"
"""No field: the correction by which a person says which pages of a file are an invoice each, ``1-2,3-4``."""


class Evidence(BaseModel):
    """The place a value rests on: a box on a page for what is printed, a path for what stands in XML."""

    source: Source
    page: int | None = None
    box: Box | None = None
    text: str | None = None
    """As printed, or as it stands in the XML."""
    locator: str | None = None
    """For XML, the path of the element; for a rule, its name."""
    was: str | None = None
    """Where a person gave it, what stood there by the document or the model; None where nothing did."""
    ocr: float | None = None
    """Where it was recognised in a picture: how sure the least sure letter of it is, from 0 to 1, by the engine's account."""


class Field(BaseModel):
    """One value in canonical form (ISO 8601 day; plain decimal point; ISO 4217, ISO 3166 codes), with its evidence."""

    value: str
    evidence: Evidence
    confidence: float | None = None
    """How likely it is right, from 0 to 1, as calibrated (see `confidence`); None where nobody has judged yet."""
    grounds: list[Ground] = []
    """What that rests on."""

    @property
    def number(self) -> Decimal:
        return Decimal(self.value)


Fields = dict[str, Field]


def known_path(path: str) -> bool:
    """Whether ``path`` names a field of the schema."""
    return spec_of(path) is not None


def value_of(fields: Mapping[str, Field], key: str) -> str | None:
    """The value at a path, or in the column of a row; None where there is none."""
    field = fields.get(key)
    return field.value if field else None


def number_of(fields: Mapping[str, Field], key: str) -> Decimal | None:
    """The number at a path, or in the column of a row; None where there is none."""
    field = fields.get(key)
    return field.number if field else None


def rows(fields: Mapping[str, Field], table: TableName) -> list[dict[str, Field]]:
    """The rows of a table in order, each a map from column to field. Row numbers without a field are skipped."""
    return list(numbered_rows(fields, table).values())


def numbered_rows(fields: Mapping[str, Field], table: TableName) -> dict[int, dict[str, Field]]:
    """`rows` with the numbers they have in their paths: a table may have gaps."""
    by_number: dict[int, dict[str, Field]] = {}
    for path, field in fields.items():
        row = ROW_PATH.fullmatch(path)
        if row and row[1] == table:
            by_number.setdefault(int(row[2]), {})[row[3]] = field
    return {n: by_number[n] for n in sorted(by_number)}


def public(fields: Mapping[str, Field]) -> dict[str, Any]:
    """The invoice in its public JSON shape: nested, numbers as `Decimal`, what is not known as None."""
    tables = {name: rows(fields, name) for name in COLUMNS}
    shape: dict[str, Any] = {}  # values, groups of values and tables of them, as the field table has it
    for spec in FIELDS:
        if spec.table:
            of_table = shape.setdefault(spec.table, [{} for _ in tables[spec.table]])
            for row, cells in zip(of_table, tables[spec.table], strict=True):
                row[spec.name] = _plain(spec, cells.get(spec.name))
        else:
            group = shape.setdefault(spec.group, {}) if spec.group else shape
            group[spec.name] = _plain(spec, fields.get(spec.path))
    return shape


def _plain(spec: FieldSpec, field: Field | None) -> Decimal | str | None:
    if field is None:
        return None
    return field.number if spec.kind.is_number else field.value


def loaded(fields: Mapping[str, Any]) -> Fields:
    """Fields as the state carries them, as models."""
    return {path: Field.model_validate(field) for path, field in fields.items()}


def dumped(fields: Mapping[str, Field]) -> dict[str, JsonValue]:
    """Fields as the state carries them: plain JSON."""
    return {path: field.model_dump(mode="json", exclude_none=True) for path, field in fields.items()}


def plain_json(invoice: Mapping[str, Any]) -> dict[str, JsonValue]:
    """The invoice in its public shape as JSON keeps it: money as a string, exactly."""
    plain: dict[str, JsonValue] = json.loads(json.dumps(invoice, default=str))
    return plain


def correction_problem(path: str, value: str | None) -> str | None:
    """Why a person's ``value`` for the field at ``path`` cannot be taken, or None. Values are in canonical form."""
    if path == SPLIT_PAGES:
        if value is None or not re.fullmatch(r"\s*\d+\s*(-\s*\d+\s*)?(,\s*\d+\s*(-\s*\d+\s*)?)+", value):
            return f"{path} takes two or more ranges of pages such as 1-2,3-4, not {_shown(value or '')}"
        return None
    spec = spec_of(path)
    if spec is None:
        return f"{path!r} is no field of an invoice; fields are such as invoice_number, seller.name, totals.grand_total"
    if value is None:
        return None
    if spec.kind.is_number and not re.fullmatch(r"-?[0-9]+(\.[0-9]+)?", value):
        return f"{path} takes a number such as 1234.56, not {_shown(value)}"
    if spec.kind.is_number and sum(c.isdigit() for c in value) > MAX_DIGITS:
        return f"{path} takes a number of at most {MAX_DIGITS} digits, not one of {sum(c.isdigit() for c in value)}"
    if len(value) > MAX_TEXT:
        return f"{path} takes at most {MAX_TEXT} characters, not {len(value)}"
    if spec.kind is Kind.DATE:
        try:
            known = date.fromisoformat(value).isoformat() == value
        except ValueError:
            known = False
        if not known:
            return f"{path} takes a day such as 2026-10-31, not {_shown(value)}"
    if spec.kind is Kind.CURRENCY and not re.fullmatch(r"[A-Z]{3}", value):
        return f"{path} takes an ISO 4217 code such as EUR, not {_shown(value)}"
    return None if value.strip() else f"{path} cannot be empty; leave the value out to remove the field"


def _shown(value: str) -> str:
    return repr(value if len(value) <= 40 else value[:39] + "…")

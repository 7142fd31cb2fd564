"""The corpus' e-invoices and invoices, as the tests of this folder want them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache
from typing import Any

from facturx import get_xml_from_pdf  # type: ignore[import-untyped]

from agents.fields.schema import Evidence, Field, Fields
from tests.agents.documents.samples import CORPUS


def manifest(path: str) -> Any:
    """A JSON file of the corpus."""
    return json.loads((CORPUS / path).read_text(encoding="utf-8"))


def triples() -> list[dict[str, Any]]:
    """Fragments, the rule to judge each by, and what is expected."""
    lines = (CORPUS / "rules/triples.jsonl").read_text(encoding="utf-8").splitlines()
    return [json.loads(line) for line in lines]


def text(path: str) -> str:
    return (CORPUS / path).read_text(encoding="utf-8-sig")


@cache
def embedded(id: str) -> str:
    """The XML inside an invoice."""
    pdf = (CORPUS / f"invoices/pdf/{id}.pdf").read_bytes()
    _, xml = get_xml_from_pdf(pdf, check_xsd=False, check_schematron=False)
    return str(xml.decode("utf-8-sig"))


def fields_of(truth: Mapping[str, Any]) -> Fields:
    """Ground truth as the fields an invoice is read into; numbers are strings."""
    fields: Fields = {}

    def put(path: str, value: Any) -> None:
        if value not in (None, ""):
            fields[path] = Field(value=str(value), evidence=Evidence(source="model", page=1))

    for key, value in truth.items():
        if key in ("seller", "buyer", "payment", "totals"):
            for column, inner in value.items():
                put(f"{key}.{column}", inner)
        elif key in ("lines", "tax_breakdown"):
            for number, row in enumerate(value):
                for column, inner in row.items():
                    put(f"{key}[{number}].{column}", inner)
        elif not isinstance(value, dict | list):
            put(key, value)
    return fields


def truths() -> dict[str, Fields]:
    """Every invoice's ground truth, by id."""
    return {
        path.stem: fields_of(json.loads(path.read_text(encoding="utf-8"), parse_float=str))
        for path in sorted((CORPUS / "invoices/gt").glob("*.json"))
    }

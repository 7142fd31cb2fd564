"""Truths, predictions and readings for tests, in the shapes of the corpus and of the ledger."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from infra.records import Execution, ModelCall
from tests.workers.cli.examples import a_field, an_execution
from workers.office.following import Followed
from workers.office.submission import Submitted
from workers.score.corpus import Document
from workers.score.running import Reading

INVOICE: dict[str, Any] = {
    "invoice_number": "R-17",
    "type_code": "380",
    "issue_date": "2026-03-01",
    "currency": "EUR",
    "seller": {"name": "Muster GmbH", "vat_id": "DE136695976"},
    "payment": {"iban": "DE89370400440532013000", "terms": "30 Tage netto"},
    "totals": {"tax_basis_total": 100, "tax_total": 19, "grand_total": 119},
    "tax_breakdown": [{"rate": 19, "basis": 100, "amount": 19}],
    "lines": [
        {"name": "Papier", "quantity": 3, "unit_price_net": 10, "net_amount": 30, "tax_rate": 19},
        {"name": "Tinte", "quantity": 2, "unit_price_net": 35, "net_amount": 70, "tax_rate": 19},
    ],
}


def flat(value: Any, before: str = "") -> dict[str, Any]:
    """Every single value by its path, ``lines[0].name``."""
    if isinstance(value, Mapping):
        found: dict[str, Any] = {}
        for key, inner in value.items():
            found |= flat(inner, f"{before}.{key}" if before else key)
        return found
    if isinstance(value, list):
        return {path: v for n, row in enumerate(value) for path, v in flat(row, f"{before}[{n}]").items()}
    return {before: value}


def a_truth(*, hidden: Sequence[str] = (), **values: Any) -> dict[str, Any]:
    """`INVOICE` with ``values`` over it; all that is not None is visible, but what is ``hidden``."""
    truth = {**INVOICE, **values}
    visible: dict[str, Any] = {p: v is not None and p not in hidden for p, v in flat(truth).items() if "[" not in p}
    for table, columns in (
        ("tax_breakdown", ("rate", "basis", "amount")),
        ("lines", ("name", "quantity", "unit_price_net", "net_amount", "tax_rate")),
    ):
        visible[table] = [
            {c: row.get(c) is not None and f"{table}[{n}].{c}" not in hidden for c in columns}
            for n, row in enumerate(truth[table])
        ]
    return {**truth, "visible": visible}


def fields_of(invoice: Mapping[str, Any], confidence: float | None = None, **by_path: float) -> dict[str, Any]:
    """An invoice as fields of an execution's result, each as sure as ``confidence``; those of ``by_path`` otherwise."""
    fields = {}
    for path, value in flat(invoice).items():
        fields[path] = a_field(str(value))
        said = by_path.get(path, confidence)
        if said is not None:
            fields[path] |= {"confidence": said, "grounds": ["label", "agreed"]}
    return fields


def a_reading(
    id: str = "a",
    *,
    truth: Mapping[str, Any] | None = None,
    group: str = "issuer",
    fields: Mapping[str, Any] | None = None,
    calls: Sequence[ModelCall] = (),
    invoice: Mapping[str, Any] | None = None,
    **execution: Any,
) -> Reading:
    """A document that was read as ``fields`` say, or ``invoice``, and approved, unless ``execution`` says otherwise."""
    read = fields if fields is not None else fields_of(invoice if invoice is not None else INVOICE)
    given = {"findings": [], "reviews": [], "result": {"fields": dict(read), "kind": "invoice"}, **execution}
    made: Execution = an_execution(f"{id}.pdf", **given)
    submitted = Submitted(made.name, "queued", digest=made.digest, execution_id=made.id)
    document = Document(id, Path(f"{id}.pdf"), truth or a_truth(), group)
    return Reading(document, Followed(submitted, made, list(calls)))


def write_corpus(folder: Path, truths: Mapping[str, Mapping[str, Any]], salt: str = "") -> tuple[Path, Path]:
    """A PDF and a truth for each id; returns their folders."""
    pdfs, known = folder / "pdfs", folder / "truths"
    for place in (pdfs, known):
        place.mkdir(parents=True)
    for id, truth in truths.items():
        (pdfs / f"{id}.pdf").write_bytes(f"%PDF- {id} {salt}".encode())
        (known / f"{id}.json").write_text(json.dumps(truth), encoding="utf-8")
    return pdfs, known

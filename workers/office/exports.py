"""Results for other programs: what was read and decided, in the public shape, and as rows of tables."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from workers.office.errors import NotKnown
from workers.office.executions import no_execution
from workers.office.tally import Tally
from workers.office.wording import decided_by_text

if TYPE_CHECKING:
    from infra.records import Execution, Finding, ModelCall, Submission
    from workers.office import Office
    from workflows.definition import PublicShape


@dataclass(frozen=True)
class Document:
    """A file that was handed in, with the execution of its bytes."""

    name: str
    execution: Execution
    calls: Sequence[ModelCall]
    public: PublicShape | None
    """What was read from it in its definition's public shape, numbers as `Decimal`; None where nothing was."""


@dataclass(frozen=True)
class Selection:
    """What there is to export, in the order in which it was handed in."""

    documents: Sequence[Document]
    not_begun: Sequence[str]
    """Names of documents without an execution yet."""


async def select(
    office: Office, *, tenant: str | None = None, batch: str | None = None, status: str | None = None
) -> Selection:
    """Every document handed in. The same bytes under the same name, handed in again, are the same document.

    Raises:
        NotKnown: there is nothing to export.
    """
    ledger = office.ledger
    executions = {e.id: e for e in await ledger.executions(tenant=tenant, batch=batch, newest_first=False)}
    handed_in: dict[tuple[str, str, str], Submission] = {}
    for submission in await ledger.submissions(tenant=tenant, batch=batch):
        handed_in.setdefault((submission.tenant, submission.name, submission.digest), submission)
    names = [(submission.name, submission.execution_id) for submission in handed_in.values()]
    named = {id for _, id in names}
    names += [(execution.name, execution.id) for execution in executions.values() if execution.id not in named]
    calls = await ledger.calls_of(list(executions))
    wanted = {id for id, execution in executions.items() if status is None or execution.status.value == status}
    for id in wanted:
        executions[id] = await ledger.execution(id) or executions[id]  # with its findings and reviews
    documents = [
        Document(name, executions[id], calls[id], public_shape(executions[id])) for name, id in names if id in wanted
    ]
    not_begun = [name for name, id in names if id not in executions] if status is None else []
    if not documents and not not_begun:
        raise NotKnown(f"there is nothing to export: {no_execution(batch, tenant, status)}")
    return Selection(documents, not_begun)


async def select_invoices(office: Office, *, tenant: str | None = None, batch: str | None = None) -> list[Document]:
    """The approved documents that may become e-invoices.

    Raises:
        NotKnown: there is none.
    """
    from workflows import definition_of

    try:
        approved = (await select(office, tenant=tenant, batch=batch, status="approved")).documents
    except NotKnown:
        approved = []
    invoices = [
        document
        for document in approved
        if document.public and (known := definition_of(document.execution.definition)) and known.einvoices
    ]
    if not invoices:
        raise NotKnown(f"there is no invoice to export: {no_execution(batch, tenant, 'approved')}")
    return invoices


def public_shape(execution: Execution) -> PublicShape | None:
    """What an execution read, in the public shape of its definition; None where nothing was read. Of a definition that is
    there no more, the result as it was recorded is taken."""
    from workflows import definition_of
    from workflows.definition import recorded_result

    known = definition_of(execution.definition)
    return known.public_shape(execution) if known else recorded_result(execution)


def finding_shape(finding: Finding) -> dict[str, Any]:
    """A finding: rule, verdict, severity, message, fields, evidence, and who decided."""
    shown = finding.model_dump(mode="json")
    return {key: shown[key] for key in ("rule", "verdict", "severity", "message", "fields", "evidence", "decided_by")}


def index_entry(document: Document, file: str | None) -> dict[str, Any]:
    """A document in the index of an export; ``file`` is None where nothing was read."""
    execution = document.execution
    return {
        "document": document.name,
        "file": file,
        "execution_id": execution.id,
        "status": execution.status.value,
        "decision": execution.decision,
        "decided_by": execution.decided_by,
        "reasons": [execution.error] if execution.error else execution.reasons,
        "review_reasons": _review_reasons(execution),
        "given_by_people": given_by_people(execution),
        "findings": [finding_shape(finding) for finding in execution.findings],
    }


def given_by_people(execution: Execution) -> dict[str, dict[str, Any]]:
    """By path each value that is a person's: ``value``, ``by``, and as ``was`` what stood there when the document came."""
    fields: Mapping[str, Any] = execution.result.get("fields") or {}
    said = {path: field for path, field in fields.items() if (field.get("evidence") or {}).get("source") == "person"}
    return {
        path: {
            "value": field.get("value"),
            "by": field["evidence"].get("text"),
            "was": field["evidence"].get("was"),
        }
        for path, field in said.items()
    }


@dataclass(frozen=True)
class Tables:
    """Rows for a spreadsheet, by column: one for each document, for each of its lines, and for each finding."""

    invoices: list[dict[str, Any]] = field(default_factory=list)
    lines: list[dict[str, Any]] = field(default_factory=list)
    findings: list[dict[str, Any]] = field(default_factory=list)


def tables(documents: Sequence[Document]) -> Tables:
    """Documents as rows. What stands alone in the public shape is a column named by its path."""
    rows = Tables()
    for document in documents:
        execution, public = document.execution, document.public or {}
        rows.invoices.append(_invoice_row(document, public))
        of = {"document_id": execution.id, "file": document.name}
        for number, line in enumerate(public.get("lines") or [], 1):
            rows.lines.append({**of, "line": number, **line})
        for finding in execution.findings:
            evidence = json.dumps(finding.evidence, ensure_ascii=False, default=str) if finding.evidence else None
            shape = finding_shape(finding) | {
                "fields": ", ".join(finding.fields),
                "evidence": evidence,
                "decided_by": decided_by_text(finding.decided_by),
            }
            rows.findings.append({**of, **shape})
    return rows


def _invoice_row(document: Document, public: PublicShape) -> dict[str, Any]:
    execution, tally = document.execution, Tally.of(document.calls)
    return {
        "id": execution.id,
        "tenant": execution.tenant,
        "batch": execution.batch,
        "file": document.name,
        "status": execution.status.value,
        "decision": execution.decision,
        "decided_by": execution.decided_by,
        "reasons": execution.error or "; ".join(execution.reasons),
        "review_reasons": "; ".join(_review_reasons(execution)),
        "vendor": execution.vendor,
        "number": execution.number,
        "currency": execution.currency,
        "amount": execution.amount,
        **{key: value for key, value in _flat(public).items() if key != "currency"},
        "model_calls": tally.calls,
        "prompt_tokens": tally.prompt,
        "cached_tokens": tally.cached,
        "output_tokens": tally.output,
        "cost": _one_cost(tally),
        "cost_currency": next(iter(tally.costs)) if len(tally.costs) == 1 else None,
    }


def _review_reasons(execution: Execution) -> list[str]:
    """What people gave as reasons for their answers, in their order."""
    return [review.reason for review in execution.reviews if review.reason]


def _one_cost(tally: Tally) -> Decimal | str | None:
    """A cost that stands alone in its cell: "unpriced" if any call is; nothing where no call was made."""
    if tally.unpriced:
        return "unpriced"
    if len(tally.costs) > 1:
        return " + ".join(f"{cost:f} {currency}" for currency, cost in sorted(tally.costs.items()))
    return next(iter(tally.costs.values()), None) if tally.calls else None


def _flat(value: Mapping[str, Any], before: str = "") -> dict[str, Any]:
    """Nested single values as ``totals.grand_total``; lists are left out."""
    flat: dict[str, Any] = {}
    for key, inner in value.items():
        if isinstance(inner, Mapping):
            flat |= _flat(inner, f"{before}{key}.")
        elif not isinstance(inner, list):
            flat[f"{before}{key}"] = inner
    return flat

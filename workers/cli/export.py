"""``export``: results for other programs, as JSON files in the public shape, as tables for a spreadsheet, or as e-invoices."""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from workers.cli._console import (
    BatchFilter,
    Problem,
    TenantFilter,
    cell,
    decided_by_text,
    err,
    failing_clearly,
    no_execution,
    opened_ledger,
    out,
    run,
    statuses_text,
)
from workers.cli.status import StatusFilter
from workers.office import einvoices
from workers.office.einvoices import Format
from workers.office.wording import clean, counted

if TYPE_CHECKING:
    from infra.records import Execution, Finding, ModelCall, Submission

EPILOG = """Examples:

counterfoil export --format json --out results --batch march

counterfoil export --format csv --out results --status approved

counterfoil export --format facturx --out einvoices --batch march

json: one FILE.json for each document handed in, with its findings, and _index.json with their status, decision and
reasons. csv: invoices.csv, lines.csv and findings.csv, UTF-8 with the mark spreadsheets look for; text that a
spreadsheet would take for a formula begins with an apostrophe.

ubl, cii, facturx: approved invoices as e-invoices of EN 16931, as UBL 2.1, as CII, or as CII inside the PDF as it was
handed in. Each is judged by the official rules; one that fails them is named with the fields to correct and is not
written, and the exit code is 1. _index.json says what was concluded rather than read."""

INDEX = "_index"
"""Name, without its ending, of the file that lists the others."""

_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")
_NUMBER = re.compile(r"[+-]?\d+([.,]\d+)*")
_LONGEST_STEM = 200


@dataclass(frozen=True)
class Document:
    """A file that was handed in, with the execution of its bytes."""

    name: str
    execution: Execution
    calls: Sequence[ModelCall]
    public: Mapping[str, Any] | None
    """What was read from it in its definition's public shape, numbers as `Decimal`; None where nothing was."""


def register(app: typer.Typer) -> None:
    """Add the command to ``app``."""
    app.command("export", epilog=EPILOG, rich_help_panel="Documents")(export)


def export(
    format: Annotated[Literal["json", "csv", "ubl", "cii", "facturx"], typer.Option("--format", help="What to write.")],
    folder: Annotated[Path, typer.Option("--out", metavar="DIR", help="Where to; made if missing.")],
    batch: BatchFilter = None,
    tenant: TenantFilter = None,
    status: StatusFilter = None,
    invalid_too: Annotated[
        bool, typer.Option("--invalid-too", help="Write e-invoices that fail the rules, too; the exit code stays 1.")
    ] = False,
) -> None:
    """Write what was read and decided to files. Reads the ledger and the documents alone: nothing else has to run."""
    with failing_clearly():
        if format == "ubl" or format == "cii" or format == "facturx":  # noqa: PLR1714
            _export_einvoices(format, folder, tenant, batch, status, invalid_too)
            return
        if invalid_too:
            raise Problem("--invalid-too is of e-invoices: --format ubl, cii or facturx", code=2)
        documents, missing = run(_documents(tenant, batch, status))
        if not documents and not missing:
            raise Problem(f"there is nothing to export: {no_execution(batch, tenant, status)}")
        with _writing_to(folder):
            written = _write_json(folder, documents) if format == "json" else _write_csv(folder, documents)
        for name in missing:
            err().print(cell(f"left out, its execution has not begun: {name}", "yellow"), soft_wrap=True)
        out().print(cell(f"{written} in {folder}"), soft_wrap=True)
        stand = statuses_text(d.execution.status.value for d in documents)
        unsettled = any(d.execution.status.value != "approved" for d in documents) and status is None
        out().print(f"{stand}{'; --status approved for settled ones only' if unsettled else ''}", soft_wrap=True)


@contextmanager
def _writing_to(folder: Path) -> Iterator[None]:
    """The folder, made if missing; what the system will not let be written is one sentence."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        yield
    except OSError as error:
        raise Problem(f"cannot write to {folder}: {error.strerror or error}. Give another --out") from error


def _export_einvoices(
    format: Format, folder: Path, tenant: str | None, batch: str | None, status: str | None, invalid_too: bool
) -> None:
    """Approved invoices as e-invoices."""
    if status not in (None, "approved"):
        raise Problem(f"only approved invoices become e-invoices; leave --status {status} out", code=2)
    documents, _ = run(_documents(tenant, batch, "approved"))
    invoices = [(d.name, d.execution) for d in documents if d.public and _is_invoice(d.execution)]
    if not invoices:
        raise Problem(f"there is no invoice to export: {no_execution(batch, tenant, 'approved')}")
    made = run(einvoices.make(invoices, format))
    taken: set[str] = {INDEX.casefold()}
    with _writing_to(folder):
        entries = einvoices.write(
            folder,
            made,
            invalid_too=invalid_too,
            say=lambda said: err().print(cell(said, "yellow"), soft_wrap=True),
            free=lambda name, ending: _free_name(name, ending, taken),
        )
        (folder / f"{INDEX}.json").write_text(exact_json({"documents": entries}) + "\n", encoding="utf-8")
    written = sum(entry["file"] is not None for entry in entries)
    valid = sum(one.valid for one in made)
    out().print(cell(f"{counted(written, 'e-invoice')} and {INDEX}.json in {folder}"), soft_wrap=True)
    out().print(
        f"{valid} of {counted(len(made), 'approved invoice')} {'is' if valid == 1 else 'are'} valid by EN 16931"
    )
    if valid < len(made):
        raise typer.Exit(1)


async def _documents(tenant: str | None, batch: str | None, status: str | None) -> tuple[list[Document], list[str]]:
    """Every document handed in, in that order, and the names of those without an execution yet.

    The same bytes under the same name, handed in again, are the same document.
    """
    async with opened_ledger() as ledger:
        executions = {e.id: e for e in await ledger.executions(tenant=tenant, batch=batch, newest_first=False)}
        handed_in: dict[tuple[str, str, str], Submission] = {}
        for submission in await ledger.submissions(tenant=tenant, batch=batch):
            handed_in.setdefault((submission.tenant, submission.name, submission.digest), submission)
        names = [(s.name, s.execution_id) for s in handed_in.values()]
        named = {id for _, id in names}
        names += [(e.name, e.id) for e in executions.values() if e.id not in named]
        calls = await ledger.calls_of(list(executions))
        for id, execution in executions.items():
            if status is None or execution.status.value == status:
                executions[id] = await ledger.execution(id) or execution  # with its reviews
    found = [
        Document(name, executions[id], calls[id], public_shape(executions[id]))
        for name, id in names
        if id in executions and (status is None or executions[id].status.value == status)
    ]
    return found, [name for name, id in names if id not in executions and status is None]


def public_shape(execution: Execution) -> Mapping[str, Any] | None:
    """What an execution read, in the public shape of its definition; None where nothing was read. Of a definition that is
    there no more, the result as it was recorded is taken."""
    from workflows import definition_of
    from workflows.definition import recorded_result

    known = definition_of(execution.definition)
    return known.public_shape(execution) if known else recorded_result(execution)


def _is_invoice(execution: Execution) -> bool:
    from workflows import definition_of

    known = definition_of(execution.definition)
    return known is not None and known.einvoices


def _write_json(folder: Path, documents: Sequence[Document]) -> str:
    """One file a document, and an index. Of several with the same stem the later ones get a number, which is said."""
    console = err()
    taken: set[str] = {INDEX.casefold()}
    index: list[dict[str, Any]] = []
    for document in documents:
        entry = _index_entry(document)
        index.append(entry)
        if document.public is None:
            said = f"left out, nothing was read from it: {document.name} ({document.execution.status.value})"
            console.print(cell(said, "yellow"), soft_wrap=True)
            continue
        name = _free_name(document.name, ".json", taken)
        shape = {**document.public, "findings": entry["findings"]}
        (folder / name).write_text(exact_json(shape) + "\n", encoding="utf-8")
        entry["file"] = name
    (folder / f"{INDEX}.json").write_text(exact_json({"documents": index}) + "\n", encoding="utf-8")
    written = sum(entry["file"] is not None for entry in index)
    return f"{counted(written, 'JSON file')} and {INDEX}.json"


def _free_name(document: str, ending: str, taken: set[str]) -> str:
    """A name for a document's file whose stem is not among ``taken``, which it joins; a number is said."""
    stem = file_stem(document)
    name, number = stem, 1
    while name.casefold() in taken:
        number += 1
        name = f"{stem}-{number}"
    taken.add(name.casefold())
    if name != stem:
        said = f"{document} is written to {name}{ending}: another document of that name was handed in before it"
        err().print(cell(said), soft_wrap=True)
    return f"{name}{ending}"


def _index_entry(document: Document) -> dict[str, Any]:
    """A document in the index; ``file`` is None where nothing was read."""
    e = document.execution
    return {
        "document": document.name,
        "file": None,
        "execution_id": e.id,
        "status": e.status.value,
        "decision": e.decision,
        "decided_by": e.decided_by,
        "reasons": [e.error] if e.error else e.reasons,
        "review_reasons": _review_reasons(e),
        "findings": [_said(finding) for finding in e.findings],
    }


def _said(finding: Finding) -> dict[str, Any]:
    """A finding: rule, verdict, severity, message, fields, evidence, and who decided."""
    shown = finding.model_dump(mode="json")
    return {key: shown[key] for key in ("rule", "verdict", "severity", "message", "fields", "evidence", "decided_by")}


def _review_reasons(execution: Execution) -> list[str]:
    """What people gave as reasons for their answers, in their order."""
    return [review.reason for review in execution.reviews if review.reason]


def file_stem(name: str) -> str:
    """A document's name without its ending, as a name that is safe in any folder."""
    last = re.split(r"[/\\]", clean(name, lines=False))[-1]
    stem = re.sub(r'[<>:"|?*]', "_", Path(last).stem).strip().lstrip(".")
    while len(stem.encode()) > _LONGEST_STEM:
        stem = stem[:-1]
    return stem or "document"


def exact_json(value: Any, indent: str = "") -> str:
    """JSON with every `Decimal` as a number of exactly its digits, which the standard library cannot write."""
    inner = indent + "  "
    if isinstance(value, Decimal):
        # JSON knows no NaN; and a number beyond all reason is not written out in zeros.
        return "null" if not value.is_finite() else format(value, "f") if abs(value.adjusted()) < 60 else str(value)
    if isinstance(value, Mapping) and value:
        items = (f"{inner}{json.dumps(str(k), ensure_ascii=False)}: {exact_json(v, inner)}" for k, v in value.items())
        return "{\n" + ",\n".join(items) + f"\n{indent}}}"
    if isinstance(value, list) and value:
        return "[\n" + ",\n".join(inner + exact_json(v, inner) for v in value) + f"\n{indent}]"
    return json.dumps(value, ensure_ascii=False)


def _write_csv(folder: Path, documents: Sequence[Document]) -> str:
    """``invoices.csv`` with a row for each document, ``lines.csv`` and ``findings.csv`` with one for each line and finding."""
    from workers.office.costs import Tally

    invoices: list[dict[str, Any]] = []
    lines: list[dict[str, Any]] = []
    findings: list[dict[str, Any]] = []
    for document in documents:
        e, made = document.execution, Tally.of(document.calls)
        public = document.public or {}
        invoices.append(
            {
                "id": e.id,
                "tenant": e.tenant,
                "batch": e.batch,
                "file": document.name,
                "status": e.status.value,
                "decision": e.decision,
                "decided_by": e.decided_by,
                "reasons": e.error or "; ".join(e.reasons),
                "review_reasons": "; ".join(_review_reasons(e)),
                "vendor": e.vendor,
                "number": e.number,
                "currency": e.currency,
                "amount": e.amount,
                **{k: v for k, v in _flat(public).items() if k != "currency"},
                "model_calls": made.calls,
                "prompt_tokens": made.prompt,
                "cached_tokens": made.cached,
                "output_tokens": made.output,
                "cost": _one_cost(made.costs, made.unpriced, made.calls),
                "cost_currency": next(iter(made.costs)) if len(made.costs) == 1 else None,
            }
        )
        for number, line in enumerate(public.get("lines") or [], 1):
            lines.append({"document_id": e.id, "file": document.name, "line": number, **line})
        for finding in e.findings:
            said = _said(finding) | {
                "fields": ", ".join(finding.fields),
                "evidence": json.dumps(finding.evidence, ensure_ascii=False, default=str) if finding.evidence else None,
                "decided_by": decided_by_text(finding.decided_by),
            }
            findings.append({"document_id": e.id, "file": document.name, **said})
    _write_table(folder / "invoices.csv", invoices, "id")
    _write_table(folder / "lines.csv", lines, "document_id", "file", "line")
    _write_table(folder / "findings.csv", findings, "document_id", "file", "rule")
    return (
        f"invoices.csv ({counted(len(invoices), 'document')}), lines.csv ({counted(len(lines), 'line')}) and "
        f"findings.csv ({counted(len(findings), 'finding')})"
    )


def _one_cost(costs: Mapping[str, Decimal], unpriced: int, calls: int) -> Decimal | str | None:
    """A cost that stands alone in its cell: "unpriced" if any call is; nothing where no call was made."""
    if unpriced:
        return "unpriced"
    if len(costs) > 1:
        return " + ".join(f"{cost:f} {currency}" for currency, cost in sorted(costs.items()))
    return next(iter(costs.values()), None) if calls else None


def _flat(value: Mapping[str, Any], before: str = "") -> dict[str, Any]:
    """Nested single values as ``totals.grand_total``; lists are left out."""
    flat: dict[str, Any] = {}
    for key, inner in value.items():
        if isinstance(inner, Mapping):
            flat |= _flat(inner, f"{before}{key}.")
        elif not isinstance(inner, list):
            flat[f"{before}{key}"] = inner
    return flat


def _write_table(path: Path, rows: Sequence[Mapping[str, Any]], *first: str) -> None:
    columns = list(dict.fromkeys([*first, *(column for row in rows for column in row)]))
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(columns)
        writer.writerows([guarded(row.get(column)) for column in columns] for row in rows)


def guarded(value: object) -> str:
    """A cell's text; one that a spreadsheet would run as a formula begins with an apostrophe. Numbers stay numbers."""
    if value is None:
        return ""
    if isinstance(value, Decimal):
        return format(value, "f")
    text = str(value)
    return f"'{text}" if text.lstrip(" ").startswith(_FORMULA) and not _NUMBER.fullmatch(text) else text

"""``export``: results for other programs, as JSON files in the public shape, as tables for a spreadsheet, or as e-invoices."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from workers.cli._console import BatchFilter, TenantFilter, in_office, say, statuses_text, warn
from workers.cli.status import StatusFilter
from workers.office.errors import WronglyAsked
from workers.office.wording import counted

if TYPE_CHECKING:
    from workers.office import Office
    from workers.office.einvoices import EInvoice, Format
    from workers.office.exports import Document
    from workers.office.folders import Written

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
    from workers.office import exports

    if format == "ubl" or format == "cii" or format == "facturx":  # noqa: PLR1714  # as a type checker reads it
        _export_einvoices(format, folder, tenant, batch, status, invalid_too)
        return
    if invalid_too:
        raise WronglyAsked("--invalid-too is of e-invoices: --format ubl, cii or facturx")
    selection = in_office(lambda office: exports.select(office, tenant=tenant, batch=batch, status=status))
    documents = list(selection.documents)
    files = _write_json(folder, documents) if format == "json" else _write_csv(folder, documents)
    for name in selection.not_begun:
        warn(f"left out, its execution has not begun: {name}", "yellow")
    say(f"{files} in {folder}")
    stand = statuses_text(document.execution.status.value for document in documents)
    unsettled = any(document.execution.status.value != "approved" for document in documents) and status is None
    say(f"{stand}{'; --status approved for settled ones only' if unsettled else ''}")


def _write_json(folder: Path, documents: list[Document]) -> str:
    from workers.office.folders import INDEX, write_json

    written = write_json(folder, documents)
    for document in documents:
        if document.public is None:
            warn(f"left out, nothing was read from it: {document.name} ({document.execution.status.value})", "yellow")
    _say_renamed(written)
    return f"{counted(written.files, 'JSON file')} and {INDEX}.json"


def _write_csv(folder: Path, documents: list[Document]) -> str:
    from workers.office.exports import tables
    from workers.office.folders import write_csv

    rows = tables(documents)
    write_csv(folder, rows)
    return (
        f"invoices.csv ({counted(len(rows.invoices), 'document')}), lines.csv ({counted(len(rows.lines), 'line')}) and "
        f"findings.csv ({counted(len(rows.findings), 'finding')})"
    )


def _export_einvoices(
    format: Format, folder: Path, tenant: str | None, batch: str | None, status: str | None, invalid_too: bool
) -> None:
    """Approved invoices as e-invoices."""
    from workers.office import einvoices, exports
    from workers.office.folders import INDEX, write_einvoices

    if status not in (None, "approved"):
        raise WronglyAsked(f"only approved invoices become e-invoices; leave --status {status} out")

    async def work(office: Office) -> list[EInvoice]:
        documents = await exports.select_invoices(office, tenant=tenant, batch=batch)
        return await einvoices.einvoices(office, documents, format)

    invoices = in_office(work)
    written = write_einvoices(folder, invoices, invalid_too=invalid_too)
    for invoice, entry in zip(invoices, written.entries, strict=True):
        document = invoice.document
        if not invoice.valid:
            became = "not valid" if entry["file"] else "not written"
            warn(f"{became}: {document.name} ({document.execution.id}): {invoice.problems}", "yellow")
        elif invoice.remark:
            warn(f"{document.name} is {invoice.remark}", "yellow")
    _say_renamed(written)
    valid = sum(invoice.valid for invoice in invoices)
    say(f"{counted(written.files, 'e-invoice')} and {INDEX}.json in {folder}")
    of = counted(len(invoices), "approved invoice")
    say(f"{valid} of {of} {'is' if valid == 1 else 'are'} valid by EN 16931")
    if valid < len(invoices):
        raise typer.Exit(1)


def _say_renamed(written: Written) -> None:
    for document, file in written.renamed:
        warn(f"{document} is written to {file}: another document of that name was handed in before it")

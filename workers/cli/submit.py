"""``submit``: hand documents in and, if asked to, follow them."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from workers.cli._console import (
    JsonOption,
    add_row,
    current_settings,
    err,
    in_office,
    out,
    print_json,
    say,
    summary,
    table,
    warn,
)
from workers.cli._outcomes import print_failed, print_refused, print_report, print_settled, stopped
from workers.office.wording import counted

if TYPE_CHECKING:
    from infra.records import Execution
    from workers.office import Office
    from workers.office.following import Outcome
    from workers.office.submission import Submitted, Terms

LINE_SECONDS = 5.0
"""Between two lines about handing in, where there is no terminal."""

EPILOG = """Examples:

counterfoil submit invoices/

counterfoil submit a.pdf march.zip --batch march --wait

counterfoil submit invoices/ --manifest invoices.csv --priority urgent

counterfoil submit invoices/ --tenant acme --json

A manifest is CSV or JSONL with a row a file: file, and if wanted purchase_order, due_date, priority, tenant and columns of
your own."""


def register(app: typer.Typer) -> None:
    """Add the command to ``app``."""
    app.command("submit", epilog=EPILOG, rich_help_panel="Documents")(submit)


def submit(
    paths: Annotated[
        list[Path],
        typer.Argument(
            metavar="PATH...", help="Files, ZIP archives, folders with .pdf, .xml and .zip files below them."
        ),
    ],
    manifest: Annotated[
        Path | None, typer.Option(metavar="FILE", help="CSV or JSONL that says more of the files.", show_default="none")
    ] = None,
    priority: Annotated[
        str, typer.Option(help="1 (most urgent) to 5, or urgent, normal or bulk, where a manifest gives none.")
    ] = "normal",
    tenant: Annotated[str | None, typer.Option(help="For whom.", show_default="the setting tenant")] = None,
    batch: Annotated[str | None, typer.Option(help="Name of the documents together.", show_default="the time")] = None,
    definition: Annotated[str, typer.Option(help="The workflow that takes them.")] = "invoice",
    wait: Annotated[bool, typer.Option("--wait", help="Follow until each has ended or waits for review.")] = False,
    as_json: JsonOption = False,
) -> None:
    """Hand in documents: each is stored, noted in the ledger and begun by its batch as an execution of its own.

    The same bytes are one execution, however often they are handed in; one that failed is begun again. Exit code 1 if a
    file could not be taken or, with --wait, an execution failed.
    """
    from workers.cli._following import draw
    from workers.intake import find_files
    from workers.office import executions, following
    from workers.office.submission import checked_terms, hand_in

    terms = checked_terms(current_settings(), tenant=tenant, batch=batch, definition=definition, priority=priority)
    found = find_files(paths, manifest=manifest)
    documents: list[Submitted] = []

    async def work(office: Office) -> tuple[Outcome | None, dict[str, Execution]]:
        with _handing_in(len(found.files), quiet=as_json) as progress:
            documents.extend(await hand_in(office, found, terms, progress=progress))
        if not wait:
            return None, {}
        warn(f"batch {terms.batch} of tenant {terms.tenant}: following {counted(len(documents), 'document')}")
        outcome = await following.outcome(office, await draw(following.follow(office, documents), quiet=as_json))
        ids = [document.execution_id for document in documents]
        return outcome, await executions.by_id(office, ids) if as_json and not outcome.documents else {}

    try:
        outcome, known = in_office(work)
    except KeyboardInterrupt:
        raise typer.Exit(stopped(terms.batch, begun=bool(documents))) from None
    if as_json:
        print_json(_as_json(terms, documents, outcome, known))
    elif outcome is None:
        _print(documents, terms)
    elif outcome.documents:
        print_settled(outcome.documents, terms.tenant, terms.batch)
    else:
        for report in outcome.reports:
            print_report(report, with_refused=False)
    refused = [document for document in documents if document.outcome == "refused"]
    named = [(str(document.path or document.name), document.error or "") for document in refused]
    print_refused(named, more=f"counterfoil batch show {terms.batch} --json")
    print_failed(outcome.documents if outcome else ())
    if refused or (outcome and outcome.failed):
        raise typer.Exit(1)


@contextmanager
def _handing_in(files: int, *, quiet: bool) -> Iterator[Callable[[int], None]]:
    """Say how many of many files are handed in: a bar on a terminal, elsewhere a line now and then."""
    from workers.office.following import LISTED

    console = err()
    if files <= LISTED or (quiet and not console.is_terminal):
        yield lambda _: None
    elif console.is_terminal:
        from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

        columns = (TextColumn("handing in"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
        with Progress(*columns, console=console, transient=True) as bar:
            task = bar.add_task("handing in", total=files)
            yield lambda done: bar.update(task, completed=done)
    else:
        began = said_at = time.monotonic()

        def progress(done: int) -> None:
            nonlocal said_at
            if time.monotonic() - said_at >= LINE_SECONDS or done == files:
                said_at = time.monotonic()
                console.print(f"{said_at - began:6.1f} s  {done:,} of {files:,} files handed in")

        yield progress


def _print(documents: Sequence[Submitted], terms: Terms) -> None:
    from workers.office.following import LISTED

    if len(documents) > LISTED:
        shown = table("outcome", "documents", right=("documents",))
        for outcome, count in Counter(document.outcome for document in documents).most_common():
            add_row(shown, outcome, f"{count:,}")
    else:
        shown = table("document", "outcome", "decision", "id", whole=("id",))
        for document in documents:
            execution = document.execution
            became = f"same document as {document.same_as}" if document.same_as else str(document.outcome)
            decided = (execution.decision or "") if execution else ""
            if document.outcome == "already processed":
                decided = f"{execution.decision or execution.status}" if execution else "not in this ledger"
            if execution and execution.batch != terms.batch:
                became += f", batch {execution.batch}"
            add_row(shown, document.name, became, decided, document.execution_id)
    out().print(shown)
    few = f"counterfoil status --batch {terms.batch}"
    many = f"counterfoil batch show {terms.batch} --tenant {terms.tenant} --follow"
    say(f"batch {terms.batch} of tenant {terms.tenant}; next: {many if len(documents) > LISTED else few}")


def _as_json(
    terms: Terms, documents: Sequence[Submitted], outcome: Outcome | None, known: Mapping[str, Execution]
) -> dict[str, Any]:
    if outcome and outcome.documents:
        stands = [(followed.submitted, followed.execution) for followed in outcome.documents]
    else:
        stands = [(document, known.get(document.execution_id or "", document.execution)) for document in documents]
    shown = [
        {
            "file": document.name,
            "path": document.path,
            "outcome": document.outcome,
            "execution_id": document.execution_id,
            "digest": document.digest,
            "same_as": document.same_as,
            "error": document.error,
            "execution": summary(execution) if execution else None,
        }
        for document, execution in stands
    ]
    return {"tenant": terms.tenant, "batch": terms.batch, "definition": terms.definition, "documents": shown}

"""``submit``: hand documents in and, if asked to, follow them."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from workers.cli._console import (
    JsonOption,
    Problem,
    add_row,
    cell,
    err,
    failing_clearly,
    made_settings,
    opened_ledger,
    out,
    print_json,
    run,
    summary,
    table,
)
from workers.office.wording import counted

if TYPE_CHECKING:
    from infra.ledger import Ledger
    from infra.records import BatchProgress, Execution
    from workers.cli._following import Followed
    from workers.cli._progress import Report
    from workers.office.submission import Submitted

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


@dataclass
class _HandedIn:
    """What became of everything that was handed in, and how it stands if it was followed."""

    documents: list[Submitted] = field(default_factory=list)
    rows: list[Followed] | None = None
    """Of few documents."""
    reports: list[Report] | None = None
    """Of many documents, for each tenant's batch."""
    executions: dict[str, Execution] = field(default_factory=dict)
    """Of many documents, by id."""

    @property
    def refused(self) -> list[Submitted]:
        return [one for one in self.documents if one.outcome == "refused"]

    @property
    def failed(self) -> bool:
        """Whether a document was not taken, or did not go through."""
        rows = any(row.failed for row in self.rows or [])
        return bool(self.refused) or rows or any(went_wrong(one.progress) for one in self.reports or [])


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
    with failing_clearly():
        from workers.intake import BadSubmission, checked_name, checked_priority, find_files
        from workers.office.submission import Submitted, checked_definition, new_batch

        made = made_settings()
        try:
            for_tenant = checked_name("tenant", made.tenant if tenant is None else tenant)
            checked_definition(definition)
            in_batch = checked_name("batch", new_batch() if batch is None else batch)
            with_priority = checked_priority(priority)
            found = find_files(paths, manifest=manifest)
        except (BadSubmission, ValueError) as error:
            raise Problem(str(error), code=2) from error
        handed_in = _HandedIn()

        async def work() -> None:
            from infra.temporal.connect import connect
            from workers.cli._following import follow
            from workers.cli._progress import LISTED, follow_batches, report
            from workers.office.submission import submit as hand_in

            client = await connect(made)
            async with opened_ledger() as ledger:
                with _handing_in(len(found.files), quiet=as_json) as told:
                    done = await hand_in(
                        found.files,
                        client=client,
                        ledger=ledger,
                        settings=made,
                        tenant=for_tenant,
                        batch=in_batch,
                        definition=definition,
                        refused=found.refused,
                        priority=with_priority,
                        told=told,
                    )
                refused = [Submitted(one.name, "refused", one.path, error=one.reason) for one in found.refused]
                handed_in.documents = [*done, *refused]
                if not wait:
                    return
                said = counted(len(handed_in.documents), "document")
                err().print(f"batch {in_batch} of tenant {for_tenant}: following {said}", soft_wrap=True)
                if len(handed_in.documents) <= LISTED:
                    handed_in.rows = await follow(ledger, client, handed_in.documents, batch=in_batch, quiet=as_json)
                    return
                taken = zip(found.files, done, strict=True)
                tenants = dict.fromkeys(file.tenant or for_tenant for file, one in taken if one.outcome != "refused")
                batches = [(name, in_batch) for name in tenants]
                await follow_batches(ledger, client, batches, quiet=as_json)
                handed_in.reports = [await report(ledger, made, *one, client=client) for one in batches]
                if as_json:
                    handed_in.executions = await _executions(ledger, handed_in.documents)

        try:
            run(work())
        except KeyboardInterrupt:
            raise typer.Exit(stopped(in_batch, begun=bool(handed_in.documents))) from None
        if as_json:
            print_json(_as_json(for_tenant, in_batch, definition, handed_in))
        elif handed_in.rows is not None:
            print_settled(handed_in.rows, for_tenant, in_batch)
        elif handed_in.reports is not None:
            from workers.cli._progress import print_report

            for one in handed_in.reports:
                print_report(one, made, with_refused=False)
        else:
            _print(handed_in.documents, for_tenant, in_batch)
        _print_refused(handed_in.refused, in_batch)
        print_failed(handed_in.rows or [])
        if handed_in.failed:
            raise typer.Exit(1)


def went_wrong(made: BatchProgress) -> bool:
    """Whether documents of a batch failed or will not begin."""
    from infra.records import Status

    return bool(made.counts.get(Status.FAILED) or made.withheld)


def stopped(batch: str, *, begun: bool) -> int:
    """Say that following stopped, and that the work did not. Returns the exit code of an interrupt."""
    if begun:
        said = f"stopped following; the executions go on. See `counterfoil status --batch {batch}`"
    else:
        said = f"stopped while handing in; what was begun goes on (batch {batch}). Handing in again repeats nothing"
    err().print(said)
    return 130


@contextmanager
def _handing_in(files: int, *, quiet: bool) -> Iterator[Callable[[int], None]]:
    """Say how many of many files are handed in: a bar on a terminal, elsewhere a line now and then."""
    from workers.cli._progress import LISTED

    console = err()
    if files <= LISTED or (quiet and not console.is_terminal):
        yield lambda _: None
    elif console.is_terminal:
        from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

        columns = (TextColumn("handing in"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
        with Progress(*columns, console=console, transient=True) as progress:
            task = progress.add_task("handing in", total=files)
            yield lambda done: progress.update(task, completed=done)
    else:
        began = said_at = time.monotonic()

        def told(done: int) -> None:
            nonlocal said_at
            if time.monotonic() - said_at >= LINE_SECONDS or done == files:
                said_at = time.monotonic()
                console.print(f"{said_at - began:6.1f} s  {done:,} of {files:,} files handed in")

        yield told


async def _executions(ledger: Ledger, documents: Sequence[Submitted]) -> dict[str, Execution]:
    ids = {one.execution_id for one in documents if one.execution_id}
    return {execution.id: execution for execution in await ledger.executions_of(ids)}


def print_settled(rows: Sequence[Followed], tenant: str, batch: str) -> None:
    """How all ended, and the next step of each kind."""
    from workers.cli._following import progress_text, settled_table

    console = out()
    console.print(settled_table(rows, console.width))
    console.print(f"batch {batch} of tenant {tenant}: {progress_text(rows)}", soft_wrap=True)
    if any(row.status == "review" for row in rows):
        console.print(f"next: counterfoil review list --batch {batch}", soft_wrap=True)
    elif known := [row.submitted.execution_id for row in rows if row.execution]:
        console.print(f"next: counterfoil show {known[0]}", soft_wrap=True)
    if any(row.failed and row.submitted.outcome != "refused" for row in rows):
        said = f"after mending it, begin again what failed: counterfoil retry --batch {batch}"
        console.print(said, soft_wrap=True)


def _print(submitted: Sequence[Submitted], tenant: str, batch: str) -> None:
    from workers.cli._progress import LISTED

    console = out()
    if len(submitted) > LISTED:
        shown = table("outcome", "documents", right=("documents",))
        for outcome, count in Counter(one.outcome for one in submitted).most_common():
            add_row(shown, outcome, f"{count:,}")
    else:
        shown = table("document", "outcome", "decision", "id", whole=("id",))
        for one in submitted:
            said = f"same document as {one.same_as}" if one.same_as else one.outcome
            decided = (one.execution.decision or "") if one.execution else ""
            if one.outcome == "already processed":
                decided = f"{one.execution.decision or one.execution.status}" if one.execution else "not in this ledger"
            if one.execution and one.execution.batch != batch:
                said += f", batch {one.execution.batch}"
            add_row(shown, cell(one.name), said, decided, one.execution_id)
    console.print(shown)
    following = f"counterfoil batch show {batch} --tenant {tenant} --follow"
    few = f"counterfoil status --batch {batch}"
    console.print(
        f"batch {batch} of tenant {tenant}; next: {following if len(submitted) > LISTED else few}", soft_wrap=True
    )


def _print_refused(refused: Sequence[Submitted], batch: str) -> None:
    from workers.cli._progress import print_refused

    named = [(str(one.path or one.name), one.error or "") for one in refused]
    print_refused(named, more=f"counterfoil batch show {batch} --json")


def print_failed(rows: Sequence[Followed]) -> None:
    """What failed and why, on standard error."""
    for row in rows:
        if row.failed and row.submitted.outcome != "refused":
            err().print(cell(f"{row.status}: {row.submitted.name}: {row.why}", "red"), soft_wrap=True)


def _as_json(tenant: str, batch: str, definition: str, handed_in: _HandedIn) -> dict[str, Any]:
    if handed_in.rows is not None:
        stands = [(row.submitted, row.execution) for row in handed_in.rows]
    else:
        known = handed_in.executions
        stands = [(one, known.get(one.execution_id or "", one.execution)) for one in handed_in.documents]
    documents = [
        {
            "file": one.name,
            "path": one.path,
            "outcome": one.outcome,
            "execution_id": one.execution_id,
            "digest": one.digest,
            "same_as": one.same_as,
            "error": one.error,
            "execution": summary(execution) if execution else None,
        }
        for one, execution in stands
    ]
    return {"tenant": tenant, "batch": batch, "definition": definition, "documents": documents}

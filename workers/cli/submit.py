"""``submit``: hand documents in and, if asked to, follow them."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from workers.cli._console import (
    JsonOption,
    Problem,
    add_row,
    cell,
    clean,
    counted,
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

if TYPE_CHECKING:
    from workers.cli._following import Followed
    from workers.submission import Submitted

EPILOG = """Examples:

counterfoil submit invoices/

counterfoil submit a.pdf b.xml --batch march --wait

counterfoil submit invoices/ --tenant acme --json"""


def register(app: typer.Typer) -> None:
    """Add the command to ``app``."""
    app.command("submit", epilog=EPILOG, rich_help_panel="Documents")(submit)


def submit(
    paths: Annotated[
        list[Path], typer.Argument(metavar="PATH...", help="Files, or folders with .pdf and .xml files below them.")
    ],
    tenant: Annotated[str | None, typer.Option(help="For whom.", show_default="the setting tenant")] = None,
    batch: Annotated[str | None, typer.Option(help="Name of the documents together.", show_default="the time")] = None,
    definition: Annotated[str, typer.Option(help="The workflow that takes them.")] = "invoice",
    wait: Annotated[bool, typer.Option("--wait", help="Follow until each has ended or waits for review.")] = False,
    as_json: JsonOption = False,
) -> None:
    """Hand in documents: each is stored, noted in the ledger and begun as an execution of its own.

    The same bytes are one execution, however often they are handed in; one that failed is begun again. Exit code 1 if a
    file could not be taken or, with --wait, an execution failed.
    """
    with failing_clearly():
        from workers.submission import BadSubmission, checked_definition, checked_name, find_files, new_batch

        made = made_settings()
        try:
            for_tenant = checked_name("tenant", made.tenant if tenant is None else tenant)
            checked_definition(definition)
            in_batch = checked_name("batch", new_batch() if batch is None else batch)
            found = find_files(paths)
        except BadSubmission as error:
            raise Problem(str(error), code=2) from error
        submitted: list[Submitted] = []

        async def work() -> list[Followed] | None:
            from infra.temporal.connect import connect
            from workers.cli._following import follow
            from workers.submission import submit as hand_in

            client = await connect(made)
            async with opened_ledger() as ledger:
                done = await hand_in(
                    found.files,
                    client=client,
                    ledger=ledger,
                    settings=made,
                    tenant=for_tenant,
                    batch=in_batch,
                    definition=definition,
                )
                submitted.extend(done + found.refused)
                if not wait:
                    return None
                err().print(f"batch {in_batch} of tenant {for_tenant}: following {counted(len(submitted), 'document')}")
                return await follow(ledger, client, submitted, tenant=for_tenant, batch=in_batch, quiet=as_json)

        try:
            rows = run(work())
        except KeyboardInterrupt:
            raise typer.Exit(stopped(in_batch, begun=bool(submitted))) from None
        if as_json:
            print_json(_as_json(for_tenant, in_batch, definition, submitted, rows))
        elif rows is not None:
            _print_settled(rows, for_tenant, in_batch)
        else:
            _print(submitted, for_tenant, in_batch)
        _print_failures(submitted, rows or [])
        if any(one.outcome == "refused" for one in submitted) or any(row.failed for row in rows or []):
            raise typer.Exit(1)


def stopped(batch: str, *, begun: bool) -> int:
    """Say that following stopped, and that the work did not. Returns the exit code of an interrupt."""
    if begun:
        said = f"stopped following; the executions go on. See `counterfoil status --batch {batch}`"
    else:
        said = f"stopped while handing in; what was begun goes on (batch {batch}). Handing in again repeats nothing"
    err().print(said)
    return 130


def _print_settled(rows: Sequence[Followed], tenant: str, batch: str) -> None:
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
        console.print("hand in again what failed, after mending it: only that is begun again", soft_wrap=True)


def _print(submitted: Sequence[Submitted], tenant: str, batch: str) -> None:
    shown = table("document", "outcome", "decision", "id", whole=("id",))
    for one in submitted:
        said = f"same document as {one.same_as}" if one.same_as else one.outcome
        decided = (one.execution.decision or "") if one.execution else ""
        if one.outcome == "already processed":
            decided = f"{one.execution.decision or one.execution.status}" if one.execution else "not in this ledger"
        if one.execution and one.execution.batch != batch:
            said += f", batch {one.execution.batch}"
        add_row(shown, cell(one.name), said, decided, one.execution_id)
    console = out()
    console.print(shown)
    console.print(f"batch {batch} of tenant {tenant}; next: counterfoil status --batch {batch}", soft_wrap=True)


def _print_failures(submitted: Sequence[Submitted], rows: Sequence[Followed]) -> None:
    console = err()
    for one in submitted:
        if one.outcome == "refused":
            console.print(
                cell(f"not taken: {one.path or one.name}: {clean(one.error or '', lines=False)}", "red"), soft_wrap=True
            )
    for row in rows:
        if row.failed and row.submitted.outcome != "refused":
            console.print(cell(f"failed: {row.submitted.name}: {row.why}", "red"), soft_wrap=True)


def _as_json(
    tenant: str, batch: str, definition: str, submitted: Sequence[Submitted], rows: Sequence[Followed] | None
) -> dict[str, Any]:
    stands = [row.execution for row in rows] if rows is not None else [one.execution for one in submitted]
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
        for one, execution in zip(submitted, stands, strict=True)
    ]
    return {"tenant": tenant, "batch": batch, "definition": definition, "documents": documents}

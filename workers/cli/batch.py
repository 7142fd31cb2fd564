"""``batch``: what was handed in together: how far it is, and pausing, resuming and cancelling it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from workers.cli._console import (
    JsonOption,
    TenantFilter,
    add_row,
    cell,
    in_office,
    moment,
    out,
    print_json,
    say,
    statuses_text,
    table,
)
from workers.office.errors import CannotDo
from workers.office.wording import counted

if TYPE_CHECKING:
    from infra.records import BatchProgress
    from workers.office import Office
    from workers.office.batches import Action, Ordered, Report

NameArgument = Annotated[str, typer.Argument(metavar="NAME", help="The batch's name; `counterfoil batch list` has it.")]
TenantOption = Annotated[
    str | None, typer.Option("--tenant", help="Whose batch.", show_default="whoever has one of that name")
]
NoteOption = Annotated[str | None, typer.Option(help="Who does it and why; shown with the batch.")]

LIST_EPILOG = """Examples:

counterfoil batch list

counterfoil batch list --tenant acme --json"""
SHOW_EPILOG = """Examples:

counterfoil batch show march

counterfoil batch show march --follow

counterfoil batch show march --json | jq -r '.failures[].id'"""
PAUSE_EPILOG = 'Example:  counterfoil batch pause march --note "Ada: the ERP is away until noon"'
RESUME_EPILOG = "Example:  counterfoil batch resume march"
CANCEL_EPILOG = """Examples:

counterfoil batch cancel march --note "handed in twice"

counterfoil batch cancel march --yes --json"""


def register(app: typer.Typer) -> None:
    """Add the group to ``app``."""
    group = typer.Typer(no_args_is_help=True, help="Watch, pause, resume and cancel what was handed in together.")
    group.command("list", epilog=LIST_EPILOG)(list_)
    group.command("show", epilog=SHOW_EPILOG)(show)
    group.command("pause", epilog=PAUSE_EPILOG)(pause)
    group.command("resume", epilog=RESUME_EPILOG)(resume)
    group.command("cancel", epilog=CANCEL_EPILOG)(cancel)
    app.add_typer(group, name="batch", rich_help_panel="Documents")


def list_(
    tenant: TenantFilter = None,
    limit: Annotated[int, typer.Option(min=1, help="At most so many, newest first.")] = 50,
    as_json: JsonOption = False,
) -> None:
    """List batches, newest first. Reads the ledger alone: nothing else has to run."""
    batches = in_office(lambda office: office.ledger.batches(tenant))
    if as_json:
        print_json({"batches": batches[:limit], "more": len(batches) > limit})
        return
    if not batches:
        of = f" of tenant {tenant}" if tenant is not None else ""
        say(f"no batches{of}; hand documents in with `counterfoil submit`")
        return
    shown = table("batch", "tenant", "handed in", "documents", "executions", right=("documents",), whole=("batch",))
    for batch in batches[:limit]:
        counts = statuses_text({status.value: count for status, count in batch.counts.items()})
        add_row(shown, batch.batch, batch.tenant, moment(batch.submitted_at), f"{batch.documents:,}", counts)
    out().print(shown)
    if len(batches) > limit:
        say(f"more than {limit}: --limit shows more, --tenant narrows it down")


def show(
    name: NameArgument,
    tenant: TenantOption = None,
    follow: Annotated[
        bool, typer.Option("--follow", help="First wait until nothing of it runs or is to begin.")
    ] = False,
    as_json: JsonOption = False,
) -> None:
    """Say how far a batch is, what it cost, and what was refused or failed and why.

    Read from the ledger: Temporal is only asked whether the batch runs, and need not be there without --follow. Exit code
    1 if, with --follow, documents failed or will not begin.
    """
    from workers.cli._outcomes import print_report, report_json, stopped
    from workers.office import batches

    async def work(office: Office) -> Report:
        of_tenant, batch = await batches.find(office, name, tenant)
        if follow:
            from workers.cli._following import draw
            from workers.office.following import follow_batches

            await office.temporal()
            await draw(follow_batches(office, [(of_tenant, batch)]), quiet=as_json)
        return await batches.report(office, of_tenant, batch, whole=as_json)

    try:
        report = in_office(work)
    except KeyboardInterrupt:
        raise typer.Exit(stopped(name, begun=True)) from None
    if as_json:
        print_json(report_json(report))
    else:
        print_report(report)
    if follow and batches.went_wrong(report.progress):
        raise typer.Exit(1)


def pause(
    name: NameArgument, tenant: TenantOption = None, note: NoteOption = None, as_json: JsonOption = False
) -> None:
    """Begin no more documents of a batch until it is resumed. Those that run go on to their end."""
    _order("pause", name, tenant, note, as_json)


def resume(name: NameArgument, tenant: TenantOption = None, as_json: JsonOption = False) -> None:
    """Go on with a batch that was paused."""
    _order("resume", name, tenant, None, as_json)


def cancel(
    name: NameArgument,
    tenant: TenantOption = None,
    note: NoteOption = None,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask first.")] = False,
    as_json: JsonOption = False,
) -> None:
    """Begin no more documents of a batch, and cancel those that run. What waits for a person stays as it is.

    `counterfoil retry --batch NAME` begins again what was cancelled.
    """
    _order("cancel", name, tenant, note, as_json, ask=not yes)


def _order(
    action: Action, name: str, tenant: str | None, note: str | None, as_json: bool, *, ask: bool = False
) -> None:
    from workers.office import batches

    async def before(office: Office) -> tuple[str, str, BatchProgress]:
        of_tenant, batch = await batches.find(office, name, tenant)
        return of_tenant, batch, await office.ledger.progress(tenant=of_tenant, batch=batch)

    of_tenant, batch, progress = in_office(before)
    here = f"batch {batch} of tenant {of_tenant}"
    if ask:
        left = f"{progress.to_begin:,} to begin, {progress.running:,} running"
        if not typer.confirm(f"Cancel {here} ({left})?", err=True):
            raise CannotDo(f"{here} goes on: nothing was cancelled")
    ordered: Ordered = in_office(lambda office: batches.order(office, action, of_tenant, batch, note))
    if as_json:
        print_json({"tenant": of_tenant, "batch": batch, "done": ordered.done, "note": note, "progress": ordered.now})
        return
    was, now = ordered.before, ordered.now
    counts = {
        "pause": f"{counted(now.running, 'document')} in the works go on to their end; {now.to_begin:,} to begin",
        "resume": f"{counted(now.to_begin, 'document')} to begin",
        "cancel": f"{was.to_begin:,} are withheld, {was.running:,} that ran are being cancelled",
    }
    step = {
        "pause": f"batch resume {batch}",
        "resume": f"batch show {batch} --follow",
        "cancel": f"batch show {batch}",
    }
    out().print(cell(here, "bold").append(cell(f": {ordered.done}", "not bold")), soft_wrap=True)
    say(counts[action])
    say(f"next: counterfoil {step[action]} --tenant {of_tenant}")

"""``batch``: what was handed in together: how far it is, and pausing, resuming and cancelling it."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from workers.cli._console import (
    JsonOption,
    Problem,
    TenantFilter,
    add_row,
    cell,
    failing_clearly,
    made_settings,
    moment,
    opened_ledger,
    out,
    print_json,
    run,
    statuses_text,
    table,
    the_batch,
)
from workers.office.wording import counted

if TYPE_CHECKING:
    from infra.records import BatchProgress, BatchSummary
    from workers.cli._progress import Report

ANSWER_SECONDS = 10.0
"""How long the worker may take to take an order."""

Action = Literal["pause", "resume", "cancel"]
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
    with failing_clearly():

        async def work() -> list[BatchSummary]:
            async with opened_ledger() as ledger:
                return await ledger.batches(tenant)

        found = run(work())
        if as_json:
            print_json({"batches": found[:limit], "more": len(found) > limit})
            return
        console = out()
        if not found:
            of = f" of tenant {tenant}" if tenant is not None else ""
            console.print(f"no batches{of}; hand documents in with `counterfoil submit`", soft_wrap=True)
            return
        shown = table("batch", "tenant", "handed in", "documents", "executions", right=("documents",), whole=("batch",))
        for one in found[:limit]:
            counts = statuses_text({status.value: count for status, count in one.counts.items()})
            add_row(shown, one.batch, one.tenant, moment(one.submitted_at), f"{one.documents:,}", counts)
        console.print(shown)
        if len(found) > limit:
            console.print(f"more than {limit}: --limit shows more, --tenant narrows it down")


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
    with failing_clearly():
        from workers.cli._progress import follow_batches, print_report, report

        made = made_settings()

        async def work() -> Report:
            from infra.temporal.connect import connect

            async with opened_ledger() as ledger:
                of_tenant, batch = await the_batch(ledger, name, tenant)
                client = await connect(made) if follow else None
                if client:
                    await follow_batches(ledger, client, [(of_tenant, batch)], quiet=as_json)
                return await report(ledger, made, of_tenant, batch, client=client, whole=as_json)

        try:
            found = run(work())
        except KeyboardInterrupt:
            from workers.cli.submit import stopped

            raise typer.Exit(stopped(name, begun=True)) from None
        if as_json:
            print_json(found.as_json(made))
        else:
            print_report(found, made)
        from workers.cli.submit import went_wrong

        if follow and went_wrong(found.progress):
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
    with failing_clearly():

        async def before() -> tuple[str, str, BatchProgress]:
            async with opened_ledger() as ledger:
                of_tenant, batch = await the_batch(ledger, name, tenant)
                return of_tenant, batch, await ledger.progress(tenant=of_tenant, batch=batch)

        of_tenant, batch, progress = run(before())
        here = f"batch {batch} of tenant {of_tenant}"
        if ask:
            left = f"{progress.to_begin:,} to begin, {progress.running:,} running"
            if not typer.confirm(f"Cancel {here} ({left})?", err=True):
                raise Problem(f"{here} goes on: nothing was cancelled")

        async def order() -> tuple[str, BatchProgress]:
            answer = await _send(action, of_tenant, batch, note, progress)
            async with opened_ledger() as ledger:
                return answer, await ledger.progress(tenant=of_tenant, batch=batch)

        done, now = run(order())
        if as_json:
            print_json({"tenant": of_tenant, "batch": batch, "done": done, "note": note, "progress": now})
            return
        counts = {
            "pause": f"{counted(now.running, 'document')} in the works go on to their end; {now.to_begin:,} to begin",
            "resume": f"{counted(now.to_begin, 'document')} to begin",
            "cancel": f"{progress.to_begin:,} are withheld, {progress.running:,} that ran are being cancelled",
        }
        step = {
            "pause": f"batch resume {batch}",
            "resume": f"batch show {batch} --follow",
            "cancel": f"batch show {batch}",
        }
        console = out()
        console.print(cell(here, "bold").append(cell(f": {done}", "not bold")), soft_wrap=True)
        console.print(counts[action], soft_wrap=True)
        console.print(f"next: counterfoil {step[action]} --tenant {of_tenant}", soft_wrap=True)


async def _send(action: Action, tenant: str, batch: str, note: str | None, progress: BatchProgress) -> str:
    """Give the order to the batch's workflow; what it answers."""
    from temporalio.client import WorkflowUpdateFailedError, WorkflowUpdateRPCTimeoutOrCancelledError
    from temporalio.service import RPCError, RPCStatusCode

    from infra.temporal.connect import connect
    from workflows.batch import batch_id

    client = await connect(made_settings())
    handle = client.get_workflow_handle(batch_id(tenant, batch))
    given = [] if action == "resume" else [note]
    named = f"{batch} --tenant {tenant}"
    try:
        async with asyncio.timeout(ANSWER_SECONDS):
            answer: str = await handle.execute_update(action, args=given, result_type=str)
    except (TimeoutError, WorkflowUpdateRPCTimeoutOrCancelledError) as error:
        raise Problem(
            f"no worker took the order to {action} batch {batch} within {ANSWER_SECONDS:.0f} s, so it may be lost. "
            f"`counterfoil doctor` says whether the worker runs; then look with `counterfoil batch show {named}` and "
            "give it again"
        ) from error
    except (RPCError, WorkflowUpdateFailedError) as error:
        if isinstance(error, RPCError) and error.status is not RPCStatusCode.NOT_FOUND:
            raise
        if progress.to_begin:
            said = f"it does not run, and {counted(progress.to_begin, 'document')} of it are still to begin"
            raise Problem(
                f"batch {batch} cannot {action}: {said}. `counterfoil retry --batch {named}` begins them"
            ) from error
        raise Problem(
            f"batch {batch} has ended, there is nothing to {action}. `counterfoil batch show {named}` says how"
        ) from error
    return answer

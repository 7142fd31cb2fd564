"""``retry``: begin again what failed, and what a cancelled batch held back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Annotated, Any

import typer

from workers.cli._console import JsonOption, TenantFilter, in_office, print_json, say, summary, warn
from workers.cli._outcomes import print_failed, print_report, print_settled, report_json, stopped
from workers.office.errors import WronglyAsked
from workers.office.wording import counted

if TYPE_CHECKING:
    from workers.office import Office
    from workers.office.following import Outcome
    from workers.office.retrying import Again, Only, Retried

EPILOG = """Examples:

counterfoil retry scan.pdf

counterfoil retry --batch march --wait

counterfoil retry --batch march --withheld --json

After what made it fail was mended: an execution keeps its id, and no model call that was answered is paid again."""


def register(app: typer.Typer) -> None:
    """Add the command to ``app``."""
    app.command("retry", epilog=EPILOG, rich_help_panel="Documents")(retry)


def retry(
    ids: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="ID",
            help="Execution ids, beginnings of them or of the documents' digests, or file names.",
            show_default=False,
        ),
    ] = None,
    batch: Annotated[str | None, typer.Option("--batch", help="All of this batch.", show_default="none")] = None,
    tenant: TenantFilter = None,
    failed: Annotated[bool, typer.Option("--failed", help="Only what failed, of a batch.")] = False,
    withheld: Annotated[
        bool, typer.Option("--withheld", help="Only what was held back by cancelling, of a batch.")
    ] = False,
    wait: Annotated[bool, typer.Option("--wait", help="Follow until each has ended or waits for review.")] = False,
    as_json: JsonOption = False,
) -> None:
    """Begin again what failed, what a cancelled batch held back, and what was noted while Temporal was away.

    Nothing to begin again is no error. Exit code 1 if, with --wait, an execution failed.
    """
    from workers.cli._following import draw
    from workers.office import batches, following
    from workers.office.retrying import Retried, retry_batch, retry_executions

    if bool(ids) == (batch is not None):
        raise WronglyAsked(
            "retry takes either the ids of executions or --batch NAME; `counterfoil status --status failed` and "
            "`counterfoil batch list` list them"
        )
    retried = Retried()

    async def work(office: Office) -> tuple[Outcome, dict[str, str | None]]:
        nonlocal retried
        if ids:
            retried = await retry_executions(office, ids, tenant)
        else:
            only: Only | None = None if failed == withheld else "failed" if failed else "withheld"
            retried = await retry_batch(office, batch or "", tenant, only=only)
        if not wait:
            held_up = {_key(again): await batches.held_up(office, again.tenant, again.batch) for again in retried.begun}
            return following.Outcome(), held_up
        begun = [document for again in retried.begun for document in again.submitted]
        last = await draw(following.follow(office, begun), quiet=as_json)
        return await following.outcome(office, last), {}

    try:
        outcome, held_up = in_office(work)
    except KeyboardInterrupt:
        begun_in = retried.begun[0].batch if retried.begun else batch or ""
        raise typer.Exit(stopped(begun_in, begun=bool(retried.begun))) from None
    if as_json:
        begun = [_as_json(again, held_up.get(_key(again))) for again in retried.begun]
        print_json({"batches": begun, "skipped": retried.skipped, "settled": _settled(outcome)})
    else:
        _print(retried, held_up, batch)
        _print_outcome(retried, outcome)
    if outcome.failed:
        raise typer.Exit(1)


def _key(again: Again) -> str:
    return f"{again.tenant}/{again.batch}"


def _print(retried: Retried, held_up: Mapping[str, str | None], batch: str | None) -> None:
    for sentence in retried.skipped:
        say(sentence)
    if not retried.begun:
        say("nothing to begin again" + (f" in batch {batch}" if batch else ""))
    for again in retried.begun:
        begun = f"{counted(again.documents, 'document')} begun again ({again.text})"
        say(f"batch {again.batch} of tenant {again.tenant}: {begun}")
        if why := held_up.get(_key(again)):
            warn(why, "yellow")
        else:
            say(f"next: counterfoil batch show {again.batch} --tenant {again.tenant} --follow")


def _print_outcome(retried: Retried, outcome: Outcome) -> None:
    """How what was followed ended."""
    for again in retried.begun:
        of = again.tenant, again.batch
        documents = [
            document for document in outcome.documents if (document.submitted.tenant, document.submitted.batch) == of
        ]
        if documents:
            print_settled(documents, *of)
            print_failed(documents)
    for report in outcome.reports:
        print_report(report)


def _as_json(again: Again, held_up: str | None) -> dict[str, Any]:
    return {
        "tenant": again.tenant,
        "batch": again.batch,
        "begun_again": again.documents,
        "failed": [execution.id for execution in again.failed],
        "withheld": [document.execution_id for document in again.withheld],
        "to_begin": [document.execution_id for document in again.due],
        "held_up": held_up,
    }


def _settled(outcome: Outcome) -> Sequence[dict[str, Any]] | None:
    """How each that was followed stands; None where none was."""
    if outcome.reports:
        return [report_json(report) for report in outcome.reports]
    return [
        {
            "file": document.submitted.name,
            "status": document.status,
            "why": document.why,
            "execution": summary(document.execution) if document.execution else None,
        }
        for document in outcome.documents
    ] or None

"""``retry``: begin again what failed, and what a cancelled batch held back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Annotated, Any

import typer

from workers.cli._console import (
    JsonOption,
    Problem,
    TenantFilter,
    cell,
    err,
    failing_clearly,
    made_settings,
    opened_ledger,
    out,
    print_json,
    run,
    summary,
    the_batch,
    the_execution,
)
from workers.cli.submit import print_failed, print_settled, stopped, went_wrong
from workers.office.wording import counted

if TYPE_CHECKING:
    from temporalio.client import Client

    from infra.ledger import Ledger
    from infra.records import Execution, Submission
    from workers.cli._following import Followed
    from workers.cli._progress import Report

EPILOG = """Examples:

counterfoil retry scan.pdf

counterfoil retry --batch march --wait

counterfoil retry --batch march --withheld --json

After what made it fail was mended: an execution keeps its id, and no model call that was answered is paid again."""


_LOOKED_AFTER = (
    "{running} of the batch are said to run; one that Temporal has ended without a record of why will be shown as failed, "
    "and can then be begun again"
)


def register(app: typer.Typer) -> None:
    """Add the command to ``app``."""
    app.command("retry", epilog=EPILOG, rich_help_panel="Documents")(retry)


@dataclass
class _Again:
    """What begins again in one batch."""

    tenant: str
    batch: str
    failed: list[Execution] = field(default_factory=list)
    withheld: list[Submission] = field(default_factory=list)
    """One for each execution, as in ``due``."""
    due: list[Submission] = field(default_factory=list)
    """What was noted and never begun."""
    earlier: dict[str, str] = field(default_factory=dict)
    """The run that failed, by execution."""
    running: int = 0
    """Documents that are said to run."""
    held_up: str | None = None
    """Why nothing begins yet."""

    @property
    def documents(self) -> int:
        return len(self.failed) + len(self.withheld) + len(self.due)

    @property
    def text(self) -> str:
        """How many of what, for a person."""
        counts = {"failed": len(self.failed), "withheld": len(self.withheld), "not begun before": len(self.due)}
        return ", ".join(f"{count:,} {name}" for name, count in counts.items() if count)


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
    with failing_clearly():
        if bool(ids) == (batch is not None):
            raise Problem(
                "retry takes either the ids of executions or --batch NAME; `counterfoil status --status failed` and "
                "`counterfoil batch list` list them",
                code=2,
            )
        begun: list[_Again] = []
        told: list[str] = []
        followed: dict[str, list[Followed]] = {}
        reports: list[Report] = []

        async def work() -> None:
            from infra.temporal.connect import connect
            from workers.cli._progress import held_up
            from workers.office.submission import begin_batch

            made = made_settings()
            async with opened_ledger() as ledger:
                found = await (_named(ledger, ids, tenant, told) if ids else _of_batch(ledger, batch or "", tenant))
                if not ids:
                    _only(found[0], failed, withheld)
                found = [one for one in found if one.documents or one.running]
                if not found:
                    return
                client = await connect(made)
                for one in found:
                    of = {"tenant": one.tenant, "batch": one.batch}
                    again = [e.id for e in one.failed] + [s.execution_id for s in one.withheld]
                    if again:
                        await ledger.release(**of, execution_ids=again)
                    await begin_batch(client, made, one.tenant, one.batch)
                    if not one.documents:
                        told.append(_LOOKED_AFTER.format(running=counted(one.running, "document")))
                        continue
                    begun.append(one)
                    if not wait:
                        one.held_up = await held_up(client, one.tenant, one.batch)
                if wait:
                    await _follow(ledger, client, begun, followed, reports, quiet=as_json)

        try:
            run(work())
        except KeyboardInterrupt:
            raise typer.Exit(stopped(begun[0].batch if begun else batch or "", begun=bool(begun))) from None
        rows = [row for some in followed.values() for row in some]
        if as_json:
            print_json(
                {"batches": [_as_json(one) for one in begun], "skipped": told, "settled": _settled(rows, reports)}
            )
        else:
            _print(begun, told, batch)
            _print_outcome(begun, followed, reports)
        if any(row.failed for row in rows) or any(went_wrong(one.progress) for one in reports):
            raise typer.Exit(1)


async def _named(ledger: Ledger, ids: Sequence[str], tenant: str | None, told: list[str]) -> list[_Again]:
    """The executions meant by ``ids``, by batch. Of those that did not fail, ``told`` gets a sentence each."""
    from infra.records import Status

    found: dict[tuple[str, str], _Again] = {}
    seen: set[str] = set()
    for meant in ids:
        execution = await the_execution(ledger, meant, tenant)
        if execution.id in seen:
            continue
        seen.add(execution.id)
        if execution.status is not Status.FAILED:
            told.append(f"{execution.name} is {execution.status.value}: it did not fail, so it is not begun again")
            continue
        of = execution.tenant, execution.batch
        one = found.setdefault(of, _Again(*of))
        one.failed.append(execution)
        one.earlier[execution.id] = execution.run_id
    return list(found.values())


async def _of_batch(ledger: Ledger, name: str, tenant: str | None) -> list[_Again]:
    """All of a batch that can begin again."""
    from infra.records import Status

    of_tenant, batch = await the_batch(ledger, name, tenant)
    made = _Again(of_tenant, batch)
    progress = await ledger.progress(tenant=of_tenant, batch=batch)
    failed = await ledger.executions(tenant=of_tenant, batch=batch, statuses=[Status.FAILED])
    noted = await ledger.submissions(tenant=of_tenant, batch=batch) if progress.withheld or progress.to_begin else []
    unbegun = {one.execution_id: one for one in noted if one.begun_at is None}
    made.withheld = [one for one in unbegun.values() if one.withheld]
    made.due = [one for one in unbegun.values() if not one.withheld]
    made.failed = [one for one in failed if one.id not in unbegun]
    made.earlier = {one.id: one.run_id for one in failed}
    made.running = progress.running
    return [made]


def _only(found: _Again, failed: bool, withheld: bool) -> None:
    """Leave out what was not asked for: neither word means both. What is to begin begins in any case."""
    if failed and not withheld:
        found.withheld = []
    if withheld and not failed:
        found.failed = []


async def _follow(
    ledger: Ledger,
    client: Client,
    begun: Sequence[_Again],
    followed: dict[str, list[Followed]],
    reports: list[Report],
    *,
    quiet: bool,
) -> None:
    """Follow what was begun: a few by name, batch after batch; many by their batches."""
    from workers.cli._following import follow
    from workers.cli._progress import LISTED, follow_batches, report
    from workers.office.submission import Submitted

    if sum(one.documents for one in begun) > LISTED:
        batches = [(one.tenant, one.batch) for one in begun]
        await follow_batches(ledger, client, batches, quiet=quiet)
        reports += [await report(ledger, made_settings(), *of, client=client) for of in batches]
        return
    for one in begun:
        named = [(e.id, e.name, e.digest) for e in one.failed]
        named += [(s.execution_id, s.name, s.digest) for s in (*one.withheld, *one.due)]
        again = [
            Submitted(name, "queued", digest=digest, execution_id=id, earlier_run_id=one.earlier.get(id))
            for id, name, digest in named
        ]
        followed[f"{one.tenant}/{one.batch}"] = await follow(ledger, client, again, batch=one.batch, quiet=quiet)


def _print(begun: Sequence[_Again], told: Sequence[str], batch: str | None) -> None:
    console = out()
    for sentence in told:
        console.print(cell(sentence), soft_wrap=True)
    if not begun:
        of = f" in batch {batch}" if batch else ""
        console.print(f"nothing to begin again{of}", soft_wrap=True)
    for one in begun:
        said = (
            f"batch {one.batch} of tenant {one.tenant}: {counted(one.documents, 'document')} begun again ({one.text})"
        )
        console.print(said, soft_wrap=True)
        if one.held_up:
            err().print(cell(one.held_up, "yellow"), soft_wrap=True)
        else:
            console.print(f"next: counterfoil batch show {one.batch} --tenant {one.tenant} --follow", soft_wrap=True)


def _print_outcome(begun: Sequence[_Again], followed: dict[str, list[Followed]], reports: Sequence[Report]) -> None:
    """How what was followed ended."""
    from workers.cli._progress import print_report

    for one in begun:
        if rows := followed.get(f"{one.tenant}/{one.batch}"):
            print_settled(rows, one.tenant, one.batch)
            print_failed(rows)
    for shown in reports:
        print_report(shown, made_settings())


def _as_json(one: _Again) -> dict[str, Any]:
    return {
        "tenant": one.tenant,
        "batch": one.batch,
        "begun_again": one.documents,
        "failed": [e.id for e in one.failed],
        "withheld": [s.execution_id for s in one.withheld],
        "to_begin": [s.execution_id for s in one.due],
        "held_up": one.held_up,
    }


def _settled(rows: Sequence[Followed], reports: Sequence[Report]) -> list[dict[str, Any]] | None:
    """How each that was followed stands; None where none was."""
    if reports:
        return [one.as_json(made_settings()) for one in reports]
    return [
        {"file": row.submitted.name, "status": row.status, "why": row.why, "execution": summary(row.execution)}
        if row.execution
        else {"file": row.submitted.name, "status": row.status, "why": row.why, "execution": None}
        for row in rows
    ] or None

"""``status``: the executions, newest first, from the ledger alone."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from workers.cli._console import (
    BatchFilter,
    JsonOption,
    TenantFilter,
    add_row,
    amount_text,
    cell,
    decision_text,
    failing_clearly,
    moment,
    named,
    no_execution,
    opened_ledger,
    out,
    print_json,
    run,
    shortened,
    status_text,
    summary,
    table,
    the_execution,
)
from workers.office.wording import counted

if TYPE_CHECKING:
    from infra.records import Execution, ModelCall, Submission

StatusName = Literal["running", "review", "approved", "rejected", "failed", "split"]
StatusFilter = Annotated[StatusName | None, typer.Option("--status", help="Only with this status.", show_default="all")]

EPILOG = """Examples:

counterfoil status

counterfoil status --batch demo-1 --status review

counterfoil status --json | jq -r '.executions[].id'"""


def register(app: typer.Typer) -> None:
    """Add the command to ``app``."""
    app.command("status", epilog=EPILOG, rich_help_panel="Documents")(status)


def status(
    id: Annotated[str | None, typer.Argument(metavar="[ID]", help="Only this execution.", show_default=False)] = None,
    batch: BatchFilter = None,
    tenant: TenantFilter = None,
    status: StatusFilter = None,
    limit: Annotated[int, typer.Option(min=1, help="At most so many, newest first.")] = 50,
    as_json: JsonOption = False,
) -> None:
    """List executions, newest first, with their tokens and cost. Reads the ledger alone: nothing else has to run."""
    with failing_clearly():

        async def work() -> tuple[list[Execution], dict[str, list[ModelCall]], list[Submission], bool]:
            async with opened_ledger() as ledger:
                if id is not None:
                    found = [await the_execution(ledger, id, tenant)]
                else:
                    statuses = [status] if status else None
                    found = await ledger.executions(tenant=tenant, batch=batch, statuses=statuses, limit=limit + 1)
                shown = found[:limit]
                calls = await ledger.calls_of([e.id for e in shown])
                unbegun: dict[str, Submission] = {}
                if batch is not None and id is None and not status:
                    noted = await ledger.submissions(tenant=tenant, batch=batch)
                    unbegun = {one.execution_id: one for one in noted if one.begun_at is None}
                return shown, calls, list(unbegun.values()), len(found) > limit

        executions, calls, unbegun, more = run(work())
        withheld = [one for one in unbegun if one.withheld]
        to_begin = [one for one in unbegun if not one.withheld]
        from workers.office.costs import Tally

        total = Tally.of(call for made in calls.values() for call in made)
        counts = Counter(e.status.value for e in executions)
        if as_json:
            print_json(
                {
                    "executions": [summary(e) for e in executions],
                    "more": more,
                    "to_begin": [{"file": s.name, "execution_id": s.execution_id} for s in to_begin],
                    "withheld": [{"file": s.name, "execution_id": s.execution_id, "why": s.withheld} for s in withheld],
                    "totals": {"executions": len(executions), "by_status": dict(counts), **total.as_json()},
                }
            )
            return
        console = out()
        if not executions and not unbegun:
            filtered = batch is not None or tenant is not None or status is not None
            nothing = "no executions; hand documents in with `counterfoil submit`"
            console.print(no_execution(batch, tenant, status) if filtered else nothing, soft_wrap=True)
            return
        columns = _columns(console.width)
        shown = table(*columns, right=("amount", "calls", "tokens", "cost"), whole=("status", "id", "document"))
        for e in executions:
            made = Tally.of(calls[e.id])
            row = {
                "started": moment(e.started_at),
                "document": e.name if "id" in columns else named(e.name, e.id),
                "status": status_text(e.status.value),
                "decision": decision_text(e.decision),
                "vendor": e.vendor,
                "amount": amount_text(e.amount, e.currency),
                "calls": made.calls or "",
                "tokens": f"{made.tokens:,}" if made.calls else "",
                "cost": made.cost_text if made.calls else "",
                "id": e.id,
                "vendor, amount": cell(e.vendor).append("\n").append(cell(amount_text(e.amount, e.currency))),
                "why": _why(e),
            }
            add_row(shown, *(row[column] for column in columns))
        console.print(shown)
        for e in executions if "why" not in columns else []:
            if why := _why(e):
                console.print(cell(f"  {e.name} ({e.status.value}): {why}"), soft_wrap=True)
        by_status = ", ".join(f"{count} {name}" for name, count in sorted(counts.items()))
        console.print(
            f"{counted(len(executions), 'execution')} ({by_status}); {counted(total.calls, 'model call')}, "
            f"{counted(total.tokens, 'token')}, {total.cost_text}"
            + (f"; {counted(total.lost, 'call')} lost" if total.lost else ""),
            soft_wrap=True,
        )
        if counts["failed"]:
            console.print("after mending it, begin again what failed: counterfoil retry ID", soft_wrap=True)
        if to_begin:
            step = f"`counterfoil batch show {batch}` says how far it is"
            console.print(f"{len(to_begin):,} to begin: {_names(to_begin)}. {step}", soft_wrap=True)
        if withheld:
            step = f"`counterfoil retry --batch {batch}` begins them"
            console.print(f"{len(withheld):,} withheld: {_names(withheld)}. {step}", soft_wrap=True)
        if more:
            console.print(f"more than {limit}: --limit shows more, --batch and --status narrow it down")


def _names(noted: Sequence[Submission]) -> str:
    return ", ".join(cell(s.name).plain for s in noted[:5]) + (", …" if len(noted) > 5 else "")


def _why(execution: Execution) -> str:
    """Why it failed or waits, in short."""
    if execution.status.value == "failed":
        return shortened(execution.error or "")
    return shortened("; ".join(execution.reasons)) if execution.status.value == "review" else ""


def _columns(width: int) -> tuple[str, ...]:
    """The columns there is room for. Without one for it, the id goes below the file's name, where it stays whole."""
    if width >= 240:
        first = ("started", "document", "status", "decision", "vendor", "amount", "why")
        return (*first, "calls", "tokens", "cost", "id")
    if width >= 160:
        return ("started", "document", "status", "decision", "vendor", "amount", "calls", "tokens", "cost", "id")
    if width >= 100:
        return ("document", "status", "vendor", "amount", "calls", "tokens", "cost")
    return ("document", "status", "vendor, amount", "cost")

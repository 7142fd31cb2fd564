"""``status``: the executions, newest first, from the ledger alone."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from workers.cli._console import (
    BatchFilter,
    JsonOption,
    TenantFilter,
    add_row,
    cell,
    decision_text,
    in_office,
    moment,
    named,
    out,
    print_json,
    say,
    status_text,
    summary,
    table,
)
from workers.office.wording import amount_text, counted, shortened

if TYPE_CHECKING:
    from infra.records import Execution, Submission
    from workers.office.executions import Listed

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
    from workers.office import executions

    listed = in_office(
        lambda office: executions.listed(office, meant=id, tenant=tenant, batch=batch, status=status, limit=limit)
    )
    counts, total = listed.by_status, listed.total
    if as_json:
        print_json(
            {
                "executions": [summary(execution) for execution in listed.executions],
                "more": listed.more,
                "to_begin": [{"file": s.name, "execution_id": s.execution_id} for s in listed.to_begin],
                "withheld": [
                    {"file": s.name, "execution_id": s.execution_id, "why": s.withheld} for s in listed.withheld
                ],
                "totals": {"executions": len(listed.executions), "by_status": dict(counts), **total.as_json()},
            }
        )
        return
    if not listed.executions and not listed.to_begin and not listed.withheld:
        filtered = batch is not None or tenant is not None or status is not None
        nothing = "no executions; hand documents in with `counterfoil submit`"
        say(executions.no_execution(batch, tenant, status) if filtered else nothing)
        return
    _print_table(listed)
    by_status = ", ".join(f"{count} {name}" for name, count in sorted(counts.items()))
    number = f"{counted(len(listed.executions), 'execution')} ({by_status})"
    calls = f"{counted(total.calls, 'model call')}, {counted(total.tokens, 'token')}, {total.cost_text}"
    say(f"{number}; {calls}" + (f"; {counted(total.lost, 'call')} lost" if total.lost else ""))
    if counts["failed"]:
        say("after mending it, begin again what failed: counterfoil retry ID")
    if listed.to_begin:
        step = f"`counterfoil batch show {batch}` says how far it is"
        say(f"{len(listed.to_begin):,} to begin: {_names(listed.to_begin)}. {step}")
    if listed.withheld:
        step = f"`counterfoil retry --batch {batch}` begins them"
        say(f"{len(listed.withheld):,} withheld: {_names(listed.withheld)}. {step}")
    if listed.more:
        say(f"more than {limit}: --limit shows more, --batch and --status narrow it down")


def _print_table(listed: Listed) -> None:
    from workers.office.tally import Tally

    console = out()
    columns = _columns(console.width)
    shown = table(*columns, right=("amount", "calls", "tokens", "cost"), whole=("status", "id", "document"))
    for execution in listed.executions:
        tally = Tally.of(listed.calls[execution.id])
        amount = amount_text(execution.amount, execution.currency)
        row = {
            "started": moment(execution.started_at),
            "document": execution.name if "id" in columns else named(execution.name, execution.id),
            "status": status_text(execution.status.value),
            "decision": decision_text(execution.decision),
            "vendor": execution.vendor,
            "amount": amount,
            "calls": tally.calls or "",
            "tokens": f"{tally.tokens:,}" if tally.calls else "",
            "cost": tally.cost_text if tally.calls else "",
            "id": execution.id,
            "vendor, amount": cell(execution.vendor).append("\n").append(cell(amount)),
            "why": _why(execution),
        }
        add_row(shown, *(row[column] for column in columns))
    console.print(shown)
    for execution in listed.executions if "why" not in columns else []:
        if why := _why(execution):
            say(f"  {execution.name} ({execution.status.value}): {why}")


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

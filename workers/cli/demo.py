"""``demo``: nine invoices of our own through the stack that runs, followed to the end."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import typer
from rich.text import Text

from workers.cli._console import (
    JsonOption,
    add_row,
    cell,
    decision_text,
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
from workers.cli.submit import stopped
from workers.office.wording import counted

if TYPE_CHECKING:
    from infra.records import Execution
    from infra.settings import Settings
    from workers.cli._following import Followed
    from workers.demo.run import DemoRun

LONGEST_SECONDS = 15 * 60.0

EPILOG = """Examples:

counterfoil up && counterfoil demo

counterfoil demo --json"""


def register(app: typer.Typer) -> None:
    """Add the command to ``app``."""
    app.command("demo", epilog=EPILOG, rich_help_panel="The stack on this machine")(demo)


def demo(as_json: JsonOption = False) -> None:
    """Write nine invoices, hand them in, follow them, and say what was decided, why, and what it cost.

    The stack must run: `counterfoil up`. Each run has documents of its own. Exit code 1 if an execution failed or 15
    minutes have passed.
    """
    with failing_clearly():
        made = made_settings()
        begun: list[DemoRun] = []

        async def work() -> tuple[DemoRun, list[Followed]]:
            from infra.temporal.connect import connect
            from workers.cli._following import follow
            from workers.demo.run import hand_in, prepare

            client = await connect(made)  # before a number is taken and files are written
            async with opened_ledger() as ledger:
                await ledger.ping()
                this = prepare(made)
                err().print(f"demo {this.number}: {len(this.documents)} files in {this.folder}", soft_wrap=True)
                submitted = await hand_in(this, client=client, ledger=ledger, settings=made)
                begun.append(this)
                rows = await follow(
                    ledger,
                    client,
                    submitted,
                    batch=this.batch,
                    seconds=LONGEST_SECONDS,
                    quiet=as_json,
                )
                for row in rows:
                    if row.execution:
                        row.execution = await ledger.execution(row.execution.id)
                return this, rows

        try:
            this, rows = run(work())
        except KeyboardInterrupt:
            raise typer.Exit(stopped(begun[0].batch if begun else "demo-…", begun=bool(begun))) from None
        if as_json:
            print_json(_as_json(made, this, rows))
        else:
            _print(made, this, rows)
        late = [row.submitted.name for row in rows if not row.settled]
        if late:
            said = f"after 15 minutes these still run: {', '.join(late)}. See `counterfoil status --batch {this.batch}`"
            err().print(cell(said, "red"), soft_wrap=True)
        if late or any(row.failed for row in rows):
            raise typer.Exit(1)


def _print(made: Settings, this: DemoRun, rows: Sequence[Followed]) -> None:
    from workers.office.costs import Tally

    titles = {document.name: document.title for document in this.documents}
    numbers = ("calls", "tokens", "cost", "seconds")
    shown = table("document", "decision", "why", *numbers, right=numbers, whole=("decision",))
    for row in rows:
        document = cell(row.submitted.name, "bold")
        document.append("\n").append(cell(titles.get(row.submitted.name, ""), "not bold dim"))
        tally, seconds = row.tally, seconds_taken(row.execution)
        same = row.submitted.same_as
        add_row(
            shown,
            document,
            Text("failed", "red") if row.failed else decision_text(row.decision or row.status),
            f"the same document as {same}: no calls of its own" if same else row.why,
            tally.calls if not same else "",
            f"{tally.tokens:,}" if tally.calls else "",
            tally.cost_text if tally.calls else "",
            f"{seconds:.1f}" if seconds is not None and not same else "",
        )
    total = Tally.of(call for row in rows if not row.submitted.same_as for call in row.calls)
    console = out()
    console.print(shown)
    executions = len({row.submitted.execution_id for row in rows if row.submitted.execution_id})
    console.print(
        f"{len(rows)} files, {executions} executions, {counted(total.calls, 'model call')}, {total.tokens:,} tokens "
        f"({total.prompt:,} prompt, {total.cached:,} of them cached, {total.output:,} output), {total.cost_text}"
        + (f"; {counted(total.lost, 'call')} lost" if total.lost else ""),
        soft_wrap=True,
    )
    for source in total.price_sources:
        console.print(cell(f"price: {source}", "dim"), soft_wrap=True)
    console.print()
    for name, link in _links(made).items():
        console.print(f"{name:<9} {link}", soft_wrap=True)
    first = next((row.execution for row in rows if row.execution), None)
    tries = [f"show {first.id}"] if first else []
    tries += [f"review list --batch {this.batch}", f"cost --batch {this.batch} --verify"]
    console.print(Text("\nnext", "bold"))
    for command in tries:
        console.print(f"  counterfoil {command}", soft_wrap=True)


def _links(made: Settings) -> dict[str, str]:
    return {"Temporal": f"{made.temporal_ui}/namespaces/{made.temporal_namespace}/workflows", "Phoenix": made.phoenix}


def seconds_taken(execution: Execution | None) -> float | None:
    """From the start of an execution to its end or, while a person is waited for, to the end of its last step."""
    if execution is None:
        return None
    end = execution.ended_at or max((step.ended_at for step in execution.steps), default=None)
    return (end - execution.started_at).total_seconds() if end else None


def _as_json(made: Settings, this: DemoRun, rows: Sequence[Followed]) -> dict[str, Any]:
    from workers.office.costs import Tally

    titles = {document.name: document for document in this.documents}
    documents = [
        {
            "file": row.submitted.name,
            "title": titles[row.submitted.name].title,
            "execution_id": row.submitted.execution_id,
            "same_as": row.submitted.same_as,
            "status": row.status,
            "decision": row.decision,
            "why": row.why,
            "seconds": seconds_taken(row.execution),
            **row.tally.as_json(),
            "execution": summary(row.execution) if row.execution else None,
        }
        for row in rows
    ]
    total = Tally.of(call for row in rows if not row.submitted.same_as for call in row.calls)
    return {
        "run": this.number,
        "batch": this.batch,
        "folder": this.folder,
        "documents": documents,
        "totals": total.as_json(),
        "links": _links(made),
    }

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
    current_settings,
    decision_text,
    in_office,
    out,
    print_json,
    summary,
    table,
    warn,
)
from workers.cli._outcomes import stopped
from workers.office.links import workflows_link
from workers.office.wording import counted

if TYPE_CHECKING:
    from infra.settings import Settings
    from workers.demo.run import DemoRun
    from workers.office import Office
    from workers.office.following import Followed
    from workers.office.tally import Tally

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
    from workers.cli._following import draw
    from workers.demo.run import hand_in, prepare
    from workers.office.following import follow_documents

    begun: list[DemoRun] = []

    async def work(office: Office) -> tuple[DemoRun, Sequence[Followed]]:
        await office.temporal()  # before a number is taken and files are written
        await office.ledger.ping()
        run = prepare(office.settings)
        warn(f"demo {run.number}: {len(run.documents)} files in {run.folder}")
        submitted = await hand_in(office, run)
        begun.append(run)
        last = await draw(follow_documents(office, submitted, seconds=LONGEST_SECONDS), quiet=as_json)
        for row in last.documents:
            if row.execution:
                row.execution = await office.ledger.execution(row.execution.id)
        return run, last.documents

    try:
        run, rows = in_office(work)
    except KeyboardInterrupt:
        raise typer.Exit(stopped(begun[0].batch if begun else "demo-…", begun=bool(begun))) from None
    if as_json:
        print_json(_as_json(run, rows))
    else:
        _print(run, rows)
    late = [row.submitted.name for row in rows if not row.settled]
    if late:
        names = ", ".join(late)
        warn(f"after 15 minutes these still run: {names}. See `counterfoil status --batch {run.batch}`", "red")
    if late or any(row.failed for row in rows):
        raise typer.Exit(1)


def _total(rows: Sequence[Followed]) -> Tally:
    from workers.office.tally import Tally

    return Tally.of(call for row in rows if not row.submitted.same_as for call in row.calls)


def _print(run: DemoRun, rows: Sequence[Followed]) -> None:
    from workers.office.executions import seconds_taken

    titles = {document.name: document.title for document in run.documents}
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
    total = _total(rows)
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
    for name, link in _links(current_settings()).items():
        console.print(f"{name:<9} {link}", soft_wrap=True)
    first = next((row.execution for row in rows if row.execution), None)
    tries = [f"show {first.id}"] if first else []
    tries += [f"review list --batch {run.batch}", f"cost --batch {run.batch} --verify"]
    console.print(Text("\nnext", "bold"))
    for command in tries:
        console.print(f"  counterfoil {command}", soft_wrap=True)


def _links(settings: Settings) -> dict[str, str]:
    return {"Temporal": workflows_link(settings), "Phoenix": settings.phoenix}


def _as_json(run: DemoRun, rows: Sequence[Followed]) -> dict[str, Any]:
    from workers.office.executions import seconds_taken

    titles = {document.name: document for document in run.documents}
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
    return {
        "run": run.number,
        "batch": run.batch,
        "folder": run.folder,
        "documents": documents,
        "totals": _total(rows).as_json(),
        "links": _links(current_settings()),
    }

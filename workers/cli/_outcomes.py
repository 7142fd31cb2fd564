"""How documents and batches stand, told once, with what to do next."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from rich.table import Table

from workers.cli._console import (
    add_row,
    cell,
    err,
    moment,
    named,
    out,
    say,
    status_text,
    summary,
    table,
    warn,
)
from workers.cli._following import batch_bar, batch_lines, documents_text
from workers.office.batches import TOLD
from workers.office.wording import amount_text, counted, shortened

if TYPE_CHECKING:
    from workers.office.batches import Report
    from workers.office.following import Followed


def settled_table(documents: Sequence[Followed], width: int) -> Table:
    """What became of documents: with the reasons, and with ids to go on with."""
    wide = width >= 160
    columns = ("document", "status", "amount", "why", "cost", "id") if wide else ("document", "status", "amount", "why")
    shown = table(*columns, right=("amount", "cost"), whole=("document", "status", "id"))
    for document in documents:
        submitted, execution, tally = document.submitted, document.execution, document.tally
        outcome, why = submitted.outcome, shortened(document.why)
        if submitted.same_as:
            why = f"the same document as {submitted.same_as}"
        elif execution and (
            outcome == "already processed" or (outcome, document.status) == ("waits for review", "review")
        ):
            why = f"{outcome}, batch {execution.batch}" + (f": {why}" if why else "")
        values = {
            "document": submitted.name if wide else named(submitted.name, submitted.execution_id or ""),
            "status": status_text(document.status),
            "amount": amount_text(execution.amount, execution.currency) if execution else "",
            "why": why,
            "cost": tally.cost_text if tally.calls else "",
            "id": submitted.execution_id,
        }
        add_row(shown, *(values[column] for column in columns))
    return shown


def print_settled(documents: Sequence[Followed], tenant: str, batch: str) -> None:
    """How all ended, and the next step of each kind."""
    console = out()
    console.print(settled_table(documents, console.width))
    say(f"batch {batch} of tenant {tenant}: {documents_text(documents)}")
    if any(document.status == "review" for document in documents):
        say(f"next: counterfoil review list --batch {batch}")
    elif known := [document.submitted.execution_id for document in documents if document.execution]:
        say(f"next: counterfoil show {known[0]}")
    if any(document.failed and document.submitted.outcome != "refused" for document in documents):
        say(f"after mending it, begin again what failed: counterfoil retry --batch {batch}")


def print_failed(documents: Sequence[Followed]) -> None:
    """What failed and why, on standard error."""
    for document in documents:
        if document.failed and document.submitted.outcome != "refused":
            warn(f"{document.status}: {document.submitted.name}: {document.why}", "red")


def print_report(report: Report, *, with_refused: bool = True) -> None:
    """A batch for a person: how far it is, what went wrong, where to look and what to do next."""
    console, progress, stands = out(), report.progress, report.standing
    title = cell(f"batch {progress.batch} of tenant {progress.tenant}", "bold")
    console.print(title.append(cell(f": {stands.text}", "not bold")), soft_wrap=True)
    if console.is_terminal:
        console.print(batch_bar(progress))
    for line in batch_lines(progress, moving=stands.state in ("running", "unknown")):
        say(line)
    if progress.submitted_at:
        begun = f", first begun {moment(progress.begun_at)}" if progress.begun_at else ""
        say(f"handed in {moment(progress.submitted_at)}{begun}")
    if with_refused:
        print_refused([(refusal.name, refusal.reason) for refusal in report.refused])
    for execution in report.failed[:TOLD]:
        say(f"failed: {execution.name}: {execution.error or ''}", "red")
    failed = sum(count for status, count in progress.counts.items() if status.value == "failed")
    if failed > TOLD:
        more = counted(failed - TOLD, "more failed document")
        of = f"--batch {progress.batch} --tenant {progress.tenant} --limit {failed}"
        say(f"{more}: counterfoil status --status failed {of}")
    say(f"Temporal  {report.link}")
    for command in report.next_steps:
        say(f"next: counterfoil {command}")


def report_json(report: Report) -> dict[str, Any]:
    """A batch for programs."""
    progress = report.progress
    return {
        **progress.model_dump(),
        "settled": progress.settled,
        "state": report.standing.state,
        "note": report.standing.note,
        "refusals": [refusal.model_dump(include={"name", "reason", "at"}) for refusal in report.refused],
        "failures": [summary(execution) for execution in report.failed],
        "temporal": report.link,
    }


def print_refused(refused: Sequence[tuple[str, str]], *, more: str = "--json has all") -> None:
    """Files that were not taken, by name with why, the first of them; on standard error."""
    for name, reason in refused[:TOLD]:
        warn(f"not taken: {name}: {reason}", "red")
    if len(refused) > TOLD:
        warn(f"{counted(len(refused) - TOLD, 'more file')} not taken: {more}", "red")


def stopped(batch: str, *, begun: bool) -> int:
    """Say that following stopped, and that the work did not. Returns the exit code of an interrupt."""
    if begun:
        err().print(f"stopped following; the executions go on. See `counterfoil status --batch {batch}`")
    else:
        err().print(
            f"stopped while handing in; what was begun goes on (batch {batch}). Handing in again repeats nothing"
        )
    return 130

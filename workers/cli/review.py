"""``review``: what waits for a person, and the person's answers."""

from __future__ import annotations

import asyncio
import getpass
import os
import time
from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from workers.cli._console import (
    BatchFilter,
    ExecutionArgument,
    JsonOption,
    Problem,
    TenantFilter,
    add_row,
    amount_text,
    cell,
    failing_clearly,
    made_settings,
    moment,
    named,
    no_execution,
    opened_ledger,
    out,
    print_json,
    run,
    settle_commands,
    status_text,
    summary,
    table,
    the_execution,
)
from workers.cli.policy import kept_policy, may, people_text, reminders_text, since_text, waiting
from workers.office.wording import counted

if TYPE_CHECKING:
    from rich.console import Console

    from agents.controls.approval import Policy
    from infra.ledger import Ledger
    from infra.records import Execution
    from workflows.messages import ReviewAnswer

ANSWER_SECONDS = 30.0
"""How long an answer may take to be taken, and then to show in the ledger."""

ReviewerOption = Annotated[
    str | None, typer.Option(help="Who answers.", show_default="$COUNTERFOIL_REVIEWER, else the login name")
]
ReasonOption = Annotated[str | None, typer.Option(help="Why; kept with the execution.")]

LIST_EPILOG = """Examples:

counterfoil review list

counterfoil review list --for anna

counterfoil review list --batch demo-1 --json"""
APPROVE_EPILOG = 'Example:  counterfoil review approve facture_atelier_heron.pdf --reason "ordered by me"'
REJECT_EPILOG = 'Example:  counterfoil review reject bon_de_livraison.pdf --reason "a delivery note"'
CORRECT_EPILOG = """Examples:

counterfoil review correct scan.pdf invoice_number=R-17 totals.grand_total=119.00 currency=EUR

counterfoil review correct scan.pdf "seller.name=Muster & Sohn" payment.iban= --reason "IBAN misread"

counterfoil review correct scan.pdf "lines[0].net_amount=100.10"

Values are plain: 1234.56, 2026-10-31, EUR; 1.234,56 and 31.10.2026 are taken too, what can be read in two ways is
not. FIELD= removes the field. `counterfoil show ID` lists the fields, with lines numbered from lines[0]."""


def register(app: typer.Typer) -> None:
    """Add the group to ``app``."""
    group = typer.Typer(no_args_is_help=True, help="List what waits for a person, and answer it.")
    group.command("list", epilog=LIST_EPILOG)(list_)
    group.command("approve", epilog=APPROVE_EPILOG)(approve)
    group.command("reject", epilog=REJECT_EPILOG)(reject)
    group.command("correct", epilog=CORRECT_EPILOG)(correct)
    app.add_typer(group, name="review", rich_help_panel="Documents")


def list_(
    tenant: TenantFilter = None,
    batch: BatchFilter = None,
    person: Annotated[
        str | None, typer.Option("--for", metavar="NAME", help="Only what this person may approve.", show_default="all")
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """List the executions that wait for a person, longest first, with the reasons and who may approve."""
    with failing_clearly():

        async def work() -> tuple[list[tuple[Execution, dict[str, Any]]], int, bool]:
            async with opened_ledger() as ledger:
                found = await ledger.executions(
                    tenant=tenant, batch=batch, statuses=["review", "failed"], newest_first=False
                )
                listed = []
                policies: dict[str, Policy | None] = {}
                for execution in found:
                    if execution.status.value == "review":
                        policy = await kept_policy(ledger, execution, policies)
                        if person is None or may(execution, policy, person):
                            listed.append((execution, waiting(execution, policy)))
                known = found or await ledger.executions(tenant=tenant, batch=batch, limit=1)
                failed = sum(execution.status.value == "failed" for execution in found)
                return listed, failed, bool(known)

        listed, failed, known = run(work())
        if as_json:
            print_json({"executions": [{**summary(e), "waits": waits} for e, waits in listed]})
            return
        console = out()
        if not listed:
            filtered = batch is not None or tenant is not None
            nothing = f"nothing waits for {person}" if person else "nothing waits for a review"
            console.print(cell(nothing if known or not filtered else no_execution(batch, tenant)), soft_wrap=True)
            _print_failed(console, failed, batch, tenant)
            return
        wide = console.width >= 160
        columns: tuple[str, ...] = ("document", "amount", "why")
        if wide:
            columns = ("waits since", "document", "vendor", "number", "amount", "why", "may approve", "reminded", "id")
        shown = table(*columns, right=("amount",), whole=("document", "id"))
        for e, waits in listed:
            row: dict[str, Any] = {
                "waits since": since_text(waits) or moment(e.started_at),
                "document": e.name if wide else named(e.name, e.id),
                "vendor": e.vendor,
                "number": e.number,
                "amount": amount_text(e.amount, e.currency),
                "why": "; ".join(e.reasons),
                "may approve": people_text(waits),
                "reminded": reminders_text(waits),
                "id": e.id,
            }
            if not wide:
                told = (f"since {row['waits since']}", f"for {row['may approve']}", row["reminded"])
                row["why"] = cell(row["why"]).append("\n").append(cell(", ".join(part for part in told if part), "dim"))
            add_row(shown, *(row[column] for column in columns))
        console.print(shown)
        said = f"{counted(len(listed), 'waits', 'wait')}; answer with `counterfoil review approve|reject|correct ID`"
        console.print(said, soft_wrap=True)
        _print_failed(console, failed, batch, tenant)


def _print_failed(console: Console, failed: int, batch: str | None, tenant: str | None) -> None:
    if failed:
        filters = (f" --batch {batch}" if batch is not None else "") + (f" --tenant {tenant}" if tenant else "")
        console.print(f"{failed} failed: counterfoil status --status failed{filters}", soft_wrap=True)


def approve(
    id: ExecutionArgument,
    reason: ReasonOption = None,
    reviewer: ReviewerOption = None,
    tenant: TenantFilter = None,
    as_json: JsonOption = False,
) -> None:
    """Approve an execution that waits: it is posted as it now stands."""
    _answer(id, tenant, "approve", reason, reviewer, {}, as_json)


def reject(
    id: ExecutionArgument,
    reason: Annotated[str, typer.Option(help="Why; kept with the execution.")],
    reviewer: ReviewerOption = None,
    tenant: TenantFilter = None,
    as_json: JsonOption = False,
) -> None:
    """Reject an execution that waits: it ends, and nothing is posted."""
    _answer(id, tenant, "reject", reason, reviewer, {}, as_json)


def correct(
    id: ExecutionArgument,
    corrections: Annotated[list[str], typer.Argument(metavar="FIELD=VALUE...", help="FIELD= removes the field.")],
    reason: ReasonOption = None,
    reviewer: ReviewerOption = None,
    tenant: TenantFilter = None,
    as_json: JsonOption = False,
) -> None:
    """Correct fields of an execution that waits: all is checked and decided again."""
    with failing_clearly():
        parsed = parse_corrections(corrections)
    _answer(id, tenant, "correct", reason, reviewer, parsed, as_json)


def parse_corrections(given: list[str]) -> dict[str, str | None]:
    """``FIELD=VALUE`` words as a map; no value means None.

    Raises:
        Problem: a word is not of that form, or a field comes twice.
    """
    parsed: dict[str, str | None] = {}
    for word in given:
        path, equals, value = word.partition("=")
        path = path.strip()
        if not equals or not path:
            raise Problem(f"{word!r} is no correction; write FIELD=VALUE, such as totals.grand_total=119.00", code=2)
        if path in parsed:
            raise Problem(f"{path} is corrected twice; give it once", code=2)
        parsed[path] = value if value.strip() else None
    return parsed


def canonical(definition: str, corrections: Mapping[str, str | None]) -> dict[str, str | None]:
    """``corrections`` in the form the definition's agent takes; what it cannot tell as it is.

    Raises:
        Problem: a value can be read in two ways; the message has both.
    """
    from agents.fields.corrections import Ambiguous
    from workflows import definition_of

    known = definition_of(definition)
    taken = dict(corrections)
    for path, value in corrections.items():
        try:
            taken[path] = known.canonical(path, value) if known and value is not None else value
        except Ambiguous as error:
            raise Problem(f"{path}: {error}", code=2) from error
    return taken


def _answer(
    id: str,
    tenant: str | None,
    action: Literal["approve", "reject", "correct"],
    reason: str | None,
    reviewer: str | None,
    corrections: dict[str, str | None],
    as_json: bool,
) -> None:
    with failing_clearly():

        async def work() -> tuple[Execution, bool, dict[str, str | None], Policy | None]:
            from infra.records import Status
            from workflows.messages import ReviewAnswer

            async with opened_ledger() as ledger:
                before = await the_execution(ledger, id, tenant)
                taken = canonical(before.definition, corrections)
                answer = ReviewAnswer(
                    action=action,
                    reviewer=_reviewer(reviewer),
                    reason=reason or None,
                    corrections=taken,
                    seen=len(before.reviews) if before.status is Status.REVIEW else None,
                )
                await _send(ledger, before, answer)
                after, seen = await _outcome(ledger, before)
                return after, seen, taken, await kept_policy(ledger, after)

        after, seen, taken, policy = run(work())
        waits = waiting(after, policy)
        second = seen and action == "approve" and after.status.value == "review" and bool(waits["approved"])
        if as_json:
            print_json(
                {
                    "taken": True,
                    "corrections": taken,
                    "execution": {**summary(after), "reviews": after.reviews},
                    "settled": seen,
                    "waits": waits if after.status.value == "review" else None,
                    "waits_for_second_person": second,
                }
            )
            return
        console = out()
        for path, value in taken.items():
            console.print(cell(f"{path} = {value}" if value is not None else f"{path} removed"), soft_wrap=True)
        if second:
            said = f"approved by {waits['approved'][-1]}; waits for a second person: {people_text(waits)} may approve"
            console.print(cell(after.name, "bold"), cell(said, "yellow"), soft_wrap=True)
            return
        console.print(cell(after.name, "bold"), status_text(after.status.value), end="")
        if seen:
            console.print(cell(f" by {after.decided_by}" if after.decided_by else ""))
            for reason_ in [after.error] if after.error else after.reasons:
                console.print(cell(f"- {reason_}"), soft_wrap=True)
            if after.status.value == "review":
                console.print("still waits; settle it:")
                for command in (*settle_commands(after.id), f"counterfoil show {after.id}"):
                    console.print(f"  {command}", soft_wrap=True)
        else:
            console.print("\nthe answer was taken, but its outcome is not recorded yet. Look again with:")
            console.print(f"counterfoil show {after.id}", soft_wrap=True)
        if after.status.value == "failed" and seen:
            raise typer.Exit(1)


async def _send(ledger: Ledger, execution: Execution, answer: ReviewAnswer) -> None:
    """Give the answer to the workflow, which checks it."""
    from temporalio.client import WorkflowUpdateFailedError, WorkflowUpdateRPCTimeoutOrCancelledError
    from temporalio.exceptions import ApplicationError
    from temporalio.service import RPCError, RPCStatusCode

    from infra.temporal.connect import connect

    client = await connect(made_settings())
    try:
        async with asyncio.timeout(ANSWER_SECONDS):
            await client.get_workflow_handle(execution.id).execute_update("review", answer, result_type=str)
    except WorkflowUpdateFailedError as error:
        cause: Any = error.cause
        said = cause.message if isinstance(cause, ApplicationError) else str(cause or error)
        raise Problem(f"the answer was not taken: {said}") from error
    except (TimeoutError, WorkflowUpdateRPCTimeoutOrCancelledError) as error:
        raise Problem(
            f"no worker took the answer within {ANSWER_SECONDS:.0f} s, so it may be lost. `counterfoil doctor` says "
            "whether the worker runs; then look with `counterfoil show` and answer again"
        ) from error
    except RPCError as error:
        if error.status is not RPCStatusCode.NOT_FOUND:
            raise
        now = await ledger.execution(execution.id) or execution
        ended = f"it is {now.status.value}" if now.status.ended else "Temporal does not run it"
        raise Problem(f"{now.name} does not wait for a review: {ended}. See `counterfoil show {now.id}`") from error


async def _outcome(ledger: Ledger, before: Execution) -> tuple[Execution, bool]:
    """The execution after the answer, and whether it has ended or waits again; else as it stood when time was up."""
    deadline = time.monotonic() + ANSWER_SECONDS
    while True:
        now = await ledger.execution(before.id) or before
        answered = len(now.reviews) > len(before.reviews) or now.run_id != before.run_id
        if now.status.ended or (answered and now.status.value == "review"):
            return now, True
        if time.monotonic() > deadline:
            return now, False
        await asyncio.sleep(0.3)


def _reviewer(given: str | None) -> str:
    if name := (given or os.environ.get("COUNTERFOIL_REVIEWER") or "").strip():
        return name
    try:
        return getpass.getuser()
    except (KeyError, OSError, ImportError) as error:
        raise Problem("who answers? Give --reviewer NAME or set COUNTERFOIL_REVIEWER") from error

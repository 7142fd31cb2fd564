"""``review``: what waits for a person, and the person's answers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from workers.cli._console import (
    BatchFilter,
    ExecutionArgument,
    JsonOption,
    TenantFilter,
    add_row,
    cell,
    in_office,
    moment,
    named,
    out,
    print_json,
    say,
    settle_commands,
    status_text,
    summary,
    table,
)
from workers.cli._waiting import reminders_text, since_text
from workers.office.errors import WronglyAsked
from workers.office.wording import amount_text, counted

if TYPE_CHECKING:
    from workers.office.reviews import Action

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
    from workers.office import reviews
    from workers.office.executions import no_execution

    waiting = in_office(lambda office: reviews.waiting(office, tenant=tenant, batch=batch, person=person))
    if as_json:
        print_json({"executions": [{**summary(execution), "waits": waits} for execution, waits in waiting.executions]})
        return
    if not waiting.executions:
        filtered = batch is not None or tenant is not None
        nothing = f"nothing waits for {person}" if person else "nothing waits for a review"
        say(nothing if waiting.any_known or not filtered else no_execution(batch, tenant))
        _print_failed(waiting.failed, batch, tenant)
        return
    console = out()
    wide = console.width >= 160
    columns: tuple[str, ...] = ("document", "amount", "why")
    if wide:
        columns = ("waits since", "document", "vendor", "number", "amount", "why", "may approve", "reminded", "id")
    shown = table(*columns, right=("amount",), whole=("document", "id"))
    for execution, waits in waiting.executions:
        row: dict[str, Any] = {
            "waits since": since_text(waits) or moment(execution.started_at),
            "document": execution.name if wide else named(execution.name, execution.id),
            "vendor": execution.vendor,
            "number": execution.number,
            "amount": amount_text(execution.amount, execution.currency),
            "why": "; ".join(execution.reasons),
            "may approve": waits.who,
            "reminded": reminders_text(waits),
            "id": execution.id,
        }
        if not wide:
            told = (f"since {row['waits since']}", f"for {row['may approve']}", row["reminded"])
            row["why"] = cell(row["why"]).append("\n").append(cell(", ".join(part for part in told if part), "dim"))
        add_row(shown, *(row[column] for column in columns))
    console.print(shown)
    number = counted(len(waiting.executions), "waits", "wait")
    say(f"{number}; answer with `counterfoil review approve|reject|correct ID`")
    _print_failed(waiting.failed, batch, tenant)


def _print_failed(failed: int, batch: str | None, tenant: str | None) -> None:
    if failed:
        filters = (f" --batch {batch}" if batch is not None else "") + (f" --tenant {tenant}" if tenant else "")
        say(f"{failed} failed: counterfoil status --status failed{filters}")


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
    _answer(id, tenant, "correct", reason, reviewer, parse_corrections(corrections), as_json)


def parse_corrections(given: list[str]) -> dict[str, str | None]:
    """``FIELD=VALUE`` words as a map; no value means None.

    Raises:
        WronglyAsked: a word is not of that form, or a field comes twice.
    """
    parsed: dict[str, str | None] = {}
    for word in given:
        path, equals, value = word.partition("=")
        path = path.strip()
        if not equals or not path:
            raise WronglyAsked(f"{word!r} is no correction; write FIELD=VALUE, such as totals.grand_total=119.00")
        if path in parsed:
            raise WronglyAsked(f"{path} is corrected twice; give it once")
        parsed[path] = value if value.strip() else None
    return parsed


def _answer(
    id: str,
    tenant: str | None,
    action: Action,
    reason: str | None,
    reviewer: str | None,
    corrections: dict[str, str | None],
    as_json: bool,
) -> None:
    from workers.office import reviews

    answered = in_office(
        lambda office: reviews.answer(
            office, id, action, reviewer=reviewer, reason=reason, corrections=corrections, tenant=tenant
        )
    )
    after, waits = answered.execution, answered.waits
    status = after.status.value
    if as_json:
        print_json(
            {
                "taken": True,
                "corrections": answered.corrections,
                "execution": {**summary(after), "reviews": after.reviews},
                "settled": answered.settled,
                "waits": waits if status == "review" else None,
                "waits_for_second_person": answered.second,
            }
        )
        return
    console = out()
    for path, value in answered.corrections.items():
        say(f"{path} = {value}" if value is not None else f"{path} removed")
    if answered.second:
        told = f"approved by {waits.approved[-1]}; waits for a second person: {waits.who} may approve"
        console.print(cell(after.name, "bold"), cell(told, "yellow"), soft_wrap=True)
        return
    console.print(cell(after.name, "bold"), status_text(status), end="")
    if not answered.settled:
        console.print("\nthe answer was taken, but its outcome is not recorded yet. Look again with:")
        say(f"counterfoil show {after.id}")
        return
    console.print(cell(f" by {after.decided_by}" if after.decided_by else ""))
    for why in [after.error] if after.error else after.reasons:
        say(f"- {why}")
    if status == "review":
        say("still waits; settle it:")
        for command in (*settle_commands(after.id), f"counterfoil show {after.id}"):
            say(f"  {command}")
    if status == "failed":
        raise typer.Exit(1)

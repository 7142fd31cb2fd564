"""``cost``: what was paid, for what, on which price; and whether the three records of it agree."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer
from rich.text import Text

from workers.cli._console import (
    BatchFilter,
    JsonOption,
    TenantFilter,
    add_row,
    in_office,
    named,
    out,
    print_json,
    say,
    status_text,
    table,
)
from workers.office.wording import counted

if TYPE_CHECKING:
    from workers.office import Office
    from workers.office.costs import Costs
    from workers.office.tally import Tally
    from workers.office.verification import Figures, Verdict

EPILOG = """Examples:

counterfoil cost

counterfoil cost --batch demo-1 --by step

counterfoil cost invoice-demo-3f2a

counterfoil cost --batch demo-1 --verify"""


By = Literal["execution", "step", "model"]
"""As `workers.office.costs` has it, which is loaded when it is needed."""


def register(app: typer.Typer) -> None:
    """Add the command to ``app``."""
    app.command("cost", epilog=EPILOG, rich_help_panel="Documents")(cost)


def cost(
    id: Annotated[str | None, typer.Argument(metavar="[ID]", help="Only this execution.", show_default=False)] = None,
    batch: BatchFilter = None,
    tenant: TenantFilter = None,
    by: Annotated[By | None, typer.Option(help="What to add up by.", show_default="execution; step with ID")] = None,
    verify: Annotated[
        bool, typer.Option("--verify", help="Compare ledger, workflow result and Phoenix; exit code 1 if they differ.")
    ] = False,
    as_json: JsonOption = False,
) -> None:
    """Tokens and cost of model calls, with the prices they rest on.

    What has no known price is unpriced and never counted as 0. Lost calls, whose answer was never seen, may have been
    paid; they are counted apart.
    """
    from workers.office import costs

    async def work(office: Office) -> tuple[Costs, list[Verdict]]:
        paid = await costs.paid(office, meant=id, tenant=tenant, batch=batch)
        if not verify:
            return paid, []
        from workers.office import verification

        return paid, await verification.verify(office, paid.executions)

    paid, verdicts = in_office(work)
    if verify:
        _print_verdicts(verdicts, as_json)
    else:
        _print(paid, by or ("step" if id is not None else "execution"), as_json)


def _print(costs: Costs, by: By, as_json: bool) -> None:
    groups, total = costs.by(by), costs.total
    names = {execution.id: execution.name for execution, _ in costs.executions} if by == "execution" else {}
    if as_json:
        rows = [{by: key, **({"file": names[key]} if names else {}), **t.as_json()} for key, t in groups.items()]
        print_json({"by": by, "rows": rows, "total": {"executions": len(costs.executions), **total.as_json()}})
        return
    console = out()
    if not groups:
        say("no model calls")
        return
    numbers: tuple[str, ...] = ("calls", "prompt", "cached", "output", "cost", "lost")
    if console.width < 100:
        numbers = ("calls", "prompt", "output", "cost")
    beside = by == "execution" and console.width >= 140
    shown = table(by, *(("document",) if beside else ()), *numbers, right=numbers, whole=(by, "document"))
    for key, tally in groups.items():
        first = [key, names[key]] if beside else [named(names[key], key) if names else key]
        add_row(shown, *first, *(_numbers(tally)[number] for number in numbers))
    shown.add_section()
    add_row(shown, Text("total", "bold"), *([""] if beside else []), *(_numbers(total)[number] for number in numbers))
    console.print(shown)
    for source in total.price_sources:
        say(f"price: {source}", "dim")
    if total.unpriced:
        unpriced = counted(total.unpriced, "call is", "calls are")
        say(f"{unpriced} unpriced and in no sum: set COUNTERFOIL_MODEL_PRICE or the tier's price", "yellow")
    if total.lost:
        lost = counted(total.lost, "call was", "calls were")
        say(f"{lost} lost: no answer was seen, so tokens are unknown and may have been paid for", "yellow")


def _numbers(tally: Tally) -> dict[str, object]:
    return {
        "calls": tally.calls,
        "prompt": f"{tally.prompt:,}",
        "cached": f"{tally.cached:,}",
        "output": f"{tally.output:,}",
        "cost": tally.cost_text if tally.calls else "",
        "lost": tally.lost or "",
    }


def _print_verdicts(verdicts: list[Verdict], as_json: bool) -> None:
    wrong = [verdict for verdict in verdicts if not verdict.agrees]
    if as_json:
        print_json({"agrees": not wrong, "executions": [_as_json(verdict) for verdict in verdicts]})
    else:
        console = out()
        places = ("ledger", "result", "Phoenix")
        shown = table("", "execution", "document", "status", *places, whole=("", "execution", "status"))
        for v in verdicts:
            mark = Text("✓", "green") if v.agrees else Text("✗", "red")
            figures = (_figures(v.ledger), _figures(v.result), _figures(v.phoenix))
            add_row(shown, mark, v.execution.id, v.execution.name, status_text(v.execution.status.value), *figures)
        console.print(shown)
        console.print("calls: prompt (cached) + output tokens, cost", style="dim")
        for verdict in wrong:
            for difference in verdict.differences:
                say(f"✗ {verdict.execution.id}  {difference}", "red")
        of = counted(len(verdicts), "execution")
        say(f"{len(verdicts) - len(wrong)} of {of} the same in ledger, workflow result and Phoenix")
    if wrong:
        raise typer.Exit(1)


def _figures(figures: Figures | None) -> str:
    """Calls, prompt (cached) + output tokens, cost."""
    if figures is None:
        return "-"
    if not figures.calls:
        return "no calls"
    cost = "unpriced" if figures.cost is None else f"{figures.cost:.9f}"
    return f"{figures.calls}: {figures.prompt:,} ({figures.cached:,}) + {figures.output:,}, {cost}"


def _as_json(verdict: Verdict) -> Mapping[str, Any]:
    return {
        "id": verdict.execution.id,
        "file": verdict.execution.name,
        "status": verdict.execution.status.value,
        "agrees": verdict.agrees,
        "differences": verdict.differences,
        "ledger": verdict.ledger,
        "result": verdict.result,
        "phoenix": verdict.phoenix,
    }

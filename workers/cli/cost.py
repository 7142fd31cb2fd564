"""``cost``: what was paid, for what, on which price; and whether the three records of it agree."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer
from rich.text import Text

from workers.cli._console import (
    BatchFilter,
    JsonOption,
    Problem,
    TenantFilter,
    add_row,
    cell,
    failing_clearly,
    made_settings,
    named,
    no_execution,
    opened_ledger,
    out,
    print_json,
    run,
    status_text,
    table,
    the_execution,
)
from workers.office.wording import counted

if TYPE_CHECKING:
    from infra.records import Execution, ModelCall
    from workers.office.costs import Tally
    from workers.office.verification import Figures, Verdict

EPILOG = """Examples:

counterfoil cost

counterfoil cost --batch demo-1 --by step

counterfoil cost invoice-demo-3f2a

counterfoil cost --batch demo-1 --verify"""

By = Literal["execution", "step", "model"]


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
    with failing_clearly():

        async def work() -> list[tuple[Execution, list[ModelCall]]]:
            async with opened_ledger() as ledger:
                if id is not None:
                    found = [await the_execution(ledger, id, tenant)]
                else:
                    found = await ledger.executions(tenant=tenant, batch=batch)
                calls = await ledger.calls_of([e.id for e in found])
                return [(e, calls[e.id]) for e in found]

        made = run(work())
        if not made and (batch is not None or tenant is not None):
            raise Problem(no_execution(batch, tenant))
        if verify:
            _verify(made, as_json)
            return
        _print(made, by or ("step" if id is not None else "execution"), as_json)


def _print(made: Sequence[tuple[Execution, list[ModelCall]]], by: By, as_json: bool) -> None:
    from workers.office.costs import Tally

    groups: dict[str, Tally] = {}
    names: dict[str, str] = {}
    for execution, calls in made:
        if by == "execution":
            groups[execution.id] = Tally.of(calls)
            names[execution.id] = execution.name
            continue
        for call in calls:
            groups.setdefault(call.step if by == "step" else call.model, Tally()).add(call)
    total = Tally.of(call for _, calls in made for call in calls)
    if as_json:
        rows = [{by: key, **({"file": names[key]} if key in names else {}), **t.as_json()} for key, t in groups.items()]
        print_json({"by": by, "rows": rows, "total": {"executions": len(made), **total.as_json()}})
        return
    console = out()
    if not groups:
        console.print("no model calls")
        return
    numbers: tuple[str, ...] = ("calls", "prompt", "cached", "output", "cost", "lost")
    if console.width < 100:
        numbers = ("calls", "prompt", "output", "cost")
    beside = by == "execution" and console.width >= 140
    shown = table(by, *(("document",) if beside else ()), *numbers, right=numbers, whole=(by, "document"))
    for key, tally in groups.items():
        first = [key, names[key]] if beside else [named(names[key], key) if key in names else key]
        add_row(shown, *first, *(_numbers(tally)[number] for number in numbers))
    shown.add_section()
    add_row(shown, Text("total", "bold"), *([""] if beside else []), *(_numbers(total)[number] for number in numbers))
    console.print(shown)
    for source in total.price_sources:
        console.print(cell(f"price: {source}", "dim"), soft_wrap=True)
    if total.unpriced:
        console.print(
            f"{counted(total.unpriced, 'call is', 'calls are')} unpriced and in no sum: "
            "set COUNTERFOIL_MODEL_PRICE or the tier's price",
            style="yellow",
            soft_wrap=True,
        )
    if total.lost:
        console.print(
            f"{counted(total.lost, 'call was', 'calls were')} lost: no answer was seen, so tokens are unknown and "
            "may have been paid for",
            style="yellow",
            soft_wrap=True,
        )


def _numbers(tally: Tally) -> dict[str, object]:
    return {
        "calls": tally.calls,
        "prompt": f"{tally.prompt:,}",
        "cached": f"{tally.cached:,}",
        "output": f"{tally.output:,}",
        "cost": tally.cost_text if tally.calls else "",
        "lost": tally.lost or "",
    }


def _verify(made: Sequence[tuple[Execution, list[ModelCall]]], as_json: bool) -> None:
    settings = made_settings()

    async def work() -> list[Verdict]:
        from infra.temporal.connect import connect
        from workers.office.verification import verify

        return await verify(settings, await connect(settings), made)

    verdicts = run(work())
    wrong = [v for v in verdicts if not v.agrees]
    if as_json:
        print_json({"agrees": not wrong, "executions": [_as_json(v) for v in verdicts]})
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
        for v in wrong:
            for difference in v.differences:
                console.print(cell(f"✗ {v.execution.id}  {difference}", "red"), soft_wrap=True)
        agreed = len(verdicts) - len(wrong)
        of = counted(len(verdicts), "execution")
        console.print(f"{agreed} of {of} the same in ledger, workflow result and Phoenix")
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

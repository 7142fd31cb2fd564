"""``policy``: what may be approved without a person and who approves the rest: the policy in force, and of an execution."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.text import Text

from workers.cli._console import (
    ExecutionArgument,
    JsonOption,
    TenantFilter,
    cell,
    current_settings,
    in_office,
    moment,
    out,
    print_json,
    say,
)
from workers.cli._waiting import reminders_text, since_text
from workers.office.errors import CannotDo, WronglyAsked
from workers.office.wording import amount_text

if TYPE_CHECKING:
    from agents.controls.approval import Policy
    from workers.office.policies import Explained

SHOW_EPILOG = """Examples:

counterfoil policy show

counterfoil policy show --json"""
CHECK_EPILOG = "Example:  counterfoil policy check approval.yaml"
INIT_EPILOG = """Examples:

counterfoil policy init --out approval.yaml

Then set COUNTERFOIL_APPROVAL_POLICY=approval.yaml where documents are handed in."""
EXPLAIN_EPILOG = """Examples:

counterfoil policy explain Rechnung_RE-2026-0417.pdf

counterfoil policy explain 3f2a9c --json"""


def register(app: typer.Typer) -> None:
    """Add the group to ``app``."""
    group = typer.Typer(
        no_args_is_help=True, help="The approval policy: what it says, and what it said of an execution."
    )
    group.command("show", epilog=SHOW_EPILOG)(show)
    group.command("check", epilog=CHECK_EPILOG)(check)
    group.command("init", epilog=INIT_EPILOG)(init)
    group.command("explain", epilog=EXPLAIN_EPILOG)(explain)
    app.add_typer(group, name="policy", rich_help_panel="Rules")


def show(as_json: JsonOption = False) -> None:
    """Show the policy in force, in plain words: documents handed in from now on keep it."""
    from workers.office.policies import in_force

    _print_policy(*in_force(current_settings()), as_json)


def check(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="A policy file, YAML.")], as_json: JsonOption = False
) -> None:
    """Check a policy file, and say in plain words what it means. Exit code 2 if it cannot be used."""
    from agents.controls.approval import BadPolicy, load_policy

    try:
        policy = load_policy(file, limits={}, sure=1)
    except BadPolicy as error:
        if as_json:
            print_json({"file": str(file), "ok": False, "problems": error.problems})
            raise typer.Exit(2) from None
        listed = "\n".join(f"- {problem}" for problem in error.problems)
        raise WronglyAsked(f"{file} cannot be used:\n{listed}") from error
    _print_policy(policy, str(file), as_json)


def init(
    file: Annotated[Path | None, typer.Option("--out", help="Write it there.", show_default="standard output")] = None,
) -> None:
    """Write a commented policy to begin with."""
    from agents.controls.approval import starter

    if file is None:
        print(starter(), end="")
        return
    try:
        with file.open("x", encoding="utf-8") as opened:
            opened.write(starter())
    except FileExistsError as error:
        raise CannotDo(f"{file} is there already; name another file") from error
    except OSError as error:
        raise CannotDo(f"{file} cannot be written: {error.strerror or error}") from error
    say(f"{file} written. Change it, then: counterfoil policy check {file}")


def explain(id: ExecutionArgument, tenant: TenantFilter = None, as_json: JsonOption = False) -> None:
    """Explain one execution: the rule that let it pass or wants a person, who may approve, and who has."""
    from workers.office import policies

    explained = in_office(lambda office: policies.explain(office, id, tenant))
    execution, status = explained.execution, explained.execution.status.value
    if as_json:
        recorded = {"execution": execution.id, "status": status, "approval": explained.approval}
        print_json({**recorded, "waits": explained.waits})
        return
    out().print(Text.assemble(cell(execution.name, "bold"), "  ", cell(status)), soft_wrap=True)
    for name, value in _rows(explained):
        out().print(Text.assemble((f"{name:<14}", "dim"), cell(value)), soft_wrap=True)


def _print_policy(policy: Policy, source: str, as_json: bool) -> None:
    from agents.controls.approval import in_words, weaknesses

    words, weak = in_words(policy), weaknesses(policy)
    if as_json:
        named = {"name": policy.name, "digest": policy.digest, "source": source}
        print_json({**named, "ok": True, "words": words, "weak": weak, "policy": policy.as_json()})
        return
    out().print(Text.assemble(cell(policy.name, "bold"), "  ", cell(f"from {source}")), soft_wrap=True)
    say(f"SHA-256 {policy.digest}", "dim")
    for sentence in words:
        say(f"- {sentence}")
    for sentence in weak:
        say(f"weak: {sentence}", "yellow")


def _rows(explained: Explained) -> list[tuple[str, str]]:
    """What `explain` says: name and value."""
    from agents.controls.approval import weaknesses

    execution, approval, waits = explained.execution, explained.approval, explained.waits
    named, case = approval.get("policy") or {}, approval.get("case") or {}
    about = [
        f"{key.replace('_', ' ')} {case[key]}" for key in ("kind", "vendor", "cost_centre", "tenant") if case.get(key)
    ]
    rows = [
        ("policy", f"{named.get('name')}, SHA-256 {named.get('digest')}"),
        ("", "" if explained.policy else "it is in force no more: what follows is as it was recorded"),
        ("rule", str(approval.get("rule") or "")),
        ("asked about", ", ".join([amount_text(execution.amount, execution.currency), *about])),
        ("handed in by", ", ".join(case.get("submitters") or []) or "nobody knows"),
        ("corrected by", ", ".join(case.get("correctors") or [])),
        *(("", f"- before that of {was['by']}: {_state(was)}") for was in case.get("corrections") or []),
        ("decision", f"{execution.decision} by {execution.decided_by}" if execution.decision else ""),
        *(("", f"- {reason}") for reason in execution.reasons),
    ]
    rows += [
        ("approved by", f"{given['by']} {moment(datetime.fromisoformat(given['at']))}")
        for given in approval.get("approvals") or []
    ]
    if execution.status.value == "review":
        rows += [("may approve", waits.who), *(("", f"- {why}") for why in waits.why)]
        rows += [("waits since", since_text(waits)), ("reminded", reminders_text(waits))]
    rows += [("weak", weak) for weak in weaknesses(explained.policy)] if explained.policy else []
    return [(name, value) for name, value in rows if value]


def _state(was: dict[str, Any]) -> str:
    """How a case stood before a correction."""
    amount = f"{was.get('amount') or 'no total'} {was.get('currency') or ''}".rstrip()
    about = [f"{key.replace('_', ' ')} {was[key]}" for key in ("kind", "vendor", "cost_centre") if was.get(key)]
    return ", ".join([amount, *about])

"""``policy``: what may be approved without a person and who approves the rest: the policy in force, and of an execution."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.text import Text

from workers.cli._console import (
    ExecutionArgument,
    JsonOption,
    Problem,
    TenantFilter,
    amount_text,
    cell,
    failing_clearly,
    made_settings,
    moment,
    opened_ledger,
    out,
    print_json,
    run,
    the_execution,
)
from workers.office.wording import counted

if TYPE_CHECKING:
    from agents.controls.approval import Case, Policy
    from infra.ledger import Ledger
    from infra.records import Execution

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
    with failing_clearly():
        policy, source = in_force()
        _print_policy(policy, source, as_json)


def check(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="A policy file, YAML.")], as_json: JsonOption = False
) -> None:
    """Check a policy file, and say in plain words what it means. Exit code 2 if it cannot be used."""
    with failing_clearly():
        from agents.controls.approval import BadPolicy, load_policy

        try:
            policy = load_policy(file, limits={}, sure=1)
        except BadPolicy as error:
            if as_json:
                print_json({"file": str(file), "ok": False, "problems": error.problems})
                raise typer.Exit(2) from None
            listed = "\n".join(f"- {problem}" for problem in error.problems)
            raise Problem(f"{file} cannot be used:\n{listed}", code=2) from error
        _print_policy(policy, str(file), as_json)


def init(
    file: Annotated[Path | None, typer.Option("--out", help="Write it there.", show_default="standard output")] = None,
) -> None:
    """Write a commented policy to begin with."""
    with failing_clearly():
        from agents.controls.approval import starter

        if file is None:
            print(starter(), end="")
            return
        try:
            with file.open("x", encoding="utf-8") as made:
                made.write(starter())
        except FileExistsError as error:
            raise Problem(f"{file} is there already; name another file") from error
        except OSError as error:
            raise Problem(f"{file} cannot be written: {error.strerror or error}") from error
        said = f"{file} written. Change it, then: counterfoil policy check {file}"
        out().print(cell(said), soft_wrap=True)


def explain(id: ExecutionArgument, tenant: TenantFilter = None, as_json: JsonOption = False) -> None:
    """Explain one execution: the rule that let it pass or wants a person, who may approve, and who has."""
    with failing_clearly():

        async def work() -> tuple[Execution, Policy | None]:
            async with opened_ledger() as ledger:
                found = await the_execution(ledger, id, tenant)
                return found, await kept_policy(ledger, found)

        execution, policy = run(work())
        known = approval_of(execution)
        if not known:
            raise Problem(f"{execution.name} has no record of an approval policy: it is {execution.status.value}")
        waits = waiting(execution, policy)
        if as_json:
            print_json({"execution": execution.id, "status": execution.status.value, "approval": known, "waits": waits})
            return
        console = out()
        console.print(Text.assemble(cell(execution.name, "bold"), "  ", cell(execution.status.value)), soft_wrap=True)
        for name, value in _explained(execution, policy, known, waits):
            console.print(Text.assemble((f"{name:<14}", "dim"), cell(value)), soft_wrap=True)


def in_force() -> tuple[Policy, str]:
    """The policy of the settings, and where it comes from.

    Raises:
        BadPolicy: it cannot be used.
    """
    from agents.controls.approval import load_policy

    made = made_settings()
    policy = load_policy(made.approval_policy, limits=made.approval_limits, sure=made.sure)
    where = made.approval_policy.absolute() if made.approval_policy else "the settings approval_limits and sure"
    return policy, str(where)


def approval_of(execution: Execution) -> Mapping[str, Any]:
    """What is recorded of its approval: ``policy`` (name and digest), ``rule``, ``case``, ``requirement``, ``approvals``."""
    return execution.result.get("approval") or {}


async def kept_policy(
    ledger: Ledger, execution: Execution, seen: dict[str, Policy | None] | None = None
) -> Policy | None:
    """The policy the execution began with, found by its recorded digest: among the options of its batch, or in the document
    store. None where neither has it. ``seen``, by digest, saves looking twice."""
    from agents.controls.approval import Policy

    digest: str = (approval_of(execution).get("policy") or {}).get("digest") or ""
    seen = {} if seen is None else seen
    if digest and digest not in seen:
        options = await ledger.batch_options(execution.tenant, execution.batch)
        plain = (options.get(execution.definition) or {}).get("policy") or {}
        if plain.get("digest") == digest:
            seen[digest] = Policy.model_validate(plain)
        else:
            seen[digest] = _stored(digest)
    return seen.get(digest)


def _stored(digest: str) -> Policy | None:
    from agents.controls.approval import Policy
    from infra.document_store import DocumentStore

    try:
        kept = DocumentStore(made_settings().documents).get(digest)
    except (FileNotFoundError, ValueError):
        return None
    return Policy.model_validate({**json.loads(kept), "digest": digest})


def waiting(execution: Execution, policy: Policy | None) -> dict[str, Any]:
    """For whom it waits: who may approve it today (``people``, or ``anyone`` but ``barred``), how many are ``needed``, who
    has (``approved``), ``since`` when, and the ``reminders``. By ``policy`` if it is known, else as it was recorded."""
    from agents.controls.approval import requirement

    known, result = approval_of(execution), execution.result
    case, approved, escalated = _asked(execution)
    asked: Mapping[str, Any] = known.get("requirement") or {}
    if policy and case:
        asked = requirement(policy, case, _today().date(), already=approved, escalated=escalated).as_json()
    return {
        "anyone": bool(asked.get("anyone", True)),
        "people": [name for name in asked.get("people", []) if name not in approved],
        "barred": list(asked.get("barred", [])),
        "needed": asked.get("needed", 1),
        "why": list(asked.get("why", [])),
        "approved": approved,
        "since": result.get("waits_since"),
        "reminders": list(result.get("reminders") or []),
    }


def may(execution: Execution, policy: Policy | None, person: str) -> bool:
    """Whether ``person`` may approve it today; as far as is known, where its policy is not."""
    from agents.controls.approval import may_approve, same_person

    case, approved, escalated = _asked(execution)
    if policy and case:
        return may_approve(policy, case, person, _today().date(), approved, escalated=escalated) is None
    waits = waiting(execution, None)
    if same_person(person, [*waits["barred"], *waits["approved"]]):
        return False
    return waits["anyone"] or same_person(person, waits["people"])


def people_text(waits: Mapping[str, Any]) -> str:
    """Who may approve, in a few words."""
    from agents.controls.approval import listed

    if waits["anyone"]:
        return f"anyone but {listed(waits['barred'])}" if waits["barred"] else "anyone"
    more = "" if waits["needed"] <= 1 or waits["approved"] else " (two of them)"
    return f"{listed(waits['people'])}{more}"


def reminders_text(waits: Mapping[str, Any]) -> str:
    """What was done about it, in a few words: ``2 reminders, the last on 2026-11-03 08:30:00; escalated``."""
    given = waits["reminders"]
    reminders = [one for one in given if one["kind"] == "reminder"]
    said = []
    if reminders:
        last = moment(datetime.fromisoformat(reminders[-1]["at"]))
        said.append(f"{counted(len(reminders), 'reminder')}, the last {last}")
    said += [f"escalated {moment(datetime.fromisoformat(one['at']))}" for one in given if one["kind"] == "escalation"]
    return "; ".join(said)


def since_text(waits: Mapping[str, Any]) -> str:
    """Since when it waits, in the reader's zone."""
    return moment(datetime.fromisoformat(waits["since"])) if waits["since"] else ""


def _asked(execution: Execution) -> tuple[Case | None, list[str], bool]:
    """What the policy is asked about, who has approved, and whether it was escalated."""
    from agents.controls.approval import Case

    known = approval_of(execution)
    case = Case.from_json(known["case"]) if known.get("case") else None
    approved = [one["by"] for one in known.get("approvals") or []]
    return case, approved, any(one["kind"] == "escalation" for one in execution.result.get("reminders") or [])


def _today() -> datetime:
    """The days of a policy are those of UTC."""
    return datetime.now(UTC)


def _print_policy(policy: Policy, source: str, as_json: bool) -> None:
    from agents.controls.approval import in_words

    words = in_words(policy)
    if as_json:
        said = {"name": policy.name, "digest": policy.digest, "source": source}
        print_json({**said, "ok": True, "words": words, "policy": policy.as_json()})
        return
    console = out()
    console.print(Text.assemble(cell(policy.name, "bold"), "  ", cell(f"from {source}")), soft_wrap=True)
    console.print(cell(f"SHA-256 {policy.digest}", "dim"), soft_wrap=True)
    for sentence in words:
        console.print(cell(f"- {sentence}"), soft_wrap=True)


def _explained(
    execution: Execution, policy: Policy | None, known: Mapping[str, Any], waits: Mapping[str, Any]
) -> list[tuple[str, str]]:
    """What `explain` says: name and value."""
    named, case = known.get("policy") or {}, known.get("case") or {}
    about = [
        f"{key.replace('_', ' ')} {case[key]}" for key in ("kind", "vendor", "cost_centre", "tenant") if case.get(key)
    ]
    rows = [
        ("policy", f"{named.get('name')}, SHA-256 {named.get('digest')}"),
        ("", "" if policy else "it is in force no more: what follows is as it was recorded"),
        ("rule", str(known.get("rule") or "")),
        ("asked about", ", ".join([amount_text(execution.amount, execution.currency), *about])),
        ("handed in by", ", ".join(case.get("submitters") or [])),
        ("decision", f"{execution.decision} by {execution.decided_by}" if execution.decision else ""),
        *(("", f"- {reason}") for reason in execution.reasons),
    ]
    rows += [
        ("approved by", f"{one['by']} {moment(datetime.fromisoformat(one['at']))}")
        for one in known.get("approvals") or []
    ]
    if execution.status.value == "review":
        rows += [("may approve", people_text(waits)), *(("", f"- {why}") for why in waits["why"])]
        rows += [("waits since", since_text(waits)), ("reminded", reminders_text(waits))]
    return [(name, value) for name, value in rows if value]

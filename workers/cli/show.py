"""``show``: everything known of one execution."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.console import Console
from rich.text import Text

from workers.cli._console import (
    ExecutionArgument,
    JsonOption,
    TenantFilter,
    add_row,
    cell,
    decision_text,
    in_office,
    moment,
    out,
    print_json,
    say,
    settle_commands,
    status_text,
    table,
)
from workers.office.wording import amount_text, counted, decided_by_text, evidence_text, money

if TYPE_CHECKING:
    from infra.records import Execution, Finding, ModelCall, Submission
    from workers.office.tally import Tally

EPILOG = """Examples:

counterfoil show Rechnung_RE-2026-0417.pdf

counterfoil show invoice-demo-3f2a

counterfoil show 3f2a9c --to-sender

counterfoil show 3f2a9c --json"""

_ROW = re.compile(r"(\w+)\[(\d+)\]\.(\w+)")
_SEVERITIES = {"error": "red", "warning": "yellow", "info": "dim"}
_VERDICTS = {"pass": "green", "not assessable": "yellow"}


def register(app: typer.Typer) -> None:
    """Add the command to ``app``."""
    app.command("show", epilog=EPILOG, rich_help_panel="Documents")(show)


def show(
    id: ExecutionArgument,
    tenant: TenantFilter = None,
    to_sender: Annotated[
        bool, typer.Option("--to-sender", help="Only what its e-invoice does not keep, in words for who sent it.")
    ] = False,
    as_json: JsonOption = False,
) -> None:
    """Show one execution: decision and why, fields with evidence, findings, model calls, cost, and where to look on."""
    from workers.office import executions

    stub = in_office(lambda office: executions.stub(office, id, tenant))
    execution, total, links = stub.execution, stub.total, stub.links
    if to_sender:
        _to_sender(execution, as_json)
        return
    if as_json:
        print_json(
            {
                **execution.model_dump(),
                "submissions": stub.submissions,
                "calls": stub.calls,
                "totals": total.as_json(),
                "links": links,
            }
        )
        return
    console = out()
    if id != execution.name and any(submission.name == id for submission in stub.submissions):
        say(f"{id} is the same document as {execution.name}", "yellow")
    _headline(console, execution, stub.submissions)
    _decision(console, execution)
    fields: Mapping[str, Any] = execution.result.get("fields") or {}
    _fields(console, fields)
    _tables(console, fields)
    _findings(console, execution)
    _calls(console, stub.calls)
    _steps(console, execution)
    _reviews(console, execution)
    _title(console, "Cost")
    say(_cost(total))
    for source in total.price_sources:
        say(f"price: {source}", "dim")
    if total.lost:
        say(f"{counted(total.lost, 'call')} lost: no answer was seen; they may have been paid", "yellow")
    _title(console, "Look on")
    say(f"Temporal  {links['temporal']}")
    say(f"Phoenix   {links['phoenix'] or 'no trace'}")
    if execution.status.value == "review":
        _title(console, "Settle it")
        for command in settle_commands(execution.id):
            say(command)


def _to_sender(execution: Execution, as_json: bool) -> None:
    from workers.office.sender import to_sender

    text = to_sender(execution)
    if as_json:
        print_json({"execution": execution.id, "to_sender": text})
        return
    for paragraph in text:
        out().print(cell(paragraph), soft_wrap=True)
    if not text:
        say(f"no rule of e-invoicing that {execution.name} does not keep")


def _cost(total: Tally) -> str:
    if not total.calls:
        return "no model calls"
    return f"{total.cost_text} for {counted(total.calls, 'model call')}, {counted(total.tokens, 'token')}"


def _title(console: Console, title: str) -> None:
    console.print(Text(f"\n{title}", "bold"))


def _headline(console: Console, execution: Execution, handed_in: Sequence[Submission]) -> None:
    title = Text.assemble(cell(execution.name, "bold"), "  ", status_text(execution.status.value))
    console.print(title, soft_wrap=True)
    facts = {
        "id": execution.id,
        "tenant, batch": f"{execution.tenant}, {execution.batch}",
        "document": f"SHA-256 {execution.digest}",
        "invoice": " ".join(
            part for part in (execution.number, "of " + execution.vendor if execution.vendor else None) if part
        ),
        "amount": amount_text(execution.amount, execution.currency),
        "started": moment(execution.started_at),
        "ended": moment(execution.ended_at),
    }
    others = [s for s in handed_in if (s.name, s.batch) != (execution.name, execution.batch)]
    if others:
        facts["also as"] = ", ".join(f"{s.name} (batch {s.batch})" for s in others[:10])
    for name, value in facts.items():
        if value:
            console.print(Text.assemble((f"{name:<14}", "dim"), cell(value)), soft_wrap=True)


def _decision(console: Console, execution: Execution) -> None:
    if execution.error:
        _title(console, "Failed")
        console.print(cell(execution.error, "red"), soft_wrap=True)
    if execution.decision:
        _title(console, "Decision")
        by = f" by {execution.decided_by}" if execution.decided_by else ""
        console.print(Text.assemble(decision_text(execution.decision), cell(by)))
        for reason in execution.reasons:
            console.print(Text.assemble("- ", cell(reason)), soft_wrap=True)


def _fields(console: Console, fields: Mapping[str, Any]) -> None:
    single = {path: field for path, field in fields.items() if not _ROW.fullmatch(path)}
    if not single:
        return
    _title(console, "Fields")
    shown = table("field", "value", "sure", "because", "source", "page", "box", "printed", whole=("field",))
    for path, field in single.items():
        evidence = field.get("evidence") or {}
        add_row(
            shown,
            path,
            field.get("value"),
            _percent(field.get("confidence")),
            ", ".join(field.get("grounds") or ()),
            evidence.get("source"),
            evidence.get("page"),
            _box(evidence.get("box")),
            _printed(evidence),
        )
    console.print(shown)


def _printed(evidence: Mapping[str, Any]) -> str | None:
    """What stands in the document; of a value that a person gave, who and in place of what."""
    if evidence.get("source") == "person":
        was = evidence.get("was")
        return f"{evidence.get('text')}, {f'in place of {was}' if was is not None else 'where nothing was found'}"
    return evidence.get("text") or evidence.get("locator")


def _percent(confidence: Any) -> str:
    """A confidence for people; nothing where none was judged."""
    return f"{confidence:.0%}" if isinstance(confidence, (int, float)) else ""


def _box(box: Any) -> str:
    """The corners of a box: left, top, right, bottom, as the agent keeps them."""
    numbers = list(box.values()) if isinstance(box, dict) else list(box or [])
    return " ".join(f"{number:.0f}" if isinstance(number, float) else str(number) for number in numbers)


def _tables(console: Console, fields: Mapping[str, Any]) -> None:
    """Fields in rows, such as ``lines[3].net_amount``, as the tables they are."""
    tables: dict[str, dict[int, dict[str, Any]]] = {}
    for path, field in fields.items():
        if row := _ROW.fullmatch(path):
            tables.setdefault(row[1], {}).setdefault(int(row[2]), {})[row[3]] = field
    for name, rows in sorted(tables.items(), reverse=True):
        columns = list(dict.fromkeys(column for row in rows.values() for column in row))
        _title(console, name.replace("_", " ").capitalize())
        shown = table("line" if name == "lines" else "row", *columns, "page", whole=("line", "row"))
        for number in sorted(rows):
            cells = rows[number]
            pages = {(field.get("evidence") or {}).get("page") for field in cells.values()}
            add_row(
                shown,
                f"{name}[{number}]",
                *(cells.get(column, {}).get("value") for column in columns),
                ", ".join(str(page) for page in sorted(p for p in pages if p is not None)),
            )
        console.print(shown)


def _findings(console: Console, execution: Execution) -> None:
    if not execution.findings:
        return
    _title(console, "Findings")
    shown = table(
        "verdict", "severity", "rule", "finding", "evidence", "decided by", whole=("verdict", "severity", "rule")
    )
    for finding in sorted(execution.findings, key=_weight):
        style = (
            _SEVERITIES.get(finding.severity, "") if finding.verdict == "fail" else _VERDICTS.get(finding.verdict, "")
        )
        severity = "" if finding.verdict == "pass" else finding.severity
        add_row(
            shown,
            cell(finding.verdict, style),
            cell(severity, style),
            finding.rule,
            finding.message,
            evidence_text(finding),
            decided_by_text(finding.decided_by),
        )
    console.print(shown)


def _weight(finding: Finding) -> tuple[int, int]:
    """What needs a person first, what is in order last."""
    verdicts, severities = ("fail", "not assessable", "pass"), list(_SEVERITIES)
    return (
        severities.index(finding.severity) if finding.severity in severities else 0,
        verdicts.index(finding.verdict) if finding.verdict in verdicts else 0,
    )


def _calls(console: Console, calls: Sequence[ModelCall]) -> None:
    if not calls:
        return
    _title(console, "Model calls")
    numbers = ("try", "prompt", "cached", "output", "seconds", "cost")
    wide = console.width >= 130
    asked = ("tier", "model", "prompt version") if wide else ("asked",)
    shown = table("step", *asked, "try", "status", *numbers[1:], right=numbers, whole=("status",))
    for call in calls:
        known = call.status.value in ("completed", "invalid")
        add_row(
            shown,
            call.step,
            *(
                (call.tier, call.model, call.prompt_version)
                if wide
                else (f"{call.tier}: {call.model}, prompt {call.prompt_version}",)
            ),
            call.attempt,
            call.status.value,
            *((call.usage.prompt, call.usage.cached, call.usage.output) if known else ("", "", "")),
            f"{call.seconds:.1f}" if call.seconds is not None else "",
            money(call.cost, call.currency) if known else "",
        )
    console.print(shown)
    for call in calls:
        if call.error:
            console.print(cell(f"{call.step}, try {call.attempt}: {call.error}", "yellow"), soft_wrap=True)


def _steps(console: Console, execution: Execution) -> None:
    if not execution.steps:
        return
    _title(console, "Steps")
    names = ("step", "ran in", "try", "started", "seconds", "note")
    shown = table(*names, right=("try", "seconds"), whole=("step", "started"))
    for step in execution.steps:
        seconds = (step.ended_at - step.started_at).total_seconds()
        add_row(shown, step.name, step.room, step.attempt, moment(step.started_at), f"{seconds:.1f}", step.note)
    console.print(shown)


def _reviews(console: Console, execution: Execution) -> None:
    if not execution.reviews:
        return
    _title(console, "Reviews")
    shown = table("at", "reviewer", "answer", "reason", "corrections", whole=("at", "answer"))
    for review in execution.reviews:
        corrections = ", ".join(f"{k}={v}" if v is not None else f"{k} removed" for k, v in review.corrections.items())
        add_row(shown, moment(review.at), review.reviewer, review.action, review.reason, corrections)
    console.print(shown)

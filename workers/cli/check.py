"""``check``: documents held against a rulebook, on their own: nothing is posted."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.text import Text

from workers.cli._console import (
    JsonOption,
    add_row,
    cell,
    current_settings,
    err,
    in_office,
    out,
    print_json,
    say,
    summary,
    table,
    the_tenant,
)
from workers.office.wording import counted, decided_by_text, evidence_text, shortened

if TYPE_CHECKING:
    from infra.records import Finding
    from workers.office import Office
    from workers.office.checking import Checked

EPILOG = """Examples:

counterfoil check invoice.pdf

counterfoil check contract.pdf --rulebook service-contract

counterfoil check invoices/*.pdf --rulebook house.yaml --json

Exit codes: 0 every rule that applies is kept, or broken with a warning at most (with --strict: kept); 1 one is not, or a person
has to look; 2 called wrongly."""

STYLES = {"pass": "green", "fail": "red", "not assessable": "yellow"}
"""Colour of a verdict."""


def register(app: typer.Typer) -> None:
    """Add the command to ``app``."""
    app.command("check", epilog=EPILOG, rich_help_panel="Rules")(check)


def check(
    paths: Annotated[list[Path], typer.Argument(metavar="FILE...", help="PDF and XML files.")],
    rulebook: Annotated[
        str | None,
        typer.Option(
            metavar="NAME|PATH", help="A shipped rulebook, or a YAML file.", show_default="the setting rulebook"
        ),
    ] = None,
    tenant: Annotated[str | None, typer.Option(help="For whom.", show_default="the setting tenant")] = None,
    strict: Annotated[bool, typer.Option("--strict", help="Exit with 1 on warnings, too.")] = False,
    as_json: JsonOption = False,
) -> None:
    """Hold documents against a rulebook, and say of each rule what it came to and what that rests on.

    Each is an execution of its own; the same bytes against the same rulebook are checked once. One that does not comply waits
    for a person, who accepts or rejects it with `counterfoil review`. Exit code 1 if one does not comply.
    """
    from workers.cli._following import draw
    from workers.intake import find_files
    from workers.office import checking
    from workers.office.following import follow_documents

    settings = checking.with_rulebook(current_settings(), rulebook)
    for_tenant = the_tenant(tenant)

    async def work(office: Office) -> list[Checked]:
        submitted = await checking.begin(office, find_files(paths), for_tenant)
        last = await draw(follow_documents(office, submitted), quiet=as_json)
        return await checking.checked(office, last.documents)

    try:
        checked = in_office(work, settings)
    except KeyboardInterrupt:
        err().print("stopped following; the executions go on. See `counterfoil status`")
        raise typer.Exit(130) from None
    if as_json:
        print_json({"rulebook": settings.rulebook, "documents": [_as_json(document) for document in checked]})
    else:
        for document in checked:
            _print(document)
    if not all(document.complies(strict=strict) for document in checked):
        raise typer.Exit(1)


def _print(checked: Checked) -> None:
    console = out()
    document, execution = checked.document, checked.execution
    title = Text.assemble(cell(document.submitted.name, "bold"), "  ", cell(document.status))
    console.print(title, soft_wrap=True)
    if execution is None or document.failed:
        say(document.why, "red")
        return
    shown = table("rule", "verdict", "severity", "decided by", "evidence", whole=("rule", "verdict", "severity"))
    for finding in checked.findings:
        add_row(
            shown,
            finding.rule,
            cell(finding.verdict, STYLES.get(finding.verdict, "")),
            finding.severity if finding.verdict != "pass" else "",
            _decided(finding),
            _rests_on(finding),
        )
    console.print(shown)
    counts = {v: sum(f.verdict == v for f in execution.findings) for v in ("pass", "fail", "not assessable")}
    book = (execution.result.get("rulebook") or {}).get("name", "?")
    kept = f"{book}: {counts['pass']} kept, {counts['fail']} not kept, {counts['not assessable']} not assessable"
    say(f"{kept}; {counted(execution.model_calls, 'model call')}; {execution.id}")
    if document.status == "review":
        say(f'next: counterfoil review approve {execution.id} --reason "…", or reject')
    console.print()


def _decided(finding: Finding) -> str:
    """Shortly: the model and its version stand in ``show`` and in JSON."""
    by = finding.decided_by
    if by.by == "model":
        named = f"model {by.tier or '?'}"
        return f"{named}; accepted by {by.accepted_by}" if by.accepted_by else named
    return decided_by_text(by)


def _rests_on(finding: Finding) -> str:
    """The quote with its page, else what the finding says."""
    if finding.evidence.get("quote"):
        return evidence_text(finding)
    return shortened(finding.message.partition(": ")[2] or finding.message, 160)


def _as_json(checked: Checked) -> dict[str, Any]:
    document, execution = checked.document, checked.execution
    return {
        "file": document.submitted.name,
        "status": document.status,
        "why": document.why,
        "complies": checked.complies(strict=False),
        "rulebook": execution.result.get("rulebook") if execution else None,
        "execution": summary(execution) if execution else None,
        "findings": checked.findings,
    }

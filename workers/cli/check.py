"""``check``: documents held against a rulebook, on their own: nothing is posted."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.text import Text

from workers.cli._console import (
    JsonOption,
    Problem,
    add_row,
    cell,
    decided_by_text,
    err,
    evidence_text,
    failing_clearly,
    made_settings,
    opened_ledger,
    out,
    print_json,
    run,
    shortened,
    summary,
    table,
)
from workers.office.wording import counted

if TYPE_CHECKING:
    from infra.records import Execution, Finding
    from infra.settings import Settings
    from workers.cli._following import Followed

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


@dataclass
class _Checked:
    """One file and what became of it."""

    row: Followed
    execution: Execution | None
    """With its findings, where it has been recorded."""

    def complies(self, *, strict: bool) -> bool:
        """Whether nothing in it needs a person, nor, if ``strict``, breaks a rule at all but for the record."""
        from infra.records import Status

        if self.row.failed or self.execution is None or self.execution.status is not Status.APPROVED:
            return False
        stands = ("error", "warning") if strict else ("error",)
        return not any(
            one.verdict != "pass" and one.severity in stands and one.decided_by.accepted_by is None
            for one in self.execution.findings
        )


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
    with failing_clearly():
        made, for_tenant = _settings(rulebook, tenant)
        try:
            checked = run(_check(paths, made, for_tenant, quiet=as_json))
        except KeyboardInterrupt:
            err().print("stopped following; the executions go on. See `counterfoil status`")
            raise typer.Exit(130) from None
        if as_json:
            print_json({"rulebook": made.rulebook, "documents": [_as_json(one) for one in checked]})
        else:
            for one in checked:
                _print(one)
        if not all(one.complies(strict=strict) for one in checked):
            raise typer.Exit(1)


def _settings(rulebook: str | None, tenant: str | None) -> tuple[Settings, str]:
    """The settings with the rulebook that was asked for, which can be used.

    Raises:
        Problem: it cannot, or the tenant cannot be called so.
    """
    from agents.controls.rulebook import BadRulebook, load_rulebook
    from workers.intake import BadSubmission, checked_name

    made = made_settings()
    if rulebook is not None:
        made = made.model_copy(update={"rulebook": rulebook})
    try:
        load_rulebook(made.rulebook)
        return made, checked_name("tenant", made.tenant if tenant is None else tenant)
    except (BadRulebook, BadSubmission) as error:
        raise Problem(str(error), code=2) from error


async def _check(paths: Sequence[Path], made: Settings, tenant: str, *, quiet: bool) -> list[_Checked]:
    from infra.temporal.connect import connect
    from workers.cli._following import follow
    from workers.intake import BadSubmission, find_files
    from workers.office.submission import Submitted, new_batch, submit

    try:
        found = find_files(paths)
    except BadSubmission as error:
        raise Problem(str(error), code=2) from error
    batch = f"check-{new_batch()}"
    client = await connect(made)
    async with opened_ledger() as ledger:
        done = await submit(
            found.files,
            client=client,
            ledger=ledger,
            settings=made,
            tenant=tenant,
            batch=batch,
            definition="compliance",
            refused=found.refused,
        )
        refused = [Submitted(one.name, "refused", one.path, error=one.reason) for one in found.refused]
        rows = await follow(ledger, client, [*done, *refused], batch=batch, quiet=quiet)
        ids = [row.submitted.execution_id for row in rows]
        known = [await ledger.execution(id) if id else None for id in ids]
    return [_Checked(row, execution) for row, execution in zip(rows, known, strict=True)]


def _print(one: _Checked) -> None:
    console = out()
    row, execution = one.row, one.execution
    console.print(Text.assemble(cell(row.submitted.name, "bold"), "  ", cell(row.status)), soft_wrap=True)
    if execution is None or row.failed:
        console.print(cell(row.why, "red"), soft_wrap=True)
        return
    shown = table("rule", "verdict", "severity", "decided by", "evidence", whole=("rule", "verdict", "severity"))
    for finding in ordered(execution.findings):
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
    said = f"{book}: {counts['pass']} kept, {counts['fail']} not kept, {counts['not assessable']} not assessable"
    console.print(f"{said}; {counted(execution.model_calls, 'model call')}; {execution.id}", soft_wrap=True)
    if row.status == "review":
        console.print(f'next: counterfoil review approve {execution.id} --reason "…", or reject', soft_wrap=True)
    console.print()


def ordered(findings: Sequence[Finding]) -> list[Finding]:
    """What needs a person first, what is kept last."""
    severities = {"error": 0, "warning": 1, "info": 2}
    return sorted(findings, key=lambda f: (f.verdict == "pass", severities.get(f.severity, 3), f.rule))


def _decided(finding: Finding) -> str:
    """Shortly: the model and its version stand in ``show`` and in JSON."""
    by = finding.decided_by
    if by.by == "model":
        said = f"model {by.tier or '?'}"
        return f"{said}; accepted by {by.accepted_by}" if by.accepted_by else said
    return decided_by_text(by)


def _rests_on(finding: Finding) -> str:
    """The quote with its page, else what the finding says."""
    if finding.evidence.get("quote"):
        return evidence_text(finding)
    return shortened(finding.message.partition(": ")[2] or finding.message, 160)


def _as_json(one: _Checked) -> dict[str, Any]:
    row, execution = one.row, one.execution
    return {
        "file": row.submitted.name,
        "status": row.status,
        "why": row.why,
        "complies": one.complies(strict=False),
        "rulebook": execution.result.get("rulebook") if execution else None,
        "execution": summary(execution) if execution else None,
        "findings": ordered(execution.findings) if execution else [],
    }

"""``score``: documents with known truth through the stack that runs, and what came of it held against that truth."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.console import Console
from rich.table import Table
from rich.text import Text

from workers.cli._console import (
    add_row,
    cell,
    current_settings,
    err,
    in_office,
    out,
    say,
    status_text,
    statuses_text,
    table,
    warn,
)
from workers.cli._outcomes import stopped
from workers.office.errors import CannotDo, WronglyAsked
from workers.office.wording import counted, shortened

if TYPE_CHECKING:
    from workers.office import Office
    from workers.score.baseline import Baseline
    from workers.score.calibration import Calibration
    from workers.score.corpus import Corpus
    from workers.score.report import Figures, Report, Spread
    from workers.score.running import Reading, Run

EPILOG = """Examples:

counterfoil up && counterfoil score invoices/ truth/

counterfoil score invoices/ truth/ --json scored.json --out read --plot calibration.png

counterfoil score invoices/ truth/ --limit 5 --at-once 1

counterfoil score invoices/ truth/ --baseline baseline.json

Each run is a tenant of its own, so that the model is asked again; with --tenant of an earlier run its documents are scored
as they stand, and only what is missing or failed is run. A model server that still holds the prompts of an earlier run
counts them as cached: start it anew for figures of computed tokens. The `as_baseline` of a --json report, in a file of
its own, is what --baseline reads."""


def register(app: typer.Typer) -> None:
    """Add the command to ``app``."""
    app.command("score", epilog=EPILOG, rich_help_panel="The stack on this machine")(score)


def score(
    pdfs: Annotated[Path, typer.Argument(metavar="PDF_DIR", help="Folder of <id>.pdf.")],
    truths: Annotated[Path, typer.Argument(metavar="GT_DIR", help="Folder of <id>.json: what is true of each.")],
    json_to: Annotated[
        Path | None,
        typer.Option("--json", metavar="FILE", help="Write the report as JSON.", show_default="not written"),
    ] = None,
    folder: Annotated[
        Path | None,
        typer.Option("--out", metavar="DIR", help="Write what was read, <id>.json each.", show_default="not written"),
    ] = None,
    tenant: Annotated[str | None, typer.Option(help="For whom.", show_default="score- and the time")] = None,
    batch: Annotated[str | None, typer.Option(help="Name of the documents together.", show_default="the time")] = None,
    groups: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="JSON of id to layout.", show_default="manifest.json beside GT_DIR"),
    ] = None,
    limit: Annotated[int | None, typer.Option(min=1, help="Only the first so many.", show_default="all")] = None,
    only: Annotated[str | None, typer.Option(metavar="ID,ID", help="Only these.", show_default="all")] = None,
    at_once: Annotated[int, typer.Option(min=1, help="Documents handed in at a time.")] = 4,
    sure: Annotated[float, typer.Option(min=0, max=1, help="Confidence from which a value is called sure.")] = 0.95,
    baseline: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Figures not to fall below.", show_default="none")
    ] = None,
    plot_to: Annotated[
        Path | None,
        typer.Option("--plot", metavar="FILE", help="Draw the calibration as PNG and SVG.", show_default="not drawn"),
    ] = None,
    grounds_to: Annotated[
        Path | None,
        typer.Option(
            "--grounds",
            metavar="FILE",
            help="Add to FILE how many values on which grounds were right: what confidence rests on.",
            show_default="not written",
        ),
    ] = None,
) -> None:
    """Run a folder of documents with known truth through the stack, and score what was read and decided.

    The stack must run: `counterfoil up`. Exit code 1 if an approved execution has a wrong key field, a document has no
    outcome, or a figure is worse than the baseline.
    """
    from workers.intake import checked_name
    from workers.office.submission import new_batch
    from workers.score.baseline import BadBaseline, Baseline, judge
    from workers.score.corpus import BadCorpus, read_corpus
    from workers.score.files import add_grounds, write_predictions, write_report
    from workers.score.plot import CannotPlot, check, plot
    from workers.score.running import Run

    in_batch = checked_name("batch", new_batch() if batch is None else batch)
    for_tenant = checked_name("tenant", f"score-{new_batch()}" if tenant is None else tenant)
    run = Run(tenant=for_tenant, batch=in_batch, at_once=at_once)
    try:
        chosen = [id.strip() for id in only.split(",") if id.strip()] if only is not None else []
        corpus = read_corpus(pdfs, truths, manifest=groups, only=chosen, limit=limit)
        guarded = Baseline.read(baseline) if baseline else None
        if plot_to:
            check(plot_to)
    except (BadCorpus, BadBaseline, CannotPlot) as error:
        raise WronglyAsked(str(error)) from error
    for file in (json_to, plot_to, grounds_to):
        if file and not file.resolve().parent.is_dir():
            raise WronglyAsked(f"{file} cannot be written: there is no folder {file.resolve().parent}")
    if corpus.unjudged:
        left_out = f"{counted(len(corpus.unjudged), 'PDF')} without ground truth left out: {', '.join(corpus.unjudged)}"
        warn(shortened(left_out), "yellow")
    report, predictions = _scored(corpus, run, sure)
    judge(report, guarded)
    try:
        if folder:
            write_predictions(folder, predictions)
        if json_to:
            write_report(json_to, report)
        if grounds_to:
            add_grounds(grounds_to, report.calibration)
        drawn = plot(report, plot_to) if plot_to else []
    except OSError as error:
        raise CannotDo(f"{error.filename or 'a file'} cannot be written: {error.strerror or error}") from error
    _print(report)
    for place in [place for place in (json_to, grounds_to, folder, *drawn) if place]:
        say(f"written: {place}", "dim")
    _print_guard(report, guarded)
    if not report.guard.passed:
        raise typer.Exit(1)


def _scored(corpus: Corpus, run: Run, sure: float) -> tuple[Report, dict[str, Mapping[str, Any]]]:
    """The report of a run, and what was read by id: nothing of what failed."""
    from datetime import UTC, datetime

    from workers.office.submission import checked_definition
    from workers.score import running
    from workers.score.report import make_report, prediction

    began = datetime.now(UTC)
    begun: list[bool] = []

    async def work(office: Office) -> list[Reading]:
        await office.temporal()
        await office.ledger.ping()
        documents = counted(len(corpus.documents), "document")
        warn(f"{documents} of {corpus.name}, {run.at_once} at a time, as tenant {run.tenant}, batch {run.batch}")
        begun.append(True)
        return await running.read_all(office, corpus.documents, run, settled=_Progress(len(corpus.documents)))

    try:
        readings = in_office(work)
    except KeyboardInterrupt:
        code = stopped(run.batch, begun=bool(begun))
        err().print(f"go on from here with --tenant {run.tenant}", soft_wrap=True)
        raise typer.Exit(code) from None
    options = checked_definition(run.definition).options(current_settings())
    ended = datetime.now(UTC)
    report = make_report(corpus, readings, run, options=options, sure=sure, began=began, ended=ended)
    return report, {reading.document.id: prediction(reading.followed.execution) for reading in readings}


class _Progress:
    """A line for each document that has settled."""

    def __init__(self, of: int) -> None:
        self._of = of
        self._done = 0

    def __call__(self, reading: Reading) -> None:
        from workers.office.executions import seconds_taken
        from workers.score.report import Scored

        self._done += 1
        scored = Scored.of(reading)
        seconds = seconds_taken(scored.execution)
        parts = [
            f"{self._done:>{len(str(self._of))}}/{self._of}  {reading.document.id}  {scored.status}",
            f"{scored.score.right} of {len(scored.score.cells)} right",
            counted(scored.tally.calls, "model call"),
            *([f"{seconds:.1f} s"] if seconds is not None else []),
            *([shortened(reading.followed.why, 160)] if reading.followed.failed else []),
        ]
        warn(", ".join(parts))


def _print(report: Report) -> None:
    console = out()
    _print_documents(console, report)
    _print_fields(console, report)
    _print_groups(console, report)
    _print_usage(console, report)
    _print_calibration(console, report.calibration, len(report.documents))
    decided = report.decisions
    console.print(
        f"{statuses_text(status for status, n in decided.by_status.items() for _ in range(n))}; "
        f"approved without a person: {decided.approved_without_a_person} of {report.overall.documents} "
        f"({_percent(decided.share)})",
        soft_wrap=True,
    )


def _print_documents(console: Console, report: Report) -> None:
    numbers = ("right", "line F1", "calls", "computed", "seconds")
    shown = table(
        "document", "status", "header", *numbers, "wrong or not read", right=numbers, whole=("document", "status")
    )
    for document in report.documents:
        add_row(
            shown,
            document.id,
            status_text(document.status),
            Text("exact", "green") if document.header_exact else "",
            f"{document.right}/{document.scored}",
            _percent(document.line_f1),
            document.model_calls,
            f"{document.computed_tokens:,}",
            f"{document.seconds:.1f}" if document.seconds is not None else "",
            shortened(", ".join(wrong.field for wrong in document.wrong)),
        )
    _titled(console, "by document", shown)


def _print_fields(console: Console, report: Report) -> None:
    numbers = ("accuracy", "right", "of")
    shown = table("field", *numbers, right=numbers, whole=("field",))
    for name, field in report.fields.items():
        add_row(shown, name, _percent(field.accuracy), field.right, field.scored)
    _titled(console, "by field", shown)


def _print_groups(console: Console, report: Report) -> None:
    numbers = ("documents", "micro", "header exact", "line P", "line R", "line F1", "approved")
    shown = table("layout", *numbers, right=numbers)
    for name, figures in report.groups.items():
        add_row(shown, name, *_figures(figures))
    shown.add_section()
    add_row(shown, Text("all", "bold"), *_figures(report.overall))
    _titled(console, "by layout", shown)


def _figures(figures: Figures) -> Sequence[object]:
    return (
        figures.documents,
        _percent(figures.micro),
        _percent(figures.header_exact),
        _percent(figures.line_precision),
        _percent(figures.line_recall),
        _percent(figures.line_f1),
        figures.approved,
    )


def _print_usage(console: Console, report: Report) -> None:
    numbers = ("mean", "median", "max", "total")
    shown = table("a document took", *numbers, right=numbers)
    usage = report.usage
    rows: list[tuple[str, Spread, str]] = [
        ("model calls", usage.model_calls, ",.1f"),
        ("prompt tokens", usage.prompt_tokens, ",.0f"),
        ("  of them cached", usage.cached_tokens, ",.0f"),
        ("output tokens", usage.output_tokens, ",.0f"),
        ("computed tokens", usage.computed_tokens, ",.0f"),
        ("seconds", usage.seconds, ",.1f"),
    ]
    for name, spread, form in rows:
        values = (spread.mean, spread.median, spread.max, spread.total)
        add_row(shown, name, *("" if value is None else format(value, form) for value in values))
    console.print(shown)
    models = ", ".join(f"{used.model} ({used.tier}, {counted(used.calls, 'call')})" for used in report.run.models)
    lost = f"; {counted(usage.lost_calls, 'call')} lost" if usage.lost_calls else ""
    console.print(
        cell(f"{models or 'no model was asked'}; computed = prompt - cached + output{lost}; whole run "
             f"{usage.wall_seconds:,.0f} s, {report.run.at_once} at a time", "dim"),
        soft_wrap=True,
    )  # fmt: skip
    console.print()


def _print_calibration(console: Console, calibration: Calibration, documents: int) -> None:
    if not calibration.n:
        console.print(
            f"calibration: none of {counted(calibration.without, 'value')} carries a confidence", soft_wrap=True
        )
        console.print()
        return
    bins: Table = table("confidence", "values", "right", "said", "is", right=("values", "right", "said", "is"))
    for bin in calibration.bins:
        if bin.n:
            interval = f"{bin.above:.1f} to {bin.up_to:.1f}"
            add_row(bins, interval, bin.n, bin.right, _percent(bin.confidence), _percent(bin.share))
    _titled(console, "calibration", bins)
    numbers = ("untouched", "share", "wrong", "values", "right")
    points = table("all keys at least", *numbers, right=numbers)
    for point in calibration.curve:
        add_row(
            points,
            f"{point.threshold:g}",
            point.touchless,
            _percent(point.share),
            Text(str(point.wrong), "red") if point.wrong else "0",
            point.values,
            _percent(point.values_right / point.values if point.values else None),
        )
    _titled(console, f"documents of {documents} that confidence alone would let through", points)
    sure = calibration.sure
    console.print(
        f"called sure (at least {sure.threshold:g}): {sure.n} of {counted(calibration.n, 'value')}, {sure.right} right"
        + (f" ({_percent(sure.share)}, not below {_percent(sure.wilson_lower)} at 95 %)" if sure.n else "")
        + (f"; {sure.n - sure.right} wrong" if sure.n > sure.right else "")
        + f"; expected calibration error {calibration.expected_error or 0:.3f}",
        soft_wrap=True,
    )
    if calibration.sure_in_surplus_rows:
        console.print(
            f"as sure in rows that do not exist: {counted(calibration.sure_in_surplus_rows, 'value')}", soft_wrap=True
        )
    if calibration.without:
        console.print(f"without a confidence: {counted(calibration.without, 'value')}", soft_wrap=True)
    console.print()


def _print_guard(report: Report, baseline: Baseline | None) -> None:
    console = out()
    if report.guard.passed:
        against = ", nothing is worse than the baseline" if baseline else ""
        console.print(
            Text(f"✓ no approved document has a wrong key field, every document has an outcome{against}", "green")
        )
    for failure in report.guard.failures:
        console.print(cell(f"✗ {failure}", "red"), soft_wrap=True)


def _titled(console: Console, title: str, shown: Table) -> None:
    console.print(Text(title, "bold"))
    console.print(shown)
    console.print()


def _percent(share: float | None) -> str:
    return "" if share is None else f"{100 * share:.1f} %"

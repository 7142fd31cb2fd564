"""The calibration of a run as a picture: how often confidence is right, and what would go through on its word."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from infra.failures import Failure
from workers.score.calibration import Bin, Touchless, curve, wilson_lower, wilson_upper
from workers.score.report import Report

if TYPE_CHECKING:
    from matplotlib.axes import Axes

FORMATS = (".png", ".svg", ".pdf")
RIGHT, WRONG, INK, MUTED = "#2a7f62", "#c8553d", "#22313f", "#8a949c"


class CannotPlot(Failure):
    """There will be no picture, as the message says."""


def check(path: Path) -> None:
    """Find out, before hours of reading, whether `plot` can write to ``path``.

    Raises:
        CannotPlot: matplotlib is not there, or the ending is not one of `FORMATS`.
    """
    if path.suffix.lower() not in FORMATS:
        raise CannotPlot(f"{path} cannot be plotted to: end its name in {', '.join(FORMATS)}")
    try:
        import matplotlib  # noqa: F401
    except ImportError as error:
        raise CannotPlot("a plot needs matplotlib, a requirement of development: run `make setup`") from error


def plot(report: Report, path: Path) -> list[Path]:
    """Draw ``report`` to ``path``; beside a PNG the same as SVG. Returns what was written.

    Raises:
        CannotPlot: see `check`.
        OSError: the file cannot be written.
    """
    check(path)
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    figure = Figure(figsize=(12.5, 5.6), layout="constrained")
    FigureCanvasAgg(figure)
    left, right = figure.subplots(1, 2)
    models = ", ".join(dict.fromkeys(used.model for used in report.run.models)) or "no model"
    figure.suptitle(
        f"{_plain(report.run.corpus)}   ·   {_plain(models)}   ·   {report.overall.documents} documents, "
        f"{report.calibration.n} values with confidence",
        fontsize=12,
        color=INK,
    )
    _reliability(left, report)
    _touchless(right, report)
    for axes in (left, right):
        axes.spines[["top", "right"]].set_visible(False)
        axes.grid(color="#e7eaec", linewidth=0.8)
        axes.set_axisbelow(True)
    written = [path, path.with_suffix(".svg")] if path.suffix.lower() == ".png" else [path]
    for file in written:
        with warnings.catch_warnings():
            warnings.filterwarnings(
                "ignore", message="Glyph .* missing from font"
            )  # a name in a script the font has not
            figure.savefig(file, dpi=160)
    return written


def _reliability(axes: Axes, report: Report) -> None:
    """Share right over confidence, a point for each bin, with its 95 % interval; on the diagonal confidence is true."""
    bins: Sequence[Bin] = [bin for bin in report.calibration.bins if bin.n]
    axes.plot([0, 1], [0, 1], color=MUTED, linestyle="--", linewidth=1, label="said = true")
    if bins:
        x = [bin.confidence or 0.0 for bin in bins]
        y = [bin.share or 0.0 for bin in bins]
        low = [share - wilson_lower(bin.right, bin.n) for bin, share in zip(bins, y, strict=True)]
        high = [wilson_upper(bin.right, bin.n) - share for bin, share in zip(bins, y, strict=True)]
        bars = [[max(0.0, width) for width in side] for side in (low, high)]
        axes.errorbar(
            x,
            y,
            yerr=bars,
            fmt="o",
            color=RIGHT,
            capsize=3,
            linewidth=1.4,
            label="values read (how many), 95 % interval",
        )
        for bin, at, share in zip(bins, x, y, strict=True):
            below = -12 if share > 0.1 else 4
            axes.annotate(f"{bin.n}", (at, share), textcoords="offset points", xytext=(7, below), fontsize=8, color=INK)
    else:
        _say(axes, "no value carried a confidence")
    error = report.calibration.expected_error
    axes.set(
        xlim=(0, 1.04),
        ylim=(0, 1.04),
        xlabel="confidence said (mean of the bin)",
        ylabel="share of values that are right",
        title="Reliability" + (f": expected calibration error {error:.3f}" if error is not None else ""),
    )
    axes.legend(loc="upper left", frameon=False, fontsize=9)


def _touchless(axes: Axes, report: Report) -> None:
    """Documents that would go through untouched, over the confidence asked of their key fields; those in red are wrong."""
    documents = [Touchless(document.key_confidence, document.key_wrong) for document in report.documents]
    known = sorted({document.confidence for document in documents if document.confidence is not None})
    sure = report.calibration.sure.threshold
    least = min([sure, *known]) - 0.02
    # A document goes through up to its own confidence: between two of them nothing changes.
    thresholds = [least, *known, 1.0]
    points = curve([], documents, thresholds)
    n = len(documents)
    right = [(point.touchless - point.wrong) / n for point in points]
    through = [point.touchless / n for point in points]
    if known:
        axes.fill_between(
            thresholds, 0, right, step="pre", color=RIGHT, alpha=0.35, label="untouched, key fields right"
        )
        axes.fill_between(
            thresholds, right, through, step="pre", color=WRONG, alpha=0.75, label="untouched, a key field wrong"
        )
        axes.step(thresholds, through, where="pre", color=INK, linewidth=1.2)
        axes.legend(loc="lower left", frameon=True, framealpha=0.9, edgecolor="none", fontsize=9)
    else:
        _say(axes, "no document could go through")
    at_sure = next(point for point in report.calibration.curve if point.threshold == sure)
    axes.axvline(sure, color=MUTED, linestyle="--", linewidth=1)
    axes.annotate(
        f"at {sure:g}: {at_sure.touchless} of {n} untouched, {at_sure.wrong} wrong",
        (sure, 1.0),
        textcoords="offset points",
        xytext=(-6, -4),
        ha="right",
        va="top",
        fontsize=9,
        color=INK,
    )
    axes.set(
        xlim=(least, 1.0),
        ylim=(0, 1.02),
        xlabel="confidence asked of every key field",
        ylabel="share of documents",
        title="Untouched documents, and the risk among them",
    )


def _say(axes: Axes, what: str) -> None:
    axes.text(0.5, 0.5, what, transform=axes.transAxes, ha="center", va="center", color=MUTED)


def _plain(text: str) -> str:
    """Text without the dollar signs matplotlib takes for formulas."""
    return text.replace("$", r"\$")

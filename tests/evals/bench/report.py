"""What came out: tables in the terminal, one JSON file, one picture."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

_WHO = ("worker", "reading", "server", "traces", "hand-in", "endpoint")


def print_machine(console: Console, machine: dict[str, Any]) -> None:
    """One line on where it ran."""
    console.print(
        f"{machine['processor']}, {machine['cores']} cores, {machine['memory_gib']} GiB, Python {machine['python']}; "
        f"load before: {machine['load_before'][0]}. Only figures of one run can be compared."
    )


def print_comparison(console: Console, rows: Sequence[dict[str, Any]], ours: str) -> None:
    """Two tables for each load: speed, and processor time."""
    for load in dict.fromkeys(row["load"] for row in rows):
        of_load = [row for row in rows if row["load"] == load]
        speed = _table(
            f"endpoint {load}: speed (×: over {ours} in the same round)",
            ("docs/s", "calls/s", "×", "p50 s", "p95 s", "alone s"),
        )
        cpu = _table(f"endpoint {load}: CPU milliseconds a call", ("all", "×", *_WHO))
        for row in of_load:
            speed.add_row(
                row["contender"],
                f"{row['documents_per_second']:.2f}",
                f"{row['calls_per_second']:.1f}",
                f"{row['speed_over_ours']:.2f}",
                f"{row['latency_p50']:.2f}",
                f"{row['latency_p95']:.2f}",
                f"{row['alone_p50']:.2f}",
            )
            taken = row["cpu_ms_per_call"]
            cpu.add_row(
                row["contender"],
                f"{sum(ms for who, ms in taken.items() if who != 'endpoint'):.0f}",
                f"{row['cpu_over_ours']:.2f}",
                *(f"{taken[who]:.1f}" if who in taken else "" for who in _WHO),
            )
        console.print(speed, cpu)


def print_kills(console: Console, rows: Sequence[dict[str, Any]]) -> None:
    """After a kill: calls paid again."""
    if not rows:
        return
    table = _table(
        "after SIGKILL of the worker in mid-run and its restart: calls paid again",
        ("needed", "again: in flight", "again: answered", "oldest, s", "s to the end"),
    )
    for row in rows:
        table.add_row(
            row["contender"],
            str(row["needed"]),
            str(row["repeated_in_flight"]),
            str(row["repeated_answered"]),
            f"{row['oldest_repeated_seconds']:.2f}",
            f"{row['seconds_to_the_end']:.1f}",
        )
    console.print(table)
    for row in rows:
        console.print(f"[bold]{row['contender']}[/bold]: {row['durability']}")


def print_saturation(console: Console, saturation: dict[str, Any] | None) -> None:
    """Ours over the bare client's."""
    if not saturation:
        return
    table = Table(title=f"saturation: endpoint of {saturation['rate']:g} calls/s, {saturation['in_flight']} in flight")
    for heading in ("round", "bare client calls/s", "Counterfoil calls/s", "ratio"):
        table.add_column(heading, justify="right")
    for n, row in enumerate(saturation["rounds"], 1):
        table.add_row(str(n), f"{row['bare']:.2f}", f"{row['ours']:.2f}", f"{row['ratio']:.3f}")
    table.add_row("median", "", "", f"{saturation['ratio_median']:.3f}")
    console.print(table)


def print_scale(console: Console, rows: Sequence[dict[str, Any]]) -> None:
    """One line a size."""
    if not rows:
        return
    table = Table(title="one batch")
    for heading in (
        "documents", "seconds", "docs/s", "first tenth", "last tenth", "worker MB", "server MB", "batch events",
        "most in a run", "runs", "ledger B/doc", "Temporal B/doc",
    ):  # fmt: skip
        table.add_column(heading, justify="right")
    for row in rows:
        table.add_row(
            f"{row['documents']:,}",
            f"{row['seconds']:.1f}",
            f"{row['documents_per_second']:.2f}",
            f"{row['documents_per_second_by_tenth'][0]:.2f}",
            f"{row['documents_per_second_by_tenth'][-1]:.2f}",
            f"{row['worker_peak_mb']:.0f}",
            f"{row['server_peak_mb']:.0f}",
            f"{sum(row['batch_history_events']):,}",
            f"{max(row['batch_history_events'], default=0):,}",
            str(len(row["batch_history_events"])),
            f"{row['ledger_bytes_per_document']:,.0f}",
            f"{row['temporal_bytes_per_document']:,.0f}",
        )
    console.print(table)


def write_json(path: Path, figures: dict[str, Any]) -> None:
    """Everything, with the machine and every contender's settings."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(figures, indent=2) + "\n")


def write_plot(path: Path, figures: dict[str, Any]) -> None:
    """One PNG: documents a second by contender and load, CPU of a call, saturation, and the curves of the batches."""
    import matplotlib

    matplotlib.use("Agg")
    from matplotlib import pyplot

    picture, ((speed, cpu), (rate, memory)) = pyplot.subplots(2, 2, figsize=(15, 10), layout="constrained")
    rows = figures.get("comparison", [])
    names = list(dict.fromkeys(row["contender"] for row in rows))
    loads = list(dict.fromkeys(row["load"] for row in rows))
    for k, load in enumerate(loads):
        heights = [row["documents_per_second"] for row in rows if row["load"] == load]
        speed.barh([n + k / (len(loads) + 1) for n in range(len(names))], heights, 1 / (len(loads) + 1), label=load)
    speed.set_yticks([n + 0.25 for n in range(len(names))], names)
    speed.invert_yaxis()
    speed.set_title("documents a second")
    if loads:
        speed.legend(title="endpoint")
    left = [0.0] * len(names)
    for who in _WHO[:-1]:
        widths = [row["cpu_ms_per_call"].get(who, 0) for row in rows if row["load"] == loads[0]] if loads else []
        if any(widths):
            cpu.barh(names, widths, left=left, label=who)
            left = [a + b for a, b in zip(left, widths, strict=True)]
    cpu.invert_yaxis()
    cpu.set_title(f"CPU milliseconds a call, endpoint {loads[0]}" if loads else "CPU milliseconds a call")
    if loads:
        cpu.legend()
    tenths = range(10, 110, 10)
    for row in figures.get("scale", []):
        rate.plot(tenths, row["documents_per_second_by_tenth"], marker="o", label=f"{row['documents']:,} documents")
        memory.plot(tenths, row["worker_mb_by_tenth"], marker="o", label=f"worker, {row['documents']:,}")
        memory.plot(
            tenths, row["server_mb_by_tenth"], marker="x", linestyle="--", label=f"server, {row['documents']:,}"
        )
    rate.set_title("documents a second over a batch")
    memory.set_title("resident memory over a batch, MB")
    for axes in (rate, memory):
        axes.set_xlabel("% of the batch done")
        axes.set_ylim(bottom=0)
        if figures.get("scale"):
            axes.legend()
    if saturation := figures.get("saturation"):
        rate.text(
            0.5, 0.02, f"saturation: {saturation['ratio_median']:.3f} of what a bare client gets", ha="center",
            transform=rate.transAxes,
        )  # fmt: skip
    machine = figures["machine"]
    picture.suptitle(f"{machine['processor']}, {machine['cores']} cores, {machine['memory_gib']} GiB")
    path.parent.mkdir(parents=True, exist_ok=True)
    picture.savefig(path, dpi=110)
    pyplot.close(picture)


def _table(title: str, headings: Sequence[str]) -> Table:
    table = Table(title=title)
    table.add_column("", no_wrap=True)
    for heading in headings:
        table.add_column(heading, justify="right")
    return table

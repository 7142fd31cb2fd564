"""The commands that run the local stack: `up`, `down`, `doctor` and `logs`."""

from __future__ import annotations

import json
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.console import Console
from rich.live import Live
from rich.markup import escape
from rich.spinner import Spinner
from rich.table import Table
from rich.text import Text

if TYPE_CHECKING:
    from infra import local

from workers.cli._console import current_settings

PLAIN_LINE_SECONDS = 15.0
"""How often a passing line is printed where lines cannot be replaced."""

_out = Console()
_err = Console(stderr=True)

JsonOption = Annotated[bool, typer.Option("--json", help="Print JSON and nothing else on standard output.")]
PARTS = "temporal, phoenix, model, worker"
"""Those of `infra.local`, told in help without loading it."""
PANEL = "The stack on this machine"


def register(app: typer.Typer) -> None:
    """Add the stack's commands to ``app``."""
    app.command("up", epilog=_examples("up", "up --only temporal,phoenix", "up --json"), rich_help_panel=PANEL)(up)
    stop = "Stop every part that up started."
    app.command("down", short_help=stop, epilog=_examples("down"), rich_help_panel=PANEL)(down)
    say = "Say how every part is and what to do next."
    app.command("doctor", short_help=say, epilog=_examples("doctor", "doctor --json"), rich_help_panel=PANEL)(doctor)
    logs_of = _examples("logs", "logs worker --follow", "logs model -n 100")
    app.command("logs", epilog=logs_of, rich_help_panel=PANEL)(logs)


def up(
    only: Annotated[
        str,
        typer.Option(help=f"Only these parts, separated by commas, instead of all: {PARTS}.", show_default=False),
    ] = "",
    as_json: JsonOption = False,
) -> None:
    """Start the local stack: Temporal, Phoenix, the model server and the worker.

    A part whose address is configured, or which already answers at its port, is used as it is. Running it again is
    harmless: it starts what is missing.
    """
    from infra import local

    parts = [name.strip() for name in only.split(",") if name.strip()] or None
    started = time.monotonic()
    with _failing_clearly(), _progress() as report:
        statuses = local.up(current_settings(), report, parts=parts)
    ready = all(status.ok for status in statuses)
    if as_json:
        _print_json([status.as_json() for status in statuses])
    elif ready:
        _err.print(f"\nready in {time.monotonic() - started:.0f} s", style="bold")
        for label, address in _addresses(statuses):
            _err.print(f"  {label:<18} {address}", highlight=False)
    if not ready:
        broken = ", ".join(status.name for status in statuses if not status.ok)
        _err.print(f"\nnot up: {broken}. The other parts are left as they are.", style="bold red", highlight=False)
        raise typer.Exit(1)


def down(as_json: JsonOption = False) -> None:
    """Stop every part that `up` started. What is configured elsewhere or was already running is left alone."""
    from infra import local

    with _failing_clearly(), _progress() as report:
        stopped = local.down(current_settings(), report)
    if as_json:
        _print_json({"stopped": stopped})
    elif not stopped:
        _err.print("nothing was running")


def doctor(as_json: JsonOption = False) -> None:
    """Say how every part is and what to do next. Exit code 1 if one that is needed does not answer."""
    from infra import local

    statuses = local.doctor(current_settings())
    if as_json:
        _print_json([status.as_json() for status in statuses])
    else:
        for status in statuses:
            _out.print(_described(status), highlight=False, soft_wrap=True)
    if not all(status.ok for status in statuses):
        raise typer.Exit(1)


def logs(
    part: Annotated[str, typer.Argument(help=f"{PARTS} or supervisor; all without it.", show_default=False)] = "",
    lines: Annotated[int, typer.Option("--lines", "-n", min=0, help="How many lines from the end.")] = 40,
    follow: Annotated[bool, typer.Option("--follow", "-f", help="Go on printing what is added.")] = False,
) -> None:
    """Print the end of a part's log, or of all logs."""
    from infra import local

    known = local.log_files(current_settings())
    if part and part not in known:
        _err.print(f"there is no part {part}; the parts are {', '.join(known)}", style="red", highlight=False)
        raise typer.Exit(2)
    files = {name: file for name, file in known.items() if part in ("", name) and file.exists()}
    if not files:
        _err.print("no log yet: start the part with `counterfoil up`")
        raise typer.Exit(1)
    positions: dict[str, int] = {}
    for name, file in files.items():
        content = file.read_bytes()
        positions[name] = len(content)
        for line in content.decode("utf-8", "replace").splitlines()[-lines:] if lines else []:
            _print_log_line(name, line, alone=bool(part))
    try:
        while follow:
            time.sleep(0.5)
            for name, file in files.items():
                size = file.stat().st_size if file.exists() else 0
                # A smaller file is a new one, begun when the log was rotated.
                with_offset = positions[name] if size >= positions[name] else 0
                if size > with_offset:
                    with file.open("rb") as log:
                        log.seek(with_offset)
                        for line in log.read().decode("utf-8", "replace").splitlines():
                            _print_log_line(name, line, alone=bool(part))
                positions[name] = size
    except KeyboardInterrupt:
        pass


def _examples(*commands: str) -> str:
    return "Examples: " + "; ".join(f"counterfoil {command}" for command in commands)


class _Lines:
    """Progress as plain lines, for logs and pipes: each is printed, a passing one every now and then."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._printed: dict[str, float] = {}

    def __call__(self, line: local.Progress) -> None:
        with self._lock:
            now = time.monotonic()
            if line.passing and now - self._printed.setdefault(line.part, now) < PLAIN_LINE_SECONDS:
                return
            self._printed[line.part] = now
            mark = ("ok  " if line.ok else "FAIL") if line.last else "    "
            print(f"{mark} {line.part:<9} {line.text}", file=sys.stderr, flush=True)


class _Board:
    """Progress on a terminal: one line a part, replaced as it goes on."""

    def __init__(self, live: Live) -> None:
        self._live = live
        self._lock = threading.Lock()
        self._rows: dict[str, local.Progress] = {}
        self._spinner = Spinner("dots")

    def __call__(self, line: local.Progress) -> None:
        with self._lock:
            self._rows[line.part] = line
            table = Table.grid(padding=(0, 1))
            for name, row in self._rows.items():
                mark: Any = self._spinner
                if row.last:
                    mark = Text("✓", "green") if row.ok else Text("✗", "red")
                table.add_row(mark, Text(name, "bold"), Text(row.text, "" if row.ok else "red"))
            self._live.update(table)


@contextmanager
def _progress() -> Iterator[local.Report]:
    if not _err.is_terminal:
        yield _Lines()
        return
    with Live(console=_err, refresh_per_second=8) as live:
        yield _Board(live)


@contextmanager
def _failing_clearly() -> Iterator[None]:
    from infra import local

    try:
        yield
    except local.StackError as error:
        _err.print(str(error), style="red", markup=False, highlight=False)
        raise typer.Exit(1) from None


def _addresses(statuses: list[local.PartStatus]) -> Iterator[tuple[str, str]]:
    for status in statuses:
        if status.name == "temporal":
            yield "Temporal UI", status.page
        elif status.name == "phoenix":
            yield "Phoenix", status.address
        elif status.name == "model":
            yield "model", status.address


def _described(status: local.PartStatus) -> str:
    colour = {"up": "green", "starting": "yellow", "down": "yellow", "failed": "red"}[status.state]
    origin = {
        "configured": ", configured",
        "managed": ", run by this stack",
        "found": ", already answering",
        "none": "",
    }[status.origin]
    facts = [status.address, status.version, status.detail]
    if status.pid:
        facts.append(f"pid {status.pid}")
    lines = [f"[bold]{status.name:<9}[/bold] [{colour}]{status.state}[/{colour}]{origin}"]
    lines += [f"          {escape(fact)}" for fact in facts if fact]
    if status.log:
        lines.append(f"          log {escape(status.log)}")
    if status.next_step:
        lines.append(f"          [bold]next:[/bold] {escape(status.next_step)}")
    return "\n".join(lines)


def _print_json(value: Any) -> None:
    print(json.dumps(value, indent=2))


def _print_log_line(name: str, line: str, *, alone: bool) -> None:
    print(line if alone else f"{name:<10} {line}", flush=True)

"""What is followed, live: a board that changes on a terminal, elsewhere a line for each change."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import contextmanager
from datetime import timedelta
from typing import TYPE_CHECKING, Protocol

from rich.console import Group, RenderableType
from rich.live import Live
from rich.progress_bar import ProgressBar
from rich.spinner import Spinner
from rich.table import Table
from rich.text import Text

from workers.cli._console import add_row, cell, decision_text, err, status_text, statuses_text, table
from workers.office.wording import clean, counted, money

if TYPE_CHECKING:
    from infra.records import BatchProgress
    from workers.office.following import Followed, Stand

LINE_SECONDS = 5.0
"""Between two lines about batches, where there is no terminal."""
_BAR_WIDTH = 40


async def draw(stands: AsyncIterator[Stand], *, quiet: bool) -> Stand:
    """Show how what is followed gets on; the last of its stands. ``quiet`` says nothing where there is no terminal."""
    with _board(quiet) as board:
        async for stand in stands:
            board.show(stand)
    return stand


def documents_table(documents: Sequence[Followed]) -> Table:
    """How documents get on."""
    numbers = ("calls", "tokens", "cost")
    shown = table("document", "status", "decision", *numbers, right=numbers, whole=("status",))
    for document in documents:
        tally, submitted = document.tally, document.submitted
        add_row(
            shown,
            cell(f"{submitted.name} = {submitted.same_as}" if submitted.same_as else submitted.name),
            status_text(document.status) if "," not in document.status else cell(document.status, "cyan"),
            decision_text(document.decision),
            f"{tally.calls}, {tally.lost} lost" if tally.lost else tally.calls or "",
            f"{tally.tokens:,}" if tally.calls else "",
            tally.cost_text if tally.calls else "",
        )
    return shown


def documents_text(documents: Sequence[Followed]) -> str:
    """How many documents are where."""
    review = sum(document.execution is not None and document.status == "review" for document in documents)
    failed = sum(document.failed for document in documents)
    settled = sum(document.settled for document in documents)
    parts = [f"{settled} of {len(documents)} settled"]
    parts += [f"{review} of them {'waits' if review == 1 else 'wait'} for review"] if review else []
    parts += [f"{failed} failed"] if failed else []
    return ", ".join(parts)


def batch_lines(progress: BatchProgress, *, moving: bool = True) -> list[str]:
    """How far a batch is, in a few lines; with how fast, if it is ``moving``."""
    counts = {status.value: count for status, count in progress.counts.items()} | {"refused": progress.refused}
    settled = f"{progress.settled:,} of {counted(progress.documents, 'document')} settled"
    lines = [settled + (f": {statuses_text(counts)}" if progress.settled else "")]
    left = {"running": progress.running, "to begin": progress.to_begin, "withheld": progress.withheld}
    if open_ones := ", ".join(f"{count:,} {name}" for name, count in left.items() if count):
        lines.append(open_ones)
    if progress.decisions:
        lines.append(", ".join(f"{count:,} {by}" for by, count in sorted(progress.decisions.items())))
    if progress.model_calls:
        cost = money(progress.cost, progress.cost_currency)
        lines.append(f"{counted(progress.model_calls, 'model call')}, {counted(progress.usage.total, 'token')}, {cost}")
    if progress.documents_per_second and not progress.idle and moving:
        rate = f"{progress.documents_per_second:.1f} documents a second"
        if progress.documents_per_second < 1:
            rate = f"{progress.documents_per_second * 60:.1f} documents a minute"
        seconds = progress.seconds_left
        lines.append(rate + (f", about {timedelta(seconds=round(seconds))} left" if seconds is not None else ""))
    return lines


def batch_bar(progress: BatchProgress) -> Table:
    """How far a batch is, as a bar."""
    grid = Table.grid(padding=(0, 1))
    done = progress.settled + progress.withheld
    share = 100 * done // progress.documents if progress.documents else 100
    grid.add_row(ProgressBar(total=max(progress.documents, 1), completed=done, width=_BAR_WIDTH), f"{share} %")
    return grid


class _Board(Protocol):
    def show(self, stand: Stand) -> None: ...


class _Silence:
    def show(self, stand: Stand) -> None:
        pass


class _Lines:
    """For logs and pipes: a line for each change of a document, and every few seconds one for each batch, if there is news."""

    def __init__(self) -> None:
        self._statuses: dict[int, str] = {}
        self._batches: list[str] = []
        self._at = float("-inf")
        self._notes: set[str] = set()

    def show(self, stand: Stand) -> None:
        console = err()
        for number, document in enumerate(stand.documents):
            status = document.status
            if self._statuses.get(number) != status and status != "queued":
                self._statuses[number] = status
                tally = document.tally
                counts = [counted(tally.calls, "model call")] if tally.calls else []
                counts += [f"{tally.lost} lost"] if tally.lost else []
                calls = f" ({', '.join(counts)})" if counts else ""
                name = clean(document.submitted.name, lines=False)
                console.print(f"{stand.seconds:6.1f} s  {name}: {clean(status)}{calls}")
        for note in stand.notes:
            if note not in self._notes:
                console.print(note, soft_wrap=True)
        # What holds a batch up is told again when it comes back; the suspicion about documents, once.
        self._notes = set(stand.notes) if stand.batches else self._notes | set(stand.notes)
        lines = [f"{batch.batch} of {batch.tenant}: {'; '.join(batch_lines(batch))}" for batch in stand.batches]
        if lines != self._batches and (stand.settled or time.monotonic() - self._at >= LINE_SECONDS):
            self._batches, self._at = lines, time.monotonic()
            for line in lines:
                console.print(line, soft_wrap=True)


class _Live:
    """A table of documents, of more than the screen has lines the open ones; a bar for each batch, with what it comes to."""

    def __init__(self, live: Live) -> None:
        self._live = live
        self._spinner = Spinner("dots")

    def show(self, stand: Stand) -> None:
        parts = self._documents(stand) if stand.documents else []
        for batch in stand.batches:
            parts += [Text(f"batch {batch.batch} of tenant {batch.tenant}", "bold"), batch_bar(batch)]
            parts += [Text(line) for line in batch_lines(batch)]
        self._live.update(Group(*parts, *(Text(note, "yellow") for note in stand.notes)))

    def _documents(self, stand: Stand) -> list[RenderableType]:
        room = max(self._live.console.height - 8, 4)
        shown = list(stand.documents)
        if len(shown) > room:
            shown = sorted(shown, key=lambda document: document.settled)[:room]
        caption = f"{documents_text(stand.documents)}, {stand.seconds:.0f} s"
        if len(shown) < len(stand.documents):
            caption += f"; {counted(len(stand.documents) - len(shown), 'more document')}"
        self._spinner.update(text=Text(caption))
        return [documents_table(shown), self._spinner]


@contextmanager
def _board(quiet: bool) -> Iterator[_Board]:
    console = err()
    if quiet and not console.is_terminal:
        yield _Silence()
    elif not console.is_terminal:
        yield _Lines()
    else:
        with Live(console=console, refresh_per_second=6, transient=True) as live:
            yield _Live(live)

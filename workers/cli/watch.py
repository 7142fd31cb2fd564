"""``watch``: hand in what is dropped into a folder."""

from __future__ import annotations

import asyncio
import json
import signal
import sys
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from workers.cli._console import current_settings, err, say, warn
from workers.office.errors import CannotDo, WronglyAsked
from workers.office.wording import counted

if TYPE_CHECKING:
    from workers.office.watching import FileOutcome

EPILOG = """Examples:

counterfoil watch /srv/invoices

counterfoil watch inbox/ --tenant acme --batch march --priority urgent

counterfoil watch inbox/ --once --json

Files, ZIP archives, folders, and manifests with the files they name are handed in once they have not changed between two
looks, and moved to taken/ in the folder, or to refused/ with a .reason.txt. A sender who is slow does best to write a file
as NAME.part and to rename it."""


def register(app: typer.Typer) -> None:
    """Add the command to ``app``."""
    app.command("watch", epilog=EPILOG, rich_help_panel="Documents")(watch)


def watch(
    folder: Annotated[Path, typer.Argument(metavar="FOLDER", help="Where files are dropped.")],
    tenant: Annotated[
        str | None,
        typer.Option(
            help="For whom, and for nobody else, whatever a manifest there says.",
            show_default="the setting tenant, where a manifest names no other",
        ),
    ] = None,
    batch: Annotated[
        str | None, typer.Option(help="Name of the documents together.", show_default="one a day: watch-DATE")
    ] = None,
    definition: Annotated[str, typer.Option(help="The workflow that takes them.")] = "invoice",
    priority: Annotated[
        str,
        typer.Option(
            help="1 (most urgent) to 5, or urgent, normal or bulk, where a manifest gives none. A manifest gives none more "
            "urgent, unless the setting watch_most_urgent does."
        ),
    ] = "normal",
    every: Annotated[
        float, typer.Option(metavar="SECONDS", min=0.01, help="Between two looks; a file must not change for so long.")
    ] = 5.0,
    once: Annotated[bool, typer.Option("--once", help="Hand in what is there, and end.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print a JSON object a line for each file.")] = False,
) -> None:
    """Hand in what is dropped into a folder, until stopped.

    What was handed in is moved to taken/, what a person must look at to refused/ with the reason: what is left in the folder
    is still to be done. Stopped at any time and started again, it begins nothing twice. It looks at the folder again and
    again, so that network shares work too, and waits while Temporal or the ledger is away. Exit code 1 if, with --once, a
    file could not be taken.
    """
    from workers.intake import WatchedFolder
    from workers.office.submission import checked_terms
    from workers.office.watching import Watching

    settings = current_settings()
    terms = checked_terms(settings, tenant=tenant, batch=batch, definition=definition, priority=priority)
    if not folder.is_dir():
        raise WronglyAsked(f"there is no folder {folder} to watch")
    watched = WatchedFolder(folder, wait_for_named=0) if once else WatchedFolder(folder)
    try:
        watched.prepare()
    except OSError as error:
        raise CannotDo(f"files in {folder} could not be moved when they are done: {error.strerror or error}") from error
    watching = Watching(settings, watched, terms, _Teller(as_json), daily=batch is None, bound=tenant is not None)

    async def work() -> None:
        stop = _signals()
        if not once:
            warn(f"watching {folder} for tenant {terms.tenant}; Ctrl-C ends it")
            await watching.on_and_on(every, stop)
        elif arriving := await watching.once(every, stop):
            warn(f"{counted(arriving, 'entry', 'entries')} still arriving: left for the next time")

    try:
        asyncio.run(work())
    except KeyboardInterrupt:
        raise typer.Exit(130) from None
    if once and watching.refused:
        raise typer.Exit(1)


class _Teller:
    """Prints what happens, at once even into a pipe."""

    def __init__(self, as_json: bool) -> None:
        self._as_json = as_json

    def settled(self, outcome: FileOutcome) -> None:
        if self._as_json:
            print(json.dumps(asdict(outcome)), flush=True)
        elif outcome.error:
            say(f"{outcome.file}: {outcome.outcome}: {outcome.error}", "red")
        else:
            say(f"{outcome.file}: {outcome.outcome}, {outcome.execution_id}")
        sys.stdout.flush()

    def stuck(self, entry: Path) -> None:
        warn(f"{entry} is done but cannot be moved; it is left alone until it changes", "red")

    def away(self, why: str) -> None:
        warn(f"{why}. What is in the folder stays there; trying again", "red")

    def back(self) -> None:
        warn("it goes on")


def _signals() -> asyncio.Event:
    """An event set by the first signal to end; a second one ends at once."""
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()

    def end() -> None:
        for number in (signal.SIGINT, signal.SIGTERM):
            loop.remove_signal_handler(number)
        stop.set()
        err().print("ending, after what is being handed in")

    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, end)
    return stop

"""``watch``: hand in what is dropped into a folder."""

from __future__ import annotations

import asyncio
import json
import signal
import sys
from collections import defaultdict
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from workers.cli._console import Problem, cell, err, failing_clearly, made_settings, opened_ledger, out, run, told
from workers.office.wording import counted

if TYPE_CHECKING:
    from infra.settings import Settings
    from workers.intake import Delivery, Found, HandedIn, Refused, WatchedFolder
    from workers.office.submission import Submitted

EPILOG = """Examples:

counterfoil watch /srv/invoices

counterfoil watch inbox/ --tenant acme --batch march --priority urgent

counterfoil watch inbox/ --once --json

Files, ZIP archives, folders, and manifests with the files they name are handed in once they have not changed between two
looks, and moved to taken/ in the folder, or to refused/ with a .reason.txt. A sender who is slow does best to write a file
as NAME.part and to rename it."""

LONGEST_PAUSE_SECONDS = 60.0
"""Between two looks while Temporal, the ledger or the folder is away."""


def register(app: typer.Typer) -> None:
    """Add the command to ``app``."""
    app.command("watch", epilog=EPILOG, rich_help_panel="Documents")(watch)


def watch(
    folder: Annotated[Path, typer.Argument(metavar="FOLDER", help="Where files are dropped.")],
    tenant: Annotated[str | None, typer.Option(help="For whom.", show_default="the setting tenant")] = None,
    batch: Annotated[
        str | None, typer.Option(help="Name of the documents together.", show_default="one a day: watch-DATE")
    ] = None,
    definition: Annotated[str, typer.Option(help="The workflow that takes them.")] = "invoice",
    priority: Annotated[
        str, typer.Option(help="1 (most urgent) to 5, or urgent, normal or bulk, where a manifest gives none.")
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
    with failing_clearly():
        from workers.intake import BadSubmission, WatchedFolder, checked_name, checked_priority
        from workers.office.submission import checked_definition

        made = made_settings()
        try:
            for_tenant = checked_name("tenant", made.tenant if tenant is None else tenant)
            if batch is not None:
                checked_name("batch", batch)
            checked_definition(definition)
            with_priority = checked_priority(priority)
        except (BadSubmission, ValueError) as error:
            raise Problem(str(error), code=2) from error
        if not folder.is_dir():
            raise Problem(f"there is no folder {folder} to watch", code=2)
        watched = WatchedFolder(folder, wait_for_named=0) if once else WatchedFolder(folder)
        try:
            watched.prepare()
        except OSError as error:
            raise Problem(
                f"files in {folder} could not be moved when they are done: {error.strerror or error}"
            ) from error
        watching = _Watching(made, watched, for_tenant, batch, definition, with_priority, as_json)
        try:
            run(watching.once(every) if once else watching.on_and_on(every))
        except KeyboardInterrupt:
            raise typer.Exit(130) from None
        if once and watching.refused:
            raise typer.Exit(1)


@dataclass
class _Watching:
    settings: Settings
    watched: WatchedFolder
    tenant: str
    batch: str | None
    definition: str
    priority: int
    as_json: bool
    refused: int = 0
    failed: set[Delivery] = field(default_factory=set)

    async def once(self, every: float) -> None:
        """Hand in what is there and does not change."""
        stop = _signals()
        self._look()
        await _pause(stop, every)
        deliveries, arriving = self._look()
        await self._hand_in(deliveries, stop)
        if arriving:
            err().print(f"{counted(arriving, 'entry', 'entries')} still arriving: left for the next time")

    async def on_and_on(self, every: float) -> None:
        """Hand in what arrives, until a signal."""
        stop = _signals()
        pause, away = every, None
        err().print(f"watching {self.watched.folder} for tenant {self.tenant}; Ctrl-C ends it", soft_wrap=True)
        while not stop.is_set():
            try:
                await self._hand_in(self._look()[0], stop)
                if away is not None:
                    err().print("it goes on")
                pause, away = every, None
            except Exception as error:
                said = told(error)
                if said is None:
                    raise
                if said != away:
                    err().print(cell(f"{said}. What is in the folder stays there; trying again", "red"), soft_wrap=True)
                pause, away = min(2 * pause, max(every, LONGEST_PAUSE_SECONDS)), said
            await _pause(stop, pause)

    def _look(self) -> tuple[list[Delivery], int]:
        try:
            return self.watched.look()
        except OSError as error:  # a share that is away
            raise Problem(f"the folder {self.watched.folder} cannot be read: {error.strerror or error}") from error

    async def _hand_in(self, deliveries: list[Delivery], stop: asyncio.Event) -> None:
        """Hand in one delivery after another; a signal ends it after the one at hand."""
        if not deliveries:
            return
        from infra.temporal.connect import connect
        from workers.office.submission import submit

        client = await connect(self.settings)
        async with opened_ledger() as ledger:
            # One that failed comes last the next time, so that it keeps no other back.
            for delivery in sorted(deliveries, key=lambda each: each in self.failed):
                if stop.is_set():
                    return
                found = await asyncio.to_thread(delivery.found)
                batch = self.batch or f"watch-{date.today():%Y-%m-%d}"
                self.failed.add(delivery)
                submitted = await submit(
                    found.files,
                    client=client,
                    ledger=ledger,
                    settings=self.settings,
                    tenant=self.tenant,
                    batch=batch,
                    definition=self.definition,
                    refused=found.refused,
                    priority=self.priority,
                )
                self.failed.discard(delivery)
                self._settle(delivery, found, submitted, batch)

    def _settle(self, delivery: Delivery, found: Found, submitted: list[Submitted], batch: str) -> None:
        """Say what became of each file, and move what stands in the folder."""
        problems: dict[Path, list[str]] = defaultdict(list)
        not_taken: list[tuple[HandedIn | Refused, str]] = [(it, it.reason) for it in found.refused]
        for file, one in zip(found.files, submitted, strict=True):
            if one.outcome == "refused":
                not_taken.append((file, one.error or "it was not taken"))
            else:
                self._say(file.name, one.outcome, batch, file.tenant, execution_id=one.execution_id)
        for what, why in not_taken:
            self._say(what.name, "refused", batch, why=why)
            if what.origin:
                problems[self.watched.entry_of(what.origin)].append(f"{what.name}: {why}")
        self.refused += len(not_taken)
        for entry in self.watched.put_away(delivery, problems):
            said = f"{entry} is done but cannot be moved; it is left alone until it changes"
            err().print(cell(said, "red"), soft_wrap=True)

    def _say(
        self,
        name: str,
        outcome: str,
        batch: str,
        tenant: str | None = None,
        *,
        execution_id: str | None = None,
        why: str | None = None,
    ) -> None:
        """Print a file's line, at once even into a pipe."""
        if self.as_json:
            said = {"file": name, "outcome": outcome, "batch": batch, "tenant": tenant or self.tenant}
            print(json.dumps(said | {"execution_id": execution_id, "error": why}), flush=True)
        else:
            line = cell(f"{name}: {outcome}: {why}", "red") if why else cell(f"{name}: {outcome}, {execution_id}")
            out().print(line, soft_wrap=True)
            sys.stdout.flush()


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


async def _pause(stop: asyncio.Event, seconds: float) -> None:
    with suppress(TimeoutError):
        await asyncio.wait_for(stop.wait(), seconds)

"""Handing in what is dropped into a folder, once or until stopped."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path
from typing import Protocol

from infra.settings import Settings
from workers.intake import Delivery, Found, HandedIn, Refused, WatchedFolder
from workers.office import opened, submission, told
from workers.office.errors import CannotDo
from workers.office.submission import Submitted, Terms

LONGEST_PAUSE_SECONDS = 60.0
"""Between two looks while Temporal, the ledger or the folder is away."""


@dataclass(frozen=True)
class FileOutcome:
    """What became of a file; ``error`` is why it was refused."""

    file: str
    outcome: str
    batch: str
    tenant: str
    execution_id: str | None = None
    error: str | None = None


class Listener(Protocol):
    """Whom a `Watching` tells what happens."""

    def settled(self, outcome: FileOutcome) -> None: ...

    def stuck(self, entry: Path) -> None:
        """What is done cannot be moved; it is left alone until it changes."""

    def away(self, why: str) -> None:
        """Nothing can be handed in now; it is tried again."""

    def back(self) -> None:
        """It goes on."""


@dataclass
class Watching:
    """A folder, and how what is dropped into it is handed in.

    Args:
        daily: whether the documents of each day are a batch of their own, ``watch-DATE``, whatever ``terms`` say.
        bound: whether it takes documents of the tenant of ``terms`` alone. What a manifest in it says is a claim of whoever
            may write to the folder, and no authority: a row that names another tenant is refused.
    """

    settings: Settings
    watched: WatchedFolder
    terms: Terms
    listener: Listener
    daily: bool
    bound: bool = True
    refused: int = 0
    failed: set[Delivery] = field(default_factory=set)

    async def once(self, every: float, stop: asyncio.Event) -> int:
        """Hand in what is there and does not change for ``every`` seconds; how many entries are still arriving."""
        self.look()
        await _pause(stop, every)
        deliveries, arriving = self.look()
        await self._hand_in(deliveries, stop)
        return arriving

    async def on_and_on(self, every: float, stop: asyncio.Event) -> None:
        """Hand in what arrives, until ``stop`` is set."""
        pause, away = every, None
        while not stop.is_set():
            try:
                await self._hand_in(self.look()[0], stop)
                if away is not None:
                    self.listener.back()
                pause, away = every, None
            except Exception as error:
                why = told(error)
                if why is None:
                    raise
                if why != away:
                    self.listener.away(why)
                pause, away = min(2 * pause, max(every, LONGEST_PAUSE_SECONDS)), why
            await _pause(stop, pause)

    def look(self) -> tuple[list[Delivery], int]:
        """As the folder looks.

        Raises:
            CannotDo: it cannot be read.
        """
        try:
            return self.watched.look()
        except OSError as error:  # a share that is away
            raise CannotDo(f"the folder {self.watched.folder} cannot be read: {error.strerror or error}") from error

    async def _hand_in(self, deliveries: Sequence[Delivery], stop: asyncio.Event) -> None:
        """Hand in one delivery after another; ``stop`` ends it after the one at hand."""
        if not deliveries:
            return
        async with opened(self.settings) as office:
            await office.temporal()
            # One that failed comes last the next time, so that it keeps no other back.
            for delivery in sorted(deliveries, key=lambda each: each in self.failed):
                if stop.is_set():
                    return
                found = self._allowed(await asyncio.to_thread(delivery.found))
                terms = replace(self.terms, batch=f"watch-{date.today():%Y-%m-%d}") if self.daily else self.terms
                self.failed.add(delivery)
                submitted = await submission.submit(office, found.files, terms, refused=found.refused)
                self.failed.discard(delivery)
                self._settle(delivery, found, submitted, terms)

    def _allowed(self, found: Found) -> Found:
        """What was found, without files that a manifest gives to another tenant than the folder is for, and none more urgent
        than the folder's own priority or the setting let it be."""
        tenant, most_urgent = self.terms.tenant, min(self.terms.priority, self.settings.watch_most_urgent)
        allowed = Found(refused=list(found.refused))
        for file in found.files:
            if self.bound and file.tenant not in (None, tenant):
                why = f"its manifest says that it is for tenant {file.tenant}, and this folder takes what is for {tenant} alone"
                allowed.refused.append(Refused(file.name, None, why, file.origin))
            else:
                priority = None if file.priority is None else max(file.priority, most_urgent)
                allowed.files.append(replace(file, priority=priority))
        return allowed

    def _settle(self, delivery: Delivery, found: Found, submitted: Sequence[Submitted], terms: Terms) -> None:
        """Tell what became of each file, and move what stands in the folder."""
        problems: dict[Path, list[str]] = defaultdict(list)
        not_taken: list[tuple[HandedIn | Refused, str]] = [(it, it.reason) for it in found.refused]
        for file, document in zip(found.files, submitted, strict=True):
            if document.outcome == "refused":
                not_taken.append((file, document.error or "it was not taken"))
            else:
                tenant = file.tenant or terms.tenant
                self.listener.settled(
                    FileOutcome(file.name, document.outcome, terms.batch, tenant, document.execution_id)
                )
        for what, why in not_taken:
            self.listener.settled(FileOutcome(what.name, "refused", terms.batch, terms.tenant, error=why))
            if what.origin:
                problems[self.watched.entry_of(what.origin)].append(f"{what.name}: {why}")
        self.refused += len(not_taken)
        for entry in self.watched.put_away(delivery, problems):
            self.listener.stuck(entry)


async def _pause(stop: asyncio.Event, seconds: float) -> None:
    with suppress(TimeoutError):
        await asyncio.wait_for(stop.wait(), seconds)

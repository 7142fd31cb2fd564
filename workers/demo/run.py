"""A run of the demo: its nine files are written under a number of their own and handed in."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from filelock import FileLock

from infra.settings import Settings
from workers.demo.documents import DemoDocument, write_documents
from workers.intake import HandedIn
from workers.office import Office
from workers.office.submission import Submitted, Terms, submit

TENANT = "demo"


@dataclass(frozen=True)
class DemoRun:
    """One run: its number, its folder, and what was written there in the order of the narration."""

    number: int
    folder: Path
    documents: Sequence[DemoDocument]

    @property
    def batch(self) -> str:
        """The batch its documents are handed in as."""
        return f"demo-{self.number}"


def prepare(settings: Settings) -> DemoRun:
    """Take the next number and write that run's files. Another number is other documents, not seen before."""
    place = settings.home / "demo"
    place.mkdir(parents=True, exist_ok=True)
    counter = place / "counter"
    with FileLock(place / "counter.lock"):
        number = int(counter.read_text()) + 1 if counter.exists() else 1
        counter.write_text(f"{number}\n")
    folder = place / f"run-{number}"
    return DemoRun(number, folder, write_documents(folder, number))


async def hand_in(office: Office, run: DemoRun) -> list[Submitted]:
    """Submit the run's files, in the order of the narration."""
    files = [HandedIn(document.name, run.folder / document.name) for document in run.documents]
    return await submit(office, files, Terms(TENANT, run.batch))

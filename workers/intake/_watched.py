"""A folder that files are dropped into: what has arrived whole, and where it is put when it has been dealt with.

It is looked at again and again, not subscribed to: network shares tell nobody of a change made elsewhere.
"""

from __future__ import annotations

import os
import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from workers.intake._files import Found, Refused
from workers.intake._finding import MANIFEST_ENDINGS, find_files
from workers.intake._manifest import files_named_in
from workers.intake._names import name_of
from workers.intake._problems import BadSubmission

TAKEN = "taken"
"""The folder beside, for what was handed in whole."""
REFUSED = "refused"
"""The folder beside, for what a person must look at, each with a ``.reason.txt``."""

_IN_THE_MAKING = (".part", ".partial", ".filepart", ".tmp", ".crdownload", ".download")
"""Endings under which programs write a file before they rename it."""
_AT_ONCE = 50
"""Single files in one delivery."""

_State = tuple[tuple[str, int, int, int], ...]
"""Of each file in an entry: path, number on disk, size and time of change."""


@dataclass(frozen=True)
class Delivery:
    """What is handed in together: single files; or an archive, a folder, or a manifest with the files it names.

    Attributes:
        folder: the watched folder.
        entries: what stands in it.
    """

    folder: Path
    entries: tuple[Path, ...]

    def found(self) -> Found:
        """The files in it, with what a manifest among them or in a folder says. A problem of the whole is each entry's.

        What leads out of the watched folder is refused: whoever may write here could have this process read what only it
        may read.
        """
        root = self.folder.resolve()

        def leads_out(path: Path) -> bool:
            return not path.resolve().is_relative_to(root)

        there = [entry for entry in self.entries if os.path.lexists(entry)]
        manifests = [manifest for entry in there if entry.is_dir() for manifest in _manifests_in(entry)]
        outside = [path for path in (*there, *manifests) if leads_out(path)]
        try:
            found = find_files([path for path in (*there, *manifests) if path not in outside])
        except BadSubmission as error:
            return Found(refused=[Refused(name_of(entry), entry, str(error), entry) for entry in there])
        outside += [file.origin for file in found.files if file.origin and leads_out(file.origin)]
        found.files = [file for file in found.files if file.origin not in outside]
        for path in dict.fromkeys(outside):
            why = "it is a link that leads out of the folder; put the file itself here"
            found.refused.append(Refused(name_of(path), path, why, path))
        return found


class WatchedFolder:
    """A folder to look at. What stands in it by itself is a delivery; a folder in it is one as a whole.

    Args:
        folder: where files are dropped.
        wait_for_named: seconds that a manifest waits for files it names and that are not there yet.
    """

    def __init__(self, folder: Path, *, wait_for_named: float = 60.0) -> None:
        self.folder = folder
        self._wait_for_named = wait_for_named
        self._states: dict[Path, _State] = {}
        self._settled_at: dict[Path, float] = {}
        self._stuck: dict[Path, _State] = {}
        """What was handed in but could not be moved, as it was then."""

    def prepare(self) -> None:
        """Make the folders beside.

        Raises:
            OSError: they cannot be made.
        """
        for name in (TAKEN, REFUSED):
            (self.folder / name).mkdir(exist_ok=True)

    def look(self) -> tuple[list[Delivery], int]:
        """What has not changed since the last look, and how many entries are still arriving.

        Raises:
            OSError: the folder cannot be read, for instance because the share is away.
        """
        now = {entry: state for entry in self._entries() if (state := _state(entry))}
        settled = [entry for entry, state in now.items() if self._states.get(entry) == state]
        self._settled_at = {entry: self._settled_at.get(entry, time.monotonic()) for entry in settled}
        self._states = now
        self._stuck = {entry: state for entry, state in self._stuck.items() if now.get(entry) == state}
        deliveries = self._deliveries([entry for entry in settled if entry not in self._stuck], set(now))
        there = {entry for delivery in deliveries for entry in delivery.entries}
        return deliveries, len(now.keys() - there - self._stuck.keys())

    def put_away(self, delivery: Delivery, problems: Mapping[Path, Sequence[str]]) -> list[Path]:
        """Move a delivery's entries to ``taken/``, those with problems to ``refused/`` with their reasons beside.

        One that has changed since it was looked at stays, to be handed in again as it is now.

        Returns:
            The entries that could not be moved. They are not delivered again unless they change.
        """
        stuck = []
        for entry in delivery.entries:
            reasons = problems.get(entry, ())
            if _state(entry) != self._states.get(entry):
                continue
            try:
                moved = _moved(entry, self.folder / (REFUSED if reasons else TAKEN))
                if reasons:
                    _explain(moved, reasons)
            except OSError:
                self._stuck[entry] = self._states[entry]
                stuck.append(entry)
        return stuck

    def entry_of(self, path: Path) -> Path:
        """The entry that a file on disk is, or is in."""
        return self.folder / path.relative_to(self.folder).parts[0]

    def _entries(self) -> Iterable[Path]:
        with os.scandir(self.folder) as entries:
            names = sorted(entry.name for entry in entries)
        for name in names:
            if name not in (TAKEN, REFUSED) and not _in_the_making(name):
                yield self.folder / name

    def _deliveries(self, settled: Sequence[Path], there: set[Path]) -> list[Delivery]:
        deliveries = []
        alone = dict.fromkeys(settled)
        for manifest in [entry for entry in settled if _is_manifest(entry)]:
            alone.pop(manifest, None)
            named = self._named_in(manifest)
            together = [entry for entry in alone if entry in named]
            for entry in together:
                del alone[entry]
            arriving, missing = named & there - set(settled), named - there
            waited = time.monotonic() - self._settled_at[manifest]
            if not arriving and (not missing or waited >= self._wait_for_named):
                deliveries.append(Delivery(self.folder, (*together, manifest)))
        files = []
        for entry in alone:
            if entry.is_dir() or entry.suffix.lower() == ".zip":
                deliveries.append(Delivery(self.folder, (entry,)))
            else:
                files.append(entry)
        deliveries += [Delivery(self.folder, tuple(files[at : at + _AT_ONCE])) for at in range(0, len(files), _AT_ONCE)]
        return deliveries

    def _named_in(self, manifest: Path) -> set[Path]:
        try:
            return {self.entry_of(place) for place in files_named_in(manifest)} - {manifest}
        except BadSubmission:
            return set()  # said when it is handed in


def _is_manifest(path: Path) -> bool:
    return path.suffix.lower() in MANIFEST_ENDINGS and not path.is_dir()


def _manifests_in(folder: Path) -> list[Path]:
    try:
        return sorted(path for path in folder.iterdir() if _is_manifest(path) and not path.name.startswith("."))
    except OSError:
        return []  # said when the folder is searched


def _in_the_making(name: str) -> bool:
    return name.startswith((".", "~$")) or name.lower().endswith(_IN_THE_MAKING)


def _state(entry: Path) -> _State | None:
    """What changes while an entry is written; None for one that is gone, and for an empty folder: it is about to be filled."""
    try:
        if entry.is_dir() and not entry.is_symlink():
            files = [Path(place, name) for place, _, names in os.walk(entry) for name in names]
        else:
            files = [entry]
        stats = [(path, path.lstat()) for path in sorted(files)]
    except OSError:
        return None
    return tuple((str(path), stat.st_ino, stat.st_size, stat.st_mtime_ns) for path, stat in stats) or None


def _moved(entry: Path, folder: Path) -> Path:
    """Move an entry into a folder, beside one of the same name that is there already."""
    folder.mkdir(exist_ok=True)
    number, target = 1, folder / entry.name
    while os.path.lexists(target):
        number += 1
        target = folder / f"{entry.stem} ({number}){entry.suffix}"
    return entry.rename(target)


def _explain(moved: Path, reasons: Sequence[str]) -> None:
    said = "\n".join(reasons)
    text = f"{said}\n\nWhen it is mended, put it back. What was taken of it is not begun again.\n"
    moved.with_name(f"{moved.name}.reason.txt").write_text(text, encoding="utf-8", errors="replace")

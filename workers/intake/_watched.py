"""A folder that files are dropped into: what has arrived whole, and where it is put when it has been dealt with.

It is looked at again and again, not subscribed to: network shares tell nobody of a change made elsewhere.
"""

from __future__ import annotations

import errno
import os
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from workers.intake._files import Found, Refused
from workers.intake._finding import MANIFEST_ENDINGS, find_files
from workers.intake._manifest import files_named_in
from workers.intake._names import name_of
from workers.intake._opening import LEADS_OUT, Root, open_folder, opened_folder
from workers.intake._problems import BadSubmission, CannotTake

TAKEN = "taken"
"""The folder beside, for what was handed in whole."""
REFUSED = "refused"
"""The folder beside, for what a person must look at, each with a ``.reason.txt``."""

REASON = ".reason.txt"
"""What is added to the name of a refused file for that of its reasons."""

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
        root = Root(self.folder, shared=True)
        there = [entry for entry in self.entries if os.path.lexists(entry)]
        manifests = [manifest for entry in there if entry.is_dir() for manifest in _manifests_in(entry)]
        outside = [path for path in (*there, *manifests) if not root.holds(path)]
        try:
            found = find_files([path for path in (*there, *manifests) if path not in outside], root=root)
        except BadSubmission as error:
            return Found(refused=[Refused(name_of(entry), entry, str(error), entry) for entry in there])
        found.refused += [Refused(name_of(path), path, LEADS_OUT, path) for path in outside]
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
        with opened_folder(self.folder) as at:
            for name in (TAKEN, REFUSED):
                try:
                    with _beside(at, name):
                        pass
                except CannotTake as error:
                    raise OSError(errno.ENOTDIR, f"{name} there is a link or no folder; put it away") from error

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
                with opened_folder(self.folder) as at, _beside(at, REFUSED if reasons else TAKEN) as to:
                    name = _moved(entry.name, at, to)
                    if reasons:
                        _explain(name, to, reasons)
            except (OSError, CannotTake):
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
            return {self.entry_of(place) for place in files_named_in(manifest, Root(self.folder, shared=True))} - {
                manifest
            }
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


# What is put away is named by descriptors of its folders and not by paths: on a path a link may stand by now.


@contextmanager
def _beside(at: int, folder: str) -> Iterator[int]:
    """A descriptor of a folder in the watched one, made if missing.

    Raises:
        CannotTake: a link stands there, or no folder.
        OSError: it cannot be made or opened.
    """
    with suppress(FileExistsError):
        os.mkdir(folder, dir_fd=at)
    opened = open_folder(folder, at)
    try:
        yield opened
    finally:
        os.close(opened)


def _moved(entry: str, at: int, to: int) -> str:
    """Move an entry from one folder to another; its name there, under which and whose reason nothing stood before."""
    there = Path(entry)
    number, name = 1, entry
    while _exists(name, to) or _exists(f"{name}{REASON}", to):
        number += 1
        name = f"{there.stem} ({number}){there.suffix}"
    os.rename(entry, name, src_dir_fd=at, dst_dir_fd=to)
    return name


def _exists(name: str, at: int) -> bool:
    try:
        os.stat(name, dir_fd=at, follow_symlinks=False)
    except FileNotFoundError:
        return False
    return True


def _explain(moved: str, to: int, reasons: Sequence[str]) -> None:
    """Write the reasons beside what was moved, into a new file: what others have put there is neither followed nor replaced."""
    said = "\n".join(reasons)
    text = f"{said}\n\nWhen it is mended, put it back. What was taken of it is not begun again.\n"
    new = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
    with os.fdopen(os.open(f"{moved}{REASON}", new, 0o666, dir_fd=to), "w", encoding="utf-8", errors="replace") as file:
        file.write(text)

"""Files opened so that what a stranger put in a folder never leads out of it.

Whoever may write to a folder may put a link there, or swap a file for one between two looks, and so have this process read
or overwrite what only it may. So a file below a `Root` is opened from that folder down, part by part, following no link; and
it is asked what it is before it is opened, and once more when it is open.
"""

from __future__ import annotations

import errno
import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from workers.intake._problems import CannotTake

LEADS_OUT = "it is a link that leads out of the folder; put the file itself here"
SECOND_NAME = "it is a second name (a hard link) of a file that may be another's; put a copy here"
NO_FILE = "it is no file"
_FOLDER = os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC | os.O_NOFOLLOW
_READ = os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK | os.O_NOCTTY  # a pipe or a terminal would never end


@dataclass(frozen=True)
class Root:
    """A folder that files are taken from: nothing in it leads out.

    Attributes:
        shared: whether others may write to it, so that a second name of a file may be one of theirs to what they may not read.
    """

    folder: Path
    shared: bool = False

    def holds(self, path: Path) -> bool:
        """Whether ``path``, wherever its links lead, is in the folder now."""
        return real(path).is_relative_to(real(self.folder))


def real(path: Path) -> Path:
    """The path without links; as far as it goes where it leads to nothing, or in a circle."""
    return Path(os.path.realpath(path))


def open_file(path: Path, root: Root | None = None) -> BinaryIO:
    """Open a file to read; one below ``root`` wherever its links lead in there, without following any on the way.

    Raises:
        CannotTake: it is no file, leads out, or is a second name where that may be another's.
        OSError: it cannot be read.
    """
    try:
        return _open_below(path, root) if root else _opened(os.fspath(path), None, follow=True)
    except FileNotFoundError as error:
        if path.is_symlink():
            raise CannotTake("it points to nothing") from error
        raise


def _open_below(path: Path, root: Root) -> BinaryIO:
    found, folder = real(path), real(root.folder)
    if not found.is_relative_to(folder):
        raise CannotTake(LEADS_OUT)
    *folders, name = found.relative_to(folder).parts or ("",)
    with opened_folder(folder, *folders) as at:
        file = _opened(name, at, follow=False)
    if root.shared and os.fstat(file.fileno()).st_nlink > 1:
        file.close()
        raise CannotTake(SECOND_NAME)
    return file


@contextmanager
def opened_folder(folder: Path, *below: str) -> Iterator[int]:
    """A descriptor of ``folder``, wherever it is, or of a folder below it, which no link is followed to.

    Raises:
        CannotTake: what is below is a link, or no folder.
        OSError: it cannot be opened.
    """
    at = os.open(folder, _FOLDER & ~os.O_NOFOLLOW)
    try:
        for part in below:
            above, at = at, open_folder(part, at)
            os.close(above)
        yield at
    finally:
        os.close(at)


def open_folder(name: str, at: int) -> int:
    """A descriptor of the folder of that name in the one ``at`` is of.

    Raises:
        CannotTake: it is a link, or no folder.
        OSError: it cannot be opened.
    """
    try:
        return os.open(name, _FOLDER, dir_fd=at)
    except OSError as error:
        if error.errno in (errno.ELOOP, errno.ENOTDIR):
            raise CannotTake(LEADS_OUT) from error
        raise


def _opened(name: str, at: int | None, *, follow: bool) -> BinaryIO:
    try:
        _check(
            os.stat(name, dir_fd=at, follow_symlinks=follow)
        )  # before it is opened, for a device takes notice of that
        file = os.fdopen(os.open(name, _READ | (0 if follow else os.O_NOFOLLOW), dir_fd=at), "rb")
    except OSError as error:
        if error.errno == errno.ELOOP:
            raise CannotTake(LEADS_OUT) from error
        raise
    try:
        _check(os.fstat(file.fileno()))
    except BaseException:
        file.close()
        raise
    return file


def _check(found: os.stat_result) -> None:
    if stat.S_ISLNK(found.st_mode):
        raise CannotTake(LEADS_OUT)
    if not stat.S_ISREG(found.st_mode):
        raise CannotTake(NO_FILE)

"""The home: the folder of all state of an installation, found as git finds its own, and never one that a stranger laid there.

A folder unpacked from a supplier may hold a ``.counterfoil`` with a ledger of its own, in which accounts stand that nobody
checked. So one that is found is used only if it is known: it was made by us, which left a mark in it that the user's register
has; or it stands beside the code that runs, which whoever put it there could have changed as well; or it is empty. COUNTERFOIL_HOME
names any.
"""

from __future__ import annotations

import logging
import os
import secrets
import shlex
from pathlib import Path

from infra import trusted
from infra.trusted import NotTrusted

NAME = ".counterfoil"
_MARK = "mark"
_NEW_MARK = "mark.new"

log = logging.getLogger(__name__)


def default_home() -> Path:
    """The nearest ``.counterfoil`` above the working directory; else one in it, which need not be there yet.

    Raises:
        NotTrusted: the nearest is not known.
    """
    here = Path.cwd()
    for folder in (here, *here.parents):
        home = folder / NAME
        if home.is_dir():
            if not _known(home):
                raise NotTrusted(
                    f"{home} is not known as yours, so nothing of it is used: a folder from elsewhere may bring a ledger of its "
                    f"own. If you made it, with an earlier version or under another name, `counterfoil trust "
                    f"{shlex.quote(str(folder))}`; else stand in another folder, or name your home in COUNTERFOIL_HOME"
                )
            return home
    return here / NAME


def make(home: Path) -> None:
    """Make the folder if it is not there yet, for this user alone, and know it from now on."""
    home.mkdir(mode=0o700, parents=True, exist_ok=True)
    if home.name == NAME and _is_unused(home):
        try:
            _know(home)
        except OSError as error:  # such as in a container, where no user has a configuration folder
            log.warning("%s is used as COUNTERFOIL_HOME only, as it cannot be put on the register: %s", home, error)


def trust(folder: Path) -> Path | None:
    """Use the ``.counterfoil`` in ``folder`` from now on; which it is, or None where there is none.

    Raises:
        NotTrusted: it cannot be marked.
    """
    home = folder.resolve() / NAME
    if not home.is_dir():
        return None
    try:
        _know(home)
    except OSError as error:
        raise NotTrusted(f"{home} cannot be marked as yours ({error}): name it in COUNTERFOIL_HOME instead") from error
    return home


def distrust(folder: Path) -> bool:
    """No longer use the ``.counterfoil`` in ``folder``; whether it was trusted."""
    return trusted.forget(folder.resolve() / NAME)


def _known(home: Path) -> bool:
    beside_our_code = home.parent == Path(__file__).resolve().parents[1]
    if beside_our_code or _is_unused(home):
        return True
    mark = _mark(home)
    return mark is not None and trusted.token(home) == mark


def _is_unused(home: Path) -> bool:
    """Whether it is a folder of this user's with nothing in it, or no more than the beginning of `_know`."""
    try:
        return (
            home.lstat().st_uid == os.geteuid() and not home.is_symlink() and {*os.listdir(home)} <= {_MARK, _NEW_MARK}
        )
    except OSError:
        return False


def _know(home: Path) -> None:
    """First on the register, then in the folder: until both stand there, it is unused."""
    mark = _mark(home) or secrets.token_hex(16)
    trusted.remember(home, mark)
    written = home / _NEW_MARK
    written.unlink(missing_ok=True)
    with open(os.open(written, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(mark)
    written.replace(home / _MARK)


def _mark(home: Path) -> str | None:
    try:
        with open(os.open(home / _MARK, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK), "rb") as file:
            return file.read(64).decode("ascii") or None
    except (OSError, ValueError):
        return None

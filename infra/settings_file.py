"""Which file settings are read from: never one that a stranger laid into the folder one happens to stand in.

A folder unpacked from a supplier may hold a ``counterfoil.toml`` that names another model endpoint, and allows its host. So
the file is, first match wins: the one that COUNTERFOIL_CONFIG (or ``counterfoil --config``) names; ``counterfoil.toml`` in the
working directory, if the user has said that they trust it; ``counterfoil.toml`` in the user's configuration folder. What is
trusted is the file as it was: one that has changed since is not.
"""

from __future__ import annotations

import os
import shlex
from hashlib import sha256
from pathlib import Path

from platformdirs import user_config_path

from infra import trusted
from infra.trusted import NotTrusted

NAME = "counterfoil.toml"
CONFIG = "COUNTERFOIL_CONFIG"
"""Environment variable that names the file."""
_MOST_BYTES = 2**20


def settings_file() -> tuple[Path, bytes] | None:
    """The file, and what it says, read once: what was judged is what is used. None where there is none.

    Raises:
        OSError: the file that COUNTERFOIL_CONFIG names cannot be read.
    """
    if named := os.environ.get(CONFIG):
        path = Path(named).expanduser().absolute()
        return path, path.read_bytes()
    here, own = _in(Path.cwd()), _own()
    if here is not None and _is_trusted(*here):
        return here
    return (own, own.read_bytes()) if own.is_file() else None


def untrusted_file(folder: Path | None = None) -> Path | None:
    """A ``counterfoil.toml`` in a folder, else in the working directory, that is not read, because nobody has said that they
    trust it as it is."""
    here = None if os.environ.get(CONFIG) else _in(folder or Path.cwd())
    return here[0] if here is not None and here[0] != _own() and not _is_trusted(*here) else None


def require_trusted(folder: Path | None = None) -> None:
    """That there is no `untrusted_file`, for whoever must not go on with other settings than were meant.

    Raises:
        NotTrusted: there is one.
    """
    if left := untrusted_file(folder):
        raise NotTrusted(
            f"{left} is not read: nobody has said that they trust it, or it has changed since. If you know what it says, "
            f"`counterfoil trust {shlex.quote(str(left.parent))}`; else stand in another folder, or name another file in {CONFIG}"
        )


def trust(folder: Path) -> Path | None:
    """Trust the ``counterfoil.toml`` in ``folder`` as it is now; which file that is, or None where there is none.

    Raises:
        NotTrusted: it cannot be read, or nothing can be put on the register.
    """
    path = folder.resolve() / NAME
    try:
        content = _content(path)
        if content is None:
            return None
        trusted.remember(path, _digest(content))
    except OSError as error:
        raise NotTrusted(f"{path} cannot be trusted ({error}): name it in {CONFIG} instead") from error
    return path


def distrust(folder: Path) -> bool:
    """No longer trust the ``counterfoil.toml`` in ``folder``; whether it was trusted."""
    return trusted.forget(folder.resolve() / NAME)


def _in(folder: Path) -> tuple[Path, bytes] | None:
    path = folder / NAME
    try:
        content = _content(path)
    except OSError:
        return None
    return None if content is None else (path, content)


def _content(path: Path) -> bytes | None:
    """What of a file is judged and used; None where there is no file. A pipe or a device is none: it may never end."""
    if not path.is_file():
        return None
    with path.open("rb") as file:
        return file.read(_MOST_BYTES)


def _own() -> Path:
    return user_config_path("counterfoil") / NAME


def _is_trusted(path: Path, content: bytes) -> bool:
    return trusted.token(path) == _digest(content)


def _digest(content: bytes) -> str:
    return sha256(content).hexdigest()

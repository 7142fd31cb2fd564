"""Which file settings are read from: never one that a stranger laid into the folder one happens to stand in.

A folder unpacked from a supplier may hold a ``counterfoil.toml`` that names another model endpoint, and allows its host. So
the file is, first match wins: the one that COUNTERFOIL_CONFIG (or ``counterfoil --config``) names; ``counterfoil.toml`` in the
working directory, if the user has said that they trust it; ``counterfoil.toml`` in the user's configuration folder. What is
trusted is the file as it was: one that has changed since is not.
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from hashlib import sha256
from pathlib import Path

from platformdirs import user_config_path

from infra.failures import Failure

NAME = "counterfoil.toml"
CONFIG = "COUNTERFOIL_CONFIG"
"""Environment variable that names the file."""


class NotTrusted(Failure):
    """There is nothing in a folder that could be trusted; the message says what was looked for."""


def settings_file() -> tuple[Path, bytes] | None:
    """The file, and what it says, read once: what was judged is what is used. None where there is none.

    Raises:
        OSError: the file that COUNTERFOIL_CONFIG names cannot be read.
    """
    if named := os.environ.get(CONFIG):
        path = Path(named).expanduser().absolute()
        return path, path.read_bytes()
    here = _here()
    if here is not None and _trusted().get(str(here[0])) == _digest(here[1]):
        return here
    own = user_config_path("counterfoil") / NAME
    return (own, own.read_bytes()) if own.is_file() else None


def untrusted_file() -> Path | None:
    """A ``counterfoil.toml`` in the working directory that is not read, because nobody has said that they trust it."""
    here = None if os.environ.get(CONFIG) else _here()
    return here[0] if here is not None and _trusted().get(str(here[0])) != _digest(here[1]) else None


def trust(folder: Path) -> Path:
    """Trust the ``counterfoil.toml`` in ``folder`` as it is now; which file that is.

    Raises:
        NotTrusted: there is none.
    """
    path = (folder / NAME).absolute()
    try:
        content = path.read_bytes()
    except OSError as error:
        raise NotTrusted(f"{path} cannot be read: {error.strerror or error}. Name a folder that has one") from error
    _write({**_trusted(), str(path): _digest(content)})
    return path


def distrust(folder: Path) -> bool:
    """No longer trust the ``counterfoil.toml`` in ``folder``; whether it was trusted."""
    known = dict(_trusted())
    was = known.pop(str((folder / NAME).absolute()), None)
    _write(known)
    return was is not None


def _here() -> tuple[Path, bytes] | None:
    path = Path.cwd() / NAME
    try:
        return path, path.read_bytes()
    except OSError:
        return None


def _register() -> Path:
    return user_config_path("counterfoil") / "trusted.json"


def _trusted() -> Mapping[str, str]:
    """Path of each trusted file to the digest it had."""
    try:
        known = json.loads(_register().read_text())
    except (OSError, ValueError):
        return {}
    return {str(path): str(digest) for path, digest in known.items()} if isinstance(known, dict) else {}


def _write(known: Mapping[str, str]) -> None:
    register = _register()
    register.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    written = register.with_suffix(f".{os.getpid()}.new")
    written.write_text(json.dumps(known, indent=2))
    written.chmod(0o600)
    written.replace(register)


def _digest(content: bytes) -> str:
    return sha256(content).hexdigest()

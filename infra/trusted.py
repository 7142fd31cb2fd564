"""What in folders is the user's: paths, each with a token of what stood there, in a register in the user's configuration folder.

The token binds the trust to what was seen: whatever stands at the same path later, and has another token, is not trusted.
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from pathlib import Path

from platformdirs import user_config_path

from infra.failures import Failure


class NotTrusted(Failure):
    """Something in a folder is not used, because nobody has said that it is theirs; the message says what to do."""


def token(path: Path) -> str | None:
    """The token with which ``path`` is known; None where it is not."""
    return _known().get(str(path))


def remember(path: Path, token: str) -> None:
    """Know ``path`` by ``token`` from now on.

    Raises:
        OSError: the register cannot be written.
    """
    _change(path, token)


def forget(path: Path) -> bool:
    """No longer know ``path``; whether it was known."""
    return _change(path, None)


def _change(path: Path, token: str | None) -> bool:
    from filelock import FileLock

    register = _register()
    register.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with FileLock(register.with_suffix(".lock")):
        known = dict(_known())
        was = known.pop(str(path), None)
        if token is not None:
            known[str(path)] = token
        written = register.with_suffix(f".{os.getpid()}.new")
        written.write_text(json.dumps(known, indent=2))
        written.chmod(0o600)
        written.replace(register)
    return was is not None


def _register() -> Path:
    return user_config_path("counterfoil") / "trusted.json"


def _known() -> Mapping[str, str]:
    """A register that cannot be read knows nothing: what was trusted is to be trusted anew."""
    try:
        known = json.loads(_register().read_bytes())
    except (OSError, ValueError, RecursionError):
        return {}
    return {str(path): str(token) for path, token in known.items()} if isinstance(known, dict) else {}

"""Where this stack serves: at the ports that are set, else at those it had before, else at the usual ones if they are free.

Two stacks on one machine have ports of their own, which they keep: each home remembers its own, and the cache, which all homes
of a user share, remembers the homes.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Mapping
from contextlib import suppress
from pathlib import Path

from filelock import FileLock
from pydantic import TypeAdapter
from pydantic_settings import SettingsError

from infra.local import _probe
from infra.settings import STACK_PORTS, Settings, remembered_ports

_STEP = 10
_LAST_PORT = 65_000

PORTS: Mapping[str, tuple[str, ...]] = {
    "temporal": ("temporal_port", "temporal_ui_port"),
    "phoenix": ("phoenix_port",),
    "model": ("model_port",),
}
"""The settings of each part's ports; the first is the one that is asked."""


def is_set(settings: Settings, name: str) -> bool:
    """Whether a person set this port, and no `up` chose it."""
    return name in settings.model_fields_set and remembered_ports(settings.home).get(name) != getattr(settings, name)


def settle(settings: Settings, own: Callable[[str], bool], used: Callable[[str], bool]) -> Settings:
    """The settings with the ports at which this stack serves, and remember them. One process at a time of a user does so.

    Args:
        own: Whether this stack has a part to serve: it is neither configured elsewhere nor running already.
        used: Whether what answers at the port of a part is to be used as it is. Asked once for each that is ``own``.
    """
    settings.cache.mkdir(parents=True, exist_ok=True)
    with FileLock(settings.cache / "ports.lock"):
        homes = settings.cache / "homes.json"
        others = {home for home in _homes(homes) if home.is_dir() and home != settings.home}
        taken = {port for home in others for port in _ports_of(home)}
        chosen = {name: port for name, port in remembered_ports(settings.home).items() if not is_set(settings, name)}
        for part, names in PORTS.items():
            if not own(part):
                continue
            if used(part):
                continue
            for name in names:
                if not is_set(settings, name):
                    port = getattr(settings, name)
                    while port < _LAST_PORT and (port in taken or _probe.listening(port)):
                        port += _STEP
                    chosen[name] = port
                    taken.add(port)
        _write(settings.home / "ports.json", chosen)
        _write(homes, sorted(str(home) for home in {*others, settings.home}))
    return settings.model_copy(update=chosen)


def _homes(kept: Path) -> set[Path]:
    """The homes that were remembered. Where they cannot be read there are none: each comes back with its next `up`."""
    with suppress(OSError, ValueError):
        return {Path(home) for home in TypeAdapter(list[str]).validate_json(kept.read_bytes())}
    return set()


def _ports_of(other: Path) -> Collection[int]:
    with suppress(SettingsError):  # whose it is will be told
        return remembered_ports(other).values()
    return ()


def _write(path: Path, value: object) -> None:
    written = path.with_suffix(".new")
    written.write_text(json.dumps(value, indent=2) + "\n")
    written.replace(path)


assert set(STACK_PORTS) == {name for names in PORTS.values() for name in names}

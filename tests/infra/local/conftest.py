"""A stack of its own for every test: a home, and ports nobody uses."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from infra.local import Progress, down
from infra.settings import LOOPBACK, Settings


class Told(list[Progress]):
    """Takes progress, and keeps it."""

    def __call__(self, line: Progress) -> None:
        self.append(line)


def free_ports(count: int) -> list[int]:
    """Ports that are free now, all different."""
    with ExitStack() as held:
        sockets = [held.enter_context(socket.socket()) for _ in range(count)]
        for one in sockets:
            one.bind((LOOPBACK, 0))
        return [one.getsockname()[1] for one in sockets]


@pytest.fixture
def told() -> Told:
    return Told()


@pytest.fixture
def stack_settings(tmp_path: Path) -> Iterator[Settings]:
    temporal, ui, phoenix, model = free_ports(4)
    settings = Settings(
        home=tmp_path / "home",
        cache=tmp_path / "cache",
        temporal_port=temporal,
        temporal_ui_port=ui,
        phoenix_port=phoenix,
        model_port=model,
        temporal_address=None,
        phoenix_url=None,
        model_url=None,
        tiers={},
    )
    yield settings
    down(settings, Told())

"""Several worker processes on one machine, each with a name, an address and a log of its own."""

from __future__ import annotations

import shlex

import pytest

from infra.local import StackError, doctor, down, log_files, signal, up
from infra.local._stack import _Stack
from infra.settings import Settings

from .conftest import Told


@pytest.mark.exhaustive
def test_they_are_started_told_apart_and_drained(stack_settings: Settings, told: Told) -> None:
    settings = stack_settings.model_copy(update={"workers": 2, "worker_port": 0})
    temporal, first, second = up(settings, told, parts=["temporal", "worker"])
    assert temporal.ok, temporal.detail
    assert (first.name, first.state) == ("worker", "up"), first.detail
    assert (second.name, second.state) == ("worker-2", "up"), second.detail
    assert first.pid != second.pid
    assert first.detail != second.detail, "each at an address of its own"
    assert all(log_files(settings)[name].exists() for name in ("worker", "worker-2"))

    assert signal(settings, "worker-2", "KILL") == second.pid
    seen = {status.name: status for status in doctor(settings)}
    assert seen["worker"].ok
    assert not seen["worker-2"].ok, "though the supervisor begins it again"

    assert down(settings, told) == ["temporal", "worker", "worker-2"]
    assert "drained" in log_files(settings)["worker"].read_text()
    assert not list((settings.home / "workers").glob(f"{first.pid}.json"))


def test_a_worker_has_longer_to_stop_than_it_has_to_drain(stack_settings: Settings, told: Told) -> None:
    settings = stack_settings.model_copy(update={"drain_seconds": 90.5, "workers": 3})
    parts = _Stack(settings, told).parts
    programs = [part.program() for name, part in parts.items() if name.startswith("worker")]
    assert [program.name for program in programs] == ["worker", "worker-2", "worker-3"]
    assert all(program.stop_seconds > 90.5 + 15 for program in programs)
    assert all("COUNTERFOIL_WORKERS=3" in shlex.split(program.command()) for program in programs)


def test_a_worker_there_is_not_is_refused(stack_settings: Settings, told: Told) -> None:
    with pytest.raises(StackError, match="there is no part worker-2"):
        up(stack_settings, told, parts=["worker-2"])

"""Two stacks on one machine: each at ports of its own, which it keeps, and none uses or stops what is the other's."""

from __future__ import annotations

import json
import os
import signal
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import psutil
import pytest

from infra.ledger import migrate
from infra.local import doctor, down, up
from infra.local._supervisor import Supervisor
from infra.local._whose import Owner, by_process, hold_queue, of_temporal
from infra.settings import STACK_PORTS, Settings, remembered_ports
from tests.infra.local.conftest import Told

PORTS = ("temporal_port", "temporal_ui_port")


@pytest.fixture
def first(stack_settings: Settings) -> Settings:
    """Settings in which nobody set a port: those of this test are the usual ones."""
    return _unset(stack_settings)


@pytest.fixture
def second(first: Settings, tmp_path: Path) -> Iterator[Settings]:
    """Another clone's, of the same user."""
    settings = _unset(first.model_copy(update={"home": tmp_path / "second" / "home"}))
    settings.home.mkdir(parents=True)
    yield settings
    down(settings, Told())


def _unset(settings: Settings) -> Settings:
    copied = settings.model_copy()
    copied.__pydantic_fields_set__ -= set(STACK_PORTS)
    return copied


def _ports(settings: Settings) -> dict[str, int]:
    return {name: port for name, port in remembered_ports(settings.home).items() if name in PORTS}


def test_a_second_stack_has_ports_of_its_own_and_neither_touches_the_others(
    first: Settings, second: Settings, told: Told
) -> None:
    (ours,) = up(first, told, parts=["temporal"])
    (theirs,) = up(second, told, parts=["temporal"])
    assert (ours.origin, theirs.origin) == ("managed", "managed"), (ours.detail, theirs.detail)
    assert ours.address != theirs.address
    assert not set(_ports(first).values()) & set(_ports(second).values())
    said = " ".join(line.text for line in told if line.part == "temporal")
    assert f"a Temporal of the stack in {first.home}" in said
    assert "COUNTERFOIL_TEMPORAL_ADDRESS" in said

    for settings, status in ((first, ours), (second, theirs)):
        found = Settings(home=settings.home)  # as any later command reads them
        assert found.temporal_target == status.address
        assert found.temporal_ui == status.page
        assert by_process(found.temporal_port, settings.home).owner is Owner.OURS
        other = first if settings is second else second
        assert by_process(found.temporal_port, other.home).owner is Owner.ANOTHERS

    assert down(second, told) == ["temporal"]
    kept = Settings(home=first.home, temporal_address=None, phoenix_url=None, model_url=None)
    assert next(status for status in doctor(kept) if status.name == "temporal").pid == ours.pid
    before = _ports(second)
    assert down(first, told) == ["temporal"]
    (again,) = up(_unset(Settings(**_given(second))), told, parts=["temporal"])
    assert again.address == theirs.address, "its port is its own, also when the other's is free"
    assert _ports(second) == before


def _given(settings: Settings) -> dict[str, Any]:
    return settings.model_dump(exclude=set(STACK_PORTS) | {"model_api_key", "phoenix_api_key"})


def test_what_a_killed_supervisor_left_costs_a_stack_none_of_its_ports(
    first: Settings, second: Settings, told: Told
) -> None:
    up(first, told, parts=["temporal"])
    (ours,) = up(second, told, parts=["temporal"])
    supervising = Supervisor(second.home).pid()
    assert supervising
    os.kill(supervising, signal.SIGKILL)
    with suppress(psutil.NoSuchProcess):
        psutil.Process(supervising).wait(5)
    (again,) = up(_unset(Settings(**_given(second))), told, parts=["temporal"])
    assert (again.state, again.origin, again.address) == ("up", "managed", ours.address), again.detail
    assert Settings(home=second.home).temporal_target == ours.address


def test_a_port_that_is_set_is_used_as_it_is_and_it_is_said_whose_it_is(
    first: Settings, second: Settings, told: Told
) -> None:
    up(first, told, parts=["temporal"])
    (found,) = up(second.model_copy(update={"temporal_port": first.temporal_port}), told, parts=["temporal"])
    assert (found.state, found.origin) == ("up", "found")
    assert f"of the stack in {first.home}" in found.detail
    assert "temporal_port" not in _ports(second)


def test_doctor_says_that_what_answers_is_anothers(first: Settings, second: Settings, told: Told) -> None:
    up(first, told, parts=["temporal"])
    status = next(status for status in doctor(second) if status.name == "temporal")
    assert status.state == "down"
    assert f"of the stack in {first.home}" in status.detail


def test_a_server_that_has_our_executions_is_ours_whoever_runs_it(
    first: Settings, second: Settings, told: Told
) -> None:
    up(first, told, parts=["temporal"])
    for settings in (first, second):
        migrate(settings.ledger)
    assert of_temporal(second).owner is Owner.ANOTHERS
    hold_queue(first)
    assert of_temporal(second).owner is Owner.ANOTHERS
    hold_queue(second)
    whose = of_temporal(second)
    assert whose.owner is Owner.OURS
    assert "beside 1 other" in whose.text


def test_what_a_home_remembers_gives_way_to_what_is_set(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "ports.json").write_text(
        json.dumps({"temporal_port": 7243, "phoenix_port": 6016, "home": "/elsewhere"})
    )
    monkeypatch.setenv("COUNTERFOIL_PHOENIX_PORT", "6026")
    found = Settings(home=tmp_path)
    assert (found.temporal_port, found.phoenix_port, found.model_port, found.home) == (7243, 6026, 8000, tmp_path)

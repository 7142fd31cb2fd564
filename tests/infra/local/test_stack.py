"""The stack with the part that starts in a second: Temporal's dev server under the real supervisor."""

from __future__ import annotations

import os
import shlex
import signal as signals
import socket
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from pathlib import Path

import psutil
import pytest

from infra.local import StackError, down, signal, up
from infra.local._stack import _Stack
from infra.local._supervisor import SOCKET_PATH_LIMIT, STACK_VARIABLE, Program, Supervisor
from infra.settings import LOOPBACK, Settings, TierSettings

from .conftest import Told, free_ports


@contextmanager
def _stranger(port: int) -> Iterator[None]:
    """Another program at the port: it hangs up on whoever calls."""
    with socket.create_server((LOOPBACK, port)) as listener:

        def hang_up() -> None:
            with suppress(OSError):
                while True:
                    listener.accept()[0].close()

        threading.Thread(target=hang_up, daemon=True).start()
        yield
        listener.shutdown(socket.SHUT_RDWR)


def _wait_until_gone(pid: int) -> None:
    with suppress(psutil.NoSuchProcess):
        psutil.Process(pid).wait(5)


def test_a_part_is_started_kept_revived_and_stopped(
    stack_settings: Settings, told: Told, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COUNTERFOIL_MODEL_API_KEY", "a-key-of-this-test")
    ledger = f"sqlite:///{stack_settings.home / 'a-ledger-of-this-test.db'}"
    monkeypatch.setenv("COUNTERFOIL_LEDGER_URL", ledger)
    settings = Settings(**stack_settings.model_dump(exclude={"model_api_key", "ledger_url"}))
    assert settings.model_api_key is not None
    supervisor = Supervisor(settings.home)

    (first,) = up(settings, told, parts=["temporal"])
    assert (first.state, first.origin) == ("up", "managed")
    assert first.version
    assert first.pid
    assert told[-1].last
    assert told[-1].ok

    # Its files are the owner's alone, and no key is in any of them, nor with a part that has no use for it.
    assert (settings.home / "temporal.db").stat().st_mode & 0o077 == 0
    assert not {"a-key-of-this-test", ledger} & set(psutil.Process(first.pid).environ().values())
    for file in settings.home.rglob("*"):
        assert not file.is_file() or b"a-key-of-this-test" not in file.read_bytes(), file

    (again,) = up(settings, told, parts=["temporal"])
    assert again.pid == first.pid, "a part that runs is kept"

    # Another home finds it at the port, uses it, and does not stop it.
    other = settings.model_copy(update={"home": tmp_path / "other"})
    (found,) = up(other, told, parts=["temporal"])
    assert (found.state, found.origin, found.pid) == ("up", "found", None)
    assert down(other, told) == []

    killed = signal(settings, "temporal", "KILL")
    assert killed == first.pid
    _wait_until_gone(killed)
    (revived,) = up(settings, told, parts=["temporal"])
    assert revived.ok
    assert revived.pid not in (None, killed)

    supervising = supervisor.pid()
    assert down(settings, told) == ["temporal"]
    assert supervisor.pid() is None
    assert not [pid for pid in (revived.pid, supervising) if pid and psutil.pid_exists(pid)]
    assert supervisor.leftovers() == []
    assert down(settings, told) == [], "down is harmless when nothing runs"


def test_keys_and_the_ledgers_password_reach_no_part_that_has_no_use_for_them(
    stack_settings: Settings, told: Told
) -> None:
    tiers = {"small": TierSettings(url=stack_settings.local_model_url, api_key_env="A_KEY")}
    parts = _Stack(stack_settings.model_copy(update={"tiers": tiers}), told).parts
    ours = ("COUNTERFOIL_MODEL_API_KEY", "COUNTERFOIL_PHOENIX_API_KEY", "COUNTERFOIL_LEDGER_URL", "A_KEY")
    environment = {**os.environ, **dict.fromkeys((*ours, "VLLM_API_KEY"), "a-secret-of-this-test")}

    def seen(part: str) -> set[str]:
        command = replace(parts[part].program(), argv=["/usr/bin/env"]).command()
        said = subprocess.run(shlex.split(command), env=environment, capture_output=True, text=True, check=True).stdout
        return {line.split("=")[0] for line in said.splitlines() if line.endswith("a-secret-of-this-test")}

    assert seen("temporal") == seen("phoenix") == set()
    assert seen("model") == {"VLLM_API_KEY"}
    assert seen("worker") == {*ours, "VLLM_API_KEY"}


@pytest.mark.parametrize("setting", ["temporal_port", "temporal_ui_port", "phoenix_port", "model_port"])
def test_a_port_held_by_a_stranger_is_an_error_that_names_the_setting(
    stack_settings: Settings, told: Told, setting: str
) -> None:
    part = setting.split("_")[0]
    with _stranger(getattr(stack_settings, setting)):
        (status,) = up(stack_settings, told, parts=[part])
    assert (status.name, status.state) == (part, "failed")
    assert f"COUNTERFOIL_{setting.upper()}" in status.detail
    assert f"pid {os.getpid()}" in status.detail, "who holds it is said"


def test_a_part_that_dies_is_reported_with_the_end_of_its_log(stack_settings: Settings, told: Told) -> None:
    (stack_settings.home / "temporal.db").mkdir(parents=True)
    (status,) = up(stack_settings, told, parts=["temporal"])
    assert status.state == "failed"
    assert "temporal.log" in status.detail
    assert "unable to open database file" in status.detail
    assert not told[-1].ok


def test_a_configured_part_is_checked_and_never_started(stack_settings: Settings, told: Told) -> None:
    (port,) = free_ports(1)
    settings = stack_settings.model_copy(
        update={"temporal_address": f"{LOOPBACK}:{port}", "phoenix_url": f"http://{LOOPBACK}:{port}"}
    )
    temporal, phoenix = up(settings, told, parts=["temporal", "phoenix"])
    assert (temporal.state, temporal.origin, temporal.pid) == ("failed", "configured", None)
    assert "COUNTERFOIL_TEMPORAL_ADDRESS" in temporal.detail
    assert "COUNTERFOIL_PHOENIX_URL" in phoenix.detail


def test_the_worker_is_not_started_without_what_it_needs(stack_settings: Settings, told: Told) -> None:
    with _stranger(stack_settings.temporal_ui_port):
        temporal, worker = up(stack_settings, told, parts=["worker", "temporal"])
    assert temporal.state == worker.state == "failed"
    assert worker.detail == "not started, because it needs temporal"


def test_what_a_killed_supervisor_left_is_ended(stack_settings: Settings, told: Told) -> None:
    supervisor = Supervisor(stack_settings.home)
    # A program that never writes: one that does ends by itself when nobody reads its log.
    silent = Program("silent", ["sleep", "60"], directory=stack_settings.home)
    supervisor.ensure([silent], {**os.environ, STACK_VARIABLE: str(stack_settings.home)})
    supervisor.start("silent")
    supervising, left = supervisor.pid(), supervisor.states()["silent"].pid
    assert supervising
    assert left
    os.kill(supervising, signals.SIGKILL)
    _wait_until_gone(supervising)
    assert psutil.pid_exists(left)
    down(stack_settings, told)
    assert not psutil.pid_exists(left)


def test_a_deep_home_gets_a_short_socket(tmp_path: Path) -> None:
    supervisor = Supervisor(tmp_path / ("deep" * 20) / ("deeper" * 10))
    assert len(os.fsencode(supervisor.socket)) <= SOCKET_PATH_LIMIT
    supervisor.ensure([], os.environ)
    try:
        assert supervisor.pid()
        assert supervisor.socket.parent.stat().st_mode & 0o077 == 0
    finally:
        supervisor.shutdown()
    assert supervisor.pid() is None


def test_an_unknown_part_is_refused(stack_settings: Settings, told: Told) -> None:
    with pytest.raises(StackError, match="there is no part database"):
        up(stack_settings, told, parts=["database"])

"""What a stack finds in folders: settings and modules of others that it does not use, and notes of its own that are damaged."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from ipaddress import ip_address
from pathlib import Path

import pytest
from pydantic_settings import SettingsError

import infra
from infra import settings_file
from infra.local import up
from infra.local._ports import settle
from infra.local._stack import _page_behind, _worker
from infra.local._supervisor import Program
from infra.settings import Settings, remembered_ports
from infra.settings_file import CONFIG, NAME

from .conftest import Told

ROOT = Path(infra.__file__).parents[1]


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder one stands in, with a settings file that the user trusts."""
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    monkeypatch.delenv(CONFIG, raising=False)
    folder = tmp_path / "here"
    folder.mkdir()
    (folder / NAME).write_text('tenant = "acme"')
    monkeypatch.chdir(folder)
    settings_file.trust(folder)
    return folder


def _start(program: Program, *, environment: dict[str, str]) -> subprocess.CompletedProcess[str]:
    """As the supervisor starts it again."""
    return subprocess.run(
        program.command(),
        shell=True,
        cwd=program.directory,
        env=environment,
        capture_output=True,
        text=True,
        timeout=120,
    )


def _read_by(program: Program) -> str:
    """The tenant of the settings that the program reads."""
    asked = "from infra.settings import settings; print(settings().tenant)"
    asking = Program(
        program.name, [sys.executable, "-P", "-c", asked], program.directory, program.environment, program.unset
    )
    said = _start(asking, environment=dict(os.environ))
    assert not said.stderr
    return said.stdout.strip()


def test_a_worker_that_is_started_again_does_not_read_a_trusted_file_that_changed(
    here: Path, stack_settings: Settings
) -> None:
    program = _worker(stack_settings, "worker")
    assert CONFIG not in program.environment
    assert _read_by(program) == "acme"
    (here / NAME).write_text('model_url = "https://models.evil.example/v1"\nallowed_hosts = ["models.evil.example"]')
    started = _start(program, environment={**os.environ, CONFIG: str(here / NAME)})
    assert started.returncode == 1
    assert f"{here / NAME} is not read" in started.stderr
    assert "counterfoil trust" in started.stderr
    assert "Traceback" not in started.stderr
    (worker,) = up(stack_settings, Told(), parts=["worker"])
    assert worker.state == "failed"
    assert f"{here / NAME} is not read" in worker.detail


def test_a_file_that_is_named_or_the_users_own_is_the_workers_too(
    here: Path, stack_settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings_file.distrust(here)
    own = tmp_path / "config" / "counterfoil" / NAME
    own.write_text('tenant = "own"')
    assert _read_by(_worker(stack_settings, "worker")) == "own"
    monkeypatch.chdir(own.parent)
    assert _read_by(_worker(stack_settings, "worker")) == "own"
    monkeypatch.chdir(here)
    monkeypatch.setenv(CONFIG, str(here / NAME))
    assert _read_by(_worker(stack_settings, "worker")) == "acme"


def test_a_worker_imports_nothing_from_the_folder_it_stands_in(here: Path, stack_settings: Settings) -> None:
    for module in ("workers", "infra", "asyncio", "logging"):
        (here / module).mkdir()
        (here / module / "__init__.py").write_text(f"open({str(here / 'was here')!r}, 'w')")
    program = _worker(stack_settings, "worker")
    assert program.directory == here
    asked = Program(program.name, [*program.argv, "--help"], program.directory, program.environment, program.unset)
    said = _start(asked, environment=dict(os.environ))
    assert "Run the definitions" in said.stdout, said.stderr
    assert not (here / "was here").exists()


DAMAGED = ["", "{", "[]", "null", "5", '{"temporal_port": "x"}', '{"temporal_port": 0}', '{"temporal_port": 65536}', "\xff",
           '{"temporal_port": Infinity}', '{"temporal_port": true}', '{"temporal_port": 7243.5}', "[" * 100_000]  # fmt: skip


@pytest.mark.parametrize("content", DAMAGED)
def test_damaged_ports_are_told_with_what_to_do(content: str, tmp_path: Path) -> None:
    (tmp_path / "ports.json").write_text(content, encoding="latin-1")
    with pytest.raises(SettingsError, match=r"ports\.json is damaged .* Delete it, then `counterfoil down`"):
        Settings(home=tmp_path)


@pytest.mark.parametrize("content", ["", "{", "{}", "null", "5", "[5]", "[null]", '["\\u0000"]', "\xff", "[" * 100_000])
def test_a_damaged_list_of_homes_is_mended(content: str, stack_settings: Settings) -> None:
    stack_settings.home.mkdir(parents=True)
    stack_settings.cache.mkdir(parents=True)
    homes = stack_settings.cache / "homes.json"
    homes.write_text(content, encoding="latin-1")
    settle(stack_settings, lambda _: False, lambda _: False)
    assert json.loads(homes.read_bytes()) == [str(stack_settings.home)]


@pytest.mark.parametrize("content", DAMAGED)
def test_damaged_ports_of_another_home_are_no_trouble_of_this_one(
    content: str, stack_settings: Settings, tmp_path: Path
) -> None:
    other = tmp_path / "other"
    for folder in (stack_settings.home, stack_settings.cache, other):
        folder.mkdir(parents=True)
    (other / "ports.json").write_text(content, encoding="latin-1")
    (stack_settings.cache / "homes.json").write_text(json.dumps([str(other)]))
    settle(stack_settings, lambda _: True, lambda _: False)
    assert remembered_ports(stack_settings.home) == {}, "those of this test are set"


@pytest.mark.parametrize(
    "content", ["", "http://evil.example:8233", "http://8.8.8.8:8233", "http://127.0.0.1", "http://[::1", "\xff"]
)
def test_temporals_page_stands_behind_ours_on_this_machine_whatever_the_note_says(
    content: str, stack_settings: Settings
) -> None:
    stack_settings.home.mkdir(parents=True)
    note = stack_settings.home / "temporal-page"
    note.write_text(content, encoding="latin-1")
    page = _page_behind(stack_settings)
    assert ip_address(page.hostname or "").is_loopback
    assert page.port
    assert _page_behind(stack_settings) == page, "it stays where it is"
    assert note.stat().st_mode & 0o077 == 0

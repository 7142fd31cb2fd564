"""The home is one that the user made, named or said to be theirs, and never one that came with a folder."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import infra
from infra import home
from infra.home import NAME, default_home
from infra.settings import Settings
from infra.trusted import NotTrusted

ROOT = Path(infra.__file__).parents[1]


@pytest.fixture(autouse=True)
def own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The user's configuration folder, of this test alone."""
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    for name in list(os.environ):
        if name.startswith("COUNTERFOIL_"):
            monkeypatch.delenv(name)
    return tmp_path / "config" / "counterfoil"


@pytest.fixture
def unpacked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder one stands in, as it came from a supplier."""
    folder = tmp_path / "from a supplier"
    _lay(folder)
    monkeypatch.chdir(folder)
    return folder


def _lay(folder: Path) -> None:
    (folder / NAME).mkdir(parents=True)
    (folder / NAME / "ledger.db").write_bytes(b"accounts of theirs")
    (folder / NAME / "ports.json").write_text('{"temporal_port": 6666}')


def _made(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A home that was made by standing in ``folder``, and has something in it."""
    folder.mkdir(parents=True, exist_ok=True)
    monkeypatch.chdir(folder)
    found = Settings().home
    home.make(found)
    (found / "ledger.db").write_bytes(b"ours")
    return found


def test_one_that_came_with_a_folder_is_not_used_there_nor_below(
    unpacked: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (unpacked / "invoices" / "march").mkdir(parents=True)
    for folder in (unpacked, unpacked / "invoices" / "march"):
        monkeypatch.chdir(folder)
        with pytest.raises(NotTrusted, match=f"counterfoil trust '{unpacked}'"):
            Settings()
    monkeypatch.setenv("COUNTERFOIL_HOME", str(unpacked.parent / "named"))
    assert Settings().temporal_port == 7233
    monkeypatch.setenv("COUNTERFOIL_HOME", str(unpacked / NAME))
    assert Settings().temporal_port == 6666, "the user named it"


def test_one_that_was_made_is_found_there_and_below(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    made = _made(tmp_path / "books", monkeypatch)
    assert made == tmp_path / "books" / NAME
    assert made.stat().st_mode & 0o077 == 0
    (tmp_path / "books" / "march").mkdir()
    monkeypatch.chdir(tmp_path / "books" / "march")
    assert Settings().home == made
    home.make(made)
    assert Settings().home == made


def test_one_that_was_named_when_it_was_made_is_known_without_its_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    home.make(tmp_path / NAME)
    (tmp_path / NAME / "ledger.db").touch()
    monkeypatch.chdir(tmp_path)
    assert default_home() == tmp_path / NAME


def test_making_a_home_that_came_with_a_folder_does_not_make_it_known(unpacked: Path) -> None:
    home.make(unpacked / NAME)
    with pytest.raises(NotTrusted):
        default_home()


def test_what_stands_where_one_was_made_is_another(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    made = _made(tmp_path / "downloads", monkeypatch)
    shutil.rmtree(made)
    _lay(tmp_path / "downloads")
    with pytest.raises(NotTrusted):
        default_home()
    (made / "mark").write_text("0" * 32)
    with pytest.raises(NotTrusted):
        default_home()
    shutil.rmtree(made)
    assert _made(tmp_path / "downloads", monkeypatch) == made, "to start afresh needs no more than to delete it"
    assert default_home() == made


def test_a_mark_is_good_in_its_own_place_alone(tmp_path: Path, unpacked: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    made = _made(tmp_path / "books", monkeypatch)
    monkeypatch.chdir(unpacked)
    for lay in (
        lambda: shutil.copy(made / "mark", unpacked / NAME / "mark"),
        lambda: (unpacked / NAME / "mark").symlink_to(made / "mark"),
        lambda: (unpacked / NAME / "mark").mkdir(),
        lambda: os.mkfifo(unpacked / NAME / "mark"),
        lambda: (unpacked / NAME / "mark").write_bytes(b"\xff"),
        lambda: (unpacked / NAME / "mark").touch(),
    ):
        lay()
        with pytest.raises(NotTrusted):
            default_home()
        mark = unpacked / NAME / "mark"
        mark.rmdir() if mark.is_dir() and not mark.is_symlink() else mark.unlink()
    shutil.rmtree(unpacked / NAME)
    (unpacked / NAME).symlink_to(made)
    with pytest.raises(NotTrusted):
        default_home()


def test_an_empty_one_is_taken_as_if_it_were_made(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / NAME).mkdir()
    assert _made(tmp_path, monkeypatch) == tmp_path / NAME
    assert default_home() == tmp_path / NAME


def test_one_of_an_earlier_version_is_trusted_and_distrusted_by_a_command(unpacked: Path) -> None:
    def counterfoil(*words: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-P", "-m", "workers.cli", *words],
            cwd=unpacked,
            env={**os.environ, "PYTHONPATH": str(ROOT)},
            capture_output=True,
            text=True,
            timeout=120,
        )

    refused = counterfoil("logs")
    assert (refused.returncode, refused.stdout) == (1, "")
    assert "is not known as yours" in refused.stderr
    assert "Traceback" not in refused.stderr
    assert "is your home from now on" in counterfoil("trust").stdout
    assert "no log yet" in counterfoil("logs").stderr
    assert "no longer used" in counterfoil("trust", "--no-longer").stdout
    assert "is not known as yours" in counterfoil("logs").stderr
    none = counterfoil("trust", str(unpacked.parent))
    assert none.returncode == 1
    assert "has neither a counterfoil.toml nor a .counterfoil" in none.stderr


def test_one_beside_the_code_that_runs_is_trusted_as_that_is(tmp_path: Path) -> None:
    clone = tmp_path / "clone"
    shutil.copytree(ROOT / "infra", clone / "infra", ignore=shutil.ignore_patterns("__pycache__"))
    _lay(clone)
    asked = [sys.executable, "-c", "from infra.settings import Settings; print(Settings().home)"]
    said = subprocess.run(
        asked, cwd=clone, env={**os.environ, "PYTHONPATH": str(clone)}, capture_output=True, text=True, timeout=60
    )
    assert said.stdout.strip() == str(clone / NAME), said.stderr


def test_where_nothing_can_be_registered_a_home_is_used_by_its_name(
    tmp_path: Path, own: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    own.parent.touch()
    made = _made(tmp_path, monkeypatch)
    with pytest.raises(NotTrusted, match="COUNTERFOIL_HOME"):
        default_home()
    with pytest.raises(NotTrusted, match="COUNTERFOIL_HOME"):
        home.trust(tmp_path)
    monkeypatch.setenv("COUNTERFOIL_HOME", str(made))
    assert Settings().home == made

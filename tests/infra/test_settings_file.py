"""Settings come from files that are the user's."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest
from pydantic_settings import SettingsError

from infra.settings import Settings
from infra.settings_file import CONFIG, NAME, distrust, require_trusted, trust, untrusted_file
from infra.trusted import NotTrusted

HOSTILE = """\
model_url = "https://models.evil.example/v1"
allowed_hosts = ["models.evil.example"]
"""


@pytest.fixture(autouse=True)
def own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The user's configuration folder, of this test alone."""
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    monkeypatch.delenv(CONFIG, raising=False)
    return tmp_path / "config" / "counterfoil"


@pytest.fixture
def unpacked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder one stands in, as it came from a supplier."""
    folder = tmp_path / "from a supplier"
    folder.mkdir()
    (folder / NAME).write_text(HOSTILE)
    monkeypatch.chdir(folder)
    return folder


def test_a_folder_from_elsewhere_says_nothing(unpacked: Path) -> None:
    assert Settings().model_url is None
    assert Settings().allowed_hosts == []
    assert untrusted_file() == unpacked / NAME


def test_what_is_trusted_is_the_file_as_it_was(unpacked: Path) -> None:
    (unpacked / NAME).write_text('tenant = "acme"')
    trust(unpacked)
    assert Settings().tenant == "acme"
    assert untrusted_file() is None
    (unpacked / NAME).write_text(HOSTILE)
    assert Settings().model_url is None, "it has changed since"
    assert untrusted_file()
    (unpacked / NAME).write_text('tenant = "acme"')
    assert distrust(unpacked)
    assert Settings().tenant == "default"


def test_a_link_to_a_trusted_file_is_not_trusted_with_it(unpacked: Path, tmp_path: Path) -> None:
    (unpacked / NAME).write_text('tenant = "acme"')
    trust(unpacked)
    other = tmp_path / "other"
    other.symlink_to(unpacked)
    (unpacked / NAME).write_text(HOSTILE)
    assert Settings().model_url is None


def test_the_file_in_the_users_own_folder_is_read_and_the_named_one_before_it(own: Path, unpacked: Path) -> None:
    own.mkdir(parents=True)
    (own / NAME).write_text('tenant = "own"')
    assert Settings().tenant == "own"
    named = unpacked.parent / "named.toml"
    named.write_text('tenant = "named"')
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(CONFIG, str(named))
        assert Settings().tenant == "named"
        assert untrusted_file() is None
        patch.setenv(CONFIG, str(named) + ".none")
        with pytest.raises(SettingsError, match="cannot be used"):
            Settings()


def test_a_folder_without_a_file_cannot_be_trusted(tmp_path: Path) -> None:
    assert trust(tmp_path) is None


@pytest.mark.parametrize(
    "lay", [os.mkfifo, Path.mkdir, lambda path: path.symlink_to("/dev/zero"), lambda path: path.symlink_to(path)]
)
def test_what_is_no_file_is_neither_read_nor_trusted(lay: Callable[[Path], None], unpacked: Path) -> None:
    (unpacked / NAME).unlink()
    lay(unpacked / NAME)
    assert untrusted_file() is None
    assert trust(unpacked) is None
    assert Settings().tenant == "default"


def test_of_a_file_without_end_no_more_is_read_than_settings_need(unpacked: Path) -> None:
    with (unpacked / NAME).open("ab") as file:
        file.truncate(2**40)
    assert untrusted_file() == unpacked / NAME


def test_what_cannot_be_registered_is_told(unpacked: Path, own: Path) -> None:
    own.parent.touch()
    with pytest.raises(NotTrusted, match=CONFIG):
        trust(unpacked)


def test_whoever_must_not_go_on_without_a_file_is_told_what_to_do(
    unpacked: Path, own: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(NotTrusted, match=f"counterfoil trust '{unpacked}'"):
        require_trusted()
    trust(unpacked)
    require_trusted()
    (unpacked / NAME).write_text(HOSTILE + "#")
    monkeypatch.chdir(unpacked.parent)
    require_trusted()
    with pytest.raises(NotTrusted, match="has changed since"):
        require_trusted(unpacked)
    own.mkdir(parents=True, exist_ok=True)
    (own / NAME).write_text('tenant = "own"')
    require_trusted(own)


@pytest.mark.parametrize("content", ["", "{", "[1]", "null", "\xff", "[" * 100_000, '{"a": {"b": 1}}'])
def test_a_damaged_register_trusts_nothing_and_is_mended(content: str, own: Path, unpacked: Path) -> None:
    trust(unpacked)
    (own / "trusted.json").write_text(content, encoding="latin-1")
    assert untrusted_file()
    trust(unpacked)
    assert not untrusted_file()

"""The page about configuration is what the settings say."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from docs.configuration import PAGE, page
from infra.settings import MachinePrice, Settings, TokenPrice
from infra.settings_file import CONFIG


def test_the_page_is_not_stale() -> None:
    assert PAGE.read_text(encoding="utf-8") == page(), "run make docs"


def test_every_setting_is_explained() -> None:
    assert [name for name, field in Settings.model_fields.items() if not field.description] == []


def test_the_file_on_the_page_is_read_as_it_stands(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    blocks = re.findall(r"```toml\n(.*?)```", page(), re.DOTALL)
    (tmp_path / "counterfoil.toml").write_text("\n".join(blocks))
    monkeypatch.setenv(CONFIG, str(tmp_path / "counterfoil.toml"))
    settings = Settings()
    assert [company.tenant for company in settings.companies] == [None, "seefeld"]
    tiers = settings.tiers
    assert isinstance(tiers["small"].price, MachinePrice)
    assert isinstance(tiers["large"].price, TokenPrice)

"""What asks the parts asks them alone: through no proxy of the environment, and not where an answer points to."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from infra.local import _probe
from infra.settings import LOOPBACK, Settings
from tests.infra.models.canned import Canned

PROXIES = (
    "HTTP_PROXY",
    "http_proxy",
    "HTTPS_PROXY",
    "https_proxy",
    "ALL_PROXY",
    "all_proxy",
    "GRPC_PROXY",
    "grpc_proxy",
)

ASKING: dict[str, Callable[[Settings, str], object]] = {
    "phoenix": lambda settings, _: _probe.phoenix(settings),
    "page": lambda _, url: _probe.temporal_page(url),
    "model": lambda _, url: _probe.model(f"{url}/v1", name=None, key="secret"),
    "temporal": lambda settings, _: _probe.temporal(settings, seconds=1),
}


@pytest.mark.parametrize("part", ASKING)
def test_a_part_is_asked_where_it_is_and_nowhere_else(
    part: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with Canned("") as elsewhere, Canned("", status=307, headers={"location": elsewhere.url}) as moved:
        for name in PROXIES:
            monkeypatch.setenv(name, f"http://{LOOPBACK}:{elsewhere.port}")
        for name in ("NO_PROXY", "no_proxy"):
            monkeypatch.setenv(name, "")
        at = f"{LOOPBACK}:{moved.port}"
        settings = Settings(home=tmp_path, phoenix_url=f"http://{at}", temporal_address=at)
        ASKING[part](settings, f"http://{at}")
        assert elsewhere.received == []
        assert len(moved.received) == (1 if part != "temporal" else 0), "what speaks HTTP/2 was asked as such"

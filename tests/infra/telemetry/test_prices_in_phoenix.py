"""Phoenix learns the prices as soon as it and the endpoint are there, however late that is."""

from __future__ import annotations

import asyncio
from decimal import Decimal
from pathlib import Path
from types import SimpleNamespace
from typing import cast

import pytest

from infra.connections import Connections
from infra.settings import Settings, TierSettings, TokenPrice
from infra.telemetry.tracing import Tracing
from tests.infra.models.canned import Canned
from tests.scripted.endpoint import MODEL, ScriptedEndpoint, unused_port
from workers import worker

EMPTY = '{"data": {"generativeModels": {"edges": []}}}'


async def test_a_price_is_set_when_phoenix_is_back(
    endpoint: ScriptedEndpoint, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(worker, "_PRICE_RETRY_SECONDS", 0.1)
    monkeypatch.setattr(worker, "PRICE_HOLDS_AFTER_SECONDS", 0.3)
    held: list[bool] = []
    tracing, tried = SimpleNamespace(hold=held.append), asyncio.Event()
    caplog.set_level("INFO", "counterfoil.worker")
    price = TokenPrice(input=Decimal(1), output=Decimal(2), source="list")
    with unused_port() as port:
        made = Connections.of(
            Settings(
                home=tmp_path,
                phoenix_url=f"http://127.0.0.1:{port}",
                allowed_hosts=[],
                tiers={
                    "small": TierSettings(url=endpoint.url, price=price),
                    "large": TierSettings(url="https://models.example.com/v1", price=price),
                    "free": TierSettings(url=endpoint.url),
                },
            )
        )
        setting = asyncio.create_task(worker._set_prices(made, cast(Tracing, tracing), tried))
        await asyncio.wait([setting], timeout=1)
        assert not setting.done()
        assert tried.is_set(), "the worker starts all the same"
        assert held[-1], "spans wait for their price"
    with Canned(EMPTY, port=port) as phoenix:
        async with asyncio.timeout(5):
            await setting
        assert len(phoenix.received) == 2, "it is asked what it has, then told"
    assert not held[-1]
    await made.close()
    down, refused, told = (r.getMessage() for r in caplog.records)
    assert "tier small until it can be set: Phoenix at" in down
    assert "not on the allow-list" in refused
    assert told.startswith(f"price of {MODEL} in Phoenix")


async def test_without_prices_to_tell_spans_are_let_go(tmp_path: Path) -> None:
    held, tried = [True], asyncio.Event()
    made = Connections.of(Settings(home=tmp_path, tiers={"small": TierSettings(url="http://127.0.0.1:1/v1")}))
    await worker._keep_priced(made, cast(Tracing, SimpleNamespace(hold=held.append)), tried)
    await made.close()
    assert tried.is_set()
    assert not held[-1]


async def test_spans_are_let_go_also_if_the_prices_break(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    held, tried = [True], asyncio.Event()
    price = TokenPrice(input=Decimal(1), output=Decimal(2), source="list")
    tiers = {"small": TierSettings(url="http://127.0.0.1:1/v1", model="m", price=price)}
    made = Connections.of(Settings(home=tmp_path, tiers=tiers))

    async def breaks(*_: object) -> bool:
        raise KeyError("data")

    monkeypatch.setattr("workers.worker.Phoenix.set_price", breaks)
    await worker._keep_priced(made, cast(Tracing, SimpleNamespace(hold=held.append)), tried)
    await made.close()
    assert tried.is_set()
    assert held[-2:] == [True, False]
    assert "prices could not be told" in caplog.text

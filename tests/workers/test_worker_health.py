"""What a worker says of itself over HTTP, and when it says no."""

from __future__ import annotations

import asyncio
import json
import os
import threading
import time
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest

from infra.ledger import Ledger
from infra.settings import LOOPBACK
from tests.stack import free_ports
from workers.worker import _health
from workers.worker._health import Health, NotReady


@pytest.fixture
async def health(tmp_path: Path) -> AsyncIterator[Health]:
    (unused,) = free_ports(1)
    with Health(tmp_path, LOOPBACK, 0, roles="models", sdk_metrics=f"http://{LOOPBACK}:{unused}/metrics") as health:
        yield health


async def get(health: Health, path: str) -> httpx.Response:
    async with httpx.AsyncClient(base_url=f"http://{health.address}") as http:
        return await http.get(path)


async def test_it_is_ready_when_it_takes_work_and_all_that_work_needs_is_there(
    health: Health, ledger_url: str, tmp_path: Path
) -> None:
    starting = await get(health, "/readyz")
    assert (starting.status_code, starting.json()["parts"]["work"]["reason"]) == (503, "starting")
    health.not_ready = None
    async with Ledger(ledger_url) as ledger, Ledger(f"sqlite:///{tmp_path / 'none.db'}") as away:
        health.checks = {"ledger": ledger.ping}
        ready = await get(health, "/readyz")
        assert (ready.status_code, ready.json()["ready"]) == (200, True)
        health.checks = {"ledger": away.ping}
        without = await get(health, "/readyz")
    assert without.status_code == 503
    assert "counterfoil up" in without.json()["parts"]["ledger"]["reason"]
    assert (await get(health, "/livez")).status_code == 200, "a ledger that is away is no reason to start anew"


async def test_a_reason_is_told_in_our_words_or_by_its_type_alone(
    health: Health, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(_health, "_CHECK_SECONDS", 0.05)

    async def ours() -> None:
        raise NotReady("no work is taken from counterfoil")

    async def theirs() -> None:
        raise ConnectionError("postgresql://user:password@host")

    async def silent() -> None:
        await asyncio.sleep(3600)

    health.checks = {"ours": ours, "theirs": theirs, "silent": silent}
    parts = (await get(health, "/readyz")).json()["parts"]
    assert parts["ours"]["reason"] == "no work is taken from counterfoil"
    assert parts["theirs"]["reason"] == "ConnectionError"
    assert parts["silent"]["reason"] == "no answer within 0.05 s"


async def test_an_event_loop_that_is_stuck_is_not_alive(health: Health, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_health, "_LOOP_SECONDS", 0.1)
    monkeypatch.setattr(_health, "_CHECK_SECONDS", 0.1)
    answers: list[httpx.Response] = []

    def ask() -> None:
        answers.extend(httpx.get(f"http://{health.address}{path}") for path in ("/livez", "/readyz"))

    asking = threading.Thread(target=ask)
    asking.start()
    time.sleep(0.6)  # the loop does nothing else meanwhile
    asking.join()
    assert [answer.status_code for answer in answers] == [503, 503]
    assert "has not answered" in answers[0].text
    assert (await get(health, "/livez")).status_code == 200


async def test_a_file_says_where_as_prometheus_reads_it_while_it_serves(tmp_path: Path) -> None:
    folder = tmp_path / "workers"
    folder.mkdir()
    (folder / "999999999.json").write_text("[]")  # of one that was killed
    (first_port,) = free_ports(1)
    nowhere = f"http://{LOOPBACK}:{first_port}/metrics"
    with (
        Health(tmp_path, LOOPBACK, first_port, roles="models", sdk_metrics=nowhere) as first,
        Health(tmp_path, LOOPBACK, first_port, roles="models", sdk_metrics=nowhere) as second,
    ):
        assert first.address == f"{LOOPBACK}:{first_port}"
        assert second.address != first.address, "the port is taken, so it has the next"
        (file,) = folder.iterdir()
        assert file.name == f"{os.getpid()}.json"
        assert json.loads(file.read_text()) == [{"targets": [second.address], "labels": {"roles": "models"}}]
    assert not list(folder.iterdir())


async def test_metrics_are_served_also_when_those_of_the_sdk_are_not_to_be_had(health: Health) -> None:
    answer = await get(health, "/metrics")
    assert answer.status_code == 200
    assert "counterfoil_spans_waiting" in answer.text
    assert "# the metrics of Temporal's SDK are missing: ConnectError" in answer.text
    assert (await get(health, "/elsewhere")).status_code == 404

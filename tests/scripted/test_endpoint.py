"""The scripted endpoint's own behaviour as a server with a rate of its own, on which the benchmarks rest."""

from __future__ import annotations

import asyncio
import time
from typing import Any

import httpx
import pytest

from tests.scripted.endpoint import MODEL, ScriptedEndpoint

REQUEST: dict[str, Any] = {
    "model": MODEL,
    "messages": [{"role": "user", "content": "<document>\nINVOICE\n</document>"}],
    "response_format": {"type": "json_schema", "json_schema": {"name": "Header", "schema": {"properties": {}}}},
}


def root(endpoint: ScriptedEndpoint) -> str:
    return endpoint.url.removesuffix("/v1")


async def ask(client: httpx.AsyncClient, count: int) -> list[int]:
    answers = await asyncio.gather(*(client.post("/v1/chat/completions", json=REQUEST) for _ in range(count)))
    return [answer.status_code for answer in answers]


async def test_requests_beyond_the_slots_wait_and_are_shown_to_wait(endpoint: ScriptedEndpoint) -> None:
    async with httpx.AsyncClient(base_url=root(endpoint)) as client:
        await client.post("/script", json={"slots": 2, "seconds": 1})
        started = time.perf_counter()
        asking = asyncio.create_task(ask(client, 6))
        while (await client.get("/script")).json()["in_flight"] < 6:
            await asyncio.sleep(0.01)
        shown = (await client.get("/metrics")).text.splitlines()
        assert f'vllm:num_requests_running{{engine="0",model_name="{MODEL}"}} 2.0' in shown
        assert f'vllm:num_requests_waiting{{engine="0",model_name="{MODEL}"}} 4.0' in shown
        assert await asking == [200] * 6
        assert time.perf_counter() - started >= 3
        counted = (await client.get("/script")).json()
        assert (counted["paid"], counted["serving"], counted["waiting"]) == (6, 0, 0)


async def test_a_request_beyond_the_longest_queue_is_turned_away_unpaid(endpoint: ScriptedEndpoint) -> None:
    async with httpx.AsyncClient(base_url=root(endpoint)) as client:
        await client.post("/script", json={"slots": 1, "seconds": 0.1, "longest_queue": 1, "status": 503})
        assert sorted(await ask(client, 4)) == [200, 200, 503, 503]
        assert (await client.get("/script")).json()["paid"] == 2


@pytest.mark.parametrize("told", [{"slot": 1}, {"requests": {}}])
async def test_a_script_with_an_unknown_part_is_refused(endpoint: ScriptedEndpoint, told: dict[str, Any]) -> None:
    async with httpx.AsyncClient(base_url=root(endpoint)) as client:
        refused = await client.post("/script", json=told)
    assert refused.status_code == 400
    assert "there are: delay" in refused.json()["error"]

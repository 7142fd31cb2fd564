"""Saturation: how much of an endpoint's fixed service rate Counterfoil keeps busy, over what a bare client does."""

from __future__ import annotations

import asyncio
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import openai

from tests.evals.bench.counterfoil import CounterfoilUntraced
from tests.evals.bench.job import CALLS, FIXED_RATE, IN_FLIGHT, Endpoint, invoices, median

_EDGE = 0.1
"""Share of the run left out at its beginning and at its end, where not all slots have work."""


def measure(endpoint: Endpoint, calls: int, rounds: int, say: Callable[[str], None]) -> dict[str, Any]:
    """Calls a second of the bare client and of Counterfoil in each round, as the endpoint counts them."""
    assert FIXED_RATE.script
    rate = FIXED_RATE.script["slots"] / FIXED_RATE.script["seconds"]
    documents = -(-calls // CALLS["all"])
    figures = []
    for n in range(rounds):
        say(f"saturation, round {n + 1} of {rounds}")
        endpoint.behave(FIXED_RATE.script)
        asyncio.run(_bare(endpoint, documents * CALLS["all"]))
        bare = _rate(endpoint.counts()["answered"])
        with (
            tempfile.TemporaryDirectory(prefix="bench-") as folder,
            CounterfoilUntraced(Path(folder), endpoint, phoenix=None) as ours,
        ):
            endpoint.behave()
            asyncio.run(ours.run(invoices("warm", 4), "warm"))
            endpoint.behave(FIXED_RATE.script)
            asyncio.run(ours.run(invoices(f"full-{n}", documents), f"full-{n}"))
            mine = _rate(endpoint.counts()["answered"])
        figures.append({"bare": bare, "ours": mine, "ratio": mine / bare})
    return {
        "rate": rate,
        "in_flight": IN_FLIGHT,
        "calls": documents * CALLS["all"],
        "rounds": figures,
        "ratio_median": median([row["ratio"] for row in figures]),
    }


async def _bare(endpoint: Endpoint, calls: int) -> None:
    """``calls`` calls, `IN_FLIGHT` at a time, with the library that Counterfoil uses and nothing around it."""
    schema: dict[str, object] = {"type": "object", "properties": {"invoice_number": {"enum": ["B-1", "none"]}}}
    places = asyncio.Semaphore(IN_FLIGHT)
    async with openai.AsyncOpenAI(base_url=endpoint.url, api_key="none", max_retries=0) as client:

        async def call() -> None:
            async with places:
                await client.chat.completions.create(
                    model="scripted-no-model",
                    messages=[{"role": "user", "content": "<document>\nINVOICE\nNumber: B-1\n</document>"}],
                    response_format={"type": "json_schema", "json_schema": {"name": "Header", "schema": schema}},
                )

        await asyncio.gather(*(call() for _ in range(calls)))


def _rate(answered: Sequence[tuple[str, float]]) -> float:
    """Answers a second between the first and the last tenth of them."""
    times = sorted(at for _, at in answered)
    edge = int(len(times) * _EDGE)
    middle = times[edge : len(times) - edge]
    return (len(middle) - 1) / (middle[-1] - middle[0])

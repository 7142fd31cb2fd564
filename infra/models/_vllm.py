"""What vLLM says of its load at ``/metrics``, and a limit that follows it."""

from __future__ import annotations

import asyncio
import random
from dataclasses import dataclass
from urllib.parse import urlsplit, urlunsplit

import httpx
from prometheus_client.parser import text_string_to_metric_families

from infra.models.limit import CallLimit

_RUNNING = "vllm:num_requests_running"
_WAITING = "vllm:num_requests_waiting"
_CACHE = "vllm:kv_cache_usage_perc"
_LOOK_SECONDS = 1.0
_LOOK_AGAIN_SECONDS = 60.0
"""After which an endpoint that did not say is asked once more: another may have taken its place."""


@dataclass(frozen=True)
class Load:
    """Requests that run and that wait, of all callers and over all engines; share of the fullest KV cache in use, 0 to 1."""

    running: float
    waiting: float
    cache: float


def load_of(text: str) -> Load | None:
    """The load in vLLM's metrics (names as of 0.32, the same since 0.10), or None where they are not among ``text``."""
    # The page has hundreds of lines, nearly all of them histograms: only three kinds are parsed.
    lines = "".join(f"{line}\n" for line in text.splitlines() if line.startswith((_RUNNING, _WAITING, _CACHE)))
    found: dict[str, list[float]] = {_RUNNING: [], _WAITING: [], _CACHE: [0.0]}
    try:
        for family in text_string_to_metric_families(lines):
            for sample in family.samples:
                if sample.name in found:
                    found[sample.name].append(sample.value)
    except ValueError:
        return None
    if not found[_RUNNING] or not found[_WAITING]:
        return None
    return Load(sum(found[_RUNNING]), sum(found[_WAITING]), max(found[_CACHE]))


def metrics_url(url: str) -> str:
    """Where an endpoint whose API is at ``url`` serves its metrics: beside the ``/v1``, on the same host and port."""
    parts = urlsplit(url)
    path = parts.path.rstrip("/").removesuffix("/v1")
    return urlunsplit((parts.scheme, parts.netloc, f"{path}/metrics", "", ""))


async def follow(limit: CallLimit, url: str, api_key: str) -> None:
    """Tell ``limit`` the load of the endpoint, about once a second, for as long as calls are in flight or wait."""
    headers = {"Authorization": f"Bearer {api_key}"} if api_key else {}
    async with httpx.AsyncClient(trust_env=False, follow_redirects=False, timeout=5, headers=headers) as http:
        while limit.in_flight or limit.waiting:
            wait = _LOOK_SECONDS
            if limit.reachable:
                try:
                    answer = await http.get(metrics_url(url))
                    load = load_of(answer.text) if answer.status_code == 200 else None
                except httpx.HTTPError:
                    pass  # busy, or gone: the calls will tell
                else:
                    if load is None:
                        wait = _LOOK_AGAIN_SECONDS
                    else:
                        limit.told(running=load.running, waiting=load.waiting, cache=load.cache)
            await asyncio.sleep(wait * random.uniform(0.8, 1.2))  # several workers should not look, and move, in step

"""A worker that is asked to stop: what runs ends or goes back, nothing is lost, nothing is paid twice."""

from __future__ import annotations

import asyncio
import signal
import subprocess
import time
from collections import Counter, defaultdict
from collections.abc import Iterator

import pytest
from prometheus_client.parser import text_string_to_metric_families

from infra.records import CallStatus, Status
from tests.scripted.endpoint import Script
from tests.scripted.invoices import invoice_pdf
from tests.stack import CALLS, Stack

DRAIN_SECONDS = 2


@pytest.fixture(scope="module")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """Without Phoenix: what is drained here does not need it."""
    drain = {"COUNTERFOIL_DRAIN_SECONDS": str(DRAIN_SECONDS)}
    with Stack(tmp_path_factory.mktemp("home"), environment=drain) as stack:
        yield stack


async def ended(worker: subprocess.Popen[bytes]) -> int:
    """Its exit code."""
    async with asyncio.timeout(30):
        while worker.poll() is None:
            await asyncio.sleep(0.02)
    return worker.returncode


async def in_flight(script: Script, calls: int) -> None:
    async with asyncio.timeout(30):
        while script.in_flight < calls:
            await asyncio.sleep(0.02)


def counts(stack: Stack, worker: subprocess.Popen[bytes]) -> dict[str, float]:
    """The worker's metrics, by name and by what they count, over all other labels."""
    answer = stack.ask(worker, "/metrics")
    assert answer
    found: dict[str, float] = defaultdict(float)
    for family in text_string_to_metric_families(answer.text):
        for name, labels, value, *_ in family.samples:
            found[f"{name} {labels.get('status', labels.get('kind', ''))}".strip()] += value
    return found


@pytest.mark.exhaustive
async def test_drained_it_ends_what_can_end_and_hands_back_the_rest_which_goes_on_elsewhere(stack: Stack) -> None:
    script = stack.endpoint.script = Script(mode="hang", only="Totals", delay=0.8)
    first = stack.worker
    assert first
    ids = await stack.submit({f"drain-{n}.pdf": invoice_pdf(f"DRAIN-{n}") for n in range(2)})
    await in_flight(script, 2 * CALLS)
    first.send_signal(signal.SIGTERM)
    await asyncio.sleep(0.2)
    draining = stack.ask(first, "/readyz")
    assert draining
    assert draining.status_code == 503
    assert draining.json()["parts"]["work"] == {"ok": False, "reason": "draining"}
    assert stack.health(first, "/livez") == 200, "it is not to be killed for it"
    script.mode = "answer"
    stack.start_worker()
    assert await ended(first) == 0
    for id in ids:
        await stack.until(id)
        handle = await stack.handle(id)
        failures = [e.activity_task_started_event_attributes.last_failure async for e in handle.fetch_history_events()]
        assert not any(f.HasField("timeout_failure_info") for f in failures), "handed back, not missed"

    calls = [call for id in ids for call in await stack.calls(id)]
    assert Counter(c.status for c in calls) == {CallStatus.COMPLETED: 2 * CALLS, CallStatus.LOST: 2}
    assert {c.error for c in calls if c.status is CallStatus.LOST} == {"cancelled while in flight"}
    assert set(script.paid.values()) == {1}
    assert len(script.paid) == 2 * CALLS


async def test_its_metrics_are_what_the_ledger_has(stack: Stack) -> None:
    stack.endpoint.script = Script(mode="prose", only="Totals")
    worker = stack.worker
    assert worker
    before = counts(stack, worker)
    ids = await stack.submit({"sound.pdf": invoice_pdf("SOUND-1")})
    for id in ids:
        await stack.until(id, Status.APPROVED, Status.REVIEW, seconds=30)
    now = counts(stack, worker)
    counted = {name: value - before[name] for name, value in now.items()}
    calls = [call for id in ids for call in await stack.calls(id)]
    for status in CallStatus:
        assert counted.get(f"counterfoil_model_calls_total {status}", 0) == sum(c.status is status for c in calls)
    for kind in ("prompt", "cached", "output"):
        assert counted[f"counterfoil_tokens_total {kind}"] == sum(getattr(c.usage, kind) for c in calls) > 0
    assert counted["counterfoil_cost_total"] == pytest.approx(float(sum(c.cost or 0 for c in calls)))
    assert counted["counterfoil_executions_total review"] == 1
    assert now["counterfoil_model_calls_in_flight"] == 0
    assert now["temporal_activity_schedule_to_start_latency_seconds_count"] > 0
    assert "Northwind" not in (stack.home / "worker.log").read_text(), "logs hold nothing of a document"


@pytest.mark.exhaustive
async def test_a_second_signal_ends_it_at_once_and_without_temporal_it_is_not_ready(stack: Stack) -> None:
    worker = stack.worker
    assert worker
    stack.endpoint.script = Script(mode="hang")
    await stack.submit({"late.pdf": invoice_pdf("LATE-1")})
    await in_flight(stack.endpoint.script, 1)
    stack.kill_temporal()
    without = stack.ask(worker, "/readyz")
    assert without
    assert not without.json()["parts"]["temporal"]["ok"]
    since = time.monotonic()
    worker.send_signal(signal.SIGTERM)
    await asyncio.sleep(0.3)
    worker.send_signal(signal.SIGINT)
    assert await ended(worker) == 128 + signal.SIGINT
    assert time.monotonic() - since < DRAIN_SECONDS


def test_a_worker_leaves_no_address_behind(stack: Stack) -> None:
    left = {path.stem for path in (stack.home / "workers").glob("*.json")}
    assert stack.worker
    assert left <= {str(stack.worker.pid)}, "but one that was killed, which the next one clears away"

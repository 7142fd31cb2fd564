"""Processes that die: nothing is lost, nothing is paid twice, and every recorded call has its span. `tests.evals.chaos` in short;
``make chaos`` does it in full."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Iterator

import pytest

from infra.records import CallStatus, Status
from tests.evals.chaos.run import Chaos
from tests.evals.chaos.schedule import Blow, Part
from tests.evals.chaos.verdict import judged, judged_in_phoenix
from tests.scripted.invoices import CORRECTED, invoice_pdf
from tests.stack import EndpointProcess, PhoenixServer, Stack
from workflows.messages import ReviewAnswer

pytestmark = pytest.mark.exhaustive

BLOWS = [
    Blow(0, {Part.ENDPOINT: 0.5}, paid=4),
    Blow(0, {Part.TEMPORAL: 0.5, Part.WORKER: 0.5}, paid=10),
    Blow(0, {Part.LEDGER: 4.0}),
]


@pytest.fixture(scope="module")
def endpoint(tmp_path_factory: pytest.TempPathFactory) -> Iterator[EndpointProcess]:
    with EndpointProcess(tmp_path_factory.mktemp("endpoint"), slots=4, seconds=0.3, spread=0.5) as started:
        yield started


@pytest.fixture(scope="module")
def stack(
    tmp_path_factory: pytest.TempPathFactory, phoenix: PhoenixServer, endpoint: EndpointProcess
) -> Iterator[Stack]:
    """A stack to break."""
    settings = {"COUNTERFOIL_MODEL_URL": endpoint.url, "COUNTERFOIL_MODEL_OUTAGE_MINUTES": "1"}
    with Stack(tmp_path_factory.mktemp("home"), phoenix_port=phoenix.port, environment=settings) as started:
        yield started


async def test_worker_endpoint_and_temporal_killed_and_the_ledger_locked_lose_nothing_and_repeat_nothing(
    stack: Stack, endpoint: EndpointProcess, phoenix: PhoenixServer
) -> None:
    chaos = Chaos(stack, endpoint, phoenix, workers=1, seed=1, say=print)
    files = {f"crash-{n}.pdf": invoice_pdf(f"CRASH-{n}") for n in range(12)}
    records = await chaos.run(files, BLOWS, seconds=90, spans_seconds=30)
    assert {
        check.what: check.offenders for check in [*judged(records), *judged_in_phoenix(records)] if not check.holds
    } == {}
    assert chaos.told.unsettled_at_last_blow > 0
    outcomes = Counter(call.status for call in records.calls)
    assert outcomes[CallStatus.LOST] > 0, "the kills hit no call in flight: the test shows nothing"


async def test_an_execution_in_review_outlives_the_temporal_server_and_the_worker(
    stack: Stack, endpoint: EndpointProcess
) -> None:
    paid = endpoint.paid()
    (id,) = await stack.submit({"patient.pdf": invoice_pdf("PATIENT-1", gross="131.00")})
    before = await stack.until(id, Status.REVIEW)
    stack.kill_temporal()
    stack.kill_worker()
    stack.start_temporal()
    stack.start_worker()
    handle = await stack.handle(id)
    answer = ReviewAnswer(action="correct", reviewer="ada", corrections=CORRECTED)
    await asyncio.wait_for(handle.execute_update("review", answer), 60)
    after = await stack.until(id)
    assert after.status is Status.APPROVED
    assert after.model_calls == before.model_calls
    assert after.cost == before.cost
    assert max((endpoint.paid() - paid).values()) == 1

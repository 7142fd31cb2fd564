"""The number of calls in flight follows what the endpoint takes: enough to keep it busy, and a short queue."""

from __future__ import annotations

import asyncio
import random

import pytest

from infra.models import CallLimit, EndpointUnreachable, MemoryCallBook, ModelClient, Tier
from infra.models._vllm import Load, load_of, metrics_url
from infra.settings import Settings
from tests.scripted.endpoint import ScriptedEndpoint

from .conftest import Connect, question
from .modelled import ModelledEndpoint, limits, over, true, virtually


@pytest.mark.parametrize("workers", [1, 2, 4])
def test_workers_that_read_the_endpoints_queue_fill_it_and_share_it_also_when_it_changes(workers: int) -> None:
    endpoint = ModelledEndpoint(16)

    async def main() -> list[list[int]]:
        sharing = limits(workers)
        sizes = []
        await over(120, sharing, endpoint, told=True)
        for slots in (8, 32):
            endpoint.becomes(slots)
            await over(120, sharing, endpoint, told=True)
            sizes.append([limit.size for limit in sharing])
        return sizes

    after_less, after_more = virtually(main())
    for end in (120, 240, 360):
        busy, in_flight = endpoint.between(end - 60, end)
        assert busy > 0.97
        assert 1.0 <= in_flight < 1.35
    assert max(after_less) <= 2 * min(after_less)
    assert max(after_more) <= 1.5 * min(after_more)


def test_a_worker_that_comes_late_gets_its_share() -> None:
    endpoint = ModelledEndpoint(32)

    async def main() -> tuple[int, int]:
        first, second = limits(2, start=1)
        early = asyncio.create_task(over(400, [first], endpoint, told=True))
        await asyncio.sleep(100)
        await over(300, [second], endpoint, told=True)
        await early
        return first.size, second.size

    first, second = virtually(main())
    assert first <= 1.5 * second


def test_without_metrics_one_worker_finds_what_the_endpoint_takes_from_how_long_answers_take() -> None:
    endpoint = ModelledEndpoint(16)

    async def main() -> None:
        await over(900, limits(1), endpoint, told=False, slots=[8, 32])

    virtually(main())
    for end in (900, 1800, 2700):
        busy, in_flight = endpoint.between(end - 450, end)
        assert busy > 0.95
        assert in_flight < 1.6


@pytest.mark.parametrize(
    ("slots", "batching"),
    [(16, 0.3), *(pytest.param(*given, marks=pytest.mark.exhaustive) for given in ((32, 0.0), (64, 0.3)))],
)
def test_without_metrics_four_workers_together_keep_a_short_queue(slots: int, batching: float) -> None:
    endpoint = ModelledEndpoint(slots, batching=batching)

    async def main() -> None:
        await over(2700, limits(4), endpoint, told=False)

    virtually(main())
    busy, in_flight = endpoint.between(1350, 2700)
    assert busy > 0.95
    assert in_flight <= 1.3


def test_without_metrics_an_endpoint_that_rejects_what_it_has_no_room_for_is_kept_busy() -> None:
    endpoint = ModelledEndpoint(16, queue=0)

    async def main() -> None:
        await over(900, limits(2), endpoint, told=False)

    virtually(main())
    busy, _ = endpoint.between(300, 900)
    assert busy > 0.94
    assert endpoint.rejected < 100  # of some 6,000 calls


def test_longer_answers_alone_do_not_hold_back_an_endpoint_that_gets_more_done_by_batching() -> None:
    endpoint = ModelledEndpoint(128, batching=0.25)

    async def main() -> int:
        (limit,) = limits(1, most=64)
        await over(250, [limit], endpoint, told=False)
        return limit.size

    assert virtually(main()) > 56


def test_a_limit_whose_bounds_are_equal_stays() -> None:
    endpoint = ModelledEndpoint(4, queue=1)

    async def main() -> None:
        limit = CallLimit(8, least=8, most=8, probe=true)
        await over(60, [limit], endpoint, told=True)
        assert limit.size == 8

    virtually(main())


def test_a_limit_that_is_not_used_up_does_not_grow_and_one_over_a_full_cache_neither() -> None:
    async def main() -> None:
        idle = CallLimit(8, probe=true)
        async with idle.place():
            for _ in range(10):
                idle.told(running=1, waiting=0)
        assert idle.size == 8

        full = CallLimit(1, probe=true)
        async with full.place():
            waits = asyncio.create_task(enter(full))
            await asyncio.sleep(0)
            full.told(running=1, waiting=0, cache=0.99)
            assert full.size == 1
        await waits

    virtually(main())


def test_places_go_to_those_who_came_first_and_none_is_lost_when_callers_are_cancelled() -> None:
    async def main() -> None:
        chance = random.Random(3)
        limit = CallLimit(3, least=3, most=3, probe=true)
        order: list[int] = []

        async def hold(n: int) -> None:
            async with limit.place():
                order.append(n)
                assert limit.in_flight <= 3
                await asyncio.sleep(0.01)

        tasks = [asyncio.create_task(hold(n)) for n in range(200)]
        for _ in range(60):
            await asyncio.sleep(chance.choice([0, 0, 0.003]))
            tasks[chance.randrange(200)].cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        assert order == sorted(order)
        assert len(order) > 100
        assert (limit.in_flight, limit.waiting) == (0, 0)

    virtually(main())


def test_a_rejection_halves_the_limit_and_nobody_is_sent_until_the_time_that_was_asked_for() -> None:
    async def main() -> None:
        limit = CallLimit(8, probe=true)
        sent: list[float] = []
        now = asyncio.get_running_loop().time

        async def call(n: int) -> None:
            async with limit.place() as place:
                sent.append(now())
                await asyncio.sleep(0.1)
                if n < 2:  # two of one burst: halved once
                    place.rejected(retry_after=30)
                else:
                    place.answered()

        tasks = [asyncio.create_task(call(n)) for n in range(20)]
        await asyncio.sleep(1)
        assert limit.size == 4
        assert (len(sent), limit.waiting) == (8, 12)
        await asyncio.gather(*tasks)
        assert 30.1 <= sent[8] <= 38
        assert limit.size == 6, "back to what was taken, and not beyond"

    virtually(main())


def test_after_rejections_in_a_row_one_call_goes_ahead_and_pauses_grow() -> None:
    async def main() -> None:
        limit = CallLimit(8, probe=true)
        sent: list[float] = []
        most = 0

        async def call() -> None:
            nonlocal most
            async with limit.place() as place:
                sent.append(asyncio.get_running_loop().time())
                most = max(most, limit.in_flight)
                await asyncio.sleep(0.1)
                if len(sent) < 6:
                    place.rejected()
                else:
                    place.answered()

        await call()
        await call()
        most = 0
        await asyncio.gather(*(call() for _ in range(4)))
        gaps = [later - before for before, later in zip(sent[:5], sent[1:], strict=False)]
        assert gaps == sorted(gaps)
        assert gaps[-1] > 5
        assert most == 1

    virtually(main())


AWAY = EndpointUnreachable("the model endpoint cannot be reached")


def test_calls_wait_for_an_endpoint_that_is_away_and_only_a_probe_asks_for_it() -> None:
    async def main() -> None:
        now = asyncio.get_running_loop().time
        probes: list[float] = []

        async def probe() -> bool:
            probes.append(now())
            return now() > 1800

        limit = CallLimit(4, probe=probe, outage_seconds=3600)
        limit.unreachable(AWAY)
        limit.unreachable(AWAY)
        sent = await asyncio.gather(*(enter(limit) for _ in range(6)))
        assert 1800 < min(sent) == max(sent) < 1810
        assert len(probes) > 300
        assert all(later - before > 0.5 for before, later in zip(probes, probes[1:], strict=False))
        assert limit.reachable

    virtually(main())


def test_calls_wait_for_an_endpoint_that_is_away_no_longer_than_is_set() -> None:
    async def main() -> None:
        limit = CallLimit(4, probe=false, outage_seconds=600)
        limit.unreachable(AWAY)
        with pytest.raises(EndpointUnreachable, match=r"cannot be reached\. Calls waited 10 minutes"):
            await enter(limit)
        assert 600 <= asyncio.get_running_loop().time() < 610
        with pytest.raises(EndpointUnreachable):  # at once
            await enter(limit)
        assert asyncio.get_running_loop().time() < 610
        await limit.close()

    virtually(main())


async def enter(limit: CallLimit) -> float:
    """When the call got its place."""
    async with limit.place():
        return asyncio.get_running_loop().time()


async def false() -> bool:
    return False


METRICS = """\
# HELP vllm:num_requests_running Number of requests in model execution batches.
# TYPE vllm:num_requests_running gauge
vllm:num_requests_running{engine="0",model_name="qwen"} 14.0
vllm:num_requests_running{engine="1",model_name="qwen"} 16.0
# TYPE vllm:num_requests_waiting gauge
vllm:num_requests_waiting{engine="0",model_name="qwen"} 0.0
vllm:num_requests_waiting{engine="1",model_name="qwen"} 3.0
vllm:num_requests_waiting_by_reason{engine="1",model_name="qwen",reason="capacity"} 3.0
# TYPE vllm:kv_cache_usage_perc gauge
vllm:kv_cache_usage_perc{engine="0",model_name="qwen"} 0.4
vllm:kv_cache_usage_perc{engine="1",model_name="qwen"} 0.7
python_info{implementation="CPython"} 1.0
"""


def test_the_load_of_all_engines_is_read_from_what_vllm_shows() -> None:
    assert load_of(METRICS) == Load(running=30, waiting=3, cache=0.7)


@pytest.mark.parametrize("text", ["", "<html>", "vllm:num_requests_running 1\n", 'vllm:num_requests_running{x="'])
def test_what_shows_no_load_is_none(text: str) -> None:
    assert load_of(text) is None


@pytest.mark.parametrize(
    ("url", "metrics"),
    [
        ("http://gpu:8000/v1", "http://gpu:8000/metrics"),
        ("https://gpu/models/qwen/v1/", "https://gpu/models/qwen/metrics"),
        ("http://gpu:8000", "http://gpu:8000/metrics"),
    ],
)
def test_metrics_are_beside_the_interface_on_the_same_host(url: str, metrics: str) -> None:
    assert metrics_url(url) == metrics


async def test_a_client_keeps_to_what_the_endpoint_says_it_queues(endpoint: ScriptedEndpoint) -> None:
    endpoint.script.slots, endpoint.script.seconds = 4, 0.2
    tiers = {"small": Tier("small", endpoint.url, "m", None, "", 30)}
    client = ModelClient(tiers, MemoryCallBook(), concurrency=32, bounds=(1, 64))
    asked = [asyncio.create_task(client.ask(question(f"INVOICE {n}"))) for n in range(80)]  # 4 s of work
    async with asyncio.timeout(10):
        while client.limits[endpoint.url].size >= 24:
            await asyncio.sleep(0.02)
    for task in asked:
        task.cancel()
    await asyncio.wait(asked)
    await client.close()


async def test_a_call_waits_for_an_endpoint_that_starts_and_is_paid_once(connect: Connect) -> None:
    with ScriptedEndpoint() as gone:
        port = gone.port
    client = connect(gone.url, outage_seconds=60)
    with pytest.raises(EndpointUnreachable):  # the first learns of it, and is tried again
        await client.ask(question())
    waiting = asyncio.create_task(client.ask(question()))
    await asyncio.sleep(0.2)
    assert not waiting.done()
    with ScriptedEndpoint(port) as back:
        assert (await waiting).value.kind == "invoice"
        assert back.script.requests.total() == 1


def test_the_limit_starts_between_its_bounds() -> None:
    with pytest.raises(ValueError, match="model_concurrency is 8, which is not between .* and model_concurrency_most"):
        Settings(model_concurrency_most=4)
    with pytest.raises(ValueError, match="starts between its bounds"):
        CallLimit(8, most=4, probe=true)

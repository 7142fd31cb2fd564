"""While Phoenix is away work goes on, and its spans are kept, in order, until it has them."""

from __future__ import annotations

import logging
from pathlib import Path

import pytest
from opentelemetry.exporter.otlp.proto.common.trace_encoder import encode_spans
from opentelemetry.sdk.trace import ReadableSpan, TracerProvider

from infra.telemetry.outbox import SETTLED_AFTER_SECONDS, Outbox
from infra.telemetry.sender import Sender

from .collector import Collector


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """The time, changeable."""
    now = [1000.0]
    monkeypatch.setattr("infra.telemetry.sender.time.monotonic", lambda: now[0])
    return now


@pytest.fixture
def outbox(tmp_path: Path) -> Outbox:
    return Outbox(tmp_path / "spans", most_bytes=2**30)


def put(outbox: Outbox, *names: str) -> None:
    """Put a span of each name."""
    tracer = TracerProvider().get_tracer("test")
    for name in names:
        one = tracer.start_span(name)
        one.end()
        assert isinstance(one, ReadableSpan)
        outbox.put(encode_spans([one]).SerializeToString())


def numbers(count: int) -> list[str]:
    return [str(n) for n in range(count)]


def test_spans_are_sent_in_order_and_in_batches(outbox: Outbox) -> None:
    put(outbox, *numbers(1200))
    assert outbox.waiting == 1200
    with Collector() as phoenix:
        Sender(outbox, phoenix.url).send()
    assert phoenix.names == numbers(1200)
    assert phoenix.largest == 512
    assert outbox.waiting == 0


@pytest.mark.parametrize("status", [None, 401, 503])
def test_spans_are_kept_while_phoenix_is_away_busy_or_closed_to_us(
    outbox: Outbox, clock: list[float], status: int | None
) -> None:
    phoenix = Collector()
    sender = Sender(outbox, phoenix.url)
    put(outbox, "a", "b")
    if status:
        phoenix.status = status
        with phoenix:
            sender.send()
        phoenix.status = 200
    else:
        sender.send()
    assert outbox.waiting == 2
    put(outbox, "c")
    clock[0] += 1
    with phoenix:
        sender.send()
    assert phoenix.names == ["a", "b", "c"]


def test_phoenix_that_is_away_is_asked_less_and_less_often(outbox: Outbox, clock: list[float]) -> None:
    put(outbox, "a")
    asked: list[float] = []
    with Collector() as phoenix:
        phoenix.status = 503
        sender = Sender(outbox, phoenix.url)
        for tick in range(0, 120):
            clock[0] = 1000 + tick / 2
            sender.send()
            if phoenix.asked > len(asked):
                asked.append(tick / 2)
    assert asked == [0, 0.5, 1.5, 3.5, 7.5, 15.5, 30.5, 45.5]


def test_spans_held_wait_for_their_price_and_only_that(outbox: Outbox) -> None:
    put(outbox, "a")
    with Collector() as phoenix:
        sender = Sender(outbox, phoenix.url, holding=True)
        sender.send(now=True)
        assert phoenix.asked == 0
        sender.holding = False
        sender.send()
    assert phoenix.names == ["a"]


def test_a_span_that_phoenix_refuses_is_dropped_and_all_others_pass(
    outbox: Outbox, caplog: pytest.LogCaptureFixture
) -> None:
    put(outbox, *numbers(700))
    with Collector(unwanted=("3", "611")) as phoenix:
        Sender(outbox, phoenix.url).send()
    assert phoenix.names == [str(n) for n in range(700) if n not in (3, 611)]
    assert (outbox.waiting, outbox.dropped) == (0, 2)
    assert [r.getMessage() for r in caplog.records if r.name == "infra.telemetry.sender"] == [
        "Phoenix refuses the span '3'; it is dropped",
        "Phoenix refuses the span '611'; it is dropped",
    ]


def test_a_batch_that_is_too_large_for_phoenix_is_sent_in_smaller_ones(outbox: Outbox) -> None:
    put(outbox, *numbers(700))
    with Collector(most=100) as phoenix:
        Sender(outbox, phoenix.url).send()
    assert phoenix.names == numbers(700)
    assert outbox.dropped == 0


def test_what_phoenix_took_just_before_it_died_is_sent_again(outbox: Outbox, clock: list[float]) -> None:
    phoenix = Collector()
    sender = Sender(outbox, phoenix.url)
    put(outbox, "a")
    with phoenix:
        sender.send()
        clock[0] += SETTLED_AFTER_SECONDS + 1
        outbox.settle()
        put(outbox, "b", "c")
        sender.send()
    clock[0] += 6
    sender.send()  # nothing waits, and yet it is seen that Phoenix has gone
    assert outbox.waiting == 2
    clock[0] += 1
    with phoenix:
        sender.send()
    assert phoenix.names == ["a", "b", "c", "b", "c"]
    assert phoenix.ids[1:3] == phoenix.ids[3:], "as the same spans, of which Phoenix keeps one"


def test_phoenix_that_has_settled_is_left_alone(outbox: Outbox, clock: list[float]) -> None:
    put(outbox, "a")
    with Collector() as phoenix:
        sender = Sender(outbox, phoenix.url)
        for _ in range(int(SETTLED_AFTER_SECONDS)):
            sender.send()
            clock[0] += 5
            outbox.settle()
    assert phoenix.asked == 1
    assert 0 < phoenix.probed <= SETTLED_AFTER_SECONDS / 5


def test_an_outage_is_told_once_and_so_is_its_end(
    outbox: Outbox, clock: list[float], caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, "infra.telemetry")
    phoenix = Collector()
    sender = Sender(outbox, phoenix.url)
    for _ in range(4):
        put(outbox, "a")
        sender.send()
        clock[0] += 20
    with phoenix:
        sender.send()
    assert [r.getMessage() for r in caplog.records if r.name == "infra.telemetry.sender"] == [
        "Phoenix takes no traces (ConnectionError); they are kept and sent when it does",
        "Phoenix takes traces again",
    ]

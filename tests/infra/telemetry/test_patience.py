"""While Phoenix is away work goes on, and its spans are kept, in order and within bounds, until it is back."""

from __future__ import annotations

import logging
import time
from collections.abc import Sequence

import pytest
from opentelemetry.sdk.trace import ReadableSpan, TracerProvider
from opentelemetry.sdk.trace.export import SpanExporter, SpanExportResult

from infra.telemetry.tracing import _Patient


class Phoenix(SpanExporter):
    """A Phoenix that can be away."""

    def __init__(self) -> None:
        self.away = False
        self.asked = 0
        self.names: list[str] = []
        self.largest = 0
        self.closed = False

    def export(self, spans: Sequence[ReadableSpan]) -> SpanExportResult:
        self.asked += 1
        if self.away:
            return SpanExportResult.FAILURE
        self.largest = max(self.largest, len(spans))
        self.names += [s.name for s in spans]
        return SpanExportResult.SUCCESS

    def shutdown(self) -> None:
        self.closed = True

    def force_flush(self, timeout_millis: int = 30000) -> bool:
        return True


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """The time, changeable."""
    now = [1000.0]
    monkeypatch.setattr("infra.telemetry.tracing.time.monotonic", lambda: now[0])
    return now


def spans(*names: str) -> list[ReadableSpan]:
    tracer = TracerProvider().get_tracer("test")
    made: list[ReadableSpan] = []
    for name in names:
        one = tracer.start_span(name)
        one.end()
        assert isinstance(one, ReadableSpan)
        made.append(one)
    return made


def test_spans_go_straight_through_while_phoenix_takes_them() -> None:
    phoenix = Phoenix()
    patient = _Patient(phoenix)
    assert patient.export(spans("a", "b")) is SpanExportResult.SUCCESS
    assert phoenix.names == ["a", "b"]
    assert patient.healthy


def test_spans_are_kept_while_phoenix_is_away_and_sent_in_order_when_it_is_back(clock: list[float]) -> None:
    phoenix = Phoenix()
    patient = _Patient(phoenix, pause_seconds=15)
    phoenix.away = True
    for name in "abc":
        assert patient.export(spans(name)) is SpanExportResult.SUCCESS, "or the batch processor would drop them"
    assert not patient.healthy
    phoenix.away = False
    clock[0] += 15
    patient.export(spans("d"))
    assert phoenix.names == ["a", "b", "c", "d"]
    assert patient.healthy


def test_phoenix_that_is_away_is_asked_once_a_pause(clock: list[float]) -> None:
    phoenix = Phoenix()
    patient = _Patient(phoenix, pause_seconds=15)
    phoenix.away = True
    for name in "abcdefgh":
        patient.export(spans(name))
        clock[0] += 5
    assert phoenix.asked == 3  # at 0, 15 and 30 s


def test_giving_spans_takes_no_time_while_phoenix_is_away() -> None:
    class Slow(Phoenix):
        def export(self, spans: Sequence[ReadableSpan]) -> SpanExportResult:
            time.sleep(0.2)
            return super().export(spans)

    phoenix = Slow()
    phoenix.away = True
    patient = _Patient(phoenix)
    given = spans(*"abcdefghij")
    started = time.perf_counter()
    for one in given:
        patient.export([one])
    assert time.perf_counter() - started < 0.4, "only the first may wait for Phoenix"


def test_what_is_kept_is_bounded_and_the_oldest_goes_first(clock: list[float]) -> None:
    phoenix = Phoenix()
    patient = _Patient(phoenix, pause_seconds=15, most=3)
    phoenix.away = True
    patient.export(spans("a", "b"))
    patient.export(spans("c", "d"))
    phoenix.away = False
    clock[0] += 15
    patient.export([])
    assert phoenix.names == ["b", "c", "d"]


def test_what_was_kept_is_sent_in_batches() -> None:
    phoenix = Phoenix()
    _Patient(phoenix).export(spans(*(str(n) for n in range(1200))))
    assert phoenix.names == [str(n) for n in range(1200)]
    assert phoenix.largest == 512


def test_a_batch_that_fails_half_way_is_sent_once_and_the_rest_is_kept(clock: list[float]) -> None:
    class Fragile(Phoenix):
        def export(self, spans: Sequence[ReadableSpan]) -> SpanExportResult:
            self.away = self.asked == 1
            return super().export(spans)

    phoenix = Fragile()
    patient = _Patient(phoenix, pause_seconds=15)
    patient.export(spans(*(str(n) for n in range(600))))
    assert len(phoenix.names) == 512
    clock[0] += 15
    patient.export([])
    assert phoenix.names == [str(n) for n in range(600)]


class Picky(Phoenix):
    """A Phoenix that never takes spans of some names, nor more than ``most`` at once."""

    def __init__(self, *unwanted: str, most: int = 1000) -> None:
        super().__init__()
        self.unwanted, self.most = set(unwanted), most
        self.refused = False

    def export(self, spans: Sequence[ReadableSpan]) -> SpanExportResult:
        self.refused = not self.away and (len(spans) > self.most or any(s.name in self.unwanted for s in spans))
        return SpanExportResult.FAILURE if self.refused else super().export(spans)


def test_a_span_that_phoenix_refuses_is_dropped_and_all_others_pass(
    clock: list[float], caplog: pytest.LogCaptureFixture
) -> None:
    phoenix = Picky("3", "611")
    patient = _Patient(phoenix, refused=lambda: phoenix.refused)
    patient.export(spans(*(str(n) for n in range(700))))
    assert phoenix.names == [str(n) for n in range(700) if n not in (3, 611)]
    assert patient.healthy
    assert [r.message for r in caplog.records] == [
        "Phoenix refuses the span '3'; it is dropped",
        "Phoenix refuses the span '611'; it is dropped",
    ]


def test_a_batch_that_is_too_large_for_phoenix_is_sent_in_smaller_ones(clock: list[float]) -> None:
    phoenix = Picky(most=100)
    _Patient(phoenix, refused=lambda: phoenix.refused).export(spans(*(str(n) for n in range(700))))
    assert phoenix.names == [str(n) for n in range(700)]


def test_nothing_is_dropped_while_phoenix_is_away(clock: list[float]) -> None:
    phoenix = Picky("a")
    phoenix.away = True
    patient = _Patient(phoenix, refused=lambda: phoenix.refused, pause_seconds=15)
    patient.export(spans("a", "b"))
    assert not patient.healthy
    phoenix.away = False
    clock[0] += 15
    patient.export(())
    assert phoenix.names == ["b"]


def test_an_exporter_that_breaks_keeps_the_spans_and_pauses(clock: list[float]) -> None:
    class Broken(Phoenix):
        def export(self, spans: Sequence[ReadableSpan]) -> SpanExportResult:
            if self.away:
                raise OSError("no route")
            return super().export(spans)

    phoenix = Broken()
    phoenix.away = True
    patient = _Patient(phoenix, pause_seconds=15)
    patient.export(spans("a"))
    phoenix.away = False
    patient.export(spans("b"))
    assert phoenix.names == []
    clock[0] += 16
    patient.export(())
    assert phoenix.names == ["a", "b"]


def test_the_end_of_the_process_sends_what_is_kept_without_waiting(clock: list[float]) -> None:
    phoenix = Phoenix()
    patient = _Patient(phoenix, pause_seconds=15)
    phoenix.away = True
    patient.export(spans("a"))
    phoenix.away = False
    patient.shutdown()
    assert phoenix.names == ["a"]
    assert phoenix.closed


def test_an_outage_is_told_once_and_so_is_its_end(clock: list[float], caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO, "infra.telemetry.tracing")
    phoenix = Phoenix()
    patient = _Patient(phoenix, pause_seconds=15)
    phoenix.away = True
    for _ in range(4):
        patient.export(spans("a"))
        clock[0] += 20
    phoenix.away = False
    patient.export(spans("b"))
    assert [r.message for r in caplog.records] == [
        "Phoenix takes no traces; they are kept and sent when it does",
        "Phoenix takes traces again",
    ]


def test_spans_that_could_not_be_sent_to_the_end_are_told(caplog: pytest.LogCaptureFixture) -> None:
    phoenix = Phoenix()
    phoenix.away = True
    patient = _Patient(phoenix)
    patient.export(spans("a", "b"))
    patient.shutdown()
    assert "2 spans could not be sent to Phoenix" in caplog.text

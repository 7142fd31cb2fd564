"""Tracing: OpenTelemetry spans with OpenInference attributes, sent to Phoenix.

One execution is one trace. Span and trace ids are derived from what a span stands for (the execution, the activity, the
model call) and not drawn at random, so that a span sent again after a crash is the same span: Phoenix keeps the first
and the audit trail holds each model call exactly once.
"""

from __future__ import annotations

import json
import logging
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from hashlib import sha256
from typing import Any

import requests
from openinference.instrumentation import (
    get_attributes_from_context,
    get_input_attributes,
    get_metadata_attributes,
    get_output_attributes,
    get_session_attributes,
    get_span_kind_attributes,
    using_attributes,
)
from opentelemetry import trace
from opentelemetry.context import Context
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import ReadableSpan, TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor, SpanExporter, SpanExportResult
from opentelemetry.sdk.trace.id_generator import RandomIdGenerator
from opentelemetry.trace import Span, Status, StatusCode
from temporalio import activity
from temporalio.contrib.opentelemetry import ReplaySafeTracerProvider
from temporalio.contrib.opentelemetry._context import attached_context
from temporalio.contrib.opentelemetry._id_generator import TemporalIdGenerator

from infra.settings import Settings

_BATCH = 512

log = logging.getLogger(__name__)
logging.getLogger("opentelemetry.exporter.otlp.proto.http.trace_exporter").setLevel(
    logging.CRITICAL
)  # told below, once

_next_ids: ContextVar[tuple[int | None, int] | None] = ContextVar("counterfoil_next_ids", default=None)


def trace_id_of(execution_id: str) -> int:
    """The 128-bit trace id of an execution, the same for every run and retry of it."""
    return int.from_bytes(sha256(f"trace {execution_id}".encode()).digest()[:16], "big") or 1


def span_id_of(subject: str) -> int:
    """The 64-bit id of the span that stands for ``subject``."""
    return int.from_bytes(sha256(f"span {subject}".encode()).digest()[:8], "big") or 1


class _KnownIds(TemporalIdGenerator):
    """Gives the ids asked for by `identified`; else Temporal's deterministic ones in a workflow, random ones outside."""

    def generate_span_id(self) -> int:
        ids = _next_ids.get()
        return ids[1] if ids else super().generate_span_id()

    def generate_trace_id(self) -> int:
        ids = _next_ids.get()
        return ids[0] if ids and ids[0] else super().generate_trace_id()


@contextmanager
def identified(subject: str, *, trace_of: str | None = None) -> Iterator[None]:
    """Within the block, started spans get the id of ``subject`` (and, if they are roots, the trace of ``trace_of``)."""
    token = _next_ids.set((trace_id_of(trace_of) if trace_of else None, span_id_of(subject)))
    try:
        yield
    finally:
        _next_ids.reset(token)


class PhoenixSession(requests.Session):
    """HTTP to Phoenix and nowhere else: proxies of the environment are not used, since spans hold what documents say.

    ``refused`` tells whether Phoenix read what it was sent last and will never take it, as against being away, busy
    or closed to us.
    """

    def __init__(self) -> None:
        super().__init__()
        self.trust_env = False
        self.refused = False

    def send(self, request: requests.PreparedRequest, **options: Any) -> requests.Response:
        self.refused = False
        response = super().send(request, **options)
        self.refused = response.status_code in (400, 413, 422)
        return response


class _Patient(SpanExporter):
    """Keeps spans while Phoenix does not take them, and tries again later; work goes on meanwhile.

    The batch processor drops what its exporter fails to send, and waits for it; this one fails at most every
    ``pause_seconds``, and holds at most ``most`` spans (the oldest are dropped; the ledger has every call all the same).
    A batch that Phoenix ``refused`` is sent again in halves, and a span that it refuses alone is dropped.
    """

    def __init__(
        self,
        exporter: SpanExporter,
        *,
        refused: Callable[[], bool] = lambda: False,
        pause_seconds: float = 15,
        most: int = 50_000,
    ) -> None:
        self._exporter = exporter
        self._refused = refused
        self._pause = pause_seconds
        self._held: deque[ReadableSpan] = deque(maxlen=most)
        self._not_before = 0.0
        self._sending = threading.Lock()
        self.holding = False
        """Whether to keep all spans for now."""

    @property
    def healthy(self) -> bool:
        """Whether all spans given so far have arrived."""
        return not self._held

    def export(self, spans: Sequence[ReadableSpan]) -> SpanExportResult:
        with self._sending:
            self._held.extend(spans)
            return self._send()

    def _send(self) -> SpanExportResult:
        if self.holding or time.monotonic() < self._not_before:
            return SpanExportResult.SUCCESS
        was_down = self._not_before > 0
        size = _BATCH
        while self._held:
            batch = [self._held[n] for n in range(min(len(self._held), size))]
            if self._sent(batch):
                size = min(size * 2, _BATCH)
            elif self._refused() and len(batch) > 1:
                size = len(batch) // 2
                continue
            elif self._refused():
                log.warning("Phoenix refuses the span %r; it is dropped", batch[0].name)
            else:
                if not was_down:
                    log.warning("Phoenix takes no traces; they are kept and sent when it does")
                self._not_before = time.monotonic() + self._pause
                return SpanExportResult.SUCCESS
            for _ in batch:
                self._held.popleft()
        if was_down:
            log.info("Phoenix takes traces again")
            self._not_before = 0.0
        return SpanExportResult.SUCCESS

    def _sent(self, batch: Sequence[ReadableSpan]) -> bool:
        try:
            return self._exporter.export(batch) is SpanExportResult.SUCCESS
        except Exception:
            log.exception("sending traces failed")
            return False

    def shutdown(self) -> None:
        self.holding = False
        self._not_before = 0.0
        self.export(())
        if self._held:
            log.warning("%d spans could not be sent to Phoenix", len(self._held))
        self._exporter.shutdown()

    def force_flush(self, timeout_millis: int = 30000) -> bool:
        return self._exporter.force_flush(timeout_millis)


class Tracing:
    """The tracing of this process: its provider, and whether what was flushed has arrived."""

    def __init__(self, provider: ReplaySafeTracerProvider, exporter: _Patient) -> None:
        self.provider = provider
        self._exporter = exporter

    def hold(self, holding: bool) -> None:
        """Keep spans from Phoenix (until its prices hold, say), or let them go."""
        self._exporter.holding = holding

    def flush(self) -> bool:
        """Send all ended spans now, and those kept from before if it is time to try again. Blocks; returns whether
        Phoenix has taken them all."""
        flushed = self.provider.force_flush(5000)
        if not self._exporter.healthy:
            self._exporter.export(())
        return flushed and self._exporter.healthy

    def shutdown(self) -> None:
        self.provider.shutdown()


def start_tracing(settings: Settings, exporter: SpanExporter | None = None) -> Tracing:
    """Make this process's tracer provider and set it globally. Call once, before the worker is made."""
    headers = (
        {"authorization": f"Bearer {settings.phoenix_api_key.get_secret_value()}"} if settings.phoenix_api_key else {}
    )
    session = PhoenixSession()
    # Phoenix says itself what is too large: what the exporter keeps back could not be told from Phoenix being away.
    exporter = exporter or OTLPSpanExporter(
        f"{settings.phoenix}/v1/traces", headers=headers, timeout=3, session=session, max_request_size=0
    )
    patient = _Patient(exporter, refused=lambda: session.refused)
    ids = _KnownIds(RandomIdGenerator())
    provider = TracerProvider(
        resource=Resource.create(
            {"service.name": "counterfoil", "openinference.project.name": settings.phoenix_project}
        ),
        id_generator=ids,
    )
    provider.add_span_processor(BatchSpanProcessor(patient, max_queue_size=16384, schedule_delay_millis=1000))
    replay_safe = ReplaySafeTracerProvider(provider, ids)
    trace.set_tracer_provider(replay_safe)
    return Tracing(replay_safe, patient)


@contextmanager
def execution_context(execution_id: str, tenant: str, batch: str) -> Iterator[None]:
    """Spans made in the block carry the execution as their session, and tenant and batch as metadata."""
    with using_attributes(session_id=execution_id, metadata={"tenant": tenant, "batch": batch}):
        yield


class RootSpan:
    """The root span of an execution's run."""

    def __init__(self, started: Span) -> None:
        self._span = started
        self._ended = False

    def end(self, output: Any, error: str | None = None) -> None:
        """End the span with its output, and with ``error`` if the execution failed. Later calls change nothing."""
        if self._ended:
            return
        self._ended = True
        set_output(self._span, output)
        self._span.set_status(Status(StatusCode.ERROR, error) if error else Status(StatusCode.OK))
        self._span.end()


@contextmanager
def root_span(
    name: str, kind: str, *, run_id: str, execution_id: str, tenant: str, batch: str, input: Any
) -> Iterator[RootSpan]:
    """The root of an execution's trace, for use in a workflow: current in the block, and ended by who uses it.

    It is ended when the execution first has a decision, not when the block ends: one that waits for a person for days
    then stands in Phoenix as one row, with the time that its work took. A workflow that waits may also leave memory and
    be replayed later; then the block is abandoned, and the replay begins the same span, under the same id, again.
    """
    attributes = {
        **get_span_kind_attributes(kind.lower()),  # type: ignore[arg-type]
        **get_session_attributes(session_id=execution_id),
        **get_metadata_attributes(metadata={"tenant": tenant, "batch": batch}),
        **get_input_attributes(_shown(input)),
    }
    with identified(f"run {run_id}", trace_of=execution_id):
        started = trace.get_tracer("counterfoil").start_span(name, context=Context(), attributes=attributes)
    with attached_context(trace.set_span_in_context(started)):
        yield RootSpan(started)


@contextmanager
def span(name: str, kind: str, *, subject: str | None = None, input: Any = None, **attributes: Any) -> Iterator[Span]:
    """A span of OpenInference ``kind`` (AGENT, CHAIN, TOOL, …) that is current within the block.

    ``subject`` gives it a known id; without one it is drawn. An exception is told in a failed span.
    """
    tracer = trace.get_tracer("counterfoil")
    given = {k: v for k, v in attributes.items() if v is not None}
    all_attributes = {
        **get_span_kind_attributes(kind.lower()),  # type: ignore[arg-type]
        **dict(get_attributes_from_context()),
        **(get_input_attributes(_shown(input)) if input is not None else {}),
        **given,
    }
    if subject is None:
        with tracer.start_as_current_span(name, attributes=all_attributes) as current:
            yield current
        return
    with identified(subject):
        started = tracer.start_span(name, attributes=all_attributes)
    since = time.time_ns()
    try:
        with trace.use_span(started, end_on_exit=False, record_exception=False, set_status_on_exception=False):
            yield started
    except BaseException as error:
        # The known id is kept for the attempt that succeeds; this one is told under an id of its own.
        failed = tracer.start_span(f"{name} (failed)", attributes=all_attributes, start_time=since)
        failed.record_exception(error)
        failed.set_status(Status(StatusCode.ERROR, f"{type(error).__name__}: {error}"))
        failed.end()
        raise
    started.set_status(Status(StatusCode.OK))
    started.end()


def set_output(current: Span, value: Any) -> None:
    """Set the span's OpenInference output."""
    current.set_attributes(get_output_attributes(_shown(value)))


def _shown(value: Any) -> Any:
    return value if isinstance(value, str) else json.loads(json.dumps(value, default=str))


def current_subject(name: str) -> str | None:
    """What a step's span stands for: in an activity that activity, over all its attempts; in a workflow nothing
    (Temporal's own deterministic ids serve there); elsewhere nothing."""
    if activity.in_activity():
        info = activity.info()
        return f"{info.workflow_run_id}/{info.activity_id}/{name}"
    return None

"""Tracing: OpenTelemetry spans with OpenInference attributes, kept on disk until Phoenix has them.

One execution is one trace. Span and trace ids are derived from what a span stands for (the execution, the activity, the
model call) and not drawn at random, so that a span sent again after a crash is the same span: Phoenix keeps the first
and the audit trail holds each model call exactly once.
"""

from __future__ import annotations

import asyncio
import json
import logging
import threading
import time
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import lru_cache
from hashlib import sha256
from typing import Any

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
from opentelemetry.exporter.otlp.proto.common.trace_encoder import encode_spans
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import ReadableSpan, SpanProcessor, TracerProvider
from opentelemetry.sdk.trace.id_generator import RandomIdGenerator
from opentelemetry.trace import Span, Status, StatusCode
from temporalio import activity, workflow
from temporalio.contrib.opentelemetry import ReplaySafeTracerProvider
from temporalio.contrib.opentelemetry._context import attached_context
from temporalio.contrib.opentelemetry._id_generator import TemporalIdGenerator

from infra.settings import Settings
from infra.telemetry.outbox import Outbox
from infra.telemetry.sender import Sender

_LOOK_SECONDS = 0.5
"""How often the thread looks for spans to send."""
_TAKE_OVER_SECONDS = 10.0
"""How often it looks for what processes that died have left."""
_SHUTDOWN_SECONDS = 5.0

log = logging.getLogger(__name__)

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


class _Collector(SpanProcessor):
    """Collects spans as they end, and stores them in the outbox, several at once.

    Ending a span in an activity only collects it: `Tracing.stored` follows. What ends in a workflow is stored at once,
    for its task is recorded as soon as it is over, and a replay makes no span again.
    """

    def __init__(self, outbox: Outbox) -> None:
        self._outbox = outbox
        self._ended: deque[ReadableSpan] = deque()
        self._storing = threading.Lock()
        self._this_thread = threading.local()

    def on_end(self, span: ReadableSpan) -> None:
        if span.context and span.context.trace_flags.sampled:
            self._ended.append(span)
            if workflow.in_workflow():
                self.store()

    def store(self) -> None:
        """Put all spans that have ended in the outbox; return when they are there, whichever thread put them."""
        # A span may end while this very thread is storing, where an abandoned generator is collected as garbage.
        if getattr(self._this_thread, "storing", False):
            return
        self._this_thread.storing = True
        try:
            with self._storing:
                while self._ended:
                    self._put(self._ended[0])
                    self._ended.popleft()
        finally:
            self._this_thread.storing = False

    def _put(self, span: ReadableSpan) -> None:
        try:
            self._outbox.put(encode_spans([span]).SerializeToString())
        except Exception:
            log.exception("the span %r cannot be encoded", span.name)
            self._outbox.lost(1, "not to be encoded")

    def force_flush(self, timeout_millis: int = 30000) -> bool:
        self.store()
        return True

    def shutdown(self) -> None:
        self.store()


class Tracing:
    """The tracing of this process. Spans go to disk first, and from there to Phoenix, in a thread of their own."""

    def __init__(self, provider: ReplaySafeTracerProvider, outbox: Outbox, sender: Sender, *, fsync: bool) -> None:
        self._collector = _Collector(outbox)
        self._outbox = outbox
        self._sender = sender
        self._fsync = fsync
        self._syncing = asyncio.Lock()
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="spans to Phoenix", daemon=True)
        self.provider = provider
        provider.add_span_processor(self._collector)
        self._thread.start()

    @property
    def waiting(self) -> int:
        """Spans stored by this process, or taken over from one that died, that Phoenix has not taken yet."""
        return self._outbox.waiting

    @property
    def dropped(self) -> int:
        """Spans that will never reach Phoenix: no room, refused, damaged, or not to be encoded. The log says which."""
        return self._outbox.dropped

    def hold(self, holding: bool) -> None:
        """Keep spans from Phoenix (until its prices hold, say), or let them go."""
        self._sender.holding = holding

    async def stored(self) -> None:
        """Return when all spans that have ended will outlive this process; with ``spans_fsync``, a power cut too.

        Costs some 0.1 ms a span, and no change of thread unless the disk has to be waited for.
        """
        self._collector.store()
        if self._fsync:
            mine = self._outbox.count
            async with self._syncing:  # who waits here mostly finds that the one before has done it for all
                if self._outbox.synced < mine:
                    await asyncio.shield(asyncio.to_thread(self._outbox.sync))

    def shutdown(self) -> None:
        """Send what can be sent within some seconds; the rest stays on disk for the next process. Blocks."""
        self._stopping.set()
        self._thread.join(2 * _SHUTDOWN_SECONDS)
        self._collector.store()  # if the thread is stuck in a request
        if waiting := self.waiting:
            log.info("%d spans wait on disk; the next worker sends them", waiting)

    def _run(self) -> None:
        take_over_at = look_at = 0.0

        def over() -> bool:
            return self._stopping.is_set() or time.monotonic() >= look_at

        while not self._stopping.wait(max(0.0, look_at - time.monotonic())):
            look_at = time.monotonic() + _LOOK_SECONDS
            try:
                self._collector.store()
                if time.monotonic() >= take_over_at:
                    take_over_at = time.monotonic() + _TAKE_OVER_SECONDS
                    self._outbox.take_over()
                self._sender.send(until=over)
                self._outbox.settle()
            except Exception:
                log.exception("sending spans failed; it is tried again")
                look_at = time.monotonic() + _TAKE_OVER_SECONDS
        self._collector.store()
        give_up = time.monotonic() + _SHUTDOWN_SECONDS
        self._sender.send(until=lambda: time.monotonic() >= give_up, now=True)
        self._outbox.settle()
        self._sender.close()


def start_tracing(settings: Settings, *, holding: bool = False) -> Tracing:
    """Make this process's tracer provider and set it globally. Call once, before the worker is made.

    ``holding`` keeps all spans from Phoenix until `Tracing.hold` lets them go, also those of processes that are gone.
    """
    key = settings.phoenix_api_key
    outbox = Outbox(settings.home / "spans", most_bytes=settings.spans_max_bytes)
    sender = Sender(
        outbox,
        f"{settings.phoenix}/v1/traces",
        api_key=key.get_secret_value() if key else None,
        holding=holding,
    )
    return Tracing(make_provider(settings), outbox, sender, fsync=settings.spans_fsync)


def make_provider(settings: Settings) -> ReplaySafeTracerProvider:
    """A provider of spans as Phoenix wants them, set globally. Its spans go nowhere until it is given a processor."""
    ids = _KnownIds(RandomIdGenerator())
    provider = TracerProvider(
        resource=Resource.create(
            {"service.name": "counterfoil", "openinference.project.name": settings.phoenix_project}
        ),
        id_generator=ids,
    )
    replay_safe = ReplaySafeTracerProvider(provider, ids)
    trace.set_tracer_provider(replay_safe)
    return replay_safe


@contextmanager
def execution_context(execution_id: str, tenant: str, batch: str) -> Iterator[None]:
    """Spans made in the block carry the execution as their session, and tenant and batch as metadata."""
    with using_attributes(session_id=execution_id, metadata={"tenant": tenant, "batch": batch}):
        yield


class RootSpan:
    """The root span of an execution's run."""

    def __init__(self, started: Span, *, ended: bool = False) -> None:
        self._span = started
        self._ended = ended

    def end(self, output: Any, error: str | None = None) -> None:
        """End the span with its output, and with ``error`` if the execution failed. Later calls change nothing."""
        if self._ended:
            return
        self._ended = True
        set_output(self._span, output)
        self._span.set_status(Status(StatusCode.ERROR, error) if error else Status(StatusCode.OK))
        self._span.end()


def tracer() -> trace.Tracer:
    """The tracer of all our spans. Made once a provider: making one costs as much as several spans."""
    return _tracer_of(trace.get_tracer_provider())


@lru_cache(maxsize=4)
def _tracer_of(provider: trace.TracerProvider) -> trace.Tracer:
    return provider.get_tracer("counterfoil")


@contextmanager
def root_span(
    name: str,
    kind: str,
    *,
    run_id: str,
    execution_id: str,
    tenant: str,
    batch: str,
    input: Any,
    ended: bool = False,
) -> Iterator[RootSpan]:
    """The root of an execution's trace, for use in a workflow: current in the block, and ended by who uses it.

    It is ended when the execution first has a decision, not when the block ends: one that waits for a person for days
    then stands in Phoenix as one row, with the time that its work took. A workflow that waits may also leave memory and
    be replayed later; then the block is abandoned, and the replay begins the same span, under the same id, again. So does
    a later Temporal run of the same execution, which gives the ``run_id`` of the first and says that it has ``ended``.
    """
    attributes = {
        **get_span_kind_attributes(kind.lower()),  # type: ignore[arg-type]
        **get_session_attributes(session_id=execution_id),
        **get_metadata_attributes(metadata={"tenant": tenant, "batch": batch}),
        **get_input_attributes(_shown(input)),
    }
    with identified(f"run {run_id}", trace_of=execution_id):
        started = tracer().start_span(name, context=Context(), attributes=attributes)
    with attached_context(trace.set_span_in_context(started)):
        yield RootSpan(started, ended=ended)


@contextmanager
def span(name: str, kind: str, *, subject: str | None = None, input: Any = None, **attributes: Any) -> Iterator[Span]:
    """A span of OpenInference ``kind`` (AGENT, CHAIN, TOOL, …) that is current within the block.

    ``subject`` gives it a known id; without one it is drawn. An exception is told in a failed span.
    """
    given = {k: v for k, v in attributes.items() if v is not None}
    all_attributes = {
        **get_span_kind_attributes(kind.lower()),  # type: ignore[arg-type]
        **dict(get_attributes_from_context()),
        **(get_input_attributes(_shown(input)) if input is not None else {}),
        **given,
    }
    if subject is None:
        with tracer().start_as_current_span(name, attributes=all_attributes) as current:
            yield current
        return
    with identified(subject):
        started = tracer().start_span(name, attributes=all_attributes)
    since = time.time_ns()
    try:
        with trace.use_span(started, end_on_exit=False, record_exception=False, set_status_on_exception=False):
            yield started
    except BaseException as error:
        # The known id is kept for the attempt that succeeds; this one is told under an id of its own.
        failed = tracer().start_span(f"{name} (failed)", attributes=all_attributes, start_time=since)
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

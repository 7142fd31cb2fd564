"""The sender: takes spans from the outbox to Phoenix, for as long as that takes, while work goes on."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from enum import Enum, auto

import requests
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

from infra.telemetry._segments import Batch
from infra.telemetry.outbox import Outbox

_BATCH_SPANS = 512
_BATCH_BYTES = 2 * 2**20
_FIRST_PAUSE_SECONDS = 0.5
_LONGEST_PAUSE_SECONDS = 15.0
_PROBE_SECONDS = 5.0
"""How often Phoenix is asked whether it is still there while it may yet lose what it took. It takes longer to start."""
_TIMEOUT_SECONDS = (3.0, 10.0)
"""To connect, and to answer."""

log = logging.getLogger(__name__)


class PhoenixSession(requests.Session):
    """HTTP to Phoenix and nowhere else: proxies of the environment are not used, since spans hold what documents say."""

    def __init__(self) -> None:
        super().__init__()
        self.trust_env = False


class _Answer(Enum):
    """What became of what was posted."""

    TAKEN = auto()
    REFUSED = auto()
    """Phoenix read it and will never take it."""
    NOT_NOW = auto()
    """Phoenix is busy, failing or closed to us."""
    GONE = auto()
    """Nothing listens there, or the connection broke: Phoenix may have died, and what it had not yet stored with it."""


class Sender:
    """Posts what is in the outbox to ``url``, oldest first, as it is stored there: OTLP messages one behind the other
    are one message. Not compressed: that costs more than it saves on one machine or within one network.

    While Phoenix does not take them, spans stay in the outbox, and Phoenix is asked again after a pause that grows to
    15 s. A batch that it refuses is sent in halves, and a span that it refuses alone is dropped. What Phoenix took in
    the minute before it went away is sent again; it knows spans by their ids, and keeps one of each.

    Not thread-safe: one thread sends. Only ``holding`` may be set from any.
    """

    def __init__(self, outbox: Outbox, url: str, *, api_key: str | None = None, holding: bool = False) -> None:
        self._outbox = outbox
        self._url = url
        self._session = PhoenixSession()
        self._session.headers["content-type"] = "application/x-protobuf"
        if api_key:
            self._session.headers["authorization"] = f"Bearer {api_key}"
        self._pause = 0.0
        self._not_before = 0.0
        self._probe_at = 0.0
        self.holding = holding
        """Whether to keep all spans for now."""

    def send(self, *, until: Callable[[], bool] = lambda: False, now: bool = False) -> None:
        """Send what waits, until none does, Phoenix takes no more, or ``until`` says so. ``now``: also in a pause."""
        if self.holding or (time.monotonic() < self._not_before and not now):
            return
        size = _BATCH_SPANS
        while not self.holding and not until() and (batch := self._outbox.next(size, _BATCH_BYTES)):
            answer = self._post(b"".join(batch.records))
            if answer is _Answer.TAKEN:
                self._outbox.taken(batch)
                size = min(size * 2, _BATCH_SPANS)
            elif answer is _Answer.REFUSED and len(batch.records) > 1:
                size = len(batch.records) // 2
            elif answer is _Answer.REFUSED:
                log.warning("Phoenix refuses the span %r; it is dropped", _name(batch))
                self._outbox.refused(batch)
            else:
                return
        if self._outbox.unsettled and time.monotonic() >= self._probe_at:
            self._post(b"")

    def close(self) -> None:
        """Close the connection."""
        self._session.close()

    def _post(self, body: bytes) -> _Answer:
        answer, reason = self._posted(body)
        self._probe_at = time.monotonic() + _PROBE_SECONDS
        if answer in (_Answer.TAKEN, _Answer.REFUSED):
            if self._pause:
                log.info("Phoenix takes traces again")
            self._pause = self._not_before = 0.0
            return answer
        if answer is _Answer.GONE:
            self._outbox.unsettle()
        if not self._pause:
            log.warning("Phoenix takes no traces (%s); they are kept and sent when it does", reason)
        self._pause = min(self._pause * 2 or _FIRST_PAUSE_SECONDS, _LONGEST_PAUSE_SECONDS)
        self._not_before = time.monotonic() + self._pause
        return answer

    def _posted(self, body: bytes, *, again: bool = True) -> tuple[_Answer, str]:
        try:
            response = self._session.post(self._url, body, timeout=_TIMEOUT_SECONDS, allow_redirects=False)
        except requests.ConnectionError as error:
            if again:  # it may only have been an idle connection, which Phoenix had closed
                return self._posted(body, again=False)
            return _Answer.GONE, type(error).__name__
        except requests.RequestException as error:
            return _Answer.NOT_NOW, type(error).__name__
        status = f"{response.status_code} {response.reason}"
        if response.status_code in (400, 413, 422):
            return _Answer.REFUSED, status
        return (_Answer.TAKEN if 200 <= response.status_code < 300 else _Answer.NOT_NOW), status


def _name(batch: Batch) -> str:
    request = ExportTraceServiceRequest.FromString(b"".join(batch.records))
    return ", ".join(span.name for r in request.resource_spans for s in r.scope_spans for span in s.spans)

"""A collector of spans in place of Phoenix, over real HTTP, that can be away, busy, slow and picky."""

from __future__ import annotations

import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self

from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest


class Collector:
    """Use as a context manager, any number of times: in between nothing listens on its port. ``names`` holds what it
    took, ``asked`` counts requests that held spans, ``probed`` those that held none."""

    def __init__(self, *, unwanted: tuple[str, ...] = (), most: int = 10_000, seconds: float = 0) -> None:
        self.names: list[str] = []
        self.ids: list[bytes] = []
        self.largest = 0
        self.asked = 0
        self.probed = 0
        self.status = 200
        """What it answers, unless it refuses."""
        self._unwanted, self._most, self._seconds = set(unwanted), most, seconds
        self._server: ThreadingHTTPServer | None = self._listen(0)
        self.port: int = self._server.server_address[1]
        self._server.server_close()
        self._server = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/v1/traces"

    def __enter__(self) -> Self:
        self._server = self._listen(self.port)
        threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        assert self._server
        self._server.shutdown()
        self._server.server_close()

    def until(self, count: int, seconds: float = 10) -> None:
        """Wait until it has taken that many."""
        give_up = time.monotonic() + seconds
        while len(self.names) < count:
            assert time.monotonic() < give_up, f"only {len(self.names)} of {count} came"
            time.sleep(0.02)

    def _status(self, body: bytes) -> int:
        request = ExportTraceServiceRequest.FromString(body)
        found = [s for r in request.resource_spans for scope in r.scope_spans for s in scope.spans]
        if not found:
            self.probed += 1
            return self.status
        self.asked += 1
        if self.status == 200 and (len(found) > self._most or any(s.name in self._unwanted for s in found)):
            return 422
        if self.status == 200:
            self.largest = max(self.largest, len(found))
            self.names += [s.name for s in found]
            self.ids += [s.span_id for s in found]
        return self.status

    def _listen(self, port: int) -> ThreadingHTTPServer:
        collector = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers.get("content-length", 0)))
                assert self.headers["content-type"] == "application/x-protobuf"
                time.sleep(collector._seconds)
                self.send_response(collector._status(body))
                self.send_header("content-length", "0")
                self.end_headers()

            def log_message(self, *_: Any) -> None:
                """Say nothing."""

        return ThreadingHTTPServer(("127.0.0.1", port), Handler)

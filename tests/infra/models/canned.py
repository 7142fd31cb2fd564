"""A server that gives one canned HTTP answer to everything, and keeps what it was sent."""

from __future__ import annotations

import json
import threading
from collections.abc import Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self


class Canned:
    """Use as a context manager; ``url`` ends in ``/v1``. ``received`` holds path and headers of each request."""

    def __init__(
        self, body: str, *, status: int = 200, headers: Mapping[str, str] | None = None, port: int = 0
    ) -> None:
        self.received: list[tuple[str, dict[str, str]]] = []
        received = self.received

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                received.append((self.path, dict(self.headers)))
                self.rfile.read(int(self.headers.get("content-length", 0)))
                echoed = body.replace("{authorization}", self.headers.get("authorization", "")).encode()
                self.send_response(status)
                for name, value in {"content-type": "application/json", **(headers or {})}.items():
                    self.send_header(name, value)
                self.send_header("content-length", str(len(echoed)))
                self.end_headers()
                self.wfile.write(echoed)

            do_GET = do_POST

            def log_message(self, *_: Any) -> None:
                """Say nothing."""

        self._server = ThreadingHTTPServer(("127.0.0.1", port), Handler)
        self.port = self._server.server_address[1]
        self.url = f"http://127.0.0.1:{self.port}/v1"

    def __enter__(self) -> Self:
        threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()


def completion(content: Any, *, finish_reason: str | None = "stop", **message: Any) -> str:
    """A chat completion with that content; of 100 prompt tokens 60 were cached, of 10 output tokens 4 were thought."""
    usage = {
        "prompt_tokens": 100,
        "completion_tokens": 10,
        "total_tokens": 110,
        "prompt_tokens_details": {"cached_tokens": 60},
        "completion_tokens_details": {"reasoning_tokens": 4},
    }
    told = {"role": "assistant", "content": content, **message}
    choice = {"index": 0, "finish_reason": finish_reason, "message": told}
    return json.dumps(
        {"id": "x", "object": "chat.completion", "created": 0, "model": "m", "choices": [choice], "usage": usage}
    )

"""What a worker says of itself over HTTP: ``/livez``, ``/readyz`` and ``/metrics``.

Served from threads of its own, and not from the event loop that does the work: a loop that is stuck could not say so.
Liveness asks that loop for a sign of life; readiness asks it to look at what work needs.
"""

from __future__ import annotations

import asyncio
import errno
import json
import os
import threading
from collections.abc import Awaitable, Callable, Coroutine, Mapping
from concurrent.futures import CancelledError
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, TypeVar

import httpx
import psutil
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from temporalio.service import RPCError

from infra.ledger import LedgerNotReady
from infra.served.same_host import SERVED_HOSTS, joined, why_refused
from infra.telemetry.metrics import REGISTRY

T = TypeVar("T")
Check = Callable[[], Awaitable[object]]
"""Looks at one thing that work needs, and raises if it is not there."""

_PORTS = 100
"""How many ports are tried, from the configured one on."""
_LOOP_SECONDS = 5.0
"""How long the event loop may take for a sign of life."""
_CHECK_SECONDS = 3.0
"""How long one check may take."""


class NotReady(Exception):
    """A part that work needs is not there; the message says why."""


class Health:
    """The server, for one event loop. Use as a context manager.

    While it serves, a file ``workers/<pid>.json`` in the home says where. It has the form of Prometheus' file-based
    service discovery, so that ``file_sd_configs`` with ``workers/*.json`` finds every worker of this machine.

    Args:
        home: Folder of all state.
        host, port: Where to listen; a port that is taken gives way to the next free one, and 0 is any.
        roles: What this worker does, for the file.
        sdk_metrics: URL of the metrics of Temporal's SDK, which are served along with ours.
    """

    def __init__(self, home: Path, host: str, port: int, *, roles: str, sdk_metrics: str) -> None:
        self._file = home / "workers" / f"{os.getpid()}.json"
        self._roles = roles
        self._sdk_metrics = sdk_metrics
        self._loop = asyncio.get_running_loop()
        self._server = _listen(host, port, self)
        self.address = f"{host}:{self._server.server_port}"
        self.checks: Mapping[str, Check] = {}
        """What is looked at for readiness, by name."""
        self.not_ready: str | None = "starting"
        """Why no work is taken, whatever the checks say."""

    def __enter__(self) -> Health:
        threading.Thread(target=self._server.serve_forever, name="health", daemon=True).start()
        self._file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        for left in self._file.parent.glob("*.json"):
            if not (left.stem.isdecimal() and psutil.pid_exists(int(left.stem))):
                left.unlink(missing_ok=True)
        written = self._file.with_suffix(".new")
        written.write_text(json.dumps([{"targets": [self.address], "labels": {"roles": self._roles}}]))
        written.replace(self._file)
        return self

    def __exit__(self, *_: object) -> None:
        self._file.unlink(missing_ok=True)
        self._server.shutdown()
        self._server.server_close()

    def answer(self, path: str) -> tuple[int, str, bytes]:
        """Status, content type and body for a path. Called from the server's threads."""
        if path == "/metrics":
            return 200, CONTENT_TYPE_LATEST, generate_latest(REGISTRY) + self._of_the_sdk()
        if path == "/livez":
            alive = self._asked(asyncio.sleep(0, True), _LOOP_SECONDS)
            said = "ok" if alive else f"the event loop has not answered for {_LOOP_SECONDS:g} s"
            return (200 if alive else 503), "text/plain", f"{said}\n".encode()
        if path == "/readyz":
            parts = self._asked(self._look(), _LOOP_SECONDS + _CHECK_SECONDS) or {"loop": "it does not answer"}
            shown = {name: {"ok": not why, **({"reason": why} if why else {})} for name, why in parts.items()}
            ready = not any(parts.values())
            body = json.dumps({"ready": ready, "parts": shown}, indent=2)
            return (200 if ready else 503), "application/json", f"{body}\n".encode()
        return 404, "text/plain", b"there are /livez, /readyz and /metrics\n"

    async def _look(self) -> dict[str, str | None]:
        """Why a part is not ready, by part; None for one that is."""
        reasons = await asyncio.gather(*(_why_not(check) for check in self.checks.values()))
        return {"work": self.not_ready, **dict(zip(self.checks, reasons, strict=True))}

    def _asked(self, question: Coroutine[Any, Any, T], seconds: float) -> T | None:
        """What the event loop answers; None if it does not."""
        try:
            return asyncio.run_coroutine_threadsafe(question, self._loop).result(seconds)
        except (TimeoutError, CancelledError, RuntimeError):
            question.close()
            return None

    def _of_the_sdk(self) -> bytes:
        try:
            return httpx.get(self._sdk_metrics, timeout=2, trust_env=False).raise_for_status().content
        except httpx.HTTPError as error:
            return f"# the metrics of Temporal's SDK are missing: {type(error).__name__}\n".encode()


async def _why_not(check: Check) -> str | None:
    try:
        async with asyncio.timeout(_CHECK_SECONDS):
            await check()
    except TimeoutError:
        return f"no answer within {_CHECK_SECONDS:g} s"
    except RPCError as error:
        return error.status.name
    except (NotReady, LedgerNotReady) as error:
        return str(error)
    except Exception as error:  # told by its type: a message may hold an address with a password in it
        return type(error).__name__
    return None


def _listen(host: str, port: int, health: Health) -> ThreadingHTTPServer:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            if why := why_refused(joined(self.headers.items()), os.environ.get(SERVED_HOSTS, "")):
                status, content_type, body = 403, "text/plain", f"{why}\n".encode()
            else:
                status, content_type, body = health.answer(self.path.partition("?")[0])
            with suppress(ConnectionError):  # who asked may have lost patience
                self.send_response(status)
                self.send_header("Content-Type", content_type)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Probes come every few seconds; they are no news."""

    last = port + _PORTS - 1 if port else 0
    for candidate in range(port, last + 1):
        try:
            server = ThreadingHTTPServer((host, candidate), Handler)
        except OSError as error:
            if error.errno != errno.EADDRINUSE or candidate == last:
                raise
        else:
            server.daemon_threads = True
            return server
    raise AssertionError("unreachable")

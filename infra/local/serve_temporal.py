"""Serves Temporal's dev server, whose page answers whoever asks, behind a page that does not.

The server's own page listens at an address that no web page can guess; before it stands a proxy at the port that people
use, which looks at `same_host`. This process becomes the server itself, so that whoever stops or kills it means that; the
proxy is a child that ends with it. Run as a program: ``serve_temporal.py PORT TARGET COMMAND...``.
"""

from __future__ import annotations

import os
import signal
import socket
import sys
import threading
import time
from collections.abc import AsyncIterator, MutableMapping, Sequence
from typing import Any

_BIND_SECONDS = 10.0
"""How long the port is tried for: that of a server that was just killed is free in a moment."""
_OF_A_CONNECTION = {"connection", "keep-alive", "transfer-encoding", "te", "trailer", "upgrade", "proxy-connection"}
"""Headers that a proxy does not pass on (RFC 9110, 7.6.1)."""


def main(arguments: Sequence[str]) -> None:
    """Become the server, with the proxy as a child."""
    port, target, *command = arguments
    listening = _listen(int(port))  # from now on: whoever asks before the proxy is ready waits for it
    ends, held = os.pipe()
    os.set_inheritable(held, True)  # by the server: the pipe closes when it ends
    if os.fork():
        os.execv(command[0], command)
    os.close(held)
    threading.Thread(target=_end_with, args=(ends,), daemon=True).start()
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    _serve(listening, target)


def _listen(port: int) -> socket.socket:
    listening = socket.socket()
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    until = time.monotonic() + _BIND_SECONDS
    while True:
        try:
            listening.bind(("127.0.0.1", port))
        except OSError:
            if time.monotonic() > until:
                raise
            time.sleep(0.1)
        else:
            listening.listen(128)
            return listening


def _end_with(pipe: int) -> None:
    os.read(pipe, 1)
    os._exit(0)


def _target(scope: MutableMapping[str, Any]) -> bytes:
    """What was asked for, to the letter: an id with an escaped slash in it is none if it is decoded on the way."""
    raw: bytes = scope["raw_path"]
    query: bytes = scope["query_string"]
    return raw + b"?" + query if query else raw


def _serve(listening: socket.socket, target: str) -> None:
    import httpx
    import uvicorn
    from starlette.requests import Request
    from starlette.responses import PlainTextResponse, Response, StreamingResponse
    from starlette.types import Receive, Scope, Send

    from infra.served.same_host import SameHost

    client = httpx.AsyncClient(base_url=f"http://{target}", timeout=httpx.Timeout(120, connect=5), trust_env=False)

    async def proxy(scope: Scope, receive: Receive, send: Send) -> None:
        response = await answer(Request(scope, receive))
        await response(scope, receive, send)

    async def answer(request: Request) -> Response:
        asked = client.build_request(
            request.method,
            "/",
            headers=[
                (name, value) for name, value in request.headers.items() if name not in {*_OF_A_CONNECTION, "host"}
            ],
            content=request.stream() if request.method not in ("GET", "HEAD") else None,
            extensions={"target": _target(request.scope)},
        )
        try:
            said = await client.send(asked, stream=True)
        except httpx.HTTPError as error:
            return PlainTextResponse(f"Temporal's page does not answer: {type(error).__name__}\n", 502)
        passed_on = StreamingResponse(body(said), said.status_code)
        passed_on.raw_headers = [
            (name.lower(), value) for name, value in said.headers.raw if name.lower().decode() not in _OF_A_CONNECTION
        ]
        return passed_on

    async def body(said: httpx.Response) -> AsyncIterator[bytes]:
        try:
            async for part in said.aiter_raw():
                yield part
        finally:
            await said.aclose()

    config = uvicorn.Config(SameHost(proxy), ws="none", lifespan="off", log_level="warning", access_log=False)
    uvicorn.Server(config).run(sockets=[listening])


if __name__ == "__main__":
    main(sys.argv[1:])

"""Who may ask the pages that we serve: a browser that was sent to them, and no web page that had its name point to here.

A page of a stranger may have its own name resolve to the loopback address (DNS rebinding) and then read what answers there
as if it were its own. Its requests carry its name in ``Host``. So one is answered only where ``Host`` is an address, which
cannot be rebound, or a name of this machine, or one that COUNTERFOIL_SERVED_HOSTS names; and only where ``Origin``, if there
is one, is that same host. (OWASP, Cross-Site Request Forgery Prevention: verifying the origin with standard headers.)

This file stands alone, of the standard library only: the model server loads it in an environment of its own.
"""

from __future__ import annotations

import ipaddress
import os
from collections.abc import Awaitable, Callable, Mapping, MutableMapping
from typing import Any
from urllib.parse import urlsplit

_Scope = MutableMapping[str, Any]
_Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
_Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
_App = Callable[[_Scope, _Receive, _Send], Awaitable[None]]

SERVED_HOSTS = "COUNTERFOIL_SERVED_HOSTS"
"""Environment variable: further names, separated by commas, under which our pages may be asked for."""


def why_refused(headers: Mapping[str, str], served: str = "") -> str | None:
    """Why a request with these headers, by names in lower case, is not answered; None where it is.

    Args:
        served: further names that are answered to, separated by commas.
    """
    host = headers.get("host", "")
    if not _is_ours(host, served):
        return f"this is not {host[:200]!r}: ask by address, as localhost, or by a name that {SERVED_HOSTS} has"
    origin = headers.get("origin")
    if origin not in (None, "null") and urlsplit(origin).netloc.lower() != host.lower():
        return f"a page of {origin[:200]!r} may not ask here"
    if origin == "null":
        return "a page without an origin may not ask here"
    return None


def _is_ours(host: str, served: str) -> bool:
    try:
        name = urlsplit(f"//{host}").hostname or ""
    except ValueError:
        return False
    names = {"localhost", *(one.strip().lower() for one in served.split(",") if one.strip())}
    if name in names:
        return True
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return False
    return True


class SameHost:
    """ASGI middleware that answers 403 to HTTP requests that `why_refused` refuses, and closes such websockets."""

    def __init__(self, app: _App) -> None:
        self._app = app

    async def __call__(self, scope: _Scope, receive: _Receive, send: _Send) -> None:
        if scope["type"] not in ("http", "websocket"):
            return await self._app(scope, receive, send)
        headers = {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in scope["headers"]}
        why = why_refused(headers, os.environ.get(SERVED_HOSTS, ""))
        if why is None:
            return await self._app(scope, receive, send)
        if scope["type"] == "websocket":
            return await send({"type": "websocket.close", "code": 1008, "reason": "not this host"})
        plain = [(b"content-type", b"text/plain; charset=utf-8")]
        await send({"type": "http.response.start", "status": 403, "headers": plain})
        await send({"type": "http.response.body", "body": f"{why}\n".encode()})

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
import re
from collections.abc import Awaitable, Callable, Iterable, Mapping, MutableMapping
from typing import Any

_Scope = MutableMapping[str, Any]
_Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
_Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
_App = Callable[[_Scope, _Receive, _Send], Awaitable[None]]

_HOST = re.compile(r"(?:\[([0-9a-f:.]+)\]|([a-z0-9._-]+))(?::[0-9]{1,5})?", re.ASCII)
"""``host[:port]``, and nothing else that a ``Host`` may hold (RFC 9110, 7.2): no user name, no second one, no letter of other
scripts."""

SERVED_HOSTS = "COUNTERFOIL_SERVED_HOSTS"
"""Environment variable: further names, separated by commas, under which our pages may be asked for."""


def why_refused(headers: Mapping[str, str], served: str = "") -> str | None:
    """Why a request with these headers, as `joined`, is not answered; None where it is.

    Args:
        served: further names that are answered to, separated by commas.
    """
    host = headers.get("host", "")
    if not _is_ours(host, served):
        return f"this is not {host[:200]!r}: ask by address, as localhost, or by a name that {SERVED_HOSTS} has"
    origin = headers.get("origin")
    if origin is None or origin.lower() in (f"http://{host.lower()}", f"https://{host.lower()}"):
        return None
    return f"a page of {origin[:200]!r} may not ask here"


def _is_ours(host: str, served: str) -> bool:
    parts = _HOST.fullmatch(host.lower())
    if parts is None:
        return False
    name = parts[1] or parts[2]
    if parts[2] and name in {"localhost", *(one.strip().lower() for one in served.split(","))}:
        return True
    try:
        return ipaddress.ip_address(name).version == (6 if parts[1] else 4)
    except ValueError:
        return False


def joined(headers: Iterable[tuple[str, str]]) -> dict[str, str]:
    """Headers by names in lower case; of those that came more than once all values (RFC 9110, 5.2), so that none is overlooked."""
    values: dict[str, list[str]] = {}
    for name, value in headers:
        values.setdefault(name.lower(), []).append(value)
    return {name: ", ".join(several) for name, several in values.items()}


class SameHost:
    """ASGI middleware that answers 403 to HTTP requests that `why_refused` refuses, and closes such websockets."""

    def __init__(self, app: _App) -> None:
        self._app = app

    async def __call__(self, scope: _Scope, receive: _Receive, send: _Send) -> None:
        if scope["type"] not in ("http", "websocket"):
            return await self._app(scope, receive, send)
        headers = joined((name.decode("latin-1"), value.decode("latin-1")) for name, value in scope["headers"])
        why = why_refused(headers, os.environ.get(SERVED_HOSTS, ""))
        if why is None:
            return await self._app(scope, receive, send)
        if scope["type"] == "websocket":
            return await send({"type": "websocket.close", "code": 1008, "reason": "not this host"})
        plain = [(b"content-type", b"text/plain; charset=utf-8")]
        await send({"type": "http.response.start", "status": 403, "headers": plain})
        await send({"type": "http.response.body", "body": f"{why}\n".encode()})

"""Serves Phoenix behind `same_host`, and without its OTLP gRPC port; spans arrive over HTTP.

Phoenix binds that port on every network interface whatever its host setting says, and has no option to leave it
closed. Run as a program, with Phoenix's own arguments.
"""

from __future__ import annotations

import os
from typing import Any

from starlette.middleware.base import BaseHTTPMiddleware
from starlette.types import Receive, Scope, Send

from infra.served.same_host import SameHost

_NICE = 10
"""Traces are kept on disk until Phoenix has them: on a machine that is full, the work goes first and Phoenix lags."""


class SameHostOnly(BaseHTTPMiddleware):
    """`SameHost` in the shape in which Phoenix takes one: by the path of this file, in PHOENIX_FASTAPI_MIDDLEWARE_PATHS."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await SameHost(self.app)(scope, receive, send)


def main() -> None:
    """Phoenix's command line, with the gRPC server switched off as its read-only mode does."""
    from phoenix.server.grpc_server import GrpcServer
    from phoenix.server.main import main as phoenix

    as_shipped = GrpcServer.__init__

    def disabled(self: GrpcServer, *arguments: Any, **options: Any) -> None:
        as_shipped(self, *arguments, **(options | {"disabled": True}))

    setattr(GrpcServer, "__init__", disabled)  # noqa: B010
    if hasattr(os, "nice"):
        os.nice(_NICE)
    phoenix()


if __name__ == "__main__":
    main()

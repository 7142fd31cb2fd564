"""Serves Phoenix without its OTLP gRPC port; spans arrive over HTTP.

Phoenix binds that port on every network interface whatever its host setting says, and has no option to leave it
closed. Run as a program, with Phoenix's own arguments.
"""

from __future__ import annotations

import os
from typing import Any

_NICE = 10
"""Traces are kept on disk until Phoenix has them: on a machine that is full, the work goes first and Phoenix lags."""


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

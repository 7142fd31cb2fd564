"""Functions that a fork is asked to do in tests."""

from __future__ import annotations

import os
import socket
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path


def backwards(data: bytes) -> Iterator[bytes]:
    yield data[::-1]


def one_part_and_then_never_another(data: bytes) -> Iterator[bytes]:
    yield data
    while True:
        pass


def one_part_and_then_a_sleep(data: bytes) -> Iterator[bytes]:
    yield data
    time.sleep(600)


def ever_more_memory(data: bytes) -> Iterator[bytes]:
    yield data
    kept = []
    while True:
        kept.append(bytes(1 << 24))


def stumble(data: bytes) -> Iterator[bytes]:
    yield data
    raise ZeroDivisionError("of the test")


def way_out(data: bytes) -> Iterator[bytes]:
    """Try what a document that has taken over its reader would: the name of what stopped it, or ``done``."""
    ways: dict[str, Callable[[], object]] = {
        "socket": lambda: socket.create_connection(("127.0.0.1", 9)),
        "unix": lambda: socket.socket(socket.AF_UNIX),
        "pair": socket.socketpair,
        "program": lambda: subprocess.run(["true"], check=True),
        "exec": lambda: os.execv("/bin/true", ["true"]),
        "write": lambda: Path("/tmp/counterfoil-way-out").write_text("x"),
        "append": lambda: os.open(__file__, os.O_WRONLY | os.O_APPEND),
        "unlink": lambda: os.unlink("/tmp/counterfoil-no-such-file"),
        "rename": lambda: os.rename("/tmp/counterfoil-no-such-file", "/tmp/counterfoil-other"),
        "mkdir": lambda: os.mkdir("/tmp/counterfoil-folder"),
        "link": lambda: os.symlink("/tmp", "/tmp/counterfoil-link"),
        "read": lambda: Path(__file__).read_bytes(),
    }
    try:
        ways[data.decode()]()
    except OSError as error:
        yield type(error).__name__.encode()
    else:
        yield b"done"

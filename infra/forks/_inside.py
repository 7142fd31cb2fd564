"""What a fork does before it looks at a document, and how it answers: parts, each with its length before it, so that those it
has given count also when it is stopped before the next."""

from __future__ import annotations

import os
import resource

LENGTH_BYTES = 8


def take() -> tuple[bytes, int]:
    """The document, and the descriptor to answer to. What a library prints from here on goes to standard error."""
    answer_to = os.dup(1)
    os.dup2(2, 1)
    with os.fdopen(0, "rb", closefd=False) as document:
        return document.read(), answer_to


def give(part: bytes, answer_to: int) -> None:
    """One more part of the answer."""
    rest = memoryview(len(part).to_bytes(LENGTH_BYTES, "big") + part)
    while rest:
        rest = rest[os.write(answer_to, rest) :]


def limit(cpu_seconds: int, memory: int) -> None:
    """Bound processor time (seconds), address space (bytes) and core dumps, and forbid writing to files."""
    for what, soft, hard in (
        (resource.RLIMIT_CPU, cpu_seconds, cpu_seconds + 1),
        (resource.RLIMIT_AS, memory, memory),
        (resource.RLIMIT_CORE, 0, 0),
        (resource.RLIMIT_FSIZE, 0, 0),
    ):
        try:
            resource.setrlimit(what, (soft, hard))
        except (ValueError, OSError):  # a stricter limit is in force, or the system does not know this one
            continue

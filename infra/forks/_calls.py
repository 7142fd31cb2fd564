"""Forked work whose orders are functions of ours, by name: each is given bytes and yields bytes.

The process that forks imports a function's module when it is first asked for it, and has it warm itself up if it can.
"""

from __future__ import annotations

import importlib
import math
import traceback
from collections.abc import Callable, Iterator
from dataclasses import replace

from infra.forks._confinement import confine
from infra.forks._inside import give, limit, take
from infra.forks._running import CodeFault, Outcome, run

Function = Callable[[bytes], Iterator[bytes]]
"""On the top level of its module. A module may have a function ``warm_up``, which does once what all calls would do first."""

_STUMBLED, _TOO_MUCH_MEMORY = 70, 71
_known: set[str] = set()


async def call(function: Function, data: bytes, *, seconds: float, memory_mb: int) -> Outcome:
    """What ``function`` yields of ``data``, a part each, done in a fork.

    Args:
        seconds: of processor time it may take, and twice as many by the clock, as it may have to share.
        memory_mb: MiB of address space.

    Returns:
        The parts it yielded before it ended or was stopped; its fault, if it raised an exception.

    Raises:
        ForksFailed: it did not start, which says nothing about ``data``.
    """
    order = {"function": f"{function.__module__}:{function.__qualname__}", "seconds": seconds, "memory_mb": memory_mb}
    outcome = await run(__name__, order, data, seconds=2 * seconds)
    if outcome.status == _STUMBLED:
        kind, _, told = outcome.parts[-1].decode(errors="replace").partition("\n")
        return replace(outcome, parts=outcome.parts[:-1], fault=CodeFault(kind, told))
    return outcome


def prepare() -> None:
    """Nothing before it is known which functions are asked for."""


def prepare_the_rest() -> None:
    """Nothing."""


def expect(function: str, **_: object) -> bool:
    name = function.partition(":")[0]
    if name in _known:
        return False
    _known.add(name)
    try:
        module = importlib.import_module(name)
        if warm_up := getattr(module, "warm_up", None):
            warm_up()
    except Exception:  # the fork stumbles over it, too, and tells
        return False
    return True


def perform(function: str, seconds: float, memory_mb: int) -> None:
    data, answer_to = take()
    limit(math.ceil(seconds) + 1, memory_mb * 1024 * 1024)
    confine()
    try:
        module, _, name = function.partition(":")
        called: Function = getattr(importlib.import_module(module), name)
        for part in called(data):
            give(part, answer_to)
    except MemoryError:
        raise SystemExit(_TOO_MUCH_MEMORY) from None
    except Exception as error:
        give(f"{type(error).__name__}\n{traceback.format_exc()}".encode(), answer_to)
        raise SystemExit(_STUMBLED) from None

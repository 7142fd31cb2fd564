"""The parent's side of a fork: start it, feed it, wait no longer than allowed, make sure that it is gone."""

from __future__ import annotations

import asyncio
import contextlib
import signal
from dataclasses import dataclass

from infra.forks._forks import Fork, ForksFailed, Order, fork
from infra.forks._inside import LENGTH_BYTES

_MAX_ANSWER_BYTES = 256_000_000


@dataclass(frozen=True)
class CodeFault:
    """Our own code stumbled: the ``kind`` of the exception, and its traceback, as ``told``."""

    kind: str
    told: str


@dataclass(frozen=True)
class Outcome:
    """What came of a fork."""

    status: int | None
    """Its exit status, negative for a signal; None if it took too long and was killed."""
    parts: tuple[bytes, ...]
    """Of its answer those that were whole when it ended."""
    fault: CodeFault | None = None
    """Of a function of ours (`call`)."""

    @property
    def answer(self) -> bytes | None:
        """The last part, where it ended as it should."""
        return self.parts[-1] if self.status == 0 and self.parts else None

    @property
    def too_slow(self) -> bool:
        """Whether it was stopped for the time it took."""
        return self.status is None or self.status == -signal.SIGXCPU


async def run(module: str, order: Order, data: bytes, *, seconds: float) -> Outcome:
    """Have ``order`` done by ``module`` in a fork that is given ``data``.

    Args:
        seconds: wall-clock time after which the fork and all it started are killed. What else limits it, the module says.

    Raises:
        ForksFailed: it did not start, or whoever forks has ended, which says nothing about the document.
    """
    process = await fork(module, order)
    answer = bytearray()
    try:
        async with asyncio.timeout(seconds):
            await asyncio.gather(_receive(process, answer), _send(process, data))
            status: int | None = await process.wait()
    except TimeoutError:
        status = None
    finally:
        await _end(process)
    return Outcome(status, _parts(answer))


def _parts(answer: bytearray) -> tuple[bytes, ...]:
    parts, at = [], 0
    while len(answer) >= at + LENGTH_BYTES:
        begin = at + LENGTH_BYTES
        at = begin + int.from_bytes(answer[begin - LENGTH_BYTES : begin], "big")
        if at <= len(answer):
            parts.append(bytes(answer[begin:at]))
    return tuple(parts)


async def _send(process: Fork, data: bytes) -> None:
    with contextlib.suppress(BrokenPipeError, ConnectionResetError):
        process.stdin.write(data)
        await process.stdin.drain()
    process.stdin.close()


async def _receive(process: Fork, answer: bytearray) -> None:
    """The whole answer; a fork that says more than any should is stopped, and what it said forgotten."""
    while part := await process.stdout.read(1 << 20):
        answer += part
        if len(answer) > _MAX_ANSWER_BYTES:
            process.kill()
            answer.clear()
            return


async def _end(process: Fork) -> None:
    """Kill whatever still runs, also when the waiting for it was cancelled, and reap it."""
    process.kill()
    with contextlib.suppress(ForksFailed):
        await process.wait()

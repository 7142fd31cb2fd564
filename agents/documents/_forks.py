"""The way to `_nursery`: one such process for each event loop, started at first use and again if it died."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass

from agents.documents._messages import Order


class NurseryDied(RuntimeError):
    """The process that forks readers ended. The next request starts another."""


@dataclass
class Fork:
    """A reading process: its pid, which is its process group's too, and the ends of its pipes."""

    pid: int
    stdin: asyncio.StreamWriter
    stdout: asyncio.StreamReader
    _ended: asyncio.Future[int]

    @property
    def returncode(self) -> int | None:
        """The exit status once it has ended, negative for a signal."""
        return self._ended.result() if self._ended.done() and not self._ended.exception() else None

    async def wait(self) -> int:
        """The exit status.

        Raises:
            NurseryDied: nobody is left to tell.
        """
        return await asyncio.shield(self._ended)


_nurseries: dict[asyncio.AbstractEventLoop, _Nursery] = {}


async def fork(order: Order, *, cwd: str, environment: Mapping[str, str]) -> Fork:
    """A new reader doing ``order`` (the arguments of `_child.perform`).

    Raises:
        NurseryDied, OSError: it cannot be had just now.
    """
    loop = asyncio.get_running_loop()
    nursery = _nurseries.get(loop)
    if nursery is None or nursery.dead:
        for ended in [loop for loop in _nurseries if loop.is_closed()]:
            _nurseries.pop(ended).close()
        nursery = _nurseries[loop] = _Nursery(cwd, environment)
    # A task of its own: the answer to a request is waited for also when whoever made it no longer does.
    making = asyncio.create_task(nursery.fork(order))
    try:
        return await asyncio.shield(making)
    except asyncio.CancelledError:
        making.add_done_callback(_unwanted)
        raise


def _unwanted(making: asyncio.Task[Fork]) -> None:
    if not making.cancelled() and making.exception() is None:
        unwanted = making.result()
        unwanted.stdin.close()
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(unwanted.pid, signal.SIGKILL)


class _Nursery:
    def __init__(self, cwd: str, environment: Mapping[str, str]) -> None:
        ours, theirs = socket.socketpair()
        with theirs:
            self._process = subprocess.Popen(
                [sys.executable, *(["-B"] if sys.dont_write_bytecode else []), "-P", "-m", "agents.documents._nursery",
                 str(theirs.fileno())],
                pass_fds=[theirs.fileno()], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL, start_new_session=True, cwd=cwd, env=dict(environment),
            )  # fmt: skip
        ours.setblocking(False)
        self._control = ours
        self._told = b""
        self._turn = asyncio.Lock()
        self._born: asyncio.Future[int] | None = None
        self._ends: dict[int, asyncio.Future[int]] = {}
        self.dead = False
        self._loop = asyncio.get_running_loop()
        self._loop.add_reader(ours, self._hear)

    def close(self) -> None:
        """Let the process end; for a loop that is closed."""
        self.dead = True
        self._control.close()
        self._process.wait()

    async def fork(self, order: Order) -> Fork:
        document, to_document = os.pipe()
        from_answer, answer = os.pipe()
        theirs = (document, answer)
        try:
            async with self._turn:  # one at a time, so that descriptors and lines stay together
                if self.dead:
                    raise NurseryDied("the process that forks readers has ended")
                self._born = self._loop.create_future()
                socket.send_fds(self._control, [json.dumps(order).encode() + b"\n"], theirs)
                pid = await self._born
        except BaseException:
            os.close(to_document)
            os.close(from_answer)
            raise
        finally:
            for descriptor in theirs:
                os.close(descriptor)
        reader = asyncio.StreamReader()
        await self._loop.connect_read_pipe(
            lambda: asyncio.StreamReaderProtocol(reader), os.fdopen(from_answer, "rb", buffering=0)
        )
        transport, protocol = await self._loop.connect_write_pipe(
            lambda: asyncio.streams.FlowControlMixin(loop=self._loop), os.fdopen(to_document, "wb", buffering=0)
        )
        return Fork(pid, asyncio.StreamWriter(transport, protocol, None, self._loop), reader, self._ends[pid])

    def _hear(self) -> None:
        try:
            heard = self._control.recv(1 << 16)
        except BlockingIOError:
            return
        except OSError:
            heard = b""
        if not heard:
            return self._die()
        *lines, self._told = (self._told + heard).split(b"\n")
        for line in lines:
            told = json.loads(line)
            if "status" not in told:
                self._ends[told["pid"]] = self._loop.create_future()
                if self._born and not self._born.done():
                    self._born.set_result(told["pid"])
            elif (ended := self._ends.pop(told["pid"], None)) and not ended.done():
                ended.set_result(told["status"])
        return None

    def _die(self) -> None:
        self.dead = True
        self._loop.remove_reader(self._control)
        self._control.close()
        self._process.poll()
        for waiting in (self._born, *self._ends.values()):
            if waiting and not waiting.done():
                waiting.set_exception(NurseryDied("the process that forks readers has ended"))
                waiting.exception()  # told to whoever asks; nobody has to
        self._ends.clear()

"""The way to `_nursery`: one such process for each event loop and kind of work, started at first use and again if it died."""

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
from pathlib import Path

Order = Mapping[str, object]
"""The arguments of a module's ``perform``, as JSON carries them."""

_PACKAGES = Path(__file__).resolve().parents[2]
_KEPT_ENVIRONMENT = ("LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH", "SYSTEMROOT")
"""What an interpreter may need to start. All else stays here: keys and tokens are none of a document's business."""
_THREADS = {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}
"""For numpy, which would set aside memory for a thread on every processor. Recognising counts its threads itself."""


class ForksFailed(RuntimeError):
    """The process that forks did not start or has ended. The next request starts another; the document is not at fault."""


@dataclass
class Fork:
    """A forked process: its pid, which is its process group's too, and the ends of its pipes."""

    pid: int
    stdin: asyncio.StreamWriter
    stdout: asyncio.StreamReader
    _ended: asyncio.Future[int]

    @property
    def returncode(self) -> int | None:
        """The exit status once it has ended, negative for a signal."""
        return self._ended.result() if self._ended.done() and not self._ended.exception() else None

    def kill(self) -> None:
        """Kill it with all it started, if it still runs. What it started and left is killed by whoever forked it."""
        if self.returncode is None:
            kill(self.pid)

    async def wait(self) -> int:
        """The exit status.

        Raises:
            ForksFailed: nobody is left to tell.
        """
        return await asyncio.shield(self._ended)


def kill(pid: int) -> None:
    """Kill a fork that runs, with all it started."""
    try:
        os.killpg(pid, signal.SIGKILL)
    except ProcessLookupError:  # so young that it has no group of its own yet
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)


_nurseries: dict[tuple[asyncio.AbstractEventLoop, str], Nursery] = {}


def nursery_of(module: str) -> Nursery:
    """The process that forks for ``module``, of this event loop; one that a closed loop has left is taken over."""
    loop = asyncio.get_running_loop()
    nursery = _nurseries.get((loop, module))
    if nursery is None or nursery.dead:
        left = [_nurseries.pop(key) for key in list(_nurseries) if key[0].is_closed() and key[1] == module]
        idle = [one for one in left if one.idle]
        nursery = idle.pop().join(loop) if idle else Nursery(module, loop)
        for one in left:
            if one is not nursery:
                one.close()
        _nurseries[loop, module] = nursery
    return nursery


async def fork(module: str, order: Order) -> Fork:
    """A new process doing ``order`` (the arguments of the module's ``perform``).

    Raises:
        ForksFailed: it cannot be had just now.
    """
    try:
        nursery = nursery_of(module)
    except OSError as error:
        raise ForksFailed(f"the process that forks for {module} does not start: {error}") from error
    # A task of its own: the answer to a request is waited for also when whoever made it no longer does.
    making = asyncio.create_task(nursery.fork(order))
    try:
        return await asyncio.shield(making)
    except OSError as error:
        raise ForksFailed(f"no process can be forked for {module}: {error}") from error
    except asyncio.CancelledError:
        making.add_done_callback(_unwanted)
        raise


def _unwanted(making: asyncio.Task[Fork]) -> None:
    if not making.cancelled() and making.exception() is None:
        unwanted = making.result()
        unwanted.stdin.close()
        unwanted.kill()


class Nursery:
    """Our end of the process that forks."""

    def __init__(self, module: str, loop: asyncio.AbstractEventLoop) -> None:
        ours, theirs = socket.socketpair()
        with theirs:
            self._process = subprocess.Popen(
                [sys.executable, *(["-B"] if sys.dont_write_bytecode else []), "-P", "-m", "infra.forks._nursery",
                 str(theirs.fileno()), module],
                pass_fds=[theirs.fileno()], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL, start_new_session=True, cwd=_PACKAGES, env=_environment(),
            )  # fmt: skip
        ours.setblocking(False)
        self._control = ours
        self._told = b""
        self.dead = False
        self.join(loop)

    def join(self, loop: asyncio.AbstractEventLoop) -> Nursery:
        """Serve ``loop``: the first, or one after the last was closed."""
        self._turn = asyncio.Lock()
        self._born: asyncio.Future[int] | None = None
        self._ends: dict[int, asyncio.Future[int]] = {}
        self._loop = loop
        loop.add_reader(self._control, self._hear)
        return self

    @property
    def idle(self) -> bool:
        """Whether it owes no answer to a request: the next one it gives is to the next that is made."""
        return not self.dead and (self._born is None or self._born.done())

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
                    raise ForksFailed("the process that forks has ended")
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
        for pid in self._ends:
            kill(pid)
        for waiting in (self._born, *self._ends.values()):
            if waiting and not waiting.done():
                waiting.set_exception(ForksFailed("the process that forks has ended"))
                waiting.exception()  # told to whoever asks; nobody has to
        self._ends.clear()


def _environment() -> dict[str, str]:
    kept = {key: os.environ[key] for key in _KEPT_ENVIRONMENT if key in os.environ}
    return {**kept, **_THREADS, "PYTHONPATH": str(_PACKAGES), "LC_ALL": "C.UTF-8"}

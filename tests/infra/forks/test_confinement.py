"""A fork that looks at a document has no network, touches no other process and changes no file, where the kernel can hold it to
that; and nothing outlives it."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
from collections.abc import Iterator

import psutil
import pytest

from infra.forks import ForksFailed, call, can_confine, run
from infra.forks._forks import nursery_of
from tests.infra.forks import work

confined = pytest.mark.skipif(not can_confine(), reason="this kernel or processor has no seccomp filters")
OPEN = ("read", "thread", "know its limits", "signal itself", "duplicate")
UNKNOWN = ("clone3", "signal by descriptor", "descriptor of a process", "openat2", "fchmodat2", "ring", "fsopen")
"""Refused as if the kernel did not know the call: libraries use an older one."""


@pytest.fixture(scope="module")
def another() -> Iterator[int]:
    """The pid of another process of this user."""
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as process:
        yield process.pid
        assert process.poll() is None, "nothing has ended it"
        process.kill()


@confined
@pytest.mark.parametrize("way", [way for way in work.WAYS if way not in OPEN])
async def test_a_way_out_is_closed(way: str, another: int) -> None:
    outcome = await call(work.way_out, f"{another} {way}".encode(), seconds=30, memory_mb=512)
    assert outcome.answer == (b"ENOSYS" if way in UNKNOWN else b"PermissionError")


@confined
@pytest.mark.parametrize("way", OPEN)
async def test_what_libraries_need_is_open(way: str, another: int) -> None:
    outcome = await call(work.way_out, f"{another} {way}".encode(), seconds=30, memory_mb=512)
    assert outcome.answer == b"done"


@pytest.mark.parametrize("ending", ["", "hang"])
async def test_what_an_unconfined_fork_starts_ends_with_it(ending: str) -> None:
    outcome = await run(work.__name__, {"how": ending}, b"", seconds=30 if not ending else 1)
    assert (outcome.status is None) == bool(ending)
    await gone(int(outcome.parts[0]))


async def test_a_fork_ends_with_the_process_that_forks() -> None:
    reading = asyncio.ensure_future(run(work.__name__, {"how": "hang"}, b"", seconds=60))
    nursery = nursery_of(work.__name__)
    while not nursery._ends:
        await asyncio.sleep(0.01)
    (pid,) = nursery._ends
    os.kill(nursery._process.pid, signal.SIGKILL)
    with pytest.raises(ForksFailed):
        await reading
    await gone(pid)


async def gone(pid: int) -> None:
    """Wait until no such process runs; one that nobody has asked for its status counts as gone."""
    async with asyncio.timeout(30):
        while True:
            try:
                if psutil.Process(pid).status() in (psutil.STATUS_ZOMBIE, psutil.STATUS_DEAD):
                    return
            except psutil.NoSuchProcess:
                return
            await asyncio.sleep(0.01)

"""Functions that a fork is asked to do in tests."""

from __future__ import annotations

import ctypes
import errno
import fcntl
import os
import platform
import resource
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from infra.forks import give, take
from infra.forks._confinement import _NUMBERS


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
    target, _, name = data.decode().partition(" ")
    try:
        WAYS[name](target)
    except OSError as error:
        yield type(error).__name__.encode() if error.errno != errno.ENOSYS else b"ENOSYS"
    else:
        yield b"done"


def perform(how: str) -> None:
    """Start a process that sleeps on, in a fork that nothing confines, and answer with its pid; then end or ``hang``."""
    _, answer_to = take()
    pid = os.fork()
    if pid == 0:
        time.sleep(600)
    give(str(pid).encode(), answer_to)
    os.close(answer_to)
    if how == "hang":
        time.sleep(600)


def prepare() -> None:
    """Nothing."""


prepare_the_rest = prepare


def expect(**_: object) -> bool:
    return False


def _read_only(act: Callable[[int], object]) -> None:
    descriptor = os.open(__file__, os.O_RDONLY)
    try:
        act(descriptor)
    finally:
        os.close(descriptor)


def _call(number: int, *arguments: int) -> None:
    """A call of the kernel, of those that have one number on all processors or no function in Python."""
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.syscall(ctypes.c_long(number), *(ctypes.c_long(argument) for argument in arguments)) == -1:
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))


def _number(name: str) -> int:
    return _NUMBERS[platform.machine()][name]


_NOWHERE = "/tmp/counterfoil-no-such-file"
WAYS: dict[str, Callable[[str], object]] = {
    "socket": lambda _: socket.create_connection(("127.0.0.1", 9)),
    "unix": lambda _: socket.socket(socket.AF_UNIX),
    "pair": lambda _: socket.socketpair(),
    "shared memory": lambda _: _call(_number("shmget"), 1, 4096, 0o1600),
    "program": lambda _: subprocess.run(["true"], check=True),
    "spawn": lambda _: os.posix_spawn("/bin/true", ["true"], {}),
    "exec": lambda _: os.execv("/bin/true", ["true"]),
    "fork": lambda _: os.fork(),
    "clone3": lambda _: _call(435, 0, 0),
    "kill": lambda pid: os.kill(int(pid), signal.SIGTERM),
    "kill all": lambda _: os.kill(-1, 0),
    "tkill": lambda pid: _call(_number("tkill"), int(pid), signal.SIGTERM),
    "tgkill": lambda pid: _call(_number("tgkill"), int(pid), int(pid), signal.SIGTERM),
    "queue a signal": lambda pid: _call(_number("rt_sigqueueinfo"), int(pid), signal.SIGTERM, 0),
    "queue a thread's signal": lambda pid: _call(_number("rt_tgsigqueueinfo"), int(pid), int(pid), signal.SIGTERM, 0),
    "signal by descriptor": lambda _: _call(424, 0, signal.SIGTERM, 0, 0),
    "descriptor of a process": lambda pid: os.pidfd_open(int(pid)),
    "signal on input": lambda pid: _read_only(lambda fd: fcntl.fcntl(fd, fcntl.F_SETOWN, int(pid))),
    "own the terminal's signals": lambda pid: fcntl.ioctl(0, 0x8901, int(pid).to_bytes(4, sys.byteorder)),
    "limits of another": lambda pid: resource.prlimit(int(pid), resource.RLIMIT_CORE),
    "limit another": lambda pid: resource.prlimit(int(pid), resource.RLIMIT_CORE, (0, 0)),
    "limit itself anew": lambda _: resource.prlimit(0, resource.RLIMIT_CORE, (0, 0)),
    "hurry": lambda pid: os.setpriority(os.PRIO_PROCESS, int(pid), 19),
    "pin": lambda pid: os.sched_setaffinity(int(pid), {0}),
    "trace": lambda pid: _call(_number("ptrace"), 16, int(pid), 0, 0),
    "read another's memory": lambda pid: _call(_number("process_vm_readv"), int(pid), 0, 0, 0, 0, 0),
    "write another's memory": lambda pid: _call(_number("process_vm_writev"), int(pid), 0, 0, 0, 0, 0),
    "leave its group": lambda _: os.setpgid(0, 0),
    "leave its session": lambda _: os.setsid(),
    "outlive": lambda _: _call(_number("prctl"), 1, 0, 0, 0, 0),
    "write": lambda _: Path("/tmp/counterfoil-way-out").write_text("x"),
    "append": lambda _: os.open(__file__, os.O_WRONLY | os.O_APPEND),
    "openat2": lambda _: _call(437, -100, 0, 0, 0),
    "unlink": lambda _: os.unlink(_NOWHERE),
    "rename": lambda _: os.rename(_NOWHERE, "/tmp/counterfoil-other"),
    "mkdir": lambda _: os.mkdir("/tmp/counterfoil-folder"),
    "link": lambda _: os.symlink("/tmp", "/tmp/counterfoil-link"),
    "chmod": lambda _: os.chmod(__file__, 0o644),
    "fchmod": lambda _: _read_only(lambda fd: os.fchmod(fd, 0o644)),
    "fchmodat2": lambda _: _call(452, -100, 0, 0, 0),
    "chown": lambda _: os.chown(__file__, -1, -1),
    "fchown": lambda _: _read_only(lambda fd: os.fchown(fd, -1, -1)),
    "utime": lambda _: os.utime(__file__),
    "futime": lambda _: _read_only(lambda fd: os.utime(fd)),
    "setxattr": lambda _: os.setxattr(__file__, "user.counterfoil", b"x"),
    "fsetxattr": lambda _: _read_only(lambda fd: os.setxattr(fd, "user.counterfoil", b"x")),
    "removexattr": lambda _: os.removexattr(__file__, "user.counterfoil"),
    "fremovexattr": lambda _: _read_only(lambda fd: os.removexattr(fd, "user.counterfoil")),
    "flock": lambda _: _read_only(lambda fd: fcntl.flock(fd, fcntl.LOCK_SH)),
    "lock": lambda _: _read_only(lambda fd: fcntl.lockf(fd, fcntl.LOCK_SH)),
    "flags of a file": lambda _: _read_only(lambda fd: fcntl.ioctl(fd, 0x40086602, bytes(8))),
    "ring": lambda _: _call(425, 1, 0),
    "mount": lambda _: _call(_number("mount"), 0, 0, 0, 0, 0),
    "fsopen": lambda _: _call(430, 0, 0),
    "namespace": lambda _: _call(_number("unshare"), 0),
    "enter a namespace": lambda _: _call(_number("setns"), 0, 0),
    "bpf": lambda _: _call(_number("bpf"), 0, 0, 0),
    "keys": lambda _: _call(_number("keyctl"), 0, -4, 0),
    "read": lambda _: Path(__file__).read_bytes(),
    "thread": lambda _: ThreadPoolExecutor(2).submit(int, "1").result(),
    "know its limits": lambda _: resource.getrlimit(resource.RLIMIT_AS),
    "signal itself": lambda _: _call(_number("tgkill"), os.getpid(), os.getpid(), 0),
    "duplicate": lambda _: _read_only(lambda fd: os.close(os.dup(fd))),
}

"""What a fork that looks at a document may no longer ask of the kernel: the network, other programs, and changes to files.

On Linux by a seccomp filter (seccomp(2), BPF as in linux/filter.h), which needs no rights and no other package, and which a
process cannot take off again. Calls that are refused fail with EPERM, as if the user had no right to them: a library that
only tries goes on without. Elsewhere, and on other processors than these, there are the limits of `limit` alone.
"""

from __future__ import annotations

import ctypes
import errno
import os
import platform
import struct
import sys
from collections.abc import Iterator

_NUMBERS: dict[str, dict[str, int]] = {
    "x86_64": {
        "open": 2, "socket": 41, "connect": 42, "sendto": 44, "bind": 49, "listen": 50, "socketpair": 53, "execve": 59,
        "truncate": 76, "rename": 82, "mkdir": 83, "rmdir": 84, "creat": 85, "link": 86, "unlink": 87, "symlink": 88,
        "chmod": 90, "chown": 92, "lchown": 94, "ptrace": 101, "mknod": 133, "pivot_root": 155, "chroot": 161, "mount": 165,
        "umount2": 166, "setxattr": 188, "lsetxattr": 189, "add_key": 248, "request_key": 249, "keyctl": 250, "openat": 257,
        "mkdirat": 258, "mknodat": 259, "fchownat": 260, "unlinkat": 263, "renameat": 264, "linkat": 265, "symlinkat": 266,
        "fchmodat": 268, "unshare": 272, "perf_event_open": 298, "open_by_handle_at": 304, "setns": 308,
        "process_vm_readv": 310, "process_vm_writev": 311, "renameat2": 316, "bpf": 321, "execveat": 322,
    },
    "aarch64": {
        "setxattr": 5, "lsetxattr": 6, "mknodat": 33, "mkdirat": 34, "unlinkat": 35, "symlinkat": 36, "linkat": 37,
        "renameat": 38, "umount2": 39, "mount": 40, "pivot_root": 41, "truncate": 45, "chroot": 51, "fchmodat": 53,
        "fchownat": 54, "openat": 56, "unshare": 97, "ptrace": 117, "socket": 198, "socketpair": 199, "bind": 200,
        "listen": 201, "connect": 203, "sendto": 206, "add_key": 217, "request_key": 218, "keyctl": 219, "execve": 221,
        "perf_event_open": 241, "open_by_handle_at": 265, "setns": 268, "process_vm_readv": 270, "process_vm_writev": 271,
        "renameat2": 276, "bpf": 280, "execveat": 281,
    },
}  # fmt: skip
"""Of what is refused, the numbers of the calls (arch/x86/entry/syscalls/syscall_64.tbl, include/uapi/asm-generic/unistd.h)."""
_NEWER = {"io_uring_setup": 425, "io_uring_enter": 426, "io_uring_register": 427, "openat2": 437, "pidfd_getfd": 438}
"""The same on all processors. A ring makes calls that no filter sees, and ``openat2`` has its flags where none can look."""
_AUDIT_ARCH = {"x86_64": 0xC000003E, "aarch64": 0xC00000B7}
_OPENS = {"open": 1, "openat": 2}
"""Calls that are refused with flags that write, and which argument has these."""
_WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND
_X32 = 0x40000000
"""From here on, on x86_64, the numbers are those of another ABI."""

_PR_SET_NO_NEW_PRIVS, _PR_SET_SECCOMP, _SECCOMP_MODE_FILTER = 38, 22, 2
_SECCOMP_GET_ACTION_AVAIL = 2
_SECCOMP_CALL = {"x86_64": 317, "aarch64": 277}
_ALLOW, _REFUSE, _KILL = 0x7FFF0000, 0x00050000, 0x80000000
_LOAD, _EQUAL, _AT_LEAST, _ANY_BIT, _RETURN = 0x20, 0x15, 0x35, 0x45, 0x06


class _Program(ctypes.Structure):
    _fields_ = (("len", ctypes.c_ushort), ("filter", ctypes.c_char_p))


def can_confine() -> bool:
    """Whether `confine` takes effect on this machine, as far as can be told without doing it."""
    machine = platform.machine()
    if not sys.platform.startswith("linux") or machine not in _NUMBERS:
        return False
    refuse = ctypes.c_uint32(_REFUSE)
    asked: int = _libc().syscall(_SECCOMP_CALL[machine], _SECCOMP_GET_ACTION_AVAIL, 0, ctypes.byref(refuse))
    return asked == 0


def confine() -> bool:
    """Refuse this process, from now on and for good, sockets, other programs and changes to files; False where the kernel does
    not let it. What is open stays open."""
    if not sys.platform.startswith("linux") or platform.machine() not in _NUMBERS:
        return False
    code = b"".join(_filter(platform.machine()))
    program = _Program(len(code) // 8, code)
    libc = _libc()
    if libc.prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0):
        return False
    done: int = libc.prctl(_PR_SET_SECCOMP, _SECCOMP_MODE_FILTER, ctypes.byref(program), 0, 0)
    return done == 0


def _libc() -> ctypes.CDLL:
    return ctypes.CDLL(None, use_errno=True)


def _filter(machine: str) -> Iterator[bytes]:
    """The program: over ``struct seccomp_data`` (number at 0, architecture at 4, arguments from 16 on, 8 bytes each)."""
    refuse = _REFUSE | errno.EPERM
    yield _step(_LOAD, 4)
    yield _step(_EQUAL, _AUDIT_ARCH[machine], 1, 0)
    yield _step(_RETURN, _KILL)
    yield _step(_LOAD, 0)
    if machine == "x86_64":
        yield _step(_AT_LEAST, _X32, 0, 1)
        yield _step(_RETURN, refuse)
    numbers = _NUMBERS[machine]
    for name, number in numbers.items():
        if name in _OPENS:
            yield _step(_EQUAL, number, 0, 4)
            yield _step(_LOAD, 16 + 8 * _OPENS[name])
            yield _step(_ANY_BIT, _WRITING, 0, 1)
            yield _step(_RETURN, refuse)
            yield _step(_RETURN, _ALLOW)
        else:
            yield _step(_EQUAL, number, 0, 1)
            yield _step(_RETURN, refuse)
    for number in _NEWER.values():
        yield _step(_EQUAL, number, 0, 1)
        yield _step(_RETURN, _REFUSE | errno.ENOSYS)
    yield _step(_RETURN, _ALLOW)


def _step(code: int, value: int, if_so: int = 0, else_: int = 0) -> bytes:
    """``struct sock_filter``: an instruction with how many to skip where its comparison holds, and where not."""
    return struct.pack("=HBBI", code, if_so, else_, value)

"""What a fork that looks at a document may no longer ask of the kernel: the network, other processes, and changes to files.

On Linux by a seccomp filter (seccomp(2), BPF as in linux/filter.h), which needs no rights and no other package, and which a
process cannot take off again. Calls that are refused fail with EPERM, as if the user had no right to them: a library that
only tries goes on without. Elsewhere, and on other processors than these, there are the limits of `limit` alone.

Threads are all that reading starts; no library it uses needs a program of its own.
"""

from __future__ import annotations

import ctypes
import errno
import os
import platform
import signal
import struct
import sys
from collections.abc import Iterator, Mapping, Sequence

_NUMBERS: dict[str, dict[str, int]] = {
    "x86_64": {
        # the network, and what passes between processes
        "socket": 41, "connect": 42, "sendto": 44, "sendmsg": 46, "bind": 49, "listen": 50, "socketpair": 53, "sendmmsg": 307,
        "shmget": 29, "shmat": 30, "shmctl": 31, "semget": 64, "semop": 65, "semctl": 66, "semtimedop": 220,
        "msgget": 68, "msgsnd": 69, "msgrcv": 70, "msgctl": 71, "mq_open": 240, "mq_unlink": 241,
        # other processes
        "clone": 56, "fork": 57, "vfork": 58, "execve": 59, "execveat": 322, "kill": 62, "tkill": 200, "tgkill": 234,
        "rt_sigqueueinfo": 129, "rt_tgsigqueueinfo": 297, "ptrace": 101, "process_vm_readv": 310, "process_vm_writev": 311,
        "kcmp": 312, "setpgid": 109, "setsid": 112, "prctl": 157, "setrlimit": 160, "prlimit64": 302, "setpriority": 141,
        "ioprio_set": 251, "sched_setparam": 142, "sched_setscheduler": 144, "sched_setaffinity": 203, "sched_setattr": 314,
        "migrate_pages": 256, "move_pages": 279,
        # changes to files
        "open": 2, "openat": 257, "creat": 85, "open_by_handle_at": 304, "truncate": 76, "rename": 82, "renameat": 264,
        "renameat2": 316, "mkdir": 83, "mkdirat": 258, "rmdir": 84, "link": 86, "linkat": 265, "unlink": 87, "unlinkat": 263,
        "symlink": 88, "symlinkat": 266, "mknod": 133, "mknodat": 259, "chmod": 90, "fchmod": 91, "fchmodat": 268, "chown": 92,
        "fchown": 93, "lchown": 94, "fchownat": 260, "setxattr": 188, "lsetxattr": 189, "fsetxattr": 190, "removexattr": 197,
        "lremovexattr": 198, "fremovexattr": 199, "utime": 132, "utimes": 235, "futimesat": 261, "utimensat": 280,
        "fcntl": 72, "flock": 73, "ioctl": 16,
        # the machine
        "pivot_root": 155, "chroot": 161, "mount": 165, "umount2": 166, "unshare": 272, "setns": 308, "add_key": 248,
        "request_key": 249, "keyctl": 250, "perf_event_open": 298, "bpf": 321, "userfaultfd": 323, "fanotify_init": 300,
        "iopl": 172, "ioperm": 173, "reboot": 169, "swapon": 167, "swapoff": 168, "sethostname": 170, "setdomainname": 171,
        "init_module": 175, "finit_module": 313, "delete_module": 176, "kexec_load": 246, "kexec_file_load": 320,
        "settimeofday": 164, "clock_settime": 227, "adjtimex": 159, "clock_adjtime": 305, "acct": 163, "quotactl": 179,
        "syslog": 103,
    },
    "aarch64": {
        # the network, and what passes between processes
        "socket": 198, "socketpair": 199, "bind": 200, "listen": 201, "connect": 203, "sendto": 206, "sendmsg": 211,
        "sendmmsg": 269, "mq_open": 180, "mq_unlink": 181, "msgget": 186, "msgctl": 187, "msgrcv": 188, "msgsnd": 189,
        "semget": 190, "semctl": 191, "semtimedop": 192, "semop": 193, "shmget": 194, "shmctl": 195, "shmat": 196,
        # other processes
        "clone": 220, "execve": 221, "execveat": 281, "kill": 129, "tkill": 130, "tgkill": 131, "rt_sigqueueinfo": 138,
        "rt_tgsigqueueinfo": 240, "ptrace": 117, "process_vm_readv": 270, "process_vm_writev": 271, "kcmp": 272,
        "setpgid": 154, "setsid": 157, "prctl": 167, "setrlimit": 164, "prlimit64": 261, "setpriority": 140, "ioprio_set": 30,
        "sched_setparam": 118, "sched_setscheduler": 119, "sched_setaffinity": 122, "sched_setattr": 274,
        "migrate_pages": 238, "move_pages": 239,
        # changes to files
        "openat": 56, "open_by_handle_at": 265, "truncate": 45, "renameat": 38, "renameat2": 276, "mkdirat": 34,
        "linkat": 37, "unlinkat": 35, "symlinkat": 36, "mknodat": 33, "fchmod": 52, "fchmodat": 53, "fchown": 55,
        "fchownat": 54, "setxattr": 5, "lsetxattr": 6, "fsetxattr": 7, "removexattr": 14, "lremovexattr": 15,
        "fremovexattr": 16, "utimensat": 88, "fcntl": 25, "flock": 32, "ioctl": 29,
        # the machine
        "pivot_root": 41, "chroot": 51, "mount": 40, "umount2": 39, "unshare": 97, "setns": 268, "add_key": 217,
        "request_key": 218, "keyctl": 219, "perf_event_open": 241, "bpf": 280, "userfaultfd": 282, "fanotify_init": 262,
        "reboot": 142, "swapon": 224, "swapoff": 225, "sethostname": 161, "setdomainname": 162, "init_module": 105,
        "finit_module": 273, "delete_module": 106, "kexec_load": 104, "kexec_file_load": 294, "settimeofday": 170,
        "clock_settime": 112, "adjtimex": 171, "clock_adjtime": 266, "acct": 89, "quotactl": 60, "syslog": 116,
    },
}  # fmt: skip
"""Of what is refused, the numbers of the calls (arch/x86/entry/syscalls/syscall_64.tbl, include/uapi/asm-generic/unistd.h)."""
_NEWER = {
    "pidfd_send_signal": 424, "io_uring_setup": 425, "io_uring_enter": 426, "io_uring_register": 427, "open_tree": 428,
    "move_mount": 429, "fsopen": 430, "fsconfig": 431, "fsmount": 432, "fspick": 433, "pidfd_open": 434, "clone3": 435,
    "openat2": 437, "pidfd_getfd": 438, "process_madvise": 440, "mount_setattr": 442, "quotactl_fd": 443,
    "process_mrelease": 448, "fchmodat2": 452, "setxattrat": 463, "removexattrat": 466, "open_tree_attr": 467,
    "file_setattr": 469,
}  # fmt: skip
"""The same on all processors, and unknown to older kernels: ENOSYS, at which libraries use the older call. A ring makes calls
that no filter sees; ``openat2`` and ``clone3`` have their flags where none can look."""
_AUDIT_ARCH = {"x86_64": 0xC000003E, "aarch64": 0xC00000B7}
_WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND
_CLONE_THREAD = 0x10000
_PR_SET_PDEATHSIG = 1
_FCNTL = (0, 1, 2, 3, 4, 1030)
"""Duplicates, and the flags of descriptors. Among the others are locks that hold up who writes, and an owner who is signalled."""
_IOCTL = (0x5401, 0x5413, 0x541B, 0x5421, 0x5450, 0x5451)
"""Whether this is a terminal and how large, how much is to be read, blocking, and closing when a program starts."""
_X32 = 0x40000000
"""From here on, on x86_64, the numbers are those of another ABI."""

_PR_SET_NO_NEW_PRIVS, _PR_SET_SECCOMP, _SECCOMP_MODE_FILTER = 38, 22, 2
_SECCOMP_GET_ACTION_AVAIL = 2
_SECCOMP_CALL = {"x86_64": 317, "aarch64": 277}
_ALLOW, _KILL = 0x7FFF0000, 0x80000000
_RET_ERRNO = 0x00050000
_REFUSE, _UNKNOWN = _RET_ERRNO | errno.EPERM, _RET_ERRNO | errno.ENOSYS
_LOAD, _EQUAL, _AT_LEAST, _ANY_BIT, _RETURN = 0x20, 0x15, 0x35, 0x45, 0x06


class _Program(ctypes.Structure):
    _fields_ = (("len", ctypes.c_ushort), ("filter", ctypes.c_char_p))


def can_confine() -> bool:
    """Whether `confine` takes effect on this machine, as far as can be told without doing it."""
    machine = platform.machine()
    if not sys.platform.startswith("linux") or machine not in _NUMBERS:
        return False
    refuse = ctypes.c_uint32(_RET_ERRNO)
    asked: int = _libc().syscall(_SECCOMP_CALL[machine], _SECCOMP_GET_ACTION_AVAIL, 0, ctypes.byref(refuse))
    return asked == 0


def confine() -> bool:
    """Refuse this process, from now on and for good, sockets, other processes and changes to files; False where the kernel does
    not let it. What is open stays open, and threads may be started."""
    if not sys.platform.startswith("linux") or platform.machine() not in _NUMBERS:
        return False
    code = b"".join(_filter(platform.machine(), os.getpid()))
    program = _Program(len(code) // 8, code)
    libc = _libc()
    if libc.prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0):
        return False
    done: int = libc.prctl(_PR_SET_SECCOMP, _SECCOMP_MODE_FILTER, ctypes.byref(program), 0, 0)
    return done == 0


def die_with(parent: int) -> None:
    """Have the kernel kill this process when its ``parent`` ends, where it can; at once if that has ended already."""
    if sys.platform.startswith("linux"):
        _libc().prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
        if os.getppid() != parent:
            os._exit(1)


def _libc() -> ctypes.CDLL:
    return ctypes.CDLL(None, use_errno=True)


def _filter(machine: str, pid: int) -> Iterator[bytes]:
    """The program: over ``struct seccomp_data`` (number at 0, architecture at 4, arguments from 16 on, 8 bytes each)."""
    yield _step(_LOAD, 4)
    yield _step(_EQUAL, _AUDIT_ARCH[machine], 1, 0)
    yield _step(_RETURN, _KILL)
    yield _step(_LOAD, 0)
    if machine == "x86_64":
        yield _step(_AT_LEAST, _X32, 0, 1)
        yield _step(_RETURN, _REFUSE)
    unless = _unless(pid)
    for name, number in _NUMBERS[machine].items():
        block = [*unless[name], _step(_RETURN, _ALLOW)] if name in unless else [_step(_RETURN, _REFUSE)]
        yield _step(_EQUAL, number, 0, len(block))
        yield from block
    for number in _NEWER.values():
        yield _step(_EQUAL, number, 0, 1)
        yield _step(_RETURN, _UNKNOWN)
    yield _step(_RETURN, _ALLOW)


def _unless(pid: int) -> Mapping[str, Sequence[bytes]]:
    """Calls that are refused with some arguments only: what refuses them. Of an argument its lower half is looked at, as the
    kernel does with flags and ids; of a pointer both."""
    return {
        "open": _without_bits(_argument(1), _WRITING),
        "openat": _without_bits(_argument(2), _WRITING),
        "clone": _with_bits(_argument(0), _CLONE_THREAD),
        "tgkill": _only(_argument(0), pid),  # as abort(3) does
        "prlimit64": [
            *_only(_argument(0), 0),
            *_only(_argument(2), 0),
            *_only(_argument(2) + 4, 0),
        ],  # its own, to know them
        "prctl": _other_than(_argument(0), _PR_SET_PDEATHSIG),
        "fcntl": _only(_argument(1), *_FCNTL),
        "ioctl": _only(_argument(1), *_IOCTL),
    }


def _argument(number: int) -> int:
    """Where its lower half is: both processors are little-endian."""
    return 16 + 8 * number


def _only(at: int, *values: int) -> list[bytes]:
    over = [_step(_EQUAL, value, len(values) - n, 0) for n, value in enumerate(values)]
    return [_step(_LOAD, at), *over, _step(_RETURN, _REFUSE)]


def _other_than(at: int, value: int) -> list[bytes]:
    return [_step(_LOAD, at), _step(_EQUAL, value, 0, 1), _step(_RETURN, _REFUSE)]


def _with_bits(at: int, bits: int) -> list[bytes]:
    return [_step(_LOAD, at), _step(_ANY_BIT, bits, 1, 0), _step(_RETURN, _REFUSE)]


def _without_bits(at: int, bits: int) -> list[bytes]:
    return [_step(_LOAD, at), _step(_ANY_BIT, bits, 0, 1), _step(_RETURN, _REFUSE)]


def _step(code: int, value: int, if_so: int = 0, else_: int = 0) -> bytes:
    """``struct sock_filter``: an instruction with how many to skip where its comparison holds, and where not."""
    return struct.pack("=HBBI", code, if_so, else_, value)

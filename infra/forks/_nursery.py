"""A process that has the code for one kind of work loaded, and forks itself for every document.

Starting an interpreter and importing libraries takes longer than reading most invoices. This process does it once; it never
sees a document, so each fork begins as clean as a new interpreter would, with limits and a death of its own.

Run with the number of a socket and the name of a module (`Work`). A request is a line of JSON, the arguments of the module's
``perform``, with two descriptors: the document to read, the answer to write. Answers are lines of JSON: the ``pid`` of each
fork at once, and later its ``pid`` and exit ``status`` (negative for a signal, as `subprocess` has it). It ends when the
socket does.
"""

from __future__ import annotations

import contextlib
import gc
import importlib
import json
import os
import selectors
import signal
import socket
import sys
from typing import Any, NoReturn, Protocol, cast

from infra.forks._confinement import die_with

_LONGEST_REQUEST = 1 << 20


class Work(Protocol):
    """What a module of forked work has."""

    def prepare(self) -> None:
        """Load what every order needs."""

    def prepare_the_rest(self) -> None:
        """Load what only some do, once the first has been done: where there is one there are likely more."""

    def expect(self, **order: Any) -> bool:
        """Load what this order needs, if it is not there: forks after it have it too. Whether anything was loaded."""

    def perform(self, **order: Any) -> None:
        """Do the order, in a fork: the document is standard input, the answer standard output."""


def main() -> None:
    control = socket.socket(fileno=int(sys.argv[1]))
    os.set_inheritable(control.fileno(), False)
    work = cast(Work, importlib.import_module(sys.argv[2]))
    work.prepare()
    _keep()
    woken, waker = os.pipe()
    os.set_blocking(waker, False)
    signal.set_wakeup_fd(waker, warn_on_full_buffer=False)
    signal.signal(signal.SIGCHLD, lambda *_: None)
    complete = False
    with selectors.DefaultSelector() as selector:
        selector.register(control, selectors.EVENT_READ)
        selector.register(woken, selectors.EVENT_READ)
        while True:
            for key, _ in selector.select():
                if key.fd == woken:
                    os.read(woken, 4096)
                    _tell_of_the_dead(control)
                    if not complete:
                        work.prepare_the_rest()
                        _keep()
                        complete = True
                elif not _take(control, work, (control.fileno(), woken, waker)):
                    return


def _keep() -> None:
    """What is here stays: forks then share these pages instead of copying them to count references."""
    gc.collect()
    gc.freeze()


def _take(control: socket.socket, work: Work, ours: tuple[int, ...]) -> bool:
    """Fork for the next request; False where there will be none."""
    request, descriptors, *_ = socket.recv_fds(control, _LONGEST_REQUEST, 2)
    if not request:
        return False
    while not request.endswith(b"\n"):
        request += control.recv(_LONGEST_REQUEST)
    order = json.loads(request)
    if work.expect(**order):
        _keep()
    parent = os.getpid()
    pid = os.fork()
    if pid == 0:
        _be_the_fork(work, order, descriptors, ours, parent)
    for descriptor in descriptors:
        os.close(descriptor)
    control.sendall(json.dumps({"pid": pid}).encode() + b"\n")
    return True


def _be_the_fork(work: Work, order: dict[str, Any], pipes: list[int], ours: tuple[int, ...], parent: int) -> NoReturn:
    status = 1
    try:
        os.setsid()  # so that whatever it starts dies with it
        die_with(parent)
        signal.set_wakeup_fd(-1)
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        for descriptor, pipe in enumerate(pipes):  # the document becomes standard input, the answer standard output
            os.dup2(pipe, descriptor)
        for descriptor in (*pipes, *ours):
            os.close(descriptor)
        work.perform(**order)
        status = 0
    except SystemExit as end:
        status = end.code if isinstance(end.code, int) else 1
    finally:
        os._exit(status)  # at once: there is nothing here to tidy up


def _tell_of_the_dead(control: socket.socket) -> None:
    while True:
        try:
            pid, status = os.waitpid(-1, os.WNOHANG)
        except ChildProcessError:
            return
        if pid == 0:
            return
        # What it started and left behind. The number of the group is nobody else's while anything of it lives, and no process
        # takes a number that was given back just now.
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(pid, signal.SIGKILL)
        told = {"pid": pid, "status": os.waitstatus_to_exitcode(status)}
        control.sendall(json.dumps(told).encode() + b"\n")


if __name__ == "__main__":
    main()

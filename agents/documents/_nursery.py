"""A process that has the reading libraries loaded, and forks itself for every document.

Starting an interpreter and importing the libraries takes longer than reading most invoices. This process does it once; it
never sees a document, so each fork begins as clean as a new interpreter would, with limits and a death of its own.

Run with the number of a socket. A request is a line of JSON (the arguments of `_child.perform`) with two descriptors: the
document to read, the answer to write. Answers are lines of JSON: the ``pid`` of each fork at once, and later its ``pid``
and exit ``status`` (negative for a signal, as `subprocess` has it). It ends when the socket does.
"""

from __future__ import annotations

import gc
import json
import os
import selectors
import signal
import socket
import sys
from typing import NoReturn

from agents.documents import _child
from agents.documents._messages import Order

_LONGEST_REQUEST = 1 << 20


def main() -> None:
    control = socket.socket(fileno=int(sys.argv[1]))
    os.set_inheritable(control.fileno(), False)
    _child.import_for("pdf")
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
                    if not complete:  # where more than one document is read, so is likely one that needs it
                        _child.import_the_rest()
                        _keep()
                        complete = True
                elif not _take(control, (control.fileno(), woken, waker)):
                    return


def _keep() -> None:
    """What is here stays: forks then share these pages instead of copying them to count references."""
    gc.collect()
    gc.freeze()


def _take(control: socket.socket, ours: tuple[int, ...]) -> bool:
    """Fork for the next request; False where there will be none."""
    request, descriptors, *_ = socket.recv_fds(control, _LONGEST_REQUEST, 2)
    if not request:
        return False
    while not request.endswith(b"\n"):
        request += control.recv(_LONGEST_REQUEST)
    pid = os.fork()
    if pid == 0:
        _be_the_reader(json.loads(request), descriptors, ours)
    for descriptor in descriptors:
        os.close(descriptor)
    control.sendall(json.dumps({"pid": pid}).encode() + b"\n")
    return True


def _be_the_reader(order: Order, pipes: list[int], ours: tuple[int, ...]) -> NoReturn:
    status = 1
    try:
        os.setsid()  # so that whatever it starts dies with it
        signal.set_wakeup_fd(-1)
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        for descriptor, pipe in enumerate(pipes):  # the document becomes standard input, the answer standard output
            os.dup2(pipe, descriptor)
        for descriptor in (*pipes, *ours):
            os.close(descriptor)
        _child.perform(**order)
        status = 0
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
        told = {"pid": pid, "status": os.waitstatus_to_exitcode(status)}
        control.sendall(json.dumps(told).encode() + b"\n")


if __name__ == "__main__":
    main()

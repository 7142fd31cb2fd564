"""Work on what a stranger wrote, in a process that can be killed: forked from one that has its code loaded, with limits on time
and memory, without network and without writing.

`run` has an order done by a module that speaks the protocol of `_nursery`; `call` has a function of ours done that is given
bytes and yields bytes. Neither starts an interpreter for a document: a fork takes a few milliseconds. Whoever calls is held up
by nothing but the answer, and other documents not at all.
"""

from infra.forks._calls import Function, call
from infra.forks._confinement import can_confine, confine
from infra.forks._forks import ForksFailed
from infra.forks._inside import give, limit, take
from infra.forks._running import CodeFault, Outcome, run

__all__ = [
    "CodeFault",
    "ForksFailed",
    "Function",
    "Outcome",
    "call",
    "can_confine",
    "confine",
    "give",
    "limit",
    "run",
    "take",
]

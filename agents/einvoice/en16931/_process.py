"""The process that judges, made when first needed, one of a process: it may hang or die, and is made anew."""

from __future__ import annotations

import asyncio
import multiprocessing
import os
from collections.abc import Callable
from concurrent.futures import TimeoutError as TooSlow
from concurrent.futures.process import BrokenProcessPool
from functools import cache
from typing import TypeVar, TypeVarTuple

from pebble import ProcessExpired, ProcessPool

from agents.einvoice.en16931 import _judge

SECONDS = 20.0
"""A document may take; invoices take hundredths of one, one of two thousand lines some seconds."""
LOADING_SECONDS = 60.0
"""More for the first document of a kind, for which a sheet is compiled: 1 to 2.5 s on an idle core."""
DOCUMENTS = 2000
"""After so many the process is replaced: what native code leaks is bounded."""


Arguments = TypeVarTuple("Arguments")
Answer = TypeVar("Answer")


class NotJudged(Exception):
    """The process gave no verdict: it took too long, or died. The message says which, for a person."""


async def judge(xml: str, *, french: bool, seconds: float = SECONDS + LOADING_SECONDS) -> _judge.Judgement | str:
    """`_judge.judge` in the process of its own.

    Args:
        seconds: for this document, counted from when it is its turn; then the process is killed.

    Raises:
        NotJudged: there is no verdict. The next document has a new process.
    """
    return await run(_judge.judge, xml, french, seconds=seconds)


async def run(task: Callable[[*Arguments], Answer], *arguments: *Arguments, seconds: float) -> Answer:
    """Any task of plain arguments in that process; see `judge`."""
    try:
        answer: Answer = await asyncio.wrap_future(_pool(os.getpid()).schedule(task, arguments, timeout=seconds))
        return answer
    except TooSlow as error:
        raise NotJudged(f"judging the document by the rules took longer than {seconds:g} seconds") from error
    except ProcessExpired as error:
        raise NotJudged(f"the document brought down the process that judges (exit status {error.exitcode})") from error
    except (BrokenProcessPool, RuntimeError) as error:  # its processes do not start: the next document has a new pool
        _pool.cache_clear()
        raise NotJudged(f"the process that judges cannot be used: {error}") from error
    except MemoryError as error:
        raise NotJudged("judging the document takes more memory than a document may") from error


@cache
def _pool(process: int) -> ProcessPool:
    """The pool of the process of that id: one that was forked does not share its parent's."""
    return ProcessPool(
        max_workers=1,
        max_tasks=DOCUMENTS,
        initializer=_judge.start,
        context=multiprocessing.get_context("spawn"),
    )

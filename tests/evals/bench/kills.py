"""What a kill costs: the worker is killed in mid-run and started again, and the endpoint counts what was paid twice.

The peers work here without our ledger's memory of calls, which would answer for them: what is not paid again is theirs.
"""

from __future__ import annotations

import asyncio
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from tests.evals.bench.contender import Contender, WorkerGone
from tests.evals.bench.counterfoil import CounterfoilUntraced
from tests.evals.bench.job import CALLS, Endpoint, invoices
from tests.evals.bench.peers import PEERS

_SCRIPT = {"slots": 8, "seconds": 0.8, "spread": 0.5}
"""Slow enough to be killed in the middle of."""
_KILLED_AFTER = 0.4
"""Share of the calls that are answered when the kill comes."""


def measure(endpoint: Endpoint, documents: int, say: Callable[[str], None]) -> list[dict[str, Any]]:
    """For each contender: the calls needed; those paid twice because they were in flight at the kill, and those paid twice
    though they had been answered before it; and for how long the oldest of the latter had been."""
    rows = []
    contenders: list[tuple[type[Contender], dict[str, Any]]] = [(CounterfoilUntraced, {"phoenix": None})]
    contenders += [(peer, {"forgetful": True}) for peer in PEERS]
    for make, options in contenders:
        say(f"killing {make.name}")
        with (
            tempfile.TemporaryDirectory(prefix="bench-") as folder,
            make(Path(folder), endpoint, **options) as contender,
        ):
            rows.append(asyncio.run(_one(contender, endpoint, documents)))
    return rows


async def _one(contender: Contender, endpoint: Endpoint, documents: int) -> dict[str, Any]:
    endpoint.behave()
    await contender.run(invoices("before", 2), "before")
    endpoint.behave(_SCRIPT)
    files = invoices("killed", documents)
    needed = documents * CALLS["all"]
    run = asyncio.create_task(contender.run(files, "killed"))
    while endpoint.counts()["paid"] < _KILLED_AFTER * needed:
        assert not run.done(), run.exception()
        await asyncio.sleep(0.02)
    killed = time.monotonic()
    await asyncio.to_thread(contender.kill)
    try:
        await run  # where a server sees to it, the documents go on by themselves
    except WorkerGone:
        await contender.resume(files, "killed")
    seconds = time.monotonic() - killed
    answers: dict[str, list[float]] = {}
    for question, at in endpoint.counts()["answered"]:
        answers.setdefault(question, []).append(at)
    assert len(answers) == needed, f"{contender.name} asked {len(answers)} questions, not {needed}"
    repeated = [times[0] for times in answers.values() if len(times) > 1]
    answered = [killed - first for first in repeated if first < killed]
    return {
        "contender": contender.name,
        "needed": needed,
        "repeated_in_flight": len(repeated) - len(answered),
        "repeated_answered": len(answered),
        "oldest_repeated_seconds": max(answered, default=0.0),
        "seconds_to_the_end": seconds,
        "durability": contender.durability,
    }

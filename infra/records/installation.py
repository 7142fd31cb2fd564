"""Who an installation is: the identity that its ledger holds, and what carries it."""

from __future__ import annotations

from datetime import datetime

from pydantic import BaseModel

_QUEUE = "counterfoil"


class Installation(BaseModel, frozen=True):
    """One ledger with the workers and commands that write to it. Two may share a machine, a Temporal namespace, a Phoenix and
    a model server; what one of them was given is never worked on by the other."""

    id: str
    """Twelve hex digits, made by chance with the ledger's tables; a copy of the ledger is the same installation."""
    unnamed: bool = False
    """Whether it had executions before installations had an identity: then its task queue and its ids are what they were."""
    since: datetime
    """When it was given its identity."""

    @property
    def task_queue(self) -> str:
        """The task queue of its workflows, where the settings name none."""
        return _QUEUE if self.unnamed else f"{_QUEUE}-{self.id}"

    def owns(self, order: str | None) -> bool:
        """Whether what was ordered by the installation ``order`` (its id; None before there were any) is for this one."""
        return order == self.id or (order is None and self.unnamed)

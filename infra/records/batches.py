"""A batch, and how far it is."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

from pydantic import BaseModel, Field

from infra.records.calls import TokenUsage
from infra.records.executions import Status


class BatchSummary(BaseModel):
    """A batch and how far it is."""

    tenant: str
    batch: str
    documents: int
    """Different documents in it; the same bytes under two names count once."""
    submitted_at: datetime
    """When its first document came in."""
    counts: dict[Status, int] = Field(default_factory=dict)
    """Executions by status. Documents whose execution is not recorded yet are in none of them."""


class BatchProgress(BaseModel):
    """How far a batch is. Every document is in exactly one of ``refused``, ``to_begin``, ``withheld``, ``running`` and
    ``counts``."""

    tenant: str
    batch: str
    documents: int = 0
    """Different documents handed in, with the files that were refused."""
    refused: int = 0
    to_begin: int = 0
    withheld: int = 0
    """Not begun, since the batch was cancelled."""
    running: int = 0
    counts: dict[Status, int] = Field(default_factory=dict)
    """Executions that ended or wait for a person, by status."""
    decisions: dict[str, int] = Field(default_factory=dict)
    """Ended executions by decision and who made it: ``approve by policy``, ``reject by person``."""
    model_calls: int = 0
    usage: TokenUsage = TokenUsage()
    cost: Decimal | None = None
    """Of the executions on record, in ``cost_currency``; None where a call is unpriced or nothing was paid."""
    cost_currency: str | None = None
    submitted_at: datetime | None = None
    begun_at: datetime | None = None
    documents_per_second: float | None = None
    """Documents settled in the last five minutes, over that time; None where there were none."""
    seconds_left: float | None = None
    """At that rate, until nothing runs or is to begin."""

    @property
    def settled(self) -> int:
        """Documents that ended, wait for a person or were refused."""
        return sum(self.counts.values()) + self.refused

    @property
    def idle(self) -> bool:
        """Whether nothing runs and nothing is to begin."""
        return not self.to_begin and not self.running

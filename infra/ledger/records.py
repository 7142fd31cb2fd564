"""The ledger's records: what is kept of every document, execution, step, finding, review and posting.

Model calls are kept as `infra.models.calls.ModelCall`. All times are aware, in UTC; money is `Decimal` beside its
currency (ISO 4217); evidence and results are plain JSON in the shapes of the agent that made them.
"""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any

from pydantic import BaseModel, Field

from infra.models.calls import TokenUsage


class Status(StrEnum):
    """Where an execution stands. Every one ends approved, rejected or failed; review waits for a person."""

    RUNNING = "running"
    REVIEW = "review"
    APPROVED = "approved"
    REJECTED = "rejected"
    FAILED = "failed"

    @property
    def ended(self) -> bool:
        return self in (Status.APPROVED, Status.REJECTED, Status.FAILED)


class Submission(BaseModel):
    """One file handed in. Many submissions of the same bytes by one tenant lead to one execution."""

    tenant: str
    batch: str
    name: str
    digest: str
    """SHA-256 of the bytes, hex."""
    size: int
    media_type: str
    execution_id: str
    submitted_at: datetime
    submitted_by: str | None = None


class Step(BaseModel):
    """One run of a node of the agent's graph."""

    ordinal: int
    name: str
    room: str
    """Where it ran: ``activity`` or ``workflow``."""
    attempt: int = 1
    started_at: datetime
    ended_at: datetime
    note: str | None = None
    """Why it ran, where that is not plain: the reason for a repair or for a larger tier."""


class Finding(BaseModel):
    """What a check says."""

    rule: str
    severity: str
    """``error`` (needs a person), ``warning`` or ``info``."""
    message: str
    fields: list[str] = Field(default_factory=list)
    """Paths of the fields it speaks of, such as ``totals.grand_total``."""
    evidence: dict[str, Any] = Field(default_factory=dict)


class Review(BaseModel):
    """A person's answer to an execution that waits."""

    action: str
    """``approve``, ``reject`` or ``correct``."""
    reviewer: str
    reason: str | None = None
    corrections: dict[str, str | None] = Field(default_factory=dict)
    """Field path to the value the person gave."""
    at: datetime


class Execution(BaseModel):
    """One document through one workflow, as it now stands: the stub. Recording it again replaces what stood before."""

    id: str
    """Temporal's workflow id, from definition, tenant and digest."""
    definition: str
    tenant: str
    batch: str
    digest: str
    name: str
    run_id: str
    trace_id: str | None = None
    status: Status
    decision: str | None = None
    """``approve``, ``review`` or ``reject``: what the agent, or after it the reviewer, decided."""
    decided_by: str | None = None
    """``policy``, or the reviewer's name."""
    reasons: list[str] = Field(default_factory=list)
    vendor: str | None = None
    number: str | None = None
    currency: str | None = None
    amount: Decimal | None = None
    model_calls: int = 0
    usage: TokenUsage = TokenUsage()
    cost: Decimal | None = None
    """Sum of its priced model calls; None where any call is unpriced."""
    cost_currency: str | None = None
    error: str | None = None
    """For a failed execution: what went wrong and what to do next."""
    result: dict[str, Any] = Field(default_factory=dict)
    """What the agent made: fields with evidence, and the public shape."""
    steps: list[Step] = Field(default_factory=list)
    findings: list[Finding] = Field(default_factory=list)
    reviews: list[Review] = Field(default_factory=list)
    started_at: datetime
    ended_at: datetime | None = None


class Posting(BaseModel):
    """An approved invoice, written once."""

    execution_id: str
    tenant: str
    vendor: str | None
    number: str | None
    currency: str
    amount: Decimal
    invoice: dict[str, Any]
    posted_at: datetime


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


class AlreadyPosted(Exception):
    """The same invoice was posted by another execution, ``execution_id``."""

    def __init__(self, execution_id: str) -> None:
        super().__init__(f"the same invoice was posted as {execution_id}")
        self.execution_id = execution_id


class Totals(BaseModel):
    """What an execution's paid model calls come to. ``cost`` is None where one is unpriced, or currencies differ."""

    model_calls: int = 0
    usage: TokenUsage = TokenUsage()
    cost: Decimal | None = None
    cost_currency: str | None = None

"""What is kept of every document handed in and of its execution: the stub, its steps, reviews and posting.

All times are aware, in UTC; money is `Decimal` beside its currency (ISO 4217).
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any

from pydantic import BaseModel, Field

from infra.ids import definition_in
from infra.records.calls import TokenUsage
from infra.records.findings import Finding


class Status(StrEnum):
    """Where an execution stands. Every one ends approved, rejected, failed, or split into others; review waits for a person."""

    RUNNING = "running"
    REVIEW = "review"
    APPROVED = "approved"
    REJECTED = "rejected"
    FAILED = "failed"
    SPLIT = "split"
    """The file held several documents: each has become an execution of its own."""

    @property
    def ended(self) -> bool:
        return self not in (Status.RUNNING, Status.REVIEW)


PART_OF = "part of"
"""The detail of a submission that names the execution whose document it was split from."""
SPLIT_BY = "split by"
"""The detail that says who cut it out of a larger document, and what that was to the approval policy; as JSON."""


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
    priority: int = 3
    """From 1, the most urgent, to 5."""
    details: dict[str, str] = Field(default_factory=dict)
    """What whoever handed it in says of it: a purchase order, a due date."""
    begun_at: datetime | None = None
    """When its batch began its execution, or found it begun; None while it is to begin."""
    withheld: str | None = None
    """Why it is not begun: its batch was cancelled."""

    @property
    def definition(self) -> str:
        return definition_in(self.execution_id)


class Refusal(BaseModel):
    """A file that was handed in and not taken."""

    tenant: str
    batch: str
    name: str
    reason: str
    at: datetime


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
    settled_at: datetime | None = None
    """When it first had a decision, or failed: from then on it waits for a person or has ended."""
    ended_at: datetime | None = None


class Begun(BaseModel):
    """An execution that a batch has begun; ``execution`` is its first line, None where it had ended before."""

    execution_id: str
    execution: Execution | None = None


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
    vendor_key: str | None = None
    """The vendor as `Claim.vendor_key` names it; None in postings of before there were claims."""
    number_key: str | None = None
    kind: str | None = None
    """As `Claim.kind`; None where nobody kept it, which may be any."""


class PostedOtherwise(Exception):
    """The execution has posted before, and something else: what stands is ``kept``, and nothing was written."""

    def __init__(self, kept: Posting, differing: Sequence[str]) -> None:
        super().__init__(f"{kept.execution_id} has posted before, and otherwise: {', '.join(differing)}")
        self.kept = kept
        self.differing = differing


class EndedBefore(Exception):
    """The execution's run has ended, as ``status``, and so posts nothing any more."""

    def __init__(self, status: Status) -> None:
        super().__init__(f"it has ended before it was posted: it is {status}")
        self.status = status


class AlreadyPosted(Exception):
    """The same invoice was posted by another execution, ``execution_id``."""

    def __init__(self, execution_id: str) -> None:
        super().__init__(f"the same invoice was posted as {execution_id}")
        self.execution_id = execution_id


class Totals(BaseModel):
    """What an execution's paid model calls come to. ``cost`` is None where one is unpriced, or currencies differ.

    ``posted``: it was to be recorded as ended otherwise, and is on record as approved, since it has posted.
    """

    model_calls: int = 0
    usage: TokenUsage = TokenUsage()
    cost: Decimal | None = None
    cost_currency: str | None = None
    posted: bool = False


def differing(one: Posting | Execution, other: Posting | Execution) -> list[str]:
    """In what the two would pay another sum, or to another: in words, with the value of ``one`` first. What an execution does
    not say, as one that was cut short, is no difference."""
    mine, others = _paid(one), _paid(other)
    open_in = [paid for of, paid in ((one, mine), (other, others)) if isinstance(of, Execution)]
    return [
        f"{what} {mine[what]} and {others[what]}"
        for what in mine
        if mine[what] != others[what] and all(paid[what] is not None for paid in open_in)
    ]


def _paid(record: Posting | Execution) -> dict[str, object]:
    invoice = record.invoice if isinstance(record, Posting) else record.result.get("invoice")
    stated = invoice if isinstance(invoice, dict) else {}
    payment = stated.get("payment")
    return {
        "tenant": record.tenant, "vendor": record.vendor, "number": record.number, "amount": record.amount,
        "currency": record.currency, "account": payment.get("iban") if isinstance(payment, dict) else None,
        "document type": stated.get("type_code"),
    }  # fmt: skip

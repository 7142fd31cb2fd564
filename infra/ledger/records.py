"""The ledger's records: what is kept of every document, execution, step, finding, review and posting.

Model calls are kept as `infra.models.calls.ModelCall`. All times are aware, in UTC; money is `Decimal` beside its
currency (ISO 4217); evidence and results are plain JSON in the shapes of the agent that made them.
"""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any

from pydantic import BaseModel, Field

from infra.models.calls import TokenUsage


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
        return self.execution_id.partition("-")[0]


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


class Finding(BaseModel):
    """What a check says."""

    rule: str
    severity: str
    """``error`` (needs a person), ``warning`` or ``info``."""
    message: str
    fields: list[str] = Field(default_factory=list)
    """Paths of the fields it speaks of, such as ``totals.grand_total``."""
    evidence: dict[str, Any] = Field(default_factory=dict)
    verdict: str = "fail"
    """``pass``, ``fail`` or ``not assessable``."""
    decided_by: dict[str, str] = Field(default_factory=lambda: {"by": "rule"})
    """Who said so: ``by`` is ``rule``, ``model`` (with ``tier``, ``model``, ``prompt_version``) or ``person`` (``name``);
    ``accepted_by`` names the person who approved in spite of it."""


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


class Vendor(BaseModel):
    """A vendor of the master, as accounts payable knows it."""

    tenant: str
    id: str
    name: str
    aliases: list[str] = Field(default_factory=list)
    """Other names it writes invoices under."""
    vat_ids: list[str] = Field(default_factory=list)
    """Without spaces, upper case."""
    tax_numbers: list[str] = Field(default_factory=list)
    legal_ids: list[str] = Field(default_factory=list)
    ibans: list[str] = Field(default_factory=list)
    """Accounts it may be paid to, without spaces, upper case. An invoice with another needs a person."""
    country: str | None = None
    currency: str | None = None
    terms_days: int | None = None
    """Days to pay that were agreed."""
    limit: Decimal | None = None
    """Largest invoice without a person, in ``currency``; None leaves it to the approval policy."""
    cost_centre: str | None = None
    order_required: bool = False
    """Whether its invoices need a purchase order."""
    blocked: str | None = None
    """Why nothing may be paid to it; None where it may."""


class OrderLine(BaseModel):
    """A line of a purchase order."""

    line: str
    """Its number or name within the order."""
    name: str
    article: str | None = None
    """The article number, where there is one."""
    quantity: Decimal
    unit: str | None = None
    unit_price: Decimal
    """Net, of one unit, in the order's currency."""


class Order(BaseModel):
    """A purchase order."""

    tenant: str
    number: str
    vendor_id: str | None = None
    currency: str
    ordered_on: date | None = None
    ordered_by: str | None = None
    cost_centre: str | None = None
    receipt_required: bool = False
    """Whether goods must have been received before they are paid: a three-way match. Without, receipts that are on record
    are looked at all the same."""
    closed: bool = False
    """Nothing more is to be billed against it."""
    lines: list[OrderLine] = Field(default_factory=list)


class Receipt(BaseModel):
    """Goods received against a line of an order: a line of a delivery note."""

    tenant: str
    number: str
    """The delivery note's, or the receiving department's own."""
    order: str
    line: str
    quantity: Decimal
    received_on: date | None = None


class Billing(BaseModel):
    """What an invoice bills against a line of an order."""

    execution_id: str
    tenant: str
    order: str
    line: str
    quantity: Decimal
    amount: Decimal
    """Net; negative for what a credit note gives back."""


class OrderOnRecord(BaseModel):
    """An order with what is known of it: what was received, and what invoices that came before have billed."""

    order: Order
    receipts: list[Receipt] = Field(default_factory=list)
    billed: list[Billing] = Field(default_factory=list)
    """By executions that billed before this one and were not rejected and did not fail, posted or still being processed;
    without what later claims of this one's vendor and number bill, its duplicates."""


class Claim(BaseModel):
    """What an execution says the document is an invoice of. Claims of a tenant are in one order, that of ``sequence``: of
    two that claim the same at once, exactly one sees the other."""

    execution_id: str
    run_id: str
    tenant: str
    kind: str
    """``invoice`` or ``credit_note``."""
    vendor_key: str | None
    """Id of the vendor in the master behind ``vendor:``; else the name without case, legal form and signs behind ``name:``."""
    vendor: str | None
    """As the document says it."""
    vat_id: str | None = None
    number: str | None
    number_key: str | None
    """The number without case, blanks, signs and leading zeros."""
    currency: str | None
    amount: Decimal | None
    """The grand total."""
    issue_date: date | None
    preceding: str | None = None
    """Number key of the invoice it corrects or credits (BT-25)."""
    order: str | None = None
    name: str
    """Of the file."""
    tokens: list[int] = Field(default_factory=list)
    """A sketch of its text by which near-identical documents are found."""
    sequence: int = 0
    """Given by the ledger."""
    status: Status = Status.RUNNING
    """Of its execution, when it is read."""

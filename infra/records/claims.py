"""What executions say their documents are: how duplicates are found, also while both are under way."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from pydantic import BaseModel, Field

from infra.records.executions import Status


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
    net: Decimal | None = None
    """The total before tax."""
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

"""Master data that invoices are held against: vendors, purchase orders, goods received; and what was billed against orders."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from pydantic import BaseModel, ConfigDict, Field


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
    destinations: list[str] = Field(default_factory=list)
    """Other ways it may be paid: a sort code and account number, a giro number, a BIC, an address of a payment service, the
    name of a factor."""
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


class OwnCompany(BaseModel):
    """One of our own companies: whom the invoices we are to pay are addressed to."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: str = Field(min_length=1)
    aliases: list[str] = Field(default_factory=list)
    """Other names invoices are addressed to: a branch, a shop, a former name."""
    vat_ids: list[str] = Field(default_factory=list)
    tenant: str | None = None
    """Whose company it is; None: every tenant's."""

    @property
    def names(self) -> list[str]:
        return [self.name, *self.aliases]


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

"""What is known of an issuer from a look that a person took at one of its invoices: how it prints them, and who taught it.

All of it comes from documents, which nobody vouches for, so all of it is bounded, is compared and never run, and holds no value
that an invoice is paid by: no amount, no account. Where something stands is learnt, never what.
"""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

Text = Annotated[str, Field(max_length=120)]
"""A label or a name."""
Shape = Annotated[str, Field(max_length=40)]
MOST_KEYS = 12
MOST_SPOTS = 6
"""Places of one field."""
MOST_FIELDS = 40


class Side(StrEnum):
    """Where a label stands, seen from the value it announces."""

    BEFORE = "before"
    """In its own cell."""
    BESIDE = "beside"
    """In a cell to the left, or to the right where nothing is to the left."""
    ABOVE = "above"
    NONE = "none"
    """There is no label: the place alone tells it."""


class Spot(BaseModel):
    """Where a field stands: under which label, and about where on which page."""

    model_config = ConfigDict(frozen=True)

    page: Literal["first", "last", "any"]
    side: Side
    label: Text = ""
    """Normalised, as labels are compared."""
    x0: float
    x1: float
    """Left and right edge on the upright page, in points."""
    top: float
    """From the top of the page, in points."""
    shape: Shape = ""
    """Of the value as printed, digits as ``0`` and letters as ``a``, runs as one; empty where it has no shape of its own."""


class IssuerProfile(BaseModel):
    """How an issuer prints its invoices."""

    names: list[Text] = Field(default=[], max_length=MOST_KEYS)
    """It goes by, as printed."""
    others: list[Text] = Field(default=[], max_length=MOST_KEYS)
    """That stand on its paper besides and are not its own: a bank's, a brand's, a clerk's."""
    identifiers: dict[str, Text] = Field(default={}, max_length=MOST_KEYS)
    """By path (``seller.vat_id``), as it prints them."""
    spots: dict[str, Annotated[list[Spot], Field(max_length=MOST_SPOTS)]] = Field(default={}, max_length=MOST_FIELDS)
    """By path where a field stands, the surest place first."""
    day_order: Literal["DMY", "MDY"] | None = None
    decimal_mark: Literal[",", "."] | None = None


class Issuer(BaseModel):
    """A version of what is known of an issuer; each look of a person makes one."""

    tenant: str
    id: str
    """The first of its keys."""
    version: int
    keys: list[str]
    """By which it is found: ``vat:``, ``account:``, ``vendor:`` and ``name:`` with what follows."""
    profile: IssuerProfile
    execution_id: str
    """Whose document taught it."""
    taught_by: str
    """Who approved or corrected it, and was allowed to."""
    taught_at: datetime

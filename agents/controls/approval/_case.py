"""What a policy is asked about, and what it answers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from decimal import Decimal
from typing import Any

from pydantic import JsonValue


@dataclass(frozen=True)
class Case:
    """What approval of a document depends on, beside whether it is sound. Nothing of it is who the document says approved."""

    amount: Decimal | None
    """Grand total, in ``currency``."""
    currency: str | None
    kind: str | None
    """``invoice``, ``credit_note`` or ``other``."""
    tenant: str
    vendor: str | None = None
    """Id in the vendor master."""
    cost_centre: str | None = None
    submitters: Sequence[str] = ()
    """Who handed it in."""
    correctors: Sequence[str] = ()
    """Who corrected a value of it."""

    def as_json(self) -> dict[str, JsonValue]:
        """Plain JSON; `from_json` takes it."""
        plain = asdict(self) | {"submitters": list(self.submitters), "correctors": list(self.correctors)}
        return plain | {"amount": None if self.amount is None else format(self.amount, "f")}

    @classmethod
    def from_json(cls, plain: Mapping[str, Any]) -> Case:
        amount = plain.get("amount")
        return cls(**{**plain, "amount": None if amount is None else Decimal(amount)})

    @property
    def total(self) -> str:
        """For a sentence."""
        return f"{format(self.amount, 'f')} {self.currency or ''}".rstrip() if self.amount is not None else "no total"


@dataclass(frozen=True)
class Verdict:
    """Whether a document may pass without a person, as far as the policy goes: the rule, and the reason either way."""

    allowed: bool
    rule: str
    """Its id."""
    reason: str
    limit: Decimal | None = None
    """In the case's currency; None where there is none."""


@dataclass(frozen=True)
class Reminding:
    """When those who may approve are reminded, in hours of waiting."""

    after_hours: float
    every_hours: float | None
    """After the first; None: only once."""


@dataclass(frozen=True)
class Escalation:
    """Who may approve too, after so many hours of waiting."""

    after_hours: float
    to: str
    """Id of a group."""
    people: list[str]


@dataclass(frozen=True)
class Requirement:
    """Who has to approve a document, on a day. Plain values: `as_json` is what an interrupt and the stub carry."""

    needed: int
    """How many different people, 1 or 2."""
    anyone: bool
    """Whether anyone may, but ``barred``."""
    people: list[str]
    """Who may; who has already approved is left out."""
    groups: list[str]
    """By which groups' right."""
    barred: list[str]
    """Who may not since they handed it in."""
    deputies: dict[str, str]
    """Those of ``people`` who may only for somebody else, and for whom."""
    reminders: Reminding | None
    """None: nobody is reminded."""
    escalation: Escalation | None
    why: list[str]

    def as_json(self) -> dict[str, JsonValue]:
        return asdict(self)

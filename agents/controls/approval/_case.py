"""What a policy is asked about, and what it answers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Annotated, Any

from pydantic import JsonValue, PlainSerializer, TypeAdapter

Money = Annotated[Decimal, PlainSerializer(lambda amount: format(amount, "f"), when_used="json")]


@dataclass(frozen=True)
class Correction:
    """How a case stood before somebody corrected it. What was not known then is None; for the kind, what nobody had asked."""

    by: str
    on: date
    """The day of the correction, in UTC."""
    amount: Money | None
    currency: str | None
    kind: str | None
    vendor: str | None = None
    cost_centre: str | None = None
    escalated: bool = False
    """Whether it had been escalated."""

    @classmethod
    def of(cls, case: Case, by: str, on: date, *, escalated: bool = False) -> Correction:
        """That of ``case``, as it stood."""
        return cls(by, on, case.amount, case.currency, case.kind, case.vendor, case.cost_centre, escalated)


@dataclass(frozen=True)
class Case:
    """What approval of a document depends on, beside whether it is sound. Nothing of it is who the document says approved."""

    amount: Money | None
    """Grand total, in ``currency``."""
    currency: str | None
    kind: str | None
    """``invoice``, ``credit_note`` or ``other``."""
    tenant: str
    vendor: str | None = None
    """Id in the vendor master."""
    cost_centre: str | None = None
    """That of the order it fits, or of its vendor."""
    claimed_cost_centre: str | None = None
    """What whoever handed it in says; it may narrow what passes, and widens nothing."""
    submitters: Sequence[str] = ()
    """Who handed it in; empty where nobody knows."""
    correctors: Sequence[str] = ()
    """Who corrected a value of it."""
    corrections: Sequence[Correction] = ()
    """In their order, how it stood before each."""

    def as_json(self) -> dict[str, JsonValue]:
        """Plain JSON; `from_json` takes it."""
        plain: dict[str, JsonValue] = _as_json.dump_python(self, mode="json")
        return plain

    @classmethod
    def from_json(cls, plain: Mapping[str, Any]) -> Case:
        return _as_json.validate_python(plain)

    @property
    def states(self) -> list[Case]:
        """The case as it stands, and as it stood before each correction, the first first; whoever answers for it must be able to
        answer for each. An amount or currency that nobody knew then is what it was found to be."""
        states = [replace(self, corrections=(), correctors=())]
        for was in reversed(self.corrections):
            later = states[0]
            states.insert(
                0,
                replace(
                    later,
                    amount=later.amount if was.amount is None else was.amount,
                    currency=was.currency or later.currency,
                    kind=was.kind or later.kind,
                    vendor=was.vendor,
                    cost_centre=was.cost_centre,
                ),
            )
        return states

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


_as_json = TypeAdapter(Case)
_corrections = TypeAdapter(list[Correction])


def corrections_of(plain: str) -> list[Correction]:
    """The corrections in JSON text."""
    return _corrections.validate_json(plain)


def corrections_as_json(corrections: Sequence[Correction]) -> str:
    """As JSON text; `corrections_of` takes it."""
    return _corrections.dump_json(list(corrections)).decode()

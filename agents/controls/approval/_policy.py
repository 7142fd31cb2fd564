"""The approval policy: what passes without a person, who approves the rest, and how long that may take.

A policy is data, checked when it is read. It travels with an execution, which keeps the one it began with.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from enum import StrEnum
from hashlib import sha256
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, JsonValue, StringConstraints, model_validator

from agents.controls.approval._names import People, key_of, name_problem, same_person
from agents.fields.rules import EInvoiceRuleKind
from infra.lookalikes import told_apart

BUILT_IN = "built-in"
"""Name of the policy that the settings make where there is no file."""
GENERAL = "general"
"""Id of the rule of auto approval that holds where no narrower one does."""


def _plain(amount: Decimal) -> Decimal:
    """The same amount in one spelling, so that 1000 and 1000.00 are one policy."""
    return Decimal(format(amount.normalize(), "f"))


def _twice(names: list[str]) -> str | None:
    """The first name that comes a second time, compared as people's are."""
    seen: set[str] = set()
    for name in names:
        if key_of(name) in seen:
            return name
        seen.add(key_of(name))
    return None


def _person(name: str) -> str:
    """The name, if a person can have it."""
    if problem := name_problem(name):
        raise ValueError(problem)
    return name


Name = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200)]
PersonName = Annotated[Name, AfterValidator(_person)]
Currency = Annotated[str, StringConstraints(pattern=r"^[A-Z]{3}$")]
"""ISO 4217."""
Amount = Annotated[Decimal, Field(ge=0, allow_inf_nan=False, max_digits=20), AfterValidator(_plain)]
Limits = dict[Currency, Amount]
"""Sums by currency."""
Hours = Annotated[float, Field(gt=0, le=10_000)]


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)


class When(_Part):
    """Which invoices a rule is for; all that is named must hold. Names compare without case."""

    vendor: Name | None = None
    """Id in the vendor master."""
    tenant: Name | None = None
    cost_centre: Name | None = None
    kind: Literal["invoice", "credit_note"] | None = None

    @model_validator(mode="after")
    def _names_something(self) -> Self:
        if not self.named:
            raise ValueError("names nothing: give vendor, tenant, cost_centre or kind")
        return self

    @property
    def named(self) -> dict[str, str]:
        """What is named."""
        return self.model_dump(exclude_none=True)


class AutoRule(_Part):
    """Other limits, or none at all, for some invoices."""

    id: Name
    when: When
    enabled: bool = True
    limits: Limits = Field(default_factory=dict)

    @model_validator(mode="after")
    def _says_one_thing(self) -> Self:
        if self.enabled and not self.limits:
            raise ValueError("says nothing: give limits, or enabled: false")
        if not self.enabled and self.limits:
            raise ValueError("has limits and is not enabled: leave one of the two out")
        return self


class AutoApproval(_Part):
    """What is approved without a person: up to ``limits``, if every key value is at least ``sure`` (from 0 to 1). Of several
    rules the most specific holds, that is the one that names most; of equally specific ones the one with the lowest limit. A
    currency that the rule does not name needs a person."""

    enabled: bool
    limits: Limits = Field(default_factory=dict)
    sure: float = Field(default=0.95, ge=0, le=1)
    rules: list[AutoRule] = Field(default_factory=list)

    @model_validator(mode="after")
    def _ids_differ(self) -> Self:
        if twice := _twice([GENERAL, *(rule.id for rule in self.rules)]):
            raise ValueError(
                f"two rules have the id {twice}: give each its own ({GENERAL} is that of the limits above)"
            )
        return self


class Group(_Part):
    """People who may approve up to ``up_to`` (None: any sum; a currency that is not named: nothing) what is of one of
    ``vendors`` (ids in the master), ``tenants`` and ``cost_centres`` (None: any)."""

    id: Name
    people: list[PersonName] = Field(min_length=1)
    up_to: Limits | None = None
    vendors: list[Name] | None = Field(default=None, min_length=1)
    tenants: list[Name] | None = Field(default=None, min_length=1)
    cost_centres: list[Name] | None = Field(default=None, min_length=1)
    only_after_escalation: bool = False

    @model_validator(mode="after")
    def _people_differ(self) -> Self:
        if twice := _twice(self.people):
            raise ValueError(f"{twice} is named twice: name each person once")
        return self


class FourEyes(_Part):
    """Above these sums two different people approve. Once a currency is named, one that is not needs two at any sum."""

    above: Limits = Field(default_factory=dict)


class Reminders(_Part):
    """Who waits is not forgotten: hours after which those who may approve are reminded, and others may too."""

    after_hours: Hours | None = 24
    """None: never."""
    every_hours: Hours | None = 24
    """After the first; None: only once."""
    escalate_after_hours: Hours | None = None
    escalate_to: Name | None = None
    """Id of a group."""

    @model_validator(mode="after")
    def _is_whole(self) -> Self:
        if (self.escalate_after_hours is None) != (self.escalate_to is None):
            raise ValueError(
                "escalate_after_hours and escalate_to are given together: add the other, or leave both out"
            )
        return self


class Delegation(_Part):
    """From ``starts`` to ``ends`` (both included, in UTC) ``to`` may do what ``from`` may; not what others let ``from`` do."""

    from_: Name = Field(alias="from")
    to: PersonName
    starts: date
    ends: date

    @model_validator(mode="after")
    def _is_possible(self) -> Self:
        if self.ends < self.starts:
            raise ValueError(f"ends on {self.ends}, before it starts on {self.starts}: swap them")
        if key_of(self.from_) == key_of(self.to):
            raise ValueError(f"{self.to} needs no delegation from themselves: name another person")
        return self

    def holds(self, on: date) -> bool:
        return self.starts <= on <= self.ends


class Matching(_Part):
    """What matching lets pass: differences of price and quantity from the order, and days within which equal amounts of one
    vendor are looked at as duplicates, or as one invoice split into several."""

    price_percent: Decimal = Field(default=Decimal(2), ge=0, le=100)
    price_amount: Decimal = Field(default=Decimal(0), ge=0)
    """For each unit, in the order's currency."""
    quantity_percent: Decimal = Field(default=Decimal(0), ge=0, le=100)
    duplicate_days: int = Field(default=10, ge=0, le=366)
    """0: only the same number is a duplicate."""
    split_days: int = Field(default=3, ge=0, le=366)
    """0: off."""


class BreachAction(StrEnum):
    """What becomes of a sound invoice whose e-invoice breaks a rule."""

    REVIEW = "review"
    """A person looks."""
    WARN = "warn"
    """It is told, and stops nothing."""
    NOTE = "note"
    """It is on record, and no more."""


BREACHES = {EInvoiceRuleKind.CODES: BreachAction.WARN, EInvoiceRuleKind.FORM: BreachAction.WARN}
"""What a broken rule does where the policy does not say: all else is looked at by a person."""


class Policy(_Part):
    """An approval policy. Without ``approvers`` anyone may approve; without ``auto_approval`` nothing passes by itself."""

    name: Name
    auto_approval: AutoApproval = AutoApproval(enabled=False)
    approvers: list[Group] = Field(default_factory=list)
    four_eyes: FourEyes = FourEyes()
    own_submission: Literal["allowed", "forbidden"] = "forbidden"
    """Whether someone may approve what they handed in."""
    reminders: Reminders = Reminders()
    delegations: list[Delegation] = Field(default_factory=list)
    aliases: dict[PersonName, list[PersonName]] = Field(default_factory=dict)
    """Other names of one person, such as login, full name and address of mail: whichever is given, they are one."""
    matching: Matching = Matching()
    einvoice_rules: dict[EInvoiceRuleKind, BreachAction] = Field(default_factory=dict)
    """What a broken rule of EN 16931, of a profile or of the schema does, by what the rule is about; what is not named does what
    `BREACHES` says."""
    digest: str = ""
    """SHA-256, hex, of all the rest as JSON with sorted keys. One that came with an execution is kept as it came."""

    @model_validator(mode="after")
    def _holds_together(self) -> Self:
        for problem in self._problems():
            raise ValueError(problem)
        if not self.digest:
            object.__setattr__(self, "digest", sha256(self.canonical).hexdigest())
        return self

    @property
    def canonical(self) -> bytes:
        """All but the digest as JSON with sorted keys: what the digest is of, and what is kept to be shown later."""
        return json.dumps(self._content(), sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()

    def _problems(self) -> Iterator[str]:
        """What no part of it can see alone."""
        groups = [group.id for group in self.approvers]
        people = [person for group in self.approvers for person in group.people]
        if twice := _twice(groups):
            yield f"approvers: two groups have the id {twice}: give each its own"
        if groups and all(group.only_after_escalation for group in self.approvers):
            yield "approvers: every group is only_after_escalation, so nobody approves before: leave it out of one"
        to = self.reminders.escalate_to
        if to and to not in groups:
            there = (
                f"name one of {', '.join(groups)}" if groups else "add one to approvers, or leave the escalation out"
            )
            yield f"reminders.escalate_to: there is no group {to}: {there}"
        for group in self.approvers:
            if group.only_after_escalation and group.id != to:
                yield f"approvers.{group.id}: nothing is escalated to it: name it in reminders.escalate_to"
        for n, delegation in enumerate(self.delegations):
            if not self.known.is_one_of(delegation.from_, people):
                yield f"delegations.{n}.from: {delegation.from_} is in no group of approvers: name someone who is"
        everyone = self.known.distinct([*people, *(delegation.to for delegation in self.delegations)])
        if self.four_eyes.above and groups and len(everyone) < 2:
            yield "four_eyes.above: the groups name one person, and two have to approve: add another to approvers"
        for n, (first, more) in enumerate(self.aliases.items()):
            for name in (first, *more):
                others = [other for m, (one, of) in enumerate(self.aliases.items()) if m != n for other in (one, *of)]
                if any(same_person(name, [other]) and not told_apart(name, other) for other in others):
                    yield f"aliases.{first}: {name} is a name of somebody else, too: give it to one person"
        for group in self.approvers:
            for n, name in enumerate(group.people):
                if self.known.is_one_of(name, group.people[:n]):
                    yield f"approvers.{group.id}: {name} is another name of somebody in it: name each person once"

    @property
    def known(self) -> People:
        """Who is who."""
        approvers = [person for group in self.approvers for person in group.people]
        return People(self.aliases, [*approvers, *(delegation.to for delegation in self.delegations)])

    def _content(self) -> dict[str, JsonValue]:
        """All but the digest. What is newer than the first policies is left out where it says nothing, so that these keep their
        digests."""
        unsaid = {name for name in ("aliases", "einvoice_rules") if not getattr(self, name)}
        return self.model_dump(mode="json", by_alias=True, exclude={"digest", *unsaid})

    def breach(self, kind: EInvoiceRuleKind) -> BreachAction:
        """What a broken rule of that kind does."""
        return self.einvoice_rules.get(kind, BREACHES.get(kind, BreachAction.REVIEW))

    def as_json(self) -> dict[str, JsonValue]:
        """Plain JSON, with its digest, as it travels in an execution's options; `Policy.model_validate` takes it."""
        return {**self._content(), "digest": self.digest}

    def group(self, id: str | None) -> Group | None:
        return next((group for group in self.approvers if group.id == id), None)

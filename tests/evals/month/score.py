"""What the checks found in a generated month, held against what was planted in it.

A planted thing is a group of documents: a pair of duplicates, the parts of a split invoice, else one document. A check has
found it if it speaks of one of them with an error, since of two duplicates only the later can know. A finding is right if its
document belongs to a group of that kind. Of what was approved without a person, what was read counts too: a sound invoice that
is booked under a wrong sum or account is as wrong as a duplicate.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from decimal import Decimal
from typing import Any

from infra.records import Execution, Status

FAMILIES: dict[str, tuple[str, ...]] = {
    "duplicate": ("DUPLICATE", "DUPLICATE-NUMBER", "DUPLICATE-AMOUNT", "DUPLICATE-TEXT"),
    "price": ("ORDER-PRICE",),
    "quantity": ("ORDER-QUANTITY", "RECEIPT-QUANTITY"),
    "account": ("VENDOR-ACCOUNT",),
    "split": ("SPLIT",),
    "sanction": ("SANCTIONS",),
    "over-limit": (),
}
"""What is planted, by the beginning of its name in the truth, and the rules that find it; over-limit is the policy's word."""
ABOVE = "above the limit"
PAIRS = ("duplicate", "quantity")
"""Kinds of which one of two may pass, and only the later can be known to be wrong."""


@dataclass
class Family:
    """How one kind of thing was found."""

    planted: int = 0
    """Groups."""
    found: int = 0
    flagged: int = 0
    """Documents with an error of its rules."""
    right: int = 0
    """Of these, documents of its groups."""
    pairs: int = 0
    """Groups of two of which only the later can be known to be wrong."""
    later_alone: int = 0
    """Of these, those where the later has the finding, and the first has none."""
    missed: list[str] = field(default_factory=list)
    false: list[str] = field(default_factory=list)

    @property
    def recall(self) -> float | None:
        return self.found / self.planted if self.planted else None

    @property
    def precision(self) -> float | None:
        return self.right / self.flagged if self.flagged else None


@dataclass
class Score:
    """All of it. ``wrong`` names what was approved without a person and must not have been; empty is what is wanted."""

    documents: int
    families: dict[str, Family]
    wrong: list[str]
    untouched: int
    """Approved without a person."""
    could_be: int
    """Documents that the truth lets pass."""
    untouched_of_these: int
    held_for: dict[str, int]
    """Of sound documents that went to a person: how many for which rule, or for a word of the decision."""
    statuses: dict[str, int]

    def as_json(self) -> dict[str, Any]:
        figures = asdict(self)
        for name, family in self.families.items():
            figures["families"][name] |= {"recall": family.recall, "precision": family.precision}
        return figures


def family_of(planted: str) -> str:
    """The family of a kind of the truth: ``dup-number`` is a duplicate."""
    return next((name for name in FAMILIES if planted.startswith(name[:3])), planted)


def score(
    truth: Mapping[str, Mapping[str, Any]],
    executions: Iterable[Execution],
    limit: Decimal,
    places: Mapping[str, int] | None = None,
) -> Score:
    """Hold executions, with their findings, against the truth of their documents, by file name.

    Args:
        limit: the largest total that passes without a person, in EUR.
        places: of an execution's id its claim's place in the order of claims, by which the later of two is known.
    """
    of = {execution.name: execution for execution in executions}
    families = {name: Family() for name in FAMILIES}
    groups: dict[tuple[str, str], list[str]] = defaultdict(list)
    for name, told in truth.items():
        if told["planted"]:
            groups[family_of(told["planted"]), told.get("group") or name].append(name)
    for (kind, _), members in groups.items():
        family = families[kind]
        family.planted += 1
        if any(name in of and _flags(of[name], kind) for name in members):
            family.found += 1
        else:
            family.missed += members
        if kind in PAIRS and len(members) == 2:
            family.pairs += 1
            family.later_alone += _later_alone(members, of, kind, places or {})
    for name, execution in of.items():
        for kind, family in families.items():
            if _flags(execution, kind):
                family.flagged += 1
                if truth[name]["planted"] and family_of(truth[name]["planted"]) == kind:
                    family.right += 1
                else:
                    family.false.append(name)
    passed = {name for name, execution in of.items() if _by_policy(execution)}
    sound = {name for name, told in truth.items() if told["expect"] == "approve"}
    return Score(
        documents=len(truth),
        families=families,
        wrong=[
            *_wrong(truth, of, passed, groups, limit),
            *_read_wrongly(truth, of, passed),
            *(f"{name}: {_unsettled(of.get(name))}" for name in truth if _unsettled(of.get(name))),
        ],
        untouched=len(passed),
        could_be=len(sound),
        untouched_of_these=len(passed & sound),
        held_for=dict(Counter(why for name in sound - passed if name in of for why in _why(of[name])).most_common()),
        statuses=dict(Counter(execution.status.value for execution in of.values())),
    )


def _wrong(
    truth: Mapping[str, Mapping[str, Any]],
    of: Mapping[str, Execution],
    passed: set[str],
    groups: Mapping[tuple[str, str], list[str]],
    limit: Decimal,
) -> list[str]:
    wrong = [
        f"{name}: {truth[name]['planted'] or 'for a person'}, {truth[name].get('why', '')}"
        for name in sorted(passed)
        if truth[name]["expect"] == "person"
    ]
    for (kind, group), members in groups.items():
        through = sorted(passed & set(members))
        if kind in PAIRS and len(through) > 1:
            wrong.append(f"{', '.join(through)}: {kind}, both approved")
        total = sum((of[name].amount or Decimal(0) for name in through), Decimal(0))
        if kind == "split" and total > limit:
            wrong.append(f"{', '.join(through)}: split ({group}), {total} approved above {limit}")
    return wrong


def _read_wrongly(truth: Mapping[str, Mapping[str, Any]], of: Mapping[str, Execution], passed: set[str]) -> list[str]:
    """What was approved under values that its document does not have."""
    wrong = []
    for name in sorted(passed):
        told, execution = truth[name], of[name]
        account = ((execution.result.get("invoice") or {}).get("payment") or {}).get("iban")
        read = {"number": execution.number, "amount": execution.amount, "iban": account}
        true = {"number": told["number"], "amount": Decimal(told["amount"]), "iban": told["iban"]}
        wrong += [
            f"{name}: approved with {what} {read[what]}, and it says {true[what]}"
            for what in read
            if read[what] != true[what]
        ]
    return wrong


def _unsettled(execution: Execution | None) -> str | None:
    """What became of a document that nobody has decided on nor is to."""
    if execution is None:
        return "not on record"
    if execution.status in (Status.APPROVED, Status.REVIEW, Status.REJECTED):
        return None
    return f"{execution.status.value}, {execution.error or 'without a decision'}"


def _later_alone(members: list[str], of: Mapping[str, Execution], kind: str, places: Mapping[str, int]) -> bool:
    if not all(name in of and of[name].id in places for name in members):
        return False
    first, later = sorted(members, key=lambda name: places[of[name].id])
    return _flags(of[later], kind) and not _flags(of[first], kind)


def _by_policy(execution: Execution) -> bool:
    return execution.status is Status.APPROVED and execution.decided_by == "policy"


def _flags(execution: Execution, kind: str) -> bool:
    if kind == "over-limit":
        return execution.status is Status.REVIEW and any(ABOVE in reason for reason in execution.reasons)
    return any(finding.rule in FAMILIES[kind] and finding.severity == "error" for finding in execution.findings)


def _why(execution: Execution) -> list[str]:
    rules = sorted({finding.rule for finding in execution.findings if finding.severity == "error"})
    return rules or [
        "not sure" if any("not sure" in reason for reason in execution.reasons) else execution.status.value
    ]

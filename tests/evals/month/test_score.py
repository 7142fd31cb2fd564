"""The score of a month says what went wrong, on results that were made up for it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest

from infra.records import Execution, Finding, Status
from tests.evals.month.score import Score, score
from tests.evals.month.truth import Told, planted, sound

LIMIT = Decimal(1000)
NOW = datetime(2026, 11, 2, tzinfo=UTC)
IBAN = "DE02120300000000202051"


def document(number: str, amount: str = "100.00") -> Told:
    return sound("V-1", "plain", None, number=number, amount=amount, iban=IBAN)


def truth() -> dict[str, Told]:
    """One sound invoice, a pair of duplicates, one with another account, one split in three, one above the limit, an order
    billed twice, and a credit note."""
    documents = {name: document(name) for name in ("good", "first", "copy", "account", "half", "rest", "credit")}
    documents |= {name: document(name, "600.00") for name in ("part-1", "part-2", "part-3")}
    documents["large"] = document("large", "1200.00")
    groups: list[tuple[Any, str, str | None, list[str]]] = [
        ("duplicate", "same number", "DUPLICATE", ["first", "copy"]),
        ("account", "another", "VENDOR-ACCOUNT", ["account"]),
        ("split", "in 3", "SPLIT", ["part-1", "part-2", "part-3"]),
        ("over the limit", "as ordered", None, ["large"]),
        ("quantity", "by two together", "ORDER-QUANTITY", ["half", "rest"]),
        ("credit note", "of all", None, ["credit"]),
    ]
    for n, (kind, variety, rule, names) in enumerate(groups):
        for place, name in enumerate(names):
            planted(documents[name], kind, variety, rule, f"{kind} {n}", place, len(names))
    return documents


def execution(name: str, *rules: str, told: Mapping[str, Any], person: bool = False, **changes: Any) -> Execution:
    """One that was approved by the policy; in review where it has findings or ``person`` is to see it."""
    review = bool(rules) or person
    result = Execution(
        id=f"invoice-{name}",
        definition="invoice",
        tenant="month",
        batch="october",
        digest=name,
        name=name,
        run_id="1",
        status=Status.REVIEW if review else Status.APPROVED,
        decision="review" if review else "approve",
        decided_by="policy",
        vendor="V",
        number=told["number"],
        currency="EUR",
        amount=Decimal(told["amount"]),
        result={"invoice": {"payment": {"iban": told["iban"]}}},
        findings=[Finding(rule=rule, severity="error", message=rule) for rule in rules],
        started_at=NOW,
    )
    return result.model_copy(update=changes)


PERFECT: dict[str, tuple[str, ...]] = {
    "copy": ("DUPLICATE",), "account": ("VENDOR-ACCOUNT",), "part-2": ("SPLIT",), "part-3": ("SPLIT",),
    "rest": ("ORDER-QUANTITY",),
}  # fmt: skip


def executions(**changed: tuple[str, ...]) -> dict[str, Execution]:
    """As if all went right, but that those named in ``changed`` have these findings."""
    rules_of = PERFECT | {name.replace("_", "-"): rules for name, rules in changed.items()}
    results = {name: execution(name, *rules_of.get(name, ()), told=told) for name, told in truth().items()}
    above = {"reasons": ["the total of 1200.00 EUR is above the limit of 1000 EUR"]}
    results["large"] = execution("large", told=truth()["large"], person=True, **above)
    results["credit"] = execution("credit", told=truth()["credit"], person=True)
    return results


def scored(results: Mapping[str, Execution]) -> Score:
    places = {result.id: n for n, result in enumerate(results.values())}
    return score(truth(), results.values(), LIMIT, places)


def test_nothing_is_wrong_with_a_month_in_which_all_was_found() -> None:
    figures = scored(executions())
    assert (figures.wrong, figures.held_for) == ([], {})
    planted_kinds = {name: family for name, family in figures.families.items() if family.planted}
    assert set(planted_kinds) == {"duplicate", "account", "split", "over-limit", "quantity"}
    assert {(family.recall, family.precision) for family in planted_kinds.values()} == {(1.0, 1.0)}
    assert (figures.families["duplicate"].pairs, figures.families["duplicate"].later_alone) == (1, 1)
    assert (figures.untouched, figures.could_be, figures.untouched_of_these) == (4, 1, 1)


@pytest.mark.parametrize(
    ("passed", "said"),
    [
        ("copy", "copy, first: duplicate, both approved"),
        ("rest", "half, rest: quantity, both approved"),
        ("account", "account: account"),
        ("part-2", "part-1, part-2: split (split 2), 1200.00 approved above 1000"),
        ("large", "large: over-limit"),
        ("credit", "credit: for a person"),
    ],
)
def test_what_was_planted_and_approved_by_the_policy_is_wrong(passed: str, said: str) -> None:
    results = executions()
    results[passed] = execution(passed, told=truth()[passed])
    (wrong,) = scored(results).wrong
    assert wrong.startswith(said)


def test_what_a_person_approved_is_not_wrong() -> None:
    results = executions()
    results["copy"] = execution("copy", told=truth()["copy"], decided_by="anna")
    assert scored(results).wrong == []


@pytest.mark.parametrize(
    "read", [{"number": "other"}, {"amount": Decimal("1.00")}, {"result": {"invoice": {"payment": {"iban": "DE00"}}}}]
)
def test_a_sound_one_approved_with_a_value_it_does_not_have_is_wrong(read: dict[str, Any]) -> None:
    results = executions()
    results["good"] = execution("good", told=truth()["good"], **read)
    (wrong,) = scored(results).wrong
    assert wrong.startswith("good: approved with")


@pytest.mark.parametrize("status", [Status.RUNNING, Status.FAILED])
def test_a_document_without_a_decision_is_wrong(status: Status) -> None:
    results = executions()
    results["good"] = execution("good", told=truth()["good"], status=status)
    assert [line.partition(",")[0] for line in scored(results).wrong] == [f"good: {status.value}"]
    del results["good"]
    assert scored(results).wrong == ["good: not on record"]


def test_what_is_not_found_lowers_recall_and_is_named() -> None:
    family = scored(executions(copy=("VENDOR-NEAR",))).families["duplicate"]
    assert (family.recall, family.precision, family.missed) == (0.0, None, ["first", "copy"])


def test_a_finding_on_a_sound_document_lowers_precision_and_is_named() -> None:
    figures = scored(executions(good=("SPLIT",)))
    family = figures.families["split"]
    assert (family.recall, family.right, family.flagged, family.false) == (1.0, 2, 3, ["good"])
    assert (figures.held_for, figures.untouched_of_these) == ({"SPLIT": 1}, 0)


def test_a_finding_on_what_is_planted_for_another_reason_lowers_precision() -> None:
    assert scored(executions(account=("VENDOR-ACCOUNT", "DUPLICATE"))).families["duplicate"].precision == 0.5


def test_a_finding_on_the_first_of_two_is_right_and_is_not_the_later_alone() -> None:
    results = executions(first=("DUPLICATE",), copy=())
    family = scored(results).families["duplicate"]
    assert (family.recall, family.precision, family.pairs, family.later_alone) == (1.0, 1.0, 1, 0)
    results = executions(first=("DUPLICATE",))
    assert scored(results).families["duplicate"].later_alone == 0

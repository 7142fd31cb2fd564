"""What passes without a person: by amount, and by narrower rules for vendor, tenant, cost centre and kind."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from agents.controls.approval import Policy, auto
from tests.agents.controls.approval.policies import a_case, a_policy

RULES: list[dict[str, Any]] = [
    {"id": "utility", "when": {"vendor": "V-1"}, "limits": {"EUR": 5000}},
    {"id": "lab", "when": {"cost_centre": "LAB"}, "limits": {"EUR": 50}},
    {"id": "lab-utility", "when": {"vendor": "V-1", "cost_centre": "LAB"}, "limits": {"EUR": 7000}},
    {"id": "careful", "when": {"tenant": "globex"}, "enabled": False},
    {"id": "credits", "when": {"kind": "credit_note"}, "limits": {"EUR": 20}},
]


def with_rules(*rules: dict[str, Any]) -> Policy:
    return a_policy(auto_approval={"enabled": True, "limits": {"EUR": 1000}, "rules": list(rules or RULES)})


@pytest.mark.parametrize(
    ("amount", "facts", "rule", "allowed"),
    [
        ("1000.00", {}, "general", True),
        ("1000.01", {}, "general", False),
        ("5000", {"vendor": "v-1 "}, "utility", True),
        ("5000.01", {"vendor": "V-1"}, "utility", False),
        ("50.01", {"cost_centre": "lab"}, "lab", False),
        ("6000", {"vendor": "V-1", "cost_centre": "LAB"}, "lab-utility", True),
        ("1", {"tenant": "globex"}, "careful", False),
        ("1", {"tenant": "globex", "vendor": "V-1"}, "careful", False),
        ("1", {"tenant": "globex", "vendor": "V-1", "cost_centre": "LAB"}, "lab-utility", True),
        ("20", {"kind": "credit_note"}, "credits", True),
        ("20.01", {"kind": "credit_note"}, "credits", False),
        ("1", {"kind": "other"}, "general", False),
        ("1", {"currency": "USD"}, "general", False),
        ("1", {"currency": "USD", "vendor": "V-1"}, "utility", False),
        ("1", {"currency": None}, "general", False),
        (None, {}, "general", False),
        ("0", {}, "general", False),
        ("-1", {}, "general", False),
    ],
)
def test_the_most_specific_rule_holds(amount: str | None, facts: dict[str, Any], rule: str, allowed: bool) -> None:
    verdict = auto(with_rules(), a_case(amount, **facts))
    assert (verdict.rule, verdict.allowed) == (rule, allowed), verdict
    assert verdict.reason


def test_of_equally_specific_rules_the_lowest_limit_holds_and_none_is_lower_than_any() -> None:
    lower: dict[str, Any] = {"id": "lower", "when": {"tenant": "acme"}, "limits": {"EUR": 10}}
    other: dict[str, Any] = {"id": "dollars", "when": {"cost_centre": "LAB"}, "limits": {"USD": 10}}
    case = a_case("20", vendor="V-1", cost_centre="LAB")
    assert auto(with_rules(RULES[0], lower), case).rule == "lower"
    assert auto(with_rules(lower, RULES[0]), case).rule == "lower", "whatever their order"
    assert auto(with_rules(RULES[0], lower, other), case).rule == "dollars"


def test_the_reason_names_the_limit_the_rule_and_the_policy() -> None:
    verdict = auto(with_rules(), a_case("5000.01", vendor="V-1"))
    assert verdict.reason == "the total of 5000.01 EUR is above the limit of 5000 EUR (rule utility of policy house)"
    assert verdict.limit == Decimal(5000)


def test_auto_approval_can_be_off() -> None:
    policy = a_policy(auto_approval={"enabled": False, "limits": {"EUR": 1000}})
    verdict = auto(policy, a_case("1"))
    assert not verdict.allowed
    assert verdict.reason == "the policy house approves nothing without a person"


def test_who_handed_it_in_cannot_correct_it_into_passing() -> None:
    corrected = a_case(submitters=["emil"], correctors=["Emil"])
    assert not auto(a_policy(), corrected).allowed
    assert auto(a_policy(own_submission="allowed"), corrected).allowed
    assert auto(a_policy(), a_case(submitters=["emil"], correctors=["anna"])).allowed


def test_above_the_sum_for_four_eyes_a_corrector_is_not_the_only_one_to_answer_for_it() -> None:
    policy = a_policy(four_eyes={"above": {"EUR": 100}})
    assert auto(policy, a_case("500")).allowed
    verdict = auto(policy, a_case("500", correctors=["anna"]))
    assert not verdict.allowed
    assert verdict.reason == "anna corrected it, and may not alone answer for it above 100 EUR"


def test_the_same_policy_and_case_give_the_same_verdict_again() -> None:
    policy = with_rules()
    again = Policy.model_validate(policy.as_json())
    case = a_case("5000.01", vendor="V-1")
    assert again.digest == policy.digest
    assert auto(again, type(case).from_json(case.as_json())) == auto(policy, case)

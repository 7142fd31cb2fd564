"""Who may approve, how many have to, and who may not."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from agents.controls.approval import after_approval, approval_notes, built_in, may_answer, may_approve, requirement
from tests.agents.controls.approval.policies import SUMS, TODAY, a_case, a_policy

DELEGATED = {"from": "carla", "to": "fred", "starts": "2026-11-01", "ends": "2026-11-03"}
ESCALATING = {
    "approvers": [
        {"id": "clerks", "people": ["anna"], "up_to": SUMS, "vendors": ["V-1"]},
        {"id": "heads", "people": ["gina"], "tenants": ["acme"], "cost_centres": ["LAB"]},
        {"id": "board", "people": ["hugo", "ines"], "up_to": {"EUR": 50_000}, "only_after_escalation": True},
    ],
    "reminders": {"after_hours": 24, "every_hours": 24, "escalate_after_hours": 48, "escalate_to": "board"},
}


def test_a_group_approves_up_to_its_sum_and_whoever_may_is_named_to_whoever_may_not() -> None:
    policy = a_policy()
    assert may_approve(policy, a_case("10000"), "Anna ", TODAY) is None
    said = may_approve(policy, a_case("10000.01"), "anna", TODAY)
    assert said == "anna may not approve 10000.01 EUR (tenant acme) under the policy house: carla or dirk may"
    assert "mallory may not approve" in str(may_approve(policy, a_case(), "mallory", TODAY))
    assert "nobody else may" not in str(may_approve(policy, a_case("1", currency="USD"), "anna", TODAY))
    assert may_approve(policy, a_case(), " ", TODAY) == "an approval needs the name of who approves"


@pytest.mark.parametrize(
    ("facts", "people"),
    [
        ({"vendor": "v-1"}, ["anna"]),
        ({"vendor": "V-2"}, []),
        ({"vendor": None}, []),
        ({"vendor": "V-1", "cost_centre": "LAB"}, ["anna", "gina"]),
        ({"cost_centre": "LAB", "tenant": "globex"}, []),
        ({"vendor": "V-1", "currency": "USD"}, []),
    ],
)
def test_a_group_approves_what_is_of_its_vendors_tenants_and_cost_centres(
    facts: dict[str, Any], people: list[str]
) -> None:
    assert requirement(a_policy(**ESCALATING, four_eyes={}), a_case(**facts), TODAY).people == people


def test_above_the_sum_two_different_people_approve() -> None:
    policy, case = a_policy(), a_case("10000.01")
    assert requirement(policy, case, TODAY).needed == 2
    assert requirement(policy, a_case("10000"), TODAY).needed == 1
    said = "approved by carla; a second person has to approve (four eyes above 10000 EUR): dirk may"
    assert after_approval(policy, case, ["carla"], TODAY) == said
    assert after_approval(policy, case, ["carla", "CARLA "], TODAY) == said, "the same person twice is one"
    again = may_approve(policy, case, " Carla", TODAY, ["carla"])
    assert again == " Carla has approved it already; a second person has to: dirk may"
    assert may_approve(policy, case, "dirk", TODAY, ["carla"]) is None
    assert after_approval(policy, case, ["carla", "dirk"], TODAY) is None
    assert after_approval(policy, a_case("10000"), ["anna"], TODAY) is None


def test_a_currency_without_a_sum_for_four_eyes_needs_two_people_once_another_has_one() -> None:
    assert requirement(a_policy(), a_case("1", currency="SEK"), TODAY).needed == 2
    assert requirement(a_policy(four_eyes={}), a_case("1000000", currency="SEK"), TODAY).needed == 1


def test_nobody_approves_what_they_handed_in() -> None:
    policy, case = a_policy(), a_case("20000", submitters=["Carla"])
    said = may_approve(policy, case, "carla", TODAY)
    assert said == "carla handed it in, and the policy house lets nobody approve what they handed in: dirk may"
    made = requirement(policy, case, TODAY)
    assert (made.people, made.barred) == (["dirk"], ["Carla"])
    assert "one person more is needed" in made.why[-1]
    assert str(after_approval(policy, case, ["carla", "dirk"], TODAY)).startswith("approved by dirk; a second person")
    allowed = a_policy(own_submission="allowed")
    assert may_approve(allowed, case, "carla", TODAY) is None
    assert approval_notes(allowed, case, "carla", TODAY) == ["carla handed it in too, which the policy house allows"]


def test_without_groups_anyone_approves_but_who_handed_it_in_where_that_is_forbidden() -> None:
    anyone = built_in({}, 0.9)
    assert may_approve(anyone, a_case(), "emil", TODAY) is None
    assert requirement(anyone, a_case(), TODAY).anyone
    strict = a_policy(approvers=[])
    assert may_approve(strict, a_case(), "zoe", TODAY) is None
    assert str(may_approve(strict, a_case(), "EMIL", TODAY)).endswith("anyone but EMIL may")
    assert requirement(strict, a_case(), TODAY).why == ["anyone but emil, who handed it in, may approve"]


@pytest.mark.parametrize(("day", "may"), [(31, False), (1, True), (3, True), (4, False)])
def test_a_deputy_approves_on_the_days_of_the_delegation(day: int, may: bool) -> None:
    on = date(2026, 10, 31) if day == 31 else date(2026, 11, day)
    said = may_approve(a_policy(delegations=[DELEGATED]), a_case("20000"), "fred", on)
    assert (said is None) is may
    assert may or "they stand in for carla from 2026-11-01 to 2026-11-03" in str(said)


def test_a_deputy_is_bound_by_who_they_stand_in_for_and_by_themselves() -> None:
    policy = a_policy(delegations=[DELEGATED])
    assert may_approve(policy, a_case("20000", submitters=["carla"]), "fred", TODAY) == (
        "fred may approve it only for carla, who handed it in: dirk may"
    )
    assert "handed it in" in str(may_approve(policy, a_case("20000", submitters=["fred"]), "fred", TODAY))
    made = requirement(policy, a_case("20000"), TODAY)
    assert made.people == ["carla", "dirk", "fred"]
    assert made.deputies == {"fred": "carla"}
    assert approval_notes(policy, a_case("20000"), "fred", TODAY) == ["fred stands in for carla until 2026-11-03"]


def test_an_own_right_stays_beside_a_delegation() -> None:
    policy = a_policy(delegations=[{**DELEGATED, "to": "anna"}])
    assert may_approve(policy, a_case("500", submitters=["carla"]), "anna", TODAY) is None
    assert may_approve(policy, a_case("20000", submitters=["carla"]), "anna", TODAY) is not None


def test_a_delegation_is_not_passed_on() -> None:
    policy = a_policy(delegations=[DELEGATED, {**DELEGATED, "from": "anna", "to": "carla"}])
    chained = a_policy(
        approvers=[{"id": "top", "people": ["carla"]}, {"id": "low", "people": ["fred"], "up_to": {"EUR": 1}}],
        delegations=[DELEGATED, {**DELEGATED, "from": "fred", "to": "gus"}],
        four_eyes={},
    )
    assert may_approve(policy, a_case("20000"), "fred", TODAY) is None
    assert may_approve(chained, a_case("20000"), "fred", TODAY) is None
    assert may_approve(chained, a_case("20000"), "gus", TODAY) is not None
    assert may_approve(chained, a_case("1"), "gus", TODAY) is None


def test_after_escalation_its_group_may_approve_but_its_sums_hold() -> None:
    policy = a_policy(**ESCALATING)
    case = a_case("20000", vendor="V-9")
    assert "nobody else may before it is escalated to board" in str(may_approve(policy, case, "hugo", TODAY))
    assert may_approve(policy, case, "hugo", TODAY, escalated=True) is None
    assert approval_notes(policy, case, "hugo", TODAY, escalated=True) == ["after it was escalated to board"]
    too_much = may_approve(policy, a_case("50000.01"), "hugo", TODAY, escalated=True)
    assert "nobody else may approve 50000.01 EUR" in str(too_much)
    assert "name somebody in the policy" in str(too_much)
    assert requirement(policy, case, TODAY).as_json()["escalation"] == {
        "after_hours": 48,
        "to": "board",
        "people": ["hugo", "ines"],
    }


def test_escalated_to_a_group_its_vendors_and_cost_centres_do_not_count_and_its_tenants_do() -> None:
    policy = a_policy(
        approvers=[
            {"id": "a", "people": ["anna"], "vendors": ["V-1"]},
            {"id": "b", "people": ["ben"], "cost_centres": ["LAB"], "tenants": ["acme"]},
        ],
        reminders={"escalate_after_hours": 1, "escalate_to": "b"},
    )
    assert may_approve(policy, a_case(), "ben", TODAY) is not None
    assert may_approve(policy, a_case(), "ben", TODAY, escalated=True) is None
    assert may_approve(policy, a_case(tenant="globex"), "ben", TODAY, escalated=True) is not None


def test_whoever_is_an_approver_of_the_tenant_may_reject_and_correct_at_any_sum() -> None:
    policy = a_policy(**ESCALATING, delegations=[{**DELEGATED, "from": "anna"}])
    for person in ("anna", "gina", "fred"):
        assert may_answer(policy, a_case(None, vendor="V-9", currency=None), person, TODAY) is None
    assert "mallory is no approver of acme" in str(may_answer(policy, a_case(), "mallory", TODAY))
    assert may_answer(policy, a_case(), "hugo", TODAY) is not None
    assert may_answer(policy, a_case(), "hugo", TODAY, escalated=True) is None
    assert may_answer(built_in({}, 1), a_case(), "anyone", TODAY) is None


def test_the_requirement_leaves_out_who_has_approved_and_is_plain_json() -> None:
    made = requirement(a_policy(), a_case("20000"), TODAY, already=["DIRK"]).as_json()
    assert made["people"] == ["carla"]
    assert made["reminders"] == {"after_hours": 24, "every_hours": 24}
    assert made["escalation"] is None

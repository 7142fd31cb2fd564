"""What a correction may change: whoever corrects answers for the case as it stood and as it stands, or somebody else does."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from agents.controls.approval import (
    Case,
    Correction,
    Policy,
    after_approval,
    auto,
    correction_problem,
    may_approve,
    needed,
    requirement,
)
from tests.agents.controls.approval.policies import TODAY, a_case, a_policy


def corrected(by: str, *before: Case, now: Case, escalated: bool = False) -> Case:
    """``now``, which ``by`` made of each of ``before`` in turn."""
    steps = [Correction.of(case, by, TODAY, escalated=escalated) for case in before]
    return replace(now, correctors=[by] * len(before), corrections=steps)


NARROW = a_policy(
    approvers=[
        {"id": "clerks", "people": ["anna"], "up_to": {"EUR": 1000}, "vendors": ["V-1"]},
        {"id": "lab", "people": ["lena"], "cost_centres": ["LAB"]},
        {"id": "heads", "people": ["carla", "dirk", "eva"]},
    ],
    four_eyes={"above": {"EUR": 10_000}},
)


def changed(**parts: Any) -> Policy:
    """That policy with other ``parts``."""
    return Policy.model_validate({**NARROW.as_json(), "digest": "", **parts})


SMALL: dict[str, Any] = {"vendor": "V-1", "cost_centre": "LAB"}


@pytest.mark.parametrize(
    ("before", "now", "said"),
    [
        (("5000", {}), ("500", {}), "anna may not approve 5000 EUR"),
        (("500", {"vendor": "V-2"}), ("500", {}), "(vendor V-2"),
        (("500", {"vendor": None}), ("500", {}), "anna may not approve 500 EUR"),
        (("500", {"currency": "USD"}), ("500", {}), "may not alone answer for it at any sum in USD"),
        (("500", {}), ("5000", {}), "anna may not approve 5000 EUR"),
        (("500", {"kind": "other"}), ("500", {}), "it did not look like an invoice"),
        (("20000", {}), ("500", {}), "may not alone answer for it above 10000 EUR"),
        (("-20000", {}), ("500", {}), "may not alone answer for it above 10000 EUR"),
        (("-5000", {}), ("500", {}), "anna may not approve -5000 EUR"),
    ],
)
def test_a_case_a_clerk_could_not_have_approved_does_not_pass_as_they_corrected_it(
    before: tuple[str, dict[str, Any]], now: tuple[str, dict[str, Any]], said: str
) -> None:
    was, case = (a_case(amount, **{**SMALL, **facts}) for amount, facts in (before, now))
    policy = changed(auto_approval={"enabled": True, "limits": {"EUR": 10_000}})
    assert auto(policy, case).allowed
    verdict = auto(policy, corrected("anna", was, now=case))
    assert not verdict.allowed
    assert said in verdict.reason


def test_who_may_approve_it_all_the_same_corrects_and_it_passes() -> None:
    case = corrected("anna", a_case("540", **SMALL), now=a_case("500", **SMALL))
    assert auto(NARROW, case).allowed
    assert correction_problem(NARROW, case) is None
    assert auto(NARROW, corrected("carla", a_case("5000", vendor="V-9"), now=a_case("500", **SMALL))).allowed


def test_what_nobody_could_read_is_what_it_was_found_to_be() -> None:
    unread = a_case(None, **{**SMALL, "currency": None})
    assert auto(NARROW, corrected("anna", unread, now=a_case("500", **SMALL))).allowed
    hidden = corrected("anna", a_case("5000", **SMALL), unread, now=a_case("500", **SMALL))
    assert not auto(NARROW, hidden).allowed, "a total that was taken away and given anew stood before"


def test_of_several_corrections_the_strictest_state_holds_whoever_made_the_last() -> None:
    first = Correction.of(a_case("5000", **SMALL), "anna", TODAY)
    second = Correction.of(a_case("600", **SMALL), "carla", TODAY)
    case = replace(a_case("500", **SMALL), correctors=["anna", "carla"], corrections=[first, second])
    assert not auto(NARROW, case).allowed
    assert may_approve(NARROW, case, "anna", TODAY) is not None
    assert ", as it stood before it was corrected" in str(may_approve(NARROW, case, "anna", TODAY))
    assert may_approve(NARROW, case, "carla", TODAY) is None
    assert requirement(NARROW, case, TODAY).people == ["lena", "carla", "dirk", "eva"]


def test_who_approves_what_was_corrected_may_approve_each_state_of_it() -> None:
    moved = corrected("carla", a_case("500", vendor="V-2", cost_centre="LAB"), now=a_case("500", vendor="V-1"))
    assert requirement(NARROW, moved, TODAY).people == ["carla", "dirk", "eva"]
    assert "lena may not approve" in str(may_approve(NARROW, moved, "lena", TODAY))


def test_four_eyes_hold_if_they_held_before_and_a_corrector_is_none_of_the_two() -> None:
    case = corrected("carla", a_case("20000"), now=a_case("500"))
    assert needed(NARROW, case) == 2
    assert "carla corrected it, and two others have to approve it" in str(may_approve(NARROW, case, "carla", TODAY))
    assert after_approval(NARROW, case, ["carla", "dirk"], TODAY) is not None
    assert after_approval(NARROW, case, ["eva", "dirk"], TODAY) is None
    made = requirement(NARROW, case, TODAY)
    assert (made.people, made.barred, made.needed) == (["dirk", "eva"], ["emil", "carla"], 2)
    allowed = changed(own_submission="allowed")
    assert after_approval(allowed, case, ["carla", "dirk"], TODAY) is None


def test_a_deputy_may_have_corrected_on_the_days_they_stood_in_and_on_no_others() -> None:
    leave = {"from": "carla", "to": "fred", "starts": "2026-11-01", "ends": "2026-11-03"}
    policy = changed(delegations=[leave])
    was = a_case("5000", **SMALL)
    case = corrected("fred", was, now=a_case("500", **SMALL))
    assert auto(policy, case).allowed
    late = replace(case, corrections=[Correction.of(was, "fred", date(2026, 11, 4))])
    assert not auto(policy, late).allowed


@pytest.mark.parametrize("claim", ["LAB", "lab ", "OPS", "ＬＡＢ"])
def test_a_claimed_cost_centre_lets_nothing_pass_that_does_not_pass_without_it(claim: str) -> None:
    wide = {
        "enabled": True,
        "limits": {"EUR": 100},
        "rules": [{"id": "lab", "when": {"cost_centre": "LAB"}, "limits": {"EUR": 5000}}],
    }
    policy = changed(auto_approval=wide)
    case = a_case("3000", claimed_cost_centre=claim)
    verdict = auto(policy, case)
    assert not verdict.allowed
    assert "above the limit of 100 EUR" in verdict.reason
    assert "lena" not in requirement(policy, case, TODAY).people
    assert may_approve(policy, case, "lena", TODAY) is not None
    assert auto(policy, a_case("3000", cost_centre="LAB")).allowed, "that of the vendor or its order is trusted"


def test_a_claimed_cost_centre_may_keep_a_case_from_passing() -> None:
    careful = {
        "enabled": True,
        "limits": {"EUR": 5000},
        "rules": [{"id": "lab", "when": {"cost_centre": "LAB"}, "enabled": False}],
    }
    policy = changed(auto_approval=careful)
    assert auto(policy, a_case("3000", cost_centre="OPS")).allowed
    verdict = auto(policy, a_case("3000", cost_centre="OPS", claimed_cost_centre="LAB"))
    assert (verdict.allowed, verdict.rule) == (False, "lab")
    lower = {**careful, "rules": [{"id": "lab", "when": {"cost_centre": "LAB"}, "limits": {"EUR": 4000}}]}
    policy = changed(auto_approval=lower)
    assert auto(policy, a_case("3000", claimed_cost_centre="LAB")).limit == 4000


def test_whatever_the_policy_and_the_corrections_what_passes_each_corrector_could_have_approved_alone() -> None:
    """Random policies, cases and corrections, against the rule said by `may_approve` of each state alone."""
    chance = random.Random(20261128)
    people = ["anna", "ben", "carla", "dirk", "emil"]
    passed = held = 0
    for _ in range(800):
        groups = [
            {
                "id": f"g{n}",
                "people": chance.sample(people, chance.randint(1, 3)),
                **chance.choice([{}, {"up_to": {"EUR": chance.choice([0, 100, 1000, 10_000])}}]),
                **chance.choice([{}, {}, {"vendors": [chance.choice(["V-1", "V-2"])]}]),
                **chance.choice([{}, {}, {"cost_centres": ["LAB"]}]),
            }
            for n in range(chance.randint(1, 3))
        ]
        policy = a_policy(
            auto_approval={"enabled": True, "limits": {"EUR": 20_000, "USD": 20_000}},
            approvers=[*groups, {"id": "two", "people": ["gus", "hal"], "up_to": {"EUR": 0}}],
            four_eyes=chance.choice([{}, {"above": {"EUR": chance.choice([500, 5000])}}]),
            own_submission=chance.choice(["allowed", "forbidden"]),
        )

        submitters = chance.choice([[], ["emil"], ["anna"]])
        states = [
            a_case(
                chance.choice(["-50", "50", "500", "5000", "15000"]),
                currency=chance.choice(["EUR", "EUR", "EUR", "USD"]),
                kind="invoice" if chance.random() < 0.9 else "other",
                vendor=chance.choice([None, "V-1", "V-2"]),
                cost_centre=chance.choice([None, "LAB", "OPS"]),
                submitters=submitters,
            )
            for _ in range(chance.randint(2, 4))
        ]
        by = [chance.choice(people) for _ in states[1:]]
        steps = [Correction.of(was, name, TODAY) for was, name in zip(states, by, strict=False)]
        case = replace(states[-1], correctors=by, corrections=steps)
        able = all(
            may_approve(policy, each, name, TODAY) is None and needed(policy, each) == 1
            for name in by
            for each in states
        )
        if auto(policy, case).allowed:
            passed += 1
            assert able, (policy, case)
        else:
            held += 1
            assert not able or not auto(policy, states[-1]).allowed or len({each.kind for each in states}) > 1
        for person in requirement(policy, case, TODAY).people:
            assert all(may_approve(policy, each, person, TODAY) is None for each in states), (person, case)
        again = Case.from_json(case.as_json())
        assert auto(policy, again) == auto(policy, case)
    assert passed > 20 < held, (passed, held)


def test_a_case_comes_back_from_its_record_with_its_corrections() -> None:
    case = corrected("anna", a_case("1E+3", vendor="V-1"), now=a_case("500", claimed_cost_centre="LAB"))
    again = Case.from_json(case.as_json())
    assert again.states == case.states
    assert again.as_json() == case.as_json()
    assert case.as_json()["corrections"][0]["amount"] == "1000"  # type: ignore[index, call-overload]
    old = {k: v for k, v in a_case("5").as_json().items() if k not in ("corrections", "claimed_cost_centre")}
    assert Case.from_json(old).amount == Decimal(5), "as earlier versions recorded it"

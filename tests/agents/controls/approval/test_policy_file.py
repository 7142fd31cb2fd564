"""A policy file is checked when it is read, and its digest says whether two say the same."""

from __future__ import annotations

import json
from decimal import Decimal
from pathlib import Path

import pytest

from agents.controls.approval import BadPolicy, Policy, in_words, load_policy, policy_of, read_policy, starter
from tests.agents.controls.approval.policies import a_policy

LIMITS = {"EUR": Decimal(1000)}


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("name: x\nauto_aproval: {enabled: true}", "auto_aproval: there is no such key here; is it auto_approval"),
        ("own_submission: allowed", "name: is missing; add it"),
        (
            "name: x\nauto_approval: {enabled: true, limits: {eur: 1}}",
            "limits.eur: is no currency; write three capitals",
        ),
        ("name: x\nauto_approval: {enabled: true, limits: {EUR: -1}}", "limits.EUR: input should be greater than"),
        ("name: x\nauto_approval: {enabled: true, limits: {EUR: .inf}}", "limits.EUR: input should be a finite number"),
        ("name: x\nauto_approval: {enabled: true, sure: 95}", "auto_approval.sure: input should be less than"),
        ("name: x\nname: y", "name comes twice"),
        ("name: {{ name }}", "a key is no plain word"),
        ("name: x\ndelegations: [{from: a, to: b, starts: 2026-06-01, ends: 2026-06-31}]", "day is out of range"),
        ("name: x\napprovers: [{id: a, people: [Policy]}]", "policy is no person's name"),
        ("name: x\nfour_eyes: {above: {EUR: 1}}\napprovers: [{id: a, people: [anna]}]", "add another to approvers"),
        ("name: x\nreminders: {escalate_after_hours: 2}", "are given together"),
        ("name: x\nreminders: {escalate_after_hours: 2, escalate_to: b}", "there is no group b: add one"),
        ("name: x\napprovers: [{id: a, people: [anna]}, {id: A, people: [ben]}]", "two groups have the id A"),
        ("name: x\napprovers: [{id: a, people: [anna, ' ANNA']}]", "ANNA is named twice"),
        ("name: x\napprovers: [{id: a, people: [anna], only_after_escalation: true}]", "nobody approves before"),
        ("name: x\ndelegations: [{from: a, to: b, starts: 2026-02-01, ends: 2026-01-01}]", "swap them"),
        ("name: x\ndelegations: [{from: a, to: b, starts: 2026-01-01, ends: 2026-01-01}]", "a is in no group"),
        (
            "name: x\nauto_approval: {enabled: true, rules: [{id: r, when: {}, enabled: false}]}",
            "names nothing: give vendor",
        ),
        ("name: x\nauto_approval: {enabled: true, rules: [{id: r, when: {vendor: v}}]}", "says nothing: give limits"),
        ("digest: abc\nname: x", "digest: it is computed"),
        ("- a list", "holds no keys"),
        ("name: [", "it is no YAML"),
    ],
)
def test_what_is_wrong_with_a_file_is_said_by_key_with_what_to_do(text: str, said: str) -> None:
    with pytest.raises(BadPolicy, match="the approval policy house.yaml cannot be used") as refused:
        read_policy(text.encode(), Path("house.yaml"))
    assert said in str(refused.value)


def test_a_file_that_is_not_there_is_no_silent_default(tmp_path: Path) -> None:
    with pytest.raises(BadPolicy, match="COUNTERFOIL_APPROVAL_POLICY"):
        load_policy(tmp_path / "absent.yaml", limits=LIMITS, sure=0.9)


def test_without_a_file_the_settings_make_the_policy() -> None:
    policy = load_policy(None, limits=LIMITS, sure=0.9)
    assert (policy.name, policy.auto_approval.limits, policy.auto_approval.sure) == ("built-in", LIMITS, 0.9)
    assert (policy.approvers, policy.own_submission, policy.four_eyes.above) == ([], "allowed", {})
    assert (policy.reminders.after_hours, policy.reminders.every_hours) == (24, 24)


def test_a_file_that_says_nothing_of_auto_approval_or_own_submission_allows_neither() -> None:
    policy = read_policy(b"name: x", Path("x"))
    assert not policy.auto_approval.enabled
    assert policy.own_submission == "forbidden"


def test_the_starter_is_a_policy_with_auto_approval_two_groups_and_four_eyes() -> None:
    policy = read_policy(starter().encode(), Path("starter"))
    assert policy.auto_approval.enabled
    assert len(policy.approvers) == 2
    assert policy.four_eyes.above
    assert policy.own_submission == "forbidden"
    assert any("two different people" in sentence for sentence in in_words(policy))


def test_a_policy_comes_back_from_the_options_of_an_execution_as_it_went() -> None:
    policy = a_policy(
        delegations=[{"from": "anna", "to": "fred", "starts": "2026-11-01", "ends": "2026-11-03"}],
        reminders={"after_hours": None},
    )
    plain = json.loads(json.dumps(policy.as_json()))
    assert Policy.model_validate(plain) == policy
    assert policy_of({"policy": plain}) == policy
    assert policy_of({"approval_limits": {"EUR": "1000"}, "sure": 0.9}).name == "built-in"


def test_the_digest_is_of_what_a_policy_says_not_of_how_it_is_written() -> None:
    one = read_policy(b"name: x\nauto_approval: {enabled: true, limits: {EUR: 1000, USD: 5}}", Path("x"))
    same = read_policy(b"auto_approval:\n  limits: {USD: 5.00, EUR: 1000.00}\n  enabled: true\nname: x", Path("y"))
    other = read_policy(b"name: x\nauto_approval: {enabled: true, limits: {EUR: 1001, USD: 5}}", Path("x"))
    assert one.digest == same.digest != other.digest
    assert len(one.digest) == 64

"""What a broken rule of an e-invoice does, by the policy."""

from __future__ import annotations

from pathlib import Path

import pytest

from agents.controls.approval import BadPolicy, built_in, in_words, read_policy, starter, weaknesses, weighed
from agents.controls.approval._policy import BreachAction, Policy
from agents.fields.rules import EInvoiceRuleKind as Kind
from infra.records import Finding, Severity, finding


def policy(rules: str = "") -> Policy:
    return read_policy(f"name: house\n{rules}".encode(), Path("house.yaml"))


def broken(kind: str, severity: Severity = Severity.ERROR) -> Finding:
    return finding("BR-CL-25", severity, "it is not so", kind=kind)


@pytest.mark.parametrize("kind", list(Kind))
def test_without_a_word_codes_and_form_are_told_and_all_else_is_looked_at(kind: Kind) -> None:
    told = weighed(policy(), broken(kind))
    stops = kind not in (Kind.CODES, Kind.FORM)
    assert (told.severity, told.evidence["policy"]) == (
        (Severity.ERROR, f"{kind}: review") if stops else (Severity.WARNING, f"{kind}: warn")
    )


def test_the_policy_says_otherwise_by_kind() -> None:
    strict = policy("einvoice_rules: {codes: review, form: note}")
    assert weighed(strict, broken("codes")).severity is Severity.ERROR
    assert weighed(strict, broken("form")).severity is Severity.INFO
    assert weighed(strict, broken("amounts")).severity is Severity.ERROR


def test_what_is_no_error_or_no_broken_rule_stays_as_it_is() -> None:
    for kept in (broken("codes", Severity.WARNING), broken("something"), finding("BR-16", Severity.ERROR, "no line")):
        assert weighed(policy("einvoice_rules: {codes: review}"), kept) == kept


@pytest.mark.parametrize(
    ("rules", "said"),
    [("{money: review}", "einvoice_rules.money"), ("{codes: stop}", "einvoice_rules.codes"), ("[]", "einvoice_rules")],
)  # fmt: skip
def test_a_kind_or_action_that_nobody_knows_refuses_the_policy(rules: str, said: str) -> None:
    with pytest.raises(BadPolicy, match=said):
        policy(f"einvoice_rules: {rules}")


def test_it_is_said_in_words_and_what_lets_money_pass_is_weak() -> None:
    assert "An e-invoice that breaks a rule about codes or form passes if all else holds; it is told." in in_words(
        policy()
    )
    assert not [weak for weak in weaknesses(policy()) if weak.startswith("einvoice_rules")]
    weak = " ".join(weaknesses(policy("einvoice_rules: {tax: warn, codes: note}")))
    assert "a rule about tax passes without a person" in weak


def test_the_policy_to_begin_with_says_what_holds_anyway_and_a_digest_changes_only_with_what_is_said() -> None:
    begun = read_policy(starter().encode(), Path("starter.yaml"))
    assert {kind: begun.breach(kind) for kind in Kind} == {kind: policy().breach(kind) for kind in Kind}
    assert set(begun.einvoice_rules) == set(Kind)
    assert "einvoice_rules" not in built_in({}, 0.95).as_json()
    assert policy().digest != policy("einvoice_rules: {codes: warn}").digest
    assert policy("einvoice_rules: {codes: note}").breach(Kind.CODES) is BreachAction.NOTE

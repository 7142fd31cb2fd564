"""``rules``: what rulebooks say, and whether they say what their author means."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from infra.settings import Settings, settings
from tests.scripted.endpoint import ScriptedEndpoint
from tests.workers.cli.conftest import Ran

Cli = Callable[..., Ran]
BOOK = """name: house
version: "1"
language: en
rules:
  - id: NOTE
    title: It says thanks
    question: Does the document thank the reader?
    severity: warning
    phrases: {en: [thank you]}
    examples:
      - {text: Thank you for your order, verdict: pass}
      - {text: Many thanks, verdict: pass}
"""


@pytest.fixture
def house(tmp_path: Path) -> Path:
    path = tmp_path / "house.yaml"
    path.write_text(BOOK)
    return path


@pytest.mark.usefixtures("empty_home")
def test_the_rules_of_a_rulebook_are_listed_with_how_they_are_answered(cli: Cli) -> None:
    ran = cli("rules", "list")
    assert ran.code == 0
    assert "SPLIT" in ran.out
    assert "shipped are: payables, service-contract" in ran.out
    listed = cli("rules", "list", "--rulebook", "service-contract", "--json").json
    assert [rule["id"] for rule in listed["rulebook"]["rules"]][0] == "NOTICE-PERIOD"


@pytest.mark.usefixtures("empty_home")
def test_a_rule_is_explained_in_plain_words(cli: Cli) -> None:
    ran = cli("rules", "explain", "tax-reverse-charge")
    assert ran.code == 0
    assert "zero_tax: yes, cross_border: yes" in ran.out
    assert "code, then phrases, then model" in ran.out
    assert "a person has to look" in ran.out
    assert "a quote from the document is required" in ran.out


@pytest.mark.usefixtures("empty_home")
def test_a_rule_of_the_standard_is_explained_too_and_one_that_is_none_is_said_so(cli: Cli) -> None:
    ran = cli("rules", "explain", "BR-CO-15")
    assert ran.code == 0
    assert "BT-112" in ran.out
    assert cli("rules", "explain", "NO-SUCH").code == 1


@pytest.mark.usefixtures("empty_home")
def test_a_shipped_rulebook_keeps_its_own_examples(cli: Cli) -> None:
    ran = cli("rules", "test", "payables")
    assert ran.code == 0
    assert "WRONG" not in ran.out


@pytest.mark.usefixtures("empty_home")
def test_an_example_that_comes_out_wrong_and_a_case_of_ones_own_are_told(cli: Cli, house: Path, tmp_path: Path) -> None:
    ran = cli("rules", "test", house)
    assert ran.code == 0
    assert "1 of 1 examples come out as expected, 1 need --model" in ran.out
    cases = tmp_path / "cases.yaml"
    cases.write_text("- {rule: NOTE, text: Thank you, verdict: fail}\n")
    ran = cli("rules", "test", house, cases, "--json")
    assert ran.code == 1
    assert [one["right"] for one in ran.json["examples"]] == [True, None, False]
    cases.write_text("- {rule: NOTHING, text: Thank you, verdict: fail}\n")
    wrong = cli("rules", "test", house, cases)
    assert wrong.code == 2
    assert "case 1: `rule` is no id of the rulebook house" in wrong.err


def test_a_model_is_asked_only_where_it_is_wanted_and_code_cannot_tell(
    empty_home: Settings, cli: Cli, house: Path, endpoint: ScriptedEndpoint, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COUNTERFOIL_MODEL_URL", endpoint.url)
    settings.cache_clear()
    monkeypatch.setattr(endpoint, "read", lambda body, shape: {"quote": "Many thanks", "answer": "yes"})
    ran = cli("rules", "test", house, "--model", "--json")
    assert ran.code == 0, ran.err
    assert [one["verdict"] for one in ran.json["examples"]] == ["pass", "pass"]
    assert endpoint.script.paid.total() == 1
    monkeypatch.setattr(endpoint, "read", lambda body, shape: {"quote": "Many thanks", "answer": "not_stated"})
    assert cli("rules", "test", house, "--model").code == 1


@pytest.mark.usefixtures("empty_home")
def test_a_rulebook_with_an_unknown_key_is_refused_with_what_to_do(cli: Cli, house: Path) -> None:
    house.write_text(BOOK.replace("severity:", "severty:"))
    ran = cli("rules", "test", house)
    assert ran.code == 2
    assert "rule NOTE, severty: there is no such key here; is it severity, or leave it out" in ran.err

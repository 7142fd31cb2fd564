"""The approval policy on the command line: what holds, whether a file can be used, and what it said of an execution."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from agents.controls.approval import Case, Policy, auto, read_policy, requirement, starter
from infra.records import Execution, Status
from infra.settings import Settings, settings
from tests.agents.controls.approval.policies import TODAY, a_case
from tests.workers.cli.conftest import Ran
from tests.workers.cli.examples import MORNING, an_execution, fill

Cli = Callable[..., Ran]


@pytest.fixture
def policy(home: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Policy:
    """The starter, in force."""
    file = tmp_path / "house.yaml"
    file.write_text(starter())
    monkeypatch.setenv("COUNTERFOIL_APPROVAL_POLICY", str(file))
    settings.cache_clear()
    return read_policy(starter().encode(), file)


def waits_under(policy: Policy, case: Case, name: str = "big.pdf", approved: tuple[str, ...] = ()) -> Execution:
    """An execution that waits under a policy."""
    verdict = auto(policy, case)
    approval: dict[str, Any] = {
        "policy": {"name": policy.name, "digest": policy.digest},
        "rule": verdict.rule,
        "case": case.as_json(),
        "requirement": requirement(policy, case, TODAY).as_json(),
        "approvals": [{"by": person, "at": MORNING.isoformat()} for person in approved],
    }
    reminders = [{"kind": "reminder", "at": MORNING.isoformat(), "to": ["anna"]}]
    return an_execution(
        name,
        status=Status.REVIEW,
        decision="review",
        reasons=[verdict.reason],
        amount=case.amount,
        ended_at=None,
        result={"approval": approval, "waits_since": MORNING.isoformat(), "reminders": reminders},
    )


def test_without_a_file_the_policy_of_the_settings_is_shown_in_plain_words(home: Settings, cli: Cli) -> None:
    ran = cli("policy", "show")
    assert "built-in  from the settings approval_limits and sure" in ran.out
    assert "- Anyone may approve the rest." in ran.out
    made = cli("policy", "show", "--json").json
    assert (made["name"], len(made["digest"])) == ("built-in", 64)


def test_the_policy_in_force_says_where_it_comes_from(policy: Policy, cli: Cli, tmp_path: Path) -> None:
    made = cli("policy", "show", "--json").json
    assert made["source"] == str(tmp_path / "house.yaml")
    assert made["digest"] == policy.digest
    assert "carla, dirk (management) may approve any sum." in made["words"]


def test_a_policy_to_begin_with_is_written_once_and_can_be_used(empty_home: Settings, cli: Cli, tmp_path: Path) -> None:
    file = tmp_path / "new.yaml"
    assert cli("policy", "init", "--out", file).code == 0
    assert cli("policy", "check", file).code == 0
    again = cli("policy", "init", "--out", file)
    assert again.code == 1
    assert "is there already" in again.err
    assert cli("policy", "init").out == file.read_text()


def test_a_file_that_cannot_be_used_is_wrong_usage_with_all_that_is_wrong(
    empty_home: Settings, cli: Cli, tmp_path: Path
) -> None:
    file = tmp_path / "bad.yaml"
    file.write_text("aprovers: []\nown_submission: never\n")
    ran = cli("policy", "check", file)
    assert ran.code == 2
    assert "- aprovers: there is no such key here; is it approvers" in ran.err
    assert "- name: is missing; add it" in ran.err
    assert len(cli("policy", "check", file, "--json").json["problems"]) == 3
    assert cli("policy", "check", tmp_path / "absent.yaml").code == 2


def test_an_execution_is_explained_by_rule_who_may_and_who_has(policy: Policy, home: Settings, cli: Cli) -> None:
    execution = waits_under(policy, a_case("12000.00", tenant="acme"), approved=("carla",))
    fill(home.ledger, execution)
    out = cli("policy", "explain", "big.pdf").out
    assert f"accounts payable, SHA-256 {policy.digest}" in out
    assert "rule          general" in out
    assert "above the limit of 1000 EUR (rule general of policy accounts payable)" in out
    assert "approved by   carla" in out
    assert "may approve   dirk" in out
    assert "handed in by  emil" in out
    assert "1 reminder" in out
    made = cli("policy", "explain", "big.pdf", "--json").json
    assert (made["waits"]["people"], made["waits"]["approved"]) == (["dirk"], ["carla"])
    assert made["approval"]["case"]["amount"] == "12000.00"


def test_under_a_policy_that_is_in_force_no_more_an_execution_is_explained_as_it_was_recorded(
    policy: Policy, home: Settings, cli: Cli, monkeypatch: pytest.MonkeyPatch
) -> None:
    fill(home.ledger, waits_under(policy, a_case("12000.00"), approved=("carla",)))
    monkeypatch.delenv("COUNTERFOIL_APPROVAL_POLICY")
    settings.cache_clear()
    out = cli("policy", "explain", "big.pdf").out
    assert "it is in force no more" in out
    assert "may approve   dirk" in out


def test_an_execution_without_a_record_of_a_policy_says_so(home: Settings, cli: Cli) -> None:
    fill(home.ledger, an_execution("old.pdf"))
    ran = cli("policy", "explain", "old.pdf")
    assert ran.code == 1
    assert "old.pdf has no record of an approval policy" in ran.err


@pytest.mark.parametrize("word", ["show", "check", "init", "explain"])
def test_the_help_of_each_command_has_an_example(cli: Cli, word: str) -> None:
    assert f"counterfoil policy {word}" in cli("policy", word, "--help").out


def test_the_list_of_what_waits_says_for_whom_and_since_when(policy: Policy, home: Settings, cli: Cli) -> None:
    fill(
        home.ledger,
        waits_under(policy, a_case("12000.00", submitters=["carla"])),
        waits_under(policy, a_case("2000"), "small.pdf"),
    )
    out = cli("review", "list").out
    assert "anna, ben, carla or dirk" in out
    assert "waits since" in out
    assert "1 reminder, the last" in out
    listed = {e["name"]: e["waits"] for e in cli("review", "list", "--json").json["executions"]}
    assert (listed["big.pdf"]["people"], listed["big.pdf"]["needed"]) == (["dirk"], 2)


@pytest.mark.parametrize(
    ("person", "names"),
    [("Anna", {"small.pdf"}), ("dirk", {"small.pdf", "big.pdf"}), ("emil", set()), ("carla", {"small.pdf"})],
)
def test_the_list_of_what_waits_can_be_that_of_one_person(
    policy: Policy, home: Settings, cli: Cli, person: str, names: set[str]
) -> None:
    big = waits_under(policy, a_case("12000.00"), approved=("carla",))
    fill(home.ledger, big, waits_under(policy, a_case("2000"), "small.pdf"))
    ran = cli("review", "list", "--for", person, "--json")
    assert {e["name"] for e in ran.json["executions"]} == names
    if not names:
        assert f"nothing waits for {person}" in cli("review", "list", "--for", person).out

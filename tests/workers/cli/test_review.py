"""A person's answers reach the workflow, and what it says to them reaches the person."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from infra.settings import Settings
from tests.workers.cli.conftest import Ran

Cli = Callable[..., Ran]


@pytest.fixture
def waiting(stack: Settings, cli: Cli, tmp_path: Path, request: pytest.FixtureRequest) -> str:
    """The id of an execution that waits."""
    file = tmp_path / "review-me.pdf"
    file.write_bytes(f"%PDF- {request.node.name}".encode())
    ran = cli("submit", file, "--wait", "--json")
    assert ran.code == 0
    return str(ran.json["documents"][0]["execution_id"])


def test_what_waits_is_listed_with_its_reasons(waiting: str, cli: Cli) -> None:
    ran = cli("review", "list")
    assert waiting in ran.out
    assert "as its name says" in ran.out
    assert [e["id"] for e in cli("review", "list", "--json").json["executions"]] == [waiting]


def test_approving_says_the_new_status_and_by_whom(waiting: str, cli: Cli) -> None:
    ran = cli("review", "approve", "review-me.pdf", "--reviewer", "Ada", "--reason", "ordered")
    assert ran.code == 0, ran.err
    assert "approved by Ada" in ran.out
    again = cli("review", "approve", waiting)
    assert again.code == 1
    assert "does not wait for a review: it is approved" in again.err


def test_rejecting_needs_a_reason(waiting: str, cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    assert cli("review", "reject", waiting).code == 2
    monkeypatch.setenv("COUNTERFOIL_REVIEWER", "Grace")
    ran = cli("review", "reject", waiting, "--reason", "not ours", "--json")
    assert ran.code == 0
    assert ran.json["execution"]["status"] == "rejected"
    assert ran.json["execution"]["reviews"][0]["reviewer"] == "Grace"


def test_a_correction_is_taken_and_one_that_is_wrong_is_refused_in_plain_words(waiting: str, cli: Cli) -> None:
    wrong = cli("review", "correct", waiting, "nonsense=1")
    assert wrong.code == 1
    assert wrong.err.strip() == "the answer was not taken: 'nonsense' is no field of an invoice"
    ran = cli("review", "correct", waiting, "seller.name=A=B", "payment.iban=", "--json")
    assert ran.code == 0
    assert ran.json["execution"]["status"] == "review"
    assert ran.json["execution"]["reviews"][0]["corrections"] == {"seller.name": "A=B", "payment.iban": None}


@pytest.mark.parametrize("words", [["no-equals"], ["=value"], ["a=1", "a=2"]])
def test_words_that_are_no_corrections_are_wrong_usage(home: Settings, cli: Cli, words: list[str]) -> None:
    assert cli("review", "correct", "some-id", *words).code == 2

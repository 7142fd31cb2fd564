"""A person's answers reach the workflow, and what it says to them reaches the person."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from agents.controls.approval import requirement
from infra.records import Execution, Review
from infra.settings import Settings
from tests.agents.controls.approval.policies import TODAY, a_case, a_policy
from tests.workers.cli.conftest import Ran
from tests.workers.cli.examples import MORNING, an_execution, fill
from workers.office import Office, reviews
from workflows.messages import ReviewAnswer

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


def test_what_still_waits_after_a_correction_is_offered_every_answer(waiting: str, cli: Cli) -> None:
    ran = cli("review", "correct", waiting, "totals.grand_total=1.499,97", "payment.iban=")
    assert "totals.grand_total = 1499.97\npayment.iban removed\n" in ran.out
    for offered in (f"approve {waiting}", f"reject {waiting} --reason", f"correct {waiting} FIELD=VALUE"):
        assert f"counterfoil review {offered}" in ran.out
    assert f"counterfoil show {waiting}" in ran.out


@pytest.mark.parametrize("words", [["no-equals"], ["=value"], ["a=1", "a=2"]])
def test_words_that_are_no_corrections_are_wrong_usage(home: Settings, cli: Cli, words: list[str]) -> None:
    assert cli("review", "correct", "some-id", *words).code == 2


def test_an_approval_that_needs_a_second_one_says_so_and_who_may_give_it(
    home: Settings, cli: Cli, monkeypatch: pytest.MonkeyPatch
) -> None:
    case, policy = a_case("12000.00"), a_policy()
    approval = {
        "policy": {"name": policy.name, "digest": policy.digest},
        "case": case.as_json(),
        "requirement": requirement(policy, case, TODAY).as_json(),
        "approvals": [],
    }
    before = an_execution(
        "big.pdf", status="review", decision="review", ended_at=None, reviews=[], result={"approval": approval}
    )
    fill(home.ledger, before)

    async def send(office: Office, execution: Execution, answer: ReviewAnswer) -> None:
        """As the workflow takes a first approval."""
        given = {"by": answer.reviewer, "at": MORNING.isoformat()}
        said = Review(action="approve", reviewer=answer.reviewer, at=MORNING)
        result = {"approval": {**approval, "approvals": [given]}}
        await office.ledger.record(execution.model_copy(update={"reviews": [said], "result": result}))

    monkeypatch.setattr(reviews, "_send", send)
    ran = cli("review", "approve", "big.pdf", "--reviewer", "carla")
    assert ran.code == 0, ran.err
    assert ran.out.strip() == "big.pdf approved by carla; waits for a second person: dirk may approve"
    assert cli("review", "list", "--for", "carla", "--json").json["executions"] == []
    assert len(cli("review", "list", "--for", "dirk", "--json").json["executions"]) == 1

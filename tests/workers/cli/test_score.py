"""Documents with known truth go through the stack as anyone's would, and what came of it is told, written and guarded."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from infra.ledger import Ledger
from infra.records import Submission
from infra.settings import Settings
from tests.workers.cli.conftest import Ran
from tests.workers.score.truths import a_truth, write_corpus
from workers.cli import score
from workers.office import following
from workers.score import running

Cli = Callable[..., Ran]
Folders = tuple[Path, Path]


def scripted_truth(**values: Any) -> dict[str, Any]:
    """What `tests.workers.cli.scripted` reads of every document."""
    read: dict[str, Any] = {
        "type_code": None,
        "issue_date": None,
        "seller": {"name": "Muster GmbH"},
        "payment": {},
        "totals": {"grand_total": 119, "tax_total": 19},
        "tax_breakdown": [],
        "lines": [{"name": "Papier", "net_amount": 100.1}],
    }
    return a_truth(**{**read, **values})


@pytest.fixture
def folders(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Folders:
    """Five documents: two approved, one of them after a while, two that wait for a person, one that fails."""
    monkeypatch.setattr(following, "POLL_SECONDS", 0.1)
    ids = ("a", "slow-b", "review-c", "review-d", "fail-e")
    return write_corpus(tmp_path, {id: scripted_truth() for id in ids})


def submissions(made: Settings) -> list[Submission]:
    async def read() -> list[Submission]:
        async with Ledger(made.ledger) as ledger:
            return await ledger.submissions()

    return asyncio.run(read())


def test_every_document_is_run_scored_and_told(stack: Settings, cli: Cli, folders: Folders, tmp_path: Path) -> None:
    (tmp_path / "manifest.json").write_text(json.dumps([{"id": "a", "layout": "issuer"}]))
    ran = cli("score", *folders, "--json", tmp_path / "report.json", "--out", tmp_path / "read", "--tenant", "mine")
    assert ran.code == 0, ran.err
    assert "2 approved, 2 wait for review, 1 failed; approved without a person: 2 of 5 (40.0 %)" in ran.out
    assert "calibration: none of 28 values carries a confidence" in ran.out
    assert "5/5" in ran.err
    assert "fail-e  failed, 0 of 7 right, 0 model calls" in ran.err
    report = json.loads((tmp_path / "report.json").read_bytes())
    assert report["overall"]["micro"] == pytest.approx(0.8)
    assert report["groups"]["issuer"]["micro"] == 1.0
    assert report["decisions"]["by_status"] == {"approved": 2, "failed": 1, "review": 2}
    assert report["run"]["options"]["max_repairs"] == stack.max_repairs
    assert report["guard"] == {"passed": True, "failures": []}
    assert {s.tenant for s in submissions(stack)} == {"mine"}
    assert json.loads((tmp_path / "read" / "review-c.json").read_bytes())["seller"]["name"] == "Muster GmbH"
    assert json.loads((tmp_path / "read" / "fail-e.json").read_bytes()) == {}


def test_each_run_is_a_tenant_of_its_own_unless_one_is_named(stack: Settings, cli: Cli, folders: Folders) -> None:
    for _ in range(2):
        assert cli("score", *folders, "--only", "a").code == 0
    first, second = submissions(stack)
    assert first.tenant != second.tenant
    assert first.tenant.startswith("score-")
    ran = cli("score", *folders, "--tenant", first.tenant, "--limit", 1)
    assert ran.code == 0, ran.err
    assert "1/1  a  approved, 7 of 7 right" in ran.err
    assert len({s.execution_id for s in submissions(stack)}) == 2


def test_no_more_documents_are_handed_in_than_asked_for(
    stack: Settings, cli: Cli, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(following, "POLL_SECONDS", 0.1)
    folders = write_corpus(tmp_path, {f"slow-{n}": scripted_truth() for n in range(4)})
    assert cli("score", *folders, "--at-once", 2).code == 0
    handed_in = sorted(s.submitted_at for s in submissions(stack))
    assert (handed_in[2] - handed_in[0]).total_seconds() > 0.9


def test_an_approved_wrong_key_field_ends_in_failure_and_is_named(stack: Settings, cli: Cli, tmp_path: Path) -> None:
    truth = scripted_truth(invoice_number="R-18")
    folders = write_corpus(tmp_path, {"a": truth, "review-b": truth})
    ran = cli("score", *folders, "--json", tmp_path / "report.json")
    assert ran.code == 1
    assert "✗ a was approved with a wrong invoice_number: it is 'R-18', read as 'R-17'" in ran.out
    (wrong,) = json.loads((tmp_path / "report.json").read_bytes())["never"]["approved_wrong"]
    assert (wrong["id"], wrong["field"], wrong["decided_by"]) == ("a", "invoice_number", "policy")


def test_a_run_worse_than_its_baseline_ends_in_failure(
    stack: Settings, cli: Cli, folders: Folders, tmp_path: Path
) -> None:
    baseline = tmp_path / "baseline.json"
    baseline.write_text('{"minimum": {"micro": 0.8, "line_f1": 0.9}}')
    ran = cli("score", *folders, "--baseline", baseline)
    assert ran.code == 1
    assert "✗ all: line_f1 is 0.8889, below 0.9000" in ran.out
    assert "micro" not in ran.out.split("✗")[1]
    baseline.write_text('{"minimum": {"micro": 0.8}}')
    assert cli("score", *folders, "--baseline", baseline).code == 0


def test_the_figures_of_one_run_are_a_baseline_for_the_next(
    stack: Settings, cli: Cli, folders: Folders, tmp_path: Path
) -> None:
    cli("score", *folders, "--json", tmp_path / "report.json")
    made = json.loads((tmp_path / "report.json").read_bytes())["as_baseline"]
    (tmp_path / "baseline.json").write_text(json.dumps(made))
    ran = cli("score", *folders, "--baseline", tmp_path / "baseline.json")
    assert ran.code == 0, ran.out
    assert "nothing is worse than the baseline" in ran.out
    assert cli("score", *folders, "--baseline", tmp_path / "baseline.json", "--limit", 2).code == 1


def test_a_document_that_does_not_end_is_told_and_fails_the_run(
    stack: Settings, cli: Cli, folders: Folders, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(running.Run.__init__, "__defaults__", ("invoice", 4, 0.3))
    ran = cli("score", *folders, "--only", "slow-b")
    assert ran.code == 1
    assert "✗ slow-b has no outcome: it has not ended in the time given" in ran.out


def test_without_a_worker_the_run_ends_and_says_where_to_look(
    stack: Settings, cli: Cli, folders: Folders, monkeypatch: pytest.MonkeyPatch
) -> None:
    from infra.settings import settings

    monkeypatch.setenv("COUNTERFOIL_TASK_QUEUE", "nobody-listens")
    settings.cache_clear()
    monkeypatch.setattr(running, "NOBODY_WORKS_SECONDS", 0.3)
    ran = cli("score", *folders, "--only", "a")
    assert ran.code == 1
    assert "nobody takes it up: `counterfoil doctor`" in ran.err


def test_without_temporal_the_command_says_how_to_start_it(home: Settings, cli: Cli, folders: Folders) -> None:
    ran = cli("score", *folders)
    assert ran.code == 1
    assert "counterfoil up" in ran.err
    assert submissions(home) == []


@pytest.mark.parametrize(
    "words",
    [["--only", "nobody"], ["--baseline", "none.json"], ["--plot", "a.doc"], ["--groups", "none.json"],
     ["--tenant", "No Spaces"], ["--json", "nowhere/report.json"]],
)  # fmt: skip
def test_what_cannot_be_run_as_a_whole_is_wrong_usage(
    home: Settings, cli: Cli, folders: Folders, words: list[str]
) -> None:
    ran = cli("score", *folders, *words)
    assert ran.code == 2
    assert len(ran.err.strip().splitlines()) == 1
    assert ran.out == ""


def test_an_interrupt_says_how_to_go_on(
    stack: Settings, cli: Cli, folders: Folders, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupted(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(running, "read_all", interrupted)
    ran = cli("score", *folders, "--tenant", "mine")
    assert ran.code == 130
    assert "--tenant mine" in ran.err


def test_the_help_has_examples(cli: Cli) -> None:
    ran = cli("score", "--help")
    assert ran.code == 0
    assert "counterfoil score" in ran.out
    assert score.EPILOG.startswith("Examples:")

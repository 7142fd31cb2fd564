"""The demo runs its nine files and tells what became of them."""

from __future__ import annotations

from collections.abc import Callable

from infra.settings import Settings
from tests.workers.cli.conftest import Ran

Cli = Callable[..., Ran]


def test_each_run_has_documents_of_its_own_and_ends_in_a_table(stack: Settings, cli: Cli) -> None:
    first = cli("demo")
    assert first.code == 0, first.err
    assert "the same document as Rechnung_RE-2026-0417.pdf: no calls of its own" in first.out
    assert "9 files, 8 executions, 0 model calls" in first.out
    assert stack.temporal_ui in first.out
    assert stack.phoenix in first.out
    assert "counterfoil review list --batch demo-1" in first.out
    second = cli("demo", "--json").json
    assert second["batch"] == "demo-2"
    assert len(second["documents"]) == 9
    assert len({d["execution_id"] for d in second["documents"]}) == 8
    assert {d["execution"]["batch"] for d in second["documents"]} == {"demo-2"}
    assert len(list((stack.home / "demo" / "run-2").iterdir())) == 9


def test_without_temporal_no_number_is_taken(home: Settings, cli: Cli) -> None:
    ran = cli("demo")
    assert ran.code == 1
    assert "counterfoil up" in ran.err
    assert not (home.home / "demo").exists()

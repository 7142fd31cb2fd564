"""Batches are watched from the ledger alone, and paused, resumed, cancelled and begun again where Temporal and a worker run."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path

import pytest

from infra.ledger import Ledger
from infra.records import Refusal, Status, TokenUsage
from infra.settings import Settings, settings
from tests.workers.cli.conftest import Ran
from tests.workers.cli.examples import MORNING, a_submission, an_execution, fill
from workers.cli import _outcomes
from workers.office import batches, following

Cli = Callable[..., Ran]


@pytest.fixture
def file(tmp_path: Path, request: pytest.FixtureRequest) -> Callable[[str], Path]:
    """Makes a document no other test has handed in."""

    def make(name: str) -> Path:
        path = tmp_path / name
        path.write_bytes(f"%PDF- {name} {request.node.name}".encode())
        return path

    return make


def refuse(made: Settings, *names: str, name_of_batch: str = "march") -> None:
    async def write() -> None:
        async with Ledger(made.ledger) as ledger:
            refusals = [
                Refusal(tenant="acme", batch=name_of_batch, name=n, reason="it is empty", at=MORNING) for n in names
            ]
            await ledger.refuse(refusals)

    asyncio.run(write())


def test_show_tells_from_the_ledger_alone_where_everything_is(home: Settings, cli: Cli) -> None:
    fill(
        home.ledger,
        an_execution("a.pdf", model_calls=2, usage=TokenUsage(prompt=900, output=80), cost="0.5", cost_currency="USD"),
        an_execution("b.pdf", status=Status.REVIEW),
        an_execution("c.pdf", status=Status.FAILED, decision=None, error="the model is away"),
        a_submission(an_execution("d.pdf"), begun_at=None),
        a_submission(an_execution("e.pdf"), begun_at=None, withheld="cancelled"),
    )
    refuse(home, "empty.pdf")
    ran = cli("batch", "show", "march")
    assert ran.code == 0
    for said in (
        "batch march of tenant acme: whether it runs is not known: no Temporal server answers",
        "4 of 6 documents settled: 1 approved, 1 waits for review, 1 failed, 1 refused",
        "1 to begin, 1 withheld",
        "1 approve by policy",
        "2 model calls, 980 tokens, 0.500000 USD",
        "failed: c.pdf: the model is away",
        f"{home.temporal_ui}/namespaces/default/workflows/batch%3Aacme%3Amarch",
        "next: counterfoil review list --batch march --tenant acme",
        "next: counterfoil retry --batch march --tenant acme",
    ):
        assert said in ran.out
    assert "not taken: empty.pdf: it is empty" in ran.err
    told = cli("batch", "show", "march", "--json").json
    assert (told["documents"], told["settled"], told["state"]) == (6, 4, "unknown")
    assert [one["name"] for one in told["refusals"]] == ["empty.pdf"]
    assert [one["name"] for one in told["failures"]] == ["c.pdf"]


def test_of_many_that_failed_or_were_refused_the_first_are_named(
    home: Settings, cli: Cli, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(_outcomes, "TOLD", 2)
    fill(home.ledger, *(an_execution(f"{n}.pdf", status=Status.FAILED, error="lost") for n in range(4)))
    refuse(home, "x.pdf", "y.pdf", "z.pdf")
    ran = cli("batch", "show", "march")
    assert ran.out.count("failed: ") == 2
    assert "2 more failed documents: counterfoil status --status failed --batch march" in ran.out
    assert ran.err.count("not taken: ") == 3
    assert "1 more file not taken: --json has all" in ran.err
    told = cli("batch", "show", "march", "--json").json
    assert (len(told["refusals"]), len(told["failures"])) == (3, 4)


def test_list_has_the_newest_batch_first_with_its_counts(home: Settings, cli: Cli) -> None:
    assert "hand documents in with `counterfoil submit`" in cli("batch", "list").out
    fill(home.ledger, an_execution("a.pdf"), an_execution("b.pdf", batch="april", status=Status.SPLIT))
    out = cli("batch", "list").out
    assert "1 approved" in out
    assert "1 split" in out
    told = cli("batch", "list", "--json").json
    assert {one["batch"] for one in told["batches"]} == {"march", "april"}


def test_a_batch_nobody_knows_is_told_with_the_nearest_names(home: Settings, cli: Cli) -> None:
    fill(home.ledger, an_execution("a.pdf"), an_execution("b.pdf", batch="march-2"))
    for words in (["show"], ["pause"], ["cancel", "--yes"]):
        ran = cli("batch", words[0], "marhc", *words[1:])
        assert (ran.code, ran.out) == (1, "")
        assert "there is no batch 'marhc'. Is it march or march-2? `counterfoil batch list` lists them" in ran.err


def test_a_name_that_two_tenants_use_asks_for_the_tenant(home: Settings, cli: Cli) -> None:
    fill(home.ledger, an_execution("a.pdf"), an_execution("b.pdf", tenant="other"))
    ran = cli("batch", "show", "march")
    assert ran.code == 2
    assert "acme, other. Say which with --tenant" in ran.err
    assert "batch march of tenant other" in cli("batch", "show", "march", "--tenant", "other").out


def test_a_batch_of_which_every_file_was_refused_is_known(home: Settings, cli: Cli) -> None:
    refuse(home, "x.pdf", name_of_batch="broken")
    assert "1 of 1 document settled: 1 refused" in cli("batch", "show", "broken", "--tenant", "acme").out


def test_a_paused_batch_begins_nothing_until_it_is_resumed(
    stack: Settings, cli: Cli, file: Callable[[str], Path]
) -> None:
    of = ("--batch", "pausing", "--tenant", "acme")
    assert cli("submit", file("slow-first.pdf"), *of).code == 0
    paused = cli("batch", "pause", "pausing", "--note", "Ada: the ERP is away")
    assert paused.code == 0, paused.err
    assert "batch pausing of tenant acme: paused" in paused.out
    assert "next: counterfoil batch resume pausing" in paused.out
    cli("batch", "show", "pausing", "--follow")  # what runs goes on to its end
    assert cli("submit", file("second.pdf"), *of).code == 0
    shown = cli("batch", "show", "pausing")
    assert "paused: Ada: the ERP is away" in shown.out
    assert "1 to begin" in shown.out
    assert "1 to begin: second.pdf" in cli("status", "--batch", "pausing").out
    assert cli("batch", "resume", "pausing", "--json").json["done"] == "resumed"
    followed = cli("batch", "show", "pausing", "--follow")
    assert followed.code == 0, followed.err
    assert "2 of 2 documents settled: 2 approved" in followed.out


def test_what_a_cancelled_batch_held_back_is_begun_by_retry(
    stack: Settings, cli: Cli, file: Callable[[str], Path]
) -> None:
    of = ("--batch", "cancelling", "--tenant", "acme")
    cli("submit", file("slow-first.pdf"), *of)
    cli("batch", "pause", "cancelling")
    cli("batch", "show", "cancelling", "--follow")
    cli("submit", file("second.pdf"), file("third.pdf"), *of)
    asked = cli("batch", "cancel", "cancelling")  # there is nobody to answer
    assert asked.code == 1
    assert cli("batch", "show", "cancelling", "--json").json["state"] == "paused"
    cancelled = cli("batch", "cancel", "cancelling", "--yes", "--note", "handed in twice", "--json")
    assert cancelled.code == 0, cancelled.err
    cli("batch", "show", "cancelling", "--follow")
    asyncio.run(_ended(cli, "cancelling"))
    status = cli("status", "--batch", "cancelling").out
    assert "2 withheld: second.pdf, third.pdf" in status
    again = cli("retry", "--batch", "cancelling", "--withheld", "--wait", "--json")
    assert again.code == 0, again.out + again.err
    [begun] = again.json["batches"]
    assert (len(begun["withheld"]), begun["failed"], begun["to_begin"]) == (2, [], [])
    assert {one["status"] for one in again.json["settled"]} == {"approved"}


async def _ended(cli: Cli, name: str) -> None:
    for _ in range(100):
        if (await asyncio.to_thread(cli, "batch", "show", name, "--json")).json["state"] == "ended":
            return
        await asyncio.sleep(0.1)
    raise AssertionError(f"{name} does not end")


def test_a_batch_that_has_ended_cannot_be_paused(stack: Settings, cli: Cli, file: Callable[[str], Path]) -> None:
    cli("submit", file("a.pdf"), "--batch", "ended", "--tenant", "acme", "--wait")
    asyncio.run(_ended(cli, "ended"))
    ran = cli("batch", "pause", "ended")
    assert (ran.code, ran.out) == (1, "")
    assert "batch ended has ended, there is nothing to pause" in ran.err
    assert "batch ended of tenant acme: ended" in cli("batch", "show", "ended").out


def test_without_a_worker_an_order_is_not_waited_for_without_end(
    stack: Settings, cli: Cli, file: Callable[[str], Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(batches, "ANSWER_SECONDS", 0.3)
    monkeypatch.setattr(batches, "QUERY_SECONDS", 0.3)
    monkeypatch.setenv("COUNTERFOIL_TASK_QUEUE", "nobody-works-here")
    settings.cache_clear()
    cli("submit", file("a.pdf"), "--batch", "orphaned", "--tenant", "acme")
    ran = cli("batch", "pause", "orphaned")
    assert ran.code == 1
    assert "no worker took the order to pause batch orphaned" in ran.err
    assert "counterfoil doctor" in ran.err
    assert "runs: no worker answers" in cli("batch", "show", "orphaned").out


def test_what_failed_is_begun_again_as_a_new_run_of_the_same_execution(
    stack: Settings, cli: Cli, file: Callable[[str], Path]
) -> None:
    words = ("--batch", "failing", "--tenant", "acme", "--wait", "--json")
    documents = cli("submit", file("fail.pdf"), file("fine.pdf"), *words).json["documents"]
    [first] = [d["execution"] for d in documents if d["file"] == "fail.pdf"]
    told = cli("retry", "fine.pdf")
    assert told.code == 0
    assert "fine.pdf is approved: it did not fail" in told.out
    assert "nothing to begin again" in told.out
    for again in (("fail.pdf",), ("--batch", "failing", "--failed")):
        ran = cli("retry", *again, "--wait", "--json")
        assert ran.code == 1  # it fails again
        [settled] = ran.json["settled"]
        assert settled["status"] == "failed"
        assert settled["execution"]["id"] == first["id"]
        assert settled["execution"]["run_id"] != first["run_id"]
        first = settled["execution"]


def test_retry_begins_what_was_noted_while_temporal_was_away(stack: Settings, cli: Cli) -> None:
    fill(stack.ledger, a_submission(an_execution("away.pdf", batch="away"), begun_at=None))
    assert "next: counterfoil retry --batch away" in cli("batch", "show", "away").out
    refused = cli("batch", "pause", "away")
    assert "1 document of it are still to begin" in refused.err
    ran = cli("retry", "--batch", "away", "--wait")
    assert ran.code == 0, ran.out + ran.err
    assert "1 document begun again (1 not begun before)" in ran.out
    assert "approved" in ran.out


def test_nothing_to_begin_again_is_said_and_no_error(home: Settings, cli: Cli) -> None:
    fill(home.ledger, an_execution("a.pdf"))
    ran = cli("retry", "--batch", "march")
    assert (ran.code, ran.out.strip()) == (0, "nothing to begin again in batch march")
    assert cli("retry").code == 2
    assert cli("retry", "a.pdf", "--batch", "march").code == 2


def test_of_many_documents_counts_are_told_and_not_each(
    stack: Settings, cli: Cli, file: Callable[[str], Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(following, "LISTED", 1)
    monkeypatch.setattr(_outcomes, "TOLD", 1)
    files = [file("a.pdf"), file("b-fail.pdf")]
    for name in ("empty-1.pdf", "empty-2.pdf"):
        file(name).write_bytes(b"")
        files.append(files[0].parent / name)
    of = ("--batch", "many", "--tenant", "acme")
    ran = cli("submit", *files, *of)
    assert ran.code == 1
    assert "counterfoil batch show many --tenant acme --follow" in ran.out
    assert "a.pdf" not in ran.out
    assert ran.err.count("not taken: ") == 2
    assert "4 of 4 files handed in" in ran.err
    waited = cli("submit", *files, *of, "--wait")
    assert waited.code == 1
    assert "4 of 4 documents settled: 1 approved, 1 failed, 2 refused" in waited.out
    assert "failed: b-fail.pdf: the model is away" in waited.out
    told = cli("submit", files[0], files[0].parent / "empty-1.pdf", *of, "--wait", "--json").json
    assert [(d["outcome"], d["execution"] and d["execution"]["status"]) for d in told["documents"]] == [
        ("already processed", "approved"),
        ("refused", None),
    ]

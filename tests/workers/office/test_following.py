"""Documents are handed in once however often they are, and followed to their end."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from pathlib import Path

import pytest

from infra.ledger import Ledger
from infra.records import CallStatus, Status
from infra.settings import Settings
from infra.temporal.connect import connect
from tests.workers.cli.examples import MORNING, a_call, an_execution
from workers.intake import HandedIn
from workers.office import Office, following, opened, submission
from workers.office.following import Followed, follow, follow_documents
from workers.office.submission import Submitted, Terms


async def test_many_are_followed_by_the_counts_of_their_batch_in_the_same_stands(
    stack: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(following, "LISTED", 1)
    files = [HandedIn(name, f"%PDF- by counts {name}".encode()) for name in ("one.pdf", "two-fail.pdf")]
    async with opened(stack) as office:
        submitted = await submission.submit(office, files, Terms("acme", "counts"))
        stands = [stand async for stand in follow(office, submitted)]
        outcome = await following.outcome(office, stands[-1])
    assert [stand.settled for stand in stands] == [False] * (len(stands) - 1) + [True]
    assert not any(stand.documents for stand in stands)
    (report,) = outcome.reports
    assert report.progress.counts == {Status.APPROVED: 1, Status.FAILED: 1}
    assert outcome.failed


def test_the_open_step_of_a_running_execution_is_named_with_its_try() -> None:
    made = an_execution(status=Status.RUNNING)
    done = a_call(made, "extract header", started_at=MORNING + timedelta(seconds=5))
    lost = a_call(made, "extract lines", status=CallStatus.LOST)
    again = a_call(made, "extract lines", status=CallStatus.STARTED, attempt=2)
    row = Followed(Submitted("a.pdf", "queued"), made, [lost, done, again])
    assert row.status == "running, extract lines, try 2"
    assert row.tally.lost == 1


async def test_the_same_folder_handed_in_twice_at_once_gives_one_execution_a_document(
    stack: Settings, tmp_path: Path
) -> None:
    files = [HandedIn(f"slow-{n}.pdf", f"%PDF- at once {n}".encode()) for n in range(20)]
    client = await connect(stack)

    async def hand_in(batch: str) -> list[Submitted]:
        async with Ledger(stack.ledger) as ledger:
            return await submission.submit(Office(stack, ledger), files, Terms("acme", batch))

    one, other = await asyncio.gather(hand_in("one"), hand_in("other"))
    outcomes = [(a.outcome, b.outcome) for a, b in zip(one, other, strict=True)]
    assert {outcome for pair in outcomes for outcome in pair} <= {"queued", "running"}
    assert [a.execution_id for a in one] == [b.execution_id for b in other]
    async with Ledger(stack.ledger) as ledger:
        stands = [stand async for stand in follow_documents(Office(stack, ledger), one)]
        rows = stands[-1].documents
    runs = [workflow async for workflow in client.list_workflows("WorkflowType = 'InvoiceWorkflow'")]
    assert [(row.status, [r.id for r in runs].count(row.submitted.execution_id or "")) for row in rows] == [
        ("approved", 1)
    ] * 20
    found = await client.get_workflow_handle(one[0].execution_id or "").describe()
    attributes = {pair.key.name: pair.value for pair in found.typed_search_attributes}
    assert attributes["Tenant"] == "acme"
    assert attributes["Document"] == "slow-0.pdf"
    assert attributes["DocumentStatus"] == Status.RUNNING

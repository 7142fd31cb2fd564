"""What is posted is approved, and what is approved is posted, whatever is cancelled, terminated or killed when."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Iterator
from contextlib import closing, suppress
from datetime import UTC, datetime
from functools import partial

import pytest
from temporalio.client import Client, WorkflowFailureError
from temporalio.service import RPCError

from infra.connections import Connections
from infra.ledger import Ledger
from infra.records import Status
from tests.scripted.invoices import invoice_pdf
from tests.stack import Stack, eventually
from workers.worker import feeding
from workers.worker.feeding import Feeding
from workflows.messages import ReviewAnswer


@pytest.fixture(scope="module")
def _stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    with Stack(tmp_path_factory.mktemp("home"), environment={"COUNTERFOIL_ASK": "open"}) as stack:
        yield stack


async def agree(stack: Stack, ids: list[str]) -> dict[Status, int]:
    """How many stand how; each is approved if, and only if, it was posted."""
    async with Ledger(stack.settings().ledger) as ledger:
        known = await ledger.statuses(ids)
        posted = await ledger.have_posted(ids)
    assert {id for id, status in known.items() if status is Status.APPROVED} == posted
    return {status: list(known.values()).count(status) for status in set(known.values())}


async def until_ended(stack: Stack, ids: list[str]) -> None:
    async with Ledger(stack.settings().ledger) as ledger:

        async def all_ended() -> bool:
            known = await ledger.statuses(ids)
            return len(known) == len(ids) and all(status.ended for status in known.values())

        await eventually(all_ended, 90)


async def _begun(client: Client, id: str) -> bool:
    """Whether Temporal knows of it; the ledger may hear of one only when it has ended."""
    try:
        await client.get_workflow_handle(id).describe()
    except RPCError:
        return False
    return True


async def test_cancelled_at_whatever_moment_the_posting_and_the_state_agree(stack: Stack) -> None:
    for n in range(2):  # the second does not wait for what a worker loads once
        (first,) = await stack.submit({f"first{n}.pdf": invoice_pdf(f"CANCEL-{100 + n}")}, batch="cancelled")
        taken = await stack.until(first, Status.APPROVED)
    assert taken.ended_at
    seconds = (taken.ended_at - taken.started_at).total_seconds()
    client, ids = await stack.client(), []
    for n in range(12):  # one after another, each a little further on its way
        [id] = await stack.submit({f"c{n}.pdf": invoice_pdf(f"CANCEL-{n}")}, batch="cancelled")
        ids.append(id)

        await eventually(partial(_begun, client, id), 30)
        await asyncio.sleep(seconds * n / 8)
        with suppress(RPCError):  # it may have ended
            await client.get_workflow_handle(id).cancel()
    await until_ended(stack, ids)
    stand = await agree(stack, ids)
    assert stand.keys() == {Status.APPROVED, Status.FAILED}, "some before they were posted, and some after"
    for id in ids:  # what Temporal says of it is no other
        async with Ledger(stack.settings().ledger) as ledger:
            execution = await ledger.execution(id)
        assert execution
        try:
            await client.get_workflow_handle(id).result()
            assert execution.status is Status.APPROVED
        except WorkflowFailureError:
            assert execution.status is Status.FAILED


@pytest.mark.parametrize("how", ["cancel", "terminate"])
async def test_ended_while_the_posting_waits_for_the_ledger_they_agree(
    stack: Stack, how: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    (id,) = await stack.submit({f"{how}.pdf": invoice_pdf(f"WAIT-{how}-1", gross="131.00")}, batch=how)
    await stack.until(id, Status.REVIEW)
    client = await stack.client()
    handle = client.get_workflow_handle(id)
    approves = ReviewAnswer(action="approve", reviewer="ada", reason="confirmed")
    with closing(sqlite3.connect(stack.home / "ledger.db", isolation_level=None, timeout=30)) as locked:
        locked.execute("BEGIN IMMEDIATE")  # whatever would be written now waits
        answering = asyncio.create_task(handle.execute_update("review", approves))
        await asyncio.sleep(2)
        await (handle.cancel() if how == "cancel" else handle.terminate())
        await asyncio.sleep(0.5)
        locked.execute("ROLLBACK")
    await asyncio.gather(answering, return_exceptions=True)
    if how == "terminate":
        await asyncio.sleep(2)  # what was under way in the worker writes when it can
        monkeypatch.setattr(feeding, "SILENT_SECONDS", 0.0)
        made = Connections.of(stack.settings())
        await made.ledger.settle_posted(before=datetime.now(UTC))
        await Feeding(client, made)._find_the_silent({id})
        await made.close()
    else:
        await until_ended(stack, [id])
    await agree(stack, [id])


async def test_terminated_at_whatever_moment_they_agree_once_it_is_looked_at(
    stack: Stack, monkeypatch: pytest.MonkeyPatch
) -> None:
    client, ids = await stack.client(), []
    for n in range(8):
        [id] = await stack.submit({f"t{n}.pdf": invoice_pdf(f"TERM-{n}")}, batch="terminated")
        ids.append(id)

        await eventually(partial(_begun, client, id), 30)
        await asyncio.sleep(0.08 * n)
        with suppress(RPCError):  # it may have ended
            await client.get_workflow_handle(id).terminate()
    await asyncio.sleep(2)
    monkeypatch.setattr(feeding, "SILENT_SECONDS", 0.0)
    made = Connections.of(stack.settings())
    await made.ledger.settle_posted(before=datetime.now(UTC))
    await Feeding(client, made)._find_the_silent(set(await made.ledger.in_flight(tenant="tests", batch="terminated")))
    await made.close()
    await until_ended(stack, ids)
    await agree(stack, ids)

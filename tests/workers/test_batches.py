"""Batches: each document once, whatever else happens to the batch."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from temporalio import activity
from temporalio.client import Client, WorkflowHandle
from temporalio.common import SearchAttributePair, TypedSearchAttributes
from temporalio.worker import UnsandboxedWorkflowRunner, Worker

from infra.connections import Connections
from infra.ids import batch_id, former_batch_id
from infra.ledger import Ledger
from infra.records import BatchProgress, Status
from infra.temporal import search_attributes as sa
from tests.scripted.endpoint import Script
from tests.scripted.invoices import invoice_pdf
from tests.stack import CALLS, Stack, eventually
from workers.office import Office
from workers.office.batches import order as order_batch
from workers.office.batches import standing
from workers.office.submission import begin_batch
from workers.worker import feeding
from workers.worker.feeding import Feeding
from workflows import batch as batches
from workflows.batch import FEED, BatchOrder, BatchWorkflow

WINDOW = 4


@pytest.fixture(scope="module")
def _stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    settings = {
        "COUNTERFOIL_BATCH_WINDOW": str(WINDOW),
        "COUNTERFOIL_ASK": "open",
        "COUNTERFOIL_DRAIN_SECONDS": "0.5",  # one test leaves a call that never ends
    }
    with Stack(tmp_path_factory.mktemp("home"), environment=settings) as stack:
        yield stack


@pytest.fixture
def stack(_stack: Stack) -> Stack:
    _stack.endpoint.script = Script()
    return _stack


def invoices(name: str, count: int) -> dict[str, bytes]:
    return {f"{name}-{n}.pdf": invoice_pdf(f"{name}-{n}") for n in range(count)}


async def progress(stack: Stack, batch: str) -> BatchProgress:
    async with Ledger(stack.settings().ledger) as ledger:
        return await ledger.progress(tenant="tests", batch=batch)


async def settled(stack: Stack, batch: str) -> BatchProgress:
    async def idle() -> BatchProgress | None:
        found = await progress(stack, batch)
        return found if found.idle else None

    return await eventually(idle, 60)


async def workflow_of(stack: Stack, batch: str) -> WorkflowHandle[Any, Any]:
    installation = await stack.installation()
    return (await stack.client()).get_workflow_handle(batch_id("tests", batch, installation.id))


async def test_documents_of_two_batches_are_executed_once(stack: Stack) -> None:
    files = invoices("shared", 6)
    only = invoices("extra", 2)
    await asyncio.gather(stack.submit(files, batch="first"), stack.submit({**files, **only}, batch="second"))
    await stack.submit(files, batch="first")
    first, second = await settled(stack, "first"), await settled(stack, "second")
    assert (first.documents, first.counts) == (6, {Status.APPROVED: 6})
    assert (second.documents, second.counts) == (8, {Status.APPROVED: 8})
    assert sum(stack.endpoint.script.paid.values()) == len(stack.endpoint.script.paid) == 8
    result = await (await workflow_of(stack, "second")).result()
    assert result["counts"] == {"approved": 8}


async def test_documents_that_join_a_running_batch_with_other_options_begin_with_those(stack: Stack) -> None:
    stack.endpoint.script.delay = 1.0
    (first,) = await stack.submit({"first.pdf": invoice_pdf("JOIN-1")}, batch="joined", ask="open")
    await stack.until(first, Status.RUNNING)
    (second,) = await stack.submit({"second.pdf": invoice_pdf("JOIN-2")}, batch="joined", ask="all")
    await settled(stack, "joined")
    assert [len(await stack.calls(id)) for id in (first, second)] == [1, CALLS]


async def test_no_more_documents_are_in_the_works_than_the_window_holds(stack: Stack) -> None:
    stack.endpoint.script.delay = 0.2
    await stack.submit(invoices("window", 10), batch="window")
    most = 0
    while not (found := await progress(stack, "window")).idle:
        most = max(most, found.running)
        await asyncio.sleep(0.02)
    assert 1 < most <= WINDOW
    assert found.counts == {Status.APPROVED: 10}
    assert found.documents_per_second
    assert found.decisions == {"approve by policy": 10}


async def test_one_bad_document_stops_no_other(stack: Stack) -> None:
    bad = {"broken.pdf": b"%PDF-1.7 and nothing more", "no-invoice.xml": b"<letter/>", "empty.pdf": b""}
    files = [*invoices("good", 3).items(), *bad.items()]
    async with Ledger(stack.settings().ledger) as ledger:
        done = await stack.hand_in(dict(files), batch="mixed")
        assert [one.outcome for one in done if one.name == "empty.pdf"] == ["refused"]
        found = await settled(stack, "mixed")
        assert (found.documents, found.refused) == (6, 1)
        assert found.counts == {Status.APPROVED: 3, Status.FAILED: 2}
        failed = await ledger.executions(batch="mixed", statuses=[Status.FAILED])
        assert all(execution.error for execution in failed)
        assert [(one.name, one.reason) for one in await ledger.refused(tenant="tests", batch="mixed")] == [
            ("empty.pdf", "it is empty")
        ]


async def test_two_tenants_whose_names_join_to_the_same_have_batches_of_their_own(stack: Stack) -> None:
    settings, client = stack.settings(), await stack.client()
    pairs = (("join-a", "b"), ("join", "a-b"))
    async with Ledger(settings.ledger) as ledger:
        office = Office(settings, ledger, client)
        for tenant, batch in pairs:
            await stack.submit(invoices(f"{tenant}-{batch}", 1), tenant=tenant, batch=batch)
        for tenant, batch in pairs:
            done = await eventually(partial(_settled_of, ledger, tenant, batch), 60)
            assert (done.documents, done.counts) == (1, {Status.APPROVED: 1})
            id = batch_id(tenant, batch, (await ledger.installation()).id)
            order = await client.get_workflow_handle(id).query(BatchWorkflow.order)
            assert (order.tenant, order.batch) == (tenant, batch)
        # A pause reaches the one that is meant.
        stack.endpoint.script.delay = 5.0
        for tenant, batch in pairs:
            await stack.submit(invoices(f"more-{tenant}-{batch}", 1), tenant=tenant, batch=batch)
        await order_batch(office, "pause", "join", "a-b", "lunch")
        assert [(await standing(office, *pair)).state == "paused" for pair in pairs] == [False, True]
        await order_batch(office, "resume", "join", "a-b")
        for tenant, batch in pairs:
            assert (await eventually(partial(_settled_of, ledger, tenant, batch), 60)).counts == {Status.APPROVED: 2}


async def _settled_of(ledger: Ledger, tenant: str, batch: str) -> BatchProgress | None:
    found = await ledger.progress(tenant=tenant, batch=batch)
    return found if found.idle else None


async def test_a_batch_that_runs_under_its_former_id_is_found_and_its_double_is_not_taken_for_it(
    tmp_path: Path,
) -> None:
    with Stack(tmp_path, unnamed=True) as stack:
        await _under_its_former_id(stack)


async def _under_its_former_id(stack: Stack) -> None:
    settings, client = stack.settings(), await stack.client()
    order = BatchOrder(tenant="old-a", batch="b", paused=True, note="before the new version")
    attributes = [SearchAttributePair(sa.TENANT, order.tenant), SearchAttributePair(sa.BATCH, order.batch)]
    await client.start_workflow(
        BatchWorkflow.run,
        order,
        id=former_batch_id(order.tenant, order.batch),
        task_queue="counterfoil",
        search_attributes=TypedSearchAttributes(attributes),
    )
    async with Ledger(settings.ledger) as ledger:
        office = Office(settings, ledger, client)
        await stack.submit(invoices("old", 1), tenant="old-a", batch="b")
        await stack.submit(invoices("double", 1), tenant="old", batch="a-b")
        assert (await eventually(partial(_settled_of, ledger, "old", "a-b"), 60)).counts == {Status.APPROVED: 1}
        assert (await ledger.progress(tenant="old-a", batch="b")).to_begin == 1
        assert (await standing(office, "old-a", "b")).state == "paused"
        await order_batch(office, "resume", "old-a", "b")
        assert (await eventually(partial(_settled_of, ledger, "old-a", "b"), 60)).counts == {Status.APPROVED: 1}
        # Once that has ended, what comes later is begun under the new id.
        await client.get_workflow_handle(former_batch_id("old-a", "b")).result()
        await stack.submit(invoices("later", 1), tenant="old-a", batch="b")
        assert (await eventually(partial(_settled_of, ledger, "old-a", "b"), 60)).counts == {Status.APPROVED: 2}
        new = batch_id("old-a", "b", (await ledger.installation()).id)
        assert (await client.get_workflow_handle(new).describe()).status is not None


async def test_a_paused_batch_begins_nothing_and_goes_on_when_resumed(stack: Stack) -> None:
    stack.endpoint.script.delay = 1.0
    await stack.submit(invoices("paused", 16), batch="paused")
    workflow = await workflow_of(stack, "paused")
    await eventually(lambda: _running(stack, "paused"), 20)
    await workflow.execute_update(BatchWorkflow.pause, "lunch")
    await asyncio.sleep(2)  # the feeding hears of it with its next heartbeat

    async def nothing_runs() -> BatchProgress | None:
        found = await progress(stack, "paused")
        return found if not found.running else None

    held = await eventually(nothing_runs, 20)
    assert held.to_begin > 0
    await asyncio.sleep(0.5)
    assert (await progress(stack, "paused")).to_begin == held.to_begin
    assert (await workflow.query(BatchWorkflow.order)).note == "lunch"
    stack.endpoint.script.delay = 0
    await workflow.execute_update(BatchWorkflow.resume)
    assert (await settled(stack, "paused")).counts == {Status.APPROVED: 16}


async def test_a_cancelled_batch_withholds_the_rest_until_it_is_retried(stack: Stack) -> None:
    stack.endpoint.script.delay = 1.0
    await stack.submit(invoices("cancelled", 12), batch="cancelled")
    workflow = await workflow_of(stack, "cancelled")
    await eventually(lambda: _running(stack, "cancelled"), 20)
    await workflow.execute_update(BatchWorkflow.cancel, "wrong folder")
    await workflow.result()
    found = await progress(stack, "cancelled")
    assert found.withheld > 0
    assert found.withheld + sum(found.counts.values()) == 12
    stack.endpoint.script = Script()
    async with Ledger(stack.settings().ledger) as ledger:
        failed = await ledger.executions(tenant="tests", batch="cancelled", statuses=[Status.FAILED])
        assert {(execution.error or "").partition(" by")[0] for execution in failed} <= {"cancelled"}
        await ledger.release(tenant="tests", batch="cancelled")
        await ledger.release(tenant="tests", batch="cancelled", execution_ids=[e.id for e in failed])
        await begin_batch(Office(stack.settings(), ledger, await stack.client()), "tests", "cancelled")
    assert (await settled(stack, "cancelled")).counts == {Status.APPROVED: 12}


async def test_an_execution_terminated_from_outside_is_recorded_as_failed(
    stack: Stack, monkeypatch: pytest.MonkeyPatch
) -> None:
    stack.endpoint.script.mode = "hang"
    [id] = await stack.submit(invoices("terminated", 1), batch="terminated")
    await eventually(lambda: _running(stack, "terminated"), 20)
    client = await stack.client()
    await client.get_workflow_handle(id).terminate()
    monkeypatch.setattr(feeding, "SILENT_SECONDS", 0.0)
    made = Connections.of(stack.settings())
    await Feeding(client, made)._find_the_silent({id})
    execution = await made.ledger.execution(id)
    await made.close()
    assert execution
    assert (execution.status, "terminated" in (execution.error or "")) == (Status.FAILED, True)


async def test_a_long_batch_goes_on_as_new_runs_with_short_histories(
    stack: Stack, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(batches, "_EVENTS_A_RUN", 60)
    left = [40]

    @activity.defn(name=FEED)
    async def feed(order: BatchOrder) -> BatchProgress:
        left[0] -= 1
        return BatchProgress(tenant=order.tenant, batch=order.batch, documents=9, running=left[0])

    client = await stack.client()
    async with Worker(
        client,
        task_queue="long",
        workflows=[BatchWorkflow],
        activities=[feed],
        workflow_runner=UnsandboxedWorkflowRunner(),
    ):
        order = BatchOrder(tenant="tests", batch="long")
        started = await client.start_workflow(BatchWorkflow.run, order, id="long", task_queue="long")
        first = await client.get_workflow_handle(started.id, run_id=started.result_run_id).describe()
        assert (await started.result()).running == 0
    runs = await _histories(client, started.id)
    assert len(runs) > 2
    assert max(runs) < 100
    assert first.id == started.id


async def _histories(client: Client, id: str) -> list[int]:
    """Events of each run of a workflow."""

    async def all_runs() -> list[int] | None:
        runs = [run async for run in client.list_workflows(f'WorkflowId = "{id}"')]
        lengths = [(await client.get_workflow_handle(id, run_id=run.run_id).describe()).history_length for run in runs]
        return lengths if len(lengths) > 2 else None

    return await eventually(all_runs, 20)


async def _running(stack: Stack, batch: str) -> bool:
    return (await progress(stack, batch)).running > 0

"""A release while executions wait for a person or are at work: they go on under the new version of the agent, with what was
decided and answered before, as one execution. The steps are played, as in `tests.workers.test_approvals`."""

from __future__ import annotations

import asyncio
import shutil
import sysconfig
import uuid
from collections.abc import AsyncIterator, Callable, Hashable, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from langgraph.graph import END, START, StateGraph
from temporalio import activity
from temporalio.api.enums.v1 import EventType
from temporalio.client import WorkflowExecutionStatus, WorkflowFailureError, WorkflowHandle, WorkflowUpdateFailedError
from temporalio.common import SearchAttributePair, TypedSearchAttributes
from temporalio.contrib.pydantic import pydantic_data_converter
from temporalio.service import RPCError, RPCStatusCode
from temporalio.testing import WorkflowEnvironment
from temporalio.worker import Worker
from temporalio.workflow import NondeterminismError

from agents.controls.approval import Policy
from agents.invoice import nodes
from agents.invoice.state import InvoiceChannels, InvoiceState, InvoiceUpdate
from agents.steps import step
from infra.ledger import Ledger
from infra.records import Execution, Status, Totals
from infra.temporal import search_attributes as sa
from infra.temporal.agents import AgentsPlugin
from infra.temporal.payload_limit import PayloadLimit
from tests.agents.controls.approval.policies import a_policy
from tests.stack import eventually
from tests.workers.test_approvals import ESCALATING, answer, attributes, check, kinds, post, read, refused
from workers.worker import unrecorded, workflow_runner
from workers.worker.unrecorded import Unrecorded
from workflows.invoice import InvoiceWorkflow
from workflows.messages import ExecutionOrder

pytestmark = pytest.mark.asyncio(loop_scope="module")
Graph = StateGraph[Any, Any, Any, Any]
QUEUE = "releases"
MAY_END = asyncio.Event()
"""Set while a step that is at work may end."""
RUNS: list[str] = []
"""The steps that ran as activities, in order."""


@step("look", InvoiceState)
async def look(state: InvoiceState) -> InvoiceUpdate:
    RUNS.append("look")
    return {"note": "looked"}


@step("work", InvoiceState)
async def work(state: InvoiceState) -> InvoiceUpdate:
    """Takes as long as the test wants."""
    RUNS.append("work")
    await MAY_END.wait()
    return {"note": "worked"}


@step("swell", InvoiceState)
async def swell(state: InvoiceState) -> InvoiceUpdate:
    """Makes the state larger than Temporal carries."""
    return {"open_rules": ["x" * 2_500_000]}


PURE = {"execute_in": "workflow"}
AT_WORK = {"execute_in": "activity", "start_to_close_timeout": timedelta(seconds=5)}
STEPS: dict[str, tuple[Any, dict[str, Any]]] = {
    "read": (read, PURE),
    "look": (look, AT_WORK),
    "work": (work, AT_WORK),
    "swell": (swell, PURE),
    "check": (check, PURE),
    "decide": (nodes.decide, PURE),
    "review": (nodes.review, PURE),
    "post": (post, PURE),
}


def an_agent(*before: str, asks: bool = True) -> Callable[[], Graph]:
    """A version of the agent: with these steps in this order before the decision; one that does not ask posts at once."""

    def build() -> Graph:
        graph: Graph = StateGraph(InvoiceChannels)
        for name in {*before, *(("decide", "review") if asks else ()), "post"}:
            graph.add_node(name, STEPS[name][0], metadata=STEPS[name][1])
        way = [START, *before, "decide" if asks else "post"]
        for source, target in zip(way, way[1:], strict=False):
            graph.add_edge(source, target)
        if asks:
            graph.add_conditional_edges("decide", nodes.after_decide, ["post", "review"])
            ways: dict[Hashable, str] = {before[-1]: before[-1], "post": "post", "review": "review", "end": END}
            graph.add_conditional_edges("review", nodes.after_review, ways)
        graph.add_edge("post", END)
        return graph

    return build


FIRST = an_agent("read", "check")
NEXT = an_agent("read", "look", "check")


class Releases:
    """A Temporal server with a ledger, on which versions of the software follow one another."""

    def __init__(self, environment: WorkflowEnvironment, ledger: Ledger) -> None:
        self.client = environment.client
        self.ledger = ledger
        self.unrecorded = Unrecorded(self.client, ledger)

    @activity.defn
    async def record(self, execution: Execution, news: bool = True) -> Totals:
        return await self.ledger.record_with_totals(execution)

    @asynccontextmanager
    async def running(self, agent: Callable[[], Graph]) -> AsyncIterator[None]:
        """Within the block the worker of a version runs. Leaving it is to end the process."""
        async with Worker(
            self.client,
            task_queue=QUEUE,
            workflows=[InvoiceWorkflow],
            activities=[self.record],
            plugins=[AgentsPlugin(graphs={"invoice": agent()})],
            interceptors=[PayloadLimit()],
            workflow_runner=workflow_runner(),
            workflow_failure_exception_types=[NondeterminismError],
            graceful_shutdown_timeout=timedelta(0),
            max_cached_workflows=0,  # so that each task is replayed, as after a release, and nothing is left in memory
        ):
            yield

    async def submit(self, policy: Policy | None = None, total: str = "5000.00") -> WorkflowHandle[Any, Any]:
        return await self.begin(f"invoice-{uuid.uuid4().hex[:12]}", policy, total)

    async def begin(self, id: str, policy: Policy | None = None, total: str = "5000.00") -> WorkflowHandle[Any, Any]:
        """Begin it, or begin it again after it failed, as its batch does."""
        order = ExecutionOrder(
            tenant="acme", batch="b", digest="d" * 64, name="a.pdf", details={"total": total, "by": "emil"},
            options={"policy": (policy or a_policy()).as_json(), "max_repairs": 0, "ask": "nothing", "tiers": ["small"]},
        )  # fmt: skip
        known = TypedSearchAttributes(
            [SearchAttributePair(sa.STATUS, "running"), SearchAttributePair(sa.TENANT, "acme")]
        )
        handle = await self.client.start_workflow(
            InvoiceWorkflow.run, order, id=id, task_queue=QUEUE, search_attributes=known
        )
        line = Execution(
            id=id, definition="invoice", tenant="acme", batch="b", digest="d" * 64, name="a.pdf",
            run_id=handle.result_run_id or "", status=Status.RUNNING, started_at=datetime.now(UTC),
        )  # fmt: skip
        await self.ledger.record(line)
        return self.client.get_workflow_handle(id)

    async def until(self, handle: WorkflowHandle[Any, Any], reached: Callable[[Execution], bool]) -> Execution:
        async def looked() -> Execution | None:
            execution = await self.ledger.execution(handle.id)
            return execution if execution and reached(execution) else None

        return await eventually(looked, 40)

    async def waits(self, handle: WorkflowHandle[Any, Any], reviews: int = 0) -> Execution:
        return await self.until(handle, lambda e: e.status == "review" and len(e.reviews) == reviews)

    async def ended(self, handle: WorkflowHandle[Any, Any]) -> Execution:
        return await self.until(handle, lambda e: e.status.ended)

    async def known(self, handle: WorkflowHandle[Any, Any]) -> Execution:
        execution = await self.ledger.execution(handle.id)
        assert execution
        return execution

    async def until_failed(self, handle: WorkflowHandle[Any, Any]) -> None:
        async def looked() -> bool:
            return (await handle.describe()).status is WorkflowExecutionStatus.FAILED

        await eventually(looked, 40)

    async def settled(self, handle: WorkflowHandle[Any, Any]) -> None:
        """Returns once what a worker does now and then has changed what is known of it."""
        before = await self.known(handle)

        async def looked() -> bool:
            await self.unrecorded.look(QUEUE)  # which visibility shows a little later
            now = await self.known(handle)
            return (now.run_id, now.status) != (before.run_id, before.status)

        await eventually(looked, 40)

    async def order_of(self, handle: WorkflowHandle[Any, Any]) -> ExecutionOrder:
        """What the run that is last was given."""
        started = (await handle.fetch_history()).events[0].workflow_execution_started_event_attributes
        [order] = await self.client.data_converter.decode(started.input.payloads, [ExecutionOrder])
        assert isinstance(order, ExecutionOrder)
        return order

    async def begin_where_it_waits(self, handle: WorkflowHandle[Any, Any], order: ExecutionOrder) -> None:
        """Begin it again where it was left waiting, as `Unrecorded` does."""
        again = await self.client.start_workflow(InvoiceWorkflow.run, order, id=handle.id, task_queue=QUEUE)
        known = await self.known(handle)
        await self.ledger.record(known.model_copy(update={"run_id": again.result_run_id}))

    async def first_run_id(self, handle: WorkflowHandle[Any, Any]) -> str:
        started = (await handle.fetch_history()).events[0].workflow_execution_started_event_attributes
        return started.first_execution_run_id

    async def at_work(self) -> None:
        RUNS.clear()

        async def looked() -> bool:
            return "work" in RUNS

        await eventually(looked, 20)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def releases(migrated_ledger: Path, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Releases]:
    path = tmp_path_factory.mktemp("releases") / "ledger.db"
    shutil.copy(migrated_ledger, path)
    async with (
        await WorkflowEnvironment.start_local(
            dev_server_existing_path=sysconfig.get_path("scripts") + "/temporal",
            data_converter=pydantic_data_converter,
            search_attributes=attributes(),
        ) as environment,
        Ledger(f"sqlite:///{path}") as ledger,
    ):
        yield Releases(environment, ledger)


@pytest.fixture(autouse=True)
def _afresh() -> None:
    MAY_END.set()
    RUNS.clear()


async def names(handle: WorkflowHandle[Any, Any]) -> Sequence[str]:
    """The types of the events in the history of the run that is last."""
    return [event.event_type for event in (await handle.fetch_history()).events]  # type: ignore[misc]


async def test_what_waits_is_answered_under_a_version_with_other_steps_before_the_wait(releases: Releases) -> None:
    async with releases.running(FIRST):
        handle = await releases.submit(a_policy(**ESCALATING), "20000.00")
        before = await releases.waits(handle)
        assert len(await names(handle)) < 15
    async with releases.running(NEXT):
        assert "mallory may not approve" in await refused(handle, "mallory")
        await answer(handle, "anna")
        between = await releases.waits(handle, reviews=1)
        assert between.reasons[0].startswith("approved by anna; a second person has to approve")
    async with releases.running(FIRST):
        await answer(handle, "ben")
        ended = await releases.ended(handle)
    assert (ended.status, ended.decided_by) == (Status.APPROVED, "anna and ben")
    assert [review.reviewer for review in ended.reviews] == ["anna", "ben"]
    assert (ended.run_id, ended.trace_id) == (before.run_id, before.trace_id), "it stays one execution"
    assert (ended.started_at, ended.settled_at) == (before.started_at, before.settled_at)
    assert [step.name for step in ended.steps][: len(before.steps)] == [step.name for step in before.steps]
    assert RUNS == [], "what was done before the wait is not done again"


async def test_what_waits_is_corrected_under_a_version_with_other_steps_and_waits_again(releases: Releases) -> None:
    async with releases.running(FIRST):
        handle = await releases.submit()
        await releases.waits(handle)
    async with releases.running(NEXT):
        await answer(handle, "ben", "correct", corrections={"totals.grand_total": "4000.00"})
        corrected = await releases.waits(handle, reviews=1)
        assert corrected.amount == Decimal(4000)
    async with releases.running(FIRST):
        await answer(handle, "anna")
        ended = await releases.ended(handle)
    assert (ended.status, ended.decided_by, ended.amount) == (Status.APPROVED, "anna", Decimal(4000))
    assert [review.action for review in ended.reviews] == ["correct", "approve"]
    assert RUNS == []


async def test_reminders_of_before_the_release_count_and_the_wait_is_as_long_as_it_is(releases: Releases) -> None:
    async with releases.running(FIRST):
        handle = await releases.submit(a_policy(**ESCALATING))
        before = await releases.until(handle, lambda e: len(kinds(e)) >= 2)
    async with releases.running(NEXT):
        after = await releases.until(handle, lambda e: len(kinds(e)) > max(4, len(kinds(before))))
        assert kinds(after)[:4] == ["reminder", "reminder", "escalation", "reminder"]
        assert kinds(after).count("escalation") == 1
        assert after.result["reminders"][: len(kinds(before))] == before.result["reminders"]
        assert after.result["waits_since"] == before.result["waits_since"]
        await answer(handle, "hugo")
        assert kinds(await releases.ended(handle))[: len(kinds(after))] == kinds(after)


@pytest.mark.parametrize(
    ("escalates", "given"),
    [({}, ["reminder"]), ({"escalate_after_hours": 2.5, "escalate_to": "board"}, ["escalation"])],
)
async def test_of_reminders_that_are_overdue_where_an_execution_begins_again_one_is_given(
    releases: Releases, escalates: dict[str, Any], given: list[str]
) -> None:
    approvers: Any = ESCALATING["approvers"]
    plan: dict[str, Any] = {
        "approvers": approvers if escalates else approvers[:1],
        "reminders": {"after_hours": 1, "every_hours": 1, **escalates},
    }
    async with releases.running(FIRST):
        handle = await releases.submit(a_policy(**plan))
        before = await releases.waits(handle)
        assert kinds(before) == []
        order = await releases.order_of(handle)
        assert order.waiting
        await handle.terminate()
    long_ago = order.waiting.since - timedelta(hours=50)
    order.waiting = order.waiting.model_copy(update={"since": long_ago})
    await releases.begin_where_it_waits(handle, order)
    async with releases.running(FIRST):
        after = await releases.until(handle, lambda e: bool(kinds(e)))

        async def waits_for_the_next() -> bool:
            return (await handle.fetch_history()).events[-1].event_type == EventType.EVENT_TYPE_TIMER_STARTED

        await eventually(waits_for_the_next, 20)
        assert kinds(await releases.known(handle)) == given
        assert after.result["waits_since"] == long_ago.isoformat()
        await answer(handle, "anna")
        assert kinds(await releases.ended(handle)) == given


async def test_what_goes_on_waiting_takes_an_answer_from_its_first_moment(releases: Releases) -> None:
    async with releases.running(FIRST):
        handle = await releases.submit(a_policy(**ESCALATING), "20000.00")
        await releases.waits(handle)
        order = await releases.order_of(handle)
        await handle.terminate()
    await releases.begin_where_it_waits(handle, order)
    answering = [asyncio.create_task(answer(handle, who, seen=0)) for who in ("anna", "ben")]
    await asyncio.sleep(1)  # the server has them before a worker has begun the run
    async with releases.running(FIRST):
        outcomes = await asyncio.gather(*answering, return_exceptions=True)
        assert sorted(outcome is None for outcome in outcomes) == [False, True], outcomes
        assert len((await releases.waits(handle, reviews=1)).reviews) == 1


async def test_an_answer_to_a_step_that_is_no_more_fails_it_with_the_reason_and_it_can_begin_again(
    releases: Releases,
) -> None:
    async with releases.running(FIRST):
        handle = await releases.submit()
        await releases.waits(handle)
    async with releases.running(an_agent("read", "check", asks=False)):
        await answer(handle, "anna")
        ended = await releases.ended(handle)
        with pytest.raises(WorkflowFailureError):
            await handle.result()
    assert ended.status is Status.FAILED
    assert "no longer has the step 'review'. `counterfoil retry` begins it again" in (ended.error or "")
    assert ended.decision is None
    async with releases.running(FIRST):
        again = await releases.begin(handle.id)
        assert len((await releases.waits(again)).reviews) == 0
        await answer(again, "anna")
        assert (await releases.ended(again)).status is Status.APPROVED


async def test_an_answer_to_what_waits_in_a_run_that_is_not_replayed_is_told_and_it_waits_again(
    releases: Releases,
) -> None:
    async with releases.running(an_agent("read", "check", "swell")):
        handle = await releases.submit()
        await releases.waits(handle)
    async with releases.running(an_agent("read", "look", "check", "swell")):
        with pytest.raises(RPCError, match="aborted by closing workflow") as told:
            await answer(handle, "anna")
        assert told.value.status is RPCStatusCode.NOT_FOUND, "which `counterfoil review` tells in words"
        await releases.settled(handle)
        await releases.waits(handle)
        await answer(handle, "anna")
        assert (await releases.ended(handle)).status is Status.APPROVED


async def test_of_two_answers_at_once_one_is_taken_and_the_other_is_told_why_not(releases: Releases) -> None:
    async with releases.running(FIRST):
        handle = await releases.submit(a_policy(**ESCALATING), "20000.00")
        await releases.waits(handle)
        both = await asyncio.gather(*(answer(handle, who, seen=0) for who in ("anna", "ben")), return_exceptions=True)
        [told] = [outcome for outcome in both if outcome]
        assert isinstance(told, WorkflowUpdateFailedError)
        assert "reviewed since you looked" in str(told.cause) or "does not wait" in str(told.cause)
        assert len((await releases.waits(handle, reviews=1)).reviews) == 1
        both = await asyncio.gather(*(answer(handle, who) for who in ("anna", "ben")), return_exceptions=True)
        assert sum(outcome is None for outcome in both) == 1
        assert len((await releases.ended(handle)).reviews) == 2


async def test_a_state_too_large_for_a_run_of_its_own_waits_in_the_one_it_has(releases: Releases) -> None:
    async with releases.running(an_agent("read", "check", "swell")):
        handle = await releases.submit()
        waiting = await releases.waits(handle)
        assert (await handle.describe()).run_id == waiting.run_id
        await answer(handle, "anna")
        assert (await releases.ended(handle)).status is Status.APPROVED


async def test_what_cannot_be_replayed_begins_again_by_itself_and_keeps_its_place_among_the_others(
    releases: Releases, monkeypatch: pytest.MonkeyPatch
) -> None:
    MAY_END.clear()
    async with releases.running(an_agent("read", "work", "check")):
        handle = await releases.submit()
        await releases.at_work()
        before = await handle.describe()
    async with releases.running(an_agent("read", "look", "work", "check")):
        MAY_END.set()
        await releases.until_failed(handle)
        assert (await releases.known(handle)).status is Status.RUNNING, "the workflow itself could tell nobody"
        await releases.settled(handle)
        again = await releases.waits(handle)
        after = await handle.describe()
        assert again.run_id != before.run_id
        assert again.run_id == (await releases.first_run_id(handle))
        assert [step.name for step in again.steps].count("look") == 1
        assert (await after.memo()) == {"begun again": 1}
        assert after.typed_search_attributes[sa.TENANT] == "acme"
        await answer(handle, "anna")
        assert (await releases.ended(handle)).status is Status.APPROVED
    assert unrecorded.MOST_TRIES > 1
    monkeypatch.setattr(unrecorded, "MOST_TRIES", 0)
    MAY_END.clear()
    async with releases.running(an_agent("read", "work", "check")):
        handle = await releases.submit()
        await releases.at_work()
    async with releases.running(an_agent("read", "look", "work", "check")):
        MAY_END.set()
        await releases.until_failed(handle)
        await releases.settled(handle)
        failed = await releases.known(handle)
    assert failed.status is Status.FAILED
    assert "the software has changed since this began" in (failed.error or "")
    assert "`counterfoil retry` begins it again" in (failed.error or "")


async def test_what_was_answered_and_is_not_replayed_afterwards_waits_again_and_is_heard(
    releases: Releases, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as earlier:
        earlier.setitem(STEPS, "check", (work, {**AT_WORK, "schedule_to_close_timeout": timedelta(seconds=5)}))
        before = an_agent("read", "check")()
    handle = await releases.submit()
    known = await releases.known(handle)
    for run_id in ("another", known.run_id):  # on record it began later than Temporal says, by a clock that is ahead
        ahead = {"run_id": run_id, "started_at": known.started_at + timedelta(minutes=1)}
        await releases.ledger.record(known.model_copy(update=ahead))
    async with releases.running(lambda: before):
        await releases.waits(handle)
        MAY_END.clear()
        at_work = asyncio.create_task(releases.at_work())
        await asyncio.sleep(0)
        await answer(handle, "ben", "correct", corrections={"totals.grand_total": "4000.00"})
        await at_work
    async with releases.running(FIRST):
        MAY_END.set()
        await releases.until_failed(handle)
        await releases.settled(handle)
        again = await releases.waits(handle)
        assert again.run_id != known.run_id
        await answer(handle, "anna")
        assert (await releases.ended(handle)).status is Status.APPROVED


async def test_what_an_operator_terminates_while_it_waits_is_recorded_as_failed(releases: Releases) -> None:
    async with releases.running(FIRST):
        handle = await releases.submit()
        await releases.waits(handle)
        await handle.terminate()
        await releases.settled(handle)
    failed = await releases.known(handle)
    assert (failed.status, "terminated" in (failed.error or "")) == (Status.FAILED, True)

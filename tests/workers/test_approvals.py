"""Approvals in a running workflow: who may answer, the second person, reminders and escalation, with seconds for hours; the
steps before the decision are played."""

from __future__ import annotations

import sysconfig
import uuid
from collections.abc import AsyncIterator, Callable, Hashable, Mapping
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from langgraph.graph import END, START, StateGraph
from temporalio import activity
from temporalio.client import WorkflowHandle, WorkflowUpdateFailedError
from temporalio.common import SearchAttributeKey
from temporalio.contrib.pydantic import pydantic_data_converter
from temporalio.testing import WorkflowEnvironment
from temporalio.worker import Replayer, Worker

from agents.controls.approval import Case, Policy, auto, read_policy
from agents.fields.schema import Evidence, Field
from agents.invoice import nodes
from agents.invoice.state import InvoiceChannels, InvoiceState, InvoiceUpdate
from agents.steps import DocumentFacts, step
from infra.ledger import Ledger
from infra.records import Execution, Status, Totals
from infra.temporal.agents import AgentsPlugin
from infra.temporal.search_attributes import SEARCH_ATTRIBUTES
from tests.agents.controls.approval.policies import a_policy
from tests.scripted.invoices import invoice_pdf
from tests.stack import Stack, eventually
from workers.worker import workflow_runner
from workflows.invoice import InvoiceWorkflow
from workflows.messages import ExecutionOrder, ReviewAnswer

pytestmark = pytest.mark.asyncio(loop_scope="module")
SECOND = 1 / 3600
ESCALATING = {
    "approvers": [
        {"id": "clerks", "people": ["anna", "ben"], "up_to": {"EUR": 50_000}},
        {"id": "board", "people": ["hugo"], "only_after_escalation": True},
    ],
    "reminders": {
        "after_hours": SECOND,
        "every_hours": SECOND,
        "escalate_after_hours": 2.5 * SECOND,
        "escalate_to": "board",
    },
}

HOUSE = """
name: house
auto_approval: {enabled: true, limits: {EUR: 100}, sure: 0}
approvers: [{id: clerks, people: [anna, ben, carla]}]
four_eyes: {above: {EUR: 110}}
"""


@step("read", InvoiceState)
async def read(state: InvoiceState) -> InvoiceUpdate:
    """An invoice whose total, and who handed it in, stand in the details; all of it is sure."""
    said = state.execution.details
    values = {
        "seller.name": "Northwind Papers Ltd",
        "invoice_number": "R-1",
        "currency": "EUR",
        "totals.grand_total": said["total"],
    }
    evidence = Evidence(source="rule", text="as printed")
    return {
        "kind": "invoice",
        "document": DocumentFacts(media_type="application/pdf", pages=1, characters=9, xml=None),
        "fields": {p: Field(value=v, evidence=evidence, confidence=1.0, grounds=["proved"]) for p, v in values.items()},
        "findings": {"check": [], "match": [], "comply": []},
        "submitters": [said["by"]],
    }


@step("check", InvoiceState)
async def check(state: InvoiceState) -> InvoiceUpdate:
    """What a person corrected is sure."""
    return {"fields": {path: f.model_copy(update={"confidence": 1.0}) for path, f in state.fields.items()}}


@step("post", InvoiceState)
async def post(state: InvoiceState) -> InvoiceUpdate:
    return {"note": "posted"}


def graph_of() -> StateGraph[Any, Any, Any, Any]:
    graph: StateGraph[Any, Any, Any, Any] = StateGraph(InvoiceChannels)
    for name, node in (
        ("read", read),
        ("check", check),
        ("decide", nodes.decide),
        ("review", nodes.review),
        ("post", post),
    ):
        graph.add_node(name, node, metadata={"execute_in": "workflow"})
    graph.add_edge(START, "read")
    graph.add_edge("read", "check")
    graph.add_edge("check", "decide")
    graph.add_conditional_edges("decide", nodes.after_decide, ["post", "review"])
    ways: dict[Hashable, str] = {"check": "check", "post": "post", "review": "review", "end": END, "split": END}
    graph.add_conditional_edges("review", nodes.after_review, ways)
    graph.add_edge("post", END)
    return graph


class Server:
    """A Temporal server with a worker. ``recorded`` is what the ledger would have, by execution."""

    def __init__(self, environment: WorkflowEnvironment) -> None:
        self.environment = environment
        self.recorded: dict[str, Execution] = {}

    @activity.defn
    async def record(self, execution: Execution, news: bool = True) -> Totals:
        self.recorded[execution.id] = execution
        return Totals()

    async def submit(self, policy: Policy, total: str, by: str = "emil") -> WorkflowHandle[Any, Any]:
        order = ExecutionOrder(
            tenant="acme", batch="b", digest="d" * 64, name="a.pdf", details={"total": total, "by": by},
            options={"policy": policy.as_json(), "max_repairs": 0, "ask": "nothing", "tiers": ["small"]},
        )  # fmt: skip
        id = f"invoice-{uuid.uuid4().hex[:12]}"
        return await self.environment.client.start_workflow(InvoiceWorkflow.run, order, id=id, task_queue="approvals")

    async def until(self, handle: WorkflowHandle[Any, Any], reached: Callable[[Execution], bool]) -> Execution:
        """What is on record once that is ``reached``."""

        async def looked() -> Execution | None:
            execution = self.recorded.get(handle.id)
            return execution if execution and reached(execution) else None

        return await eventually(looked, 20)

    async def waits(self, handle: WorkflowHandle[Any, Any], reviews: int = 0) -> Execution:
        """What is on record once it waits, after so many answers."""
        return await self.until(handle, lambda e: e.status == "review" and len(e.reviews) == reviews)

    async def details(self, handle: WorkflowHandle[Any, Any]) -> str:
        return str(await handle.query("__temporal_workflow_metadata"))


def attributes() -> list[SearchAttributeKey[Any]]:
    """The search attributes of executions."""
    makers: dict[str, Callable[[str], SearchAttributeKey[Any]]] = {
        "Keyword": SearchAttributeKey.for_keyword,
        "Double": SearchAttributeKey.for_float,
        "Int": SearchAttributeKey.for_int,
    }
    return [makers[kind](name) for name, kind in SEARCH_ATTRIBUTES.items()]


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def server() -> AsyncIterator[Server]:
    async with await WorkflowEnvironment.start_local(
        dev_server_existing_path=sysconfig.get_path("scripts") + "/temporal",
        data_converter=pydantic_data_converter,
        search_attributes=attributes(),
    ) as environment:
        server = Server(environment)
        async with Worker(
            environment.client,
            task_queue="approvals",
            workflows=[InvoiceWorkflow],
            activities=[server.record],
            plugins=[AgentsPlugin(graphs={"invoice": graph_of()})],
            workflow_runner=workflow_runner(),
        ):
            yield server


def kinds(stub: Execution) -> list[str]:
    """The reminders and escalations so far."""
    return [one["kind"] for one in stub.result.get("reminders", ())]


async def answer(handle: WorkflowHandle[Any, Any], reviewer: str, action: Any = "approve", **more: Any) -> None:
    await handle.execute_update("review", ReviewAnswer(action=action, reviewer=reviewer, **more))


async def refused(handle: WorkflowHandle[Any, Any], reviewer: str, action: Any = "approve", **more: Any) -> str:
    with pytest.raises(WorkflowUpdateFailedError) as failed:
        await answer(handle, reviewer, action, **more)
    return str(failed.value.cause)


async def test_reminders_and_the_escalation_come_in_their_time_and_are_on_record(server: Server) -> None:
    handle = await server.submit(a_policy(**ESCALATING), "5000.00")
    stub = await server.waits(handle)
    assert stub.result["reminders"] == []
    assert stub.result["waits_since"]
    assert "hugo may not approve 5000.00 EUR" in await refused(handle, "hugo")
    stub = await server.until(handle, lambda e: len(e.result["reminders"]) == 4)
    assert kinds(stub) == ["reminder", "reminder", "escalation", "reminder"]
    assert [one["to"] for one in stub.result["reminders"]] == [["anna", "ben"]] * 2 + [["anna", "ben", "hugo"]] * 2
    shown = await server.details(handle)
    assert "reminders, 1 escalation" in shown
    assert "anna, ben, hugo" in shown
    await answer(handle, "hugo")
    await handle.result()
    ended = server.recorded[handle.id]
    assert (ended.status, ended.decided_by) == ("approved", "hugo")
    assert kinds(ended)[:4] == kinds(stub)
    assert ended.result["approval"]["approvals"][0]["by"] == "hugo"


async def test_two_people_approve_and_nobody_who_may_not(server: Server) -> None:
    handle = await server.submit(a_policy(**ESCALATING), "20000.00", by="ben")
    await server.waits(handle)
    assert "lets nobody approve what they handed in: anna may" in await refused(handle, "Ben")
    assert "mallory may not approve 20000.00 EUR" in await refused(handle, "mallory")
    assert "mallory is no approver of acme" in await refused(handle, "mallory", "reject", reason="no")
    await answer(handle, "anna")
    stub = await server.waits(handle, reviews=1)
    assert stub.reasons[0].startswith("approved by anna; a second person has to approve (four eyes above 10000 EUR)")
    assert "ANNA has approved it already" in await refused(handle, "ANNA")
    stub = await server.until(handle, lambda e: "escalation" in kinds(e))
    assert stub.result["reminders"][-1]["to"] == ["hugo"], "who has approved or may not is not reminded"
    await answer(handle, "hugo")
    await handle.result()
    ended = server.recorded[handle.id]
    assert (ended.status, ended.decided_by) == ("approved", "anna and hugo")
    assert [review.reviewer for review in ended.reviews] == ["anna", "hugo"]


async def test_a_correction_is_decided_anew_and_takes_back_the_first_approval(server: Server) -> None:
    handle = await server.submit(a_policy(**ESCALATING), "20000.00")
    await server.waits(handle)
    await answer(handle, "anna")
    await server.waits(handle, reviews=1)
    await answer(handle, "ben", "correct", corrections={"totals.grand_total": "15000.00"})
    stub = await server.waits(handle, reviews=2)
    assert stub.amount == Decimal("15000.00")
    assert stub.result["approval"]["approvals"] == []
    assert stub.result["approval"]["case"]["correctors"] == ["ben"]
    assert stub.reasons[-1].startswith(
        "stood before the correction by ben: the total of 20000.00 EUR is above the limit"
    )
    assert "ben corrected it, and two others have to approve it" in await refused(handle, "ben")
    await answer(handle, "anna")
    await server.waits(handle, reviews=3)
    await answer(handle, "anna", "reject", reason="never ordered")
    await handle.result()
    assert server.recorded[handle.id].status == "rejected"


CLERKS = {
    "approvers": [{"id": "clerks", "people": ["anna"], "up_to": {"EUR": 0}}, {"id": "heads", "people": ["carla"]}],
    "four_eyes": {},
    "aliases": {"anna": ["Anna Adler"]},
}


@pytest.mark.parametrize("by", ["anna", "Anna Adler"])
async def test_a_total_that_a_clerk_may_not_approve_is_not_approved_by_lowering_it(server: Server, by: str) -> None:
    handle = await server.submit(a_policy(**CLERKS), "20000.00")
    await server.waits(handle)
    await answer(handle, by, "correct", corrections={"totals.grand_total": "500.00"})
    stub = await server.waits(handle, reviews=1)
    assert any("may not answer for that alone" in reason for reason in stub.reasons)
    assert any("stood before the correction" in reason and "20000.00 EUR" in reason for reason in stub.reasons)
    assert "may not approve 500.00 EUR" in await refused(handle, "anna")
    for name in ("роlicy", "pol\u200bicy"):
        assert "policy is no person's name" in await refused(handle, name)
    await answer(handle, "carla")
    await handle.result()
    ended = server.recorded[handle.id]
    assert (ended.status, ended.decided_by) == ("approved", "carla")
    assert f"totals.grand_total 500.00 given by {by} in place of 20000.00" in ended.reasons
    assert any(reason.startswith("in spite of: stood before the correction by") for reason in ended.reasons)
    stood = [finding for finding in ended.findings if finding.message.startswith("stood before")]
    assert stood
    assert {finding.decided_by.accepted_by for finding in stood} == {"carla"}


@pytest.mark.parametrize(("enabled", "status"), [(True, "approved"), (False, "review")])
async def test_auto_approval_passes_what_the_policy_lets_pass_and_nothing_when_it_is_off(
    server: Server, enabled: bool, status: str
) -> None:
    policy = a_policy(auto_approval={"enabled": enabled, "limits": {"EUR": 1000}})
    handle = await server.submit(policy, "500.00")
    stub = await server.until(handle, lambda e: e.status == status)
    known: Mapping[str, Any] = stub.result["approval"]
    assert known["policy"] == {"name": "house", "digest": policy.digest}
    again = auto(policy, Case.from_json(known["case"]))
    assert (again.rule, again.allowed) == (known["rule"], enabled), "an auditor comes to the same"
    if status == "review":
        await answer(handle, "anna", "reject", reason="the test is over")
    await handle.result()


async def test_a_wait_with_reminders_and_two_approvals_replays_as_it_ran(server: Server) -> None:
    handle = await server.submit(a_policy(**ESCALATING), "20000.00")
    await server.until(handle, lambda e: len(e.result.get("reminders", ())) > 1)
    await answer(handle, "anna")
    await server.waits(handle, reviews=1)
    await answer(handle, "ben")
    await handle.result()
    replayer = Replayer(
        workflows=[InvoiceWorkflow],
        plugins=[AgentsPlugin(graphs={"invoice": graph_of()})],
        workflow_runner=workflow_runner(),
        data_converter=pydantic_data_converter,
    )
    await replayer.replay_workflow(await handle.fetch_history())


@pytest.mark.exhaustive
async def test_through_the_whole_stack_the_file_of_the_settings_holds(tmp_path: Path) -> None:
    file = tmp_path / "house.yaml"
    file.write_text(HOUSE)
    policy = read_policy(HOUSE.encode(), file)
    with Stack(tmp_path, environment={"COUNTERFOIL_APPROVAL_POLICY": str(file)}) as stack:
        (id,) = await stack.submit({"a.pdf": invoice_pdf("APPROVED-BY-TWO-1")})
        waiting = await stack.until(id, Status.REVIEW)
        assert waiting.result["approval"]["policy"] == {"name": "house", "digest": policy.digest}
        assert "the total of 120.00 EUR is above the limit of 100 EUR (rule general of policy house)" in waiting.reasons
        handle = await stack.handle(id)
        assert "mallory may not approve 120.00 EUR" in await refused(handle, "mallory")
        await answer(handle, "anna")
        assert "anna has approved it already" in await refused(handle, "anna")
        await answer(handle, "ben")
        ended = await stack.until(id)
        assert (ended.status, ended.decided_by) == (Status.APPROVED, "anna and ben")
        async with Ledger(stack.settings().ledger) as ledger:
            assert [posting.execution_id for posting in await ledger.posted("tests")] == [id]

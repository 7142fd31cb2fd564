"""What every definition shares: running an agent durably, waiting for people, and keeping the stub.

A definition has a subclass with a ``run`` of its own; see `workflows.invoice`. This module is for reading, not for change,
when a definition is added.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from datetime import timedelta
from functools import lru_cache
from typing import Any, ClassVar
from uuid import UUID

from temporalio import workflow
from temporalio.common import RetryPolicy
from temporalio.exceptions import ApplicationError

with workflow.unsafe.imports_passed_through():
    from langgraph.checkpoint.base import Checkpoint
    from langgraph.checkpoint.memory import InMemorySaver
    from langgraph.graph import StateGraph
    from langgraph.graph.state import CompiledStateGraph
    from langgraph.types import Command
    from temporalio.langgraph import graph as graph_named

    from agents.controls.approval import Notice
    from agents.steps import Channels, ExecutionRef, plain
    from infra.records import Execution, Status
    from infra.telemetry.tracing import RootSpan, root_span
    from infra.temporal.payload_limit import TOO_LARGE
    from workflows import _reviews, _shown, _stub
    from workflows.messages import HAND_IN_PARTS, ExecutionOrder, Part, PartsOrder, ReviewAnswer, Waiting

Graph = StateGraph[Any, Any, Any, Any]
"""An agent's graph. LangGraph types it by its channels, which each agent has its own of."""
CompiledGraph = CompiledStateGraph[Any, Any, Any, Any]

_WAITS_AS_NEW = "an execution waits in a run of its own"
"""The patch (Temporal's word) that executions of before it do without: they wait in the run they began with."""


class AgentWorkflow:
    """Runs the agent named by ``agent`` on one document, from its first step to its stub."""

    agent: ClassVar[str]
    """Folder in ``agents/`` whose graph this definition runs."""

    @classmethod
    def definition(cls) -> str:
        """The name of the definition: that of the module the workflow stands in."""
        return cls.__module__.rpartition(".")[2]

    @workflow.init
    def __init__(self, order: ExecutionOrder) -> None:
        self._order = order
        self._options = order.options
        self._link = order.trace_link
        self._stub = _stub.begun(order, self.definition())
        self._root_run_id = order.waiting.root_run_id if order.waiting else self._stub.run_id
        self._step = order.waiting.node if order.waiting else "submitted"
        self._parts: list[Channels] = []
        self._reviews = _reviews.Reviews(order.waiting)
        self._attributes = _shown.SearchAttributes()
        self._root: RootSpan | None = None

    async def run(self, order: ExecutionOrder) -> Execution:
        """Of each definition its own, decorated as Temporal wants it, which calls `execute`."""
        raise NotImplementedError

    async def execute(self, order: ExecutionOrder) -> Execution:
        """Run the agent, waiting for people as it asks for them, and return the stub's head: the record has all of it.

        Raises:
            ApplicationError: the execution failed; the message says why and what to do next. The stub is recorded.
        """
        stub, failure = self._stub, None
        with root_span(
            f"{self.agent} {order.name}",
            "AGENT",
            run_id=self._root_run_id,
            execution_id=stub.id,
            tenant=order.tenant,
            batch=order.batch,
            input={"document": order.name, "sha256": order.digest},
            ended=order.waiting is not None,
        ) as self._root:
            self._show()
            try:
                await self._run_agent(order)
                await self._split(order)
            except (asyncio.CancelledError, Exception) as error:
                # Whatever it is: an execution ends with a reason, and is not tried for ever behind everyone's back.
                failure = _stub.reason_of(error)
            self._reviews.waiting = False
            _stub.end(stub, failure)
            self._end_root()
        await self._record_whatever_comes()
        if failure and stub.status is not Status.APPROVED:  # it is, where it had posted before it was ended
            raise ApplicationError(failure, type="ExecutionFailed", non_retryable=True)
        return stub.model_copy(update={"result": {}, "steps": [], "findings": []})

    async def _record_whatever_comes(self) -> None:
        """Record how it ended, also when it is cancelled meanwhile: it has ended, and the record has to say how."""
        cancelled_before = workflow.cancellation_reason() is not None
        recording = asyncio.ensure_future(self._record())
        try:
            await asyncio.shield(recording)
        except asyncio.CancelledError:
            if (
                cancelled_before or workflow.cancellation_reason() is None
            ):  # not by an operator: the worker forgets it for now
                raise
            await asyncio.shield(recording)

    async def _run_agent(self, order: ExecutionOrder) -> None:
        app = _compiled(graph_named(self.agent)).copy({"checkpointer": InMemorySaver()})
        given: Channels | Command[str]
        if order.waiting:
            given = await self._resumed(app, order.waiting)
        else:
            execution = ExecutionRef(
                id=self._stub.id,
                tenant=order.tenant,
                batch=order.batch,
                run_id=self._stub.run_id,
                digest=order.digest,
                name=order.name,
                submitted_by=order.submitted_by,
                details=order.details,
            )
            given = plain({"execution": execution, "options": order.options})
        while True:
            channels: Channels = {}
            at_work: list[Mapping[str, Any]] = []
            try:
                stream: Any = app.astream(  # which is typed as if it had one mode
                    given, {"configurable": self._thread, "recursion_limit": 100}, stream_mode=["tasks", "values"]
                )
                async for mode, chunk in stream:
                    if mode == "tasks" and "input" in chunk:
                        at_work.append(chunk)
                        self._step = chunk["name"]
                        self._show()
                    elif mode == "values":
                        channels = chunk
                        if "__interrupt__" not in chunk:
                            at_work = []
            finally:  # also of one that fails: as far as it came
                _stub.take(self._stub, channels, self._reviews.reminders)
                self._parts = channels.get("parts") or []
            if "__interrupt__" not in channels:
                return
            asked = channels.pop("__interrupt__")[0].value
            approval = (asked.get("approval") if isinstance(asked, Mapping) else None) or {}
            if _asks_alone(at_work) and workflow.patched(_WAITS_AS_NEW):
                await self._wait_as_new(at_work[0]["name"], channels, approval)
            given = Command(resume=await self._ask_person(approval))

    async def _wait_as_new(self, node: str, channels: Channels, approval: Mapping[str, Any]) -> None:
        """Go on in a new run that begins by waiting. Returns only if the state is too large to be handed to it."""
        self._end_root()
        waiting = Waiting(
            node=node,
            channels=channels,
            approval=dict(approval),
            stub=_stub.head(self._stub),
            root_run_id=self._root_run_id,
            since=workflow.now(),
            reminders=self._reviews.reminders,
            escalated=self._reviews.escalated,
        )
        await workflow.wait_condition(workflow.all_handlers_finished)  # whose answer led here is told so first
        if workflow.cancellation_reason() is not None:  # of which the next run would not hear
            raise asyncio.CancelledError
        try:
            workflow.continue_as_new(self._order.model_copy(update={"waiting": waiting}))
        except ApplicationError as error:
            if error.type != TOO_LARGE:
                raise

    async def _resumed(self, app: CompiledGraph, waiting: Waiting) -> Command[str]:
        """Wait, and put ``app`` where it stood when it asked; what it is to go on with."""
        answer = await self._ask_person(waiting.approval)
        if waiting.node not in app.nodes:
            raise ApplicationError(
                f"the software has changed while this waited: its agent no longer has the step {waiting.node!r}. "
                "`counterfoil retry` begins it again",
                type="StepGone",
                non_retryable=True,
            )
        saver: Any = app.checkpointer
        channels = {name: value for name, value in waiting.channels.items() if name in app.channels}
        # Begun again where it waits, it is another run, which is what it has to post as.
        channels["execution"] = {**channels["execution"], "run_id": self._stub.run_id}
        versions = {name: saver.get_next_version(None, None) for name in channels}
        stood = Checkpoint(
            v=4,  # the form that LangGraph has had since 0.6
            id=str(UUID(int=0)),  # before those that follow: the saver knows the latest by its id
            ts=waiting.since.isoformat(),
            channel_values=channels,
            channel_versions=versions,
            versions_seen={},
            updated_channels=None,
        )
        thread = {**self._thread, "checkpoint_ns": ""}
        saver.put({"configurable": thread}, stood, {"source": "update", "step": 0, "parents": {}}, versions)
        return Command(goto=waiting.node, resume=answer)

    @property
    def _thread(self) -> dict[str, str]:
        """What LangGraph knows the execution by."""
        return {"thread_id": self._stub.id}

    async def _ask_person(self, approval: Mapping[str, Any]) -> dict[str, object]:
        """Wait until a person has answered. Where the agent has asked with an ``approval`` that has a plan, those who may
        approve are reminded meanwhile, and it is escalated."""
        stub, since = self._stub, self._reviews.begin()
        stub.status, stub.settled_at = Status.REVIEW, stub.settled_at or since
        _stub.wait(stub, since, self._reviews.reminders)
        self._end_root()
        await self._record()
        answer = await self._reviews.answer(approval, self._remind)
        stub.status = Status.RUNNING
        at, escalated = workflow.now().isoformat(), self._reviews.escalated
        return {**answer.model_dump(mode="json"), "at": at, "escalated": escalated}

    async def _remind(self, notice: Notice) -> None:
        self._reviews.tell(notice, self.who_may_approve(), self._stub)
        _stub.wait(self._stub, self._reviews.since, self._reviews.reminders)
        await self._record(news=False)

    async def _split(self, order: ExecutionOrder) -> None:
        """Where the agent found several documents in one, make each an execution of its own."""
        parts = [Part.model_validate(part) for part in self._parts]
        if not parts:
            return
        await workflow.execute_activity(
            HAND_IN_PARTS,
            PartsOrder(
                tenant=order.tenant,
                batch=order.batch,
                definition=self._stub.definition,
                of=self._stub.id,
                parts=parts,
                details=order.details,
            ),
            start_to_close_timeout=timedelta(minutes=2),
            heartbeat_timeout=timedelta(seconds=15),
            retry_policy=RetryPolicy(maximum_interval=timedelta(seconds=60)),
        )
        _stub.split(self._stub, parts)

    @workflow.update
    async def review(self, answer: ReviewAnswer) -> str:
        """A person's answer. Returns, once the agent has taken it, what was taken."""
        await self._reviews.give(answer)
        return f"{answer.action} taken"

    @review.validator
    def _validate_review(self, answer: ReviewAnswer) -> None:
        if not self._reviews.waiting:
            message = f"the execution does not wait for a review: it is {self._stub.status}"
            raise ApplicationError(message, type="NotWaiting")
        if answer.seen is not None and answer.seen != len(self._stub.reviews):
            raise ApplicationError("it has been reviewed since you looked: look again", type="NotWaiting")
        if problem := self.review_problem(answer):
            raise ApplicationError(problem, type="InvalidReview")

    def review_problem(self, answer: ReviewAnswer) -> str | None:
        """Why an answer cannot be taken, or None. Definitions add what their agents need."""
        return _reviews.problem_of(answer)

    def who_may_approve(self) -> list[str]:
        """Who may approve now, by name; empty where that may be anyone. Definitions with an approval policy say."""
        return []

    @workflow.query
    def stub(self) -> Execution:
        """The execution as it stands."""
        return self._stub

    async def _record(self, *, news: bool = True) -> None:
        """Write the stub to the ledger and show it to operators; ``news`` if it stands otherwise than before."""
        self._show()
        await _stub.keep(self._stub, news=news)
        self._show()
        self._attributes.send(self._stub)

    def _show(self) -> None:
        stub, reviews = self._stub, self._reviews
        lines = _shown.execution_lines(stub, step=self._step, trace=self._link)
        if stub.status is Status.REVIEW:
            people = self.who_may_approve()
            lines += _shown.waiting_lines(stub.id, since=reviews.since, people=people, reminders=reviews.reminders)
        _shown.show(lines)

    def _end_root(self) -> None:
        assert self._root, "the agent runs within it"
        decided = {"decision": self._stub.decision, "reasons": self._stub.reasons}
        self._root.end({"failed": self._stub.error} if self._stub.error else decided, self._stub.error)


def _asks_alone(at_work: Sequence[Mapping[str, Any]]) -> bool:
    """Whether the step that asks is the only one at work and was given the whole state: then its name and the state say where
    the graph stands."""
    return len(at_work) == 1 and not any(trigger.startswith("__") for trigger in at_work[0]["triggers"])


@lru_cache
def _compiled(graph: Graph) -> CompiledGraph:
    """The graph compiled, once a process: it holds nothing of an execution."""
    return graph.compile()

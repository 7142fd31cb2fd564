"""What every definition shares: running an agent durably, waiting for people, and keeping the stub.

A definition is a subclass with a ``run`` of its own; see `workflows.invoice`. This module is for reading, not for change,
when a definition is added.
"""

from __future__ import annotations

import asyncio
import re
from collections import Counter
from collections.abc import Mapping
from datetime import datetime, timedelta
from decimal import Decimal
from functools import lru_cache
from typing import Any, ClassVar, Literal

from pydantic import BaseModel, Field
from temporalio import workflow
from temporalio.common import RetryPolicy
from temporalio.exceptions import ActivityError, ApplicationError, FailureError, is_cancelled_exception

with workflow.unsafe.imports_passed_through():
    from langgraph.checkpoint.memory import InMemorySaver
    from langgraph.types import Command
    from temporalio.langgraph import graph

    from agents.controls.approval import Notice, notices
    from agents.controls.approval.names import key_of
    from infra.ledger import REFUSED_FOR_GOOD, Execution, Finding, Review, Status, Step
    from infra.ledger.activities import record
    from infra.telemetry.tracing import RootSpan, root_span, trace_id_of
    from infra.temporal import search_attributes as sa


class ExecutionOrder(BaseModel):
    """The input of every definition: which document, for whom, and the options it keeps for its lifetime."""

    tenant: str
    batch: str
    digest: str
    """SHA-256 of the document's bytes, hex; the bytes are in the document store."""
    name: str
    options: dict[str, Any] = Field(default_factory=dict)
    details: dict[str, str] = Field(default_factory=dict)
    """What whoever handed it in says of it, such as a purchase order."""
    submitted_by: str | None = None
    trace_link: str | None = None


class PartsOrder(BaseModel):
    """What a document was split into: each part becomes an execution of its own in the same batch."""

    tenant: str
    batch: str
    definition: str
    of: str
    """The execution that was split."""
    parts: list[dict[str, Any]]
    """Each with ``name`` and ``digest``; the bytes are in the document store."""
    details: dict[str, str] = Field(default_factory=dict)


BY_POLICY = "policy"
"""Who a decision is by that no person took; so no person may answer under that name."""

HAND_IN_PARTS = "hand in parts"
"""Activity that takes a `PartsOrder` and returns the ids of the executions."""


class ReviewAnswer(BaseModel):
    """What a person answers. ``corrections``, with the action ``correct``, maps field paths to values; None removes one."""

    action: Literal["approve", "reject", "correct"]
    reviewer: str = Field(min_length=1)
    reason: str | None = None
    corrections: dict[str, str | None] = Field(default_factory=dict)
    seen: int | None = None
    """How many reviews the execution had when the reviewer looked: an answer to what has changed since is refused."""


_RECORD: dict[str, Any] = {
    # A local activity: what it is given, the whole stub, is not written to the history.
    "start_to_close_timeout": timedelta(seconds=40),
    # A ledger that is down is no reason to lose an execution: its record is tried until it is up again. What it cannot
    # take will not be taken later.
    "retry_policy": RetryPolicy(maximum_interval=timedelta(seconds=60), non_retryable_error_types=REFUSED_FOR_GOOD),
}


_CANCELLED = "cancelled by an operator. Submit the document again to start over"


class AgentWorkflow:
    """Runs the agent named by ``agent`` on one document, from its first step to its stub."""

    agent: ClassVar[str]
    """Folder in ``agents/`` whose graph this definition runs."""

    def __init__(self) -> None:
        self._stub: Execution | None = None
        self._answers: list[ReviewAnswer] = []
        self._waiting = False
        self._step = "submitted"
        self._link: str | None = None
        self._root: RootSpan | None = None
        self._shown: dict[str, Any] = {}
        self._parts: list[dict[str, Any]] = []
        self._options: dict[str, Any] = {}
        self._waits_since: datetime | None = None
        self._reminders: list[dict[str, Any]] = []
        self._escalated = False

    @classmethod
    def definition(cls) -> str:
        """The name of the definition: that of the module the workflow stands in."""
        return cls.__module__.rpartition(".")[2]

    async def run(self, order: ExecutionOrder) -> Execution:
        """Of each definition its own, decorated as Temporal wants it, which calls `execute`."""
        raise NotImplementedError

    async def execute(self, order: ExecutionOrder) -> Execution:
        """Run the agent, waiting for people as it asks for them, and return the stub's head: the record has all of it.

        Raises:
            ApplicationError: the execution failed; the message says why and what to do next. The stub is recorded.
        """
        info = workflow.info()
        self._link, self._options = order.trace_link, order.options
        self._stub = Execution(
            id=info.workflow_id,
            definition=self.definition(),
            tenant=order.tenant,
            batch=order.batch,
            digest=order.digest,
            name=order.name,
            run_id=info.run_id,
            trace_id=f"{trace_id_of(info.workflow_id):032x}",
            status=Status.RUNNING,
            started_at=info.start_time,
        )
        failure: str | None = None
        with root_span(
            f"{self.agent} {order.name}",
            "AGENT",
            run_id=info.run_id,
            execution_id=info.workflow_id,
            tenant=order.tenant,
            batch=order.batch,
            input={"document": order.name, "sha256": order.digest},
        ) as self._root:
            self._shown = {pair.key.name: pair.value for pair in info.typed_search_attributes}
            self._show()
            try:
                await self._run_agent(order)
                await self._split(order)
            except (asyncio.CancelledError, Exception) as error:
                # Whatever it is: an execution ends with a reason, and is not tried for ever behind everyone's back.
                # (A cancellation comes by itself, or as the end of the activity that was under way.)
                failure = _CANCELLED if is_cancelled_exception(error) else _reason(error)
            self._waiting = False
            stub = self._stub
            stub.ended_at = workflow.now()
            stub.settled_at = stub.settled_at or stub.ended_at
            if failure:
                stub.status, stub.error, stub.decision = Status.FAILED, failure, None
            self._end_root()
        await asyncio.shield(self._record())
        if failure:
            raise ApplicationError(failure, type="ExecutionFailed", non_retryable=True)
        return stub.model_copy(update={"result": {}, "steps": [], "findings": []})

    async def _run_agent(self, order: ExecutionOrder) -> None:
        assert self._stub
        app = _compiled(graph(self.agent)).copy({"checkpointer": InMemorySaver()})
        config: Any = {"configurable": {"thread_id": self._stub.id}, "recursion_limit": 100}
        execution = {
            "id": self._stub.id,
            "tenant": order.tenant,
            "batch": order.batch,
            "run_id": self._stub.run_id,
            "digest": order.digest,
            "name": order.name,
            "submitted_by": order.submitted_by,
            "details": order.details,
        }
        given: Any = {"execution": execution, "options": order.options}
        while True:
            state: dict[str, Any] = {}
            try:
                stream: Any = app.astream(given, config, stream_mode=["tasks", "values"])
                async for mode, chunk in stream:
                    if mode == "tasks" and "input" in chunk:
                        self._step = chunk["name"]
                        self._show()
                    elif mode == "values":
                        state = chunk
            finally:
                self._take(state)  # also of one that fails: as far as it came
            if "__interrupt__" not in state:
                return
            given = Command(resume=await self._ask_person(state["__interrupt__"][0].value))

    async def _split(self, order: ExecutionOrder) -> None:
        """Where the agent found several documents in one, make each an execution of its own."""
        if not self._parts:
            return
        stub = self._stub
        assert stub
        await workflow.execute_activity(
            HAND_IN_PARTS,
            PartsOrder(
                tenant=order.tenant,
                batch=order.batch,
                definition=stub.definition,
                of=stub.id,
                parts=self._parts,
                details=order.details,
            ),
            start_to_close_timeout=timedelta(minutes=2),
            heartbeat_timeout=timedelta(seconds=15),
            retry_policy=RetryPolicy(maximum_interval=timedelta(seconds=60)),
        )
        stub.status, stub.decision = Status.SPLIT, None
        stub.reasons = [f"it holds {len(self._parts)} documents: {', '.join(part['name'] for part in self._parts)}"]

    async def _ask_person(self, asked: Any) -> dict[str, Any]:
        """Wait, for days if need be, until a person has answered. Where the agent has ``asked`` with an ``approval`` that has
        a plan, those who may approve are reminded meanwhile, and it is escalated."""
        assert self._stub
        plan = (asked.get("approval") if isinstance(asked, Mapping) else None) or {}
        self._stub.status = Status.REVIEW
        self._waits_since = workflow.now()
        self._stub.settled_at = self._stub.settled_at or self._waits_since
        self._waiting = True
        self._note_waiting()
        self._end_root()
        await self._record()
        for notice in notices(plan, escalated=self._escalated):
            if await self._answered_by(self._waits_since + timedelta(hours=notice.after_hours), notice.kind):
                break
            await self._give(notice)
        await workflow.wait_condition(lambda: bool(self._answers))
        answer = self._answers.pop(0)
        self._stub.status, self._waits_since = Status.RUNNING, None
        return {**answer.model_dump(mode="json"), "at": workflow.now().isoformat(), "escalated": self._escalated}

    async def _answered_by(self, due: datetime, until: str) -> bool:
        """Whether a person answers before ``due``; ``until`` is what the timer is called."""
        left = due - workflow.now()
        if left > timedelta(0) and not self._answers:
            try:
                await workflow.wait_condition(lambda: bool(self._answers), timeout=left, timeout_summary=until)
            except TimeoutError:
                return bool(self._answers)
        return bool(self._answers)

    async def _give(self, notice: Notice) -> None:
        """Put a reminder or an escalation on record, in the log and in the metrics: that is all that reaches people for now."""
        assert self._stub
        self._escalated = self._escalated or notice.kind == "escalation"
        people = self.who_may_approve()
        self._reminders.append({"kind": notice.kind, "at": workflow.now().isoformat(), "to": people})
        told = {"kind": notice.kind, "tenant": self._stub.tenant, "definition": self._stub.definition}
        number = sum(one["kind"] == notice.kind for one in self._reminders)
        workflow.logger.info(
            "%s %d of %s, which waits for %s",
            notice.kind,
            number,
            self._stub.id,
            ", ".join(people) or "anyone",
            extra=told,
        )
        workflow.metric_meter().create_counter(
            "counterfoil_reminders", "Reminders and escalations of executions that wait for a person."
        ).add(1, {"kind": notice.kind, "definition": self._stub.definition})
        self._note_waiting()
        await self._record(news=False)

    def _note_waiting(self) -> None:
        """Into the stub: since when it waits, and what was done about it."""
        assert self._stub
        since = self._waits_since.isoformat() if self._waits_since else None
        self._stub.result = {**self._stub.result, "waits_since": since, "reminders": list(self._reminders)}

    def who_may_approve(self) -> list[str]:
        """Who may approve now, by name; empty where that may be anyone. Definitions with an approval policy say."""
        return []

    @workflow.update
    async def review(self, answer: ReviewAnswer) -> str:
        """A person's answer. Returns, once the agent has taken it, what was taken."""
        self._answers.append(answer)
        self._waiting = False
        assert self._stub
        await workflow.wait_condition(lambda: not self._answers)
        return f"{answer.action} taken"

    @review.validator
    def _validate_review(self, answer: ReviewAnswer) -> None:
        if not self._waiting or self._stub is None:
            status = self._stub.status if self._stub else "starting"
            raise ApplicationError(f"the execution does not wait for a review: it is {status}", type="NotWaiting")
        if answer.seen is not None and answer.seen != len(self._stub.reviews):
            raise ApplicationError("it has been reviewed since you looked: look again", type="NotWaiting")
        if problem := self.review_problem(answer):
            raise ApplicationError(problem, type="InvalidReview")

    def review_problem(self, answer: ReviewAnswer) -> str | None:
        """Why an answer cannot be taken, or None. Definitions add what their agents need."""
        if key_of(answer.reviewer) in ("", BY_POLICY):
            return f"an answer needs the name of who gives it, and nobody is called {BY_POLICY}: that is the approval policy"
        if answer.action == "correct" and not answer.corrections:
            return "a correction names at least one field"
        if answer.action != "correct" and answer.corrections:
            return "corrections are given with the action correct; look at what comes of them, then approve"
        if answer.action == "reject" and not answer.reason:
            return "a rejection needs a reason"
        return None

    @workflow.query
    def stub(self) -> Execution | None:
        """The execution as it stands."""
        return self._stub

    def _take(self, state: dict[str, Any]) -> None:
        """Bring the stub up to date with the graph's state."""
        stub = self._stub
        assert stub
        decision, head = state.get("decision"), state.get("headline") or {}
        if decision:
            stub.decision, stub.decided_by, stub.reasons = decision["outcome"], decision["by"], decision["reasons"]
            ends = {"approve": Status.APPROVED, "reject": Status.REJECTED}
            stub.status = ends.get(decision["outcome"], Status.REVIEW)
        stub.vendor, stub.number, stub.currency = head.get("vendor"), head.get("number"), head.get("currency")
        stub.amount = Decimal(head["amount"]) if head.get("amount") else None
        stub.steps = [Step(ordinal=n, **s) for n, s in enumerate(state.get("steps", []))]
        stub.findings = [Finding(**f) for found in state.get("findings", {}).values() for f in found]
        stub.reviews = [Review(**r) for r in state.get("reviews", [])]
        self._parts = state.get("parts") or []
        made = {"fields": state.get("fields", {}), "document": state.get("document")}
        stub.result = {**(state.get("result") or {}), **made}
        if self._reminders:
            stub.result["reminders"] = list(self._reminders)

    async def _record(self, news: bool = True) -> None:
        """Write the stub to the ledger and show it to operators; ``news`` if it stands otherwise than before."""
        stub = self._stub
        assert stub
        self._show()
        summary = stub.status.value
        try:
            totals = await workflow.execute_local_activity(record, args=[stub, news], summary=summary, **_RECORD)
        except ActivityError as error:
            # What the ledger cannot take is left out; that the execution stands, and why it failed, is recorded.
            unrecorded = f"its result cannot be recorded: {_reason(error)}"
            stub.status, stub.error, stub.decision = Status.FAILED, stub.error or unrecorded, None
            stub.ended_at = workflow.now()
            stub.amount, stub.result, stub.steps, stub.findings = None, {}, [], []
            totals = await workflow.execute_local_activity(record, args=[stub, news], summary=summary, **_RECORD)
            if not stub.error.startswith("cancelled"):
                raise ApplicationError(stub.error, type="ExecutionFailed", non_retryable=True) from error
        stub.model_calls, stub.usage = totals.model_calls, totals.usage
        stub.cost, stub.cost_currency = totals.cost, totals.cost_currency
        self._show()
        self._upsert(stub)

    def _upsert(self, stub: Execution) -> None:
        """Search attributes that changed; texts are cut, as Temporal refuses long ones."""
        texts = {
            sa.STATUS: stub.status.value,
            sa.TENANT: stub.tenant,
            sa.BATCH: stub.batch,
            sa.DOCUMENT: stub.name,
            sa.DECISION: stub.decision,
            sa.VENDOR: stub.vendor,
            sa.CURRENCY: stub.currency,
        }
        updates: dict[str, Any] = {
            key.name: key.value_set(text[:200]) if text else key.value_unset() for key, text in texts.items()
        }
        for key, number in ((sa.AMOUNT, stub.amount), (sa.COST, stub.cost)):
            updates[key.name] = key.value_set(float(number)) if number is not None else key.value_unset()
        updates[sa.TOKENS.name] = sa.TOKENS.value_set(stub.usage.total)
        shown = {name: getattr(update, "value", None) for name, update in updates.items()}
        changed = [update for name, update in updates.items() if shown[name] != self._shown.get(name)]
        if changed:
            workflow.upsert_search_attributes(changed)
        self._shown = shown

    def _end_root(self) -> None:
        assert self._root
        assert self._stub
        decided = {"decision": self._stub.decision, "reasons": self._stub.reasons}
        self._root.end({"failed": self._stub.error} if self._stub.error else decided, self._stub.error)

    def _show(self) -> None:
        """Current details, in Markdown: what an operator sees on the execution's page."""
        stub = self._stub
        assert stub
        lines = [
            f"**{plain(stub.name)}**: {stub.status.value}" + (f", at step `{self._step}`" if not stub.ended_at else "")
        ]
        if stub.decision:
            lines.append(f"**Decision**: {stub.decision} by {stub.decided_by}")
            lines += [f"- {plain(reason)}" for reason in stub.reasons]
        if stub.error:
            lines.append(f"**Failed**: {plain(stub.error)}")
        if stub.vendor or stub.amount is not None:
            number, vendor = plain(stub.number or "?"), plain(stub.vendor or "?")
            lines.append(f"**Invoice** {number} of {vendor}: {stub.amount} {stub.currency or ''}")
        if stub.model_calls:
            cost = f"{stub.cost:.6f} {stub.cost_currency}" if stub.cost is not None else "unpriced"
            lines.append(f"**Cost**: {cost} for {stub.model_calls} model calls, {stub.usage.total} tokens")
        if self._link:
            lines.append(f"[Trace in Phoenix]({self._link})")
        if stub.status is Status.REVIEW:
            lines += self._shown_waiting()
            lines.append(f"Answer with `counterfoil review approve|reject|correct {stub.id}`")
        workflow.set_current_details("\n\n".join(lines))

    def _shown_waiting(self) -> list[str]:
        """For how long, on whom, and what was done about it."""
        people = ", ".join(plain(name) for name in self.who_may_approve())
        since = f" since {self._waits_since:%Y-%m-%d %H:%M} UTC" if self._waits_since else ""
        lines = [f"**Waits**{since}" + (f" for {people}" if people else "")]
        if self._reminders:
            last = self._reminders[-1]
            counts = Counter(one["kind"] for one in self._reminders)
            told = ", ".join(f"{count} {kind}{'' if count == 1 else 's'}" for kind, count in counts.items())
            lines.append(f"{told}, the last at {last['at'][:16].replace('T', ' ')} UTC")
        return lines


@lru_cache
def _compiled(of: Any) -> Any:
    """The graph compiled, once a process: it holds nothing of an execution."""
    return of.compile()


_MARKDOWN = re.compile(r"([\\`*_{}\[\]()<>#!|])")


def plain(text: str) -> str:
    """Text of a document for a page that renders Markdown: no links, pictures or markup of the document's own."""
    return _MARKDOWN.sub(r"\\\1", " ".join(text.split()))[:500]


def _reason(error: BaseException) -> str:
    """What a person should read of a failure: the innermost message, and that submitting again is safe."""
    while isinstance(error, ActivityError) and error.cause:
        error = error.cause
    if not isinstance(error, FailureError):
        return f"a fault of the software, {type(error).__name__}: {error}. Please report it"
    message = error.message.rstrip(".")
    mendable = not (isinstance(error, ApplicationError) and error.type == "Unreadable")
    again = " After mending it, submit the document again: answers already paid for are kept." if mendable else ""
    return f"{message}.{again}"

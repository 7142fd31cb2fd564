"""Waiting for people: what they answer, and who is reminded of it meanwhile."""

from __future__ import annotations

from collections import deque
from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import datetime, timedelta

from temporalio import workflow

with workflow.unsafe.imports_passed_through():
    from agents.controls.approval import Notice, name_problem, notices
    from infra.records import Execution
    from workflows.messages import Reminder, ReviewAnswer, Waiting

_LATE = timedelta(minutes=1)
"""Later than that a reminder is not for a worker that is busy, and those that are due after it are given with it."""
_ONE_FOR_ALL_OVERDUE = "what is overdue is reminded of once"
"""The patch (Temporal's word) that executions do without that were reminded of each."""


class Reviews:
    """The answers to one execution. One at a time is waited for; while it is, people are reminded as the approval asks."""

    def __init__(self, before: Waiting | None) -> None:
        """``before``: what an earlier run of the execution knows of them."""
        self.waiting = before is not None  # from its first moment on, in which an answer may come
        self.since: datetime | None = before.since if before else None
        """Since when it waits."""
        self.reminders: list[Reminder] = list(before.reminders) if before else []
        self.escalated = bool(before and before.escalated)
        self._answers: list[ReviewAnswer] = []

    def begin(self) -> datetime:
        """Take answers from now on; since when it waits."""
        self.since = self.since or workflow.now()
        self.waiting = not self._answers
        return self.since

    async def give(self, answer: ReviewAnswer) -> None:
        """Hand in an answer; returns once it was taken."""
        self._answers.append(answer)
        self.waiting = False
        await workflow.wait_condition(lambda: not self._answers)

    async def answer(self, approval: Mapping[str, object], remind: Callable[[Notice], Awaitable[None]]) -> ReviewAnswer:
        """Wait, for days if need be, until a person has answered. ``approval`` is the `Requirement` as JSON whose plan says
        when to ``remind``. Where several are overdue, as after days without a worker or for an execution begun again, one is
        given for all: the escalation if it is among them."""
        assert self.since, "it has begun to wait"
        plan = deque(notices(approval, escalated=self.escalated))
        while plan:
            notice = plan.popleft()
            due = self._due(notice)
            if await self._answered_by(due, notice.kind):
                break
            late = workflow.now() - due > _LATE
            while late and plan and self._due(plan[0]) <= workflow.now() and workflow.patched(_ONE_FOR_ALL_OVERDUE):
                later = plan.popleft()
                notice = notice if notice.kind == "escalation" else later
            self.escalated = self.escalated or notice.kind == "escalation"
            await remind(notice)
        await workflow.wait_condition(lambda: bool(self._answers))
        self.since = None
        return self._answers.pop(0)

    def _due(self, notice: Notice) -> datetime:
        assert self.since, "it has begun to wait"
        return self.since + timedelta(hours=notice.after_hours)

    async def _answered_by(self, due: datetime, until: str) -> bool:
        """Whether a person answers before ``due``; ``until`` is what the timer is called."""
        left = due - workflow.now()
        if left > timedelta(0) and not self._answers:
            try:
                await workflow.wait_condition(lambda: bool(self._answers), timeout=left, timeout_summary=until)
            except TimeoutError:
                return bool(self._answers)
        return bool(self._answers)

    def tell(self, notice: Notice, people: Sequence[str], stub: Execution) -> None:
        """Put a reminder or an escalation on record, in the log and in the metrics: that is all that reaches people for now."""
        self.reminders.append(Reminder(kind=notice.kind, at=workflow.now().isoformat(), to=list(people)))
        workflow.logger.info(
            "%s %d of %s, which waits for %s",
            notice.kind,
            sum(reminder.kind == notice.kind for reminder in self.reminders),
            stub.id,
            ", ".join(people) or "anyone",
            extra={"kind": notice.kind, "tenant": stub.tenant, "definition": stub.definition},
        )
        workflow.metric_meter().create_counter(
            "counterfoil_reminders", "Reminders and escalations of executions that wait for a person."
        ).add(1, {"kind": notice.kind, "definition": stub.definition})


def problem_of(answer: ReviewAnswer) -> str | None:
    """Why an answer cannot be taken, whatever the definition; None where it can."""
    if nameless := name_problem(answer.reviewer):
        return f"an answer needs the name of who gives it: {nameless}"
    if answer.action == "correct" and not answer.corrections:
        return "a correction names at least one field"
    if answer.action != "correct" and answer.corrections:
        return "corrections are given with the action correct; look at what comes of them, then approve"
    if answer.action == "reject" and not answer.reason:
        return "a rejection needs a reason"
    return None

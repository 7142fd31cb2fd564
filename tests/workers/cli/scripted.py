"""A workflow under the name and with the messages of the real one, whose document's name says what happens to it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from temporalio import activity, workflow
from temporalio.client import Client
from temporalio.exceptions import ApplicationError

from infra.ledger import Ledger
from infra.records import Execution, Review, Status
from infra.settings import Settings
from infra.telemetry.tracing import trace_id_of
from tests.workers.cli.examples import FIELDS
from workers.worker.feeding import Feeding
from workflows.messages import ExecutionOrder, ReviewAnswer


@dataclass
class _Home:
    settings: Settings | None = None


HOME = _Home()
"""Of the test that runs: there is one worker for all."""


@activity.defn
async def keep(execution: Execution) -> None:
    assert HOME.settings
    async with Ledger(HOME.settings.ledger) as ledger:
        await ledger.record(execution)


class FeedingOfATest(Feeding):
    """The activities of a batch, on the home of the test that runs."""

    def __init__(self, client: Client) -> None:
        self._client = client
        self._ledgers: dict[str, Ledger] = {}

    @property
    def _settings(self) -> Settings:  # type: ignore[override]
        assert HOME.settings
        return HOME.settings

    @property
    def _ledger(self) -> Ledger:  # type: ignore[override]
        url = self._settings.ledger
        return self._ledgers.setdefault(url, Ledger(url))


@workflow.defn(name="InvoiceWorkflow")
class ScriptedInvoice:
    """``review…`` waits for a person, ``fail…`` fails, ``slow…`` takes a second, all else is approved at once."""

    def __init__(self) -> None:
        self._stub: Execution | None = None
        self._answers: list[ReviewAnswer] = []

    @workflow.run
    async def run(self, order: ExecutionOrder) -> Execution:
        info = workflow.info()
        self._stub = stub = Execution(
            id=info.workflow_id,
            definition="invoice",
            tenant=order.tenant,
            batch=order.batch,
            digest=order.digest,
            name=order.name,
            run_id=info.run_id,
            trace_id=f"{trace_id_of(info.workflow_id):032x}",
            status=Status.RUNNING,
            started_at=info.start_time,
        )
        await self._record()
        if "slow" in order.name:
            await workflow.sleep(1)
        if "fail" in order.name:
            stub.status, stub.error, stub.ended_at = Status.FAILED, "the model is away", workflow.now()
            await self._record()
            raise ApplicationError("the model is away", non_retryable=True)
        stub.result = {"fields": FIELDS}
        waits = "review" in order.name
        stub.decision, stub.status = ("review", Status.REVIEW) if waits else ("approve", Status.APPROVED)
        stub.decided_by, stub.reasons = "policy", ["as its name says"]
        while stub.status is Status.REVIEW:
            await self._record()
            await workflow.wait_condition(lambda: bool(self._answers))
            answer = self._answers.pop()
            stub.reviews.append(Review(**answer.model_dump(), at=workflow.now()))
            if answer.action != "correct":
                approved = answer.action == "approve"
                stub.status = Status.APPROVED if approved else Status.REJECTED
                stub.decision, stub.decided_by, stub.reasons = answer.action, answer.reviewer, [answer.reason or ""]
        stub.ended_at = workflow.now()
        await self._record()
        return stub

    async def _record(self) -> None:
        assert self._stub
        await workflow.execute_activity(keep, self._stub, start_to_close_timeout=timedelta(seconds=10))

    @workflow.update
    async def review(self, answer: ReviewAnswer) -> str:
        self._answers.append(answer)
        return "taken"

    @review.validator
    def _validate_review(self, answer: ReviewAnswer) -> None:
        if "nonsense" in answer.corrections:
            raise ApplicationError("'nonsense' is no field of an invoice", type="InvalidReview")
        if answer.seen is not None and self._stub and answer.seen != len(self._stub.reviews):
            raise ApplicationError("it has changed since you looked at it", type="InvalidReview")

    @workflow.query
    def stub(self) -> Execution | None:
        return self._stub

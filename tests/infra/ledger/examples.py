"""Records to write, each with what a test does not care about filled in."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

from infra.ledger.keys import number_key
from infra.records import CallStatus, Claim, Execution, ModelCall, Posting, Review, Status, Step, Submission, TokenUsage

MORNING = datetime(2026, 3, 2, 8, 30, 0, 123456, tzinfo=UTC)
DIGEST = "ab12cd" + "0" * 58


def minutes(count: float) -> datetime:
    """So many minutes after the morning began."""
    return MORNING + timedelta(minutes=count)


def a_submission(**fields: Any) -> Submission:
    values: dict[str, Any] = {
        "tenant": "acme",
        "batch": "march",
        "name": "invoice.pdf",
        "digest": DIGEST,
        "size": 5_000_000_000,
        "media_type": "application/pdf",
        "execution_id": "invoice-acme-ab12cd",
        "submitted_at": MORNING,
    }
    return Submission(**values | fields)


def an_execution(**fields: Any) -> Execution:
    values: dict[str, Any] = {
        "id": "invoice-acme-ab12cd",
        "definition": "invoice",
        "tenant": "acme",
        "batch": "march",
        "digest": DIGEST,
        "name": "invoice.pdf",
        "run_id": "run-1",
        "status": Status.RUNNING,
        "started_at": MORNING,
    }
    return Execution(**values | fields)


def some_steps(count: int) -> list[Step]:
    return [
        Step(ordinal=n, name=f"step {n}", room="activity", started_at=minutes(n), ended_at=minutes(n + 1))
        for n in range(count)
    ]


def a_review(**fields: Any) -> Review:
    values: dict[str, Any] = {"action": "approve", "reviewer": "Ada", "at": minutes(60)}
    return Review(**values | fields)


def a_call(**fields: Any) -> ModelCall:
    values: dict[str, Any] = {
        "key": "invoice-acme-ab12cd/extract/77",
        "attempt": 0,
        "execution_id": "invoice-acme-ab12cd",
        "step": "extract",
        "tier": "small",
        "endpoint": "http://127.0.0.1:8000/v1",
        "model": "a-model",
        "prompt_version": "1f",
        "request_digest": "77",
        "status": CallStatus.STARTED,
        "started_at": MORNING,
    }
    return ModelCall(**values | fields)


def ended(call: ModelCall, status: CallStatus = CallStatus.COMPLETED, **fields: Any) -> ModelCall:
    """The call with an outcome."""
    values: dict[str, Any] = {"status": status, "ended_at": call.started_at + timedelta(seconds=2)}
    if status in (CallStatus.COMPLETED, CallStatus.INVALID):
        values |= {
            "usage": TokenUsage(prompt=900, cached=600, output=80, reasoning=10),
            "cost": Decimal("0.00012345"),
            "currency": "USD",
            "price_source": "list of March",
            "answer": '{"number": "R-1"}',
            "finish_reason": "stop",
        }
    return call.model_copy(update=values | fields)


def a_posting(**fields: Any) -> Posting:
    values: dict[str, Any] = {
        "execution_id": "invoice-acme-ab12cd",
        "tenant": "acme",
        "vendor": "Muster GmbH",
        "number": "R-1",
        "currency": "EUR",
        "amount": Decimal("119.00"),
        "invoice": {"number": "R-1"},
        "posted_at": MORNING,
    }
    return Posting(**values | fields)


def a_claim(id: str, number: str | None = "RE-1", amount: str | None = "119.00", **fields: Any) -> Claim:
    values: dict[str, Any] = {
        "execution_id": id,
        "run_id": "run-1",
        "tenant": "acme",
        "kind": "invoice",
        "vendor_key": "vendor:V1",
        "vendor": "Muster GmbH",
        "number": number,
        "number_key": number_key(number) if number else None,
        "currency": "EUR",
        "amount": Decimal(amount) if amount else None,
        "issue_date": date(2026, 10, 12),
        "name": f"{id}.pdf",
        "tokens": [1, 2**60],
    }
    return Claim(**values | fields)

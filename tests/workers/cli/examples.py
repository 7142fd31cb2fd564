"""Records to fill a ledger with, each with what a test does not care about filled in."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from hashlib import sha256
from typing import Any

from infra.ledger import Ledger
from infra.records import CallStatus, Execution, Finding, ModelCall, Review, Status, Step, Submission, TokenUsage
from infra.telemetry.tracing import span_id_of, trace_id_of

MORNING = datetime(2026, 3, 2, 8, 30, tzinfo=UTC)
PRICE_SOURCE = "list of March"


def digest_of(name: str) -> str:
    return sha256(name.encode()).hexdigest()


def a_field(value: str, source: str = "model", **evidence: Any) -> dict[str, Any]:
    return {"value": value, "evidence": {"source": source, "text": value, **evidence}}


FIELDS = {
    "invoice_number": a_field("R-17", page=1, box=[70.0, 90.0, 130.0, 102.0]),
    "currency": a_field("EUR", "rule"),
    "seller.name": a_field("Muster GmbH"),
    "totals.grand_total": a_field("119.00", page=1),
    "totals.tax_total": a_field("19.00", "person"),
    "lines[0].name": a_field("Papier"),
    "lines[0].net_amount": a_field("100.10", page=2),
}


def an_execution(name: str = "invoice.pdf", **fields: Any) -> Execution:
    tenant, digest = fields.get("tenant", "acme"), fields.get("digest", digest_of(name))
    id = f"invoice-{tenant}-{digest[:24]}"
    values: dict[str, Any] = {
        "id": id,
        "definition": "invoice",
        "tenant": tenant,
        "batch": "march",
        "digest": digest,
        "name": name,
        "run_id": f"run of {name}",
        "trace_id": f"{trace_id_of(id):032x}",
        "status": Status.APPROVED,
        "decision": "approve",
        "decided_by": "policy",
        "reasons": ["all sums agree"],
        "vendor": "Muster GmbH",
        "number": "R-17",
        "currency": "EUR",
        "amount": Decimal("119.00"),
        "result": {"fields": FIELDS, "invoice": {}, "kind": "invoice"},
        "steps": [Step(ordinal=0, name="read", room="activity", started_at=MORNING, ended_at=MORNING)],
        "findings": [
            Finding(rule="PAY-1", severity="info", message="no IBAN"),
            Finding(rule="SUM-1", severity="error", message="the sum is wrong", fields=["totals.grand_total"]),
        ],
        "reviews": [Review(action="correct", reviewer="Ada", corrections={"totals.tax_total": "19.00"}, at=MORNING)],
        "started_at": MORNING,
        "ended_at": MORNING + timedelta(seconds=9),
    }
    return Execution(**values | fields)


def a_submission(execution: Execution, **fields: Any) -> Submission:
    values = execution.model_dump(include={"tenant", "batch", "name", "digest"})
    values |= {
        "size": 1000,
        "media_type": "application/pdf",
        "execution_id": execution.id,
        "submitted_at": execution.started_at,
        "begun_at": execution.started_at,
    }
    return Submission(**values | fields)


def a_call(execution: Execution, step: str = "extract totals", **fields: Any) -> ModelCall:
    key = f"{execution.id}/{step}/{fields.get('request_digest', '77')}"
    values: dict[str, Any] = {
        "key": key,
        "attempt": 1,
        "execution_id": execution.id,
        "step": step,
        "tier": "small",
        "endpoint": "http://127.0.0.1:8000/v1",
        "model": "a-model",
        "prompt_version": "1f",
        "request_digest": "77",
        "status": CallStatus.COMPLETED,
        "started_at": MORNING,
        "ended_at": MORNING + timedelta(seconds=2),
        "usage": TokenUsage(prompt=900, cached=600, output=80),
        "cost": Decimal("0.00012345"),
        "currency": "USD",
        "price_source": PRICE_SOURCE,
        "span_id": f"{span_id_of(key):016x}",
    }
    return ModelCall(**values | fields)


def fill(url: str, *records: Execution | Submission | ModelCall) -> None:
    """Write records; an execution without a submission among them gets one."""

    async def write(ledger: Ledger, given: Iterable[Execution | Submission | ModelCall]) -> None:
        for record in given:
            if isinstance(record, Execution):
                await ledger.record(record)
            elif isinstance(record, Submission):
                await ledger.submit(record)
            else:
                await ledger.end_call(record)

    async def run() -> None:
        handed_in = {r.execution_id for r in records if isinstance(r, Submission)}
        missing = [a_submission(r) for r in records if isinstance(r, Execution) and r.id not in handed_in]
        async with Ledger(url) as ledger:
            await write(ledger, [*records, *missing])

    asyncio.run(run())

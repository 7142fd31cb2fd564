"""How a workflow reaches the ledger."""

from __future__ import annotations

from decimal import Decimal

from temporalio import activity

from infra.connections import connections
from infra.ledger.records import Execution, Status
from infra.models.calls import PAID, sum_usage


@activity.defn
async def record(execution: Execution) -> Execution:
    """Record the execution as it now stands, and return it as recorded. Idempotent.

    What a failed execution cost is counted from the ledger's own calls: the state of its graph lacks those whose step
    did not end.
    """
    ledger = connections().ledger
    if execution.status is Status.FAILED:
        paid = [call for call in await ledger.calls(execution.id) if call.status in PAID]
        priced = [call.cost for call in paid if call.cost is not None]
        execution.model_calls, execution.usage = len(paid), sum_usage(paid)
        execution.cost = sum(priced, Decimal(0)) if len(priced) == len(paid) else None
        execution.cost_currency = next((call.currency for call in paid), None)
    await ledger.record(execution)
    return execution

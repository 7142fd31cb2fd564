"""How a workflow reaches the ledger."""

from __future__ import annotations

from decimal import Decimal

from temporalio import activity

from infra.connections import connections
from infra.ledger.records import Execution, Totals
from infra.models.calls import PAID, ModelCall, sum_usage


@activity.defn
async def record(execution: Execution) -> Totals:
    """Record the execution as it now stands, with what its calls come to; returns the latter. Idempotent.

    What an execution cost is counted from the ledger's own calls, which also has those whose step failed or whose answer
    came after its worker had been given up.
    """
    ledger = connections().ledger
    totals = _totals(await ledger.calls(execution.id))
    await ledger.record(execution.model_copy(update=dict(totals)))
    return totals


def _totals(calls: list[ModelCall]) -> Totals:
    paid = [call for call in calls if call.status in PAID]
    priced = [call.cost for call in paid if call.cost is not None]
    currencies = {call.currency for call in paid if call.cost is not None}
    summed = len(priced) == len(paid) and len(currencies) <= 1
    return Totals(
        model_calls=len(paid),
        usage=sum_usage(paid),
        cost=sum(priced, Decimal(0)) if summed else None,
        cost_currency=next(iter(currencies), None) if summed else None,
    )

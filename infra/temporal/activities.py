"""How a workflow reaches the ledger."""

from __future__ import annotations

from temporalio import activity

from infra.connections import connections
from infra.records import Execution, Totals
from infra.telemetry import metrics
from infra.telemetry.tracing import execution_context


@activity.defn
async def record(execution: Execution, news: bool = True) -> Totals:
    """Record the execution as it now stands, with what its calls come to; returns the latter. Idempotent. Without ``news``
    it stands as it stood, and is not counted again.

    What an execution cost is counted from the ledger's own calls, which also has those whose step failed or whose answer
    came after its worker had been given up.
    """
    with execution_context(execution.id, execution.tenant, execution.batch):
        totals = await connections().ledger.record_with_totals(execution)
    if news:
        metrics.count_execution(execution)
    return totals

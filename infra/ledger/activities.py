"""How a workflow reaches the ledger."""

from __future__ import annotations

from temporalio import activity

from infra.connections import connections
from infra.ledger.records import Execution


@activity.defn
async def record(execution: Execution) -> None:
    """Record the execution as it now stands. Idempotent."""
    await connections().ledger.record(execution)

"""The workflow of a batch, under its id or, where it was begun by an earlier version, under the one it had then."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from infra.ids import batch_id, former_batch_id

if TYPE_CHECKING:
    from temporalio.client import WorkflowExecutionDescription, WorkflowHandle

    from workers.office import Office


async def batch_workflow(
    office: Office, tenant: str, batch: str, *, timeout: timedelta | None = None
) -> tuple[WorkflowHandle[Any, Any], WorkflowExecutionDescription | None]:
    """The workflow of a batch as Temporal describes it; None, and the id it would have, where it is not known there.

    A former id may be another tenant's batch: it is taken only where its search attributes say that it is this one.

    Raises:
        RPCError: Temporal does not answer.
    """
    from infra.temporal import search_attributes as sa

    client, installation = await office.temporal(), await office.ledger.installation()
    handle = client.get_workflow_handle(batch_id(tenant, batch, installation.id))
    if described := await _described(handle, timeout):
        return handle, described
    if not installation.unnamed:
        return handle, None
    former = client.get_workflow_handle(former_batch_id(tenant, batch))
    described = await _described(former, timeout)
    if described:
        said = described.typed_search_attributes
        if (said.get(sa.TENANT), said.get(sa.BATCH)) == (tenant, batch):
            return former, described
    return handle, None


async def _described(
    handle: WorkflowHandle[Any, Any], timeout: timedelta | None
) -> WorkflowExecutionDescription | None:
    from temporalio.service import RPCError, RPCStatusCode

    try:
        return await handle.describe(rpc_timeout=timeout)
    except RPCError as error:
        if error.status is RPCStatusCode.NOT_FOUND:
            return None
        raise

"""Addresses of an execution, a batch or a trace in the UIs of the systems around us."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import quote

if TYPE_CHECKING:
    from infra.records import Execution
    from infra.settings import Settings


def workflows_link(settings: Settings) -> str:
    """All workflows, in Temporal's UI."""
    return f"{settings.temporal_ui}/namespaces/{settings.temporal_namespace}/workflows"


def temporal_link(settings: Settings, workflow_id: str) -> str:
    """An execution, or the workflow of a batch, in Temporal's UI."""
    return f"{workflows_link(settings)}/{quote(workflow_id, safe='')}"


def batch_link(settings: Settings, tenant: str, batch: str, installation: str) -> str:
    """A batch of the installation named by its id, in Temporal's UI."""
    from infra.ids import batch_id

    return temporal_link(settings, batch_id(tenant, batch, installation))


def phoenix_link(settings: Settings, execution: Execution) -> str | None:
    """An execution's trace, in Phoenix; None where it has none."""
    from infra.telemetry.phoenix import trace_link

    return trace_link(settings, execution.trace_id) if execution.trace_id else None

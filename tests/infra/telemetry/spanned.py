"""A workflow with spans of its own and of its activities, which looks how many of them are stored."""

from __future__ import annotations

from datetime import timedelta

from temporalio import activity, workflow

with workflow.unsafe.imports_passed_through():
    from infra.telemetry.tracing import Tracing, root_span, span

watched: list[Tracing] = []
"""The tracing that is looked at: the last."""


@activity.defn
async def make_a_span() -> None:
    with span("in an activity", "CHAIN"):
        pass


@activity.defn
async def stored_so_far() -> int:
    return watched[-1].waiting


@workflow.defn
class Spanned:
    """Makes three spans in activities and then one in itself; returns how many were stored after each but the third."""

    @workflow.run
    async def run(self) -> list[int]:
        patience = timedelta(seconds=10)
        told: list[int] = []
        with root_span("root", "AGENT", run_id="r", execution_id="e", tenant="t", batch="b", input={}) as root:
            for _ in range(2):
                await workflow.execute_activity(make_a_span, start_to_close_timeout=patience)
                told.append(await workflow.execute_local_activity(stored_so_far, start_to_close_timeout=patience))
            await workflow.execute_local_activity(make_a_span, start_to_close_timeout=patience)
            root.end({})
        told.append(await workflow.execute_local_activity(stored_so_far, start_to_close_timeout=patience))
        return told

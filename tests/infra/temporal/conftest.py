"""A real Temporal server that orders tasks as the local stack's does, and workflows of one activity or of many."""

from __future__ import annotations

import asyncio
import sysconfig
from collections.abc import AsyncIterator
from datetime import timedelta

import pytest
from temporalio import workflow
from temporalio.client import Client
from temporalio.testing import WorkflowEnvironment

from infra.temporal.dev_server import dynamic_config_options

MODELS = "models"
"""The task queue of the activities."""


@workflow.defn(sandboxed=False)
class Document:
    """Makes ``calls`` model calls at once, in the name of ``name``."""

    @workflow.run
    async def run(self, name: str, calls: int) -> None:
        await asyncio.gather(*(self._call(name) for _ in range(calls)))

    async def _call(self, name: str) -> None:
        await workflow.execute_activity("call", name, task_queue=MODELS, start_to_close_timeout=timedelta(minutes=1))


@pytest.fixture
async def client() -> AsyncIterator[Client]:
    async with await WorkflowEnvironment.start_local(
        dev_server_existing_path=f"{sysconfig.get_path('scripts')}/temporal",
        dev_server_log_level="never",
        dev_server_extra_args=dynamic_config_options(),
    ) as environment:
        yield environment.client

"""A home of its own for each test, the command line in it and, where it is needed, a Temporal server with a worker."""

from __future__ import annotations

import asyncio
import json
import shutil
import sysconfig
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from temporalio.common import SearchAttributeKey
from temporalio.contrib.pydantic import pydantic_data_converter
from temporalio.testing import WorkflowEnvironment
from temporalio.worker import UnsandboxedWorkflowRunner, Worker
from typer.testing import CliRunner

from infra.ledger import migrate
from infra.settings import Settings, settings
from infra.temporal import search_attributes
from infra.temporal.interceptors import ActivityCare
from tests.workers.cli import scripted
from workers.cli import app
from workers.office import following
from workers.worker import feeding
from workflows.batch import BatchWorkflow


@dataclass
class Ran:
    """What a command printed, and how it ended."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)


@pytest.fixture(scope="session")
def migrated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("migrated") / "ledger.db"
    migrate(f"sqlite:///{path}")
    return path


@pytest.fixture
def empty_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Settings]:
    """Settings of a home with nothing in it, and of ports at which nothing answers."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COUNTERFOIL_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("COUNTERFOIL_TEMPORAL_ADDRESS", "127.0.0.1:9")
    monkeypatch.setenv("COUNTERFOIL_PHOENIX_URL", "http://127.0.0.1:9")
    monkeypatch.setenv("COUNTERFOIL_TASK_QUEUE", "counterfoil")
    (tmp_path / "home").mkdir()
    settings.cache_clear()
    yield settings()
    settings.cache_clear()


@pytest.fixture
def home(empty_home: Settings, migrated: Path) -> Settings:
    """Settings of a home with an empty ledger."""
    shutil.copy(migrated, empty_home.home / "ledger.db")
    return empty_home


@pytest.fixture
def cli() -> Callable[..., Ran]:
    """Runs the command line with words."""

    def run(*words: object) -> Ran:
        result = CliRunner().invoke(app, [str(word) for word in words])
        if result.exception and not isinstance(result.exception, SystemExit):
            raise result.exception
        return Ran(result.exit_code, result.stdout, result.stderr)

    return run


@pytest.fixture(scope="session")
def temporal() -> Iterator[str]:
    """Address of a Temporal server at which a worker runs `scripted`, in a thread of their own."""
    loop = asyncio.new_event_loop()
    ready: threading.Event = threading.Event()
    address: list[str] = []
    stop = asyncio.Event()

    async def serve() -> None:
        keys = [_key(name, kind) for name, kind in search_attributes.SEARCH_ATTRIBUTES.items()]
        async with await WorkflowEnvironment.start_local(
            data_converter=pydantic_data_converter,
            dev_server_existing_path=sysconfig.get_path("scripts") + "/temporal",
            search_attributes=keys,
        ) as environment:
            worker = Worker(
                environment.client,
                task_queue="counterfoil",
                workflows=[scripted.ScriptedInvoice, BatchWorkflow],
                activities=[scripted.keep, *scripted.FeedingOfATest(environment.client).activities],
                interceptors=[ActivityCare(None)],
                workflow_runner=UnsandboxedWorkflowRunner(),
            )
            async with worker:
                address.append(environment.client.service_client.config.target_host)
                ready.set()
                await stop.wait()

    def run() -> None:
        asyncio.set_event_loop(loop)
        try:
            loop.run_until_complete(serve())
        finally:
            ready.set()

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    assert ready.wait(30)
    assert address, "the Temporal server did not start"
    yield address[0]
    loop.call_soon_threadsafe(stop.set)
    thread.join(20)


def _key(name: str, kind: str) -> SearchAttributeKey[Any]:
    makers: dict[str, Callable[[str], SearchAttributeKey[Any]]] = {
        "Keyword": SearchAttributeKey.for_keyword,
        "Double": SearchAttributeKey.for_float,
        "Int": SearchAttributeKey.for_int,
    }
    return makers[kind](name)


@pytest.fixture
def stack(home: Settings, temporal: str, monkeypatch: pytest.MonkeyPatch) -> Settings:
    """Settings of a home whose Temporal runs, with a worker that writes to its ledger."""
    monkeypatch.setenv("COUNTERFOIL_TEMPORAL_ADDRESS", temporal)
    settings.cache_clear()
    monkeypatch.setattr(following, "POLL_SECONDS", 0.1)
    monkeypatch.setattr(following, "SHORTEST_POLL_SECONDS", 0.1)
    monkeypatch.setattr(feeding, "POLL_SECONDS", 0.05)
    monkeypatch.setattr(feeding, "FEED_SECONDS", 1.0)
    scripted.HOME.settings = settings()
    return settings()

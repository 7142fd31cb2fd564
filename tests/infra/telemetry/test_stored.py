"""A span is on disk before what it tells of counts as done, and gets to Phoenix from there, whatever dies meanwhile."""

from __future__ import annotations

import asyncio
import gc
import subprocess
import sys
import sysconfig
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from opentelemetry import trace
from opentelemetry.util._once import Once
from temporalio.contrib.opentelemetry import OpenTelemetryPlugin
from temporalio.testing import WorkflowEnvironment
from temporalio.worker import Worker

from infra.settings import Settings
from infra.telemetry import outbox as outbox_module
from infra.telemetry import tracing as tracing_module
from infra.telemetry.tracing import Tracing, span, start_tracing
from infra.temporal.interceptors import ActivityCare
from tests.infra.telemetry.segments import on_disk
from tests.scripted.endpoint import unused_port
from workers.worker import workflow_runner

from .collector import Collector
from .spanned import Spanned, make_a_span, stored_so_far, watched

ROOT = Path(__file__).parents[3]
CHILD = """
import asyncio, sys
from itertools import count
from infra.settings import Settings
from infra.telemetry.tracing import span, start_tracing

async def main(home, phoenix, name, most):
    tracing = start_tracing(Settings(home=home, phoenix_url=phoenix))
    for n in count():
        if n == most:
            break
        with span(f"{name} {n}", "CHAIN"):
            pass
        await tracing.stored()
        print(f"{name} {n}", flush=True)
    sys.stdin.read()
    tracing.shutdown()

asyncio.run(main(*sys.argv[1:4], int(sys.argv[4])))
"""


@pytest.fixture
def away() -> Iterator[str]:
    """A URL where no Phoenix is."""
    with unused_port() as port:
        yield f"http://127.0.0.1:{port}"


@pytest.fixture
def provider(monkeypatch: pytest.MonkeyPatch) -> None:
    """The provider is global and can be set once a process; here once a test."""
    monkeypatch.setattr(trace, "_TRACER_PROVIDER", None)
    monkeypatch.setattr(trace, "_TRACER_PROVIDER_SET_ONCE", Once())


@pytest.fixture
def no_thread(provider: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is stored or sent in the background: whoever wants spans stored has to see to it."""
    monkeypatch.setattr(Tracing, "_run", lambda tracing: None)


@pytest.fixture
def tracing(no_thread: None, tmp_path: Path, away: str) -> Iterator[Tracing]:
    made = start_tracing(Settings(home=tmp_path, phoenix_url=away))
    yield made
    made.shutdown()


def test_a_process_that_is_killed_loses_no_stored_span(tmp_path: Path, provider: None) -> None:
    phoenix = Collector()
    url = phoenix.url.removesuffix("/v1/traces")

    def child(name: str, most: int) -> subprocess.Popen[str]:
        command = [sys.executable, "-c", CHILD, str(tmp_path), url, name, str(most)]
        return subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    with child("killed", -1) as killed, child("living", 20) as living:
        assert killed.stdout
        assert living.stdout
        told = [killed.stdout.readline().strip() for _ in range(50)]
        killed.kill()
        told += killed.stdout.read().split("\n")[:-1]
        told += [living.stdout.readline().strip() for _ in range(20)]
        assert phoenix.names == []
        with phoenix:
            tracing = start_tracing(Settings(home=tmp_path, phoenix_url=url))
            living.communicate()
            phoenix.until(len(told))
            tracing.shutdown()
    assert set(told) <= set(phoenix.names)
    assert len(set(phoenix.names)) <= len(told) + 1, "one may have been stored and not told"
    assert len(set(phoenix.ids)) == len(set(phoenix.names)), "what was sent twice is the same span"
    assert phoenix.names.count("killed 0") == 1, "one process took it over"


def test_spans_of_a_process_that_never_had_a_phoenix_are_sent_by_the_next(
    tmp_path: Path, provider: None, away: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(outbox_module, "SETTLED_AFTER_SECONDS", 0)
    monkeypatch.setattr(tracing_module, "_LOOK_SECONDS", 0.1)
    first = start_tracing(Settings(home=tmp_path, phoenix_url=away))
    with span("a", "CHAIN"), span("b", "CHAIN"):
        pass
    started = time.monotonic()
    first.shutdown()
    assert time.monotonic() - started < 2, "an absent Phoenix delays no shutdown"
    assert first.waiting == on_disk(tmp_path / "spans")[0] == 2
    for segment in first._outbox._segments:
        segment._file.close()  # as the end of a process does

    with Collector() as phoenix:
        url = phoenix.url.removesuffix("/v1/traces")
        second = start_tracing(Settings(home=tmp_path, phoenix_url=url), holding=True)
        time.sleep(3 * tracing_module._LOOK_SECONDS)
        assert second.waiting == 2, "they wait for the prices too"
        second.hold(False)
        phoenix.until(2)
        second.shutdown()
    assert phoenix.names == ["b", "a"]
    assert list((tmp_path / "spans").iterdir()) == []


async def test_with_fsync_the_device_has_what_is_stored(
    tmp_path: Path, no_thread: None, away: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    synced: list[int] = []

    def fsync(fd: int) -> None:
        time.sleep(0.01)
        synced.append(fd)

    monkeypatch.setattr("infra.telemetry._segments.os.fsync", fsync)
    tracing = start_tracing(Settings(home=tmp_path, phoenix_url=away, spans_fsync=True))

    async def finish() -> None:
        with span("a", "CHAIN"):
            pass
        await tracing.stored()

    await finish()
    assert tracing._outbox.synced == 1
    assert len(synced) == 2, "the file, and its name in the folder"
    await asyncio.gather(*(finish() for _ in range(100)))
    assert tracing._outbox.synced == 101
    assert len(synced) <= 4, "all who finish at once share it"
    tracing.shutdown()


async def test_a_span_that_ends_while_spans_are_stored_is_stored_too(
    tracing: Tracing, monkeypatch: pytest.MonkeyPatch
) -> None:
    def abandoned() -> Iterator[None]:
        with span("abandoned", "CHAIN"):
            yield

    put = tracing._outbox.put

    def put_and_collect_garbage(record: bytes) -> None:
        monkeypatch.setattr(tracing._outbox, "put", put)
        held = abandoned()
        next(held)
        del held
        gc.collect()
        put(record)

    monkeypatch.setattr(tracing._outbox, "put", put_and_collect_garbage)
    with span("a", "CHAIN"):
        pass
    await tracing.stored()
    assert tracing.waiting == 2


def test_who_waits_for_his_span_waits_also_while_another_thread_stores_it(
    tracing: Tracing, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun, go_on = threading.Event(), threading.Event()
    put = tracing._outbox.put

    def slow(record: bytes) -> None:
        begun.set()
        go_on.wait(5)
        put(record)

    monkeypatch.setattr(tracing._outbox, "put", slow)
    with span("a", "CHAIN"):
        pass
    other = threading.Thread(target=tracing.provider.force_flush)
    waits = threading.Thread(target=asyncio.run, args=(tracing.stored(),))
    other.start()
    begun.wait(5)
    waits.start()
    waits.join(0.1)
    assert waits.is_alive()
    go_on.set()
    for thread in (other, waits):
        thread.join(5)
    assert tracing.waiting == 1


def test_a_span_that_cannot_be_encoded_is_told_and_fails_nothing(
    tracing: Tracing, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fails(_: Any) -> None:
        raise ValueError("odd")

    monkeypatch.setattr(tracing_module, "encode_spans", fails)
    with span("a", "CHAIN"):
        pass
    assert tracing.provider.force_flush()
    assert (tracing.waiting, tracing.dropped) == (0, 1)
    assert "the span 'a' cannot be encoded" in caplog.text


async def test_spans_are_stored_when_their_activity_or_workflow_task_is_done(tracing: Tracing) -> None:
    watched.append(tracing)
    server = f"{sysconfig.get_path('scripts')}/temporal"
    async with (
        await WorkflowEnvironment.start_local(
            dev_server_existing_path=server, plugins=[OpenTelemetryPlugin()], dev_server_log_level="never"
        ) as environment,
        Worker(
            environment.client,
            task_queue="spans",
            workflows=[Spanned],
            activities=[make_a_span, stored_so_far],
            interceptors=[ActivityCare(tracing)],
            workflow_runner=workflow_runner(),
        ),
    ):
        told = await environment.client.execute_workflow(Spanned.run, id="w", task_queue="spans")
    assert told == [1, 2, 4]

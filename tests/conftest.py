"""What tests of several rooms share: a scripted model endpoint, a ledger of their own, and the spans a test makes."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest
from opentelemetry import trace
from opentelemetry.sdk.trace import ReadableSpan
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from opentelemetry.util._once import Once

from infra.ledger import migrate
from infra.settings import Settings
from infra.telemetry.tracing import make_provider
from tests.scripted.endpoint import Script, ScriptedEndpoint

os.environ.setdefault("COUNTERFOIL_LOOK", "false")
"""The invoices of most tests are honest, and each loop of theirs would load an OCR engine to find that out. Tests of the look
turn it on."""


@pytest.fixture(scope="session")
def _endpoint() -> Iterator[ScriptedEndpoint]:
    with ScriptedEndpoint() as started:
        yield started


@pytest.fixture
def endpoint(_endpoint: ScriptedEndpoint) -> ScriptedEndpoint:
    """A scripted model endpoint, over real HTTP, with a fresh script."""
    _endpoint.script = Script()
    return _endpoint


@pytest.fixture(scope="session")
def migrated_ledger(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated SQLite file, to copy: quicker than migrating each time."""
    path = tmp_path_factory.mktemp("ledger") / "ledger.db"
    migrate(f"sqlite:///{path}")
    return path


@pytest.fixture
def ledger_url(migrated_ledger: Path, tmp_path: Path) -> str:
    """The URL of a migrated, empty ledger on SQLite."""
    path = tmp_path / "ledger.db"
    shutil.copy(migrated_ledger, path)
    return f"sqlite:///{path}"


class Spans:
    """The spans a test made, as they would have reached Phoenix."""

    def __init__(self, exporter: InMemorySpanExporter) -> None:
        self._exporter = exporter

    def ended(self) -> Sequence[ReadableSpan]:
        """All of them, in the order they ended."""
        return self._exporter.get_finished_spans()

    def named(self, name: str) -> ReadableSpan:
        """The only span of that name."""
        (span,) = [s for s in self.ended() if s.name == name]
        return span


@pytest.fixture
def spans(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Spans]:
    """Tracing for this test alone. The provider is global and can be set once a process, so that is undone first."""
    monkeypatch.setattr(trace, "_TRACER_PROVIDER", None)
    monkeypatch.setattr(trace, "_TRACER_PROVIDER_SET_ONCE", Once())
    exporter = InMemorySpanExporter()
    provider = make_provider(Settings(home=tmp_path))
    provider.add_span_processor(SimpleSpanProcessor(exporter))
    yield Spans(exporter)
    provider.shutdown()

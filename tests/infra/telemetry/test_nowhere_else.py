"""What documents say goes to Phoenix and nowhere else, whatever the shell that starts us has set."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.trace.export import SpanExportResult

from infra.telemetry.tracing import PhoenixSession
from tests.infra.models.canned import Canned

from .test_patience import spans


@pytest.mark.parametrize("status", [200, 400, 401, 413, 422])
def test_spans_do_not_go_through_a_proxy_of_the_environment_and_a_refusal_is_told(
    status: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    with Canned("") as proxy, Canned("", status=status) as phoenix:
        for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"):
            monkeypatch.setenv(name, f"http://127.0.0.1:{proxy.port}")
        monkeypatch.setenv("NO_PROXY", "")
        monkeypatch.setenv("no_proxy", "")
        session = PhoenixSession()
        exporter = OTLPSpanExporter(f"http://127.0.0.1:{phoenix.port}/v1/traces", session=session, timeout=2)
        taken = exporter.export(spans("a")) is SpanExportResult.SUCCESS
        assert [path for path, _ in phoenix.received] == ["/v1/traces"]
        assert proxy.received == []
    assert taken is (status == 200)
    assert session.refused is (status in (400, 413, 422))
    assert exporter.export(spans("b")) is SpanExportResult.FAILURE
    assert not session.refused, "it is away now, which is no refusal"


@pytest.mark.parametrize("module", ["workers.worker", "infra.telemetry.steps"])
def test_langgraphs_own_tracing_is_off_though_the_shell_switches_it_on(module: str) -> None:
    names = ("LANGSMITH_TRACING", "LANGSMITH_TRACING_V2", "LANGCHAIN_TRACING_V2")
    asked = f"import {module}; from langsmith.utils import tracing_is_enabled; print(tracing_is_enabled())"
    said = subprocess.run(
        [sys.executable, "-c", asked],
        env={**os.environ, **dict.fromkeys(names, "true")},
        cwd=Path(__file__).parents[3],
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert said.stdout.strip() == "False", said.stderr

"""What documents say goes to Phoenix and nowhere else, whatever the shell that starts us has set."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from infra.telemetry.outbox import Outbox
from infra.telemetry.sender import Sender
from tests.infra.models.canned import Canned


def test_spans_go_neither_through_a_proxy_of_the_environment_nor_where_phoenix_redirects(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    elsewhere = Canned("")
    moved = {"location": f"http://127.0.0.1:{elsewhere.port}/v1/traces"}
    with elsewhere, Canned("", status=307, headers=moved) as phoenix:
        for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"):
            monkeypatch.setenv(name, f"http://127.0.0.1:{elsewhere.port}")
        monkeypatch.setenv("NO_PROXY", "")
        monkeypatch.setenv("no_proxy", "")
        outbox = Outbox(tmp_path, most_bytes=2**24)
        outbox.put(b"a span")
        sender = Sender(outbox, f"http://127.0.0.1:{phoenix.port}/v1/traces", api_key="secret")
        sender.send()
        sender.close()
        ((path, headers),) = phoenix.received
        assert path == "/v1/traces"
        assert headers["authorization"] == "Bearer secret"
        assert elsewhere.received == []
    assert outbox.waiting == 1


@pytest.mark.exhaustive
@pytest.mark.parametrize("module", ["workers.worker", "agents.steps"])
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

"""Costs are added up honestly, and the three records of them are compared."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from decimal import Decimal
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from infra.records import CallStatus, Execution, ModelCall, TokenUsage
from infra.settings import Settings, settings
from tests.workers.cli.conftest import Ran
from tests.workers.cli.examples import PRICE_SOURCE, a_call, an_execution, fill
from workers.office import verification

Cli = Callable[..., Ran]


def test_unpriced_calls_are_never_zero_and_lost_ones_are_counted_apart(home: Settings, cli: Cli) -> None:
    made = an_execution()
    fill(
        home.ledger,
        made,
        a_call(made),
        a_call(made, request_digest="78", cost=None, currency=None, price_source=None),
        a_call(made, "extract header", status=CallStatus.LOST, usage=TokenUsage(), cost=None, currency=None),
        a_call(made, "repair", status=CallStatus.REFUSED, usage=TokenUsage(), cost=None, currency=None),
    )
    ran = cli("cost", made.id)
    assert "0.000123 USD + 1 call unpriced" in ran.out
    assert "1 call was lost" in ran.out
    assert PRICE_SOURCE in ran.out
    total = cli("cost", "--json").json["total"]
    assert total == {
        "executions": 1,
        "model_calls": 2,
        "prompt_tokens": 1800,
        "cached_tokens": 1200,
        "output_tokens": 160,
        "cost": {"USD": "0.00012345"},
        "unpriced_calls": 1,
        "lost_calls": 1,
        "refused_calls": 1,
        "price_sources": [PRICE_SOURCE],
    }


def test_currencies_are_not_mixed(home: Settings, cli: Cli) -> None:
    made = an_execution()
    fill(home.ledger, made, a_call(made), a_call(made, "extract header", cost=Decimal("0.5"), currency="EUR"))
    assert cli("cost", "--json").json["total"]["cost"] == {"EUR": "0.5", "USD": "0.00012345"}


def test_cost_adds_up_by_step_and_by_model(home: Settings, cli: Cli) -> None:
    one, other = an_execution("a.pdf"), an_execution("b.pdf")
    fill(home.ledger, one, other, a_call(one), a_call(other), a_call(other, "extract header", model="another"))
    by_step = {row["step"]: row["model_calls"] for row in cli("cost", "--by", "step", "--json").json["rows"]}
    assert by_step == {"extract totals": 2, "extract header": 1}
    by_model = {row["model"]: row["model_calls"] for row in cli("cost", "--by", "model", "--json").json["rows"]}
    assert by_model == {"a-model": 2, "another": 1}
    assert [row["file"] for row in cli("cost", other.id, "--by", "execution", "--json").json["rows"]] == ["b.pdf"]


def test_a_batch_nobody_knows_is_told(home: Settings, cli: Cli) -> None:
    ran = cli("cost", "--batch", "may")
    assert ran.code == 1
    assert ran.err.strip() == "no execution in batch may; `counterfoil status` lists all"


def test_an_execution_without_calls_has_no_cost_to_list(home: Settings, cli: Cli) -> None:
    made = an_execution()
    fill(home.ledger, made)
    assert cli("cost", made.id).out.strip() == "no model calls"


class Traces:
    """What the Phoenix of a test holds, by trace id."""

    def __init__(self) -> None:
        self.by_id: dict[str, Any] = {}

    def hold(self, execution: Execution, *calls: ModelCall, cost: float | None, roots: int = 1) -> None:
        root = {"name": "root", "spanKind": "agent", "parentId": None}
        spans: list[dict[str, Any]] = [{**root, "spanId": f"r{n}"} for n in range(roots)]
        spans += [
            {
                "name": call.step,
                "spanKind": "llm",
                "spanId": call.span_id,
                "parentId": "r0",
                "tokenCountPrompt": call.usage.prompt,
                "tokenCountCompletion": call.usage.output,
                "tokenPromptDetails": {"cacheRead": call.usage.cached},
            }
            for call in calls
        ]
        self.by_id[execution.trace_id or ""] = {
            "costSummary": {"total": {"cost": cost}},
            "spans": {"edges": [{"node": span} for span in spans]},
        }


@pytest.fixture
def traces(stack: Settings, monkeypatch: pytest.MonkeyPatch) -> Iterator[Traces]:
    """A server that answers what `Phoenix.trace` asks; the real one takes half a minute to start."""
    held = Traces()

    class Answer(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            asked = json.loads(self.rfile.read(int(self.headers["content-length"])))
            found = held.by_id.get(asked["variables"]["t"])
            body = json.dumps({"data": {"getTraceByOtelId": found}}).encode()
            self.send_response(200)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Answer)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    monkeypatch.setenv("COUNTERFOIL_PHOENIX_URL", f"http://127.0.0.1:{server.server_port}")
    monkeypatch.setattr(verification, "PHOENIX_WAIT_SECONDS", 0.01)
    settings.cache_clear()
    yield held
    server.shutdown()


def test_verify_finds_the_same_in_three_places_and_tells_where_they_differ(
    stack: Settings, traces: Traces, cli: Cli, tmp_path: Path
) -> None:
    for name in ("one.pdf", "review-two.pdf"):
        (tmp_path / name).write_bytes(f"%PDF- to verify {name}".encode())
    handed_in = cli("submit", tmp_path / "one.pdf", tmp_path / "review-two.pdf", "--batch", "v", "--wait", "--json")
    executions = [Execution.model_validate(d["execution"]) for d in handed_in.json["documents"]]
    for execution in executions:
        traces.hold(execution, cost=None, roots=int(execution.status.ended))
    ran = cli("cost", "--batch", "v", "--verify", "--json")
    assert ran.code == 0
    assert [e["result"] == e["ledger"] for e in ran.json["executions"]] == [True, True]
    fill(stack.ledger, a_call(executions[1]))
    ran = cli("cost", executions[1].id, "--verify")
    assert ran.code == 1
    assert "result: 0 calls, the ledger 1" in ran.out
    assert "calls: prompt (cached) + output tokens, cost" in ran.out
    assert "Phoenix: 1 call without a span" in ran.out

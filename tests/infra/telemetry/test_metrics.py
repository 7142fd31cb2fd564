"""What is counted is what the ledger has, and in no more series than the configuration has names."""

from __future__ import annotations

from collections import Counter
from collections.abc import AsyncIterator
from contextlib import nullcontext
from datetime import UTC, datetime
from decimal import Decimal

import pytest
from prometheus_client.metrics import MetricWrapperBase

from infra.ledger import Ledger
from infra.models import ModelClient, ModelError, Tier
from infra.records import CallStatus, Execution, Price, Status
from infra.telemetry import metrics
from infra.telemetry.metrics import REGISTRY, count_execution
from tests.infra.models.conftest import EXECUTION, question
from tests.scripted.endpoint import ScriptedEndpoint

PRICE = Price(Decimal(1), Decimal("0.1"), Decimal(3), "EUR", "a price for tests")
LABELS = {"tier", "model", "status", "kind", "currency", "definition", "by", "task_queue"}


@pytest.fixture
async def ledger(ledger_url: str) -> AsyncIterator[Ledger]:
    async with Ledger(ledger_url) as opened:
        yield opened


def counts() -> Counter[tuple[str, str]]:
    """All counts so far, by name and by the label that says what was counted."""
    found: Counter[tuple[str, str]] = Counter()
    for family in REGISTRY.collect():
        for name, labels, value, *_ in family.samples:
            if name.startswith("counterfoil") and family.type == "counter":
                found[name, labels.get("status") or labels.get("kind") or labels.get("currency") or ""] += value  # type: ignore[assignment]
    return found


def counted_since(before: Counter[tuple[str, str]]) -> dict[tuple[str, str], float]:
    return {key: value - before[key] for key, value in counts().items() if value != before[key]}


async def test_calls_tokens_and_cost_are_those_of_the_ledger(endpoint: ScriptedEndpoint, ledger: Ledger) -> None:
    before = counts()
    client = ModelClient({"small": Tier("small", endpoint.url, "m", PRICE, "", 5)}, ledger)
    for n, mode in enumerate(["answer", "answer", "prose", "garbage", "cut", "refuse", "busy"]):
        endpoint.script.mode = mode
        with nullcontext() if mode == "answer" else pytest.raises(ModelError):
            await client.ask(question(f"INVOICE {n}"))
    await client.ask(question("INVOICE 0"))  # which the ledger holds: no call, and so no count
    await client.close()

    calls = await ledger.calls(EXECUTION)
    paid = [call for call in calls if call.status in (CallStatus.COMPLETED, CallStatus.INVALID)]
    expected: dict[tuple[str, str], float] = dict(
        Counter(("counterfoil_model_calls_total", call.status.value) for call in calls)
    )
    assert expected.keys() == {
        ("counterfoil_model_calls_total", status) for status in ("completed", "invalid", "refused", "lost")
    }
    for kind in ("prompt", "cached", "output"):
        expected["counterfoil_tokens_total", kind] = sum(getattr(call.usage, kind) for call in paid)
    counted = counted_since(before)
    assert counted.pop(("counterfoil_cost_total", "EUR")) == pytest.approx(float(sum(c.cost or 0 for c in paid)))
    assert counted == expected


async def test_a_paid_call_without_a_price_is_unpriced_and_costs_not_nothing(
    endpoint: ScriptedEndpoint, ledger: Ledger
) -> None:
    before = counts()
    client = ModelClient({"small": Tier("small", endpoint.url, "m", None, "", 5)}, ledger)
    await client.ask(question("INVOICE"))
    await client.close()
    counted = counted_since(before)
    assert counted["counterfoil_unpriced_model_calls_total", ""] == 1
    assert not any(name == "counterfoil_cost_total" for name, _ in counted)


def test_an_execution_counts_when_it_ends_or_begins_to_wait_and_by_whom_it_was_decided() -> None:
    def execution(status: Status, by: str | None) -> Execution:
        now = datetime.now(UTC)
        return Execution(
            id="x", definition="metrics", tenant="t", batch="b", digest="d", name="n", run_id="r", status=status,
            decided_by=by, started_at=now,
        )  # fmt: skip

    for status, by in [
        (Status.RUNNING, None),
        (Status.REVIEW, "policy"),
        (Status.APPROVED, "ada@example.com"),
        (Status.APPROVED, "policy"),
        (Status.FAILED, None),
    ]:
        count_execution(execution(status, by))
    found = {
        (sample.labels["status"], sample.labels["by"]): sample.value
        for family in REGISTRY.collect()
        for sample in family.samples
        if sample.name == "counterfoil_executions_total" and sample.labels["definition"] == "metrics"
    }
    assert found == {
        ("review", "policy"): 1,
        ("approved", "person"): 1,
        ("approved", "policy"): 1,
        ("failed", "nobody"): 1,
    }


def test_no_label_names_a_tenant_a_document_or_an_execution() -> None:
    made = [metric for metric in vars(metrics).values() if isinstance(metric, MetricWrapperBase)]
    assert len(made) > 10
    assert {label for metric in made for label in metric._labelnames} <= LABELS

"""Metrics: what this process counts and times, in Prometheus' terms.

Counted where things happen once: model calls when the ledger has taken their outcome, executions when the ledger has
taken their record; never in workflow code, which runs again when it is replayed. Labels come from the configuration and
from closed lists, so that there are as many series with a million documents as with ten: no tenant, no document, no
execution is named. Counts begin at 0 with the process; the ledger has them all.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from prometheus_client import (
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    PlatformCollector,
    ProcessCollector,
    disable_created_metrics,
)

from infra.records import PAID, ModelCall

if TYPE_CHECKING:  # the ledger imports the models, and they count here
    from infra.records import Execution

disable_created_metrics()  # type: ignore[no-untyped-call]  # a second series beside each, of when it was made
REGISTRY = CollectorRegistry()
"""All metrics of this process but those of Temporal's SDK, which serves its own."""
ProcessCollector(registry=REGISTRY)
PlatformCollector(registry=REGISTRY)

_SECONDS = (0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300, 600)

MODEL_CALLS = Counter(
    "counterfoil_model_calls",
    "Model calls whose outcome the ledger has taken.",
    ["tier", "model", "status"],
    registry=REGISTRY,
)
TOKENS = Counter(
    "counterfoil_tokens",
    "Tokens as endpoints reported them; cached is the part of prompt that came from their prefix cache.",
    ["tier", "model", "kind"],
    registry=REGISTRY,
)
COST = Counter(
    "counterfoil_cost",
    "Cost of priced model calls, in units of the currency.",
    ["tier", "model", "currency"],
    registry=REGISTRY,
)
UNPRICED = Counter(
    "counterfoil_unpriced_model_calls",
    "Model calls that were paid at a price, or for a number of tokens, that is not known.",
    ["tier", "model"],
    registry=REGISTRY,
)
CALLS_IN_FLIGHT = Gauge(
    "counterfoil_model_calls_in_flight", "Model calls that wait for their answer now.", ["tier"], registry=REGISTRY
)
CALL_LIMIT = Gauge(
    "counterfoil_model_calls_limit",
    "Model calls that may be in flight in this process now.",
    ["tier"],
    registry=REGISTRY,
)
CALL_WAIT = Histogram(
    "counterfoil_model_call_wait_seconds",
    "Time that a model call waits in this process until it may be made.",
    ["tier"],
    buckets=_SECONDS,
    registry=REGISTRY,
)
CALL_SECONDS = Histogram(
    "counterfoil_model_call_seconds",
    "Time from a model call's request to its outcome.",
    ["tier"],
    buckets=_SECONDS,
    registry=REGISTRY,
)
EXECUTIONS = Counter(
    "counterfoil_executions",
    "Executions that ended, by how and by whom that was decided; those of status review began to wait for a person.",
    ["definition", "status", "by"],
    registry=REGISTRY,
)
HANDED_BACK = Counter(
    "counterfoil_activities_handed_back",
    "Activities that did not end before their worker had to, and went back to their task queue.",
    ["task_queue"],
    registry=REGISTRY,
)
READING_CONFINED = Gauge(
    "counterfoil_reading_confined",
    "1 where processes that look at documents are kept from network, programs and files by the kernel, else 0.",
    registry=REGISTRY,
)
SPANS_WAITING = Gauge("counterfoil_spans_waiting", "Spans that Phoenix has not taken yet.", registry=REGISTRY)


@contextmanager
def in_flight(tier: str) -> Iterator[None]:
    """The block is a call's time from its request to its outcome."""
    with CALLS_IN_FLIGHT.labels(tier).track_inprogress(), CALL_SECONDS.labels(tier).time():
        yield


def count_call(call: ModelCall, model: str) -> None:
    """Count a call that has ended, its tokens and its cost.

    Args:
        call: As the ledger has it.
        model: The model that was asked for: what an endpoint reports could be anything.
    """
    MODEL_CALLS.labels(call.tier, model, call.status.value).inc()
    if call.status not in PAID:
        return
    for kind in ("prompt", "cached", "output"):
        TOKENS.labels(call.tier, model, kind).inc(getattr(call.usage, kind))
    if call.cost is None:
        UNPRICED.labels(call.tier, model).inc()
    else:
        COST.labels(call.tier, model, call.currency or "").inc(float(call.cost))


def count_execution(execution: Execution) -> None:
    """Count an execution that was recorded, if it has ended or waits for a person."""
    if execution.status == "running":
        return
    by = "nobody" if execution.decided_by is None else "policy" if execution.decided_by == "policy" else "person"
    EXECUTIONS.labels(execution.definition, execution.status.value, by).inc()

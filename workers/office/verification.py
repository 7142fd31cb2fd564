"""Whether the three records of what was paid agree: the ledger, the workflow's result, the trace in Phoenix."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from temporalio.client import Client, WorkflowFailureError
from temporalio.service import RPCError, RPCStatusCode

from infra.records import PAID, Execution, ModelCall, Status
from infra.telemetry.phoenix import Phoenix, TraceCost
from workers.office import Office
from workers.office.tally import Tally
from workers.office.wording import counted

COST_TOLERANCE = 1e-9
"""Largest difference of two costs that are the same: Phoenix adds up in floating point."""
PHOENIX_TRIES = 4
PHOENIX_WAIT_SECONDS = 2.0
"""Phoenix takes spans in with a short delay: it is asked again before a difference is believed."""
ANSWER_SECONDS = 10.0
AT_ONCE = 4
OLDER_VERSION = "this execution was begun by an older version of the software and cannot be asked"


@dataclass(frozen=True)
class Figures:
    """What one place says of one execution. ``cost`` is None where it is unpriced or there are no calls."""

    calls: int
    prompt: int
    cached: int
    output: int
    cost: Decimal | None
    roots: int | None = None
    """Root spans, where the place is Phoenix."""

    @classmethod
    def of(cls, tally: Tally) -> Figures:
        """Those of calls as the ledger has them."""
        cost = sum(tally.costs.values(), Decimal(0)) if tally.costs and not tally.unpriced else None
        return cls(tally.calls, tally.prompt, tally.cached, tally.output, cost)


@dataclass
class Verdict:
    """One execution in the three places; ``differences`` says in words where they are not the same."""

    execution: Execution
    ledger: Figures
    result: Figures | None = None
    phoenix: Figures | None = None
    differences: list[str] = field(default_factory=list)

    @property
    def agrees(self) -> bool:
        return not self.differences


async def verify(office: Office, executions: Sequence[tuple[Execution, Sequence[ModelCall]]]) -> list[Verdict]:
    """Compare the three places for each execution, given with its calls as the ledger has them; and whether what has posted is
    approved.

    Raises:
        PhoenixError: Phoenix does not answer.
        TemporalUnreachable: Temporal does not.
    """
    client = await office.temporal()
    places = asyncio.Semaphore(AT_ONCE)
    posted = await office.ledger.have_posted([execution.id for execution, _ in executions])
    async with Phoenix(office.settings) as phoenix:

        async def judged(execution: Execution, calls: Sequence[ModelCall]) -> Verdict:
            async with places:
                return await _verdict(phoenix, client, execution, calls, posted=execution.id in posted)

        return list(await asyncio.gather(*(judged(execution, calls) for execution, calls in executions)))


async def _verdict(
    phoenix: Phoenix, client: Client, execution: Execution, calls: Sequence[ModelCall], *, posted: bool
) -> Verdict:
    tally = Tally.of(calls)
    verdict = Verdict(execution, Figures.of(tally))
    if posted and execution.status is not Status.APPROVED:
        verdict.differences.append(f"ledger: it has posted, and is on record as {execution.status}")
    said = await _stub(client, execution)
    if isinstance(said, str):
        verdict.differences.append(f"result: {said}")
    else:
        verdict.result = Figures(
            said.model_calls,
            said.usage.prompt,
            said.usage.cached,
            said.usage.output,
            said.cost if said.model_calls else None,
        )
        verdict.differences += _compared("result", verdict.ledger, verdict.result)
    if tally.in_flight:
        verdict.differences.append(
            f"ledger: {counted(tally.in_flight, 'call is', 'calls are')} in flight; verify again later"
        )
    trace_differences: list[str] = []
    for attempt in range(PHOENIX_TRIES):
        if attempt:
            await asyncio.sleep(PHOENIX_WAIT_SECONDS)
        trace = await phoenix.trace(execution.trace_id) if execution.trace_id else None
        trace_differences = _trace_differences(verdict, calls, trace)
        if not trace_differences:
            break
    verdict.differences += trace_differences
    return verdict


async def _stub(client: Client, execution: Execution) -> Execution | str:
    """The execution as its workflow has it: the result where it ended well, else the answer to a query; or why not."""
    handle = client.get_workflow_handle(execution.id, run_id=execution.run_id, result_type=Execution)
    latest = client.get_workflow_handle(execution.id)  # what waits goes on in a run of its own under the first one's id
    try:
        async with asyncio.timeout(ANSWER_SECONDS):
            if execution.status in (Status.APPROVED, Status.REJECTED):
                result: Execution = await handle.result()
                return result
            stub: Execution | None = await latest.query("stub", result_type=Execution)
            if stub and stub.run_id != execution.run_id:
                return f"it was begun again as {stub.run_id} meanwhile: verify again"
            return stub or "the workflow has not begun"
    except WorkflowFailureError as error:
        return f"the workflow failed: {error.cause}"
    except TimeoutError:
        return "Temporal did not say: no answer in time; does the worker run?"
    except RPCError as error:
        if error.status is RPCStatusCode.NOT_FOUND:
            return "Temporal does not know this execution, or no longer"
        if error.status in (RPCStatusCode.UNAVAILABLE, RPCStatusCode.DEADLINE_EXCEEDED, RPCStatusCode.CANCELLED):
            return f"Temporal did not say: {error.message or error.status.name}; does the worker run?"
        return OLDER_VERSION
    except Exception:
        # The worker's replay of its history fails (`WorkflowQueryFailedError`), or what it returned has another shape:
        # of that, the error's text is about our code and says nothing to a person.
        return OLDER_VERSION


def _trace_differences(verdict: Verdict, calls: Sequence[ModelCall], trace: TraceCost | None) -> list[str]:
    """Where Phoenix says other than the ledger. Calls that were lost may have a span too: one without tokens."""
    ended = verdict.execution.status.ended
    if trace is None:
        expected = ended or verdict.ledger.calls
        return ["Phoenix: it has no trace of this execution"] if expected else []
    answered = {call.span_id for call in calls if call.status in PAID and call.span_id}
    known = {call.span_id for call in calls if call.span_id}
    spans = set(trace.call_span_ids)
    unanswered = len((spans & known) - answered)
    verdict.phoenix = Figures(
        len(trace.call_span_ids) - unanswered,
        trace.prompt_tokens,
        trace.cached_tokens,
        trace.output_tokens,
        Decimal(repr(trace.cost)) if trace.cost is not None and verdict.ledger.calls else None,
        trace.roots,
    )
    differences = _compared("Phoenix", verdict.ledger, verdict.phoenix)
    if missing := answered - spans:
        differences.append(f"Phoenix: {counted(len(missing), 'call')} without a span")
    if len(spans) != len(trace.call_span_ids):
        differences.append("Phoenix: a call's span is there twice")
    if ended and not trace.roots:
        differences.append("Phoenix: the trace has no root span")
    return differences


def _compared(place: str, ledger: Figures, there: Figures) -> list[str]:
    differences = [
        f"{place}: {counted(getattr(there, name), called)}, the ledger {getattr(ledger, name):,}"
        for name, called in (
            ("calls", "call"),
            ("prompt", "prompt token"),
            ("cached", "cached token"),
            ("output", "output token"),
        )
        if getattr(there, name) != getattr(ledger, name)
    ]
    if not _same_cost(ledger.cost, there.cost):
        differences.append(f"{place}: cost {_cost(there.cost)}, the ledger {_cost(ledger.cost)}")
    return differences


def _same_cost(one: Decimal | None, other: Decimal | None) -> bool:
    if one is None or other is None:
        # Phoenix knows no "unpriced": it sums what it has no price for to nothing.
        return not one and not other
    return abs(one - other) <= Decimal(COST_TOLERANCE)


def _cost(cost: Decimal | None) -> str:
    return "unpriced" if cost is None else format(cost, "f")

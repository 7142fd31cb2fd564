"""Spans stand for things: the same thing is the same span, in the trace of its execution, under what it is part of."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any, Literal

import pytest
from opentelemetry.sdk.trace import ReadableSpan
from opentelemetry.trace import StatusCode
from pydantic import BaseModel

from agents.steps import AgentState, AgentUpdate, step
from infra.models import InvalidAnswer, MemoryCallBook, ModelClient, Question, Tier
from infra.records import ModelCall
from infra.telemetry.tracing import (
    RootSpan,
    identified,
    root_span,
    span,
    span_id_of,
    trace_id_of,
)
from tests.conftest import Spans
from tests.scripted.endpoint import MODEL, ScriptedEndpoint

EXECUTION = "default/0123"


class Kind(BaseModel):
    """The answer asked for."""

    kind: Literal["invoice", "other"]


class Book(MemoryCallBook):
    """A book that holds on to what it was told, as the ledger does."""

    async def begin_call(self, call: ModelCall) -> ModelCall:
        return next((held for held in self.calls if held.key == call.key), call)


def a_client(url: str, book: MemoryCallBook | None = None) -> ModelClient:
    return ModelClient({"small": Tier("small", url, "m", None, "", 5)}, book or MemoryCallBook())


def a_question(step: str = "extract header") -> Question[Kind]:
    messages = [{"role": "system", "content": "You read."}, {"role": "user", "content": "INVOICE"}]
    return Question(EXECUTION, step, messages, Kind, 24, "header@1")


@contextmanager
def a_root(run: str = "run 1") -> Iterator[RootSpan]:
    """The root of the execution's trace, ended with the block."""
    with root_span(
        "invoice a.pdf",
        "AGENT",
        run_id=run,
        execution_id=EXECUTION,
        tenant="default",
        batch="monday",
        input={"document": "a.pdf"},
    ) as root:
        yield root
        root.end({})


def ids(one: ReadableSpan) -> tuple[int, int]:
    assert one.context
    return one.context.trace_id, one.context.span_id


def attributes(one: ReadableSpan) -> Mapping[str, Any]:
    assert one.attributes is not None
    return one.attributes


def test_ids_follow_from_the_subject_alone_and_differ_between_subjects() -> None:
    assert trace_id_of("a") == trace_id_of("a") != trace_id_of("b")
    assert span_id_of("a") == span_id_of("a") != span_id_of("b")
    assert 0 < trace_id_of("a") < 2**128
    assert 0 < span_id_of("a") < 2**64
    # Written down: another value would cut the traces of running executions in two.
    assert f"{trace_id_of('default/0123'):032x}" == "0b88f317f3b2e69346ee5fa1e7c8ba1f"
    assert f"{span_id_of('default/0123'):016x}" == "1b595f4026aad378"


def test_the_same_execution_is_the_same_trace_and_root(spans: Spans) -> None:
    for _ in range(2):
        with a_root():
            pass
    first, second = spans.ended()
    assert ids(first) == ids(second) == (trace_id_of(EXECUTION), span_id_of("run run 1"))
    assert first.parent is None


def test_another_run_of_an_execution_is_another_root_in_the_same_trace(spans: Spans) -> None:
    for run in ("run 1", "run 2"):
        with a_root(run):
            pass
    first, second = spans.ended()
    assert ids(first)[0] == ids(second)[0]
    assert ids(first)[1] != ids(second)[1]


def test_a_root_is_a_root_wherever_it_is_begun(spans: Spans) -> None:
    with span("a client's", "CHAIN"), a_root():
        pass
    assert spans.named("invoice a.pdf").parent is None


def test_spans_without_a_subject_have_ids_of_their_own(spans: Spans) -> None:
    for _ in range(2):
        with span("look", "CHAIN"):
            pass
    first, second = spans.ended()
    assert ids(first)[0] != ids(second)[0]
    assert ids(first)[1] != ids(second)[1]


def test_a_known_id_is_not_passed_on_to_the_spans_within(spans: Spans) -> None:
    with a_root(), span("inner", "CHAIN", subject="inner"), span("innermost", "CHAIN"):
        pass
    found = {s.name: ids(s) for s in spans.ended()}
    assert {trace for trace, _ in found.values()} == {trace_id_of(EXECUTION)}
    assert len({id for _, id in found.values()}) == 3


async def test_execution_step_and_call_are_nested_and_say_whose_they_are(
    spans: Spans, endpoint: ScriptedEndpoint
) -> None:
    client = a_client(endpoint.url)

    @step("decide", AgentState, kind="EVALUATOR")
    async def decide(state: AgentState) -> AgentUpdate:
        answer = await client.ask(a_question())
        return {"kind": answer.value.kind, "note": "it says so", "calls": [answer.call]}

    execution = {"id": EXECUTION, "tenant": "default", "batch": "monday", "digest": "d", "name": "a.pdf"}
    with a_root() as root:
        update = await decide({"execution": execution})
        root.end({"decision": "approve"})
    await client.close()

    assert update["kind"] == "invoice"
    assert "note" not in update
    assert update["steps"][0]["name"] == "decide"
    assert update["steps"][0]["note"] == "it says so"
    call, inner, outer = spans.ended()
    assert (outer.name, inner.name, call.name) == ("invoice a.pdf", "decide", "small: extract header")
    assert inner.parent
    assert call.parent
    assert inner.parent.span_id == ids(outer)[1]
    assert call.parent.span_id == ids(inner)[1]
    for one, kind in ((outer, "AGENT"), (inner, "EVALUATOR"), (call, "LLM")):
        assert ids(one)[0] == trace_id_of(EXECUTION)
        assert attributes(one)["openinference.span.kind"] == kind
        assert attributes(one)["session.id"] == EXECUTION
        assert json.loads(attributes(one)["metadata"]) == {"tenant": "default", "batch": "monday"}
        assert one.status.status_code is not StatusCode.ERROR
    assert json.loads(attributes(outer)["input.value"]) == {"document": "a.pdf"}
    assert json.loads(attributes(outer)["output.value"]) == {"decision": "approve"}
    assert json.loads(attributes(inner)["output.value"]) == {"kind": "invoice"}
    assert attributes(inner)["counterfoil.note"] == "it says so"


async def test_a_call_span_has_the_tokens_the_answer_and_the_times_of_the_call(
    spans: Spans, endpoint: ScriptedEndpoint
) -> None:
    book = Book()
    client = a_client(endpoint.url, book)
    await client.ask(a_question())
    await client.close()
    (call,) = book.calls
    one = spans.named("small: extract header")
    told = attributes(one)
    assert told["llm.model_name"] == "m", "the name it was asked for by, which has the price"
    assert told["counterfoil.model_reported"] == MODEL
    assert told["llm.token_count.prompt"] == call.usage.prompt
    assert told["llm.token_count.completion"] == call.usage.output
    assert told["llm.token_count.prompt_details.cache_read"] == call.usage.cached
    assert told["output.value"] == call.answer
    assert told["llm.prompt_template.version"] == "header@1"
    assert "counterfoil.cost" not in told  # unpriced
    assert one.end_time
    assert one.start_time
    assert call.seconds is not None
    assert (one.end_time - one.start_time) / 1e9 == pytest.approx(call.seconds, abs=1e-5)


async def test_a_call_answered_from_the_ledger_sends_the_same_span_again(
    spans: Spans, endpoint: ScriptedEndpoint
) -> None:
    book = Book()
    for _ in range(2):
        client = a_client(endpoint.url, book)
        with a_root():
            await client.ask(a_question())
        await client.close()
    assert endpoint.script.requests.total() == 1
    first, again = [s for s in spans.ended() if s.name == "small: extract header"]
    assert ids(first) == ids(again)
    assert (first.start_time, first.end_time) == (again.start_time, again.end_time)
    assert dict(attributes(first)) == dict(attributes(again))


async def test_different_calls_and_attempts_are_different_spans(spans: Spans, endpoint: ScriptedEndpoint) -> None:
    client = a_client(endpoint.url)  # a book that forgets: the same call, as often as asked
    for name in ("extract header", "extract lines", "extract header"):
        await client.ask(a_question(name))
    await client.close()
    one, other, same = (ids(s)[1] for s in spans.ended())
    assert one == same != other


async def test_an_unusable_answer_is_a_failed_span_with_its_tokens(spans: Spans, endpoint: ScriptedEndpoint) -> None:
    endpoint.script.mode = "prose"
    client = a_client(endpoint.url)
    with pytest.raises(InvalidAnswer):
        await client.ask(a_question())
    await client.close()
    one = spans.named("small: extract header")
    assert one.status.status_code is StatusCode.ERROR
    assert "not a Kind" in (one.status.description or "")
    assert attributes(one)["llm.token_count.prompt"] > 0


def test_a_failed_attempt_is_told_and_leaves_the_known_id_to_the_one_that_succeeds(spans: Spans) -> None:
    for attempt in range(2):
        try:
            with span("extract", "CHAIN", subject="activity 7"):
                if attempt == 0:
                    raise ValueError("the ledger is away")
        except ValueError:
            pass
    failed, done = spans.ended()
    assert (failed.name, failed.status.status_code) == ("extract (failed)", StatusCode.ERROR)
    assert failed.status.description == "ValueError: the ledger is away"
    assert failed.events[0].name == "exception"
    assert ids(failed)[1] != span_id_of("activity 7")
    assert (done.name, ids(done)[1]) == ("extract", span_id_of("activity 7"))
    assert done.status.status_code is StatusCode.OK


def test_a_root_is_ended_once_with_its_output_or_its_error(spans: Spans) -> None:
    with a_root() as root:
        root.end({"decision": "review"})
        root.end({"decision": "approve"})
    first = spans.named("invoice a.pdf")
    assert "review" in str(attributes(first)["output.value"])
    with a_root("run 2") as root:
        root.end({"failed": "nobody could read it"}, "nobody could read it")
    (_, failed) = [one for one in spans.ended() if one.name == "invoice a.pdf"]
    assert (failed.status.status_code, failed.status.description) == (StatusCode.ERROR, "nobody could read it")


def test_identified_ends_with_its_block(spans: Spans) -> None:
    with identified("this"):
        pass
    with span("after", "CHAIN"):
        pass
    assert ids(spans.named("after"))[1] != span_id_of("this")

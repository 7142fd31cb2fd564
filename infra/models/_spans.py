"""The span of a call."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from openinference.instrumentation import (
    Message,
    TokenCount,
    get_attributes_from_context,
    get_input_attributes,
    get_llm_input_message_attributes,
    get_llm_invocation_parameter_attributes,
    get_llm_model_name_attributes,
    get_llm_output_message_attributes,
    get_llm_token_count_attributes,
    get_output_attributes,
    get_span_kind_attributes,
)
from opentelemetry.trace import Status, StatusCode

from infra.records import CallStatus, ModelCall
from infra.telemetry.tracing import identified, tracer


def trace(call: ModelCall, request: dict[str, Any]) -> None:
    """Emit the call's span, with the times of the call. Its id is the call's: sent again, it is the same span.

    Its model is the one asked for, by whose name Phoenix has the price; the endpoint may report another.
    """
    messages = [Message(role=m["role"], content=m["content"]) for m in request["messages"]]
    attributes: dict[str, Any] = {
        **get_span_kind_attributes("llm"),
        **dict(get_attributes_from_context()),
        **get_llm_model_name_attributes(request["model"]),
        **get_llm_invocation_parameter_attributes({"temperature": 0, "max_tokens": request["max_tokens"]}),
        **get_llm_input_message_attributes(messages),
        **get_llm_output_message_attributes([Message(role="assistant", content=call.answer or "")]),
        **get_input_attributes(messages[-1].get("content") or ""),
        **get_output_attributes(call.answer or ""),
        **get_llm_token_count_attributes(
            TokenCount(
                prompt=call.usage.prompt,
                completion=call.usage.output,
                total=call.usage.total,
                prompt_details={"cache_read": call.usage.cached},
            )
        ),
        "llm.prompt_template.version": call.prompt_version,
        "counterfoil.model_reported": call.model,
        "counterfoil.call.key": call.key,
        "counterfoil.call.attempt": call.attempt,
        "counterfoil.call.status": call.status.value,
        "counterfoil.tier": call.tier,
    }
    if call.cost is not None:
        attributes["counterfoil.cost"] = str(call.cost)
        attributes["counterfoil.price_source"] = call.price_source or ""
    if call.reasoning:
        attributes["counterfoil.reasoning"] = call.reasoning
    with identified(subject_of(call)):
        started = tracer().start_span(
            f"{call.tier}: {call.step}", attributes=attributes, start_time=_nanoseconds(call.started_at)
        )
    usable = call.status is CallStatus.COMPLETED
    started.set_status(Status(StatusCode.OK) if usable else Status(StatusCode.ERROR, call.error))
    started.end(end_time=_nanoseconds(call.ended_at or call.started_at))


def subject_of(call: ModelCall) -> str:
    """What the call's span stands for: this try at this question."""
    return f"{call.key}#{call.attempt}"


def _nanoseconds(at: datetime) -> int:
    return int(at.timestamp() * 1_000_000) * 1000

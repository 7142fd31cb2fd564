"""How a call ends: with what the endpoint answered, or cut off."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Any

from openai.types.chat import ChatCompletion
from pydantic import BaseModel, ValidationError

from infra.models._failures import short
from infra.models.tiers import Tier
from infra.records import CallStatus, ModelCall, TokenUsage
from infra.text import storable

_THINK = re.compile(r"^\s*<think>(.*?)</think>\s*", re.DOTALL)


def cancelled(call: ModelCall, *, sent: bool) -> ModelCall:
    """The call as it ends when the asking task is cancelled: lost if in flight, not paid if it was never sent."""
    status = CallStatus.LOST if sent else CallStatus.REFUSED
    error = "cancelled while in flight" if sent else "cancelled before it was sent"
    return call.model_copy(update={"status": status, "error": error, "ended_at": datetime.now(UTC)})


def answered(
    call: ModelCall, completion: ChatCompletion, tier: Tier, request: dict[str, Any], shape: type[BaseModel]
) -> ModelCall:
    """The call with what the endpoint answered; INVALID where that cannot be used."""
    now = datetime.now(UTC)
    try:
        choice = completion.choices[0]
        answer, reasoning = _apart(choice.message)
    except (AttributeError, TypeError):
        error = f"the model endpoint {tier.url} answered without a message: {short(completion, tier)}"
        return call.model_copy(update={"status": CallStatus.INVALID, "error": error, "ended_at": now})
    usage = _usage(completion)
    problem = None
    if choice.finish_reason == "length":
        problem = f"the answer was cut off at {request['max_tokens']} tokens"
    else:
        try:
            shape.model_validate_json(answer)
        except ValidationError as error:
            first = error.errors(include_url=False)[0]
            problem = f"the answer is not a {shape.__name__}: {first['msg']}: {short(answer, tier)[:120]!r}"
    return call.model_copy(
        update={
            "status": CallStatus.INVALID if problem else CallStatus.COMPLETED,
            "ended_at": now,
            "model": _text(completion.model) or call.model,
            "usage": usage or TokenUsage(),
            "cost": tier.price.cost(usage) if usage and tier.price else None,
            "answer": answer,
            "reasoning": reasoning,
            "finish_reason": _text(choice.finish_reason),
            "error": problem,
        }
    )


def _apart(message: Any) -> tuple[str, str | None]:
    """Answer and reasoning of a chat message: servers give reasoning in a field of its own, or in ``<think>``."""
    content = storable(message.content or "")
    reasoning = _text(getattr(message, "reasoning_content", None)) or _text(getattr(message, "reasoning", None))
    thought = _THINK.match(content)
    if thought:
        return content[thought.end() :], (reasoning or thought[1].strip() or None)
    return content, reasoning


def _text(value: Any) -> str | None:
    """``value`` if it is text, without what a database cannot store; the library does not check an answer's types."""
    return storable(value) if isinstance(value, str) else None


def _usage(completion: ChatCompletion) -> TokenUsage | None:
    """The tokens as reported; None where they are not, or not as numbers."""
    usage = completion.usage
    if usage is None:
        return None
    try:
        cached = usage.prompt_tokens_details.cached_tokens if usage.prompt_tokens_details else 0
        reasoning = usage.completion_tokens_details.reasoning_tokens if usage.completion_tokens_details else 0
        return TokenUsage(
            prompt=usage.prompt_tokens,
            cached=min(cached or 0, usage.prompt_tokens),
            output=usage.completion_tokens,
            reasoning=reasoning or 0,
        )
    except (AttributeError, TypeError, ValidationError):
        return None

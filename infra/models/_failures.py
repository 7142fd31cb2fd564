"""What the errors of an endpoint, and of the way to it, mean for a call."""

from __future__ import annotations

import math
import re

import openai

from infra.models.errors import (
    AnswerLost,
    ContextExceeded,
    EndpointBusy,
    EndpointUnreachable,
    ModelError,
    RequestRefused,
)
from infra.models.tiers import Tier


def cause_of(error: Exception, tier: Tier) -> Exception | None:
    """``error`` to tell as the cause, unless it repeats the API key."""
    return None if tier.api_key and tier.api_key in f"{error}{error!r}" else error


def failure_of(error: Exception, tier: Tier) -> ModelError:
    """The `ModelError` that tells what ``error`` means for the call."""
    where = f"the model endpoint {tier.url} (tier {tier.name})"
    failure: ModelError
    if isinstance(error, ModelError):
        return error
    if isinstance(error, (TimeoutError, openai.APITimeoutError)):
        cause = type(error.__cause__).__name__
        if "ConnectTimeout" in cause:
            return EndpointUnreachable(f"{where} cannot be reached: no connection within 5 s")
        return AnswerLost(f"{where} gave no answer within {tier.timeout_seconds:g} s")
    if isinstance(error, openai.APIConnectionError):
        cause = type(error.__cause__).__name__
        if cause == "ConnectError":
            return EndpointUnreachable(f"{where} cannot be reached. Is it running? See `counterfoil doctor`")
        return AnswerLost(f"{where} cut the connection before its answer was complete ({cause})")
    if isinstance(error, openai.APIStatusError):
        said = short(error.message, tier).removeprefix(f"Error code: {error.status_code} - ")
        detail = f"{error.status_code}: {said}"
        if error.status_code in (409, 425, 429, 503):
            failure = EndpointBusy(f"{where} is busy or failing ({detail})")
        elif error.status_code == 408 or error.status_code >= 500:
            # It, or a proxy before it, took the request and then failed: the tokens may have been computed.
            failure = AnswerLost(f"{where} failed ({detail})")
        elif error.status_code in (400, 413, 422) and _TOO_LONG.search(said):
            return ContextExceeded(
                f"{where} takes fewer tokens at once than this question and its answer need ({detail}). Set "
                "COUNTERFOIL_MODEL_CONTEXT to what it takes, and submit the document again"
            )
        else:
            return RequestRefused(f"{where} refused the request ({detail}){_ADVICE.get(error.status_code, '')}")
        failure.retry_after = _seconds(error.response.headers.get("retry-after", ""))
        return failure
    detail = f"{type(error).__name__}: {short(error, tier)}"
    return AnswerLost(f"{where} answered with something that is no chat completion ({detail})")


_TOO_LONG = re.compile(r"context[ _](?:length|size|window)|maximum context|too many tokens", re.IGNORECASE)
"""How endpoints (vLLM, llama.cpp, OpenAI and those like it) say that a request is longer than their context."""

_ADVICE = {
    401: ". Check COUNTERFOIL_MODEL_API_KEY",
    403: ". Check COUNTERFOIL_MODEL_API_KEY",
    404: ". Check COUNTERFOIL_MODEL_URL and COUNTERFOIL_MODEL_NAME",
}
"""What to do about a refusal, by status."""


def _seconds(retry_after: str) -> float | None:
    """The wait that a Retry-After header asks for, at most 300 s; None where it gives no number of seconds."""
    try:
        seconds = float(retry_after)
    except ValueError:
        return None
    return None if math.isnan(seconds) or seconds < 0 else min(seconds, 300.0)


def short(text: object, tier: Tier) -> str:
    """``text`` for a message: the beginning of it, and not the API key, which endpoints repeat when they refuse one."""
    told = str(text).replace(tier.api_key, "[the API key]") if tier.api_key else str(text)
    return " ".join(told.split())[:300]

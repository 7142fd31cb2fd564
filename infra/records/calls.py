"""What is known of one model call: its identity, tokens, price, answer and outcome."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import StrEnum

from pydantic import BaseModel, ConfigDict


class CallStatus(StrEnum):
    """How a model call ended, and so whether it was paid for."""

    STARTED = "started"
    """The request is being made. Left behind by a process that died, it becomes ``lost``."""
    COMPLETED = "completed"
    """Answered and usable. Paid."""
    INVALID = "invalid"
    """Answered, but not with what was asked for (no JSON, cut off, wrong shape). Paid."""
    LOST = "lost"
    """No answer was seen (time-out, connection cut, 5xx but 503, worker killed). May have been paid; tokens unknown."""
    REFUSED = "refused"
    """The endpoint did not take the request (unreachable, 4xx but 408, 503). Not paid."""


PAID = frozenset({CallStatus.COMPLETED, CallStatus.INVALID})
"""Outcomes with an answer, and so with tokens and a cost."""


class TokenUsage(BaseModel):
    """Tokens of one call as the endpoint reported them. ``cached`` is the part of ``prompt`` served from its prefix
    cache; ``reasoning`` the part of ``output`` spent before the answer."""

    model_config = ConfigDict(frozen=True)

    prompt: int = 0
    cached: int = 0
    output: int = 0
    reasoning: int = 0

    @property
    def total(self) -> int:
        return self.prompt + self.output


PER_TOKENS = Decimal(1_000_000)


@dataclass(frozen=True)
class Price:
    """Per million tokens, in ``currency``. ``source`` says what the figures rest on."""

    input: Decimal
    cached: Decimal
    output: Decimal
    currency: str
    source: str

    def cost(self, usage: TokenUsage) -> Decimal:
        """The cost of one call, in ``currency``. Cached prompt tokens carry their own rate."""
        fresh = usage.prompt - usage.cached
        return (fresh * self.input + usage.cached * self.cached + usage.output * self.output) / PER_TOKENS


class ModelCall(BaseModel):
    """One request to an endpoint. ``key`` names the question within its execution (execution, step, request digest):
    a completed call with the same key is never made again. ``attempt`` counts the tries at that key, from 1."""

    key: str
    attempt: int
    execution_id: str
    step: str
    tier: str
    endpoint: str
    model: str
    prompt_version: str
    request_digest: str
    status: CallStatus
    started_at: datetime
    ended_at: datetime | None = None
    usage: TokenUsage = TokenUsage()
    cost: Decimal | None = None
    """In ``currency``; None where the price or the tokens are unknown: unpriced, never 0."""
    currency: str | None = None
    price_source: str | None = None
    answer: str | None = None
    reasoning: str | None = None
    finish_reason: str | None = None
    error: str | None = None
    trace_id: str | None = None
    span_id: str | None = None

    @property
    def seconds(self) -> float | None:
        """Time from request to answer."""
        return (self.ended_at - self.started_at).total_seconds() if self.ended_at else None

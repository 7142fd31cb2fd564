"""Model endpoints: the client that asks, the record of each call, tiers with prices, and the errors to expect."""

from infra.models.client import ModelClient
from infra.models.errors import (
    AnswerLost,
    ContextExceeded,
    EndpointBusy,
    EndpointNotAllowed,
    EndpointUnreachable,
    InvalidAnswer,
    ModelError,
    RequestRefused,
)
from infra.models.limit import CallLimit
from infra.models.questions import Answer, CallBook, MemoryCallBook, Question
from infra.models.tiers import Tier, price_of, require_allowed, tiers_of

__all__ = [
    "Answer",
    "AnswerLost",
    "CallBook",
    "CallLimit",
    "ContextExceeded",
    "EndpointBusy",
    "EndpointNotAllowed",
    "EndpointUnreachable",
    "InvalidAnswer",
    "MemoryCallBook",
    "ModelClient",
    "ModelError",
    "Question",
    "RequestRefused",
    "Tier",
    "price_of",
    "require_allowed",
    "tiers_of",
]

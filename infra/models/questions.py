"""What a tier is asked and what comes of it, and the book in which calls are recorded."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Generic, Protocol, TypeVar

from pydantic import BaseModel

from infra.records import ModelCall

T = TypeVar("T", bound=BaseModel)


@dataclass(frozen=True)
class Question(Generic[T]):
    """One question: chat ``messages``, the pydantic model of its answer, and the most output tokens it may take."""

    execution_id: str
    step: str
    messages: Sequence[Mapping[str, str]]
    answer: type[T]
    max_tokens: int
    prompt_version: str
    """Digest of the prompt files it was made from."""
    tier: str = "small"


@dataclass(frozen=True)
class Answer(Generic[T]):
    """A usable answer and the call it came from."""

    value: T
    call: ModelCall


class CallBook(Protocol):
    """Where calls are recorded: the ledger, or a list in memory."""

    async def begin_call(self, call: ModelCall) -> ModelCall: ...
    async def end_call(self, call: ModelCall) -> None: ...


class MemoryCallBook:
    """A call book that forgets: for agents run on their own, without a ledger."""

    def __init__(self) -> None:
        self.calls: list[ModelCall] = []

    async def begin_call(self, call: ModelCall) -> ModelCall:
        return call

    async def end_call(self, call: ModelCall) -> None:
        self.calls.append(call)

"""A client on a real ledger, for any endpoint."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from decimal import Decimal
from typing import Any, Literal

import pytest
from pydantic import BaseModel

from infra.ledger import Ledger
from infra.models import ModelClient, Question, Tier
from infra.records import ModelCall, Price

EXECUTION = "default/0123"
PRICE = Price(Decimal("2"), Decimal("0.5"), Decimal("8"), "USD", "a price list")


class Kind(BaseModel):
    """The answer asked for."""

    kind: Literal["invoice", "credit_note", "other"]


Connect = Callable[..., ModelClient]


@pytest.fixture
async def ledger(ledger_url: str) -> AsyncIterator[Ledger]:
    async with Ledger(ledger_url) as opened:
        yield opened


@pytest.fixture
async def connect(ledger: Ledger) -> AsyncIterator[Connect]:
    """Makes a client of one tier at a URL, with its calls in the ledger."""
    made: list[ModelClient] = []

    def make(
        url: str,
        *,
        price: Price | None = PRICE,
        seconds: float = 5,
        key: str = "",
        model: str | None = "m",
        **more: Any,
    ) -> ModelClient:
        made.append(ModelClient({"small": Tier("small", url, model, price, key, seconds)}, ledger, **more))
        return made[-1]

    yield make
    for client in made:
        await client.close()


def question(text: str = "INVOICE", *, step: str = "extract header", max_tokens: int = 24) -> Question[Kind]:
    """What is it?"""
    messages = [{"role": "system", "content": "You read documents."}, {"role": "user", "content": text}]
    return Question(EXECUTION, step, messages, Kind, max_tokens, "header@1")


async def the_call(ledger: Ledger) -> ModelCall:
    """The only call on record."""
    (call,) = await ledger.calls(EXECUTION)
    return call

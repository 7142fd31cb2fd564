"""Adding up model calls: tokens, cost by currency, and apart from both what is unpriced, lost or was refused."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from infra.records import PAID, CallStatus, ModelCall
from workers.office.wording import counted, money


@dataclass
class Tally:
    """The sum of some model calls. Tokens and cost are of answered calls; the others have none that are known."""

    calls: int = 0
    prompt: int = 0
    cached: int = 0
    output: int = 0
    costs: dict[str, Decimal] = field(default_factory=dict)
    """By currency, of the priced calls."""
    unpriced: int = 0
    """Answered calls without a known price."""
    lost: int = 0
    """Calls without a seen answer, which may have been paid."""
    refused: int = 0
    """Requests the endpoint did not take; not paid."""
    in_flight: int = 0
    price_sources: list[str] = field(default_factory=list)

    @classmethod
    def of(cls, calls: Iterable[ModelCall]) -> Tally:
        """The sum of ``calls``."""
        tally = cls()
        for call in calls:
            tally.add(call)
        return tally

    def add(self, call: ModelCall) -> None:
        """Add one call."""
        if call.status not in PAID:
            self.lost += call.status is CallStatus.LOST
            self.refused += call.status is CallStatus.REFUSED
            self.in_flight += call.status is CallStatus.STARTED
            return
        self.calls += 1
        self.prompt += call.usage.prompt
        self.cached += call.usage.cached
        self.output += call.usage.output
        if call.cost is None:
            self.unpriced += 1
        else:
            currency = call.currency or "?"
            self.costs[currency] = self.costs.get(currency, Decimal(0)) + call.cost
        if call.price_source and call.price_source not in self.price_sources:
            self.price_sources.append(call.price_source)

    @property
    def tokens(self) -> int:
        """Prompt and output tokens together."""
        return self.prompt + self.output

    @property
    def cost_text(self) -> str:
        """The cost for people. Without calls there is none; what is unpriced is said and not counted as 0."""
        parts = [money(cost, currency) for currency, cost in sorted(self.costs.items())]
        if self.unpriced:
            parts.append("unpriced" if not parts else f"{counted(self.unpriced, 'call')} unpriced")
        return " + ".join(parts) or "no cost"

    def as_json(self) -> dict[str, Any]:
        """For programs: ``cost`` by currency, of the priced calls alone."""
        return {
            "model_calls": self.calls,
            "prompt_tokens": self.prompt,
            "cached_tokens": self.cached,
            "output_tokens": self.output,
            "cost": dict(sorted(self.costs.items())),
            "unpriced_calls": self.unpriced,
            "lost_calls": self.lost,
            "refused_calls": self.refused,
            "price_sources": self.price_sources,
        }

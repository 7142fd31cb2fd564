"""Tiers: named endpoints with a model and a price, and the hosts a request may go to."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from infra.egress import NotAllowed, require_url
from infra.models.errors import EndpointNotAllowed
from infra.records.calls import PER_TOKENS, Price
from infra.settings import MachinePrice, Reads, Settings, TierSettings, TokenPrice

_ORDER = ("small", "large", "premium")
LOCAL_CPU_PRICE = MachinePrice(
    machine_per_hour=Decimal("0.10"),
    prompt_tokens_per_second=Decimal(120),
    output_tokens_per_second=Decimal(35),
    utilisation=Decimal("0.5"),
    source="assumed 0.10 USD an hour for a 2-core machine; speeds measured with the 1.5B model, eight calls at once",
)
"""What a call to the model the local stack serves on a CPU costs, until `model_price` says otherwise."""


def price_of(listed: TokenPrice | MachinePrice) -> Price:
    """A published price, or what follows from machine cost and speed (formula at `MachinePrice`)."""
    if isinstance(listed, TokenPrice):
        cached = listed.input if listed.cached is None else listed.cached
        return Price(listed.input, cached, listed.output, listed.currency, listed.source)
    second = listed.machine_per_hour / 3600 / listed.utilisation
    return Price(
        input=(second / listed.prompt_tokens_per_second * PER_TOKENS).quantize(Decimal("0.0001")),
        cached=Decimal(0),
        output=(second / listed.output_tokens_per_second * PER_TOKENS).quantize(Decimal("0.0001")),
        currency=listed.currency,
        source=f"{listed.machine_per_hour} {listed.currency}/h at {listed.utilisation:%} utilisation: {listed.source}",
    )


@dataclass(frozen=True)
class Tier:
    """A named endpoint. ``model`` None means: the one the endpoint lists first."""

    name: str
    url: str
    model: str | None
    price: Price | None
    api_key: str = field(repr=False)
    timeout_seconds: float
    reads: Reads = "choose"
    """Whether it is strong enough to read a document by itself."""


def tiers_of(settings: Settings) -> dict[str, Tier]:
    """The configured tiers, smallest first: those of `tiers`, else the one of `model_url` or the local stack.

    ``small``, ``large``, ``premium`` come in this order, then those of other names as they are written.
    """
    if settings.tiers:
        names = dict.fromkeys([*(name for name in _ORDER if name in settings.tiers), *settings.tiers])
        return {name: _tier(name, settings.tiers[name]) for name in names}
    price = settings.model_price
    if price is None and settings.model_url is None:
        price = LOCAL_CPU_PRICE
    key = settings.model_api_key.get_secret_value() if settings.model_api_key else ""
    url = settings.model_url or settings.local_model_url
    return {
        "small": Tier(
            "small",
            url,
            settings.model_name,
            price_of(price) if price else None,
            key,
            settings.model_timeout_seconds,
            settings.model_reads,
        )
    }


def _tier(name: str, tier: TierSettings) -> Tier:
    price = price_of(tier.price) if tier.price else None
    return Tier(
        name, tier.url, tier.model, price, os.environ.get(tier.api_key_env, ""), tier.timeout_seconds, tier.reads
    )


def require_allowed(url: str, allowed_hosts: Sequence[str]) -> None:
    """Let ``url`` pass if `egress.require_url` does.

    Raises:
        EndpointNotAllowed: for every other one, before any byte is sent.
    """
    try:
        require_url(url, allowed_hosts, "the model endpoint")
    except NotAllowed as error:
        raise EndpointNotAllowed(str(error)) from error

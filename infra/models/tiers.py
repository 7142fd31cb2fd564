"""Tiers: named endpoints with a model and a price, and the hosts a request may go to."""

from __future__ import annotations

import ipaddress
import os
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from urllib.parse import urlsplit

from infra.models.calls import TokenUsage
from infra.models.errors import EndpointNotAllowed
from infra.settings import MachinePrice, Settings, TierSettings, TokenPrice

_MILLION = Decimal(1_000_000)

LOCAL_CPU_PRICE = MachinePrice(
    machine_per_hour=Decimal("0.10"),
    prompt_tokens_per_second=Decimal(120),
    output_tokens_per_second=Decimal(35),
    utilisation=Decimal("0.5"),
    source="assumed 0.10 USD an hour for a 2-core machine; speeds measured with the 1.5B model, eight calls at once",
)
"""What a call to the model the local stack serves on a CPU costs, until `model_price` says otherwise."""


@dataclass(frozen=True)
class Price:
    """Per million tokens, in ``currency``. ``source`` says what the figures rest on."""

    input: Decimal
    cached: Decimal
    output: Decimal
    currency: str
    source: str

    @classmethod
    def of(cls, price: TokenPrice | MachinePrice) -> Price:
        """From a published price, or from machine cost and speed (formula at `MachinePrice`)."""
        if isinstance(price, TokenPrice):
            cached = price.input if price.cached is None else price.cached
            return cls(price.input, cached, price.output, price.currency, price.source)
        second = price.machine_per_hour / 3600 / price.utilisation
        return cls(
            input=(second / price.prompt_tokens_per_second * _MILLION).quantize(Decimal("0.0001")),
            cached=Decimal(0),
            output=(second / price.output_tokens_per_second * _MILLION).quantize(Decimal("0.0001")),
            currency=price.currency,
            source=f"{price.machine_per_hour} {price.currency}/h at {price.utilisation:%} utilisation: {price.source}",
        )

    def cost(self, usage: TokenUsage) -> Decimal:
        """The cost of one call, in ``currency``. Cached prompt tokens carry their own rate."""
        fresh = usage.prompt - usage.cached
        return (fresh * self.input + usage.cached * self.cached + usage.output * self.output) / _MILLION


@dataclass(frozen=True)
class Tier:
    """A named endpoint. ``model`` None means: the one the endpoint lists first."""

    name: str
    url: str
    model: str | None
    price: Price | None
    api_key: str
    timeout_seconds: float


def tiers_of(settings: Settings) -> dict[str, Tier]:
    """The configured tiers in order, ``small`` first: from `tiers`, else the one endpoint of `model_url` or the local stack."""
    if settings.tiers:
        return {name: _tier(name, t) for name, t in settings.tiers.items()}
    price = settings.model_price
    if price is None and settings.model_url is None:
        price = LOCAL_CPU_PRICE
    key = settings.model_api_key.get_secret_value() if settings.model_api_key else ""
    url = settings.model_url or settings.local_model_url
    return {
        "small": Tier(
            "small", url, settings.model_name, Price.of(price) if price else None, key, settings.model_timeout_seconds
        )
    }


def _tier(name: str, tier: TierSettings) -> Tier:
    price = Price.of(tier.price) if tier.price else None
    return Tier(name, tier.url, tier.model, price, os.environ.get(tier.api_key_env, ""), tier.timeout_seconds)


def require_allowed(url: str, allowed_hosts: Sequence[str]) -> None:
    """Let ``url`` pass if its host is a loopback or private address, ``localhost``, or named in ``allowed_hosts``.

    Names are compared as written and not resolved: what a name resolves to can change between check and request.

    Raises:
        EndpointNotAllowed: for every other host, before any byte is sent.
    """
    parts = urlsplit(url)
    host = parts.hostname
    if parts.scheme not in ("http", "https") or not host:
        raise EndpointNotAllowed(f"{url!r} is not an http(s) address of a model endpoint")
    if host == "localhost" or host in allowed_hosts:
        return
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        pass
    else:
        if address.is_loopback or (address.is_private and not address.is_link_local and not address.is_unspecified):
            return
    raise EndpointNotAllowed(
        f"the model endpoint's host {host!r} is not on the allow-list, so nothing was sent to it. "
        f"If documents may go there, set COUNTERFOIL_ALLOWED_HOSTS='[\"{host}\"]'"
    )

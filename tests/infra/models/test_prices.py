"""Prices to the last digit: from what a machine costs, or from a published list."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest
from pydantic import ValidationError

from infra.models import price_of, tiers_of
from infra.records import Price, TokenUsage
from infra.settings import MachinePrice, Settings, TierSettings, TokenPrice


def test_a_published_price_is_taken_as_it_is() -> None:
    listed = TokenPrice(input=Decimal("0.15"), cached=Decimal("0.075"), output=Decimal("0.60"), source="list of May")
    price = price_of(listed)
    assert price == Price(Decimal("0.15"), Decimal("0.075"), Decimal("0.60"), "USD", "list of May")
    cost = price.cost(TokenUsage(prompt=1000, cached=400, output=50))
    assert cost == Decimal("0.00015")  # 600 at 0.15, 400 at 0.075, 50 at 0.60 a million


def test_cached_tokens_cost_as_others_where_no_rate_is_listed() -> None:
    price = price_of(TokenPrice(input=Decimal(3), output=Decimal(15), source="list"))
    assert price.cost(TokenUsage(prompt=1000, cached=999, output=0)) == Decimal("0.003")


def test_cached_tokens_listed_as_free_are_free() -> None:
    price = price_of(TokenPrice(input=Decimal(3), cached=Decimal(0), output=Decimal(15), source="list"))
    assert price.cost(TokenUsage(prompt=1000, cached=1000, output=0)) == 0


def test_a_machines_price_follows_from_its_cost_speed_and_utilisation() -> None:
    machine = MachinePrice(
        machine_per_hour=Decimal("3.60"),
        prompt_tokens_per_second=Decimal(1000),
        output_tokens_per_second=Decimal(100),
        utilisation=Decimal("0.25"),
        source="measured",
        currency="EUR",
    )
    price = price_of(machine)
    # 3.60 an hour is 0.001 a second, 0.004 a second in use: 4 per million at 1000 tokens a second, 40 at 100.
    assert (price.input, price.cached, price.output, price.currency) == (Decimal(4), Decimal(0), Decimal(40), "EUR")
    assert price.source == "3.60 EUR/h at 25% utilisation: measured"
    assert price.cost(TokenUsage(prompt=3000, cached=1000, output=200)) == Decimal("0.016")


def test_reasoning_is_paid_as_output_and_not_twice() -> None:
    price = Price(Decimal(0), Decimal(0), Decimal(10), "USD", "list")
    assert price.cost(TokenUsage(output=100, reasoning=90)) == Decimal("0.001")


def test_the_local_stack_has_a_price_and_an_endpoint_of_ones_own_is_unpriced_until_it_is_given_one(
    tmp_path: Path,
) -> None:
    local = tiers_of(Settings(home=tmp_path, model_url=None, model_price=None, tiers={}))["small"]
    assert local.price is not None
    assert "assumed" in local.price.source
    own = tiers_of(Settings(home=tmp_path, model_url="http://10.0.0.1/v1", model_price=None, tiers={}))["small"]
    assert own.price is None


def test_a_tier_takes_its_key_from_the_environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LARGE_KEY", "sk-1")
    large = TierSettings(url="http://10.0.0.2/v1", api_key_env="LARGE_KEY")
    tiers = tiers_of(Settings(home=tmp_path, tiers={"small": TierSettings(url="http://10.0.0.1/v1"), "large": large}))
    assert tiers["large"].api_key == "sk-1"


def test_tiers_come_smallest_first_and_those_of_other_names_last_as_written(tmp_path: Path) -> None:
    written = ("vast", "premium", "large", "huge", "small")
    tiers = {name: TierSettings(url="http://10.0.0.1/v1") for name in written}
    assert list(tiers_of(Settings(home=tmp_path, tiers=tiers))) == ["small", "large", "premium", "vast", "huge"]


def test_tiers_without_a_small_one_are_a_fault_in_the_settings(tmp_path: Path) -> None:
    with pytest.raises(ValidationError, match="no tier is named 'small', .*there are: large"):
        Settings(home=tmp_path, tiers={"large": TierSettings(url="http://10.0.0.1/v1")})

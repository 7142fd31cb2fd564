"""What is known of issuers, on the command line."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable

import pytest

from infra.ledger import Ledger
from infra.settings import Settings
from tests.infra.ledger.test_issuers import LEARNT
from tests.workers.cli.conftest import Ran

Cli = Callable[..., Ran]


@pytest.fixture
def taught(home: Settings) -> str:
    async def work() -> str:
        async with Ledger(home.ledger) as ledger:
            return (await ledger.teach(LEARNT.model_copy(update={"tenant": "default"}))).id

    return asyncio.run(work())


def test_issuers_are_listed_and_shown_with_who_taught_them(taught: str, cli: Cli) -> None:
    listed = cli("issuers", "list").out
    for said in (taught, "Muster & Söhne GmbH", "Ada", "1 issuer"):
        assert said in listed
    shown = cli("issuers", "show", taught).out
    for said in ("docket (beside)", "invoice_number", "day before month", "on e1"):
        assert said in shown
    assert taught not in cli("issuers", "list", "--tenant", "other").out


def test_json_has_it_all(taught: str, cli: Cli) -> None:
    (issuer,) = json.loads(cli("issuers", "list", "--json").out)["issuers"]
    assert issuer["profile"]["spots"]["invoice_number"][0]["label"] == "docket"
    assert json.loads(cli("issuers", "history", taught, "--json").out)["versions"] == [issuer]
    assert json.loads(cli("issuers", "show", taught, "--json").out) == issuer


def test_one_is_forgotten_and_an_unknown_one_is_told(taught: str, cli: Cli) -> None:
    assert "Ada" in cli("issuers", "history", taught).out
    assert "1 version" in cli("issuers", "forget", taught).out
    gone = cli("issuers", "show", taught)
    assert gone.code != 0
    assert "no issuer" in gone.err

"""A paid answer survives a database that does not take it at once."""

from __future__ import annotations

import pytest

from infra.ledger import Ledger
from infra.models import ModelClient, Tier
from infra.records import CallStatus, ModelCall
from tests.scripted.endpoint import ScriptedEndpoint

from .conftest import question, the_call


class UnwillingBook:
    """A ledger that fails the first ``failures`` times an outcome is written, as one that is starting again does."""

    def __init__(self, ledger: Ledger, failures: float) -> None:
        self._ledger, self._failures = ledger, failures
        self.offered: list[ModelCall] = []

    async def begin_call(self, call: ModelCall) -> ModelCall:
        return await self._ledger.begin_call(call)

    async def end_call(self, call: ModelCall) -> None:
        self.offered.append(call)
        if len(self.offered) <= self._failures:
            raise OSError("database is locked")
        await self._ledger.end_call(call)


async def test_an_answer_is_offered_again_until_the_book_takes_it(endpoint: ScriptedEndpoint, ledger: Ledger) -> None:
    client = ModelClient({"small": Tier("small", endpoint.url, "m", None, "", 5)}, book := UnwillingBook(ledger, 3))
    answer = await client.ask(question())
    assert answer.value.kind == "invoice"
    assert await the_call(ledger) == answer.call
    assert book.offered == [answer.call] * 4
    assert endpoint.script.paid.total() == 1
    await client.close()


async def test_the_failure_of_a_call_is_told_though_the_book_first_fails_too(
    endpoint: ScriptedEndpoint, ledger: Ledger
) -> None:
    endpoint.script.mode = "cut"
    client = ModelClient({"small": Tier("small", endpoint.url, "m", None, "", 5)}, UnwillingBook(ledger, 1))
    with pytest.raises(Exception, match="cut the connection"):
        await client.ask(question())
    assert (await the_call(ledger)).status is CallStatus.LOST
    await client.close()


async def test_a_book_that_never_takes_it_is_given_up_and_that_is_told(
    endpoint: ScriptedEndpoint, ledger: Ledger, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr("infra.models.client._KEEP_SECONDS", 0.25)
    client = ModelClient(
        {"small": Tier("small", endpoint.url, "m", None, "", 5)}, book := UnwillingBook(ledger, float("inf"))
    )
    with pytest.raises(OSError, match="database is locked"):
        await client.ask(question())
    assert len(book.offered) > 1
    assert "ended completed and could not be recorded" in caplog.text
    await client.close()

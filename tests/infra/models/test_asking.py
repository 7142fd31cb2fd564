"""A question is asked once, and what it cost is on record."""

from __future__ import annotations

import asyncio
import json
from decimal import Decimal

import pytest

from infra.ledger import Ledger
from infra.records import CallStatus, TokenUsage
from tests.scripted.endpoint import MODEL, ScriptedEndpoint

from .canned import Canned, completion
from .conftest import EXECUTION, Connect, question, the_call


async def test_an_answer_comes_in_the_shape_asked_for_with_its_tokens_and_cost(
    endpoint: ScriptedEndpoint, connect: Connect, ledger: Ledger
) -> None:
    answer = await connect(endpoint.url).ask(question("CREDIT NOTE"))
    assert answer.value.kind == "credit_note"
    call = await the_call(ledger)
    assert call == answer.call
    assert call.status is CallStatus.COMPLETED
    assert call.model == MODEL
    assert call.usage.prompt > call.usage.cached > 0
    assert call.usage.output > 0
    fresh = call.usage.prompt - call.usage.cached
    assert call.cost == (2 * fresh + Decimal("0.5") * call.usage.cached + 8 * call.usage.output) / 1_000_000
    assert (call.currency, call.price_source) == ("USD", "a price list")
    assert call.seconds is not None
    assert call.seconds > 0


async def test_cached_and_reasoning_tokens_are_told_apart(connect: Connect) -> None:
    with Canned(completion('{"kind": "other"}')) as server:
        call = (await connect(server.url).ask(question())).call
    assert call.usage == TokenUsage(prompt=100, cached=60, output=10, reasoning=4)
    assert call.cost == Decimal("0.00019")


async def test_a_call_of_an_unpriced_tier_has_no_cost_rather_than_none_to_pay(
    endpoint: ScriptedEndpoint, connect: Connect, ledger: Ledger
) -> None:
    await connect(endpoint.url, price=None).ask(question())
    call = await the_call(ledger)
    assert call.usage.prompt > 0
    assert (call.cost, call.currency, call.price_source) == (None, None, None)


@pytest.mark.parametrize(
    "usage", [None, {}, {"prompt_tokens": None}, {"prompt_tokens": "many", "completion_tokens": 1}]
)
async def test_an_answer_without_a_count_of_tokens_is_used_and_has_no_cost(connect: Connect, usage: object) -> None:
    with Canned(json.dumps({**json.loads(completion('{"kind": "other"}')), "usage": usage})) as server:
        answer = await connect(server.url).ask(question())
    assert answer.value.kind == "other"
    assert (answer.call.usage, answer.call.cost) == (TokenUsage(), None)


async def test_a_question_that_was_answered_is_not_asked_again(
    endpoint: ScriptedEndpoint, connect: Connect, ledger: Ledger
) -> None:
    first = await connect(endpoint.url).ask(question())
    again = await connect(endpoint.url).ask(question())  # another client: as after a restart
    assert again == first
    assert endpoint.script.requests.total() == 1
    assert await ledger.calls(EXECUTION) == [first.call]


async def test_another_step_another_text_or_another_limit_is_another_question(
    endpoint: ScriptedEndpoint, connect: Connect, ledger: Ledger
) -> None:
    client = connect(endpoint.url)
    for each in (question(), question(step="again"), question("CREDIT NOTE"), question(max_tokens=25)):
        await client.ask(each)
    assert endpoint.script.requests.total() == 4
    assert len(await ledger.calls(EXECUTION)) == 4


async def test_the_model_is_the_one_that_the_endpoint_lists_first(endpoint: ScriptedEndpoint, connect: Connect) -> None:
    client = connect(endpoint.url, model=None)
    assert await client.model_of("small") == MODEL


async def test_no_more_calls_are_in_flight_than_allowed(endpoint: ScriptedEndpoint, connect: Connect) -> None:
    endpoint.script.delay = 0.05
    client = connect(endpoint.url, concurrency=2)
    await asyncio.gather(*(client.ask(question(f"INVOICE {n}")) for n in range(6)))
    assert endpoint.script.most_in_flight == 2


async def test_thoughts_in_the_answer_are_kept_apart_from_it(
    endpoint: ScriptedEndpoint, connect: Connect, ledger: Ledger
) -> None:
    endpoint.script.think = True
    answer = await connect(endpoint.url).ask(question())
    assert answer.value.kind == "invoice"
    call = await the_call(ledger)
    assert (call.answer, call.reasoning) == ('{"kind": "invoice"}', "It says so on the page.")


@pytest.mark.parametrize("name", ["reasoning_content", "reasoning"])
async def test_thoughts_in_a_field_of_their_own_are_kept_apart_from_the_answer(connect: Connect, name: str) -> None:
    with Canned(completion('{"kind": "other"}', **{name: "Let me see."})) as server:
        call = (await connect(server.url).ask(question())).call
    assert (call.answer, call.reasoning) == ('{"kind": "other"}', "Let me see.")


async def test_characters_that_no_database_stores_do_not_lose_the_answer(connect: Connect, ledger: Ledger) -> None:
    with Canned(completion('{"kind": "other"}', reasoning="a\x00b\ud800c")) as server:
        await connect(server.url).ask(question())
    assert (await the_call(ledger)).reasoning == "a\ufffdb\ufffdc"

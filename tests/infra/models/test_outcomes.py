"""What can go wrong with a call: the failure told, whether asking again can help, and what the ledger says was paid."""

from __future__ import annotations

import json
import logging
import traceback
from dataclasses import dataclass
from typing import Any

import pytest

from infra.ledger import Ledger
from infra.models import AnswerLost, EndpointBusy, EndpointUnreachable, InvalidAnswer, ModelError, RequestRefused
from infra.records import CallStatus
from tests.scripted.endpoint import ScriptedEndpoint, unused_port

from .canned import Canned, completion
from .conftest import EXECUTION, Connect, question, the_call


@dataclass(frozen=True)
class Outcome:
    script: dict[str, Any]
    failure: type[ModelError]
    retryable: bool
    status: CallStatus
    paid: int
    says: str

    @property
    def seconds(self) -> float:
        """The time-out: short only where nothing else ends the call."""
        return 0.3 if self.script.get("mode") == "hang" else 10


OUTCOMES = {
    "a refused request": Outcome(
        {"mode": "refuse"}, RequestRefused, False, CallStatus.REFUSED, 0, "400: .*bad request"
    ),
    "a wrong API key": Outcome(
        {"mode": "refuse", "status": 401}, RequestRefused, False, CallStatus.REFUSED, 0, "401: .*bad request"
    ),
    "too many requests": Outcome({"mode": "busy"}, EndpointBusy, True, CallStatus.REFUSED, 0, "429: .*too busy"),
    "a server without a place": Outcome(
        {"mode": "busy", "status": 503}, EndpointBusy, True, CallStatus.REFUSED, 0, "503: .*too busy"
    ),
    **{
        f"a server that fails with {status}": Outcome(
            {"mode": "busy", "status": status}, AnswerLost, True, CallStatus.LOST, 0, f"failed .{status}: .*too busy"
        )
        for status in (408, 500, 502, 504)
    },
    "no answer in time": Outcome({"mode": "hang"}, AnswerLost, True, CallStatus.LOST, 0, "no answer within 0.3 s"),
    "no completion": Outcome(
        {"mode": "garbage"}, AnswerLost, True, CallStatus.LOST, 1, "no chat completion: <html>it works!"
    ),
    "prose": Outcome(
        {"mode": "prose"}, InvalidAnswer, False, CallStatus.INVALID, 1, "not a Kind: .*I would rather not"
    ),
    "another shape": Outcome(
        {"overrides": {"Kind": {"kind": "poem"}}}, InvalidAnswer, False, CallStatus.INVALID, 1, "not a Kind: .*poem"
    ),
    "cut in mid-answer": Outcome({"mode": "cut"}, AnswerLost, True, CallStatus.LOST, 1, "cut the connection"),
}


@pytest.mark.parametrize("name", OUTCOMES)
async def test_a_failed_call_is_told_and_recorded_as_what_it_is(
    name: str, endpoint: ScriptedEndpoint, connect: Connect, ledger: Ledger
) -> None:
    expected = OUTCOMES[name]
    for attribute, value in expected.script.items():
        setattr(endpoint.script, attribute, value)
    with pytest.raises(expected.failure, match=f"(?s){expected.says}") as raised:
        await connect(endpoint.url, seconds=expected.seconds).ask(question())
    assert raised.value.retryable is expected.retryable
    call = await the_call(ledger)
    assert call.status is expected.status
    assert call.error == str(raised.value)
    assert call.ended_at is not None
    assert endpoint.script.requests.total() == 1, "the client itself must not try again"
    assert endpoint.script.paid.total() == expected.paid


@pytest.mark.parametrize("name", OUTCOMES)
async def test_only_a_call_without_an_answer_is_made_again(
    name: str, endpoint: ScriptedEndpoint, connect: Connect, ledger: Ledger
) -> None:
    expected = OUTCOMES[name]
    for attribute, value in expected.script.items():
        setattr(endpoint.script, attribute, value)
    client = connect(endpoint.url, seconds=expected.seconds)
    with pytest.raises(expected.failure):
        await client.ask(question())
    endpoint.script.mode = "answer"
    if expected.status is CallStatus.INVALID:
        with pytest.raises(InvalidAnswer):
            await client.ask(question())
        assert endpoint.script.requests.total() == 1
    else:
        assert (await connect(endpoint.url).ask(question())).call.attempt == 2
        statuses = [c.status for c in await ledger.calls(EXECUTION)]
        assert statuses == [expected.status, CallStatus.COMPLETED]


async def test_an_endpoint_that_is_down_was_not_paid(connect: Connect, ledger: Ledger) -> None:
    with unused_port() as port, pytest.raises(EndpointUnreachable, match="cannot be reached") as raised:
        await connect(f"http://127.0.0.1:{port}/v1").ask(question())
    assert raised.value.retryable
    assert (await the_call(ledger)).status is CallStatus.REFUSED


async def test_an_endpoint_that_is_down_when_its_models_are_listed_is_told_as_that(
    connect: Connect, ledger: Ledger
) -> None:
    with unused_port() as port, pytest.raises(EndpointUnreachable):
        await connect(f"http://127.0.0.1:{port}/v1", model=None).ask(question())
    assert await ledger.calls(EXECUTION) == []


@pytest.mark.parametrize(
    ("header", "wait"),
    [("7", 7), ("0.5", 0.5), ("86400", 300), ("soon", None), ("-3", None), ("nan", None), ("inf", 300)],
)
async def test_the_wait_asked_for_by_a_busy_endpoint_is_passed_on(
    header: str, wait: float | None, endpoint: ScriptedEndpoint, connect: Connect
) -> None:
    endpoint.script.mode, endpoint.script.retry_after = "busy", header
    with pytest.raises(EndpointBusy) as raised:
        await connect(endpoint.url).ask(question())
    assert raised.value.retry_after == wait


async def test_an_answer_cut_at_the_token_limit_is_paid_and_not_used(connect: Connect, ledger: Ledger) -> None:
    cut = completion('{"kind": "other"}', finish_reason="length")
    with Canned(cut) as server, pytest.raises(InvalidAnswer, match="cut off at 24 tokens") as raised:
        await connect(server.url).ask(question())
    call = await the_call(ledger)
    assert raised.value.call == call
    assert (call.status, call.finish_reason, call.usage.output) == (CallStatus.INVALID, "length", 10)
    assert call.cost is not None


@pytest.mark.parametrize(
    "body",
    ["{}", "[]", "null", '"text"', '{"error": {"message": "no"}}', '{"choices": []}'],
)
async def test_what_is_no_chat_completion_is_lost_and_may_be_asked_for_again(
    body: str, connect: Connect, ledger: Ledger
) -> None:
    with Canned(body) as server, pytest.raises(AnswerLost, match="no chat completion"):
        await connect(server.url).ask(question())
    assert (await the_call(ledger)).status is CallStatus.LOST


@pytest.mark.parametrize(
    "body",
    [
        '{"choices": [{}]}',
        '{"choices": [{"message": null}]}',
        '{"choices": [{"message": {"content": [1]}}]}',
        completion(None),
    ],
)
async def test_a_completion_without_a_usable_message_is_invalid(body: str, connect: Connect, ledger: Ledger) -> None:
    with Canned(body) as server, pytest.raises(InvalidAnswer):
        await connect(server.url).ask(question())
    assert (await the_call(ledger)).status is CallStatus.INVALID


async def test_json_that_breaks_off_is_an_answer_that_was_lost(connect: Connect, ledger: Ledger) -> None:
    with Canned('{"choices": [') as server, pytest.raises(AnswerLost, match="no chat completion"):
        await connect(server.url).ask(question())
    assert (await the_call(ledger)).status is CallStatus.LOST


async def test_a_redirect_is_not_followed(connect: Connect, ledger: Ledger) -> None:
    with (
        Canned(completion('{"kind": "other"}')) as elsewhere,
        Canned("", status=307, headers={"location": f"{elsewhere.url}/chat/completions"}) as server,
    ):
        with pytest.raises(RequestRefused, match="307"):
            await connect(server.url).ask(question())
        assert len(server.received) == 1
        assert elsewhere.received == []
    assert (await the_call(ledger)).status is CallStatus.REFUSED


async def test_proxies_of_the_environment_are_not_used(
    connect: Connect, endpoint: ScriptedEndpoint, monkeypatch: pytest.MonkeyPatch
) -> None:
    with Canned(completion('{"kind": "other"}')) as proxy:
        for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy", "HTTPS_PROXY"):
            monkeypatch.setenv(name, f"http://127.0.0.1:{proxy.port}")
        monkeypatch.setenv("NO_PROXY", "")
        monkeypatch.setenv("no_proxy", "")
        answer = await connect(endpoint.url).ask(question())
        assert proxy.received == []
    assert answer.value.kind == "invoice"


SECRET = "sk-secret-0123456789"


@pytest.mark.parametrize(
    ("status", "body"),
    [
        (401, json.dumps({"error": {"message": "Incorrect API key provided: {authorization}"}})),
        (503, "busy, {authorization}"),
        (200, "{authorization}"),
        (200, '{"error": "{authorization}"}'),
        (200, completion('{"kind": "other"}')),
    ],
)
async def test_the_api_key_is_sent_and_never_told(
    status: int, body: str, connect: Connect, ledger: Ledger, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    told = ""
    with Canned(body, status=status) as server:
        client = connect(server.url, key=SECRET)
        try:
            await client.ask(question())
        except ModelError as error:
            told = "".join(traceback.format_exception(error)) + repr(error) + repr(error.__cause__)
        assert server.received[0][1]["authorization"] == f"Bearer {SECRET}"
    told += caplog.text + repr(client.tiers) + (await the_call(ledger)).model_dump_json()
    assert SECRET not in told

"""Where requests may go: loopback, private addresses, and hosts that were named; all else is refused unsent."""

from __future__ import annotations

import socket

import pytest

from infra.ledger import Ledger
from infra.models import EndpointNotAllowed, require_allowed

from .conftest import EXECUTION, Connect, question


@pytest.mark.parametrize(
    "url",
    [
        "http://localhost:8000/v1",
        "http://LOCALHOST/v1",
        "http://127.0.0.1:8000/v1",
        "https://127.8.9.10/v1",
        "http://10.1.2.3/v1",
        "http://172.31.255.255/v1",
        "http://192.168.0.7:1234/v1",
        "http://[::1]:8000/v1",
        "http://[fd12:3456::1]/v1",
        "http://[::ffff:10.0.0.1]/v1",
    ],
)
def test_loopback_and_private_addresses_are_allowed(url: str) -> None:
    require_allowed(url, [])


@pytest.mark.parametrize(
    "url",
    [
        "https://api.openai.com/v1",
        "http://models.internal/v1",
        "http://8.8.8.8/v1",
        "http://172.32.0.1/v1",
        "http://127.0.0.1.evil.com/v1",
        "http://localhost.evil.com/v1",
        "http://127.0.0.1@evil.com/v1",
        "http://127.0.0.1:80@evil.com/v1",
        "http://evil.com@127.0.0.1/v1",
        "http://evil.com#@127.0.0.1/v1",
        "http://127.0.0.1\\@evil.com/v1",
        "http://evil.com\\@127.0.0.1/v1",
        "http://0.0.0.0/v1",
        "http://0.0.0.1/v1",
        "http://2130706433/v1",
        "http://0x7f000001/v1",
        "http://0177.0.0.1/v1",
        "http://127.1/v1",
        "http://127.0.0.1./v1",
        "http://①27.0.0.1/v1",
        "http://127。0。0。1/v1",
        "http://169.254.169.254/latest/meta-data",
        "http://[fe80::1]/v1",
        "http://[::]/v1",
        "http://[::ffff:8.8.8.8]/v1",
        "http://[::ffff:169.254.169.254]/v1",
        "http://[2001:0:808:808::1]/v1",
        "http://[64:ff9b::808:808]/v1",
        "http://240.0.0.1/v1",
        "http://255.255.255.255/v1",
        "http://224.0.0.1/v1",
        "ftp://127.0.0.1/v1",
        "file:///etc/passwd",
        "127.0.0.1:8000/v1",
        "//127.0.0.1/v1",
        "http:///v1",
        "http://[::1/v1",
        "http://127.0.0.1:port/v1",
        "",
    ],
)
def test_all_other_addresses_are_refused(url: str) -> None:
    with pytest.raises(EndpointNotAllowed):
        require_allowed(url, [])


def test_a_named_host_is_allowed_in_any_letter_case_and_no_other() -> None:
    for url in ("https://Models.Example.com/v1", "https://models.example.com:444/v1"):
        require_allowed(url, ["MODELS.example.com"])
    for url in ("https://example.com/v1", "https://x.models.example.com/v1", "https://models.example.com.evil.org/v1"):
        with pytest.raises(EndpointNotAllowed):
            require_allowed(url, ["models.example.com"])


def test_a_named_host_with_letters_of_its_own_is_allowed_as_it_was_written() -> None:
    require_allowed("https://müller.example/v1", ["müller.example"])
    require_allowed("https://xn--mller-kva.example/v1", ["xn--mller-kva.example"])


def test_the_refusal_says_how_to_allow_the_host() -> None:
    with pytest.raises(EndpointNotAllowed, match=r"""COUNTERFOIL_ALLOWED_HOSTS='\["models.example.com"\]'"""):
        require_allowed("https://models.example.com/v1", [])


def test_the_refusal_of_an_address_with_a_password_does_not_repeat_it() -> None:
    for url in ("https://me:hunter2@models.example.com/v1", "https://me:hunter2@[::1/v1"):
        with pytest.raises(EndpointNotAllowed) as raised:
            require_allowed(url, ["models.example.com"])
        assert "hunter2" not in str(raised.value)


@pytest.mark.parametrize("model", ["m", None])
async def test_nothing_is_sent_to_a_refused_endpoint(model: str | None, connect: Connect, ledger: Ledger) -> None:
    with socket.socket() as listener:
        listener.bind(("0.0.0.0", 0))
        listener.listen()
        listener.setblocking(False)
        client = connect(f"http://0.0.0.0:{listener.getsockname()[1]}/v1", model=model)
        with pytest.raises(EndpointNotAllowed):
            await client.ask(question())
        with pytest.raises(BlockingIOError):
            listener.accept()
    assert await ledger.calls(EXECUTION) == []

"""Which requests are answered, by the names that they are made under."""

from __future__ import annotations

from typing import Any

import pytest

from infra.served.same_host import SameHost, why_refused


@pytest.mark.parametrize(
    "host", ["localhost", "localhost:8233", "LOCALHOST", "127.0.0.1:8233", "[::1]:8233", "10.2.3.4:9464"]
)
def test_addresses_and_this_machine_are_answered(host: str) -> None:
    assert why_refused({"host": host}) is None
    assert why_refused({"host": host, "origin": f"http://{host.lower()}"}) is None


@pytest.mark.parametrize(
    "host",
    [
        "", "evil.example", "evil.example:8233", "localhost.evil.example", "127.0.0.1.evil.example:8233",
        "127.0.0.1@evil.example", "evil.example#127.0.0.1", "localhost\\.evil.example", "[::1",
        "0x7f.1.evil", "2130706433.evil",
        "evil.example@localhost", "x@localhost:8233", "@localhost", "localhost@", "a:b@127.0.0.1",
        "localhost:8233@127.0.0.1",
        "localhost:", "localhost:x", "localhost:8233:8233", "localhost:823345", "localhost:８２３３", "localhost.",
        "localhost/", "localhost?", "localhost#", " localhost", "localhost ", "localhost\n", "localhost\t",
        "localhost, evil.example", "localhost,localhost", "http://localhost", "//localhost", "::1", "[::1]x",
        "[[::1]]", "[localhost]", "[127.0.0.1]", "[::1%25lo]", "0x7f.1", "2130706433", "127.1", "127.0.0.01",
        "①27.0.0.1", "ｌocalhost", "localhoſt",
    ],
)  # fmt: skip
def test_a_name_that_may_have_been_pointed_here_is_not(host: str) -> None:
    assert why_refused({"host": host})


@pytest.mark.parametrize("origin", ["http://evil.example", "null", "http://localhost:3000", "https://127.0.0.1", ""])
def test_a_page_of_somewhere_else_may_not_ask(origin: str) -> None:
    assert why_refused({"host": "localhost:8233", "origin": origin})


def test_names_that_the_operator_serves_under_are_answered_and_no_others() -> None:
    served = "audit.example.org, Phoenix.example.org"
    assert why_refused({"host": "audit.example.org:6006"}, served) is None
    assert why_refused({"host": "phoenix.example.org"}, served) is None
    assert why_refused({"host": "example.org"}, served)


@pytest.mark.parametrize(
    "origin", ["http://x@localhost:8233", "http://localhost:8233/", "http://[::1", "ftp://localhost:8233"]
)
def test_an_origin_is_that_host_as_browsers_write_it(origin: str) -> None:
    assert why_refused({"host": "localhost:8233", "origin": origin})


@pytest.mark.parametrize(
    "headers",
    [
        [(b"host", b"evil.example"), (b"host", b"localhost")],
        [(b"host", b"localhost"), (b"Host", b"localhost")],
        [(b"host", b"localhost"), (b"origin", b"http://evil.example"), (b"origin", b"http://localhost")],
    ],
)
async def test_a_request_with_two_hosts_or_two_origins_is_not_answered(headers: list[tuple[bytes, bytes]]) -> None:
    sent: list[Any] = []

    async def app(*_: Any) -> None:
        raise AssertionError("it was let in")

    async def receive() -> Any:
        raise AssertionError("nothing is read of it")

    async def send(message: Any) -> None:
        sent.append(message)

    await SameHost(app)({"type": "http", "headers": headers}, receive, send)
    assert sent[0]["status"] == 403

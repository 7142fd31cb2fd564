"""Which requests are answered, by the names that they are made under."""

from __future__ import annotations

import pytest

from infra.served.same_host import why_refused


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
        "127.0.0.1@evil.example", "evil.example#127.0.0.1", "localhost\\.evil.example", "[::1", "0x7f.1.evil", "2130706433.evil",
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

"""The pages of the local stack answer the browser that was sent to them, and no web page under a name of its own."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import psutil
import pytest

import infra.local
from infra.local import signal, up
from infra.settings import LOOPBACK, Settings
from tests.infra.models.canned import Canned

from .conftest import Told, free_ports

EVIL = ({"host": "evil.example"}, {"origin": "http://evil.example"})


def test_temporals_page_answers_under_its_own_name_only(stack_settings: Settings, told: Told) -> None:
    (status,) = up(stack_settings, told, parts=["temporal"])
    assert status.ok, status.detail
    page = f"http://{LOOPBACK}:{stack_settings.temporal_ui_port}"
    with closing(httpx.Client(trust_env=False, timeout=20)) as browser:
        assert "<!doctype html>" in browser.get(page).text
        listed = browser.get(f"{page}/api/v1/namespaces").json()
        assert [one["namespaceInfo"]["name"] for one in listed["namespaces"] if "default" in str(one)]
        for headers in EVIL:
            assert browser.get(f"{page}/api/v1/namespaces", headers=headers).status_code == 403, headers
        # Nor does any other port of it that speaks HTTP; the page behind ours is where nobody looks.
        assert status.pid
        server = psutil.Process(status.pid)
        assert "temporal" in server.name()
        for connection in server.net_connections("tcp"):
            if connection.status != psutil.CONN_LISTEN:
                continue
            host, port = connection.laddr
            if host not in (LOOPBACK, "127.0.0.1", "::1", "::", "0.0.0.0"):
                assert (host, port) == _behind(stack_settings)
                continue
            for headers in EVIL[:1]:
                try:
                    answer = browser.get(f"http://{LOOPBACK}:{port}/api/v1/namespaces", headers=headers)
                except httpx.HTTPError:
                    continue  # it does not speak HTTP
                assert "namespaces" not in answer.text, (host, port)


def test_the_page_ends_with_the_server_and_comes_back_with_it(stack_settings: Settings, told: Told) -> None:
    (status,) = up(stack_settings, told, parts=["temporal"])
    before = signal(stack_settings, "temporal", "KILL")
    psutil.wait_procs([psutil.Process(before)] if psutil.pid_exists(before) else [], 10)
    (again,) = up(stack_settings, told, parts=["temporal"])
    assert again.ok, again.detail
    assert again.pid != status.pid
    answer = httpx.get(f"http://{LOOPBACK}:{stack_settings.temporal_ui_port}", trust_env=False, timeout=20)
    assert answer.status_code == 200


@pytest.fixture
def proxied() -> Iterator[tuple[str, Canned]]:
    """Our page's address, and the server behind it."""
    (port,) = free_ports(1)
    program = Path(infra.local.__file__).with_name("serve_temporal.py")
    kept = {"set-cookie": "a=b; Path=/", "Set-Cookie": "c=d; Path=/"}
    with Canned("{}", headers=kept) as behind:
        command = [sys.executable, str(program), str(port), f"{LOOPBACK}:{behind.port}", "/bin/sleep", "600"]
        with subprocess.Popen(
            command, env={**os.environ, "PYTHONPATH": str(Path(infra.__file__).parents[1])}
        ) as running:
            _until_listening(port)
            yield f"http://{LOOPBACK}:{port}", behind
            running.kill()


def _until_listening(port: int) -> None:
    for _ in range(600):
        with socket.socket() as asking:
            if asking.connect_ex((LOOPBACK, port)) == 0:
                return
        time.sleep(0.1)
    raise AssertionError("nothing listens")


def test_what_is_asked_for_reaches_temporals_page_to_the_letter(proxied: tuple[str, Canned]) -> None:
    page, behind = proxied
    asked = [
        "/namespaces/default/workflows/batch%3Aacme%2Fnorth%3Amarch/run-1/history", "/a%252Fb", "/a%2e%2e/b", "/../b", "/b//c",
        "/a%20b+c", "/%E4%B8%AD", "/%e4%b8%ad", "/a%0Ab", "/%", "/%zz", "/a%00b", "/a;b=c,d",
        "/a?q=%22x%2Fy%22&q=%2B+%26&empty=", "/a?q=a%253Db", "/a?b?c", "/a~b!$'()*:@[]|^",
    ]  # fmt: skip
    with closing(httpx.Client(trust_env=False, timeout=20)) as browser:
        for target in asked:
            answer = browser.get(page, extensions={"target": target.encode()})
            assert answer.status_code == 200, target
            assert answer.headers.get_list("set-cookie") == ["a=b; Path=/", "c=d; Path=/"]
        assert [path for path, _ in behind.received] == asked
        assert browser.post(f"{page}/a%2Fb", content=b"x").status_code == 200
        assert browser.get(page, headers={"host": "evil.example@localhost"}).status_code == 403
    assert len(behind.received) == len(asked) + 1


@pytest.mark.exhaustive
def test_phoenix_answers_under_its_own_name_only(stack_settings: Settings, told: Told) -> None:
    (status,) = up(stack_settings, told, parts=["phoenix"])
    assert status.ok, status.detail
    asked = {"query": "{ projects { edges { node { name } } } }"}
    with closing(httpx.Client(base_url=stack_settings.phoenix, trust_env=False, timeout=20)) as browser:
        assert "projects" in browser.post("/graphql", json=asked).text
        for headers in EVIL:
            assert browser.post("/graphql", json=asked, headers=headers).status_code == 403, headers


def _behind(settings: Settings) -> tuple[str | None, int | None]:
    page = urlsplit((settings.home / "temporal-page").read_text())
    return page.hostname, page.port

"""What cannot be read comes back as a problem a person can act on, within its limits, and nothing is left running."""

from __future__ import annotations

import asyncio
import os
import sys
import time
from typing import Any

import pytest

from agents.documents import _child, _process, read_document
from agents.documents.reading import Reading
from infra.forks import _forks, _running
from infra.forks._forks import Fork
from tests.agents.documents.samples import bomb, encrypted, invoice_page, pdf


def read(data: bytes, name: str = "invoice.pdf", seconds: float = 30, memory_mb: int = 512) -> Reading:
    return asyncio.run(read_document(data, name, seconds=seconds, memory_mb=memory_mb))


def problem(reading: Reading) -> str:
    """Its code, having checked that the message says what to do."""
    assert reading.problem is not None
    assert reading.problem.message.count(". ") >= 1, reading.problem.message
    assert reading.problem.message.endswith(".")
    return reading.problem.code


@pytest.fixture
def started(monkeypatch: pytest.MonkeyPatch) -> list[Fork]:
    """The reading processes started while the test runs."""
    processes: list[Fork] = []
    start = _forks.fork

    async def record(*arguments: Any, **options: Any) -> Fork:
        processes.append(await start(*arguments, **options))
        return processes[-1]

    monkeypatch.setattr(_running, "fork", record)
    return processes


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "empty"),
        (b" \n\0", "empty"),
        (b"PK\x03\x04rest of a zip", "not_a_document"),
        (b"\x89PNG\r\n\x1a\n....", "not_a_document"),
        (b"Dear Sir or Madam, please find attached", "not_a_document"),
        (b"<!DOCTYPE html><html><body>Invoice</body></html>", "not_a_document"),
        (b"%PDF-1.7\nnothing more", "damaged"),
        (pdf(invoice_page())[:400], "damaged"),
        (b"<Invoice><ID>1</Invoice>", "damaged"),
        (b'<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><Invoice>&x;</Invoice>', "damaged"),
        (b'<?xml version="1.0" encoding="klingon"?><Invoice/>', "damaged"),
    ],
)
def test_what_is_no_readable_document_is_named_for_what_it_is(data: bytes, code: str) -> None:
    assert problem(read(data)) == code


def test_a_password_is_reported_as_such() -> None:
    reading = read(encrypted(pdf(invoice_page()), "secret"))
    assert problem(reading) == "encrypted"
    assert reading.problem is not None
    assert reading.problem.message == ("The PDF is protected by a password. Ask the sender for an unprotected copy.")


def test_a_scan_lists_its_pages_without_words() -> None:
    reading = read(pdf([], []))
    assert problem(reading) == "no_text"
    assert [page.number for page in reading.pages] == [1, 2]
    assert reading.words == []


def test_too_many_pages_are_refused() -> None:
    assert problem(read(pdf(*[[(50, 700, "x")]] * 501))) == "too_large"


@pytest.mark.exhaustive
def test_too_much_text_is_refused() -> None:
    page = [(50.0, 10.0 * line, "abcdefghij " * 300) for line in range(1, 11)]
    assert problem(read(pdf(*[page] * 35), seconds=600)) == "too_large"


def test_too_many_bytes_are_refused_without_starting_a_reader(
    monkeypatch: pytest.MonkeyPatch, started: list[Fork]
) -> None:
    monkeypatch.setattr(_process, "MAX_BYTES", 100)
    assert problem(read(pdf(invoice_page()))) == "too_large"
    assert started == []


def test_a_document_that_unfolds_in_memory_is_stopped() -> None:
    assert problem(read(bomb(), memory_mb=192)) == "too_large"


def test_time_out_ends_the_reader(started: list[Fork]) -> None:
    begun = time.monotonic()
    assert problem(read(pdf(*[invoice_page()] * 300), seconds=0.05)) == "too_slow"
    assert time.monotonic() - begun < 5
    assert [process.returncode for process in started] == [-9]


def test_a_reading_that_is_called_off_leaves_no_process(started: list[Fork]) -> None:
    async def call_off() -> None:
        task = asyncio.create_task(read_document(pdf(invoice_page()), "a.pdf", seconds=30, memory_mb=512))
        while not started:
            await asyncio.sleep(0.001)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task

    asyncio.run(call_off())
    assert [process.returncode is not None for process in started] == [True]


def test_a_reader_that_does_not_start_is_no_fault_of_the_document(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_forks, "_nurseries", {})  # one that runs already would fork it all the same
    monkeypatch.setattr(sys, "executable", "/bin/false")
    with pytest.raises(_process.ReaderFailed):
        read(pdf(invoice_page()))


def test_readers_are_forked_anew_when_the_process_that_forks_them_has_died() -> None:
    async def read_twice() -> list[object]:
        seen: list[object] = []
        for _ in range(2):
            reading = await read_document(pdf(invoice_page()), "a.pdf", seconds=30, memory_mb=512)
            seen.append(reading.problem.code if reading.problem else None)
            nursery = _forks._nurseries[asyncio.get_running_loop(), _child.__name__]
            nursery._process.kill()
            while not nursery.dead:
                await asyncio.sleep(0.01)
        return seen

    assert asyncio.run(read_twice()) == [None, None]


def test_many_at_once_get_each_their_own_answer() -> None:
    async def read_all() -> list[str]:
        documents = [pdf([(50.0, 700.0, f"invoice {n}")]) for n in range(12)]
        made = (read_document(document, "a.pdf", seconds=30, memory_mb=512) for document in documents)
        return [reading.text.strip() for reading in await asyncio.gather(*made)]

    assert asyncio.run(read_all()) == [f"invoice {n}" for n in range(12)]


def test_the_reader_sees_no_secret_of_its_parent(monkeypatch: pytest.MonkeyPatch, started: list[Fork]) -> None:
    monkeypatch.setenv("COUNTERFOIL_MODEL_API_KEY", "sk-secret")
    seen: list[bytes] = []

    async def look() -> None:
        task = asyncio.create_task(read_document(pdf(invoice_page()), "a.pdf", seconds=30, memory_mb=512))
        while not started:
            await asyncio.sleep(0.001)
        while b"PYTHONPATH" not in b"".join(seen):
            with open(f"/proc/{started[0].pid}/environ", "rb") as environment:
                seen.append(environment.read())
            await asyncio.sleep(0.001)
        await task

    if not os.path.isdir("/proc/self"):
        pytest.skip("no /proc to look into")
    asyncio.run(look())
    assert b"secret" not in seen[-1]

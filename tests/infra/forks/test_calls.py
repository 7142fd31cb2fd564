"""A function is done in a fork: what it yields arrives, what it may take is bounded, and whoever asks is told how it ended."""

from __future__ import annotations

import asyncio
import time

import pytest

from infra.forks import call
from tests.infra.forks import work


async def test_what_a_function_yields_arrives_whatever_its_size() -> None:
    data = bytes(range(256)) * 40_000
    outcome = await call(work.backwards, data, seconds=30, memory_mb=512)
    assert outcome.answer == data[::-1]


async def test_what_takes_too_long_is_stopped_and_the_parts_before_it_count() -> None:
    outcome = await call(work.one_part_and_then_never_another, b"first", seconds=0.5, memory_mb=512)
    assert (outcome.parts, outcome.answer, outcome.too_slow) == ((b"first",), None, True)


async def test_what_sleeps_is_stopped_too() -> None:
    outcome = await call(work.one_part_and_then_a_sleep, b"first", seconds=0.5, memory_mb=512)
    assert (outcome.parts, outcome.too_slow) == ((b"first",), True)


async def test_what_takes_too_much_memory_ends_alone() -> None:
    outcome = await call(work.ever_more_memory, b"first", seconds=30, memory_mb=512)
    assert (outcome.parts, outcome.answer, outcome.too_slow) == ((b"first",), None, False)


async def test_a_fault_of_our_code_is_told_by_its_kind_and_place() -> None:
    outcome = await call(work.stumble, b"first", seconds=30, memory_mb=512)
    assert (outcome.parts, outcome.answer) == ((b"first",), None)
    assert outcome.fault
    assert outcome.fault.kind == "ZeroDivisionError"
    assert "in stumble" in outcome.fault.told


async def test_one_that_never_ends_holds_up_no_other() -> None:
    endless = asyncio.create_task(call(work.one_part_and_then_a_sleep, b"", seconds=60, memory_mb=512))
    await call(work.backwards, b"abc", seconds=60, memory_mb=512)
    assert not endless.done()
    endless.cancel()
    begun = time.monotonic()
    with pytest.raises(asyncio.CancelledError):
        await endless
    assert time.monotonic() - begun < 30, "what is called off is killed, not waited for"

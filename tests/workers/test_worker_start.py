"""A worker that is started before what it needs waits for it, so that no supervisor gives it up."""

from __future__ import annotations

import asyncio

import pytest

from infra.ledger import LedgerNotReady
from infra.temporal.connect import TemporalUnreachable
from workers import worker
from workers.worker import _reached


class Away:
    """Something that is not there for the first ``tries``."""

    def __init__(self, tries: int, error: type[Exception]) -> None:
        self.left, self.error = tries, error

    async def __call__(self) -> str:
        if self.left:
            self.left -= 1
            raise self.error("not yet")
        return "there"


@pytest.mark.parametrize("error", [TemporalUnreachable, LedgerNotReady])
async def test_it_waits_until_temporal_and_ledger_are_there(
    error: type[Exception], monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(worker, "_TRY_SECONDS", 0.01)
    assert await _reached(Away(3, error), asyncio.Event()) == "there"
    assert [record.getMessage() for record in caplog.records] == ["waiting up to 60 s: not yet"]


async def test_it_gives_up_after_a_while_and_at_once_when_asked_to_stop(monkeypatch: pytest.MonkeyPatch) -> None:
    stop = asyncio.Event()
    asyncio.get_running_loop().call_later(0.05, stop.set)
    async with asyncio.timeout(5):
        with pytest.raises(TemporalUnreachable):
            await _reached(Away(10**6, TemporalUnreachable), stop)
    monkeypatch.setattr(worker, "_TRY_SECONDS", 0.01)
    monkeypatch.setattr(worker, "_START_SECONDS", 0.05)
    with pytest.raises(TemporalUnreachable):
        await _reached(Away(10**6, TemporalUnreachable), asyncio.Event())

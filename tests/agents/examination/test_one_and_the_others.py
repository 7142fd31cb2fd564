"""However long our code takes over one document, others are done meanwhile, and the worker's event loop goes on."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Sequence

import pytest

from agents.documents import Answer
from agents.examination import Examination, Order, examine, pack, unpack
from agents.fields.bounds import LONGEST_TEXT, MOST_BYTES, MOST_FINDINGS, bounded
from infra.forks import call
from infra.records import Finding, Severity, finding
from tests.agents.drawn_pages import page

INVOICE = (
    "INVOICE",
    "Invoice number: R-1",
    "Invoice date: 2026-10-12",
    "Net 100.00",
    "VAT 20 % 20.00",
    "Total EUR 120.00",
)
HOSTILE: dict[str, Callable[[], Sequence[str]]] = {
    "dates": lambda: [" ".join(f"{n % 28 + 1}.{m + 1}.{1900 + n % 150}" for m in range(12)) for n in range(400)],
    "numbers": lambda: [" ".join(["1"] * 60) for _ in range(400)],
    "words": lambda: [" ".join(["lorem"] * 60) for _ in range(1200)],
    "lines": lambda: [f"Paper {n}  2  50.00  100.00" for n in range(4000)],
}


async def examined(lines: Sequence[str], seconds: float = 120) -> Examination:
    reading = page(*lines)
    answer = Answer.of(reading)
    order = Order(longest=LONGEST_TEXT, most_bytes=MOST_BYTES)
    return unpack((await call(examine, pack(order, answer), seconds=seconds, memory_mb=1024)).parts)


async def longest_stall(until: asyncio.Future[Examination]) -> float:
    """Seconds that the event loop took longest to come round, while ``until`` was not done."""
    longest = 0.0
    while not until.done():
        before = time.perf_counter()
        await asyncio.sleep(0.005)
        longest = max(longest, time.perf_counter() - before)
    return longest


@pytest.mark.parametrize(
    "kind", ["words", *(pytest.param(kind, marks=pytest.mark.exhaustive) for kind in HOSTILE if kind != "words")]
)
async def test_small_documents_are_examined_while_a_large_one_is(kind: str) -> None:
    await examined(INVOICE)
    lines = HOSTILE[kind]()
    begun = time.perf_counter()
    large = asyncio.ensure_future(examined(lines))
    stalled = asyncio.ensure_future(longest_stall(large))
    done = [await examined(INVOICE) for _ in range(2)]
    assert [one.draft and one.draft.fields["invoice_number"].value for one in done] == ["R-1", "R-1"]
    found = await large
    assert await stalled < (time.perf_counter() - begun) / 4
    assert found.of_the_file
    assert found.known_by, "it came to its end"


async def test_what_is_stopped_has_what_it_came_to_before() -> None:
    found = await examined(HOSTILE["dates"](), seconds=0.2)
    assert found.known_by is None


def test_more_findings_than_a_state_carries_are_counted_and_the_gravest_kept() -> None:
    many = [finding("A", Severity.WARNING, "m")] * 5000 + [finding("B", Severity.ERROR, "x" * 9000)]
    kept: list[Finding] = bounded(many)
    assert len(kept) == MOST_FINDINGS + 1
    assert [one.rule for one in kept].count("B") == 1
    assert max(len(one.message) for one in kept) <= 2000
    assert kept[-1].is_error
    assert "4,801 more findings" in kept[-1].message

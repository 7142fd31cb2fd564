"""The same invoice many times at once is posted once."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.evals.month.storm import storm
from tests.stack import Stack


@pytest.mark.exhaustive
async def test_copies_of_one_invoice_that_come_at_once_before_two_workers_are_posted_once(tmp_path: Path) -> None:
    with Stack(tmp_path) as stack:
        stack.start_worker()
        outcomes = await storm(stack, 12, written=True)
    assert outcomes["posted"] == outcomes["approved"] == 1, outcomes
    assert outcomes["in review as a duplicate"] == 11, outcomes

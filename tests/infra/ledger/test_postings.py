"""What is posted is posted once."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from decimal import Decimal
from typing import Any

from infra.ledger import Ledger

from .examples import a_posting, minutes


async def test_an_execution_is_posted_once_however_often_it_is_tried(
    ledger: Ledger, new_ledger: Callable[[], Ledger]
) -> None:
    ledgers = [ledger, new_ledger()]
    written = await asyncio.gather(*(ledgers[n % 2].post(a_posting()) for n in range(20)))
    assert sorted(written) == [False] * 19 + [True]
    assert not await ledger.post(a_posting(amount=Decimal(1)))
    assert await ledger.posted("acme") == [a_posting()]


async def test_postings_are_found_by_vendor_and_number_within_a_tenant(ledger: Ledger) -> None:
    different: dict[str, dict[str, Any]] = {
        "a": {"posted_at": minutes(3)},
        "b": {"number": "R-2", "posted_at": minutes(1)},
        "c": {"vendor": "Other AG"},
        "d": {"vendor": None, "number": None, "posted_at": minutes(9)},
        "e": {"tenant": "beta"},
    }
    for id, fields in different.items():
        assert await ledger.post(a_posting(execution_id=id, **fields))

    async def ids(**filters: str) -> str:
        return "".join(posting.execution_id for posting in await ledger.posted("acme", **filters))

    assert await ids() == "cbad"
    assert await ids(vendor="Muster GmbH") == "ba"
    assert await ids(number="R-1") == "ca"
    assert await ids(vendor="Muster GmbH", number="R-2") == "b"

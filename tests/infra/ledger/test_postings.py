"""What is posted is posted once."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest

from infra.ledger import Ledger
from infra.records import AlreadyPosted

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


KEYS = {"vendor_key": "vendor:V1", "number_key": "r1"}


async def test_the_same_vendor_and_number_in_other_writing_are_posted_once(ledger: Ledger) -> None:
    assert await ledger.post(a_posting(execution_id="a", number="R-01", **KEYS))
    for fields in ({"vendor": "Muster"}, {"vendor": None}, {"number": "r 1"}):
        with pytest.raises(AlreadyPosted) as refused:
            await ledger.post(a_posting(execution_id="b", **KEYS | fields))
        assert refused.value.execution_id == "a"
    assert [one.execution_id for one in await ledger.posted("acme")] == ["a"]
    assert await ledger.post(a_posting(execution_id="c", tenant="beta", **KEYS))
    assert await ledger.post(a_posting(execution_id="b", **KEYS), in_spite_of=["a"])
    assert (await ledger.posted("acme"))[1] == a_posting(execution_id="b", **KEYS)


async def test_what_was_posted_before_there_were_keys_is_found_by_its_names(ledger: Ledger) -> None:
    assert await ledger.post(a_posting(execution_id="a"))
    with pytest.raises(AlreadyPosted):
        await ledger.post(a_posting(execution_id="b", **KEYS))


async def test_a_key_that_is_missing_is_equal_to_nothing(ledger: Ledger) -> None:
    for n, (vendor, number) in enumerate([(None, "r1"), (None, "r1"), ("", "r1"), ("", "r1"), ("V", ""), ("V", "")]):
        posting = a_posting(execution_id=f"e{n}", vendor=None, number="", vendor_key=vendor, number_key=number)
        assert await ledger.post(posting)


async def test_a_posting_that_is_tried_again_was_posted_whoever_posted_since(ledger: Ledger) -> None:
    assert await ledger.post(a_posting(execution_id="a"))
    assert await ledger.post(a_posting(execution_id="b"), in_spite_of=["a"])
    assert not await ledger.post(a_posting(execution_id="a"))


async def test_of_those_that_post_one_invoice_at_once_by_name_or_by_key_one_is_written(
    ledger: Ledger, new_ledger: Callable[[], Ledger]
) -> None:
    ledgers = [ledger, new_ledger()]
    written: list[dict[str, Any]] = [KEYS, {"vendor_key": None, "number_key": "r1"}, KEYS | {"number": "R-1"}]
    outcomes = await asyncio.gather(
        *(ledgers[n % 2].post(a_posting(execution_id=f"e{n}", **written[n % 3])) for n in range(24)),
        return_exceptions=True,
    )
    assert outcomes.count(True) == 1
    assert sum(isinstance(outcome, AlreadyPosted) for outcome in outcomes) == 23

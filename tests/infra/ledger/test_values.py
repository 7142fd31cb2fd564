"""Values come back as they were written, on either database."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal

import pytest
from sqlalchemy.exc import StatementError

from infra.ledger import Ledger

from .examples import MORNING, a_call, a_posting, an_execution, ended


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("0", "0"),
        ("-0.00", "0"),
        ("119.00", "119"),
        ("1000", "1000"),
        ("1E+3", "1000"),
        ("-12.340", "-12.34"),
        ("0.1", "0.1"),
        ("0.000000000000000000000000000001", "0.000000000000000000000000000001"),
        ("12345678901234567890123456789.123456789012345678901234567891",) * 2,
        (str(Decimal(1) / 3),) * 2,
    ],
)
async def test_money_is_exact(ledger: Ledger, written: str, read: str) -> None:
    await ledger.post(a_posting(amount=Decimal(written)))
    [posting] = await ledger.posted("acme")
    assert posting.amount == Decimal(written)
    assert f"{posting.amount:f}" == read


@pytest.mark.parametrize("amount", ["NaN", "Infinity", "1E+999999999", "1E-999999999"])
async def test_what_is_no_amount_of_money_is_refused(ledger: Ledger, amount: str) -> None:
    call = ended(a_call(attempt=1)).model_copy(update={"cost": Decimal(amount)})
    with pytest.raises(StatementError, match="not an amount of money"):
        await ledger.end_call(call)


async def test_a_price_that_is_not_known_is_not_zero(ledger: Ledger) -> None:
    await ledger.end_call(ended(a_call(attempt=1), cost=None, currency=None))
    [call] = await ledger.calls(a_call().execution_id)
    assert call.cost is None


async def test_times_come_back_in_utc_to_the_microsecond(ledger: Ledger) -> None:
    local = MORNING.astimezone(timezone(timedelta(hours=5, minutes=30)))
    await ledger.post(a_posting(posted_at=local))
    [posting] = await ledger.posted("acme")
    assert posting.posted_at == MORNING
    assert posting.posted_at.tzinfo is UTC or posting.posted_at.utcoffset() == timedelta(0)


async def test_a_time_without_zone_is_refused(ledger: Ledger) -> None:
    with pytest.raises(StatementError, match="aware times only"):
        await ledger.post(a_posting(posted_at=datetime(2026, 3, 2)))


async def test_characters_no_database_takes_do_not_stop_a_record(ledger: Ledger) -> None:
    await ledger.record(
        an_execution(
            vendor="Mus\0ter", result={"raw\0": ["\0", "half \ud83d of a pair", "whole 😀"], "not": float("nan")}
        )
    )
    found = await ledger.execution("invoice-acme-ab12cd")
    assert found
    assert found.vendor == "Mus\ufffdter"
    assert found.result == {"raw\ufffd": ["\ufffd", "half \ufffd of a pair", "whole 😀"], "not": None}


async def test_values_that_json_has_not_are_kept_as_text(ledger: Ledger) -> None:
    await ledger.record(an_execution(result={"total": Decimal("119.00"), "due": date(2026, 4, 1), "pair": (1, 2)}))
    found = await ledger.execution("invoice-acme-ab12cd")
    assert found
    assert found.result == {"total": "119.00", "due": "2026-04-01", "pair": [1, 2]}


async def test_a_question_mark_or_quote_is_only_text(ledger: Ledger) -> None:
    name = "Robert'); DROP TABLE executions;-- ? :x %s.pdf"
    await ledger.record(an_execution(name=name))
    [found] = await ledger.find_execution(name)
    assert found.name == name

"""Of those who claim the same at once, exactly one is first."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import insert

from infra.ledger import Ledger
from infra.ledger._claims import MOST_ALIKE
from infra.ledger._tables import claims
from infra.ledger.keys import number_key
from infra.records import Claim, Status

from .examples import a_claim, a_submission, an_execution, minutes


def ids(found: list[Claim]) -> list[str]:
    return [one.execution_id for one in found]


async def test_a_claim_sees_those_before_it_with_its_number_or_its_amount_whatever_the_sign(ledger: Ledger) -> None:
    assert await ledger.claim(a_claim("a")) == []
    await ledger.claim(a_claim("b", "re 0001", "5.00"))
    await ledger.claim(a_claim("c", "RE-9", "-119.00", kind="credit_note"))
    await ledger.claim(a_claim("d", "RE-8", "7.00"))
    await ledger.claim(a_claim("e", tenant="other"))
    await ledger.claim(a_claim("g", "RE-7", currency="USD"))
    seen = await ledger.claim(a_claim("f"))
    assert ids(seen) == ["c", "b", "a"]
    assert seen[2] == a_claim("a", sequence=1)


async def test_what_a_claim_leaves_out_is_equal_to_nothing(ledger: Ledger) -> None:
    for id in "ab":
        assert await ledger.claim(a_claim(id, None, None, vendor_key=None, currency=None, issue_date=None)) == []
    for id in "cd":
        assert await ledger.claim(a_claim(id, None, None, number_key="", currency="")) == []


async def test_of_very_many_those_with_its_number_come_first(ledger: Ledger) -> None:
    await ledger.claim(a_claim("the same", amount="120.00"))
    await ledger.claim(a_claim("its own", "N-0"))
    other = {"vendor_key": "vendor:other"}
    many = (a_claim(f"e{n}", f"N-{n + 3}", sequence=n + 3, **other) for n in range(MOST_ALIKE + 1))
    rows = [one.model_dump(exclude={"status"}) for one in many]
    await ledger._write(lambda connection: connection.execute(insert(claims), rows))
    seen = await ledger.claim(a_claim("new"))
    assert len(seen) == MOST_ALIKE
    assert [seen[n].execution_id for n in (0, -2, -1)] == [f"e{MOST_ALIKE}", "its own", "the same"], (
        "of its vendor, too"
    )


async def test_what_was_corrected_before_it_came_is_seen(ledger: Ledger) -> None:
    await ledger.claim(a_claim("correction", "R-18", amount="20.00", preceding="r17"))
    assert ids(await ledger.claim(a_claim("original", "R-17"))) == ["correction"]


async def test_the_same_claim_again_keeps_its_place_and_a_changed_one_goes_to_the_end(ledger: Ledger) -> None:
    odd = {"vendor_key": "name:a\0b"}  # as documents have it, and no database keeps it
    await ledger.claim(a_claim("a", **odd))
    await ledger.claim(a_claim("b"))
    assert await ledger.claim(a_claim("a", name="other.pdf", **odd)) == []
    assert [one.name for one in await ledger.claims("acme")] == ["other.pdf", "b.pdf"]
    assert ids(await ledger.claim(a_claim("a", amount="120.00", **odd))) == ["b"]


@pytest.mark.parametrize(
    "changed",
    [
        {"kind": "credit_note"},
        {"number_key": "r2"},
        {"currency": "CHF"},
        {"net": Decimal("99.00")},
        {"issue_date": None},
    ],
    ids=lambda changed: next(iter(changed)),
)
async def test_a_claim_that_changes_in_whatever_it_is_compared_by_goes_behind_those_that_came_meanwhile(
    ledger: Ledger, changed: dict[str, Any]
) -> None:
    await ledger.claim(a_claim("a", net=Decimal("100.00")))
    await ledger.claim(a_claim("b", net=Decimal("99.00")))
    assert ids(await ledger.claim(a_claim("a", **{"net": Decimal("100.00")} | changed))) == ["b"]


async def test_a_run_that_is_begun_anew_after_failing_claims_anew(ledger: Ledger) -> None:
    await ledger.claim(a_claim("a"))
    await ledger.record(an_execution(id="a", status=Status.FAILED))
    assert await ledger.claim(a_claim("b")) == [], "what failed claims nothing"
    await ledger.record(an_execution(id="a", run_id="run-2", started_at=minutes(5)))
    assert ids(await ledger.claim(a_claim("a", run_id="run-2"))) == ["b"], "it was passed meanwhile"
    assert await ledger.claim(a_claim("b")) == []


@pytest.mark.parametrize("status", [Status.REJECTED, Status.FAILED, Status.SPLIT])
async def test_what_was_rejected_failed_or_split_claims_nothing(ledger: Ledger, status: Status) -> None:
    await ledger.claim(a_claim("a"))
    await ledger.record(an_execution(id="a", status=status))
    assert await ledger.claim(a_claim("b")) == []
    await ledger.record(an_execution(id="b", status=Status.APPROVED))
    (seen,) = await ledger.claim(a_claim("c"))
    assert (seen.execution_id, seen.status) == ("b", Status.APPROVED)
    assert ids(await ledger.claims("acme")) == ["b", "c"]


async def test_claims_are_listed_by_vendor_and_date_in_their_order(ledger: Ledger) -> None:
    await ledger.claim(a_claim("c"))
    await ledger.claim(a_claim("a", issue_date=date(2026, 10, 14)))
    await ledger.claim(a_claim("b", vendor_key="name:other"))
    await ledger.claim(a_claim("d", issue_date=None))
    assert [(one.execution_id, one.sequence) for one in await ledger.claims("acme")] == [
        ("c", 1), ("a", 2), ("b", 3), ("d", 4),
    ]  # fmt: skip
    assert ids(await ledger.claims("acme", vendor_key="vendor:V1")) == ["c", "a", "d"]
    assert ids(await ledger.claims("acme", vendor_key="vendor:V1", since=date(2026, 10, 12))) == ["c", "a"]
    assert ids(await ledger.claims("acme", since=date(2026, 10, 13))) == ["a"]
    assert await ledger.claims("other") == []


async def test_of_fifty_that_claim_the_same_at_once_exactly_one_sees_nobody(
    ledger: Ledger, new_ledger: Callable[[], Ledger]
) -> None:
    ledgers = [ledger, *(new_ledger() for _ in range(3))]

    def claim_some(n: int) -> list[int]:
        async def work() -> list[int]:
            made = (ledgers[n].claim(a_claim(f"e{m}")) for m in range(n, 50, 4))
            return [len(seen) for seen in await asyncio.gather(*made)]

        return asyncio.run(work())

    with ThreadPoolExecutor(4) as threads:
        done = await asyncio.gather(*(asyncio.wrap_future(threads.submit(claim_some, n)) for n in range(4)))
    assert sorted(count for counts in done for count in counts) == list(range(50))
    again = await asyncio.gather(*(ledgers[n % 4].claim(a_claim(f"e{n}")) for n in range(50)))
    assert sorted(len(seen) for seen in again) == list(range(50)), "and the same is said to whoever asks again"


async def test_whoever_handed_the_document_in_is_told_once_each(ledger: Ledger) -> None:
    for batch, by in (("march", "Zoe"), ("april", "Ada"), ("may", None), ("june", "Zoe")):
        await ledger.submit(a_submission(batch=batch, submitted_by=by))
    await ledger.submit(a_submission(execution_id="another", name="another.pdf", submitted_by="Eve"))
    assert await ledger.submitters(a_submission().execution_id) == ["Ada", "Zoe"]
    assert await ledger.submitters("nothing") == []


async def test_an_amount_is_the_same_however_many_zeros_it_is_written_with(ledger: Ledger) -> None:
    await ledger.claim(a_claim("a", "1", "100"))
    assert ids(await ledger.claim(a_claim("b", "2", "100.00"))) == ["a"]
    assert await ledger.claim(a_claim("a", "1", "100.000")) == []
    assert (await ledger.claims("acme"))[0].amount == Decimal(100)


async def test_a_correction_of_another_total_sees_what_it_corrects(ledger: Ledger) -> None:
    await ledger.claim(a_claim("a", "RE-1", "119.00"))
    seen = await ledger.claim(a_claim("b", "RE-2", "99.00", preceding=number_key("RE-1")))
    assert ids(seen) == ["a"]


@pytest.mark.parametrize(
    ("number", "amount", "net"),
    [("R-1OO", "900", None), ("R-100A", "119.01", None), ("100", "119.59", None), ("X-7", "107", "100")],
)
async def test_a_claim_sees_what_may_be_the_same_under_another_number_or_nearly_its_amount(
    ledger: Ledger, number: str, amount: str, net: str | None
) -> None:
    await ledger.claim(a_claim("a", "R-100", "119.00", net=Decimal(100)))
    new = a_claim("b", number, amount, net=Decimal(net) if net else None)
    assert ids(await ledger.claim(new)) == ["a"]

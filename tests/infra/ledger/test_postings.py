"""What is posted is posted once."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest

from infra.ledger import Ledger, _ledger
from infra.ledger.keys import number_key, paid_twice
from infra.records import AlreadyPosted, EndedBefore, PostedOtherwise, Status

from .examples import a_posting, an_execution, minutes


async def test_an_execution_is_posted_once_however_often_it_is_tried(
    ledger: Ledger, new_ledger: Callable[[], Ledger]
) -> None:
    ledgers = [ledger, new_ledger()]
    written = await asyncio.gather(*(ledgers[n % 2].post(a_posting()) for n in range(20)))
    assert sorted(written) == [False] * 19 + [True]
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


OTHERWISE: list[dict[str, Any]] = [
    {"amount": Decimal(1)},
    {"amount": Decimal("119.01")},
    {"amount": Decimal("-119.00")},
    {"currency": "USD"},
    {"number": "R-2"},
    {"vendor": "Other AG"},
    {"tenant": "beta"},
    {"invoice": {"payment": {"iban": "DE02120300000000202051"}, "type_code": "380"}},
    {"invoice": {"payment": {"iban": "DE89370400440532013000"}, "type_code": "381"}},
]


@pytest.mark.parametrize("other", OTHERWISE, ids=lambda other: next(iter(other)))
async def test_one_that_posts_again_and_otherwise_is_refused_and_what_stands_stays(
    ledger: Ledger, other: dict[str, Any]
) -> None:
    first = a_posting(
        amount=Decimal("119.00"), invoice={"payment": {"iban": "DE89370400440532013000"}, "type_code": "380"}
    )
    assert await ledger.post(first)
    with pytest.raises(PostedOtherwise) as refused:
        await ledger.post(first.model_copy(update=other))
    assert refused.value.kept == first
    assert refused.value.differing
    assert await ledger.posted(first.tenant) == [first]
    assert not await ledger.post(first.model_copy(update={"posted_at": minutes(9), "amount": Decimal("119")}))


async def test_of_two_that_post_otherwise_at_once_one_is_written_and_the_other_refused(
    ledger: Ledger, new_ledger: Callable[[], Ledger]
) -> None:
    ledgers = [ledger, new_ledger()]
    outcomes = await asyncio.gather(
        *(ledgers[n % 2].post(a_posting(amount=Decimal(n))) for n in range(12)), return_exceptions=True
    )
    assert outcomes.count(True) == 1
    assert sum(isinstance(outcome, PostedOtherwise) for outcome in outcomes) == 11


ENDED = [
    {"status": Status.FAILED, "error": "cancelled by an operator", "decision": None},
    {"status": Status.FAILED, "error": "its result cannot be recorded", "decision": None, "amount": None},
    {"status": Status.REJECTED, "decision": "reject"},
]


@pytest.mark.parametrize("ended", ENDED, ids=lambda ended: str(ended.get("error")))
async def test_what_has_posted_is_recorded_as_approved_however_it_ended(ledger: Ledger, ended: dict[str, Any]) -> None:
    posting = a_posting(number="R-1", amount=Decimal("119.00"))
    await ledger.record(an_execution(id=posting.execution_id))
    assert await ledger.post(posting, run_id="run-1")
    totals = await ledger.record_with_totals(an_execution(id=posting.execution_id, ended_at=minutes(3), **ended))
    assert totals.posted
    kept = await ledger.execution(posting.execution_id)
    assert kept
    assert (kept.status, kept.decision, kept.error) == (Status.APPROVED, "approve", None)
    assert (kept.vendor, kept.number, kept.amount) == (posting.vendor, posting.number, posting.amount)
    assert f"it was posted before it ended as {ended['status'].value}" in kept.reasons[-1]


@pytest.mark.parametrize("ended", ENDED, ids=lambda ended: str(ended.get("error")))
async def test_what_has_ended_otherwise_posts_nothing_any_more_until_it_runs_again(
    ledger: Ledger, ended: dict[str, Any]
) -> None:
    posting = a_posting()
    await ledger.record(an_execution(id=posting.execution_id, **ended))
    with pytest.raises(EndedBefore):
        await ledger.post(posting, run_id="run-1")
    assert await ledger.posted("acme") == []
    assert await ledger.post(posting, run_id="run-2")


async def test_one_that_fails_since_it_would_post_something_else_has_failed(ledger: Ledger) -> None:
    posting = a_posting(amount=Decimal(119))
    assert await ledger.post(posting)
    other = an_execution(
        id=posting.execution_id, status=Status.FAILED, error="it has posted before", vendor=posting.vendor,
        number=posting.number, currency=posting.currency, amount=Decimal(90),
    )  # fmt: skip
    assert not (await ledger.record_with_totals(other)).posted
    kept = await ledger.execution(posting.execution_id)
    assert kept
    assert (kept.status, kept.error) == (Status.FAILED, "it has posted before")


async def test_posting_and_ending_at_once_agree_whichever_is_first(
    ledger: Ledger, new_ledger: Callable[[], Ledger]
) -> None:
    other = new_ledger()
    for n in range(40):
        posting = a_posting(execution_id=f"e{n}", number=f"N-{n}")
        await ledger.record(an_execution(id=posting.execution_id))
        ends = an_execution(id=posting.execution_id, status=Status.FAILED, error="cancelled")
        posts, records = ledger.post(posting, run_id="run-1"), other.record(ends)
        first, second = (posts, records) if n % 2 else (records, posts)
        await asyncio.gather(first, second, return_exceptions=True)
        kept = await ledger.execution(posting.execution_id)
        posted = {one.execution_id for one in await ledger.posted("acme")}
        assert kept
        assert (posting.execution_id in posted) is (kept.status is Status.APPROVED)


@pytest.mark.parametrize("status", [Status.RUNNING, Status.REVIEW])
async def test_what_posted_and_was_ended_from_outside_before_it_said_so_is_settled(
    ledger: Ledger, status: Status
) -> None:
    posting = a_posting(posted_at=minutes(5))
    await ledger.record(an_execution(id=posting.execution_id, status=status))
    await ledger.record(an_execution(id="another", status=status))
    assert await ledger.post(posting, run_id="run-1")
    assert await ledger.settle_posted(before=minutes(5)) == 0, "it may still say so itself"
    assert await ledger.settle_posted(before=minutes(6)) == 1
    assert await ledger.settle_posted(before=minutes(6)) == 0
    kept = await ledger.execution(posting.execution_id)
    assert kept
    assert (kept.status, kept.amount, kept.ended_at) == (Status.APPROVED, posting.amount, minutes(5))


async def test_a_later_run_of_what_has_posted_ends_as_it_says_itself(ledger: Ledger) -> None:
    posting = a_posting(posted_at=minutes(5))
    await ledger.record(an_execution(id=posting.execution_id))
    assert await ledger.post(posting, run_id="run-1")
    again = an_execution(id=posting.execution_id, run_id="run-2", started_at=minutes(6), status=Status.REVIEW)
    await ledger.record(again)
    assert await ledger.settle_posted(before=minutes(20)) == 0
    kept = await ledger.execution(posting.execution_id)
    assert kept
    assert (kept.run_id, kept.status) == ("run-2", Status.REVIEW)
    await ledger.record(
        again.model_copy(update={"status": Status.REJECTED, "decision": "reject", "ended_at": minutes(9)})
    )
    kept = await ledger.execution(posting.execution_id)
    assert kept
    assert kept.status is Status.APPROVED, "what was paid is not recorded as rejected"


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


ALIKE = [
    ("R-1OO", "1"),
    ("R-l00", "900"),
    ("R-\u0661\u0660\u0660", "119"),
    ("R-100A", "119.01"),
    ("R-100/1", "118.50"),
    ("100", "119"),
    ("R-|OO", "900"),
    ("R-100 2026", "119"),
]


@pytest.mark.parametrize(("number", "amount"), ALIKE)
async def test_what_may_be_the_same_is_not_posted_by_itself(ledger: Ledger, number: str, amount: str) -> None:
    first = a_posting(execution_id="a", number="R-100", amount=Decimal("119.00"), **_keyed("R-100"))
    second = a_posting(execution_id="b", number=number, amount=Decimal(amount), **_keyed(number))
    assert await ledger.post(first)
    with pytest.raises(AlreadyPosted) as refused:
        await ledger.post(second)
    assert refused.value.execution_id == "a"
    assert [one.execution_id for one in await ledger.posted("acme")] == ["a"]
    assert await ledger.post(second.model_copy(update={"vendor_key": "vendor:V2", "execution_id": "c"}))
    assert await ledger.post(second, in_spite_of=["a", "c"])


@pytest.mark.parametrize(
    ("number", "amount"), [("R-101", "119"), ("R-100A", "150"), ("R-1000", "119"), ("R-10", "119")]
)
async def test_other_numbers_are_posted(ledger: Ledger, number: str, amount: str) -> None:
    assert await ledger.post(a_posting(execution_id="a", number="R-100", amount=Decimal("119.00"), **_keyed("R-100")))
    assert await ledger.post(a_posting(execution_id="b", number=number, amount=Decimal(amount), **_keyed(number)))


async def test_parts_of_one_number_are_posted_and_where_amounts_are_not_compared_so_is_what_extends_another(
    ledger: Ledger,
) -> None:
    for n in "123":
        assert await ledger.post(a_posting(execution_id=n, number=f"R-100/{n}", **_keyed(f"R-100/{n}")))
    with pytest.raises(AlreadyPosted):
        await ledger.post(a_posting(execution_id="a", number="R-100", **_keyed("R-100")))
    assert await ledger.post(a_posting(execution_id="a", number="R-100", **_keyed("R-100")), amounts_too=False)


async def test_of_two_that_look_alike_at_once_one_is_posted(ledger: Ledger, new_ledger: Callable[[], Ledger]) -> None:
    ledgers = [ledger, new_ledger()]
    numbers = ["R-100", "R-1OO", "R-l00", "R-100A", "R-1O0", "\uff32-100"]
    outcomes = await asyncio.gather(
        *(
            ledgers[n % 2].post(a_posting(execution_id=f"e{n}", number=number, **_keyed(number)))
            for n, number in enumerate(numbers)
        ),
        return_exceptions=True,
    )
    assert outcomes.count(True) == 1
    assert sum(isinstance(outcome, AlreadyPosted) for outcome in outcomes) == len(numbers) - 1


def _keyed(number: str) -> dict[str, Any]:
    return {"vendor_key": "vendor:V1", "number_key": number_key(number)}


CREDIT: dict[str, Any] = {"kind": "credit_note"}
INVOICE: dict[str, Any] = {"kind": "invoice"}


@pytest.mark.parametrize("number", ["R-100", "r 100", "R-1OO", "R-100A", "R-lO0"])
@pytest.mark.parametrize(("one", "other"), [(INVOICE, CREDIT), (CREDIT, INVOICE)], ids=["credit last", "credit first"])
async def test_a_credit_note_is_no_duplicate_of_an_invoice_and_of_a_credit_note_it_is(
    ledger: Ledger, number: str, one: dict[str, Any], other: dict[str, Any]
) -> None:
    assert await ledger.post(a_posting(execution_id="a", number="R-100", **_keyed("R-100"), **one))
    assert await ledger.post(a_posting(execution_id="b", number=number, **_keyed(number), **other))
    for kind, already in ((one, "a"), (other, "b")):
        with pytest.raises(AlreadyPosted) as refused:
            await ledger.post(a_posting(execution_id="c", number=number, **_keyed(number), **kind))
        assert refused.value.execution_id == already
    with pytest.raises(AlreadyPosted):
        await ledger.post(a_posting(execution_id="c", number=number, **_keyed(number)))
    await ledger.post(a_posting(execution_id="d", number="R-7", **_keyed("R-7")))
    for kind in (one, other):
        with pytest.raises(AlreadyPosted):
            await ledger.post(a_posting(execution_id="c", number="R-7", **_keyed("R-7"), **kind))


@pytest.mark.parametrize("amounts_too", [False, True])
async def test_a_letter_that_a_machine_may_take_for_a_digit_is_a_duplicate_with_nearly_the_amount_only(
    ledger: Ledger, amounts_too: bool
) -> None:
    assert await ledger.post(a_posting(execution_id="a", number="2026-51", **_keyed("2026-51")))
    for amount in ("119.00", "118.50"):
        near = a_posting(execution_id="b", number="2026-S1", amount=Decimal(amount), **_keyed("2026-S1"))
        with pytest.raises(AlreadyPosted):
            await ledger.post(near, amounts_too=amounts_too)
    far = a_posting(execution_id="b", number="2026-S1", amount=Decimal(250), **_keyed("2026-S1"))
    assert await ledger.post(far, amounts_too=amounts_too)


async def test_what_extends_one_of_very_many_of_its_amount_is_found_and_the_others_stay_in_the_database(
    ledger: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    for n in range(300):
        assert await ledger.post(a_posting(execution_id=f"e{n}", number=f"AB-{n + 500}", **_keyed(f"AB-{n + 500}")))
    compared = []

    def counted(number: str, amount: Decimal, other: str, *rest: Any, **more: Any) -> bool:
        compared.append(other)
        return paid_twice(number, amount, other, *rest, **more)

    monkeypatch.setattr(_ledger, "paid_twice", counted)
    assert await ledger.post(a_posting(execution_id="other", number="CD-7777", **_keyed("CD-7777")))
    assert compared == []
    for again in ("AB-500A", "AB-500/1", "Copy AB-500", "500"):
        with pytest.raises(AlreadyPosted) as refused:
            await ledger.post(a_posting(execution_id="b", number=again, **_keyed(again)))
        assert refused.value.execution_id == "e0"
    assert len(compared) < 12

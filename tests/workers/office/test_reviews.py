"""What waits for a person is told with for whom, and an answer is taken as it was meant or not at all."""

from __future__ import annotations

import pytest

from infra.ledger import Ledger
from infra.records import Status
from infra.settings import Settings
from tests.workers.cli.examples import an_execution
from workers.intake import HandedIn
from workers.office import NotKnown, NotTaken, SeveralMeant, WronglyAsked, opened, reviews
from workers.office.following import follow_documents
from workers.office.reviews import canonical
from workers.office.submission import Terms, submit


async def test_what_waits_is_told_with_what_failed_and_whether_anything_is_known(home: Settings) -> None:
    waits = an_execution("a.pdf", status=Status.REVIEW)
    async with opened(home) as office:
        assert not (await reviews.waiting(office)).any_known
    async with Ledger(home.ledger) as ledger:
        for execution in (waits, an_execution("b.pdf", status=Status.FAILED), an_execution("c.pdf")):
            await ledger.record(execution)
    async with opened(home) as office:
        waiting = await reviews.waiting(office, tenant="acme")
    assert [(execution.id, who.who) for execution, who in waiting.executions] == [(waits.id, "anyone")]
    assert (waiting.failed, waiting.any_known) == (1, True)


async def test_an_answer_to_what_has_changed_since_it_was_looked_at_is_not_taken(stack: Settings) -> None:
    async with opened(stack) as office:
        submitted = await submit(office, [HandedIn("review-seen.pdf", b"%PDF- seen")], Terms("acme", "seen"))
        async for stand in follow_documents(office, submitted):
            last = stand
        id = submitted[0].execution_id or ""
        assert [document.status for document in last.documents] == ["review"]
        corrected = await reviews.answer(
            office, id, "correct", reviewer="Ada", corrections={"seller.name": "M"}, seen=0
        )
        assert (corrected.settled, corrected.corrections) == (True, {"seller.name": "M"})
        with pytest.raises(NotTaken, match="changed since"):
            await reviews.answer(office, id, "approve", reviewer="Grace", seen=0)
        approved = await reviews.answer(office, id, "approve", reviewer="Grace", seen=1)
    assert (approved.execution.status, approved.execution.decided_by) == (Status.APPROVED, "Grace")


async def test_what_is_not_known_and_what_may_mean_several_are_told_apart(home: Settings) -> None:
    one, other = an_execution("a.pdf"), an_execution("b.pdf")
    async with Ledger(home.ledger) as ledger:
        await ledger.record(one)
        await ledger.record(other)
    async with opened(home) as office:
        with pytest.raises(NotKnown):
            await reviews.answer(office, "nobody", "approve", reviewer="Ada")
        with pytest.raises(SeveralMeant) as several:
            await reviews.answer(office, "invoice-acme", "approve", reviewer="Ada")
    assert set(several.value.candidates) == {one.id, other.id}


@pytest.mark.parametrize(
    ("path", "given", "taken"),
    [
        ("totals.grand_total", "1.234,56", "1234.56"),
        ("totals.grand_total", "1,234.56", "1234.56"),
        ("totals.grand_total", "1'234.50", "1234.50"),
        ("totals.grand_total", "1.234.567", "1234567"),
        ("totals.grand_total", "-12,5", "-12.5"),
        ("totals.grand_total", "119,00 €", "119.00"),
        ("totals.grand_total", "1234.567", "1234.567"),
        ("lines[0].quantity", "0,125", "0.125"),
        ("totals.grand_total", "12a", "12a"),
        ("totals.grand_total", "1.2.3", "1.2.3"),
        ("issue_date", "31.12.2026", "2026-12-31"),
        ("issue_date", "31.12.26", "2026-12-31"),
        ("issue_date", "31. Dezember 2026", "2026-12-31"),
        ("issue_date", "2026/12/31", "2026-12-31"),
        ("totals.grand_total", "1\u202f234,50", "1234.50"),
        ("issue_date", "01.02.2026", "2026-02-01"),
        ("issue_date", "31/12/2026", "2026-12-31"),
        ("issue_date", "12/31/2026", "2026-12-31"),
        ("issue_date", "2026-10-31", "2026-10-31"),
        ("issue_date", "soon", "soon"),
        ("seller.name", "1.234,56", "1.234,56"),
        ("payment.iban", None, None),
    ],
)
def test_values_are_taken_as_a_clerk_types_them(path: str, given: str | None, taken: str | None) -> None:
    assert canonical("invoice", {path: given}) == {path: taken}


@pytest.mark.parametrize(
    ("path", "given", "examples"),
    [
        ("totals.grand_total", "1.234", ("1234.00", "1.2340")),
        ("totals.grand_total", "1,234", ("1234.00", "1.2340")),
        ("issue_date", "01/02/2026", ("2026-02-01", "2026-01-02")),
    ],
)
def test_a_value_that_can_be_read_in_two_ways_is_refused(path: str, given: str, examples: tuple[str, ...]) -> None:
    with pytest.raises(WronglyAsked) as refused:
        canonical("invoice", {path: given})
    assert all(example in str(refused.value) for example in examples)

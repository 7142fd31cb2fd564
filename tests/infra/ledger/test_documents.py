"""Submissions and batches."""

from __future__ import annotations

from infra.ledger import Ledger
from infra.records import Status

from .examples import a_submission, an_execution, minutes


async def test_a_submission_is_new_once(ledger: Ledger) -> None:
    assert await ledger.submit(a_submission())
    assert not await ledger.submit(a_submission(submitted_at=minutes(5)))
    assert await ledger.submissions() == [a_submission()]


async def test_the_same_bytes_under_another_name_batch_or_tenant_are_another_submission(ledger: Ledger) -> None:
    for fields in ({}, {"name": "copy.pdf"}, {"batch": "april"}, {"tenant": "beta"}):
        assert await ledger.submit(a_submission(**fields))
    assert {s.batch for s in await ledger.submissions(tenant="acme")} == {"march", "april"}
    assert {s.name for s in await ledger.submissions(tenant="acme", batch="march")} == {"invoice.pdf", "copy.pdf"}


async def test_submissions_come_in_the_order_they_were_handed_in(ledger: Ledger) -> None:
    for minute, name in ((2, "a.pdf"), (1, "b.pdf"), (3, "c.pdf")):
        await ledger.submit(a_submission(name=name, submitted_at=minutes(minute)))
    assert [s.name for s in await ledger.submissions()] == ["b.pdf", "a.pdf", "c.pdf"]


async def test_a_batch_counts_its_documents_and_where_they_stand(ledger: Ledger) -> None:
    await ledger.submit(a_submission(submitted_at=minutes(1)))
    await ledger.submit(a_submission(name="copy.pdf", submitted_at=minutes(2)))
    for digest, status in (("b" * 64, Status.APPROVED), ("c" * 64, Status.REVIEW), ("d" * 64, None)):
        await ledger.submit(a_submission(digest=digest, name=digest, execution_id=digest, submitted_at=minutes(3)))
        if status:
            await ledger.record(an_execution(id=digest, digest=digest, status=status))
    await ledger.record(an_execution(status=Status.APPROVED, started_at=minutes(4)))

    [march] = await ledger.batches("acme")
    assert (march.tenant, march.batch, march.documents) == ("acme", "march", 4)
    assert march.submitted_at == minutes(0)  # an execution on record counts, even from before any submission
    assert march.counts == {Status.APPROVED: 2, Status.REVIEW: 1}


async def test_a_document_handed_in_again_counts_in_both_batches(ledger: Ledger) -> None:
    await ledger.submit(a_submission())
    await ledger.record(an_execution(status=Status.APPROVED))
    await ledger.submit(a_submission(batch="april", submitted_at=minutes(9)))
    await ledger.submit(a_submission(tenant="beta", batch="march", execution_id="elsewhere"))

    assert [(b.batch, b.documents, b.counts) for b in await ledger.batches("acme")] == [
        ("april", 1, {Status.APPROVED: 1}),
        ("march", 1, {Status.APPROVED: 1}),
    ]
    assert len(await ledger.batches()) == 3

"""What was read from a page is judged by the same rules, and never said to have passed them."""

from __future__ import annotations

from agents.einvoice.en16931 import assess_extracted
from tests.agents.documents.samples import needs_corpus
from tests.agents.einvoice.en16931.corpus import truths
from tests.agents.einvoice.en16931.invoices import invoice


async def failed(**changed: str | None) -> set[str]:
    return {f.rule for f in await assess_extracted(invoice(**changed), "invoice") if f.verdict == "fail"}


async def test_what_is_in_order_has_one_finding_which_is_no_pass() -> None:
    (one,) = await assess_extracted(invoice(), "invoice")
    assert (one.rule, one.severity, one.verdict) == ("EN 16931", "info", "not assessable")
    assert {"BR-01", "BR-08", "BR-S-02", "BR-CO-26"} <= set(one.evidence["rules"])
    assert "BR-CO-15" not in one.evidence["rules"]


async def test_sums_that_do_not_come_out_are_found_by_the_official_rule() -> None:
    assert await failed(totals__grand_total="120.00") == {"BR-CO-15"}
    assert await failed(**{"tax_breakdown[0].basis": "100.00", "tax_breakdown[0].amount": "18.00"}) >= {"BR-CO-14"}
    assert await failed(totals__line_total="99.00") >= {"BR-CO-10", "BR-CO-13"}


async def test_a_finding_names_the_fields_but_no_place_in_an_xml_nobody_has_seen() -> None:
    (one, _) = await assess_extracted(invoice(totals__grand_total="120.00"), "invoice")
    assert "totals.grand_total" in one.fields
    assert one.severity == "error"
    assert "location" not in one.evidence


async def test_what_was_not_read_is_not_assessable() -> None:
    assert await failed(buyer__name=None) == set()
    assert await failed(**{"lines[0].net_amount": None}) == set()
    assert await failed(due_date=None) == set()


async def test_a_value_that_is_no_day_is_none_to_the_rules() -> None:
    assert await failed(issue_date="soon") == {"BR-03"}


@needs_corpus
async def test_no_good_invoice_fails() -> None:
    for id, fields in truths().items():
        found = await assess_extracted(fields, "invoice")
        assert [f.rule for f in found if f.verdict == "fail"] == [], id

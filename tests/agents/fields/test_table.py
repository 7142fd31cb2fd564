"""A field is one row of the table: everywhere it is read, shown, judged or written follows from it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable

import pytest

from agents.einvoice import fields_from_xml
from agents.einvoice.en16931 import Written, to_cii, to_ubl
from agents.fields.corrections import canonical
from agents.fields.schema import Evidence, Field, correction_problem, public
from agents.fields.table import BY_PATH, FIELDS, SCALARS, FieldSpec, spec_of
from agents.invoice.questions import ASKED
from tests.agents.einvoice.en16931.invoices import invoice
from tests.workers.score.truths import a_truth
from workers.score import rules

CII = """
<CrossIndustryInvoice xmlns="urn:un:unece:uncefact:data:standard:CrossIndustryInvoice:100">
  <ExchangedDocument><ID>R-17</ID></ExchangedDocument>
  <SupplyChainTradeTransaction><ApplicableHeaderTradeAgreement>
    <BuyerReference>04011000-12345-34</BuyerReference>
  </ApplicableHeaderTradeAgreement></SupplyChainTradeTransaction>
</CrossIndustryInvoice>"""
UBL = """
<Invoice xmlns="urn:oasis:names:specification:ubl:schema:xsd:Invoice-2">
  <ID>R-17</ID><BuyerReference>04011000-12345-34</BuyerReference>
</Invoice>"""
REFERENCE = "04011000-12345-34"


def test_no_field_and_no_business_term_stands_in_the_table_twice() -> None:
    for column in ("path", "term"):
        assert [
            value for value, n in Counter(getattr(spec, column) for spec in FIELDS).items() if value and n > 1
        ] == []
    for part, asked in ASKED.items():
        assert len(asked) == sum(spec.asked is not None and spec.part == part for spec in FIELDS)


@pytest.mark.parametrize("spec", SCALARS, ids=lambda spec: spec.path)
def test_a_field_that_occurs_once_is_read_where_the_syntaxes_have_it_and_nowhere_else_by_another(
    spec: FieldSpec,
) -> None:
    assert spec_of(spec.path) is spec
    others = [other for other in SCALARS if other is not spec]
    assert spec.cii not in [other.cii for other in others]
    assert spec.ubl not in [other.ubl for other in others]


@pytest.mark.parametrize("xml", [CII, UBL], ids=["cii", "ubl"])
def test_the_buyers_reference_is_read_from_an_e_invoice_and_shown(xml: str) -> None:
    field = fields_from_xml(xml)["buyer_reference"]
    assert (field.value, field.evidence.source, field.evidence.text) == (REFERENCE, "xml", REFERENCE)
    assert (field.evidence.locator or "").endswith("/BuyerReference")
    assert public(fields_from_xml(xml))["buyer_reference"] == REFERENCE
    assert public({})["buyer_reference"] is None


@pytest.mark.parametrize("write", [to_cii, to_ubl])
def test_the_buyers_reference_is_written_into_e_invoices_and_only_where_there_is_one(
    write: Callable[..., Written],
) -> None:
    wrote = write(invoice(buyer_reference=REFERENCE), "invoice")
    assert fields_from_xml(wrote.text)["buyer_reference"].value == REFERENCE
    assert "BuyerReference" not in write(invoice(), "invoice").text


def test_the_buyers_reference_can_be_corrected_and_is_scored_where_the_truth_has_it() -> None:
    assert correction_problem("buyer_reference", canonical("buyer_reference", REFERENCE)) is None
    truth = a_truth(buyer_reference=REFERENCE)
    read = public({"buyer_reference": Field(value="04011000 12345 34", evidence=Evidence(source="person"))})
    scored = {cell.name: cell.right for cell in rules.score(truth, read).cells}
    assert scored["buyer_reference"] is True
    assert "buyer_reference" not in {cell.name for cell in rules.score(a_truth(), read).cells}


def test_the_buyers_reference_is_neither_asked_of_a_model_nor_key() -> None:
    spec = BY_PATH["buyer_reference"]
    assert (spec.asked, spec.wanted, spec.sure, spec.held_to_page, spec.headline) == (None, None, False, False, None)

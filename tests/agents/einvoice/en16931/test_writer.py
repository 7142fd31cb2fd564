"""What we write is valid, says what was read and nothing else, and names every conclusion."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import pytest
from facturx import get_xml_from_pdf  # type: ignore[import-untyped]

from agents.einvoice import fields_from_xml
from agents.einvoice.en16931 import NotWritten, Written, to_cii, to_facturx_pdf, to_ubl, validate
from agents.einvoice.en16931._conclusions import conclude
from agents.einvoice.en16931._units import code_of
from agents.fields.checks import kind_of
from agents.fields.schema import Evidence, Field
from tests.agents.documents.samples import CORPUS, needs_corpus
from tests.agents.einvoice.en16931.corpus import manifest, truths
from tests.agents.einvoice.en16931.invoices import PLAIN, invoice, read

_INCOMPLETE = {"dev-007", "dev-011", "dev-028", "dev-034", "dev-035", "dev-037"}
"""Ground truth without a buyer, without lines or without their amounts: there is no e-invoice of that."""

WRITERS = [to_ubl, to_cii]


async def fatal(written: Written) -> list[str]:
    assessment = await validate(written.text)
    assert not assessment.schema_errors
    return sorted(one.id for one in assessment.failed if one.fatal)


@needs_corpus
@pytest.mark.exhaustive
@pytest.mark.parametrize("write", WRITERS)
async def test_every_complete_invoice_of_the_corpus_becomes_a_valid_one(write: type) -> None:
    invalid = {id for id, fields in truths().items() if not (await validate(write(fields, kind_of(fields)).text)).valid}
    assert invalid == _INCOMPLETE


@pytest.mark.parametrize("write", WRITERS)
async def test_what_is_written_reads_back_as_what_was_approved(write: type) -> None:
    fields = invoice()
    back = fields_from_xml(write(fields, "invoice").text)
    for path, field in fields.items():
        if path != "lines[0].unit":
            assert back[path].value == field.value, path
    assert back["lines[0].unit"].value == "C62"


@pytest.mark.parametrize("write", WRITERS)
async def test_amounts_that_disagree_stay_and_the_rules_say_so(write: type) -> None:
    assert "BR-CO-15" in await fatal(write(invoice(totals__grand_total="120.00"), "invoice"))
    assert (
        fields_from_xml(write(invoice(totals__grand_total="120.00"), "invoice").text)["totals.grand_total"].value
        == "120.00"
    )


@pytest.mark.parametrize("write", WRITERS)
async def test_what_is_due_is_not_explained_away_by_a_payment_nobody_stated(write: type) -> None:
    assert await fatal(write(invoice(totals__due_payable="100.00"), "invoice")) == ["BR-CO-16"]


async def test_what_is_missing_is_left_out_and_the_rules_name_it() -> None:
    written = to_ubl(invoice(invoice_number=None, seller__name=None), "invoice")
    assert {"BR-02", "BR-06"} <= {one.id for one in (await validate(written.text)).failed}
    assert "\ue000" not in written.text
    assert "NaN" not in written.text


@pytest.mark.parametrize("write", WRITERS)
@pytest.mark.parametrize(
    ("changed", "concluded"),
    [
        ({"totals.allowance_total": "-10.00", "totals.tax_basis_total": "90.00", "totals.tax_total": "17.10",
          "totals.grand_total": "107.10", "totals.line_total": "100.00"}, "BT-92"),
        ({"lines[0].unit_price_net": "2500.00"}, "BT-149"),
        ({"lines[0].unit_price_net": "30.00"}, "BT-136"),
        ({"lines[0].quantity": None, "lines[0].unit_price_net": None}, "BT-129"),
        ({"seller.vat_id": None, "seller.tax_number": "22/815/0815/4"}, "BT-29"),
        ({"due_date": None}, "BT-20"),
        ({"lines[0].unit": "Bündel"}, "BT-130"),
        ({"totals.tax_total": "0.00", "totals.grand_total": "100.00", "tax_breakdown[0].rate": "0", "lines[0].tax_rate": "0",
          "buyer.vat_id": "FR83404833048"}, "BT-120"),
        ({"payment.iban": None, "totals.prepaid": "19.00"}, "BT-115"),
        ({"currency": "JPY", "totals.rounding": "0.00"}, "BT-81"),
    ],
)  # fmt: skip
async def test_what_pages_do_not_print_is_concluded_and_noted(
    write: type, changed: dict[str, str | None], concluded: str
) -> None:
    values = {path: value for path, value in (PLAIN | changed).items() if value is not None}
    written = write(read(values), "invoice")
    assert concluded in {note.term for note in written.notes}
    assert await fatal(written) == []


async def test_a_credit_note_is_one_and_its_amounts_are_positive() -> None:
    negative = {
        path: f"-{field.value}" if path.startswith("totals.") or path == "lines[0].net_amount" else field.value
        for path, field in invoice().items()
    }
    for write in WRITERS:
        written = write(read(negative), "credit_note")
        assert await fatal(written) == []
        assert fields_from_xml(written.text)["totals.grand_total"].value == "119.00"
    assert "<CreditNote" in to_ubl(read(negative), "credit_note").text


def test_a_rounding_amount_is_in_the_currency_of_the_invoice() -> None:
    written = to_ubl(invoice(currency="CHF", totals__rounding="0.01", totals__due_payable="119.01"), "invoice")
    assert '<cbc:PayableRoundingAmount currencyID="CHF">0.01' in written.text
    assert "EUR" not in written.text


def test_what_xml_cannot_hold_does_not_break_it() -> None:
    assert "a b" in to_ubl(invoice(seller__name="a\x00b"), "invoice").text
    assert "&lt;script&gt;" in to_ubl(invoice(seller__name="<script>"), "invoice").text


@needs_corpus
def test_an_e_invoice_goes_into_its_pdf_and_comes_out_again() -> None:
    pdf = (CORPUS / "invoices/pdf_noxml" / f"{manifest('invoices/manifest.json')[0]['id']}.pdf").read_bytes()
    cii = to_cii(invoice(), "invoice").xml
    _, xml = get_xml_from_pdf(to_facturx_pdf(pdf, cii, language="de-DE"), check_xsd=False, check_schematron=False)
    assert xml == cii


def test_what_is_no_pdf_takes_none() -> None:
    with pytest.raises(NotWritten, match="PDF"):
        to_facturx_pdf(b"%PDF-1.7 broken", to_cii(invoice(), "invoice").xml)


def test_the_dictionary_is_keyed_by_business_term() -> None:
    data = conclude(invoice(), "invoice").data
    assert (data["BT-1"], data["BT-3"], data["BT-112"]) == ("R-17", "380", "119.00")


@pytest.mark.parametrize(
    ("unit", "code", "certain"),
    [("Stk.", "C62", True), ("pcs", "C62", True), ("Std", "HUR", True), ("KG", "KGM", True), ("EA", "EA", True),
     ("KGM", "KGM", True), ("Bündel", "C62", False), (None, "C62", False)],
)  # fmt: skip
def test_units_have_their_codes(unit: str | None, code: str, certain: bool) -> None:
    assert code_of(unit) == (code, certain)


@pytest.mark.parametrize("write", [to_ubl, to_cii])
def test_numbers_too_large_to_compute_with_are_told(write: Callable[[Mapping[str, Field], str], Written]) -> None:
    line = {
        "quantity": "123456789012345678",
        "unit_price_net": "123456789012.34",
        "net_amount": "1.00",
        "name": "Paint",
    }
    fields = {f"lines[0].{key}": Field(value=value, evidence=Evidence(source="rule")) for key, value in line.items()}
    with pytest.raises(NotWritten, match="too large"):
        write(fields, "invoice")

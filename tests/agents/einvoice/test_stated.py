"""The fields of CII and UBL invoices, with the element each rests on."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any

import pytest

from agents.documents._attachments import embedded_invoice
from agents.documents.safe_xml import decode_xml
from agents.einvoice import NotAnEInvoice, fields_from_xml
from agents.fields.schema import known_path, public
from tests.agents.documents.samples import CORPUS, needs_corpus

UBL = """<Invoice xmlns="urn:oasis:names:specification:ubl:schema:xsd:Invoice-2"
 xmlns:b="urn:oasis:names:specification:ubl:schema:xsd:CommonBasicComponents-2"
 xmlns:a="urn:oasis:names:specification:ubl:schema:xsd:CommonAggregateComponents-2">
 <b:CustomizationID>urn:cen.eu:en16931:2017</b:CustomizationID><b:ID> R-17 </b:ID><b:IssueDate>2026-02-03</b:IssueDate>
 <b:DueDate>2026-13-45</b:DueDate><b:InvoiceTypeCode>380</b:InvoiceTypeCode>
 <b:DocumentCurrencyCode>EUR</b:DocumentCurrencyCode>
 <a:AccountingSupplierParty><a:Party><a:PartyName><b:Name>Trading name</b:Name></a:PartyName>
  <a:PostalAddress><a:Country><b:IdentificationCode>DE</b:IdentificationCode></a:Country></a:PostalAddress>
  <a:PartyTaxScheme><b:CompanyID>DE 123456789</b:CompanyID>
   <a:TaxScheme><b:ID>VAT</b:ID></a:TaxScheme></a:PartyTaxScheme>
  <a:PartyTaxScheme><b:CompanyID>12/345/67890</b:CompanyID>
   <a:TaxScheme><b:ID>FC</b:ID></a:TaxScheme></a:PartyTaxScheme>
  <a:PartyLegalEntity><b:RegistrationName>Paint GmbH</b:RegistrationName>
   <b:CompanyID>HRB 1</b:CompanyID></a:PartyLegalEntity>
 </a:Party></a:AccountingSupplierParty>
 <a:PaymentMeans><b:PaymentMeansCode>58</b:PaymentMeansCode>
  <a:PayeeFinancialAccount><b:ID>DE02 1203 0000 0000 2020 51</b:ID></a:PayeeFinancialAccount></a:PaymentMeans>
 <a:TaxTotal><b:TaxAmount currencyID="USD">20.52</b:TaxAmount></a:TaxTotal>
 <a:TaxTotal><b:TaxAmount currencyID="EUR">19.00</b:TaxAmount><a:TaxSubtotal>
  <b:TaxableAmount currencyID="EUR">100.00</b:TaxableAmount><b:TaxAmount currencyID="EUR">19.00</b:TaxAmount>
  <a:TaxCategory><b:ID>S</b:ID><b:Percent>19</b:Percent></a:TaxCategory></a:TaxSubtotal></a:TaxTotal>
 <a:LegalMonetaryTotal><b:TaxInclusiveAmount currencyID="EUR">119.00</b:TaxInclusiveAmount>
  <b:PayableAmount currencyID="EUR">a lot</b:PayableAmount></a:LegalMonetaryTotal>
 <a:InvoiceLine><b:ID>1</b:ID><b:InvoicedQuantity unitCode="LTR">4</b:InvoicedQuantity>
  <b:LineExtensionAmount currencyID="EUR">60.00</b:LineExtensionAmount><a:Item><b:Name>Blue
   paint</b:Name></a:Item></a:InvoiceLine>
 <a:InvoiceLine><b:ID>2</b:ID><b:LineExtensionAmount currencyID="EUR">40.00</b:LineExtensionAmount></a:InvoiceLine>
</Invoice>"""


def test_a_ubl_invoice_is_read_into_canonical_values() -> None:
    values = {path: field.value for path, field in fields_from_xml(UBL).items()}
    assert values == {
        "profile": "urn:cen.eu:en16931:2017",
        "invoice_number": "R-17",
        "type_code": "380",
        "issue_date": "2026-02-03",
        "currency": "EUR",
        "seller.name": "Paint GmbH",
        "seller.country": "DE",
        "seller.vat_id": "DE123456789",
        "seller.tax_number": "12/345/67890",
        "seller.legal_id": "HRB 1",
        "payment.iban": "DE02120300000000202051",
        "totals.tax_total": "19.00",
        "totals.grand_total": "119.00",
        "tax_breakdown[0].category": "S",
        "tax_breakdown[0].rate": "19",
        "tax_breakdown[0].basis": "100.00",
        "tax_breakdown[0].amount": "19.00",
        "lines[0].id": "1",
        "lines[0].name": "Blue paint",
        "lines[0].quantity": "4",
        "lines[0].unit": "LTR",
        "lines[0].net_amount": "60.00",
        "lines[1].id": "2",
        "lines[1].net_amount": "40.00",
    }


def test_each_value_names_the_element_it_rests_on_and_keeps_its_wording() -> None:
    fields = fields_from_xml(UBL)
    evidence = fields["payment.iban"].evidence
    assert (evidence.source, evidence.text) == ("xml", "DE02 1203 0000 0000 2020 51")
    assert evidence.locator == "/Invoice/PaymentMeans/PayeeFinancialAccount/ID"
    assert fields["lines[1].net_amount"].evidence.locator == "/Invoice/InvoiceLine[2]/LineExtensionAmount"
    assert fields["lines[0].unit"].evidence.locator == "/Invoice/InvoiceLine[1]/InvoicedQuantity/@unitCode"


def test_a_date_or_number_that_is_none_is_left_out() -> None:
    fields = fields_from_xml(UBL)
    assert "due_date" not in fields
    assert "totals.due_payable" not in fields


def test_a_declared_encoding_does_not_garble_text_that_is_already_decoded() -> None:
    xml = '<?xml version="1.0" encoding="ISO-8859-1"?>' + UBL.replace("Paint GmbH", "Müller GmbH")
    assert fields_from_xml(xml)["seller.name"].value == "Müller GmbH"


@pytest.mark.parametrize(
    ("xml", "said"),
    [
        ('<r:SCRDMCCBDACIOMessageStructure xmlns:r="urn:x"/>', "Order-X"),
        ('<Invoice xmlns="http://www.ebinterface.at/schema/6p1/"/>', "ebinterface"),
        ("<Invoice/>", "no namespace"),
        ("<Invoice>", "not well-formed"),
        ('<!DOCTYPE Invoice SYSTEM "http://127.0.0.1/x.dtd"><Invoice/>', "DOCTYPE"),
    ],
)
def test_what_is_not_an_e_invoice_is_refused_in_words(xml: str, said: str) -> None:
    with pytest.raises(NotAnEInvoice, match=said):
        fields_from_xml(xml)


def test_an_invoice_beyond_measure_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("agents.einvoice._stated.MAX_FIELDS", 10)
    with pytest.raises(NotAnEInvoice, match="more than 10 values"):
        fields_from_xml(UBL)


def credit_note(type_code: str) -> str:
    body = UBL.replace("<b:InvoiceTypeCode>380</b:InvoiceTypeCode>", type_code)
    return (
        body.replace("<Invoice ", "<CreditNote ")
        .replace("</Invoice>", "</CreditNote>")
        .replace("Invoice-2", "CreditNote-2")
    )


def test_a_ubl_credit_note_is_one_whether_or_not_it_has_a_code() -> None:
    field = fields_from_xml(credit_note(""))["type_code"]
    assert (field.value, field.evidence.locator) == ("381", "/CreditNote")
    coded = fields_from_xml(credit_note("<b:CreditNoteTypeCode>396</b:CreditNoteTypeCode>"))
    assert coded["type_code"].value == "396"
    assert "type_code" not in fields_from_xml(UBL.replace("<b:InvoiceTypeCode>380</b:InvoiceTypeCode>", ""))


@pytest.mark.parametrize(
    ("number", "kept"), [("1" * 16 + ".99", True), ("1" * 17 + ".99", False), ("0." + "3" * 18, False)]
)
def test_a_number_of_more_than_eighteen_digits_is_left_out(number: str, kept: bool) -> None:
    fields = fields_from_xml(UBL.replace(">119.00<", f">{number}<"))
    assert ("totals.grand_total" in fields) is kept


def test_texts_and_names_are_cut() -> None:
    terms = f"<a:PaymentTerms><b:Note>{'t' * 5000}</b:Note></a:PaymentTerms></Invoice>"
    fields = fields_from_xml(UBL.replace("Paint GmbH", "P" * 5000).replace("</Invoice>", terms))
    assert fields["seller.name"].value == "P" * 255
    assert fields["payment.terms"].value == "t" * 1000
    assert len(fields["payment.terms"].evidence.text or "") == 1000


def test_an_amount_in_another_currency_is_not_the_invoices() -> None:
    total = '<b:TaxInclusiveAmount currencyID="EUR">119.00'
    assert "totals.grand_total" not in fields_from_xml(UBL.replace(total, total.replace("EUR", "SEK")))
    assert (
        fields_from_xml(UBL.replace(total, total.replace(' currencyID="EUR"', "")))["totals.grand_total"].value
        == "119.00"
    )
    line = UBL.replace('<b:LineExtensionAmount currencyID="EUR">60', '<b:LineExtensionAmount currencyID="SEK">60')
    assert "lines[0].net_amount" not in fields_from_xml(line)
    unsaid = UBL.replace("<b:DocumentCurrencyCode>EUR</b:DocumentCurrencyCode>", "")
    assert fields_from_xml(unsaid)["totals.grand_total"].value == "119.00"


def test_an_invoice_of_neither_number_nor_total_is_none() -> None:
    nameless = UBL.replace("<b:ID> R-17 </b:ID>", "")
    assert "totals.grand_total" in fields_from_xml(nameless)
    with pytest.raises(NotAnEInvoice, match="holds neither a number nor a total"):
        fields_from_xml(nameless.replace("119.00", "a lot"))


def _differences(truth: dict[str, Any], found: dict[str, Any]) -> dict[str, tuple[Any, Any]]:
    """Where a value of the ground truth, printed or not, is not what was found; spaces do not count."""
    return {
        key: (value, found[key])
        for key, value in truth.items()
        if key in found and _folded(value, found[key]) != _folded(found[key], found[key])
    }


def _folded(value: Any, like: Any) -> Any:
    if isinstance(value, dict):
        return {key: _folded(value.get(key), like[key]) for key in like}
    if isinstance(value, list):
        return [_folded(item, model) for item, model in zip(value, like, strict=True)]
    if isinstance(value, (int, float, Decimal)):
        return round(Decimal(str(value)), 4)
    return value.replace(" ", "") if isinstance(value, str) else value


@needs_corpus
def test_every_value_of_the_corpus_agrees_with_its_ground_truth() -> None:
    compared = 0
    for path in sorted((CORPUS / "invoices/pdf").glob("*.pdf")):
        embedded, trouble = embedded_invoice(path.read_bytes())
        truth = json.loads((CORPUS / f"invoices/gt/{path.stem}.json").read_text())
        if embedded is None:
            assert "embedded XML" not in truth["_meta"]["gt_source"], (path.stem, trouble)
            continue
        if embedded["name"] not in truth["_meta"]["gt_source"]:
            continue  # carries the invoice in two standards; the truth was taken from the older
        fields = fields_from_xml(embedded["text"])
        assert all(known_path(field) for field in fields)
        assert _differences(truth, public(fields)) == {}, path.stem
        compared += 1
    assert compared >= 28


@needs_corpus
def test_the_same_invoice_in_both_syntaxes_yields_the_same_values() -> None:
    folder = CORPUS / "rules/documents"
    pairs = [(path, folder / path.name.replace("_ubl", "_uncefact")) for path in sorted(folder.glob("*_ubl.xml"))]
    pairs = [pair for pair in pairs if pair[1].exists()]
    same = total = 0
    for pair in pairs:
        ubl, cii = (public(fields_from_xml(decode_xml(path.read_bytes()))) for path in pair)
        total += len(ubl)
        same += sum(_folded(ubl[key], ubl[key]) == _folded(cii[key], cii[key]) for key in ubl)
    assert len(pairs) >= 20
    assert same / total > 0.95, f"{same} of {total}: the pairs differ in their own right in under one in twenty"


def test_tax_by_rate_in_the_currency_that_the_seller_accounts_in_is_no_row() -> None:
    twice = UBL.replace(
        '<b:TaxAmount currencyID="USD">20.52</b:TaxAmount>',
        '<b:TaxAmount currencyID="USD">20.52</b:TaxAmount><a:TaxSubtotal><b:TaxableAmount currencyID="USD">108</b:TaxableAmount>'
        '<b:TaxAmount currencyID="USD">20.52</b:TaxAmount><a:TaxCategory><b:ID>S</b:ID><b:Percent>19</b:Percent></a:TaxCategory>'
        "</a:TaxSubtotal>",
    )
    assert public(fields_from_xml(twice))["tax_breakdown"] == public(fields_from_xml(UBL))["tax_breakdown"]


@pytest.mark.parametrize(
    ("days", "instalment", "due"),
    [
        (["20260925", "20261018"], "", "2026-10-18"),
        (["20261018", "20260925"], "", "2026-10-18"),
        (["20260925", "20261018"], "<PartialPaymentAmount>50</PartialPaymentAmount>", "2026-09-25"),
        (["20261018"], "", "2026-10-18"),
    ],
)
def test_of_several_terms_the_last_day_is_the_due_one_and_of_instalments_the_first(
    days: list[str], instalment: str, due: str
) -> None:
    terms = "".join(
        f"<SpecifiedTradePaymentTerms>{instalment}<DueDateDateTime><DateTimeString format='102'>{day}</DateTimeString>"
        "</DueDateDateTime></SpecifiedTradePaymentTerms>"
        for day in days
    )
    xml = (
        '<CrossIndustryInvoice xmlns="urn:x"><ExchangedDocument><ID>R-1</ID></ExchangedDocument><SupplyChainTradeTransaction>'
        f"<ApplicableHeaderTradeSettlement>{terms}</ApplicableHeaderTradeSettlement></SupplyChainTradeTransaction>"
        "</CrossIndustryInvoice>"
    )
    assert fields_from_xml(xml)["due_date"].value == due

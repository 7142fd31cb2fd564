"""What a party is registered as: each number where it belongs, whatever scheme it is stated under."""

from __future__ import annotations

import pytest

from agents.einvoice import fields_from_xml

GERMAN, AUSTRIAN, TAX = "DE136695976", "ATU63760889", "201/113/40209"


def ubl(*registrations: tuple[str, str], country: str) -> str:
    schemes = "".join(
        f"<PartyTaxScheme><CompanyID>{number}</CompanyID><TaxScheme><ID>{scheme}</ID></TaxScheme></PartyTaxScheme>"
        for scheme, number in registrations
    )
    return (
        '<Invoice xmlns="urn:oasis:names:specification:ubl:schema:xsd:Invoice-2"><ID>R-1</ID><AccountingSupplierParty><Party>'
        f"<PostalAddress><Country><IdentificationCode>{country}</IdentificationCode></Country></PostalAddress>{schemes}"
        "</Party></AccountingSupplierParty></Invoice>"
    )


def cii(*registrations: tuple[str, str], country: str) -> str:
    schemes = "".join(
        f'<SpecifiedTaxRegistration><ID schemeID="{"VA" if scheme == "VAT" else "FC"}">{number}</ID></SpecifiedTaxRegistration>'
        for scheme, number in registrations
    )
    return (
        '<CrossIndustryInvoice xmlns="urn:un:unece:uncefact:data:standard:CrossIndustryInvoice:100"><ExchangedDocument>'
        "<ID>R-1</ID></ExchangedDocument><SupplyChainTradeTransaction><ApplicableHeaderTradeAgreement><SellerTradeParty>"
        f"<PostalTradeAddress><CountryID>{country}</CountryID></PostalTradeAddress>{schemes}</SellerTradeParty>"
        "</ApplicableHeaderTradeAgreement></SupplyChainTradeTransaction></CrossIndustryInvoice>"
    )


@pytest.mark.parametrize("syntax", [ubl, cii])
@pytest.mark.parametrize(
    ("registrations", "country", "vat_id", "tax_number", "legal_id"),
    [
        ([("VAT", GERMAN), ("TAX", TAX)], "DE", GERMAN, TAX, None),
        ([("TAX", TAX), ("VAT", GERMAN)], "DE", GERMAN, TAX, None),
        ([("VAT", "NO987654325MVA"), ("TAX", "Foretaksregisteret")], "NO", "NO987654325MVA", None, None),
        ([("VAT", "SE556677889901"), ("TAX", "Godkänd för F-skatt")], "SE", "SE556677889901", None, None),
        ([("VAT", GERMAN), ("TAX", "HRB 1234")], "DE", GERMAN, None, "HRB 1234"),
        ([("VAT", AUSTRIAN), ("FC", "FN 393496t")], "AT", AUSTRIAN, None, "FN 393496t"),
        ([("VAT", GERMAN), ("FC", "HRB 1234"), ("FC", TAX)], "DE", GERMAN, TAX, "HRB 1234"),
        ([("VAT", GERMAN), ("FC", GERMAN)], "DE", GERMAN, None, None),
        ([("FC", GERMAN)], "DE", GERMAN, None, None),
        ([("VAT", TAX)], "DE", None, TAX, None),
        ([("VAT", TAX), ("FC", GERMAN)], "DE", GERMAN, TAX, None),
        ([("VAT", AUSTRIAN), ("VAT", GERMAN)], "DE", GERMAN, None, None),
        ([("VAT", GERMAN), ("VAT", AUSTRIAN)], "AT", AUSTRIAN, None, None),
        ([("VAT", "none"), ("VAT", GERMAN)], "DE", GERMAN, None, None),
        ([("VAT", "DE123456789")], "DE", "DE123456789", None, None),
        ([("TAX", "46-1281348")], "US", None, "46-1281348", None),
    ],
)
def test_each_number_is_what_it_is(
    syntax: object, registrations: list[tuple[str, str]], country: str, vat_id: str, tax_number: str, legal_id: str
) -> None:
    assert callable(syntax)
    fields = fields_from_xml(syntax(*registrations, country=country))
    read = [
        fields[path].value if path in fields else None
        for path in ("seller.vat_id", "seller.tax_number", "seller.legal_id")
    ]
    assert read == [vat_id, tax_number, legal_id]


def test_a_register_number_that_is_stated_as_one_stays() -> None:
    stated = ubl(("TAX", "HRB 1234"), country="DE").replace(
        "</Party>", "<PartyLegalEntity><CompanyID>HRB 99</CompanyID></PartyLegalEntity></Party>"
    )
    assert fields_from_xml(stated)["seller.legal_id"].value == "HRB 99"

"""What official rules are about: told by terms, tests and places, not by their ids."""

from __future__ import annotations

import pytest

from agents.einvoice.en16931 import catalogue, rule
from agents.einvoice.en16931._kinds import kind_of
from agents.fields.rules import EInvoiceRuleKind as Kind


@pytest.mark.parametrize(
    ("id", "kind"),
    [
        ("BR-CO-10", Kind.AMOUNTS), ("BR-CO-15", Kind.TAX), ("BR-CO-16", Kind.AMOUNTS), ("BR-12", Kind.AMOUNTS),
        ("BR-24", Kind.AMOUNTS), ("BR-26", Kind.AMOUNTS), ("BR-CL-03", Kind.AMOUNTS), ("BR-CL-04", Kind.AMOUNTS),
        ("BR-DEC-01", Kind.AMOUNTS), ("BR-S-08", Kind.TAX), ("BR-CO-17", Kind.TAX), ("BR-CL-17", Kind.TAX),
        ("BR-CL-18", Kind.TAX), ("BR-CL-22", Kind.TAX), ("BR-CO-09", Kind.TAX), ("BR-17", Kind.PAYMENT),
        ("BR-50", Kind.PAYMENT), ("BR-CL-16", Kind.PAYMENT), ("BR-06", Kind.PARTIES), ("BR-07", Kind.PARTIES),
        ("BR-08", Kind.PARTIES), ("BR-02", Kind.REFERENCES), ("BR-03", Kind.REFERENCES), ("BR-01", Kind.PROFILE),
        ("BR-CL-10", Kind.CODES), ("BR-CL-11", Kind.CODES), ("BR-CL-13", Kind.CODES), ("BR-CL-21", Kind.CODES),
        ("BR-CL-23", Kind.CODES), ("BR-CL-25", Kind.CODES), ("BR-CL-26", Kind.CODES), ("BR-62", Kind.CODES),
        ("BR-23", Kind.CODES), ("BR-64", Kind.CODES), ("BR-CL-08", Kind.FORM), ("BR-21", Kind.FORM), ("UBL-DT-06", Kind.FORM),
    ],
)  # fmt: skip
def test_a_rule_is_of_the_kind_of_what_it_is_about(id: str, kind: Kind) -> None:
    known = rule(id)
    assert known is not None
    assert known.kind is kind


def test_no_rule_that_names_an_amount_a_tax_or_where_to_pay_is_one_of_codes_or_form() -> None:
    grave = {f"BT-{number}" for number in (84, 86, 106, 109, 110, 112, 115, 116, 117, 118, 119, 131, 151, 152)}
    light = [known.id for known in catalogue() if grave & set(known.terms) and known.kind in (Kind.CODES, Kind.FORM)]
    assert light == []


@pytest.mark.parametrize(
    ("text", "test", "place", "kind"),
    [
        ("Attribute '@unitCode' is required in this context.", "@unitCode", "/X/LineItem/BilledQuantity", Kind.CODES),
        ("Attribute @schemeID' marked as not used in the given context.", "@schemeID", "/X/Seller/ID", Kind.CODES),
        ("Attribute @schemeID' marked as not used.", "@schemeID", "/X/SpecifiedTaxRegistration/ID", Kind.TAX),
        ("Attribute @currencyID' marked as not used in the given context.", "@currencyID", "/X/GrandTotalAmount", Kind.AMOUNTS),
        ("Value of 'ram:SubjectCode' is not allowed.", "document('x')/cl", "/X/IncludedNote/SubjectCode", Kind.CODES),
        ("Value of 'ram:CategoryCode' is not allowed.", "document('x')/cl", "/X/ApplicableTradeTax/CategoryCode", Kind.TAX),
        ("Value of 'ram:TypeCode' is not allowed.", "document(", "/SpecifiedTradeSettlementPaymentMeans/TypeCode", Kind.PAYMENT),
        ("Element 'ram:GrandTotalAmount' must occur exactly 1 times.", "count(ram:GrandTotalAmount)=1", "/Summation", Kind.AMOUNTS),
        ("Element 'IBANID': '' is not a valid value.", "", "/X/PayeePartyCreditorFinancialAccount/IBANID", Kind.PAYMENT),
        ("Element 'Foo': This element is not expected.", "", "/Bar", Kind.OTHER),
    ],
)  # fmt: skip
def test_what_names_no_term_is_told_by_its_test_and_its_place(text: str, test: str, place: str, kind: Kind) -> None:
    assert kind_of(text, test, place) is kind

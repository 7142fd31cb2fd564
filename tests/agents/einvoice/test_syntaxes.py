"""A further syntax is an entry beside the others: told where the fields stand, everything else follows."""

from __future__ import annotations

import pytest

from agents.einvoice import NotAnEInvoice, _destinations, _stated, destinations_of_xml, fields_from_xml
from agents.einvoice._elements import Names
from agents.einvoice._syntaxes import SYNTAXES, Syntax
from agents.fields.destinations import Scheme

BILL = """<Bill xmlns="urn:example:bill"><No>7</No><On>2026-02-03</On><Money>EUR</Money><From><Title>Eva Muster</Title></From>
<Pay><Konto>DE02 1203 0000 0000 2020 51</Konto></Pay><Sum currencyID="EUR">+119.00</Sum><Sum currencyID="USD">130</Sum>
<Entry><Text>Blue paint</Text><Sum>60</Sum></Entry><Entry><Text>Red paint</Text><Sum>40</Sum></Entry></Bill>"""

EXAMPLE = Syntax(
    roots={"Bill": "urn:example:"},
    places={
        "invoice_number": "No", "issue_date": "On", "currency": "Money", "seller.name": "Sender/Title",
        "totals.grand_total": "Sum", "payment.iban": "Pay/Account", "lines[].name": "Text", "lines[].net_amount": "Sum",
    },
    rows={"lines": "Entry"},
    names=Names(others={"Sender": ("From",), "Account": ("Konto",)}),
    without_currency=frozenset({"lines"}),
    destinations={"Pay/Konto": Scheme.ACCOUNT},
)  # fmt: skip


@pytest.fixture
def a_third(monkeypatch: pytest.MonkeyPatch) -> None:
    for reader in (_stated, _destinations):
        monkeypatch.setattr(reader, "SYNTAXES", (*SYNTAXES, EXAMPLE))


@pytest.mark.usefixtures("a_third")
def test_an_invoice_in_a_further_syntax_is_read_from_where_its_entry_says() -> None:
    fields = fields_from_xml(BILL)
    assert {path: field.value for path, field in fields.items()} == {
        "invoice_number": "7",
        "issue_date": "2026-02-03",
        "currency": "EUR",
        "seller.name": "Eva Muster",
        "payment.iban": "DE02120300000000202051",
        "totals.grand_total": "119.00",
        "lines[0].name": "Blue paint",
        "lines[0].net_amount": "60",
        "lines[1].name": "Red paint",
        "lines[1].net_amount": "40",
    }
    evidence = fields["seller.name"].evidence
    assert evidence.locator == "/Bill/From/Title"
    assert [one.printed for one in destinations_of_xml(BILL)] == ["DE02 1203 0000 0000 2020 51"]


def test_without_its_entry_it_is_no_invoice() -> None:
    with pytest.raises(NotAnEInvoice, match="its root is 'Bill' of urn:example:bill"):
        fields_from_xml(BILL)


@pytest.mark.usefixtures("a_third")
def test_the_root_counts_in_its_namespace_only() -> None:
    with pytest.raises(NotAnEInvoice, match="urn:else"):
        fields_from_xml(BILL.replace("urn:example:bill", "urn:else"))

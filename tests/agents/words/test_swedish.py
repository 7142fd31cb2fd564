"""A language is one file: with `sv.toml` beside the others, a Swedish invoice is read by code."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import agents
from agents.fields.schema import rows
from agents.pages import draft
from agents.words import languages
from tests.agents.drawn_pages import page

INVOICE = page(
    "Norrtull Snickeri AB                              FAKTURA",
    "Verkstadsgatan 8",
    "113 29 Stockholm                                  Fakturanummer:      2026-0481",
    "Org.nr 556036-0793                                Fakturadatum:       3 mars 2026",
    "                                                  Förfallodatum:      2 april 2026",
    "Faktura till:                                     Leveransdatum:      27 februari 2026",
    "Bokhandeln Ekot AB                                Kundnummer:         1107",
    "Storgatan 21                                      Beställningsnummer: B-5520",
    "411 24 Göteborg",
    "",
    "Beskrivning                 Antal    Enhet     á-pris      Belopp",
    "Bokhylla i björk                4       st    1250,00     5000,00",
    "Montering på plats              6      tim     480,00     2880,00",
    "",
    "Summa exkl. moms                                          7880,00",
    "Moms 25 %                                                 1970,00",
    "Att betala SEK                                            9850,00",
    "",
    "Betalningsvillkor: 30 dagar netto. Dröjsmålsränta enligt räntelagen.",
    "",
    "Bankgiro 5050-1055    IBAN: SE45 5000 0000 0583 9825 7466    BIC: ESSESESS",
    "Momsreg.nr: SE556036079301    Godkänd för F-skatt",
)


def test_header_totals_and_lines_of_a_swedish_invoice_are_read_by_code() -> None:
    fields = {path: field.value for path, field in draft(INVOICE).fields.items()}
    assert {path: fields.get(path) for path in EXPECTED} == EXPECTED
    assert [
        {column: field.value for column, field in row.items()} for row in rows(draft(INVOICE).fields, "lines")
    ] == LINES


EXPECTED = {
    "invoice_number": "2026-0481",
    "issue_date": "2026-03-03",
    "due_date": "2026-04-02",
    "delivery_date": "2026-02-27",
    "purchase_order_ref": "B-5520",
    "currency": "SEK",
    "seller.name": "Norrtull Snickeri AB",
    "seller.vat_id": "SE556036079301",
    "seller.country": "SE",
    "buyer.name": "Bokhandeln Ekot AB",
    "payment.iban": "SE4550000000058398257466",
    "payment.bic": "ESSESESS",
    "payment.terms": "30 dagar netto. Dröjsmålsränta enligt räntelagen.",
    "totals.tax_basis_total": "7880.00",
    "totals.tax_total": "1970.00",
    "totals.grand_total": "9850.00",
    "tax_breakdown[0].rate": "25",
}
LINES = [
    {"name": "Bokhylla i björk", "quantity": "4", "unit": "st", "unit_price_net": "1250.00", "net_amount": "5000.00"},
    {"name": "Montering på plats", "quantity": "6", "unit": "tim", "unit_price_net": "480.00", "net_amount": "2880.00"},
]


@pytest.mark.parametrize("word", ["förfallodatum", "betalningsvillkor", "momsreg", "organisationsnummer", "kundnr"])
def test_no_code_knows_a_swedish_word(word: str) -> None:
    files = [*Path(agents.__file__).parent.rglob("*.py"), *Path(agents.__file__).parent.rglob("*.toml")]
    assert [f.name for f in files if re.search(word, f.read_text("utf-8"), re.IGNORECASE)] in ([], ["sv.toml"])


def test_every_language_but_what_all_share_has_labels_of_a_number_and_a_total() -> None:
    for language in languages():
        if language.name != "common":
            assert {"labels.invoice_number", "labels.gross"} <= language.terms.keys(), language.name

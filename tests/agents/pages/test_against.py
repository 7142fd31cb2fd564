"""What the e-invoice says and what the page shows are compared value by value; only a real contradiction costs a person."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import pytest

from agents.documents import read_document
from agents.documents.reading import Page, Reading, Word
from agents.einvoice import NotAnEInvoice, fields_from_xml
from agents.fields.schema import Evidence, Field, Fields
from agents.pages.against import Outcome, PrintedPage, compare, comparisons
from tests.agents.documents.samples import CORPUS, needs_corpus
from tests.agents.drawn_pages import page
from tests.growth import grows_gently

LINES = (
    "Papier Nord GmbH                               Rechnung",
    "Kunde Süd AG                                   Rechnungsnummer:  R-2026/17",
    "                                               Rechnungsdatum:   12. Oktober 2026",
    "                                               Lieferdatum:      01.10.2026",
    "Ihre Bestellnummer:  B-4711",
    "Pos  Bezeichnung               Menge   Preis    Betrag",
    "1    Papier weiß               3       10,00     30,00",
    "2    Tinte                     2       35,00     70,00",
    "Nettobetrag                                     100,00",
    "Umsatzsteuer  19 %                               19,00",
    "Gesamtbetrag                                    119,00 EUR",
    "USt-IdNr. DE 136 695 976      IBAN DE02 1203 0000 0000 2020 51      BIC BYLADEM1001",
)
STATED = {
    "invoice_number": "R-2026/17",
    "issue_date": "2026-10-12",
    "delivery_date": "2026-10-01",
    "currency": "EUR",
    "purchase_order_ref": "B-4711",
    "seller.name": "Papier Nord GmbH",
    "seller.vat_id": "DE136695976",
    "buyer.name": "Kunde Süd AG",
    "payment.iban": "DE02120300000000202051",
    "payment.bic": "BYLADEM1001",
    "totals.line_total": "100.00",
    "totals.allowance_total": "0.00",
    "totals.tax_basis_total": "100.00",
    "totals.tax_total": "19.00",
    "totals.grand_total": "119.00",
    "totals.due_payable": "119.00",
    "tax_breakdown[0].rate": "19.00",
    "tax_breakdown[0].basis": "100.00",
    "tax_breakdown[0].amount": "19.00",
    "lines[0].name": "Papier weiß",
    "lines[0].quantity": "3.0000",
    "lines[0].unit_price_net": "10.0000",
    "lines[0].net_amount": "30.00",
    "lines[0].tax_rate": "19",
    "lines[1].name": "Tinte",
    "lines[1].quantity": "2",
    "lines[1].unit_price_net": "35",
    "lines[1].net_amount": "70.00",
}


def stated(**changes: str | None) -> Fields:
    """The e-invoice of the page with changes (``__`` for a dot); None takes a field out."""
    values = {**STATED, **{path.replace("__", "."): value for path, value in changes.items()}}
    return {p: Field(value=v, evidence=Evidence(source="xml")) for p, v in values.items() if v is not None}


def changed(changes: dict[str, str | None]) -> Fields:
    return stated(**{path.replace(".", "__"): value for path, value in changes.items()})


def told(fields: Fields, reading: Reading) -> list[tuple[str, str]]:
    """Field and severity of each finding but the one that counts."""
    found = [f for f in compare(fields, reading) if f.rule == "XML-PAGE"]
    return [(f.fields[0], f.severity) for f in found]


def outcome(path: str, fields: Fields, reading: Reading) -> Outcome:
    return next(c.outcome for c in comparisons(fields, PrintedPage(reading)) if c.path == path)


def without(*begins: str) -> Reading:
    return page(*(line for line in LINES if not line.startswith(begins)))


def test_an_e_invoice_that_says_what_its_page_says_is_counted() -> None:
    (one,) = compare(stated(), page(*LINES))
    assert (one.rule, one.severity) == ("XML-PAGE-AGREES", "info")
    assert one.message == "28 of 28 values of the e-invoice stand on the page"
    assert one.evidence == {"agrees": 28, "contradicted": 0, "not_shown": 0}


@pytest.mark.parametrize(
    ("changes", "path", "found"),
    [
        ({"invoice_number": "R-2026/18"}, "invoice_number", "R-2026/17"),
        ({"issue_date": "2026-10-13"}, "issue_date", "12. Oktober 2026"),
        ({"issue_date": "2026-10-01"}, "issue_date", "12. Oktober 2026"),  # the day of delivery
        ({"currency": "CHF"}, "currency", "EUR"),
        ({"seller.name": "Harmlos Beratung KG"}, "seller.name", "Papier Nord GmbH"),
        ({"payment.iban": "GB33BUKB20201555555555"}, "payment.iban", "DE02 1203 0000 0000 2020 51"),
        ({"totals.grand_total": "120.00"}, "totals.grand_total", "119,00"),
        ({"totals.tax_basis_total": "90.00"}, "totals.tax_basis_total", "100,00"),
        ({"totals.tax_total": "9.00"}, "totals.tax_total", "19,00"),
        ({"lines[1].net_amount": "77.00"}, "lines[1].net_amount", "70,00"),
        ({"lines[0].net_amount": "70.00", "lines[1].net_amount": "30.00"}, "lines[0].net_amount", "30,00"),
    ],
)
def test_a_key_field_that_the_page_contradicts_is_an_error_with_both_values(
    changes: dict[str, str | None], path: str, found: str
) -> None:
    one = next(f for f in compare(changed(changes), page(*LINES)) if f.fields == [path])
    assert (one.rule, one.severity) == ("XML-PAGE", "error")
    assert (one.evidence["expected"], one.evidence["found"]) == (changes[path], found)
    assert one.evidence["page"] == 1
    assert len(one.evidence["box"]) == 4


def test_a_page_that_adds_tax_to_what_is_booked_without_any_contradicts_the_total() -> None:
    untaxed: dict[str, str | None] = {
        "totals.tax_total": "0.00",
        "totals.grand_total": "100.00",
        "totals.due_payable": "100.00",
    }
    assert told(changed(untaxed), page(*LINES)) == [("totals.tax_total", "error"), ("totals.grand_total", "error")]


def test_what_is_no_key_field_is_a_warning_where_it_is_contradicted_and_nothing_where_it_is_not_shown() -> None:
    assert told(stated(seller__vat_id="DE811907980"), page(*LINES)) == [("seller.vat_id", "warning")]
    assert told(stated(purchase_order_ref="B-4712"), page(*LINES)) == [("purchase_order_ref", "warning")]
    assert told(stated(delivery_date="2026-10-02"), page(*LINES)) == [("delivery_date", "warning")]
    assert told(stated(buyer__vat_id="FR88100000009"), page(*LINES)) == []
    assert told(stated(seller__tax_number="201/113/40209"), page(*LINES)) == []
    assert told(stated(due_date="2026-11-11"), page(*LINES)) == []


def test_a_number_or_total_that_an_invoice_does_not_show_is_an_error_and_another_key_field_a_warning() -> None:
    assert told(stated(), without("Kunde")) == [("invoice_number", "error"), ("buyer.name", "warning")]
    assert ("totals.grand_total", "error") in told(stated(totals__grand_total="119.50"), without("Gesamt", "Umsatz"))
    assert told(stated(), without("USt-IdNr")) == [("payment.iban", "warning")]


def test_a_letter_that_only_carries_the_e_invoice_is_no_contradiction_but_another_document_is() -> None:
    letter = page("Sehr geehrte Damen und Herren,", "anbei unsere Rechnung R-2026/17.", "Papier Nord GmbH")
    assert told(stated(), letter) == []
    other = page("Sehr geehrte Damen und Herren,", "anbei unser Katalog.", "Papier Nord GmbH")
    assert told(stated(), other) == [("invoice_number", "error")]


def test_a_document_without_words_has_nothing_to_say() -> None:
    assert compare(stated(), Reading(digest="0" * 64, media_type="application/xml")) == []


@pytest.mark.parametrize(
    "printed",
    [
        "12.10.2026",
        "12.10.26",
        "2026-10-12",
        "12/10/2026",
        "10/12/2026",
        "12 octobre 2026",
        "October 12, 2026",
        "20261012",
    ],
)
def test_a_day_agrees_in_any_form_that_is_printed(printed: str) -> None:
    lines = [line.replace("12. Oktober 2026", printed) for line in LINES]
    assert outcome("issue_date", stated(), page(*lines)) == "agrees"


def test_a_page_whose_only_other_days_are_accounted_for_does_not_show_the_day_of_issue() -> None:
    reading = page(*(line for line in LINES if "Rechnungsdatum" not in line))
    assert outcome("issue_date", stated(), reading) == "not shown"
    assert outcome("issue_date", stated(delivery_date="2026-10-02"), reading) == "contradicted"


@pytest.mark.parametrize("name", ["PAPIER NORD GMBH", "Papier Nord", "Papier-Nord GmbH", "Papier Nord Gmbh."])
def test_a_name_agrees_however_it_is_written(name: str) -> None:
    assert outcome("seller.name", stated(seller__name=name), page(*LINES)) == "agrees"


def test_umlauts_may_be_spelled_out() -> None:
    assert outcome("buyer.name", stated(buyer__name="Kunde Sued AG"), page(*LINES)) == "agrees"


def test_an_order_of_a_replaced_invoice_does_not_pass_for_this_ones_number() -> None:
    reading = page(*LINES, "ersetzt die Rechnung R-2026/16")
    assert told(stated(invoice_number="R-2026/16"), reading) == [("invoice_number", "error")]


def test_a_siren_agrees_with_the_siret_that_begins_with_it() -> None:
    reading = page(*LINES, "SIRET 392 809 137 00027")
    assert outcome("seller.legal_id", stated(seller__legal_id="392809137"), reading) == "agrees"
    assert outcome("seller.legal_id", stated(seller__legal_id="392809138"), reading) == "not shown"


def test_the_tax_of_each_rate_stands_for_their_sum() -> None:
    lines = [
        *LINES[:9],
        "zzgl. 7 % auf 50,00  3,50",
        "zzgl. 19 % auf 50,00  9,50",
        "Gesamtbetrag  113,00 EUR",
        LINES[-1],
    ]
    fields = changed({"tax_breakdown[0].amount": "9.50", "tax_breakdown[0].basis": "50.00",
                      "tax_breakdown[1].rate": "7", "tax_breakdown[1].basis": "50.00", "tax_breakdown[1].amount": "3.50",
                      "totals.tax_total": "13.00", "totals.grand_total": "113.00", "totals.due_payable": "113.00"})  # fmt: skip
    assert told(fields, page(*lines)) == []


def test_an_allowance_below_a_line_explains_its_amount() -> None:
    lines = [*LINES[:7], "     abzgl. Rabatt                              -2,00", *LINES[7:]]
    assert told(stated(lines__0__net_amount=None), page(*lines)) == []
    fields = changed({"lines[0].net_amount": "28.00"})
    assert outcome("lines[0].net_amount", fields, page(*lines)) != "contradicted"
    assert outcome("lines[0].net_amount", changed({"lines[0].net_amount": "25.00"}), page(*lines)) == "contradicted"


def test_amounts_printed_with_tax_do_not_contradict_those_without() -> None:
    lines = [line.replace(" 30,00", " 35,70").replace(" 70,00", " 83,30") for line in LINES]
    assert outcome("lines[0].net_amount", stated(), page(*lines)) == "not shown"


def test_a_line_that_is_not_booked_is_a_warning_as_long_as_the_totals_agree() -> None:
    lines = [*LINES[:8], "3    Ordner                    4       12,50     50,00", *LINES[8:]]
    one = next(f for f in compare(stated(), page(*lines)) if f.fields == ["lines"])
    assert (one.severity, one.evidence["found"]) == ("warning", "a line of 50,00")


def test_some_amounts_that_are_not_shown_are_told_together() -> None:
    lines = [line for line in LINES if "Tinte" not in line]
    found = [f for f in compare(stated(), page(*lines)) if f.fields == ["lines[1].net_amount"]]
    assert [(f.rule, f.severity) for f in found] == [("XML-PAGE", "warning")]


def test_rows_are_called_by_their_own_numbers() -> None:
    moved = {
        path.replace("lines[1]", "lines[5]"): field for path, field in changed({"lines[1].net_amount": "77.00"}).items()
    }
    assert told(moved, page(*LINES))[0] == ("lines[5].net_amount", "error")


@pytest.mark.exhaustive
def test_no_document_can_hold_up_the_comparison() -> None:
    many = {
        **stated(),
        **{f"lines[{n}].{c}": Field(value=v, evidence=Evidence(source="xml"))
           for n in range(500) for c, v in (("name", "one two three"), ("net_amount", "1.00"), ("quantity", "1"))},
    }  # fmt: skip
    for text in ("1", "one", "Rechnungsnummer:", "1.1.2026", "99.99", "GmbH"):

        def of(lines: int, text: str = text) -> Callable[[], object]:
            words = [
                Word(text=text, page=1, box=(20.0 * column, 10.0 * line, 20.0 * column + 9, 10.0 * line + 8), line=line)
                for line in range(lines)
                for column in range(50)
            ]
            reading = Reading(
                digest="0" * 64,
                media_type="application/pdf",
                pages=[Page(number=1, width=600, height=800)],
                words=words,
                text="\n".join("  ".join([text] * 50) for _ in range(lines)),
            )
            return partial(compare, many, reading)

        assert grows_gently(of, 80), text


DISAGREE: dict[str, set[tuple[str, str]]] = {
    "dev-024": {
        ("totals.grand_total", "error"),
        ("totals.tax_basis_total", "warning"),
        ("totals.tax_total", "warning"),
        ("totals.due_payable", "error"),
    },
    "CALC-001": {("totals.grand_total", "error")},
    "CALC-003": {("totals.grand_total", "error"), ("totals.tax_total", "error")},
}
"""The documents of the corpus whose e-invoice is not what their page says, each looked at by hand."""


@pytest.mark.exhaustive
@needs_corpus
async def test_only_documents_that_disagree_with_their_page_are_told_of() -> None:
    compared = 0
    for path in sorted([*(CORPUS / "invoices/pdf").glob("*.pdf"), *(CORPUS / "defects").glob("*.pdf")]):
        reading = await read_document(path.read_bytes(), path.name, seconds=60, memory_mb=1024)
        if reading.xml is None:
            continue
        try:
            fields: Any = fields_from_xml(reading.xml.text)
        except NotAnEInvoice:
            continue
        compared += 1
        assert set(told(fields, reading)) == DISAGREE.get(path.stem, set()), path.name
    assert compared > 40


def test_a_label_that_may_belong_to_another_value_does_not_outweigh_the_number_that_is_shown() -> None:
    lines = [line.replace("Rechnungsnummer:  R-2026/17", "Rechnungsnummer   80331 München") for line in LINES]
    assert told(stated(), page(*lines, "Nummer R-2026/17")) == []
    assert told(stated(), page(*lines)) == [("invoice_number", "error")]


def test_a_page_that_calls_its_net_amount_the_total_does_not_contradict() -> None:
    lines = [line.replace("Gesamtbetrag ", "inkl. MwSt.  ").replace("Nettobetrag", "Gesamtbetrag") for line in LINES]
    assert told(stated(), page(*lines)) == []

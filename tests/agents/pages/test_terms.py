"""Terms of the header are chosen by the label that announces them, by check digits, or for being the only candidate."""

from __future__ import annotations

import pytest

from agents.pages import draft
from agents.pages._candidates import Candidates
from agents.pages._parties import Parties
from agents.pages._terms import Choice, Terms
from tests.agents.drawn_pages import page


def terms(*lines: str) -> Terms:
    every = Candidates(page(*lines))
    return Terms(every, Parties(every))


def value(choice: Choice) -> str | None:
    return choice.best.value if choice.best else None


def drafted(*lines: str) -> dict[str, str]:
    return {path: field.value for path, field in draft(page(*lines)).fields.items()}


@pytest.mark.parametrize(
    ("lines", "number"),
    [
        (("Kundennummer: 4711", "Rechnungsnummer: R-17", "Bestellnummer: B-9"), "R-17"),
        (("Customer no.   Order no.   Invoice no.", "4711           PO-9        INV-17"), "INV-17"),
        (("Facture n° 2025/118", "N° client : 4711", "Votre commande : BC-9"), "2025/118"),
        (("Klantnummer     4711", "Factuurnummer   2025-0093"), "2025-0093"),
        (("Fattura n. 88/2025 del 20/05/2025", "Ordine n. 12"), "88/2025"),
        (("Rechnung (380) Nr. 55123",), "55123"),
        (("Invoice number: 2025", "Invoice ref.: 55123"), "55123"),
        (("Kundennummer: 4711", "Bestellnummer: B-9"), None),
        (("Number: 55",), None),
    ],
)
def test_the_number_of_an_invoice_is_not_a_customers_an_orders_or_a_year(
    lines: tuple[str, ...], number: str | None
) -> None:
    assert value(terms(*lines).invoice_number()) == number


@pytest.mark.parametrize(
    ("lines", "own", "other"),
    [
        (("CREDIT NOTE CN-5", "Against invoice: INV-17"), "CN-5", "INV-17"),
        (("Gutschrift Nr. GU-5", "zur Rechnung RE-17 vom 01.02.2025"), "GU-5", "RE-17"),
        (("Avoir n° AV-21", "Annule la facture FA-17 du 01/02/2025"), "AV-21", "FA-17"),
        (("Creditnota C-9", "betreft factuur 2025.0417"), "C-9", "2025.0417"),
    ],
)
def test_the_invoice_a_credit_note_speaks_of_does_not_give_it_its_number(
    lines: tuple[str, ...], own: str, other: str
) -> None:
    chosen = terms(*lines).invoice_number()
    assert value(chosen) == own
    assert other in [c.value for c in chosen.others]


def test_an_amount_behind_the_word_invoice_is_not_its_number() -> None:
    assert value(terms("Rechnung   1.234,56").invoice_number()) is None


@pytest.mark.parametrize(
    ("lines", "days"),
    [
        (
            ("Rechnungsdatum: 14.03.2025", "Fällig am: 13.04.2025", "Lieferdatum: 11.03.2025", "Bestelldatum: 01.03.2025"),
            ("2025-03-14", "2025-04-13", "2025-03-11"),
        ),
        (
            ("Due date         Delivery date    Invoice date", "13 April 2025    11 March 2025    14 March 2025"),
            ("2025-03-14", "2025-04-13", "2025-03-11"),
        ),
        (("Vervaldatum 31-01-2025", "Factuurdatum 17-01-2025"), ("2025-01-17", "2025-01-31", None)),
        (("Date: 03.02.2025", "Delivery date: 01.02.2025"), ("2025-02-03", None, "2025-02-01")),
        (("Rechnung Nr. 17 vom 03.02.2025", "Bestellung vom 01.02.2025"), ("2025-02-03", None, None)),
        (("Credit note 5 of 3 March 2025", "for our invoice 17 of 3 February 2025"), ("2025-03-03", None, None)),
        (("Nothing here but 03.02.2025",), ("2025-02-03", None, None)),
    ],
)  # fmt: skip
def test_a_day_is_what_its_label_says_and_an_order_has_none(
    lines: tuple[str, ...], days: tuple[str | None, ...]
) -> None:
    found = terms(*lines)
    assert tuple(value(found.date(t)) for t in ("issue_date", "due_date", "delivery_date")) == days


def test_the_day_a_payment_is_due_is_not_that_of_issue() -> None:
    assert value(terms("Zahlbar bis 13.04.2025").date("issue_date")) is None


@pytest.mark.parametrize(
    "line",
    ["Ort, den 3. Februar 2025", "Lyon, le 3 février 2025", "Milano, il 3 febbraio 2025", "Berlin, 03.02.2025"],
)
def test_an_invoice_is_issued_on_the_day_behind_a_place(line: str) -> None:
    chosen = terms(line, "Fällig am 05.03.2025").date("issue_date")
    assert (value(chosen), chosen.grounds) == ("2025-02-03", ("label",))
    assert chosen.strength >= 0.7


@pytest.mark.parametrize(
    "line",
    [
        "Souscrit depuis le 03/02/2020", "Abonné le 03/02/2020", "Client depuis le 03/02/2020", "Geliefert am 03.02.2020",
        "Customer since 03.02.2020", "Kunde seit 03.02.2020", "Concert Lyon, 03/02/2020     1    12,00",
    ],
)  # fmt: skip
def test_what_was_done_on_a_day_does_not_make_it_the_day_of_issue(line: str) -> None:
    chosen = terms(line, "Facture du 18/09/2026").date("issue_date")
    assert (value(chosen), chosen.strength >= 0.7) == ("2026-09-18", True)
    assert terms(line, "Échéance 18/10/2026").date("issue_date").strength < 0.7


@pytest.mark.parametrize(
    "line",
    ["Fait à Brest, le 18/09/2026", "Hamburg, den 18.09.2026", "Fatto a Roma il 18/09/2026", "L'Isle-Adam, le 18 sept. 2026"],
)  # fmt: skip
def test_an_invoice_is_made_at_a_place_on_a_day(line: str) -> None:
    chosen = terms("Souscrit depuis le 02/09/2020", line).date("issue_date")
    assert (value(chosen), chosen.strength >= 0.7) == ("2026-09-18", True)


@pytest.mark.parametrize(
    ("lines", "due"),
    [
        (("Zahlbar bis 28.09.2026 mit 2 % Skonto: 466,48 EUR", "oder bis 18.10.2026 netto: 476,00 EUR"), "2026-10-18"),
        (("2 % Skonto bis 28.09.2026, netto bis 18.10.2026",), "2026-10-18"),
        (("Zahlbar bis 18.10.2026, 2 % Skonto bis 28.09.2026",), "2026-10-18"),
        (("Zahlbar bis 18.10.2026 ohne Skonto",), "2026-10-18"),
        (("Zahlbar bis 28.09.2026", "mit 2 % Skonto, sonst rein netto"), None),
        (("Payable by 28.09.2026 less 2 % discount", "or by 18.10.2026 net"), "2026-10-18"),
        (("Pay by 28 September 2026 with 2% early payment discount",), None),
        (("À payer avant le 28/09/2026 avec 2 % d'escompte", "ou avant le 18/10/2026 net"), "2026-10-18"),
        (("Échéance le 18/10/2026 sans escompte",), "2026-10-18"),
        (("Betaling voor 28-09-2026 met 2 % korting", "of voor 18-10-2026 netto"), "2026-10-18"),
        (("Pagamento entro il 28/09/2026 con sconto 2 %", "entro il 18/10/2026 netto"), "2026-10-18"),
        (("Rechnung vom 18.09.2026 netto 400,00 EUR",), None),
    ],
)
def test_the_day_until_which_less_is_to_be_paid_is_not_the_one_it_is_due(
    lines: tuple[str, ...], due: str | None
) -> None:
    assert value(terms(*lines).date("due_date")) == due


@pytest.mark.parametrize(
    ("lines", "number", "day"),
    [
        (
            ("Date:   18 Sep 2026", "Corrected invoice No. HS-2419", "for invoice No. HS-2418 from 12 Sep 2026"),
            "HS-2419",
            "2026-09-18",
        ),
        (
            ("Rechnungsnummer: INV-9", "Datum: 18.09.2026", "Rechnung", "Dies bezieht sich auf die Rechnung PREV-7 vom 12.09.2026"),
            "INV-9",
            "2026-09-18",
        ),
        (("Facture n° F-9", "Date : 18/09/2026", "Relative à la facture F-7 du 12/09/2026"), "F-9", "2026-09-18"),
        (("Rechnung Nr./Datum     80101911/18.09.2026", "Lieferschein/Datum     70044102/16.09.2026"), "80101911", "2026-09-18"),
        (("Invoice no / date     IN-77/2026-09-18", "Order/date     70044/2026-09-16"), "IN-77", "2026-09-18"),
    ],
)  # fmt: skip
def test_the_day_of_another_document_is_told_by_the_number_before_it(
    lines: tuple[str, ...], number: str, day: str
) -> None:
    found = terms(*lines)
    chosen = found.invoice_number(), found.date("issue_date")
    assert tuple(map(value, chosen)) == (number, day)
    assert min(c.strength for c in chosen) >= 0.7


@pytest.mark.parametrize(
    ("lines", "number"),
    [
        (("Invoice number   HS\u20112418\u20117",), "HS-2418-7"),
        (("Invoice number   HS–2418",), "HS-2418"),
        (("Invoice number   2026:0418",), "2026:0418"),
        (("Invoice number:2026/0418",), "2026/0418"),
        (("Invoice number   A+2418",), "A+2418"),
        (("Invoice number   2418 / 26",), "2418 / 26"),
        (("Invoice number   2418/26",), "2418/26"),
        (("Invoice number   FT,2026,17",), "FT,2026,17"),
        (("Invoice number   20260918", "Invoice date   18/09/2026"), "20260918"),
        (("Rechnungsnummer:RE-2026-", "                03721"), "RE-2026-03721"),
        (("Client :   Facture n°   F-2418", "N° TVA FR83404833048"), "F-2418"),
        (("VAT No. GB 938120432", "Invoice number"), None),
        (("N° TVA FR83404833048", "Facture"), None),
        (("HRB 12345 Amtsgericht Leer", "Rechnung"), None),
        (("Date :         Due :          Number :      (473) 555-0129", "05/28/2024     06/27/2024     # 4518/2024"), "4518/2024"),
    ],
)  # fmt: skip
def test_a_number_is_read_to_its_end_and_is_no_other_columns(lines: tuple[str, ...], number: str | None) -> None:
    assert value(terms(*lines).invoice_number()) == number


def test_a_number_of_one_digit_is_read_but_not_plainly() -> None:
    chosen = terms("Rechnung Nr.   7", "Kundennummer   10042", "Auftrag   A-5518").invoice_number()
    assert (value(chosen), 0.4 < chosen.strength < 0.7) == ("7", True)


def days_in_doubt(*lines: str) -> tuple[str | None, bool]:
    made = draft(page(*lines))
    doubts = [f for f in made.findings if f.rule == "DATE-AMBIGUOUS" and f.fields == ["issue_date"]]
    return made.fields["issue_date"].value, bool(doubts)


APRIL, MARCH = "2025-04-03", "2025-03-04"


@pytest.mark.parametrize(
    ("lines", "read"),
    [
        (("Invoice date: 03/04/2025", "Due date: 05/06/2025"), (APRIL, True)),
        (("Invoice date: 03/04/2025", "Due date: 25/06/2025"), (APRIL, False)),
        (("Invoice date: 03/04/2025", "Due date: 06/25/2025"), (MARCH, False)),
        (("Invoice date: 03/04/2025", "Due: 25/06/2025", "Sent: 06/25/2025"), (APRIL, True)),
        (("Invoice date: 03/04/2025", "Austin, TX 78701"), (MARCH, False)),
        (("Invoice date: 03/04/2025", "VAT no. GB 980 7806 84"), (APRIL, False)),
        (("Rechnungsdatum: 03/04/2025", "Die Rechnung ist bitte zu begleichen"), (APRIL, False)),
        (("Invoice date: 03.04.2025",), (APRIL, False)),
        pytest.param(
            ("Date de facture : 03/04/2025", "Total HT   100,00", "TVA 20 %   20,00", "Total TTC   120,00"),
            (APRIL, False),
        ),
        (("Data fattura: 03/04/2025", "Totale documento   120,00", "IVA 22%   20,00"), (APRIL, False)),
    ],
)
def test_day_and_month_are_told_by_other_days_language_or_country_or_a_person_is_asked(
    lines: tuple[str, ...], read: tuple[str, bool]
) -> None:
    assert days_in_doubt(*lines) == read


@pytest.mark.parametrize(
    ("line", "rule"),
    [("Invoice date: 03/04/2025", "DATE-AMBIGUOUS"), ("Invoice date: 18/09/2562", "DATE-IMPLAUSIBLE")],
)
def test_a_day_in_doubt_is_a_finding_and_never_sure(line: str, rule: str) -> None:
    made = draft(page("Invoice no.: HS-1", line))
    assert [(f.rule, f.fields) for f in made.findings] == [(rule, ["issue_date"])]
    assert made.fields["issue_date"].grounds == ["ambiguous"]


def test_identifiers_whose_check_digits_fail_need_a_label() -> None:
    found = terms("USt-IdNr.: DE123456789", "Art. DE123456780", "VAT no. GB 980 7806 84", "FR44732829320")
    assert [(c.value, holds) for c, holds in found.vat_ids()] == [
        ("DE123456789", False),
        ("GB980780684", True),
        ("FR44732829320", True),
    ]
    accounts = terms("IBAN DE02 1203 0000 0000 2020 52", "", "", "", "", "Ref. DE02 1203 0000 0000 2020 53")
    assert [(c.value, holds) for c, holds in accounts.ibans()] == [("DE02120300000000202052", False)]


SELLER = ("Alpha Papers GmbH", "Hafenstr. 12", "20457 Hamburg")
BUYER = ("Beta Books SAS", "12 rue des Lilas", "69003 Lyon")


@pytest.mark.parametrize(
    "lines",
    [
        (
            "Seller:                      Buyer:",
            *(f"{s:29}{b}" for s, b in zip(SELLER, BUYER, strict=True)),
            "USt-IdNr. DE136695976        N° TVA FR44732829320",
        ),
        (
            *BUYER,
            "FR44732829320",
            *["Ware   1   5,00   5,00"] * 30,
            "Alpha Papers GmbH   Hafenstr. 12   20457 Hamburg   USt-IdNr. DE136695976",
        ),
        (*SELLER, "", "Ihre USt-IdNr.: FR44732829320", "Unsere USt-IdNr.: DE136695976"),
    ],
    ids=["in columns", "in the imprint", "by label"],
)
def test_of_two_vat_ids_each_party_gets_its_own(lines: tuple[str, ...]) -> None:
    made = drafted(*lines)
    assert (made["seller.vat_id"], made["buyer.vat_id"]) == ("DE136695976", "FR44732829320")


def test_the_only_vat_id_is_the_sellers() -> None:
    made = drafted(*SELLER, "", *BUYER, "VAT id: DE136695976")
    assert made["seller.vat_id"] == "DE136695976"
    assert "buyer.vat_id" not in made


@pytest.mark.parametrize(
    "lines",
    [
        ("IBAN: DE02 1203 0000 0000 2020 51 BIC BYLADEM1001",),
        ("DE02 1203 0000 0000 2020 51 BYLADEM1001",),
        ("Konto DE02120300000000202051", "BYLADEM1001"),
        ("SWIFT/BIC: BYLADEM1001", "DE02 1203 0000 0000 2020 51"),
        pytest.param(
            ("IBAN: DE02 1203 0000 0000 2020 51    BYLADEM1001",),
            marks=pytest.mark.xfail(strict=True, reason="a cell to the right is too far away to be beside an account"),
        ),
    ],
)
def test_an_account_is_found_over_its_spaces_and_the_bank_beside_it(lines: tuple[str, ...]) -> None:
    made = drafted(*lines)
    assert (made["payment.iban"], made.get("payment.bic")) == ("DE02120300000000202051", "BYLADEM1001")


def test_words_in_capitals_are_no_banks() -> None:
    assert (
        terms("INVOICES ARE DUE", "DEUTDEFF is a bank", "", "", "DE02 1203 0000 0000 2020 51", "PAYMENTS").bics() == []
    )


def test_a_firm_is_named_by_its_siren_rather_than_by_the_siret_of_a_place() -> None:
    made = drafted("Alpha SARL", "12 rue des Lilas", "69003 Lyon", "SIRET 732 829 320 00074", "SIREN 732 829 320")
    assert made["seller.legal_id"] == "732829320"


def test_registers_are_told_from_tax_numbers() -> None:
    found = terms("KvK: 30123456", "Company no. 01234567", "HRB 12345", "Steuernummer 12/345/67890")
    assert {"30123456", "01234567", "HRB 12345"} <= {c.value for c in found.legal_ids()}
    assert [c.value for c in found.tax_numbers()] == ["12/345/67890"]


@pytest.mark.parametrize(
    ("lines", "kind"),
    [
        (("INVOICE",), "invoice"),
        (("Rechnung Nr. 5",), "invoice"),
        (("Abschlagsrechnung",), "invoice"),
        (("CREDIT NOTE", "Invoice no. 5"), "credit_note"),
        (("Stornorechnung Nr. 4",), "credit_note"),
        (("Facture d'avoir",), "credit_note"),
        (("NOTA DI CREDITO",), "credit_note"),
        (("Factura rectificativa",), "credit_note"),
        (("Delivery note 12", "Invoice number"), "other"),
        (("Lieferschein Nr. 5",), "other"),
        (("PRO FORMA INVOICE",), "other"),
        (("Mahnung",), "other"),
        (("Dear Sir,",), None),
        (("Facture proforma",), "other"),
        (("Fattura proforma",), "other"),
    ],
)
def test_the_title_says_what_a_document_is(lines: tuple[str, ...], kind: str | None) -> None:
    assert terms(*lines, "", "Please find enclosed what you have ordered.").kind() == kind


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("Zahlbar innerhalb von 30 Tagen ohne Abzug.", "Zahlbar innerhalb von 30 Tagen ohne Abzug."),
        ("Payment terms: net 30 days", "net 30 days"),
        ("Paiement à 30 jours fin de mois", "Paiement à 30 jours fin de mois"),
        ("Thank you for your order", None),
        pytest.param(
            "Payment terms     30 days net",
            "30 days net",
            marks=pytest.mark.xfail(strict=True, reason="the label alone is taken for the terms"),
        ),
    ],
)
def test_terms_of_payment_are_what_is_said_about_when_to_pay(line: str, said: str | None) -> None:
    assert value(terms(line).payment_terms()) == said


@pytest.mark.parametrize(
    ("line", "order"),
    [
        ("Your order: PO-771", "PO-771"),
        ("Ihre Bestellung: B-8841 vom 01.02.2025", "B-8841"),
        ("Votre commande n° 4500 123 456", "4500 123 456"),
        ("Invoice no. 771", None),
    ],
)
def test_the_order_is_the_buyers(line: str, order: str | None) -> None:
    assert value(terms(line).order()) == order


@pytest.mark.xfail(strict=True, reason="the groups of a number, 0317 of 24 0317, count as rivals of the whole")
def test_a_number_in_groups_is_as_clear_as_one_without() -> None:
    assert terms("Invoice number: 24 0317").invoice_number().strength >= 0.7
    assert terms("Your order no.: 4500 123 456").order().strength >= 0.7

"""What is no invoice to be paid is found with its rule and its place; what a sound invoice says as well is not."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from agents.documents.reading import Box, EmbeddedXml, Reading, Word
from agents.fields.rules import Rule
from agents.pages import unpayable
from tests.agents.drawn_pages import page
from tests.growth import grows_gently

INVOICE = (
    "Harrowgate Signs Ltd",
    "INVOICE",
    "Bill to:             Invoice number   HS-2418",
    "Pelham Leisure Ltd   Invoice date     18 September 2026",
    "Description    Quantity   Unit price   Amount",
    "Shop sign 2 m         2       120.00   240.00",
    "Fitting               4        40.00   160.00",
    "                        Net total      400.00",
    "                        VAT 20 %        80.00",
    "                        Total EUR      480.00",
)


def rules(reading: Reading) -> list[str]:
    return [finding.rule for finding in unpayable.findings(reading)]


def stamped(*words: tuple[str, tuple[float, float, float, float]]) -> Reading:
    """The invoice with words that stand at places of their own, in points."""
    reading = page(*INVOICE)
    last = max(word.line for word in reading.words)
    over = [Word(text=text, page=1, box=Box(box), line=last + n) for n, (text, box) in enumerate(words, 1)]
    return reading.model_copy(update={"words": [*reading.words, *over]})


def test_a_sound_invoice_is_none_of_all_that() -> None:
    assert rules(page(*INVOICE)) == []


@pytest.mark.parametrize(
    "title",
    [
        "SALES ORDER", "Order acknowledgement", "Remittance Advice", "DELIVERY NOTE No. 4711", "Estimate", "QUOTATION",
        "Pro-forma invoice", "Second reminder", "Statement of account", "Overdue notice", "Auftragsbestätigung AB-2418",
        "Kostenvoranschlag", "2. Mahnung", "Zahlungsavis", "Relance - Facture impayée", "Accusé de réception de commande",
        "Avis de paiement", "Bon de livraison", "Offerte", "Betalingsherinnering", "Conferma d'ordine", "Sollecito di pagamento",
        "Recordatorio de pago", "Confirmación de pedido", "Guia de remessa", "Wezwanie do zapłaty", "Orderbekräftelse",
        "Ordrebekreftelse", "Rykker", "Tilausvahvistus", "Dodací list",
    ],
)  # fmt: skip
def test_what_is_titled_as_another_document_is_no_invoice(title: str) -> None:
    (found,) = [f for f in unpayable.findings(page(title, *INVOICE[2:])) if f.rule == Rule.DOCUMENT_KIND]
    assert found.is_error
    assert found.evidence["quote"] == title
    assert (found.evidence["page"], found.evidence["box"][1]) == (1, 0.0)


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        ("VOID", "VOID"), ("CANCELLED", "VOID"), ("STORNIERT", "VOID"), ("ANNULÉE", "VOID"), ("GEANNULEERD", "VOID"),
        ("ANNULLATO", "VOID"), ("ANULADA", "VOID"), ("ANULOWANO", "VOID"), ("MAKULERAD", "VOID"), ("STORNOVÁNO", "VOID"),
        ("PAID", "PAID"), ("Paid", "PAID"), ("BEZAHLT", "PAID"), ("BETAALD", "PAID"), ("PAGATO", "PAID"), ("PAYÉ", "PAID"),
        ("ACQUITTÉE", "PAID"), ("PAGADO", "PAID"), ("ZAPŁACONO", "PAID"), ("BETALT", "PAID"), ("MAKSETTU", "PAID"),
        ("DRAFT", "DRAFT"), ("ENTWURF", "DRAFT"), ("BROUILLON", "DRAFT"), ("CONCEPT", "DRAFT"), ("BOZZA", "DRAFT"),
        ("BORRADOR", "DRAFT"), ("UTKAST", "DRAFT"), ("SPECIMEN", "DRAFT"),
        ("DISPUTED", "DO-NOT-PAY"), ("GESPERRT", "DO-NOT-PAY"), ("OVERDUE", "REMINDED"), ("ÜBERFÄLLIG", "REMINDED"),
        ("COPY", None), ("KOPIE", None), ("DUPLICATA", None), ("ORIGINAL", None), ("HARROWGATE", None), ("SIGNS", None),
    ],
)  # fmt: skip
def test_a_stamp_in_any_angle_says_what_it_is_and_a_copy_is_no_fault(text: str, rule: str | None) -> None:
    turned, upright, on_its_side = (90, 300, 350, 560), (200, 300, 400, 340), (300, 200, 324, 500)
    for box in (turned, upright, on_its_side):
        assert rules(stamped((text, box))) == ([rule] if rule else [])


def test_letters_set_apart_are_a_stamp_in_whichever_direction_they_stand() -> None:
    for step in ((60, 0), (50, -40), (50, 40), (0, 50), (0, -50)):
        letters = [
            (letter, (150 + n * step[0], 400 + n * step[1], 175 + n * step[0], 440 + n * step[1]))
            for n, letter in enumerate("VOID")
        ]
        assert rules(stamped(*letters)) == ["VOID"]


def test_a_stamp_of_several_words_and_a_day_is_one() -> None:
    words = [("2026", (351, 447, 377, 465)), ("20", (315, 464, 330, 478)), ("Sep", (330, 456, 351, 473))]
    (found,) = unpayable.findings(stamped(*words, ("PAID", (223, 467, 299, 518))))
    assert found.rule == "PAID"
    turned = [("DO", (100, 400, 140, 440)), ("NOT", (145, 360, 200, 415)), ("PAY", (205, 320, 260, 375))]
    assert rules(stamped(*turned)) == ["DO-NOT-PAY"]


@pytest.mark.parametrize(
    ("line", "rule"),
    [
        ("PAID 20 SEP 2026", "PAID"),
        ("Payment status: Paid", "PAID"),
        ("Status   Draft", "DRAFT"),
        ("Rechnungsstatus: storniert", "VOID"),
        ("Paid by Visa card ending 4242", "PAID"),
        ("Payment received with thanks on 20 September", "PAID"),
        ("Der Rechnungsbetrag wurde bereits beglichen.", "PAID"),
        ("Betrag dankend erhalten", "PAID"),
        ("Payée le 20/09/2026 par carte bancaire", "PAID"),
        ("Betaald op 20-09-2026 via iDEAL", "PAID"),
        ("Pagato il 20/09/2026 con bonifico", "PAID"),
        ("Balance due      0.00", "PAID"),
        ("Amount due: 0.00", "PAID"),
        ("Paid to date    480.00", "PAID"),
        ("This is not a tax invoice.", "DOCUMENT-KIND"),
        ("Your invoice will follow on delivery.", "DOCUMENT-KIND"),
        ("Dieses Dokument ist keine Rechnung im Sinne des UStG.", "DOCUMENT-KIND"),
        ("Den Betrag buchen wir zum 2. Oktober 2026 von Ihrem Konto ab.", "DIRECT-DEBIT"),
        ("Der Betrag wird am 02.10.2026 von Ihrem Konto eingezogen.", "DIRECT-DEBIT"),
        ("Mandatsreferenz: M-4711   Gläubiger-ID: DE98ZZZ09999999999", "DIRECT-DEBIT"),
        ("Zahlungsart: SEPA-Lastschrift", "DIRECT-DEBIT"),
        ("Payment method   Direct Debit", "DIRECT-DEBIT"),
        ("The total will be collected by direct debit on or after 2 October.", "DIRECT-DEBIT"),
        ("We will debit 480.00 from your bank account on 2 October.", "DIRECT-DEBIT"),
        ("Le montant de 480,00 sera prélevé le 2 octobre.", "DIRECT-DEBIT"),
        ("Mode de règlement : prélèvement SEPA", "DIRECT-DEBIT"),
        ("Het bedrag wordt omstreeks 2 oktober van uw rekening afgeschreven.", "DIRECT-DEBIT"),
        ("Forma de pago: Domiciliación bancaria", "DIRECT-DEBIT"),
        ("Modalità di pagamento: SDD", "DIRECT-DEBIT"),
        ("Beloppet dras automatiskt via autogiro.", "DIRECT-DEBIT"),
        ("Betalingsmåde: Betalingsservice", "DIRECT-DEBIT"),
        ("Forma de pagamento: Débito direto", "DIRECT-DEBIT"),
        ("Total GBP    480.00 CR", "IN-OUR-FAVOUR"),
        ("Balance in your favour   480.00", "IN-OUR-FAVOUR"),
        ("Betrag zu Ihren Gunsten   480,00", "IN-OUR-FAVOUR"),
        ("Solde en votre faveur   480,00", "IN-OUR-FAVOUR"),
        ("SELF-BILLED INVOICE", "SELF-BILLED"),
        ("Recipient created tax invoice", "SELF-BILLED"),
        ("Abrechnung im Gutschriftsverfahren", "SELF-BILLED"),
        ("Autofacturation", "SELF-BILLED"),
        ("Samofakturowanie", "SELF-BILLED"),
        ("Corrected invoice No. HS-2419", "CORRECTING"),
        ("Replacement invoice", "CORRECTING"),
        ("Rechnungskorrektur zu R-17", "CORRECTING"),
        ("Berichtigte Rechnung Nr. 2026-18", "CORRECTING"),
        ("Facture rectificative F-12", "CORRECTING"),
        ("Factura rectificativa", "CORRECTING"),
        ("Fattura correttiva", "CORRECTING"),
        ("Gecorrigeerde factuur", "CORRECTING"),
    ],
)  # fmt: skip
def test_what_a_line_says_against_being_paid_is_found_where_it_stands(line: str, rule: str) -> None:
    reading = page(*INVOICE, "", "", "", line)
    assert rules(reading) == [rule]
    (found,) = unpayable.findings(reading)
    assert found.evidence["box"][1] == 10.0 * (len(INVOICE) + 3)


@pytest.mark.parametrize(
    "line",
    [
        "The amount must be paid within 30 days.",
        "To be paid by card or bank transfer.",
        "Paid: 0.00",
        "Amount paid   0.00",
        "Already paid   -120.00",
        "Bereits bezahlt   0,00",
        "Bitte bezahlen Sie bis zum 18.10.2026.",
        "The goods remain our property until the invoice has been paid in full.",
        "If this invoice has already been paid, please disregard it.",
        "Sollte die Rechnung bereits beglichen sein, betrachten Sie sie als gegenstandslos.",
        "Paid search ads, September   1   400.00   400.00",
        "Draft beer 30 l   2   120.00   240.00",
        "Void fill, recycled   2   12.00   24.00",
        "Interest is charged on overdue amounts.",
        "Overdue invoices will be passed to our collectors.",
        "You can pay by direct debit: ask us for a mandate form.",
        "Zahlbar per Überweisung oder Lastschrift.",
        "Gläubiger-ID: DE98ZZZ09999999999",
        "Falls Sie uns ein SEPA-Mandat 4711 erteilt haben, wird der Betrag abgebucht.",
        "Payment method: Bank transfer",
        "Payment terms: 30 days net",
        "Zahlungsart: Überweisung",
        "Les pénalités sont dues si la facture n'est pas réglée à l'échéance.",
        "Wij verzoeken u het bedrag binnen 14 dagen te betalen.",
        "Cancellation of bookings is possible until 48 hours before.",
        "Your order confirmation of 1 September is part of this invoice.",
        "Delivery note: DN-4711",
        "Reminder fees of 5.00 apply to late payment.",
        "Credit limit   5000.00",
        "Guthaben   0,00",
        "Previous balance   0.00",
        "Kopie",
        "Status: Open",
        "We reward paid-up members.",
    ],
)
def test_what_sound_invoices_say_as_well_stops_none(line: str) -> None:
    assert rules(page(*INVOICE, "", "", "", line)) == []
    assert rules(page(*INVOICE[:4], line, *INVOICE[4:])) == []


def test_a_condition_in_the_line_before_holds_for_the_next() -> None:
    lines = ("If you have given us a mandate for direct debits, then the amount", "will be collected by direct debit.")
    assert rules(page(*INVOICE, "", "", *lines)) == []


def test_a_page_all_in_capitals_shouts_no_stamp() -> None:
    shouting = [line.upper() for line in INVOICE]
    assert rules(page(*shouting[:7], "DRAFT", *shouting[7:])) == []


def test_a_label_of_an_address_is_no_title() -> None:
    assert rules(page("Order confirmation", "Invoice address:", "Pelham Leisure Ltd", *INVOICE[4:])) == [
        "DOCUMENT-KIND"
    ]


def test_what_an_e_invoice_says_in_a_note_is_found() -> None:
    xml = "<Invoice><Note>Der Betrag wird per SEPA-Lastschrift eingezogen.</Note></Invoice>"
    reading = Reading(digest="0" * 64, media_type="application/xml", pages=[], xml=EmbeddedXml(name="a.xml", text=xml))
    (found,) = unpayable.findings(reading)
    assert (found.rule, found.evidence["where"]) == ("DIRECT-DEBIT", "xml")


def test_pages_full_of_stamps_and_of_halves_of_claims_take_time_linear_in_their_number() -> None:
    def full(count: int) -> Callable[[], object]:
        words = []
        for n, text in enumerate(("wird", "will be", "V", "paid", "not") * (count // 5)):
            left, top = 5.0 * (n % 90), 9.0 * (n % 70)
            words.append(Word(text=text, page=n // 300 + 1, box=Box((left, top, left + 30, top + 40)), line=n))
        reading = page("a").model_copy(update={"words": words})
        return lambda: unpayable.findings(reading)

    assert grows_gently(full, 12_000)

"""Labels of invoices: which are recognised, which are not, and that the files of phrases hold together."""

from collections.abc import Callable
from itertools import permutations

import pytest

from agents.pages import _parties, _totals
from agents.words import (
    COUNTRIES,
    LEGAL_FORM,
    PhraseError,
    by_language,
    is_label,
    labels,
    normalised,
    phrases,
    terms_of,
)
from agents.words._phrases import _read
from tests.growth import grows_gently

LABELS = {
    "invoice_number": "Invoice No. | Rechnungsnummer | Facture n° | Factuurnummer | Numero fattura | N.º de factura"
    " | Fatura n.º | Faktura VAT nr | Fakturanr. | Číslo faktury",
    "purchase_order_ref": "Purchase order no. | Ihre Bestellung | Votre bon de commande n° | Bestelnummer"
    " | Vs. ordine | Su pedido | Encomenda n.º | Zamówienie nr | Rekvisition",
    "customer_number": "Customer number | Kunden-Nr. | N° client | Klantnummer | Codice cliente | Kundnr | Numer klienta",
    "issue_date": "Date of issue | Rechnungsdatum | Date de facture | Factuurdatum | Data fattura | Fecha de emisión"
    " | Data de emissão | Data wystawienia | Fakturadatum | Laskun päiväys",
    "due_date": "Due date | Zahlbar bis zum | Date d'échéance | Vervaldatum | Scadenza | Vencimiento | Vencimento"
    " | Termin płatności | Förfallodatum | Eräpäivä",
    "delivery_date": "Date of supply | Leistungsdatum | Date de livraison | Leverdatum | Data di consegna"
    " | Fecha de entrega | Data de entrega | Data dostawy | Leveransdatum | Toimituspäivä",
    "vat_id": "VAT Reg. No. | USt-IdNr. | N° TVA intracommunautaire | BTW-nummer | P. IVA | C.I.F. | Contribuinte | NIP | DIČ",
    "tax_number": "Tax number | Steuernummer | St.-Nr. | Codice fiscale",
    "legal_id": "Company number | Handelsregister | SIREN | KvK | REA n. | REGON | CVR-nr. | IČO",
    "seller": "Supplier | Rechnungssteller | Fournisseur | Leverancier | Fornitore | Proveedor | Sprzedawca | Säljare",
    "buyer": "Bill to | Rechnungsempfänger | Facturé à | Factuur aan | Cessionario/committente | Facturar a | Exmo. Sr."
    " | Nabywca | Fakturaadress | Odběratel",
    "delivery_party": "Ship to | Lieferanschrift | Adresse de livraison | Afleveradres | Luogo di consegna | Adres dostawy",
    "net": "Net amount | Nettobetrag | Total HT | Totaal excl. btw | Imponibile | Base imponible | Total sem IVA"
    " | Wartość netto | Summa exkl. moms | Základ daně",
    "tax": "VAT 20% | zzgl. 19 % MwSt. | TVA 5,50 % | BTW 21% | IVA 22% | Cuota IVA | Kwota VAT | Moms 25 % | DPH 21 %",
    "gross": "Invoice total | Gesamtbetrag | Total T.T.C. | Totaal incl. btw | Totale documento | Total factura"
    " | Wartość brutto | Att betala | Celkem k úhradě",
    "due": "Amount due | Zahlbetrag | Reste à payer | Te betalen | Netto a pagare | Do zapłaty | Skal betales",
    "line_total": "Subtotal | Zwischensumme | Total des lignes | Subtotaal | Totale merce | Importe bruto",
    "prepaid": "Deposit paid | abzgl. Anzahlung vom 1.7. | Acompte versé | Aanbetaling | Acconto | Anticipo | Zaliczka",
    "charge_total": "Shipping costs | Versandkosten | Frais de port | Verzendkosten | Spese di trasporto | Portes | Fragt",
    "allowance_total": "Total discount | Gesamtrabatt | Remise | Korting | Sconto | Descuento | Rabatt",
    "rounding": "Rounding | Rundungsdifferenz | Arrondi | Afronding | Arrotondamento | Zaokrąglenie | Öresavrundning",
    "rate": "VAT rate | Steuersatz | Taux de TVA | BTW-tarief | Aliquota IVA | Stawka VAT",
    "terms": "Payment terms | Zahlungsbedingungen | Conditions de paiement | Betalingsvoorwaarden"
    " | Condizioni di pagamento | Forma de pago | Warunki płatności | Betalningsvillkor",
    "currency": "Currency | Währung | Devise | Valuta | Moneda | Moeda | Waluta",
    "iban": "IBAN | Postbank Dortmund IBAN",
    "some_number": "Number | Nr. | N° | Nummer",
    "other_date": "Leistungszeitraum | Période du | Order date | Auftrag Nr. 17 vom | Bestelldatum",
}

EXCLUSIVE = (
    ("issue_date", "due_date", "delivery_date"),
    ("other_date", "issue_date", "due_date", "delivery_date"),
    ("net", "tax", "gross"),
    ("net", "tax", "due"),
    ("prepaid", "net", "tax", "gross"),
    ("charge_total", "allowance_total", "net", "gross"),
    ("seller", "buyer", "delivery_party"),
    ("invoice_number", "purchase_order_ref", "customer_number"),
    ("vat_id", "tax_number", "legal_id", "iban"),
)
ALLOWED = {
    # one day for both: "Rechnungs- und Lieferdatum"
    "liefer rechnungsdatum",
    "liefer und rechnungsdatum",
    # of a self-billed invoice, "Customer (issued by)": with "customer" taken for a possessive, what is left is a seller's
    "customer issued by",
    # the Danish VAT id is the number in the register of companies
    "cvr",
}

HOSTILE = (
    "a" * 80, "a " * 40, "n" * 80, "nr " * 27, "nr" * 40, "id no c n " * 8, "# " * 40, "1 % " * 20, "1" * 80, "bis " * 20,
    "rechnung" * 10, "rechnung " * 9, "rechnung 1 " * 8, "zahlbar bis " * 7, "skonto " * 11, "skonto" * 13, "iban" * 20,
    "avant " * 14, "pay by " * 12, "19 % mwst " * 8, "gesetzl " * 10, "prelev" * 13, "prelev le " * 8, "total ex vat " * 6,
    "total charges before " * 4, "netto netto " * 7, "h t " * 20, "t v a " * 14, "bestellung vom " * 5, "z h d " * 14,
)  # fmt: skip


def announced(text: str, among: tuple[str, ...]) -> list[str]:
    return [term for term in among if is_label(text, term)]


@pytest.mark.parametrize(("term", "label"), [(t, label) for t, row in LABELS.items() for label in row.split(" | ")])
def test_a_label_of_a_real_invoice_announces_its_term(term: str, label: str) -> None:
    assert is_label(label, term)


def test_a_label_does_not_announce_a_term_that_excludes_its_own() -> None:
    confused = [
        (label, term, other)
        for group in EXCLUSIVE
        for term, other in permutations(group, 2)
        for label in LABELS[term].split(" | ")
        if is_label(label, other)
    ]
    assert not confused


def test_what_labels_nothing_announces_nothing() -> None:
    for text in (
        "",
        " : ",
        "Muster GmbH",
        "Vielen Dank für Ihren Auftrag",
        "Rue de la Paix 12",
        "Gewicht netto",
        "1.234,56",
    ):
        assert announced(text, tuple(LABELS)) == []


@pytest.mark.parametrize("text", ["ÉCHÉANCE", "echeance", "  Échéance : ", "e\u0301che\u0301ance", "é c h é a n c e"])
def test_case_accents_punctuation_and_spaced_letters_do_not_matter(text: str) -> None:
    assert is_label(text, "due_date")


@pytest.mark.parametrize("text", ["Bestellnr.", "Bestell-Nr.", "Bestell Nr", "BESTELLNUMMER"])
def test_a_compound_may_be_printed_together_or_apart(text: str) -> None:
    assert is_label(text, "purchase_order_ref")


@pytest.mark.parametrize("text", ["MwSt. 19 %", "MwSt 7,00%", "20% VAT", "TVA 5,5 % sur 294,50"])
def test_a_tax_may_be_printed_with_its_rate(text: str) -> None:
    assert is_label(text, "tax")


def test_a_possessive_before_a_label_and_a_currency_behind_it_do_not_matter() -> None:
    assert is_label("Ihre Kundennummer", "customer_number")
    assert is_label("Gesamtbetrag in EUR", "gross")
    assert is_label("Our invoice no", "invoice_number")


def test_a_label_is_recognised_only_as_a_whole() -> None:
    assert is_label("Rechnungsdatum", "issue_date")
    assert not is_label("Rechnungsdatum siehe oben", "issue_date")
    assert not is_label("Lieferung", "delivery_date")


def test_terms_of_a_label_are_told_in_the_order_asked_for() -> None:
    assert announced("Te betalen", ("net", "gross", "due")) == ["gross", "due"]


def test_every_phrase_is_recognised_by_all_labels_it_stands_for() -> None:
    missed = [
        (term, language, phrase, label)
        for term in LABELS
        for language, phrase, label in labels(term)
        if not is_label(label, term)
    ]
    assert not missed


@pytest.mark.parametrize("group", EXCLUSIVE, ids="-".join)
def test_no_phrase_announces_two_terms_that_exclude_each_other(group: tuple[str, ...]) -> None:
    both = {
        f"[{term}] {language} {phrase!r} is a label of {other}: {label}"
        for term, other in permutations(group, 2)
        for language, phrase, label in labels(term)
        if label not in ALLOWED and is_label(label, other)
    }
    assert not both


def test_no_overlap_is_allowed_that_there_is_not() -> None:
    for label in ALLOWED:
        assert any(len(announced(label, group)) > 1 for group in EXCLUSIVE), label


def test_every_term_that_is_asked_for_has_phrases() -> None:
    asked = {*_totals.LABELS, *_parties._LABELS_OF_OTHERS, *LABELS}
    assert asked <= set(terms_of("labels"))
    with pytest.raises(KeyError):
        is_label("Rechnung", "no_such_term")


def test_no_phrase_of_a_language_is_written_twice() -> None:
    for table in ("labels", "headings", "lines", "sentences"):
        for term in terms_of(table):
            for language, texts in by_language(f"{table}.{term}").items():
                folded = [text.casefold() for text in texts]
                assert len(folded) == len(set(folded)), f"{language}.toml: [{table}] {term}"


@pytest.mark.parametrize("text", HOSTILE)
@pytest.mark.exhaustive
def test_no_text_makes_the_comparison_slow(text: str) -> None:
    compiled = [
        phrases(f"{table}.{term}") for table in ("labels", "headings", "lines", "sentences") for term in terms_of(table)
    ]

    def of(length: int) -> Callable[[], object]:
        texts = [normalised(text)[: length - len(ending)] + ending for ending in ("", "x", " x", " eur")]
        return lambda: [pattern.fullmatch(one) for pattern in compiled for one in texts]

    assert grows_gently(of, 80)


@pytest.mark.parametrize(
    ("phrase", "why"),
    [
        ("Rechnung [Nr", "']' is due"),
        ("Rechnung (Nr]", r"'\)' is due"),
        ("Rechnung Nr)", "its end"),
        ("Rechnung|Faktura", "its end"),
        ("Rechnung <nummer>", "<nummer> is neither"),
        ("Rechnung <", "alone"),
        ("* a * b * c *", "more than 3"),
        ("[Rechnung] *", "all of it may be absent"),
        ("Rechnung §", "neither letter nor digit"),
    ],
)
def test_a_phrase_that_cannot_be_read_says_which_where_and_why(phrase: str, why: str) -> None:
    with pytest.raises(PhraseError, match=rf"de\.toml: \[labels\] net: .*{why}"):
        _read(phrase, "de.toml: [labels] net")


def test_countries_are_known_by_their_names_in_several_languages() -> None:
    assert {"osterreich", "austria", "autriche"} <= set(COUNTRIES["AT"])
    assert all(name == normalised(name) for names in COUNTRIES.values() for name in names)


@pytest.mark.parametrize(
    "name", ["Muster GmbH & Co. KG", "Dupont SARL", "Rossi S.r.l.", "Jansen B.V.", "Kowalski Sp. z o.o."]
)
def test_a_firm_is_told_by_its_legal_form(name: str) -> None:
    assert LEGAL_FORM.search(name)
    assert not LEGAL_FORM.search("Agnes Agard")

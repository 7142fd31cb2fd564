"""What code makes of whole documents without a model: exact fields with their grounds, and nothing where there is nothing."""

from __future__ import annotations

import asyncio
from decimal import Decimal

import pytest

from agents.documents import read_document
from agents.documents.reading import Box, HiddenText, Reading
from agents.fields.checks import check
from agents.fields.grounds import Ground
from agents.fields.schema import rows
from agents.pages import Draft, draft
from tests.agents.drawn_pages import page
from tests.evals.corpus.drawn import cases
from tests.evals.corpus.kit import Case, render

DE = page(
    "Muster Metallbau GmbH, Hafenstr. 12, 20457 Hamburg",
    "",
    "Beispiel Handels AG                             Rechnungs-Nr.:     RE-2025-0417",
    "Einkauf                                         Rechnungsdatum:    14.03.2025",
    "Frau Petra Klein                                Lieferdatum:       11.03.2025",
    "Lindenweg 3                                     Kunden-Nr.:        55012",
    "50667 Köln                                      Ihre Bestellung:   B-8841",
    "",
    "Rechnung",
    "",
    "Pos  Bezeichnung              Menge      Preis     Betrag",
    "1    Geländer                     2     250,00     500,00",
    "2    Montage                      4      65,00     260,00",
    "",
    "Nettobetrag                                        760,00",
    "USt 19 %                                           144,40",
    "Rechnungsbetrag EUR                                904,40",
    "",
    "Zahlbar bis 13.04.2025 ohne Abzug.",
    "",
    "Muster Metallbau GmbH   HRB 12345   IBAN: DE02 1203 0000 0000 2020 51",
    "www.muster-metallbau.de   USt-IdNr.: DE136695976   BIC: BYLADEM1001",
)
FR = page(
    "Ateliers Dupont SARL                              FACTURE",
    "12 rue des Lilas                                  Facture n° : F-2025-118",
    "69003 Lyon                                        Date de facture : 05/02/2025",
    "SIRET : 732 829 320 00074                         Date d'échéance : 07/03/2025",
    "N° TVA : FR44732829320",
    "",
    "Client :",
    "Librairie Martin SAS",
    "8 avenue Foch",
    "75016 Paris",
    "",
    "Désignation                       Qté     P.U. HT    Total HT",
    "Étagère en chêne                    3      120,00      360,00",
    "Pose                                2       45,00       90,00",
    "",
    "Total HT                                               450,00",
    "TVA 20 %                                                90,00",
    "Total TTC                                              540,00 €",
    "",
    "IBAN : FR14 2004 1010 0505 0001 3M02 606   BIC : PSSTFRPPLYO",
)
EN = page(
    "Northwind Papers Ltd                              INVOICE",
    "4 Mill Lane",
    "Leeds LS1 4AP                                     Invoice number      INV-20931",
    "United Kingdom                                    Invoice date        3 February 2025",
    "VAT no. GB 980 7806 84                            Due date            5 March 2025",
    "                                                  Your order          PO-771",
    "Bill to:",
    "Harbour Books Limited",
    "22 Quay Street",
    "Bristol BS1 4DJ",
    "",
    "Description                        Qty       Price      Amount",
    "Copy paper, A4                      10        4.20       42.00",
    "Ink, black                           3       16.00       48.00",
    "",
    "Subtotal                                                £90.00",
    "VAT 20%                                                 £18.00",
    "Total                                                  £108.00",
    "",
    "Account name: Northwind Papers Ltd",
    "IBAN: GB29 NWBK 6016 1331 9268 19",
)
NL = page(
    "Bakkerij De Molen B.V.",
    "Kerkstraat 5",
    "3511 AB Utrecht",
    "KvK: 30123456",
    "BTW-nummer: NL004495445B01",
    "",
    "Factuur aan:                                      FACTUUR",
    "Hotel Zeezicht B.V.                               Factuurnummer: 2025-0093",
    "Strandweg 11                                      Factuurdatum: 17-01-2025",
    "2586 JK Den Haag                                  Vervaldatum: 31-01-2025",
    "",
    "Omschrijving                       Aantal      Prijs     Bedrag",
    "Volkorenbrood                          40       2,50     100,00",
    "Croissant                              50       1,20      60,00",
    "",
    "Totaal excl. btw                                         160,00",
    "Btw 9%                                                    14,40",
    "Totaal incl. btw                                       € 174,40",
    "",
    "IBAN: NL91 ABNA 0417 1643 00 t.n.v. Bakkerij De Molen B.V.",
)
IT = page(
    "Officina Rossi S.r.l.                             FATTURA",
    "Via Garibaldi 14                                  Numero fattura: 88/2025",
    "20121 Milano                                      Data fattura: 20/05/2025",
    "P.IVA: IT00743110157                              Scadenza: 19/06/2025",
    "",
    "Cliente:",
    "Trattoria Bella Vista S.n.c.",
    "Via Roma 2",
    "10121 Torino",
    "",
    "Descrizione                       Quantità     Prezzo    Importo",
    "Riparazione forno                        1     180,00     180,00",
    "Guarnizione                              4       5,00      20,00",
    "",
    "Totale imponibile                                         200,00",
    "IVA 22%                                                    44,00",
    "Totale fattura EUR                                        244,00",
    "",
    "IBAN: IT60 X054 2811 1010 0000 0123 456",
)

PAGES = {"de": DE, "fr": FR, "en": EN, "nl": NL, "it": IT}
DRAFTS = {language: draft(reading) for language, reading in PAGES.items()}
HEADER = (
    "invoice_number", "issue_date", "due_date", "currency", "seller.name", "seller.vat_id", "buyer.name", "payment.iban",
)  # fmt: skip


@pytest.mark.parametrize(
    ("language", "header"),
    [
        (
            "de",
            "RE-2025-0417|2025-03-14|2025-04-13|EUR|Muster Metallbau GmbH|DE136695976|Beispiel Handels AG"
            "|DE02120300000000202051",
        ),
        (
            "fr",
            "F-2025-118|2025-02-05|2025-03-07|EUR|Ateliers Dupont SARL|FR44732829320|Librairie Martin SAS"
            "|FR1420041010050500013M02606",
        ),
        (
            "en",
            "INV-20931|2025-02-03|2025-03-05|GBP|Northwind Papers Ltd|GB980780684|Harbour Books Limited"
            "|GB29NWBK60161331926819",
        ),
        (
            "nl",
            "2025-0093|2025-01-17|2025-01-31|EUR|Bakkerij De Molen B.V.|NL004495445B01|Hotel Zeezicht B.V."
            "|NL91ABNA0417164300",
        ),
        (
            "it",
            "88/2025|2025-05-20|2025-06-19|EUR|Officina Rossi S.r.l.|IT00743110157|Trattoria Bella Vista S.n.c."
            "|IT60X0542811101000000123456",
        ),
    ],
)
def test_the_header_of_a_small_invoice_is_found_in_its_language(language: str, header: str) -> None:
    fields = DRAFTS[language].fields
    assert [fields[path].value if path in fields else None for path in HEADER] == header.split("|")


@pytest.mark.parametrize(
    ("language", "totals", "lines"),
    [
        ("de", ("760.00", "144.40", "904.40"), [("Geländer", "2", "500.00"), ("Montage", "4", "260.00")]),
        ("fr", ("450.00", "90.00", "540.00"), [("Étagère en chêne", "3", "360.00"), ("Pose", "2", "90.00")]),
        ("en", ("90.00", "18.00", "108.00"), [("Copy paper, A4", "10", "42.00"), ("Ink, black", "3", "48.00")]),
        ("nl", ("160.00", "14.40", "174.40"), [("Volkorenbrood", "40", "100.00"), ("Croissant", "50", "60.00")]),
        ("it", ("200.00", "44.00", "244.00"), [("Riparazione forno", "1", "180.00"), ("Guarnizione", "4", "20.00")]),
    ],
)
def test_its_totals_and_lines_are_proved(
    language: str, totals: tuple[str, ...], lines: list[tuple[str, str, str]]
) -> None:
    fields = DRAFTS[language].fields
    sums = [fields[f"totals.{k}"] for k in ("tax_basis_total", "tax_total", "grand_total")]
    assert tuple(f.value for f in sums) == totals
    table = rows(fields, "lines")
    assert [(r["name"].value, r["quantity"].value, r["net_amount"].value) for r in table] == lines
    assert [f.grounds for f in [*sums, *(r["net_amount"] for r in table)]] == [["proved"]] * (3 + len(table))


@pytest.mark.parametrize(
    ("path", "grounds"),
    [
        ("invoice_number", ["label"]),
        ("issue_date", ["label"]),
        ("payment.iban", ["check digits", "only"]),
        ("seller.vat_id", ["check digits", "only"]),
        ("seller.name", ["firm"]),
        ("currency", ["only"]),
        ("type_code", ["title"]),
        ("totals.due_payable", ["follows"]),
    ],
)
def test_values_of_a_kind_rest_on_the_same_grounds_in_every_language(path: str, grounds: list[str]) -> None:
    read = {language: [g for g in made.fields[path].grounds if g != "confirmed"] for language, made in DRAFTS.items()}
    assert read == dict.fromkeys(PAGES, grounds)


def printed_within(reading: Reading, number: int, box: Box) -> str:
    """The words of a page whose middle lies within ``box``."""

    def inside(b: Box) -> bool:
        across, down = (b[0] + b[2]) / 2, (b[1] + b[3]) / 2
        return box[0] <= across <= box[2] and box[1] <= down <= box[3]

    return "".join(w.text for w in reading.words if w.page == number and inside(w.box))


def misplaced(made: Draft, reading: Reading) -> list[str]:
    """Fields whose evidence is beside the page, or not printed where it says."""
    found = []
    for path, field in made.fields.items():
        evidence = field.evidence
        if evidence.page is None:
            assert evidence.box is None
            assert evidence.locator
            continue
        sheet = reading.pages[evidence.page - 1]
        assert evidence.box is not None
        assert evidence.text
        left, top, right, bottom = evidence.box
        on_page = 0 <= left < right <= sheet.width and 0 <= top < bottom <= sheet.height
        words = "".join(evidence.text.split())
        if not on_page or words not in printed_within(reading, evidence.page, evidence.box):
            found.append(path)
    return found


@pytest.mark.parametrize("language", PAGES)
def test_what_a_field_rests_on_is_printed_where_it_says(language: str) -> None:
    assert misplaced(DRAFTS[language], PAGES[language]) == []


def test_two_names_one_above_the_other_are_a_ground_of_doubt() -> None:
    made = draft(page("Bill to:", "Corner Shop", "Mary Jones", "22 Quay Street", "Bristol BS1 4DJ"))
    assert made.fields["buyer.name"].grounds == ["two names"]
    assert [offer.value for offer in made.choices["buyer.name"]][:2] == ["Corner Shop", "Mary Jones"]


def test_hidden_text_gives_no_value() -> None:
    hidden = [
        HiddenText(text=text, page=1, box=(300, 0, 500, 8), why="white")
        for text in ("Invoice number: EVIL-1", "IBAN DE89 3704 0044 0532 0130 00", "Total 9,999.00")
    ]
    reading = EN.model_copy(update={"hidden": hidden, "hidden_text": 60, "metadata": {"title": "Invoice EVIL-1"}})
    assert draft(reading).fields == DRAFTS["en"].fields


def test_prose_has_no_values_but_a_day_and_a_kind_at_most() -> None:
    made = draft(
        page(
            "It was the best of times, it was the worst of times,",
            "it was the age of wisdom, it was the age of foolishness,",
            "it was the epoch of belief, it was the epoch of incredulity,",
            "it was the season of Light, it was the season of Darkness.",
        )
    )
    assert made.fields == {}
    assert (made.findings, made.kind, made.closes, made.table) == ([], None, False, None)
    assert draft(page()).fields == {}


def test_two_invoices_in_one_file_are_told_and_a_second_page_of_one_is_not() -> None:
    one = ("INVOICE", "Invoice number: INV-1001", "Net  100.00", "VAT 20 %  20.00", "Total  120.00")
    other = ("INVOICE", "Invoice number: INV-1002", "Net  50.00", "VAT 20 %  10.00", "Total  60.00")
    made = draft(page(*other, number=2, after=page(*one)))
    assert made.several
    assert [part.number for part in made.several.parts] == ["INV-1001", "INV-1002"]
    same = draft(page(*one, number=2, after=page(one[1], "Paper   2   50.00   100.00")))
    assert same.several is None


CORPUS = cases()
GUARDED = (
    "de-metall-1", "de-metall-2", "de-boxes-1", "at-wein-1", "ch-qr-1", "uk-join-1", "us-sup-1", "fr-impr-1",
    "it-mecc-1", "it-mecc-3", "pt-cort-1", "nl-fiets-1", "pl-pap-1", "se-snick-1", "dk-skib-1",
)  # fmt: skip
"""Documents of the corpus that code reads right without a model: letters in windows, boxes, credit notes, headings above
and labels behind, in ten languages. What is no longer read right here has been broken."""


@pytest.mark.parametrize("case", [c for c in CORPUS if c.doc.id in GUARDED], ids=lambda case: case.doc.id)
def test_documents_that_code_reads_right_stay_so(case: Case) -> None:
    data, truth = render(case)
    reading = asyncio.run(read_document(data, "a.pdf", seconds=30, memory_mb=512))
    made = draft(reading)
    found = {path: field.value for path, field in made.fields.items()}
    assert found["invoice_number"] == truth["invoice_number"]
    assert found["issue_date"] == truth["issue_date"]
    assert Decimal(found["totals.grand_total"]) == Decimal(str(truth["totals"]["grand_total"]))
    assert misplaced(made, reading) == []


def test_every_guarded_document_is_in_the_corpus() -> None:
    assert set(GUARDED) <= {case.doc.id for case in CORPUS}


@pytest.mark.parametrize(
    ("tax", "total", "fits"),
    [
        ("VAT 20 %   80.00", "480.00", True),
        ("VAT 20 %   80.03", "480.03", True),  # rounded by line
        ("VAT 20 %   90.00", "490.00", False),
        ("VAT 20 %   70.00", "470.00", False),
        ("VAT 20 %   48.00", "448.00", True),  # of the first line alone: the other is exempt
        ("19 % MwSt   90.00", "490.00", False),
        ("TVA 20,00 %   90.00", "490.00", False),
        ("BTW 21%   90.00", "490.00", False),
        ("VAT   90.00", "490.00", True),  # no rate is printed
    ],
)
def test_a_tax_that_does_not_fit_the_rate_printed_with_it_is_an_error_and_never_proved(
    tax: str, total: str, fits: bool
) -> None:
    fields = draft(
        page(
            "INVOICE",
            "Description    Quantity   Unit price   Amount",
            "Shop sign 2 m         2       120.00   240.00",
            "Fitting               4        40.00   160.00",
            "                        Net total      400.00",
            f"                        {tax}",
            f"                        Total EUR      {total}",
        )
    ).fields
    assert ("BR-CO-17" in [f.rule for f in check(fields) if f.is_error]) is not fits
    if not fits:
        assert Ground.PROVED not in {
            g for path in ("totals.tax_total", "totals.grand_total") for g in fields[path].grounds
        }

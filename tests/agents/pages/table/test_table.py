"""Tables of lines are found by where words stand and by what multiplies and adds up; nothing is claimed that does not."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from decimal import Decimal

import pytest

from agents.documents.layout import Layout
from agents.documents.reading import Reading
from agents.pages.table._headings import roles
from agents.pages.table._reading import Table, find_table
from tests.agents.drawn_pages import page
from tests.growth import grows_gently


def table(*lines: str, totals: tuple[str, ...] = (), reading: Reading | None = None) -> Table:
    """The table of a page of ``lines``, which must have one."""
    found = find_table(Layout(reading or page(*lines)), totals=[Decimal(t) for t in totals])
    assert found is not None
    return found


def column(found: Table, name: str) -> list[str | None]:
    """What the rows have in a column."""
    return [row.cells[name].value if name in row.cells else None for row in found.rows]


GRID = (
    "Pos  Artikel-Nr.  Bezeichnung                 Menge  ME     Einzel-     Gesamt-    MwSt",
    "                                                           preis EUR   preis EUR     %",
    "1    4711         Bohrmaschine 500 W             2  Stk        89,90      179,80    19",
    "2    4712         Bohrer-Set                    10  Stk         4,25       42,50    19",
    "                                         Nettosumme                       222,30",
    "                                         USt 19 %                          42,24",
    "                                         Gesamtbetrag                     264,54",
)


def test_a_grid_with_headings_on_two_lines_is_read_in_full() -> None:
    found = table(*GRID)
    assert column(found, "id") == ["1", "2"]
    assert column(found, "name") == ["Bohrmaschine 500 W", "Bohrer-Set"]
    assert column(found, "quantity") == ["2", "10"]
    assert column(found, "unit") == ["Stk", "Stk"]
    assert column(found, "unit_price_net") == ["89.90", "4.25"]
    assert column(found, "net_amount") == ["179.80", "42.50"]
    assert column(found, "tax_rate") == ["19", "19"]
    assert found.proved
    assert found.closed
    assert found.total == Decimal("222.30")
    assert found.header_lines == (0, 1)
    assert (found.first_line, found.last_line) == (0, 3)


def test_a_cell_says_what_is_printed_and_where() -> None:
    cell = table(*GRID).rows[1].cells["net_amount"]
    assert (cell.text, cell.page, cell.box[1], cell.box[3]) == ("42,50", 1, 30.0, 38.0)


def test_a_table_without_headings_is_found_by_what_multiplies() -> None:
    found = table(
        "ACME Ltd                                            Invoice 12",
        "Widget, large            4      12.50      50.00",
        "Widget, small           10       1.20      12.00",
        "Subtotal                                   62.00",
        "VAT 20%                                    12.40",
        "Total                                      74.40",
    )
    assert column(found, "name") == ["Widget, large", "Widget, small"]
    assert column(found, "quantity") == ["4", "10"]
    assert found.proved


def test_headings_in_a_language_nobody_taught_it_do_no_harm() -> None:
    found = table(
        "Tuote                 Kpl      Hinta      Yhteensä",
        "Paperi                 10       2,50         25,00",
        "Kynä                    4       1,25          5,00",
        "                                             30,00",
        totals=("30.00",),
    )
    assert column(found, "name") == ["Paperi", "Kynä"]
    assert found.proved


def test_a_unit_may_stand_behind_the_quantity_in_its_cell() -> None:
    found = table(
        "Leistung                                  Menge          Preis         Betrag",
        "Wartung der Heizung                       2,5 Std.     80,00 €       200,00 €",
        "Filter                                    3 Stück      12,00 €        36,00 €",
        "Summe netto                                                          236,00 €",
    )
    assert column(found, "quantity") == ["2.5", "3"]
    assert column(found, "unit") == ["Std.", "Stück"]
    assert found.proved


def test_a_price_may_say_for_what_it_is() -> None:
    found = table(
        "Leistung       Zeitraum                  Verbrauch      Preis            Betrag",
        "Arbeitspreis   01.01.2026-31.03.2026     1.234 kWh   0,2850 €/kWh      351,69 €",
        "Grundpreis     01.01.2026-31.03.2026     3 Monate   10,0000 €/Monat     30,00 €",
        "Summe netto                                                            381,69 €",
    )
    assert column(found, "quantity") == ["1234", "3"]
    assert column(found, "unit_price_net") == ["0.2850", "10.0000"]
    assert found.proved


def test_a_wrapped_name_is_joined_and_a_note_is_not() -> None:
    found = table(
        "Artikel                                Menge    Preis    Summe",
        "Notebook mit Tastatur und                  1   900,00   900,00",
        "Beleuchtung",
        "SN: 12345678",
        "Maus                                       2    20,00    40,00",
        "Farbe: rot",
        "Netto                                                   940,00",
    )
    assert column(found, "name") == ["Notebook mit Tastatur und Beleuchtung", "Maus"]
    assert [(row.first_line, row.last_line) for row in found.rows] == [(1, 3), (4, 5)]


def test_a_name_may_begin_above_its_numbers() -> None:
    found = table(
        "Bezeichnung                          Menge      Preis      Betrag",
        "Wartung der Anlage",
        "gemäß Vertrag 12                         1     100,00      100,00",
        "Austausch der Pumpe",
        "Typ Alpha 2                              2      50,00      100,00",
        "Summe netto                                                200,00",
    )
    names = column(found, "name")
    assert [str(name)[:8] for name in names] == ["Wartung ", "Austausc"]
    assert found.proved


def test_numbers_may_stand_beside_the_middle_of_a_description() -> None:
    made = page(
        "Désignation                          Qté     P.U. HT     Total HT",
        "",
        "Prestation support",
        "                                       2       60,00       120,00",
        "Période : janvier",
        "",
        "Fournitures diverses",
        "                                       3       10,00        30,00",
        "Date : 31/01",
        "",
        "Total HT                                                   150,00",
    )
    found = table(reading=made)
    assert column(found, "name") == ["Prestation support", "Fournitures diverses"]
    assert found.proved


def test_an_amount_may_stand_before_the_description() -> None:
    found = table(
        "Qty   Unit price   Amount     Description",
        "2     50.00        100.00     Consulting on site",
        "1     25.00        25.00      Travel",
        "Net total          125.00",
    )
    assert column(found, "name") == ["Consulting on site", "Travel"]
    assert column(found, "net_amount") == ["100.00", "25.00"]
    assert found.proved


def test_an_amount_may_stand_on_the_line_below() -> None:
    found = table(
        "Pos  Beschreibung                 Nettopreis   Menge    Steuersatz   Nettobetrag",
        "1    Kunstrasen                         4,00    3 m²          19 %",
        "                                                                           12,00",
        "     aus Kunststoff",
        "2    Schweinesteak                      5,50    5 kg           7 %",
        "                                                                           27,50",
        "Positionssumme                                                             39,50",
    )
    assert column(found, "quantity") == ["3", "5"]
    assert column(found, "net_amount") == ["12.00", "27.50"]
    assert column(found, "tax_rate") == ["19", "7"]
    assert found.proved


def test_which_of_ambiguous_headings_is_the_quantity_the_arithmetic_says() -> None:
    found = table(
        "Amount    Product          VAT    Price      Total",
        "2.00      Balloons         19%     0.79       1.58",
        "800.00    Hot air           7%    0.025      20.00",
        "Net total                                    21.58",
    )
    assert column(found, "quantity") == ["2.00", "800.00"]
    assert column(found, "net_amount") == ["1.58", "20.00"]
    assert found.proved


def test_a_discount_column_explains_an_amount_that_is_less() -> None:
    found = table(
        "Art.       Omschrijving            Aantal   Prijs    Korting %    Bedrag",
        "A-100      Bureaustoel                  4   150,00          10    540,00",
        "A-200      Bureaulamp                   2    35,00                 70,00",
        "Totaal excl. BTW                                                  610,00",
    )
    assert column(found, "unit_price_net") == ["150.00", "35.00"]
    assert found.proved


def test_a_price_may_be_for_a_hundred() -> None:
    found = table(
        "Description          Qty     Price per 100    Amount",
        "Screws M4            250              4.00     10.00",
        "Nuts M4             1000              2.50     25.00",
        "Net                                            35.00",
    )
    assert column(found, "unit_price_net") == ["4.00", "2.50"]
    assert found.proved


def test_a_table_goes_on_over_pages_and_what_is_carried_is_no_line() -> None:
    first = page(
        "Description              Qty    Unit Price      Total",
        "Server hosting             1        100.00     100.00",
        "Backup service             2         20.00      40.00",
        "Carried forward                                140.00",
    )
    both = page(
        "Some Ltd   Customer 47774             Page 2 of     2",
        "Description              Qty    Unit Price      Total",
        "Brought forward                                140.00",
        "Support hours              3         60.00     180.00",
        "Total net                                      320.00",
        number=2,
        after=first,
    )
    found = table(reading=both)
    assert column(found, "name") == ["Server hosting", "Backup service", "Support hours"]
    assert found.proved
    assert found.total == 320
    assert [row.cells["name"].page for row in found.rows] == [1, 1, 2]


def test_a_second_page_needs_no_headings_of_its_own() -> None:
    first = page(
        "Pos   Bezeichnung        Menge    Preis    Betrag", "1     Stuhl                  2    50,00    100,00"
    )
    both = page(
        "Kundennr.                                      47774",
        "2     Tisch                  1    80,00     80,00",
        "Netto                                      180,00",
        number=2,
        after=first,
    )
    found = table(reading=both)
    assert column(found, "name") == ["Stuhl", "Tisch"]
    assert found.proved


@pytest.mark.parametrize(
    ("lines", "prices"),
    [
        (
            (
                "ITEM        DESCRIPTION                 HOURS      RATE         AMOUNT",
                "1           Website design                 12     $95.00      $1,140.00",
                "2           Logo                            1    $450.00        $450.00",
                "                                               SUBTOTAL      $1,590.00",
            ),
            ["95.00", "450.00"],
        ),
        (
            (
                "Bezeichnung               Anzahl     Ansatz CHF      Total CHF",
                "Beratung                      8         180.00       1'440.00",
                "Konzept                       1       1'234.50       1'234.50",
                "Total exkl. MWST                                     2'674.50",
            ),
            ["180.00", "1234.50"],
        ),
        (
            (
                "Désignation                     Quantité     Prix unitaire HT     Total HT",
                "Étude technique                        3             1 234,56     3 703,68",
                "Rapport                                1               500,00       500,00",
                "Total HT                                                         4 203,68",
            ),
            ["1234.56", "500.00"],
        ),
        (
            (
                "Codice   Descrizione                 U.M.    Q.tà     Prezzo unit.    Importo     IVA",
                "X01      Fornitura cemento            kg      500         0,45         225,00      22",
                "X02      Trasporto                    nr        1        80,00          80,00      22",
                "Totale imponibile                                                      305,00",
            ),
            ["0.45", "80.00"],
        ),
        (
            (
                "Lp.  Nazwa towaru / usługi      J.m.   Ilość   Cena netto   Wartość netto   VAT %   Wartość brutto",
                "1    Usługa programistyczna     godz.     10       150,00        1 500,00     23         1 845,00",
                "2    Hosting                    szt.       1       100,00          100,00     23           123,00",
                "Razem                                                            1 600,00                1 968,00",
            ),
            ["150.00", "100.00"],
        ),
        (
            (
                "Concepto                      Cantidad     Precio      Importe",
                "Diseño gráfico                      10      30,00       300,00",
                "Impresión folletos               1.000       0,12       120,00",
                "Base imponible                                         420,00",
            ),
            ["30.00", "0.12"],
        ),
    ],
    ids=["US", "Swiss", "French", "Italian", "Polish", "Spanish"],
)
def test_numbers_are_read_as_the_country_prints_them(lines: tuple[str, ...], prices: list[str]) -> None:
    found = table(*lines)
    assert column(found, "unit_price_net") == prices
    assert found.proved


def test_three_decimals_are_told_from_thousands_by_what_multiplies() -> None:
    found = table(
        "Bezeichnung          Menge       Preis     Betrag",
        "Diesel            1.250,500 l     1,20    1.500,60",
        "Öl                    5,000 l     8,00       40,00",
        "Netto                                     1.540,60",
    )
    assert column(found, "quantity") == ["1250.500", "5.000"]
    assert found.proved


def test_what_is_taken_back_has_a_minus() -> None:
    found = table(
        "Beschreibung          Menge      Preis       Betrag",
        "Rückgabe Lampe           -2      45,00       -90,00",
        "Bearbeitung               1      10,00        10,00",
        "Netto                                        -80,00",
    )
    assert column(found, "quantity") == ["-2", "1"]
    assert column(found, "net_amount") == ["-90.00", "10.00"]
    assert found.total == -80
    assert found.proved


def test_one_service_may_have_no_more_than_words_and_an_amount() -> None:
    lines = (
        "Beratungsleistungen im Monat Mai 2026                1.500,00",
        "Nettobetrag                                          1.500,00",
        "19 % USt                                               285,00",
        "Rechnungsbetrag                                      1.785,00",
    )
    headed = f"{'Beschreibung':53}Betrag"
    for found in (table("Rechnung 7", *lines, totals=("1500.00",)), table(headed, *lines)):
        assert column(found, "name") == ["Beratungsleistungen im Monat Mai 2026"]
        assert column(found, "net_amount") == ["1500.00"]
        assert not found.proved


def test_words_and_amounts_that_make_a_given_total_are_lines() -> None:
    lines = (
        "Ihre Kosten im Überblick                                        EUR",
        "Monatliche Grundgebühren                                      29,41",
        "Verbindungen                                                   4,20",
        "Summe netto                                                   33,61",
        "19 % Umsatzsteuer                                              6,39",
        "Rechnungsbetrag                                               40,00",
    )
    found = table(*lines, totals=("33.61",))
    assert column(found, "net_amount") == ["29.41", "4.20"]
    assert found.proved
    assert not table(*lines).proved  # what nobody knows to be the total proves nothing


def test_allowances_and_charges_on_the_whole_are_no_lines() -> None:
    found = table(
        "Description    Qty    Price    Amount",
        "Apples           2    10.00     20.00",
        "Pears            1     5.00      5.00",
        "Subtotal                        25.00",
        "Discount 10%                    -2.50",
        "Shipping                         4.00",
        "Net total                       26.50",
        totals=("26.50",),
    )
    assert column(found, "name") == ["Apples", "Pears"]
    assert found.total == 25
    assert found.proved
    assert [(a.text, a.amount) for a in found.adjustments] == [
        ("Discount 10%", Decimal("-2.50")),
        ("Shipping", Decimal("4.00")),
    ]


def test_freight_with_a_quantity_and_a_price_is_a_line() -> None:
    found = table(
        "Article             Qté    PU HT    Total HT",
        "Livre                 2    10,00       20,00",
        "Frais de port         1     4,90        4,90",
        "Total HT                               24,90",
    )
    assert column(found, "name") == ["Livre", "Frais de port"]
    assert not found.adjustments
    assert found.proved


def test_an_allowance_under_a_line_lowers_its_amount_where_the_sum_says_so() -> None:
    found = table(
        "Pos  Bezeichnung             Menge      Preis      Gesamt",
        "1    Tisch                       1     200,00      200,00",
        "     abzgl. 10 % Rabatt                            -20,00",
        "2    Stuhl                       4      50,00      200,00",
        "     Zwischensumme                                 380,00",
        "     Versandkosten                                  15,00",
        "     Nettobetrag                                   395,00",
    )
    assert column(found, "net_amount") == ["180.00", "200.00"]
    assert found.total == 380
    assert found.proved
    assert found.rows[0].cells["net_amount"].text == "200,00 -20,00"
    assert [(a.text, a.amount) for a in found.adjustments] == [("Versandkosten", Decimal("15.00"))]


def test_words_of_totals_in_a_name_do_not_end_the_table() -> None:
    found = table(
        "Description              Qty    Price     Amount",
        "Total station hire         2    50.00     100.00",
        "Tax advice                 1   200.00     200.00",
        "Net amount                                300.00",
    )
    assert column(found, "name") == ["Total station hire", "Tax advice"]
    assert found.proved


def test_group_headings_and_subtotals_are_no_lines() -> None:
    found = table(
        "Pos   Bezeichnung           Menge     EP        GP",
        "1     Erdarbeiten",
        "1.1   Aushub                   10   20,00    200,00",
        "1.2   Verfüllung                5   10,00     50,00",
        "      Zwischensumme Titel 1                  250,00",
        "2     Maurerarbeiten",
        "2.1   Mauerwerk                20   30,00    600,00",
        "      Zwischensumme Titel 2                  600,00",
        "      Nettosumme                             850,00",
    )
    assert column(found, "id") == ["1.1", "1.2", "2.1"]
    assert found.total == 850
    assert found.proved


def test_an_amount_that_includes_tax_is_not_given_as_net() -> None:
    by_heading = table(
        "Artikel                   Aantal    Prijs per stuk    BTW    Prijs incl. BTW",
        "Apple iPad Air                 1          € 399,00    21%           € 399,00",
        "Subtotaal                                                           € 399,00",
    )
    by_sum = table(
        "Artikel                 Anzahl    Preis       Summe",
        "Kaffeemaschine               1    119,00     119,00",
        "Kaffee                       2     10,70      21,40",
        "Gesamtsumme                                  140,40",
        "darin enthaltene MwSt 19%: 22,42",
        "Netto: 117,98",
    )
    for found in (by_heading, by_sum):
        assert found.gross
        assert not found.proved
        assert found.total is None
        assert set(column(found, "net_amount") + column(found, "unit_price_net")) == {None}
    assert column(by_sum, "name") == ["Kaffeemaschine", "Kaffee"]
    assert column(by_sum, "quantity") == ["1", "2"]


def test_a_line_total_with_tax_leaves_the_price_without() -> None:
    found = table(
        "Description      Qty    Unit price    VAT %    VAT     Total",
        "Desk               2        100.00       20   40.00   240.00",
        "Chair              4         50.00       20   40.00   240.00",
        "Net                                                   400.00",
    )
    assert column(found, "unit_price_net") == ["100.00", "50.00"]
    assert column(found, "tax_rate") == ["20", "20"]
    assert column(found, "net_amount") == ["200.00", "200.00"]  # follows, and is no printed sum
    assert all(row.cells["net_amount"].derived for row in found.rows)
    assert found.proved


def test_a_line_that_contradicts_itself_is_not_proved() -> None:
    found = table(
        "Beschreibung          Menge      Preis       Betrag",
        "Lampe                     2      45,00        95,00",
        "Kabel                     1      10,00        10,00",
        "Netto                                        105,00",
    )
    assert [row.proved for row in found.rows] == [False, True]
    assert found.closed
    assert not found.proved


def test_a_table_that_misses_a_line_is_not_proved() -> None:
    found = table(
        "Description    Qty    Price    Amount",
        "Apples           2    10.00     20.00",
        "Pears            1     5.00      5.00",
        "Net total                       45.00",
        "VAT 20%                          9.00",
        "Total                           54.00",
    )
    assert all(row.proved for row in found.rows)
    assert not found.closed
    assert not found.proved


def test_a_line_that_is_missed_is_not_made_good_by_the_basis_of_a_rate() -> None:
    found = table(
        "Menge    Produkt           USt.    Preis      Gesamtbetrag",
        "400      Luftballon         19%     0,79            316,00",
        "200      Heiße Luft         19%     0,10             20,00",
        "Nettobetrag: 496,00 EUR",
        "USt. Satz    Nettopreis    Ust.-Betrag",
        "7%           160,00        11,20",
        "19%          336,00        63,84",
        "Gesamtbetrag: 571,04 EUR",
    )
    assert len(found.rows) == 2
    assert not found.closed


def test_what_is_left_to_pay_is_no_sum_of_lines() -> None:
    found = table(
        "Désignation      Qté    P.U. HT    Total HT",
        "Support            1      60,00       60,00",
        "Fournitures        3      10,00       30,00",
        "Total HT                             100,00",
        "Acompte                               10,00",
        "NET A PAYER                           90,00",
    )
    assert not found.closed


def test_tax_and_sums_in_words_it_does_not_know_are_no_lines() -> None:
    found = table(
        "Beskrivelse            Antall    Pris     Beløp",
        "Stol                        2   50,00    100,00",
        "Bord                        1   80,00     80,00",
        "Alt i alt                                180,00",
        "Avgift 25 %                               45,00",
        "Slutt                                    225,00",
    )
    assert column(found, "name") == ["Stol", "Bord"]
    taxed = table(
        "Description                       Quantity      Unit Price    Taxes       Amount",
        "Customizable Desk               2.00 Units         750.00    20% VAT     $ 1,500.00",
        "Desk Combination                1.00 Units         450.00    20% VAT     $ 450.00",
        "                                Untaxed Amount                           $ 1,950.00",
        "                                VAT 20% on $ 1,950.00                    $ 390.00",
        "                                Total                                    $ 2,340.00",
    )
    assert taxed.total == 1950
    assert taxed.proved
    assert column(taxed, "tax_rate") == ["20", "20"]


def test_a_table_of_tax_rates_is_not_the_table_of_lines() -> None:
    found = table(
        "VAT rate    Base      Tax amount",
        "20%         100.00    20.00",
        "Item                  Qty   Price    Total",
        "Box                     5   20.00    100.00",
        "Total excl. VAT                      100.00",
    )
    assert column(found, "name") == ["Box"]
    assert found.proved


def test_a_product_in_words_gives_quantity_and_price() -> None:
    found = table(
        "Location sound recordist, Orford shoot",
        "  6 days @ GBP 340.00                              2,040.00",
        "Kit hire",
        "  6 days @ GBP 95.00                                 570.00",
        "TOTAL DUE IN POUNDS STERLING                       2,610.00",
        totals=("2610.00",),
    )
    assert column(found, "name") == ["Location sound recordist, Orford shoot", "Kit hire"]
    assert column(found, "quantity") == ["6", "6"]
    assert column(found, "unit_price_net") == ["340.00", "95.00"]
    assert found.proved


def test_of_columns_nobody_taught_it_the_wordiest_has_the_names() -> None:
    found = table(
        "Ticket    On hire     Plant / attachment         Weeks     Rate     Charge    VAT 20%     Gross",
        "T81000    01/05/25    Excavator 1.5t                 2    75.00     150.00      30.00    180.00",
        "T81007    02/05/25    Dumper 3t swivel               3    90.00     270.00      54.00    324.00",
        "INVOICE TOTALS                                                     420.00      84.00    504.00",
    )
    assert column(found, "name") == ["Excavator 1.5t", "Dumper 3t swivel"]
    assert column(found, "quantity") == ["2", "3"]
    assert found.proved


def test_a_price_in_pence_and_an_amount_with_the_letter_of_a_tax_code_are_read() -> None:
    pence = table(
        "Collection              Litres     Pence per litre       Value £",
        "Raw milk, standard      28,450              39.250     11,166.63",
        "Haulage deduction       28,450              -0.460       -130.87",
        "Total value of milk                                    11,035.76",
    )
    assert column(pence, "quantity") == ["28450", "28450"]
    assert pence.proved
    lettered = table(
        "Quantity    Item Code    Description               Price Each      Amount",
        "2           SP-40        Stock pot, aluminum           118.50     237.00T",
        "24          PAN1826      Sheet pan, full size            9.75     234.00T",
        "Subtotal                                                          $471.00",
    )
    assert column(lettered, "net_amount") == ["237.00", "234.00"]
    assert lettered.proved


def set_at(reading: Reading, tops: Mapping[int, float], height: float) -> Reading:
    """``reading`` with its lines, by number, at other places down the page."""
    words = [
        w.model_copy(update={"box": (w.box[0], tops[w.line], w.box[2], tops[w.line] + height)}) for w in reading.words
    ]
    return reading.model_copy(update={"words": words})


def test_what_looks_like_the_number_of_an_article_is_no_name() -> None:
    found = table(
        "SAWN-100    Sawn treated board          2.00      14.62       29.24",
        "MR-174      Moisture resistant sheet   20.00      27.15      543.00",
        "Total goods                                                  572.24",
    )
    assert column(found, "name") == ["Sawn treated board", "Moisture resistant sheet"]
    assert found.proved


def test_a_heading_with_the_sign_of_a_currency_is_of_amounts_and_ends_before_that_of_the_tax() -> None:
    found = table(
        "Stock code   Details                   Qty Per    Price   Disc%       Goods £ VAT",
        "OAK-285      Oak door blank           16.00 Ea   118.00             1,888.00  T1",
        "TILE-322     Tile batten              25.00 Mtr    0.94   20.00        18.80  T1",
        "Total goods                                                         1,906.80",
    )
    assert column(found, "name") == ["Oak door blank", "Tile batten"]
    assert column(found, "unit_price_net") == ["118.00", "0.94"]
    assert found.proved


def test_a_letter_for_a_rate_of_tax_is_read_where_the_document_says_what_it_stands_for() -> None:
    lines = (
        "Anz.         Was                         à EUR   netto EUR    Satz",
        "65 Pers.     Buffet                      18,40    1.196,00     B",
        "21,5 Std.    Servicepersonal             34,00      731,00     A",
        "Netto                                             1.927,00",
        "",
        "A = 19 %     731,00      138,89",
        "B = 7 %    1.196,00       83,72",
    )
    assert column(table(*lines), "tax_rate") == ["7", "19"]
    assert column(table(*lines), "unit_price_net") == ["18.40", "34.00"]
    assert column(table(*lines, "B = 5 %"), "tax_rate") == [None, "19"]
    assert column(table(*lines[:5]), "tax_rate") == [None, None]


def test_a_table_may_have_quantities_and_amounts_but_no_prices() -> None:
    found = table(
        "Uren      Beschrijving                            Bedrag    Btw",
        "26,5 uur  Jaarverslag: interviews             € 2.186,25    21%",
        "4 uur     Persbericht                           € 330,00    21%",
        "          Subtotaal                           € 2.516,25",
    )
    assert column(found, "name") == ["Jaarverslag: interviews", "Persbericht"]
    assert column(found, "quantity") == ["26.5", "4"]
    assert column(found, "unit") == ["uur", "uur"]
    assert column(found, "unit_price_net") == [None, None]
    assert column(found, "tax_rate") == ["21", "21"]
    assert found.closed


def test_an_unknown_heading_over_words_is_no_column_of_numbers() -> None:
    found = table(
        "Nr    Anzahl    Tuote                             Betrag",
        "1     2         Paperi                             25,00",
        "2     3         Kynä                                5,00",
        "Summe                                              30,00",
    )
    assert column(found, "name") == ["Paperi", "Kynä"]


def test_a_unit_may_have_a_size_of_its_own() -> None:
    found = table(
        "Leistung                    Anzahl je      Einzelpreis netto     Betrag netto",
        "Tarif Business                1 Monat                33,6050            33,61",
        "Daten außerhalb der EU       12 50 MB                 1,6723            20,07",
        "Nettobetrag gesamt                                                     53,68",
    )
    assert column(found, "quantity") == ["1", "12"]
    assert column(found, "unit") == ["Monat", "50 MB"]
    assert found.proved


def test_a_letterhead_with_headings_of_its_own_does_not_end_the_table_of_the_page_before() -> None:
    letterhead = (
        "Numéro        Date          Échéance        Montant",
        "FA2506        20/06/25      31/07/25           33,00",
    )
    heading = "Référence   Désignation        Quantité Un.   P.U.    R. %   Montant H.T.  T"
    first = page(
        *letterhead,
        heading,
        "CHE4100     Chevron sapin           3,00 ML   4,00                 12,00  5",
        "À reporter                                                         12,00",
    )
    both = page(
        *letterhead,
        heading,
        "Report                                                             12,00",
        "PAR4173     Parpaing creux          14,00 U   2,00   25,00         21,00  5",
        "Total H.T.                                                         33,00",
        number=2,
        after=first,
    )
    found = table(reading=both)
    assert column(found, "name") == ["Chevron sapin", "Parpaing creux"]
    assert found.proved


def test_names_below_their_numbers_are_not_taken_for_those_of_the_next_row() -> None:
    made = page(
        "Pos.     Material                          Menge ME    Preis/ME    Positionswert",
        "000010   20417274                             12 ST        4,00            48,00",
        "         Leitungsschutzschalter",
        "         Preis nach Vertrag 4600012877",
        "000020   20417411                              2 ST       34,80            69,60",
        "         FI-Schutzschalter",
        "000030   20417548                              5 ST        0,68             3,40",
        "         Schalterdose",
        "                                           Summe der Positionen           121,00",
    )
    found = table(reading=set_at(made, {0: 0, 1: 30, 2: 41, 3: 52, 4: 67, 5: 78, 6: 93, 7: 104, 8: 130}, height=10))
    assert column(found, "name") == ["Leitungsschutzschalter", "FI-Schutzschalter", "Schalterdose"]
    assert found.proved


def test_a_wrapped_name_of_words_and_amounts_is_joined() -> None:
    made = page(
        "Wir berechnen für unsere Tätigkeit wie folgt:",
        "Geschäftsgebühr, Nr. VV                              985,40 EUR",
        "Pauschale für Dienstleistungen der Post, Nr.",
        "VV RVG                                                20,00 EUR",
        "Ablichtungen aus Akten                                27,70 EUR",
        "Zwischensumme                                      1.033,10 EUR",
    )
    tops = {0: 0, 1: 20, 2: 38, 3: 49, 4: 67, 5: 90}
    found = table(reading=set_at(made, tops, height=8), totals=("1033.10",))
    assert column(found, "name") == [
        "Geschäftsgebühr, Nr. VV",
        "Pauschale für Dienstleistungen der Post, Nr. VV RVG",
        "Ablichtungen aus Akten",
    ]


def test_net_tax_and_gross_beside_each_other_are_no_line() -> None:
    found = table(
        "Artikel    Omschrijving            Aantal Eenh.     Prijs     Bedrag EUR",
        "WK63       Wormwielkast              2,00 st       200,00         400,00",
        "RK10       Rollenketting             3,00 m         10,00          30,00",
        "",
        "           Samen                      447,50        93,98         541,48",
    )
    assert column(found, "name") == ["Wormwielkast", "Rollenketting"]


def test_a_column_called_number_is_the_quantity_only_where_most_lines_multiply() -> None:
    counted = table(
        "Amount ($)    Unit ($)    No.    Method",
        "2,310.00        165.00     14    EPA metals by mass",
        "  840.00        140.00      6    EPA organics",
        "3,150.00                         Total analyses",
    )
    assert column(counted, "quantity") == ["14", "6"]
    assert counted.proved
    numbered = table(
        "No.    Description         Price       Amount",
        "1      Survey             100.00       100.00",
        "2      Report             200.00       200.00",
        "3      Travel              50.00        50.00",
        "       Total                           350.00",
    )
    assert column(numbered, "quantity") == [None, None, None]
    assert column(numbered, "id") == ["1", "2", "3"]


def test_a_report_that_is_paid_for_is_a_line_and_one_that_is_carried_is_not() -> None:
    paid = table(
        "Description                  Amount",
        "Survey                       100.00",
        "Report on drainage           200.00",
        "Total net                    300.00",
    )
    assert column(paid, "name") == ["Survey", "Report on drainage"]
    carried = table(
        "Désignation                  Montant HT",
        "Report                           500,00",
        "Chevron                          100,00",
        "Ciment                           200,00",
        "Total HT                         800,00",
    )
    assert column(carried, "name") == ["Chevron", "Ciment"]
    assert not carried.closed


def test_a_discount_may_stand_so_close_to_the_price_that_their_headings_touch() -> None:
    found = table(
        "Pos  Bezeichnung         Menge ME     E-Preis Rab.%     G-Preis EUR",
        "10   Geländer              6,5 m       189,00     5        1.167,08",
        "20   Handlauf                4 m        86,40                345,60",
        "     Summe                                                 1.512,68",
    )
    assert column(found, "unit_price_net") == ["189.00", "86.40"]
    assert found.proved


def test_an_amount_that_includes_the_tax_printed_under_the_total_is_not_net() -> None:
    lines = (
        "Description                  Quantity    Unit Price    GST    Amount AUD",
        "Replace switchboard              1.00      1,485.00    10%      1,485.00",
        "Ceiling fan                      2.00        176.00    10%        352.00",
    )
    included = table(*lines, "INCLUDES GST 10%                  167.00", "TOTAL AUD              1,837.00")
    assert included.gross
    assert not included.proved
    assert column(included, "net_amount") == [None, None]
    added = table(*lines, "Subtotal       1,837.00", "GST 10%       183.70", "TOTAL AUD, GST included     2,020.70")
    assert not added.gross
    assert added.proved


def test_words_and_amounts_may_make_a_printed_sum_that_charges_lead_on_from() -> None:
    found = table(
        "Assistenza stragiudiziale                    € 1.200,00",
        "Redazione diffida                              € 650,00",
        "                      Totale onorari         € 1.850,00",
        "                      Cassa Forense             € 74,00",
        "                      Imponibile IVA         € 1.924,00",
        totals=("1924.00",),
    )
    assert column(found, "net_amount") == ["1200.00", "650.00"]
    assert not found.closed
    assert not found.proved
    assert not any(row.proved for row in found.rows)


@pytest.mark.parametrize(
    ("heading", "said"),
    [
        ("Beschrijving", "name"),
        ("Intitulé", "name"),
        ("Werkzaamheden", "name"),
        ("Liefermenge", "quantity"),
        ("Nachten", "quantity"),
        ("Durée", "quantity"),
        ("Units", "quantity"),
        ("Uurtarief", "price"),
        ("Taux horaire", "price"),
        ("Unit £", "price"),
        ("Price/unit", "price"),
        ("Price unit", "per"),
        ("Einzelbetrag", "price"),
        ("G-Preis", "amount"),
        ("Goods £", "amount"),
        ("Positionswert", "amount"),
        ("St.-Satz", "tax_rate"),
        ("Kort.%", "discount"),
        ("R. %", "discount"),
        ("Bestelnr.", "article"),
        ("Grondslag", "basis"),
    ],
)
def test_headings_say_what_stands_under_them(heading: str, said: str) -> None:
    assert roles(heading)[:1] == (said,)


def test_a_letter_has_no_table() -> None:
    letter = page("Dear Sir,", "thank you for 2 letters of 12.05.2026 and 30,00 EUR.", "Regards")
    assert find_table(Layout(letter)) is None
    assert find_table(Layout(page())) is None


@pytest.mark.parametrize(
    "line",
    [
        "Pos Menge Preis Betrag Bezeichnung",
        "Pos   Menge   Preis   Betrag   Bezeichnung",
        "Ding    3    2,00    6,00",
        "1  2  3  4  5  6  7  8  9,00  1,00  2,00  3,00",
        "Versand    3,00",
        "wort " * 20,
        "1 " * 60,
    ],
)
@pytest.mark.exhaustive
def test_the_time_a_table_takes_does_not_grow_with_the_square_of_its_lines(line: str) -> None:
    def of(lines: int) -> Callable[[], object]:
        layout = Layout(page("Bezeichnung  Menge  Preis  Betrag", *[line] * lines))
        return lambda: find_table(layout, totals=[Decimal(n) for n in range(300)])

    assert grows_gently(of, 1_200)


# --- rows that say more than their columns -------------------------------------------------------------------------


def test_a_name_is_neither_the_code_over_it_nor_the_price_under_it() -> None:
    found = table(
        "GTIN           Art-Nr-Lieferant        Menge  Nettopreis  MwSt-%  Nettowert",
        "Art-Nr-Kunde   Artikelbezeichnung",
        "4123456000014  ZS997              100,0 Stk.      1,0000    19,0     100,00",
        "               Zitronensäure 100ml",
        "               Bruttopreis: 1,0000 €",
        "4123456000021  GZ250               50,0 Stk.      1,4500     7,0      72,50",
        "               Gelierzucker Extra",
        "               Bruttopreis: 1,5000 €",
        "                                                  Warenwert          172,50",
    )
    assert column(found, "name") == ["Zitronensäure 100ml", "Gelierzucker Extra"]
    assert column(found, "unit_price_net") == ["1.0000", "1.4500"]
    assert column(found, "net_amount") == ["100.00", "72.50"]


def test_a_price_before_discount_under_a_row_is_no_total_that_ends_the_table() -> None:
    found = table(
        "Pos  Beschreibung            Preis    Menge    Betrag",
        "1    Gewindestange            2,06       25     51,50",
        "     Bruttopreis: 2,10",
        "2    Müllsack                 0,50      150     75,00",
        "     Bruttopreis: 0,60",
        "     Summe                                     126,50",
    )
    assert column(found, "name") == ["Gewindestange", "Müllsack"]


def test_short_names_under_a_centred_heading_are_in_its_column() -> None:
    found = table(
        "Référence           Produit             Prix   Qté     Total",
        "PAO       Pose                         55,00     2    110,00",
        "ENV-C5    Enveloppes avec fenêtre      68,40     2    136,80",
        "AFF-A2    Affiche                       1,12     6      6,72",
        "                                        Total HT      253,52",
    )
    assert column(found, "name") == ["Pose", "Enveloppes avec fenêtre", "Affiche"]


def test_of_an_item_and_its_description_the_item_is_the_name() -> None:
    found = table(
        "Item                 Description        Qty     Price     Total",
        "House blend beans    Whole bean           2     27.40     54.80",
        "Border spade                              1     36.95     36.95",
        "                     Subtotal                             91.75",
    )
    assert column(found, "name") == ["House blend beans", "Border spade"]
    codes = table(
        "Item                 Description        Qty     Price     Total",
        "BEAN-2               House blend          2     27.40     54.80",
        "SPD-1                Border spade         1     36.95     36.95",
        "                     Subtotal                             91.75",
    )
    assert column(codes, "name") == ["House blend", "Border spade"]


def test_a_unit_under_the_quantity_is_no_name() -> None:
    found = table(
        "Item                 Qty     Price     Total",
        "                    2.00",
        "House blend beans            27.40     54.80",
        "                      ea",
        "                    1.00",
        "Border spade                 36.95     36.95",
        "                      ea",
        "                     Subtotal          91.75",
    )
    assert column(found, "name") == ["House blend beans", "Border spade"]


@pytest.mark.parametrize(
    "names",
    [
        ("01. Pro plan (5)", "02. Storage (1,000)"),
        ("5 x Pro plan", "1,000 x Storage"),
        ("Pro plan x 5", "Storage x 1,000"),
    ],
)
def test_a_name_may_say_how_many(names: tuple[str, str]) -> None:
    found = table(
        "ITEM DESCRIPTION                 PRICE",
        f"{names[0]:24}        $ 145.00",
        f"{names[1]:24}        $ 225.00",
        "SUBTOTAL                        $ 370.00",
    )
    assert column(found, "name") == ["Pro plan", "Storage"]
    assert column(found, "quantity") == ["5", "1000"]
    assert column(found, "net_amount") == ["145.00", "225.00"]


def test_a_year_behind_a_name_is_no_quantity() -> None:
    found = table(
        "Description                      Amount",
        "Audit (2023)                     145.00",
        "Audit (2024)                     225.00",
        "Total                            370.00",
    )
    assert column(found, "name") == ["Audit (2023)", "Audit (2024)"]
    assert column(found, "quantity") == [None, None]


def test_what_is_credited_is_counted_in_the_negative() -> None:
    found = table(
        "Description             Units      Rate     Amount",
        "Metered water             200      2.00     400.00",
        "Leak allowance             30      2.00      60.00 CR",
        "Net                                         340.00",
    )
    assert column(found, "quantity") == ["200", "-30"]
    assert column(found, "net_amount") == ["400.00", "-60.00"]
    assert found.proved


def test_two_headings_that_no_gap_divides_are_two() -> None:
    found = table(
        "Description               Quantité   Prix unitaire Taxes     Montant",
        "Pommes                    12,00 kg            2,45 TVA 6%      29,40",
        "Panier                     5,00 u            39,00 TVA 21%    195,00",
        "Montant hors taxes                                           224,40",
    )
    assert column(found, "tax_rate") == ["6", "21"]
    assert column(found, "unit_price_net") == ["2.45", "39.00"]


def test_three_decimals_are_told_by_a_number_below_one() -> None:
    found = table(
        "Désignation             Qté     P.U. HT    Montant HT",
        "Chevron              10,000      12,345       123,450",
        "Liteau              100,000       0,765        76,500",
        "Total HT                                      199,950",
    )
    assert column(found, "quantity") == ["10.000", "100.000"]
    assert column(found, "net_amount") == ["123.450", "76.500"]


def test_money_in_a_column_of_tax_is_no_rate_and_a_whole_rate_follows_from_it() -> None:
    found = table(
        "Description            Qty     Price      Tax     Amount",
        "Shop sign 2 m            2    $30.00    $6.00     $60.00",
        "Fitting                  4    $10.00    $4.00     $40.00",
        "Subtotal                                         $100.00",
        "Sales tax                                         $10.00",
    )
    assert column(found, "tax_rate") == ["10", "10"]
    assert all(row.cells["tax_rate"].derived for row in found.rows)
    rates = table(
        "Description            Qty     Price      Tax     Amount",
        "Shop sign 2 m            2     30.00    20.00      60.00",
        "Fitting                  4     10.00     5.00      40.00",
        "Net total                                         100.00",
        "VAT 20.00 %                                        12.00",
        "VAT 5.00 %                                          2.00",
    )
    assert column(rates, "tax_rate") == ["20.00", "5.00"]
    uneven = table(
        "Description            Qty     Price      Tax     Amount",
        "Shop sign 2 m            2    $30.00    $6.13     $60.00",
        "Subtotal                                          $60.00",
    )
    assert column(uneven, "tax_rate") == [None]


def test_amounts_with_tax_beside_prices_without_it_leave_the_net_to_follow() -> None:
    found = table(
        "Description            Qty     Net price    VAT      Total",
        "Shop sign 2 m            2      30.00     12.00     72.00",
        "Fitting                  4      10.00      8.00     48.00",
        "Net                                                100.00",
        "VAT 20%                                             20.00",
        "Total                                              120.00",
        totals=("100",),
    )
    assert column(found, "net_amount") == ["60.00", "40.00"]
    assert found.rows[0].cells["net_amount"].derived
    assert found.proved


def test_net_tax_and_gross_beside_each_other_are_no_prices() -> None:
    found = table(
        "Description            Net       VAT     Gross",
        "Rent July            100.00     20.00    120.00",
        "Cleaning              50.00     10.00     60.00",
        "Total                150.00     30.00    180.00",
        totals=("150",),
    )
    assert column(found, "net_amount") == ["100.00", "50.00"]
    assert column(found, "unit_price_net") == [None, None]


@pytest.mark.parametrize("heading", ["Rad", "Xa", "   "])
def test_a_running_number_is_no_quantity(heading: str) -> None:
    found = table(
        f"{heading}   Description      Amount",
        "1     Rent             100.00",
        "2     Cleaning          50.00",
        "3     Gas               30.00",
        "      Total            180.00",
    )
    assert column(found, "name") == ["Rent", "Cleaning", "Gas"]
    assert column(found, "quantity") == [None, None, None]


def test_a_quantity_may_have_its_unit_glued_to_it() -> None:
    found = table(
        "Beschreibung         Menge      EP       GP",
        "Schrauben            10Stk     1,50    15,00",
        "Dübel                   3×     2,00     6,00",
        "Summe                                  21,00",
    )
    assert column(found, "quantity") == ["10", "3"]
    assert column(found, "unit") == ["Stk", None]


def test_a_price_may_be_for_a_hundred_as_the_line_under_it_says() -> None:
    found = table(
        "Description            Qty     Price     Amount",
        "Screws                 250      4.00      10.00",
        "Price per 100",
        "",
        "Nails                  500      2.00      10.00",
        "Price per 100",
        "",
        "Total net                                 20.00",
    )
    assert column(found, "net_amount") == ["10.00", "10.00"]
    assert found.proved


def test_a_sum_without_a_name_under_a_row_is_taken_off_it() -> None:
    found = table(
        "Pos.   Menge   Bezeichnung        EP         GP",
        "1      1,00    Toller Artikel   10,0000    10,00",
        "                         1,00 %           - 0,10",
        "       Summe Waren                          9,90",
        totals=("10.00",),
    )
    assert column(found, "net_amount") == ["9.90"]


def test_what_multiplies_only_where_one_number_is_read_otherwise_than_the_next_comes_last() -> None:
    found = table(
        "Désignation             Qté     P.U. HT    Montant HT",
        "Chevron              10,000      12,345       123,450",
        "Total HT                                      123,450",
        "Remise                                          1,50",
    )
    assert column(found, "net_amount") == ["123.450"]


def test_words_that_could_be_the_name_as_well_are_told() -> None:
    found = table(
        "Description            Qty     Price     Amount",
        "Chair                    2     30.00      60.00",
        "Table                    1     50.00      50.00",
        "made of oak",
        "Net total                                110.00",
    )
    assert [row.rivalled for row in found.rows] == [False, True]


def test_a_row_that_does_not_multiply_says_so() -> None:
    found = table(
        "Description            Qty     Price     Amount",
        "Chair                    2     30.00      55.00",
        "Table                    1     50.00      50.00",
        "Net total                                105.00",
    )
    assert [row.contradicted for row in found.rows] == [True, False]


def test_a_size_in_a_name_is_no_quantity() -> None:
    found = table(
        "Description               Amount",
        "Oak board 4 x 2          145.00",
        "Pine board 6 x 2         225.00",
        "Total                    370.00",
    )
    assert column(found, "name") == ["Oak board 4 x 2", "Pine board 6 x 2"]
    assert column(found, "quantity") == [None, None]


def test_a_name_goes_on_over_a_page_and_its_foot_is_no_part_of_it() -> None:
    first = page(
        "Description                 Quantity   Unit price     Amount",
        "Shop sign 2 m                      2       120.00     240.00",
        "",
        "",
        "Fitting by two people with",
        "",
        "Harrowgate Signs - Page 1 of 2",
    )
    both = page(
        "Description                 Quantity   Unit price     Amount",
        "lifting platform, on site          4        40.00     160.00",
        "Net total                                             400.00",
        "",
        "Harrowgate Signs - Page 2 of 2",
        number=2,
        after=first,
    )
    found = table(reading=both)
    assert column(found, "name") == ["Shop sign 2 m", "Fitting by two people with lifting platform, on site"]


def test_a_column_nobody_knows_is_the_quantity_where_it_multiplies() -> None:
    found = table(
        "Art.    Text                     Flaschen    à EUR    Rab.    EUR netto",
        "1024    Veltliner 2024                600     5,80     -8%     3.201,60",
        "1123    Riesling 2023                 180     9,40             1.692,00",
        "        Netto                                                  4.893,60",
    )
    assert column(found, "quantity") == ["600", "180"]
    assert found.proved

"""What is printed, in the ways people print it, and the value it stands for."""

from __future__ import annotations

from decimal import Decimal

import pytest

from agents.fields import values


@pytest.mark.parametrize(
    ("printed", "number"),
    [
        ("1.234,56", "1234.56"),
        ("1 234,56", "1234.56"),
        ("1\u00a0234,56", "1234.56"),
        ("1\u202f234,56", "1234.56"),
        ("1'234.50", "1234.50"),
        ("1’234.50", "1234.50"),
        ("1,234.56", "1234.56"),
        ("1.234.567,89", "1234567.89"),
        ("1,234,567", "1234567"),
        ("1,23,456.00", "123456.00"),
        ("12,5", "12.5"),
        ("12.50", "12.50"),
        ("1234.5678", "1234.5678"),
        ("0.500", "0.500"),
        ("0,125", "0.125"),
        ("1.234", "1234"),
        ("1,234", "1234"),
        ("-12.00", "-12.00"),
        ("−12,00", "-12.00"),
        ("- 12,00", "-12.00"),
        ("12,00-", "-12.00"),
        ("1.250,00−", "-1250.00"),
        ("(12.00)", "-12.00"),
        ("1.234,-", "1234"),
        ("12,--", "12"),
        ("12.—", "12"),
        ("19 %", "19"),
        ("€ 12,00", "12.00"),
        ("12,00 €", "12.00"),
        ("12,00- €", "-12.00"),
        ("EUR 1.234,50", "1234.50"),
        ("0", "0"),
        ("1´234.50", "1234.50"),
        ("1′234.50", "1234.50"),
        ("1·234.50", "1234.50"),
        ("12·50", "12.50"),
        ("1\u2007234.50", "1234.50"),
        ("1, 250.00", "1250.00"),
        ("1. 250,00", "1250.00"),
        ("40. 00", "40.00"),
        ("8. 500000", "8.500000"),
        ("2,36,000.00", "236000.00"),
        ("129€77", "129.77"),
        ("1.129€77", "1129.77"),
        ("129⁷⁷", "129.77"),
        ("480.00¹", "480.00"),
        ("480,00²⁾", "480.00"),
        ("480.00(1)", "480.00"),
        ("480.-", "480"),
        ("480,--", "480"),
        ("GBP480.00", "480.00"),
        ("60.00 CR", "-60.00"),
        ("60.00CR", "-60.00"),
        ("60.00 DR", "60.00"),
        ("٣٠٠٫٥٠", "300.50"),
    ],
)
def test_a_printed_number_is_parsed(printed: str, number: str) -> None:
    parsed = values.parse_amount(printed)
    assert parsed is not None
    assert str(parsed) == number


@pytest.mark.parametrize("printed", ["", "-", "none", "EUR", "1.2.3", "12.10.2026", ".", ","])
def test_what_is_no_number_is_not_parsed(printed: str) -> None:
    assert values.parse_amount(printed) is None


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Net 1.234,56 EUR", ["1.234,56"]),
        ("a 1 234,56 b", ["1 234,56"]),
        ("a 1\u202f234,56 b", ["1\u202f234,56"]),
        ("3  Paper  10.00  30.00", ["3", "10.00", "30.00"]),
        ("19% of 5", ["19", "5"]),
        ("Rabatt -12,00 und 7,50-", ["-12,00", "7,50-"]),
        ("12,00€", ["12,00"]),
        ("10.00 10.00 10.00", ["10.00"]),
        ("Total 99.50.", ["99.50"]),
        ("on 12.10.2026 and 12/10/2026", []),
        ("A4 R2D2 RE-2026-0417", []),
        ("no number", []),
        ("Total GBP480.00 or 480.00EUR", ["480.00"]),
        ("Total CHF 1´500.00", ["1´500.00"]),
        ("Total 1\u2007250.00", ["1\u2007250.00"]),
        ("Total 1, 250.00", ["1, 250.00"]),
        ("40. 00", ["40. 00"]),
        ("in 2, 250 were left", ["2", "250"]),
        ("1,85,000.00", ["1,85,000.00"]),
        ("Total 129€77", ["129€77"]),
        ("Total 129⁷⁷ €", ["129⁷⁷"]),
        ("Total 480.00¹", ["480.00"]),
        ("60.00CR", ["60.00"]),
        ("12 m²", ["12"]),
    ],
)
def test_numbers_are_found_whole_and_once(text: str, found: list[str]) -> None:
    assert values.amounts(text) == found


@pytest.mark.parametrize(
    ("text", "mark"),
    [
        ("Net 1.250,00", ","),
        ("Net 1,250.00 dated 12.10.2026", "."),
        ("Chevron  10,000  12,345  123,450\nNet  123,450", ","),
        ("Liteau  100,000  0,765  76,500", ","),
        ("Net 1.199,950", ","),
        ("Net 12,345\nTax 1,235\nTotal 13,580", None),
        ("Rice  100  1,250  125,000\nTotal IDR 125,000", None),
        ("8.1 % of 1'500.00", "."),
        ("", None),
    ],
)
def test_the_decimal_mark_is_that_of_cents_or_of_what_multiplies(text: str, mark: str | None) -> None:
    assert values.decimal_mark(text) == mark


def test_a_single_mark_before_three_digits_is_the_decimal_mark_where_the_document_says_so() -> None:
    assert values.parse_amount("199,950", ",") == Decimal("199.950")
    assert values.parse_amount("199,950", ".") == values.parse_amount("199,950") == Decimal(199950)
    assert values.parse_amount("1.199,950", ",") == Decimal("1199.950")


@pytest.mark.parametrize(
    ("printed", "money"),
    [
        ("12.00", True),
        ("129⁷⁷", True),
        ("40. 00", True),
        ("480.-", True),
        ("129€77", True),
        ("60.00 CR", True),
        ("12", False),
    ],
)
def test_money_has_two_decimals_or_a_dash_for_them(printed: str, money: bool) -> None:
    assert values.is_money(printed) is money


@pytest.mark.parametrize(
    ("text", "found", "compact"),
    [
        ("USt-IdNr. DE136695976", "DE136695976", "DE136695976"),
        ("USt-IdNr.:DE136695976.", "DE136695976", "DE136695976"),
        ("DE 136 695 976", "DE 136 695 976", "DE136695976"),
        ("DE\u00a0136\u00a0695\u00a0976", "DE\u00a0136\u00a0695\u00a0976", "DE136695976"),
        ("VAT DE136695976 IBAN DE02120300000000202051", "DE136695976", "DE136695976"),
        ("FR 88 100000009", "FR 88 100000009", "FR88100000009"),
        ("NL123456782B90", "NL123456782B90", "NL123456782B90"),
        ("UID: ATU 1234 5675", "ATU 1234 5675", "ATU12345675"),
        ("BE 0411.905.847", "BE 0411.905.847", "BE0411905847"),
        ("VAT No GB 980 7806 84", "GB 980 7806 84", "GB980780684"),
        ("CHE-123.456.788 MWST", "CHE-123.456.788 MWST", "CHE123456788MWST"),
    ],
)
def test_a_vat_id_is_found_glued_or_spaced(text: str, found: str, compact: str) -> None:
    assert values.vat_ids(f"a {text} b") == [found]
    assert values.compact(found) == compact


@pytest.mark.parametrize(
    "text", ["DE136695977", "XDE136695976", "DE1366959760", "DELIVERY NOTE 12345678", "GB 980 7806 85"]
)
def test_a_vat_id_whose_check_digits_do_not_hold_is_not_found(text: str) -> None:
    assert values.vat_ids(f"a {text} b") == []


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("IBAN DE02120300000000202051", "DE02120300000000202051"),
        ("IBAN: DE02 1203 0000 0000 2020 51 BIC BYLADEM1001", "DE02 1203 0000 0000 2020 51"),
        ("DE02\u00a01203\u00a00000\u00a00000\u00a02020\u00a051", "DE02 1203 0000 0000 2020 51".replace(" ", "\u00a0")),
        ("DE02 1203 0000 0000 2020 51 Tel 1234", "DE02 1203 0000 0000 2020 51"),
        ("FR1420041010050500013M02606", "FR1420041010050500013M02606"),
        ("GB29 NWBK 6016 1331 9268 19", "GB29 NWBK 6016 1331 9268 19"),
        ("BE68 5390 0754 7034", "BE68 5390 0754 7034"),
        ("NO93 8601 1117 947", "NO93 8601 1117 947"),
    ],
)
def test_an_iban_is_found_glued_or_spaced(text: str, found: str) -> None:
    assert values.ibans(f"a {text} b") == [found]


def test_an_iban_whose_check_digits_do_not_hold_is_not_found() -> None:
    assert values.ibans("DE02120300000000202052, DE02 1203 0000 0000 2020 52") == []


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("BIC: BYLADEM1001", ["BYLADEM1001"]),
        ("BIC/SWIFT: BNPAFRPP", ["BNPAFRPP"]),
        ("SWIFT DEUTDEFF500", ["DEUTDEFF500"]),
        ("BIC BICBANQUE", []),
        ("DEUTSCHE Bank", []),
    ],
)
def test_a_bic_is_found_where_it_is_called_one(text: str, found: list[str]) -> None:
    assert values.bics(text) == found


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        ("EUR 12 and € 13", ["EUR"]),
        ("US$ 5, US$ 6, EUR 7", ["USD", "EUR"]),
        ("$12", []),
        ("$12, $13, USA", ["USD"]),
        ("Springfield, IL 62704 Total $12", ["USD"]),
        ("Wilmington, DE 19801 Total $12", ["USD"]),
        ("Köln DE 50667 Total $12", []),
        ("use $12", []),
        ("Total in CAD: $12", ["CAD"]),
        ("CAD 5 or CAD 6 or AUD 7: $12", ["CAD", "AUD"]),
        ("¥1200", []),
        ("¥1200 JPY", ["JPY"]),
        ("S$ 12 and US$ 5 and US$ 6", ["USD", "SGD"]),
        ("₹ 1,200", ["INR"]),
        ("12,00EUR", ["EUR"]),
        ("CA$ 12", ["CAD"]),
        ("A$ 12", ["AUD"]),
        ("£5", ["GBP"]),
        ("EUROPA 12", []),
        ("nothing", []),
    ],
)
def test_currencies_are_found_by_code_and_symbol_the_most_frequent_first(text: str, codes: list[str]) -> None:
    assert [found.code for found in values.currencies(text)] == codes


def test_a_decimal_stays_exact() -> None:
    assert values.parse_amount("0,1") == Decimal("0.1")


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        ("Total 1.234,00 RON", ["RON"]),
        ("SGD 1,200.00", ["SGD"]),
        ("Currency: ZAR", ["ZAR"]),
        ("Währung TRY", ["TRY"]),
        ("Amount (HKD)   Tax", ["HKD"]),
        ("Betrag in AED", ["AED"]),
        ("All prices in NZD", ["NZD"]),
        ("Konstruktion CAD und PHP", []),
        ("1   CAD-Zeichnung   100,00", []),
        ("3 CAD-Zeichnungen", []),
        ("WE TRY HARDER", []),
        ("try 12", []),
        ("SWIFT HELADEF1GEL", []),
        ("RON\n12", []),
    ],
)
def test_a_code_that_is_a_word_too_counts_only_beside_an_amount(text: str, codes: list[str]) -> None:
    assert [found.code for found in values.currencies(text)] == codes


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("EUR 12 and € 13", "EUR"),
        ("US$ 12, USD 13, $ 5", "USD"),
        ("CAD 12, CA$ 13, $ 5", "CAD"),
        ("€ 1 € 2 € 3 € 4 € 5 € 6, rate for USD", None),
        ("$12", None),
        ("EUR 12 and $ 13", None),
        ("EUR 12 and ¥ 13", None),
        ("CAD 12, AUD 12, $ 5", None),
        ("nothing", None),
    ],
)
def test_the_currency_is_told_only_where_no_other_is_named(text: str, code: str | None) -> None:
    found = values.the_currency(text)
    assert (found.code if found else None) == code


def test_a_number_of_more_digits_than_money_has_is_none() -> None:
    assert values.parse_amount("9" * 18) == Decimal("9" * 18)
    assert values.parse_amount("9" * 19) is None
    assert values.parse_amount("9" * 16 + ",999") is None

"""Days as people print them, and what a document says of how it means them."""

from __future__ import annotations

from datetime import date

import pytest

from agents.fields import days
from agents.fields.days import Order
from tests.growth import grows_gently

SEPTEMBER = date(2026, 9, 18)
TODAY = date(2026, 10, 1)


@pytest.mark.parametrize(
    ("printed", "day"),
    [
        ("2026-10-12", date(2026, 10, 12)),
        ("2026/10/12", date(2026, 10, 12)),
        ("12.10.2026", date(2026, 10, 12)),
        ("12. 10. 2026", date(2026, 10, 12)),
        ("12.10.26", date(2026, 10, 12)),
        ("12-10-2026", date(2026, 10, 12)),
        ("12. Oktober 2026", date(2026, 10, 12)),
        ("12.Oktober 2026", date(2026, 10, 12)),
        ("12. Okt. 2026", date(2026, 10, 12)),
        ("1. März 2026", date(2026, 3, 1)),
        ("3. Mai 2026", date(2026, 5, 3)),
        ("12 octobre 2026", date(2026, 10, 12)),
        ("1er mars 2026", date(2026, 3, 1)),
        ("1 août 2026", date(2026, 8, 1)),
        ("12 déc. 2026", date(2026, 12, 12)),
        ("29 février 2028", date(2028, 2, 29)),
        ("October 12, 2026", date(2026, 10, 12)),
        ("Oct 12, 2026", date(2026, 10, 12)),
        ("12th October 2026", date(2026, 10, 12)),
        ("12 oktober 2026", date(2026, 10, 12)),
        ("3 mei 2026", date(2026, 5, 3)),
        ("15 augustus 2026", date(2026, 8, 15)),
        ("3 maart 2026", date(2026, 3, 3)),
        ("03/04/2026", date(2026, 4, 3)),
        ("04/13/2026", date(2026, 4, 13)),
        ("2026. 09. 18.", SEPTEMBER),
        ("2026.09.18.", SEPTEMBER),
        ("18-Sep-26", SEPTEMBER),
        ("18-Sep-2026", SEPTEMBER),
        ("18/Sep/26", SEPTEMBER),
        ("18 Sep 26", SEPTEMBER),
        ("18 Sep '26", SEPTEMBER),
        ("18. Sept. 26", SEPTEMBER),
        ("18.09.'26", SEPTEMBER),
        ("18.9.’26", SEPTEMBER),
        ("Sep 18, 26", SEPTEMBER),
        ("Sep-18-2026", SEPTEMBER),
        ("2026-Sep-18", SEPTEMBER),
        ("18th of September, 2026", SEPTEMBER),
        ("18 września 2026", SEPTEMBER),
        ("18\u201109\u20112026", SEPTEMBER),
        ("18/09/2569", SEPTEMBER),
        ("2569-09-18", SEPTEMBER),
        ("2026年9月18日", SEPTEMBER),
        ("2026년 9월 18일", SEPTEMBER),
        ("令和8年9月18日", SEPTEMBER),
        ("Reiwa 8.9.18", SEPTEMBER),
        ("R8.9.18", SEPTEMBER),
        ("民國115年9月18日", SEPTEMBER),
        ("115/09/18", SEPTEMBER),
    ],
)
def test_a_printed_day_is_found_and_read(printed: str, day: date) -> None:
    assert days.printed_days(f"x {printed} y") == [printed.rstrip(".")]
    assert days.read(printed) == day


@pytest.mark.parametrize(
    "printed",
    [
        "31.02.2026", "99.99.2026", "2026-13-45", "12 paper 2026", "24 Std 2026", "12 2026", "10 pcs 20", "2 Set 15",
        "18 Sep 14:30", "5 May 20 %", "1.2.3",
    ],
)  # fmt: skip
def test_what_is_no_day_is_not_found(printed: str) -> None:
    assert days.printed_days(f"x {printed} y") == []


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("80101911/18.09.2026", ["18.09.2026"]),
        ("RE-17/2026-09-18", ["2026-09-18"]),
        ("INV-2026-09-18", []),
        ("4518/2024/01", []),
        ("12/10/2026/0417", []),
        ("18.09.2026/80101911", ["18.09.2026"]),
    ],
)
def test_a_slash_parts_a_day_from_a_number_but_not_the_parts_of_a_number(text: str, found: list[str]) -> None:
    assert days.printed_days(text) == found


def test_the_month_comes_first_where_that_is_asked_for_and_it_may() -> None:
    assert days.read("03/04/2026", Order.MDY) == date(2026, 3, 4)
    assert days.read("13/04/2026", Order.MDY) == date(2026, 4, 13)
    assert days.read("12.10.2026") == date(2026, 10, 12)


APRIL, MARCH = date(2026, 4, 3), date(2026, 3, 4)


@pytest.mark.parametrize(
    ("text", "read", "sure"),
    [
        ("from 03/04/2026 to 04/13/2026", MARCH, True),
        ("from 03/04/2026 to 13/04/2026", APRIL, True),
        ("from 13/04/2026 to 04/13/2026: 03/04/2026", APRIL, False),  # it contradicts itself
        ("from 03/04/2026 to 05/06/2026", APRIL, False),
        ("from 03-04-2026 to 05-06-2026", APRIL, False),
        ("Invoice date 03/04/2026, total £12 incl. VAT", APRIL, True),
        ("Invoice date 03/04/2026, Springfield, IL 62704, total $12", MARCH, True),
        ("Invoice date 03/04/2026, Denver, CO 80202, preparation of VAT returns", MARCH, True),
        ("Springfield, IL 62704, 03/04/2026, £12", APRIL, False),
        ("Facture du 03/04/2026, montant de la TVA", APRIL, True),
        ("Facture du 03/04/2026 et le montant de la TVA, payable sur le 04/13/2026", MARCH, True),
        ("03.04.2026 to 30.11.2026, Springfield, IL 62704", APRIL, True),  # one order for all, as one day has it
        ("03.04.2026, Springfield, IL 62704", MARCH, False),
        ("03.04.2026", APRIL, True),
    ],
)
def test_the_order_of_day_and_month_follows_from_other_days_or_else_from_language_and_country(
    text: str, read: date, sure: bool
) -> None:
    calendar = days.calendar(text, TODAY)
    printed = next(p for p in days.printed_days(text) if "03" in p and "04" in p)
    assert (calendar.read(printed), not calendar.others(printed)) == (read, sure)


@pytest.mark.parametrize(
    ("text", "printed", "read", "sure"),
    [
        ("Invoice date 26-09-18, due 26-09-30", "26-09-18", SEPTEMBER, True),  # no invoice is due in 2030
        ("Invoice date 26-09-18, due 26-10-18, delivered 15 September 2026", "26-09-18", SEPTEMBER, True),
        ("Invoice date 26/09/18 VAT, due 26/10/18", "26/09/18", SEPTEMBER, False),
        ("Invoice date 18/09/26 VAT", "18/09/26", SEPTEMBER, True),
        ("Invoice date 18/09/26", "18/09/26", SEPTEMBER, True),
        ("Invoice date 09/18/26", "09/18/26", SEPTEMBER, True),
        ("Invoice date 03/04/26", "03/04/26", APRIL, False),
        ("Invoice date 03/04/26, due 04/13/26", "03/04/26", MARCH, True),
        ("Invoice date 25/09/26", "25/09/26", date(2026, 9, 25), False),
        ("Datum der Rechnung und Betrag: 18.09.26", "18.09.26", SEPTEMBER, True),
        ("Datum der Rechnung und Betrag: 26.09.15", "26.09.15", date(2015, 9, 26), True),
    ],
)
def test_where_a_year_of_two_digits_stands_other_days_say_or_else_when_it_is_read(
    text: str, printed: str, read: date, sure: bool
) -> None:
    calendar = days.calendar(text, TODAY)
    assert (calendar.read(printed), not calendar.others(printed)) == (read, sure)


@pytest.mark.parametrize(
    ("text", "printed", "implausible"),
    [
        ("Bangkok, Thailand: 18/09/2569", "18/09/2569", False),
        ("18/09/2569", "18/09/2569", True),
        ("18/09/1926", "18/09/1926", True),
        ("18/09/2062", "18/09/2062", True),
        ("18 Sep 2013", "18 Sep 2013", False),
        ("1405/06/27", "1405/06/27", True),
    ],
)
def test_a_year_that_no_invoice_has_is_implausible(text: str, printed: str, implausible: bool) -> None:
    assert days.calendar(text, TODAY).is_implausible(printed) is implausible


def test_a_year_of_three_digits_is_one_only_where_the_document_is_of_taiwan() -> None:
    assert days.calendar("Taipei, Taiwan: 115/09/18", TODAY).read("115/09/18") == SEPTEMBER
    assert days.calendar("Size 115/09/18", TODAY).read("115/09/18") is None


@pytest.mark.parametrize(
    ("printed", "ambiguous"),
    [("03/04/2026", True), ("3/4/26", True), ("13/04/2026", False), ("04/04/2026", False), ("03.04.2026", False)],
)
def test_a_slashed_day_that_could_be_two_days_is_ambiguous(printed: str, ambiguous: bool) -> None:
    assert days.is_ambiguous(printed) is ambiguous


@pytest.mark.parametrize("text", ["1/", "18.09.", "9 ab ", "R8.", "18-Sep-26/", "'26 "])
def test_days_are_found_in_time_that_grows_with_the_text(text: str) -> None:
    assert grows_gently(lambda n: lambda: days.printed_days(text * n), 4_000)

"""A value counts only where it is printed, whole."""

from __future__ import annotations

import pytest

from agents.documents.places import Places
from tests.agents.drawn_pages import page


@pytest.mark.parametrize(
    ("line", "printed", "text"),
    [
        ("Invoice R-17 of May", "R-17", "R-17"),
        ("Northwind Papers Ltd", "Northwind Papers Ltd", "Northwind Papers Ltd"),
        ("Northwind Papers Ltd", "northwind  PAPERS ltd", "Northwind Papers Ltd"),
        ("Northwind Papers Ltd, Leeds", "Papers Ltd", "Papers Ltd,"),
        ("Total: 119,00€", "119,00", "119,00€"),
        ("Total (119.00)", "119.00", "(119.00)"),
        ("DE02 1203 0000", "DE02 1203 0000", "DE02 1203 0000"),
        ("DE02 1203 0000", "DE02\u00a01203\u00a00000", "DE02 1203 0000"),
        ("ﬁrst Oﬃce", "first Office", "ﬁrst Oﬃce"),
        ("Straße 5", "STRASSE 5", "Straße 5"),
        ("Net 1 234,56 EUR", "1234,56", "1 234,56"),
        ("Net 12 345 678,90", "12345678,90", "12 345 678,90"),
    ],
)
def test_a_text_is_found_across_words_whatever_its_case_and_spacing(line: str, printed: str, text: str) -> None:
    place = Places(page("before", line)).find(printed)
    assert place is not None
    assert (place.page, place.text) == (1, text)


@pytest.mark.parametrize(
    ("line", "printed"),
    [
        ("1.234,12", "12"),
        ("1.234,12", "34,12"),
        ("1.234,12", "234,12"),
        ("1.234,12", "1.234"),
        ("1'234.50", "234.50"),
        ("R-171", "R-17"),
        ("Papers", "Paper"),
        ("2  50,00", "250,00"),
        ("1 2", "12"),
        ("2  150,00", "2150,00"),
        ("2 1500,00", "21500,00"),
        ("Total 100", "200"),
        ("Total - 100", "-"),
        ("anything", ""),
        ("anything", "  "),
    ],
)
def test_a_part_of_a_number_or_word_is_not_found(line: str, printed: str) -> None:
    assert Places(page(line)).find(printed) is None


def test_the_place_covers_all_its_words() -> None:
    place = Places(page("x", "ab cde f")).find("ab cde")
    assert place is not None
    assert place.box == (0, 10, 24, 18)


def test_a_text_that_stands_twice_is_found_first_or_else_nearest() -> None:
    reading = page("Paper  10.00", "", "", "Ink  10.00", "Total  10.00")
    places = Places(reading)
    first, near = places.find("10.00"), places.find("10.00", near=places.find("Ink"))
    assert first is not None
    assert near is not None
    assert first.box[1] == 0
    assert near.box[1] == 30


def test_the_same_page_is_nearer_than_the_same_height() -> None:
    reading = page("", "", "Ink", "10.00", number=2, after=page("", "", "10.00"))
    places = Places(reading)
    near = places.find("10.00", near=places.find("Ink"))
    assert near is not None
    assert (near.page, near.box[1]) == (2, 30)


def test_a_text_does_not_run_from_page_to_page() -> None:
    reading = page("Papers Ltd", number=2, after=page("Northwind"))
    assert Places(reading).find("Northwind Papers") is None
    assert Places(reading).find("Papers Ltd") is not None

"""What could be a value is found with the texts that may announce it; the nearer such a text stands, the more it counts."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest

from agents.fields import days, values
from agents.pages._candidates import MOST, Candidate, Candidates
from tests.agents.drawn_pages import page
from tests.growth import grows_gently


def dates(*lines: str) -> list[Candidate]:
    return Candidates(page(*lines)).dates


def references(text: str) -> list[str]:
    return [c.value for c in Candidates(page(text)).references]


def announced(*lines: str) -> float:
    """How strongly the only day on a page of ``lines`` is announced as the day of issue."""
    (found,) = dates(*lines)
    return round(found.announced("issue_date"), 3)


PLACES = {
    "before it": ("Invoice date: 3 March 2025",),
    "to its left": ("Invoice date          3 March 2025",),
    "right above it": ("Invoice date     Pages", "3 March 2025         2"),
    "a little higher to the left": ("Invoice date", "                    3 March 2025"),
    "further above": ("Invoice date", "", "", "3 March 2025"),
    "to its right": ("3 March 2025        Invoice date",),
    "below it": ("3 March 2025", "Invoice date"),
    "nowhere near": ("Invoice date", "", "", "", "", "", "", "", "3 March 2025"),
}


def test_a_label_counts_less_the_less_usual_its_place() -> None:
    weights = [announced(*lines) for lines in PLACES.values()]
    assert weights == sorted(weights, reverse=True)
    assert len(set(weights)) == len(weights)
    assert (weights[0], weights[-1]) == (1, 0)


@pytest.mark.parametrize(
    "lines",
    [
        ("Rechnungsdatum: 3. März 2025",),
        ("Rechnungsdatum / Invoice date     03.03.2025",),
        ("Rechnungs-         Kunden-", "datum              nummer", "03.03.2025         4711"),
        ("Rechnungsdatum (Tag der Ausstellung)     03.03.2025",),
        ("Date de facture :     3 mars 2025",),
        ("Nr. 17 | Factuurdatum: 03-03-2025",),
        ("Data fattura     Numero", "03/03/2025       17/A"),
    ],
)
def test_labels_are_known_in_several_languages_and_shapes(lines: tuple[str, ...]) -> None:
    (found,) = dates(*lines)
    assert found.value == "2025-03-03"
    assert found.announced("issue_date") >= 0.7


def test_the_end_of_a_longer_label_counts_less_than_a_whole_one() -> None:
    whole, part = announced("Invoice date: 3 March 2025"), announced("Preceding invoice date: 3 March 2025")
    assert 0.3 < part < 0.7 < whole


def test_a_label_begins_anew_behind_a_value_or_a_clause() -> None:
    both = dates("Invoice date: 3 March 2025, due date: 5 April 2025")
    assert [c.announced("due_date") for c in both] == [0, 1]
    assert both[0].announced("issue_date") == 1 > both[1].announced("issue_date")


def test_a_value_says_what_is_printed_where_and_the_label_next_to_it() -> None:
    (found,) = Candidates(page("", "Total     EUR 1.234,56 incl.")).amounts
    assert (found.value, found.text, found.told) == ("1234.56", "1.234,56", "EUR")
    assert (found.page, found.box) == (1, (56.0, 10.0, 88.0, 18.0))
    assert found.as_value("5").box == found.box
    (alone,) = Candidates(page("12,00")).amounts
    assert alone.told == ""


@pytest.mark.parametrize(
    ("text", "reference"),
    [
        ("RE-2025-0417", "RE-2025-0417"),
        ("Rechnung 24 0317", "24 0317"),
        ("Fatura FT A25/318", "FT A25/318"),
        ("n° 2025/118.", "2025/118"),
        ("OND 25 03 884 120", "OND 25 03 884 120"),
        ("HR 25/01877 B", "HR 25/01877 B"),
        ("2025-0093", "2025-0093"),
    ],
)
def test_a_number_in_groups_or_with_the_letters_of_its_series_is_one_reference(text: str, reference: str) -> None:
    assert reference in references(text)


@pytest.mark.parametrize(
    "text",
    [
        "12.05.2025",
        "3 March 2025",
        "19 %",
        "19,5%",
        "€ 250",
        "info4@firma7.de",
        "www.a1b2.de",
        "+49 30 1234567",
        "DE02 1203 0000 0000 2020 51",
        "FR1420041010050500013M02606",
        "Total due",
    ],
)
def test_days_amounts_addresses_and_accounts_are_no_references(text: str) -> None:
    assert references(text) == []


@pytest.mark.parametrize("text", ["1.234,56", "99,90 USD", "1,234.56"])
def test_amounts_with_a_decimal_comma_are_no_references(text: str) -> None:
    assert references(text) == []


def test_what_a_pattern_finds_counts_if_it_has_a_canonical_form() -> None:
    found = Candidates(page("Ref: AB-12  AB-99")).matching(
        re.compile(r"AB-\d\d"), lambda t: t[3:] if "9" in t else None
    )
    assert [(c.value, c.text) for c in found] == [("99", "AB-99")]


def test_a_name_may_be_a_part_of_its_cell() -> None:
    all_of = Candidates(page("Muster GmbH, Hafenstr. 1, 20457 Hamburg"))
    (cell,) = all_of.layout.cells()
    name = all_of.whole(cell, "Muster GmbH")
    assert (name.value, name.box) == ("Muster GmbH", (0.0, 0.0, 48.0, 8.0))
    assert all_of.whole(cell).box == cell.box


def test_the_days_of_a_document_are_read_in_one_order() -> None:
    assert [c.value for c in dates("Date 04/05/2025", "Due 04/25/2025")] == ["2025-04-05", "2025-04-25"]
    assert [c.value for c in dates("Date 04/05/2025", "Due 25/05/2025")] == ["2025-05-04", "2025-05-25"]


def test_of_very_many_candidates_the_first_and_the_last_are_looked_at() -> None:
    found = Candidates(page(*[f"{n},00" for n in range(2 * MOST)])).amounts
    assert len(found) == MOST
    assert (found[0].value, found[-1].value) == ("0.00", f"{2 * MOST - 1}.00")


@pytest.mark.parametrize(
    "line", ["Rechnung 24 0317 vom 01.02.2025 über 12,00 EUR", "1  2  3,00  A-1", "A 1 " * 20, "1.1." * 20]
)
@pytest.mark.exhaustive
def test_the_time_many_pages_take_does_not_grow_with_the_square_of_their_number(line: str) -> None:
    def of(pages: int) -> Callable[[], object]:
        reading = page(*[line] * 50)
        for number in range(2, pages + 1):
            reading = page(*[line] * 50, number=number, after=reading)
        every = Candidates(reading)
        some = [*every.references[:500], *every.amounts[:500], *every.dates[:500]]
        return lambda: [candidate.labels for candidate in some]

    assert grows_gently(of, 8)


@pytest.mark.exhaustive
def test_the_labels_of_a_value_cost_no_more_on_a_longer_page() -> None:
    def of(lines: int) -> Callable[[], object]:
        some = Candidates(page(*["Menge  A-1"] * lines)).references[-100:]
        assert some[0].labels is not None  # what is made once
        return lambda: [candidate.labels for candidate in some]

    assert grows_gently(of, 4_000)


@pytest.mark.parametrize("text", ["1 " * 4_000, "1.1." * 3_000, "12/" * 4_000], ids=["numbers", "points", "slashes"])
@pytest.mark.exhaustive
def test_the_time_a_long_cell_takes_does_not_grow_with_the_square_of_its_length(text: str) -> None:
    def of(length: int) -> Callable[[], object]:
        every = Candidates(page(text[:length]))
        return lambda: (every.references, every.amounts)

    assert grows_gently(of, len(text))


@pytest.mark.exhaustive
def test_the_time_long_numbers_take_does_not_grow_with_the_square_of_their_length() -> None:
    def of(digits: int) -> Callable[[], object]:
        every = Candidates(page(" ".join(["1" * digits] * 5) + " x"))
        return lambda: every.references

    assert grows_gently(of, 16)


@pytest.mark.parametrize("text", ["1:", "a,", "1 / ", "1-", "A‑", "12.05.2026/"])
@pytest.mark.exhaustive
def test_the_time_numbers_of_many_parts_take_grows_with_their_length(text: str) -> None:
    def of(parts: int) -> Callable[[], object]:
        every = Candidates(page(*[text * 40] * parts))
        return lambda: every.references

    assert grows_gently(of, 64)


def test_days_and_amounts_are_found_as_values_finds_them() -> None:
    text = "Rechnung vom 01.02.2025, zahlbar bis 03.04.2025: 1.200,00 EUR zzgl. 19 % = 228,00 EUR"
    every = Candidates(page(text))
    assert [c.text for c in every.dates] == days.printed_days(text)
    assert {c.text for c in every.amounts} <= set(values.amounts(text))

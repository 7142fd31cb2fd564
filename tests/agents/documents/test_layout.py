"""A page becomes lines, and a line cells; which cell stands beside or below which follows from where they are printed."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from agents.documents.layout import COLUMN_GAP, Cell, Layout, union
from agents.documents.reading import Page, Reading, Word
from tests.agents.drawn_pages import page
from tests.growth import grows_gently


def cell(layout: Layout, text: str) -> Cell:
    """The only cell that says ``text``."""
    (found,) = [c for c in layout.cells() if c.text == text]
    return found


def text_of(found: Cell | None) -> str | None:
    return found.text if found else None


def set_apart(gap: float, height: float = 10) -> Layout:
    """Two words on a line, ``gap`` points between them."""
    words = [
        Word(text="net", page=1, box=(0, 0, 20, height), line=0),
        Word(text="total", page=1, box=(20 + gap, 0, 50 + gap, height), line=0),
    ]
    return Layout(Reading(digest="0", media_type="", pages=[Page(number=1, width=600, height=800)], words=words))


BLOCK = page(
    "Seller             Buyer",
    "Northwind Papers   Harbour Books",
    "4 Mill Lane        22 Quay Street",
    "",
    "Description                  Amount",
    "Paper                         10.00",
)


def test_cells_are_divided_at_gaps_wider_than_the_space_between_words() -> None:
    assert [[c.text for c in line.cells] for line in set_apart(10 * COLUMN_GAP).lines] == [["net total"]]
    assert [[c.text for c in line.cells] for line in set_apart(10 * COLUMN_GAP + 1).lines] == [["net", "total"]]


def test_how_wide_a_gap_is_depends_on_the_size_of_the_letters() -> None:
    assert [len(set_apart(8, height=h).lines[0].cells) for h in (8, 16)] == [2, 1]


def test_words_whose_letters_are_spaced_apart_are_one_cell_still() -> None:
    def spaced(advance: float) -> list[list[str]]:
        words, at = [], 0.0
        for text in ("Shop", "sign", "for", "the", "harbour", "office", "and", "shed"):
            words.append(Word(text=text, page=1, box=(at, 0, at + advance * len(text), 10), line=0))
            at += advance * len(text) + 9
        words.append(Word(text="240.00", page=1, box=(at + 20, 0, at + 60, 10), line=0))
        made = Layout(Reading(digest="0", media_type="", pages=[Page(number=1, width=600, height=800)], words=words))
        return [[c.text for c in line.cells] for line in made.lines]

    assert spaced(7.5) == [["Shop sign for the harbour office and shed", "240.00"]]
    assert len(spaced(5)[0]) == 9


def test_a_line_keeps_its_columns_apart_and_a_cell_spans_its_words() -> None:
    line = Layout(BLOCK).lines[1]
    assert line.text == "Northwind Papers  Harbour Books"
    assert line.cells[0].box == (0.0, 10.0, 64.0, 18.0)
    assert (line.page, line.number, line.cells[0].line, line.cells[0].height) == (1, 1, 1, 8.0)
    assert union(line.cells[0].words) == line.cells[0].box


def test_lines_keep_the_numbers_of_the_reading_though_blank_words_make_none() -> None:
    words = [
        Word(text=" ", page=1, box=(0, 0, 4, 8), line=0),
        Word(text="Total", page=1, box=(0, 10, 20, 18), line=1),
    ]
    layout = Layout(Reading(digest="0", media_type="", words=words))
    assert [(line.number, line.text) for line in layout.lines] == [(1, "Total")]
    assert list(Layout(Reading(digest="0", media_type="")).cells()) == []


def test_neighbours_on_a_line_are_the_next_cells_and_none_at_its_ends() -> None:
    layout = Layout(BLOCK)
    seller, buyer = cell(layout, "Seller"), cell(layout, "Buyer")
    assert layout.right_of(seller) is buyer
    assert layout.left_of(buyer) is seller
    assert (layout.left_of(seller), layout.right_of(buyer)) == (None, None)


@pytest.mark.parametrize(
    ("text", "above", "below"),
    [
        ("Seller", None, "Northwind Papers"),
        ("Harbour Books", "Buyer", "22 Quay Street"),
        ("4 Mill Lane", "Northwind Papers", "Description"),
        ("22 Quay Street", "Harbour Books", "Amount"),
        ("10.00", "Amount", None),
    ],
)
def test_above_and_below_are_the_nearest_cells_of_the_same_column(
    text: str, above: str | None, below: str | None
) -> None:
    layout = Layout(BLOCK)
    here = cell(layout, text)
    assert (text_of(layout.above(here)), text_of(layout.below(here))) == (above, below)


def test_a_cell_further_than_the_reach_is_no_neighbour() -> None:
    layout = Layout(page("Total", "", "", "", "12.00"))
    total, amount = cell(layout, "Total"), cell(layout, "12.00")
    assert (layout.below(total), layout.above(amount)) == (None, None)
    assert layout.below(total, reach=4.5) is amount
    assert layout.above(amount, reach=4.5) is total


def test_cells_that_share_no_width_are_not_below_each_other() -> None:
    layout = Layout(page("Total", "              12.00"))
    total, amount = cell(layout, "Total"), cell(layout, "12.00")
    assert layout.below(total) is None
    assert total.overlaps(amount) == 0
    assert total.overlaps(total) == 1


def test_neighbours_stay_on_their_page() -> None:
    layout = Layout(page("12.00", number=2, after=page("Total")))
    assert [line.page for line in layout.lines] == [1, 2]
    assert layout.below(cell(layout, "Total"), reach=1000) is None
    assert layout.above(cell(layout, "12.00"), reach=1000) is None


@pytest.mark.parametrize("row", ["wort", "wort   12,00   3   36,00"])
@pytest.mark.exhaustive
def test_the_time_looking_around_takes_does_not_grow_with_the_square_of_the_lines(row: str) -> None:
    def of(lines: int) -> Callable[[], object]:
        reading = page(*[row] * lines)

        def look() -> None:
            layout = Layout(reading)
            for one in layout.cells():
                layout.below(one, reach=1e6)
                layout.above(one, reach=1e6)

        return look

    assert grows_gently(of, 4_000)


@pytest.mark.exhaustive
def test_lines_printed_on_top_of_each_other_are_looked_at_only_so_far() -> None:
    def of(lines: int) -> Callable[[], list[object]]:
        words = [Word(text="x", page=1, box=(0, 0, 10, 8), line=n) for n in range(lines)]
        layout = Layout(Reading(digest="0", media_type="", words=words))
        return lambda: [layout.below(cell) for cell in layout.cells()]

    assert not any(of(5_000)())  # none of them is lower
    assert grows_gently(of, 5_000)


def test_words_beyond_its_bounds_are_counted_not_lost_in_silence() -> None:
    assert Layout(page("Invoice 17", "_" * 300)).left_out == 0, "a rule is no word"
    assert Layout(page("Invoice 17", "x" * 201)).left_out == 1
    assert Layout(page("   ".join(f"w{n}" for n in range(65)))).left_out == 5

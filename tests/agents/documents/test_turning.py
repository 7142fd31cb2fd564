"""A place on a page that was scanned askew or on its side is found again on the page turned upright, and back."""

from __future__ import annotations

import pytest

from agents.documents.turning import displayed, upright, upright_size

BOX = (100.0, 50.0, 160.0, 62.0)


@pytest.mark.parametrize("turned", [0.0, 1.5, -5.0, 90.0, -92.5, 180.0, 177.0, 270.0])
def test_there_and_back_is_the_same_place(turned: float) -> None:
    there = displayed(BOX, 600, 800, turned)
    assert upright(there, 600, 800, turned) == pytest.approx(BOX, abs=1e-6)


def test_quarter_turns_move_corners_to_corners() -> None:
    corner = (0.0, 0.0, 10.0, 20.0)  # of the page as it is read, at the top left
    assert displayed(corner, 600, 800, 180) == pytest.approx((590, 780, 600, 800))
    # Turned clockwise to be read, its left edge goes up: what is at the top left then is at the bottom left now.
    assert displayed(corner, 600, 800, 90) == pytest.approx((0, 790, 20, 800))
    assert displayed(corner, 600, 800, -90) == pytest.approx((580, 0, 600, 10))


def test_a_page_on_its_side_changes_width_and_height_and_one_askew_does_not() -> None:
    assert upright_size(600, 800, 91.2) == upright_size(600, 800, -90) == (800, 600)
    assert upright_size(600, 800, 3) == upright_size(600, 800, -178) == (600, 800)


def test_the_place_of_a_slanting_word_takes_in_all_of_it() -> None:
    x0, top, x1, bottom = displayed(BOX, 600, 800, 5)
    assert x1 - x0 == pytest.approx(60 * 0.9962 + 12 * 0.0872, abs=0.01)
    assert bottom - top == pytest.approx(60 * 0.0872 + 12 * 0.9962, abs=0.01)

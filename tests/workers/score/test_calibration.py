"""Confidence is held to its word."""

from __future__ import annotations

import pytest

from workers.score.calibration import (
    Judged,
    Touchless,
    calibrate,
    curve,
    expected_calibration_error,
    reliability,
    wilson_lower,
    wilson_upper,
)


def values(*given: tuple[float | None, bool]) -> list[Judged]:
    return [Judged("totals.grand_total", right, confidence) for confidence, right in given]


@pytest.mark.parametrize(
    ("right", "n", "lower", "upper"),
    [
        (81, 263, 0.2553, 0.3662),  # Newcombe 1998, Statistics in Medicine 17, table I, method 3
        (15, 148, 0.0624, 0.1605),
        (0, 20, 0.0, 0.1611),
        (1, 29, 0.0061, 0.1718),
    ],
)
def test_the_interval_of_a_share_is_the_published_one(right: int, n: int, lower: float, upper: float) -> None:
    assert wilson_lower(right, n) == pytest.approx(lower, abs=5e-5)
    assert wilson_upper(right, n) == pytest.approx(upper, abs=5e-5)


def test_all_right_of_a_few_is_not_surely_all() -> None:
    assert wilson_lower(10, 10) == pytest.approx(0.7225, abs=5e-5)


@pytest.mark.parametrize(
    ("confidence", "bin"), [(0.0, 0), (0.1, 0), (0.1001, 1), (0.3, 2), (0.7, 6), (0.95, 9), (1.0, 9)]
)
def test_a_bin_holds_its_upper_end(confidence: float, bin: int) -> None:
    assert [one.n for one in reliability(values((confidence, True)))].index(1) == bin


def test_the_calibration_error_weighs_each_bin_by_its_values() -> None:
    said = [*values(*[(0.95, True)] * 6), *values((0.55, True), (0.55, False), (0.65, False), (0.65, False))]
    # |1 - 0.95| * 6 + |0.5 - 0.55| * 2 + |0 - 0.65| * 2, over 10
    assert expected_calibration_error(reliability(said)) == pytest.approx(0.17)
    assert expected_calibration_error(reliability([])) is None


def test_confidence_that_is_right_as_often_as_it_says_has_no_error() -> None:
    assert expected_calibration_error(reliability(values(*[(0.8, True)] * 4, (0.8, False)))) == pytest.approx(0)


def test_values_called_sure_are_counted_from_the_threshold_on() -> None:
    found = calibrate(
        values((0.95, True), (0.99, False), (0.94, False), (None, False)), [], sure=0.95, surplus=[0.97, 0.5]
    )
    assert (found.n, found.without, found.right) == (3, 1, 1)
    assert (found.sure.n, found.sure.right, found.sure.share) == (2, 1, 0.5)
    assert found.sure.wilson_lower == pytest.approx(0.0945, abs=5e-5)
    assert found.sure_in_surplus_rows == 1
    assert found.fields["totals.grand_total"].sure == 2


def test_values_without_confidence_give_no_figures() -> None:
    found = calibrate(values((None, True)), [Touchless(None, False)], sure=0.95)
    assert (found.n, found.without, found.expected_error, found.sure.share) == (0, 1, None, None)
    assert all(point.touchless == 0 for point in found.curve)


def test_values_are_told_apart_by_the_grounds_they_rest_on() -> None:
    given = [
        Judged("invoice_number", True, 0.9, ("label", "agreed")),
        Judged("purchase_order_ref", False, 0.5, ("label",)),
        Judged("lines[].quantity", True, 0.9, ("proved",), "A"),
        Judged("lines[].net_amount", False, 0.9, ("proved",), "A"),
        Judged("lines[].net_amount", True, 0.9, ("proved",), "B"),
    ]
    found = calibrate(given, [], sure=0.8).grounds
    assert (found["number: agreed+label"].n, found["number: agreed+label"].right) == (1, 1)
    assert (found["number: label"].n, found["number: label"].right) == (1, 0)
    assert (found["purchase_order_ref = label"].n, found["purchase_order_ref = label"].right) == (1, 0)
    assert (found["line: proved"].n, found["line: proved"].sure_right) == (3, 2)
    assert (found["line: proved"].issuers, found["line: proved"].issuers_right) == (2, 1.5)


def test_a_higher_threshold_lets_less_through_and_less_that_is_wrong() -> None:
    documents = [Touchless(0.99, False), Touchless(0.9, True), Touchless(0.6, False), Touchless(None, True)]
    points = curve(values((0.99, True), (0.7, False)), documents, [0.5, 0.9, 0.95])
    assert [(p.touchless, p.share, p.wrong) for p in points] == [(3, 0.75, 1), (2, 0.5, 1), (1, 0.25, 0)]
    assert [(p.values, p.values_right) for p in points] == [(2, 1), (1, 1), (1, 1)]


def test_the_threshold_of_sure_is_a_point_of_the_curve() -> None:
    assert 0.777 in [point.threshold for point in calibrate([], [], sure=0.777).curve]

"""Confidence is measured by issuers, and an issuer is judged by what was measured of the others."""

from __future__ import annotations

from tests.evals.unseen.calibration import left_out
from tests.evals.unseen.seen import Seen, measured


def seen(issuer: str, right: bool, grounds: tuple[str, ...] = ("label",), field: str = "invoice_number") -> Seen:
    return Seen(issuer, f"{issuer}-1", field, grounds, right)


def test_an_issuer_counts_once_however_many_values_it_has() -> None:
    table = measured([*[seen("A", True)] * 98, seen("B", True), seen("B", False)])
    assert table["number: label"] == table["invoice_number = label"] == (1.5, 2)


def test_a_value_is_judged_by_other_issuers_only() -> None:
    good = [seen(f"G{n}", True) for n in range(30)]
    bad = [seen("B", False)] * 20
    (judged,) = {share for value, share in left_out([*good, *bad]) if value.issuer == "B"}
    assert judged > 0.95
    assert all(share < judged for value, share in left_out([*good, *bad]) if value.issuer == "G1")


def test_what_one_issuer_alone_shows_is_no_better_than_a_coin() -> None:
    assert [share for _, share in left_out([seen("A", True, ("title",))])] == [0.5]

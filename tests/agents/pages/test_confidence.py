"""How sure a value is follows from how often values on the same grounds were right, as measured, and from nothing else."""

from __future__ import annotations

import json
from importlib.resources import files

import pytest

from agents.fields.schema import Evidence, Field, Source
from agents.fields.table import FIELDS
from agents.pages import _confidence
from agents.pages._confidence import SURE, confidence_of, family, judged, keys


def field(*grounds: str, source: Source = "rule") -> Field:
    return Field(value="1", evidence=Evidence(source=source), grounds=list(grounds))


@pytest.fixture
def measured(monkeypatch: pytest.MonkeyPatch) -> dict[str, tuple[float, float]]:
    """A table of its own, to be filled by the test."""
    table: dict[str, tuple[float, float]] = {}
    monkeypatch.setattr(_confidence, "_measured", lambda: table)
    return table


@pytest.mark.parametrize(
    ("fewer", "more"), [((9, 10), (90, 100)), ((90, 100), (99, 100)), ((0, 5), (1, 5)), ((0, 9), (0, 2))]
)
def test_a_value_is_surer_the_more_of_its_kind_were_right(
    measured: dict[str, tuple[float, float]], fewer: tuple[int, int], more: tuple[int, int]
) -> None:
    measured |= {"number: weak label": fewer, "number: label": more}
    assert confidence_of("invoice_number", field("weak label")) < confidence_of("invoice_number", field("label"))


def test_what_was_measured_without_an_agreement_counts_for_a_value_with_one(
    measured: dict[str, tuple[float, float]],
) -> None:
    measured |= {"number: label": (90, 90)}
    assert confidence_of("invoice_number", field("label", "agreed")) == confidence_of("invoice_number", field("label"))
    measured |= {"number: agreed+label": (9, 9)}
    assert confidence_of("invoice_number", field("label", "agreed")) > confidence_of("invoice_number", field("label"))
    assert confidence_of("invoice_number", field("agreed")) == 0.5


def test_what_was_measured_on_the_very_grounds_is_not_lowered(measured: dict[str, tuple[float, float]]) -> None:
    measured |= {"name: guess": (20, 60), "name: agreed+guess": (98, 98)}
    assert confidence_of("seller.name", field("guess", "agreed")) >= 0.95


def test_what_was_seldom_observed_is_never_sure(measured: dict[str, tuple[float, float]]) -> None:
    measured |= {"number: label": (10, 10), "date: label": (100, 100)}
    assert confidence_of("invoice_number", field("label")) == 0.917 < SURE
    assert confidence_of("issue_date", field("label")) == 0.99 > SURE


def test_grounds_that_were_never_measured_are_no_better_than_a_coin(measured: dict[str, tuple[float, float]]) -> None:
    measured |= {"number: label": (100, 100), "number: guess": (0, 0)}
    assert confidence_of("invoice_number", field("guess")) == 0.5
    assert confidence_of("invoice_number", field()) == 0.5
    assert confidence_of("issue_date", field("label")) == 0.5
    assert confidence_of("invoice_number", field("label", "disputed")) == 0.5


def test_an_e_invoice_and_a_person_are_certain_whatever_was_measured(measured: dict[str, tuple[float, float]]) -> None:
    measured |= {"number: stated": (0, 100)}
    assert confidence_of("invoice_number", field("stated", source="xml")) == 0.999
    assert confidence_of("invoice_number", field("stated", source="person")) == 1.0


def test_the_order_of_grounds_and_their_repetition_do_not_matter() -> None:
    assert keys("invoice_number", ["label", "agreed"]) == keys("invoice_number", ["agreed", "label", "agreed"])
    assert keys("invoice_number", ["label", "agreed"]) == (
        "invoice_number = agreed+label",
        "number: agreed+label",
    )
    assert (
        keys("lines[3].quantity", ["row"])
        == keys("lines[0].quantity", ["row"])
        == ("lines[].quantity = row", "line: row")
    )


def test_what_was_measured_of_the_field_itself_weighs_with_what_was_of_its_kind(
    measured: dict[str, tuple[float, float]],
) -> None:
    measured |= {"date: label": (98, 98), "due_date = label": (6, 8), "issue_date = label": (60, 60)}
    assert confidence_of("delivery_date", field("label")) == 0.99
    assert confidence_of("due_date", field("label")) < 0.9 < SURE < confidence_of("issue_date", field("label"))


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("lines[3].net_amount", "line"),
        ("lines[3].name", "text"),
        ("totals.grand_total", "total"),
        ("tax_breakdown[0].rate", "total"),
        ("due_date", "date"),
        ("seller.name", "name"),
        ("purchase_order_ref", "number"),
        ("payment.terms", "text"),
        ("currency", "code"),
        ("payment.iban", "id"),
        ("buyer.vat_id", "id"),
    ],
)
def test_values_of_a_kind_share_their_measure(path: str, kind: str) -> None:
    assert family(path) == kind


def test_judging_leaves_everything_but_the_confidence(measured: dict[str, tuple[float, float]]) -> None:
    measured |= {"number: label": (8, 8)}
    before = {"invoice_number": field("label"), "currency": field("only")}
    after = judged(before)
    assert {path: f.confidence for path, f in after.items()} == {"invoice_number": 0.9, "currency": 0.5}
    assert {path: f.model_copy(update={"confidence": None}) for path, f in after.items()} == before
    assert before["currency"].confidence is None


def test_the_table_that_ships_holds_shares_under_names_that_fields_have() -> None:
    table = json.loads((files("agents.pages") / "confidence.json").read_text(encoding="utf-8"))
    kinds, paths = {spec.family for spec in FIELDS}, {spec.path for spec in FIELDS}
    for entry, (right, of) in table.items():
        path, _, of_field = entry.partition(" = ")
        kind, _, grounds = (path, "", of_field) if of_field else entry.partition(": ")
        assert path in paths if of_field else kind in kinds
        assert grounds.split("+") == sorted(set(grounds.split("+")))
        assert 0 <= right <= of
        assert of > 0

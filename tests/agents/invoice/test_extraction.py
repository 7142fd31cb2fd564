"""What code finds without a model, what a model is asked and shown, and what its answer may change: it points at what is
printed, and does not overrule code."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import BaseModel, ValidationError

from agents.documents.layout import Layout
from agents.documents.reading import Reading
from agents.fields.schema import Evidence, Field, Fields
from agents.fields.table import Part, part_of
from agents.invoice.extraction import (
    better_lines,
    completed,
    fields_of_header,
    fields_of_lines,
    fields_of_totals,
    goods,
    rows_of_run,
)
from agents.invoice.nodes._read import parts_to_ask
from agents.invoice.questions import NONE, answer_shape, header_keys, max_tokens, shown
from agents.pages import Draft, draft
from agents.pages.table import MOST_ROWS, runs_of
from tests.agents.drawn_pages import page

PAGE = page(
    "INVOICE",
    "Invoice number: R-17",
    "Invoice date: 12. Oktober 2026",
    "Replaces earlier invoice: R-16",
    "Seller: Northwind Papers Ltd",
    "Seller VAT: DE136695976",
    "",
    "",
    "Bill to: Example Buyer GmbH",
    "",
    "Description        Quantity     Price    Amount",
    "Paper                     3     10.00     30.00",
    "Ink                       2     35.00     70.00",
    "",
    "Net                                      100.00",
    "VAT 20 %                                  20.00",
    "Total EUR                                120.00",
    "",
    "IBAN DE02 1203 0000 0000 2020 51  BIC: BYLADEM1001",
)
LOOSE = page("INVOICE", "Number: R-1", "Paper  3  10,00  30,00", "Ink  3  20,00  60,00", "Total  90,00")


def values(fields: Fields) -> dict[str, str]:
    return {path: field.value for path, field in fields.items()}


def shape_of(part: Part, reading: Reading) -> type[BaseModel]:
    made = draft(reading)
    if part == "lines":
        (run,) = runs_of(Layout(reading), 8192)
        return answer_shape(part, made, run.text, run.rows)
    return answer_shape(part, made, shown(part, made, Layout(reading)))


def read_by_model(rows: list[dict[str, Any]], reading: Reading) -> Fields:
    (run,) = runs_of(Layout(reading), 8192)
    return fields_of_lines(goods(rows_of_run({"lines": rows}, run, reading)))


def field(value: str, *grounds: str) -> Field:
    return Field(value=value, evidence=Evidence(source="rule", page=1, text=value), grounds=list(grounds))


def test_code_finds_what_labels_announce_arithmetic_proves_and_check_digits_hold() -> None:
    made = draft(PAGE)
    assert made.kind == "invoice"
    expected = {
        "invoice_number": ("R-17", ["label"]),
        "issue_date": ("2026-10-12", ["label", "only"]),
        "seller.name": ("Northwind Papers Ltd", ["label"]),
        "buyer.name": ("Example Buyer GmbH", ["label"]),
        "seller.vat_id": ("DE136695976", ["check digits", "only"]),
        "seller.country": ("DE", ["vat id"]),
        "currency": ("EUR", ["only"]),
        "payment.iban": ("DE02120300000000202051", ["check digits", "only"]),
        "payment.bic": ("BYLADEM1001", ["label"]),
        "totals.tax_basis_total": ("100.00", ["proved"]),
        "totals.tax_total": ("20.00", ["proved"]),
        "totals.grand_total": ("120.00", ["proved"]),
        "totals.line_total": ("100.00", ["proved"]),
        "tax_breakdown[0].rate": ("20", ["proved"]),
        "lines[1].net_amount": ("70.00", ["proved"]),
    }
    found = {path: (made.fields[path].value, made.fields[path].grounds) for path in expected if path in made.fields}
    assert found == expected
    evidence = made.fields["issue_date"].evidence
    assert (evidence.source, evidence.page, evidence.text) == ("rule", 1, "12. Oktober 2026")
    assert evidence.box
    assert evidence.box[1] == 20


def test_a_model_is_asked_to_confirm_who_when_and_which_and_for_nothing_that_code_proved() -> None:
    made = draft(PAGE)
    assert parts_to_ask(made, "open") == ["header"]
    assert header_keys(made) == ["seller", "invoice_number"], "there is but one day: nothing to choose"
    assert set(shape_of("header", PAGE).model_fields) == {"seller", "invoice_number"}


def test_what_code_leaves_open_is_asked_and_all_or_nothing_where_the_settings_say_so() -> None:
    made = draft(page("Papers and more", "Paper  ten  thirty"))
    assert (made.kind, made.closes, made.table) == (None, False, None)
    assert parts_to_ask(made, "open") == ["header", "totals", "lines"]
    assert "kind" in answer_shape("header", made, "").model_fields, "no title says what it is"
    assert parts_to_ask(draft(PAGE), "all") == ["header", "totals", "lines"]
    assert parts_to_ask(draft(PAGE), "nothing") == []
    assert parts_to_ask(Draft(kind="other"), "all") == []


def test_a_question_shows_the_part_of_the_document_it_is_about() -> None:
    made, layout = draft(PAGE), Layout(PAGE)
    header, totals = (shown(part, made, layout) for part in ("header", "totals"))
    assert "Northwind" in header
    assert "35.00" not in header
    assert all(amount in totals for amount in ("100.00", "20.00", "120.00"))
    assert "35.00" not in totals
    assert "Northwind" not in totals


def test_what_follows_the_last_line_of_a_table_is_shown_with_the_totals() -> None:
    tight = page(*(line for line in PAGE.text.splitlines() if line))
    made = draft(tight)
    assert made.table
    assert "Net  100.00" in shown("totals", made, Layout(tight))


def test_a_question_about_a_long_document_stays_short_and_keeps_its_end() -> None:
    long = page("INVOICE", "Number: R-1", *(f"Remark {n} costs {n},50" for n in range(600)), "Total 99999,99")
    made = draft(long)
    text = shown("totals", made, Layout(long))
    assert len(text) < 1700
    answer_shape("totals", made, text).model_validate({"net": NONE, "tax": NONE, "gross": "99999,99"})


@pytest.mark.parametrize(
    ("part", "answer"),
    [
        ("header", {"seller": "Evil Ltd", "invoice_number": "R-17", "issue_date": NONE}),
        ("header", {"seller": NONE, "invoice_number": "R-18", "issue_date": NONE}),
        ("header", {"seller": NONE, "invoice_number": NONE, "issue_date": NONE, "decision": "approve"}),
        ("totals", {"net": "100.00", "tax": "20.00", "gross": "999.99"}),
        ("totals", {"net": "100.00", "tax": "20.00", "gross": "20"}),
        ("totals", {"net": "100.00", "tax": "20.00"}),
        ("lines", {"lines": [{"name": "x", "quantity": "4", "price": NONE, "amount": "30.00", "rate": NONE}]}),
        ("lines", {"lines": [{"name": "a\nb", "quantity": "3", "price": NONE, "amount": "30.00", "rate": NONE}]}),
    ],
)
def test_an_answer_can_only_choose_what_is_printed_and_say_what_was_asked(part: Part, answer: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        shape_of(part, PAGE).model_validate(answer)


def test_a_choice_printed_with_a_minus_behind_or_a_space_within_can_be_answered() -> None:
    text = shown("totals", Draft(), Layout(page("Net 1 010,00 Discount 2,00- Total 1 008,00")))
    shape = answer_shape("totals", Draft(), text)
    shape.model_validate({"net": "1010,00", "tax": "2,00-", "gross": "1008,00"})


def test_an_answer_about_a_table_may_be_as_long_as_the_table_and_no_longer() -> None:
    few, many = (max_tokens("lines", Draft(), rows) for rows in (2, MOST_ROWS))
    assert few < 300 < many < 3000


def test_a_model_that_chooses_alike_confirms_and_one_that_does_not_disputes_without_overruling() -> None:
    made = draft(PAGE)
    said = {"seller": "Northwind Papers Ltd", "invoice_number": "R-16", "issue_date": NONE}
    fields = fields_of_header(said, made, made.fields)
    assert values(fields) == {"seller.name": "Northwind Papers Ltd", "invoice_number": "R-17"}
    assert fields["seller.name"].grounds == ["label", "agreed"]
    assert fields["invoice_number"].grounds == ["label", "disputed"]
    again = fields_of_header({"invoice_number": "R-17"}, made, {**made.fields, **fields})
    assert again["invoice_number"].grounds == ["label", "agreed"], "the later word counts"


def test_a_name_that_code_only_guesses_is_overruled_by_a_choice_for_which_as_much_speaks() -> None:
    made = draft(page("Northwind Papers", "Southwind Papers", "INVOICE", "Number: R-1", "Total EUR 10.00"))
    best, second = made.choices["seller.name"][:2]
    assert best.score
    assert second.score
    assert best.score - second.score < 0.4
    other = second.text
    fields = fields_of_header({"seller": other}, made, {"seller.name": field(best.value, "guess")})
    assert (fields["seller.name"].value, fields["seller.name"].grounds) == (other, ["model", "disputed"])
    assert fields["seller.name"].evidence.page == 1


def test_a_value_that_only_the_model_sees_is_taken_with_its_place() -> None:
    made = draft(PAGE)
    without = {path: f for path, f in made.fields.items() if path != "invoice_number"}
    fields = fields_of_header({"invoice_number": "R-17"}, made, without)
    evidence = fields["invoice_number"].evidence
    assert fields["invoice_number"].grounds == ["model"]
    assert (evidence.source, evidence.page, evidence.text) == ("model", 1, "R-17")
    assert evidence.box
    assert evidence.box[1] == 10


@pytest.mark.parametrize(
    ("answer", "taken"),
    [
        ({"net": "100.00", "tax": "20.00", "gross": "120.00"}, ["100.00", "20.00", "120.00"]),
        ({"net": "120.00", "tax": NONE, "gross": "120.00"}, ["120.00", "120.00"]),
        ({"net": "100.00", "tax": "20.00", "gross": "100.00"}, []),
        ({"net": NONE, "tax": "20.00", "gross": "120.00"}, []),
        ({"net": NONE, "tax": NONE, "gross": NONE}, []),
    ],
)
def test_totals_are_taken_from_a_model_only_if_they_close(answer: dict[str, str], taken: list[str]) -> None:
    fields = fields_of_totals(answer, {}, PAGE)
    assert list(values(fields).values()) == taken
    assert all(f.evidence.page == 1 and f.evidence.box for f in fields.values())


def test_cells_of_a_row_are_looked_for_near_its_first() -> None:
    rows: list[dict[str, Any]] = [
        {"name": "Paper", "quantity": "3", "price": "10,00", "amount": "30,00", "rate": NONE},
        {"name": "Ink", "quantity": "3", "price": "20,00", "amount": "60,00", "rate": NONE},
        {"name": "Total", "quantity": NONE, "price": NONE, "amount": "90,00", "rate": NONE},
    ]
    fields = read_by_model(rows, LOOSE)
    for n, top in ((0, 20), (1, 30)):
        box = fields[f"lines[{n}].quantity"].evidence.box
        assert box
        assert box[1] == top
    assert fields["lines[1].net_amount"].value == "60.00"
    assert not any(path.startswith("lines[2]") for path in fields), "a sum is no line"


def test_a_row_that_is_not_on_the_page_is_no_row() -> None:
    row = {"name": "Glue", "quantity": "7", "price": "1,00", "amount": "7,00", "rate": NONE}
    assert read_by_model([row], LOOSE) == {}


def test_a_row_that_is_told_twice_but_printed_once_is_one_row_and_one_printed_twice_is_two() -> None:
    row = {"name": "Ink", "quantity": "3", "price": "20,00", "amount": "60,00", "rate": NONE}
    assert {path for path in read_by_model([row, row], LOOSE) if path.endswith("net_amount")} == {"lines[0].net_amount"}
    twice = page("INVOICE", "Ink  3  20,00  60,00", "Ink  3  20,00  60,00", "Total  120,00")
    fields = read_by_model([row, row], twice)
    boxes = [fields[f"lines[{n}].{column}"].evidence.box for n in (0, 1) for column in ("name", "net_amount")]
    assert [box and box[1] for box in boxes] == [10, 10, 20, 20]


def a_table(*amounts: str, quantity: str = "1") -> Fields:
    cells = {"quantity": quantity, "unit_price_net": "10.00"}
    return {
        f"lines[{n}].{column}": field(value)
        for n, amount in enumerate(amounts)
        for column, value in {**cells, "net_amount": amount}.items()
    }


@pytest.mark.parametrize(
    ("old", "new", "better"),
    [
        (a_table(), a_table("10.00"), True),  # better than none
        (a_table("10.00"), a_table("10.00", "9.00"), False),  # neither adds up
        (a_table("10.00"), a_table(), False),
        (a_table("10.00"), a_table("10.00", "10.00"), True),  # it adds up to the net total
        (a_table("10.00", "10.00"), a_table("10.00"), False),
        (a_table("10.00", "10.00"), a_table("10.00", "10.00"), False),  # no better than what code proved
    ],
)
def test_a_table_is_replaced_only_by_one_that_adds_up_where_it_did_not(old: Fields, new: Fields, better: bool) -> None:
    assert better_lines(old, new, field("20.00").number) is better


def test_what_follows_by_arithmetic_is_completed_and_nothing_else_is() -> None:
    known = {
        "totals.tax_basis_total": field("100.00"),
        "totals.grand_total": field("126.00"),
        "tax_breakdown[0].amount": field("19.00"),
        "tax_breakdown[1].amount": field("7.00"),
        **a_table("30.00", "70.00"),
    }
    assert values(completed(known)) == {"totals.tax_total": "26.00", "totals.line_total": "100.00"}
    assert completed({**known, "totals.grand_total": field("127.00"), "lines[0].net_amount": field("31.00")}) == {}


def test_what_followed_from_a_value_that_has_changed_follows_from_the_new_one() -> None:
    known = {
        **draft(PAGE).fields,
        "totals.tax_basis_total": field("90.00"),
        "totals.grand_total": field("110.00"),
        "lines[1].net_amount": field("60.00"),
    }
    assert values(completed(known)) == {"totals.line_total": "90.00", "totals.due_payable": "110.00"}
    printed = {**known, "totals.due_payable": field("120.00", "label"), "totals.line_total": known["totals.tax_total"]}
    assert completed(printed) == {}, "what is printed stays, and is found to contradict"


def test_an_ambiguous_day_is_an_error_unless_the_document_settles_it() -> None:
    doubtful = draft(page("INVOICE", "Invoice date: 03/04/2026"))
    assert doubtful.fields["issue_date"].value == "2026-04-03"
    assert [(f.rule, f.severity) for f in doubtful.findings] == [("DATE-AMBIGUOUS", "error")]
    settled = draft(page("INVOICE", "Invoice date: 03/04/2026", "Due date: 04/30/2026"))
    assert (settled.fields["issue_date"].value, settled.findings) == ("2026-03-04", [])


@pytest.mark.parametrize(("vat_id", "country"), [("DE136695976", "DE"), ("EL094259216", "GR"), ("XI980780684", "GB")])
def test_the_country_follows_from_the_vat_id(vat_id: str, country: str) -> None:
    found = draft(page("Seller: Paint Ltd", f"VAT number: {vat_id}")).fields["seller.country"]
    assert (found.value, found.grounds, found.evidence.source) == (country, ["vat id"], "rule")


@pytest.mark.parametrize(
    ("lines", "accounts"),
    [
        (("IBAN DE02120300000000202051", "IBAN DE02 1203 0000 0000 2020 51"), ["check digits", "only"]),
        (("IBAN DE02120300000000202051", "IBAN GB29NWBK60161331926819"), ["check digits", "several"]),
        (("IBAN DE03120300000000202051",), ["label", "only"]),
    ],
)
def test_an_account_says_whether_its_check_digits_hold_and_whether_it_is_the_only_one(
    lines: tuple[str, ...], accounts: list[str]
) -> None:
    assert draft(page("INVOICE", *lines)).fields["payment.iban"].grounds == accounts


@pytest.mark.parametrize(
    ("path", "part"),
    [
        ("invoice_number", "header"),
        ("seller.name", "header"),
        ("totals.grand_total", "totals"),
        ("tax_breakdown[0].rate", "totals"),
        ("lines[3].name", "lines"),
    ],
)
def test_a_field_belongs_to_the_question_that_asks_for_it(path: str, part: str) -> None:
    assert part_of(path) == part


@pytest.mark.parametrize("empty", [page(), page(""), page("x"), page("12,00"), page("IBAN"), page("INVOICE")])
def test_a_page_with_next_to_nothing_on_it_is_no_failure(empty: Reading) -> None:
    made = draft(empty)
    assert "totals.tax_total" not in made.fields
    for part in ("header", "totals"):
        assert answer_shape(part, made, shown(part, made, Layout(empty))).model_json_schema()
    for run in runs_of(Layout(empty), 8192):
        assert answer_shape("lines", made, run.text, run.rows).model_json_schema()

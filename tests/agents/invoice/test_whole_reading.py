"""A strong model reads the whole document by itself. What code and it both say is sure; where they differ a person decides; and
nothing it says makes a value sure that is not printed, does not close, or that code did not read too."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from agents.documents.layout import Layout
from agents.documents.places import Places
from agents.fields.grounds import Ground
from agents.fields.schema import Evidence, Field, Fields
from agents.invoice import whole
from agents.invoice.agreement import joined, joined_lines, unsupported
from agents.invoice.prompts import prompt
from agents.pages import READER_RIGHT, judged
from agents.pages.table import runs_of, tokens
from infra.records import Severity, finding
from tests.agents.conftest import Execution
from tests.agents.drawn_pages import page
from tests.agents.invoice.long_invoices import items, long_invoice
from tests.scripted.endpoint import NONE, ScriptedEndpoint
from tests.scripted.invoices import invoice_pdf
from tests.scripted.readers import Hostile, Mediocre, Perfect

RIVALS = "Customer number: K-100234\nDelivery date: 2026-10-10\nReplaces earlier invoice: R-77"
TRUTH: dict[str, Any] = {
    "invoice_number": "R-1",
    "type_code": "380",
    "issue_date": "2026-10-12",
    "delivery_date": "2026-10-10",
    "currency": "EUR",
    "seller": {"name": "Northwind Papers Ltd", "vat_id": "DE136695976"},
    "buyer": {"name": "Example Buyer GmbH"},
    "totals": {"tax_basis_total": 100, "tax_total": 20, "grand_total": 120},
    "tax_breakdown": [],
    "lines": [
        {"name": "Paper", "quantity": 3, "unit_price_net": 10, "net_amount": 30},
        {"name": "Ink", "quantity": 2, "unit_price_net": 35, "net_amount": 70},
    ],
}
WHOLE = ["small"]
SURE = 0.95
Reads = Callable[[type[Perfect], dict[str, Any]], list[dict[str, Any]]]


@pytest.fixture
def reads(endpoint: ScriptedEndpoint, monkeypatch: pytest.MonkeyPatch) -> Reads:
    """The endpoint reads like a reader of that kind, who is told a truth; gives the list of what it is asked."""

    def as_reader(kind: type[Perfect], truth: dict[str, Any]) -> list[dict[str, Any]]:
        asked: list[dict[str, Any]] = []
        reader = kind.__new__(kind)
        reader.truth = truth

        def read(body: dict[str, Any], shape: str) -> dict[str, Any]:
            asked.append(body)
            return {**reader.read(body, shape), **endpoint.script.overrides.get(shape, {})}

        monkeypatch.setattr(endpoint, "read", read)
        return asked

    return as_reader


def field(value: str, *grounds: Ground, text: str | None = None, top: float = 0.0) -> Field:
    place = Evidence(source="rule", page=1, box=(0, top, 10, top + 8), text=text or value)
    return judged({"payment.terms": Field(value=value, evidence=place, grounds=list(grounds))})["payment.terms"]


def sure_and_wrong(state: dict[str, Any], truth: dict[str, Any]) -> list[str]:
    """Paths of scalar fields that are sure and not what is true."""
    fields = {path: Field.model_validate(found) for path, found in state["fields"].items() if found}
    wrong = []
    for spec in whole.ASKED.values():
        true: Any = truth
        for step in spec.path.split("."):
            true = (true or {}).get(step)
        known = fields.get(spec.path)
        if true is not None and known and (known.confidence or 0) >= SURE:
            right = float(known.value) == float(true) if spec.kind.is_number else known.value == true
            wrong += [] if right else [spec.path]
    return wrong


async def test_what_code_and_a_strong_model_both_read_is_sure_and_is_two_calls(
    execution: Execution, reads: Reads
) -> None:
    asked = reads(Perfect, TRUTH)
    await execution.submit(invoice_pdf("R-1", extra=RIVALS), whole=WHOLE)
    assert not execution.waits, execution.asked_for
    assert sorted(execution.script.shapes) == ["Document", "Rows"]
    for path in ("invoice_number", "issue_date", "seller.name"):
        assert execution.grounds(path) == ["label", "independent"]
    assert execution.grounds("totals.grand_total") == ["proved", "independent"]
    assert execution.calls == [("extract header", "small"), ("extract lines", "small")]
    shown = {tuple(m["content"].split("</document>")[0] for m in body["messages"]) for body in asked}
    assert len(shown) == 1, "both show the same behind the same instructions: the second finds the first's in the cache"


async def test_it_is_told_nothing_of_what_code_read(execution: Execution, reads: Reads) -> None:
    asked = reads(Perfect, TRUTH)
    await execution.submit(invoice_pdf("R-1", gross="125.00", extra=RIVALS), whole=["small", "large"])
    assert execution.waits
    questions = {body["messages"][-1]["content"].split("</document>")[1].strip() for body in asked}
    assert questions == {prompt("whole_header"), prompt("whole_lines")}, "not even why it is asked again"
    shapes = {json.dumps(body["response_format"]) for body in asked if "invoice_number" in json.dumps(body)}
    assert not any("R-1" in shape for shape in shapes)


async def test_without_the_second_reading_the_same_invoice_waits_for_a_person(execution: Execution) -> None:
    await execution.submit(invoice_pdf("R-1", extra=RIVALS), ask="nothing", whole=WHOLE)
    assert execution.waits
    assert execution.script.shapes == []


async def test_a_strong_model_behind_a_small_one_reads_the_whole_where_a_repair_comes_to_it(
    execution: Execution, reads: Reads
) -> None:
    reads(Perfect, TRUTH)
    await execution.submit(invoice_pdf("R-1", gross="125.00", extra=RIVALS), whole=["large"])
    steps = [step for step, tier in execution.calls if tier == "large"]
    assert steps.count("repair header 2") + steps.count("repair header 1") == 1, "header and totals are one question"
    assert execution.waits, "what does not close is not sure, whoever reads it"


@pytest.mark.parametrize("number", [f"R-{n}" for n in range(8)])
@pytest.mark.parametrize("gross", [None, "125.00"])
async def test_a_hostile_reader_makes_no_wrong_value_sure_and_approves_nothing(
    execution: Execution, reads: Reads, number: str, gross: str | None
) -> None:
    truth = {**TRUTH, "invoice_number": number}
    reads(Hostile, truth)
    await execution.submit(invoice_pdf(number, gross=gross, extra=RIVALS), whole=WHOLE)
    assert execution.waits
    assert sure_and_wrong(execution.state, truth) == []
    printed = [known["evidence"].get("text") for known in execution.state["fields"].values() if known]
    assert not any("Mallory" in text or "987654" in text for text in printed if text)


@pytest.mark.parametrize("number", [f"R-{n}" for n in range(8)])
async def test_of_a_reader_that_errs_at_times_no_wrong_value_is_approved(
    execution: Execution, reads: Reads, number: str
) -> None:
    truth = {**TRUTH, "invoice_number": number}
    reads(Mediocre, truth)
    await execution.submit(invoice_pdf(number, extra=RIVALS), whole=WHOLE)
    assert sure_and_wrong(execution.state, truth) == []


async def test_another_kind_of_document_goes_to_a_person(execution: Execution, reads: Reads) -> None:
    reads(Perfect, TRUTH)
    execution.script.overrides = {"Document": {"kind": "other"}}
    await execution.submit(invoice_pdf("R-1", extra=RIVALS), whole=WHOLE)
    assert "the document is read twice and not alike: as invoice, and as other" in execution.asked_for


async def test_an_endless_answer_is_none_and_is_asked_for_once_more(execution: Execution, reads: Reads) -> None:
    reads(Perfect, TRUTH)
    execution.script.overrides = {"Document": {"taxes": [{"rate": NONE, "basis": NONE, "amount": NONE}] * 5000}}
    await execution.submit(invoice_pdf("R-1", extra=RIVALS), whole=WHOLE, max_repairs=1, tiers=WHOLE)
    assert execution.waits
    assert execution.script.shapes.count("Document") == 2
    assert "independent" not in execution.grounds("invoice_number")


async def test_both_readings_are_told_where_they_differ(execution: Execution, reads: Reads) -> None:
    reads(Perfect, {**TRUTH, "invoice_number": "R-77"})
    await execution.submit(invoice_pdf("R-1", extra=RIVALS), whole=WHOLE)
    assert execution.waits
    (told,) = (
        one for found in execution.state["findings"].values() for one in found if one["rule"] == "READINGS-DIFFER"
    )
    assert (told["fields"], told["evidence"]) == (["invoice_number"], {"expected": "R-1", "found": "R-77"})
    assert "readers differ" in execution.grounds("invoice_number")


def pointed(lines: tuple[str, ...], **answer: str) -> dict[str, str]:
    reading = page(*lines)
    read = whole.pointed_at(answer, whole.Shown(Layout(reading), Places(reading)), {})
    return {path: known.value for path, known in read.items()}


def test_only_what_is_printed_where_it_points_is_an_answer() -> None:
    lines = ("INVOICE", "Number: R-17", "", "Seller: Northwind Papers Ltd", "", "", "Total 1.234,50 EUR")
    assert pointed(lines, invoice_number="1|R-17") == {"invoice_number": "R-17"}
    assert pointed(lines, seller_name="3|northwind  papers ltd") == {"seller.name": "northwind papers ltd"}
    assert pointed(lines, totals_grand_total="6|1.234,50") == {"totals.grand_total": "1234.50"}
    for nowhere in ("1|R-18", "1|R-1", "9999|R-17", "6|R-17", NONE, "R-17", "x|R-17", "1|", ""):
        assert pointed(lines, invoice_number=nowhere) == {}, nowhere
    for amount in ("6|234,50", "6|1.234,50 1.234,50", "6|Total", "1|1.234,50"):
        assert pointed(lines, totals_grand_total=amount) == {}, amount


def test_what_goes_on_in_the_line_below_goes_on_in_its_column() -> None:
    lines = ("Number: RE-2024-   Northwind Papers", "        03721      and Inks Ltd", "Order 7")
    assert pointed(lines, invoice_number="0|RE-2024-03721") == {"invoice_number": "RE-2024-03721"}
    assert pointed(lines, seller_name="0|Northwind Papers and Inks Ltd") == {
        "seller.name": "Northwind Papers and Inks Ltd"
    }
    for split in ("0|RE-2024-037", "0|E-2024-03721", "0|RE-2024-03721 and", "1|03721 Order 8"):
        assert pointed(lines, invoice_number=split) == {}, split


@pytest.mark.parametrize(
    ("printed", "meant", "is_one"),
    [
        ("03/04/2026", "2026-04-03", True),
        ("03/04/2026", "2026-03-04", True),
        ("03/04/2026", "2026-04-30", False),
        ("3 April 2026", "2026-04-03", True),
        ("3 April 2026", "2026-03-04", False),
    ],
)
def test_a_day_means_one_of_the_days_its_print_can_mean(printed: str, meant: str, is_one: bool) -> None:
    read = pointed(("INVOICE", f"Date {printed}"), issue_date=f"1|{printed}|{meant}")
    assert read == ({"issue_date": meant} if is_one else {})


@pytest.mark.parametrize(
    ("sign", "meant", "is_one"),
    [("EUR", "EUR", True), ("€", "EUR", True), ("$", "AUD", True), ("$", "EUR", False), ("EUR", "USD", False)],
)
def test_a_currency_means_one_that_its_sign_can_mean(sign: str, meant: str, is_one: bool) -> None:
    assert pointed(("INVOICE", f"Total 12.00 {sign}"), currency=f"1|{sign}|{meant}") == (
        {"currency": meant} if is_one else {}
    )


def test_an_account_is_none_whose_check_digits_fail() -> None:
    lines = ("IBAN DE02 1203 0000 0000 2020 51", "IBAN DE03 1203 0000 0000 2020 51")
    assert pointed(lines, payment_iban="0|DE02 1203 0000 0000 2020 51") == {"payment.iban": "DE02120300000000202051"}
    assert pointed(lines, payment_iban="1|DE03 1203 0000 0000 2020 51") == {}


NET, TAX, GROSS = "totals.tax_basis_total", "totals.tax_total", "totals.grand_total"


def totals(net: str, tax: str, gross: str, *grounds: Ground) -> Fields:
    return {path: field(value, *grounds) for path, value in ((NET, net), (TAX, tax), (GROSS, gross))}


def test_sums_that_close_need_no_second_reader_and_rivals_that_close_too_are_in_doubt() -> None:
    code = totals("100.00", "20.00", "120.00", Ground.PROVED)
    changed, told = joined(code, totals("100.00", "20.00", "130.00", Ground.READER))
    assert GROSS not in changed
    assert [one.severity for one in told] == [Severity.WARNING]
    changed, _ = joined(code, totals("50.00", "10.00", "60.00", Ground.READER))
    assert all(Ground.DIFFERS in changed[path].grounds for path in (NET, TAX, GROSS))
    assert all((one.confidence or 0) < SURE for one in judged(changed).values())


def test_what_the_model_alone_says_stands_and_is_not_sure_even_where_it_closes() -> None:
    read = totals("100.00", "20.00", "120.00", Ground.READER)
    alone, _ = joined({}, read)
    assert {path: one.value for path, one in alone.items()} == {NET: "100.00", TAX: "20.00", GROSS: "120.00"}
    weak, _ = joined(totals("100.00", "20.00", "125.00", Ground.WEAK_LABEL), read)
    assert weak[GROSS].value == "120.00", "the reading that closes stands"
    for known in (*judged(alone).values(), judged(weak)[GROSS]):
        assert (known.confidence or 0) < SURE


def test_two_who_say_the_same_are_not_believed_where_it_does_not_close() -> None:
    both = judged(totals("100.00", "20.00", "130.00", Ground.LABEL, Ground.INDEPENDENT))
    assert (both[GROSS].confidence or 0) >= SURE
    error = finding("BR-CO-15", Severity.ERROR, "does not close", NET, TAX, GROSS)
    assert all((one.confidence or 0) < SURE for one in judged(unsupported(both, [error])).values())
    warning = finding("BR-CO-15", Severity.WARNING, "does not close", NET)
    assert unsupported(both, [warning]) == both


def test_two_readers_are_as_sure_as_bayes_makes_them() -> None:
    def known(*grounds: Ground) -> float:
        return judged({"buyer.name": field("A", *grounds)})["buyer.name"].confidence or 0

    assert known(Ground.GUESS) == 0.5
    assert known(Ground.GUESS, Ground.INDEPENDENT) == READER_RIGHT
    assert known(Ground.GUESS, Ground.DIFFERS) == 0.5
    assert known(Ground.OCR, Ground.GUESS, Ground.INDEPENDENT) <= 0.9, "what was read in a picture is not sure by that"


def test_what_a_person_gave_is_not_read_again() -> None:
    mine = field("R-1", Ground.LABEL)
    given = mine.model_copy(update={"evidence": mine.evidence.model_copy(update={"source": "person"})})
    assert joined({"invoice_number": given}, {"invoice_number": field("R-2", Ground.READER)}) == ({}, [])


def row(n: int, top: float, *grounds: Ground, **cells: str) -> Fields:
    return {f"lines[{n}].{column}": field(value, *grounds, top=top) for column, value in cells.items()}


def test_rows_are_told_apart_by_where_their_amount_stands() -> None:
    code = {
        **row(0, 10, Ground.PROVED, quantity="3", net_amount="30.00"),
        **row(1, 20, Ground.PROVED, quantity="3", net_amount="30.00"),
        **row(2, 30, Ground.PROVED, quantity="1", net_amount="5.00"),
    }
    read = {
        **row(0, 20, Ground.READER, quantity="3", net_amount="30"),
        **row(1, 10, Ground.READER, quantity="4", net_amount="30", name="Ink"),
    }
    changed, told = joined_lines(code, read, stands=True)
    assert changed["lines[0].net_amount"].grounds == [Ground.PROVED, Ground.INDEPENDENT]
    assert "lines[0].quantity" not in changed, "it multiplies"
    assert [one.fields for one in told] == [["lines[0].quantity"]]
    assert (changed["lines[0].name"].value, changed["lines[0].name"].grounds) == ("Ink", [Ground.READER])
    assert changed["lines[1].quantity"].grounds == [Ground.PROVED, Ground.INDEPENDENT]
    assert not any(path.startswith("lines[2]") for path in changed)


def test_a_table_that_code_cannot_prove_is_the_models_and_sure_where_both_say_the_same() -> None:
    code = {
        **row(0, 10, Ground.LAYOUT, quantity="3", net_amount="30.00"),
        **row(1, 30, Ground.LAYOUT, quantity="1", net_amount="5.00"),
    }
    read = {
        **row(0, 10, Ground.READER, quantity="2", net_amount="30", name="Ink"),
        **row(1, 20, Ground.READER, net_amount="7"),
    }
    changed, _ = joined_lines(code, read, stands=False)
    assert {path: one.value for path, one in changed.items()} == {
        "lines[0].quantity": "2", "lines[0].net_amount": "30.00", "lines[0].name": "Ink", "lines[1].net_amount": "7",
    }  # fmt: skip
    assert changed["lines[0].net_amount"].grounds == [Ground.LAYOUT, Ground.INDEPENDENT]
    assert Ground.DIFFERS in changed["lines[0].quantity"].grounds
    assert changed["lines[1].net_amount"].grounds == [Ground.READER]


async def test_a_long_table_is_read_in_runs_and_its_header_from_both_ends(execution: Execution, reads: Reads) -> None:
    goods = items(120)
    rows = [
        {"name": one.name, "quantity": one.quantity, "unit_price_net": one.price, "net_amount": one.amount}
        for one in goods
    ]
    asked = reads(Perfect, {"lines": rows, "totals": {}})
    await execution.submit(long_invoice(goods, 8), whole=WHOLE, max_repairs=0)
    runs = [step for step, _ in execution.calls if step.startswith("extract lines")]
    assert len(runs) == len(set(runs)) > 1
    assert len(execution.calls) == len(runs) + 1
    assert all(tokens(body["messages"][-1]["content"]) + body["max_tokens"] < 8192 for body in asked)
    assert execution.grounds("lines[100].net_amount") == ["proved", "independent"]


def test_the_header_of_what_does_not_fit_is_shown_by_its_ends() -> None:
    long = page("INVOICE", *(f"Paper of quality {n}  2  {n}.50  {2 * n + 1}.00" for n in range(900)), "Total 99999.00")
    layout = Layout(long)
    text = whole.shown(layout, runs_of(layout, 8192), 8192)
    assert tokens(text) + whole.header_tokens() < 8192
    lines = text.split("\n")
    assert (lines[0], lines[-1], lines.count("…")) == ("0|INVOICE", "901|Total 99999.00", 1)

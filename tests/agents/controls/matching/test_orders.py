"""Invoices against purchase orders: prices, quantities, and what was billed and received before."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from agents.controls.matching._orders import Tolerances, match_order
from agents.fields.schema import Fields
from infra.records import Billing, Finding, Order, OrderLine, OrderOnRecord, Receipt
from tests.agents.controls.matching.examples import a_vendor, an_order, fields_of, lines_of, the, told

CABLE = {
    "name": "Copper cable NYM 3x1.5",
    "quantity": "100",
    "unit": "MTR",
    "unit_price_net": "1.25",
    "net_amount": "125.00",
}
SOCKET = {
    "name": "Wall socket, white",
    "quantity": "40",
    "unit": "C62",
    "unit_price_net": "3.90",
    "net_amount": "156.00",
}
NOTHING: dict[str, Any] = {}
USUAL = Tolerances()


def matched(
    fields: Fields,
    order: Order | None = None,
    *,
    kind: str = "invoice",
    tolerances: Tolerances = USUAL,
    **record: Any,
) -> tuple[list[Billing], list[Finding]]:
    fields = {**fields_of(currency="EUR"), **fields}
    on_record = OrderOnRecord(order=order or an_order(), **record)
    return match_order(fields, kind, on_record, a_vendor(), "new", "acme", "4500-1", tolerances)


def billed(line: str, quantity: str) -> Billing:
    return Billing(
        execution_id="old",
        tenant="acme",
        order="4500-1",
        line=line,
        quantity=Decimal(quantity),
        amount=Decimal(quantity),
    )


@pytest.mark.parametrize("quantity", ["0", "-100"])
def test_an_invoice_asks_no_money_for_what_was_not_delivered_or_is_given_back(quantity: str) -> None:
    billings, findings = matched(lines_of({**CABLE, "quantity": quantity}))
    assert billings == []
    assert told([said for said in findings if said.rule == "ORDER-LINE"]) == [("ORDER-LINE", "error")]


def test_a_line_given_back_on_an_invoice_is_taken_off_what_was_billed() -> None:
    back = {**CABLE, "quantity": "-10", "net_amount": "-12.50"}
    billings, _ = matched(lines_of(back), billed=[billed("1", "100")])
    assert [(billing.quantity, billing.amount) for billing in billings] == [(Decimal(-10), Decimal("-12.50"))]


def received(line: str, quantity: str) -> Receipt:
    return Receipt(tenant="acme", number="LS-1", order="4500-1", line=line, quantity=Decimal(quantity))


def quantities(billings: list[Billing]) -> dict[str, Decimal]:
    return {billing.line: billing.quantity for billing in billings}


def test_all_as_ordered_passes_with_what_it_bills() -> None:
    billings, findings = matched(lines_of(SOCKET, CABLE))
    assert told(findings) == [("ORDER", "info")]
    assert (findings[0].verdict, findings[0].evidence["billed"]) == ("pass", {"20": "40", "10": "100"})
    assert quantities(billings) == {"20": Decimal(40), "10": Decimal(100)}
    assert sum(billing.amount for billing in billings) == Decimal(281)


@pytest.mark.parametrize(
    ("price", "tolerances", "severity"),
    [
        ("1.25", Tolerances(), None),
        ("1.27", Tolerances(price_amount=Decimal(0)), "info"),
        ("1.28", Tolerances(price_amount=Decimal(0)), "error"),
        ("1.28", Tolerances(price_amount=Decimal("0.03")), "info"),
        ("1.10", Tolerances(), "info"),
    ],
)
def test_a_higher_price_is_an_error_beyond_the_tolerance(
    price: str, tolerances: Tolerances, severity: str | None
) -> None:
    line = {**CABLE, "unit_price_net": price, "net_amount": str(100 * Decimal(price))}
    _, findings = matched(lines_of(line), tolerances=tolerances)
    assert dict(told(findings)).get("ORDER-PRICE") == severity
    if severity:
        evidence = the(findings, "ORDER-PRICE").evidence
        assert (Decimal(evidence["expected"]), Decimal(evidence["found"])) == (Decimal("1.25"), Decimal(price))


def test_what_counts_is_what_is_paid_and_not_what_is_printed() -> None:
    cheap = an_order(OrderLine(line="10", name="Screw", quantity=Decimal(1000), unit_price=Decimal("0.05")))
    line = {"name": "Screw", "quantity": "1000", "unit_price_net": "0.05", "net_amount": "60.00"}
    _, findings = matched(lines_of(line), cheap, tolerances=Tolerances(price_amount=Decimal(0)))
    assert Decimal(the(findings, "ORDER-PRICE").evidence["found"]) == Decimal("0.06")
    per_100 = {"name": "Screw", "quantity": "1000", "unit_price_net": "5.00", "net_amount": "50.00"}
    assert told(matched(lines_of(per_100), cheap)[1]) == [("ORDER", "info")]


def test_partial_deliveries_add_up_and_one_too_many_is_an_error() -> None:
    part = {**CABLE, "quantity": "60", "net_amount": "75.00"}
    assert told(matched(lines_of(part))[1]) == [("ORDER", "info")]
    assert told(matched(lines_of(part), billed=[billed("10", "40")])[1]) == [("ORDER", "info")]
    _, findings = matched(lines_of(part), billed=[billed("10", "30"), billed("10", "30")])
    over = the(findings, "ORDER-QUANTITY")
    assert over.severity == "error"
    assert (over.evidence["expected"], over.evidence["found"], over.evidence["billed_before"]) == (
        "40",
        "60",
        "60",
    )
    assert told(
        matched(lines_of(part), billed=[billed("10", "41")], tolerances=Tolerances(quantity_percent=Decimal(1)))[1]
    ) == [("ORDER", "info")]


def test_a_line_delivered_in_two_is_two_lines_of_the_invoice_and_one_of_the_order() -> None:
    half = {**CABLE, "quantity": "50", "net_amount": "62.50"}
    billings, findings = matched(lines_of(half, half))
    assert told(findings) == [("ORDER", "info")]
    assert [billing.quantity for billing in billings] == [Decimal(50), Decimal(50)]
    assert dict(told(matched(lines_of(half, half, half))[1]))["ORDER-QUANTITY"] == "error"


@pytest.mark.parametrize(
    ("receipts", "required", "expected"),
    [
        ([], False, ("ORDER", "info")),
        ([], True, ("RECEIPT-MISSING", "error")),
        ([received("10", "100")], True, ("ORDER", "info")),
        ([received("10", "99")], False, ("RECEIPT-QUANTITY", "error")),
        ([received("20", "40")], False, ("RECEIPT-QUANTITY", "error")),
        ([received("10", "100"), received("10", "-1")], False, ("RECEIPT-QUANTITY", "error")),
    ],
)
def test_what_was_not_received_is_not_paid(receipts: list[Receipt], required: bool, expected: tuple[str, str]) -> None:
    _, findings = matched(lines_of(CABLE), an_order(receipt_required=required), receipts=receipts)
    assert told(findings) == [expected]
    if expected[0] == "RECEIPT-QUANTITY":
        evidence = findings[0].evidence
        assert (evidence["found"], evidence["received"]) == (
            "100",
            str(sum(r.quantity for r in receipts if r.line == "10")),
        )


def test_what_was_received_counts_with_what_was_billed_before() -> None:
    part = {**CABLE, "quantity": "30", "net_amount": "37.50"}
    record: dict[str, Any] = {"receipts": [received("10", "60")], "billed": [billed("10", "40")]}
    evidence = the(matched(lines_of(part), **record)[1], "RECEIPT-QUANTITY").evidence
    assert (evidence["expected"], evidence["found"], evidence["billed_before"]) == ("20", "30", "40")


@pytest.mark.parametrize(
    ("stated", "order", "rule"),
    [
        ({"currency": "CHF"}, {}, "ORDER-CURRENCY"),
        ({}, {"vendor_id": "V2"}, "ORDER-VENDOR"),
        ({}, {"closed": True}, "ORDER-CLOSED"),
        ({"totals__charge_total": "15.00"}, {}, "ORDER-LINE"),
    ],
)
def test_what_is_wrong_with_the_order_as_a_whole_is_an_error(
    stated: dict[str, str], order: dict[str, Any], rule: str
) -> None:
    _, findings = matched({**fields_of(**stated), **lines_of(CABLE)}, an_order(**order))
    assert told(findings) == [(rule, "error")]


def test_an_order_that_nobody_knows_or_that_is_missing_is_an_error() -> None:
    unknown = match_order(lines_of(CABLE), "invoice", None, a_vendor(), "new", "acme", "4500-9", Tolerances())
    assert (unknown[0], told(unknown[1])) == ([], [("ORDER-UNKNOWN", "error")])
    missing = match_order(lines_of(CABLE), "invoice", None, a_vendor(), "new", "acme", None, Tolerances())
    assert (missing[0], told(missing[1])) == ([], [("ORDER-MISSING", "error")])


@pytest.mark.parametrize("name", ["Freight", "Express surcharge", "Gold bar 1 kg"])
def test_a_line_that_was_not_ordered_is_an_error(name: str) -> None:
    extra = {"name": name, "quantity": "1", "unit_price_net": "25", "net_amount": "25.00"}
    billings, findings = matched(lines_of(CABLE, extra))
    assert told(findings) == [("ORDER-LINE", "error")]
    assert findings[0].evidence["found"] == name
    assert quantities(billings) == {"10": Decimal(100)}


def test_an_article_number_says_which_line_it_is_and_a_longer_one_does_not() -> None:
    lines = [
        OrderLine(line="1", name="Hose", article="K-715", quantity=Decimal(1), unit_price=Decimal(5)),
        OrderLine(line="2", name="Hose", article="K-71", quantity=Decimal(1), unit_price=Decimal(5)),
    ]
    line = {"name": "Schlauch 5 m (K 71)", "quantity": "1", "unit_price_net": "5", "net_amount": "5.00"}
    billings, _ = matched(lines_of(line), an_order(*lines))
    assert quantities(billings) == {"2": Decimal(1)}


def test_lines_that_are_alike_are_told_apart_by_price_and_quantity() -> None:
    lines = [
        OrderLine(line=str(n), name="Consulting", quantity=Decimal(n), unit_price=Decimal(100 * n)) for n in range(1, 4)
    ]
    given = [
        {"name": "Consulting", "quantity": str(n), "unit_price_net": str(100 * n), "net_amount": str(100 * n * n)}
        for n in (3, 1, 2)
    ]
    billings, findings = matched(lines_of(*given), an_order(*lines))
    assert [billing.line for billing in billings] == ["3", "1", "2"]
    assert told(findings) == [("ORDER", "info")]


def test_another_unit_is_a_warning() -> None:
    assert told(matched(lines_of({**CABLE, "unit": "roll"}))[1])[0] == ("ORDER-UNIT", "warning")


def test_without_a_quantity_the_amount_says_it_where_it_comes_to_a_whole_one() -> None:
    line = {"name": CABLE["name"], "net_amount": "75.00"}
    assert quantities(matched(lines_of(line))[0]) == {"10": Decimal(60)}
    billings, findings = matched(lines_of({**line, "net_amount": "75.99"}))
    assert (billings, told(findings)) == ([], [("ORDER-LINE", "error")])
    assert findings[0].verdict == "not assessable"


@pytest.mark.parametrize("sign", ["", "-"])
def test_a_credit_note_gives_back_what_was_billed_and_no_more(sign: str) -> None:
    line = {**CABLE, "quantity": f"{sign}10", "net_amount": f"{sign}12.50"}
    billings, findings = matched(
        lines_of(line), an_order(closed=True), kind="credit_note", billed=[billed("10", "100")]
    )
    assert (quantities(billings), billings[0].amount) == ({"10": Decimal(-10)}, Decimal("-12.50"))
    assert told(findings) == [("ORDER", "info")]
    _, findings = matched(lines_of(line), kind="credit_note", billed=[billed("10", "4")])
    assert the(findings, "ORDER-QUANTITY").evidence["expected"] == "4"


def test_a_line_that_an_invoice_gives_back_is_billed_as_less() -> None:
    back = {**CABLE, "quantity": "-10", "net_amount": "-12.50"}
    billings, _ = matched(lines_of(back), billed=[billed("10", "100")])
    assert quantities(billings) == {"10": Decimal(-10)}


def test_an_invoice_without_lines_cannot_be_held_against_an_order() -> None:
    assert told(matched(NOTHING)[1]) == [("ORDER-LINES-UNREAD", "error")]

"""Purchase orders and receipts from files: whole orders or none of them, and back again without a change."""

from __future__ import annotations

import json
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from infra.records import Order, OrderLine, Receipt
from workers.master import (
    BadFile,
    order_json,
    read_orders,
    read_receipts,
    receipt_json,
    write_orders,
    write_receipts,
)

HEADER = "number;vendor_id;currency;ordered_on;receipt_required;line;name;article;quantity;unit;unit_price\n"
TWO = (
    HEADER
    + "4500-1;V1;EUR;2026-09-01;yes;10;Cable;K-7;2,5;m;0,0035\n"
    + "4500-1;;;;;20;Plug;;10;pcs;1.90\n"
    + "4500-2;;CHF;01.10.2026;;1;Desk;;1;;1.250,00\n"
)


def a_file(folder: Path, text: str, name: str = "orders.csv") -> Path:
    (folder / name).write_text(text, encoding="utf-8")
    return folder / name


def orders(folder: Path, text: str, name: str = "orders.csv") -> list[Order]:
    read = read_orders(a_file(folder, text, name), "acme", {}, [])
    assert not read.problems
    return read.records


def test_rows_of_one_number_are_one_order_whose_head_stands_once(tmp_path: Path) -> None:
    first, second = orders(tmp_path, TWO)
    assert (first.number, first.vendor_id, first.receipt_required) == ("4500-1", "V1", True)
    assert first.lines == [
        OrderLine(
            line="10", name="Cable", article="K-7", quantity=Decimal("2.5"), unit="m", unit_price=Decimal("0.0035")
        ),
        OrderLine(line="20", name="Plug", quantity=Decimal(10), unit="pcs", unit_price=Decimal("1.9")),
    ]
    assert (second.ordered_on, second.currency, second.lines[0].unit_price) == (date(2026, 10, 1), "CHF", Decimal(1250))


def test_orders_come_back_the_same_from_csv_and_json(tmp_path: Path) -> None:
    made = orders(tmp_path, TWO)
    made[0].lines[0].quantity = Decimal("1.234")  # as text it could be read in two ways
    made[0].lines[1].name = "=HYPERLINK(1); \"Plug\", 'grey' | white"
    made[1].number, made[1].closed = "-4500/2", True
    csv = write_orders(made)
    assert "'=HYPERLINK" in csv
    assert orders(tmp_path, csv, "again.csv") == made
    assert write_orders(orders(tmp_path, csv, "again.csv")) == csv
    written = json.dumps({"orders": [order_json(one) for one in made]})
    assert orders(tmp_path, written, "orders.json") == made


def test_receipts_come_back_the_same_from_csv_and_json(tmp_path: Path) -> None:
    given = [
        Receipt(tenant="acme", number="@LS-1", order="4500-1", line="10", quantity=Decimal("-1.500")),
        Receipt(
            tenant="acme", number="LS-2", order="4500-1", line="20", quantity=Decimal(3), received_on=date(2026, 9, 5)
        ),
    ]
    csv = a_file(tmp_path, write_receipts(given), "r.csv")
    assert read_receipts(csv, "acme").records == given
    entries = a_file(tmp_path, json.dumps([receipt_json(one) for one in given]), "r.json")
    assert read_receipts(entries, "acme").records == given


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ("4500-1;V2;;;;30;Tap;;1;;1", "row 4, column vendor_id: the order has 'V1' in row 2; write it alike"),
        ("4500-1;;;;;10;Tap;;1;;1", "row 4, column line: the order has a line '10' already"),
        ("4500-1;;;;;30;Tap;;0;;1", "row 4, column quantity: 0 is no quantity"),
        ("4500-1;;;;;30;Tap;;1;;1.250", "column unit_price: 1.250 may be 1250 or 1 and 250 thousandths"),
        ("4500-1;;;;;30;Tap;;1;;", "column unit_price: it is empty"),
        ("4500-1;;;31.9.2026;;30;Tap;;1;;1", "column ordered_on: '31.9.2026' is no day"),
        ("4500-1;;;;maybe;30;Tap;;1;;1", "column receipt_required: 'maybe' is neither yes nor no"),
    ],
)
def test_an_order_with_a_bad_row_is_left_out_whole(tmp_path: Path, row: str, said: str) -> None:
    lines = TWO.splitlines(keepends=True)
    read = read_orders(a_file(tmp_path, "".join([*lines[:3], f"{row}\n", *lines[3:]])), "acme", {}, [])
    assert [one.number for one in read.records] == ["4500-2"]
    assert [said in str(one) for one in read.problems] == [True]


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ("4500-2;;;", "it has 4 values for 11 columns"),
        (";;EUR;;;2;Tap;;1;;1", "column number: it is empty"),
        (f"{'4' * 300};;EUR;;;2;Tap;;1;;1", "column number: it has 300 characters"),
    ],
)
def test_a_row_of_which_the_order_is_not_known_keeps_all_orders_back(tmp_path: Path, row: str, said: str) -> None:
    read = read_orders(a_file(tmp_path, f"{TWO}{row}\n"), "acme", {}, [])
    assert not read.records
    assert said in str(read.problems[0])
    assert "it may be a line of any order" in str(read.problems[1])


def test_an_order_of_a_vendor_that_is_not_on_record_is_told(tmp_path: Path) -> None:
    read = read_orders(a_file(tmp_path, TWO), "acme", {}, ["V9"])
    assert [str(one) for one in read.problems] == [
        "orders.csv, row 2, column vendor_id: there is no vendor 'V1'; `counterfoil vendors import` it first"
    ]
    assert [one.number for one in read.records] == ["4500-2"]


def test_an_order_again_keeps_what_the_file_does_not_speak_of(tmp_path: Path) -> None:
    known = {one.number: one.model_copy(update={"closed": True}) for one in orders(tmp_path, TWO)}
    text = "number,line,name,quantity,unit_price\n4500-1,10,Cable,3,0.0035\n"
    (made,) = read_orders(a_file(tmp_path, text), "acme", known, []).records
    assert (made.closed, made.vendor_id, made.currency, len(made.lines)) == (True, "V1", "EUR", 1)


@pytest.mark.parametrize(
    ("entry", "said"),
    [
        ({"lines": []}, "column lines: the order has none"),
        ({"lines": [{"line": "1", "name": "x", "quantity": 1}]}, "row 1, line 1, column unit_price: it is empty"),
        ({"lines": "x"}, "it has no list `lines`"),
        ({"lines": [{"line": "1", "name": "x", "quantity": 1, "unit_price": 1, "gross": 2}]}, "it has 'gross'"),
    ],
)
def test_a_bad_order_of_json_says_what_is_wrong(tmp_path: Path, entry: dict[str, object], said: str) -> None:
    text = json.dumps([{"number": "N1", "currency": "EUR", **entry}])
    read = read_orders(a_file(tmp_path, text, "o.json"), "acme", {}, [])
    assert not read.records
    assert said in str(read.problems[0])


def test_an_order_twice_in_json_is_none(tmp_path: Path) -> None:
    entry = {"number": "N1", "currency": "EUR", "lines": [{"line": "1", "name": "x", "quantity": 1, "unit_price": 1}]}
    read = read_orders(a_file(tmp_path, json.dumps([entry, entry]), "o.json"), "acme", {}, [])
    assert not read.records
    assert "stands there already" in str(read.problems[0])


def test_a_file_without_a_column_that_lines_need_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BadFile, match="has no column unit_price"):
        read_orders(a_file(tmp_path, "number,line,name,quantity\nN,1,x,1\n"), "acme", {}, [])


def test_receipts_are_of_lines_of_orders_on_record(tmp_path: Path) -> None:
    known = {one.number: one for one in orders(tmp_path, TWO)}
    text = (
        "number,order,line,quantity,received_on\nLS1,4500-1,10,2,2026-09-05\nLS1,4500-1,30,1,\nLS1,4500-7,10,1,\n"
        "LS2,4500-1,10,-1,\nLS1,4500-1,10,1,\nLS3,4500-1,10,0,\n"
    )
    read = read_receipts(a_file(tmp_path, text, "r.csv"), "acme", known)
    assert [(one.number, one.quantity, one.received_on) for one in read.records] == [
        ("LS1", Decimal(2), date(2026, 9, 5)),
        ("LS2", Decimal(-1), None),
    ]
    assert [str(one) for one in read.problems] == [
        "r.csv, row 3, column line: order 4500-1 has no line '30'; it has 10, 20",
        "r.csv, row 4, column order: there is no order '4500-7'; is it 4500-2?",
        "r.csv, row 6, column line: this line of this receipt stands in row 2 already; add the quantities up in one row",
        "r.csv, row 7, column quantity: nothing was received; delete the row",
    ]

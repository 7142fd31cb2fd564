"""Purchase orders and receipts on the command line."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

import pytest

from infra.ledger import Ledger
from infra.records import Billing, OrderOnRecord
from infra.settings import Settings
from tests.workers.cli.conftest import Ran

Cli = Callable[..., Ran]
ORDERS = (
    "number,currency,receipt_required,line,name,article,quantity,unit,unit_price\n"
    "4500-1,EUR,yes,10,Cable,K-7,100,m,1.25\n4500-1,,,20,Plug,,10,,3\n4500-2,CHF,,1,Desk,,1,,890\n"
)
RECEIPTS = "number;order;line;quantity;received_on\nLS-1;4500-1;10;40;2026-09-03\nLS-2;4500-1;10;2,5;\n"


@pytest.fixture
def known(home: Settings, cli: Cli, tmp_path: Path) -> Settings:
    """Orders, with receipts and what an invoice bills."""
    (tmp_path / "orders.csv").write_text(ORDERS)
    (tmp_path / "receipts.csv").write_text(RECEIPTS)
    assert cli("orders", "import", "orders.csv").out == "2 orders of tenant default: 2 new\n"
    assert cli("orders", "receive", "receipts.csv").out == "2 lines of receipts of tenant default: 2 new\n"

    def bill(on_record: OrderOnRecord | None) -> tuple[list[Billing], None]:
        assert on_record
        of = {"execution_id": "invoice-default-1", "tenant": "default", "order": "4500-1"}
        return [Billing(**of, line="10", quantity=Decimal("102.50"), amount=Decimal("128.125"))], None

    async def work() -> None:
        async with Ledger(home.ledger) as ledger:
            await ledger.match_order("default", "4500-1", "invoice-default-1", bill)

    asyncio.run(work())
    return home


def test_an_order_is_shown_with_what_is_received_billed_and_open(known: Settings, cli: Cli) -> None:
    shown = cli("orders", "show", "4500-1").out
    cable = next(line for line in shown.splitlines() if "Cable" in line)
    assert cable.split() == ["10", "Cable", "(K-7)", "100", "42.5", "102.5", "-2.5", "1.25", "EUR", "m"]
    assert "billed 128.125 EUR of 155.00 EUR net by invoice-default-1" in shown
    made = cli("orders", "show", "4500-1", "--json").json
    assert made["lines"][0] == {
        "line": "10", "received": "42.5", "billed": "102.5", "open": "-2.5", "amount": "128.1250",
    }  # fmt: skip
    assert [one["received_on"] for one in made["receipts"]] == ["2026-09-03", None]
    assert made["billed_by"] == ["invoice-default-1"]


def test_looking_at_an_order_bills_nothing(known: Settings, cli: Cli) -> None:
    before = cli("orders", "show", "4500 1", "--json").json  # as people write it
    assert cli("orders", "show", "4500-1", "--json").json == before


def test_orders_are_listed_and_come_back_from_json_the_same(known: Settings, cli: Cli, tmp_path: Path) -> None:
    listed = cli("orders", "list").out
    assert "155.00 EUR" in listed
    assert "receipt required" in listed
    (tmp_path / "o.json").write_text(cli("orders", "list", "--json").out)
    assert cli("orders", "import", "o.json").out == "2 orders of tenant default: 2 as they were\n"
    (tmp_path / "closed.csv").write_text(ORDERS.replace("receipt_required", "closed"))
    assert cli("orders", "import", "closed.csv", "--json").json["changed"] == ["4500-1"]
    assert "4500-1" not in cli("orders", "list", "--open").out


def test_exported_orders_and_receipts_come_back_the_same(known: Settings, cli: Cli, tmp_path: Path) -> None:
    out = tmp_path / "out.csv"
    assert cli("orders", "export", "--out", out).out == f"2 orders in {out}\n"
    assert out.read_bytes().startswith(b"\xef\xbb\xbfnumber,")
    assert cli("orders", "import", out).out == "2 orders of tenant default: 2 as they were\n"
    before = cli("orders", "export", "--receipts").out
    out.write_text(before)
    assert cli("orders", "receive", out).out == "2 lines of receipts of tenant default: 0 new\n"
    assert cli("orders", "export", "--receipts").out == before
    assert len(cli("orders", "export", "--receipts", "--json").json["receipts"]) == 2
    assert cli("orders", "export", "--json").json == cli("orders", "list", "--json").json
    assert cli("orders", "export", "--json", "--out", out).code == 2
    assert cli("orders", "export", "--out", tmp_path).code == 1


def test_bad_rows_are_told_and_nothing_is_imported(known: Settings, cli: Cli, tmp_path: Path) -> None:
    (tmp_path / "receipts.csv").write_text(f"{RECEIPTS}LS-3;4500-9;10;1;\n")
    ran = cli("orders", "receive", "receipts.csv")
    assert ran.code == 1
    assert "receipts.csv, row 4, column order: there is no order '4500-9'" in ran.err
    skipped = cli("orders", "receive", "receipts.csv", "--skip-bad", "--json")
    assert (skipped.code, skipped.json["imported"], skipped.json["new"]) == (1, 2, 0)
    (tmp_path / "orders.csv").write_text(ORDERS.replace("890", "a lot"))
    assert "column unit_price: 'a lot' is no number" in cli("orders", "import", "orders.csv").err


def test_an_order_nobody_knows_is_told_with_the_nearest(known: Settings, cli: Cli) -> None:
    ran = cli("orders", "show", "4500-3")
    assert ran.code == 1
    assert "has no order '4500-3'. Is it 4500-" in ran.err
    assert "no orders of tenant other" in cli("orders", "list", "--tenant", "other").out


@pytest.mark.parametrize("word", ["import", "export", "list", "show", "receive"])
def test_the_help_has_examples(cli: Cli, word: str) -> None:
    ran = cli("orders", word, "--help")
    assert f"counterfoil orders {word}" in ran.out
    if word == "import":
        assert '[{"number": "4500-1"' in ran.out

"""The generated month is what its truth says: the checks find what is planted, and nothing in the rest."""

from __future__ import annotations

import asyncio
import csv
import json
from collections import Counter
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from facturx import get_xml_from_pdf  # type: ignore[import-untyped]

from agents.controls.approval import read_policy
from agents.controls.matching import Tolerances, match_order, match_vendor
from agents.controls.rulebook import read_sanctions
from agents.documents import read_document
from agents.documents.reading import Reading
from agents.einvoice import fields_from_xml
from agents.einvoice.en16931 import validate
from agents.fields.schema import Fields
from agents.pages import draft
from infra.ledger.keys import number_key
from infra.records import Billing, OrderOnRecord
from tests.evals.month.forms import written
from tests.evals.month.generate import Month, generate
from tests.evals.month.making import Bill, Making
from tests.evals.month.vendors import BUYERS, FIRMS, LISTED, ORDINARY
from workers.intake import find_files
from workers.master import read_orders, read_receipts, read_vendors

pytestmark = pytest.mark.exhaustive

KINDS = {
    "dup-number", "dup-writing", "dup-amount", "dup-text", "price", "quantity", "account", "split", "sanctions",
    "over-limit",
}  # fmt: skip
READ = ("invoice_number", "issue_date", "seller.name", "totals.grand_total", "payment.iban")
"""What code has to read of a plain page."""


@pytest.fixture(scope="module")
def month(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Month]:
    folder = tmp_path_factory.mktemp("month")
    return folder, generate(folder, seed=1, documents=40)


def read(path: Path) -> Reading:
    return asyncio.run(read_document(path.read_bytes(), path.name, seconds=30, memory_mb=1024))


def xml_of(path: Path) -> str:
    if path.suffix == ".xml":
        return path.read_text("utf-8")
    _, xml = get_xml_from_pdf(path.read_bytes(), check_xsd=False, check_schematron=False)
    return str(xml, "utf-8")


def stated(folder: Path, month: Month) -> dict[str, Fields]:
    """What the e-invoices say, by file."""
    files = {name: told for name, told in month.truth["documents"].items() if told["form"] in ("facturx", "cii", "ubl")}
    return {name: fields_from_xml(xml_of(folder / "documents" / name)) for name in files}


def test_the_same_seed_makes_the_same_files(month: tuple[Path, Month], tmp_path: Path) -> None:
    folder, _ = month
    generate(tmp_path, seed=1, documents=40)
    files = sorted(path.relative_to(folder) for path in folder.rglob("*") if path.is_file())
    assert files == sorted(path.relative_to(tmp_path) for path in tmp_path.rglob("*") if path.is_file())
    assert [name for name in files if (folder / name).read_bytes() != (tmp_path / name).read_bytes()] == []


def test_one_of_each_kind_is_planted_and_no_two_files_have_the_same_bytes(month: tuple[Path, Month]) -> None:
    folder, generated = month
    documents = list((folder / "documents").iterdir())
    told = generated.truth["documents"]
    assert len(documents) == len(told) == len({path.read_bytes() for path in documents}) == 40
    assert json.loads((folder / "truth.json").read_text("utf-8")) == generated.truth
    assert {document["planted"] for document in told.values()} - {None} == KINDS
    for kind in (kind for kind in KINDS if kind.startswith("dup")):
        assert sorted(document["role"] or "" for document in told.values() if document["planted"] == kind) == [
            "first",
            "later",
        ]
    assert all(
        (document["expect"] == "approve") == (document["planted"] is None)
        for document in told.values()
        if "credit" not in document["why"]
    )
    assert all(Decimal(document["amount"]) <= 1000 for document in told.values() if document["planted"] != "over-limit")


def test_the_master_data_are_read_back_as_they_were_made(month: tuple[Path, Month]) -> None:
    folder, generated = month
    vendors = read_vendors(folder / "vendors.csv", generated.tenant, {})
    orders = read_orders(folder / "orders.csv", generated.tenant, {}, {vendor.id for vendor in generated.vendors})
    receipts = read_receipts(
        folder / "receipts.csv", generated.tenant, {order.number: order for order in generated.orders}
    )
    assert (vendors.problems, orders.problems, receipts.problems) == ([], [], [])
    assert (vendors.records, orders.records, receipts.records) == (
        generated.vendors,
        generated.orders,
        generated.receipts,
    )
    policy = read_policy((folder / "approval.yaml").read_bytes(), folder / "approval.yaml")
    assert (policy.auto_approval.limits, policy.own_submission) == ({"EUR": Decimal(1000)}, "forbidden")


def test_the_manifest_names_the_orders_that_the_documents_do_not(month: tuple[Path, Month]) -> None:
    folder, generated = month
    files = find_files([folder / "documents"], manifest=folder / "manifest.csv")
    assert files.refused == []
    orders = [file.details["purchase_order"] for file in files.files if "purchase_order" in file.details]
    assert orders
    assert set(orders) <= {order.number for order in generated.orders}


def test_only_those_on_the_sanctions_list_are_like_a_name_of_it(month: tuple[Path, Month]) -> None:
    listed = read_sanctions((month[0] / "sanctions.csv").read_bytes(), "sanctions.csv")
    names = [name for firm in FIRMS for name in (firm.name, *firm.aliases)] + [buyer.name for buyer in BUYERS.values()]
    assert {name for name in names if listed.match(name)} == {firm.name for firm in LISTED}


async def test_every_e_invoice_is_valid(month: tuple[Path, Month]) -> None:
    folder, generated = month
    for name in [name for name, told in generated.truth["documents"].items() if told["form"] not in ("plain", "scan")]:
        verdict = await validate(xml_of(folder / "documents" / name))
        assert verdict.valid, (name, verdict.problem, verdict.failed, verdict.schema_errors)


@pytest.mark.parametrize("firm", ORDINARY, ids=lambda firm: firm.id)
def test_code_alone_reads_the_page_of_every_vendor(firm: object, tmp_path: Path) -> None:
    making = Making(3, orders=0)
    (vendor,) = [known for known in FIRMS if known is firm]
    bill = Bill(vendor, date(2026, 10, 12), making.lines(vendor, Decimal(80), Decimal(900)), "", order="4570013")
    bill.number = making.next_number(vendor)
    path = tmp_path / "a.pdf"
    path.write_bytes(written(bill.doc(), "plain"))
    fields = draft(read(path)).fields
    assert {path: fields[path].value if path in fields else None for path in READ} == {
        "invoice_number": bill.number,
        "issue_date": "2026-10-12",
        "seller.name": vendor.name,
        "totals.grand_total": f"{bill.amount:.2f}",
        "payment.iban": vendor.iban,
    }


def test_checks_find_what_is_planted_in_e_invoices_and_nothing_else(month: tuple[Path, Month]) -> None:
    folder, generated = month
    named = {row["file"].removeprefix("documents/"): row["purchase_order"] for row in _rows(folder / "manifest.csv")}
    billed: list[Billing] = []
    orders = {order.number: order for order in generated.orders}
    for name, fields in stated(folder, generated).items():
        told = generated.truth["documents"][name]
        match = match_vendor(fields, generated.vendors)
        errors = [finding.rule for finding in match.findings if finding.severity == "error"]
        assert (match.vendor and match.vendor.id) == told["vendor"]
        number = named.get(name) or (fields["purchase_order_ref"].value if "purchase_order_ref" in fields else None)
        if number:
            receipts = [receipt for receipt in generated.receipts if receipt.order == number]
            before = [billing for billing in billed if billing.order == number]
            on_record = OrderOnRecord(order=orders[number], receipts=receipts, billed=before)
            bills, said = match_order(
                fields, "invoice", on_record, match.vendor, name, generated.tenant, number, Tolerances()
            )
            billed += bills
            errors += [finding.rule for finding in said if finding.severity == "error"]
        wanted = told["rules"] if told["planted"] in ("price", "quantity", "account") else []
        assert errors == wanted or (told["expect"] == "either" and not errors), (name, told, errors)


def test_no_good_invoices_of_a_vendor_look_like_duplicates_or_a_split_one(month: tuple[Path, Month]) -> None:
    folder, generated = month
    good = {
        name: document for name, document in generated.truth["documents"].items() if document["expect"] == "approve"
    }
    amounts = Counter(
        (document["vendor"], document["amount"]) for document in good.values() if "monthly" not in document["why"]
    )
    assert max(amounts.values()) == 1
    said = {name: fields for name, fields in stated(folder, generated).items() if name in good}
    keys = Counter((good[name]["vendor"], number_key(fields["invoice_number"].value)) for name, fields in said.items())
    assert max(keys.values()) == 1


def _rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))

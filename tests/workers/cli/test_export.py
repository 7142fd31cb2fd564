"""Exports are whole, exact, and harmless to open."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable
from decimal import Decimal
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from pypdf import PdfReader, PdfWriter

from agents.fields.schema import dumped
from infra.document_store import DocumentStore
from infra.records import Finding, Review, Status
from infra.settings import Settings
from tests.agents.einvoice.en16931.invoices import invoice
from tests.workers.cli.conftest import Ran
from tests.workers.cli.examples import FIELDS, MORNING, a_call, a_field, a_submission, an_execution, fill

Cli = Callable[..., Ran]


def read(path: Path) -> Any:
    return json.loads(path.read_text(), parse_float=Decimal)


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def an_invoice(**changed: str) -> dict[str, Any]:
    """The result of an execution that read a whole invoice."""
    return {"fields": dumped(invoice(**changed)), "kind": "invoice"}


def test_json_is_the_public_shape_with_numbers_as_they_were_read(home: Settings, cli: Cli, tmp_path: Path) -> None:
    fill(home.ledger, an_execution("Rechnung Nr. 1.pdf", status=Status.REVIEW))
    ran = cli("export", "--format", "json", "--out", tmp_path / "out")
    assert ran.code == 0, ran.err
    made = read(tmp_path / "out" / "Rechnung Nr. 1.json")
    assert made["totals"]["grand_total"] == Decimal("119.00")
    assert str(made["totals"]["grand_total"]) == "119.00"
    assert made["lines"][0]["net_amount"] == Decimal("100.10")
    assert made["seller"] == {
        "name": "Muster GmbH", "vat_id": None, "tax_number": None, "country": None, "legal_id": None,
    }  # fmt: skip
    assert made["due_date"] is None


def test_a_duplicate_file_gets_a_file_of_its_own(home: Settings, cli: Cli, tmp_path: Path) -> None:
    made = an_execution("first.pdf")
    fill(home.ledger, made, a_submission(made), a_submission(made, name="copy.pdf"))
    cli("export", "--format", "json", "--out", tmp_path / "out")
    assert read(tmp_path / "out" / "first.json") == read(tmp_path / "out" / "copy.json")


def test_other_documents_of_the_same_stem_get_a_number_and_it_is_said(home: Settings, cli: Cli, tmp_path: Path) -> None:
    other = {**FIELDS, "invoice_number": a_field("R-18")}
    fill(home.ledger, an_execution("a.pdf"), an_execution("A.xml", result={"fields": other}, batch="march"))
    ran = cli("export", "--format", "json", "--out", tmp_path)
    assert {read(p)["invoice_number"] for p in tmp_path.glob("[aA]*.json")} == {"R-17", "R-18"}
    assert "-2.json" in ran.err


def test_the_same_document_handed_in_again_later_is_exported_once(home: Settings, cli: Cli, tmp_path: Path) -> None:
    made = an_execution("a.pdf")
    fill(home.ledger, made, a_submission(made), a_submission(made, batch="april"))
    assert "1 JSON file and" in cli("export", "--format", "json", "--out", tmp_path).out


def test_a_document_nothing_was_read_from_is_left_out_of_json(home: Settings, cli: Cli, tmp_path: Path) -> None:
    fill(home.ledger, an_execution("a.pdf"), an_execution("b.pdf", status=Status.FAILED, result={}, error="broken"))
    ran = cli("export", "--format", "json", "--out", tmp_path / "out")
    assert {p.name for p in (tmp_path / "out").iterdir()} == {"a.json", "_index.json"}
    assert "b.pdf (failed)" in ran.err
    assert "1 approved, 1 failed; --status approved for settled ones only" in ran.out
    first, second = read(tmp_path / "out" / "_index.json")["documents"]
    assert (first["document"], first["file"], first["reasons"]) == ("a.pdf", "a.json", ["all sums agree"])
    assert (second["document"], second["file"], second["reasons"]) == ("b.pdf", None, ["broken"])


def test_a_document_named_as_the_index_does_not_take_its_place(home: Settings, cli: Cli, tmp_path: Path) -> None:
    fill(home.ledger, an_execution("_index.pdf"))
    cli("export", "--format", "json", "--out", tmp_path / "out")
    assert read(tmp_path / "out" / "_index.json")["documents"][0]["file"] == "_index-2.json"


def test_csv_keeps_the_reasons_of_people_apart(home: Settings, cli: Cli, tmp_path: Path) -> None:
    answer = Review(action="approve", reviewer="Ada", reason="ordered by me", at=MORNING)
    fill(home.ledger, an_execution("a.pdf", decided_by="Ada", reviews=[answer]))
    cli("export", "--format", "csv", "--out", tmp_path)
    (row,) = rows(tmp_path / "invoices.csv")
    assert (row["reasons"], row["review_reasons"], row["decided_by"]) == ("all sums agree", "ordered by me", "Ada")


def test_csv_has_a_row_a_document_and_a_row_a_line(home: Settings, cli: Cli, tmp_path: Path) -> None:
    made, failed = an_execution("a.pdf"), an_execution("b.pdf", status=Status.FAILED, result={}, error="broken")
    fill(home.ledger, made, failed, a_call(made), a_call(failed, cost=None, currency=None))
    assert cli("export", "--format", "csv", "--out", tmp_path).code == 0
    first, second = rows(tmp_path / "invoices.csv")
    assert first["totals.grand_total"] == "119.00"
    assert (first["cost"], first["cost_currency"], first["prompt_tokens"]) == ("0.00012345", "USD", "900")
    assert (second["status"], second["reasons"], second["cost"]) == ("failed", "broken", "unpriced")
    assert [(line["file"], line["line"], line["net_amount"]) for line in rows(tmp_path / "lines.csv")] == [
        ("a.pdf", "1", "100.10")
    ]


def test_text_a_spreadsheet_would_run_is_guarded_in_csv(home: Settings, cli: Cli, tmp_path: Path) -> None:
    fields = {"seller.name": a_field('=HYPERLINK("http://evil")'), "totals.grand_total": a_field("-5.00")}
    fill(home.ledger, an_execution("a.pdf", result={"fields": fields}, vendor="@evil"))
    cli("export", "--format", "csv", "--out", tmp_path)
    row = rows(tmp_path / "invoices.csv")[0]
    assert row["seller.name"] == '\'=HYPERLINK("http://evil")'
    assert row["vendor"] == "'@evil"
    assert row["totals.grand_total"] == "-5.00"


def test_json_has_the_findings_with_rule_verdict_evidence_and_who_decided(
    home: Settings, cli: Cli, tmp_path: Path
) -> None:
    by = {"by": "model", "tier": "small", "model": "a-model", "prompt_version": "1f"}
    said = Finding(
        rule="VAT-NOTE",
        severity="info",
        message="it has one",
        verdict="pass",
        evidence={"quote": "§ 13b"},
        decided_by=by,
    )
    fill(
        home.ledger,
        an_execution("a.pdf", findings=[said]),
        an_execution("b.pdf", status=Status.FAILED, result={}, findings=[said]),
    )
    cli("export", "--format", "json", "--out", tmp_path)
    expected = {
        "rule": "VAT-NOTE", "verdict": "pass", "severity": "info", "message": "it has one", "fields": [],
        "evidence": {"quote": "§ 13b"}, "decided_by": by,
    }  # fmt: skip
    assert read(tmp_path / "a.json")["findings"] == [expected]
    assert [one["findings"] for one in read(tmp_path / "_index.json")["documents"]] == [[expected], [expected]]


def test_csv_has_a_row_a_finding(home: Settings, cli: Cli, tmp_path: Path) -> None:
    fill(home.ledger, an_execution("a.pdf"))
    assert "findings.csv (2 findings)" in cli("export", "--format", "csv", "--out", tmp_path).out
    first, second = rows(tmp_path / "findings.csv")
    assert (first["rule"], first["verdict"], first["severity"], first["decided_by"]) == (
        "PAY-1",
        "fail",
        "info",
        "rule",
    )
    assert (second["file"], second["fields"], second["evidence"]) == ("a.pdf", "totals.grand_total", "")


@pytest.mark.parametrize(("format", "root"), [("ubl", "<Invoice "), ("cii", "<rsm:CrossIndustryInvoice ")])
def test_an_approved_invoice_becomes_an_e_invoice(
    home: Settings, cli: Cli, tmp_path: Path, format: str, root: str
) -> None:
    waiting = an_execution("b.pdf", status=Status.REVIEW, result=an_invoice())
    fill(home.ledger, an_execution("a.pdf", result=an_invoice()), waiting)
    ran = cli("export", "--format", format, "--out", tmp_path / "out")
    assert ran.code == 0, ran.err
    assert "1 of 1 approved invoice is valid by EN 16931" in ran.out
    assert {path.name for path in (tmp_path / "out").iterdir()} == {"a.xml", "_index.json"}
    assert root in (tmp_path / "out" / "a.xml").read_text()
    (entry,) = read(tmp_path / "out" / "_index.json")["documents"]
    assert entry["valid"]
    assert {"term": "BT-81", "text": "a credit transfer, as an account is stated", "assumed": True} in entry["notes"]


def test_an_invoice_that_fails_the_rules_is_named_and_not_written(home: Settings, cli: Cli, tmp_path: Path) -> None:
    wrong = an_execution("a.pdf", result=an_invoice(totals__grand_total="120.00"))
    fill(home.ledger, wrong, an_execution("b.pdf", result=an_invoice()))
    ran = cli("export", "--format", "ubl", "--out", tmp_path)
    assert ran.code == 1
    assert f"not written: a.pdf ({wrong.id}): BR-CO-15 (totals.grand_total, totals.tax_basis_total" in ran.err
    assert [path.name for path in tmp_path.glob("*.xml")] == ["b.xml"]
    ran = cli("export", "--format", "ubl", "--out", tmp_path, "--invalid-too")
    assert ran.code == 1
    assert '<cbc:TaxInclusiveAmount currencyID="EUR">120.00<' in (tmp_path / "a.xml").read_text()


def test_factur_x_is_the_pdf_as_handed_in_with_the_e_invoice_inside(home: Settings, cli: Cli, tmp_path: Path) -> None:
    writer = PdfWriter()
    writer.add_blank_page(595, 842)
    writer.write(pdf := BytesIO())
    store = DocumentStore(home.documents)
    digests = {name: store.put(data) for name, data in (("a.pdf", pdf.getvalue()), ("b.xml", b"<Invoice/>"))}
    fill(home.ledger, *(an_execution(name, digest=digest, result=an_invoice()) for name, digest in digests.items()))
    ran = cli("export", "--format", "facturx", "--out", tmp_path)
    assert ran.code == 0, ran.err
    assert "b.xml is written as CII in XML: the document is no PDF that could hold it" in ran.err
    assert PdfReader(tmp_path / "a.pdf").attachments.keys() == {"factur-x.xml"}
    assert "CrossIndustryInvoice" in (tmp_path / "b.xml").read_text()


def test_only_approved_invoices_become_e_invoices(home: Settings, cli: Cli, tmp_path: Path) -> None:
    fill(home.ledger, an_execution("a.pdf", status=Status.REVIEW))
    assert cli("export", "--format", "cii", "--out", tmp_path, "--status", "review").code == 2
    ran = cli("export", "--format", "cii", "--out", tmp_path)
    assert ran.code == 1
    assert "no execution with status approved" in ran.err
    assert cli("export", "--format", "json", "--out", tmp_path, "--invalid-too").code == 2


def test_a_folder_that_cannot_be_written_to_is_one_sentence(home: Settings, cli: Cli, tmp_path: Path) -> None:
    fill(home.ledger, an_execution())
    (tmp_path / "file").touch()
    ran = cli("export", "--format", "json", "--out", tmp_path / "file")
    assert ran.code == 1
    assert "--out" in ran.err

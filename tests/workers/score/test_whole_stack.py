"""Real invoices through the real Temporal, worker and ledger, a scripted endpoint in place of the GPU: what is scored is
what the stack records."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from infra.settings import settings
from tests.scripted.endpoint import MODEL
from tests.scripted.invoices import invoice_pdf
from tests.stack import Stack
from tests.workers.score.truths import a_truth, write_corpus
from workers.cli import app


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    with Stack(tmp_path_factory.mktemp("home")) as stack:
        yield stack


@pytest.fixture
def in_its_home(whole: Stack, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Stack]:
    """The command line finds the stack by its environment."""
    monkeypatch.chdir(tmp_path)
    for name, value in whole.environment.items():
        monkeypatch.setenv(name, value)
    settings.cache_clear()
    yield whole
    settings.cache_clear()


def labelled_truth(number: str) -> dict[str, Any]:
    """What `invoice_pdf` prints."""
    return a_truth(
        invoice_number=number,
        issue_date="2026-10-12",
        seller={"name": "Northwind Papers Ltd", "vat_id": "DE136695976"},
        payment={},
        totals={"tax_basis_total": 100, "tax_total": 20, "grand_total": 120},
        tax_breakdown=[{"rate": 20, "basis": 100, "amount": 20}],
        lines=[
            {"name": "Paper", "quantity": 3, "unit_price_net": 10, "net_amount": 30},
            {"name": "Ink", "quantity": 2, "unit_price_net": 35, "net_amount": 70},
        ],
    )


@pytest.mark.exhaustive
def test_a_corpus_is_scored_with_its_calls_tokens_and_seconds(in_its_home: Stack, tmp_path: Path) -> None:
    pdfs, truths = write_corpus(tmp_path, {id: labelled_truth(id.upper()) for id in ("sound-1", "sound-2", "odd-3")})
    for id in ("sound-1", "sound-2"):
        (pdfs / f"{id}.pdf").write_bytes(invoice_pdf(id.upper()))
    (pdfs / "odd-3.pdf").write_bytes(invoice_pdf("ODD-3", gross="131.00"))  # the truth says 120: review, and one wrong
    written = tmp_path / "report.json"
    ran = CliRunner().invoke(app, ["score", str(pdfs), str(truths), "--json", str(written), "--plot", "plot.png"])
    assert ran.exit_code == 0, ran.stdout + ran.stderr
    report = json.loads(written.read_bytes())
    assert report["decisions"]["by_status"] == {"approved": 2, "review": 1}
    assert [(d["id"], [w["field"] for w in d["wrong"]]) for d in report["documents"]] == [
        ("odd-3", ["totals.grand_total", *(f"tax_breakdown[0].{cell}" for cell in ("rate", "basis", "amount"))]),
        ("sound-1", []),
        ("sound-2", []),
    ]
    assert report["overall"]["line_f1"] == 1.0
    sound = report["documents"][1]
    assert sound["model_calls"] >= 1
    assert sound["computed_tokens"] == sound["prompt_tokens"] - sound["cached_tokens"] + sound["output_tokens"] > 0
    assert 0 < sound["seconds"] < report["usage"]["wall_seconds"] + 1
    assert {used["model"] for used in report["run"]["models"]} == {MODEL}
    assert report["calibration"]["n"] + report["calibration"]["without"] > 30
    assert (tmp_path / "plot.png").exists()
    assert (tmp_path / "plot.svg").exists()

"""``check``: a document against a rulebook, through the whole stack."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from infra.ledger import Status
from tests.agents.compliance.cases import DE_SHORT
from tests.agents.compliance.conftest import text_pdf
from tests.scripted.invoices import invoice_pdf
from tests.stack import ROOT, Stack
from tests.workers.cli.conftest import Ran

Cli = Callable[..., Ran]


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    with Stack(tmp_path_factory.mktemp("home")) as stack:
        yield stack


def check(stack: Stack, *words: object) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "workers.cli", "check", *map(str, words)],
        env=stack.process_environment,
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=90,
    )


def secret_alone(body: dict[str, Any], _: str) -> dict[str, Any]:
    """Of a contract: that it keeps things confidential, and states nothing else."""
    choices = body["response_format"]["json_schema"]["schema"]["properties"]["quote"]["enum"]
    about = "confidential" in body["messages"][-1]["content"].split("</document>")[1]
    quote = next(choice for choice in choices if choice.startswith("Beide Seiten"))
    return {"quote": quote, "answer": "yes" if about else "not_stated"}


async def test_a_document_is_held_against_one_rulebook_and_another(
    whole: Stack, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    invoice, contract = tmp_path / "invoice.pdf", tmp_path / "contract.pdf"
    invoice.write_bytes(invoice_pdf("R-1", date="2026-10-14"))
    contract.write_bytes(text_pdf(DE_SHORT))

    done = check(whole, invoice)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "SELLER-TAX-ID" in done.stdout
    assert "0 model calls" in done.stdout

    monkeypatch.setattr(whole.endpoint, "read", secret_alone)
    done = check(whole, contract, "--rulebook", "service-contract", "--json")
    assert done.returncode == 1, done.stdout + done.stderr
    (said,) = json.loads(done.stdout)["documents"]
    assert said["status"] == "review"
    by_rule = {one["rule"]: one for one in said["findings"]}
    assert by_rule["CONFIDENTIALITY"]["evidence"]["quote"].startswith("Beide Seiten behandeln alles vertraulich")
    assert by_rule["CONFIDENTIALITY"]["decided_by"]["by"] == "model"
    assert by_rule["NOTICE-PERIOD"]["verdict"] == "fail"

    first = said["execution"]["id"]
    again = json.loads(check(whole, contract, "--rulebook", "service-contract", "--json").stdout)["documents"][0]
    assert again["execution"]["id"] == first
    assert len(await whole.calls(first)) == 5
    other = json.loads(check(whole, contract, "--json").stdout)["documents"][0]
    assert other["execution"]["id"].rpartition("-")[0] == first.rpartition("-")[0]
    assert other["execution"]["id"] != first

    handle = await whole.handle(first)
    answer = {"action": "reject", "reviewer": "Ada", "reason": "no notice period"}
    await handle.execute_update("review", answer)
    ended = await whole.until(first)
    assert (ended.status, ended.definition) == (Status.REJECTED, "compliance")


@pytest.mark.usefixtures("empty_home")
def test_a_rulebook_that_is_none_is_refused_before_anything_is_handed_in(cli: Cli, tmp_path: Path) -> None:
    file = tmp_path / "a.pdf"
    file.write_bytes(b"%PDF-")
    ran = cli("check", file, "--rulebook", "nonesuch")
    assert ran.code == 2
    assert "one of: payables, service-contract" in ran.err

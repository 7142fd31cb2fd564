"""``check``: a document against a rulebook, through the whole stack."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from infra.records import Status
from infra.settings import settings
from tests.agents.compliance.conftest import text_pdf
from tests.agents.controls.rulebook.cases import DE_SHORT
from tests.scripted.invoices import invoice_pdf
from tests.stack import Stack
from tests.workers.cli.conftest import Ran

Cli = Callable[..., Ran]


@pytest.fixture
def whole(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Stack]:
    """The whole stack, with the command line of this process on it."""
    home = tmp_path / "home"
    home.mkdir()
    with Stack(home) as stack:
        for name, value in stack.environment.items():
            monkeypatch.setenv(name, value)
        settings.cache_clear()
        yield stack
    settings.cache_clear()


def secret_alone(body: dict[str, Any], _: str) -> dict[str, Any]:
    """Of a contract: that it keeps things confidential, and states nothing else."""
    choices = body["response_format"]["json_schema"]["schema"]["properties"]["quote"]["enum"]
    about = "confidential" in body["messages"][-1]["content"].split("</document>")[1]
    quote = next(choice for choice in choices if choice.startswith("Beide Seiten"))
    return {"quote": quote, "answer": "yes" if about else "not_stated"}


def test_a_document_is_held_against_a_rulebook_and_a_person_settles_what_it_breaks(
    whole: Stack, cli: Cli, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    invoice, contract = tmp_path / "invoice.pdf", tmp_path / "contract.pdf"
    invoice.write_bytes(invoice_pdf("R-1", date="2026-10-14"))
    contract.write_bytes(text_pdf(DE_SHORT))
    monkeypatch.setattr(whole.endpoint, "read", secret_alone)

    ran = cli("check", invoice)
    assert ran.code == 0, ran.out + ran.err
    assert "SELLER-TAX-ID" in ran.out
    assert "0 model calls" in ran.out

    ran = cli("check", contract, "--rulebook", "service-contract", "--json")
    assert ran.code == 1, ran.err
    (said,) = ran.json["documents"]
    assert (said["status"], said["complies"]) == ("review", False)
    by_rule = {one["rule"]: one for one in said["findings"]}
    assert by_rule["CONFIDENTIALITY"]["evidence"]["quote"].startswith("Beide Seiten behandeln alles vertraulich")
    assert by_rule["CONFIDENTIALITY"]["decided_by"]["by"] == "model"
    assert by_rule["NOTICE-PERIOD"]["verdict"] == "fail"

    id = said["execution"]["id"]
    again = cli("check", contract, "--rulebook", "service-contract", "--json").json["documents"][0]
    assert again["execution"]["id"] == id
    assert len(asyncio.run(whole.calls(id))) == 5

    assert cli("review", "reject", id, "--reason", "no notice period", "--reviewer", "Ada").code == 0
    ended = asyncio.run(whole.until(id))
    assert (ended.status, ended.definition, ended.model_calls) == (Status.REJECTED, "compliance", 5)


@pytest.mark.usefixtures("empty_home")
def test_a_rulebook_that_is_none_is_refused_before_anything_is_handed_in(cli: Cli, tmp_path: Path) -> None:
    file = tmp_path / "a.pdf"
    file.write_bytes(b"%PDF-")
    ran = cli("check", file, "--rulebook", "nonesuch")
    assert ran.code == 2
    assert "one of: payables, service-contract" in ran.err

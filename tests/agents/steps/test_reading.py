"""Both agents read a document by one function: of the file itself they say the same, whatever the file."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest

from agents import examination
from agents.compliance import nodes as compliance
from agents.compliance.graph import options as compliance_options
from agents.fields.rules import Rule
from agents.invoice import nodes as invoice
from agents.invoice.graph import options as invoice_options
from agents.steps import document_of
from infra.connections import Connections
from infra.failures import Unreadable
from infra.records import Finding
from tests.agents import stumbling
from tests.agents.documents.samples import CORPUS, invoice_page, needs_corpus, pdf

AS_AN_INVOICE = {
    Rule.LONG_DOCUMENT,  # more text than an invoice has; another document may be long
    Rule.NO_AMOUNT,  # an invoice asks for money; a contract need not
    Rule.SEVERAL_INVOICES,  # a file is split where each part is booked by itself
}
"""Rules about what the pages come to as an invoice: of them the invoice agent alone speaks."""
OF_EACH_KIND = (
    "badinputs/03-encrypted-owner-only-readable.pdf",
    "badinputs/17-corrupted-zugferd-v2.pdf",
    "badinputs/31-truncated-half.pdf",
    "badinputs/34-zip-renamed.pdf",
    "badinputs/50-launch-action.pdf",
    "badinputs/51-xml-entity-bomb-attachment.pdf",
    "defects/CALC-001.xml",
    "injection/pdf/inj-05-tiny-font.pdf",
)
"""Quick to read. The exhaustive run has all of the corpora."""


@dataclass(frozen=True)
class Read:
    """What an agent found when it read a document, or why it refused it."""

    findings: list[Finding]
    refused: str | None = None
    kind: str | None = None


async def read_by_both(connected: Connections, document: bytes, name: str) -> tuple[Read, Read]:
    """By the invoice agent, and by the compliance agent."""
    digest = connected.documents.put(document)
    execution = {"id": f"default/{digest[:16]}", "tenant": "default", "batch": "monday", "digest": digest, "name": name}
    by: list[Read] = []
    for read, options in ((invoice.read, invoice_options), (compliance.read, compliance_options)):
        try:
            update = await read({"execution": execution, "options": options(connected.settings)})
        except Unreadable as error:
            by.append(Read([], refused=str(error)))
        else:
            findings = [Finding.model_validate(finding) for finding in update["findings"]["read"]]
            by.append(Read(findings, kind=update.get("kind")))
    return by[0], by[1]


async def both_say_the_same(connected: Connections, path: Path) -> None:
    """Rules, severities, messages, places and their order are the same, but for what only concerns an invoice."""
    document = path.read_bytes()
    by_invoice, by_compliance = await read_by_both(connected, document, path.name)
    if by_invoice.refused or by_compliance.refused:
        refusals = (by_invoice.refused or "", by_compliance.refused or "")
        assert all(refusals), f"only one refuses {path.name}: {refusals}"
        # What to hand in instead is each agent's own.
        assert len({refusal.partition(". Hand in ")[0] for refusal in refusals}) == 1, path.name
        return
    of_an_invoice: Sequence[Finding] = ()
    if by_compliance.kind == "other":  # it takes no fields from the pages then, and says nothing of them
        digest = connected.documents.put(document)
        reading = connected.documents.get_derived(digest, "reading.json")
        of_an_invoice = (await document_of(reading)).draft.findings
    said = [f for f in by_invoice.findings if f.rule not in AS_AN_INVOICE and f not in of_an_invoice]
    assert said == [f for f in by_compliance.findings if f.rule not in AS_AN_INVOICE], path.name


@needs_corpus
@pytest.mark.parametrize("name", OF_EACH_KIND)
async def test_both_agents_say_the_same_of_a_file(name: str, connected: Connections) -> None:
    await both_say_the_same(connected, CORPUS / name)


@needs_corpus
@pytest.mark.exhaustive
@pytest.mark.parametrize("corpus", ["badinputs", "defects", "injection"])
async def test_both_agents_say_the_same_of_every_hostile_file(corpus: str, connected: Connections) -> None:
    paths = [path for path in sorted((CORPUS / corpus).rglob("*")) if path.suffix in (".pdf", ".xml")]
    assert paths
    for path in paths:
        await both_say_the_same(connected, path)


async def test_xml_that_is_no_invoice_is_refused_by_both(connected: Connections) -> None:
    for_invoice, for_compliance = await read_by_both(connected, b"<?xml version='1.0'?><order/>", "order.xml")
    assert for_invoice.refused
    assert for_compliance.refused


async def test_a_fault_of_our_code_loses_the_document_to_neither_agent(
    connected: Connections, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(examination, "examine", stumbling.over_the_pages)
    for read in await read_by_both(connected, pdf(invoice_page()), "a.pdf"):
        assert read.refused is None
        (fault,) = [finding for finding in read.findings if finding.rule == Rule.CODE_FAULT]
        assert fault.is_error
        assert "ZeroDivisionError" in fault.message

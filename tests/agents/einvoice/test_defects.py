"""Each documented defect of the corpus is found by the check whose matter it is; without their XML, what the pages still show.

What the schematrons say of these invoices is tested where they are run; here is what is not theirs.
"""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from agents.documents import read_document
from agents.documents.reading import Reading
from agents.einvoice import container_findings, fields_from_xml
from agents.fields import checks
from agents.invoice.extraction import completed
from agents.pages import compare, draft
from infra.records import Finding, finding
from tests.agents.documents.samples import CORPUS, needs_corpus, without_invoice

OURS: dict[str, list[tuple[str, str]]] = {
    "PDF-002": [("FX-NAME", "error")],
    "PDF-004": [("FX-AFRELATIONSHIP", "warning")],
    "PDF-006": [("FX-XMP-PROFILE", "error")],
    "PDF-008": [("FX-AF", "error")],
    "XML-002": [("FX-NAMESPACE", "error")],
    "CALC-001": [("BR-CO-15", "error"), ("BR-CO-16", "error"), ("XML-PAGE", "error")],
    "CALC-003": [("BR-CO-14", "error"), ("BR-CO-16", "error"), ("XML-PAGE", "error")],
    "CALC-005": [("BR-S-08", "error")],
    "IDENT-002": [("VAT-ID", "warning")],
    "DATA-003": [("DATE-ORDER", "error")],
    "DATA-005": [("BR-24", "error")],
    "RBT-002": [("XML-BROKEN", "error")],
}
"""What finds them but the official rules. By these alone: XML-004 (BR-01), DATA-001 (CII-DT-097, BR-FR-03), PRF-002 (that no
specification has that identifier)."""

NOISE = {("VAT-ID", "warning"), ("LEGAL-ID", "warning")}
"""On every one of these invoices: the SIREN, SIRET and VAT id of its made-up companies have no valid check digits."""


async def reading_of(path: Path, *, page_only: bool = False) -> Reading:
    data = path.read_bytes()
    return await read_document(without_invoice(data) if page_only else data, path.name, seconds=60, memory_mb=1024)


def said(reading: Reading) -> list[Finding]:
    """What is found of an e-invoice without the official rules, as the read and check steps put it together."""
    found = container_findings(reading)
    if reading.xml_problem:
        found.append(finding("XML-BROKEN", "error", reading.xml_problem))
    if reading.xml:
        fields = fields_from_xml(reading.xml.text)
        found += [*checks.type_code(fields), *checks.check(fields), *compare(fields, reading)]
    return found


def rules(found: list[Finding]) -> set[tuple[str, str]]:
    return {(one.rule, one.severity) for one in found if one.severity != "info"}


def documented() -> list[str]:
    manifest = CORPUS / "defects/manifest.json"
    return [one["id"] for one in json.loads(manifest.read_text())] if manifest.is_file() else sorted(OURS)


@needs_corpus
@pytest.mark.parametrize("defect", documented())
async def test_a_documented_defect_is_found_by_the_check_whose_matter_it_is(defect: str) -> None:
    found = said(await reading_of(CORPUS / "defects" / f"{defect}.pdf"))
    assert rules(found) - NOISE == set(OURS.get(defect, [])) - NOISE
    if defect == "IDENT-002":
        (key,) = [one for one in found if one.rule == "VAT-ID"]
        assert (key.fields, key.evidence["found"]) == (["seller.vat_id"], "FR00392809137")


@needs_corpus
async def test_of_the_pages_alone_what_they_show_wrong_is_found() -> None:
    """One of fifteen. The others are in the XML or in how it is attached: eleven pages show what that of a sound invoice does,
    and on a page an ISO date, a decimal comma and an ampersand are as they should be."""
    sound = (await reading_of(CORPUS / "defects/PDF-002.pdf", page_only=True)).text
    found, otherwise = {}, set()
    for path in sorted((CORPUS / "defects").glob("*.pdf")):
        reading = await reading_of(path, page_only=True)
        assert reading.xml is None
        made = draft(reading)
        found[path.stem] = rules([*made.findings, *checks.check({**made.fields, **completed(made.fields)})])
        assert made.fields["totals.grand_total"].value == "3042.00"
        if reading.text != sound:
            otherwise.add(path.stem)
    assert {defect: each for defect, each in found.items() if each} == {"DATA-003": {("DATE-ORDER", "error")}}
    assert otherwise == {"DATA-001", "DATA-003", "DATA-005", "RBT-002"}

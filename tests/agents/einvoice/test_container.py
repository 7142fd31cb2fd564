"""An e-invoice that is not put into its PDF as prescribed is told; those of the corpus that are good stay clear of errors."""

from __future__ import annotations

import re
from collections import Counter
from typing import Any

import pytest

from agents.documents import read_document
from agents.documents.reading import Container, EmbeddedXml, Reading, Xmp
from agents.einvoice._container import container_findings, profile_of
from tests.agents.documents.samples import CORPUS, needs_corpus
from workers.demo.documents import write_documents

EN16931 = "urn:cen.eu:en16931:2017"
BASIC = f"{EN16931}#compliant#urn:factur-x.eu:1p0:basic"
CROSS_INDUSTRY = "urn:un:unece:uncefact:data:standard:CrossIndustryInvoice"
GOOD = Xmp(
    namespace="urn:factur-x:pdfa:CrossIndustryDocument:invoice:1p0#",
    level="EN 16931",
    file_name="factur-x.xml",
    document_type="INVOICE",
    version="1.0",
    schema_declared=True,
    pdfa_part="3",
    pdfa_conformance="B",
)


def cii(profile: str = EN16931, namespace: str = f"{CROSS_INDUSTRY}:100") -> str:
    ram = "urn:un:unece:uncefact:data:standard:ReusableAggregateBusinessInformationEntity:100"
    return (
        f'<r:CrossIndustryInvoice xmlns:r="{namespace}" xmlns:a="{ram}"><r:ExchangedDocumentContext>'
        f"<a:GuidelineSpecifiedDocumentContextParameter><a:ID>{profile}</a:ID></a:GuidelineSpecifiedDocumentContextParameter>"
        "</r:ExchangedDocumentContext></r:CrossIndustryInvoice>"
    )


def reading(xml: str = "", name: str = "factur-x.xml", xmp: dict[str, Any] | None = None, **other: Any) -> Reading:
    """A good e-invoice at the level EN 16931, but for what is given."""
    container = {
        "relationship": "Alternative", "associated": True, "embedded": True, "media_type": "text/xml",
        "xmp": GOOD.model_copy(update=xmp or {}),
    }  # fmt: skip
    return Reading(
        digest="0" * 64,
        media_type="application/pdf",
        xml=EmbeddedXml(name=name, text=xml or cii()),
        container=Container.model_validate(container | other),
    )


def rules(given: Reading) -> list[tuple[str, str]]:
    return [(f.rule, f.severity) for f in container_findings(given)]


def test_an_e_invoice_put_in_as_prescribed_is_no_finding() -> None:
    assert rules(reading()) == []


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({"name": "facture.xml", "xmp": {"file_name": "facture.xml"}}, [("FX-NAME", "error")]),
        ({"name": "Factur-X.xml", "xmp": {"file_name": "Factur-X.xml"}}, [("FX-NAME", "warning")]),
        ({"associated": False}, [("FX-AF", "error")]),
        ({"embedded": False}, [("FX-EMBEDDED", "warning")]),
        ({"media_type": None}, [("FX-MEDIA-TYPE", "warning")]),
        ({"relationship": "Source"}, [("FX-AFRELATIONSHIP", "warning")]),
        ({"relationship": None}, [("FX-AFRELATIONSHIP", "warning")]),
        ({"xmp": {"level": "MINIMUM"}}, [("FX-XMP-PROFILE", "error")]),
        ({"xmp": {"level": "no thing"}}, [("FX-XMP-PROFILE", "warning")]),
        ({"xmp": {"level": None}}, [("FX-XMP-INCOMPLETE", "warning")]),
        ({"xmp": {"file_name": "other.xml"}}, [("FX-XMP-NAME", "error")]),
        ({"xmp": {"document_type": "ORDER"}}, [("FX-XMP-TYPE", "error")]),
        ({"xmp": {"schema_declared": False}}, [("FX-XMP-INCOMPLETE", "warning")]),
        ({"xmp": {"pdfa_part": "1"}}, [("FX-PDFA", "warning")]),
        ({"xmp": {"pdfa_part": "4", "pdfa_conformance": "F", "schema_declared": False}}, []),
        ({"xmp": {"namespace": None}}, [("FX-XMP-MISSING", "error")]),
        ({"xml": cii(namespace=f"{CROSS_INDUSTRY}:90")}, [("FX-NAMESPACE", "error")]),
        ({"xml": cii().replace("Entity:100", "Entity:12")}, [("FX-NAMESPACE", "error")]),
    ],
)
def test_each_departure_is_told_by_its_rule(given: dict[str, Any], expected: list[tuple[str, str]]) -> None:
    assert rules(reading(**given)) == expected


def test_a_pdf_without_metadata_is_told_why() -> None:
    given = reading()
    assert given.container is not None
    bare = given.container.model_copy(update={"xmp": None, "xmp_problem": "the PDF has no XMP metadata"})
    found = container_findings(given.model_copy(update={"container": bare}))
    assert [f.rule for f in found] == ["FX-XMP-MISSING", "FX-PDFA"]
    assert "no XMP metadata" in found[0].message


def test_a_structure_that_cannot_be_read_is_not_assessable() -> None:
    (found,) = container_findings(reading().model_copy(update={"container": None}))
    assert (found.rule, found.severity, found.verdict) == ("FX-CONTAINER", "warning", "not assessable")


def test_what_is_attached_to_nothing_is_not_held_to_a_container() -> None:
    bare = reading().model_copy(update={"container": None, "media_type": "application/xml"})
    assert rules(bare) == []
    ubl = '<Invoice xmlns="urn:oasis:names:specification:ubl:schema:xsd:Invoice-2"/>'
    assert rules(reading(ubl, "anything.xml")) == []
    assert rules(reading("<broken")) == []
    assert rules(reading().model_copy(update={"xml": None})) == []


@pytest.mark.parametrize(
    ("identifier", "profile"),
    [
        (EN16931, "EN 16931"),
        (BASIC, "BASIC"),
        ("urn:factur-x.eu:1p0:minimum", "MINIMUM"),
        ("urn:factur-x.eu:1p0:basicwl", "BASIC WL"),
        (f"{EN16931}#conformant#urn:factur-x.eu:1p0:extended", "EXTENDED"),
        (f"{EN16931}#conformant#urn:zugferd.de:2p0:extended", "EXTENDED"),
        ("urn:ferd:CrossIndustryDocument:invoice:1p0:comfort", "EN 16931"),
        (f"{EN16931}#compliant#urn:xeinkauf.de:kosit:xrechnung_3.0", "XRECHNUNG"),
        (f"{EN16931}#compliant#urn:fdc:peppol.eu:2017:poacc:billing:3.0", "EN 16931"),
        ("urn:factur-x.eu:2p0:ultimate", None),
        ("", None),
    ],
)
def test_a_specification_identifier_is_of_a_profile_or_of_none(identifier: str, profile: str | None) -> None:
    assert profile_of(identifier) == profile


def test_a_profile_nobody_knows_is_not_held_against_the_metadata() -> None:
    assert rules(reading(cii("urn:factur-x.eu:2p0:ultimate"))) == []
    assert rules(reading(cii(f"{EN16931}#compliant#urn:xeinkauf.de:kosit:xrechnung_3.0"))) == []
    assert rules(reading(cii(BASIC))) == [("FX-XMP-PROFILE", "error")]


@needs_corpus
@pytest.mark.exhaustive
async def test_good_invoices_of_the_corpus_are_clear_of_errors() -> None:
    seen: Counter[tuple[str, str]] = Counter()
    for path in sorted((CORPUS / "invoices/pdf").glob("*.pdf")):
        given = await read_document(path.read_bytes(), path.name, seconds=60, memory_mb=1024)
        seen.update(rules(given))
        seen["e-invoices", ""] += given.xml is not None
    assert seen == {
        ("e-invoices", ""): 29,
        ("FX-AFRELATIONSHIP", "warning"): 9,  # /Source, mostly of French samples
        ("FX-XMP-PROFILE", "warning"): 1,  # "no thing"
        ("FX-XMP-INCOMPLETE", "warning"): 1,
    }


async def test_documents_of_the_demo_are_put_in_as_prescribed(tmp_path: Any) -> None:
    write_documents(tmp_path / "demo", 1)
    seen = 0
    for path in sorted((tmp_path / "demo").iterdir()):
        if re.search(rb"/EmbeddedFile|/AF", path.read_bytes()):
            given = await read_document(path.read_bytes(), path.name, seconds=60, memory_mb=1024)
            seen += given.xml is not None
            assert rules(given) == [], path.name
    assert seen

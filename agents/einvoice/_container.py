"""Whether an e-invoice is put into its PDF as Factur-X and ZUGFeRD prescribe: name, place, relationship, metadata, namespaces.

No schematron sees these: it is given the XML alone. The rules are those of the technical documentation that Factur-X 1.0x
and ZUGFeRD 2.x share (ZUGFeRD's Technical Supplement, part A: 2.1 PDF/A-3, 2.2 embedding the XML file, 2.2.1 and 2.2.2 its
relationship, 2.3 the extension schema) and of associated files in ISO 32000-2, 14.13. Whatever keeps a machine from finding
the e-invoice, or makes two parts of one file contradict each other, is an error; the rest are warnings. They apply to what
is in the CII syntax: how UBL is put into a PDF nobody prescribes. Each rule's function names its clause. No I/O, no model.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from agents.documents.reading import Container, Reading, Xmp
from agents.documents.safe_xml import BrokenXml, UnsafeXml, parse_xml
from agents.fields.rules import Rule
from infra.records import Finding, Severity, Verdict, finding

_RSM = "urn:un:unece:uncefact:data:standard:CrossIndustryInvoice:100"
_ZUGFERD_1 = "urn:ferd:CrossIndustryDocument:invoice:1p0"
_NAMESPACES = {
    _RSM,
    "urn:un:unece:uncefact:data:standard:ReusableAggregateBusinessInformationEntity:100",
    "urn:un:unece:uncefact:data:standard:QualifiedDataType:100",
    "urn:un:unece:uncefact:data:standard:UnqualifiedDataType:100",
}
"""Of all elements of a Cross Industry Invoice (UN/CEFACT D16B and later)."""
_ROOTS = {"CrossIndustryInvoice": _RSM, "CrossIndustryDocument": _ZUGFERD_1}

_NAMES = {
    "CrossIndustryInvoice": ("factur-x.xml", "xrechnung.xml", "zugferd-invoice.xml"),
    "CrossIndustryDocument": ("ZUGFeRD-invoice.xml",),
}
_RELATIONSHIPS = ("Data", "Alternative")
_MEDIA_TYPES = ("text/xml", "application/xml")

_LEVELS = {
    "MINIMUM": "MINIMUM", "BASICWL": "BASIC WL", "BASIC": "BASIC", "EN16931": "EN 16931", "COMFORT": "EN 16931",
    "EXTENDED": "EXTENDED", "XRECHNUNG": "XRECHNUNG",
}  # fmt: skip
"""Profiles as XMP and specification identifiers write them, without spaces; and as they are called here. COMFORT is what
ZUGFeRD 1 called the level that EN 16931 came to be."""
_OF_IDENTIFIER = re.compile(r"(?:urn:)?(?:factur-x\.eu:1p0|zugferd\.de:2p\d+|ferd:\w+:invoice:1p0):(\w{1,20})$")
_EN16931 = "urn:cen.eu:en16931:2017"


def container_findings(reading: Reading) -> list[Finding]:
    """What is not as prescribed, about the e-invoice in ``reading``; nothing where it has none, or one in UBL.

    Args:
        reading: of a PDF, or of a bare XML, of which only the namespaces are looked at.

    Returns:
        Findings with what was ``expected`` and ``found``, errors and warnings.
    """
    if reading.xml is None:
        return []
    try:
        root = parse_xml(reading.xml.text)
    except (BrokenXml, UnsafeXml):
        return []  # who takes the fields from it says so
    _, _, local = root.tag.rpartition("}")
    if local not in _ROOTS:
        return []
    findings = list(_namespaces(root, local))
    if reading.media_type != "application/pdf":
        return findings
    if reading.container is None:
        message = "how the e-invoice is attached to the PDF cannot be read: the file's structure is broken"
        return [*findings, finding(Rule.FX_CONTAINER, Severity.WARNING, message, verdict=Verdict.NOT_ASSESSABLE)]
    name, container = reading.xml.name, reading.container
    findings += [*_name(name, local), *_attachment(container), *_relationship(container)]
    xmp = container.xmp
    if xmp is None or xmp.namespace is None:
        why = container.xmp_problem or "its XMP metadata do not say that it is one"
        message = f"the PDF is not announced as Factur-X or ZUGFeRD: {why}"
        findings.append(finding(Rule.FX_XMP_MISSING, Severity.ERROR, message, found=why))
    else:
        findings += [*_profile(xmp, root), *_described(xmp, name)]
    return [*findings, *_archive(xmp)]


def _namespaces(root: Any, local: str) -> Iterator[Finding]:
    """FX-NAMESPACE. The namespaces of the schema (UN/CEFACT XML Naming and Design Rules; of ZUGFeRD 1 its own): in another,
    the elements are not those that rules speak of, so that these pass over them or name what is not wrong."""
    other = (root.tag, _ROOTS[local])
    if root.tag == f"{{{_ROOTS[local]}}}{local}":
        if local != "CrossIndustryInvoice":
            return
        tags = (e.tag for e in root.iter() if isinstance(e.tag, str))
        strange = next((tag for tag in tags if tag[1:].partition("}")[0] not in _NAMESPACES), None)
        if strange is None:
            return
        other = (strange, "one of the schema of the Cross Industry Invoice, 100")
    namespace, _, name = other[0].rpartition("}")
    told = namespace.lstrip("{")[:200] or "no namespace"
    message = f"the element {name} is of {told}, not of {other[1]}: rules do not know it"
    yield finding(Rule.FX_NAMESPACE, Severity.ERROR, message, found=told, expected=other[1])


def _name(name: str, local: str) -> Iterator[Finding]:
    """FX-NAME. The prescribed file name (2.2): ``factur-x.xml``, for XRechnung ``xrechnung.xml``; before ZUGFeRD 2.1
    ``zugferd-invoice.xml``, in ZUGFeRD 1 ``ZUGFeRD-invoice.xml``. Under another, whoever looks for the name finds nothing."""
    allowed = _NAMES[local]
    if name in allowed:
        return
    only_case = name.lower() in {known.lower() for known in allowed}
    message = f"the e-invoice is attached as {name[:100]!r}; prescribed is {' or '.join(allowed)}"
    yield finding(
        Rule.FX_NAME,
        Severity.WARNING if only_case else Severity.ERROR,
        message,
        found=name[:100],
        expected=list(allowed),
    )


def _attachment(container: Container) -> Iterator[Finding]:
    """FX-AF: the e-invoice is associated with the whole document, by ``/AF`` in its catalogue (2.2.1; ISO 32000-2,
    14.13). FX-EMBEDDED: it is in the name tree of embedded files, too, where viewers look. FX-MEDIA-TYPE: its
    stream says that it is XML (2.2; ISO 19005-3, 6.8)."""
    if not container.associated:
        message = (
            "the e-invoice is attached, but not listed in /AF of the PDF's catalogue: it does not belong to the page"
        )
        yield finding(Rule.FX_AF, Severity.ERROR, message, found="not in /AF", expected="/AF")
    if not container.embedded:
        message = "the e-invoice is not listed in /Names /EmbeddedFiles: viewers do not show it"
        yield finding(
            Rule.FX_EMBEDDED, Severity.WARNING, message, found="not in /EmbeddedFiles", expected="/EmbeddedFiles"
        )
    if (container.media_type or "").lower() not in _MEDIA_TYPES:
        said = container.media_type or "none"
        message = f"the media type of the e-invoice is {said}; prescribed is text/xml"
        yield finding(Rule.FX_MEDIA_TYPE, Severity.WARNING, message, found=said, expected="text/xml")


def _relationship(container: Container) -> Iterator[Finding]:
    """FX-AFRELATIONSHIP. ``Data``, or ``Alternative`` where the XML holds all that the page shows (2.2.2). ``Source``, that
    the page was made from it, is read differently from version to version and country to country, so it is a warning."""
    said = container.relationship
    if said not in _RELATIONSHIPS:
        told = f"/{said}" if said else "not stated"
        message = f"AFRelationship of the e-invoice is {told}; expected is /Data or /Alternative"
        yield finding(Rule.FX_AFRELATIONSHIP, Severity.WARNING, message, found=told, expected=["/Data", "/Alternative"])


def _profile(xmp: Xmp, root: Any) -> Iterator[Finding]:
    """FX-XMP-PROFILE. ``ConformanceLevel`` is the profile that the XML declares in BT-24 (2.3). A profile that nobody
    knows is an error of the XML, which other rules tell; one that nobody knows in the XMP is a warning."""
    identifier = _identifier(root)
    stated, declared = _LEVELS.get(_plain(xmp.level)), profile_of(identifier)
    if xmp.level and stated is None:
        message = f"the PDF's metadata (XMP) name {xmp.level!r}, which is no profile of Factur-X or ZUGFeRD"
        yield finding(Rule.FX_XMP_PROFILE, Severity.WARNING, message, found=xmp.level, expected=declared or identifier)
    elif declared and stated and stated != declared and {stated, declared} != {"EN 16931", "XRECHNUNG"}:
        message = f"the PDF's metadata (XMP) name the profile {stated}, but the e-invoice declares {declared}"
        yield finding(Rule.FX_XMP_PROFILE, Severity.ERROR, message, "profile", found=stated, expected=declared)


def profile_of(identifier: str) -> str | None:
    """The profile, as XMP would name it, of a specification identifier (BT-24); None where it is of none.

    XRechnung is at the level of EN 16931, and so is every other usage specification of it.
    """
    if match := _OF_IDENTIFIER.search(identifier):
        return _LEVELS.get(match[1].upper())
    base, _, usage = identifier.partition("#")
    if base != _EN16931:
        return None
    if "xrechnung" in usage:
        return "XRECHNUNG"
    return "EXTENDED" if "extended-ctc-fr" in usage else "EN 16931"


def _identifier(root: Any) -> str:
    identifier = root.xpath(
        "string((/*/*[contains(local-name(),'ExchangedDocumentContext')]"
        "/*[local-name()='GuidelineSpecifiedDocumentContextParameter']/*[local-name()='ID'])[1])"
    )
    return " ".join(str(identifier).split())[:200]


def _plain(level: str | None) -> str:
    return re.sub(r"[ _-]", "", level or "").upper()


def _described(xmp: Xmp, name: str) -> Iterator[Finding]:
    """The properties of the extension schema (2.3). FX-XMP-NAME: ``DocumentFileName`` is the name of the attached file.
    FX-XMP-TYPE: ``DocumentType`` is ``INVOICE``. FX-XMP-INCOMPLETE: all four are there, and the schema is described, as
    PDF/A demands of what it does not define itself (ISO 19005-3, 6.6.2.3)."""
    if xmp.file_name and xmp.file_name != name:
        message = f"the PDF's metadata (XMP) name the file {xmp.file_name!r}, but {name[:100]!r} is attached"
        yield finding(Rule.FX_XMP_NAME, Severity.ERROR, message, found=xmp.file_name, expected=name[:100])
    if xmp.document_type and xmp.document_type != "INVOICE":
        message = f"the PDF's metadata (XMP) say that it is {xmp.document_type!r}, not INVOICE"
        yield finding(Rule.FX_XMP_TYPE, Severity.ERROR, message, found=xmp.document_type, expected="INVOICE")
    properties = (
        ("DocumentType", xmp.document_type),
        ("DocumentFileName", xmp.file_name),
        ("Version", xmp.version),
        ("ConformanceLevel", xmp.level),
    )
    missing = [title for title, value in properties if not value]
    if not xmp.schema_declared and xmp.pdfa_part != "4":
        missing.append("the description of the extension schema")
    if missing:
        message = f"the PDF's metadata (XMP) lack {', '.join(missing)}"
        yield finding(Rule.FX_XMP_INCOMPLETE, Severity.WARNING, message, found=missing)


def _archive(xmp: Xmp | None) -> Iterator[Finding]:
    """FX-PDFA. The file says that it is PDF/A-3, the part that may carry any file (2.1; ISO 19005-3), or PDF/A-4f, which
    came after it (ISO 19005-4, annex A). Whether it keeps that promise is for a PDF/A validator to say."""
    part, conformance = (xmp.pdfa_part, xmp.pdfa_conformance) if xmp else (None, None)
    if part == "3" or (part == "4" and (conformance or "").upper() in ("F", "E")):
        return
    told = f"PDF/A-{part}{(conformance or '').lower()}" if part else "no PDF/A"
    message = f"the file says that it is {told}; an e-invoice is carried by PDF/A-3"
    yield finding(Rule.FX_PDFA, Severity.WARNING, message, found=told, expected="PDF/A-3")

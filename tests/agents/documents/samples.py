"""PDFs and XML made for the tests, and where the evaluation corpus is."""

from __future__ import annotations

import io
import zlib
from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest
from pypdf import PdfReader, PdfWriter
from pypdf.generic import ArrayObject, DictionaryObject, NameObject, StreamObject, TextStringObject
from reportlab.pdfgen import canvas  # type: ignore[import-untyped]

CORPUS = Path(__file__).resolve().parents[4] / "shared" / "corpus"
needs_corpus = pytest.mark.skipif(not CORPUS.is_dir(), reason=f"the evaluation corpus is not at {CORPUS}")

CII = """<?xml version="1.0" encoding="UTF-8"?>
<rsm:CrossIndustryInvoice xmlns:rsm="urn:un:unece:uncefact:data:standard:CrossIndustryInvoice:100"
  xmlns:ram="urn:un:unece:uncefact:data:standard:ReusableAggregateBusinessInformationEntity:100">
  <rsm:ExchangedDocument><ram:ID>{number}</ram:ID><ram:TypeCode>380</ram:TypeCode></rsm:ExchangedDocument>
</rsm:CrossIndustryInvoice>"""


def pdf(*pages: Sequence[tuple[float, float, str]]) -> bytes:
    """A PDF with each page's ``(x, y from the bottom, text)`` in 10 point Helvetica on 600 x 800 points."""
    out = io.BytesIO()
    sheet = canvas.Canvas(out, pagesize=(600, 800))
    for page in pages:
        sheet.setFont("Helvetica", 10)
        for x, y, text in page:
            sheet.drawString(x, y, text)
        sheet.showPage()
    sheet.save()
    return out.getvalue()


def rotated(document: bytes, degrees: int) -> bytes:
    """``document`` with its pages displayed turned clockwise."""
    writer = PdfWriter(PdfReader(io.BytesIO(document)))
    for page in writer.pages:
        page.rotate(degrees)
    return _bytes(writer)


def invoice_page() -> list[tuple[float, float, str]]:
    """A page whose text is drawn from the bottom up: the order on paper is not the order in the file."""
    return [
        (400, 600, "119.00"),
        (50, 600, "Total"),
        (400, 650, "100.00"),
        (50, 650, "Blue paint"),
        (50, 750, "Invoice R-17"),
    ]


def with_attachments(document: bytes, files: Mapping[str, str | bytes]) -> bytes:
    """``document`` with files in its name tree."""
    writer = PdfWriter(PdfReader(io.BytesIO(document)))
    for name, content in files.items():
        writer.add_attachment(name, content.encode() if isinstance(content, str) else content)
    return _bytes(writer)


def with_associated_file(document: bytes, name: str, content: str) -> bytes:
    """``document`` with a file that only the catalog's ``/AF`` array knows of."""
    writer = PdfWriter(PdfReader(io.BytesIO(document)))
    stream = StreamObject()
    stream.set_data(content.encode())
    specification = DictionaryObject(
        {
            NameObject("/Type"): NameObject("/Filespec"),
            NameObject("/UF"): TextStringObject(name),
            NameObject("/EF"): DictionaryObject({NameObject("/F"): writer._add_object(stream)}),
        }
    )
    writer.root_object[NameObject("/AF")] = ArrayObject([writer._add_object(specification)])
    return _bytes(writer)


def encrypted(document: bytes, user_password: str) -> bytes:
    """``document`` encrypted with AES-256."""
    writer = PdfWriter(PdfReader(io.BytesIO(document)))
    writer.encrypt(user_password=user_password, owner_password="owner", algorithm="AES-256")
    return _bytes(writer)


def bomb() -> bytes:
    """A small PDF whose one content stream unfolds twice, to 200 MB."""
    content = zlib.compress(zlib.compress(b" " * 200_000_000, 9), 9)
    parts = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 600 800] /Contents 4 0 R >>",
        b"<< /Length %d /Filter [/FlateDecode /FlateDecode] >>\nstream\n%s\nendstream" % (len(content), content),
    ]
    body = b"%PDF-1.7\n" + b"".join(b"%d 0 obj\n%s\nendobj\n" % (n, part) for n, part in enumerate(parts, 1))
    return body + b"trailer\n<< /Root 1 0 R /Size 5 >>\n%%EOF\n"


def _bytes(writer: PdfWriter) -> bytes:
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def xmp(
    *,
    namespace: str = "urn:factur-x:pdfa:CrossIndustryDocument:invoice:1p0#",
    part: str = "3",
    as_attributes: bool = False,
    **properties: str,
) -> str:
    """XMP metadata of a Factur-X PDF; ``properties`` stand over those of one at the level EN 16931, empty ones are left out."""
    stated = {
        "DocumentType": "INVOICE",
        "DocumentFileName": "factur-x.xml",
        "Version": "1.0",
        "ConformanceLevel": "EN 16931",
    }
    said = {key: value for key, value in (stated | properties).items() if value}
    attributes = "".join(f' fx:{key}="{value}"' for key, value in said.items()) if as_attributes else ""
    elements = "" if as_attributes else "".join(f"<fx:{key}>{value}</fx:{key}>" for key, value in said.items())
    return f"""<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>
<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"
  xmlns:pdfaid="http://www.aiim.org/pdfa/ns/id/" xmlns:pdfaSchema="http://www.aiim.org/pdfa/ns/schema#" xmlns:fx="{namespace}">
<rdf:Description rdf:about="" pdfaid:part="{part}" pdfaid:conformance="B"/>
<rdf:Description rdf:about=""><pdfaSchema:namespaceURI>{namespace}</pdfaSchema:namespaceURI></rdf:Description>
<rdf:Description rdf:about=""{attributes}>{elements}</rdf:Description>
</rdf:RDF></x:xmpmeta>
<?xpacket end="w"?>"""


def hybrid(
    document: bytes,
    xml: str,
    *,
    name: str = "factur-x.xml",
    relationship: str | None = "Data",
    associated: bool = True,
    embedded: bool = True,
    metadata: str | bytes | None = "",
) -> bytes:
    """``document`` with an e-invoice put in as Factur-X prescribes, but for what is asked for. ``metadata`` is its XMP: that
    of `xmp` where it is empty, none where it is None."""
    writer = PdfWriter(PdfReader(io.BytesIO(document)))
    stream = StreamObject()
    stream.set_data(xml.encode())
    stream[NameObject("/Subtype")] = NameObject("/text/xml")
    specification = DictionaryObject(
        {
            NameObject("/Type"): NameObject("/Filespec"),
            NameObject("/F"): TextStringObject(name),
            NameObject("/UF"): TextStringObject(name),
            NameObject("/EF"): DictionaryObject({NameObject("/F"): writer._add_object(stream)}),
        }
    )
    if relationship:
        specification[NameObject("/AFRelationship")] = NameObject(f"/{relationship}")
    reference = writer._add_object(specification)
    if associated:
        writer.root_object[NameObject("/AF")] = ArrayObject([reference])
    if embedded:
        tree = DictionaryObject({NameObject("/Names"): ArrayObject([TextStringObject(name), reference])})
        writer.root_object[NameObject("/Names")] = DictionaryObject({NameObject("/EmbeddedFiles"): tree})
    if metadata is not None:
        described = StreamObject()
        content = metadata or xmp()
        described.set_data(content.encode() if isinstance(content, str) else content)
        writer.root_object[NameObject("/Metadata")] = writer._add_object(described)
    return _bytes(writer)


def without_invoice(document: bytes) -> bytes:
    """The pages of ``document`` alone: nothing attached, no metadata."""
    writer = PdfWriter()
    for page in PdfReader(io.BytesIO(document)).pages:
        writer.add_page(page)
    return _bytes(writer)

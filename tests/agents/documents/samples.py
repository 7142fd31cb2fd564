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

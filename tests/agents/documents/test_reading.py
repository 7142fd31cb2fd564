"""What a readable document yields: words with their places, text in reading order, the e-invoice inside."""

from __future__ import annotations

import asyncio
import hashlib
import io
import re

import pytest
from pypdf import PdfReader, PdfWriter
from pypdf.generic import RectangleObject
from reportlab.pdfgen import canvas  # type: ignore[import-untyped]

from agents.documents import read_document
from agents.documents.reading import Reading
from tests.agents.documents.samples import (
    CII,
    encrypted,
    invoice_page,
    pdf,
    rotated,
    with_associated_file,
    with_attachments,
)


def read(data: bytes, name: str = "invoice.pdf") -> Reading:
    return asyncio.run(read_document(data, name, seconds=30, memory_mb=512))


def test_lines_are_in_the_order_of_the_paper_with_columns_kept_apart() -> None:
    reading = read(pdf(invoice_page()))
    assert reading.problem is None
    lines = reading.text.splitlines()
    assert [" ".join(line.split()) for line in lines] == ["Invoice R-17", "Blue paint 100.00", "Total 119.00"]
    assert "Blue paint  " in lines[1]
    assert lines[1].index("100.00") == lines[2].index("119.00")


def test_words_know_their_line_page_and_box_from_the_top_left() -> None:
    data = pdf(invoice_page())
    reading = read(data)
    assert [(word.text, word.line) for word in reading.words] == [
        ("Invoice", 0), ("R-17", 0), ("Blue", 1), ("paint", 1), ("100.00", 1), ("Total", 2), ("119.00", 2),
    ]  # fmt: skip
    x0, top, x1, bottom = reading.words[0].box
    assert x0 == pytest.approx(50, abs=1)
    assert top < 800 - 750 < bottom
    assert 10 < bottom - top + 2 < 18
    assert x1 < reading.words[1].box[0]
    assert (reading.digest, reading.media_type) == (hashlib.sha256(data).hexdigest(), "application/pdf")


def test_pages_are_marked_and_lines_are_numbered_through() -> None:
    reading = read(pdf([(50, 700, "first")], [(50, 700, "second")]))
    assert [line.strip() for line in reading.text.splitlines()] == ["first", "--- page 2 ---", "second"]
    assert [(word.page, word.line) for word in reading.words] == [(1, 0), (2, 1)]
    assert [(page.number, page.width, page.height) for page in reading.pages] == [(1, 600, 800), (2, 600, 800)]


@pytest.mark.parametrize(
    ("rotation", "size", "near"),
    [(90, (800, 600), (750, 50)), (180, (600, 800), (550, 750)), (270, (800, 600), (50, 550))],
)
def test_places_are_those_on_the_page_as_it_is_turned(
    rotation: int, size: tuple[float, float], near: tuple[float, float]
) -> None:
    reading = read(rotated(pdf([(50, 750, "x")]), rotation))
    assert (reading.pages[0].width, reading.pages[0].height) == size
    x0, top, x1, bottom = reading.words[0].box
    assert (x0 + x1) / 2 == pytest.approx(near[0], abs=8)
    assert (top + bottom) / 2 == pytest.approx(near[1], abs=8)


@pytest.mark.parametrize("rotation", [90, 180, 270])
def test_words_that_stand_on_their_side_or_head_keep_together(rotation: int) -> None:
    text = read(rotated(pdf([(50, 750, "Invoice R-17"), (50, 600, "Total 119.00")]), rotation)).text
    assert text.splitlines() == ["Invoice R-17", "Total 119.00"]


def turned_back(degrees: int) -> bytes:
    """An invoice drawn on its side (or head) and displayed turned by ``degrees``, so that it is upright after all."""
    out = io.BytesIO()
    sheet = canvas.Canvas(out, pagesize=(800, 600) if degrees % 180 else (600, 800))
    sheet.translate(*{0: (0, 0), 90: (800, 0), 180: (600, 800), 270: (0, 600)}[degrees])
    sheet.rotate(degrees)
    sheet.setFont("Helvetica", 10)
    for x, y, text in invoice_page():
        sheet.drawString(x, y, text)
    sheet.save()
    return rotated(out.getvalue(), degrees)


@pytest.mark.parametrize("degrees", [90, 180, 270])
def test_a_page_scanned_sideways_and_turned_upright_reads_like_any_other(degrees: int) -> None:
    upright, turned = read(turned_back(0)), read(turned_back(degrees))
    assert (turned.text, turned.words, turned.pages) == (upright.text, upright.words, upright.pages)


@pytest.mark.parametrize(("degrees", "cut"), [(0, (20, 10)), (90, (30, 20)), (180, (40, 30)), (270, (10, 40))])
def test_places_count_from_the_corner_of_what_is_displayed(degrees: int, cut: tuple[float, float]) -> None:
    """``cut`` is what the crop box takes off at the left and at the top of the page as it is displayed."""
    whole = turned_back(degrees)
    writer = PdfWriter(PdfReader(io.BytesIO(whole)))
    right, top = (float(value) for value in writer.pages[0].mediabox.upper_right)
    writer.pages[0].cropbox = RectangleObject((20, 30, right - 40, top - 10))
    out = io.BytesIO()
    writer.write(out)
    before, after = read(whole).words[0].box, read(out.getvalue()).words[0].box
    assert (before[0] - after[0], before[1] - after[1]) == pytest.approx(cut)


def test_words_that_run_up_or_down_the_margin_follow_those_that_are_level() -> None:
    out = io.BytesIO()
    sheet = canvas.Canvas(out, pagesize=(600, 800))
    sheet.setFont("Helvetica", 10)
    for x, y, degrees, lines in ((20, 100, 90, ("Terms of trade", "apply")), (580, 700, -90, ("Page 1",))):
        sheet.saveState()
        sheet.translate(x, y)
        sheet.rotate(degrees)
        for number, line in enumerate(lines):
            sheet.drawString(0, -12 * number, line)
        sheet.restoreState()
    for across, up, text in invoice_page():
        sheet.drawString(across, up, text)
    sheet.save()
    read_lines = [" ".join(line.split()) for line in read(out.getvalue()).text.splitlines()]
    assert read_lines == [
        "Invoice R-17", "Blue paint 100.00", "Total 119.00", "Page 1", "Terms of trade", "apply",
    ]  # fmt: skip


def test_two_columns_are_read_row_by_row_and_kept_apart() -> None:
    left = [(50.0, 700.0 - 12 * n, text) for n, text in enumerate(("Seller", "Northwind Papers Ltd", "1 Mill Road"))]
    right = [(330.0, 699.0 - 14 * n, text) for n, text in enumerate(("Buyer", "Southwind GmbH", "Hafenstrasse 2"))]
    reading = read(pdf([*right, *left]))
    lines = [re.split(r"\s{2,}", line.strip()) for line in reading.text.splitlines()]
    assert lines == [
        ["Seller", "Buyer"], ["Northwind Papers Ltd", "Southwind GmbH"], ["1 Mill Road"], ["Hafenstrasse 2"],
    ]  # fmt: skip


def test_a_page_too_narrow_to_be_one_is_read_as_a_sheet_and_said_to_be_mended() -> None:
    writer = PdfWriter(PdfReader(io.BytesIO(pdf(invoice_page()))))
    writer.pages[0].mediabox = RectangleObject((0, 0, 0.2, 800))
    out = io.BytesIO()
    writer.write(out)
    reading = read(out.getvalue())
    assert "119.00" in reading.text
    assert reading.repairs == ["Page 1 says that it measures 0.2 by 800.0 points. It was read as A4."]


def test_a_word_parted_by_a_hyphen_stays_on_its_two_lines() -> None:
    reading = read(pdf([(50, 700, "Rech-"), (50, 688, "nung Nr. 17")]))
    assert [line.strip() for line in reading.text.splitlines()] == ["Rech-", "nung Nr. 17"]


def test_a_wrong_file_name_does_not_matter() -> None:
    assert read(pdf(invoice_page()), "scan.TIFF").media_type == "application/pdf"


def test_junk_before_the_header_is_skipped() -> None:
    assert "Total" in read(b"X-Mail-Header: junk\r\n" * 100 + pdf(invoice_page())).text


def test_a_pdf_that_opens_without_asking_for_a_password_is_read() -> None:
    assert "Invoice R-17" in read(encrypted(pdf(invoice_page()), "")).text


@pytest.mark.parametrize(
    "name", ["factur-x.xml", "ZUGFeRD-invoice.xml", "xrechnung.xml", "Rechnung 17.XML", "data.bin"]
)
def test_an_attached_e_invoice_is_found_by_what_it_is(name: str) -> None:
    data = with_attachments(pdf(invoice_page()), {"photo.png": b"\x89PNG....", name: CII.format(number="R-17")})
    reading = read(data)
    assert reading.xml is not None
    assert reading.xml.name == name
    assert "<ram:ID>R-17</ram:ID>" in reading.xml.text
    assert reading.xml_problem is None


def test_an_e_invoice_that_only_the_associated_files_name_is_found() -> None:
    reading = read(with_associated_file(pdf(invoice_page()), "factur-x.xml", CII.format(number="R-17")))
    assert reading.xml is not None
    assert "R-17" in reading.xml.text


def test_of_the_same_invoice_in_two_standards_the_newer_is_taken() -> None:
    xml = CII.format(number="R-17")
    reading = read(with_attachments(pdf(invoice_page()), {"ZUGFeRD-invoice.xml": xml, "factur-x.xml": xml + " "}))
    assert reading.xml is not None
    assert reading.xml.name == "factur-x.xml"


def test_two_different_invoices_in_one_pdf_are_not_chosen_between() -> None:
    files = {"a.xml": CII.format(number="R-17"), "b.xml": CII.format(number="R-18")}
    reading = read(with_attachments(pdf(invoice_page()), files))
    assert reading.xml is None
    assert reading.xml_problem is not None
    assert "R-17, R-18" in reading.xml_problem


def cii(total: str, type_code: str = "380") -> str:
    """An e-invoice R-17 over ``total``."""
    return (
        CII.format(number="R-17")
        .replace(">380<", f">{type_code}<")
        .replace(
            "</rsm:CrossIndustryInvoice>",
            "<rsm:SupplyChainTradeTransaction><ram:ApplicableHeaderTradeSettlement>"
            f"<ram:SpecifiedTradeSettlementHeaderMonetarySummation><ram:GrandTotalAmount>{total}</ram:GrandTotalAmount>"
            "</ram:SpecifiedTradeSettlementHeaderMonetarySummation></ram:ApplicableHeaderTradeSettlement>"
            "</rsm:SupplyChainTradeTransaction></rsm:CrossIndustryInvoice>",
        )
    )


UBL = """<Invoice xmlns="urn:oasis:names:specification:ubl:schema:xsd:Invoice-2"><ID>R-17</ID>
<InvoiceTypeCode>380</InvoiceTypeCode><LegalMonetaryTotal><TaxInclusiveAmount>119.0</TaxInclusiveAmount>
</LegalMonetaryTotal></Invoice>"""


@pytest.mark.parametrize(
    ("first", "second", "says"),
    [(cii("119.00"), cii("191.00"), "191"), (cii("119.00"), cii("119.00", "381"), "381"), (cii("120"), UBL, "119")],
)
def test_e_invoices_of_one_number_that_say_different_things_are_not_chosen_between(
    first: str, second: str, says: str
) -> None:
    reading = read(with_attachments(pdf(invoice_page()), {"factur-x.xml": first, "b.xml": second}))
    assert reading.xml is None
    assert reading.xml_problem is not None
    assert says in reading.xml_problem


@pytest.mark.parametrize("other", [cii("119"), UBL])
def test_the_same_total_written_otherwise_is_no_difference(other: str) -> None:
    reading = read(with_attachments(pdf(invoice_page()), {"factur-x.xml": cii("119.00"), "b.xml": other}))
    assert reading.xml is not None
    assert reading.xml_problem is None


@pytest.mark.parametrize(
    ("xml", "reason"),
    [
        (CII.format(number="R&17"), "not well-formed"),
        ('<!DOCTYPE r [<!ENTITY a "aaaa">]><CrossIndustryInvoice>&a;</CrossIndustryInvoice>', "DOCTYPE"),
    ],
)
def test_an_attached_e_invoice_that_cannot_be_used_is_told_and_the_pages_are_still_read(xml: str, reason: str) -> None:
    reading = read(with_attachments(pdf(invoice_page()), {"factur-x.xml": xml}))
    assert reading.xml is None
    assert reading.problem is None
    assert reading.words
    assert reading.xml_problem is not None
    assert reason in reading.xml_problem


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "iso-8859-1", "utf-16"])
def test_a_bare_xml_is_read_in_any_encoding_it_declares(encoding: str) -> None:
    declared = encoding.removesuffix("-sig").upper()
    xml = CII.format(number="Müller-1").replace("UTF-8", declared)
    reading = read(xml.encode(encoding), "rechnung.xml")
    assert reading.media_type == "application/xml"
    assert reading.problem is None
    assert (reading.pages, reading.words, reading.text) == ([], [], "")
    assert reading.xml is not None
    assert reading.xml.name == "rechnung.xml"
    assert "Müller-1" in reading.xml.text
    assert 'encoding="UTF-8"' in reading.xml.text

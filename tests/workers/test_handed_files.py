"""Files as spreadsheet programs and people write them, through our own imports: right, or refused in words, never misread."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from infra.failures import Failure
from infra.records import Vendor
from tests.evals.unseen.cases import CASES
from workers.intake import BadSubmission, find_files
from workers.master import BadFile, Read, read_orders, read_vendors

IBAN, OTHER_IBAN, VAT = "DE93500700100412077300", "DE89370400440532013000", "DE136695976"


def written(folder: Path, text: str, encoding: str = "utf-8", name: str = "file.csv") -> Path:
    path = folder / name
    path.write_bytes(text.encode(encoding))
    return path


def vendors(folder: Path, text: str, encoding: str = "utf-8") -> Read[Vendor]:
    return read_vendors(written(folder, text, encoding), "acme")


def taken(folder: Path, text: str, encoding: str = "utf-8") -> list[tuple[str, dict[str, str]]]:
    """The files that a manifest hands in, each with what it says of it."""
    for name in ("inv-1.pdf", "inv-2.pdf"):
        (folder / name).write_bytes(b"%PDF-1.7")
    found = find_files([], manifest=written(folder, text, encoding))
    return [(file.name, {"tenant": file.tenant or "", **file.details}) for file in found.files]


def refused(folder: Path, text: str) -> list[str]:
    for name in ("inv-1.pdf", "inv-2.pdf"):
        (folder / name).write_bytes(b"%PDF-1.7")
    return [one.reason for one in find_files([], manifest=written(folder, text)).refused]


def one_vendor(read: Read[Vendor]) -> None:
    assert [vendor.id for vendor in read.records] == ["V-1"]
    assert not read.problems


def limits(read: Read[Vendor]) -> None:
    assert {vendor.id: vendor.limit for vendor in read.records}.items() <= {
        "V-1": Decimal(1000),
        "V-2": Decimal(1000),
    }.items()
    assert any(problem.row == "4" and "1,000 may be" in problem.what for problem in read.problems)


def shared_account(read: Read[Vendor]) -> None:
    assert ["two vendors share it" in told.what for told in read.told] == [True]


def destroyed(read: Read[Vendor]) -> None:
    assert not read.records
    assert "last digits lost" in read.problems[0].what


OF_MASTER: dict[str, Callable[[Read[Vendor]], None]] = {
    "csv_limit_space_thousands": limits, "csv_same_iban_two_vendors": shared_account, "csv_scientific_tax_number": destroyed,
    "csv_sep_line": one_vendor, "csv_trailing_delimiters": one_vendor,
}  # fmt: skip
OF_MANIFESTS = {
    "manifest_blank_rows": [("inv-1.pdf", {"tenant": "acme", "purchase_order": "4500"})],
    "manifest_excel_datetime": [("inv-1.pdf", {"tenant": "", "due_date": "2026-09-18"})],
    "manifest_sep_line": [("inv-1.pdf", {"tenant": "acme", "purchase_order": "4500"})],
}
HANDED = sorted(path.parent.name for path in CASES.glob("*/input.csv"))


@pytest.mark.skipif(not HANDED, reason=f"no cases in {CASES}")
def test_every_handed_file_comes_out_as_its_truth_says(tmp_path: Path) -> None:
    for case in HANDED:
        source = CASES / case / "input.csv"
        truth = json.loads((CASES / case / "truth.json").read_text(encoding="utf-8"))["right"]
        if case in OF_MASTER:
            OF_MASTER[case](read_vendors(source, "acme"))
        elif case in OF_MANIFESTS:
            assert taken(tmp_path, source.read_text(encoding="utf-8")) == OF_MANIFESTS[case], case
        elif case.startswith("orders_"):
            read = read_orders(source, "acme")
            assert not read.records, case
            assert "may be" in read.problems[0].what, case
        else:
            assert truth.startswith("refused in words"), f"{case} is held by no test"
            with pytest.raises(Failure, match="UTF-8"):
                read_vendors(source, "acme")


@pytest.mark.parametrize(
    "text",
    [
        "sep=;\nid;name;iban\nV-1;Harms GmbH;{iban}\n",
        "SEP=,\r\nid,name,iban\r\nV-1,Harms GmbH,{iban}\r\n",
        '"sep=;"\nid;name;iban\nV-1;Harms GmbH;{iban}\n',
        "sep=\t\nid\tname\tiban\nV-1\tHarms GmbH\t{iban}\n",
        "sep=|\nid|name|iban\nV-1|Harms GmbH|{iban}\n",
        "sep=;;;\nid;name;iban\nV-1;Harms GmbH;{iban}\n",
        "id;name;iban;;\nV-1;Harms GmbH;{iban};;\n;;;;\n",
        "id;name;iban\nV-1;Harms GmbH;{iban};;;\n",
        "id;name;;iban\nV-1;Harms GmbH;;{iban}\n",
        "id;name;iban;;\nV-1;Harms GmbH;{iban}\n",
        ";;\n\n ; ;\nid;name;iban\n;;\nV-1;Harms GmbH;{iban}\n\n;;\n",
        "\r\nid,name,iban\r\nV-1,Harms GmbH,{iban}\r\n,,\r\n",
        "id;name;iban\rV-1;Harms GmbH;{iban}\r",
        'id;name;iban\nV-1;"Harms GmbH";="{iban}"\n',
        'id;name;iban\n="V-1";"Harms GmbH";"=""{iban}"""\n',
    ],
)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_what_a_spreadsheet_adds_of_its_own_says_nothing(tmp_path: Path, text: str, encoding: str) -> None:
    read = vendors(tmp_path, text.format(iban=IBAN), encoding)
    assert [(vendor.id, vendor.name, vendor.ibans) for vendor in read.records] == [("V-1", "Harms GmbH", [IBAN])]
    assert not read.problems


@pytest.mark.parametrize(
    "text", ["id;name;iban;;\nV-1;Harms GmbH;{iban};;new account\n", "id;name;;iban\nV-1;Harms GmbH;x;{iban}\n"]
)
def test_a_value_of_a_column_without_a_name_is_not_lost_in_silence(tmp_path: Path, text: str) -> None:
    read = vendors(tmp_path, text.format(iban=IBAN))
    assert not read.records
    assert read.problems


@pytest.mark.parametrize("encoding", ["cp1252", "latin-1", "utf-16-le", "utf-16-be", "utf-32"])
def test_a_master_in_another_encoding_without_a_mark_is_refused(tmp_path: Path, encoding: str) -> None:
    with pytest.raises(BadFile, match="save it as CSV UTF-8"):
        vendors(tmp_path, "id;name\nV-1;Bäckerei Müller\n", encoding)


@pytest.mark.parametrize(
    "cell", ["5,12345E+12", "5.12345E+12", "5E+12", "5,12e+12", "-5,1E+11", "1,23457E+15", '="5,12E+12"', " 5,12E+12 "]
)
@pytest.mark.parametrize("column", ["id", "tax_number", "legal_id", "destinations", "iban", "vat_id", "cost_centre"])
def test_a_number_that_a_spreadsheet_has_destroyed_is_refused(tmp_path: Path, cell: str, column: str) -> None:
    cells = {"id": "V-1", "name": "Harms GmbH", column: cell}
    read = vendors(tmp_path, f"{';'.join(cells)}\n{';'.join(cells.values())}\n")
    assert not read.records
    assert read.problems[0].what


@pytest.mark.parametrize("id", ["5E12", "1E5", "E+12", "12E+", "A5E+12", "V-5,1"])
def test_an_id_that_only_looks_like_one_is_taken(tmp_path: Path, id: str) -> None:
    assert [vendor.id for vendor in vendors(tmp_path, f"id;name\n{id};Harms GmbH\n").records] == [id]


@pytest.mark.parametrize("cell", ['"Harms\nGmbH"', '"Harms\r\nGmbH"', '"Harms GmbH\n\nLeer"'])
@pytest.mark.parametrize("column", ["name", "aliases", "tax_number", "legal_id", "blocked"])
def test_a_line_break_in_a_cell_is_refused(tmp_path: Path, cell: str, column: str) -> None:
    cells = {"id": "V-1", "name": "Harms GmbH", column: cell}
    read = vendors(tmp_path, f"{';'.join(cells)}\n{';'.join(cells.values())}\n")
    assert not read.records
    assert "more than one line" in read.problems[0].what


@pytest.mark.parametrize(
    ("cell", "limit"),
    [
        ("1 000,00", "1000"), ("1 000", "1000"), ("1\u00a0000", "1000"), ("1\u202f000,50", "1000.50"), ("1\u2007000", "1000"),
        ("1\u2009000.00", "1000"), ("1'000.00", "1000"), ("1.000,00", "1000"), ("1,000.00", "1000"), ("1000", "1000"),
        ("1.000.000", "1000000"), ("0,125", "0.125"), ("1.2345", "1.2345"), ('="1000"', "1000"),
        ("1.000", None), ("1,000", None), ("12.345", None), ("1,00,000.00", None), ("1 00", None), ("1E+05", None),
        ("1.000,00 €", None), ("EUR 1000", None), ("-5", None), ("1.000.00", None),
    ],
)  # fmt: skip
def test_a_sum_is_what_it_can_only_be_or_refused(tmp_path: Path, cell: str, limit: str | None) -> None:
    read = vendors(tmp_path, f"id;name;limit\nV-1;Harms GmbH;{cell}\n")
    if limit is None:
        assert not read.records
        assert [problem.column for problem in read.problems] == ["limit"]
    else:
        assert [vendor.limit for vendor in read.records] == [Decimal(limit)]


@pytest.mark.parametrize("column", ["quantity", "unit_price"])
@pytest.mark.parametrize("cell", ["1.000", "1,000", "12.500", "999,999"])
def test_an_order_whose_number_may_be_either_is_refused(tmp_path: Path, column: str, cell: str) -> None:
    line = {
        "number": "PO-1",
        "currency": "EUR",
        "line": "1",
        "name": "Kabel",
        "quantity": "5",
        "unit_price": "0.80",
        column: cell,
    }
    read = read_orders(written(tmp_path, f"{';'.join(line)}\n{';'.join(line.values())}\n"), "acme")
    assert not read.records
    assert "may be" in read.problems[0].what


@pytest.mark.parametrize(
    ("cell", "day"),
    [
        ("2026-09-18", date(2026, 9, 18)), ("2026-09-18 00:00:00", date(2026, 9, 18)), ("2026-09-18T00:00", date(2026, 9, 18)),
        ("18.09.2026", date(2026, 9, 18)), ("46283", None), ("09/18/2026", None), ("18/09/2026", None),
        ("2026-09-18 14:30:00", None), ("18.09.26", None),
    ],
)  # fmt: skip
def test_a_day_of_an_order_is_one_day_or_refused(tmp_path: Path, cell: str, day: date | None) -> None:
    text = f"number;currency;ordered_on;line;name;quantity;unit_price\nPO-1;EUR;{cell};1;Kabel;5;0.80\n"
    read = read_orders(written(tmp_path, text), "acme")
    assert [order.ordered_on for order in read.records] == ([day] if day else [])


def test_an_account_or_vat_id_of_two_vendors_is_told_in_the_file_and_against_the_master(tmp_path: Path) -> None:
    text = f"id;name;iban;vat_id\nV-1;Harms;{IBAN};{VAT}\nV-2;Kolk;{IBAN};DE 136 695 976\nV-3;Ems;{OTHER_IBAN};\n"
    read = vendors(tmp_path, text)
    assert [(told.row, told.column) for told in read.told] == [("3", "ibans"), ("3", "vat_ids")]
    assert len(read.records) == 3
    known = {"V-9": Vendor(tenant="acme", id="V-9", name="Old", ibans=[OTHER_IBAN])}
    again = read_vendors(written(tmp_path, f"id;name;iban\nV-3;Ems;{OTHER_IBAN}\nV-4;Leer;\n"), "acme", known)
    assert [(told.row, "'V-9'" in told.what) for told in again.told] == [("2", True)]
    moved = read_vendors(written(tmp_path, f"id;name;iban\nV-9;Old;{IBAN}\nV-3;Ems;{OTHER_IBAN}\n"), "acme", known)
    assert not moved.told


@pytest.mark.parametrize(
    "text",
    [
        "sep=;\nfile;tenant;purchase_order\ninv-1.pdf;acme;4500\n",
        '"sep=,"\r\nfile,tenant,purchase_order\r\ninv-1.pdf,acme,4500\r\n',
        "file;tenant;purchase_order;;\ninv-1.pdf;acme;4500;;\n;;;;\n;;;;\n",
        "file;tenant;purchase_order\ninv-1.pdf;acme;4500;;\n",
        ";;\nfile;tenant;purchase_order\n;;\ninv-1.pdf;acme;4500\n",
        'file;tenant;purchase_order\ninv-1.pdf;acme;="4500"\n',
        '﻿file;tenant;purchase_order\n"=""inv-1.pdf""";acme;"4500"\n',
    ],
)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "cp1252"])
def test_a_manifest_of_a_spreadsheet_says_what_its_rows_say(tmp_path: Path, text: str, encoding: str) -> None:
    plain = text.lstrip("\ufeff") if encoding != "utf-8" else text
    assert taken(tmp_path, plain, encoding) == [("inv-1.pdf", {"tenant": "acme", "purchase_order": "4500"})]


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ("inv-1.pdf;4,5E+09;", "makes of a long number"), ("inv-1.pdf;4.5E+09;", "makes of a long number"),
        ('inv-1.pdf;"4500\n4501";', "more than one line"), ("inv-1.pdf;4500;46283", "is no date"),
        ("inv-1.pdf;4500;2026-09-18 14:30:00", "is no date"), ("inv-1.pdf;4500;09/18/2026", "is no date"),
        ("inv-1.pdf;4500;2026-09-18;x", "values for 3 columns"),
    ],
)  # fmt: skip
def test_a_row_of_a_manifest_that_says_two_things_or_nothing_keeps_its_file_back(
    tmp_path: Path, row: str, said: str
) -> None:
    (reason,) = refused(tmp_path, f"file;purchase_order;due_date\n{row}\n")
    assert said in reason


@pytest.mark.parametrize("cell", ["2026-09-18", "2026-09-18 00:00:00", "2026-09-18T00:00:00", "2026-09-18 00:00"])
def test_a_day_with_the_midnight_it_begins_with_is_the_day(tmp_path: Path, cell: str) -> None:
    assert taken(tmp_path, f"file,due_date\ninv-1.pdf,{cell}\n") == [
        ("inv-1.pdf", {"tenant": "", "due_date": "2026-09-18"})
    ]


def test_a_manifest_of_a_sign_that_its_header_does_not_have_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BadSubmission, match="no column `file`"):
        taken(tmp_path, "sep=|\nfile;tenant\ninv-1.pdf;acme\n")

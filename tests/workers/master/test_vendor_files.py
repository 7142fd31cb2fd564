"""Vendors from files: what is read, what is refused and why, and back again without a change."""

from __future__ import annotations

import json
from decimal import Decimal
from pathlib import Path

import pytest

from infra.records import Vendor
from workers.master import BadFile, _rows, read_vendors, vendor_json, write_vendors

IBAN = "DE89370400440532013000"
ODD = Vendor(
    tenant="acme",
    id="=1+1",
    name="-Müller | Söhne; \"Bau\", 'Holz'",
    aliases=["@home", "a|b\\c", "C:\\Bau", "'=quoted"],
    vat_ids=["DE136695976", "ATU13585627"],
    tax_numbers=["21/815/08150"],
    legal_ids=["HRB 123, Köln"],
    ibans=[IBAN],
    country="DE",
    currency="EUR",
    terms_days=0,
    limit=Decimal("1.234"),
    cost_centre="-12",
    order_required=True,
    blocked="'+49 is no account",
)
PLAIN = Vendor(tenant="acme", id="V2", name="Atelier Héron SARL")


def a_file(folder: Path, text: str, name: str = "vendors.csv", encoding: str = "utf-8") -> Path:
    path = folder / name
    path.write_bytes(text.encode(encoding))
    return path


def problems(folder: Path, text: str) -> list[str]:
    return [str(one) for one in read_vendors(a_file(folder, text), "acme", {}).problems]


def test_exported_vendors_come_back_the_same_from_csv_and_json(tmp_path: Path) -> None:
    known = [ODD, PLAIN]
    csv = write_vendors(known)
    assert read_vendors(a_file(tmp_path, csv, encoding="utf-8-sig"), "acme").records == known
    written = json.dumps({"vendors": [vendor_json(one) for one in known]})
    assert read_vendors(a_file(tmp_path, written, "v.json"), "acme", {}).records == known
    assert write_vendors(read_vendors(tmp_path / "vendors.csv", "acme").records) == csv


def test_no_exported_cell_is_a_formula() -> None:
    cells = write_vendors([ODD]).splitlines()[1]
    assert cells.startswith("'=1+1,")
    assert ",-12," in cells  # a number stays a number
    assert "\"'-Müller" in cells


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_delimiter_and_mark_and_capitals_of_the_header_do_not_matter(tmp_path: Path, delimiter: str) -> None:
    rows = [["ID", "Name", "VAT IDs", "Limit"], ["V1", "Muster GmbH", "DE 136 695 976", "2500.50"]]
    text = "\r\n".join(delimiter.join(row) for row in rows) + "\r\n"
    (made,) = read_vendors(a_file(tmp_path, text, encoding="utf-8-sig"), "acme", {}).records
    assert (made.id, made.name, made.vat_ids, made.limit) == ("V1", "Muster GmbH", ["DE136695976"], Decimal("2500.50"))


def test_columns_may_be_named_in_the_singular(tmp_path: Path) -> None:
    csv = a_file(tmp_path, f"Vendor ID;Name;IBAN;VAT ID;Cost center\nV1;M;{IBAN};DE136695976;7\n")
    entry = json.dumps([{"id": "V1", "name": "M", "iban": IBAN, "vat_id": "DE136695976", "cost_center": 7}])
    (made,) = read_vendors(csv, "acme").records
    assert (made.ibans, made.vat_ids, made.cost_centre) == ([IBAN], ["DE136695976"], "7")
    assert read_vendors(a_file(tmp_path, entry, "v.json"), "acme").records == [made]


def test_a_file_of_more_bytes_than_are_read_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_rows, "MAX_BYTES", 20)
    with pytest.raises(BadFile, match="split it"):
        read_vendors(a_file(tmp_path, "id,name\nV1,Muster GmbH\n"), "acme")


def test_an_id_in_other_spacing_is_the_vendor_on_record(tmp_path: Path) -> None:
    known = ODD.model_copy(update={"id": "V 1", "blocked": "fraud"})
    (made,) = read_vendors(a_file(tmp_path, "id,terms_days\n V  1,30\n"), "acme", {"V 1": known}).records
    assert made == known.model_copy(update={"terms_days": 30})


def test_a_column_that_is_not_there_leaves_what_is_on_record_and_an_empty_cell_clears_it(tmp_path: Path) -> None:
    known = {ODD.id: ODD}
    (made,) = read_vendors(a_file(tmp_path, "id,terms_days,blocked\n'=1+1,30,\n"), "acme", known).records
    assert made == ODD.model_copy(update={"terms_days": 30, "blocked": None})


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ("V1,Muster,DE89370400440532013001,,", "column ibans: 'DE89370400440532013001' is no IBAN: its check digits"),
        ("V1,Muster,,DE136695977,", "column vat_ids: 'DE136695977' is no VAT id: its check digits"),
        ("V1,Muster,,136695976,", "write it with its country"),
        ("V1,Muster,,,1.234", "column limit: 1.234 may be 1234 or 1 and 234 thousandths; write 1234.00 or 1.2340"),
        ('V1,Muster,,,"1,234"', "1,234 may be 1234 or 1"),
        ("V1,Muster,,,about 5", "is no number"),
        ("V1,Muster,,,-5", "-5 is negative"),
        ("V1,,,,", "column name: it is empty"),
        (",Muster,,,", "column id: it is empty"),
        ("V1,Muster,,", "it has 4 values for 5 columns"),
        ('V1,"Muster,,,', "cannot be read"),
        (f"V1,{'x' * 256},,,", "it has 256 characters"),
    ],
)
def test_a_bad_row_says_file_row_column_and_what_to_do(tmp_path: Path, row: str, said: str) -> None:
    (told,) = problems(tmp_path, f"id,name,ibans,vat_ids,limit\nV0,Good,{IBAN},,5\n{row}\n")
    assert told.startswith("vendors.csv, row 3")
    assert said in told


def test_numbers_of_both_writings_are_taken_where_they_are_certain(tmp_path: Path) -> None:
    text = "id;name;limit\n" + "".join(
        f"V{n};M;{limit}\n"
        for n, limit in enumerate(["1.234,56", "1,234.56", "1'234.56", "0,125", "1234", "1.234.567"])
    )
    found = [str(one.limit) for one in read_vendors(a_file(tmp_path, text), "acme", {}).records]
    assert found == ["1234.56", "1234.56", "1234.56", "0.125", "1234", "1234567"]


def test_the_same_vendor_twice_is_told_with_both_rows(tmp_path: Path) -> None:
    (told,) = problems(tmp_path, "id,name\nV1,Muster\nV2,Other\nV1,Muster AG\n")
    assert told == "vendors.csv, row 4, column id: V1 stands in row 2 already; delete one of the two"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("id,name,ibns\nV1,M,\n", "has a column 'ibns' that means nothing here: is it ibans?"),
        ("id,iban,ibans\nV1,,\n", "two columns 'ibans'"),
        ("name\nM\n", "has no column id"),
        ("V1,Muster GmbH\n", "does not name its columns"),
        ("id,name,id\nV1,M,V1\n", "two columns 'id'"),
        ("id,name\n", "has no rows"),
        ("", "does not name its columns"),
        ("id,name\nV1,a\0b\n", "is no text"),
    ],
)
def test_a_file_that_cannot_be_read_as_a_whole_says_why(tmp_path: Path, text: str, said: str) -> None:
    with pytest.raises(BadFile, match=said):
        read_vendors(a_file(tmp_path, text), "acme", {})


def test_a_file_in_another_encoding_is_refused_and_not_misread(tmp_path: Path) -> None:
    with pytest.raises(BadFile, match=r"not in UTF-8 \(line 2\)"):
        read_vendors(a_file(tmp_path, "id,name\nV1,Müller\n", encoding="cp1252"), "acme", {})


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('[{"id": "V1", "name": "M", "id": "V2"}]', "it has 'id' twice"),
        ('[{"id": "V1", "name": {"a": 1}}]', "'name' cannot be an object"),
        ('[{"id": "V1", "name": "M", "bank": "x"}]', "it has 'bank', which means nothing here"),
        ('[{"id": "V1", "name": ["M"]}]', "column name: \"['M']\" is no text"),
        ('[{"id": "V1", "name": "M", "limit": 1e999}]', "digits"),
        ("[5]", "it is no object"),
    ],
)
def test_a_bad_entry_of_json_says_what_is_wrong(tmp_path: Path, text: str, said: str) -> None:
    (told,) = read_vendors(a_file(tmp_path, text, "v.json"), "acme", {}).problems
    assert str(told).startswith("v.json, row 1")
    assert said in str(told)


def test_a_number_of_json_is_what_it_says(tmp_path: Path) -> None:
    text = '[{"id": 7, "name": "M", "limit": 1.234, "order_required": true, "aliases": ["A", "B|C"]}]'
    (made,) = read_vendors(a_file(tmp_path, text, "v.json"), "acme", {}).records
    assert (made.id, made.limit, made.order_required, made.aliases) == ("7", Decimal("1.234"), True, ["A", "B|C"])


@pytest.mark.parametrize("text", ["{", '{"orders": []}', '"x"', "[" * 100_000])
def test_json_that_is_no_list_of_vendors_is_refused(tmp_path: Path, text: str) -> None:
    with pytest.raises(BadFile):
        read_vendors(a_file(tmp_path, text, "v.json"), "acme", {})


@pytest.mark.parametrize(
    "id", ["CHE-107.787.577 MWST", "CHE107787577", "EL094259216", "GB980780684", "US123456789", "NO974760673MVA"]
)
def test_vat_ids_of_many_countries_are_taken(tmp_path: Path, id: str) -> None:
    assert not problems(tmp_path, f"id,name,vat_ids\nV1,M,{id}\n")

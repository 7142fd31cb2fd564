"""A manifest says more about files; a row that cannot be used says why, and keeps its file back."""

from __future__ import annotations

import codecs
import json
from pathlib import Path

import pytest

from tests.workers.intake.zips import zipped
from workers.intake import BadSubmission, Found, checked_priority, files_named_in, find_files

PDF = b"%PDF-1.7"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name in ("a.pdf", "b.pdf", "Müller.pdf"):
        (tmp_path / name).write_bytes(PDF)
    inner = zipped({"deep.pdf": PDF})
    (tmp_path / "march.zip").write_bytes(
        zipped({"acme/1.pdf": PDF, "2.pdf": PDF, "note.txt": b"Dear", "in.zip": inner})
    )
    return tmp_path


def listed(folder: Path, text: str | bytes, name: str = "list.csv") -> Found:
    """What a manifest by itself gives."""
    manifest = folder / name
    manifest.write_bytes(text if isinstance(text, bytes) else text.encode())
    return find_files([manifest])


def names(found: Found) -> list[str]:
    return [file.name for file in found.files]


def reasons(found: Found) -> list[tuple[str, str]]:
    return [(refused.name, refused.reason) for refused in found.refused]


def test_a_row_says_for_whom_how_urgent_and_what_else_the_sender_knows(folder: Path) -> None:
    found = listed(
        folder,
        "File,Tenant,Purchase Order,due-date,priority,Cost Centre\n"
        "a.pdf,acme,PO-4711,2026-12-31,urgent, 0042 \n"
        "b.pdf,,,,,\n",
    )
    a, b = found.files
    assert (a.name, a.content, a.tenant, a.priority) == ("a.pdf", folder / "a.pdf", "acme", 1)
    assert a.details == {"purchase_order": "PO-4711", "due_date": "2026-12-31", "cost_centre": "0042"}
    assert (b.tenant, b.priority, b.details) == (None, None, {})
    assert found.refused == []


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16"])
@pytest.mark.parametrize("ends", ["\n", "\r\n"])
def test_a_manifest_is_read_as_spreadsheets_write_it(folder: Path, delimiter: str, encoding: str, ends: str) -> None:
    rows = [["file", "note, or remark"], ["Müller.pdf", '"für Öl; Gas, ""A"""'], []]
    rows[0][1] = f'"{rows[0][1]}"'
    text = ends.join(delimiter.join(row) for row in rows)
    (file,) = listed(folder, text.encode(encoding)).files
    assert file.name == "Müller.pdf"
    assert file.details == {"note,_or_remark": 'für Öl; Gas, "A"'}


def test_a_manifest_may_be_jsonl_and_numbers_stay_as_they_are_written(folder: Path) -> None:
    rows = [
        {"file": "a.pdf", "priority": 5, "amount": 12.50, "tags": ["x", "ö"], "paid": True, "note": None},
        {"file": "march.zip/acme/1.pdf", "Due Date": "2026-01-31"},
    ]
    text = "\n".join(json.dumps(row) for row in rows).replace("12.5", "12.50")
    a, member = listed(folder, codecs.BOM_UTF8 + text.encode(), "list.jsonl").files
    assert a.priority == 5
    assert a.details == {"amount": "12.50", "tags": '["x", "ö"]', "paid": "true"}
    assert member.name == "march.zip/acme/1.pdf"
    assert member.details == {"due_date": "2026-01-31"}


def test_of_an_archive_that_only_the_manifest_names_only_what_it_names_is_taken(folder: Path) -> None:
    found = listed(folder, "file\nmarch.zip/2.pdf\nmarch.zip/in.zip/deep.pdf\n")
    assert names(found) == ["march.zip/2.pdf", "march.zip/in.zip/deep.pdf"]
    assert found.refused == []


def test_a_row_about_an_archive_is_about_all_in_it_that_have_no_row_of_their_own(folder: Path) -> None:
    found = listed(folder, "file,tenant\nmarch.zip,acme\nmarch.zip/2.pdf,other\n")
    assert {file.name: file.tenant for file in found.files} == {
        "march.zip/acme/1.pdf": "acme",
        "march.zip/2.pdf": "other",
        "march.zip/in.zip/deep.pdf": "acme",
    }
    assert [name for name, _ in reasons(found)] == ["march.zip/note.txt"]


def test_files_that_are_given_but_not_in_the_manifest_are_taken_too(folder: Path) -> None:
    (folder / "list.csv").write_text("file,tenant\nb.pdf,acme\nmarch.zip/2.pdf,acme\n")
    found = find_files([folder], manifest=folder / "list.csv")
    assert {file.name: file.tenant for file in found.files} == {
        "Müller.pdf": None,
        "a.pdf": None,
        "b.pdf": "acme",
        "march.zip/2.pdf": "acme",
        "march.zip/acme/1.pdf": None,
        "march.zip/in.zip/deep.pdf": None,
    }
    assert names(find_files([folder, folder / "list.csv"])) == names(found)


def test_a_row_finds_its_file_however_its_accents_and_separators_are_written(folder: Path) -> None:
    found = listed(folder, "file\nMu\u0308ller.pdf\nmarch.zip\\acme\\1.pdf\n./a.pdf\n")
    assert names(found) == ["Müller.pdf", "march.zip/acme/1.pdf", "a.pdf"]


@pytest.mark.parametrize(
    ("row", "why"),
    [
        (
            "a.pdf,soon,,",
            "'soon' is no priority; give 1 (most urgent) to 5 (least), or urgent, normal, bulk for 1, 3, 5",
        ),
        ("a.pdf,0,,", "'0' is no priority"),
        ("a.pdf,,31.12.2026,", "due_date '31.12.2026' is no date; write year-month-day, as 2026-12-31"),
        ("a.pdf,,2026-02-30,", "due_date '2026-02-30' is no date"),
        ("a.pdf,,20261231,", "due_date '20261231' is no date"),
        ("a.pdf,,,Acme Inc", "'Acme Inc' cannot name a tenant: 1 to 63 characters of a-z"),
        ("a.pdf,9,31.12.2026,", "'9' is no priority"),
        (
            "a.pdf,,",
            "it has 3 values for 4 columns; put values that hold ',' into quotation marks",
        ),
        (",1,,", "it names no file; fill the column `file`"),
        ("c.pdf,1,,", "there is no such file in "),
        ("march.zip/3.pdf,1,,", "it holds no such file"),
        ("../a.pdf,1,,", "it is not in the manifest's folder; name files from there"),
        ("/etc/passwd,1,,", "it is not in the manifest's folder"),
        (".,1,,", "it is not in the manifest's folder"),
        ("sub,1,,", "it is a folder; give each file in it a row"),
        ('"a.pdf,1,,', "close the quotation mark"),
        ("b.pdf,,,", "it has row 2 already; delete one of the two"),
    ],
)
def test_a_row_that_cannot_be_used_is_refused_with_its_number_and_how_to_mend_it(
    folder: Path, row: str, why: str
) -> None:
    (folder / "sub").mkdir()
    found = listed(folder, f"file,priority,due_date,tenant\nb.pdf,,,\n\n{row}\n")
    assert names(found) == ["b.pdf"]
    ((_, reason),) = reasons(found)
    assert reason.startswith("row 4 of list.csv: ")
    assert why in reason


def test_the_file_of_a_bad_row_is_kept_back_though_it_is_given(folder: Path) -> None:
    (folder / "list.csv").write_text("file,tenant\na.pdf,NO\nmarch.zip/2.pdf,NO\n")
    found = find_files([folder / "a.pdf", folder / "march.zip"], manifest=folder / "list.csv")
    assert names(found) == ["march.zip/acme/1.pdf", "march.zip/in.zip/deep.pdf"]
    kept_back = {refused.name: refused for refused in found.refused}
    assert kept_back["a.pdf"].path == folder / "a.pdf"
    assert "row 2 of list.csv" in kept_back["a.pdf"].reason
    assert kept_back["march.zip/2.pdf"].origin == folder / "march.zip"
    assert len(found.refused) == 3  # with note.txt


def test_a_member_that_cannot_be_taken_is_refused_once_though_it_has_a_row(folder: Path) -> None:
    found = listed(folder, "file\nmarch.zip/note.txt\nmarch.zip/2.pdf\n")
    assert names(found) == ["march.zip/2.pdf"]
    assert reasons(found) == [("march.zip/note.txt", "it is a text file; hand in a PDF or an XML file")]


def test_an_archive_that_cannot_be_opened_is_refused_once_for_all_its_rows(folder: Path) -> None:
    (folder / "bad.zip").write_bytes(b"PK\x03\x04...")
    found = listed(folder, "file\nbad.zip/1.pdf\nbad.zip/2.pdf\na.pdf\n")
    assert names(found) == ["a.pdf"]
    assert [name for name, _ in reasons(found)] == ["bad.zip"]


@pytest.mark.parametrize(
    ("line", "why"),
    [
        ("{", "it is no JSON"),
        ("[" * 100_000, "it is no JSON"),
        ('["a.pdf"]', "it is no JSON object"),
        ('{"file": "a.pdf", "Due Date": "", "due_date": ""}', "it names a column twice"),
        ('{"file": null}', "it names no file"),
        ('{"file": "\\ud800.pdf"}', "there is no such file"),
        ('{"file": "a\\u0000.pdf"}', "there is no such file"),
        (json.dumps({"file": "x" * 5_000}), "there is no such file"),
        (json.dumps({"file": "a.pdf", "note": "x" * 501}), "'note' has more than 500 characters"),
    ],
)
def test_a_line_that_cannot_be_used_is_refused_with_its_number(folder: Path, line: str, why: str) -> None:
    found = listed(folder, '{"file": "b.pdf"}\n\n' + line, "list.jsonl")
    assert names(found) == ["b.pdf"]
    ((_, reason),) = reasons(found)
    assert reason.startswith("row 3 of list.jsonl: ")
    assert why in reason


def test_what_a_manifest_says_holds_nothing_that_steers_a_terminal_or_a_database_refuses(folder: Path) -> None:
    (file,) = listed(folder, r'{"file": "a.pdf", "note": "a\u0000b\u001b[31m\nc"}', "list.jsonl").files
    assert file.details == {"note": "a\ufffdb\ufffd[31m c"}


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"", "no column `file`"),
        (b"name,tenant\na.pdf,acme\n", "no column `file` in its first line, 'name,tenant'"),
        (b"file,file\na.pdf,b.pdf\n", "two columns 'file'"),
        (b'"file\na.pdf', "no column `file`"),
        (b"file\n", "names no file"),
        (b"file\n\x00\x00", "is no text"),
        (b"file\n\x81\x8d", "is no text"),
        (codecs.BOM_UTF16_LE + b"a", "is no text"),
        (b"file," + b",".join(b"c%d" % number for number in range(100)), "more than 100 columns"),
    ],
)
def test_a_manifest_that_cannot_be_read_as_a_whole_hands_in_nothing(folder: Path, content: bytes, why: str) -> None:
    with pytest.raises(BadSubmission, match=why) as raised:
        listed(folder, content)
    assert "Nothing was handed in" in str(raised.value)


def test_two_manifests_are_one_too_many(folder: Path) -> None:
    for name in ("one.csv", "two.jsonl"):
        (folder / name).write_text("file\n")
    with pytest.raises(BadSubmission, match="several manifests"):
        find_files([folder / "one.csv"], manifest=folder / "two.jsonl")
    with pytest.raises(BadSubmission, match="there is no file or folder"):
        find_files([folder], manifest=folder / "three.csv")


def test_the_files_that_a_manifest_is_about_are_known_though_they_are_not_there(folder: Path) -> None:
    (folder / "list.csv").write_text("file\na.pdf\nlater.pdf\nmarch.zip/2.pdf\n../x.pdf\n")
    assert files_named_in(folder / "list.csv") == {folder / "a.pdf", folder / "later.pdf", folder / "march.zip"}


@pytest.mark.parametrize(("word", "number"), [("urgent", 1), (" Normal ", 3), ("BULK", 5), ("2", 2)])
def test_a_priority_is_a_number_or_a_word_for_one(word: str, number: int) -> None:
    assert checked_priority(word) == number

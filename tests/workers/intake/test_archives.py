"""An archive is what a stranger made: its documents are taken one by one, and nothing it does harms more than itself."""

from __future__ import annotations

import io
import struct
import threading
import zipfile
from pathlib import Path

import pytest

from tests.workers.intake.zips import CRC, FLAGS, METHOD, OFFSET, PACKED, UNPACKED, patched, zipped
from workers.intake import CannotTake, Found, find_files
from workers.intake import _archives as archives

PDF = b"%PDF-1.7 an invoice"


def opened(tmp_path: Path, content: bytes) -> Found:
    (tmp_path / "march.zip").write_bytes(content)
    return find_files([tmp_path / "march.zip"])


def names(found: Found) -> list[str]:
    return [file.name for file in found.files]


def reasons(found: Found) -> dict[str, str]:
    return {refused.name: refused.reason for refused in found.refused}


def test_members_keep_their_path_as_their_name_and_give_their_bytes(tmp_path: Path) -> None:
    found = opened(tmp_path, zipped({"b.xml": b"<a/>", "acme/inv-1.pdf": PDF, "empty folder/": b""}))
    assert names(found) == ["march.zip/acme/inv-1.pdf", "march.zip/b.xml"]
    assert [file.read(1000) for file in found.files] == [PDF, b"<a/>"]
    assert {file.origin for file in found.files} == {tmp_path / "march.zip"}
    assert found.refused == []


def test_archives_in_archives_are_opened_as_deep_as_allowed(tmp_path: Path) -> None:
    deepest = zipped({"4.pdf": PDF})
    found = opened(tmp_path, zipped({"2.zip": zipped({"misnamed.pdf": zipped({"3.pdf": PDF, "4.zip": deepest})})}))
    assert names(found) == ["march.zip/2.zip/misnamed.pdf/3.pdf"]
    assert found.files[0].read(1000) == PDF
    assert "it is an archive 4 deep; 3 are opened" in reasons(found)["march.zip/2.zip/misnamed.pdf/4.zip"]


def test_what_operating_systems_leave_behind_is_passed_over(tmp_path: Path) -> None:
    junk = ["__MACOSX/._a.pdf", "x/.DS_Store", "Thumbs.db", ".hidden/b.pdf", "desktop.ini"]
    found = opened(tmp_path, zipped(dict.fromkeys(junk, b"junk") | {"a.pdf": PDF}))
    assert names(found) == ["march.zip/a.pdf"]
    assert found.refused == []


def test_a_member_that_is_no_document_is_refused_by_its_name_and_stops_no_other(tmp_path: Path) -> None:
    word = zipped({"[Content_Types].xml": b"<Types/>", "word/document.xml": b"<w/>"})
    found = opened(tmp_path, zipped({"a.pdf": PDF, "x/photo.pdf": b"\x89PNG\r\n", "b.docx": word, "none.pdf": b""}))
    assert names(found) == ["march.zip/a.pdf"]
    assert reasons(found) == {
        "march.zip/x/photo.pdf": "it is a PNG image; hand in a PDF or an XML file",
        "march.zip/b.docx": "it is an Office document or a program; hand in a PDF or an XML file",
        "march.zip/none.pdf": "it is empty",
    }
    assert {(refused.path, refused.origin) for refused in found.refused} == {(None, tmp_path / "march.zip")}


def test_an_office_document_by_itself_is_one_file(tmp_path: Path) -> None:
    (tmp_path / "letter.docx").write_bytes(zipped({"[Content_Types].xml": b"<Types/>"}))
    assert names(find_files([tmp_path / "letter.docx"])) == ["letter.docx"]


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("../../etc/passwd.pdf", "etc/passwd.pdf"),
        ("/absolute.pdf", "absolute.pdf"),
        ("acme\\inv.pdf", "acme/inv.pdf"),
        ("a\x1b[31m\nb.pdf", "a\ufffd[31m\ufffdb.pdf"),
        ("Müller.pdf", "Müller.pdf"),
        ("Mu\u0308ller.pdf", "Müller.pdf"),
        ("x" * 2000 + ".pdf", "…"),
    ],
)
def test_names_are_only_names_and_readable(tmp_path: Path, name: str, shown: str) -> None:
    (file,) = opened(tmp_path, zipped({name: PDF})).files
    assert shown in file.name
    assert len(file.name) <= 510
    assert ".." not in file.name
    assert file.read(1000) == PDF
    assert [path.name for path in tmp_path.iterdir()] == ["march.zip"]


def test_a_name_in_utf_8_is_read_though_the_archive_does_not_say_so(tmp_path: Path) -> None:
    archive = zipped({"M??ller.pdf": PDF}).replace(b"M??ller", "Müller".encode())
    assert names(opened(tmp_path, archive)) == ["march.zip/Müller.pdf"]


def test_an_encrypted_member_is_refused_and_its_neighbour_taken(tmp_path: Path) -> None:
    found = opened(tmp_path, patched(zipped({"a.pdf": PDF, "b.pdf": PDF}), *FLAGS, 0x1))
    assert names(found) == ["march.zip/b.pdf"]
    assert reasons(found)["march.zip/a.pdf"].startswith("it is encrypted; unpack the archive with its password")


def test_a_member_packed_by_an_unusual_method_is_refused(tmp_path: Path) -> None:
    found = opened(tmp_path, zipped({"a.pdf": PDF}, zipfile.ZIP_LZMA))
    assert "method that is not read (number 14)" in reasons(found)["march.zip/a.pdf"]
    found = opened(tmp_path, patched(zipped({"a.pdf": PDF}), *METHOD, 99))
    assert "method that is not read (number 99)" in reasons(found)["march.zip/a.pdf"]


def test_a_member_whose_checksum_is_wrong_is_refused_alone_when_it_is_read(tmp_path: Path) -> None:
    large = PDF * 10_000  # so that looking at how it begins does not read it to its end
    found = opened(tmp_path, patched(zipped({"a.pdf": large, "b.pdf": large}), *CRC, 1))
    bad, good = found.files
    assert good.read(1_000_000) == large
    with pytest.raises(CannotTake, match="it is damaged in its archive"):
        bad.read(1_000_000)


def test_a_small_member_that_is_damaged_is_refused_at_once(tmp_path: Path) -> None:
    found = opened(tmp_path, patched(zipped({"a.pdf": PDF, "b.pdf": PDF}), *CRC, 1))
    assert names(found) == ["march.zip/b.pdf"]
    assert "it is damaged in its archive" in reasons(found)["march.zip/a.pdf"]


@pytest.mark.parametrize(
    "content",
    [
        b"PK\x03\x04...",
        zipped({"a.pdf": PDF})[:-30],
        zipped({"a.pdf": PDF})[:40],
        patched(zipped({"a.pdf": PDF}), *OFFSET, 2**32 - 2),
        patched(zipped({"a.pdf": PDF}), *PACKED, 10_000),
        patched(zipped({"ä.pdf": PDF}), 46, "<B", 0xFF),  # a name that says it is UTF-8 and is not
        patched(zipped({"a.pdf": PDF}), 6, "<H", 99),  # version needed
    ],
)
def test_an_archive_that_is_damaged_is_refused_as_one(tmp_path: Path, content: bytes) -> None:
    found = opened(tmp_path, content)
    assert found.files == []
    assert list(reasons(found)) == ["march.zip"]
    assert "damaged" in reasons(found)["march.zip"]
    assert found.refused[0].path == tmp_path / "march.zip"


def test_an_archive_that_is_damaged_in_an_archive_stops_no_other_file_of_it(tmp_path: Path) -> None:
    found = opened(tmp_path, zipped({"a.zip": b"PK\x03\x04...", "b.pdf": PDF}))
    assert names(found) == ["march.zip/b.pdf"]
    assert "and damaged" in reasons(found)["march.zip/a.zip"]


def test_an_archive_without_documents_is_refused(tmp_path: Path) -> None:
    assert reasons(opened(tmp_path, zipped({}))) == {"march.zip": "it is an empty ZIP archive"}
    junk = zipped({"__MACOSX/a.pdf": PDF, "x/": b""})
    assert reasons(opened(tmp_path, junk)) == {"march.zip": "it is an archive without a PDF or an XML file"}


def test_a_member_that_grows_beyond_all_measure_is_refused_and_its_neighbour_taken(tmp_path: Path) -> None:
    found = opened(tmp_path, zipped({"bomb.pdf": b"%PDF-" + bytes(5_000_000), "a.pdf": PDF}))
    assert names(found) == ["march.zip/a.pdf"]
    assert "grows more than 200 times" in reasons(found)["march.zip/bomb.pdf"]


def test_an_archive_that_grows_beyond_all_measure_in_an_archive_is_not_unpacked(tmp_path: Path) -> None:
    inner = zipped({"a.pdf": bytes(5_000_000)}, zipfile.ZIP_STORED)
    found = opened(tmp_path, zipped({"inner.zip": inner}))
    assert "grows more than 200 times" in reasons(found)["march.zip/inner.zip"]


def test_a_member_larger_than_a_document_may_be_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archives, "MAX_BYTES", 1_000)
    found = opened(tmp_path, zipped({"a.pdf": PDF * 100, "b.pdf": PDF}))
    assert names(found) == ["march.zip/b.pdf"]
    assert "it is larger than the" in reasons(found)["march.zip/a.pdf"]


def test_a_member_that_holds_more_than_the_directory_says_gives_no_more_and_is_refused(tmp_path: Path) -> None:
    lying = patched(zipped({"a.pdf": b"%PDF-" + bytes(20_000_000)}), *UNPACKED, 100_000)
    (file,) = opened(tmp_path, lying).files
    with pytest.raises(CannotTake, match="it is damaged"):
        file.read(50_000_001)
    content = file.content
    assert isinstance(content, archives.ZipMember)
    with content.opened() as stream:
        assert len(stream.read(90_000)) == 90_000
        with pytest.raises(zipfile.BadZipFile):
            stream.read(50_000_001)


def test_members_that_share_their_bytes_are_a_bomb(tmp_path: Path) -> None:
    archive = zipped({"a.pdf": PDF * 100, "b.pdf": PDF * 100})
    found = opened(tmp_path, patched(archive, *OFFSET, 0, member=1))
    assert found.files == []
    assert "it is a ZIP bomb: files in it share their bytes" in reasons(found)["march.zip"]


def quoting_bomb(members: int) -> bytes:
    """Files that overlap as in the bombs of D. Fifield: each quotes the headers of those behind it, and all end in one."""
    core = zipped({"core": b"%PDF-" + bytes(500_000)})
    directory = core.index(b"PK\x01\x02")
    made, entries = b"", []
    local = core[:directory]
    packed = zipfile.ZipFile(io.BytesIO(core)).infolist()[0].compress_size
    for number in range(members):
        name = f"{number:04}.pdf".encode()
        header = local[:26] + struct.pack("<HH", len(name), 0) + name
        entries.append((name, len(made)))
        made += header
    made += local[-packed:]
    listed = b""
    for name, offset in entries:
        size = len(made) - offset - 30 - len(name)
        fields = (20, 20, 0, 8, 0, 0, 0, size, 500_005, len(name), 0, 0, 0, 0, 0, offset)
        listed += struct.pack("<4s6H3I5H2I", b"PK\x01\x02", *fields) + name
    end = struct.pack("<4s4H2IH", b"PK\x05\x06", 0, 0, members, members, len(listed), len(made), 0)
    return made + listed + end


def test_a_bomb_of_overlapping_files_is_refused_before_anything_is_inflated(tmp_path: Path) -> None:
    found = opened(tmp_path, quoting_bomb(250))
    assert reasons(found) == {"march.zip": "it is a ZIP bomb: files in it share their bytes. Nothing was taken from it"}


def test_a_bomb_of_archives_in_archives_ends_at_the_depth_allowed(tmp_path: Path) -> None:
    layer = zipped({"bomb.pdf": bytes(2_000_000)})
    for _ in range(4):
        layer = zipped({f"{number}.zip": layer for number in range(4)}, zipfile.ZIP_STORED)
    found = opened(tmp_path, layer)
    assert found.files == []
    assert len(found.refused) == 4**3
    assert all("it is an archive 4 deep" in refused.reason for refused in found.refused)


def test_too_many_members_are_refused_with_those_of_the_archives_inside(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(archives, "MAX_MEMBERS", 10)
    many = {f"{number}.pdf": PDF for number in range(7)}
    assert len(opened(tmp_path, zipped(many)).files) == 7
    found = opened(tmp_path, zipped({"a.zip": zipped(many), "b.zip": zipped(many), "c.pdf": PDF}))
    assert [name for name in names(found) if "/b.zip/" in name] == []
    assert "march.zip/c.pdf" in names(found)
    assert "with 7 files; at most 10" in reasons(found)["march.zip/b.zip"]
    monkeypatch.setattr(archives, "MAX_MEMBERS", 6)
    assert list(reasons(opened(tmp_path, zipped(many)))) == ["march.zip"]


def test_too_much_unpacked_is_refused_with_that_of_the_archives_inside(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(archives, "MAX_UNPACKED_BYTES", 10_000)
    content = zipped({"a.pdf": PDF + bytes(6_000)})
    assert len(opened(tmp_path, content).files) == 1
    found = opened(tmp_path, zipped({"a.zip": content, "b.zip": content}))
    assert names(found) == ["march.zip/a.zip/a.pdf"]
    assert "at most 0 GB are taken from one archive. Split it" in reasons(found)["march.zip/b.zip"]


def test_a_directory_too_large_to_be_held_is_not_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archives, "_MAX_DIRECTORY_BYTES", 5_000)
    found = opened(tmp_path, zipped({f"{number}.pdf": PDF for number in range(200)}))
    assert list(reasons(found)) == ["march.zip"]


def test_members_are_read_from_many_threads_though_few_archives_stay_open(tmp_path: Path) -> None:
    for archive in range(2 * archives._KEPT_OPEN):
        inner = zipped({f"{archive}.xml": b"<a>%d</a>" % archive})
        (tmp_path / f"{archive:02}.zip").write_bytes(zipped({f"{archive}.pdf": PDF, "inner.zip": inner}))
    files = find_files([tmp_path]).files * 3
    read: list[bytes] = []
    threads = [threading.Thread(target=lambda file=file: read.append(file.read(1000))) for file in files]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(read) == len(files) == 2 * archives._KEPT_OPEN * 2 * 3
    assert read.count(PDF) == len(files) / 2
    assert len(set(read)) == 1 + 2 * archives._KEPT_OPEN


def test_an_archive_that_changed_since_it_was_listed_gives_no_wrong_bytes(tmp_path: Path) -> None:
    for archive in range(archives._KEPT_OPEN + 1):
        (tmp_path / f"{archive:02}.zip").write_bytes(zipped({"a.pdf": PDF}))
    first = find_files([tmp_path]).files[0]  # its archive was the first to be closed again
    (tmp_path / "00.zip").write_bytes(zipped({"other.pdf": b"%PDF- another", "a.pdf": b"%PDF- yet another"}))
    with pytest.raises(CannotTake, match="it is damaged in its archive"):
        first.read(1000)

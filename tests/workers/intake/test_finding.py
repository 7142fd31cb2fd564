"""Paths become files by what they hold; what cannot be taken stops nothing else."""

from __future__ import annotations

import os
import tracemalloc
from pathlib import Path
from zipfile import ZIP_STORED

import pytest

from tests.agents.documents.samples import CORPUS, needs_corpus
from tests.workers.intake.zips import zipped
from workers.intake import BadSubmission, CannotTake, HandedIn, find_files


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    place = tmp_path / "in"
    (place / "below" / ".hidden").mkdir(parents=True)
    for name in ("b.pdf", "a.xml", "below/C.PDF", "notes.txt", ".secret.pdf", "below/.hidden/d.pdf"):
        (place / name).write_bytes(f"%PDF-{name}".encode())
    return place


def names(*paths: Path) -> list[str]:
    return [file.name for file in find_files(paths).files]


def test_a_folder_gives_its_documents_sorted_and_without_hidden_ones(folder: Path) -> None:
    assert names(folder) == ["a.xml", "b.pdf", "C.PDF"]


def test_a_file_named_by_itself_is_taken_whatever_its_name_and_only_once(folder: Path) -> None:
    (folder / "link.pdf").symlink_to(folder / "b.pdf")
    assert names(folder / "notes.txt", folder / "b.pdf", folder) == ["notes.txt", "b.pdf", "a.xml", "C.PDF"]


def test_an_archive_in_a_folder_gives_its_documents_in_its_place(folder: Path) -> None:
    (folder / "below" / "april.zip").write_bytes(zipped({"acme/1.pdf": b"%PDF-1", "2.xml": b"<a/>"}))
    assert names(folder) == ["a.xml", "b.pdf", "C.PDF", "april.zip/2.xml", "april.zip/acme/1.pdf"]


def test_what_a_file_is_is_told_by_its_content_and_not_by_its_name(tmp_path: Path) -> None:
    (tmp_path / "archive.pdf").write_bytes(zipped({"1.pdf": b"%PDF-1"}))
    (tmp_path / "invoice.zip").write_bytes(b"%PDF-2")
    assert names(tmp_path) == ["archive.pdf/1.pdf", "invoice.zip"]


@needs_corpus
def test_the_archive_among_the_bad_inputs_that_is_named_as_a_pdf_is_opened_and_its_text_refused() -> None:
    (refused,) = find_files([CORPUS / "badinputs" / "34-zip-renamed.pdf"]).refused
    assert refused.name == "34-zip-renamed.pdf/invoice.txt"
    assert refused.reason == "it is a text file; hand in a PDF or an XML file"


def test_nothing_is_handed_in_if_a_path_does_not_exist_or_a_folder_holds_no_document(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").touch()
    with pytest.raises(BadSubmission, match=r"nowhere\.pdf\. Nothing was handed in"):
        find_files([tmp_path / "nowhere.pdf"])
    with pytest.raises(BadSubmission, match=r"holds no \.pdf, \.xml or \.zip file"):
        find_files([tmp_path])


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read every folder")
def test_a_folder_that_cannot_be_read_is_refused_and_stops_no_other(folder: Path) -> None:
    (folder / "below").chmod(0)
    found = find_files([folder])
    (folder / "below").chmod(0o755)
    assert [file.name for file in found.files] == ["a.xml", "b.pdf"]
    assert [(one.path, one.reason) for one in found.refused] == [
        (folder / "below", "it cannot be read: Permission denied")
    ]


def test_a_pipe_and_a_link_to_nothing_are_found_and_say_so_when_they_are_read(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.pdf")
    (tmp_path / "gone.pdf").symlink_to(tmp_path / "nothing.pdf")
    gone, pipe = find_files([tmp_path]).files
    with pytest.raises(CannotTake, match="it points to nothing"):
        gone.read(1)
    with pytest.raises(CannotTake, match="it is no file"):
        pipe.read(1)


@pytest.mark.parametrize("name", ["link.pdf", "below/link.pdf", "link.zip", "linked"])
def test_what_leads_out_of_a_folder_that_is_handed_in_is_refused(folder: Path, tmp_path: Path, name: str) -> None:
    other = tmp_path / "other"
    other.mkdir()
    (other / "secret.pdf").write_bytes(b"%PDF-secret")
    (other / "secret.zip").write_bytes(zipped({"1.pdf": b"%PDF-secret"}))
    target = {"linked": other}.get(name, other / f"secret{Path(name).suffix}")
    (folder / name).symlink_to(target)
    found = find_files([folder])
    assert [file.name for file in found.files] == ["a.xml", "b.pdf", "C.PDF"]
    assert [refused.name for refused in found.refused] == [Path(name).name]


def test_a_manifest_names_nothing_outside_its_folder_through_a_link(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "other").mkdir()
    (tmp_path / "other" / "secret.pdf").write_bytes(b"%PDF-secret")
    (folder / "linked").symlink_to(tmp_path / "other")
    (folder / "list.csv").write_text("file\nlinked/secret.pdf\nb.pdf\n")
    found = find_files([folder / "list.csv"])
    assert [file.name for file in found.files] == ["b.pdf"]
    assert "leads out" in found.refused[0].reason


def test_a_file_named_by_itself_may_be_a_link_to_anywhere(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "link.pdf").symlink_to(folder / "b.pdf")
    (file,) = find_files([tmp_path / "link.pdf"]).files
    assert file.read(100) == b"%PDF-b.pdf"


def test_a_name_that_is_no_text_is_made_readable(tmp_path: Path) -> None:
    for name in (b"caf\xe9.pdf", b"a\nb.pdf", "exe\u202efdp.pdf".encode()):
        (tmp_path / os.fsdecode(name)).write_bytes(b"%PDF-")
    assert names(tmp_path) == ["a\ufffdb.pdf", "caf\ufffd.pdf", "exe\ufffdfdp.pdf"]


def test_no_document_is_held_in_memory_before_it_is_read(tmp_path: Path) -> None:
    (tmp_path / "large.pdf").write_bytes(b"%PDF-" + bytes(3_000_000))
    (tmp_path / "large.zip").write_bytes(zipped({"a.pdf": b"%PDF-" + bytes(3_000_000)}, ZIP_STORED))
    tracemalloc.start()
    found = find_files([tmp_path])
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert len(found.files) == 2
    assert peak < 1_000_000


def test_no_more_is_read_than_asked_for_from_wherever_the_bytes_are(tmp_path: Path) -> None:
    (tmp_path / "a.pdf").write_bytes(b"%PDF-1.7")
    (tmp_path / "b.zip").write_bytes(zipped({"a.pdf": b"%PDF-1.7"}))
    files = [HandedIn("a.pdf", b"%PDF-1.7"), HandedIn("a.pdf", tmp_path / "a.pdf"), *find_files([tmp_path]).files]
    assert [file.read(5) for file in files] == [b"%PDF-"] * 4
    assert [file.read(50) for file in files] == [b"%PDF-1.7"] * 4

"""A watched folder gives what has arrived whole, and shows what is still to be done."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.workers.intake.zips import zipped
from workers.intake import REFUSED, TAKEN, Delivery, WatchedFolder

PDF = b"%PDF-1.7"


@pytest.fixture
def inbox(tmp_path: Path) -> Path:
    place = tmp_path / "inbox"
    place.mkdir()
    WatchedFolder(place).prepare()
    return place


def drop(folder: Path, *names: str, content: bytes = PDF) -> None:
    for name in names:
        (folder / name).write_bytes(content)


def entries(deliveries: list[Delivery]) -> list[list[str]]:
    return [[entry.name for entry in delivery.entries] for delivery in deliveries]


def settled(watched: WatchedFolder) -> list[Delivery]:
    watched.look()
    return watched.look()[0]


def test_a_file_is_given_when_it_has_not_changed_between_two_looks(inbox: Path) -> None:
    watched = WatchedFolder(inbox)
    drop(inbox, "a.pdf")
    assert watched.look() == ([], 1)
    drop(inbox, "a.pdf", content=PDF * 2)
    assert watched.look() == ([], 1)
    deliveries, arriving = watched.look()
    assert entries(deliveries) == [["a.pdf"]]
    assert arriving == 0


def test_a_file_under_a_name_for_the_making_is_left_until_it_is_renamed(inbox: Path) -> None:
    drop(inbox, "a.pdf.part", ".b.pdf", "~$c.docx", "d.tmp")
    watched = WatchedFolder(inbox)
    assert settled(watched) == []
    (inbox / "a.pdf.part").rename(inbox / "a.pdf")
    assert entries(settled(watched)) == [["a.pdf"]]


def test_a_folder_is_one_delivery_when_all_in_it_has_arrived(inbox: Path) -> None:
    (inbox / "from acme" / "sub").mkdir(parents=True)
    watched = WatchedFolder(inbox)
    assert settled(watched) == []  # empty: about to be filled
    drop(inbox / "from acme", "a.pdf")
    drop(inbox / "from acme" / "sub", "b.pdf")
    watched.look()
    drop(inbox / "from acme" / "sub", "c.pdf")
    assert watched.look()[0] == []
    (delivery,) = watched.look()[0]
    assert [file.name for file in delivery.found().files] == ["a.pdf", "b.pdf", "c.pdf"]


def test_a_manifest_in_a_folder_says_more_of_the_files_there(inbox: Path) -> None:
    (inbox / "from acme").mkdir()
    drop(inbox / "from acme", "a.pdf", "b.pdf")
    (inbox / "from acme" / "list.csv").write_text("file,tenant\na.pdf,acme\n")
    (delivery,) = settled(WatchedFolder(inbox))
    assert [(file.name, file.tenant) for file in delivery.found().files] == [("a.pdf", "acme"), ("b.pdf", None)]
    (inbox / "from acme" / "other.csv").write_text("file\nb.pdf\n")
    found = delivery.found()
    assert found.files == []
    assert "these are several manifests" in found.refused[0].reason


def test_a_manifest_waits_for_the_files_it_names_and_keeps_them_from_going_alone(inbox: Path) -> None:
    (inbox / "list.csv").write_text("file,tenant\na.pdf,acme\nmarch.zip/1.pdf,acme\n")
    drop(inbox, "a.pdf", "b.pdf")
    watched = WatchedFolder(inbox)
    assert entries(settled(watched)) == [["b.pdf"]]
    drop(inbox, "march.zip", content=zipped({"1.pdf": PDF}))
    assert entries(watched.look()[0]) == [["b.pdf"]]
    deliveries, _ = watched.look()
    assert entries(deliveries) == [["a.pdf", "march.zip", "list.csv"], ["b.pdf"]]
    found = deliveries[0].found()
    assert [(file.name, file.tenant) for file in found.files] == [("a.pdf", "acme"), ("march.zip/1.pdf", "acme")]


def test_a_manifest_does_not_wait_for_ever(inbox: Path) -> None:
    (inbox / "list.csv").write_text("file\na.pdf\nnever.pdf\n")
    drop(inbox, "a.pdf")
    (delivery,) = settled(WatchedFolder(inbox, wait_for_named=0))
    found = delivery.found()
    assert [file.name for file in found.files] == ["a.pdf"]
    assert [refused.origin for refused in found.refused] == [inbox / "list.csv"]


def test_what_is_done_is_moved_and_what_needs_a_person_gets_its_reasons_beside(inbox: Path) -> None:
    drop(inbox, "a.pdf", "b.pdf")
    watched = WatchedFolder(inbox)
    (delivery,) = settled(watched)
    assert watched.put_away(delivery, {inbox / "b.pdf": ["b.pdf: it is empty", "b.pdf: and torn"]}) == []
    assert {path.name for path in inbox.iterdir()} == {TAKEN, REFUSED}
    assert (inbox / TAKEN / "a.pdf").read_bytes() == PDF
    assert (inbox / REFUSED / "b.pdf").read_bytes() == PDF
    reason = (inbox / REFUSED / "b.pdf.reason.txt").read_text()
    assert reason.startswith("b.pdf: it is empty\nb.pdf: and torn\n")
    assert "put it back" in reason


def test_nothing_that_was_moved_before_is_overwritten(inbox: Path) -> None:
    watched = WatchedFolder(inbox)
    for content in (b"%PDF-1", b"%PDF-2", b"%PDF-3"):
        drop(inbox, "a.pdf", content=content)
        (delivery,) = settled(watched)
        watched.put_away(delivery, {})
    moved = sorted((path.name, path.read_bytes()) for path in (inbox / TAKEN).iterdir())
    assert moved == [("a (2).pdf", b"%PDF-2"), ("a (3).pdf", b"%PDF-3"), ("a.pdf", b"%PDF-1")]


def test_what_changed_while_it_was_handed_in_stays_and_is_given_again(inbox: Path) -> None:
    drop(inbox, "a.pdf")
    watched = WatchedFolder(inbox)
    (delivery,) = settled(watched)
    drop(inbox, "a.pdf", content=PDF * 2)
    watched.put_away(delivery, {})
    assert (inbox / "a.pdf").exists()
    assert entries(settled(watched)) == [["a.pdf"]]


def test_what_cannot_be_moved_is_told_once_and_left_alone_until_it_changes(inbox: Path) -> None:
    (inbox / TAKEN).rmdir()
    (inbox / TAKEN).touch()  # no folder: nothing can be moved there
    drop(inbox, "a.pdf")
    watched = WatchedFolder(inbox)
    (delivery,) = settled(watched)
    assert watched.put_away(delivery, {}) == [inbox / "a.pdf"]
    assert watched.look() == ([], 0)
    drop(inbox, "a.pdf", content=PDF * 2)
    assert entries(settled(watched)) == [["a.pdf"]]


def test_a_file_that_went_away_keeps_no_other_back(inbox: Path) -> None:
    drop(inbox, "a.pdf", "b.pdf")
    (delivery,) = settled(WatchedFolder(inbox))
    (inbox / "a.pdf").unlink()
    assert [file.name for file in delivery.found().files] == ["b.pdf"]


def test_nothing_is_read_from_outside_the_folder(inbox: Path, tmp_path: Path) -> None:
    other = tmp_path / "other tenant"
    other.mkdir()
    drop(other, "secret.pdf")
    drop(other, "secret.zip", content=zipped({"secret.pdf": PDF}))
    (other / "list.csv").write_text("file\nsecret.pdf\n")
    (inbox / "sub").mkdir()
    drop(inbox, "a.pdf", "sub/b.pdf")
    for link in ("c.pdf", "sub/c.pdf"):
        (inbox / link).symlink_to(other / "secret.pdf")
    (inbox / "d.zip").symlink_to(other / "secret.zip")
    (inbox / "e").symlink_to(other, target_is_directory=True)
    (inbox / "f.csv").symlink_to(other / "list.csv")
    (inbox / "g.csv").write_text("file\ne/secret.pdf\n")
    found = [delivery.found() for delivery in settled(WatchedFolder(inbox, wait_for_named=0))]
    assert sorted(file.name for one in found for file in one.files) == ["a.pdf", "b.pdf"]
    assert {refused.name for one in found for refused in one.refused} >= {"c.pdf", "d.zip", "e", "f.csv"}


def test_an_entry_is_known_by_any_file_in_it(inbox: Path) -> None:
    assert WatchedFolder(inbox).entry_of(inbox / "sub" / "below" / "a.pdf") == inbox / "sub"
    assert WatchedFolder(Path(os.curdir)).entry_of(Path("a.pdf")) == Path("a.pdf")

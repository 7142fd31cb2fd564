"""A watched folder gives what has arrived whole, and shows what is still to be done."""

from __future__ import annotations

import os
import socket
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.workers.intake.zips import zipped
from workers.intake import REFUSED, TAKEN, CannotTake, Delivery, WatchedFolder

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


SECRET = b"%PDF- of another"


@pytest.fixture
def other(tmp_path: Path) -> Path:
    """A folder of somebody else's, with a file of each kind."""
    place = tmp_path / "other tenant"
    (place / "below").mkdir(parents=True)
    drop(place, "a.pdf", "below/a.pdf", content=SECRET)
    drop(place, "a.zip", content=zipped({"a.pdf": SECRET}))
    (place / "list.csv").write_text("file\na.pdf\n")
    return place


def reading(delivery: Delivery) -> tuple[dict[str, bytes], dict[str, str]]:
    """What is read of a delivery, and why the rest is not."""
    found = delivery.found()
    read: dict[str, bytes] = {}
    refused = {one.name: one.reason for one in found.refused}
    for file in found.files:
        try:
            read[file.name] = file.read(1000)
        except (CannotTake, OSError) as error:
            refused[file.name] = str(error)
    return read, refused


@pytest.mark.parametrize("name", ["a.pdf", "a.zip", "below/a.pdf", "below/a.zip"])
@pytest.mark.parametrize("when", ["before it is found", "before it is read"])
def test_a_file_that_is_swapped_for_a_link_is_not_read(inbox: Path, other: Path, name: str, when: str) -> None:
    (inbox / "below").mkdir()
    content = zipped({"a.pdf": PDF}) if name.endswith(".zip") else PDF
    drop(inbox, name, content=content)
    (delivery,) = settled(WatchedFolder(inbox))
    found = delivery.found() if when == "before it is read" else None
    (inbox / name).unlink()
    (inbox / name).symlink_to(other / Path(name).name)
    if found is None:
        read, refused = reading(delivery)
        assert not read
        assert "link that leads out" in str(refused)
    for file in found.files if found else ():
        if isinstance(file.content, Path):
            with pytest.raises(CannotTake, match="link that leads out"):
                file.read(1000)
        else:
            assert file.read(1000) == PDF, "of the archive as it was opened"


@pytest.mark.parametrize("deep", ["below", "below/again"])
def test_a_folder_that_is_swapped_for_a_link_is_not_read(inbox: Path, other: Path, deep: str) -> None:
    (inbox / deep).mkdir(parents=True)
    drop(inbox / deep, "a.pdf")
    (delivery,) = settled(WatchedFolder(inbox))
    (file,) = delivery.found().files
    (inbox / deep).rename(inbox / "away")
    (inbox / deep).symlink_to(other, target_is_directory=True)
    with pytest.raises(CannotTake, match="link that leads out"):
        file.read(1000)
    assert reading(delivery)[0] == {}


def test_what_is_no_file_or_is_a_second_name_of_anothers_is_refused_and_nothing_waits_for_it(
    inbox: Path, other: Path
) -> None:
    os.link(other / "a.pdf", inbox / "hard.pdf")
    os.link(other / "a.zip", inbox / "hard.zip")
    os.link(other / "list.csv", inbox / "hard.csv")
    os.mkfifo(inbox / "pipe.pdf")
    os.mkfifo(inbox / "pipe.csv")
    (inbox / "device.pdf").symlink_to("/dev/zero")
    (inbox / "self.pdf").symlink_to(inbox / "self.pdf")
    (inbox / "up").symlink_to("..", target_is_directory=True)
    with socket.socket(socket.AF_UNIX) as bound:
        bound.bind(os.fspath(inbox / "s.pdf"))
    drop(inbox, "good.pdf")
    told = [reading(delivery) for delivery in settled(WatchedFolder(inbox, wait_for_named=0))]
    read = {name: content for one, _ in told for name, content in one.items()}
    refused = {name: why for _, one in told for name, why in one.items()}
    assert read == {"good.pdf": PDF}
    assert refused.keys() == {path.name for path in inbox.iterdir()} - {TAKEN, REFUSED, "good.pdf"}
    assert "hard link" in refused["hard.pdf"]
    assert "it is no file" in refused["pipe.pdf"]


@pytest.mark.parametrize("planted", ["a link", "a link to nothing", "a hard link", "a file", "a pipe"])
def test_a_reason_is_written_beside_and_over_nothing(inbox: Path, other: Path, planted: str) -> None:
    victim, there = other / "a.pdf", inbox / REFUSED / "x.pdf.reason.txt"
    made: dict[str, Callable[[], object]] = {
        "a link": lambda: there.symlink_to(victim),
        "a link to nothing": lambda: there.symlink_to(other / "new.txt"),
        "a hard link": lambda: os.link(victim, there),
        "a file": lambda: there.write_bytes(SECRET),
        "a pipe": lambda: os.mkfifo(there),
    }
    made[planted]()
    drop(inbox, "x.pdf", content=b"")
    watched = WatchedFolder(inbox)
    (delivery,) = settled(watched)
    assert watched.put_away(delivery, {inbox / "x.pdf": ["x.pdf: it is empty"]}) == []
    assert victim.read_bytes() == SECRET
    assert not (other / "new.txt").exists()
    assert (inbox / REFUSED / "x (2).pdf").read_bytes() == b""
    assert "it is empty" in (inbox / REFUSED / "x (2).pdf.reason.txt").read_text()


@pytest.mark.parametrize("name", [TAKEN, REFUSED])
def test_nothing_is_moved_or_written_through_a_link_in_place_of_a_folder_beside(
    inbox: Path, other: Path, name: str
) -> None:
    before = sorted(path.name for path in other.iterdir())
    drop(inbox, "x.pdf")
    watched = WatchedFolder(inbox)
    (delivery,) = settled(watched)
    (inbox / name).rmdir()
    (inbox / name).symlink_to(other, target_is_directory=True)
    reasons = {inbox / "x.pdf": ["x.pdf: it is empty"]} if name == REFUSED else {}
    assert watched.put_away(delivery, reasons) == [inbox / "x.pdf"]
    assert (inbox / "x.pdf").read_bytes() == PDF
    assert sorted(path.name for path in other.iterdir()) == before
    with pytest.raises(OSError, match=f"{name} there is a link"):
        watched.prepare()


def test_a_link_that_is_put_away_is_moved_itself(inbox: Path, other: Path) -> None:
    (inbox / "x.pdf").symlink_to(other / "a.pdf")
    watched = WatchedFolder(inbox)
    (delivery,) = settled(watched)
    assert watched.put_away(delivery, {inbox / "x.pdf": ["x.pdf: a link"]}) == []
    assert (inbox / REFUSED / "x.pdf").is_symlink()
    assert (other / "a.pdf").read_bytes() == SECRET


def test_an_entry_is_known_by_any_file_in_it(inbox: Path) -> None:
    assert WatchedFolder(inbox).entry_of(inbox / "sub" / "below" / "a.pdf") == inbox / "sub"
    assert WatchedFolder(Path(os.curdir)).entry_of(Path("a.pdf")) == Path("a.pdf")

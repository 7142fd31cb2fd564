"""The outbox keeps what it was given: over the death of its process, beside other processes, and on a disk that fails."""

from __future__ import annotations

import errno
import logging
import threading
from io import FileIO
from pathlib import Path
from typing import Any

import pytest

from infra.telemetry import outbox as module
from infra.telemetry.outbox import SETTLED_AFTER_SECONDS, Outbox
from tests.infra.telemetry.segments import on_disk

ENOUGH = 2**24


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """The time, changeable."""
    now = [1000.0]
    monkeypatch.setattr("infra.telemetry.outbox.time.monotonic", lambda: now[0])
    return now


@pytest.fixture
def full_disk(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """How many more bytes the disk takes; it takes any number while this is empty."""
    left: list[int] = []

    class Disk(FileIO):
        def write(self, data: Any) -> int:
            if not left:
                return super().write(data)
            if not left[0]:
                raise OSError(errno.ENOSPC, "No space left on device")
            written = super().write(memoryview(data)[: left[0]])
            left[0] -= written
            return written

    monkeypatch.setattr(Path, "open", lambda path, mode, buffering=0: Disk(path, mode.replace("b", "")))
    return left


def all_of(outbox: Outbox, at_once: int = 1000) -> list[bytes]:
    """What waits, taken."""
    found: list[bytes] = []
    while batch := outbox.next(at_once, 2**20):
        found += batch.records
        outbox.taken(batch)
    return found


def left_by_the_dead(folder: Path, *records: bytes) -> Path:
    """A file of records whose process is gone."""
    gone = Outbox(folder, most_bytes=ENOUGH)
    known = set(folder.glob("*"))
    for record in records:
        gone.put(record)
    (path,) = set(folder.glob("*")) - known
    for segment in gone._segments:
        segment._file.close()  # as the operating system does
    return path


def test_what_a_dead_process_left_is_taken_over_in_its_order(tmp_path: Path) -> None:
    left_by_the_dead(tmp_path, b"a", b"b")
    left_by_the_dead(tmp_path, b"c")
    outbox = Outbox(tmp_path, most_bytes=ENOUGH)
    outbox.put(b"d")
    assert on_disk(tmp_path)[0] == 4
    outbox.take_over()
    assert outbox.waiting == 4
    assert all_of(outbox) == [b"a", b"b", b"c", b"d"]


@pytest.mark.parametrize("tail", [b"\x05", b"\x05\0\0\0\0\0\0\0ab", b"\0" * 4096])
def test_the_record_that_a_process_died_over_is_cut_off(tmp_path: Path, tail: bytes) -> None:
    path = left_by_the_dead(tmp_path, b"a", b"b")
    with path.open("ab") as file:
        file.write(tail)
    outbox = Outbox(tmp_path, most_bytes=ENOUGH)
    outbox.take_over()
    assert all_of(outbox) == [b"a", b"b"]
    assert outbox.dropped == 0


def test_what_a_living_process_keeps_is_left_to_it(tmp_path: Path) -> None:
    one, other = (Outbox(tmp_path, most_bytes=ENOUGH) for _ in range(2))
    one.put(b"a")
    other.put(b"b")
    for outbox in (one, other, one):
        outbox.take_over()
    assert all_of(one) == [b"a"]
    assert all_of(other) == [b"b"]


def test_files_go_when_what_is_in_them_has_settled_and_not_before(tmp_path: Path, clock: list[float]) -> None:
    left_by_the_dead(tmp_path, b"a")
    outbox = Outbox(tmp_path, most_bytes=ENOUGH)
    outbox.take_over()
    outbox.put(b"b")
    assert all_of(outbox) == [b"a", b"b"]
    clock[0] += SETTLED_AFTER_SECONDS - 1
    outbox.settle()
    outbox.put(b"c")
    assert on_disk(tmp_path)[0] == 3
    clock[0] += 2
    outbox.settle()
    assert all_of(outbox) == [b"c"]
    clock[0] += SETTLED_AFTER_SECONDS + 1
    outbox.settle()
    assert list(tmp_path.iterdir()) == []
    outbox.put(b"d")
    assert all_of(outbox) == [b"d"]


def test_an_empty_file_left_behind_is_removed(tmp_path: Path) -> None:
    (tmp_path / "0.spans").touch()
    Outbox(tmp_path, most_bytes=ENOUGH).take_over()
    assert list(tmp_path.iterdir()) == []


def test_a_record_larger_than_a_batch_is_a_batch_of_its_own(tmp_path: Path) -> None:
    outbox = Outbox(tmp_path, most_bytes=ENOUGH)
    records = [b"a", b"b" * 2**21, b"c"]
    for record in records:
        outbox.put(record)
    assert all_of(outbox) == records


def test_beyond_the_bound_the_oldest_are_dropped_and_it_is_told(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    outbox = Outbox(tmp_path, most_bytes=2**20)
    for n in range(400):
        outbox.put(n.to_bytes(4, "big") * 1000)
    assert sum(path.stat().st_size for path in tmp_path.iterdir()) <= 2**20
    kept = [int.from_bytes(record[:4], "big") for record in all_of(outbox)]
    assert kept == list(range(400 - len(kept), 400))
    assert len(kept) > 200
    assert outbox.dropped == 400 - len(kept)
    assert "more than 1048576 bytes wait" in caplog.text


def test_what_was_sent_already_makes_room_without_a_loss(tmp_path: Path) -> None:
    outbox = Outbox(tmp_path, most_bytes=2**20)
    for _ in range(400):
        outbox.put(b"a" * 4000)
        all_of(outbox)
    assert outbox.dropped == 0


def test_on_a_full_disk_work_goes_on_in_memory_and_all_is_sent(
    tmp_path: Path, full_disk: list[int], caplog: pytest.LogCaptureFixture
) -> None:
    outbox = Outbox(tmp_path, most_bytes=ENOUGH)
    outbox.put(b"a" * 100)
    full_disk.append(50)  # the next is cut off half way
    for letter in (b"b", b"c", b"d"):
        outbox.put(letter * 100)
    assert outbox.waiting == 4
    assert [record[:1] for record in all_of(outbox)] == [b"a", b"b", b"c", b"d"]
    assert [r.getMessage() for r in caplog.records] == [
        f"{tmp_path} takes no spans ([Errno 28] No space left on device); they are kept in memory until it does"
    ]


def test_what_is_in_memory_goes_to_disk_when_that_has_room_again(
    tmp_path: Path, full_disk: list[int], clock: list[float], caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, "infra.telemetry.outbox")
    outbox = Outbox(tmp_path, most_bytes=ENOUGH)
    full_disk.append(0)
    outbox.put(b"a")
    outbox.put(b"b")
    assert on_disk(tmp_path) == (0, 0)
    full_disk.clear()
    outbox.take_over()
    assert on_disk(tmp_path)[0] == 0, "it is tried again after a while only"
    clock[0] += 6
    outbox.take_over()
    assert on_disk(tmp_path)[0] == 2
    assert caplog.records[-1].getMessage() == f"{tmp_path} takes spans again"
    assert all_of(outbox) == [b"a", b"b"]
    assert len(list(tmp_path.iterdir())) == 1


def test_memory_is_bounded_too(tmp_path: Path, full_disk: list[int], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_MEMORY_BYTES", 1000)
    full_disk.append(0)
    outbox = Outbox(tmp_path, most_bytes=ENOUGH)
    for _ in range(20):
        outbox.put(b"a" * 92)
    assert (outbox.waiting, outbox.dropped) == (10, 10)
    assert len(all_of(outbox)) == 10
    outbox.put(b"b" * 92)
    assert (outbox.waiting, outbox.dropped) == (1, 10), "what was sent made room"
    assert all_of(outbox) == [b"b" * 92]


def test_a_folder_that_cannot_be_made_fails_nothing(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    outbox = Outbox(tmp_path / "file" / "spans", most_bytes=ENOUGH)
    outbox.take_over()
    outbox.put(b"a")
    outbox.sync()
    assert all_of(outbox) == [b"a"]


def test_a_file_damaged_under_us_is_told_and_passed_over(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    outbox = Outbox(tmp_path, most_bytes=ENOUGH)
    outbox.put(b"aaaa")
    outbox.put(b"bbbb")
    (path,) = tmp_path.iterdir()
    path.write_bytes(path.read_bytes().replace(b"bbbb", b"bxbb"))
    assert all_of(outbox) == [b"aaaa"]
    assert (outbox.waiting, outbox.dropped) == (0, 1)
    assert "is damaged" in caplog.text


def test_many_who_sync_at_once_share_the_work(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    synced: list[int] = []
    going, go_on = threading.Event(), threading.Event()

    def fsync(fd: int) -> None:
        synced.append(fd)
        going.set()
        go_on.wait(5)

    monkeypatch.setattr("infra.telemetry._segments.os.fsync", fsync)
    outbox = Outbox(tmp_path, most_bytes=ENOUGH)

    def finish() -> None:
        outbox.put(b"a")
        outbox.sync()

    threads = [threading.Thread(target=finish) for _ in range(8)]
    for thread in threads[:1]:
        thread.start()
    going.wait(5)
    for thread in threads[1:]:
        thread.start()
    while outbox.waiting < len(threads):
        pass
    go_on.set()
    for thread in threads:
        thread.join(5)
    assert len(synced) == 3, (
        "the file and its folder for the first, the file once more for the seven that came meanwhile"
    )

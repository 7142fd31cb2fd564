"""The outbox: records on disk that wait to be sent, so that a process that is killed loses none that it had put there.

Each process appends to a file of its own, a segment, and holds the lock on it. The operating system drops the lock when
the process dies, however it dies; another process, or the next one, then takes the segment over. Where the disk fails,
records are kept in memory, and work goes on.

Files, and not SQLite, which takes four to seven times as long for a record, keeps one process waiting for another, and
needs room on the disk even to delete.
"""

from __future__ import annotations

import logging
import os
import struct
import threading
import time
import uuid
from collections import deque
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import BinaryIO, NamedTuple
from zlib import crc32

from filelock import lock_descriptor

SETTLED_AFTER_SECONDS = 120.0
"""How long a record that was taken is kept. Phoenix answers before it stores, and what waits in its memory, at most
20,000 spans before it says that it is busy, dies with it."""
_MEMORY_BYTES = 64 * 2**20
_DISK_AGAIN_SECONDS = 5.0
_SEGMENTS = 128
_SUFFIX = ".spans"
_HEAD = struct.Struct("<II")
"""Before each record: its length in bytes, which is never 0, and its CRC-32."""

log = logging.getLogger(__name__)


class _Place(NamedTuple):
    """A place between two records of a segment."""

    offset: int = 0
    records: int = 0


@dataclass(frozen=True)
class Batch:
    """Records of one segment, in the order they were put."""

    records: Sequence[bytes]
    _segment: _Segment
    _end: _Place


def on_disk(folder: Path) -> tuple[int, int]:
    """Records, and bytes, that all processes together keep in ``folder``: those not yet sent, and those sent so lately
    that they may have to be sent again."""
    records = size = 0
    for path in folder.glob(f"*{_SUFFIX}"):
        with suppress(FileNotFoundError):  # sent meanwhile
            data = path.read_bytes()
            records, size = records + sum(1 for _ in _records(data)), size + len(data)
    return records, size


class Outbox:
    """Keeps records until they are sent. Every method may be called from any thread, and none raises.

    ``most_bytes`` bounds what all processes together keep in ``folder``; beyond it the oldest records are dropped.
    Killing the process loses no record. Cutting the power loses those of the last half minute or so, unless `sync` was
    called after them.
    """

    def __init__(self, folder: Path, *, most_bytes: int) -> None:
        self._folder = folder
        self._most_bytes = most_bytes
        self._segment_bytes = most_bytes // _SEGMENTS
        self._lock = threading.Lock()
        self._segments: list[_Segment] = []
        self._open: _Segment | None = None
        self._syncing = threading.Lock()
        self._memory: _Segment | None = None
        self._disk_again = 0.0
        self._disk_failed = False
        self._unreadable: set[Path] = set()
        self._unsettled: deque[tuple[float, _Segment, _Place]] = deque()
        self.count = self.synced = 0
        """Records put so far, and how many of these `sync` has seen to."""
        self.dropped = 0
        """Records given up: for want of room, because they were refused, or because the file was damaged."""

    @property
    def waiting(self) -> int:
        """Records not yet sent: this process's, and those it took over."""
        with self._lock:
            return sum(segment.end.records - segment.sent.records for segment in self._segments)

    @property
    def unsettled(self) -> bool:
        """Whether records that were taken are still kept, lest they have to be sent again."""
        return bool(self._unsettled)

    def put(self, record: bytes) -> None:
        """Keep ``record``, which is not empty. It is on disk when this returns, unless the disk fails."""
        frame = _HEAD.pack(len(record), crc32(record)) + record
        with self._lock:
            if not self._on_disk(frame, 1):
                self._in_memory(frame)
            self.count += 1

    def _on_disk(self, frames: bytes, records: int) -> bool:
        """Write all that is in memory, and ``frames``, if the disk takes it."""
        if self._disk_failed and time.monotonic() < self._disk_again:
            return False
        try:
            if self._memory:
                self._write(*self._memory.after(self._memory.settled))
                self._forget(self._memory)
            self._write(frames, records)
        except OSError as error:
            if not self._disk_failed:
                log.error("%s takes no spans (%s); they are kept in memory until it does", self._folder, error)
            self._disk_failed, self._disk_again = True, time.monotonic() + _DISK_AGAIN_SECONDS
            self._open = None
            return False
        if self._disk_failed:
            log.info("%s takes spans again", self._folder)
            self._disk_failed = False
        return True

    def _write(self, frames: bytes, records: int) -> None:
        if not frames:
            return
        if self._open and self._open.end.offset + len(frames) > self._segment_bytes:
            self._open = None
        if not self._open:
            self._make_room()
            self._open = _Segment.create(self._folder)
            self._segments.append(self._open)
        try:
            self._open.append(frames, records)
        except OSError:
            if not self._open.end.records:
                self._forget(self._open)
            raise

    def _in_memory(self, frame: bytes) -> None:
        full = self._memory is not None and self._memory.end.offset + len(frame) > _MEMORY_BYTES
        if self._memory and full and not self._memory.sent.records:
            self._drop(1, f"{self._folder} takes none and memory is full")
            return
        kept = b"", 0
        if self._memory and full:  # of what was sent; that Phoenix may die is the lesser risk now
            kept = self._memory.after(self._memory.sent)
            self._forget(self._memory)
        if not self._memory:
            self._memory = _Segment(BytesIO(), None)
            self._memory.append(*kept)
            self._segments.append(self._memory)
        self._memory.append(frame, 1)

    def _make_room(self) -> None:
        """Drop the oldest until one more segment is within bounds. What other processes hold is theirs to drop."""
        kept = 0
        for path in self._folder.glob(f"*{_SUFFIX}"):
            with suppress(FileNotFoundError):  # another process has sent it
                kept += path.stat().st_size
        for oldest in [segment for segment in self._segments if segment.path]:
            if kept + self._segment_bytes <= self._most_bytes:
                return
            kept -= oldest.end.offset
            self._drop(oldest.end.records - oldest.sent.records, f"more than {self._most_bytes} bytes wait to be sent")
            self._forget(oldest)

    def _drop(self, records: int, reason: str) -> None:
        self.dropped += records
        if records:
            log.error("dropped %d spans (%d so far): %s", records, self.dropped, reason)

    def _forget(self, segment: _Segment) -> None:
        self._segments.remove(segment)
        if segment is self._open:
            self._open = None
        if segment is self._memory:
            self._memory = None
        segment.delete()

    def lost(self, records: int, reason: str) -> None:
        """Count, and tell, records that could not even be put."""
        with self._lock:
            self._drop(records, reason)

    def sync(self) -> None:
        """Return when all put so far is on the device and outlives a power cut. Calls at one time share the work."""
        mine = self.count
        with self._syncing:
            if self.synced >= mine:
                return
            with self._lock:
                count = self.count
                behind = [(segment, segment.end) for segment in self._segments if segment.unsynced]
            for segment, end in behind:
                segment.sync(end)
            self.synced = count

    def take_over(self) -> None:
        """Take over what processes that are gone have left, and try a disk that failed again."""
        with self._lock:
            if self._memory:
                self._on_disk(b"", 0)
            known = {segment.path for segment in self._segments} | self._unreadable
        for path in sorted(self._folder.glob(f"*{_SUFFIX}")):
            if path in known:
                continue
            try:
                found = _Segment.take_over(path)
            except OSError as error:
                log.error("the spans in %s cannot be sent: %s", path, error)
                self._unreadable.add(path)
                continue
            if not found:
                continue
            with self._lock:
                if found.end.records:
                    self._segments.append(found)
                    self._segments.sort(key=lambda segment: segment.path.name if segment.path else "~")
                else:
                    found.delete()

    def next(self, most_records: int, most_bytes: int) -> Batch | None:
        """The oldest records that were not sent, at least one if there is any; None if all were."""
        with self._lock:
            for segment in self._segments:
                if segment.sent == segment.end:
                    continue
                if batch := segment.read(most_records, most_bytes):
                    return batch
                self._drop(segment.end.records - segment.sent.records, f"{segment.path} is damaged")
                self._advance(segment, segment.end)
        return None

    def _advance(self, segment: _Segment, place: _Place) -> None:
        segment.sent = place
        self._unsettled.append((time.monotonic(), segment, place))

    def taken(self, batch: Batch) -> None:
        """``batch`` was sent and taken. It is kept until `settle` forgets it."""
        with self._lock:
            self._advance(batch._segment, batch._end)

    def refused(self, batch: Batch) -> None:
        """``batch`` will never be taken: it counts as dropped."""
        with self._lock:
            self.dropped += len(batch.records)
            self._advance(batch._segment, batch._end)

    def settle(self) -> None:
        """Forget what was taken more than `SETTLED_AFTER_SECONDS` ago."""
        before = time.monotonic() - SETTLED_AFTER_SECONDS
        with self._lock:
            while self._unsettled and self._unsettled[0][0] <= before:
                _, segment, place = self._unsettled.popleft()
                segment.settled = place
                if segment.settled == segment.end and segment in self._segments:
                    self._forget(segment)

    def unsettle(self) -> None:
        """Send what was taken and is not settled once more."""
        with self._lock:
            for _, segment, _ in self._unsettled:
                segment.sent = segment.settled
            self._unsettled.clear()


class _Segment:
    """Records one behind the other, in a file that this process has locked, or in memory where ``path`` is None.

    Not thread-safe; the outbox's lock guards it. ``end`` is behind the last record, ``sent`` behind the last that was
    taken, ``settled`` behind the last that need not be sent again.
    """

    def __init__(self, file: BinaryIO, path: Path | None, end: _Place | None = None) -> None:
        self._file = file
        self.path = path
        self._listed = False
        self.end = end or _Place()
        self.sent = self.settled = _Place()
        self._synced = self.end

    @classmethod
    def create(cls, folder: Path) -> _Segment:
        """A new, empty one. Raises OSError."""
        folder.mkdir(parents=True, exist_ok=True)
        while True:
            path = folder / f"{time.time_ns():020d}-{uuid.uuid4().hex[:8]}{_SUFFIX}"
            file = path.open("x+b", buffering=0)
            if _locked(file):
                return cls(file, path)
            file.close()  # another process found it before it was locked, and took it for one left behind

    @classmethod
    def take_over(cls, path: Path) -> _Segment | None:
        """The one at ``path``, if it is still there and the process that wrote it is gone. A record that the process
        died over is not in it. Raises OSError."""
        try:
            file = path.open("r+b", buffering=0)
        except FileNotFoundError:
            return None
        if not _locked(file):
            file.close()
            return None
        data = file.read()
        end = _Place()
        for record in _records(data):
            end = _Place(end.offset + _HEAD.size + len(record), end.records + 1)
        if end.offset < len(data):
            log.warning("%s ends in %d bytes that are no whole record", path, len(data) - end.offset)
        return cls(file, path, end)

    def append(self, frames: bytes, records: int) -> None:
        """Write that many whole frames. Raises OSError; then nothing was appended."""
        try:
            self._file.seek(self.end.offset)
            left = memoryview(frames)
            while left:
                left = left[self._file.write(left) :]
        except OSError:
            with suppress(OSError):
                self._file.truncate(self.end.offset)
            raise
        self.end = _Place(self.end.offset + len(frames), self.end.records + records)

    def read(self, most_records: int, most_bytes: int) -> Batch | None:
        """The next records to send; None if they cannot be read."""
        found: list[bytes] = []
        end = self.sent
        for size in (most_bytes, self.end.offset):  # one record alone may be larger than a batch should be
            self._file.seek(self.sent.offset)
            try:
                data = self._file.read(min(size, self.end.offset - self.sent.offset))
            except OSError as error:
                log.error("%s cannot be read: %s", self.path, error)
                return None
            for record in _records(data):
                found.append(record)
                end = _Place(end.offset + _HEAD.size + len(record), end.records + 1)
                if len(found) == most_records:
                    break
            if found:
                return Batch(found, self, end)
        return None

    def after(self, place: _Place) -> tuple[bytes, int]:
        """What comes after ``place``, as it is stored, and how many records that is."""
        self._file.seek(place.offset)
        return self._file.read(self.end.offset - place.offset), self.end.records - place.records

    @property
    def unsynced(self) -> bool:
        """Whether the device may lack some of what was written."""
        return self.path is not None and self._synced != self.end

    def sync(self, end: _Place) -> None:
        """Have the device take what was written up to ``end``, and the file's name."""
        try:
            os.fsync(self._file.fileno())
            if self.path and not self._listed:
                folder = os.open(self.path.parent, os.O_RDONLY)
                try:
                    os.fsync(folder)
                finally:
                    os.close(folder)
                self._listed = True
        except (OSError, ValueError) as error:  # ValueError: sent and closed meanwhile
            if not self._file.closed:
                log.error("%s could not be synced: %s", self.path, error)
        self._synced = end

    def delete(self) -> None:
        """Remove the file, and with it the lock."""
        if self.path:
            self.path.unlink(missing_ok=True)
        self._file.close()


def _locked(file: BinaryIO) -> bool:
    """Whether ``file`` is now locked by us, and still has its name: who held it before may have deleted it."""
    return lock_descriptor(file.fileno(), blocking=False) and os.fstat(file.fileno()).st_nlink > 0


def _records(data: bytes) -> Iterator[bytes]:
    """The whole records at the beginning of ``data``."""
    at = 0
    while at + _HEAD.size <= len(data):
        length, checksum = _HEAD.unpack_from(data, at)
        record = data[at + _HEAD.size : at + _HEAD.size + length]
        if not length or len(record) < length or crc32(record) != checksum:
            return
        yield record
        at += _HEAD.size + length

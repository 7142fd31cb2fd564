"""The outbox: records on disk that wait to be sent, so that a process that is killed loses none that it had put there.

Each process appends to a file of its own, a segment, and holds the lock on it. The operating system drops the lock when
the process dies, however it dies; another process, or the next one, then takes the segment over. Where the disk fails,
records are kept in memory, and work goes on.

Files, and not SQLite, which takes four to seven times as long for a record, keeps one process waiting for another, and
needs room on the disk even to delete.
"""

from __future__ import annotations

import logging
import threading
import time
from collections import deque
from contextlib import suppress
from io import BytesIO
from pathlib import Path

from infra.telemetry._segments import SUFFIX, Batch, Place, Segment, framed

SETTLED_AFTER_SECONDS = 120.0
"""How long a record that was taken is kept. Phoenix answers before it stores, and what waits in its memory, at most
20,000 spans before it says that it is busy, dies with it."""
_MEMORY_BYTES = 64 * 2**20
_DISK_AGAIN_SECONDS = 5.0
_SEGMENTS = 128
log = logging.getLogger(__name__)


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
        self._segments: list[Segment] = []
        self._open: Segment | None = None
        self._syncing = threading.Lock()
        self._memory: Segment | None = None
        self._disk_again = 0.0
        self._disk_failed = False
        self._unreadable: set[Path] = set()
        self._unsettled: deque[tuple[float, Segment, Place]] = deque()
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
        frame = framed(record)
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
            self._open = Segment.create(self._folder)
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
            self._memory = Segment(BytesIO(), None)
            self._memory.append(*kept)
            self._segments.append(self._memory)
        self._memory.append(frame, 1)

    def _make_room(self) -> None:
        """Drop the oldest until one more segment is within bounds. What other processes hold is theirs to drop."""
        kept = 0
        for path in self._folder.glob(f"*{SUFFIX}"):
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

    def _forget(self, segment: Segment) -> None:
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
        for path in sorted(self._folder.glob(f"*{SUFFIX}")):
            if path in known:
                continue
            try:
                found = Segment.take_over(path)
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

    def _advance(self, segment: Segment, place: Place) -> None:
        segment.sent = place
        self._unsettled.append((time.monotonic(), segment, place))

    def taken(self, batch: Batch) -> None:
        """``batch`` was sent and taken. It is kept until `settle` forgets it."""
        with self._lock:
            self._advance(batch.segment, batch.end)

    def refused(self, batch: Batch) -> None:
        """``batch`` will never be taken: it counts as dropped."""
        with self._lock:
            self.dropped += len(batch.records)
            self._advance(batch.segment, batch.end)

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

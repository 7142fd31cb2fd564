"""Segments: the files of an outbox, each with records one behind the other, and a lock held by the process that writes it."""

from __future__ import annotations

import logging
import os
import struct
import time
import uuid
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, NamedTuple
from zlib import crc32

from filelock import lock_descriptor

SUFFIX = ".spans"
_HEAD = struct.Struct("<II")
"""Before each record: its length in bytes, which is never 0, and its CRC-32."""

log = logging.getLogger(__name__)


class Place(NamedTuple):
    """A place between two records of a segment."""

    offset: int = 0
    records: int = 0


def framed(record: bytes) -> bytes:
    """``record``, which is not empty, as a segment holds it."""
    return _HEAD.pack(len(record), crc32(record)) + record


@dataclass(frozen=True)
class Batch:
    """Records of one segment, in the order they were put."""

    records: Sequence[bytes]
    segment: Segment
    end: Place


class Segment:
    """Records one behind the other, in a file that this process has locked, or in memory where ``path`` is None.

    Not thread-safe; the outbox's lock guards it. ``end`` is behind the last record, ``sent`` behind the last that was
    taken, ``settled`` behind the last that need not be sent again.
    """

    def __init__(self, file: BinaryIO, path: Path | None, end: Place | None = None) -> None:
        self._file = file
        self.path = path
        self._listed = False
        self.end = end or Place()
        self.sent = self.settled = Place()
        self._synced = self.end

    @classmethod
    def create(cls, folder: Path) -> Segment:
        """A new, empty one. Raises OSError."""
        folder.mkdir(parents=True, exist_ok=True)
        while True:
            path = folder / f"{time.time_ns():020d}-{uuid.uuid4().hex[:8]}{SUFFIX}"
            file = path.open("x+b", buffering=0)
            if _locked(file):
                return cls(file, path)
            file.close()  # another process found it before it was locked, and took it for one left behind

    @classmethod
    def take_over(cls, path: Path) -> Segment | None:
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
        end = Place()
        for record in records_in(data):
            end = Place(end.offset + _HEAD.size + len(record), end.records + 1)
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
        self.end = Place(self.end.offset + len(frames), self.end.records + records)

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
            for record in records_in(data):
                found.append(record)
                end = Place(end.offset + _HEAD.size + len(record), end.records + 1)
                if len(found) == most_records:
                    break
            if found:
                return Batch(found, self, end)
        return None

    def after(self, place: Place) -> tuple[bytes, int]:
        """What comes after ``place``, as it is stored, and how many records that is."""
        self._file.seek(place.offset)
        return self._file.read(self.end.offset - place.offset), self.end.records - place.records

    @property
    def unsynced(self) -> bool:
        """Whether the device may lack some of what was written."""
        return self.path is not None and self._synced != self.end

    def sync(self, end: Place) -> None:
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


def records_in(data: bytes) -> Iterator[bytes]:
    """The whole records at the beginning of ``data``."""
    at = 0
    while at + _HEAD.size <= len(data):
        length, checksum = _HEAD.unpack_from(data, at)
        record = data[at + _HEAD.size : at + _HEAD.size + length]
        if not length or len(record) < length or crc32(record) != checksum:
            return
        yield record
        at += _HEAD.size + length

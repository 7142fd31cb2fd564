"""ZIP archives: their members as documents, read in place and never unpacked under their own names.

An archive is what a stranger made. Before anything is inflated its directory is held against the limits below. The reader
never yields more of a member than the directory says it has, so that what passed cannot grow; and the checksum is verified
when a member is read to its end.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache, partial
from pathlib import Path
from tempfile import SpooledTemporaryFile
from typing import IO, Any
from zipfile import ZIP_DEFLATED, ZIP_STORED, BadZipFile, ZipFile, ZipInfo

from agents.documents.kind import JUNK_BEFORE_PDF, MAX_BYTES, kind_of  # the door and the reader go by the same rule
from workers.intake._files import Found, HandedIn, Refused
from workers.intake._names import is_junk, member_name, name_of
from workers.intake._opening import Root, open_file
from workers.intake._problems import CannotTake

MAX_MEMBERS = 100_000
"""Members of an archive, with those of the archives in it."""
MAX_UNPACKED_BYTES = 10_000_000_000
"""Bytes that these have unpacked."""
MAX_RATIO = 200
"""How many times its packed size a member may have, if that is more than ``SMALL_BYTES``. Deflate reaches 1032."""
SMALL_BYTES = 1_000_000
MAX_DEPTH = 3
"""Archives in one another that are opened, with the outermost."""
MAX_NESTED_BYTES = 500_000_000
"""Bytes of an archive in an archive. It is kept in a nameless temporary file while its members are read."""

SIGNATURES = (b"PK\x03\x04", b"PK\x05\x06")
"""How an archive begins that holds something, and one that is empty."""

_MAX_DIRECTORY_BYTES = 20_000_000
_KEPT_OPEN = 8
"""Archives open at the same time. Each costs a file handle and some 600 bytes a member."""
_CHUNK_BYTES = 1 << 20
_IN_MEMORY_BYTES = 8 << 20
_LOCAL_HEADER_BYTES = 30
_ENCRYPTED = 0x1
_OFFICE = ("[Content_Types].xml", "mimetype", "META-INF/MANIFEST.MF")
"""Members by which Office documents, OpenDocument, books and programs are known, which are ZIP archives by form only."""
_DAMAGE = (BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, ValueError, OverflowError)
"""What `zipfile` raises over archives that are not as they should be."""

HAND_IN_INSTEAD = "hand in a PDF or an XML file"


def is_archive(start: bytes) -> bool:
    """Whether a file that begins so is a ZIP archive, or a document of the many kinds that are one by form."""
    return start.startswith(SIGNATURES)


class Archives:
    """The archives of one hand-in.

    Opening one anew for each of its members would read its directory each time, and a folder may hold more archives than a
    process may have open: the last few stay open, for as long as a member of theirs may still be read.
    """

    def __init__(self) -> None:
        self._opened = lru_cache(maxsize=_KEPT_OPEN)(_open)

    def listed(self, path: Path, root: Root | None = None) -> Found | None:
        """The documents in the archive at ``path``, which may not lead out of ``root``; None for an Office document or the
        like, which is one file.

        Hidden files, folders and what operating systems leave behind are passed over. What cannot be taken is refused by
        itself; an archive that is damaged, or looks like a bomb as a whole, is refused as one.
        """
        return _Listing(_OnDisk(path, root), self._opened).files()


@dataclass(frozen=True, slots=True)
class _OnDisk:
    """An archive that is a file of its own."""

    path: Path
    root: Root | None


@dataclass(frozen=True, eq=False, slots=True)
class ZipMember:
    """A file in an archive: a `Source`."""

    origin: Path
    info: ZipInfo
    open_archive: Callable[[], ZipFile]

    def read(self, limit: int) -> bytes:
        """See `Source`."""
        read = bytearray()
        with self.opened() as stream:
            while (wanted := min(limit - len(read), _CHUNK_BYTES)) > 0 and (chunk := stream.read(wanted)):
                read += chunk
        return bytes(read)

    @contextmanager
    def opened(self) -> Iterator[IO[bytes]]:
        """The member as a stream.

        Raises:
            CannotTake: it is damaged; also from reading the stream.
        """
        plainly = _said_plainly("it is damaged in its archive; pack it again, or ask the sender for it")
        with plainly, self.open_archive().open(self.info) as stream:
            yield stream


class _Listing:
    """Lists one outermost archive and those in it, within one allowance."""

    def __init__(self, archive: _OnDisk, opened: Callable[[_OnDisk | ZipMember], ZipFile]) -> None:
        self._archive = archive
        self._path = archive.path
        self._opened = opened
        self._found = Found()
        self._members = MAX_MEMBERS
        self._bytes = MAX_UNPACKED_BYTES

    def files(self) -> Found | None:
        try:
            self._list(self._archive, name_of(self._path), depth=1)
        except _IsDocument:
            return None
        except CannotTake as error:
            self._found.refused.append(Refused(name_of(self._path), self._path, str(error), self._path))
        return self._found

    def _list(self, archive: _OnDisk | ZipMember, name: str, *, depth: int) -> None:
        if depth > MAX_DEPTH:
            raise CannotTake(
                f"it is an archive {depth} deep; {MAX_DEPTH} are opened. Unpack it and hand in what is in it"
            )
        with _said_plainly(
            f"it is a ZIP archive or an Office document, and damaged; {HAND_IN_INSTEAD}, or pack it again"
        ):
            opened = self._opened(archive)
        members = opened.infolist()
        if any(member.filename in _OFFICE for member in members):
            raise _IsDocument(f"it is an Office document or a program; {HAND_IN_INSTEAD}")
        self._check_whole(opened, members)
        files = [(f"{name}/{inner}", member) for member in members if (inner := _taken_name(member))]
        good = []
        for full, member in sorted(files, key=lambda file: file[0]):
            try:
                _check(member)
                good.append((full, member))
            except CannotTake as error:
                self._refuse(full, error)
        unpacked = sum(member.file_size for _, member in good)
        if unpacked > self._bytes:
            raise CannotTake(
                f"it holds {unpacked / 1e9:,.1f} GB unpacked; at most {MAX_UNPACKED_BYTES / 1e9:,.0f} GB are taken from one "
                "archive. Split it"
            )
        if not files:
            raise CannotTake("it is an archive without a PDF or an XML file")
        self._members -= len(members)
        self._bytes -= unpacked
        open_archive = partial(self._opened, archive)
        for full, member in good:
            try:
                self._take(ZipMember(self._path, member, open_archive), full, depth)
            except (CannotTake, OSError) as error:
                self._refuse(full, error)

    def _take(self, member: ZipMember, name: str, depth: int) -> None:
        """Take a member by its content: a name proves nothing."""
        start = member.read(JUNK_BEFORE_PDF + 8)
        if is_archive(start):
            return self._list(member, name, depth=depth + 1)
        if not start:
            raise CannotTake("it is empty")
        kind, words = kind_of(start)
        if kind is None:
            raise CannotTake(f"it is {words}; {HAND_IN_INSTEAD}")
        if member.info.file_size > MAX_BYTES:
            raise CannotTake(f"it is larger than the {MAX_BYTES / 1e6:.0f} MB a document may have")
        self._found.files.append(HandedIn(name, member))

    def _refuse(self, name: str, error: Exception) -> None:
        self._found.refused.append(Refused(name, None, str(error), self._path))

    def _check_whole(self, opened: ZipFile, members: list[ZipInfo]) -> None:
        if not members:
            raise CannotTake("it is an empty ZIP archive")
        if len(members) > self._members:
            raise CannotTake(
                f"it is an archive with {len(members):,} files; at most {MAX_MEMBERS:,} are taken from one, with those of "
                "the archives in it. Split it"
            )
        members = sorted(members, key=lambda member: member.header_offset)
        end = 0
        for member in members:
            if member.header_offset < end:
                raise CannotTake("it is a ZIP bomb: files in it share their bytes. Nothing was taken from it")
            end = member.header_offset + _LOCAL_HEADER_BYTES + member.compress_size
        if end > opened.start_dir:
            raise CannotTake("it is a damaged ZIP archive: files in it run over its end. Pack it again")


class _IsDocument(CannotTake):
    """It is no archive but one document, which merely has an archive's form."""


class _Zip(ZipFile):
    """An archive that closes the stream it was given, as one opened by name does."""

    def __init__(self, stream: Any) -> None:
        self._stream = stream
        super().__init__(stream)

    def close(self) -> None:
        super().close()
        self._stream.close()


class _ReadInParts:
    """A stream that does not read much at once: `zipfile` reads a directory of any size into memory."""

    def __init__(self, stream: Any) -> None:
        self._stream = stream

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stream, name)

    def read(self, size: int = -1) -> Any:
        if size > _MAX_DIRECTORY_BYTES:
            raise BadZipFile("the directory is too large")
        return self._stream.read(size)


def _open(archive: _OnDisk | ZipMember) -> ZipFile:
    if isinstance(archive, _OnDisk):
        return _Zip(_ReadInParts(open_file(archive.path, archive.root)))
    if archive.info.file_size > MAX_NESTED_BYTES:
        raise CannotTake(
            f"it is an archive of more than {MAX_NESTED_BYTES / 1e6:.0f} MB in an archive; hand it in by itself"
        )
    copy = SpooledTemporaryFile(max_size=_IN_MEMORY_BYTES)  # noqa: SIM115 - closed with the archive
    with archive.opened() as stream:
        while chunk := stream.read(_CHUNK_BYTES):
            copy.write(chunk)
    return _Zip(_ReadInParts(copy))


def _taken_name(member: ZipInfo) -> str | None:
    """The member's name, if it is a file to be looked at."""
    name = member_name(member)
    if member.filename.endswith(("/", "\\")) or is_junk(name):
        return None
    return name or "a file without a name"


def _check(member: ZipInfo) -> None:
    """Hold what the directory says of a member against the limits."""
    if member.flag_bits & _ENCRYPTED:
        raise CannotTake("it is encrypted; unpack the archive with its password and hand in what is in it")
    if member.compress_type not in (ZIP_STORED, ZIP_DEFLATED):
        raise CannotTake(
            f"it is packed by a method that is not read (number {member.compress_type}); pack it as an ordinary ZIP"
        )
    if member.file_size > max(MAX_BYTES, MAX_NESTED_BYTES):
        raise CannotTake(f"it is larger than the {MAX_BYTES / 1e6:.0f} MB a document may have")
    if member.file_size > SMALL_BYTES and member.file_size > MAX_RATIO * member.compress_size:
        raise CannotTake(
            f"it grows more than {MAX_RATIO} times when unpacked, as ZIP bombs do. If it is a document, hand it in unpacked"
        )


@contextmanager
def _said_plainly(what: str) -> Iterator[None]:
    try:
        yield
    except CannotTake:
        raise
    except _DAMAGE as error:
        raise CannotTake(what) from error

"""The document store: bytes under their SHA-256, written once and never changed."""

from __future__ import annotations

import os
import re
import tempfile
from hashlib import sha256
from pathlib import Path

from infra.failures import Failure


class NotKept(Failure, OSError):
    """The store cannot keep something: its disk is full, say, or not to be written to. ``filename`` is its folder."""

    retryable = True

    def __str__(self) -> str:
        return (
            f"the document store {self.filename} cannot keep a file: {self.strerror}. See that its "
            "disk has room and can be written to"
        )


class DocumentStore:
    """A folder of files named by digest. What is derived from a document stands beside it under ``<digest>.<kind>``."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def put(self, data: bytes) -> str:
        """Store ``data``; returns its SHA-256, hex. Storing the same bytes again changes nothing, except that it mends
        a stored file that was damaged.

        Raises:
            NotKept: the disk does not take it; nothing was stored.
        """
        digest = sha256(data).hexdigest()
        try:
            self.get(digest)
        except (FileNotFoundError, ValueError):
            self._write(self._path(digest), data)
        return digest

    def get(self, digest: str) -> bytes:
        """The bytes of a document.

        Raises:
            FileNotFoundError: it was never stored here.
            ValueError: the stored bytes are not those of the digest.
        """
        data = self._path(digest).read_bytes()
        if sha256(data).hexdigest() != digest:
            raise ValueError(f"document {digest[:12]} has been changed in the store")
        return data

    def put_derived(self, digest: str, kind: str, data: bytes) -> None:
        """Store what was derived from a document, in place of what stood there.

        Raises:
            NotKept: the disk does not take it; what stood there stays.
        """
        self._write(self._path(digest, f".{kind}"), data)

    def get_derived(self, digest: str, kind: str) -> bytes:
        """What was derived from a document.

        Raises:
            FileNotFoundError: nothing of that kind was stored.
        """
        return self._path(digest, f".{kind}").read_bytes()

    def _path(self, digest: str, ending: str = "") -> Path:
        if not re.fullmatch("[0-9a-f]{64}", digest):
            raise ValueError(f"{digest!r} is no SHA-256 digest")
        return self._folder / digest[:2] / f"{digest}{ending}"

    def _write(self, path: Path, data: bytes) -> None:
        try:
            _write(path, data)
        except OSError as error:
            raise NotKept(error.errno, error.strerror or str(error), str(self._folder)) from error


def _write(path: Path, data: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=path.parent)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        os.replace(name, path)
    except BaseException:
        os.unlink(name)
        raise

"""One file that is handed in, from wherever its bytes are, and one that cannot be."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from workers.intake._opening import Root, open_file


class Source(Protocol):
    """Where a file's bytes are, if they are not in memory and no file of their own."""

    @property
    def origin(self) -> Path:
        """The file on disk that they are in."""

    def read(self, limit: int) -> bytes:
        """The first ``limit`` bytes, or all if there are fewer. Every call begins anew; calls from threads are safe.

        Raises:
            CannotTake: they cannot be had.
            OSError: the file on disk cannot be read.
        """


@dataclass(frozen=True, slots=True)
class HandedIn:
    """One file: its name, where its bytes are, and what its manifest says of it.

    Attributes:
        name: what it is called. One in an archive has the archive's name before its own: ``march.zip/acme/inv-1.pdf``.
        content: its bytes, or where they are.
        details: what a manifest says of it: ``purchase_order``, ``due_date`` (ISO 8601) and columns of the sender's own.
        priority: 1 (most urgent) to 5 (least); None if nobody said.
        tenant: for whom; None if nobody said.
        root: the folder that it may not lead out of; None for a file that somebody named by itself.
    """

    name: str
    content: bytes | Path | Source
    details: Mapping[str, str] = field(default_factory=dict, hash=False)
    priority: int | None = None
    tenant: str | None = None
    root: Root | None = None

    @property
    def origin(self) -> Path | None:
        """The file on disk that the bytes are in: its own, or the outermost archive."""
        if isinstance(self.content, bytes):
            return None
        return self.content if isinstance(self.content, Path) else self.content.origin

    def read(self, limit: int) -> bytes:
        """The first ``limit`` bytes, or all if there are fewer.

        Raises:
            CannotTake: it is no file or leads out of its folder, or is damaged or changed in its archive.
            OSError: it cannot be read.
        """
        if isinstance(self.content, bytes):
            return self.content[:limit]
        if not isinstance(self.content, Path):
            return self.content.read(limit)
        with open_file(self.content, self.root) as opened:
            return opened.read(limit)


@dataclass(frozen=True, slots=True)
class Refused:
    """What stands there but cannot be taken.

    Attributes:
        name: what it is called, as in `HandedIn`.
        path: where it is; None for what has no path of its own: a file in an archive, a manifest's row.
        reason: why, to be read after the name, and what to do.
        origin: the file on disk that it is about: its own, the outermost archive or the manifest.
    """

    name: str
    path: Path | None
    reason: str
    origin: Path | None = None


@dataclass
class Found:
    """The files under some paths, and what stands there but cannot be taken."""

    files: list[HandedIn] = field(default_factory=list)
    refused: list[Refused] = field(default_factory=list)

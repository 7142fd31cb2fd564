"""Archives for tests, good and hostile."""

from __future__ import annotations

import io
import struct
import zipfile
from collections.abc import Mapping

DIRECTORY = b"PK\x01\x02"


def zipped(members: Mapping[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    """An archive of these members."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", method) as archive:
        for name, content in members.items():
            # At one time, so that the same members make the same bytes, and name the same test, in every process.
            archive.writestr(zipfile.ZipInfo(name, (2026, 1, 2, 3, 4, 6)), content, method)
    return made.getvalue()


def patched(archive: bytes, at: int, layout: str, value: int, member: int = 0) -> bytes:
    """The archive with a field of a member's entry in the directory changed: its offset in the entry and its layout."""
    entry = -1
    for _ in range(member + 1):
        entry = archive.index(DIRECTORY, entry + 1)
    changed = bytearray(archive)
    struct.pack_into(layout, changed, entry + at, value)
    return bytes(changed)


FLAGS, METHOD, CRC, PACKED, UNPACKED, OFFSET = (8, "<H"), (10, "<H"), (16, "<I"), (20, "<I"), (24, "<I"), (42, "<I")
"""Fields of an entry in the directory."""

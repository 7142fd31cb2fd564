"""What files are called, made fit to be read. Names come from strangers; none of them is ever used as a path."""

from __future__ import annotations

import os
import unicodedata
from contextlib import suppress
from pathlib import Path
from zipfile import ZipInfo

LONGEST = 500
"""Characters of a name; of a longer one the middle is left out. Search attributes hold 2 KB."""

_NOT_TEXT = ("Cc", "Cf", "Cs", "Zl", "Zp")
"""Unicode categories that steer a terminal or turn the reading order, or are no characters."""
_JUNK = ("__macosx", "thumbs.db", "desktop.ini")
"""What operating systems leave in folders, beside hidden files."""
_NAME_IS_UTF8 = 0x800


def name_of(path: Path) -> str:
    """The file's name."""
    return readable(os.fsencode(path.name).decode("utf-8", "replace"))


def member_name(info: ZipInfo) -> str:
    """The path of a member in its archive, without a leading ``/`` and ``..``; empty if nothing is left."""
    name = info.filename
    if not info.flag_bits & _NAME_IS_UTF8:
        with suppress(UnicodeError):  # macOS writes UTF-8 without saying so
            name = name.encode("cp437").decode("utf-8")
    return tidy(name)


def tidy(name: str) -> str:
    """A path as text: parts joined by ``/``, none of which leads elsewhere."""
    parts = name.replace("\\", "/").split("/")
    return readable("/".join(part for part in parts if part not in ("", ".", "..")))


def readable(name: str) -> str:
    """``name`` with a mark in place of what is no text in it, composed (NFC) and not too long."""
    if name.isascii() and name.isprintable() and len(name) <= LONGEST:
        return name
    name = "".join("\ufffd" if unicodedata.category(c) in _NOT_TEXT else c for c in name)
    name = unicodedata.normalize("NFC", name)
    if len(name) <= LONGEST:
        return name
    return f"{name[: LONGEST // 2]}…{name[1 - LONGEST // 2 :]}"


def is_junk(name: str) -> bool:
    """Whether it is hidden, in a hidden folder, or what an operating system left there."""
    return any(part.startswith(".") or part.casefold() in _JUNK for part in name.split("/"))

"""What a PDF holds besides its pages that a person should know of: properties, attached files, and what it would do.

Nothing of it is ever executed here; it is named, so that nobody opens on a desk what starts a program.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from typing import Any

import pypdfium2 as pdfium  # type: ignore[import-untyped]
import pypdfium2.raw as raw  # type: ignore[import-untyped]

_PROPERTIES = ("Title", "Subject", "Author", "Keywords")
_MAX_PROPERTY = 2_000
"""Characters."""
_MAX_NAME = 200
"""Characters of the name of a file."""
_MAX_FILES = 50

_MAX_ACTIONS = 20
_MAX_STEPS = 200_000
"""Through the objects of a document, in search of actions."""
_ACTIVE = re.compile(
    rb"/(?:JavaScript|JS|Launch|SubmitForm|ImportData)(?![A-Za-z0-9#_.-])"
    rb"|/OpenAction(?!\s*\[)|/AA\s*(?:<<|\d+ \d+ R)"
)
"""Names without which a document does nothing. A bare destination to open at (``[``) is nothing."""
_DOES = {
    "/JavaScript": "runs JavaScript",
    "/Launch": "starts a program or opens a file",
    "/SubmitForm": "sends data",
    "/ImportData": "takes in data from a file",
}
_DOES_BY_ITSELF = {"/URI": "opens a web address", "/GoToR": "opens another file", "/GoToE": "opens an attached file"}
"""Harmless where a person clicks on it knowingly."""
_TRIGGERS = {"/OpenAction", "/AA", "/JavaScript"}
_ELSEWHERE = {"/Parent", "/P", "/Contents", "/Resources", "/StructTreeRoot", "/Metadata", "/EmbeddedFiles"}
"""Where no action is: the way up, and what is large."""


def metadata(document: Any) -> dict[str, str]:
    """Title, subject, author and keywords as the document states them, where it does, in lower case names."""
    stated = ((name.lower(), _printable(document.get_metadata_value(name), _MAX_PROPERTY)) for name in _PROPERTIES)
    return {name: value for name, value in stated if value}


def attachment_names(document: Any) -> list[str]:
    """The names of the files in the name tree, `_MAX_FILES` at most."""
    names: list[str] = []
    for index in range(min(document.count_attachments(), _MAX_FILES)):
        try:
            names.append(_printable(document.get_attachment(index).get_name(), _MAX_NAME))
        except pdfium.PdfiumError:
            names.append("a file without a name that can be read")
    return names


def active_content(document: Any) -> list[str]:
    """What the document would do in a viewer that lets it, in words: ``starts a program or opens a file: cmd.exe``.

    pdfium writes a copy with all objects in the open and their names spelled out; only where that names an action is
    the structure looked through, by pypdf.
    """
    copy = io.BytesIO()
    try:
        document.save(copy, flags=raw.FPDF_REMOVE_SECURITY)
        if not _ACTIVE.search(copy.getbuffer()):
            return []
        from pypdf import PdfReader  # importing it takes longer than reading most documents: only where it is needed

        actions = list(dict.fromkeys(_actions(PdfReader(copy).root_object)))
    except MemoryError:
        raise
    except Exception:  # pypdf raises what it likes on a broken structure
        return ["is too broken to be looked through for scripts and actions"]
    return actions[:_MAX_ACTIONS]


def unfolds_too_far(data: bytes) -> bool:
    """Whether what a page draws unfolds to more than pypdf takes (75 MB). Asked where it came to no text."""
    from pypdf import PdfReader
    from pypdf.errors import LimitReachedError

    try:
        for page in PdfReader(io.BytesIO(data)).pages:
            contents = page.get_contents()
            if contents is not None:
                contents.get_data()
    except LimitReachedError:
        return True
    except MemoryError:
        raise
    except Exception:  # broken in another way, which pdfium coped with
        return False
    return False


def _actions(root: Any) -> Iterator[str]:
    """Every action reachable from the catalog, in words."""
    seen: set[int] = set()
    rest: list[tuple[Any, bool]] = [(root, False)]
    for _ in range(_MAX_STEPS):
        if not rest:
            return
        node, by_itself = rest.pop()
        number = getattr(node, "idnum", None)
        if number is not None:
            if number in seen:
                continue
            seen.add(number)
            node = node.get_object()
        if isinstance(node, dict):
            words = _in_words(node, by_itself)
            if words:
                yield words
            rest += [(value, by_itself or key in _TRIGGERS) for key, value in node.items() if key not in _ELSEWHERE]
        elif isinstance(node, list):
            rest += [(value, by_itself) for value in node]
    yield "is too large to be looked through for scripts and actions"


def _in_words(action: Any, by_itself: bool) -> str | None:
    kind = str(_at(action, "/S"))
    does = _DOES.get(kind) or (_DOES_BY_ITSELF.get(kind) if by_itself else None)
    if does is None:
        return None
    target = _at(action, "/URI") or _at(action, "/F") or _at(_at(action, "/Win"), "/F")
    if isinstance(target, dict):
        target = _at(target, "/UF") or _at(target, "/F")
    shown = _printable(target, _MAX_NAME) if isinstance(target, str) else ""
    return does + (f": {shown}" if shown else "") + (", by itself" if by_itself else ", on a click")


def _printable(text: str, longest: int) -> str:
    """``text`` on one line, cut to ``longest`` characters."""
    return "".join(c if c.isprintable() else " " for c in text[: 2 * longest]).strip()[:longest]


def _at(node: Any, key: str) -> Any:
    """What stands at ``key`` of a PDF dictionary; None where there is no such dictionary or key."""
    value = node.get(key) if isinstance(node, dict) else None
    return None if value is None else value.get_object()

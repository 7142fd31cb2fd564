"""What some bytes are, by their content. A file name proves nothing."""

from __future__ import annotations

import codecs
from typing import Literal

FileKind = Literal["pdf", "xml"]
IN_WORDS: dict[FileKind, str] = {"pdf": "a PDF", "xml": "an XML file"}

MAX_BYTES = 50_000_000
"""Larger files are refused unread."""
JUNK_BEFORE_PDF = 16_384
"""Bytes of junk tolerated before ``%PDF-``: mail gateways and printers leave headers there."""

_SIGNATURES = (
    (b"PK\x03\x04", "a ZIP archive or an Office document"),
    (b"PK\x05\x06", "an empty ZIP archive"),
    (b"\x89PNG", "a PNG image"),
    (b"\xff\xd8\xff", "a JPEG image"),
    (b"GIF8", "a GIF image"),
    (b"II*\x00", "a TIFF image"),
    (b"MM\x00*", "a TIFF image"),
    (b"BM", "a BMP image"),
    (b"\xd0\xcf\x11\xe0", "an old Office document or an Outlook message"),
    (b"{\\rtf", "an RTF text"),
    (b"\x1f\x8b", "a gzip archive"),
    (b"7z\xbc\xaf", "a 7-Zip archive"),
    (b"Rar!", "a RAR archive"),
    (b"%!PS", "a PostScript file"),
)
_XML_BOMS = {codecs.BOM_UTF16_LE: "utf-16-le", codecs.BOM_UTF16_BE: "utf-16-be", codecs.BOM_UTF8: "utf-8"}


def kind_of(data: bytes) -> tuple[FileKind | None, str]:
    """``("pdf" | "xml" | None, what it is in words)``."""
    start = data[:1024]
    if start.lstrip().startswith(b"%PDF-"):
        return "pdf", "a PDF"
    for signature, words in _SIGNATURES:
        if start.startswith(signature) and not (signature == b"BM" and b"%PDF-" in data[:JUNK_BEFORE_PDF]):
            return None, words
    if b"%PDF-" in data[:JUNK_BEFORE_PDF]:
        return "pdf", "a PDF"
    head = ""
    for bom, encoding in _XML_BOMS.items():
        if start.startswith(bom):
            head = start[len(bom) :].decode(encoding, "ignore")
            break
    else:
        head = start.replace(b"\0", b"").decode("latin-1")
    head = head.lstrip().lower()
    if head.startswith(("<!doctype html", "<html")):
        return None, "a web page"
    if head.startswith("<"):
        return "xml", "an XML file"
    if not any(byte < 9 for byte in start):
        return None, "a text file"
    return None, "neither a PDF nor an XML file"

"""Parsing XML that a stranger wrote: no document type, no entities, no network, bounded in size and depth.

Every XML in the product goes through `parse_xml`. A document type declaration (DOCTYPE) is refused before anything is
parsed: e-invoices never have one, and entity bombs and external entities need one.
"""

from __future__ import annotations

import codecs
import re
from typing import Any

from lxml import etree  # type: ignore[import-untyped]

MAX_XML_BYTES = 20_000_000
"""Larger XML is refused. Invoices are some 10 kB; those with attachments inside reach a few MB."""

_HAS_TYPE = "it declares a document type (DOCTYPE), which e-invoices never do and attacks need"
_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_DECLARED = re.compile(rb"""^\s*<\?xml[^>]{0,200}?encoding\s*=\s*["']([A-Za-z0-9._-]{1,40})["']""")
_DECLARATION = re.compile(r"^\s*<\?xml\s[^>]{0,300}\?>")


class UnsafeXml(ValueError):
    """The XML is refused unparsed."""


class TooLargeXml(UnsafeXml):
    """It is larger than `MAX_XML_BYTES`."""


class BrokenXml(ValueError):
    """The XML cannot be parsed."""


def decode_xml(data: bytes) -> str:
    """The characters of ``data`` by byte order mark, else by declared encoding, else UTF-8.

    The result declares UTF-8, so that whoever encodes it again need not know what it was. Raises `BrokenXml` if the
    bytes are not in the encoding they claim.
    """
    marked = next(((bom, encoding) for bom, encoding in _BOMS if data.startswith(bom)), None)
    declared = _DECLARED.match(data[:400])
    if marked:
        bom, encoding = marked
        data = data[len(bom) :]
    else:
        encoding = declared[1].decode("ascii") if declared else "utf-8"
    try:
        text = data.decode(encoding)
    except (LookupError, UnicodeError) as error:
        raise BrokenXml(f"its characters are not in the encoding it names ({encoding})") from error
    return _DECLARATION.sub('<?xml version="1.0" encoding="UTF-8"?>', text, count=1)


def parse_xml(xml: str | bytes) -> Any:
    """The root element (an ``lxml`` element) of ``xml``.

    Raises `UnsafeXml` for a document type declaration, its kind `TooLargeXml` for more than `MAX_XML_BYTES`, and
    `BrokenXml` for what is not well-formed.
    """
    text = decode_xml(xml) if isinstance(xml, bytes) else xml
    if len(text) > MAX_XML_BYTES:
        raise TooLargeXml(f"it has {len(text) / 1e6:.0f} million characters, far more than an e-invoice has")
    if _declares_type(text):
        raise UnsafeXml(_HAS_TYPE)
    body = _DECLARATION.sub("", text.lstrip("\ufeff"), count=1).lstrip()
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, dtd_validation=False, huge_tree=False,
        remove_comments=True, remove_pis=True, encoding="utf-8",
    )  # fmt: skip
    try:
        root = etree.fromstring(body.encode("utf-8"), parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise BrokenXml(f"it is not well-formed ({getattr(error, 'msg', error)})") from error
    if root.getroottree().docinfo.doctype:
        raise UnsafeXml(_HAS_TYPE)
    return root


def _declares_type(text: str) -> bool:
    """Whether a DOCTYPE stands before the root element, where alone it may stand."""
    at = 0
    while (at := text.find("<", at)) >= 0:
        if text.startswith("<?", at):
            end = text.find("?>", at)
        elif text.startswith("<!--", at):
            end = text.find("-->", at)
        else:
            return text[at : at + 9].upper() == "<!DOCTYPE"
        if end < 0:
            return False
        at = end
    return False

"""How an e-invoice is put into its PDF, and what the PDF's metadata (XMP) say of it. Only said, not judged.

pdfium has no call for associated files or XMP, so the structure is read by pypdf, and only where there is an e-invoice.
A structure that pypdf stumbles over comes back as None: what the e-invoice says does not depend on it.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from typing import Any, NamedTuple

from agents.documents.safe_xml import BrokenXml, UnsafeXml, decode_xml, parse_xml

_MAX_XMP = 1_000_000
"""Bytes. Metadata of invoices have some 5 kB, padding included."""
_MAX_ELEMENTS = 20_000
_MAX_VALUE = 200
"""Characters of a value that are kept."""
_MAX_FILES = 200
_MAX_DEPTH = 16
"""Of a name tree: one that contains itself ends here."""

_RDF = "{http://www.w3.org/1999/02/22-rdf-syntax-ns#}"
_PDFA = "{http://www.aiim.org/pdfa/ns/id/}"
_SCHEMA_URI = "{http://www.aiim.org/pdfa/ns/schema#}namespaceURI"
_OF_INVOICE = re.compile(r"\{(urn:(?:factur-x|zugferd|ferd):pdfa:CrossIndustryDocument:[^{}]{1,80})\}(\w{1,40})")
"""The extension schemas of Factur-X and ZUGFeRD 2.1, of ZUGFeRD 2.0 and of ZUGFeRD 1."""
_PROPERTIES = {
    "DocumentType": "document_type",
    "DocumentFileName": "file_name",
    "Version": "version",
    "ConformanceLevel": "level",
}


class _Attached(NamedTuple):
    """A file specification, and whether it stands in the catalogue's ``/AF`` (else in the name tree)."""

    specification: Any
    associated: bool


def container_of(data: bytes, name: str) -> dict[str, Any] | None:
    """How the file ``name`` is attached to a PDF, in the shape of `reading.Container`; None where that cannot be read."""
    try:
        from pypdf import PdfReader  # loaded by now, unless this is the first document: see `_nursery`

        catalogue = PdfReader(io.BytesIO(data)).root_object
        found = [one for one in _attached(catalogue) if name in _names(one.specification)]
        return {**_place(found), **_metadata(catalogue)} if found else None
    except MemoryError:
        raise
    except Exception:  # pypdf raises what it likes on a broken structure
        return None


def _attached(catalogue: Any) -> Iterator[_Attached]:
    associated = at(catalogue, "/AF")
    for one in (associated if isinstance(associated, list) else [associated])[:_MAX_FILES]:
        if one is not None:
            yield _Attached(one.get_object(), True)
    tree = at(at(catalogue, "/Names"), "/EmbeddedFiles")
    for _, one in zip(range(_MAX_FILES), leaves(tree), strict=False):
        yield _Attached(one.get_object(), False)


def _names(specification: Any) -> list[str]:
    return [named for key in ("/UF", "/F", "/Desc") if isinstance(named := at(specification, key), str)]


def _place(found: list[_Attached]) -> dict[str, Any]:
    """Where the file is listed, and as what. Of two specifications the associated one says what it is to the page."""
    relationship = next((r for one in found if (r := _name(at(one.specification, "/AFRelationship")))), None)
    stream = next((s for one in found if (s := _stream(one.specification)) is not None), None)
    return {
        "relationship": relationship,
        "associated": any(one.associated for one in found),
        "embedded": any(not one.associated for one in found),
        "media_type": _name(at(stream, "/Subtype")),
    }


def _stream(specification: Any) -> Any:
    files = at(specification, "/EF")
    return at(files, "/UF") or at(files, "/F")


def _name(value: Any) -> str | None:
    """A name of PDF without its slash."""
    return _value(value.removeprefix("/")) or None if isinstance(value, str) else None


def _metadata(catalogue: Any) -> dict[str, Any]:
    """``xmp`` or, where it has none that can be read, ``xmp_problem``."""
    stream = at(catalogue, "/Metadata")
    if stream is None:
        return {"xmp_problem": "the PDF has no XMP metadata"}
    content = bytes(stream.get_data())
    if len(content) > _MAX_XMP:
        return {"xmp_problem": f"its XMP metadata have {len(content) / 1e6:.0f} MB and were not read"}
    try:
        root = parse_xml(decode_xml(content).strip("\0\ufeff \t\r\n"))
    except (BrokenXml, UnsafeXml) as error:
        return {"xmp_problem": f"its XMP metadata cannot be used: {error}"}
    return {"xmp": _said(root)}


def _said(root: Any) -> dict[str, Any]:
    """What the properties are, written as elements or as attributes of a description (ISO 16684-1)."""
    stated: dict[str, dict[str, str]] = {}
    pdfa: dict[str, str] = {}
    declared: set[str] = set()
    for _, element in zip(range(_MAX_ELEMENTS), root.iter(), strict=False):
        if element.tag == _SCHEMA_URI:
            declared.add(_value(element.text))
        pairs = [(element.tag, element.text)]
        if element.tag == f"{_RDF}Description":
            pairs += element.attrib.items()
        for tag, text in pairs:
            if tag.startswith(_PDFA):
                pdfa.setdefault(tag.removeprefix(_PDFA), _value(text))
            elif match := _OF_INVOICE.fullmatch(tag):
                stated.setdefault(match[1], {}).setdefault(match[2], _value(text))
    namespace, properties = _newest(stated)
    return {
        "namespace": namespace,
        **{key: properties.get(name) or None for name, key in _PROPERTIES.items()},
        "schema_declared": namespace in declared,
        "pdfa_part": pdfa.get("part") or None,
        "pdfa_conformance": pdfa.get("conformance") or None,
    }


def _newest(stated: dict[str, dict[str, str]]) -> tuple[str | None, dict[str, str]]:
    """Of several schemas that of the newest standard, as of several e-invoices its is taken."""
    ranked = sorted(stated, key=lambda ns: ("factur-x" not in ns, "zugferd" not in ns))
    return (ranked[0], stated[ranked[0]]) if ranked else (None, {})


def _value(text: Any) -> str:
    """On one line, cut."""
    return " ".join(str(text or "")[: 4 * _MAX_VALUE].split())[:_MAX_VALUE]


def leaves(node: Any, depth: int = 0) -> Iterator[Any]:
    """The values of a name tree, which alternate with their names."""
    yield from items(at(node, "/Names"))[1::2]
    if depth < _MAX_DEPTH:
        for kid in items(at(node, "/Kids")):
            yield from leaves(kid.get_object(), depth + 1)


def at(node: Any, key: str) -> Any:
    """What stands at ``key`` of a PDF dictionary; None where there is no such dictionary or key."""
    found = node.get(key) if isinstance(node, dict) else None
    return None if found is None else found.get_object()


def items(node: Any) -> list[Any]:
    """The elements of a PDF array; none of anything else."""
    return list(node) if isinstance(node, list) else []

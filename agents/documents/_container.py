"""How an e-invoice is put into its PDF, and what the PDF's metadata (XMP) say of it. Only said, not judged.

pdfium has no call for associated files or XMP, so the structure is read by pypdf, and only where there is an e-invoice.
A structure that pypdf stumbles over comes back as None: what the e-invoice says does not depend on it.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from typing import Any, NamedTuple

from agents.documents._messages import ContainerAnswer, XmpAnswer
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


class _Attached(NamedTuple):
    """A file specification, and whether it stands in the catalogue's ``/AF`` (else in the name tree)."""

    specification: Any
    associated: bool


def container_of(data: bytes, name: str) -> ContainerAnswer | None:
    """How the file ``name`` is attached to a PDF, in the shape of `reading.Container`; None where that cannot be read."""
    try:
        from pypdf import PdfReader  # loaded by now, unless this is the first document: see `_child`

        catalogue = PdfReader(io.BytesIO(data)).root_object
        files = [attached for attached in _attached(catalogue) if name in _names(attached.specification)]
        return _described(files, catalogue) if files else None
    except MemoryError:
        raise
    except Exception:  # pypdf raises what it likes on a broken structure
        return None


def _attached(catalogue: Any) -> Iterator[_Attached]:
    associated = at(catalogue, "/AF")
    for specification in (associated if isinstance(associated, list) else [associated])[:_MAX_FILES]:
        if specification is not None:
            yield _Attached(specification.get_object(), True)
    tree = at(at(catalogue, "/Names"), "/EmbeddedFiles")
    for _, specification in zip(range(_MAX_FILES), leaves(tree), strict=False):
        yield _Attached(specification.get_object(), False)


def _names(specification: Any) -> list[str]:
    return [named for key in ("/UF", "/F", "/Desc") if isinstance(named := at(specification, key), str)]


def _described(files: list[_Attached], catalogue: Any) -> ContainerAnswer:
    """Where the file is listed, and as what. Of two specifications the associated one says what it is to the page."""
    relationship = next((r for file in files if (r := _name(at(file.specification, "/AFRelationship")))), None)
    stream = next((s for file in files if (s := _stream(file.specification)) is not None), None)
    xmp, problem = _metadata(catalogue)
    return {
        "relationship": relationship,
        "associated": any(file.associated for file in files),
        "embedded": any(not file.associated for file in files),
        "media_type": _name(at(stream, "/Subtype")),
        "xmp": xmp,
        "xmp_problem": problem,
    }


def _stream(specification: Any) -> Any:
    files = at(specification, "/EF")
    return at(files, "/UF") or at(files, "/F")


def _name(value: Any) -> str | None:
    """A name of PDF without its slash."""
    return _value(value.removeprefix("/")) or None if isinstance(value, str) else None


def _metadata(catalogue: Any) -> tuple[XmpAnswer | None, str | None]:
    """What the XMP metadata say or, where there are none that can be read, why."""
    stream = at(catalogue, "/Metadata")
    if stream is None:
        return None, "the PDF has no XMP metadata"
    content = bytes(stream.get_data())
    if len(content) > _MAX_XMP:
        return None, f"its XMP metadata have {len(content) / 1e6:.0f} MB and were not read"
    try:
        root = parse_xml(decode_xml(content).strip("\0\ufeff \t\r\n"))
    except (BrokenXml, UnsafeXml) as error:
        return None, f"its XMP metadata cannot be used: {error}"
    return _xmp(root), None


def _xmp(root: Any) -> XmpAnswer:
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
        "document_type": properties.get("DocumentType") or None,
        "file_name": properties.get("DocumentFileName") or None,
        "version": properties.get("Version") or None,
        "level": properties.get("ConformanceLevel") or None,
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
    value = node.get(key) if isinstance(node, dict) else None
    return None if value is None else value.get_object()


def items(node: Any) -> list[Any]:
    """The elements of a PDF array; none of anything else."""
    return list(node) if isinstance(node, list) else []

"""What runs in the process that judges: the document against its schema and its sheets. Saxon is native code and the XML is
a stranger's, so nothing of this may run in a process that must stay.
"""

from __future__ import annotations

import os
import re
import resource
import signal
from functools import cache
from typing import Any, TypedDict

from lxml import etree  # type: ignore[import-untyped]

from agents.documents.safe_xml import BrokenXml, UnsafeXml, parse_xml
from agents.einvoice.en16931 import _catalogue, _sheets
from agents.einvoice.en16931._kinds import gravest, kind_of
from agents.fields.rules import EInvoiceRuleKind

MAX_SCHEMA_ERRORS = 20
MAX_PLACES = 10
"""Places that are told of one rule; how often it failed is told beside them."""
MAX_FAILED = 500
"""Rules that are told of a document."""
MAX_SHOWN = 200
"""Characters of a value or a text that a document brings into a message."""
MEMORY_MB = 2048
"""Data of the process. Its address space cannot be bounded: Saxon's runtime reserves 32 GB of it, without using them."""

_SVRL = "{http://purl.oclc.org/dsdl/svrl}"
_STEP = re.compile(r"\*:([\w.-]+)\[namespace-uri\(\)='([^']*)'\]")
_ATTRIBUTE = re.compile(r"@\*:([\w.-]+)\[namespace-uri\(\)='([^']*)'\]")
_NAMESPACES = re.compile(r"\*:|\[namespace-uri\(\)='[^']*'\]")


class Judgement(TypedDict):
    """What schema and sheets say of a document, as it comes from the process: plain data. See
    `agents.einvoice.en16931._assessment.Assessment`."""

    syntax: _sheets.Syntax | None
    document: str
    profile: str | None
    level: _sheets.Level | None
    facturx: bool
    sheets: list[dict[str, str]]
    schema: SchemaVerdict | None
    failed: list[FailedRule]
    crashed: list[dict[str, str]]


class SchemaVerdict(TypedDict):
    schema: str
    errors: list[dict[str, str]]


class FailedRule(TypedDict):
    id: str
    text: str
    flag: str
    layer: str
    sheet: str
    kind: EInvoiceRuleKind
    terms: list[str]
    times: int
    places: list[Place]


class Place(TypedDict):
    """A place where a rule fails: ``location``, a path of local names; ``found``, what stands there by element."""

    location: str
    found: dict[str, str]


def start() -> None:
    """Bound the process, and let Ctrl-C be the parent's to answer."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_DATA, (MEMORY_MB << 20, MEMORY_MB << 20))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    # Saxon prints its errors there, with values of the document in them: they are no log's.
    os.dup2(os.open(os.devnull, os.O_WRONLY), 2)


def judge(xml: str, french: bool) -> Judgement | str:
    """What schema and sheets say of ``xml``; a sentence where it is no XML that can be read."""
    try:
        root = parse_xml(xml)
    except (BrokenXml, UnsafeXml) as error:
        return str(error)[:MAX_SHOWN]
    said = _sheets.declared(root)
    verdict: Judgement = {
        "syntax": said.syntax, "document": said.document[:MAX_SHOWN], "profile": said.profile, "level": said.level,
        "facturx": said.facturx, "sheets": [], "schema": _against_schema(root, said), "failed": [], "crashed": [],
    }  # fmt: skip
    chosen = _sheets.sheets_for(said, french=french)
    # Saxon is given what lxml understood, not what was sent: one parser decides what the document is.
    text = etree.tostring(root, encoding="unicode")
    by_id: dict[str, FailedRule] = {}
    for sheet in chosen:
        verdict["sheets"].append({"sheet": sheet.name, "sha256": _sheets.digest(sheet.name), "layer": sheet.layer})
        try:
            report = _report(sheet.name, text)
        except Exception as error:  # Saxon's own; whatever it is, the rules have not been evaluated
            message = " ".join(str(error).split())[:MAX_SHOWN]
            verdict["crashed"].append({"sheet": sheet.name, "layer": sheet.layer, "message": message})
            continue
        _collect(report, sheet, root, by_id)
    verdict["failed"] = list(by_id.values())[:MAX_FAILED]
    return verdict


def _collect(report: Any, sheet: _sheets.Sheet, root: Any, by_id: dict[str, FailedRule]) -> None:
    """Add the failed rules of one sheet that count. A rule that an earlier sheet has told is not told again."""
    for assertion in report.iter(f"{_SVRL}failed-assert", f"{_SVRL}successful-report"):
        id, text = _catalogue.named(assertion.get("id"), assertion.findtext(f"{_SVRL}text") or "")
        if not sheet.kept.match(id):
            continue
        location = str(assertion.get("location") or "")
        kind = kind_of(text, assertion.get("test") or "", _readable(location), id)
        known = by_id.setdefault(
            id,
            {
                "id": id, "text": text[:1000], "flag": "warning" if assertion.get("flag") == "warning" else "fatal",
                "layer": sheet.layer, "sheet": sheet.name, "kind": kind, "terms": list(_catalogue.terms_in(text)), "times": 0,
                "places": [],
            },
        )  # fmt: skip
        if known["sheet"] != sheet.name:
            continue
        known["times"] += 1
        known["kind"] = gravest([known["kind"], kind])
        if len(known["places"]) < MAX_PLACES:
            known["places"].append({"location": _readable(location), "found": _values(root, location)})


def _report(name: str, xml: str) -> Any:
    """The SVRL report of a sheet on a document."""
    processor, _ = _saxon()
    return etree.fromstring(_compiled(name).transform_to_string(xdm_node=processor.parse_xml(xml_text=xml)).encode())


@cache
def _saxon() -> tuple[Any, Any]:
    import saxonche  # type: ignore[import-not-found]

    processor = saxonche.PySaxonProcessor(license=False)
    return processor, processor.new_xslt30_processor()


@cache
def _compiled(name: str) -> Any:
    return _saxon()[1].compile_stylesheet(stylesheet_file=str(_sheets.folder() / name))


@cache
def _schema(path: str) -> Any:
    return etree.XMLSchema(etree.parse(path))


def _against_schema(root: Any, said: _sheets.Declared) -> SchemaVerdict | None:
    """What the schema of the document says; None where there is none for it."""
    path = _sheets.schema_for(said)
    if path is None:
        return None
    schema = _schema(str(path))
    schema.validate(root)
    errors = [
        {"location": _short(root, error.path), "message": _plain(error.message)[:300]}
        for error in list(schema.error_log)[:MAX_SCHEMA_ERRORS]
    ]
    return {"schema": str(path.relative_to(_sheets.folder())), "errors": errors}


def _short(root: Any, path: str | None) -> str:
    """A path of libxml's, which names elements of a default namespace ``*``, by their local names."""
    try:
        element = root.getroottree().xpath(path or ".", namespaces=root.nsmap if None not in root.nsmap else None)[0]
        names = [etree.QName(above).localname for above in (*reversed(list(element.iterancestors())), element)]
    except (etree.XPathError, IndexError, TypeError, ValueError):
        return str(path or "")[:MAX_SHOWN]
    return "/" + "/".join(names)


def _plain(message: str) -> str:
    """A message of libxml's without the namespaces of names."""
    return re.sub(r"\{[^}]*\}", "", message)


def _readable(location: str) -> str:
    """The place of a failed rule: ``/Invoice/InvoiceLine[2]/Price``."""
    return _NAMESPACES.sub("", location).replace("[1]", "")[:500]


def _values(root: Any, location: str) -> dict[str, str]:
    """What stands at the place of a failed rule: its own text, or that of the elements directly in it."""
    path = _ATTRIBUTE.sub(r"@*[local-name()='\1']", location)
    path = _STEP.sub(r"*[local-name()='\1' and namespace-uri()='\2']", path)
    try:
        places = root.getroottree().xpath(path) if path else []
    except etree.XPathError:
        return {}
    if not places:
        return {}
    place = places[0]
    if not isinstance(place, etree._Element):
        return {location.rpartition(":")[2].split("[")[0]: str(place)[:MAX_SHOWN]}
    if len(place) == 0:
        return {etree.QName(place).localname: (place.text or "").strip()[:MAX_SHOWN]}
    leaves = [child for child in place if len(child) == 0 and isinstance(child.tag, str)]
    return {etree.QName(leaf).localname: (leaf.text or "").strip()[:MAX_SHOWN] for leaf in leaves[:12]}

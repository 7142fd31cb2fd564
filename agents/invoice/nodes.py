"""The steps by which an invoice is read: from its bytes to fields that were checked, each with its evidence.

`controls` has those that hold it against what else is known, `deciding` those that say what becomes of it. Steps that ask a
model, read or write are activities; the others are pure and run in the workflow (`graph` says which).
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Mapping, Sequence
from typing import Any

from agents.controls import matching
from agents.documents import OcrLimits, PagesNotTaken, pages_of, read_document
from agents.documents.reading import Reading
from agents.einvoice import NotAnEInvoice, accounts_to_pay_to, container_findings, fields_from_xml
from agents.fields import checks
from agents.fields.schema import SPLIT_PAGES, Fields, dumped, loaded
from agents.fields.table import PARTS, Part, part_of
from agents.fields.values import amounts, is_money
from agents.invoice import bounds
from agents.invoice.asking import document_of, extract, way
from agents.invoice.extraction import completed
from agents.pages import Draft, Several, compare, judged, safety, scan_findings
from infra.connections import connections
from infra.failures import Unreadable
from infra.records import Finding, finding
from infra.telemetry.steps import step

State = dict[str, Any]
_log = logging.getLogger(__name__)


@step("read")
async def read(state: State) -> State:
    """Read the document. Where it carries an e-invoice, take all fields from that; else what code finds on its pages.

    Raises:
        Unreadable: it cannot be read, or it is XML but no e-invoice.
    """
    to = connections()
    digest = state["execution"]["digest"]
    data = await asyncio.to_thread(to.documents.get, digest)
    made = to.settings
    limits = OcrLimits(made.ocr_pages, made.ocr_seconds, made.ocr_memory_mb, made.ocr_engine)
    ocr = limits if made.ocr else None
    reading = await read_document(
        data, state["execution"]["name"], seconds=made.read_seconds, memory_mb=made.read_memory_mb, ocr=ocr
    )
    if reading.problem and reading.problem.code != "no_text":
        raise Unreadable(reading.problem.message)
    read_json = reading.model_dump_json().encode()
    to.documents.put_derived(digest, "reading.json", read_json)
    update: State = {
        "document": {
            "media_type": reading.media_type,
            "pages": len(reading.pages),
            "characters": len(reading.text),
            "xml": reading.xml.name if reading.xml else None,
        },
        "ask": [],
    }
    found = await asyncio.to_thread(safety.findings, reading)
    if reading.xml_problem:
        found.append(finding("XML-BROKEN", "error", reading.xml_problem))
    found += container_findings(reading)
    found += [finding("ACTIVE-CONTENT", "error", f"the PDF {what}") for what in reading.active]
    found += [
        finding("READ-REPAIRED", "error", f"the file had to be mended to be read: {what}") for what in reading.repairs
    ]
    if reading.problem:
        found.append(finding("NO-TEXT", "error", reading.problem.message))
    else:
        found += scan_findings(reading)
    fields = await asyncio.to_thread(_of_xml, reading, update, found)
    if fields is None and len(reading.text) > bounds.LONGEST_TEXT:
        message = f"{len(reading.text):,} characters of text are more than an invoice has: a person has to look at it"
        found.append(finding("LONG-DOCUMENT", "error", message))
        update["kind"] = "other"
    elif fields is None and reading.words:
        fields = await asyncio.to_thread(_of_page, digest, read_json, state["options"]["ask"], update, found)
    text = reading.xml.text if reading.xml and not reading.text else reading.text
    update["document"] |= await asyncio.to_thread(_known_by, text, fields or {})
    if reading.xml:
        update["document"]["accounts"] = await asyncio.to_thread(accounts_to_pay_to, reading.xml.text)
    kept, too_long = bounds.that_fit(dumped(judged(fields or {})))
    return {**update, "fields": kept, "findings": {"read": [*found, *too_long]}}


async def after_read(state: State) -> list[str]:
    """Several invoices are split; fields from XML are checked; what code leaves open goes to the model; what holds no
    invoice goes to a person."""
    if state.get("parts"):
        return ["split"]
    if state.get("kind") == "other" or not (state["document"]["xml"] or state["document"]["characters"]):
        return ["decide"]
    return [f"extract_{part}" for part in state["ask"]] or ["check"]


@step("split", kind="TOOL")
async def split(state: State) -> State:
    """Store each of several invoices as a file of its own, for an execution of its own. Done again, it is the same file."""
    to, execution = connections(), state["execution"]
    data = await asyncio.to_thread(to.documents.get, execution["digest"])
    parts = []
    for part in state["parts"]:
        first, last = part["pages"]
        try:
            pages = await pages_of(
                data, first, last, seconds=to.settings.read_seconds, memory_mb=to.settings.read_memory_mb
            )
        except PagesNotTaken as error:
            message = f"the file holds several invoices and cannot be split: {error} Hand each in as a file of its own"
            return {"parts": [], "findings": {"split": [finding("SEVERAL-INVOICES", "error", message)]}}
        told = f"page {first}" if first == last else f"pages {first}-{last}"
        digest = await asyncio.to_thread(to.documents.put, pages)
        parts.append({**part, "digest": digest, "name": f"{execution['name']} ({told})"})
    return {"parts": parts, "note": f"split into {len(parts)} files"}


async def after_split(state: State) -> str:
    """What was split ends here: its parts have executions of their own. What could not be goes to a person."""
    return "end" if state["parts"] else "decide"


@step("extract header")
async def extract_header(state: State) -> State:
    """Who is to be paid by whom, the number, the day: confirmed, or chosen where code could not."""
    return await extract(state, "header")


@step("extract totals")
async def extract_totals(state: State) -> State:
    """Net, tax and gross, where no arithmetic found them."""
    return await extract(state, "totals")


@step("extract lines")
async def extract_lines(state: State) -> State:
    """The table of goods and services, where its layout could not be read."""
    return await extract(state, "lines")


@step("check")
async def check(state: State) -> State:
    """Check what was extracted, complete what follows from it, and say how sure each value is."""
    fields = loaded(state.get("fields", {}))
    derived = {} if state["document"]["xml"] else completed(fields)
    derived = {p: f for p, f in derived.items() if p not in fields or fields[p].evidence.source != "person"}
    known = judged({**fields, **derived})
    changed = {path: field for path, field in known.items() if field != fields.get(path)}
    return {"fields": dumped(changed), "findings": {"check": checks.check(known)}}


async def after_check(state: State) -> str:
    """Repair while something can be repaired and another way of asking is left; else go on."""
    return "repair" if repairable(state) else "match"


@step("repair")
async def repair(state: State) -> State:
    """Ask about the parts that failed, with the reason: the model where only code has looked, else the next tier."""
    due = repairable(state)
    before = state.get("asked", {})  # whoever was not asked before gave no wrong answer
    asking = (
        extract(state, part, tier=tier, reasons=reasons if part in before else (), round=state.get("repairs", 0) + 1)
        for part, (tier, reasons) in due.items()
    )
    # All are waited for before a failure is told: what is answered meanwhile is on record, and not paid again.
    outcomes = await asyncio.gather(*asking, return_exceptions=True)
    made = [one for one in outcomes if not isinstance(one, BaseException)]
    for one in outcomes:
        if isinstance(one, BaseException):
            raise one
    update: State = {"repairs": state.get("repairs", 0) + 1, "fields": {}, "calls": [], "findings": {}, "asked": {}}
    for one in made:
        for channel in ("fields", "findings", "asked"):
            update[channel] |= one[channel]
        update |= {"runs": one["runs"]} if "runs" in one else {}
        update["calls"] += one["calls"]
    why = "; ".join(f"{part} at tier {tier}: {', '.join(reasons)}" for part, (tier, reasons) in due.items())
    return {**update, "note": f"asked: {why}"}


def _known_by(text: str, fields: Fields) -> dict[str, Any]:
    """By what a document is found again that comes as other bytes: a sketch of its text, and the invoice it speaks of."""
    return {"sketch": matching.sketch(text), "preceding": matching.preceding_of(text, fields)}


def repairable(state: State) -> dict[Part, tuple[str, list[str]]]:
    """Parts to ask about (again), each with the tier and the reasons; empty when the limit is reached or no new way of
    asking is left: the model where only code has looked, then the tiers above; the same tier once more only if its answer
    could not be used. The same question is never asked twice."""
    document = state["document"]
    if state.get("repairs", 0) >= state["options"]["max_repairs"] or document["xml"] or not document["characters"]:
        return {}
    if state.get("reviews") or state["options"]["ask"] == "nothing":
        return {}  # a person is on it, and their word is not overruled by asking again; or nobody is to be asked
    if state.get("kind") == "other":
        return {}  # whatever else were found, it is not paid
    if any(one["rule"] == "CODE-FAULT" for one in state["findings"].get("read", ())):
        return {}  # a question is made from what code finds
    failed: dict[Part, list[str]] = {}
    for node, found in state["findings"].items():
        for one in found:
            if (
                one["severity"] == "error"
                and one["rule"] in _MENDABLE
                and (node == "check" or node.startswith("extract "))
            ):
                parts = {part_of(path) for path in one["fields"]} or {node.removeprefix("extract ")}
                for part in parts & set(PARTS):
                    failed.setdefault(part, []).append(_why(one))
    due: dict[Part, tuple[str, list[str]]] = {}
    for part, texts in failed.items():
        asked = state.get("asked", {}).get(part, [])
        reasons = sorted(dict.fromkeys(texts))
        before = [way.partition(":")[0] for way in asked]
        unusable = any(one["rule"] == "ANSWER-UNUSABLE" for one in state["findings"].get(f"extract {part}", ()))
        for tier in state["options"]["tiers"]:
            again = unusable and before.count(tier) == 1 and tier == before[-1]
            if (tier not in before or again) and way(tier, reasons if asked else ()) not in asked:
                due[part] = (tier, reasons)
                break
    return due


_MENDABLE = {
    "BR-02", "BR-03", "BR-06", "BR-07", "BR-13", "BR-14", "BR-16", "BR-CO-10", "BR-CO-13", "BR-CO-14",
    "BR-CO-15", "BR-CO-16", "EVIDENCE-MISSING", "ANSWER-UNUSABLE", "CONTEXT-EXCEEDED", "LINES-MISSING",
}  # fmt: skip
"""What another look may mend: a value that is missing, sums that do not close. The rest is wrong on the page itself."""


def _of_xml(reading: Reading, update: State, found: list[Finding]) -> Fields | None:
    """The fields of the e-invoice in the document, if there is one that can be used."""
    if reading.xml is None:
        return None
    try:
        fields = fields_from_xml(reading.xml.text)
    except NotAnEInvoice as error:
        if not reading.words:
            raise Unreadable(f"{error}. Hand in an invoice as PDF, or as UBL or CII XML") from error
        found.append(finding("XML-UNUSABLE", "warning", f"{reading.xml.name}: {error}; the page was read instead"))
        update["document"]["xml"] = None
        return None
    found += checks.type_code(fields)
    if reading.words:
        found += compare(fields, reading)
    update["kind"] = checks.kind_of(fields)
    return {path: field.model_copy(update={"grounds": ["stated"]}) for path, field in fields.items()}


def _of_page(digest: str, read_json: bytes, ask: str, update: State, found: list[Finding]) -> Fields:
    """What code finds on the pages; into ``update`` the kind of document and what a model is to be asked about."""
    try:
        document = document_of(read_json)
    except Exception as error:
        # A page our own code stumbles over is no reason to lose the document: a person reads it, and we hear of it.
        _log.exception("the code that reads pages failed on document %s", digest)
        message = f"our code cannot read this page ({type(error).__name__}): read it by eye, and please report it"
        found.append(finding("CODE-FAULT", "error", message))
        return {}
    made = document.draft
    if made.kind:
        update["kind"] = made.kind
    if not any(is_money(n) for n in amounts(document.reading.text)):
        update["kind"] = "other"
        found.append(finding("NO-AMOUNT", "error", "no amount of money stands in it"))
    found += made.findings
    if made.several:
        found += _several(made.several, update, found)
    update["ask"] = parts_to_ask(made, ask)
    return made.fields


def _several(several: Several, update: State, found: Sequence[Finding]) -> list[Finding]:
    """Into ``update`` the parts of a file of several invoices if their cuts are certain and nothing is wrong with the file
    as a whole; else a finding, as a person has to say which pages are an invoice each."""
    doubts = list(several.doubts)
    doubts += [one.message for one in found if one.is_error and not one.fields and one.rule != "READ-BY-OCR"]
    if not doubts:
        update["parts"] = [
            {"pages": [part.first, part.last], "number": part.number, "reason": part.reason} for part in several.parts
        ]
        return []
    told = ", ".join(f"{part.number} on page {part.first}" for part in several.parts)
    message = (
        f"the file holds several invoices{told and f' ({told})'}, but where to cut is not sure: {'; '.join(doubts)}. Correct "
        f"{SPLIT_PAGES} to the pages of each, such as 1-2,3-4, or hand each in as a file of its own"
    )
    return [finding("SEVERAL-INVOICES", "error", message, "invoice_number")]


def parts_to_ask(made: Draft, ask: str) -> list[Part]:
    """What a model is asked about at first: by ``ask``, nothing, everything, or what code leaves open."""
    if ask == "nothing" or made.kind == "other":
        return []
    if ask == "all":
        return list(PARTS)
    due: list[Part] = ["header"]
    if made.totals is None:
        due.append("totals")
    if made.table is None:
        due.append("lines")
    return due


def _why(found: Mapping[str, Any]) -> str:
    """A finding as a model is told of it: in our own words and numbers. What the document says stays between its marks."""
    if found["rule"] in ("EVIDENCE-MISSING", "VALUE-UNREADABLE"):
        return f"the value for {', '.join(found['fields'])} does not stand in the document"
    if found["rule"] == "CONTEXT-EXCEEDED":
        return "the question was too long"
    return "the answer could not be used" if found["rule"] == "ANSWER-UNUSABLE" else str(found["message"])

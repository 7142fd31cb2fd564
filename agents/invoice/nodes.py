"""The steps of an invoice, in the order they run. Those that ask a model, read or write are activities; the others are
pure and run in the workflow (`graph` says which)."""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from langgraph.types import interrupt

from agents.documents import OcrLimits, PagesNotTaken, pages_of, read_document
from agents.documents.reading import Reading
from agents.findings import finding
from agents.invoice import bounds, checks, injection, scans
from agents.invoice.against_page import against_page
from agents.invoice.asking import document_of, extract, way
from agents.invoice.by_code import Draft
from agents.invoice.confidence import judged
from agents.invoice.einvoice import NotAnEInvoice, fields_from_xml
from agents.invoice.extraction import completed, part_of
from agents.invoice.schema import SPLIT_PAGES, Evidence, Field, Fields, public
from agents.invoice.several import Several, parse_pages
from agents.invoice.state import PARTS, Decision, Part
from agents.invoice.values import amounts, is_money
from infra.connections import connections
from infra.failures import Failure, Unreadable
from infra.ledger import AlreadyPosted, Posting
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
    ocr = OcrLimits(made.ocr_pages, made.ocr_seconds, made.ocr_memory_mb) if made.ocr else None
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
    found = await asyncio.to_thread(injection.findings, reading)
    if reading.xml_problem:
        found.append(finding("XML-BROKEN", "error", reading.xml_problem))
    found += [finding("ACTIVE-CONTENT", "error", f"the PDF {what}") for what in reading.active]
    found += [
        finding("READ-REPAIRED", "error", f"the file had to be mended to be read: {what}") for what in reading.repairs
    ]
    if reading.problem:
        found.append(finding("NO-TEXT", "error", reading.problem.message))
    else:
        found += scans.findings(reading)
    fields = await asyncio.to_thread(_of_xml, reading, update, found)
    if fields is None and len(reading.text) > bounds.LONGEST_TEXT:
        message = f"{len(reading.text):,} characters of text are more than an invoice has: a person has to look at it"
        found.append(finding("LONG-DOCUMENT", "error", message))
        update["kind"] = "other"
    elif fields is None and reading.words:
        fields = await asyncio.to_thread(_of_page, digest, read_json, state["options"]["ask"], update, found)
    kept, too_long = bounds.that_fit(_dumped(judged(fields or {})))
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
    fields = _loaded(state.get("fields", {}))
    derived = {} if state["document"]["xml"] else completed(fields)
    derived = {p: f for p, f in derived.items() if p not in fields or fields[p].evidence.source != "person"}
    known = judged({**fields, **derived})
    changed = {path: field for path, field in known.items() if field != fields.get(path)}
    return {"fields": _dumped(changed), "findings": {"check": checks.check(known)}}


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


@step("match", kind="RETRIEVER")
async def match(state: State) -> State:
    """Look for the same invoice among those posted: same seller and number, under any other document."""
    fields = _loaded(state.get("fields", {}))
    seller, number = fields.get("seller.name"), fields.get("invoice_number")
    found = []
    if seller and number:
        execution = state["execution"]
        for posting in await connections().ledger.posted(execution["tenant"], vendor=seller.value, number=number.value):
            if posting.execution_id != execution["id"]:
                found.append(_duplicate(seller.value, number.value, posting.execution_id))
    return {"findings": {"match": found}}


@step("comply", kind="GUARDRAIL")
async def comply(state: State) -> State:
    """House policies that need no model: mandatory particulars beyond the checks, and payment details."""
    fields = _loaded(state.get("fields", {}))
    found = []
    tax = fields.get("totals.tax_total")
    if tax and tax.number and "seller.vat_id" not in fields and "seller.tax_number" not in fields:
        message = "tax is charged, but no VAT id or tax number of the seller was found"
        found.append(finding("BR-CO-09", "warning", message, "seller.vat_id"))
    if "payment.iban" not in fields:
        found.append(finding("PAYMENT-ACCOUNT", "info", "no IBAN was found on the document", "payment.iban"))
    return {"findings": {"comply": found}}


@step("decide", kind="EVALUATOR")
async def decide(state: State) -> State:
    """Approve only what is an invoice, without an open error, grounded, and within the limit; the rest goes to a person."""
    fields = _loaded(state.get("fields", {}))
    reasons = _reasons_for_review(state, fields)
    currency = _value(fields, "currency")
    limit = state["options"]["approval_limits"].get(currency or "")
    sure = f"all key values found in the document, all sums agree, total within the limit of {limit} {currency}"
    corrections = [f"after correction by {review['reviewer']}" for review in state.get("reviews", [])]
    decision: Decision = (
        {"outcome": "review", "by": "policy", "reasons": reasons}
        if reasons
        else {"outcome": "approve", "by": "policy", "reasons": [sure, *corrections]}
    )
    gross = fields.get("totals.grand_total")
    headline = {
        "vendor": _value(fields, "seller.name"),
        "number": _value(fields, "invoice_number"),
        "currency": _value(fields, "currency"),
        "amount": gross.value if gross else None,
    }
    return {
        "decision": decision,
        "headline": headline,
        "result": {"kind": state.get("kind"), "invoice": _plain(public(fields))},
    }


async def after_decide(state: State) -> str:
    """Approved goes to posting; what is in doubt waits for a person."""
    return "post" if state["decision"]["outcome"] == "approve" else "review"


@step("review", kind="CHAIN")
async def review(state: State) -> State:
    """Wait for a person. Their corrections become fields whose evidence is the person; then all is checked again."""
    answer = interrupt({"reasons": state["decision"]["reasons"]})
    reviewer = answer["reviewer"]
    update: State = {"reviews": [answer]}
    if answer["action"] == "correct":
        if SPLIT_PAGES in answer["corrections"]:
            return {**update, **_split_by(reviewer, answer["corrections"][SPLIT_PAGES], state["document"])}
        update["fields"] = {
            path: None
            if value is None
            else Field(value=value, evidence=Evidence(source="person", text=reviewer)).model_dump(mode="json")
            for path, value in answer["corrections"].items()
        }
        update["findings"] = {
            node: [f for f in found if not f["fields"] or not set(f["fields"]) <= set(answer["corrections"])]
            for node, found in state["findings"].items()
            if node.startswith("extract ")
        } | {"split": None}
        update["kind"] = "invoice" if state.get("kind") in (None, "other") else state["kind"]
        return {**update, "note": f"corrected by {reviewer}"}
    outcome = "approve" if answer["action"] == "approve" else "reject"
    said = f": {answer['reason']}" if answer.get("reason") else ""
    reasons = [f"{'approved' if outcome == 'approve' else 'rejected'} by {reviewer}{said}"]
    reasons += [f"in spite of: {reason}" for reason in state["decision"]["reasons"] if outcome == "approve"]
    return {**update, "decision": {"outcome": outcome, "by": reviewer, "reasons": reasons}}


async def after_review(state: State) -> str:
    """Corrected is checked again; approved is posted; rejected ends; a file of several invoices is split."""
    if state.get("parts"):
        return "split"
    if state["reviews"][-1]["action"] == "correct":
        return "check"
    return "post" if state["decision"]["outcome"] == "approve" else "end"


@step("post", kind="TOOL")
async def post(state: State) -> State:
    """Write the approved invoice to the ledger, once. If the same invoice was posted meanwhile as another document, a
    person decides."""
    head, execution = state["headline"], state["execution"]
    if missing := [name for name, value in head.items() if value is None]:
        raise Failure(f"it cannot be posted without {', '.join(missing)}: correct it first")
    known = [f["evidence"].get("posted_as") for f in state["findings"].get("match", [])]
    try:
        first = await connections().ledger.post(
            Posting(
                execution_id=execution["id"],
                tenant=execution["tenant"],
                vendor=head["vendor"],
                number=head["number"],
                currency=head["currency"],
                amount=Decimal(head["amount"]),
                invoice=state["result"]["invoice"],
                posted_at=datetime.now(UTC),
            ),
            in_spite_of=[] if state["decision"]["by"] == "policy" else [id for id in known if id],
        )
    except AlreadyPosted as conflict:
        found = _duplicate(head["vendor"], head["number"], conflict.execution_id)
        doubt: Decision = {"outcome": "review", "by": "policy", "reasons": [found["message"]]}
        return {"decision": doubt, "findings": {"match": [found]}, "note": "posted meanwhile as another document"}
    return {"note": "posted" if first else "was posted before"}


async def after_post(state: State) -> str:
    """Posted is the end; a duplicate found at the last moment goes to a person."""
    return "review" if state["decision"]["outcome"] == "review" else "end"


def _split_by(reviewer: str, said: str, document: Mapping[str, Any]) -> State:
    """A person's word on which pages of a file are an invoice each."""
    ranges = (
        parse_pages(said, document["pages"])
        if document["media_type"] == "application/pdf"
        else "split.pages: only a PDF has pages to be split"
    )
    if isinstance(ranges, str):
        return {"findings": {"split": [finding("SPLIT-PAGES", "error", ranges)]}, "note": "not split"}
    why = f"said by {reviewer}"
    parts = [{"pages": [first, last], "number": "", "reason": why} for first, last in ranges]
    return {"parts": parts, "findings": {"split": None}, "note": f"to be split: {why}"}


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


def _of_xml(reading: Reading, update: State, found: list[dict[str, Any]]) -> Fields | None:
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
        upright = reading.upright()
        found += [scans.on_display(one, upright) for one in against_page(fields, upright)]
    update["kind"] = checks.kind_of(fields)
    return {path: field.model_copy(update={"grounds": ["stated"]}) for path, field in fields.items()}


def _of_page(digest: str, read_json: bytes, ask: str, update: State, found: list[dict[str, Any]]) -> Fields:
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
    return scans.for_state(made.fields, document.reading)


def _several(several: Several, update: State, found: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Into ``update`` the parts of a file of several invoices if their cuts are certain and nothing is wrong with the file
    as a whole; else a finding, as a person has to say which pages are an invoice each."""
    doubts = list(several.doubts)
    doubts += [
        one["message"]
        for one in found
        if one["severity"] == "error" and not one["fields"] and one["rule"] != "READ-BY-OCR"
    ]
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


def _duplicate(vendor: str, number: str, posted_as: str) -> dict[str, Any]:
    message = f"invoice {number} of {vendor} was posted already, as {posted_as}"
    return finding("DUPLICATE", "error", message, "invoice_number", posted_as=posted_as)


def _reasons_for_review(state: State, fields: Fields) -> list[str]:
    """Why a person has to look. Empty only if everything that approval rests on is there and holds."""
    reasons = [f["message"] for found in state["findings"].values() for f in found if f["severity"] == "error"]
    kind = state.get("kind")
    if kind == "credit_note":
        reasons.append("it is a credit note: a person settles it against its invoice")
    elif kind == "other":
        reasons.insert(0, "it does not look like an invoice")
    reasons += _doubts(fields, state["options"]["sure"])
    gross, currency = fields.get("totals.grand_total"), _value(fields, "currency")
    limit = state["options"]["approval_limits"].get(currency or "")
    if gross and currency and limit is None:
        reasons.append(f"there is no approval limit for {currency}")
    elif gross and limit is not None and gross.number > Decimal(limit):
        reasons.append(f"the total of {gross.value} {currency} is above the limit of {limit} {currency}")
    elif gross and gross.number <= 0:
        reasons.append(f"the total of {gross.value} is not positive")
    if not reasons and (kind != "invoice" or "check" not in state["findings"] or not gross or limit is None):
        reasons.append("what approval rests on is not there: kind, checks, total or limit")
    return list(dict.fromkeys(reasons))


_KEY = (
    "invoice_number", "issue_date", "currency", "seller.name", "totals.tax_basis_total", "totals.tax_total",
    "totals.grand_total", "payment.iban",
)  # fmt: skip
"""What a payment rests on: it is approved only if each of them that is there is sure."""


def _doubts(fields: Fields, sure: float) -> list[str]:
    """A reason for each key value that is not sure enough."""
    return [
        f"{path} {field.value} is not sure ({field.confidence or 0:.0%}, by {', '.join(field.grounds) or 'nothing'})"
        for path in _KEY
        if (field := fields.get(path)) and (field.confidence or 0) < sure
    ]


def _dumped(fields: Fields) -> dict[str, Any]:
    return {path: field.model_dump(mode="json", exclude_none=True) for path, field in fields.items()}


def _loaded(fields: Mapping[str, Any]) -> Fields:
    return {path: Field.model_validate(field) for path, field in fields.items()}


def _value(fields: Fields, path: str) -> str | None:
    field = fields.get(path)
    return field.value if field else None


def _plain(invoice: dict[str, Any]) -> dict[str, Any]:
    """The invoice as JSON keeps it: money as a string, exactly."""
    plain: dict[str, Any] = json.loads(json.dumps(invoice, default=str))
    return plain

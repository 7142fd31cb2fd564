"""The steps by which a document is held against a rulebook: read, answered by code, asked of a model, decided, reviewed."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

from langgraph.types import Send, interrupt

from agents.controls.matching import match_vendor, vendor_key
from agents.controls.rulebook import Facts, ask_rules, by_code, kept_rulebook, kept_sanctions, unasked
from agents.documents import OcrLimits, read_document
from agents.documents.reading import Reading
from agents.einvoice import NotAnEInvoice, en16931, fields_from_xml
from agents.fields import checks
from agents.fields.schema import Fields, dumped, loaded
from agents.invoice import bounds
from agents.invoice.asking import document_of
from agents.pages import judged, safety, scan_findings
from infra.connections import Connections, connections
from infra.failures import Unreadable
from infra.records import Claim, Finding, Vendor, finding
from infra.telemetry.steps import step

State = dict[str, Any]
_CLAIMS_BEFORE = timedelta(days=366)
"""What rules may look back."""


@step("read")
async def read(state: State) -> State:
    """Read the document, and what it states as an invoice if it is one: of its XML, else what code finds on its pages.

    Raises:
        Unreadable: it cannot be read.
    """
    to, execution = connections(), state["execution"]
    made = to.settings
    data = await asyncio.to_thread(to.documents.get, execution["digest"])
    limits = OcrLimits(made.ocr_pages, made.ocr_seconds, made.ocr_memory_mb, made.ocr_engine)
    ocr = limits if made.ocr else None
    reading = await read_document(
        data, execution["name"], seconds=made.read_seconds, memory_mb=made.read_memory_mb, ocr=ocr
    )
    if reading.problem and reading.problem.code != "no_text":
        raise Unreadable(reading.problem.message)
    read_json = reading.model_dump_json().encode()
    await asyncio.to_thread(to.documents.put_derived, execution["digest"], "reading.json", read_json)
    found = await asyncio.to_thread(safety.findings, reading)
    if reading.xml_problem:
        found.append(finding("XML-BROKEN", "error", reading.xml_problem))
    if reading.problem:
        found.append(finding("NO-TEXT", "error", reading.problem.message))
    else:
        found += scan_findings(reading)
    kind, fields, xml = await asyncio.to_thread(_invoice, reading, read_json)
    kept, too_long = bounds.that_fit(dumped(judged(fields)))
    return {
        "document": {
            "media_type": reading.media_type,
            "pages": len(reading.pages),
            "characters": len(reading.text),
            "xml": xml,
        },
        "kind": kind,
        "fields": kept,
        "findings": {"read": [*found, *too_long]},
    }


@step("rules", kind="GUARDRAIL")
async def rules(state: State) -> State:
    """Answer the rules that code can, and find those that a model has to be asked about."""
    to, execution, kept = connections(), state["execution"], state["options"]["rulebook"]
    reading = await asyncio.to_thread(_reading, to, execution["digest"])
    rulebook = await asyncio.to_thread(kept_rulebook, to.documents, kept)
    facts = await facts_of(to, state, reading)
    found, open_rules = await asyncio.to_thread(by_code, facts, rulebook)
    official = await _official(reading) if state["document"]["xml"] else []
    asks = state["options"].get("ask") != "nothing"
    left = [] if asks else unasked(open_rules)
    return {
        "findings": {"rules": found, "en16931": official, "unasked": left},
        "open_rules": open_rules if asks else [],
        "result": {"rulebook": dict(kept), "kind": state["kind"]},
    }


async def after_rules(state: State) -> list[Send] | str:
    """Each rule that is open is asked about by itself, all at once."""
    given = {"execution": state["execution"], "options": state["options"]}
    return [Send("ask_rule", {**given, "rule": id}) for id in state["open_rules"]] or "decide"


@step("ask rule")
async def ask_rule(state: State) -> State:
    """Ask a model about one rule."""
    to, execution, id = connections(), state["execution"], state["rule"]
    rulebook = await asyncio.to_thread(kept_rulebook, to.documents, state["options"]["rulebook"])
    found, calls = await ask_rules(
        execution["id"], execution["digest"], [id], rulebook, tier=state["options"]["tiers"][0]
    )
    return {"findings": {f"rule {id}": found}, "calls": calls, "note": id}


@step("decide", kind="EVALUATOR")
async def decide(state: State) -> State:
    """It complies if nothing was found that a person has to look at."""
    reasons = [one["message"] for found in state["findings"].values() for one in found if one["severity"] == "error"]
    fields = state.get("fields", {})
    gross = fields.get("totals.grand_total")
    kept = sum(one["verdict"] == "pass" for found in state["findings"].values() for one in found)
    book = state["options"]["rulebook"]["name"]
    return {
        "decision": {
            "outcome": "review" if reasons else "approve",
            "by": "policy",
            "reasons": list(dict.fromkeys(reasons))
            or [f"it complies with {book}: {kept} rules kept, none needs a person"],
        },
        "headline": {
            "vendor": _value(fields, "seller.name"),
            "number": _value(fields, "invoice_number"),
            "currency": _value(fields, "currency"),
            "amount": gross["value"] if gross else None,
        },
    }


async def after_decide(state: State) -> str:
    """What complies is the end; all else waits for a person."""
    return "end" if state["decision"]["outcome"] == "approve" else "review"


@step("review", kind="CHAIN")
async def review(state: State) -> State:
    """Wait for a person, who says whether it is accepted all the same."""
    answer = interrupt({"reasons": state["decision"]["reasons"], "approval": None})
    reviewer, outcome = answer["reviewer"], answer["action"]
    said = f": {answer['reason']}" if answer.get("reason") else ""
    spite = [f"in spite of: {reason}" for reason in state["decision"]["reasons"]] if outcome == "approve" else []
    told = f"{'accepted' if outcome == 'approve' else 'rejected'} by {reviewer}{said}"
    update: State = {
        "reviews": [answer],
        "decision": {"outcome": outcome, "by": reviewer, "reasons": [told, *spite]},
    }
    return {**update, "findings": _accepted(state["findings"], reviewer)} if outcome == "approve" else update


async def facts_of(to: Connections, state: State, reading: Reading) -> Facts:
    """What the rules are asked about, of a state of this agent: with what the ledger knows of the vendor."""
    execution, options = state["execution"], state["options"]
    fields = loaded(state.get("fields", {}))
    vendor, claims = await _known(to, execution, fields)
    limit = options.get("approval_limits", {}).get(_value(state.get("fields", {}), "currency"))
    return Facts(
        reading=reading,
        fields=fields,
        kind=state["kind"],
        today=datetime.now(UTC).date(),
        execution_id=execution["id"],
        vendor=vendor,
        claims=claims,
        approval_limit=Decimal(limit) if limit is not None else None,
        sanctions=await asyncio.to_thread(kept_sanctions, to.documents, options["rulebook"]),
        details=execution.get("details") or {},
    )


async def _known(to: Connections, execution: Mapping[str, Any], fields: Fields) -> tuple[Vendor | None, list[Claim]]:
    """The vendor of the master that the seller is, and what was claimed of it around the day this was issued."""
    tenant = execution["tenant"]
    match = match_vendor(fields, await to.ledger.vendors(tenant))
    key, issued = vendor_key(match, fields), fields.get("issue_date")
    if key is None or issued is None:
        return match.vendor, []
    since = date.fromisoformat(issued.value) - _CLAIMS_BEFORE
    return match.vendor, await to.ledger.claims(tenant, vendor_key=key, since=since)


async def _official(reading: Reading) -> list[Finding]:
    """What the rules of EN 16931 say of its e-invoice."""
    return list(await en16931.findings(reading.xml.text)) if reading.xml else []


def _invoice(reading: Reading, read_json: bytes) -> tuple[str, Fields, str | None]:
    """What kind of document it is, what it states as an invoice, and the name of the e-invoice that says so."""
    if reading.xml:
        try:
            fields = fields_from_xml(reading.xml.text)
        except NotAnEInvoice as error:
            if not reading.words:
                raise Unreadable(f"{error}. Hand in a PDF, or an invoice as UBL or CII XML") from error
        else:
            stated = {path: field.model_copy(update={"grounds": ["stated"]}) for path, field in fields.items()}
            return checks.kind_of(fields), stated, reading.xml.name
    if not reading.words or len(reading.text) > bounds.LONGEST_TEXT:
        return "other", {}, None
    document = document_of(read_json)
    made = document.draft
    complete = {"invoice_number", "totals.grand_total"} <= made.fields.keys()
    kind = made.kind or ("invoice" if complete else "other")
    fields = {} if kind == "other" else made.fields
    return kind, fields, None


def _reading(to: Connections, digest: str) -> Reading:
    return Reading.model_validate_json(to.documents.get_derived(digest, "reading.json"))


def _accepted(findings: Mapping[str, list[dict[str, Any]]], by: str) -> dict[str, list[dict[str, Any]]]:
    """The findings that stood against it, with who accepted it in spite of them."""
    return {
        node: [
            {**one, "decided_by": {**one["decided_by"], "accepted_by": by}} if one["severity"] == "error" else one
            for one in found
        ]
        for node, found in findings.items()
        if any(one["severity"] == "error" for one in found)
    }


def _value(fields: Mapping[str, Any], path: str) -> str | None:
    field = fields.get(path)
    return field["value"] if field else None

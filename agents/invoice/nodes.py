"""The steps of an invoice, in the order they run. Those that ask a model, read or write are activities; the others are
pure and run in the workflow (`graph` says which)."""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from langgraph.types import interrupt

from agents.documents import read_document
from agents.documents.reading import Reading
from agents.invoice import checks, questions
from agents.invoice.einvoice import NotAnEInvoice, fields_from_xml
from agents.invoice.extraction import against_page, completed, fields_by_rule, fields_of_answer, line_of, part_of
from agents.invoice.findings import finding
from agents.invoice.prompts import messages, prompt, version
from agents.invoice.schema import Evidence, Field, Fields, public
from agents.invoice.state import PARTS, Decision, Part
from agents.invoice.values import amounts, is_money
from infra.connections import connections
from infra.failures import Failure, Unreadable
from infra.ledger import AlreadyPosted, Posting
from infra.models import InvalidAnswer, ModelCall, Question
from infra.telemetry.steps import step

State = dict[str, Any]
LONGEST_TEXT = 16_000
"""Characters of a document that are shown to a model; a longer one is cut in the middle and goes to a person."""
MOST_LINES = 400
"""Invoice lines of an e-invoice that a state can carry: Temporal takes no payload above 2 MiB."""


@step("read")
async def read(state: State) -> State:
    """Read the document; where it carries an e-invoice, take all fields from that.

    Raises:
        Unreadable: it cannot be read, or it is XML but no e-invoice.
    """
    to = connections()
    digest = state["execution"]["digest"]
    data = await asyncio.to_thread(to.documents.get, digest)
    reading = await read_document(
        data, state["execution"]["name"], seconds=to.settings.read_seconds, memory_mb=to.settings.read_memory_mb
    )
    if reading.problem and reading.problem.code != "no_text":
        raise Unreadable(reading.problem.message)
    to.documents.put_derived(digest, "reading.json", reading.model_dump_json().encode())
    update: State = {
        "document": {
            "media_type": reading.media_type,
            "pages": len(reading.pages),
            "characters": len(reading.text),
            "xml": reading.xml.name if reading.xml else None,
        }
    }
    found: list[dict[str, Any]] = []
    if reading.xml_problem:
        found.append(finding("XML-BROKEN", "error", reading.xml_problem))
    if reading.hidden_text:
        message = f"{reading.hidden_text} characters of hidden text were left out: invisible, white or tiny"
        found.append(finding("HIDDEN-TEXT", "warning", message))
    if reading.problem:
        found.append(finding("NO-TEXT", "error", reading.problem.message))
    if "\n…\n" in _shown(reading):
        message = f"{len(reading.text)} characters of text: the model is shown the first and last {LONGEST_TEXT // 2}"
        found.append(finding("LONG-DOCUMENT", "error", message))
    if reading.xml:
        try:
            fields = fields_from_xml(reading.xml.text)
        except NotAnEInvoice as error:
            if not reading.words:
                raise Unreadable(f"{error}. Hand in an invoice as PDF, or as UBL or CII XML") from error
            found.append(finding("XML-UNUSABLE", "warning", f"{reading.xml.name}: {error}; the page was read instead"))
            update["document"]["xml"] = None
        else:
            found += checks.type_code(fields) + (against_page(fields, reading) if reading.words else [])
            kept = {path: field for path, field in fields.items() if line_of(path) < MOST_LINES}
            if len(kept) < len(fields):
                message = f"more than {MOST_LINES} lines: the rest is left out, and a person has to see to it"
                found.append(finding("LONG-DOCUMENT", "error", message))
            update["fields"] = _dumped(kept)
            update["kind"] = checks.kind_of(fields)
    elif reading.words and not any(is_money(n) for n in amounts(reading.text)):
        update["kind"] = "other"
        found.append(finding("NO-AMOUNT", "error", "no amount of money stands in it"))
    return {**update, "findings": {"read": found}}


async def after_read(state: State) -> str:
    """Fields from XML are checked; text goes to the model; a page without text or amounts goes to a person."""
    if state["document"]["xml"]:
        return "check"
    return "classify" if state["document"]["characters"] and state.get("kind") != "other" else "decide"


@step("classify")
async def classify(state: State) -> State:
    """Ask the small tier what the document is; take what code can tell alone."""
    reading = _reading(state)
    try:
        answer = await connections().models.ask(
            Question(
                execution_id=state["execution"]["id"],
                step="classify",
                messages=messages(_shown(reading), prompt("classify")),
                answer=questions.Kind,
                max_tokens=24,
                prompt_version=version("classify"),
            )
        )
    except InvalidAnswer as error:
        return {
            "kind": "other",
            "calls": [_stub(error.call)],
            "findings": {"classify": [finding("ANSWER-UNUSABLE", "error", f"classify: {error}")]},
        }
    fields = fields_by_rule(reading)
    kind = answer.value.kind
    if kind != "other":
        fields["type_code"] = Field(
            value="381" if kind == "credit_note" else "380", evidence=Evidence(source="model", text=kind)
        )
    return {"kind": kind, "fields": _dumped(fields), "calls": [_stub(answer.call)]}


async def after_classify(state: State) -> list[str]:
    """What is no invoice is not extracted; else all parts are asked for at once."""
    return ["decide"] if state["kind"] == "other" else [f"extract_{part}" for part in PARTS]


@step("extract header")
async def extract_header(state: State) -> State:
    """Invoice number, dates, order reference."""
    return await _extract(state, "header")


@step("extract parties")
async def extract_parties(state: State) -> State:
    """Names and VAT ids of seller and buyer."""
    return await _extract(state, "parties")


@step("extract totals")
async def extract_totals(state: State) -> State:
    """Net, tax, gross, due; tax by rate."""
    return await _extract(state, "totals")


@step("extract lines")
async def extract_lines(state: State) -> State:
    """The table of goods and services."""
    return await _extract(state, "lines")


@step("check")
async def check(state: State) -> State:
    """Check what was extracted, and complete what follows from it."""
    fields = _loaded(state.get("fields", {}))
    derived = {} if state["document"]["xml"] else completed(fields)
    derived = {p: f for p, f in derived.items() if p not in fields or fields[p].evidence.source != "person"}
    return {"fields": _dumped(derived), "findings": {"check": checks.check({**fields, **derived})}}


async def after_check(state: State) -> str:
    """Repair while something can be repaired and another way of asking is left; else go on."""
    return "repair" if repairable(state) else "match"


@step("repair")
async def repair(state: State) -> State:
    """Ask again for the parts that failed, with the reason, at the next tier."""
    reasons = repairable(state)
    models = connections().models
    tier = models.tier_above("small")
    asking = (
        _extract(state, part, tier=tier, reasons=texts, round=state.get("repairs", 0) + 1)
        for part, texts in reasons.items()
    )
    # All are waited for before a failure is told: what is answered meanwhile is on record, and not paid again.
    outcomes = await asyncio.gather(*asking, return_exceptions=True)
    made = [one for one in outcomes if not isinstance(one, BaseException)]
    for one in outcomes:
        if isinstance(one, BaseException):
            raise one
    update: State = {"repairs": state.get("repairs", 0) + 1, "fields": {}, "calls": [], "findings": {}}
    for one in made:
        update["fields"] |= one["fields"]
        update["calls"] += one["calls"]
        update["findings"] |= one["findings"]
    asked = {part: sorted(texts) for part, texts in reasons.items()}
    why = "; ".join(f"{part}: {', '.join(texts)}" for part, texts in asked.items())
    where = f"at tier {tier}" if tier != "small" else "at the same tier, there being no larger one"
    return {**update, "repair_reasons": asked, "note": f"asked again {where}: {why}"}


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
        }
        update["kind"] = "invoice" if state.get("kind") in (None, "other") else state["kind"]
        return {**update, "note": f"corrected by {reviewer}"}
    outcome = "approve" if answer["action"] == "approve" else "reject"
    said = f": {answer['reason']}" if answer.get("reason") else ""
    reasons = [f"{'approved' if outcome == 'approve' else 'rejected'} by {reviewer}{said}"]
    reasons += [f"in spite of: {reason}" for reason in state["decision"]["reasons"] if outcome == "approve"]
    return {**update, "decision": {"outcome": outcome, "by": reviewer, "reasons": reasons}}


async def after_review(state: State) -> str:
    """Corrected is checked again; approved is posted; rejected ends."""
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


async def _extract(
    state: State, part: Part, *, tier: str = "small", reasons: Iterable[str] = (), round: int = 0
) -> State:
    """Ask for one part of the invoice; what the model answers becomes fields only where the document bears it out."""
    reading = _reading(state)
    question = prompt(part)
    if reasons:
        question += "\nAn earlier answer was wrong: " + "; ".join(reasons) + ". Look again and answer anew."
    name = f"extract {part}" if round == 0 else f"repair {part} {round}"
    try:
        answer = await connections().models.ask(
            Question(
                execution_id=state["execution"]["id"],
                step=name,
                messages=messages(_shown(reading), question),
                answer=questions.answer_shape(part, reading.text),
                max_tokens=questions.max_tokens(part, reading.text),
                prompt_version=version(part),
                tier=tier,
            )
        )
    except InvalidAnswer as error:
        unusable = finding("ANSWER-UNUSABLE", "error", f"{part}: {error}")
        return {"fields": {}, "calls": [_stub(error.call)], "findings": {f"extract {part}": [unusable]}}
    fields, missing = fields_of_answer(part, answer.value.model_dump(), reading)
    dumped = _dumped(fields)
    if round:
        # A new answer about a part replaces the old one whole, with what was derived from it.
        replaced = ("model",) if part == "header" else ("model", "rule")
        for path, field in state["fields"].items():
            if part_of(path) == part and path not in dumped and field["evidence"]["source"] in replaced:
                dumped[path] = None
    return {"fields": dumped, "calls": [_stub(answer.call)], "findings": {f"extract {part}": missing or None}}


def repairable(state: State) -> dict[Part, list[str]]:
    """Parts to ask for again, each with the reasons; empty when the limit is reached or nothing new could be said."""
    document = state["document"]
    if state.get("repairs", 0) >= state["options"]["max_repairs"] or document["xml"] or not document["characters"]:
        return {}
    if state.get("reviews"):
        return {}  # a person is on it; their word is not overruled by asking again
    reasons: dict[Part, list[str]] = {}
    for node, found in state["findings"].items():
        for one in found:
            if one["severity"] != "error" or not (node == "check" or node.startswith("extract ")):
                continue
            if one["rule"] == "DATE-AMBIGUOUS":
                continue  # it is the page that is ambiguous
            parts = {part_of(path) for path in one["fields"]} or {node.removeprefix("extract ")}
            for part in parts:
                if part in PARTS:
                    reasons.setdefault(part, []).append(_why(one))
    asked = state.get("repair_reasons", {})
    return {part: texts for part, texts in reasons.items() if sorted(texts) != asked.get(part)}


def _why(found: Mapping[str, Any]) -> str:
    """A finding as a model is told of it: in our own words and numbers. What the document says stays between its marks."""
    if found["rule"] in ("EVIDENCE-MISSING", "VALUE-UNREADABLE"):
        return f"the value for {', '.join(found['fields'])} does not stand in the document"
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


def _reading(state: State) -> Reading:
    return Reading.model_validate_json(
        connections().documents.get_derived(state["execution"]["digest"], "reading.json")
    )


def _shown(reading: Reading) -> str:
    """The text as a model is shown it: gaps between columns need no more than two spaces, each being a token; and numbers
    stand without spaces in them, at which a small model stops copying. (Evidence is looked up without white space.)"""
    text = re.sub(r" {3,}", "  ", reading.text)
    for number in amounts(text):
        if len(number.split()) > 1:
            text = text.replace(number, "".join(number.split()))
    half = LONGEST_TEXT // 2
    return text if len(text) <= LONGEST_TEXT else f"{text[:half]}\n…\n{text[-half:]}"


def _stub(call: ModelCall) -> dict[str, Any]:
    """The call as the state carries it: all that is metered, without what was said."""
    return call.model_dump(mode="json", exclude={"answer", "reasoning"})


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

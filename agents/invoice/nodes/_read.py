"""Reading: the fields of the e-invoice in the document, else what code finds on its pages, and what a model is asked first."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

from agents.controls import matching
from agents.einvoice import destinations_of_xml
from agents.fields import checks
from agents.fields.rules import Rule
from agents.fields.schema import SPLIT_PAGES, Fields
from agents.fields.table import PARTS, Part
from agents.fields.values import amounts, is_money
from agents.invoice.state import EXTRACT, FilePart, InvoiceState, InvoiceUpdate, Step
from agents.pages import Draft, Several, judged, payment_destinations
from agents.steps import DocumentFacts, ReadDocument, drafted, step, that_fit, way
from agents.steps import read as read_document
from infra.records import Finding, Severity, finding


@step(Step.READ, InvoiceState)
async def read(state: InvoiceState) -> InvoiceUpdate:
    """Read the document. Where it carries an e-invoice, take all fields from that; else what code finds on its pages.

    Raises:
        Unreadable: it cannot be read, or it is XML but no e-invoice.
    """
    document = await read_document(state.execution, hand_in="an invoice as PDF, or as UBL or CII XML")
    update: InvoiceUpdate = {"ask": []}
    findings, fields = list(document.findings), document.stated
    if fields is not None:
        update["kind"] = checks.kind_of(fields)
    elif document.too_long:
        length = len(document.reading.text)
        message = f"{length:,} characters of text are more than an invoice has: a person has to look at it"
        findings.append(finding(Rule.LONG_DOCUMENT, Severity.ERROR, message))
        update["kind"] = "other"
    elif document.reading.words:
        fields = await _from_pages(document, state, update, findings)
    update["document"] = await asyncio.to_thread(_facts, document, fields or {})
    kept, too_long = that_fit(judged(fields or {}))
    return {**update, "fields": {**kept}, "findings": {Step.READ: [*findings, *too_long]}}


@way(InvoiceState)
async def after_read(state: InvoiceState) -> list[str]:
    """Several invoices are split; fields from XML are checked; what code leaves open goes to the model; what holds no
    invoice goes to a person."""
    if state.parts:
        return [Step.SPLIT.node]
    if state.kind == "other" or not (state.document.xml or state.document.characters):
        return [Step.DECIDE.node]
    return [EXTRACT[part].node for part in state.ask] or [Step.CHECK.node]


def _facts(document: ReadDocument, fields: Fields) -> DocumentFacts:
    """With that by which a document is found again that comes as other bytes, a sketch of its text, and the invoice it speaks
    of; and with all it names to be paid to."""
    reading = document.reading
    text = reading.xml.text if reading.xml and not reading.text else reading.text
    known_by = {"sketch": matching.sketch(text), "preceding": matching.preceding_of(text, fields)}
    named = [] if document.too_long else payment_destinations(reading)
    named += destinations_of_xml(reading.xml.text) if reading.xml else []
    return document.facts.model_copy(update={**known_by, "destinations": named})


async def _from_pages(
    document: ReadDocument, state: InvoiceState, update: InvoiceUpdate, findings: list[Finding]
) -> Fields:
    """What code finds on the pages; into ``update`` the kind of document and what a model is to be asked about."""
    made_of_it = await drafted(document, state.execution.digest)
    if isinstance(made_of_it, Finding):
        findings.append(made_of_it)
        return {}
    draft = made_of_it.draft
    if draft.kind:
        update["kind"] = draft.kind
    if not any(is_money(number) for number in amounts(made_of_it.reading.text)):
        update["kind"] = "other"
        findings.append(finding(Rule.NO_AMOUNT, Severity.ERROR, "no amount of money stands in it"))
    findings += draft.findings
    if draft.several:
        findings += _several(draft.several, update, findings)
    update["ask"] = parts_to_ask(draft, state.options.ask)
    return draft.fields


def _several(several: Several, update: InvoiceUpdate, findings: Sequence[Finding]) -> list[Finding]:
    """Into ``update`` the parts of a file of several invoices if their cuts are certain and nothing is wrong with the file
    as a whole; else a finding, as a person has to say which pages are an invoice each."""
    doubts = list(several.doubts)
    doubts += [one.message for one in findings if one.is_error and not one.fields and one.rule != Rule.READ_BY_OCR]
    if not doubts:
        update["parts"] = [
            FilePart(pages=(part.first, part.last), number=part.number, reason=part.reason) for part in several.parts
        ]
        return []
    told = ", ".join(f"{part.number} on page {part.first}" for part in several.parts)
    message = (
        f"the file holds several invoices{told and f' ({told})'}, but where to cut is not sure: {'; '.join(doubts)}. Correct "
        f"{SPLIT_PAGES} to the pages of each, such as 1-2,3-4, or hand each in as a file of its own"
    )
    return [finding(Rule.SEVERAL_INVOICES, Severity.ERROR, message, "invoice_number")]


def parts_to_ask(draft: Draft, ask: str) -> list[Part]:
    """What a model is asked about at first: by ``ask``, nothing, everything, or what code leaves open."""
    if ask == "nothing" or draft.kind == "other":
        return []
    if ask == "all":
        return list(PARTS)
    due: list[Part] = ["header"]
    if draft.totals is None:
        due.append("totals")
    if draft.table is None:
        due.append("lines")
    return due

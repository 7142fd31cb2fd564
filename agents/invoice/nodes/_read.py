"""Reading: the fields of the e-invoice in the document, else what code finds on its pages, and what a model is asked first."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

from agents.controls import matching
from agents.fields import checks
from agents.fields.rules import Rule
from agents.fields.schema import SPLIT_PAGES, Fields
from agents.fields.table import PARTS, Part
from agents.invoice.asking import FIRST
from agents.invoice.state import EXTRACT, FilePart, InvoiceState, InvoiceUpdate, Step
from agents.pages import Draft, Several, judged
from agents.steps import read as read_document
from agents.steps import step, way
from infra.connections import connections
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
        message = (
            f"{document.facts.characters:,} characters of text are more than an invoice has: a person has to look at it"
        )
        findings.append(finding(Rule.LONG_DOCUMENT, Severity.ERROR, message))
        update["kind"] = "other"
    elif document.stopped:
        update["kind"] = "other"
    elif document.draft:
        fields = _from_pages(document.draft, document.has_money, state, update, findings)
        vendors = await connections().ledger.vendors(state.execution.tenant)
        ours = matching.Companies(state.options.companies, state.execution.tenant)
        fields = await asyncio.to_thread(matching.known_parties, fields, document.draft.choices, vendors, ours)
    update["document"] = document.facts
    return {**update, "fields": {**judged(fields or {})}, "findings": {Step.READ: findings}}


@way(InvoiceState)
async def after_read(state: InvoiceState) -> list[str]:
    """Several invoices are split; fields from XML are checked; what code leaves open goes to the model; what holds no
    invoice goes to a person."""
    if state.parts:
        return [Step.SPLIT.node]
    if state.kind == "other" or not (state.document.xml or state.document.characters):
        return [Step.DECIDE.node]
    return [EXTRACT[part].node for part in state.ask] or [Step.CHECK.node]


def _from_pages(
    draft: Draft, has_money: bool, state: InvoiceState, update: InvoiceUpdate, findings: list[Finding]
) -> Fields:
    """What code finds on the pages; into ``update`` the kind of document and what a model is to be asked about."""
    if draft.kind:
        update["kind"] = draft.kind
    if not has_money:
        update["kind"] = "other"
        findings.append(finding(Rule.NO_AMOUNT, Severity.ERROR, "no amount of money stands in it"))
    findings += draft.findings
    if draft.several:
        findings += _several(draft.several, update, findings)
    update["ask"] = parts_to_ask(draft, state.options.ask, whole=FIRST in state.options.whole)
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


def parts_to_ask(draft: Draft, ask: str, *, whole: bool = False) -> list[Part]:
    """What a model is asked about at first: by ``ask``, nothing, everything, or what code leaves open; where it reads the
    ``whole`` document, all of it, the totals with the header."""
    if ask == "nothing" or draft.kind == "other":
        return []
    if whole:
        return ["header", "lines"]
    if ask == "all":
        return list(PARTS)
    due: list[Part] = ["header"]
    if not draft.closes:
        due.append("totals")
    if draft.table is None:
        due.append("lines")
    return due

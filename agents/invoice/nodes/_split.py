"""Splitting: each of several invoices in a file becomes a file of its own."""

from __future__ import annotations

import asyncio

from agents.documents import PagesNotTaken, pages_of
from agents.fields.rules import Rule
from agents.invoice.state import InvoiceState, InvoiceUpdate, Step
from agents.steps import step, way
from infra.connections import connections
from infra.records import Severity, finding


@step(Step.SPLIT, InvoiceState, kind="TOOL")
async def split(state: InvoiceState) -> InvoiceUpdate:
    """Store each of several invoices as a file of its own, for an execution of its own. Done again, it is the same file."""
    to, execution = connections(), state.execution
    data = await asyncio.to_thread(to.documents.get, execution.digest)
    files = []
    for part in state.parts:
        first, last = part.pages
        try:
            pages = await pages_of(
                data, first, last, seconds=to.settings.read_seconds, memory_mb=to.settings.read_memory_mb
            )
        except PagesNotTaken as error:
            message = f"the file holds several invoices and cannot be split: {error} Hand each in as a file of its own"
            whole = finding(Rule.SEVERAL_INVOICES, Severity.ERROR, message)
            return {"parts": [], "findings": {Step.SPLIT: [whole]}}
        told = f"page {first}" if first == last else f"pages {first}-{last}"
        digest = await asyncio.to_thread(to.documents.put, pages)
        files.append(part.model_copy(update={"digest": digest, "name": f"{execution.name} ({told})"}))
    return {"parts": files, "note": f"split into {len(files)} files"}


@way(InvoiceState)
async def after_split(state: InvoiceState) -> str:
    """What was split ends here: its parts have executions of their own. What could not be goes to a person."""
    return "end" if state.parts else Step.DECIDE.node

"""Extracting: a model is asked about the parts of the invoice that code leaves open."""

from __future__ import annotations

from agents.invoice.asking import extract
from agents.invoice.state import InvoiceState, InvoiceUpdate, Step
from agents.steps import step


@step(Step.EXTRACT_HEADER, InvoiceState)
async def extract_header(state: InvoiceState) -> InvoiceUpdate:
    """Who is to be paid by whom, the number, the day: confirmed, or chosen where code could not."""
    return await extract(state, "header")


@step(Step.EXTRACT_TOTALS, InvoiceState)
async def extract_totals(state: InvoiceState) -> InvoiceUpdate:
    """Net, tax and gross, where no arithmetic found them."""
    return await extract(state, "totals")


@step(Step.EXTRACT_LINES, InvoiceState)
async def extract_lines(state: InvoiceState) -> InvoiceUpdate:
    """The table of goods and services, where its layout could not be read."""
    return await extract(state, "lines")

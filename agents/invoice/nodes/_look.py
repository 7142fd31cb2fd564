"""Looking: what everything else would let pass is held against its own picture."""

from __future__ import annotations

import asyncio

from agents.invoice.state import InvoiceState, InvoiceUpdate, Step
from agents.pages import picture
from agents.steps import look as look_at
from agents.steps import reading_of, step


@step(Step.LOOK, InvoiceState, kind="GUARDRAIL")
async def look(state: InvoiceState) -> InvoiceUpdate:
    """Read the pixels of the key values, and what the picture says besides: a file may show a person other letters than it gives
    a program."""
    reading = await asyncio.to_thread(reading_of, state.execution.digest)
    places = await asyncio.to_thread(picture.key_places, reading, state.fields)
    seen = await look_at(state.execution, reading, [(place.page, place.box) for place in places])
    found = await asyncio.to_thread(picture.findings, reading, state.fields, places, seen)
    return {"findings": {Step.LOOK: found}}
